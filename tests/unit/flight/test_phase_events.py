"""What ends powered flight, also where it is past its threshold before the phase begins."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.flight import kernels_rhs as rhs
from overflight.flight.failing import failing
from overflight.flight.kernels_ascent import CUT_OFF, HIT_GROUND, OVERLOADED
from overflight.flight.sequence import build_inputs
from overflight.flight.simulate import Flown, fly, fly_inputs, scenario_air
from overflight.scenario.draws import nominal_draws


def limited(limit_kpa_deg: float, mode: str, part: float) -> tuple[Flown, float]:
    """Return a flight out of control from a part of the first burn on, and when control was lost."""
    scenario = small(
        ("payload_kg = 200.0", f"payload_kg = 200.0\nq_alpha_limit_kpa_deg = {limit_kpa_deg}"),
        ('mode = "explosion"\nstage = 1', f'mode = "{mode}"\nstage = 1\nturn_rate_dps = 1000.0'),
    )
    air, draws = scenario_air(scenario), nominal_draws(scenario)
    planned = fly(scenario, draws, air)
    fails = failing(
        scenario, draws, np.array([1]), np.array([part]), np.zeros(1), planned.inputs.times,
        planned.ends[:, 1],
    )  # fmt: skip
    return fly(scenario, draws, air, failing=fails), float(fails.turn_s.min())


def with_body(column: int, value: float) -> Flown:
    """Return the planned flight of the small vehicle with one of its constants changed."""
    scenario = small()
    draws = nominal_draws(scenario)
    inputs = build_inputs(scenario, draws)
    inputs.bodies[:, column] = value
    return fly_inputs(inputs, draws, scenario_air(scenario))


@pytest.mark.parametrize("mode", ["thrust_turn", "tumble"])
def test_a_turn_over_its_limit_from_the_first_moment_breaks_the_vehicle_then(mode) -> None:
    lost, turn_s = limited(0.1, mode, 0.3)
    assert lost.ends[0, 0] == OVERLOADED
    assert lost.ends[0, 1] == pytest.approx(turn_s, abs=1e-12)


@pytest.mark.parametrize("limit_kpa_deg", [5.0, 20.0, 1000.0])
def test_however_fast_the_turn_what_breaks_it_is_told(limit_kpa_deg) -> None:
    """An end found within a nanosecond may lie on either side of its threshold."""
    lost, turn_s = limited(limit_kpa_deg, "tumble", 0.5)
    assert lost.ends[0, 0] == OVERLOADED
    assert lost.ends[0, 1] > turn_s


def test_energy_that_is_there_before_the_last_burn_cuts_it_off_at_ignition() -> None:
    flown = with_body(rhs.ENERGY_LIMIT, -1e9)
    assert flown.ends[0, 0] == CUT_OFF
    assert flown.ends[0, 1] == pytest.approx(flown.inputs.times.ignition_s[0, 1], abs=1e-12)


def test_a_flight_below_the_ground_ends_at_once() -> None:
    flown = with_body(rhs.GROUND_M, 200.0)  # the pad is at 100 m
    assert flown.ends[0, 0] == HIT_GROUND
    assert flown.ends[0, 1] == 0.0
