"""What comes back from the places warned: that a message was received, and what was damaged or found.

Answers are records like those of an alert's life: appended, never changed.  The newest report of a place
is what holds, since a contact may correct an earlier one; all of them are kept and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from overflight.errors import InputError
from overflight.warning.board import Board
from overflight.warning.json_values import from_json, to_json

MAX_NOTE = 1000
"""Longest note or place of a report, characters."""


class Report(StrEnum):
    """What a municipality's contact says of damage."""

    NO_DAMAGE = "no_damage"
    DAMAGE = "damage"
    OBJECT_FOUND = "object_found"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a place: that it received the call, and with ``report`` what it found.

    ``by`` is the contact who answered; ``where`` and ``note`` are in the contact's words.
    """

    at: datetime
    event_id: str
    place: str
    by: str
    report: Report | None = None
    where: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for key in ("where", "note"):
            if len(getattr(self, key)) > MAX_NOTE:
                found = f"{len(getattr(self, key))} characters"
                remedy = "Say the most important; more by telephone."
                raise InputError("answer", key, found=found, allowed=f"at most {MAX_NOTE}", remedy=remedy)
        if self.report in (Report.DAMAGE, Report.OBJECT_FOUND) and not (self.where or self.note).strip():
            remedy = "Say where it is, or what it is."
            raise InputError("answer", "where", found="nothing", allowed="a place or a note", remedy=remedy)


@dataclass(frozen=True, slots=True)
class TownAnswer:
    """What came back from a place so far: when it first answered, and its newest report."""

    acknowledged: datetime | None = None
    report: Report | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """How many of the places told have answered what; ``silent`` of them for longer than allowed."""

    told: int
    acknowledged: int
    silent: int
    no_damage: int
    damage: int
    object_found: int


def town_answers(answers: Iterable[Answer]) -> dict[str, TownAnswer]:
    """Return what holds for each place that answered."""
    towns: dict[str, TownAnswer] = {}
    for answer in sorted(answers, key=lambda one: one.at):
        before = towns.get(answer.place, TownAnswer())
        first = before.acknowledged or answer.at
        if answer.report is None:
            towns[answer.place] = TownAnswer(first, before.report, before.words)
        else:
            words = ": ".join(filter(None, (answer.where.strip(), answer.note.strip())))
            towns[answer.place] = TownAnswer(first, answer.report, words)
    return towns


def told_at(board: Board) -> dict[str, datetime]:
    """Return when each place was first told of an event."""
    told: dict[str, datetime] = {}
    for message in board.to_people():
        for place in (*message.content.shelter, *message.content.release):
            told.setdefault(place, message.issued.sent)
    return told


def silent_towns(
    board: Board, towns: Mapping[str, TownAnswer], now: datetime, after: timedelta
) -> tuple[str, ...]:
    """Return the places that were told at least ``after`` ago and have not answered: an alarm each."""
    return tuple(
        place for place, sent in told_at(board).items() if place not in towns and now - sent >= after
    )


def figures(board: Board, towns: Mapping[str, TownAnswer], now: datetime, after: timedelta) -> AnswerFigures:
    """Return the counts for the operator and for the page that explains an event."""
    told = told_at(board)
    reports = [towns[place].report for place in told if place in towns]
    return AnswerFigures(
        told=len(told),
        acknowledged=len(reports),
        silent=len(silent_towns(board, towns, now, after)),
        no_damage=reports.count(Report.NO_DAMAGE),
        damage=reports.count(Report.DAMAGE),
        object_found=reports.count(Report.OBJECT_FOUND),
    )


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain JSON values."""
    return to_json(answer)


def answer_from_json(value: object) -> Answer:
    """Return the answer that :func:`answer_to_json` wrote; InputError for anything else."""
    return from_json(Answer, value, where="answer")
