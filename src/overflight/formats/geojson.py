"""GeoJSON by RFC 7946: WGS-84, right-hand rule, nothing across the antimeridian, a bounding box."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from overflight.earth.antimeridian import PolygonRings, Ring, split_line, split_polygon, wrap_deg
from overflight.formats.features import (
    Feature,
    PathRows,
    PointFeature,
    PolygonFeature,
    PropertyValue,
    bounds_deg,
    utc_text,
)

_DEGREE_DECIMALS = 6  # 0.1 m
_METRE_DECIMALS = 1

Json = dict[str, object]


def feature_collection(features: Iterable[Feature], *, title: str | None = None) -> str:
    """Return a FeatureCollection, one feature a line, ending in a line feed.

    Every feature has the properties ``name`` and ``role`` besides its own; a path also has ``epoch_utc``
    and, point for point, ``time_s`` (nested like the coordinates where the path is cut).  ``title`` is
    a foreign member (RFC 7946, section 6.1).
    """
    features = tuple(features)
    head: Json = {"type": "FeatureCollection"}
    if title:
        head["title"] = title
    box = bounds_deg(features)
    if box:
        head["bbox"] = [_degree(value) for value in box]
    lines = ",\n".join(_dump(_feature(feature)) for feature in features)
    return f'{_dump(head)[:-1]},"features":[\n{lines}\n]}}\n'


def _feature(feature: Feature) -> Json:
    properties: dict[str, object] = {"name": feature.name, "role": feature.role.value}
    if isinstance(feature, PathRows):
        geometry = _path(feature, properties)
    elif isinstance(feature, PointFeature):
        geometry = _point(feature, properties)
    else:
        geometry = _polygons(feature, properties)
    properties |= {key: _property(value) for key, value in feature.properties.items()}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _path(path: PathRows, properties: dict[str, object]) -> Json:
    columns = np.column_stack([path.latitude_deg, path.altitude_m, path.time_s])
    parts = split_line(path.longitude_deg, columns)
    lines = [[[_degree(r[0]), _degree(r[1]), round(float(r[2]), _METRE_DECIMALS)] for r in p] for p in parts]
    times = [[round(float(row[3]), 6) for row in part] for part in parts]
    properties["epoch_utc"] = utc_text(path.epoch_utc)
    if len(lines) == 1:
        properties["time_s"] = times[0]
        return {"type": "LineString", "coordinates": lines[0]}
    properties["time_s"] = times
    return {"type": "MultiLineString", "coordinates": lines}


def _point(point: PointFeature, properties: dict[str, object]) -> Json:
    if point.time_utc:
        properties["time_utc"] = utc_text(point.time_utc)
    coordinates = [_degree(float(wrap_deg(point.longitude_deg))), _degree(point.latitude_deg)]
    if point.altitude_m:
        coordinates.append(round(point.altitude_m, _METRE_DECIMALS))
    return {"type": "Point", "coordinates": coordinates}


def _polygons(feature: PolygonFeature, properties: dict[str, object]) -> Json:
    if feature.begin_utc and feature.end_utc:
        properties |= {"begin_utc": utc_text(feature.begin_utc), "end_utc": utc_text(feature.end_utc)}
    pieces = [_right_handed(piece) for polygon in feature.polygons for piece in split_polygon(polygon)]
    rounded = [[[[_degree(x), _degree(y)] for x, y in ring] for ring in piece] for piece in pieces]
    if len(rounded) == 1:
        return {"type": "Polygon", "coordinates": rounded[0]}
    return {"type": "MultiPolygon", "coordinates": rounded}


def _right_handed(rings: PolygonRings) -> PolygonRings:
    """Return the outer ring anticlockwise and holes clockwise (RFC 7946, section 3.1.6)."""
    outer, *holes = rings
    return (_turned(outer, anticlockwise=True), *(_turned(hole, anticlockwise=False) for hole in holes))


def _turned(ring: Ring, *, anticlockwise: bool) -> Ring:
    return ring if (_doubled_area(ring) > 0.0) == anticlockwise else ring[::-1]


def _doubled_area(ring: Sequence[tuple[float, float]]) -> float:
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring))


def _degree(value: float) -> float:
    return round(float(value), _DEGREE_DECIMALS) + 0.0


def _property(value: PropertyValue) -> PropertyValue:
    """Return a property as JSON can carry it: a number that does not exist is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
