"""What a policy would draft from messages, and when, if each draft is approved 20 s after it was there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from overflight.exposure.places import load_places
from overflight.jobs.warn_desk import DryDesk
from overflight.warning.alert import Status
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PlaceFigures,
    TrackState,
)
from overflight.warning.gazetteer import gazetteer
from overflight.warning.life_records import Outcome
from overflight.warning.policy import read_policy

LIFT_OFF = datetime(2023, 8, 23, 18, 50, tzinfo=UTC)
KUMEJIMA, MIYAKOJIMA = "JP-47361", "JP-47214"
POLICY = read_policy(
    b'version = 1\nname = "test"\n[[area]]\ncountry = "JP"\nzone_offset_h = 9\nsender_name = "Test desk"\n'
    b'level = "place"\nlanguages = ["en"]\n'
)


@cache
def places():
    return gazetteer(load_places(["JP"]))


def at(seconds: float) -> datetime:
    return LIFT_OFF + timedelta(seconds=seconds)


def message(
    seconds: float, outcomes: dict[str, Outcome], facts: str, track=TrackState.FIRM
) -> DecisionMessage:
    now = at(seconds)
    given = tuple(
        PlaceFigures(key, 0.9, 0.9, 1e-4, outcome, at(580), at(620), at(700), 0.99)
        for key, outcome in outcomes.items()
    )
    evidence = tuple(Evidence(EvidenceKind(kind), "radar-a", now, kind) for kind in facts.split())
    whole = Outcome.LOST if track is TrackState.LOST else Outcome.FLYING
    return DecisionMessage(
        1, "decision", f"e.{seconds}", "tracker", int(seconds), "e", Status.EXERCISE, now, now, track, whole,
        Launch(LIFT_OFF, 1.0, "KP", "satellite_rocket"), given, "as planned", evidence,
    )  # fmt: skip


def told(desk: DryDesk) -> list[tuple[str, float, float | None, int, int]]:
    return [
        (
            step.does, (step.drafted - LIFT_OFF).total_seconds(),
            None if step.sent is None else (step.sent - LIFT_OFF).total_seconds(), step.called, step.released,
        )
        for step in desk.steps()
    ]  # fmt: skip


FLYING = {KUMEJIMA: Outcome.FLYING}
BOTH = {KUMEJIMA: Outcome.FLYING, MIYAKOJIMA: Outcome.FLYING}


def test_called_widened_narrowed_and_lifted_each_with_its_time_and_evidence():
    desk = DryDesk(POLICY, places())
    for seconds in (90, 100, 110):
        desk.hear(message(seconds, FLYING, "launch_seen impact_line"))
    for seconds in (120, 140):
        desk.hear(message(seconds, BOTH, "launch_seen impact_line"))
    one = BOTH | {KUMEJIMA: Outcome.PASSED}
    for seconds in (710, 730):
        desk.hear(message(seconds, one, "launch_seen seen_beyond"))
    both = dict.fromkeys(BOTH, Outcome.PASSED)
    for seconds in (800, 820):
        desk.hear(message(seconds, both, "seen_beyond confirmed"))
    assert told(desk) == [
        ("call", 90, 110, 1, 0),
        ("widen", 120, 140, 2, 0),
        ("narrow", 710, 730, 1, 1),
        ("lift", 800, 820, 0, 1),
    ]
    assert [step.evidence for step in desk.steps()] == [
        "launch_seen; impact_line", "launch_seen; impact_line", "seen_beyond", "seen_beyond; confirmed",
    ]  # fmt: skip


def test_what_is_lost_is_never_lifted():
    desk = DryDesk(POLICY, places())
    for seconds in (90, 110):
        desk.hear(message(seconds, FLYING, "launch_seen"))
    lost = {KUMEJIMA: Outcome.LOST}
    for seconds in (400, 900, 1800):
        desk.hear(message(seconds, lost, "launch_seen track_lost feed_silent", TrackState.LOST))
    assert {step.does for step in desk.steps()} == {"call"}


def test_a_call_that_is_not_needed_any_more_is_put_away():
    desk = DryDesk(POLICY, places())
    desk.hear(message(90, FLYING, "launch_seen"))
    assert told(desk) == [("call", 90, None, 1, 0)]
    desk.hear(message(100, {KUMEJIMA: Outcome.WILL_NOT_ARRIVE}, "thrust_ended"))
    assert desk.steps() == []


def test_two_events_do_not_share_a_board():
    desk = DryDesk(POLICY, places())
    first = message(90, FLYING, "launch_seen")
    desk.hear(first)
    desk.hear(replace(first, event="f", id="f.1"))
    assert [len(desk.steps(event)) for event in ("e", "f")] == [1, 1]
