"""Pre-authorised plans at the desk: written for an announced launch, approved by two people, used once.

The rules stand in :mod:`overflight.warning.preauthorised` and are asked again whenever the log is read; how
a plan is used, in :mod:`overflight.service.standing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overflight.errors import InputError
from overflight.service.desk import Desk
from overflight.service.paging import page
from overflight.service.people import Principal
from overflight.warning.alert import Status
from overflight.warning.board import Board
from overflight.warning.contents import Writer
from overflight.warning.decision import DecisionMessage, Launch, TrackState
from overflight.warning.life_records import Content, Outcome
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.preauthorised import (
    Conditions,
    Plan,
    PlanApproved,
    PlanHeld,
    Prepared,
)


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
        said = PlanSaid(PlanPhrase.HELD, (plan_id, who.name, reason or "no reason given"))
        page(work, "", (said,), status)


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
