"""Paging: what people on duty must look at, whom it is told to, and who is next when nobody takes it.

A page is opened when a reason arises, told to one person after another, and ends when its reason is gone or
somebody has taken it.  It is a fold over records of the log, as the life of an alert is, so that a desk that
was killed goes on where it was, and two desks on one store do not both call.

- An approval that waits needs as many people as still must approve; those who did are not called again.
- The next on call follows after ``escalate_s``, and at once where somebody could not be reached.
- Who has been called and does not answer is called again once everybody was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from overflight.errors import InputError, LifeError
from overflight.warning import life_rules as rules
from overflight.warning.alarms import WAITING, alarms_of
from overflight.warning.alert import Status
from overflight.warning.board import Board, DraftState
from overflight.warning.decision import DecisionMessage
from overflight.warning.json_values import from_json, to_json
from overflight.warning.plan_phrases import PlanSaid
from overflight.warning.policy import Policy

LAPSED = timedelta(seconds=60)
"""After this a call without a result is taken for one of a desk that was killed, and is made again."""

OLD = timedelta(days=1)
"""So long after its last message an event's alarms stand on its page, and call nobody any more."""

LONGEST = timedelta(hours=1)
"""A page that nobody took ends then; if its reason stands, another begins."""


class PageKind(StrEnum):
    """What is wanted of who is paged."""

    APPROVAL = "approval"
    ALARM = "alarm"
    NOTICE = "notice"  # everybody on duty is told at once


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody on duty, in the order in which they are called."""

    name: str
    may_approve: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why people are wanted now: ``wanted`` more of them, beside those who are ``busy`` with it already."""

    about: str
    kind: PageKind
    words: str
    wanted: int = 1
    busy: tuple[str, ...] = ()
    places: tuple[int, int] = (0, 0)  # how many would be called, and released


@dataclass(frozen=True, slots=True)
class Raised:
    """A page began. ``people`` are those on duty then; ``why`` is told to them.

    ``said`` is the same as ``why`` for a notice about a plan, to be told in other languages.
    """

    at: datetime
    page_id: str
    event_id: str
    status: Status
    about: str
    kind: PageKind
    why: str
    people: tuple[str, ...]
    places: tuple[int, int] = (0, 0)
    said: tuple[PlanSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class Called:
    """A desk set out to tell somebody."""

    at: datetime
    page_id: str
    person: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of it: ``ok`` if at least one way to them took it."""

    at: datetime
    page_id: str
    person: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody took it: they see to it, and nobody else need be called."""

    at: datetime
    page_id: str
    person: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Its reason is gone, or nobody took it for too long."""

    at: datetime
    page_id: str
    why: str


PageRecord = Raised | Called | Reached | Answered | Ended

_KINDS: dict[str, type[PageRecord]] = {
    "raised": Raised,
    "called": Called,
    "reached": Reached,
    "answered": Answered,
    "ended": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class PageState:
    """A page as it stands."""

    raised: Raised
    calls: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)  # how often, and when last
    results: Mapping[str, Reached] = field(default_factory=dict)  # the newest by person
    answered: tuple[str, ...] = ()

    @property
    def failed(self) -> frozenset[str]:
        """Those who could not be told."""
        return frozenset(name for name, result in self.results.items() if not result.ok)


def apply_page(pages: Mapping[str, PageState], record: PageRecord) -> dict[str, PageState]:
    """Return the open pages after one more record; what belongs to a page that has ended is dropped."""
    now = dict(pages)
    state = now.get(record.page_id)
    match record:
        case Raised():
            now[record.page_id] = PageState(record)
        case Ended():
            now.pop(record.page_id, None)
        case _ if state is None:
            pass
        case Called():
            count, _ = state.calls.get(record.person, (0, record.at))
            calls = {**state.calls, record.person: (count + 1, record.at)}
            now[record.page_id] = replace(state, calls=calls)
        case Reached():
            results = {**state.results, record.person: record}
            now[record.page_id] = replace(state, results=results)
        case Answered():
            answered = tuple(dict.fromkeys((*state.answered, record.person)))
            now[record.page_id] = replace(state, answered=answered)
    return now


def reasons(
    board: Board, message: DecisionMessage | None, policy: Policy, at: datetime, silent: Sequence[str] = ()
) -> tuple[Reason, ...]:
    """Return why people are wanted for an event now; ``silent`` are the places that have not answered."""
    return tuple(_reasons(board, message, policy, at, silent))


def _reasons(
    board: Board, message: DecisionMessage | None, policy: Policy, at: datetime, silent: Sequence[str]
) -> Iterator[Reason]:
    for draft in waiting(board, at):
        busy, content = rules.approvers(draft, at), draft.content
        needed = rules.PEOPLE_NEEDED.get(content.status, 2) - len(busy)
        places = (len(content.shelter), len(content.release))
        parts = zip(places, ("to be called", "to be released"), strict=True)
        told = ", ".join(f"{counted(number, 'place')} {what}" for number, what in parts if number)
        words = f"{content.kind.value.replace('_', ' ')}: {told or 'a message'}, {needed} more to approve"
        about = f"approval {content.thread} {content.kind.value}"
        yield Reason(about, PageKind.APPROVAL, words, needed, busy, places)
    if message is not None and at - message.made < OLD:
        for alarm in alarms_of(board, message, policy, at):
            if alarm.key != WAITING:  # whoever must approve is paged for that already
                yield Reason(f"alarm {alarm.key}", PageKind.ALARM, alarm.words)
    if silent:
        named = ", ".join(silent[:5]) + (", ..." if len(silent) > 5 else "")
        words = f"told, and no answer from {counted(len(silent), 'place')}: {named}"
        yield Reason("alarm answers", PageKind.ALARM, words)


def counted(number: int, what: str) -> str:
    """Return a number of things in words: ``1 place``, ``2 places``."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def waiting(board: Board, at: datetime) -> list[DraftState]:
    """Return the newest draft of each thread and kind that waits for people."""
    newest = {
        (draft.content.thread, draft.content.kind): draft
        for draft in board.drafts
        if draft.is_open and draft.basis is not None and at < draft.content.expires
    }
    return [draft for draft in newest.values() if not rules.has_quorum(draft, at)]


def due(
    state: PageState, reason: Reason | None, on_call: Sequence[OnCall], at: datetime, escalate_s: float
) -> tuple[str, ...]:
    """Return whom to call now, in order.

    Parameters
    ----------
    reason : why, as it is now; None for a notice, which has none but its words
    on_call : the people on duty, first to be called first
    escalate_s : how long somebody has to answer before the next is called
    """
    raised, escalate = state.raised, timedelta(seconds=escalate_s)
    busy = {*state.answered, *(reason.busy if reason else ())}
    wanted = (reason.wanted if reason else 1) - len(set(state.answered) - set(reason.busy if reason else ()))
    pool = [one.name for one in on_call if one.may_approve or raised.kind is not PageKind.APPROVAL]
    pool = [name for name in pool or [one.name for one in on_call] if name not in busy]
    if wanted <= 0 or not pool:
        return ()
    lapsed = [name for name in pool if name in state.calls and _is_lapsed(state, name, at)]
    fresh = [name for name in pool if name not in state.calls]
    tried = [name for name in pool if name in state.calls]
    if raised.kind is PageKind.NOTICE:
        return (*lapsed, *fresh)
    steps = int((at - raised.at) / escalate)
    room = wanted + steps + len(state.failed & {*tried}) - len(tried)
    if fresh or not tried:
        return (*lapsed, *fresh[: max(0, room)])
    last = max(state.calls[name][1] for name in tried)
    again = [name for name in tried if at - last >= escalate]
    return tuple(dict.fromkeys((*lapsed, *again)))


def _is_lapsed(state: PageState, name: str, at: datetime) -> bool:
    """Return whether a call has no result for so long that who made it must be dead."""
    called, result = state.calls[name][1], state.results.get(name)
    return (result is None or result.at < called) and at - called >= LAPSED


def taken_by(pages: Mapping[str, PageState], page_id: str) -> PageState:
    """Return an open page; LifeError if there is none."""
    if page_id not in pages:
        remedy = "Its reason is gone, or it was never there."
        raise LifeError(page_id[:80], "page", found="none", allowed="an open page", remedy=remedy)
    return pages[page_id]


def page_to_json(record: PageRecord) -> dict[str, Any]:
    """Return a record as plain JSON values; ``record`` names its kind."""
    return {"record": _NAMES[type(record)], **to_json(record)}


def page_from_json(value: Mapping[str, Any]) -> PageRecord | None:
    """Return the record that :func:`page_to_json` wrote; None for a page of before they were records."""
    if "record" not in value:
        return None
    kind = _KINDS.get(value["record"])
    if kind is None:
        remedy = "Read the log with the version that wrote it."
        raise InputError(
            "page", "record", found=repr(value["record"])[:60], allowed=", ".join(_KINDS), remedy=remedy
        )
    return from_json(kind, {k: v for k, v in value.items() if k != "record"}, "page")


def about_of(pages: Collection[PageState], event_id: str) -> dict[str, PageState]:
    """Return the open pages of an event by what they are about."""
    return {page.raised.about: page for page in pages if page.raised.event_id == event_id}
