"""The end of thrust in third stages, told how late? A fifth of the vehicles fly another way, a fifth burn otherwise.

A campaign; each launch is kept in a file (``OVERFLIGHT_CAMPAIGN``, a folder), so that a broken run goes on.
``OVERFLIGHT_CUTS`` says how many launches, each takes a core some two seconds. A cut within seconds after the stage
lights is reported apart: nobody can tell it from a stage that hardly lit, until the pause is overdue.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest

from launch_campaign import another_vehicle, faulty, wanted
from overflight import rng
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors, site_of
from overflight.jobs.simulate import simulate
from overflight.scenario.draws import draw
from overflight.scenario.load import load_scenario
from overflight.scenario.model import Scenario
from overflight.track.feed import Intake
from overflight.track.forecast import forecast
from overflight.track.objects import State
from overflight.track.prior import plan_prior
from shares import share, spread
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
LAUNCHES = int(os.environ.get("OVERFLIGHT_CUTS", "120"))
FIRST_SEED, UNTIL_S, AFTER_S = 10_000, 640.0, 60.0
TOLD, LATE_S = 0.95, 20.0
HARDLY_LIT_S = 15.0
CLOSELY_S = 5.0
"""Forecasts are a second apart from so long before the cut on, before that so many seconds apart."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One launch: what is unlike the plan, how long the stage burnt, how late its end was told, too early when.

    None: never while it was followed.
    """

    unlike: str
    burnt_s: float
    lag_s: float | None
    early_s: float | None


def burning_otherwise(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario with thrust and propellant of the upper stages 2.5 spreads away, one way or the other."""
    stages = list(scenario.vehicle.stage)
    for k in (1, 2):
        changed = {}
        for name in ("thrust_vacuum_n", "propellant_kg"):
            value = getattr(stages[k], name)
            side = 1.0 if rng.uniform(seed, f"cut.{name}", k) < 0.5 else -1.0
            low, high = value.range
            moved = float(np.clip(value.value + 2.5 * side * value.sigma, low, high))
            changed[name] = value.model_copy(update={"value": moved})
        stages[k] = stages[k].model_copy(update=changed)
    return scenario.model_copy(
        update={"vehicle": scenario.vehicle.model_copy(update={"stage": tuple(stages)})}
    )


def followed(world, seed: int) -> Cut | None:
    """Follow a launch until its third stage is cut and a minute on; None if it is cut too late to be seen."""
    scenario, prior, sensors = world
    unlike = {0: "way", 5: "burns"}.get(seed % 10, "nothing")
    truth = {"way": another_vehicle, "burns": burning_otherwise}.get(unlike, lambda s, _: s)(scenario, seed)
    part = float(rng.uniform(seed, "campaign.part", 0))
    flight = simulate(
        truth, faulty(sensors, seed), seed=seed, sample=seed, outcome="stage-3-termination", part=part,
        until_s=UNTIL_S,
    )  # fmt: skip
    if flight.end_s + AFTER_S > UNTIL_S:
        return None
    dropped = next(float(thing.time_s[0]) for thing in flight.objects if thing.key == "stage-2")
    lit = dropped + float(draw(truth, seed, [seed])["vehicle.stage.3.ignition_delay_s"][0])
    intake = Intake(site_of(sensor, exercise=True) for sensor in sensors)
    memory, due, early, lag = None, 0.0, None, None
    for delivered in (d for d in flight.plots if wanted(flight, d)):
        intake.take([delivered.plot])
        now = delivered.plot.time_s - flight.lift_off_s
        if now < due or not (launches := intake.knowledge.launches):
            continue
        if now > flight.end_s + AFTER_S or lag is not None:
            break
        due = now + (CLOSELY_S if now < flight.end_s - CLOSELY_S else 1.0)
        view = forecast(launches[0], prior, memory, seed=1)
        memory = view.memory
        if view.p_ended < TOLD or launches[0].state(intake.clock_s) is State.LOST:
            continue
        if now >= flight.end_s:
            lag = now - flight.end_s
        else:
            early = now if early is None else early
    return Cut(unlike, flight.end_s - lit, lag, early)


@pytest.fixture(scope="module")
def cuts(tmp_path_factory) -> list[Cut]:
    scenario = load_scenario(EXAMPLE / "launch.toml")
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    world = scenario, plan_prior(scenario, scenario_air(scenario)), sensors
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN") or tmp_path_factory.mktemp("cuts"))
    folder.mkdir(parents=True, exist_ok=True)
    every = []
    for seed in range(FIRST_SEED, FIRST_SEED + LAUNCHES):
        file = folder / f"cut-{seed}.json"
        if not file.exists():
            cut = followed(world, seed)
            file.write_text(json.dumps(cut and asdict(cut)))
        kept = json.loads(file.read_text())
        every += [Cut(**kept)] if kept else []
    return every


@pytest.mark.campaign
def test_the_end_of_thrust_of_a_third_stage_is_told_within_twenty_seconds(cuts):
    for unlike in ("nothing", "way", "burns"):
        some = [cut for cut in cuts if cut.unlike == unlike]
        lags = [AFTER_S if cut.lag_s is None else cut.lag_s for cut in some]
        spread(f"cut told, {unlike} unlike the plan", lags)
        share("  later than 20 s", sum(lag > LATE_S for lag in lags), len(lags))
    fair = [cut for cut in cuts if cut.burnt_s > HARDLY_LIT_S]
    hardly = [cut for cut in cuts if cut.burnt_s <= HARDLY_LIT_S]
    late = [cut for cut in fair if cut.lag_s is None or cut.lag_s > LATE_S]
    low, _ = share(f"later than 20 s, of stages that burnt {HARDLY_LIT_S:g} s or more", len(late), len(fair))
    share("of the others", sum(cut.lag_s is None or cut.lag_s > LATE_S for cut in hardly), len(hardly))
    assert low <= 0.05


@pytest.mark.campaign
def test_few_are_told_to_have_ended_that_go_on(cuts):
    low, _ = share("told before it was so", sum(cut.early_s is not None for cut in cuts), len(cuts))
    assert low <= 0.015
