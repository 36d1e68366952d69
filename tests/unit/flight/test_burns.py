"""The vehicle as built: boosters, throttling, restart, tail-off, hot staging, bodies let go on the way."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.earth.constants import EarthModel
from overflight.errors import ScenarioError
from overflight.flight.launch import launch
from overflight.flight.simulate import Flown, fly, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario
from scenarios import SMALL

G0 = 9.80665
VOID = EarthModel(mu_m3ps2=1e-6, rotation_radps=0.0, zonals=())
BURN_S = 22_000.0 * 300.0 * G0 / 450e3
STAGE_1 = "reference_area_m2 = 2.2\n"
UPPER = "reference_area_m2 = 2.1\n"
ROWS = SMALL[SMALL.index("[[flight_plan.steering]]") : SMALL.index("[termination]")]
UPWARD = (
    ROWS,
    "[[flight_plan.steering]]\nstage = 1\npitch_deg = 90.0\nheading_deg = 0.0\n\n"
    "[[flight_plan.steering]]\nstage = 2\npitch_deg = 90.0\n\n",
)
DEPLETION = ("burn_time_s = 380.0\n", "")
BOOSTERS = (
    "[vehicle.fairing]",
    '[[vehicle.booster]]\nname = "Booster"\ncount = 4\ndry_mass_kg = 300.0\npropellant_kg = 3000.0\n'
    "thrust_vacuum_n = 120000.0\nisp_vacuum_s = 270.0\nseparation_delay_s = 1.5\nballistic_kgpm2 = 200.0\n\n"
    "[vehicle.fairing]",
)
TOWER = (
    "[vehicle.fairing]",
    '[[vehicle.jettisoned]]\nname = "Tower"\nmass_kg = 90.0\nstage = 2\nafter_s = 12.0\n'
    "ballistic_kgpm2 = 100.0\n\n[vehicle.fairing]",
)


def in_the_void(*edits: tuple[str, str]) -> tuple[Flown, float]:
    """Return a flight straight up without gravity and air, and the speed it gained."""
    vehicle = small(UPWARD, DEPLETION, ("nozzle_exit_area_m2 = 0.7\n", ""), *edits)
    draws = nominal_draws(vehicle).replaced({"density_factor": np.zeros(1)})
    flown = fly(vehicle, draws, scenario_air(vehicle), earth=VOID, tolerance_m=1e-6, rows=900)
    return flown, float(np.linalg.norm(flown.ends[0, 5:8]))


def speed(*burns: tuple[float, float, float]) -> float:
    """Return the sum of Isp g0 ln(m0 / m1)."""
    return sum(isp * G0 * np.log(first / last) for isp, first, last in burns)


PLAIN = speed((300.0, 28_380.0, 6_380.0), (335.0, 4_650.0, 650.0))  # the fairing goes first: no air


@pytest.mark.parametrize(
    ("rows", "burn_s"),
    [
        ("tail_off_s = 6.0\n", BURN_S + 3.0),
        ("throttle = [{ start_s = 0.0, level = 0.8 }]\n", BURN_S / 0.8),
        ("throttle = [{ start_s = 50.0, level = 0.6 }, { start_s = 70.0, level = 1.0 }]\n", BURN_S + 8.0),
        ("throttle = [{ start_s = 50.0, level = 0.0 }, { start_s = 70.0, level = 1.0 }]\n", BURN_S + 20.0),
    ],
)
def test_the_speed_hangs_on_the_masses_alone(rows, burn_s) -> None:
    """Tail-off, throttling and a rest between two burns change when, not how much (Tsiolkovsky)."""
    flown, gained = in_the_void((STAGE_1, STAGE_1 + rows))
    assert gained == pytest.approx(PLAIN, rel=1e-9)
    assert flown.inputs.times.burnout_s[0, 0] == pytest.approx(burn_s, abs=1e-9)
    assert flown.slots[0, 0, 8] == pytest.approx(1600.0, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "longer_s"),
    [
        ("", 3.0),
        (
            "throttle = [{ start_s = 2.0, level = 0.6 }, { start_s = 22.0, level = 1.0 }]\n",
            8.0 + 3.0 - 8.0 / 15.0,
        ),
    ],
)
def test_thrust_rises_after_ignition(rows, longer_s) -> None:
    """The same speed, later: half of the rise is lost, less where the engine is throttled meanwhile.

    Between 2 and 6 s the rise lacks 4/3 s of thrust; at 0.6 of it, 8/15 s less.
    """
    flown, gained = in_the_void((UPPER, UPPER + rows + "build_up_s = 6.0\n"))
    assert gained == pytest.approx(PLAIN, rel=1e-9)
    ignition, burnout = (
        times[0, 1] for times in (flown.inputs.times.ignition_s, flown.inputs.times.burnout_s)
    )
    plain_s = 4000.0 * 335.0 * G0 / 34e3
    assert burnout - ignition == pytest.approx(plain_s + longer_s, abs=1e-9)
    mass = np.interp(ignition + np.array([0.0, 2.0, 6.0]), flown.rows[0, :, 0], flown.rows[0, :, 7])
    if not rows:
        flow = 34e3 / (335.0 * G0)
        assert np.diff(mass) == pytest.approx(
            [-flow * 2.0 / 6.0, -flow * (2.0 / 2.0 + 2.0 * 5.0 / 6.0)], rel=0.1
        )


def test_a_tail_off_burns_no_more_than_is_left() -> None:
    """2000 kg are left where thrust rises to full; its tail-off of a minute would burn 4589 kg."""
    flow = 450e3 / (300.0 * G0)
    begin_s = 20_000.0 / (0.3 * flow)
    rows = f"throttle = [{{ start_s = 0.0, level = 0.3 }}, {{ start_s = {begin_s!r}, level = 1.0 }}]\ntail_off_s = 60.0\n"
    flown, gained = in_the_void((STAGE_1, STAGE_1 + rows))
    assert flown.inputs.times.burnout_s[0, 0] == pytest.approx(begin_s + 60.0, abs=1e-9)
    assert flown.slots[0, 0, 8] == pytest.approx(1600.0, abs=1e-6)
    assert gained == pytest.approx(PLAIN, rel=1e-9)


def test_no_thrust_while_the_engine_rests() -> None:
    rows = "throttle = [{ start_s = 50.0, level = 0.0 }, { start_s = 70.0, level = 1.0 }]\n"
    mass = in_the_void((STAGE_1, STAGE_1 + rows))[0].rows[0, :, 7]
    assert mass[51] == pytest.approx(mass[69], abs=1e-9)
    assert mass[71] < mass[70] - 100.0


def test_boosters_burn_beside_the_first_stage_and_leave() -> None:
    flown, gained = in_the_void(BOOSTERS)
    booster_s, flow = 3000.0 * 270.0 * G0 / 120e3, 450e3 / (300.0 * G0)
    assert flown.inputs.starts[0, 6] == pytest.approx(28_380.0 + 4 * 3300.0)
    assert flown.others[0, 0, 0] == pytest.approx(booster_s + 1.5, abs=1e-9)
    assert flown.others[0, 0, 8] == pytest.approx(1200.0, abs=1e-6)
    both = (480e3 + 450e3) / (12_000.0 / booster_s + flow) / G0
    at_burnout = 28_380.0 + 1200.0 - flow * booster_s
    gone = at_burnout - 1.5 * flow
    expected = speed(
        (both, 41_580.0, at_burnout), (300.0, at_burnout, gone), (300.0, gone - 1200.0, 6380.0),
        (335.0, 4650.0, 650.0),
    )  # fmt: skip
    assert gained == pytest.approx(expected, rel=1e-9)


def test_each_booster_falls_on_its_own() -> None:
    vehicle = small(BOOSTERS, TOWER)
    ensemble = launch(vehicle, scenario_air(vehicle), flights=30, seed=1)
    releases, keys = ensemble.releases, [body.key for body in ensemble.bodies]
    booster, tower = (releases.body == keys.index(key) for key in ("booster-1", "jettisoned-1"))
    planned = releases.sample == np.flatnonzero(ensemble.samples.outcome == 0)[0]
    assert (booster & planned).sum() == 4
    assert releases.mass_kg[booster & planned] == pytest.approx(300.0)
    assert np.ptp(releases.state[booster & planned][:, 3:6], axis=0).max() > 3.0, "to different sides"
    assert (tower & planned).sum() == 1
    assert {ensemble.bodies[b].kind for b in releases.body[booster | tower]} == {"jettisoned"}


def test_a_body_goes_at_its_time() -> None:
    flown, gained = in_the_void(TOWER)
    flow = 34e3 / (335.0 * G0)
    ignition = flown.inputs.times.ignition_s[0, 1]
    assert flown.others[0, 0, 0] == pytest.approx(ignition + 12.0, abs=1e-9)
    assert flown.others[0, 0, 8] == 90.0
    before = 4650.0 + 90.0 - 12.0 * flow
    expected = speed((300.0, 28_470.0, 6470.0), (335.0, 4740.0, before), (335.0, before - 90.0, 650.0))
    assert gained == pytest.approx(expected, rel=1e-9)


def test_hot_staging_lights_before_it_lets_go() -> None:
    delay = "ignition_delay_s = { value = 3.0, range = [2.0, 4.0] }\n"
    flown, gained = in_the_void((delay, "ignition_delay_s = 0.5\nhot_staging = true\n"))
    times, flow = flown.inputs.times, 34e3 / (335.0 * G0)
    assert times.ignition_s[0, 1] == pytest.approx(BURN_S + 0.5, abs=1e-9)
    assert times.separation_s[0, 0] == pytest.approx(BURN_S + 2.0, abs=1e-9)
    assert flown.slots[0, 0, 0] == pytest.approx(BURN_S + 2.0, abs=1e-9)
    heavy = 6250.0 - 1.5 * flow
    expected = speed((300.0, 28_380.0, 6380.0), (335.0, 6250.0, heavy), (335.0, heavy - 1600.0, 650.0))
    assert gained == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ((STAGE_1, STAGE_1 + "hot_staging = true\n"), "stage 1"),
        ((STAGE_1, STAGE_1 + "throttle = [{ start_s = 5.0, level = 0.0 }]\n"), "last row"),
        ((STAGE_1, STAGE_1 + "build_up_s = 2.0\n"), "held down until its thrust is full"),
        ((UPPER, UPPER + "build_up_s = 900.0\n"), "full thrust would never come"),
        ((STAGE_1, STAGE_1 + "tail_off_s = 150.0\n"), "as long as the propellant lasts"),
        ((TOWER[0], TOWER[1].replace("stage = 2", "stage = 5")), "stages of the vehicle"),
        ((TOWER[0], TOWER[1].replace("after_s = 12.0", "after_s = 900.0")), "burns out"),
        ((BOOSTERS[0], BOOSTERS[1].replace("delay_s = 1.5", "delay_s = 120.0")), "burns out"),
    ],
)
def test_parts_that_do_not_fit_are_refused(edit, words) -> None:
    with pytest.raises(ScenarioError, match=words):
        small(edit)


def test_old_scenarios_are_as_they_were() -> None:
    scenario: Scenario = small()
    assert (scenario.vehicle.booster, scenario.vehicle.jettisoned) == ((), ())
    flown = fly(scenario, nominal_draws(scenario), scenario_air(scenario))
    assert flown.others.shape[1] == 0
    assert flown.inputs.phases.shape[1] == 6
