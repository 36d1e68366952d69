"""CZML for CesiumJS: a clock, paths in time, zones, points (CZML guide of AnalyticalGraphics, 2019)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from overflight.formats.features import (
    STYLES,
    Feature,
    PathRows,
    PointFeature,
    PolygonFeature,
    Role,
    Style,
    at_utc,
    utc_text,
)

Json = dict[str, object]


def scene(name: str, features: Iterable[Feature], *, speed: float = 10.0) -> str:
    """Return a CZML document, one packet a line, ending in a line feed.

    The clock runs from the first to the last instant of any path, ``speed`` times as fast as life, and
    loops.  Each path is shown as a line of its whole length with a dot that moves along it; positions
    are time-tagged longitude, latitude (degrees) and height (m) and are interpolated linearly, so rows
    should be a few seconds apart.
    """
    features = tuple(features)
    packets = [_document(name, [f for f in features if isinstance(f, PathRows)], speed)]
    for number, feature in enumerate(features, start=1):
        packets += _packets(feature, f"{feature.role.value}-{number}")
    return "[\n" + ",\n".join(_dump(packet) for packet in packets) + "\n]\n"


def _document(name: str, paths: list[PathRows], speed: float) -> Json:
    document: Json = {"id": "document", "name": name, "version": "1.0"}
    if paths:
        begin, end = min(path.begin_utc for path in paths), max(path.end_utc for path in paths)
        document["clock"] = {
            "interval": _interval(begin, end),
            "currentTime": utc_text(begin),
            "multiplier": speed,
            "range": "LOOP_STOP",
            "step": "SYSTEM_CLOCK_MULTIPLIER",
        }
    return document


def _packets(feature: Feature, key: str) -> list[Json]:
    if isinstance(feature, PathRows):
        return [_path(feature, key)]
    if isinstance(feature, PointFeature):
        return [_point(feature, key)]
    return [
        _polygon(feature, number, key if number == 0 else f"{key}-{number}")
        for number in range(len(feature.polygons))
    ]


def _path(path: PathRows, key: str) -> Json:
    style = STYLES[path.role]
    offset_s = path.time_s - path.time_s[0]
    rows = np.column_stack([offset_s, path.longitude_deg, path.latitude_deg, path.altitude_m])
    decimals = (6, 6, 6, 1)
    samples = [
        round(float(value), digits) + 0.0 for row in rows for value, digits in zip(row, decimals, strict=True)
    ]
    duration_s = float(offset_s[-1])
    width_px = style.width_px
    return {
        "id": key,
        "name": path.name,
        "description": _description(path),
        "availability": _interval(path.begin_utc, path.end_utc),
        "position": {
            "epoch": utc_text(at_utc(path.epoch_utc, float(path.time_s[0]))),
            "interpolationAlgorithm": "LINEAR",
            "interpolationDegree": 1,
            "cartographicDegrees": samples,
        },
        "path": {
            "leadTime": duration_s,
            "trailTime": duration_s,
            "resolution": 10,
            "width": width_px,
            "material": _line_material(path.role, style),
        },
        "point": {"pixelSize": 6, "color": {"rgba": list(style.line)}, "outlineWidth": 1},
        "label": _label(path.name, style),
    }


def _point(point: PointFeature, key: str) -> Json:
    style = STYLES[point.role]
    packet: Json = {
        "id": key,
        "name": point.name,
        "description": _description(point),
        "position": {"cartographicDegrees": [point.longitude_deg, point.latitude_deg, point.altitude_m]},
        "point": {
            "pixelSize": 4 if point.role is Role.IMPACT else 8,
            "color": {"rgba": list(style.fill)},
            "outlineWidth": 0 if point.role is Role.IMPACT else 1,
        },
    }
    if point.role is not Role.IMPACT:
        packet["label"] = _label(point.name, style)
    return packet


def _polygon(feature: PolygonFeature, number: int, key: str) -> Json:
    style = STYLES[feature.role]
    outer, *holes = feature.polygons[number]
    polygon: Json = {
        "positions": {"cartographicDegrees": _flat(outer)},
        "height": 0,  # a height, or Cesium drops the outline
        "arcType": "GEODESIC",
        "material": {"solidColor": {"color": {"rgba": list(style.fill)}}},
        "outline": True,
        "outlineColor": {"rgba": list(style.line)},
    }
    if holes:
        polygon["holes"] = {"cartographicDegrees": [_flat(hole) for hole in holes]}
    packet: Json = {"id": key, "name": feature.name, "description": _description(feature), "polygon": polygon}
    if feature.begin_utc and feature.end_utc:
        packet["availability"] = _interval(feature.begin_utc, feature.end_utc)
    return packet


def _flat(ring: tuple[tuple[float, float], ...]) -> list[float]:
    """Return a ring without its closing point as longitude, latitude, height 0 ..."""
    return [number for x, y in ring[:-1] for number in (round(float(x), 6), round(float(y), 6), 0)]


def _line_material(role: Role, style: Style) -> Json:
    color = {"rgba": list(style.line)}
    if role is Role.FLOWN:
        return {"solidColor": {"color": color}}
    return {"polylineDash": {"color": color, "dashLength": 12}}


def _label(text: str, style: Style) -> Json:
    return {
        "text": text,
        "font": "13px sans-serif",
        "fillColor": {"rgba": list(style.line)},
        "horizontalOrigin": "LEFT",
        "pixelOffset": {"cartesian2": [10, 0]},
    }


def _description(feature: Feature) -> str:
    """Return the properties as an HTML table; texts are escaped, for viewers show this as HTML."""
    from html import escape

    rows = "".join(
        f"<tr><th>{escape(key)}</th><td>{escape(str(value))}</td></tr>"
        for key, value in feature.properties.items()
        if value is not None
    )
    return f"<table>{rows}</table>" if rows else escape(feature.name)


def _interval(begin: datetime, end: datetime) -> str:
    return f"{utc_text(begin)}/{utc_text(end)}"


def _dump(packet: Json) -> str:
    return json.dumps(packet, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
