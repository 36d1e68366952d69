"""A pre-authorised plan standing in for two people: the first call of an event, issued by it or left to them.

How plans come about stands in :mod:`overflight.service.plans`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from overflight.service.paging import page
from overflight.service.store import State, Work
from overflight.warning.board import RAISING, Board, DraftState
from overflight.warning.contents import Writer
from overflight.warning.decision import DecisionMessage, PlaceFigures
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life_records import SYSTEM, Content, Revised, Vouched
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.policy import Policy
from overflight.warning.preauthorised import NotUsed, Plan, PlanState, unmet, unmet_places, wording


class Sending(Protocol):
    """What it takes of a desk to issue a call by a plan."""

    policy: Policy
    gazetteer: Gazetteer

    def send(
        self, work: Work, event_id: str, draft_id: str, by: str, plan_id: str | None = None
    ) -> tuple[str, ...]:
        """Make a message in a change: signed, stored, in the outbox."""
        ...


def may_stand(state: State, event_id: str, at: datetime) -> bool:
    """Return whether a draft waits for which a plan may stand by now, as far as the message alone tells."""
    board, message = state.boards[event_id], state.latest[event_id]
    return any(
        _waiting(board, plan.plan.content.thread) is not None and not any(unmet(plan, message, at))
        for plan in state.plans.values()
    )


def use_plan(desk: Sending, work: Work, event_id: str) -> tuple[str, ...]:
    """Issue the first call of an event by the plan that stands for it; return the identifiers, or none.

    Where a plan for such a launch exists and may not be used, the log says why, the people on duty are
    paged, and the draft waits for two people.
    """
    message = work.state.latest[event_id]
    for state in tuple(work.state.plans.values()):
        draft = _waiting(work.state.boards[event_id], state.plan.content.thread)
        if draft is None or not _concerns(state, message, work.at):
            continue
        plan_id, content = state.plan.plan_id, _anew(desk, work, state.plan, message)
        reasons = tuple(_reasons(desk, state, draft, content, message, work.at))
        if not reasons and content is not None:
            return _issue(desk, work, state, draft, content, message)
        if event_id not in state.not_used:
            work.plan(NotUsed(work.at, SYSTEM, plan_id, event_id, tuple(map(str, reasons)), reasons))
            said = (PlanSaid(PlanPhrase.STANDS_NOT, (plan_id,)), *reasons)
            page(work, event_id, said, message.status)
    return ()


def _reasons(
    desk: Sending,
    state: PlanState,
    draft: DraftState,
    content: Content | None,
    message: DecisionMessage,
    at: datetime,
) -> Iterator[PlanSaid]:
    called: dict[str, PlaceFigures | None] = dict.fromkeys(draft.content.shelter)
    for place in message.places:
        key = desk.gazetteer.key(place.code)
        if key in called:
            called[key] = place
    yield from unmet(state, message, at)
    yield from unmet_places(state.plan, called)
    if content is None or wording(content) != wording(state.plan.content):
        yield PlanSaid(PlanPhrase.WORDS)


def _issue(
    desk: Sending, work: Work, state: PlanState, draft: DraftState, content: Content, message: DecisionMessage
) -> tuple[str, ...]:
    plan, event_id = state.plan, message.event
    work.record(Revised(work.at, SYSTEM, event_id, draft.draft_id, content, draft.basis))
    vouched = Vouched(
        work.at, SYSTEM, event_id, draft.draft_id, content.hash,
        plan.plan_id, plan.hash, state.people, message.id,
    )  # fmt: skip
    work.record(vouched)
    made = desk.send(work, event_id, draft.draft_id, SYSTEM, plan.plan_id)
    said = PlanSaid(PlanPhrase.CALLED, (plan.plan_id, str(len(content.shelter))))
    page(work, event_id, (said,), plan.status)
    return made


def _anew(desk: Sending, work: Work, plan: Plan, message: DecisionMessage) -> Content | None:
    """Return the approved message with the times of this launch; None if the policy lost its people."""
    area = next((a for a in desk.policy.area if a.country == plan.content.thread), None)
    if area is None:
        return None
    board = work.state.boards[message.event]
    writer = Writer(board, message, area, desk.policy.hold, desk.gazetteer, {}, work.at)
    return writer.raising((), plan.content.shelter, {})


def _waiting(board: Board, thread: str) -> DraftState | None:
    """Return the first call of a thread that waits for people, if one does."""
    if board.in_thread(thread):
        return None
    calls = [d for d in board.drafts if d.is_open and d.basis is not None and d.content.kind in RAISING]
    return next((d for d in reversed(calls) if d.content.thread == thread), None)


def _concerns(state: PlanState, message: DecisionMessage, at: datetime) -> bool:
    """Return whether a plan was meant for a launch like this one, so that not using it must be said."""
    plan = state.plan
    is_meant = plan.status is message.status and plan.origin == message.launch.origin
    return is_meant and state.phase(at) in ("approved", "held")
