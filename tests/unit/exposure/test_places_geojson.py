"""The user's own places: what is read, and what is refused with which words."""

from __future__ import annotations

import json

import pytest

from overflight.errors import PlacesError
from overflight.exposure import places_geojson
from overflight.exposure.places import read_places

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def feature(ring=SQUARE, kind="Polygon", **properties):
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    return {
        "type": "Feature",
        "properties": {"code": "1", "name": "Here", **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def with_geometry(geometry):
    return collection({"type": "Feature", "properties": {"name": "Here"}, "geometry": geometry})


def write(tmp_path, content):
    path = tmp_path / "places.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_places_are_read(tmp_path):
    island = feature(
        [[2, 2, 7.5], [3, 2, 7.5], [3, 3, 7.5], [2, 2, 7.5]], "MultiPolygon", code="2", name=" Isle ",
        name_en="Isle", country="JP", region="Sea", population=12.0, population_source="counted", extra=[1],
    )  # fmt: skip
    here, isle = read_places(write(tmp_path, collection(feature(), island)))
    assert (here.key, here.name, here.country, here.population, here.region) == (
        "1",
        "Here",
        None,
        None,
        None,
    )
    assert here.geometry.geom_type == "MultiPolygon"
    assert here.geometry.area == pytest.approx(1.0)
    assert (isle.key, isle.name, isle.population, isle.population_source) == ("JP-2", "Isle", 12, "counted")
    assert not isle.geometry.has_z


def test_a_place_without_code_has_its_name(tmp_path):
    (place,) = read_places(write(tmp_path, collection(feature(code=None))))
    assert place.code == "Here"


def test_codes_may_repeat_in_another_country(tmp_path):
    path = write(tmp_path, collection(feature(country="JP"), feature(country="KR")))
    assert [place.key for place in read_places(path)] == ["JP-1", "KR-1"]


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert len(read_places(write(tmp_path, "\ufeff" + json.dumps(collection(feature()))))) == 1


def test_named_wgs84_is_no_fault(tmp_path):
    document = collection(feature()) | {"crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}
    assert len(read_places(write(tmp_path, document))) == 1


BOWTIE = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
HOLE_OUTSIDE = {"type": "Polygon", "coordinates": [SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]]}
TWICE = {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}

BAD = {
    "not JSON": ("{", "line 1, column 2", "no JSON", "FeatureCollection"),
    "cut off": (json.dumps(collection(feature()))[:-20], "line 1", "no JSON", "FeatureCollection"),
    "nested too deeply": ("[" * 100_000, "", "JSON that cannot be read", "FeatureCollection"),
    "a list": ([], "type", "a list without a type", "FeatureCollection"),
    "one feature": (feature(), "type", '"Feature"', "FeatureCollection"),
    "no features": (collection(), "features", "no features", "at least one"),
    "features missing": ({"type": "FeatureCollection"}, "features", "nothing", "at least one"),
    "not a feature": (collection({"type": "Point"}), "features[0].type", '"Point"', '"Feature"'),
    "a point": (with_geometry({"type": "Point", "coordinates": [0, 0]}), "features[0].geometry.type",
                '"Point"', "draw their area"),
    "no geometry": (with_geometry(None), "features[0].geometry.type", "no geometry", "MultiPolygon"),
    "no coordinates": (with_geometry({"type": "Polygon", "coordinates": []}), "coordinates", "nothing", "rings"),
    "a flat ring": (with_geometry({"type": "Polygon", "coordinates": SQUARE}), "coordinates[0][0]", "0", "longitude"),
    "open ring": (collection(feature(SQUARE[:-1])), "features[0].geometry.coordinates[0]", "an open ring",
                  "Repeat the first position"),
    "two points": (collection(feature([[0, 0], [1, 1], [0, 0]])), "coordinates[0]", "2 different", "at least 3"),
    "crosses itself": (collection(feature(BOWTIE)), "coordinates[0]", "crosses itself", "make valid"),
    "no area": (collection(feature([[0, 0], [1, 1], [2, 2], [0, 0]])), "coordinates[0]", "crosses itself", "ring"),
    "hole outside": (with_geometry(HOLE_OUTSIDE), "coordinates", "holes", "inside the outline"),
    "parts overlap": (with_geometry(TWICE), "coordinates", "parts that overlap", "Merge"),
    "swapped": (collection(feature([[26, 127], [26, 128], [27, 128], [26, 127]])), "coordinates[0][0]",
                "(26.0, 127.0)", "look swapped"),
    "metres": (collection(feature([[5e5, 4e6], [6e5, 4e6], [6e5, 5e6], [5e5, 4e6]])), "coordinates[0][0]",
               "(500000.0, 4000000.0)", "EPSG:4326"),
    "beyond 180": (collection(feature([[179, 0], [181, 0], [181, 1], [179, 0]])), "coordinates[0][1]", "181.0", "Cut"),
    "across 180": (collection(feature([[179, 0], [-179, 0], [-179, 1], [179, 0]])), "coordinates[0][1]",
                   "a step from longitude 179.0 to -179.0", "Cut"),
    "NaN": ('{"type": "FeatureCollection", "features": [NaN]}', "", "NaN", "finite"),
    "infinite": (json.dumps(collection(feature())).replace("[1, 0]", "[1e999, 0]"), "[0][1]", "inf", "finite"),
    "a text for a number": (collection(feature([["0", 0], *SQUARE[1:]])), "coordinates[0][0]", '["0", 0]', "longitude"),
    "one number": (collection(feature([[0], *SQUARE[1:]])), "coordinates[0][0]", "[0]", "longitude"),
    "another system": (collection(feature()) | {"crs": {"properties": {"name": "EPSG:3857"}}}, "crs", '"EPSG:3857"',
                       "EPSG:4326"),
    "same code": (collection(feature(), feature()), "features[1].properties.code", 'already the code of features[0]',
                  "its own code"),
    "code is a number": (collection(feature(code=1203)), "properties.code", "1203", "leading zeros"),
    "no name": (collection(feature(name="  ")), "features[0].properties.name", "nothing", "a name"),
    "name is a number": (collection(feature(name=7)), "properties.name", "a number", "text"),
    "properties are a list": (collection(feature() | {"properties": [1]}), "properties", "a list", "an object"),
    "negative people": (collection(feature(population=-1)), "features[0].properties.population", "-1", "0 or more"),
    "half a person": (collection(feature(population=1.5)), "properties.population", "1.5", "whole number"),
    "people in words": (collection(feature(population="many")), "properties.population", '"many"', "whole number"),
    "people are true": (collection(feature(population=True)), "properties.population", "true", "whole number"),
    "people without end": (json.dumps(collection(feature(population=1))).replace(": 1}", ": 1e999}"),
                           "properties.population", "Infinity", "whole number"),
    "country in full": (collection(feature(country="Japan")), "properties.country", '"Japan"', "two-letter"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "key", "found", "advice"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused(tmp_path, content, key, found, advice):
    path = write(tmp_path, content)
    with pytest.raises(PlacesError) as refusal:
        read_places(path)
    error = refusal.value
    assert error.where == str(path)
    assert key in error.key
    assert found in error.found
    assert advice in str(error)
    assert error.allowed and error.remedy.endswith(".")
    assert len(str(error)) < 500 + len(str(path))


def test_the_first_bad_feature_refuses_the_file(tmp_path):
    path = write(tmp_path, collection(feature(), feature(BOWTIE, code="2")))
    with pytest.raises(PlacesError, match=r"features\[1\]"):
        read_places(path)


def test_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(places_geojson, "MAX_FILE_BYTES", 100)
    with pytest.raises(PlacesError, match="simplify the outlines"):
        read_places(write(tmp_path, collection(feature())))


def test_fifty_megabytes_are_the_limit():
    assert places_geojson.MAX_FILE_BYTES == 50_000_000


@pytest.mark.parametrize("name", ["missing.geojson", "missing/places.geojson", "."])
def test_no_file(tmp_path, name):
    with pytest.raises(PlacesError, match=r"Check the path|Name the file itself"):
        read_places(tmp_path / name)


def test_not_text(tmp_path):
    path = tmp_path / "places.geojson"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlacesError, match="not UTF-8"):
        read_places(path)
