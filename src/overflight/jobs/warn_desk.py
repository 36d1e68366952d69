"""A desk in thought: what a policy would draft from decision messages, and when it would be sent.

Nothing leaves it. That each draft is approved ``approval_s`` after it was first there is an assumption;
without one no call would ever stand, and nothing could be narrowed or lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from overflight.errors import LifeError
from overflight.warning.board import LIFTING, RAISING, Board, DraftState
from overflight.warning.decide import decide
from overflight.warning.decision import DecisionMessage, EvidenceKind
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life import apply
from overflight.warning.life_records import SYSTEM, Approved, Opened, Role
from overflight.warning.life_rules import PEOPLE_NEEDED
from overflight.warning.life_steps import issue, messages_made
from overflight.warning.policy import Policy

__all__ = ["APPROVAL_S", "DryDesk", "Step"]

APPROVAL_S = 20.0
_CALLS = (
    EvidenceKind.LAUNCH_CUED,
    EvidenceKind.LAUNCH_SEEN,
    EvidenceKind.IMPACT_LINE,
    EvidenceKind.SEEN_BEYOND,
)
_ENDS = (
    EvidenceKind.SEEN_BEYOND,
    EvidenceKind.FLIES_ELSEWHERE,
    EvidenceKind.THRUST_ENDED,
    EvidenceKind.BROKEN_UP,
    EvidenceKind.CONFIRMED,
    EvidenceKind.CUE_WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One draft of an event: what it would do, for how many places, on what evidence, when.

    ``does`` is ``call``, ``widen``, ``narrow``, ``new times`` or ``lift``; ``sent`` is None while it waits.
    """

    event: str
    country: str
    does: str
    drafted: datetime
    called: int
    released: int
    evidence: str
    sent: datetime | None = None


class DryDesk:
    """Boards of all events under one policy; ``hear`` each message in the order they were made."""

    def __init__(self, policy: Policy, gazetteer: Gazetteer, approval_s: float = APPROVAL_S) -> None:
        self._policy, self._gazetteer = policy, gazetteer
        self._approval = timedelta(seconds=approval_s)
        self._boards: dict[str, Board] = {}
        self._steps: dict[str, Step] = {}

    def hear(self, message: DecisionMessage) -> None:
        """Take a message in: send what has waited long enough, then draft anew."""
        board = self._boards.get(message.event)
        if board is None:
            title = message.launch.name or f"Launch from {message.launch.origin}"
            board = apply(None, Opened(message.made, SYSTEM, message.event, message.status, title))
        board = self._decided(self._sent(board, message.made), message)
        self._boards[message.event] = board

    def board(self, event: str) -> Board | None:
        """Return how the messages of an event stand; None before its first decision message."""
        return self._boards.get(event)

    def steps(self, event: str | None = None) -> list[Step]:
        """Return the drafts that were sent or wait, oldest first; those put away are left out."""
        return [step for step in self._steps.values() if event in (None, step.event)]

    def _decided(self, board: Board, message: DecisionMessage) -> Board:
        board = decide(board, message, self._policy, self._gazetteer, message.made).board
        waiting = {draft.draft_id: draft for draft in _waiting(board)}
        sent = {message.issued.draft_id for message in board.messages}
        for name in [n for n, s in self._steps.items() if s.event == board.event_id]:
            if name not in waiting and name not in sent:
                del self._steps[name]
        for name, draft in waiting.items():
            step = _step(board, draft, message)
            known = self._steps.get(name)
            self._steps[name] = step if known is None else replace(step, drafted=known.drafted)
        return board

    def _sent(self, board: Board, now: datetime) -> Board:
        """Return the board after what has waited for the time of an approval was approved and sent."""
        for draft in list(_waiting(board)):
            step = self._steps.get(draft.draft_id)
            if step is None or now < step.drafted + self._approval:
                continue
            try:
                board = self._issued(board, draft, now)
            except LifeError:
                continue  # not allowed as things stand: the next decision drafts it anew
            self._steps[draft.draft_id] = replace(step, sent=now)
        return board

    def _issued(self, board: Board, draft: DraftState, now: datetime) -> Board:
        for number in range(PEOPLE_NEEDED[board.status]):
            name = f"person {number + 1}"
            approval = Approved(
                now, name, board.event_id, draft.draft_id, draft.content_hash, Role.APPROVER, True, name
            )
            board = apply(board, approval)
        tokens = [f"{len(board.messages) + i:016d}" for i in range(messages_made(draft))]
        sender = "dry-run@example.invalid"
        for record in issue(board, draft.draft_id, now, sender=sender, tokens=tokens, by=SYSTEM):
            board = apply(board, record)
        return board


def _waiting(board: Board) -> Iterator[DraftState]:
    """Yield the drafts that people would be asked to approve: calls, and lifts that have their evidence."""
    for draft in board.drafts:
        kind = draft.content.kind
        if draft.is_open and (kind in RAISING or (kind in LIFTING and draft.basis is not None)):
            yield draft


def _step(board: Board, draft: DraftState, message: DecisionMessage) -> Step:
    content = draft.content
    called = board.calls(content.thread, message.made)
    lifts = content.kind in LIFTING
    if lifts:
        does = "lift"
    elif not called:
        does = "call"
    elif set(content.shelter) - called:
        does = "widen"
    else:
        does = "narrow" if content.release else "new times"
    words = _words(message, _ENDS if lifts or content.release else _CALLS)
    return Step(
        board.event_id, content.thread, does, message.made, len(content.shelter), len(content.release), words
    )


def _words(message: DecisionMessage, kinds: Iterable[EvidenceKind]) -> str:
    return "; ".join(fact.words for kind in kinds for fact in message.evidence if fact.kind is kind)
