"""The routes of pre-authorised plans: prepare, approve, hold, look."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import AwareDatetime, Field

from overflight.service import plans
from overflight.service.api.access import Approving, Looking, Writing, is_confirmed
from overflight.service.api.models import Answer, Hash, Taken, TextRow
from overflight.service.api.routes import SAID
from overflight.service.api.views import text_row
from overflight.warning.alert import Status
from overflight.warning.decision import EvidenceKind
from overflight.warning.json_values import to_json
from overflight.warning.preauthorised import Conditions, PlanState, known

router = APIRouter(prefix="/api/v1/plans", tags=["plans"], responses=SAID)  # type: ignore[arg-type]
PlanId = Annotated[str, Path(max_length=80)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Names = Annotated[list[Name], Field(min_length=1, max_length=2000)]
Probability = Annotated[float, Field(gt=0.0, le=1.0)] | None


class NewPlan(Taken):
    """A plan for one announced launch."""

    plan_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
    title: Annotated[str, Field(max_length=200)] = ""
    status: Status
    origin: Annotated[str, Field(min_length=2, max_length=2, description="country of the launch, ISO 3166-1")]
    vehicle: Annotated[str, Field(max_length=40)] = "rocket"
    begins: AwareDatetime
    ends: AwareDatetime
    expires: AwareDatetime
    country: Annotated[str, Field(min_length=2, max_length=2, description="whose people are called")]
    places: Names
    feeds: Names
    sensors: Names
    least_sensors: Annotated[int, Field(ge=1, le=100)] = 1
    evidence: tuple[EvidenceKind, ...] = (EvidenceKind.LAUNCH_SEEN,)
    max_age_s: Annotated[float, Field(gt=0.0, le=120.0)] = 10.0
    p_over_if_continues: Probability = None
    p_over: Probability = None
    p_debris: Probability = None


class PlanStep(Taken):
    """An approval, bound to the plan that was read; the code is the second factor."""

    plan_hash: Hash
    code: Annotated[str, Field(max_length=10)] = ""


class Hold(Taken):
    """Why a plan is stopped."""

    reason: Annotated[str, Field(max_length=500)] = ""


class PlanRow(Answer):
    """A plan as it stands, with the message that would go out."""

    plan_id: str
    title: str
    status: str
    phase: str
    plan_hash: str
    origin: str
    begins: datetime
    ends: datetime
    expires: datetime
    conditions: dict[str, Any]
    places: list[str]
    texts: list[TextRow]
    approved_by: list[str]
    used_for: str | None
    not_used: dict[str, list[str]]


@router.get("")
def list_plans(who: Looking, request: Request) -> list[PlanRow]:
    """List all plans, newest last."""
    desk = request.app.state.running.desk
    return [_row(state, desk.now()) for state in desk.store.state().plans.values()]


@router.post("", status_code=201)
def prepare(given: NewPlan, who: Writing, request: Request) -> PlanRow:
    """Write a plan; it is nothing until two people approve it."""
    running = request.app.state.running
    launch = plans.Announced(
        given.plan_id, given.title, given.status, given.origin, given.vehicle,
        given.begins, given.ends, given.expires, given.country, tuple(given.places),
    )  # fmt: skip
    conditions = Conditions(
        tuple(given.feeds), tuple(given.sensors), given.least_sensors, given.evidence,
        given.max_age_s, given.p_over_if_continues, given.p_over, given.p_debris,
    )  # fmt: skip
    plan = plans.prepare(running.desk, launch, conditions, who)
    running.changed()
    return _now(request, plan.plan_id)


@router.post("/{plan_id}/approve")
def approve(plan_id: PlanId, step: PlanStep, who: Approving, request: Request) -> PlanRow:
    """Approve the plan that was read."""
    running = request.app.state.running
    is_good = is_confirmed(request, who, step.code)
    plans.approve(running.desk, plan_id, step.plan_hash, who, second_factor=is_good)
    running.changed()
    return _now(request, plan_id)


@router.post("/{plan_id}/hold")
def hold(plan_id: PlanId, given: Hold, who: Writing, request: Request) -> PlanRow:
    """Stop a plan at once; two new approvals let it go on."""
    running = request.app.state.running
    plans.hold(running.desk, plan_id, who, given.reason)
    running.changed()
    return _now(request, plan_id)


def _now(request: Request, plan_id: str) -> PlanRow:
    desk = request.app.state.running.desk
    return _row(known(desk.store.state().plans.get(plan_id), plan_id), desk.now())


def _row(state: PlanState, at: datetime) -> PlanRow:
    plan = state.plan
    return PlanRow(
        plan_id=plan.plan_id,
        title=plan.title,
        status=plan.status.value,
        phase=state.phase(at),
        plan_hash=plan.hash,
        origin=plan.origin,
        begins=plan.begins,
        ends=plan.ends,
        expires=plan.expires,
        conditions=to_json(plan.conditions),
        places=list(plan.content.shelter),
        texts=[text_row(info) for info in plan.content.infos],
        approved_by=list(state.people),
        used_for=state.used.event_id if state.used else None,
        not_used={event: list(record.reasons) for event, record in state.not_used.items()},
    )
