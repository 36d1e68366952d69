"""Launches that nobody announced: an overflight is declared when the impact line comes to the prefecture, no later.

A campaign; each launch is kept in a file (``OVERFLIGHT_CAMPAIGN``, a folder), so that a broken run goes on.
``OVERFLIGHT_UNANNOUNCED`` says how many are flown.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from launch_campaign import OKINAWA, faulty, okinawa, wanted
from overflight.earth.air import Air
from overflight.earth.frames import ecef_to_eci, geodetic_to_ecef
from overflight.exposure.ahead import PlacesAhead
from overflight.flight.impact_point import ImpactCode, impact_points
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors, site_of
from overflight.jobs.simulate import Simulation, simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.scenario.load import load_scenario
from overflight.track.simulated import SimulatedSensor
from overflight.warning.alert import Status
from shares import share, spread
from support import ROOT, wilson

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
LAUNCHES = int(os.environ.get("OVERFLIGHT_UNANNOUNCED", "40"))
FIRST_SEED = 20_000
LATE_S, BEFORE_S, AFTER_S, UNTIL_S = 5.0, 30.0, 40.0, 350.0
STEP_S = 0.5
WIDTH_M = 50e3
"""So near a passage is one over a place."""


@cache
def prefecture(margin_m: float) -> PlacesAhead:
    return PlacesAhead(okinawa().places, margin_m)


def impact_line_arrives(flight: Simulation, margin_m: float) -> float | None:
    """Return when it would first have come down among the islands, had thrust ended (s after lift-off).

    Among them is what the hull of all holds, and what is so near to it.
    """
    times = np.arange(100.0, min(flight.end_s, UNTIL_S), STEP_S)
    body = flight.objects[0]
    speed = (body.at(times + 0.05) - body.at(times - 0.05)) / 0.1
    states = np.concatenate(ecef_to_eci(body.at(times), speed, times), axis=1)
    points = impact_points(times, states, model="j2")
    there = geodetic_to_ecef(points.latitude_rad, points.longitude_rad, 0.0)
    lines = np.stack([there, there], axis=1)
    inside = prefecture(margin_m).regions_crossed(lines, np.array([0]))[OKINAWA]
    inside &= points.code == ImpactCode.IMPACT
    return float(times[np.argmax(inside)]) if inside.any() else None


def declared(
    flight: Simulation, sensors: tuple[SimulatedSensor, ...], air: Air, around_s: float
) -> float | None:
    """Return when a passage is declared, by two messages in a row a second apart (s after lift-off).

    Messages are made from ``BEFORE_S`` before an instant on; None if it is not declared ``AFTER_S`` after it.
    """
    warner = Warner(
        Status.EXERCISE, air=air, places=okinawa().places, settings=WarnSettings(debris_every=1000)
    )
    warner.take([site_of(sensor, exercise=True) for sensor in sensors])
    held = 0
    for delivered in flight.plots:
        if not wanted(flight, delivered):
            continue
        warner.take([delivered.plot])
        now = delivered.plot.time_s - flight.lift_off_s
        if now > around_s + AFTER_S:
            return None
        if now < around_s - BEFORE_S or not warner.decide():
            continue
        event = next(iter(warner.events.values()))
        continues, _ = event.regions.get(OKINAWA, (0.0, 0.0))
        held = held + 1 if continues >= 0.95 else 0
        if held == 2:
            return round(now, 1)
    return None


def score(air: Air, seed: int) -> dict[str, float | None]:
    scenario = load_scenario(EXAMPLE / "launch.toml")
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    flight = simulate(
        scenario, faulty(sensors, seed), seed=seed, sample=seed, outcome="as-planned", until_s=UNTIL_S
    )
    near, arrives = impact_line_arrives(flight, WIDTH_M), impact_line_arrives(flight, 1.0)
    told = None if near is None else declared(flight, sensors, air, near)
    return {"near": near, "arrives": arrives, "declared": told}


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
    arriving = [s for s in scores if s["arrives"] is not None]
    for since in ("near", "arrives"):
        lags = [np.inf if s["declared"] is None else s["declared"] - s[since] for s in arriving]
        spread(f"declared after the impact line {since}", [lag for lag in lags if np.isfinite(lag)])
        share("later than 5 s after that, or never", sum(lag > LATE_S for lag in lags), len(lags))
    low, _ = wilson(sum(lag > LATE_S for lag in lags), len(lags))
    assert low <= 0.05
