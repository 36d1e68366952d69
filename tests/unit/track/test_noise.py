"""Sources that scatter more than they say, and sources whose numbers say nothing, by plots made elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

import strangers
from overflight.formats.plots import read_measurement
from overflight.track.feed import Intake
from strangers import Radar, Rocket, Stage

STAGES = (
    Stage(78e3, 7e3, 1.45e6, 270, 3.5, 20.0),
    Stage(22e3, 3e3, 3.4e5, 300, 3.5),
    Stage(4e3, 900, 4.5e4, 320, 2.5),
)
RADARS = (Radar("north", 36.9, 126.3), Radar("west", 38.0, 121.0), Radar("south", 34.0, 126.0))


@pytest.fixture(scope="module")
def bodies():
    return strangers.flown(
        Rocket((39.66, 124.705, 50.0), ((0, 190), (900, 190)), STAGES, 250, 35, 500e3), until_s=260.0
    )[0]


def followed(bodies, radars, until_s=240.0):
    intake = Intake(())
    intake.take(
        [
            read_measurement(line)
            for line in strangers.text(strangers.seen(bodies, radars, 4, until_s)).splitlines()
        ]
    )
    return intake.knowledge


def normalised(know, body):
    """Distance of the only launch's main body from the true one, in its own covariance (3 degrees of freedom)."""
    (main,) = know.launches
    mean, covariance = main.timed()
    away = mean[:3] - body.at(main.time_s - strangers.START_S)
    return float(away @ np.linalg.solve(covariance[:3, :3], away))


@pytest.mark.parametrize("count", [1, 3])
def test_spreads_stated_much_too_small_are_found_out(bodies, count):
    radars = [replace(radar, told=0.4) for radar in RADARS[:count]]
    know = followed(bodies, radars)
    for radar in radars:
        range_factor, angle_factor = know.noise[radar.name].factors
        assert 1.6 < angle_factor < 3.6
        assert range_factor < 3.6
    assert normalised(know, bodies[0]) < 16.0
    assert not any(health.quarantined for health in know.health.values())


def test_a_radar_far_coarser_than_the_usual_one_is_followed_though_it_states_nothing(bodies):
    know = followed(bodies, [replace(radar, told=None, range_m=500.0, angle_deg=0.4) for radar in RADARS])
    assert normalised(know, bodies[0]) < 16.0
    assert all(2.5 < noise.factors[1] < 7.0 for noise in know.noise.values())


def test_spreads_stated_rightly_stay_and_a_wrong_clock_is_not_taken_for_noise(bodies):
    know = followed(bodies, [RADARS[0], replace(RADARS[1], clock_s=0.5), RADARS[2]])
    assert all(max(noise.factors) < 1.5 for noise in know.noise.values())


def test_numbers_given_anew_to_every_plot_do_not_make_every_plot_another_body(bodies):
    know = followed(bodies, [replace(radar, numbers="every plot") for radar in RADARS])
    assert len(know.objects) <= len(bodies)
    assert normalised(know, bodies[0]) < 16.0
