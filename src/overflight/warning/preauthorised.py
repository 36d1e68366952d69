"""Pre-authorised plans: how a first call goes out at once, and still two people have approved it.

A plan is written and approved for one announced launch, before it.  It holds one message, to the letter: its
places, areas and texts; only the times in it are filled in at the launch.  The desk may issue that message by
itself, once, if everything the plan states holds; if anything does not, the launch takes the way of every
other draft, and waits for two people.

========================  =====================================================================
a plan                    needs
========================  =====================================================================
is approved               two different approvers of this very plan, each with a second factor
is held                   one person, at any time; it must then be approved anew by two
is used                   every condition of :func:`unmet`, the approved wording, the first call
is over                   after one use, or at ``expires``
========================  =====================================================================

The life of a plan is a fold over its records, as that of an alert is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from overflight.errors import InputError, LifeError
from overflight.warning.alert import AlertInfo, Status
from overflight.warning.board import Board
from overflight.warning.decision import DecisionMessage, EvidenceKind, PlaceFigures, TrackState
from overflight.warning.json_values import digest, from_json, to_json
from overflight.warning.life_records import SYSTEM, Content, Outcome, Role, Vouched
from overflight.warning.life_rules import PEOPLE_NEEDED, SECOND_FACTOR
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.templates import MessageKind

LONGEST = timedelta(days=30)
"""How long before its end a plan may be prepared: one launch, not a standing order."""

_TIMES = re.compile(r"\d{1,2}時\d{1,2}分|\d{1,2}시(?: \d{1,2}분)?|\b\d{2}:\d{2}\b")
_PLAN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the deciding message must show.

    ``sensors`` are the only ones whose measurements may stand behind it, ``least_sensors`` of them at least;
    ``feeds`` the only sources of messages.  Some place must reach one of the thresholds; a threshold left
    out is never reached.
    """

    feeds: tuple[str, ...]
    sensors: tuple[str, ...]
    least_sensors: int = 1
    evidence: tuple[EvidenceKind, ...] = (EvidenceKind.LAUNCH_SEEN,)
    max_age_s: float = 10.0
    p_over_if_continues: float | None = 0.5
    p_over: float | None = None
    p_debris: float | None = None

    def __post_init__(self) -> None:
        limits = (self.p_over_if_continues, self.p_over, self.p_debris)
        if not self.feeds or not 1 <= self.least_sensors <= len(set(self.sensors)):
            raise _wrong("sensors", f"{len(self.feeds)} feeds, {len(self.sensors)} sensors", "named ones")
        if not 0.0 < self.max_age_s <= 120.0:
            raise _wrong("max_age_s", f"{self.max_age_s:g}", "above 0, at most 120 s")
        if not any(limits) or not all(limit is None or 0.0 < limit <= 1.0 for limit in limits):
            raise _wrong("thresholds", f"{limits}", "at least one probability, each above 0 and at most 1")

    def reached_by(self, figures: PlaceFigures) -> bool:
        """Return whether a place reaches a threshold."""
        pairs = (
            (figures.p_over_if_continues, self.p_over_if_continues),
            (figures.p_over, self.p_over),
            (figures.p_debris, self.p_debris),
        )
        return any(least is not None and value >= least for value, least in pairs)


@dataclass(frozen=True, slots=True)
class Plan:
    """What two people approve: one message for one announced launch, and when it may go out.

    ``content`` is shown to them with the beginning of the window as the time of launch.
    """

    plan_id: str
    title: str
    status: Status
    origin: str  # country of the launch
    begins: datetime
    ends: datetime
    expires: datetime
    conditions: Conditions
    content: Content

    def __post_init__(self) -> None:
        if not _PLAN_ID.fullmatch(self.plan_id):
            raise _wrong("plan_id", repr(self.plan_id)[:60], "1 to 80 letters, digits and . _ : -")
        if not self.begins < self.ends <= self.expires:
            found = f"{self.begins.isoformat()}, {self.ends.isoformat()}, {self.expires.isoformat()}"
            raise _wrong("begins, ends, expires", found, "instants in this order")
        is_call = self.content.kind is MessageKind.LAUNCH and self.content.shelter
        if not is_call or self.content.release or self.content.status is not self.status:
            raise _wrong("content", f"{self.content.kind} of {self.content.status}", f"a first {self.status}")

    @property
    def hash(self) -> str:
        """What an approval is bound to."""
        return digest(self)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan was written."""

    at: datetime
    by: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """A person approved a plan, by its hash."""

    at: datetime
    by: str
    plan_id: str
    plan_hash: str
    role: Role
    second_factor: bool


@dataclass(frozen=True, slots=True)
class PlanHeld:
    """Someone stopped a plan: its approvals are void."""

    at: datetime
    by: str
    plan_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A call waits that the plan might have stood for, and this is why it does not.

    ``said`` is the same as ``reasons``, to be told in other languages; older logs have none.
    """

    at: datetime
    by: str
    plan_id: str
    event_id: str
    reasons: tuple[str, ...]
    said: tuple[PlanSaid, ...] = ()


PlanRecord = Prepared | PlanApproved | PlanHeld | NotUsed

_KINDS: dict[str, type[PlanRecord]] = {
    "prepared": Prepared,
    "approved": PlanApproved,
    "held": PlanHeld,
    "not_used": NotUsed,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class PlanState:
    """A plan as it stands."""

    plan: Plan
    by: str
    approvals: tuple[PlanApproved, ...] = ()
    held: PlanHeld | None = None
    used: Vouched | None = None
    not_used: Mapping[str, NotUsed] = field(default_factory=dict)  # why not, by event

    @property
    def people(self) -> tuple[str, ...]:
        """The different people who approved it."""
        return tuple(dict.fromkeys(approval.by for approval in self.approvals))

    def phase(self, at: datetime) -> str:
        """Return where it stands, in one word."""
        if self.used is not None:
            return "used"
        if at >= self.plan.expires:
            return "expired"
        if len(self.people) >= _needed(self.plan):
            return "approved"
        return "held" if self.held is not None else "prepared"


def apply_plan(state: PlanState | None, record: PlanRecord) -> PlanState:
    """Return the plan after one more record.

    Raises
    ------
    LifeError : the rules do not allow it
    """
    if isinstance(record, Prepared):
        _may_prepare(state, record)
        return PlanState(record.plan, record.by)
    state = known(state, record.plan_id)
    match record:
        case PlanApproved():
            _may_approve(state, record)
            earlier = tuple(a for a in state.approvals if a.by != record.by)
            return replace(state, approvals=(*earlier, record))
        case PlanHeld():
            if state.used is not None:
                raise _refuse(
                    record.plan_id, "hold", "a plan already used", "one not used", "Retract the call."
                )
            return replace(state, approvals=(), held=record)
        case NotUsed():
            return replace(state, not_used={**state.not_used, record.event_id: record})


def vouch(state: PlanState | None, board: Board, message: DecisionMessage, record: Vouched) -> PlanState:
    """Return the plan after it stood for the approvals of a draft.

    Raises
    ------
    LifeError : a condition is not met, or the draft is not the approved message
    """
    state = known(state, record.plan_id)
    plan, content = state.plan, board.draft(record.draft_id).content
    faults = [str(one) for one in unmet(state, message, record.at)]
    if record.plan_hash != plan.hash or record.people != state.people or record.message_id != message.id:
        faults.append("it names another plan, other people or another message")
    if content.shelter != plan.content.shelter:
        faults.append("the draft has other places than were approved")
    if wording(content) != wording(plan.content):
        faults.append("the draft has other words than were approved")
    if faults:
        remedy = "Have the draft approved by two people."
        raise _refuse(plan.plan_id, "plan", "; ".join(faults), "every condition of the plan", remedy)
    return replace(state, used=record)


def unmet(state: PlanState, message: DecisionMessage, at: datetime) -> Iterator[PlanSaid]:
    """Yield every condition that a plan sets and a decision message does not meet; none: use it."""
    plan, asked, phase = state.plan, state.plan.conditions, state.phase(at)
    if phase != "approved":
        yield PlanSaid(PlanPhrase.PHASE, (phase,))
    if message.status is not plan.status:
        yield PlanSaid(PlanPhrase.DRILL_WALL, (plan.status.value, message.status.value))
    if message.launch.origin != plan.origin:
        yield PlanSaid(PlanPhrase.ORIGIN, (message.launch.origin, plan.origin))
    if not plan.begins <= message.launch.time <= plan.ends:
        yield PlanSaid(PlanPhrase.WINDOW, (f"{message.launch.time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",))
    if message.source not in asked.feeds:
        yield PlanSaid(PlanPhrase.FEED, (message.source,))
    named, others = set(message.sensors) & set(asked.sensors), set(message.sensors) - set(asked.sensors)
    if others:
        yield PlanSaid(PlanPhrase.OTHER_SENSORS, (", ".join(sorted(others)),))
    if len(named) < asked.least_sensors:
        yield PlanSaid(PlanPhrase.FEW_SENSORS, (str(len(named)), str(asked.least_sensors)))
    missing = set(asked.evidence) - {fact.kind for fact in message.evidence}
    for kind in sorted(missing):
        yield PlanSaid(PlanPhrase.NO_EVIDENCE, (kind.value,))
    if message.track is not TrackState.FIRM or message.outcome is not Outcome.FLYING:
        yield PlanSaid(PlanPhrase.TRACK, (message.track.value, message.outcome.value))
    age_s = (at - message.time).total_seconds()
    if not 0.0 <= age_s <= asked.max_age_s:
        yield PlanSaid(PlanPhrase.AGE, (f"{age_s:.1f}", f"{asked.max_age_s:g}"))


def unmet_places(plan: Plan, called: Mapping[str, PlaceFigures | None]) -> Iterator[PlanSaid]:
    """Yield why the places that are to be called, by key, are not those of a plan."""
    beyond = sorted(set(called) - set(plan.content.shelter))
    if beyond:
        yield PlanSaid(PlanPhrase.BEYOND, (str(len(beyond)), ", ".join(beyond[:5])))
    if not any(figures and plan.conditions.reached_by(figures) for figures in called.values()):
        yield PlanSaid(PlanPhrase.THRESHOLD)


def wording(content: Content) -> str:
    """Return the SHA-256 of everything that a message says but its times."""
    infos = tuple(_without_times(info) for info in content.infos)
    return digest(replace(content, infos=infos, expires=datetime.min.replace(tzinfo=UTC)))


def known(state: PlanState | None, plan_id: str) -> PlanState:
    """Return the plan, or refuse: there is none."""
    if state is None:
        raise _refuse(plan_id, "plan", "none", "a plan that was prepared", "Reload the plans.")
    return state


def plan_to_json(record: PlanRecord) -> dict[str, Any]:
    """Return a record as plain JSON values; ``record`` names its kind."""
    return {"record": _NAMES[type(record)], **to_json(record)}


def plan_from_json(value: Mapping[str, Any]) -> PlanRecord:
    """Return the record that :func:`plan_to_json` wrote; InputError if it is none."""
    kind = _KINDS.get(value.get("record", ""))
    if kind is None:
        raise _wrong("record", repr(value.get("record"))[:60], ", ".join(_KINDS))
    return from_json(kind, {k: v for k, v in value.items() if k != "record"}, "plan")


def _may_prepare(state: PlanState | None, record: Prepared) -> None:
    plan = record.plan
    if state is not None:
        raise _refuse(plan.plan_id, "plan_id", "a plan of that name", "a new name", "Choose another.")
    if not record.at < plan.ends or plan.expires - record.at > LONGEST:
        allowed = f"a window still to end, and an end within {LONGEST.days} days"
        raise _refuse(plan.plan_id, "expires", plan.expires.isoformat(), allowed, "Set the times anew.")


def _may_approve(state: PlanState, record: PlanApproved) -> None:
    plan_id, plan = state.plan.plan_id, state.plan
    if state.used is not None or record.at >= plan.expires:
        raise _refuse(plan_id, "plan", "used or expired", "one that is neither", "Prepare another.")
    if record.plan_hash != plan.hash:
        remedy = "Read the plan as it stands, then approve that."
        raise _refuse(plan_id, "plan hash", record.plan_hash[:12], plan.hash[:12], remedy)
    if not record.by or record.by == SYSTEM or record.role not in (Role.APPROVER, Role.ADMIN):
        found = f"{record.by or 'nobody'} ({record.role})"
        raise _refuse(plan_id, "role", found, "an approver", "Ask an approver on duty.")
    if plan.status in SECOND_FACTOR and not record.second_factor:
        remedy = "Confirm with the second factor."
        raise _refuse(plan_id, "second factor", "none", "a fresh second factor", remedy)


def _needed(plan: Plan) -> int:
    return max(2, PEOPLE_NEEDED.get(plan.status, 2))


def _without_times(info: AlertInfo) -> AlertInfo:
    return replace(
        info,
        effective=None,
        onset=None,
        expires=None,
        headline=_TIMES.sub("#", info.headline),
        description=_TIMES.sub("#", info.description),
        instruction=_TIMES.sub("#", info.instruction),
        parameters=tuple((name, _TIMES.sub("#", value)) for name, value in info.parameters),
    )


def _wrong(key: str, found: str, allowed: str) -> InputError:
    return InputError("plan", key, found=found, allowed=allowed, remedy="Mend the plan.")


def _refuse(plan_id: str, rule: str, found: str, allowed: str, remedy: str) -> LifeError:
    return LifeError(plan_id, rule, found=found, allowed=allowed, remedy=remedy)
