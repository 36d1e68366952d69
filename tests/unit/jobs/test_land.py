"""Land round a place: areas as atlases give them, and none of it lost where far coasts are thinned."""

import pytest
import shapely

from overflight.jobs.land import land_round


@pytest.mark.parametrize(
    ("place", "reach_m", "area_km2"),
    [
        ((126.55, 33.37), 60e3, 1849.0),  # Jeju, Statistics Korea
        ((144.15, 43.6), 60e3, None),
        ((179.9, -16.7), 300e3, 18000.0),  # Fiji across the antimeridian, with small islands; UN: 18,272
        ((-140.0, 20.0), 500e3, 0.0),
    ],
)
def test_areas(place, reach_m, area_km2):
    found = land_round(*place, reach_m)
    if area_km2 is None:
        assert found.land.area == pytest.approx(shapely.Point(0, 0).buffer(reach_m).area, rel=0.2)
    else:
        assert found.land.area / 1e6 == pytest.approx(area_km2, rel=0.06, abs=1.0)


@pytest.mark.parametrize("place", [(126.6, 37.5), (51.0, 42.0), (-81.0, 28.5)])
def test_a_small_window_agrees_with_a_large_one(place):
    small, large = land_round(*place, 150e3), land_round(*place, 1200e3)
    window = shapely.Point(0, 0).buffer(150e3, quad_segs=32)
    assert small.land.area == pytest.approx(large.land.intersection(window).area, rel=2e-3)


def test_the_caspian_sea_is_no_land():
    assert not land_round(51.0, 42.0, 100e3).land.contains(shapely.Point(0, 0))


@pytest.mark.parametrize(
    ("place", "at_sea", "on_land"),
    [
        ((123.4, 36.1), [(123.4, 36.1), (130.0, 25.0), (160.0, 10.0)], [(127.0, 37.0), (100.0, 30.0)]),
        ((-57.0, -36.6), [(-45.0, -40.0), (-20.0, 0.0)], [(-60.0, -34.0), (-75.0, 0.0), (0.0, -80.0)]),
        ((-121.0, -36.0), [(-121.0, -36.0), (170.0, -20.0)], [(-70.0, -30.0), (172.0, -43.0)]),
        ((100.0, 45.0), [(135.0, 40.0), (65.0, 15.0)], [(100.0, 45.0), (30.0, 50.0)]),
    ],
)
def test_far_coasts_do_not_turn_land_and_sea_about(place, at_sea, on_land):
    """Windows of 8000 km, where rings run past the other side of the Earth and the plane tears them."""
    found = land_round(*place, 8000e3, "50m")
    assert not shapely.contains_xy(found.land, found.flat(at_sea)).any()
    assert shapely.contains_xy(found.land, found.flat(on_land)).all()
