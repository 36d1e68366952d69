"""What the page's script needs: the flight in time, and the layers of the interactive map."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np

from overflight.report.altitude_figure import figure_axes
from overflight.report.clock import Clock
from overflight.report.coast import Lines, atlas, map_names
from overflight.report.flight_path import FlightPath, flight_path
from overflight.report.projection import MapView, along_great_circles, mean_point
from overflight.report.svg import simplified
from overflight.report.values import LonLat, PlanReport
from overflight.report.words import chance

__all__ = ["map_library", "scene_json"]

MOMENTS = 240
"""Points of the flight that the slider knows; between them it goes straight."""


WEB_MERCATOR_DEG = 84.0
"""Beyond this latitude web maps bend what they draw; the drawn map has no such edge."""


def scene_json(report: PlanReport, clock: Clock, wide: MapView, narrow: MapView) -> str:
    """Return the data of the page's script as JSON that is safe inside a script element."""
    path = flight_path(report.tracks)
    scene = {
        "zone": clock.zone,
        "offset_s": round(3600 * report.zone_offset_h),
        "lift_off_ms": round(report.lift_off_utc.timestamp() * 1000),
        "moments": moments(report, path, wide, narrow) if len(path) > 1 else None,
        "live": packed(live_json(report, path, clock, wide)) if on_web_mercator(report, path) else None,
    }
    return json.dumps(scene, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def on_web_mercator(report: PlanReport, path: FlightPath) -> bool:
    """Return whether the interactive map can show this: its tiles end at 85 degrees north and south."""
    latitudes = [*path.lonlat_deg[:, 1].tolist()]
    latitudes += [point[1] for zone in report.drop_zones if zone.planned for point in zone.ring]
    return max(map(abs, latitudes), default=0.0) < WEB_MERCATOR_DEG


def live_json(report: PlanReport, path: FlightPath, clock: Clock, view: MapView) -> str:
    """Return what only the interactive map needs; it opens on what the drawn map shows."""
    layers = {
        "features": list(features(report, path, clock)),
        "centre": [round(view.projection.longitude_deg, 3), round(view.projection.latitude_deg, 3)],
        "size_km": [round(side * view.km_per_unit) for side in (view.width, view.height)],
        "land": land_features(view),
    }
    return json.dumps(layers, separators=(",", ":"), ensure_ascii=False)


def moments(report: PlanReport, path: FlightPath, wide: MapView, narrow: MapView) -> dict[str, Any]:
    """Return times, heights, positions and the same on each drawing, ``MOMENTS`` of them."""
    last = min(float(path.time_s[-1]), figure_axes(report, narrow=False).last_s)
    times = np.linspace(path.time_s[0], last, MOMENTS)
    lonlat, heights = path.at(times), np.interp(times, path.time_s, path.altitude_km)
    drawings = {"overview": wide.place(lonlat), "overview-narrow": narrow.place(lonlat)}
    for name, small in (("height-curve", False), ("height-curve-narrow", True)):
        drawings[name] = figure_axes(report, narrow=small).place(times, heights)
    return {
        "time_s": np.round(times, 1).tolist(),
        "height_km": np.round(heights, 1).tolist(),
        "lonlat": np.round(unwrapped(lonlat), 3).tolist(),
        "flown_s": path.flown_s,
        "drawings": {name: np.round(xy, 1).tolist() for name, xy in drawings.items()},
    }


def features(report: PlanReport, path: FlightPath, clock: Clock) -> Iterator[dict[str, Any]]:
    """Yield the layers of the interactive map as GeoJSON features with ``kind`` and ``text``."""
    if len(report.band) > 2:
        yield polygon("band", "90 % of flights", report.band)
    for zone in report.announced:
        if len(zone.ring) > 2:
            yield polygon("announced", f"Announced: {zone.label}", zone.ring)
    for drop in report.drop_zones:
        if len(drop.ring) > 2:
            span = clock.local_span(drop.first_time_s, drop.last_time_s)
            yield polygon("computed", f"{drop.body}: falls {span} {clock.zone}", drop.ring)
        if drop.samples:
            points = np.round(unwrapped(np.array(drop.samples)), 3).tolist()
            yield feature("dots", f"{drop.body}: a computed impact", "MultiPoint", points)
        yield point("fall-name", drop.body, drop.centre)
    for row in report.places:
        said = f"{row.name_en or row.name}: {chance(row.p_over)} within {report.width_km:g} km"
        rings = [[thinned(ring)] for ring in row.rings if len(ring) > 2]
        if rings:
            yield feature("place-likely" if row.p_over >= 0.25 else "place", said, "MultiPolygon", rings)
        yield point("place-name", row.name_en or row.name, (row.longitude_deg, row.latitude_deg))
    yield from path_features(path, clock)
    for event in report.timeline:
        if event.number is not None and event.longitude_deg is not None and event.latitude_deg is not None:
            text = f"{clock.local(event.time_s)} {clock.zone}: {event.title}"
            yield point("event", text, (event.longitude_deg, event.latitude_deg), number=str(event.number))
    for name in map_names():
        lonlat = (name.longitude_deg, name.latitude_deg)
        yield point("sea-name" if name.kind == "sea" else "land-name", name.name, lonlat, rank=-name.width_km)
    yield from country_names()


def path_features(path: FlightPath, clock: Clock) -> Iterator[dict[str, Any]]:
    """Yield the path, what of it was flown, and the whole minutes on it."""
    if len(path) < 2:
        return
    start, end = float(path.time_s[0]), float(path.time_s[-1])
    flown = path.flown_s if path.flown_s is not None else start
    for kind, first, last in (("planned", flown, end), ("flown", start, flown)):
        if last - first > 1e-6:
            line = unwrapped(along_great_circles(path.upto(first, last).lonlat_deg, 0.5))
            yield feature(kind, kind, "LineString", np.round(line, 3).tolist())
    past = clock.seconds_past_minute()
    times = np.arange(np.ceil((start + past) / 60) * 60 - past, end, 60.0)
    for time, lonlat in zip(times.tolist(), path.at(times).tolist(), strict=True):
        text = clock.local(time, seconds=False, day=False)
        yield point("minute", text, (lonlat[0], lonlat[1]))


@cache
def country_names() -> tuple[dict[str, Any], ...]:
    """Return a label for each country in the middle of its largest part."""
    world, found = atlas("50m"), []
    for index, name in enumerate(world.country_name):
        rings = [ring_of(world.countries, i) for i in range(*world.country_rings[index : index + 2])]
        largest = max(rings, key=len)
        found.append(point("country-name", name, mean_point(largest), rank=-len(largest)))
    return tuple(found)


def land_features(view: MapView) -> dict[str, Any]:
    """Return the land of the world as GeoJSON, islands near the path in finer detail."""
    import shapely

    rings: list[np.ndarray] = []
    tolerance_deg: list[float] = []
    for scale in ("50m", "10m"):
        lines = atlas(scale).land
        close = set(lines.near(view.projection.axes()[2], view.reach_rad))
        for index in range(len(lines)) if scale == "50m" else sorted(close):
            ring = unwrapped(ring_of(lines, index))
            fine = index in close and float(np.ptp(ring, axis=0).max()) < 8
            if fine == (scale == "10m"):
                rings.append(ring)
                tolerance_deg.append(0.004 if fine else 0.02 if index in close else 0.1)
    number = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    whole = shapely.linestrings(np.concatenate(rings), indices=number)
    thin = shapely.simplify(whole, tolerance_deg, preserve_topology=False)
    points, number = shapely.get_coordinates(thin, return_index=True)
    parts = np.split(np.round(points, 3), np.flatnonzero(np.diff(number)) + 1)
    shapes = [land_feature(part) for part in parts if len(part) > 3]
    return {"type": "FeatureCollection", "features": shapes}


def land_feature(ring: np.ndarray) -> dict[str, Any]:
    """Return one ring as land, or as water if it runs the way of a hole (anticlockwise)."""
    x, y = ring.T
    if abs(x[-1] - x[0]) > 180:
        pole = -90.0 if y.mean() < 0 else 90.0
        ring = np.vstack([ring, (ring[-1, 0], pole), (ring[0, 0], pole), ring[:1]])
        return feature("land", "", "Polygon", [ring.tolist()])
    hole = float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) > 0
    return feature("water" if hole else "land", "", "Polygon", [ring.tolist()])


def ring_of(lines: Lines, index: int) -> np.ndarray:
    """Return one ring ``(n, 2)`` of many."""
    return lines.points_deg[lines.part(index)]


def unwrapped(lonlat_deg: np.ndarray) -> np.ndarray:
    """Return points whose longitudes go on past 180 degrees instead of jumping."""
    points = np.array(lonlat_deg, dtype=float).reshape(-1, 2)
    if np.abs(np.diff(points[:, 0])).max(initial=0.0) > 180:
        points[:, 0] = np.unwrap(points[:, 0], period=360)
    return points


def ring_points(ring: Iterable[LonLat]) -> list[list[float]]:
    """Return a closed ring for GeoJSON."""
    return np.round(unwrapped(along_great_circles(np.array(list(ring)), closed=True)), 4).tolist()


def thinned(ring: Iterable[LonLat]) -> list[list[float]]:
    """Return the closed ring of a place for GeoJSON, true to about 300 m."""
    points = unwrapped(np.array(list(ring)))
    closed = np.vstack([points, points[:1]]) if (points[0] != points[-1]).any() else points
    thin = simplified(closed, 0.003)
    return np.round(thin if len(thin) > 3 else closed, 4).tolist()


def polygon(kind: str, text: str, ring: Iterable[LonLat]) -> dict[str, Any]:
    """Return a polygon feature."""
    return feature(kind, text, "Polygon", [ring_points(ring)])


def point(kind: str, text: str, lonlat: LonLat, **more: object) -> dict[str, Any]:
    """Return a point feature."""
    return feature(kind, text, "Point", [round(lonlat[0], 3), round(lonlat[1], 3)], **more)


def feature(kind: str, text: str, shape: str, coordinates: object, **more: object) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"kind": kind, "text": text, **more}, "geometry": geometry}


def packed(text: str) -> str:
    """Return text compressed and in base 64; the page unpacks it only when it is wanted."""
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()


@cache
def map_library() -> str:
    """Return the map library and its stylesheet, both compressed and in base 64, parted by a space."""
    from overflight.report.packaged import packaged_bytes

    parts = (packaged_bytes(f"static/maplibre-gl.{ending}.gz") for ending in ("js", "css"))
    return " ".join(base64.b64encode(part).decode() for part in parts)
