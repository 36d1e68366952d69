"""The ascent as the product flies it against the same equations of motion solved at 1e-8 m a step.

Draws of both worked examples with all their spreads; a flight ends in orbit, with empty tanks or at a drawn
failure. What matters is where stages and fairing are let go and where powered flight ends.
"""

from __future__ import annotations

import numpy as np
import pytest

from overflight import rng
from overflight.flight.failing import failing
from overflight.flight.simulate import fly, scenario_air
from overflight.scenario.draws import draw
from overflight.scenario.load import load_scenario
from support import ROOT

EXAMPLES = {"Malligyong-1": "malligyong-1-2023-08-24", "Taiki": "taiki-two-stage"}


@pytest.fixture(scope="module", params=EXAMPLES)
def flown(request):
    scenario = load_scenario(ROOT / "examples" / EXAMPLES[request.param] / "launch.toml")
    air, keys = scenario_air(scenario), np.arange(300)
    draws = draw(scenario, 2, keys)
    outcome = keys % (len(scenario.failure) + 1)
    planned, part = fly(scenario, draws, air), rng.uniform(2, "failure.time", keys)
    fails = failing(scenario, draws, outcome, part, part, planned.inputs.times, planned.ends[:, 1])
    ours, exact = (
        fly(scenario, draws, air, failing=fails),
        fly(scenario, draws, air, failing=fails, tolerance_m=1e-8),
    )
    assert np.array_equal(ours.ends[:, 0], exact.ends[:, 0])
    assert np.array_equal(np.isfinite(ours.slots), np.isfinite(exact.slots))
    return request.param, ours, exact


def off(ours: np.ndarray, exact: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return differences of position (m) and velocity (m/s) of rows of time, position, velocity, both at one time."""
    late = (exact[:, 0] - ours[:, 0])[:, None]
    position = ours[:, 1:4] + late * ours[:, 4:7] - exact[:, 1:4]
    return np.linalg.norm(position, axis=1), np.linalg.norm(ours[:, 4:7] - exact[:, 4:7], axis=1)


def test_the_end_of_powered_flight(flown, verified) -> None:
    name, ours, exact = flown
    position, velocity = off(ours.ends[:, 1:8], exact.ends[:, 1:8])
    verified(
        f"{name}: end of powered flight, 95th percentile", np.percentile(position, 95), allowed=5.0, unit="m"
    )
    verified(f"{name}: the same, velocity", np.percentile(velocity, 95), allowed=0.02, unit="m/s")
    late = np.abs(ours.ends[:, 1] - exact.ends[:, 1])
    verified(f"{name}: cut-off, largest", late.max(), allowed=1e-3, unit="s")


def test_where_stages_and_fairing_are_let_go(flown, verified) -> None:
    name, ours, exact = flown
    for slot in range(ours.slots.shape[1]):
        there = np.isfinite(ours.slots[:, slot, 0])
        if not there.any():
            continue
        what = "fairing" if slot == ours.slots.shape[1] - 1 else f"stage {slot + 1}"
        position, _ = off(ours.slots[there, slot, :7], exact.slots[there, slot, :7])
        verified(
            f"{name}: {what} let go, 95th percentile", np.percentile(position, 95), allowed=2.0, unit="m"
        )
