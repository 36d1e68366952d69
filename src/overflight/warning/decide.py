"""From what is known of a flight to what should be told: drafts, and alarms for the people on duty.

:func:`decide` is pure: a board, a decision message, a policy and an instant in; the records that the desk
would add to its log out.  It drafts and revises, it never issues: that takes people, or a plan they
approved.  It may be called again at any time with the same message: what is well stays as it is.

- A place is called as soon as a figure reaches its threshold: at once, never held back.
- A call is narrowed place by place, when a place's own outcome says so and its last arrival is past.
- What is unknown holds: a lost track, a silent feed and an old message release nobody.
- Each call has its lift and its retraction drafted beside it, before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.errors import LifeError
from overflight.warning import life_rules as rules
from overflight.warning.board import LIFTING, RAISING, Board, DraftState
from overflight.warning.contents import Writer
from overflight.warning.decision import DecisionMessage, PlaceFigures
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life import apply
from overflight.warning.life_records import (
    SYSTEM,
    Basis,
    Content,
    Discarded,
    Drafted,
    Outcome,
    Record,
    Revised,
)
from overflight.warning.policy import Policy
from overflight.warning.reading import KIND_OF, Reading, is_called_for, is_expected
from overflight.warning.templates import MessageKind

__all__ = ["Decision", "decide"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Records to be applied and stored in this order, the board after them, and what to tell the operator."""

    records: tuple[Record, ...]
    board: Board
    remarks: tuple[str, ...] = ()


def decide(
    board: Board, message: DecisionMessage, policy: Policy, gazetteer: Gazetteer, at: datetime
) -> Decision:
    """Return what the newest message asks for.

    Parameters
    ----------
    board : the event as it stands
    message : the newest decision message of the event; the caller has dropped older and repeated ones
    policy, gazetteer : what the desk has decided beforehand, and the places it can warn
    at : now
    """
    records: list[Record] = []
    remarks: list[str] = []
    figures: dict[str, PlaceFigures] = {}
    for place in message.places:
        key = gazetteer.key(place.code)
        if key is None:
            remarks.append(f"place {place.code} is not in the desk's gazetteer")
        else:
            figures[key] = place
    covered = [key for area in policy.area for key in figures if area.holds(key)]
    remarks += [
        f"place {key} reaches a threshold and no area of the policy holds it"
        for key in sorted({*figures} - {*covered})
        if is_called_for(figures[key], policy)
    ]
    for area in policy.area:
        own = {key: figure for key, figure in figures.items() if area.holds(key)}
        read = Reading(board, message, policy, area, gazetteer, own, at)
        thread = _Thread(read, board, records, remarks)
        thread.run()
        board = thread.board
    return Decision(tuple(records), board, tuple(remarks))


@dataclass(slots=True)
class _Thread:
    """Works out the drafts of one audience of one country; ``board`` moves with the records it adds."""

    read: Reading
    board: Board
    records: list[Record]
    remarks: list[str]

    def run(self) -> None:
        called = self.board.calls(self.read.area.thread, self.read.at) | self.read.never_lifted()
        over = self.read.over(called)
        released = {key: kind for key in sorted(called) if (kind := self.read.release(key)) is not None}
        is_over = bool(called) and len(released) == len(called) and not over - called
        if not called:
            self._before_any_call(over)
        elif is_over:
            self._lift(released)
        else:
            self._update(called, over, released)
        self._prepare(called, is_over=is_over)

    def _before_any_call(self, over: frozenset[str]) -> None:
        waiting = self._open(RAISING)
        if over:
            self._raise(over, frozenset(), {})
            return
        for draft in waiting:
            if all(self.read.outcome(key) in KIND_OF for key in draft.content.shelter):
                self._discard(draft, "the flight has ended for all its places before it was sent")

    def _raise(self, over: frozenset[str], held: frozenset[str], released: dict[str, MessageKind]) -> None:
        """Draft a call: it is expected to pass, and when, where that is likely and the line supports it."""
        writer, figures = self._writer(), self.read.figures
        likely = {key for key in over if key in figures and is_expected(figures[key])}
        precise = likely if self.read.has_line() else set()
        content = writer.raising(precise, (over | held) - precise, released)
        self._put_call(content, self._basis(content, Outcome.FLYING if not released else None))

    def _update(self, called: frozenset[str], over: frozenset[str], released: dict[str, MessageKind]) -> None:
        """Widen at once; narrow a while after the last time, tell new times a while after any message."""
        sent = self.board.in_thread(self.read.area.thread)
        last = sent[-1]
        narrowed = next((one for one in reversed(sent) if one.content.release), sent[0])
        stood_s, narrow_s = ((self.read.at - one.issued.at).total_seconds() for one in (last, narrowed))
        is_wider = bool(over - called)
        may_narrow = bool(released) and narrow_s >= self.read.policy.hold.narrow_s
        is_changed = self.read.has_other_times(last.content) and stood_s >= self.read.policy.hold.times_move_s
        if not is_wider and not may_narrow and not is_changed:
            return
        held = called - set(released) - over
        self._raise(over, held, released if may_narrow or is_wider else {}) if held | over else None

    def _lift(self, released: dict[str, MessageKind]) -> None:
        for draft in self._open(RAISING):
            self._discard(draft, "every place is released")
        content = self._writer().lifting(released)
        draft = next(iter(self._open(LIFTING)), None)
        if draft is None:
            self._add(content, self._basis(content, None))
        elif draft.basis is None or not _says_the_same(draft.content, content) or self._runs_out(draft):
            self._revise(draft, content, self._basis(content, None))

    def _put_call(self, content: Content, basis: Basis) -> None:
        """Draft a call, revise the one that waits, or leave it: who approves must not chase a moving text."""
        waiting = self._open(RAISING)
        for draft in waiting[:-1]:
            self._discard(draft, "a later draft says more")
        newest = self._open(RAISING)[-1] if waiting else None
        if newest is None:
            self._add(content, basis)
            return
        is_wider = bool(set(content.shelter) - set(newest.content.shelter))
        if _says_the_same(newest.content, content) and not self._runs_out(newest):
            return
        if rules.approvers(newest, self.read.at) and not self._runs_out(newest):
            if is_wider:
                self._add(content, basis)
            return
        self._revise(newest, content, basis)

    def _prepare(self, called: frozenset[str], *, is_over: bool) -> None:
        """Bring the prepared lift and retraction into line with what is called or about to be.

        A lift that was ready waits again when somebody is to be called, or is in reach, once more.
        """
        waiting = self._open(RAISING)
        places = called | {key for draft in waiting for key in draft.content.shelter}
        answers = waiting[-1].draft_id if waiting else None
        prepared = [*self._open(LIFTING), *self._open(frozenset({MessageKind.RETRACTION}))]
        if not places:
            for draft in prepared:
                self._discard(draft, "nothing is left to be lifted")
            return
        writer = self._writer()
        has_times = any(writer.has_times(key) for key in places)
        kind = MessageKind.ALL_CLEAR if has_times else MessageKind.WILL_NOT_ARRIVE
        lift = next(iter(self._open(LIFTING)), None)
        is_stale = lift is not None and lift.basis is not None and not is_over
        if lift is None or is_stale or (lift.basis is None and set(lift.content.release) != places):
            self._ready(lift, writer.lifting(dict.fromkeys(places, kind)), answers)
        back = next(iter(self._open(frozenset({MessageKind.RETRACTION}))), None)
        taken_back = called or places
        content = writer.retraction(taken_back)
        if back is None or back.content != content:
            self._ready(back, content, answers)

    def _ready(self, draft: DraftState | None, content: Content, answers: str | None) -> None:
        if draft is None:
            self._add(content, None, answers)
        else:
            self._revise(draft, content, None)

    def _open(self, kinds: Iterable[MessageKind]) -> list[DraftState]:
        """Return the drafts of this thread that can still be issued, oldest first."""
        thread = self.read.area.thread
        return [
            draft
            for draft in self.board.drafts
            if draft.is_open and draft.content.thread == thread and draft.content.kind in kinds
        ]

    def _runs_out(self, draft: DraftState) -> bool:
        """Return whether a draft would expire before it is of use."""
        return draft.content.expires <= self.read.at + timedelta(seconds=rules.APPROVAL_VALID_S)

    def _writer(self) -> Writer:
        return Writer(
            self.board,
            self.read.message,
            self.read.area,
            self.read.policy.hold,
            self.read.gazetteer,
            self.read.figures,
            self.read.at,
        )

    def _basis(self, content: Content, outcome: Outcome | None) -> Basis:
        if outcome is None:
            by_kind = {kind: said for said, kind in KIND_OF.items()}
            outcome = by_kind.get(content.release_kind or content.kind, Outcome.FLYING)
        elif self.read.message.outcome in rules.SUPPORTS[MessageKind.LAUNCH]:
            outcome = self.read.message.outcome
        named = (*content.shelter, *content.release)
        arrivals = [
            t for key in named if key in self.read.figures and (t := self.read.figures[key].last_arrival)
        ]
        words = "; ".join(f"{fact.words} ({fact.source})" for fact in self.read.message.evidence)
        return Basis(
            self.read.message.id,
            self.read.message.source,
            self.read.message.time,
            outcome,
            words,
            max(arrivals, default=None),
        )

    def _add(self, content: Content, basis: Basis | None, answers: str | None = None) -> None:
        number = len(self.board.drafts) + 1
        name = f"{self.board.event_id}.{content.thread.replace(':', '-')}-{number}-{content.kind.value}"
        self._put(Drafted(self.read.at, SYSTEM, self.board.event_id, name, content, basis, answers))

    def _revise(self, draft: DraftState, content: Content, basis: Basis | None) -> None:
        self._put(Revised(self.read.at, SYSTEM, self.board.event_id, draft.draft_id, content, basis))

    def _discard(self, draft: DraftState, reason: str) -> None:
        self._put(Discarded(self.read.at, SYSTEM, self.board.event_id, draft.draft_id, reason))

    def _put(self, record: Record) -> None:
        try:
            self.board = apply(self.board, record)
        except LifeError as refusal:
            self.remarks.append(f"not drafted: {refusal}")
            return
        self.records.append(record)


def _says_the_same(one: Content, other: Content) -> bool:
    """Return whether two contents tell the same places the same things; times of expiry may differ."""
    return (one.kind, one.shelter, one.release, _told(one)) == (
        other.kind,
        other.shelter,
        other.release,
        _told(other),
    )


def _told(content: Content) -> tuple[tuple[str, str], ...]:
    return tuple((info.language, info.description) for info in content.infos)
