"""Launches of many kinds, from many places, that another simulator flew, looked at and wrote down; none has a plan."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from stranger_launches import JAPAN, LAUNCHES, SOUTH, any_launch, told
from strangers import Radar

LOOSE = (
    Radar("east", 27.1, 142.2, told=None, angle_deg=0.3),
    Radar("north", 33.1, 139.8, numbers="every plot"),
)
TABLE = [
    ("over Aomori", JAPAN, 560.0),
    ("short, Sea of Japan", JAPAN, 500.0),
    ("dog leg, third stage cut", tuple(replace(radar, told=0.4) for radar in SOUTH), 560.0),
    ("solid, second stage cut", LOOSE, 620.0),
    ("bursts in stage 1", SOUTH, 500.0),
    ("sounding, Norway", (Radar("coast", 69.6, 18.0, zone_h=1, digits=9),), 400.0),
    ("New Zealand", (Radar("east", -43.95, -176.5, told=None), Radar("south", -46.5, 168.4, period_s=4.0)), 420.0),
    ("Wenchang to the south", (Radar("near", 16.8, 112.3, numbers="every plot"), Radar("far", 8.0, 114.0)), 480.0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "radars", "until_s"), TABLE, ids=[row[0] for row in TABLE])
def test_who_is_passed_is_called_before_and_nobody_is_released_early(name, radars, until_s):
    score = told(name, LAUNCHES[name], radars, every_s=40.0, until_s=until_s)
    assert score.launches == 1
    assert score.declared is not None
    assert score.declared < 25.0
    assert score.passed
    assert score.missed() == []
    assert score.released_early() == []
    assert not score.false_cut
    assert sum(away > 1.0 for away in score.ellipses) <= 1 + len(score.ellipses) // 5


def kept(folder: Path, seed: int) -> dict:
    """Return the score of a launch, flown now unless a run before has kept it."""
    file = folder / f"stranger-{seed}.json"
    if not file.exists():
        name, rocket, radars = any_launch(seed)
        score = told(name, rocket, radars, seed, every_s=20.0, until_s=620.0)
        late = {"missed": score.missed(), "early": score.released_early()}
        part = file.with_suffix(".part")
        part.write_text(json.dumps(asdict(score) | late, default=str))
        part.replace(file)
    return json.loads(file.read_text())


def share(name: str, hits: int, of: int) -> float:
    """Print a share with its 95 % interval (Wilson) and return the upper end."""
    p, z = hits / of, 1.96
    middle, half = p + z * z / (2 * of), z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = max((middle - half) / (1 + z * z / of), 0.0), (middle + half) / (1 + z * z / of)
    print(f"{name}: {hits} of {of}, 95 % interval {low:.1%} to {high:.1%}")
    return high


@pytest.mark.campaign
def test_launches_by_any_radars_somewhere_along_their_way(tmp_path):
    """Nothing is tuned on these: noise, spreads stated wrongly or not, numbers, clocks and places are drawn."""
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    scores = [kept(folder, seed) for seed in range(int(os.environ.get("OVERFLIGHT_LAUNCHES", "160")))]
    seen = [s for s in scores if s["first_plot"] < 560.0]
    declared = [s["declared"] for s in seen if s["declared"] is not None]
    ellipses = [away for s in seen for away in s["ellipses"]]
    print(
        f"declared after the first plot: median {np.median(declared):.0f} s, 95 % {np.quantile(declared, 0.95):.0f} s"
    )
    share("not declared", len(seen) - len(declared), len(seen))
    share("more than one launch followed", sum(s["launches"] > 1 for s in seen), len(seen))
    share("thrust said to have ended while it acted", sum(s["false_cut"] for s in seen), len(seen))
    share("impact ellipses that do not hold the fall", sum(away > 1.0 for away in ellipses), len(ellipses))
    missed = share(
        "launches that passed somebody who was not called", sum(bool(s["missed"]) for s in seen), len(seen)
    )
    early = share(
        "launches that passed somebody released before", sum(bool(s["early"]) for s in seen), len(seen)
    )
    assert max(missed, early) < 0.1
