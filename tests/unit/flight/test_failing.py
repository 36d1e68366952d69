"""What a failure does to thrust, sequence and steering, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.earth.constants import EarthModel
from overflight.errors import ScenarioError
from overflight.flight.failing import failing
from overflight.flight.kernels_ascent import COMPLETE, CUT_OFF, HIT_GROUND, OVERLOADED, STOPPED
from overflight.flight.launch import launch
from overflight.flight.simulate import Flown, fly, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario

G0 = 9.80665
FLOW = 450e3 / (300.0 * G0)
BURN_S = 22_000.0 / FLOW
VOID = EarthModel(mu_m3ps2=1e-6, rotation_radps=0.0, zonals=())
FIRST = 'mode = "explosion"\nstage = 1'
SECOND = 'mode = "spurious_termination"\nstage = 2'


def failed(
    *edits: tuple[str, str], outcome: int = 1, part: float = 0.5, side: float = 0.0, **values: float
) -> tuple[Scenario, Flown, Flown]:
    """Return a scenario, its nominal flight, and the same with a failure at a part of the time it may strike."""
    scenario = small(*edits)
    air, draws = scenario_air(scenario), nominal_draws(scenario)
    draws = draws.replaced({path.replace("__", "."): np.array([value]) for path, value in values.items()})
    earth = VOID if values else EarthModel()
    planned = fly(scenario, draws, air, earth=earth)
    fails = failing(
        scenario, draws, np.array([outcome]), np.array([part]), np.array([side]), planned.inputs.times,
        planned.ends[:, 1],
    )  # fmt: skip
    return scenario, planned, fly(scenario, draws, air, failing=fails, rows=900, earth=earth)


def test_one_engine_of_nine_stops() -> None:
    """Thrust and flow fall by a ninth, and the same propellant burns for longer."""
    edits = ("engines = 1", "engines = 9"), (FIRST, 'mode = "engine_out"\nstage = 1')
    _, planned, lost = failed(*edits)
    when = 0.5 * BURN_S
    longer = when + (22_000.0 - FLOW * when) / (FLOW * 8.0 / 9.0)
    assert lost.inputs.times.burnout_s[0, 0] == pytest.approx(longer, abs=1e-9)
    assert lost.slots[0, 0, 7] == pytest.approx(planned.slots[0, 0, 7], abs=1e-6)
    mass = lost.rows[0, :, 7]
    assert mass[60] - mass[61] == pytest.approx(FLOW, rel=1e-9)
    assert mass[100] - mass[101] == pytest.approx(FLOW * 8.0 / 9.0, rel=1e-9)
    assert np.array_equal(lost.rows[0, :70], fly_rows(planned)[:70]), "not before it happens"


def fly_rows(planned: Flown) -> np.ndarray:
    """Return the rows of the planned flight of :func:`failed`, which does not record them."""
    scenario = small(("engines = 1", "engines = 9"))
    return fly(scenario, nominal_draws(scenario), scenario_air(scenario), rows=900).rows[0]


def test_an_early_shutdown_leaves_propellant_and_the_next_stage_goes_on() -> None:
    _, planned, early = failed((FIRST, 'mode = "early_shutdown"\nstage = 1'), part=0.9)
    assert early.inputs.times.burnout_s[0, 0] == pytest.approx(0.9 * BURN_S)
    assert early.slots[0, 0, 8] == pytest.approx(1600.0 + 2200.0, abs=1e-6)
    assert early.inputs.times.ignition_s[0, 1] == pytest.approx(0.9 * BURN_S + 5.0)
    assert early.ends[0, 1] > planned.inputs.times.ignition_s[0, 1] + 100.0


def test_a_late_shutdown_burns_to_depletion() -> None:
    _, planned, late = failed((SECOND, 'mode = "late_shutdown"\nstage = 2'), outcome=2)
    assert planned.ends[0, 0] == CUT_OFF
    assert late.ends[0, 0] == COMPLETE
    assert late.ends[0, 8] == pytest.approx(650.0, abs=1e-6)
    assert np.linalg.norm(late.ends[0, 5:8]) > np.linalg.norm(planned.ends[0, 5:8]) + 100.0


def test_a_stage_that_does_not_separate_falls_with_all_above_it() -> None:
    scenario = small((FIRST, 'mode = "no_separation"\nstage = 1'))
    ensemble = launch(scenario, scenario_air(scenario), flights=60, seed=1)
    rows = np.flatnonzero(ensemble.samples.outcome == 1)
    assert (ensemble.samples.end_code[rows] == STOPPED).all()
    here = np.isin(ensemble.releases.sample, rows)
    assert {ensemble.bodies[b].key for b in ensemble.releases.body[here]} == {"intact-1"}
    assert ensemble.releases.mass_kg[here].min() > 4450.0 + 330.0 + 1400.0


@pytest.mark.parametrize(("mode", "last"), [("thrust_turn", np.pi / 2.0), ("tumble", np.inf)])
@pytest.mark.parametrize("side", [0.0, 0.3])
def test_turns_out_of_control(mode, last, side) -> None:
    """In the void, what thrust gives after the loss is the integral over the nose's angle, in one plane."""
    rate, acceleration = np.radians(30.0), np.radians(15.0)
    _, planned, lost = failed(
        (FIRST, f'mode = "{mode}"\nstage = 1'), part=0.2, side=side, density_factor=0.0,
        vehicle__stage__1__nozzle_exit_area_m2=0.0,
    )  # fmt: skip
    start = 0.2 * BURN_S
    rows = lost.rows[0][np.isfinite(lost.rows[0, :, 0])]
    before, after = rows[rows[:, 0] < start][-1], rows[rows[:, 0] <= start + 20.0][-1]
    t = np.linspace(before[0], after[0], 200_001)
    tau = np.maximum(t - start, 0.0)
    angle = np.where(tau < 2.0, 0.5 * acceleration * tau**2, rate * (tau - 1.0))
    angle = np.minimum(angle, last)
    thrust = 450e3 / (28_380.0 - FLOW * t)
    ahead, aside = np.trapezoid(thrust * np.cos(angle), t), np.trapezoid(thrust * np.sin(angle), t)
    gained = after[4:7] - before[4:7]
    assert np.linalg.norm(gained) == pytest.approx(np.hypot(ahead, aside), rel=3e-3)
    assert lost.ends[0, 0] in (STOPPED, HIT_GROUND)
    assert lost.ends[0, 1] <= planned.inputs.times.burnout_s[0, 0] + 1e-9


def test_a_turn_breaks_the_vehicle_where_its_limit_is() -> None:
    limit = (
        "payload_kg = 200.0",
        "payload_kg = 200.0\nq_alpha_limit_kpa_deg = 150.0\nnormal_force_slope = 3.0",
    )
    scenario, _, lost = failed((FIRST, 'mode = "tumble"\nstage = 1'), limit, part=0.4)
    assert lost.ends[0, 0] == OVERLOADED
    assert 0.4 * BURN_S < lost.ends[0, 1] < 0.4 * BURN_S + 6.0
    row = lost.rows[0][np.isfinite(lost.rows[0, :, 0])][-1]
    assert np.degrees(row[8]) * row[9] / 1e3 < 150.0
    ensemble = launch(scenario, scenario_air(scenario), flights=60, seed=1)
    broken = ensemble.samples.end_code == OVERLOADED
    assert broken.any()
    keys = {
        ensemble.bodies[b].key
        for b in ensemble.releases.body[np.isin(ensemble.releases.sample, np.flatnonzero(broken))]
    }
    assert keys == {"breakup-1"}


def test_every_chunk_gives_the_same_bits() -> None:
    scenario = small(("engines = 1", "engines = 9"), (FIRST, 'mode = "engine_out"\nstage = 1'), (SECOND, 'mode = "tumble"\nstage = 2'))  # fmt: skip
    air = scenario_air(scenario)
    one, other = (launch(scenario, air, flights=50, seed=3, chunk=c) for c in (7, 50))
    assert np.array_equal(one.samples.end_state, other.samples.end_state)
    assert np.array_equal(one.releases.state, other.releases.state)


@pytest.mark.parametrize(
    ("mode", "words"),
    [('"engine_out"\nstage = 1', "engines"), ('"no_separation"\nstage = 2', "separates"),
     ('"early_shutdown"\nstage = 2', "last stage"), ('"late_shutdown"\nstage = 1', "depletion")],
)  # fmt: skip
def test_modes_that_a_stage_cannot_have_are_refused(mode, words) -> None:
    with pytest.raises(ScenarioError, match=words):
        small((FIRST, f"mode = {mode}"))
