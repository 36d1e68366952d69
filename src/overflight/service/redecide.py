"""Makes every decision of an event anew from the log, and holds its drafts against those written then.

The log has what was heard, when, and the rules in force.  Deciding is pure, so the same drafts must come out,
whether a message led to them, an issue, or the mere passing of time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from overflight import __version__
from overflight.errors import InputError, LifeError
from overflight.service.store import Entry, Store
from overflight.service.tables import log
from overflight.warning.board import Board
from overflight.warning.decide import decide
from overflight.warning.decision import DecisionMessage
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.json_values import from_json, to_json
from overflight.warning.life import apply
from overflight.warning.life_records import (
    SYSTEM,
    Discarded,
    Drafted,
    Issued,
    Record,
    Revised,
    Vouched,
    record_from_json,
)
from overflight.warning.policy import Policy


@dataclass(frozen=True, slots=True)
class Redecided:
    """How many decisions were made anew, how many drafts and revisions they led to, and what differs."""

    decisions: int
    records: int
    faults: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def rules_in_force(policy: Policy, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return what decisions are made by, as the log keeps it."""
    return {"policy": to_json(policy), "places": _places(gazetteer), "version": __version__}


def redecide(store: Store, event_id: str, gazetteer: Gazetteer, policy: Policy) -> Redecided:
    """Make the decisions of an event again.

    Parameters
    ----------
    policy : what to decide by where the log does not say, because an older version wrote it

    Raises
    ------
    InputError : there is no such event
    """
    run = _Run(gazetteer, policy, list(_entries(store, event_id)))
    run.all()
    if run.board is None:
        remedy = "See the events on the page of the desk."
        raise InputError("replay", found=event_id[:80], allowed="an event of the log", remedy=remedy)
    return Redecided(run.decisions, run.records, tuple(run.faults), tuple(dict.fromkeys(run.remarks)))


def _entries(store: Store, event_id: str) -> Iterator[Entry]:
    """Yield the entries of an event, and the rules between them."""
    c = log.c
    mine = sa.and_(c.event_id == event_id, c.kind.in_(("life", "heard", "signed")))
    query = sa.select(log).where(sa.or_(mine, c.kind == "rules")).order_by(c.seq)
    with store.read() as connection:
        for row in connection.execute(query):
            yield Entry(*row)


@dataclass(slots=True)
class _Run:
    """The fold: a board that follows the log, and beside it what should come next."""

    gazetteer: Gazetteer
    policy: Policy
    entries: Sequence[Entry]
    board: Board | None = None
    message: DecisionMessage | None = None
    is_told: bool = False  # whether the log said which rules were in force
    due: datetime | None = None  # a decision was made then, and is to be compared
    waiting: list[Record] = field(default_factory=list)
    decisions: int = 0
    records: int = 0
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def all(self) -> None:
        for number, entry in enumerate(self.entries):
            body = json.loads(entry.body)
            record = record_from_json(body) if entry.kind == "life" else None
            if entry.kind == "rules":
                self._rules(body)
                continue
            if entry.kind != "signed" and not isinstance(record, Issued):
                self._decide_what_is_due()
            if record is not None:
                self._compare(record, number)
                try:
                    self.board = apply(self.board, record)
                except LifeError as fault:
                    self.faults.append(f"{record.at.isoformat()}: the log breaks the rules: {fault}")
                    return
                self.due = record.at if isinstance(record, Issued) and self.message else self.due
            elif entry.kind == "heard":
                self._expect_no_more(entry.at)
                self.message = from_json(DecisionMessage, body, "log")
                self.due = datetime.fromisoformat(entry.at)
        self._decide_what_is_due()
        self._expect_no_more("the end")

    def _rules(self, body: dict[str, Any]) -> None:
        self.policy, self.is_told = from_json(Policy, body["policy"], "log"), True
        if body["places"] != _places(self.gazetteer):
            self.remarks.append("the desk knew other places then: its data was of another version")

    def _decide_what_is_due(self) -> None:
        if self.due is not None:
            at, self.due = self.due, None
            self._expect_no_more(at.isoformat())
            self._decide(at)

    def _decide(self, at: datetime) -> None:
        assert self.board is not None
        if self.message is None:
            return
        if not self.is_told:
            self.remarks.append("the log does not say by which policy: the one that stands now was taken")
        self.waiting = list(decide(self.board, self.message, self.policy, self.gazetteer, at).records)
        self.decisions += 1

    def _compare(self, record: Record, number: int) -> None:
        """Hold what was written against what comes out now."""
        is_decided = isinstance(record, Drafted | Revised | Discarded) and record.by == SYSTEM
        if not is_decided or self._is_of_a_plan(record, number):
            self._expect_no_more(record.at.isoformat())
            return
        if not self.waiting:  # time alone led to it
            self._decide(record.at)
        expected = self.waiting.pop(0) if self.waiting else None
        self.records += 1
        if expected != record:
            now = _difference(expected, record)
            self.faults.append(f"{record.at.isoformat()}: {_words(record)} in the log; now {now}")
            self.waiting = []

    def _is_of_a_plan(self, record: Record, number: int) -> bool:
        """Return whether a plan put its approved content into a draft: the next entry vouches for it."""
        if not isinstance(record, Revised) or number + 1 >= len(self.entries):
            return False
        following = self.entries[number + 1]
        after = record_from_json(json.loads(following.body)) if following.kind == "life" else None
        return isinstance(after, Vouched) and after.draft_id == record.draft_id

    def _expect_no_more(self, when: str) -> None:
        for left in self.waiting:
            self.faults.append(f"{when}: now {_words(left)}; the log has none")
        self.waiting = []


def _words(record: Record | None) -> str:
    if record is None:
        return "nothing"
    return f"{type(record).__name__.lower()} {getattr(record, 'draft_id', '')}".strip()


def _difference(now: Record | None, then: Record) -> str:
    """Return what comes out now, with the first field that differs."""
    if (
        type(now) is not type(then)
        or now is None
        or getattr(now, "draft_id", "") != getattr(then, "draft_id", "")
    ):
        return _words(now)
    one, other = to_json(now), to_json(then)
    return f"it has another {', '.join(key for key in one if one[key] != other[key])}"


def _places(gazetteer: Gazetteer) -> str:
    return hashlib.sha256("\n".join(sorted(gazetteer.places)).encode()).hexdigest()
