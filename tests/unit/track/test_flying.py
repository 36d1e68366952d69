"""What counts as a launch: a rocket from anywhere, and no satellite, aircraft or balloon, by plots made elsewhere."""

import numpy as np
import pytest

import strangers
from overflight.earth.constants import WGS84
from overflight.formats.plots import read_measurement
from overflight.track.feed import Intake
from overflight.track.flying import perigee_m
from strangers import Radar, Rocket, Stage

RADARS = (
    Radar("west", 36.0, 136.0),
    Radar("turns", 40.8, 140.3, 300.0, period_s=5.0, numbers="none", zone_h=9),
    Radar("coarse", 38.0, 138.3, 900.0, period_s=0.5, range_m=200.0, angle_deg=0.15),
)


def followed(lines):
    intake = Intake(())
    intake.take([read_measurement(line) for line in strangers.text(lines).splitlines()])
    return intake.knowledge


@pytest.mark.parametrize(
    ("height_m", "heading_deg", "seed"),
    [(420e3, 45.0, 1), (250e3, 190.0, 2), (1000e3, 10.0, 3)],
)
def test_a_satellite_is_no_launch(height_m, heading_deg, seed):
    passing = strangers.satellite(38.0, 138.0, height_m, heading_deg, 330.0, 180.0)
    know = followed(strangers.seen([passing], RADARS, seed, 330.0))
    assert max(o.hits for o in know.objects) > 200
    assert know.launches == ()


@pytest.mark.parametrize(("height_m", "speed_mps"), [(11e3, 250.0), (25e3, 30.0)])
def test_neither_an_airliner_nor_a_balloon_is_one(height_m, speed_mps):
    flight = strangers.level_flight(37.0, 137.0, height_m, 60.0, speed_mps, 200.0)
    know = followed(strangers.seen([flight], RADARS, 1, 200.0))
    assert len(know.objects) >= 1
    assert know.launches == ()


def test_an_upper_stage_under_thrust_is_one_though_first_seen_at_the_speed_of_an_orbit():
    """Nobody saw it rise; it thrusts at eight tenths of a g until it is in orbit."""
    stages = (
        Stage(180e3, 12e3, 3.5e6, 262.0, 9.0),
        Stage(54e3, 4.5e3, 7.4e5, 297.0, 9.0),
        Stage(14e3, 1.3e3, 1e5, 308.0, 6.0),
    )
    rocket = Rocket((32.0, 125.0, 50.0), ((0.0, 60.0),), stages, 2000.0, 25.0, 200e3)
    (body, *_), _ = strangers.flown(rocket, until_s=640.0)
    there = body.at(560.0)
    assert there is not None
    far = Radar("far", *strangers.geodetic(there)[:2])
    know = followed(strangers.seen([body], [far], 1, 600.0))
    assert len(know.launches) == 1


def test_the_perigee_is_that_of_the_closed_orbit():
    """Apogee 1000 km and perigee 200 km, by speed at the apogee (vis viva)."""
    low, high = WGS84.equatorial_radius_m + 200e3, WGS84.equatorial_radius_m + 1000e3
    speed = np.sqrt(WGS84.mu_m3ps2 * (2.0 / high - 2.0 / (low + high)))
    assert perigee_m(np.array([high, 0.0, 0.0]), np.array([0.0, speed, 0.0])) == pytest.approx(
        200e3, abs=1e-3
    )
