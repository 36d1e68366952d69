"""Launches of many kinds, from many places, that another simulator flew, looked at and wrote down; none has a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stranger_launches import JAPAN, LAUNCHES, SOUTH, told
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
