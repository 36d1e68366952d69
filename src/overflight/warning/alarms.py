"""What the people on duty must look at now: silence, a draft that waits, a lift that is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.warning import life_rules as rules
from overflight.warning.board import Board
from overflight.warning.decision import DecisionMessage, TrackState
from overflight.warning.life_records import Outcome
from overflight.warning.policy import Policy

WAITING = "waiting"
"""Key of the alarm that a draft waits for people."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: ``key`` stays while it lasts, ``words`` may count seconds."""

    key: str
    words: str


def alarms(board: Board, message: DecisionMessage, policy: Policy, at: datetime) -> tuple[str, ...]:
    """Return every alarm of an event in words, the gravest first; none when all is well."""
    return tuple(alarm.words for alarm in alarms_of(board, message, policy, at))


def alarms_of(board: Board, message: DecisionMessage, policy: Policy, at: datetime) -> Iterator[Alarm]:
    """Yield every alarm of an event, the gravest first."""
    open_calls = {code for sent in board.messages for code in sent.open_shelter}
    waiting = [d for d in board.drafts if d.is_open and d.basis is not None and not rules.has_quorum(d, at)]
    limits = policy.alarm
    ends = [
        time
        for place in message.places
        for time in (place.last_passage, place.last_arrival)
        if time is not None
    ]
    if open_calls and ends and at > max(ends) + timedelta(seconds=limits.overdue_s):
        words = f"{len(open_calls)} places are still called, past the last arrival: lift, or call anew"
        yield Alarm("overdue", words)
    for draft in waiting:
        waits_s = (at - draft.made_at).total_seconds()
        if waits_s > limits.waiting_s:
            yield Alarm(WAITING, f"draft {draft.draft_id} has waited for approval for {waits_s:.0f} s")
    silent_s = (at - message.made).total_seconds()
    if (open_calls or waiting) and silent_s > limits.silent_s:
        words = f"no data: the feed has been silent for {silent_s:.0f} s; nothing is known to have passed"
        yield Alarm("silent", words)
    if message.track is TrackState.CUED:
        if message.outcome is Outcome.NO_DATA:
            words = "only reported, not measured when it should have been: calls hold until people decide"
            yield Alarm("unconfirmed", words)
    elif open_calls and message.outcome in (Outcome.LOST, Outcome.NO_DATA):
        yield Alarm("lost", "the track is lost: calls hold until something else shows what became of it")
