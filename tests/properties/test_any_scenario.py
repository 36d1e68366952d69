"""Whatever scenario the schema accepts flies: no number is lost, no mass negative, nothing lands in the air.

The everyday run takes a few scenarios; the campaign 10,000, block by block. A block that has passed is noted in a
folder (``OVERFLIGHT_CAMPAIGN``), so that a broken run goes on; after ``OVERFLIGHT_CAMPAIGN_MINUTES`` (30) it stops
and says how many it has seen.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef
from overflight.flight.ensemble import Ensemble
from overflight.flight.kernels_ascent import NOT_FINITE, TOO_MANY_STEPS
from overflight.flight.kernels_fall import ON_GROUND, fall_many
from overflight.flight.kernels_rhs import GROUND_M
from overflight.flight.launch import launch, refly
from overflight.flight.simulate import FALL_LIMIT_S, FALL_TOLERANCE_M, TUMBLING_DRAG, Flown, scenario_air
from overflight.jobs.fly import fly_once
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario
from random_scenarios import scenarios

SEED = 20230824
BLOCKS, BLOCK = 40, 250
BROKEN_KGPM2 = 50.0


def check(scenario: Scenario) -> None:
    """Fly every outcome twice or more, let everything fall, and fly it once as `overflight fly` does."""
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=2 * (1 + len(scenario.failure)), seed=SEED)
    samples = ensemble.samples
    draws, flown = refly(scenario, air, SEED, samples.key, samples.outcome, rows=150, row_s=20.0)
    check_powered(scenario, draws, flown)
    assert np.array_equal(flown.ends[:, 2:9], samples.end_state), "the same bits again"
    check_fall(ensemble, flown, air)
    once = fly_once(scenario)
    json.loads(once.to_json(), parse_constant=lambda text: pytest.fail(f"{text} in the answer of fly"))
    assert "nan" not in once.to_csv()


def check_powered(scenario: Scenario, draws: Draws, flown: Flown) -> None:
    """Numbers, masses and the order of stages in powered flight."""
    assert not np.isin(flown.ends[:, 0], (NOT_FINITE, TOO_MANY_STEPS)).any(), flown.ends[:, 0]
    assert np.isfinite(flown.ends).all()
    vehicle, n = scenario.vehicle, len(draws)
    burnable = sum(draws[f"vehicle.stage.{i + 1}.propellant_kg"] for i in range(len(vehicle.stage)))
    for i, booster in enumerate(vehicle.booster, start=1):
        burnable = burnable + booster.count * draws[f"vehicle.booster.{i}.propellant_kg"]
    released = np.concatenate([flown.slots, flown.others], axis=1)
    lift_off = flown.inputs.starts[:, 6]
    burnt = lift_off - flown.ends[:, 8] - np.nansum(released[:, :, 8], axis=1)
    assert (flown.ends[:, 8] > 0.0).all()
    assert (burnt >= -1e-9 * lift_off).all()
    assert (burnt <= burnable + 1e-9 * lift_off).all()
    for i in range(n):
        there = np.isfinite(flown.rows[i, :, 0])
        assert np.isfinite(flown.rows[i, there]).all()
        assert (np.diff(flown.rows[i, there, 7]) <= 0.0).all()
        gone = np.isfinite(released[i, :, 0])
        assert np.isfinite(released[i, gone]).all()
        assert (released[i, gone, 8] > 0.0).all()
        assert (released[i, gone, 8] < released[i, gone, 7]).all(), "less than the whole vehicle"
        times = flown.slots[i, : len(vehicle.stage) - 1, 0]
        left = np.isfinite(times)
        assert (np.diff(left.astype(int)) <= 0).all(), "no stage leaves before the one below it"
        assert (np.diff(times[left]) >= 0.0).all()


def check_fall(ensemble: Ensemble, flown: Flown, air: Air) -> None:
    """Everything that was let go comes down to the ground, or is still finite after the longest fall."""
    releases = ensemble.releases
    assert np.isfinite(releases.state).all()
    assert (releases.mass_kg > 0.0).all()
    ballistic = np.where(np.isfinite(releases.ballistic_kgpm2), releases.ballistic_kgpm2, BROKEN_KGPM2)
    ends, _ = fall_many(
        releases.time_s, np.ascontiguousarray(releases.state[:, :6]), ballistic, releases.sample,
        flown.inputs.bodies, releases.time_s + FALL_LIMIT_S, FALL_TOLERANCE_M, air.coefficients, TUMBLING_DRAG[None],
        np.zeros(len(ballistic), np.int64), WGS84.as_array(),
    )  # fmt: skip
    assert np.isfinite(ends).all()
    height = ecef_to_geodetic(eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])[0])[2]
    down = ends[:, 0] == ON_GROUND
    ground = flown.inputs.bodies[releases.sample, GROUND_M]
    assert (np.abs(height - ground)[down] < 0.01).all()
    assert (height[~down] > 0.0).all()
    assert (ends[~down, 1] - releases.time_s[~down] >= FALL_LIMIT_S - 1.0).all(), (
        "still up, and given up early"
    )


def flown_block(number: int, examples: int) -> int:
    """Check a block of scenarios that its number decides; returns how many there were.

    One that breaks is shown as found: to shrink it would take longer than the block.
    """
    count = 0

    @seed(number)
    @settings(
        max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )  # fmt: skip
    @given(scenario=scenarios())
    def run(scenario: Scenario) -> None:
        nonlocal count
        check(scenario)
        count += 1

    run()
    return count


@given(scenario=scenarios())
@settings(max_examples=25)
def test_whatever_is_accepted_flies(scenario: Scenario) -> None:
    check(scenario)


@pytest.mark.campaign
def test_ten_thousand_scenarios(tmp_path: Path) -> None:
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60.0 * float(os.environ.get("OVERFLIGHT_CAMPAIGN_MINUTES", "30"))
    seen = 0
    for number in range(BLOCKS):
        file = folder / f"any-scenario-{number}.json"
        if not file.exists():
            if time.monotonic() > until:
                break
            file.write_text(json.dumps(flown_block(number, BLOCK)))
        seen += json.loads(file.read_text())
    bound = 3.0 / max(seen, 1)
    print(f"{seen} scenarios flown, none broke; with 95 % confidence fewer than {bound:.1e} of such would")
    assert seen >= BLOCK
