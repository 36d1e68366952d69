"""Cells, covers, hazard areas and footprints: areas that are right, hold their level, and have few corners."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from ensembles import by_hand
from overflight.debris.impacts import Impacts
from overflight.exposure.cells import cells_of, smoothed
from overflight.exposure.cover import MOST_CORNERS, cover_boxes, cover_ring, few_corners
from overflight.exposure.drop_zones import drop_zone
from overflight.exposure.hazard_areas import (
    MARGIN_M,
    THREE_SIGMA,
    ascent_area,
    contour_radius_m,
    ellipse_ring,
    hazard_areas,
    level_boxes,
)
from overflight.exposure.response_areas import footprint, response_areas
from overflight.scenario.risk import Risk

GEOD = Geod(ellps="WGS84")


def scatter(lon, lat, major_m, minor_m, azimuth_deg, n, seed=3):
    """Return longitudes and latitudes (deg) of normal draws of a metric covariance round a point."""
    rng = np.random.default_rng(seed)
    along, across = major_m * rng.normal(size=n), minor_m * rng.normal(size=n)
    a = np.radians(azimuth_deg)
    east, north = along * np.sin(a) - across * np.cos(a), along * np.cos(a) + across * np.sin(a)
    out = GEOD.fwd(
        np.full(n, lon), np.full(n, lat), np.degrees(np.arctan2(east, north)), np.hypot(east, north)
    )
    return out[0], out[1]


def impacts_at(lon, lat, sample, *, body=0, time_s=None, fragment=0) -> Impacts:
    n, ones = len(lon), np.ones(len(lon))
    return Impacts(
        np.asarray(sample), np.full(n, body), np.full(n, fragment), ones, 100.0 * ones if time_s is None else time_s,
        np.radians(lat), np.radians(lon), 100.0 * ones, ones, ones, 0,
    )  # fmt: skip


@pytest.mark.parametrize("lat", [0.0, 39.7, 70.0, 89.5])
def test_cells_have_their_area_on_the_ellipsoid(lat):
    cells, which = cells_of(np.array([179.999, -179.999, 10.0]), np.full(3, lat), 5e3)
    assert len(set(which.tolist())) == 3
    for (west, south, east, north), area in zip(cells.bounds_deg, cells.area_m2, strict=True):
        # meridians and parallels, cut fine: a geodesic between corners is no parallel
        edge = np.linspace(west, east, 400)
        lons = np.concatenate([edge, edge[::-1]])
        lats = np.concatenate([np.full(400, south), np.full(400, north)])
        assert area == pytest.approx(abs(GEOD.polygon_area_perimeter(lons, lats)[0]), rel=1e-4)


def test_smoothing_keeps_the_sum_across_the_180th_meridian():
    lon, lat = scatter(180.0, 70.0, 30e3, 10e3, 40.0, 2000)
    cells, which = cells_of(lon, lat, 5e3)
    spread, values = smoothed(cells, np.bincount(which).astype(float)[:, None])
    assert values.sum() == pytest.approx(2000.0)
    west, _, east, _ = spread.bounds_deg.T
    assert (west > 170.0).any() and (east < -170.0).any()


@pytest.mark.parametrize(("lat", "lon"), [(39.7, 124.7), (70.0, 16.0), (39.7, 180.0), (-70.0, -179.9)])
def test_a_metric_ellipse_is_found_where_meridians_converge(lat, lon):
    """Many draws of a known covariance: axes, tilt and what one, two and three sigma hold."""
    x, y = scatter(lon, lat, 40e3, 12e3, 30.0, 200_000)
    ones = np.ones(len(x))
    for share, sigma in ((0.3935, 1.0), (0.8647, 2.0), (THREE_SIGMA, 3.0), (0.97, 2.648229)):
        zone = drop_zone(x, y, ones, containment=share)
        assert zone.semi_major_m == pytest.approx(sigma * 40e3, rel=0.01)
        assert zone.semi_minor_m == pytest.approx(sigma * 12e3, rel=0.01)
        assert zone.azimuth_deg == pytest.approx(30.0, abs=0.5)
        assert zone.contained == pytest.approx(share, abs=3e-3)


@pytest.mark.parametrize(("lat", "lon"), [(39.7, 124.7), (70.0, 16.0), (-40.0, 180.0)])
def test_notice_ellipse_has_five_miles_more_and_its_polygon_holds_it(lat, lon):
    axes = (30e3 + MARGIN_M, 10e3 + MARGIN_M)
    assert axes == (39260.0, 19260.0)
    ring = ellipse_ring((lon, lat), axes, 25.0)
    _, _, reach = GEOD.inv(np.full(73, lon), np.full(73, lat), ring[:, 0], ring[:, 1])
    assert reach.max() == pytest.approx(axes[0], rel=1e-6) and reach.min() == pytest.approx(axes[1], rel=1e-6)
    cover = cover_ring(ring)
    assert len(cover) - 1 <= MOST_CORNERS
    unwrapped = np.stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]], axis=1)
    turn = 360.0 * round((cover[:, 0].mean() - unwrapped[:, 0].mean()) / 360.0)
    assert shapely.Polygon(cover).contains(shapely.Polygon(unwrapped + np.array([turn, 0.0])))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=4, max_size=40), st.integers(3, 12))
def test_few_corners_always_contain(points, most):
    hull = shapely.MultiPoint(points).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1e-3:
        return
    ring = few_corners(hull, most=most)
    cover = shapely.Polygon(ring)
    assert len(ring) - 1 <= max(most, 4) and shapely.is_ccw(shapely.LinearRing(ring))
    assert cover.buffer(1e-9).contains(hull)


def test_a_bent_band_is_followed():
    t = np.linspace(0.0, np.pi, 100)
    band = shapely.LineString(np.stack([10 * np.cos(t), 10 * np.sin(t)], axis=1)).buffer(0.3)
    cover = shapely.Polygon(few_corners(band))
    assert cover.contains(band) and cover.area < 0.7 * band.convex_hull.area


def test_ship_contour_of_one_fragment():
    """Check case: sigma 5 km, a ship of 120,000 square feet, 1e-5: 9.90 km by the density of a point."""
    ship = 11148.36
    truth = contour_radius_m(5e3, ship, 1e-5)
    assert truth == pytest.approx(9898.8, rel=5e-5)
    assert contour_radius_m(500e3, ship, 1e-5) == 0.0
    n = 400_000
    lon, lat = scatter(128.0, 30.0, 5e3, 5e3, 0.0, n)
    ensemble = by_hand((1.0,), (n,))
    boxes = level_boxes(
        ensemble, impacts_at(lon, lat, np.arange(n)), np.arange(n), np.full(n, ship), 1e-5, cell_m=500.0
    )
    area = sum(abs(GEOD.polygon_area_perimeter([w, e, e, w], [s, s, no, no])[0]) for w, s, e, no in boxes)
    # counted in cells, an error added: larger than the truth, by little
    assert truth < np.sqrt(area / np.pi) < 1.05 * truth
    (ring,) = cover_boxes(boxes)
    _, _, reach = GEOD.inv(np.full(len(ring), 128.0), np.full(len(ring), 30.0), ring[:, 0], ring[:, 1])
    assert reach.min() > 0.98 * truth and reach.max() < 1.25 * truth


@pytest.mark.parametrize("lon", [124.7, 180.0])
def test_areas_of_planned_debris_hold_their_share(lon):
    x, y = scatter(lon, 39.7, 20e3, 8e3, 170.0, 4000)
    ensemble = by_hand((1.0,), (4000,))
    impacts = impacts_at(x, y, np.arange(4000), time_s=np.linspace(400.0, 500.0, 4000))
    ships, aircraft = hazard_areas(ensemble, impacts, np.ones(4000), Risk())
    assert (ships.whom, ships.level, aircraft.whom) == ("ships", 0.97, "aircraft")
    assert ships.from_s == pytest.approx(401.0, abs=1.0) and ships.to_s == pytest.approx(499.0, abs=1.0)
    for area, share in ((ships, 0.97), (aircraft, THREE_SIGMA)):
        middle = area.ring_deg[:, 0].mean()
        at = (x - middle + 180.0) % 360.0 - 180.0 + middle
        inside = shapely.contains_xy(shapely.Polygon(area.ring_deg), at, y)
        assert inside.mean() >= share and len(area.ring_deg) - 1 <= MOST_CORNERS
    turn = 360.0 * round((aircraft.ring_deg[:, 0].mean() - ships.ring_deg[:, 0].mean()) / 360.0)
    inner = shapely.Polygon(ships.ring_deg + np.array([turn, 0.0]))
    assert shapely.Polygon(aircraft.ring_deg).contains(inner)


def test_a_footprint_holds_its_level_with_an_error_that_is_true():
    levels = []
    for seed in range(20):
        x, y = scatter(128.0, 25.0, 300e3, 20e3, 170.0, 3000, seed)
        found = footprint(x, y, np.ones(3000), np.repeat(np.arange(300), 10), 0.9)
        assert found.contained >= 0.9 and 0.0 < found.error < 0.02
        levels.append(found.contained)
    assert np.std(levels) < 0.03


def test_response_areas_by_the_moment_of_failure():
    ensemble = by_hand((0.5, 0.5), (2, 60))
    end_s = ensemble.samples.end_s
    end_s[2:32], end_s[32:] = 30.0, 90.0
    bodies = (type(ensemble.bodies[0])("breakup-1", "Stage 1, broken up", "breakup", 1),)
    ensemble = type(ensemble)(1, ensemble.outcomes, bodies, ensemble.samples, ensemble.releases)
    first, second = scatter(128.0, 30.0, 5e3, 5e3, 0.0, 300), scatter(128.0, 28.0, 5e3, 5e3, 0.0, 300)
    lon, lat = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    sample = np.concatenate([np.repeat(np.arange(2, 32), 10), np.repeat(np.arange(32, 62), 10)])
    time_s = np.concatenate([np.linspace(200.0, 300.0, 300), np.linspace(500.0, 900.0, 300)])
    harm = np.ones(600)
    harm[299] = 0.0  # the last to arrive of the first cannot hurt
    areas = response_areas(ensemble, impacts_at(lon, lat, sample, time_s=time_s), harm)
    assert [(a.start_s, a.end_s) for a in areas] == [(0.0, 60.0), (60.0, 120.0)]
    assert [a.chance for a in areas] == pytest.approx([0.25, 0.25])
    assert areas[0].released_s == pytest.approx(200.0 + 0.97 * 100.0, abs=1.0)
    assert areas[1].released_s == pytest.approx(888.0, abs=2.0)
    assert all(a.footprint.contained >= 0.97 for a in areas)


@pytest.mark.parametrize(("lat", "lon"), [(39.7, 124.7), (70.0, 16.0), (-35.0, 179.95)])
def test_the_ascent_is_kept_clear_by_five_miles(lat, lon):
    """The box of A417.23(e)(1): every point of the climb has 5 nautical miles round it inside, and few more."""
    out = np.linspace(0.0, 60e3, 61)
    lons, lats, _ = GEOD.fwd(np.full(61, lon), np.full(61, lat), np.full(61, 80.0), out)
    heights = out  # 45 degrees up: 100,000 feet are 30.48 km out
    found = ascent_area(np.stack([lons, lats], axis=1), heights, out / 300.0)
    assert (found.whom, found.planned, found.from_s) == ("aircraft", True, 0.0)
    assert found.to_s == pytest.approx(31e3 / 300.0)
    ring = found.ring_deg
    assert tuple(ring[0]) == tuple(ring[-1]) and len(ring) <= MOST_CORNERS + 1
    area = shapely.Polygon(ring)
    for k in (0, 15, 30):
        for azimuth in range(0, 360, 15):
            x, y, _ = GEOD.fwd(lons[k], lats[k], azimuth, 0.999 * MARGIN_M)
            x = lon + (x - lon + 180.0) % 360.0 - 180.0
            assert area.covers(shapely.Point(x, y))
    size = abs(GEOD.geometry_area_perimeter(area)[0])
    exact = np.pi * MARGIN_M**2 + 2.0 * MARGIN_M * 31e3
    assert exact <= size < 1.2 * exact
