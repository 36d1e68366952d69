"""GeoJSON against RFC 7946, read back by the ``geojson`` package and shapely."""

from __future__ import annotations

from datetime import UTC, datetime

import geojson
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, shape

from overflight.formats.features import PathRows, PointFeature, PolygonFeature, Role
from overflight.formats.geojson import feature_collection

EPOCH = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)
CLOCKWISE = ((123.0, 36.0), (124.0, 36.0), (124.0, 35.0), (123.0, 35.0), (123.0, 36.0))


def rocket(longitude_deg: list[float]) -> PathRows:
    n = len(longitude_deg)
    return PathRows(
        "ロケット",
        EPOCH,
        np.arange(n) * 10.0,
        longitude_deg,
        np.linspace(39.0, 13.0, n),
        np.linspace(0.0, 4e5, n),
    )  # type: ignore[arg-type]


def test_an_independent_reader_finds_it_valid() -> None:
    hole = ((123.4, 35.4), (123.6, 35.4), (123.6, 35.6), (123.4, 35.6), (123.4, 35.4))
    features = [
        rocket([124.7, 126.0, 128.0]),
        PolygonFeature(
            "Stage 1", ((CLOCKWISE, hole),), Role.ANNOUNCED, properties={"probability": float("nan")}
        ),
        PointFeature("Sohae", 124.705, 39.66, properties={"note": 'a "b" & <c>'}),
    ]
    read = geojson.loads(feature_collection(features, title="Reference event"))
    assert read.is_valid, read.errors()
    assert [f["geometry"]["type"] for f in read["features"]] == ["LineString", "Polygon", "Point"]
    assert read["bbox"] == [123.0, 13.0, 128.0, 39.66]
    assert read["title"] == "Reference event"
    assert read["features"][0]["properties"]["time_s"] == [0.0, 10.0, 20.0]
    assert read["features"][0]["properties"]["epoch_utc"] == "2023-08-23T18:50:30Z"
    assert read["features"][1]["properties"]["probability"] is None
    assert read["features"][2]["properties"]["note"] == 'a "b" & <c>'
    polygon = shape(read["features"][1]["geometry"])
    assert polygon.exterior.is_ccw
    assert not polygon.interiors[0].is_ccw
    assert polygon.area == pytest.approx(1.0 - 0.04)


def test_a_path_over_the_antimeridian_is_cut() -> None:
    (feature,) = geojson.loads(feature_collection([rocket([178.0, 179.0, -179.0])]))["features"]
    east, west = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiLineString"
    assert (east[-1][0], west[0][0]) == (180.0, -180.0)
    assert east[-1][1:] == west[0][1:]
    assert feature["properties"]["time_s"] == [[0.0, 10.0, 15.0], [15.0, 20.0]]


def test_a_zone_over_the_antimeridian_is_cut() -> None:
    zone = PolygonFeature.of_ring(
        "z", [(179.0, 5.0), (-179.0, 5.0), (-179.0, 4.0), (179.0, 4.0)], Role.COMPUTED
    )
    read = geojson.loads(feature_collection([zone]))
    geometry = shape(read["features"][0]["geometry"])
    assert geometry.geom_type == "MultiPolygon"
    assert geometry.area == pytest.approx(2.0)
    assert all(part.exterior.is_ccw for part in geometry.geoms)
    assert read["bbox"] == [179.0, 4.0, -179.0, 5.0]


def test_nothing_gives_an_empty_collection() -> None:
    assert geojson.loads(feature_collection([])) == {"type": "FeatureCollection", "features": []}


@given(
    st.floats(-180.0, 180.0),
    st.floats(-80.0, 80.0),
    st.floats(0.01, 9.0),
    st.integers(3, 40),
    st.booleans(),
)
def test_any_zone_keeps_its_area_and_its_sense(
    longitude_deg: float, latitude_deg: float, radius_deg: float, points: int, clockwise: bool
) -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False) * (-1.0 if clockwise else 1.0)
    x, y = longitude_deg + radius_deg * np.cos(angle), latitude_deg + radius_deg * np.sin(angle)
    wrapped = [((float(a) + 180.0) % 360.0 - 180.0, float(b)) for a, b in zip(x, y, strict=True)]
    read = geojson.loads(feature_collection([PolygonFeature.of_ring("z", wrapped, Role.COMPUTED)]))
    geometry = shape(read["features"][0]["geometry"])
    parts = getattr(geometry, "geoms", [geometry])
    assert all(part.exterior.is_ccw and -180.0 <= part.bounds[0] <= part.bounds[2] <= 180.0 for part in parts)
    assert geometry.area == pytest.approx(Polygon(np.column_stack([x, y])).area, rel=1e-3, abs=1e-5)
