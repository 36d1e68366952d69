"""KML 2.2 (OGC 07-147r2) for Google Earth and GIS: folders by role, paths on their height."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from overflight.earth.antimeridian import split_line, split_polygon, wrap_deg
from overflight.errors import InputError
from overflight.formats.features import (
    ROLE_TITLES,
    STYLES,
    Feature,
    PathRows,
    PointFeature,
    PolygonFeature,
    Role,
    bounds_deg,
    utc_text,
)

NAMESPACE = "http://www.opengis.net/kml/2.2"
_KM_PER_DEG = 111.2


def document(name: str, features: Iterable[Feature], *, description: str = "") -> bytes:
    """Return a KML document as UTF-8, indented, ending in a line feed.

    Paths stand at their height with a curtain to the ground and last from their first to their last
    instant; zones lie on the ground.  The view opens on everything.

    Raises
    ------
    InputError : a text has a character that XML 1.0 cannot carry
    """
    features = tuple(features)
    root = ET.Element("kml", {"xmlns": NAMESPACE})
    top = _add(root, "Document")
    _add(top, "name", name)
    _add(top, "open", "1")
    if description:
        _add(top, "description", description)
    _look_at(top, features)
    used = [role for role in Role if any(feature.role is role for feature in features)]
    for role in used:
        _style(top, role)
    for role in used:
        folder = _add(top, "Folder")
        _add(folder, "name", ROLE_TITLES[role])
        for feature in features:
            if feature.role is role:
                _placemark(folder, feature)
    ET.indent(root, space=" ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def _placemark(folder: ET.Element, feature: Feature) -> None:
    placemark = _add(folder, "Placemark")
    _add(placemark, "name", feature.name)
    if isinstance(feature, PathRows):
        _time_span(placemark, feature.begin_utc, feature.end_utc)
    elif isinstance(feature, PointFeature):
        if feature.time_utc:
            _add(_add(placemark, "TimeStamp"), "when", utc_text(feature.time_utc))
    elif feature.begin_utc and feature.end_utc:
        _time_span(placemark, feature.begin_utc, feature.end_utc)
    _add(placemark, "styleUrl", f"#{feature.role.value}")
    data = [(key, value) for key, value in feature.properties.items() if value is not None]
    if data:
        extended = _add(placemark, "ExtendedData")
        for key, value in data:
            element = _add(extended, "Data")
            element.set("name", key)
            _add(element, "value", str(value))
    if isinstance(feature, PathRows):
        _lines(placemark, feature)
    elif isinstance(feature, PointFeature):
        _point(placemark, feature)
    else:
        _polygons(placemark, feature)


def _lines(placemark: ET.Element, path: PathRows) -> None:
    parts = split_line(path.longitude_deg, np.column_stack([path.latitude_deg, path.altitude_m]))
    parent = placemark if len(parts) == 1 else _add(placemark, "MultiGeometry")
    for part in parts:
        line = _add(parent, "LineString")
        _add(line, "extrude", "1")
        _add(line, "altitudeMode", "absolute")
        _add(line, "coordinates", " ".join(_coordinate(*map(float, row)) for row in part))


def _point(placemark: ET.Element, point: PointFeature) -> None:
    element = _add(placemark, "Point")
    _add(element, "altitudeMode", "absolute" if point.altitude_m else "clampToGround")
    longitude_deg = float(wrap_deg(point.longitude_deg))
    _add(element, "coordinates", _coordinate(longitude_deg, point.latitude_deg, point.altitude_m))


def _polygons(placemark: ET.Element, feature: PolygonFeature) -> None:
    pieces = [piece for polygon in feature.polygons for piece in split_polygon(polygon)]
    parent = placemark if len(pieces) == 1 else _add(placemark, "MultiGeometry")
    for outer, *holes in pieces:
        polygon = _add(parent, "Polygon")
        _add(polygon, "tessellate", "1")
        _add(polygon, "altitudeMode", "clampToGround")
        _boundary(_add(polygon, "outerBoundaryIs"), outer)
        for hole in holes:
            _boundary(_add(polygon, "innerBoundaryIs"), hole)


def _boundary(parent: ET.Element, ring: Sequence[tuple[float, float]]) -> None:
    coordinates = " ".join(_coordinate(x, y, 0.0) for x, y in ring)
    _add(_add(parent, "LinearRing"), "coordinates", coordinates)


def _coordinate(longitude_deg: float, latitude_deg: float, altitude_m: float) -> str:
    return f"{longitude_deg:.6f},{latitude_deg:.6f},{altitude_m:.1f}"


def _time_span(placemark: ET.Element, begin: datetime, end: datetime) -> None:
    span = _add(placemark, "TimeSpan")
    _add(span, "begin", utc_text(begin))
    _add(span, "end", utc_text(end))


def _look_at(top: ET.Element, features: Sequence[Feature]) -> None:
    """Look down on the middle of everything from far enough to see it all."""
    box = bounds_deg(features)
    if box is None:
        return
    west, south, east, north = box
    width_deg = (east - west) % 360.0 if east != west else 0.0
    latitude_deg = 0.5 * (south + north)
    extent_km = _KM_PER_DEG * max(north - south, width_deg * float(np.cos(np.radians(latitude_deg))), 0.2)
    look = _add(top, "LookAt")
    _add(look, "longitude", f"{float(wrap_deg(west + 0.5 * width_deg)):.4f}")
    _add(look, "latitude", f"{latitude_deg:.4f}")
    _add(look, "heading", "0")
    _add(look, "tilt", "0")
    _add(look, "range", f"{1300.0 * extent_km:.0f}")


def _style(top: ET.Element, role: Role) -> None:
    style = STYLES[role]
    element = _add(top, "Style")
    element.set("id", role.value)
    icon = _add(element, "IconStyle")
    _add(icon, "color", _color(style.line))
    _add(icon, "scale", "0.4" if role is Role.IMPACT else "0.8")
    label = _add(element, "LabelStyle")
    _add(label, "color", _color(style.line))
    _add(label, "scale", "0" if role is Role.IMPACT else "0.8")
    line = _add(element, "LineStyle")
    _add(line, "color", _color(style.line))
    _add(line, "width", f"{style.width_px:g}")
    _add(_add(element, "PolyStyle"), "color", _color(style.fill))


def _color(rgba: tuple[int, int, int, int]) -> str:
    """Return a colour as KML writes it: alpha, blue, green, red."""
    red, green, blue, alpha = rgba
    return f"{alpha:02x}{blue:02x}{green:02x}{red:02x}"


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, tag)
    for letter in text or "":
        code = ord(letter)
        if (code < 0x20 and letter not in "\t\n") or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
            remedy = "Remove the character."
            raise InputError(
                "kml", tag, found=f"U+{code:04X}", allowed="characters of XML 1.0", remedy=remedy
            )
    element.text = text
    return element
