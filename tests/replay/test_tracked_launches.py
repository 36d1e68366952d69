"""Named replays: launches as radars would report them, and what the desk is told of each.

The flights follow the manner of real ones; the radars and their faults are assumptions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors, site_of
from overflight.jobs.simulate import simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.scenario.load import load_scenario
from overflight.track.forecast import DROPPED
from overflight.track.prior import plan_prior
from overflight.warning.alert import Status
from overflight.warning.decision import EvidenceKind, TrackState, read_decision, write_decision
from overflight.warning.life_records import Outcome
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
OKINAWA = ("JP", "沖縄県")


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(EXAMPLE / "launch.toml")


@pytest.fixture(scope="module")
def prior(scenario):
    return plan_prior(scenario, scenario_air(scenario))


@pytest.fixture(scope="module")
def sensors():
    return read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")


def told(warner, plots, sensors, *, every_s=20.0):
    """Give a feed to a warner; return its messages and the region figures of each."""
    warner.take([site_of(sensor, exercise=True) for sensor in sensors])
    out = []
    start = plots[0].arrival_s
    batch = []
    for d in plots:
        batch.append(d.plot)
        if d.arrival_s >= start:
            start = d.arrival_s + every_s
            warner.take(batch)
            batch = []
            for message in warner.decide():
                event = next(e for e in warner.events.values() if e.key == message.event)
                out.append((message, dict(event.regions)))
    warner.take(batch)
    return out


def warner_of(prior, scenario, every_s=20.0):
    settings = WarnSettings(every_s=every_s, debris_every=2)
    return Warner(Status.EXERCISE, prior=prior, air=scenario_air(scenario), settings=settings)


def test_the_launch_of_24_august_2023_is_declared_for_okinawa(scenario, prior, sensors):
    """Stages one and two normal: with the plan at hand the prefecture is declared two minutes after lift-off."""
    flight = simulate(scenario, sensors, seed=1, until_s=150.0)
    warner = warner_of(prior, scenario)
    messages = told(warner, flight.plots, sensors, every_s=15.0)
    message, regions = messages[-1]
    assert message.status is Status.EXERCISE
    assert message.track is TrackState.FIRM
    assert message.launch.origin == "KP"
    assert abs(message.launch.time.timestamp() - flight.lift_off_s) < 3.0 * message.launch.time_sigma_s
    over_if_continues, over = regions[OKINAWA]
    assert over_if_continues >= 0.9
    assert over < over_if_continues  # failures in flight are counted in
    assert "It fails on the way with 0." in message.assumed
    assert read_decision(write_decision(message)) == message
    assert any(place.code.startswith("JP-47") for place in message.places)
    event = next(iter(warner.events.values()))
    assert event.forecast is not None
    coming = event.forecast.ensemble.releases
    later = coming.body == DROPPED
    stages = coming.mass_kg[later] > 1000.0  # stage 2; stage 1 is gone, and flies as a body of its own
    assert 100.0 < np.median(coming.time_s[later][stages]) < 220.0
    assert np.all(coming.ballistic_kgpm2[later] > 0.0)


def test_one_that_falls_short_is_never_said_to_pass(scenario, prior, sensors):
    """In the manner of 31 May 2023: stage 2 does not ignite, and nothing reaches Japan."""
    flight = simulate(scenario, sensors, seed=2, outcome="stage-2-no-ignition", until_s=330.0)
    messages = told(warner_of(prior, scenario, 10.0), flight.plots, sensors, every_s=10.0)
    last, regions = messages[-1]
    assert EvidenceKind.THRUST_ENDED in {e.kind for e in last.evidence}
    assert regions.get(OKINAWA, (0.0, 0.0))[1] < 0.02
    japan = [place for place in last.places if place.code.startswith("JP-47")]
    assert japan
    assert {place.outcome for place in japan} == {Outcome.WILL_NOT_ARRIVE}
    for message, _ in messages:
        assert not any(p.outcome is Outcome.PASSED for p in message.places if p.code.startswith("JP-47"))


def test_one_that_is_lost_early_is_lost_and_never_passed(scenario, prior, sensors):
    """In the manner of 13 April 2023 and 3 November 2022: all radars lose it, and nobody is released."""
    blind = [replace(sensor, blackouts=((170.0, 2000.0),)) for sensor in sensors]
    flight = simulate(scenario, blind, seed=3, outcome="as-planned", until_s=200.0)
    warner = warner_of(prior, scenario)
    told(warner, flight.plots, blind)
    before = next(iter(warner.events.values()))
    lost = warner.decide(flight.lift_off_s + 900.0)
    assert [m.track for m in lost] == [TrackState.LOST]
    assert lost[0].outcome is Outcome.LOST
    assert {p.outcome for p in lost[0].places} <= {Outcome.LOST}
    kept = {warner.ahead.places[i].key for i, said in before.said.items() if said.kept}
    assert kept <= {p.code for p in lost[0].places}
    assert EvidenceKind.TRACK_LOST in {e.kind for e in lost[0].evidence}


def test_another_azimuth_leaves_the_plan(scenario, prior, sensors):
    """The same vehicle to the east of what was announced: the plan is given up, other places come up."""
    rows = list(scenario.flight_plan.steering)
    rows[0] = rows[0].model_copy(
        update={"heading_deg": rows[0].heading_deg.model_copy(update={"value": 120.0})}
    )
    plan = scenario.flight_plan.model_copy(update={"steering": tuple(rows)})
    other = scenario.model_copy(update={"flight_plan": plan})
    flight = simulate(other, sensors, seed=4, outcome="as-planned", until_s=130.0)
    warner = warner_of(prior, scenario)
    told(warner, flight.plots, sensors)
    event = next(iter(warner.events.values()))
    assert event.forecast is not None
    assert event.forecast.p_plan < 0.2


def test_two_launches_at_once_are_two_events(scenario, prior, sensors):
    first = simulate(scenario, sensors, seed=5, outcome="as-planned", until_s=175.0)
    rows = list(scenario.flight_plan.steering)
    rows[0] = rows[0].model_copy(
        update={"heading_deg": rows[0].heading_deg.model_copy(update={"value": 120.0})}
    )
    site = scenario.site.model_copy(update={"latitude_deg": 40.85, "longitude_deg": 129.67})
    plan = scenario.flight_plan.model_copy(update={"steering": tuple(rows)})
    east = scenario.model_copy(update={"flight_plan": plan, "site": site})
    more = simulate(east, sensors, seed=6, outcome="as-planned", until_s=175.0)
    renamed = [
        replace(d, plot=replace(d.plot, track=f"x{d.plot.track}", seq=d.plot.seq + 10**6)) for d in more.plots
    ]
    plots = sorted([*first.plots, *renamed], key=lambda d: d.arrival_s)
    warner = warner_of(None, scenario, 30.0)
    messages = told(warner, plots, sensors, every_s=30.0)
    assert len({message.event for message, _ in messages}) == 2
    assert np.all([message.track is TrackState.FIRM for message, _ in messages[-2:]])


def test_one_that_rises_before_its_announced_window_is_followed_all_the_same(scenario, prior, sensors):
    """Two hours early: the plan is known by where it goes, not by the clock, and lift-off is what was seen."""
    flight = simulate(scenario, sensors, seed=7, outcome="as-planned", until_s=125.0)
    early = [
        replace(d, plot=replace(d.plot, time_s=d.plot.time_s - 7200.0), arrival_s=d.arrival_s)
        for d in flight.plots
    ]
    messages = told(warner_of(prior, scenario), early, sensors, every_s=10.0)
    message, regions = messages[-1]
    assert message.launch.vehicle == "satellite_rocket"
    assert (
        abs(message.launch.time.timestamp() - (flight.lift_off_s - 7200.0))
        < 3.0 * message.launch.time_sigma_s
    )
    assert regions[OKINAWA][0] >= 0.9


def test_clutter_without_a_launch_makes_no_message(scenario, prior, sensors):
    noisy = [replace(sensor, clutter=20.0, detection=0.0) for sensor in sensors]
    flight = simulate(scenario, noisy, seed=8, outcome="as-planned", until_s=20.0)
    assert len(flight.plots) > 1000
    warner = warner_of(prior, scenario, 2.0)
    assert told(warner, flight.plots, noisy, every_s=2.0) == []
    assert not warner.events
