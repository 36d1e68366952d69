"""From a scenario to phases: times, angles, masses, drag."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from ensembles import small
from overflight.earth.constants import EarthModel
from overflight.earth.kernels import lookup_mach
from overflight.errors import ScenarioError
from overflight.flight import kernels_rhs as rhs
from overflight.flight.burns import burns_of, times_of
from overflight.flight.sequence import build_inputs, drag_table
from overflight.scenario.draws import draw, nominal_draws
from overflight.scenario.model import Drag

G0 = 9.80665
SCENARIO = small()


def test_times_follow_from_masses_and_delays() -> None:
    draws = draw(SCENARIO, 2, np.arange(8))
    times = times_of(SCENARIO, draws, burns_of(SCENARIO, draws))
    burn = draws["vehicle.stage.1.propellant_kg"] * G0 * 300.0 / 450e3
    assert (times.ignition_s[:, 0] == 0.0).all()
    assert times.burnout_s[:, 0] == pytest.approx(burn)
    assert times.separation_s[:, 0] == pytest.approx(burn + 2.0)
    assert times.ignition_s[:, 1] == pytest.approx(burn + 2.0 + draws["vehicle.stage.2.ignition_delay_s"])
    assert times.burnout_s[:, 1] - times.ignition_s[:, 1] == pytest.approx(np.full(8, 380.0))


def test_phases_run_on_without_a_gap() -> None:
    draws = draw(SCENARIO, 2, np.arange(8))
    inputs = build_inputs(SCENARIO, draws)
    ends = inputs.phases[:, :, rhs.END_S]
    assert (np.diff(ends, axis=1) >= 0.0).all()
    assert ends[:, -1] == pytest.approx(inputs.times.burnout_s[:, 1])
    thrust = inputs.phases[:, :, rhs.THRUST_N]
    assert (thrust[0] > 0.0).tolist() == [True, True, True, False, False, True]
    assert inputs.phases[:, 3, rhs.DROP_KG] == pytest.approx(draws["vehicle.stage.1.dry_mass_kg"])
    assert (inputs.phases[:, :, rhs.SLOT][inputs.phases[:, :, rhs.DROP_KG] > 0.0] == 0.0).all()


def test_events_are_looked_for_where_they_may_happen() -> None:
    events = build_inputs(SCENARIO, nominal_draws(SCENARIO)).phases[0, :, rhs.EVENTS].astype(int)
    assert (events & rhs.GROUND).all()
    assert ((events & rhs.FAIRING_HEAT) > 0).tolist() == [False] * 4 + [True, True]
    assert ((events & rhs.CUTOFF_ENERGY) > 0).tolist() == [False] * 5 + [True]


def test_angles_run_from_row_to_row() -> None:
    """A start that is left out goes on from the end before; an end that is left out holds the start."""
    phases = build_inputs(SCENARIO, nominal_draws(SCENARIO)).phases[0]
    burnout = 22_000.0 * G0 * 300.0 / 450e3
    vertical, pitch_over, turn, upper = phases[0], phases[1], phases[2], phases[5]
    assert np.degrees(vertical[rhs.PITCH]) == pytest.approx(90.0)
    assert vertical[rhs.PITCH_RATE] == vertical[rhs.HEADING_RATE] == 0.0
    assert np.degrees(pitch_over[rhs.PITCH]) == pytest.approx(89.0)
    assert np.degrees(pitch_over[rhs.PITCH] + 40.0 * pitch_over[rhs.PITCH_RATE]) == pytest.approx(64.6)
    assert np.degrees(pitch_over[rhs.HEADING]) == pytest.approx(105.0)
    assert (turn[rhs.STEERING], turn[rhs.START_S], turn[rhs.END_S]) == (
        rhs.ALONG_VELOCITY,
        50.0,
        pytest.approx(burnout),
    )
    assert upper[rhs.STEERING] == rhs.TANGENT_LINEAR
    assert upper[rhs.PITCH] == pytest.approx(np.tan(np.radians(22.1)))
    end = upper[rhs.PITCH] + (upper[rhs.END_S] - upper[rhs.START_S]) * upper[rhs.PITCH_RATE]
    assert end == pytest.approx(np.tan(np.radians(-8.3)))


def test_after_a_gravity_turn_an_angle_must_be_given() -> None:
    rows = SCENARIO.flight_plan.steering
    last = rows[3].model_copy(update={"pitch_deg": None})
    plan = SCENARIO.flight_plan.model_copy(update={"steering": (*rows[:3], last)})
    broken = SCENARIO.model_copy(update={"flight_plan": plan})
    with pytest.raises(ScenarioError, match="pitch_deg"):
        build_inputs(broken, nominal_draws(broken))


def test_what_a_burn_time_leaves_is_dropped_with_the_stage() -> None:
    early = small(("reference_area_m2 = 2.2\n", "reference_area_m2 = 2.2\nburn_time_s = 100.0\n"))
    inputs = build_inputs(early, nominal_draws(early))
    left = 22_000.0 - 100.0 * 450e3 / (300.0 * G0)
    assert inputs.times.burnout_s[0, 0] == 100.0
    assert inputs.phases[0, 3, rhs.DROP_KG] == pytest.approx(1600.0 + left)


def test_it_starts_on_the_pad_turning_with_the_earth() -> None:
    earth = EarthModel()
    inputs = build_inputs(SCENARIO, nominal_draws(SCENARIO), earth=earth)
    x, y, _, vx, vy, vz, mass = inputs.starts[0]
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(131.08)
    assert (vx, vy, vz) == pytest.approx((-earth.rotation_radps * y, earth.rotation_radps * x, 0.0))
    assert mass == pytest.approx(1600 + 22_000 + 450 + 4000 + 200 + 130)
    assert inputs.bodies[0, rhs.GROUND_M] == 0.0
    low = small(("altitude_m = 100.0", "altitude_m = -60.0"))
    assert build_inputs(low, nominal_draws(low)).bodies[0, rhs.GROUND_M] == -61.0


@pytest.mark.parametrize(
    ("mach", "cd"),
    [((0.0, 0.7, 1.0, 1.5, 2.0, 5.0), (0.3, 0.3, 0.65, 0.65, 0.6, 0.3)), (Drag().mach, Drag().cd), ((0.5,), (1.1,)),
     ((0.3, 0.9, 1.1), (0.2, 0.3, 0.6)), ((0.0, 40.0), (1.0, 2.0))],
)  # fmt: skip
def test_drag_curves(mach, cd) -> None:
    """The table goes through the rows on tenths of Mach, monotone between them, constant beyond the ends."""
    table = drag_table(mach, cd)
    for m, c in zip(mach, cd, strict=True):
        assert lookup_mach(table, m) == pytest.approx(c, abs=1e-12)
    assert lookup_mach(table, 0.0) == pytest.approx(cd[0])
    for beyond in (mach[-1] + 0.01, 1e3, 1e300, np.inf):
        assert lookup_mach(table, beyond) == pytest.approx(cd[-1])
    fine = np.linspace(0.0, mach[-1] + 0.2, 3001)
    ours = np.array([lookup_mach(table, m) for m in fine])
    assert ours.min() >= min(cd) - 1e-12
    assert ours.max() <= max(cd) + 1e-12
    if len(mach) > 2:
        smooth = PchipInterpolator(mach, cd)(np.clip(fine, mach[0], mach[-1]))
        assert np.abs(ours - smooth).max() < 0.006


def test_drag_rows_between_tenths_of_mach_lose_a_little() -> None:
    table = drag_table((0.0, 0.85, 1.05, 5.0), (0.3, 0.3, 0.7, 0.3))
    assert lookup_mach(table, 1.05) == pytest.approx(0.7, rel=0.02)
    assert lookup_mach(table, 0.85) == pytest.approx(0.3, rel=0.05)


@given(st.one_of(st.just(float("nan")), st.floats(0.0, float("inf"))))
def test_no_mach_number_reads_outside_the_table(mach) -> None:
    assert np.isfinite(lookup_mach(drag_table((0.0, 1.0, 3.0), (0.3, 0.6, 0.4)), mach))
