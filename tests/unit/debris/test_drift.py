"""Drift at sea against closed forms: mean and spread in constant wind and current, stranding, jibes."""

import numpy as np
import pytest
from pyproj import Geod

from overflight.debris.drift import drift
from overflight.debris.leeway import LEEWAY_CLASSES, MIX, leeway_mps
from overflight.debris.surface_fields import SurfaceField, constant_field, series_field

GEOD = Geod(ellps="WGS84")
CALM = constant_field(0.0, 0.0)
N = 4000


def offsets(drifted, row=-1, at=(0.0, 40.0)):
    """East and north (n,) in kilometres from the start."""
    n = drifted.longitude_deg.shape[1]
    azimuth, _, distance = GEOD.inv(
        np.full(n, at[0]), np.full(n, at[1]), drifted.longitude_deg[row], drifted.latitude_deg[row]
    )
    angle = np.radians(azimuth)
    return distance * np.sin(angle) / 1e3, distance * np.cos(angle) / 1e3


def released(n=N, at=(0.0, 40.0), hours=(24.0,), key="ship-debris", **fields):
    fields = {"wind": CALM, "current": CALM} | fields
    classes = tuple(LEEWAY_CLASSES[k] for k in (key if isinstance(key, tuple) else (key,)))
    times = [3600.0 * h for h in hours]
    return drift(np.full(n, at[0]), np.full(n, at[1]), np.zeros(n), times, classes=classes, **fields)


def test_leeway_of_a_day_in_a_wind_of_ten():
    """1.97 % of 10 m/s and 8.3 cm/s: 17.02 km and 7.17 km; across 0.36 % and 6.7 cm/s either side."""
    east, north = offsets(released(wind=constant_field(0.0, 10.0)))
    assert north.mean() == pytest.approx(17.02, rel=0.02)
    assert north.std() == pytest.approx(7.17, rel=0.05)
    assert east.mean() == pytest.approx(0.0, abs=0.4)
    # the side changes 0.96 times a day on average; the mean square of its share of time, for a telegraph
    # signal of rate r: (x - (1 - exp(-2 x)) / 2) / x^2 with x = r t
    x = 0.04 * 24.0
    kept = (x - (1.0 - np.exp(-2.0 * x)) / 2.0) / x**2
    expected = np.hypot(6.7e-5 * 86400.0, 3.6e-4 * 86400.0 / 10.0 * np.sqrt(kept))
    assert east.std() == pytest.approx(expected, rel=0.05)


def test_current_moves_all_alike():
    east, north = offsets(released(n=50, current=constant_field(0.3, 0.4), key="awash"))
    assert north == pytest.approx(0.4 * 86.4, rel=2e-3)
    assert east == pytest.approx(0.3 * 86.4, rel=4e-3)  # meridians converge on the way


@pytest.mark.parametrize("at", [(0.0, 0.0), (179.99, 39.7), (15.0, 70.0)])
def test_on_the_ellipsoid_and_across_the_antimeridian(at):
    found = released(n=4, at=at, current=constant_field(0.5, 0.0), key="awash")
    _, _, distance = GEOD.inv(*at, found.longitude_deg[-1, 0], found.latitude_deg[-1, 0])
    assert distance == pytest.approx(43200.0, rel=1e-3)
    assert abs(found.longitude_deg).max() <= 180.0


def test_errors_of_wind_and_current_widen():
    east, _ = offsets(released(current_sd_mps=0.2, key="awash"))
    assert east.std() == pytest.approx(0.2 * 86.4, rel=0.05)
    _, north = offsets(released(wind=constant_field(0.0, 10.0), wind_sd_mps=2.0, key="container-70"))
    down = (1.78 * 10.0 + 1.44) * 0.864
    assert north.mean() == pytest.approx(down, rel=0.05)
    assert north.std() > 2.99 * 0.864


def test_a_wind_that_turns_follows_the_series():
    series = series_field(
        np.array([0.0, 43200.0, 43200.1, 86400.0]), np.array([[0, 10], [0, 10], [0, -10], [0, -10]], float)
    )
    _, north = offsets(released(wind=series, hours=(12.0, 24.0), key="container-80"), row=0)
    assert north.mean() == pytest.approx((1.25 * 10.0 + 3.96) * 0.432, rel=0.03)
    _, north = offsets(released(wind=series, hours=(12.0, 24.0), key="container-80"), row=1)
    assert north.mean() == pytest.approx(0.0, abs=0.3)


def test_what_meets_land_stays():
    def wall(lon, _lat):
        return lon > 0.1

    found = released(n=20, current=constant_field(0.5, 0.0), key="awash", on_land=wall, hours=(2.0, 12.0))
    assert found.afloat[0].all()
    assert not found.afloat[1].any()
    reach_s = np.radians(0.1) * 6378137.0 * np.cos(np.radians(40.0)) / 0.5
    assert found.stranded_s == pytest.approx(reach_s, abs=700.0)
    assert (found.longitude_deg[1] < 0.11).all()


def test_a_particle_begins_when_it_comes_down():
    start = np.array([0.0, 43200.0, 100000.0])
    found = drift(
        np.zeros(3), np.full(3, 40.0), start, [86400.0], classes=(LEEWAY_CLASSES["awash"],), wind=CALM,
        current=constant_field(0.0, 1.0),
    )  # fmt: skip
    _, north = offsets(found)
    assert north == pytest.approx([86.4, 43.2, 0.0], rel=2e-3, abs=1e-9)


def test_same_seed_same_drift():
    one, two = (released(n=100, wind=constant_field(5.0, 5.0), key=MIX) for _ in range(2))
    assert (one.longitude_deg == two.longitude_deg).all()


def grid(velocity):
    return SurfaceField(np.zeros(1), np.array([39.0, 41.0]), np.array([-1.0, 1.0]), velocity)


def test_a_grid_is_linear_and_looks_past_land():
    velocity = np.zeros((1, 2, 2, 2))
    velocity[0, :, 1, 0] = 2.0
    assert grid(velocity).at(0.0, np.array([0.5]), np.array([40.0])) == pytest.approx(np.array([[1.5, 0.0]]))
    velocity[0, 0, 0] = np.nan
    assert grid(velocity).at(0.0, np.array([-1.0, 359.5]), np.array([39.0, 40.0]))[0] == pytest.approx(
        [0.0, 0.0]
    )
    assert list(grid(velocity).covers(np.array([0.5, 361.5, 359.5]), np.array([40.0, 40.0, 42.0]))) == [
        True,
        False,
        False,
    ]


def test_what_leaves_the_grid_is_told():
    velocity = np.zeros((1, 2, 2, 2))
    velocity[..., 0] = 5.0
    found = released(n=3, current=grid(velocity), key="awash", hours=(2.0, 24.0))
    assert found.afloat[0].all()
    assert np.isfinite(found.left_s).all()
    assert (found.longitude_deg[1] <= 1.0).all()


def test_no_wind_no_leeway():
    classes = tuple(LEEWAY_CLASSES.values())
    kind = np.arange(len(classes))
    z = np.ones((len(classes), 2))
    assert (leeway_mps(np.zeros((len(classes), 2)), kind, classes, z, kind > 2) == 0.0).all()
    still = leeway_mps(np.array([[0.0, 10.0]] * len(classes)), kind, classes, 0.0 * z, kind >= 0)
    assert still[0] == pytest.approx([0.036, 0.197])
