"""What is said of a launch that partners report: by the plan, until it is tracked, taken back or not confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import radians
from pathlib import Path

import numpy as np
import pytest

from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors, site_of
from overflight.jobs.simulate import simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.jobs.warn_desk import DryDesk
from overflight.scenario.load import load_scenario
from overflight.track.measurements import Cue, FeedStatus
from overflight.track.prior import plan_prior
from overflight.track.simulated_cues import SimulatedCue
from overflight.warning.alarms import alarms
from overflight.warning.alert import Status
from overflight.warning.board import RAISING
from overflight.warning.decision import EvidenceKind, TrackState, read_decision, write_decision
from overflight.warning.gazetteer import gazetteer
from overflight.warning.life_records import Outcome
from overflight.warning.policy import AreaRules, CueRule, Policy
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"
OKINAWA = ("JP", "沖縄県")
POLICY = Policy(1, "test", (AreaRules("JP", 9.0, "Desk", places=("JP-47",)),))
K = EvidenceKind


class World:
    """A plan, two Japanese radars, and the places of a prefecture and of the country of the launch."""

    def __init__(self) -> None:
        self.scenario = load_scenario(EXAMPLE / "launch.toml")
        self.air = scenario_air(self.scenario)
        self.prior = plan_prior(self.scenario, self.air)
        every = read_sensors(Path(EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
        self.sensors = [sensor for sensor in every if sensor.key != "west-korea"]
        self.places = Places(tuple(p for p in load_places() if p.country == "KP" or p.region == OKINAWA[1]))
        self.at_s = self.scenario.launch.utc.timestamp()
        self.cue = Cue(
            "partner", self.at_s, radians(39.66), radians(124.705), 5.0, 5e3, 0.98, True, 1, self.at_s + 45.0
        )

    def warner(self, *, plan: bool = True, sites: bool = True, status: Status = Status.EXERCISE) -> Warner:
        return Warner(
            status, prior=self.prior if plan else None, air=self.air, places=self.places,
            sites=[site_of(s, exercise=True) for s in self.sensors] if sites else (),
            settings=WarnSettings(every_s=2.0),
        )  # fmt: skip

    def alive(self, after_s: float) -> list[FeedStatus]:
        return [FeedStatus(s.key, self.at_s + after_s, True, True) for s in self.sensors]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def kinds(message) -> list[EvidenceKind]:
    return [fact.kind for fact in message.evidence]


def only(messages):
    (message,) = messages
    assert read_decision(write_decision(message)) == message
    return message


def test_with_a_plan_a_report_declares_the_prefecture_before_anything_is_measured(world):
    warner = world.warner()
    warner.take([world.cue])
    message = only(warner.decide())
    assert (message.track, message.outcome, kinds(message)) == (
        TrackState.CUED,
        Outcome.FLYING,
        [K.LAUNCH_CUED],
    )
    assert message.made.timestamp() == pytest.approx(world.at_s + 45.0)
    assert "confidence 0.98" in message.evidence[0].words
    (event,) = warner.events.values()
    if_continues, over = event.regions[OKINAWA]
    assert if_continues >= 0.95
    assert over < if_continues - 0.2, "failures in flight are counted in"
    assert if_continues <= 0.98, "never surer than who reports it"
    assert (message.launch.origin, message.launch.name, message.sensors) == ("KP", "Chollima-1", ())
    assert message.path
    assert not warner.decide(), "the next is due later"


def test_how_well_its_time_is_known_widens_the_passages(world):
    lasts = []
    for sigma_s in (1.0, 60.0):
        warner = world.warner()
        warner.take([replace(world.cue, time_sigma_s=sigma_s)])
        place = next(p for p in only(warner.decide()).places if p.code == "JP-47361")
        lasts.append((place.last_passage - place.first_passage).total_seconds())
    assert lasts[1] > lasts[0] + 100.0


def test_a_report_becomes_the_track_of_the_same_launch(world):
    flight = simulate(
        world.scenario, world.sensors, seed=1, until_s=166.0, cues=[SimulatedCue("partner", confidence=0.98)]
    )
    warner = world.warner()
    warner.take([flight.cues[0].cue])
    made = warner.decide()
    late = replace(flight.cues[0].cue, source="second", seq=5)
    for n, plot in enumerate(flight.plots):
        warner.take([plot.plot])
        if n == len(flight.plots) // 2:
            warner.take([late])
        if n % 4 == 0:
            made += warner.decide()
    states = [message.track for message in made]
    assert states[0] is TrackState.CUED
    assert states[-1] is TrackState.FIRM
    assert states == sorted(states, key=[TrackState.CUED, TrackState.FIRM].index)
    assert len({message.event for message in made}) == 1
    assert [message.seq for message in made] == list(range(len(made)))
    assert kinds(made[-1])[0] is K.LAUNCH_CUED
    assert K.LAUNCH_SEEN in kinds(made[-1])
    assert not any(K.LAUNCH_SEEN in kinds(m) for m in made if m.track is TrackState.CUED)
    assert list(warner.events) == [1]


def test_a_report_that_comes_after_the_track_opens_no_second_launch(world):
    flight = simulate(world.scenario, world.sensors, seed=1, until_s=166.0)
    warner = world.warner()
    warner.take([d.plot for d in flight.plots])
    assert only(warner.decide()).track is TrackState.FIRM
    warner.take([replace(world.cue, source="late")])
    again = only(warner.decide(warner.intake.clock_s + 3.0))
    assert len(warner.events) == 1
    assert K.LAUNCH_CUED in kinds(again)


def test_of_two_launches_a_minute_apart_a_track_is_that_which_rose_then(world):
    flight = simulate(world.scenario, world.sensors, seed=1, until_s=162.0)
    warner = world.warner()
    warner.take([world.cue, replace(world.cue, source="other", seq=2, time_s=world.at_s + 75.0, sent_s=None)])
    made = warner.decide(world.at_s + 80.0)
    assert [m.event[-3:] for m in made] == ["-c1", "-c2"]
    for d in flight.plots:
        warner.take([d.plot])
    made = warner.decide()
    assert {m.event[-3:]: m.track for m in made} == {"-c1": TrackState.FIRM, "-c2": TrackState.CUED}


def test_what_only_a_report_said_does_not_count_as_having_been_likely(world):
    """Else a launch that flies elsewhere would be said to have passed what it never came near."""
    flight = simulate(world.scenario, world.sensors, seed=1, until_s=162.0)
    warner = world.warner()
    warner.take([world.cue])
    warner.decide()
    (before,) = warner.events.values()
    assert max(value.most for value in before.said.values()) > 0.5
    warner.take([d.plot for d in flight.plots])
    (main,) = warner.intake.knowledge.launches
    after = warner.reported.of_track(main, warner.intake, warner.events)
    assert (after.key, after.group) == (before.key, main.group)
    kept = [index for index, value in before.said.items() if value.kept]
    assert [index for index, value in after.said.items() if value.kept] == kept
    assert all((v.most, v.first_s, v.arrival_s) == (0.0, None, None) for v in after.said.values())


def test_messages_of_a_report_never_go_back_in_time(world):
    """A desk drops what is older than what it has: also what takes the report back."""
    warner = world.warner()
    warner.take([world.cue])
    made = warner.decide()
    earlier = replace(world.cue, source="other", time_s=world.at_s - 9.0, sent_s=world.at_s + 50.0)
    warner.take([earlier])
    made += warner.decide(world.at_s + 52.0)
    for cue in (world.cue, earlier):
        warner.take([replace(cue, confidence=0.0, sent_s=world.at_s + 60.0)])
    made += warner.decide(world.at_s + 61.0)
    again = replace(world.cue, sent_s=world.at_s + 70.0)
    warner.take([again])
    made += warner.decide(world.at_s + 72.0)
    assert made[1].launch.time < made[0].launch.time
    assert [m.time.timestamp() - world.at_s for m in made] == pytest.approx([45.0, 50.0, 60.0, 70.0])
    assert [m.outcome for m in made] == [
        Outcome.FLYING,
        Outcome.FLYING,
        Outcome.WILL_NOT_ARRIVE,
        Outcome.FLYING,
    ]


def test_what_no_radar_measures_is_not_confirmed_and_never_passed(world):
    warner = world.warner()
    warner.take([world.cue])
    made = warner.decide()
    for after_s in range(50, 1500, 10):
        warner.take(world.alive(float(after_s)))
        made += warner.decide()
    outcomes = [message.outcome for message in made]
    assert {*outcomes} == {Outcome.FLYING, Outcome.NO_DATA}
    first = made[outcomes.index(Outcome.NO_DATA)]
    assert 170.0 < first.made.timestamp() - world.at_s < 260.0, "the radars should have seen it by then"
    assert K.CUE_UNCONFIRMED in kinds(first)
    assert {place.outcome for place in first.places} == {Outcome.NO_DATA}
    assert first.places
    assert made[-1].event == first.event


def test_without_sensors_it_is_not_confirmed_when_all_would_be_down(world):
    warner = world.warner(sites=False)
    warner.take([world.cue])
    made = warner.decide()
    for after_s in (600.0, 1100.0, 1900.0):
        made += warner.decide(world.at_s + after_s)
    assert [m.outcome for m in made] == [Outcome.FLYING, Outcome.FLYING, Outcome.FLYING, Outcome.NO_DATA]


def desk_of(world, policy=POLICY) -> DryDesk:
    return DryDesk(policy, gazetteer(p for p in world.places if p.country == "JP"))


def test_people_draft_a_call_on_a_report_and_lift_it_when_it_is_taken_back(world):
    warner, desk = world.warner(), desk_of(world)
    warner.take([world.cue])
    made = warner.decide()
    for after_s in range(50, 120, 2):
        if after_s == 80:
            warner.take([replace(world.cue, confidence=0.0, sent_s=world.at_s + 80.0)])
        made += warner.decide(world.at_s + after_s)
    for message in made:
        desk.hear(message)
    back = made[-1]
    assert (back.outcome, kinds(back)) == (Outcome.WILL_NOT_ARRIVE, [K.CUE_WITHDRAWN])
    assert all(p.p_over_if_continues == 0.0 for p in back.places)
    steps = desk.steps()
    assert [step.does for step in steps] == ["call", "lift"]
    assert "partner reports a launch" in steps[0].evidence
    board = desk.board(back.event)
    text = board.messages[0].content.infos[0].description
    assert "発射されたものとみられます" in text
    later = warner.decide(world.at_s + 900.0)
    assert not later, "it is told of for ten minutes"


def test_who_wants_no_calls_on_reports_alone_has_none_drafted_and_is_alarmed(world):
    warner, desk = world.warner(), desk_of(world, replace(POLICY, cue=CueRule.TELL))
    warner.take([world.cue])
    (message,) = warner.decide()
    desk.hear(message)
    assert not desk.steps()
    (late,) = warner.decide(world.at_s + 400.0)
    said = alarms(desk.board(late.event), late, POLICY, late.made + timedelta(seconds=1))
    assert any("only reported" in words for words in said)


def test_a_report_far_from_the_plans_site_calls_nobody_of_its_path(world):
    warner = world.warner()
    warner.take([replace(world.cue, latitude_rad=world.cue.latitude_rad + 300e3 / 6.37e6)])
    message = only(warner.decide())
    (event,) = warner.events.values()
    assert event.regions.get(OKINAWA, (0.0, 0.0))[0] < 0.05
    assert "probability 0.00 by place and time" in message.assumed
    assert message.launch.name == ""


def test_without_a_plan_little_is_known_and_nothing_of_debris(world):
    warner, desk = world.warner(plan=False), desk_of(world)
    warner.take([world.cue])
    message = only(warner.decide())
    desk.hear(message)
    japan = [p for p in message.places if p.code.startswith("JP-")]
    assert all(p.p_over_if_continues < 0.1 and p.p_debris == 0.0 for p in japan)
    assert not [d for d in desk.board(message.event).drafts if d.content.kind in RAISING]
    assert message.launch.origin == "KP"
    assert not message.path


def test_a_false_report_leaves_a_true_one_alone(world):
    """Forged ones from everywhere, some from the future, in one breath with a true one."""
    rng = np.random.default_rng(1)
    warner = world.warner()
    forged = [
        replace(world.cue, source=f"forged-{n % 3}", seq=n, latitude_rad=float(rng.uniform(-1.4, 1.4)),
                time_s=world.at_s + float(rng.uniform(-1e4, 1e4)), sent_s=None)
        for n in range(1000)
    ]  # fmt: skip
    warner.take([*world.alive(45.0), *forged[:500], world.cue, *forged[500:]])
    warner.decide()
    true = next(e for e in warner.events.values() if e.message and e.message.evidence[0].source == "partner")
    assert true.regions[OKINAWA][0] >= 0.95
    assert len(warner.events) <= 12
    later = replace(world.cue, time_s=world.at_s + 4000.0, sent_s=None, seq=2)
    warner.take([*world.alive(4010.0), later])
    warner.decide()
    assert len(warner.events) == 1, "nothing is kept of what is over"
    assert sum(warner.intake.refused.values()) > 900


def test_a_drill_held_on_another_day_is_told_by_place_alone(world):
    away = replace(world.cue, time_s=world.at_s + 400 * 86400.0, sent_s=None)
    drill, real = world.warner(), world.warner(status=Status.ACTUAL)
    for warner in (drill, real):
        warner.take([away])
        warner.decide()
    one, other = (next(iter(w.events.values())).regions[OKINAWA][0] for w in (drill, real))
    assert one > 0.7
    assert other < 0.2
