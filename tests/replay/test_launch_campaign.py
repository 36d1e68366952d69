"""Mixed launches, each followed to its end: who is told what, how early, and how often wrongly.

A campaign; each launch is kept in a file (``OVERFLIGHT_CAMPAIGN``, a folder), so that a broken run goes on.
``OVERFLIGHT_LAUNCHES`` says how many are flown; one takes a core some fifteen seconds.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from launch_campaign import launch_score
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors
from overflight.scenario.load import load_scenario
from overflight.track.prior import plan_prior
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
LAUNCHES = int(os.environ.get("OVERFLIGHT_LAUNCHES", "150"))
HORIZON_S = 60.0
"""What is called less than so long before the passage is called too late."""
BINS = (0.0, 0.02, 0.2, 0.5, 0.8, 0.98, 1.0)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson's score)."""
    if of == 0:
        return 0.0, 1.0
    z, p = 1.96, hits / of
    middle, half = p + z * z / (2 * of), z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def share(name: str, hits: int, of: int) -> tuple[float, float]:
    low, high = wilson(hits, of)
    print(f"{name}: {hits} of {of}, 95 % interval {low:.1%} to {high:.1%}")
    return low, high


def spread(name: str, values: list[float]) -> None:
    if values:
        q = np.quantile(values, (0.5, 0.95, 1.0))
        print(f"{name}: n {len(values)}, median {q[0]:.1f}, 95 % {q[1]:.1f}, worst {q[2]:.1f} s")


@pytest.fixture(scope="module")
def scores(tmp_path_factory) -> list[dict[str, Any]]:
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN") or tmp_path_factory.mktemp("launches"))
    folder.mkdir(parents=True, exist_ok=True)
    scenario = load_scenario(EXAMPLE / "launch.toml")
    air = scenario_air(scenario)
    prior = plan_prior(scenario, air)
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    for seed in range(LAUNCHES):
        file = folder / f"launch-{seed}.json"
        if not file.exists():
            file.write_text(json.dumps(launch_score(scenario, prior, sensors, air, seed)))
    return [json.loads((folder / f"launch-{seed}.json").read_text()) for seed in range(LAUNCHES)]


@pytest.mark.campaign
def test_nobody_is_missed_and_few_are_told_in_vain(scores):
    short = [s for s in scores if s["over"] is None]
    low, _ = share(
        "said to pass (p_over >= 0.95), and did not", sum(bool(s["will_pass"]) for s in short), len(short)
    )
    assert low <= 0.02
    over = [s for s in scores if s["over"] is not None]
    missed = [s for s in over if s["called"] is None or s["called"] > s["over"][0] - HORIZON_S]
    share("passed, and nobody was called a minute before", len(missed), len(over))
    assert not missed
    wrong = sum(s["false_passed"] for s in scores)
    share("a place said to be passed that was not", wrong, len(scores))
    assert wrong == 0
    share("more than one launch followed", sum(s["events"] > 1 for s in scores), len(scores))


@pytest.mark.campaign
def test_an_overflight_is_declared_soon_after_the_first_plot(scores):
    planned = [s for s in scores if s["kind"] != "elsewhere" and s["declared"] is not None]
    spread("declared after the first plot", [s["declared"] - s["first_plot"] for s in planned])
    spread("declared after lift-off", [s["declared"] for s in planned])
    late = sum(s["declared"] - s["first_plot"] > 20.0 for s in planned)
    low, _ = share("declared more than 20 s after the first plot", late, len(planned))
    assert low <= 0.05


@pytest.mark.campaign
def test_the_end_of_thrust_is_told(scores):
    cut = [s for s in scores if s["kind"] == "stage-3-termination"]
    lags = [s["cut"] - s["end_s"] if s["cut"] else 99.0 for s in cut]
    spread("thrust cut told, third stage", lags)
    share("told later than 20 s", sum(lag > 20.0 for lag in lags), len(lags))
    share(
        "thrust said to have ended while it had not", sum(bool(s["false_cut"]) for s in scores), len(scores)
    )


@pytest.mark.campaign
def test_the_ellipse_holds_the_truth_as_often_as_it_says(scores):
    away = [d for s in scores for _, d in s["ellipses"]]
    by_launch = [np.mean([d <= 1.0 for _, d in s["ellipses"]]) for s in scores if s["ellipses"]]
    error = float(np.std(by_launch) / np.sqrt(len(by_launch)))
    inside = float(np.mean([d <= 1.0 for d in away]))
    print(f"ellipse holds the fall: {inside:.1%} ± {error:.1%} of {len(away)} in {len(by_launch)} launches")
    assert 0.93 - 2.0 * error <= inside <= 0.99


@pytest.mark.campaign
def test_probabilities_are_as_often_right_as_they_say(scores):
    """Of ``p_over``, failures counted in: flights that fail are half of the launches, more than the plan says."""
    said = np.array([over for s in scores for _, _, over in s["marks"]])
    true = np.array([s["over"] is not None for s in scores for _ in s["marks"]])
    print(f"Brier score {np.mean((said - true) ** 2):.3f} of {len(said)} figures in {len(scores)} launches")
    for low, high in pairwise(BINS):
        some = (said >= low) & ((said < high) | (high == 1.0))
        if some.any():
            print(
                f"  said {low:.2f} to {high:.2f}: {some.sum()}, mean {said[some].mean():.2f}, true {true[some].mean():.2f}"
            )
    assert np.mean((said - true) ** 2) < 0.15


@pytest.mark.campaign
def test_a_call_is_lifted_soon(scores):
    """From the last true passage to the moment at which every place of the prefecture has its outcome."""
    lags = [s["lifted"] - s["over"][1] for s in scores if s["over"] is not None and s["lifted"] is not None]
    spread("every place has its outcome after the last passage", lags)
    share("later than 60 s", sum(lag > 60.0 for lag in lags), len(lags))
