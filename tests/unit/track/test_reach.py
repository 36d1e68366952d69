"""What a body under thrust may still reach: all that it flies to however it turns, and not the rest of the world."""

from __future__ import annotations

import numpy as np
import pytest

from launch_campaign import steered
from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef
from overflight.flight.simulate import scenario_air
from overflight.jobs.simulate import simulate
from overflight.scenario.load import load_scenario
from overflight.track.agreement import agree
from overflight.track.forecast import PLAN_PRIOR, Memory
from overflight.track.kernels_motion import BOOST, MODES
from overflight.track.objects import Tracked
from overflight.track.prior import plan_prior
from overflight.track.reach import reach
from support import ROOT

WIDTH_M = 50e3


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml")


@pytest.fixture(scope="module")
def prior(scenario):
    return plan_prior(scenario, scenario_air(scenario), flights=60)


def tracked(flight, seconds):
    """The vehicle of a simulated flight as it is seen well, so long after lift-off."""
    around = flight.objects[0].at(np.array([seconds - 0.5, seconds, seconds + 0.5]))
    speed, force = around[2] - around[0], 15.0
    state = np.concatenate([around[1], speed, force * speed / np.linalg.norm(speed)])
    mu = np.full(MODES, 0.002)
    mu[BOOST] = 0.994
    sigma = np.diag(np.repeat([50.0, 1.0, 0.3], 3))
    at = 1e9 + seconds
    return Tracked(1, 1, at, 1e9, at, 100, np.tile(state, (MODES, 1)), np.tile(sigma, (MODES, 1, 1)), mu)


def known(flight, seconds, prior):
    main = tracked(flight, seconds)
    found = agree(main.mean[:6], main.covariance[:6, :6], main.place[2], prior, PLAN_PRIOR)
    return main, Memory(1e9, 1.0, None, found)


@pytest.mark.parametrize("with_plan", [True, False])
@pytest.mark.parametrize(
    "turns", [{}, {2: 30.0, 3: 30.0}, {2: -30.0, 3: -30.0}, {2: 25.0, 3: -25.0}, {3: 30.0}]
)
def test_wherever_a_vehicle_turns_by_thirty_degrees_against_its_plan_it_was_in_reach(
    scenario, prior, turns, with_plan
):
    """A dog-leg, and a double one: from the end of stage 1 on every later point of the flight is in reach."""
    flight = simulate(steered(scenario, turns), (), seed=3, outcome="as-planned", sample=3, until_s=640.0)
    later = np.arange(140.0, 640.0, 10.0)
    line = flight.objects[0].at(later)
    for seconds in (110.0, 150.0, 200.0, 260.0, 320.0, 400.0):
        main, memory = known(flight, seconds, prior)
        within = reach(main, prior if with_plan else None, memory, seed=1)
        ahead = line[later >= seconds]
        assert within.holds(ahead, WIDTH_M).all(), (
            f"{seconds} s: {later[later >= seconds][~within.holds(ahead, WIDTH_M)]}"
        )


def test_what_lies_aside_is_out_of_reach_the_farther_the_flight(scenario, prior):
    flight = simulate(scenario, (), seed=3, outcome="as-planned", sample=3, until_s=640.0)
    shares = []
    for seconds in (110.0, 200.0, 320.0):
        main, memory = known(flight, seconds, prior)
        within = reach(main, prior, memory, seed=1)
        latitude, longitude, _ = ecef_to_geodetic(main.mean[:3])
        azimuth = np.radians(np.arange(0.0, 360.0, 2.0))
        ring = geodetic_to_ecef(
            latitude + 0.2 * np.cos(azimuth), longitude + 0.2 * np.sin(azimuth) / np.cos(latitude), 0.0
        )
        shares.append(within.holds(ring, WIDTH_M).mean())
    print(shares)
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.35
