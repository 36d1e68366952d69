"""Rows of the bulletin that reduce many flights to few numbers: path, falls, places, missing facts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure.announced import zone_ring
from overflight.exposure.drop_zones import drop_zone, inside_ring
from overflight.exposure.statistics import weighted_quantile
from overflight.jobs.explain import Explained
from overflight.jobs.plan_rows import outline_rings
from overflight.report.bulletin_values import FallRow, MissingRow, PathBand, Words
from overflight.report.values import LonLat, PlaceRow
from overflight.scenario.draws import draw
from overflight.scenario.words import LANGUAGES, quantity_words

__all__ = ["body_groups", "fall_rows", "missing_rows", "path_band", "place_rows", "quantity_named"]

Array = NDArray[np.float64]
_GEOD = Geod(ellps="WGS84")
_LEAST = 0.02  # a fall less likely than this is not shown
_SHOWN = 24
_OVER = 0.05


def path_band(found: Explained) -> PathBand:
    """Return the mean path while half the flights are in the air, and the 90 % band of heights."""
    tracks = found.tracks
    w = found.ensemble.weights[: len(tracks.latitude_rad)]
    w = w / w.sum()
    there = np.isfinite(tracks.height_m)
    share = w @ there
    end = np.argmax(share < 0.5) if np.any(share < 0.5) else len(share)
    rows: list[tuple[float, ...]] = []
    site = found.scenario.site
    for j in range(int(end)):
        ok = there[:, j]
        lat, lon, own = tracks.latitude_rad[ok, j], tracks.longitude_rad[ok, j], w[ok] / w[ok].sum()
        x, y, z = (
            float(own @ axis) for axis in (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
        )
        lon_deg, lat_deg = (
            float(np.degrees(np.arctan2(y, x))),
            float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        )
        low, mid, high = weighted_quantile(tracks.height_m[ok, j] / 1e3, own, (0.05, 0.5, 0.95))
        reach = _GEOD.inv(site.longitude_deg, site.latitude_deg, lon_deg, lat_deg)[2] / 1e3
        if rows and mid < 0.05 * max(row[3] for row in rows) and j > 10:
            break  # from here on the mean mixes what has fallen with what still flies
        rows.append((float(tracks.time_s[j]), lon_deg, lat_deg, mid, low, high, reach))
    ends = weighted_quantile(found.ensemble.samples.end_s, found.ensemble.weights, (0.05, 0.5, 0.95))
    columns = [tuple(round(value, 4) for value in column) for column in zip(*rows, strict=True)]
    return PathBand(*columns, flown_s=ends[1], flown_low_s=ends[0], flown_high_s=ends[2])


def body_groups(found: Explained) -> dict[str, list[int]]:
    """Return the bodies of the ensemble by the name under which a reader looks for them."""
    groups: dict[str, list[int]] = {}
    for index, body in enumerate(found.ensemble.bodies):
        name = body.key if body.kind in ("spent", "fairing", "jettisoned") else f"remains-{body.stage}"
        groups.setdefault(name, []).append(index)
    return groups


def fall_rows(found: Explained) -> tuple[FallRow, ...]:
    """Return where each body came down, weighted by flight and by mass: heavy pieces are looked for."""
    ensemble, impacts = found.ensemble, found.impacts
    weights = ensemble.weights
    zones = {zone.body: zone for zone in (*found.scenario.announced_zone, *found.facts.zones) if zone.body}
    rows = []
    for name, members in body_groups(found).items():
        mine = np.flatnonzero(np.isin(impacts.body, members))
        flights = np.unique(impacts.sample[mine])
        probability = float(weights[flights].sum())
        if probability < _LEAST or len(mine) < 10:
            continue
        mass = impacts.mass_kg[mine] * impacts.pieces[mine]
        per_flight = np.bincount(impacts.sample[mine], mass, minlength=len(weights))
        w = weights[impacts.sample[mine]] * mass / per_flight[impacts.sample[mine]]
        lon, lat = np.degrees(impacts.longitude_rad[mine]), np.degrees(impacts.latitude_rad[mine])
        zone = drop_zone(lon, lat, w, containment=0.9)
        first, last = weighted_quantile(impacts.time_s[mine], w, (0.05, 0.95))
        thin = np.searchsorted(np.cumsum(w) / w.sum(), (np.arange(150) + 0.5) / 150)
        inside = None
        if name in zones:
            ring = zone_ring(zones[name], found.scenario.site)
            inside = float(w[inside_ring(ring, lon, lat)].sum() / w.sum())
        rows.append(
            FallRow(
                body=name,
                probability=min(probability, 1.0),
                centre=zone.centre_deg,
                semi_major_km=zone.semi_major_m / 1e3,
                semi_minor_km=zone.semi_minor_m / 1e3,
                azimuth_deg=zone.azimuth_deg,
                containment=zone.containment,
                area_km2=abs(_GEOD.polygon_area_perimeter(zone.ring_deg[:, 0], zone.ring_deg[:, 1])[0]) / 1e6,
                ring=_lonlats(zone.ring_deg),
                ring_half=_lonlats(zone.half_ring_deg),
                samples=_lonlats(np.stack([lon[thin], lat[thin]], axis=1)),
                first_time_s=first,
                last_time_s=last,
                inside_announced=inside,
            )
        )
    return tuple(sorted(rows, key=lambda row: row.first_time_s))


def _lonlats(points: Array) -> tuple[LonLat, ...]:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in points)


def place_rows(found: Explained) -> tuple[tuple[PlaceRow, ...], tuple[float | None, ...]]:
    """Return the places passed, likeliest first, and the height of the mean path when nearest to each."""
    exposure, path = found.exposure, path_band(found)
    order = np.argsort(-exposure.over.mean, kind="stable")
    chosen = [int(j) for j in order[:_SHOWN] if exposure.over.mean[j] >= _OVER]
    line = geodetic_to_ecef(
        np.radians(np.array(path.latitude_deg)), np.radians(np.array(path.longitude_deg)), 0.0
    )
    rows, heights = [], []
    for j in chosen:
        place = found.places[int(exposure.place[j])]
        middle = place.geometry.representative_point()
        at = geodetic_to_ecef(np.radians(np.array(middle.y)), np.radians(np.array(middle.x)), 0.0)
        gap = np.linalg.norm(line - at, axis=1)
        near = int(np.argmin(gap))
        heights.append(path.altitude_km[near])
        rows.append(
            PlaceRow(
                code=place.code,
                name=place.name,
                name_en=place.name_en,
                country=place.country or "",
                region=place.region_en or place.region,
                population=place.population,
                population_source=place.population_source,
                longitude_deg=round(middle.x, 4),
                latitude_deg=round(middle.y, 4),
                rings=outline_rings(place.geometry),
                closest_km=round(float(gap[near]) / 1e3, 1),
                closest_side=None,
                closest_time_s=path.time_s[near],
                first_time_s=float(exposure.first_s[j]) if np.isfinite(exposure.first_s[j]) else None,
                last_time_s=float(exposure.last_s[j]) if np.isfinite(exposure.last_s[j]) else None,
                p_over=float(exposure.over.mean[j]),
                p_over_se=float(exposure.over.error[j]),
                p_impact_line=float(exposure.impact_line.mean[j]),
                p_impact_line_se=float(exposure.impact_line.error[j]),
                p_debris=float(exposure.debris.mean[j]),
                p_debris_se=float(exposure.debris.error[j]),
                p_debris_below=float(exposure.debris.below[j])
                if np.isfinite(exposure.debris.below[j])
                else None,
                region_local=place.region if place.scheme != "ISO 3166-2" else None,
            )
        )
    return tuple(rows), tuple(heights)


def missing_rows(found: Explained) -> tuple[MissingRow, ...]:
    """Return which unpublished figure would settle most of the search for what was left at the end.

    The share of the variance of its fall (north and east together) that a straight line in the figure
    takes away, over the flights that are left: an upper bound of what a measurement of it would do.
    """
    ensemble, impacts = found.ensemble, found.impacts
    groups = {name: members for name, members in body_groups(found).items() if name.startswith("remains-")}
    target = max(groups, key=lambda n: _flown(found, groups[n]), default=None)
    if target is None or _flown(found, groups[target]) < 0.2:
        return ()
    mine = np.flatnonzero(np.isin(impacts.body, groups[target]))
    mass = impacts.mass_kg[mine] * impacts.pieces[mine]
    total = np.bincount(impacts.sample[mine], mass, minlength=len(ensemble))
    flights = np.flatnonzero(total > 0.0)
    turn = impacts.longitude_rad - impacts.longitude_rad[mine[0]]
    east = (turn + np.pi) % (2.0 * np.pi) - np.pi
    place = [
        (
            np.bincount(impacts.sample[mine], mass * angle[mine], minlength=len(ensemble))
            / np.maximum(total, 1e-9)
        )[flights]
        for angle in (impacts.latitude_rad, east)
    ]
    place[1] = place[1] * np.cos(place[0].mean())
    w = ensemble.weights[flights] / ensemble.weights[flights].sum()
    drawn = draw(found.scenario, ensemble.seed, ensemble.samples.key[flights])
    figures = {"end_s": ensemble.samples.end_s[flights], **drawn.drawn}
    figures |= _falls_of(found, flights)
    spread = sum(float(w @ (axis - w @ axis) ** 2) for axis in place)
    rows = [
        MissingRow(name, quantity_named(name, found), _removed(values, place, w) / spread)
        for name, values in figures.items()
    ]
    return tuple(sorted((row for row in rows if row.removes > 0.05), key=lambda row: -row.removes)[:6])


def quantity_named(path: str, found: Explained) -> Words:
    """Return what a drawn quantity is called, nothing for a figure that the page has words of its own for."""
    if path == "end_s" or path.startswith("fall:"):
        return Words("")
    return Words(*(quantity_words(path, found.scenario, language) for language in LANGUAGES))


def _flown(found: Explained, members: list[int]) -> float:
    flights = np.unique(found.impacts.sample[np.isin(found.impacts.body, members)])
    return float(found.ensemble.weights[flights].sum())


def _falls_of(found: Explained, flights: NDArray[np.int64]) -> dict[str, Array]:
    """Return how far along its way each spent body fell: its latitude, where all these flights have one."""
    figures = {}
    for index, body in enumerate(found.ensemble.bodies):
        if body.kind != "spent":
            continue
        rows = found.impacts.of(index)
        value = np.full(len(found.ensemble), np.nan)
        value[found.impacts.sample[rows]] = found.impacts.latitude_rad[rows]
        if np.isfinite(value[flights]).all():
            figures[f"fall:{body.key}"] = value[flights]
    return figures


def _removed(values: Array, place: list[Array], w: Array) -> float:
    """Return the variance of both axes that the best straight line in ``values`` explains."""
    d = values - w @ values
    variance = float(w @ d**2)
    if variance <= 0.0:
        return 0.0
    return sum(float(w @ (d * (axis - w @ axis))) ** 2 / variance for axis in place)
