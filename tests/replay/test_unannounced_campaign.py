"""Launches that nobody announced: an overflight is declared when the impact line comes to the prefecture, no later.

A campaign; each launch is kept in a file (``OVERFLIGHT_CAMPAIGN``, a folder), so that a broken run goes on.
``OVERFLIGHT_UNANNOUNCED`` says how many are flown.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from launch_campaign import OKINAWA, faulty, followed, okinawa
from overflight.earth.air import Air
from overflight.earth.frames import ecef_to_eci, geodetic_to_ecef
from overflight.flight.impact_point import ImpactCode, impact_points
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors
from overflight.jobs.simulate import Simulation, simulate
from overflight.scenario.load import load_scenario
from shares import share, spread
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
LAUNCHES = int(os.environ.get("OVERFLIGHT_UNANNOUNCED", "40"))
FIRST_SEED = 20_000
LATE_S = 5.0
STEP_S = 0.5


def impact_line_arrives(flight: Simulation) -> float | None:
    """Return when it would first have come down in the prefecture, had thrust ended (s after lift-off)."""
    times = np.arange(100.0, flight.end_s, STEP_S)
    body = flight.objects[0]
    speed = (body.at(times + 0.05) - body.at(times - 0.05)) / 0.1
    states = np.concatenate(ecef_to_eci(body.at(times), speed, times), axis=1)
    points = impact_points(times, states, model="j2")
    there = geodetic_to_ecef(points.latitude_rad, points.longitude_rad, 0.0)
    lines = np.stack([there, there], axis=1)
    inside = okinawa().regions_crossed(lines, np.array([0]))[OKINAWA] & (points.code == ImpactCode.IMPACT)
    return float(times[np.argmax(inside)]) if inside.any() else None


def score(air: Air, seed: int) -> dict[str, float | None]:
    scenario = load_scenario(EXAMPLE / "launch.toml")
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    flight = simulate(
        scenario, faulty(sensors, seed), seed=seed, sample=seed, outcome="as-planned", until_s=700.0
    )
    told = followed(flight, None, sensors, air, kind="as-planned", seed=seed)
    names = ("first_plot", "declared", "called", "over")
    return {"arrives": impact_line_arrives(flight)} | {name: told[name] for name in names}


@pytest.mark.campaign
def test_an_overflight_is_declared_when_the_impact_line_arrives(tmp_path):
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    air = scenario_air(load_scenario(EXAMPLE / "launch.toml"))
    scores = []
    for seed in range(FIRST_SEED, FIRST_SEED + LAUNCHES):
        file = folder / f"unannounced-{seed}.json"
        if not file.exists():
            file.write_text(json.dumps(score(air, seed)))
        scores.append(json.loads(file.read_text()))
    passing = [s for s in scores if s["over"] is not None]
    assert all(s["called"] is not None and s["called"] < s["over"][0] - 60.0 for s in passing)
    arriving = [s for s in passing if s["arrives"] is not None]
    lags = [(s["declared"] if s["declared"] is not None else np.inf) - s["arrives"] for s in arriving]
    spread("declared after the impact line has arrived", [lag for lag in lags if np.isfinite(lag)])
    low, _ = share("declared later than 5 s after it, or never", sum(lag > LATE_S for lag in lags), len(lags))
    assert low <= 0.05
