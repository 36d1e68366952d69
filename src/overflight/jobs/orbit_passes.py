"""Where the satellite is, and its passes and imaging windows over places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overflight.earth.frames import ecef_to_geodetic
from overflight.errors import InputError
from overflight.formats.csv_tables import Column, csv_table
from overflight.formats.czml import scene
from overflight.formats.features import Feature, PathRows, PointFeature, PolygonFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.jobs.orbit import OrbitRequest, Part, one_satellite, start_of
from overflight.jobs.orbit_places import ground_points
from overflight.orbit.elements import ElementSeries
from overflight.orbit.ephemeris import Ephemeris, sgp4_ephemeris
from overflight.orbit.passes import GroundPoints, Pass, Passes, find_passes
from overflight.orbit.summary import STALE_DAYS, Whereabouts, whereabouts
from overflight.report.orbit_values import OrbitMap, OrbitMark, OrbitSection, OrbitTable
from overflight.report.words import lonlat_text

__all__ = ["SOURCES", "passes_part", "whereabouts_part"]

SOURCES = (
    "SGP4 with the constants of WGS-72: F. R. Hoots and R. L. Roehrich, Spacetrack Report No. 3 (1980); "
    "D. A. Vallado, "
    "P. Crawford, R. Hujsak, T. S. Kelso, AIAA 2006-6753 Rev 2; implementation: python-sgp4.",
    "TEME to ITRF by sidereal time of 1982, UT1 and polar motion of IERS Bulletin A (packaged, no network).",
    "Sun by the low-precision formula of the Astronomical Almanac, 0.01 degrees.",
)
MEAN_NOTE = (
    "Mean heights are those of SGP4's averaged ellipse; true heights over the ellipsoid differ by 10 km "
    "or more, "
    "because the orbit breathes and the Earth is flat at the poles."
)


def whereabouts_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return where the satellite is and its next passes."""
    own = one_satellite(series, request.satellite)
    start, why = start_of(own, request)
    elements = own.known_at(start)
    here = whereabouts(elements, start)
    path = sgp4_ephemeris(elements, start, request.days)
    points = ground_points(request.places)
    passes, windows = _found(path, points, request)
    merged = merged_passes(passes)
    place = _area_words(request)
    warnings = [why] if why else []
    if abs(here.age_days) > STALE_DAYS:
        warnings.append(here.age_words)
    if path.end_words:
        warnings.append(f"The path ends at {path.utc(path.span_s):%Y-%m-%d %H:%M} UTC: {path.end_words}.")
    lede = (
        f"At {start:%Y-%m-%d %H:%M:%S} UTC it is {here.height_km:.0f} km over "
        f"{lonlat_text(here.longitude_deg, here.latitude_deg)}. "
        f"{here.age_words} {_next_words(merged, place, request)}"
    )
    return Part(
        sections=(_where_section(here, path), _pass_section(passes, merged, windows, request)),
        files=_files(here, path, passes, windows),
        headline=f"{elements.label}: {here.perigee_km:.0f} to {here.apogee_km:.0f} km high, "
        f"{_inclination(here)}",
        lede=lede,
        key_figures=(
            (f"{here.height_km:.1f} km", "height over the ellipsoid then"),
            (lonlat_text(here.longitude_deg, here.latitude_deg, 2), "place beneath it"),
            (f"{elements.period_s / 60:.1f} min", f"a revolution; {elements.revolutions_per_day:.2f} a day"),
            (str(len(merged)), f"passes over {place} in {_days(path)}"),
            (f"{here.age_days:.1f} days", "age of the element set"),
        ),
        warnings=tuple(warnings),
        sources=(*SOURCES, here.orientation_words),
    )


def passes_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return passes and imaging windows only, for any number of places."""
    own = one_satellite(series, request.satellite)
    start, why = start_of(own, request)
    elements = own.known_at(start)
    path = sgp4_ephemeris(elements, start, request.days)
    points = ground_points(request.places)
    passes, windows = _found(path, points, request)
    here = whereabouts(elements, start)
    merged = merged_passes(passes)
    stale = (here.age_words,) if abs(here.age_days) > STALE_DAYS else ()
    return Part(
        sections=(_pass_section(passes, merged, windows, request),),
        files=_files(here, path, passes, windows),
        headline=f"{elements.label}: {len(merged)} passes over {_area_words(request)} in {_days(path)}",
        lede=f"{here.age_words} {_next_words(merged, _area_words(request), request)}",
        warnings=((why,) if why else ()) + stale,
        sources=(*SOURCES, here.orientation_words),
    )


def _found(path: Ephemeris, points: GroundPoints, request: OrbitRequest) -> tuple[Passes, Passes]:
    """Return passes above the mask, and windows within the off-nadir limit."""
    sun = request.min_sun_deg
    return (
        find_passes(path, points, min_elevation_deg=request.min_elevation_deg, min_sun_deg=sun),
        find_passes(
            path, points, min_elevation_deg=0.0, max_off_nadir_deg=request.max_off_nadir_deg, min_sun_deg=sun
        ),
    )


def merged_passes(passes: Passes) -> list[Pass]:
    """Return one pass for each stay over any of the places: the one that stands highest, in order of time."""
    if not len(passes):
        return []
    order = np.argsort(passes.begin_s, kind="stable")
    reach = np.maximum.accumulate(passes.end_s[order])
    group = np.concatenate([[0], np.cumsum(passes.begin_s[order][1:] > reach[:-1])])
    rows = []
    for number in range(int(group[-1]) + 1):
        own = order[group == number]
        rows.append(passes[int(own[np.argmax(passes.elevation_rad[own])])])
    return rows


def _area_words(request: OrbitRequest) -> str:
    names = [name.partition(":")[2] or name for name in request.places]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _inclination(here: Whereabouts) -> str:
    return f"inclined {np.degrees(here.elements.inclination_rad):.1f}°"


def _days(path: Ephemeris) -> str:
    days = path.span_s / 86400.0
    return f"{days:.0f} days" if days >= 2 else f"{24 * days:.0f} hours"


def _next_words(merged: Sequence[Pass], place: str, request: OrbitRequest) -> str:
    if not merged:
        return f"It does not rise above {request.min_elevation_deg:g}° over {place} in that time."
    first = merged[0]
    if first.cut and first.duration_s > 86000 * request.days:
        return f"It stands above {request.min_elevation_deg:g}° over {place} all the time."
    light = "in daylight" if first.daylight else "in the dark"
    return (
        f"Next pass over {place}: {first.begin_utc:%Y-%m-%d %H:%M:%S} to {first.end_utc:%H:%M:%S} UTC, "
        f"{first.elevation_deg:.0f}° high over {first.place}, {light}."
    )


def _where_section(here: Whereabouts, path: Ephemeris) -> OrbitSection:
    latitude, longitude, _ = map(np.degrees, path.geodetic())
    keep = int(min(2.0 * here.elements.period_s, 86400.0) / path.step_s) + 1
    track = tuple(zip(longitude[:keep].tolist(), latitude[:keep].tolist(), strict=True))
    e = here.elements
    rows = (
        ("Time", f"{here.at_utc:%Y-%m-%d %H:%M:%S} UTC"),
        ("Place beneath", lonlat_text(here.longitude_deg, here.latitude_deg, 4)),
        ("Height over WGS-84", f"{here.height_km:.2f} km"),
        (
            "Height during the next revolution",
            f"{here.perigee_km:.1f} to {here.apogee_km:.1f} km over the ellipsoid",
        ),
        ("Mean elements (SGP4)", "{:.1f} x {:.1f} km over the equatorial radius".format(*e.mean_heights_km)),
        ("Speed", f"{here.speed_kmps:.3f} km/s, inertial"),
        ("Inclination, eccentricity", f"{np.degrees(e.inclination_rad):.4f}°, {e.eccentricity:.7f}"),
        ("Seen from", f"up to {here.horizon_km:.0f} km round the place beneath"),
        (
            "Element set",
            f"{e.label}, epoch {e.epoch_utc:%Y-%m-%d %H:%M:%S} UTC, {here.age_days:.2f} days before",
        ),
    )
    mark = OrbitMark((here.longitude_deg, here.latitude_deg), e.name or str(e.catalogue_number), "satellite")
    globe = OrbitMap(
        "The hemisphere beneath it",
        "Blue: the ground track of two revolutions from that time on. Dashed: where the satellite stands "
        "above the horizon.",
        (here.longitude_deg, here.latitude_deg), 9500.0, (track,), ("",), (here.footprint,), (mark,),
    )  # fmt: skip
    lead = f"{here.age_words} {here.orientation_words}"
    return OrbitSection(
        "where", "Where it is", lead, maps=(globe,), notes=(MEAN_NOTE,),
        tables=(OrbitTable("State and elements", ("", "Value"), rows),),
        data={
            "utc": here.at_utc, "latitude_deg": here.latitude_deg, "longitude_deg": here.longitude_deg,
            "height_km": here.height_km, "perigee_km": here.perigee_km, "apogee_km": here.apogee_km,
            "speed_kmps": here.speed_kmps, "age_days": here.age_days, "usual_error_km": here.error_km,
            "age": here.age_words, "earth_orientation": here.orientation_words, "elements": here.elements,
            "inclination_deg": float(np.degrees(e.inclination_rad)), "period_min": e.period_s / 60.0,
            "catalogue_number": e.catalogue_number, "name": e.name,
        },
    )  # fmt: skip


def _pass_section(
    passes: Passes, merged: Sequence[Pass], windows: Passes, request: OrbitRequest
) -> OrbitSection:
    days, place = _days(passes.ephemeris), _area_words(request)
    images = merged_passes(windows)
    lead = f"{_next_words(merged, place, request)} {len(merged)} passes in {days}; "
    daylight = sum(p.daylight for p in images)
    lead += (
        f"the satellite comes within {request.max_off_nadir_deg:g}° of overhead, seen from itself, "
        f"{len(images)} times, "
        f"{daylight} of them in daylight (Sun {request.min_sun_deg:g}° or higher)."
    )
    many = len(passes.points) > 1
    tables = [
        OrbitTable(f"Passes above {request.min_elevation_deg:g}°", *_rows(merged, many)),
        OrbitTable(f"Imaging windows within {request.max_off_nadir_deg:g}° off nadir", *_rows(images, many)),
    ]
    notes = (
        "Times are UTC, to 0.1 s for the elements as given; the age of the elements weighs more: 1 km "
        "along the track is 0.13 s. "
        "Elevation is geometric, without refraction. Grazing: within half a degree of the limit, so that "
        "a small error "
        "of the orbit makes or unmakes the window. Windows are geometry only: no cloud, no command, no "
        "camera.",
    )
    if many:
        notes += (
            f"Of {len(passes.points)} places, each stay is shown where it stands highest; passes.csv has "
            f"all of them.",
        )
    return OrbitSection(
        "passes", "Passes and imaging windows", lead, tables=tuple(tables),
        maps=_pass_maps(passes, merged, place),
        notes=notes,
        data={
            "min_elevation_deg": request.min_elevation_deg, "max_off_nadir_deg": request.max_off_nadir_deg,
            "passes": list(merged), "windows": list(images),
            "places": len(passes.points), "passes_of_all_places": len(passes),
            "windows_of_all_places": len(windows),
        },
    )  # fmt: skip


def _rows(
    passes: Sequence[Pass], many: bool
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[int, ...]]:
    heads = ("From, UTC", "To", "Lasts", "Highest", "Off nadir", "Range", "Goes", "Sun", "Note")
    heads = (*heads[:8], "Best over", heads[8]) if many else heads
    rows = []
    for p in passes:
        kind = "day" if p.daylight else "night" if p.sun_elevation_deg < -6 else "low"
        light = f"{p.sun_elevation_deg:.0f}° {kind}"
        note = ", ".join(
            word for word, is_so in (("grazing", p.grazing), ("cut by the span", p.cut)) if is_so
        )
        row = [
            f"{p.begin_utc:%Y-%m-%d %H:%M:%S}", f"{p.end_utc:%H:%M:%S}", _lasting(p.duration_s),
            f"{p.elevation_deg:.1f}°", f"{p.off_nadir_deg:.1f}°", f"{p.range_km:.0f} km",
            "north" if p.northbound else "south", light,
        ]  # fmt: skip
        rows.append((*row, *([p.place] if many else []), note))
    return heads, tuple(rows), (2, 3, 4, 5)


def _lasting(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{int(seconds // 60)} min {seconds % 60:02.0f} s" if seconds >= 60 else f"{seconds:.0f} s"


def _pass_maps(passes: Passes, merged: Sequence[Pass], area: str) -> tuple[OrbitMap, ...]:
    points = passes.points
    if not merged or merged[0].duration_s > 20_000:
        return ()
    unit = points.position_m / np.linalg.norm(points.position_m, axis=1)[:, None]
    mean = unit.mean(axis=0)
    centre = (
        float(np.degrees(np.arctan2(mean[1], mean[0]))),
        float(np.degrees(np.arctan2(mean[2], np.hypot(*mean[:2])))),
    )
    eph, tracks, labels = passes.ephemeris, [], []
    for p in merged[:4]:
        middle = (p.peak_utc - eph.start_utc).total_seconds()
        times = np.clip(np.arange(middle - 420.0, middle + 421.0, 10.0), 0.0, eph.span_s)
        latitude, longitude, _ = ecef_to_geodetic(eph.at(np.unique(times)))
        tracks.append(tuple(zip(np.degrees(longitude).tolist(), np.degrees(latitude).tolist(), strict=True)))
        labels.append(f"{p.peak_utc:%d %b %H:%M} UTC")
    first = passes.points.name[:1] if len(points) == 1 else ()
    marks = tuple(OrbitMark(centre, name, "place") for name in first or (area,))
    return (
        OrbitMap(
            "Ground tracks of the next passes", "Seven minutes before and after the highest moment of "
            "each.", centre,
            2800.0, tuple(tracks), tuple(labels), (), marks,
        ),
    )  # fmt: skip


def _files(
    here: Whereabouts, path: Ephemeris, passes: Passes, windows: Passes
) -> tuple[tuple[str, bytes, str], ...]:
    latitude, longitude, height = path.geodetic()
    keep = slice(0, min(len(path), int(2 * 86400 / path.step_s) + 1))
    track = PathRows(
        path.name, path.start_utc, path.time_s[keep], np.degrees(longitude[keep]), np.degrees(latitude[keep]),
        height[keep], Role.PLANNED,
    )  # fmt: skip
    features: list[Feature] = [track]
    if abs(here.latitude_deg) + np.degrees(here.horizon_km / 6371.0) < 89.0:
        features.append(PolygonFeature.of_ring("Seen from here", here.footprint, Role.BAND))
    features += [
        PointFeature(name, float(np.degrees(lon)), float(np.degrees(lat)))
        for name, lat, lon in zip(
            passes.points.name, passes.points.latitude_rad, passes.points.longitude_rad, strict=True
        )
        if len(passes.points) <= 100
    ]
    return (
        ("passes.csv", passes_csv(passes).encode("utf-8-sig"), "every pass over every place"),
        ("windows.csv", passes_csv(windows).encode("utf-8-sig"), "every imaging window over every place"),
        (
            "track.geojson",
            feature_collection(features, title=path.name).encode(),
            "ground track and footprint",
        ),
        ("track.czml", scene(path.name, features, speed=60.0).encode(), "the same in time, for Cesium"),
    )


def passes_csv(passes: Passes) -> str:
    """Return windows as CSV, one row a place and window."""
    if len(passes) > 2_000_000:
        raise InputError(
            "passes", found=f"{len(passes):,} windows", allowed="at most 2,000,000 in a table",
            remedy="Ask for fewer days or places.",
        )  # fmt: skip
    point, eph = passes.point, passes.ephemeris

    def degrees(values: np.ndarray) -> np.ndarray:
        return np.degrees(values)

    instants = {
        name: [eph.utc(t) for t in getattr(passes, f"{name}_s").tolist()] for name in ("begin", "peak", "end")
    }
    return csv_table(
        [
            Column("satellite", None, [eph.name] * len(passes)),
            Column("place", None, [passes.points.key[i] for i in point]),
            Column("place_name", None, [passes.points.name[i] for i in point]),
            *(Column(name, "utc", cells) for name, cells in instants.items()),
            Column("duration", "s", passes.end_s - passes.begin_s, 2),
            Column("elevation", "deg", degrees(passes.elevation_rad), 3),
            Column("off_nadir", "deg", degrees(passes.off_nadir_rad), 3),
            Column("range", "km", passes.range_m / 1e3, 2),
            *(
                Column(f"{name}_azimuth", "deg", degrees(passes.azimuth_rad[:, k]), 2)
                for k, name in enumerate(("begin", "peak", "end"))
            ),
            Column("sun_elevation", "deg", degrees(passes.sun_rad), 2),
            Column("daylight", None, [bool(x) for x in passes.daylight]),
            Column("grazing", None, [bool(x) for x in passes.grazing]),
            Column("cut", None, [bool(x) for x in passes.cut]),
        ]
    )
