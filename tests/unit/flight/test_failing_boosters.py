"""Boosters that fail: some stop, they stay on, or they break up and the vehicle with them."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.errors import ScenarioError
from overflight.flight.failing import failing
from overflight.flight.kernels_ascent import STOPPED
from overflight.flight.launch import launch
from overflight.flight.simulate import Flown, fly, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario

G0 = 9.80665
FLOW = 120e3 / (270.0 * G0)
BURN_S = 3000.0 / FLOW
BOOSTERS = (
    "[vehicle.fairing]",
    '[[vehicle.booster]]\nname = "Booster"\ncount = 4\ndry_mass_kg = 300.0\npropellant_kg = 3000.0\n'
    "thrust_vacuum_n = 120000.0\nisp_vacuum_s = 270.0\nseparation_delay_s = 1.5\nballistic_kgpm2 = 200.0\n\n"
    "[vehicle.fairing]",
)
FIRST = 'mode = "explosion"\nstage = 1'


def failed(mode: str, more: str = "", part: float = 0.25) -> tuple[Scenario, Flown, Flown]:
    """Return a scenario, its flight as planned, and that with boosters failing at a part of their burn."""
    scenario = small(BOOSTERS, (FIRST, f'mode = "{mode}"\nstage = 1\nbooster = 1\n{more}'))
    air, draws = scenario_air(scenario), nominal_draws(scenario)
    planned = fly(scenario, draws, air, rows=60)
    fails = failing(
        scenario, draws, np.array([1]), np.array([part]), np.zeros(1), planned.inputs.times,
        planned.ends[:, 1],
    )  # fmt: skip
    return scenario, planned, fly(scenario, draws, air, failing=fails, rows=60)


@pytest.mark.parametrize("lost", [1, 3, 4])
def test_boosters_stop_and_the_flight_goes_on(lost) -> None:
    _, planned, out = failed("engine_out", f"engines_lost = {lost}")
    assert planned.inputs.times.booster_burnout_s[0, 0] == pytest.approx(BURN_S, abs=1e-9)
    assert out.others[0, 0, 0] == pytest.approx(BURN_S + 1.5, abs=1e-9), "all go together, as planned"
    assert out.others[0, 0, 8] == pytest.approx(1200.0 + lost * 0.75 * 3000.0, abs=1e-6)
    before, after = int(0.25 * BURN_S), 40
    assert out.rows[0, before, 7] == planned.rows[0, before, 7]
    kept = out.rows[0, after, 7] - planned.rows[0, after, 7]
    assert kept == pytest.approx(lost * FLOW * (after - 0.25 * BURN_S), rel=1e-9)
    assert out.inputs.times.burnout_s[0, 0] == planned.inputs.times.burnout_s[0, 0]


def test_boosters_that_stay_on_leave_with_the_first_stage() -> None:
    _, planned, out = failed("no_separation")
    assert out.others[0, 0, 0] == pytest.approx(out.inputs.times.burnout_s[0, 0], abs=1e-9)
    assert out.others[0, 0, 8] == pytest.approx(planned.others[0, 0, 8], abs=1e-6)
    assert np.linalg.norm(out.slots[0, 0, 4:7]) < np.linalg.norm(planned.slots[0, 0, 4:7]) - 50.0


def test_a_booster_that_bursts_breaks_the_vehicle_in_its_own_burn() -> None:
    scenario, _, out = failed("explosion")
    assert out.ends[0, 0] == STOPPED
    assert out.ends[0, 1] == pytest.approx(0.25 * BURN_S, abs=1e-9)
    ensemble = launch(scenario, scenario_air(scenario), flights=60, seed=1)
    rows = np.flatnonzero(ensemble.samples.outcome == 1)
    assert ensemble.samples.end_s[rows].max() < BURN_S
    here = np.isin(ensemble.releases.sample, rows)
    assert {ensemble.bodies[b].key for b in ensemble.releases.body[here]} == {"breakup-1"}


@pytest.mark.parametrize(
    ("text", "boosters", "words"),
    [
        ('mode = "explosion"\nstage = 1\nbooster = 2', True, "1 to 1"),
        ('mode = "explosion"\nstage = 1\nbooster = 1', False, "no boosters"),
        ('mode = "explosion"\nstage = 2\nbooster = 1', True, "stage = 1"),
        ('mode = "tumble"\nstage = 1\nbooster = 1', True, "engine_out, no_separation"),
        ('mode = "engine_out"\nstage = 1\nbooster = 1\nengines_lost = 5', True, "5 of 4 boosters"),
    ],
)
def test_what_boosters_cannot_do_is_refused(text, boosters, words) -> None:
    with pytest.raises(ScenarioError, match=words):
        small(*([BOOSTERS] if boosters else []), (FIRST, text))
