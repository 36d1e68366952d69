"""Does the tracker know how wrong it is? Flights with every quantity drawn, normalised squared errors by phase.

Radars have biases and clocks of the sizes that their sites state: with perfect ones a tracker that allows for
faults must look too cautious.

A campaign; each seed is kept in a file (``OVERFLIGHT_CAMPAIGN``, a folder), so that a broken run goes on.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from launch_campaign import faulty
from overflight import rng
from overflight.formats.sensors_toml import read_sensors, site_of
from overflight.jobs.simulate import Simulation, simulate
from overflight.scenario.load import load_scenario
from overflight.track.tracker import Knowledge, step
from shares import weighed
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
SEEDS = 60
BOUND = 12.592
"""95 % of a chi-square of 6 degrees of freedom."""


def phase(flight: Simulation, t: float) -> str:
    drops = [o.time_s[0] for o in flight.objects if o.key.startswith("stage-")]
    if t > flight.end_s:
        return "after the cut"
    if any(-2.0 < t - drop < 22.0 for drop in drops):
        return "staging"
    return f"stage {1 + sum(t > drop for drop in drops)}"


def squares(seed: int) -> list[tuple[str, float]]:
    """Return phase and normalised square every 2 s of one flight, up to a minute after the cut."""
    scenario = load_scenario(EXAMPLE / "launch.toml")
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    part = float(rng.uniform(seed, "campaign.part", 0))
    flight = simulate(
        scenario, faulty(sensors, seed), seed=seed, sample=seed, outcome="stage-3-termination", part=part,
        until_s=900.0,
    )  # fmt: skip
    sites = {s.key: site_of(s) for s in sensors}
    know, due, out = Knowledge(), 0.0, []
    for plot in sorted((d.plot for d in flight.plots), key=lambda p: p.time_s):
        know = step(know, plot, sites)
        if plot.time_s < due or not know.launches or know.launches[0].hits < 12:
            continue
        due, main = plot.time_s + 2.0, know.launches[0]
        t = main.time_s - flight.lift_off_s
        if t > flight.end_s + 60.0:
            break
        body = flight.objects[0]
        around = body.at(np.array([t - 0.05, t, t + 0.05]))
        if not np.isfinite(around).all():
            continue
        mean, covariance = main.timed()
        error = mean[:6] - np.concatenate([around[1], (around[2] - around[0]) / 0.1])
        value = float(error @ np.linalg.solve(covariance[:6, :6], error))
        out.append((phase(flight, t), value))
    return out


@pytest.mark.campaign
def test_the_errors_are_as_large_as_the_tracker_says(tmp_path):
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    flights = []
    for seed in range(SEEDS):
        file = folder / f"tracking-{seed}.json"
        if not file.exists():
            file.write_text(json.dumps(squares(seed)))
        flights.append(json.loads(file.read_text()))
    for name in sorted({name for flight in flights for name, _ in flight}):
        values = [np.array([value for phase, value in flight if phase == name]) for flight in flights]
        epochs = np.array([len(value) for value in values], float)
        over = np.array([np.sum(value > BOUND) for value in values], float)
        beyond, half, _ = weighed(np.ones(SEEDS), over, epochs)
        print(
            f"{name}: {epochs.sum():.0f} epochs of {SEEDS} flights, {beyond:.1%} ± {half:.1%} beyond the bound"
        )
        assert 0.02 - half <= beyond <= 0.08 + half, name
