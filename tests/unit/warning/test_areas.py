"""Alert rings: few points, all of the places meant, hardly any other land."""

from __future__ import annotations

import json

import numpy as np
import pytest
from shapely import box, union_all
from shapely.geometry import LineString, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from overflight.errors import NumericsError
from overflight.warning.alert import MAX_RING_POINTS, Ring
from overflight.warning.areas import MAX_EXCESS, MIN_COVERAGE, alert_polygons, measure_fit
from support import shared_path


def coast(
    seed: int, longitude_deg: float, latitude_deg: float, radius_deg: float, points: int = 600
) -> Polygon:
    """Return an island with a rough coast: a circle with noise that falls off as 1/k."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    radius = np.full(points, radius_deg)
    for k in range(2, 80):
        radius += (
            0.25 * radius_deg / k * np.cos(k * angle + rng.uniform(0.0, 2.0 * np.pi)) * rng.uniform(0.2, 1.0)
        )
    x = longitude_deg + radius * np.cos(angle) / np.cos(np.radians(latitude_deg))
    return Polygon(np.column_stack([x, latitude_deg + radius * np.sin(angle)]))


def check_rings(rings: tuple[Ring, ...], places: list[BaseGeometry], keep_off: list[BaseGeometry]) -> None:
    for ring in rings:
        assert 4 <= len(ring) <= MAX_RING_POINTS
        assert ring[0] == ring[-1]
        assert Polygon(ring).is_valid
        assert Polygon(ring).exterior.is_ccw
        assert all(-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0 for x, y in ring)
    fit = measure_fit(rings, places, keep_off)
    assert fit.coverage >= MIN_COVERAGE
    assert fit.excess <= MAX_EXCESS
    assert fit.rings == len(rings)
    assert fit.points == max(len(ring) for ring in rings)


def test_one_rough_island_is_one_ring_of_few_points() -> None:
    island = coast(1, 126.8, 26.3, 0.1)
    rings = alert_polygons([island])
    assert len(rings) == 1
    check_rings(rings, [island], [])
    assert len(rings[0]) < 40


def test_islands_near_one_another_share_a_ring() -> None:
    islands = [coast(n, 126.8 + 0.03 * n, 26.3, 0.01, 60) for n in range(4)]
    rings = alert_polygons(islands)
    assert len(rings) == 1
    check_rings(rings, islands, [])


def test_neighbours_land_is_left_out() -> None:
    island = coast(2, 127.9, 26.5, 0.2, 2000)
    border = LineString([(127.5, 26.45), (127.8, 26.52), (127.95, 26.47), (128.4, 26.55)])
    north, south = sorted(split(island, border).geoms, key=lambda part: -part.centroid.y)
    rings = alert_polygons([north], [south])
    check_rings(rings, [north], [south])
    assert measure_fit(rings, [north], [south]).excess < MAX_EXCESS


def test_foreign_island_in_the_midst_is_left_out() -> None:
    ring_of_land = coast(3, 127.0, 26.0, 0.3).difference(coast(4, 127.0, 26.0, 0.15))
    lake_isle = coast(5, 127.0, 26.0, 0.14)
    rings = alert_polygons([ring_of_land], [lake_isle])
    check_rings(rings, [ring_of_land], [lake_isle])


def test_fewer_points_may_be_asked_for() -> None:
    island = coast(6, 127.0, 26.0, 0.2, 2000)
    rings = alert_polygons([island], max_points=12)
    assert max(len(ring) for ring in rings) <= 12
    assert measure_fit(rings, [island]).coverage >= MIN_COVERAGE


def test_tiny_place_beside_a_large_one_is_covered_too() -> None:
    large, tiny = coast(7, 127.0, 26.0, 0.3), coast(8, 131.3, 25.9, 0.003, 40)
    check_rings(alert_polygons([large, tiny]), [large, tiny], [])


@pytest.mark.parametrize("shift", [0.0, 360.0])
def test_places_across_the_antimeridian(shift: float) -> None:
    island = coast(9, 180.0, -16.5, 0.2)
    if shift == 0.0:
        east = island.intersection(box(170.0, -90.0, 180.0, 90.0))
        west = island.intersection(box(180.0, -90.0, 190.0, 90.0))
        moved = MultiPolygon([east, Polygon([(x - 360.0, y) for x, y in west.exterior.coords])])
    else:
        moved = island
    rings = alert_polygons([moved])
    assert {np.sign(np.mean([x for x, _ in ring])) for ring in rings} == {-1.0, 1.0}
    for ring in rings:
        assert max(x for x, _ in ring) - min(x for x, _ in ring) < 1.0
    halves = [Polygon(ring) for ring in rings]
    joined = union_all([half if half.centroid.x > 0 else shape(shifted(half)) for half in halves])
    assert island.difference(joined).area <= 1e-3 * island.area


def shifted(polygon: Polygon) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[(x + 360.0, y) for x, y in polygon.exterior.coords]]}


def test_no_place_no_ring() -> None:
    assert alert_polygons([]) == ()


def test_only_polygons_are_places() -> None:
    with pytest.raises(NumericsError, match="LineString"):
        alert_polygons([LineString([(0.0, 0.0), (1.0, 1.0)])])


def test_the_same_places_give_the_same_rings() -> None:
    places = [coast(n, 126.8 + 0.4 * n, 26.3, 0.1) for n in range(3)]
    assert alert_polygons(places) == alert_polygons(places)


@pytest.mark.parametrize(
    "codes",
    [
        ("47361", "47214"),  # Kumejima and Miyako
        ("47357", "47358"),  # the Daito islands, 370 km out
        ("47382",),  # Yonaguni
        ("47211",),  # Okinawa City, land borders on all sides
        ("47209", "47311", "47324"),
        ("46203", "46482", "46468"),
    ],
)
def test_real_municipalities(codes: tuple[str, ...]) -> None:
    """N03 boundaries of Okinawa and Kagoshima: coverage and excess as the warning check 12 asks."""
    text = shared_path("geodata", "jp_municipalities_46_47.geojson").read_text("utf-8")
    by_code = {f["properties"]["code5"]: shape(f["geometry"]) for f in json.loads(text)["features"]}
    places = [by_code[code] for code in codes]
    keep_off = [geometry for code, geometry in by_code.items() if code not in codes]
    check_rings(alert_polygons(places, keep_off), places, keep_off)


def test_a_whole_prefecture_takes_ten_rings_at_most() -> None:
    text = shared_path("geodata", "jp_municipalities_46_47.geojson").read_text("utf-8")
    features = json.loads(text)["features"]
    inside = [shape(f["geometry"]) for f in features if f["properties"]["code5"].startswith("47")]
    outside = [shape(f["geometry"]) for f in features if f["properties"]["code5"].startswith("46")]
    rings = alert_polygons(inside, outside)
    check_rings(rings, inside, outside)
    assert len(rings) <= 10
