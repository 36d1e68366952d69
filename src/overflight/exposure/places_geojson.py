"""The user's own places, from a GeoJSON file (RFC 7946)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from overflight.errors import PlacesError
from overflight.exposure.place import Place, Places

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

MAX_FILE_BYTES = 50_000_000

_WGS84 = {
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "EPSG:4326",
    "urn:ogc:def:crs:EPSG::4326",
}
_KEEP_WGS84 = "Export the file as GeoJSON in WGS 84 (EPSG:4326)."
_SPLIT = "Cut the shape in two at the 180th meridian (RFC 7946, section 3.1.9)."
_EXPORT = "Export the places as a GeoJSON FeatureCollection of Polygons or MultiPolygons."


def read_places(path: str | Path) -> Places:
    """Read places from a GeoJSON file.

    The file is a FeatureCollection of Polygon or MultiPolygon features, longitude and latitude in
    WGS-84 degrees.  Properties: ``name`` (needed), ``code`` (else the name), ``name_en``,
    ``country`` (ISO 3166-1 alpha-2), ``region``, ``population``, ``population_source``; others are
    ignored.  Country and code together must differ from place to place.

    Raises
    ------
    PlacesError : the file cannot be used; the message names file, feature, what was found there,
        what is allowed and what to do.  One bad feature refuses the whole file.
    """
    where = str(path)
    document = _document(Path(path), where)
    features = _features(document, where)
    places = [_place(feature, f"features[{i}]", where) for i, feature in enumerate(features)]
    _refuse_duplicates(places, where)
    return Places(tuple(places))


def _refuse(where: str, key: str, found: str, allowed: str, remedy: str) -> NoReturn:
    raise PlacesError(where, key, found=found, allowed=allowed, remedy=remedy)


def _document(path: Path, where: str) -> Any:
    allowed = f"a GeoJSON file of at most {MAX_FILE_BYTES // 1_000_000} MB"
    try:
        size = path.stat().st_size
        if not path.is_file():
            _refuse(where, "", "something that is not a file", allowed, "Name the file itself.")
        if size > MAX_FILE_BYTES:
            remedy = "Keep the places of the region you need, or simplify the outlines."
            _refuse(where, "", f"{size / 1e6:.1f} MB", allowed, remedy)
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        _refuse(where, "", "no such file", allowed, "Check the path.")
    except OSError as error:
        _refuse(
            where, "", f"a file that cannot be read ({error.strerror})", allowed, "Check its permissions."
        )
    except UnicodeDecodeError as error:
        _refuse(where, f"byte {error.start}", "text that is not UTF-8", allowed, "Save it as UTF-8.")
    try:
        return json.loads(text, parse_constant=lambda word: _refuse_constant(word, where))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _refuse(where, place, f"no JSON ({error.msg})", allowed, _EXPORT)
    except (RecursionError, ValueError) as error:
        _refuse(where, "", f"JSON that cannot be read ({error})", allowed, _EXPORT)


def _refuse_constant(word: str, where: str) -> NoReturn:
    _refuse(where, "", word, "finite numbers", "Remove or repair the feature that holds it.")


def _features(document: Any, where: str) -> Sequence[Any]:
    kind = document.get("type") if isinstance(document, Mapping) else None
    if kind != "FeatureCollection":
        found = _name(kind) if kind else f"{_kind(document)} without a type"
        _refuse(where, "type", found, '"FeatureCollection"', _EXPORT)
    crs = document.get("crs")
    if crs is not None:
        properties = crs.get("properties") if isinstance(crs, Mapping) else None
        named = properties.get("name") if isinstance(properties, Mapping) else None
        if named not in _WGS84:
            _refuse(where, "crs", _name(named or crs), "WGS 84 longitude and latitude", _KEEP_WGS84)
    features = document.get("features")
    if not isinstance(features, list) or not features:
        found = "no features" if features == [] else _kind(features)
        _refuse(where, "features", found, "a list of at least one feature", _EXPORT)
    return features


def _place(feature: Any, key: str, where: str) -> Place:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        found = _name(feature.get("type")) if isinstance(feature, Mapping) else _kind(feature)
        _refuse(where, f"{key}.type", found, '"Feature"', _EXPORT)
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        _refuse(where, f"{key}.properties", _kind(properties), "an object", "Give at least a name.")
    name = _text(properties, "name", key, where)
    if name is None:
        _refuse(where, f"{key}.properties.name", "nothing", "a name", "Give every place a name.")
    country = _text(properties, "country", key, where)
    if country is not None and not (len(country) == 2 and country.isascii() and country.isupper()):
        remedy = 'Write the two-letter code, such as "JP", or leave it out.'
        _refuse(where, f"{key}.properties.country", _name(country), "an ISO 3166-1 alpha-2 code", remedy)
    return Place(
        code=_text(properties, "code", key, where) or name,
        name=name,
        name_en=_text(properties, "name_en", key, where),
        country=country,
        region=_text(properties, "region", key, where),
        population=_population(properties.get("population"), f"{key}.properties.population", where),
        population_source=_text(properties, "population_source", key, where),
        geometry=_geometry(feature.get("geometry"), f"{key}.geometry", where),
    )


def _text(properties: Mapping[str, Any], name: str, key: str, where: str) -> str | None:
    value = properties.get(name)
    if name == "code" and isinstance(value, int) and not isinstance(value, bool):
        remedy = 'Write codes in quotes, such as "01203": a number loses its leading zeros.'
        _refuse(where, f"{key}.properties.code", str(value), "text", remedy)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        _refuse(where, f"{key}.properties.{name}", _kind(value), "text", "Write it in quotes.")
    return value.strip()


def _population(value: Any, key: str, where: str) -> int | None:
    allowed = "a whole number of people, 0 or more"
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value != int(value):
        _refuse(where, key, _name(value), allowed, "Leave it out where it is not known.")
    if value < 0:
        _refuse(where, key, str(value), allowed, "Leave it out where it is not known.")
    return int(value)


def _geometry(geometry: Any, key: str, where: str) -> MultiPolygon:
    from shapely import MultiPolygon, is_valid_reason

    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        found = _name(kind) if kind else "no geometry"
        remedy = "Leave points and lines out, or draw their area."
        _refuse(where, f"{key}.type", found, '"Polygon" or "MultiPolygon"', remedy)
    key = f"{key}.coordinates"
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        _refuse(where, key, _kind(coordinates) if coordinates else "nothing", "rings of positions", _EXPORT)
    if kind == "Polygon":
        return MultiPolygon([_polygon(coordinates, key, where)])
    shape = MultiPolygon([_polygon(rings, f"{key}[{i}]", where) for i, rings in enumerate(coordinates)])
    if not shape.is_valid:
        found = f"parts that overlap ({is_valid_reason(shape)})"
        _refuse(where, key, found, "parts that do not overlap", "Merge the parts that overlap.")
    return shape


def _polygon(rings: Any, key: str, where: str) -> Polygon:
    from shapely import Polygon, is_valid_reason

    if not isinstance(rings, list) or not rings:
        _refuse(where, key, _kind(rings) if rings else "nothing", "a list of rings", _EXPORT)
    closed = [_ring(ring, f"{key}[{i}]", where) for i, ring in enumerate(rings)]
    for i, ring in enumerate(closed):
        outline = Polygon(ring)
        if not outline.is_valid:
            found = f"a ring that crosses itself ({is_valid_reason(outline)})"
            remedy = "Draw the outline again there, or repair the shape in a GIS (make valid)."
            _refuse(where, f"{key}[{i}]", found, "rings that do not cross themselves", remedy)
    polygon = Polygon(closed[0], closed[1:])
    if not polygon.is_valid:
        found = f"holes that do not lie inside the outline ({is_valid_reason(polygon)})"
        _refuse(where, key, found, "holes inside the outline, apart from each other", "Repair the holes.")
    return polygon


def _ring(ring: Any, key: str, where: str) -> list[tuple[float, float]]:
    if not isinstance(ring, list):
        _refuse(where, key, _kind(ring), "a list of positions", _EXPORT)
    points = [_position(position, f"{key}[{i}]", where) for i, position in enumerate(ring)]
    if points and points[0] != points[-1]:
        found = f"an open ring: it begins at {points[0]} and ends at {points[-1]}"
        _refuse(where, key, found, "a ring whose last position is its first", "Repeat the first position.")
    if len(set(points)) < 3:
        found = f"a ring of {len(set(points))} different positions"
        _refuse(where, key, found, "at least 3, and the first repeated", "Draw an area, or leave it out.")
    for i, (before, after) in enumerate(pairwise(points)):
        if abs(after[0] - before[0]) > 180.0:
            found = f"a step from longitude {before[0]} to {after[0]}"
            _refuse(where, f"{key}[{i + 1}]", found, "steps of at most 180 degrees", _SPLIT)
    return points


def _position(position: Any, key: str, where: str) -> tuple[float, float]:
    allowed = "longitude -180 to 180, latitude -90 to 90, in this order"
    numbers = position[:2] if isinstance(position, list) else []
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        _refuse(where, key, _name(position), allowed, _EXPORT)
    lon, lat = float(numbers[0]), float(numbers[1])
    if not (math.isfinite(lon) and math.isfinite(lat)):
        _refuse(where, key, f"({lon}, {lat})", "finite numbers", "Remove or repair the feature.")
    if abs(lat) > 90.0 >= abs(lon) and abs(lat) <= 180.0:
        remedy = "Latitude and longitude look swapped: GeoJSON has longitude first."
        _refuse(where, key, f"({lon}, {lat})", allowed, remedy)
    if abs(lon) > 180.0 or abs(lat) > 90.0:
        across = 180.0 < abs(lon) <= 360.0 and abs(lat) <= 90.0
        _refuse(where, key, f"({lon}, {lat})", allowed, _SPLIT if across else _KEEP_WGS84)
    return lon, lat


def _refuse_duplicates(places: Sequence[Place], where: str) -> None:
    seen: dict[tuple[str | None, str], int] = {}
    for index, place in enumerate(places):
        first = seen.setdefault((place.country, place.code), index)
        if first != index:
            found = f'"{place.code}", already the code of features[{first}]'
            remedy = "Give each place its own code, or make one MultiPolygon of its parts."
            _refuse(where, f"features[{index}].properties.code", found, "a code once per country", remedy)


def _kind(value: Any) -> str:
    """Say what a JSON value is in words."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")


def _name(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
