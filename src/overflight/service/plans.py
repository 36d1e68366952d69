"""Pre-authorised plans at the desk: written for an announced launch, approved by two people, used once.

The rules stand in :mod:`overflight.warning.preauthorised` and are asked again whenever the log is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from overflight.errors import InputError
from overflight.service.paging import page
from overflight.service.people import Principal
from overflight.service.store import State, Work
from overflight.warning.alert import Status
from overflight.warning.board import RAISING, Board, DraftState
from overflight.warning.contents import Writer
from overflight.warning.decision import DecisionMessage, Launch, PlaceFigures, TrackState
from overflight.warning.life_records import SYSTEM, Content, Outcome, Revised, Vouched
from overflight.warning.paging import counted
from overflight.warning.preauthorised import (
    Conditions,
    NotUsed,
    Plan,
    PlanApproved,
    PlanHeld,
    PlanState,
    Prepared,
    unmet,
    unmet_places,
    wording,
)

if TYPE_CHECKING:
    from overflight.service.desk import Desk


@dataclass(frozen=True, slots=True)
class Announced:
    """What is known of an announced launch; codes as in ISO 3166-1."""

    plan_id: str
    title: str
    status: Status
    origin: str
    vehicle: str
    begins: datetime
    ends: datetime
    expires: datetime
    country: str  # whose people the plan calls
    places: tuple[str, ...]


def prepare(desk: Desk, launch: Announced, conditions: Conditions, who: Principal) -> Plan:
    """Write a plan for an announced launch and return it; it is nothing until two people approve it.

    Raises
    ------
    InputError : a place is not known or not of the country, the times do not fit, the status has no key
    LifeError : the name is taken, or the plan ends too late
    """
    now = desk.now()
    desk.signing.of(launch.status)
    plan = Plan(
        plan_id=launch.plan_id,
        title=launch.title,
        status=launch.status,
        origin=launch.origin,
        begins=launch.begins,
        ends=launch.ends,
        expires=launch.expires,
        conditions=conditions,
        content=_first_call(desk, launch, now),
    )
    with desk.store.write(now) as work:
        work.plan(Prepared(now, who.name, plan))
    return plan


def approve(desk: Desk, plan_id: str, plan_hash: str, who: Principal, *, second_factor: bool) -> None:
    """Approve a plan, by its hash."""
    now = desk.now()
    with desk.store.write(now) as work:
        work.plan(PlanApproved(now, who.name, plan_id, plan_hash, who.role, second_factor))


def hold(desk: Desk, plan_id: str, who: Principal, reason: str) -> None:
    """Stop a plan at once; only two new approvals let it go on."""
    now = desk.now()
    with desk.store.write(now) as work:
        work.plan(PlanHeld(now, who.name, plan_id, reason))
        status = work.state.plans[plan_id].plan.status
        page(work, "", f"plan {plan_id} is held by {who.name}: {reason or 'no reason given'}", status)


def may_stand(state: State, event_id: str, at: datetime) -> bool:
    """Return whether a draft waits for which a plan may stand by now, as far as the message alone tells."""
    board, message = state.boards[event_id], state.latest[event_id]
    return any(
        _waiting(board, plan.plan.content.thread) is not None and not any(unmet(plan, message, at))
        for plan in state.plans.values()
    )


def use(desk: Desk, work: Work, event_id: str) -> tuple[str, ...]:
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
        if event_id not in state.reasons:
            work.plan(NotUsed(work.at, SYSTEM, plan_id, event_id, reasons))
            why = f"plan {plan_id} does not stand for this launch: {'; '.join(reasons)}"
            page(work, event_id, why, message.status)
    return ()


def _reasons(
    desk: Desk,
    state: PlanState,
    draft: DraftState,
    content: Content | None,
    message: DecisionMessage,
    at: datetime,
) -> Iterator[str]:
    called: dict[str, PlaceFigures | None] = dict.fromkeys(draft.content.shelter)
    for place in message.places:
        key = desk.gazetteer.key(place.code)
        if key in called:
            called[key] = place
    yield from unmet(state, message, at)
    yield from unmet_places(state.plan, called)
    if content is None or wording(content) != wording(state.plan.content):
        yield "the words would not be those that were approved"


def _issue(
    desk: Desk, work: Work, state: PlanState, draft: DraftState, content: Content, message: DecisionMessage
) -> tuple[str, ...]:
    plan, event_id = state.plan, message.event
    work.record(Revised(work.at, SYSTEM, event_id, draft.draft_id, content, draft.basis))
    vouched = Vouched(
        work.at, SYSTEM, event_id, draft.draft_id, content.hash,
        plan.plan_id, plan.hash, state.people, message.id,
    )  # fmt: skip
    work.record(vouched)
    made = desk.send(work, event_id, draft.draft_id, SYSTEM, plan.plan_id)
    page(
        work,
        event_id,
        f"called by plan {plan.plan_id}: {counted(len(content.shelter), 'place')}; watch, lift, retract",
        plan.status,
    )
    return made


def _anew(desk: Desk, work: Work, plan: Plan, message: DecisionMessage) -> Content | None:
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


def _first_call(desk: Desk, launch: Announced, now: datetime) -> Content:
    """Return what people would be told if the launch came as the window begins."""
    area = next((a for a in desk.policy.area if a.country == launch.country), None)
    if area is None:
        allowed = ", ".join(a.country for a in desk.policy.area)
        raise _wrong("country", launch.country, allowed)
    keys = {code: desk.gazetteer.key(code) for code in launch.places}
    strange = [code for code, key in keys.items() if key is None or not area.holds(key)]
    if strange or not keys:
        raise _wrong(
            "places", ", ".join(strange[:5]) or "none", f"places of {launch.country} that the desk knows"
        )
    message = DecisionMessage(
        1, "decision", launch.plan_id, "plan", 0, launch.plan_id, launch.status, now, now, TrackState.NONE,
        Outcome.FLYING, Launch(launch.begins, 0.0, launch.origin, launch.vehicle), (), "",
    )  # fmt: skip
    board = Board(launch.plan_id, launch.status, launch.title, now)
    writer = Writer(board, message, area, desk.policy.hold, desk.gazetteer, {}, launch.begins)
    return writer.raising((), {key for key in keys.values() if key is not None}, {})


def _wrong(key: str, found: str, allowed: str) -> InputError:
    return InputError("plan", key, found=found[:120], allowed=allowed, remedy="Mend the plan.")
