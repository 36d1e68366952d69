"""What may happen in the life of an alert, and who must agree.

========================  =======================================================================
step                      needs
========================  =======================================================================
issue, Actual, Exercise   two different approvers of this very content, each with a second factor
issue, Test               one approver
lift as "passed"          evidence that says so; a lost track never does
raise after a lift        a measurement newer than the lift
any message of a thread   every place called before is called again or released: none is dropped
retraction                two people like any other, and no evidence: an error is known by people
first call by a plan      a plan that two people approved beforehand, and whose conditions hold now
========================  =======================================================================

An approval holds for ten minutes, for one content hash: revising a draft voids it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from overflight.errors import LifeError
from overflight.warning.alert import Status
from overflight.warning.board import LIFTING, RAISING, Board, DraftState
from overflight.warning.life_records import (
    SYSTEM,
    Approved,
    Basis,
    Content,
    Drafted,
    Issued,
    Opened,
    Outcome,
    Record,
    Revised,
    Role,
    Vouched,
)
from overflight.warning.templates import MessageKind

PEOPLE_NEEDED = {Status.ACTUAL: 2, Status.EXERCISE: 2, Status.TEST: 1}
"""Different approvers a message needs; any other status is never issued. Drills practise the real."""

SECOND_FACTOR = frozenset({Status.ACTUAL, Status.EXERCISE})
"""Statuses whose approvals need a second factor."""

APPROVAL_VALID_S = 600.0
"""How long an approval holds: what was right ten minutes ago must be looked at again."""

SUPPORTS: dict[MessageKind, frozenset[Outcome]] = {
    MessageKind.LAUNCH: frozenset({Outcome.FLYING, Outcome.LOST, Outcome.NO_DATA}),
    MessageKind.OVERFLIGHT: frozenset({Outcome.FLYING, Outcome.LOST, Outcome.NO_DATA}),
    MessageKind.ALL_CLEAR: frozenset({Outcome.PASSED}),
    MessageKind.WILL_NOT_ARRIVE: frozenset({Outcome.WILL_NOT_ARRIVE}),
    MessageKind.COME_DOWN: frozenset({Outcome.COME_DOWN}),
}
"""Which outcomes may stand behind a kind of message. ``LOST`` and ``NO_DATA`` may hold or widen a call."""

_APPROVERS = frozenset({Role.APPROVER, Role.ADMIN})


def refuse(board: Board, rule: str, found: str, allowed: str, remedy: str) -> LifeError:
    """Return the refusal of a step."""
    return LifeError(board.event_id, rule, found=found, allowed=allowed, remedy=remedy)


def may_open(board: Board | None, record: Opened) -> None:
    """Refuse to open an event twice, or without an offset from UTC."""
    if board is not None:
        remedy = "Choose another event_id."
        raise refuse(board, "open", "an open event", "an event opened once", remedy)
    if record.at.utcoffset() is None:
        remedy = "Attach a timezone."
        raise LifeError(record.event_id, "at", found="no offset", allowed="an instant", remedy=remedy)


def belongs(board: Board, record: Record) -> None:
    """Refuse a record of another event, or one whose instant has no offset."""
    if record.event_id != board.event_id:
        remedy = "Give each record to the board of its event."
        raise refuse(board, "event", record.event_id, board.event_id, remedy)
    if record.at.utcoffset() is None:
        raise refuse(board, "at", "no offset", "an instant", "Attach a timezone.")


def must_be_open(board: Board, draft_id: str) -> DraftState:
    """Return a draft that can still be issued; refuse any other."""
    draft = board.draft(draft_id)
    if draft.end is not None:
        remedy = "Draft the message anew from the newest evidence."
        raise refuse(board, "state", f"a draft that is {draft.end.value}", "an open draft", remedy)
    return draft


def may_draft(board: Board, record: Drafted) -> None:
    """Refuse a draft whose name is taken, whose content cannot be, or whose evidence says otherwise."""
    if any(draft.draft_id == record.draft_id for draft in board.drafts):
        remedy = "Give every draft a name of its own."
        raise refuse(board, "draft_id", record.draft_id, "a new name", remedy)
    if record.answers is not None:
        board.draft(record.answers)
    _check_content(board, record.content)
    _check_basis(board, record.content, record.basis)


def may_revise(board: Board, record: Revised) -> None:
    """Refuse to revise what is closed, or into another thread, or into what cannot be."""
    draft = must_be_open(board, record.draft_id)
    if record.content.thread != draft.content.thread:
        remedy = "Draft a message for the other thread."
        raise refuse(board, "thread", record.content.thread, draft.content.thread, remedy)
    _check_content(board, record.content)
    _check_basis(board, record.content, record.basis)


def may_approve(board: Board, record: Approved) -> None:
    """Refuse an approval of another content, by the system, without the role or the second factor."""
    draft = must_be_open(board, record.draft_id)
    if record.content_hash != draft.content_hash:
        remedy = "Read the draft as it stands now, then approve that."
        raise refuse(board, "content hash", record.content_hash[:12], draft.content_hash[:12], remedy)
    if record.by == SYSTEM or not record.by or record.role not in _APPROVERS:
        remedy = "Ask an approver on duty."
        raise refuse(board, "role", f"{record.by or 'nobody'} ({record.role.value})", "an approver", remedy)
    if draft.content.status in SECOND_FACTOR and not record.second_factor:
        remedy = "Confirm with the second factor."
        raise refuse(board, "second factor", "none", "a fresh second factor", remedy)
    _needs_evidence(board, draft)


def approvers(draft: DraftState, at: datetime) -> tuple[str, ...]:
    """Return the different people whose approval of the present content holds at an instant."""
    valid = timedelta(seconds=APPROVAL_VALID_S)
    held = [a for a in draft.approvals if a.content_hash == draft.content_hash and at - a.at <= valid]
    return tuple(dict.fromkeys(approval.by for approval in held))


def has_quorum(draft: DraftState, at: datetime) -> bool:
    """Return whether enough different people have approved the present content."""
    needed = PEOPLE_NEEDED.get(draft.content.status)
    return needed is not None and len(approvers(draft, at)) >= needed


def may_vouch(board: Board, record: Vouched) -> None:
    """Refuse a plan for anything but the first call of a thread, whole and as it stands.

    Whether the plan itself was approved, and its conditions hold, is said by ``preauthorised.vouch``.
    """
    draft = must_be_open(board, record.draft_id)
    content = draft.content
    if record.by != SYSTEM or record.content_hash != draft.content_hash:
        found = f"{record.by}, {record.content_hash[:12]}"
        remedy = "Have it approved by two people."
        raise refuse(board, "plan", found, f"the desk, {draft.content_hash[:12]}", remedy)
    if content.kind not in RAISING or content.release or board.in_thread(content.thread):
        found = f"{content.kind.value} after {len(board.in_thread(content.thread))} messages"
        remedy = "Have it approved by two people."
        raise refuse(board, "plan", found, "the first call of a thread", remedy)
    needed = PEOPLE_NEEDED.get(content.status)
    if needed is None or len(set(record.people)) < needed:
        found = ", ".join(record.people) or "nobody"
        raise refuse(board, "two people", found, f"{needed} different approvers", "Have the plan approved.")
    _needs_evidence(board, draft)


def stood_for(draft: DraftState) -> tuple[str, ...]:
    """Return the people who approved the plan that stands for a draft, if one does."""
    return draft.vouched.people if draft.vouched else ()


def _check_vouched(board: Board, draft: DraftState, record: Issued) -> None:
    """A plan must have vouched for this very draft at this very instant: it is no standing approval."""
    by = draft.vouched
    if by is None or (by.plan_id, by.content_hash, by.people, by.at) != (
        record.plan_id, record.content_hash, record.people, record.at,
    ):  # fmt: skip
        found = f"plan {by.plan_id} vouched at {by.at.isoformat()}" if by else "no plan vouched for it"
        raise refuse(board, "plan", found, f"plan {record.plan_id}, now", "Have it approved by two people.")


def may_issue(board: Board, record: Issued) -> None:
    """Refuse to issue what was not approved, is out of date, or would break the order of messages."""
    draft = _issuable(board, record)
    if record.content_hash != draft.content_hash:
        remedy = "Issue the content that was approved."
        raise refuse(board, "content hash", record.content_hash[:12], draft.content_hash[:12], remedy)
    if record.plan_id is not None:
        _check_vouched(board, draft, record)
    elif not record.corrects:
        people = approvers(draft, record.at)
        if not has_quorum(draft, record.at) or record.people != people:
            needed = PEOPLE_NEEDED.get(draft.content.status, "no number of")
            found = f"approved by {', '.join(people) or 'nobody'}"
            remedy = "Have it approved; an approval holds for ten minutes."
            raise refuse(board, "two people", found, f"{needed} different approvers", remedy)
    _needs_evidence(board, draft)
    _check_order(board, record)
    _check_thread(board, draft.content, record)
    if not record.corrects:
        _check_not_lifted(board, draft)


def _issuable(board: Board, record: Issued) -> DraftState:
    if not record.corrects:
        return must_be_open(board, record.draft_id)
    draft = board.draft(record.draft_id)
    made = [m for m in board.messages if m.issued.draft_id == record.draft_id]
    if len(made) != 1 or not made[0].is_cancel or board.messages[-1] is not made[0]:
        remedy = "Issue the corrective update right after its cancel, once."
        raise refuse(board, "correction", "no cancel just issued", "the cancel of this draft", remedy)
    return draft


def _check_order(board: Board, record: Issued) -> None:
    """Identifiers are unique, ``sent`` never goes back, references name exactly what is replaced."""
    if any(message.identifier == record.identifier for message in board.messages):
        remedy = "Make a new identifier for every message."
        raise refuse(board, "identifier", record.identifier, "a new identifier", remedy)
    last = max((message.issued.sent for message in board.messages), default=record.sent)
    if record.sent < last or record.sent.microsecond:
        remedy = "Take overflight.warning.life_steps.next_sent."
        raise refuse(board, "sent", record.sent.isoformat(), f"whole seconds from {last.isoformat()}", remedy)
    draft = board.draft(record.draft_id)
    if draft.content.expires <= record.sent:
        remedy = "Revise the draft."
        raise refuse(board, "expires", draft.content.expires.isoformat(), "an instant after sent", remedy)


def _check_thread(board: Board, content: Content, record: Issued) -> None:
    if record.corrects:
        cancel = board.messages[-1]
        if record.references != cancel.issued.references:
            remedy = "Name what the cancel names."
            raise refuse(board, "references", "other ones", "those of the cancel", remedy)
        return
    expected = board.replaced(content.thread, record.sent)
    if record.references != expected:
        found = f"{len(record.references)} references"
        allowed = f"the {len(expected)} unexpired messages of thread {content.thread}"
        raise refuse(board, "references", found, allowed, "Take overflight.warning.life_steps.issue.")
    ever_called = {code for message in board.in_thread(content.thread) for code in message.open_shelter}
    is_idle = content.kind in LIFTING and not ever_called & set(content.release)
    if content.kind not in RAISING and (is_idle or not expected):
        remedy = "Nothing is left to be lifted; discard the draft."
        raise refuse(board, "nothing to lift", "no call to these places", "a call not yet lifted", remedy)
    silent = board.calls(content.thread, record.sent) - {*content.shelter, *content.release}
    if silent:
        found = f"{len(silent)} places called before and not named: {', '.join(sorted(silent)[:5])}"
        remedy = "Call or release each of them; no place is dropped in silence."
        raise refuse(board, "places", found, "every place that is called now", remedy)


def _check_not_lifted(board: Board, draft: DraftState) -> None:
    """A call to places that were released rests on a measurement newer than the release."""
    shelter = set(draft.content.shelter)
    for message in board.in_thread(draft.content.thread):
        if not shelter & set(message.content.release):
            continue
        if draft.basis is None or draft.basis.time <= message.issued.at:
            found = f"evidence of {draft.basis.time.isoformat() if draft.basis else 'nothing'}"
            allowed = f"a measurement after the lift of {message.issued.at.isoformat()}"
            remedy = "Late or repeated points do not raise again; wait for a new one."
            raise refuse(board, "raise after lift", found, allowed, remedy)


def _check_content(board: Board, content: Content) -> None:
    if content.status is not board.status:
        remedy = "Open an event of the other status; a drill never shares one with the real."
        raise refuse(board, "status", content.status.value, board.status.value, remedy)
    shelter, release = set(content.shelter), set(content.release)
    overlap = shelter & release
    if overlap or len(shelter) + len(release) != len(content.shelter) + len(content.release):
        remedy = "Name each place once."
        raise refuse(board, "places", "a place twice", "each place called or released", remedy)
    if not content.infos:
        raise refuse(board, "infos", "no text", "a text in each language", "Render it from its template.")
    _check_kind(board, content)


def _check_kind(board: Board, content: Content) -> None:
    """Raising kinds call, lifting kinds release; only a raising kind may do both (it narrows)."""
    if content.kind in RAISING:
        is_well = bool(content.shelter) and bool(content.release) == (content.release_kind in LIFTING)
    else:
        is_well = (
            bool(content.release) and not content.shelter and content.release_kind in (None, content.kind)
        )
    if not is_well:
        found = (
            f"{content.kind.value} that calls {len(content.shelter)} and releases {len(content.release)} "
            f"({content.release_kind.value if content.release_kind else 'no release kind'})"
        )
        allowed = (
            "a call with shelter places, a lift or retraction with released ones, a release with its kind"
        )
        raise refuse(board, "kind", found, allowed, "Say for each place what it is told.")


def _check_basis(board: Board, content: Content, basis: Basis | None) -> None:
    """Refuse a basis that does not carry what the message says; none is allowed, and then it waits."""
    if basis is None or content.kind is MessageKind.RETRACTION:
        return
    kind = content.release_kind or content.kind
    if basis.outcome not in SUPPORTS[kind]:
        allowed = " or ".join(sorted(SUPPORTS[kind])) + f" for {kind.value}"
        remedy = "Nothing is said to have passed, or not to come, that was not seen to."
        raise refuse(board, "evidence", basis.outcome.value, allowed, remedy)


def _needs_evidence(board: Board, draft: DraftState) -> None:
    if draft.basis is None and draft.content.kind is not MessageKind.RETRACTION:
        remedy = "Revise the draft with the evidence and its times."
        raise refuse(board, "evidence", "none yet", "a decision message behind it", remedy)
