"""How often places are seen by one to n satellites: the sets given, or as many more of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from overflight.formats.csv_tables import Column, csv_table
from overflight.jobs.orbit import OrbitRequest, Part, start_of
from overflight.jobs.orbit_coverage_map import cell_grid, gap_map
from overflight.jobs.orbit_passes import SOURCES
from overflight.jobs.orbit_places import ground_points
from overflight.orbit.coverage import LONG_S, Coverage, cover, planned_sets
from overflight.orbit.elements import ElementSeries, ElementSet
from overflight.orbit.passes import GroundPoints
from overflight.report.orbit_values import Curve, OrbitChart, OrbitSection, OrbitTable

__all__ = ["coverage_part"]

SHIP_KMH = 27.8  # 15 knots
LEAD = (
    "Could several of this kind monitor warships and aircraft, as has been claimed? A fixed place is seen "
    "as often "
    "as below; what moves has gone as far as the last column by the next look, in any direction."
)
NOTE = (
    "A gap runs from the end of a look to the beginning of the next, of any satellite; those cut by the "
    "ends of the span are left out, and with fewer than two looks there is none (-). A look of more than "
    "20 minutes counts as long as it is light. Planes are spread evenly over 180° of node with phases "
    "shifted in between; other planes and local times change the share of daylight."
)
LATITUDES_DEG = np.arange(-85.0, 86.0, 5.0)
LONGITUDES_DEG = np.arange(0.0, 360.0, 90.0)


def coverage_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return revisit tables: of the satellites of the file, and of 1 to n of the same orbit."""
    start, why = start_of(series, request)
    own = [series.of_satellite(number).known_at(start) for number in series.satellites]
    points = ground_points(request.places)
    fleets = _fleets(own, request)
    steps, done = sum(len(sets) for _, sets in fleets), 0
    everywhere, grid = _joined(points, _grid()), cell_grid(points)
    found: list[tuple[str, Coverage, Coverage]] = []
    mapped: list[tuple[str, Coverage]] = []
    for number, (name, sets) in enumerate(fleets):
        with_map = number in (0, len(fleets) - 1)
        whole = cover(
            sets, _joined(everywhere, grid.points) if with_map else everywhere, start, request.days,
            max_off_nadir_deg=request.max_off_nadir_deg, min_sun_deg=request.min_sun_deg,
        )  # fmt: skip
        done += len(sets)
        request.progress("Coverage", done, steps)
        found.append((name, whole.part(slice(len(points))), whole.part(slice(len(points), len(everywhere)))))
        if with_map:
            mapped.append((name, whole.part(slice(len(everywhere), None))))
    rows = [(name, coverage) for name, coverage, _ in found]
    maps = tuple(gap_map(name, coverage, grid, points) for name, coverage in mapped)
    return Part(
        sections=(replace(_section(rows, found, request, points), maps=maps),),
        files=(
            ("coverage.csv", _csv(rows).encode("utf-8-sig"), "revisit of every place by 1 to n satellites"),
            ("coverage_map.csv", _csv(mapped).encode("utf-8-sig"), "the same of the cells of the maps"),
        ),
        headline=f"{_looks(*rows[0])}; {_looks(*rows[-1])}" if len(rows) > 1 else _looks(*rows[0]),
        lede=(
            f"Over {request.days:g} days from {start:%Y-%m-%d}, within {request.max_off_nadir_deg:g}° off "
            f"nadir, with the Sun {request.min_sun_deg:g}° or higher, by geometry "
            f"alone{_cloud_words(request)}. {_length_words(rows[0][1])}"
        ),
        warnings=(why,) if why else (),
        sources=SOURCES,
    )  # fmt: skip


def _length_words(coverage: Coverage) -> str:
    """Say how long a look of one satellite lasts, and what can be followed in that time."""
    seen = coverage.windows > 0
    if not seen.any():
        return "There is no look in daylight."
    length_s = float(np.median(coverage.seen_s[seen] / coverage.windows[seen]))
    if length_s < LONG_S:
        words = f"{length_s:.0f} s" if length_s < 100.0 else f"{length_s / 60.0:.1f} minutes"
        return (
            f"A look of one satellite lasts {words} on average: ships in port and aircraft on the ground can "
            "be counted; what moves is lost between two looks."
        )
    return (
        f"A look of one satellite lasts {_hours(length_s)} on average and ends where the satellite sets or "
        "the light goes: what moves can be followed as long. What can be made out at that distance is a "
        "question of the camera (imaging)."
    )


def _joined(one: GroundPoints, other: GroundPoints) -> GroundPoints:
    arrays = (
        np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("latitude_rad", "longitude_rad", "height_m")
    )
    return GroundPoints(one.key + other.key, one.name + other.name, *arrays)


def _fleets(own: Sequence[ElementSet], request: OrbitRequest) -> list[tuple[str, Sequence[ElementSet]]]:
    if len(own) > 1:
        return [
            (f"{n} of {len(own)} given" if n < len(own) else f"all {n} given", own[:n])
            for n in range(1, len(own) + 1)
        ]
    fleets: list[tuple[str, Sequence[ElementSet]]] = [("1 satellite", own)]
    more = range(2, request.satellites + 1)
    fleets += [(f"{n} in {n} planes", planned_sets(own[0], n)) for n in more]
    if request.satellites >= 3:
        fleets.insert(2, ("3 in one plane", planned_sets(own[0], 3, planes=1)))
    return fleets


def _grid() -> GroundPoints:
    latitude, longitude = np.meshgrid(LATITUDES_DEG, LONGITUDES_DEG, indexing="ij")
    names = [f"{a:g},{b:g}" for a, b in zip(latitude.ravel(), longitude.ravel(), strict=True)]
    return GroundPoints.of(names, latitude.ravel(), longitude.ravel())


def _middle(values: np.ndarray) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")


def _unseen_s(coverage: Coverage) -> float:
    """Return the mean time between the end of a look and the next, in the middle of the places."""
    own = np.maximum(coverage.span_s - coverage.seen_s, 0.0) / np.maximum(coverage.windows, 1)
    return _middle(np.where(coverage.windows > 0, own, np.nan))


def _looks(name: str, coverage: Coverage) -> str:
    mean = _middle(coverage.mean_s)
    if np.median(coverage.seen_s) > 0.99 * coverage.span_s:
        return f"{name}: in view without a break"
    if not np.isfinite(mean):
        return f"{name}: never a look in daylight"
    return f"{name}: a look in daylight every {_hours(mean)} on average"


def _hours(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "never"
    return f"{seconds / 86400:.1f} days" if seconds > 48 * 3600 else f"{seconds / 3600:.1f} h"


def _gap(seconds: float) -> str:
    return _hours(seconds) if np.isfinite(seconds) else "-"


def _cloud_words(request: OrbitRequest) -> str:
    if request.clear_sky is None:
        return "; cloud is not counted (--clear-sky states a chance)"
    return f"; of all looks {100 * request.clear_sky:.0f} % are clear, as stated"


def _section(
    rows: Sequence[tuple[str, Coverage]],
    found: Sequence[tuple[str, Coverage, Coverage]],
    request: OrbitRequest,
    points: GroundPoints,
) -> OrbitSection:
    several = len(points) > 1
    heads = ["Satellites", "Looks by day", "at any time", "Mean", "Median gap", "95 % gap", "Longest gap"]
    heads += ["Ship at 15 kn in between"]
    if request.clear_sky is not None:
        heads.append("Mean, clear sky")
    table = []
    for name, c in rows:
        mean = _middle(c.mean_s)
        cells = [
            name, f"{np.median(c.windows):g}", f"{np.median(c.any_light):g}", _hours(mean),
            _gap(_middle(c.median_s)), _gap(_middle(c.p95_s)), _gap(_middle(c.longest_s)),
            f"{SHIP_KMH * _unseen_s(c) / 3600:.0f} km" if np.isfinite(mean) else "-",
        ]  # fmt: skip
        if request.clear_sky is not None:
            cells.append(_hours(_middle(c.clear_mean_s(request.clear_sky))))
        table.append(tuple(cells))
    middle = " (middle of all places)" if several else ""
    title = f"Revisit of {points.name[0] if not several else f'{len(points)} places'}{middle}"
    by_place = [
        (points.name[j], name, str(int(c.windows[j])), _hours(c.mean_s[j]), _gap(c.median_s[j]),
         _gap(c.p95_s[j]), _gap(c.longest_s[j]),
         "-" if not np.isfinite(c.daylight_share[j]) else f"{100 * c.daylight_share[j]:.0f} %")
        for name, c in rows for j in range(min(len(points), 60))
    ]  # fmt: skip
    place_heads = (
        "Place",
        "Satellites",
        "Looks by day",
        "Mean",
        "Median gap",
        "95 % gap",
        "Longest gap",
        "Daylight",
    )
    tables = [OrbitTable(title, tuple(heads), tuple(table), tuple(range(1, len(heads))))]
    if several:
        tables.append(OrbitTable("By place", place_heads, tuple(by_place), (2, 3, 4, 5, 6, 7)))
    return OrbitSection(
        "coverage", "How often it can look",
        LEAD, tables=tuple(tables), charts=(_chart(found),), notes=(NOTE,),
        data={"rows": [_data(name, c) for name, c in rows], "clear_sky": request.clear_sky,
              "days": request.days,
            "max_off_nadir_deg": request.max_off_nadir_deg,
            "min_sun_deg": request.min_sun_deg},
    )  # fmt: skip


def _chart(found: Sequence[tuple[str, Coverage, Coverage]]) -> OrbitChart:
    curves = []
    for name, _, world in (found[0], found[len(found) // 2], found[-1]) if len(found) > 2 else found:
        shape = (len(LATITUDES_DEG), len(LONGITUDES_DEG))
        mean = np.reshape(world.windows, shape).mean(axis=1) / (world.span_s / 86400.0)
        curves.append(Curve(name, tuple(LATITUDES_DEG.tolist()), tuple(mean.tolist())))
    caption = "Looks in daylight a day, averaged over longitude. Winter has none beyond the polar circle."
    return OrbitChart("By latitude", "latitude, degrees", "looks a day", tuple(curves), caption)


def _data(name: str, c: Coverage) -> dict[str, object]:
    hours = {key: getattr(c, f"{key}_s") / 3600.0 for key in ("mean", "median", "p95", "longest")}
    return {
        "satellites": name, "places": list(c.points.key), "looks_daylight": c.windows,
        "looks_any_light": c.any_light, "daylight_share": c.daylight_share,
        **{f"{key}_h": value for key, value in hours.items()},
    }  # fmt: skip


def _csv(rows: Sequence[tuple[str, Coverage]]) -> str:
    def joined(name: str, scale: float = 1.0) -> np.ndarray:
        return np.concatenate([np.asarray(getattr(c, name), float) * scale for _, c in rows])

    return csv_table(
        [
            Column("satellites", None, [name for name, c in rows for _ in range(len(c.points))]),
            Column("place", None, [key for _, c in rows for key in c.points.key]),
            Column("looks_daylight", None, joined("windows"), 0),
            Column("looks_any_light", None, joined("any_light"), 0),
            *(
                Column(key, "h", joined(f"{key}_s", 1 / 3600.0), 3)
                for key in ("mean", "median", "p95", "longest")
            ),
            Column("seen", "s", joined("seen_s"), 1),
        ]
    )
