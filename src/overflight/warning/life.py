"""The life of an alert: a fold over the log of an event.

::

    draft ──> approved ──> issued ──> updated ──> lifted | cancelled | expired
      └────────┴──> discarded | overtaken

:func:`apply` takes one more record and returns the next :class:`~overflight.warning.board.Board`, or
refuses it with a :class:`~overflight.errors.LifeError`; whoever stores records applies first and stores
after.  So a log that was ever accepted folds again to the same board, on any machine.  The rules
themselves stand in :mod:`overflight.warning.life_rules`.

Time enters only with the records and as the argument ``at``: nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from overflight.errors import LifeError
from overflight.warning import life_rules as rules
from overflight.warning.alert import Alert, MsgType, Reference, Scope
from overflight.warning.audiences import RESTRICTION
from overflight.warning.board import Board, DraftState, Phase, SentMessage
from overflight.warning.life_records import (
    Approved,
    Content,
    Discarded,
    Drafted,
    Issued,
    Opened,
    Record,
    Revised,
    Vouched,
    Withheld,
)
from overflight.warning.templates import MessageKind


def fold(records: Iterable[Record]) -> dict[str, Board]:
    """Return the boards of a whole log, by event.

    Raises
    ------
    LifeError : a record breaks a rule; a log written through :func:`apply` never does
    """
    boards: dict[str, Board] = {}
    for record in records:
        boards[record.event_id] = apply(boards.get(record.event_id), record)
    return boards


def apply(board: Board | None, record: Record) -> Board:
    """Return the board after one more record (``None``: the event is not open yet).

    Raises
    ------
    LifeError : the rules do not allow this step; the board stays as it is
    """
    if isinstance(record, Opened):
        rules.may_open(board, record)
        return Board(record.event_id, record.status, record.title, record.at)
    if board is None:
        allowed = "an event that was opened"
        raise LifeError(record.event_id, "open", found="none", allowed=allowed, remedy="Open the event.")
    rules.belongs(board, record)
    match record:
        case Drafted():
            rules.may_draft(board, record)
            return replace(board, drafts=(*board.drafts, _drafted(record)))
        case Revised():
            rules.may_revise(board, record)
            return _revised(board, record)
        case Approved():
            rules.may_approve(board, record)
            earlier = tuple(a for a in board.draft(record.draft_id).approvals if a.by != record.by)
            return _changed(board, record.draft_id, approvals=(*earlier, record))
        case Withheld():
            rules.must_be_open(board, record.draft_id)
            return _changed(board, record.draft_id, approvals=(), vouched=None)
        case Vouched():
            rules.may_vouch(board, record)
            return _changed(board, record.draft_id, vouched=record)
        case Discarded():
            rules.must_be_open(board, record.draft_id)
            return _changed(board, record.draft_id, end=Phase.DISCARDED)
        case Issued():
            rules.may_issue(board, record)
            return _issued(board, record)


def phase_of(board: Board, draft_id: str, at: datetime) -> Phase:
    """Return where a draft, or the message made of it, stands at an instant."""
    draft = board.draft(draft_id)
    if draft.end is Phase.ISSUED:
        return [m for m in board.messages if m.issued.draft_id == draft_id][-1].phase(at)
    return draft.end or (Phase.APPROVED if rules.has_quorum(draft, at) else Phase.DRAFT)


def alert_of(board: Board, identifier: str) -> Alert:
    """Return an issued message as the CAP value that is composed, signed and sent."""
    message = board.message(identifier)
    issued, content = message.issued, message.content
    return Alert(
        identifier=issued.identifier,
        sender=issued.sender,
        sent=issued.sent,
        status=content.status,
        msg_type=msg_type(content, issued.references, corrects=issued.corrects),
        scope=content.scope,
        restriction=RESTRICTION if content.scope is Scope.RESTRICTED else None,
        infos=content.infos,
        source=content.source,
        note=content.note,
        references=issued.references,
        incidents=(board.event_id,),
    )


def msg_type(content: Content, references: tuple[Reference, ...], *, corrects: bool) -> MsgType:
    """Return the CAP type of a message, which follows from what it is and whether it replaces any."""
    if content.kind is MessageKind.RETRACTION and not corrects:
        return MsgType.CANCEL
    return MsgType.UPDATE if references else MsgType.ALERT


def _drafted(record: Drafted) -> DraftState:
    content = record.content
    return DraftState(
        record.draft_id, content, content.hash, record.basis, record.at, record.by, record.answers
    )


def _revised(board: Board, record: Revised) -> Board:
    return _changed(
        board,
        record.draft_id,
        content=record.content,
        content_hash=record.content.hash,
        basis=record.basis,
        made_at=record.at,
        made_by=record.by,
        approvals=(),
        vouched=None,
    )


def _changed(board: Board, draft_id: str, **change: Any) -> Board:
    drafts = tuple(replace(d, **change) if d.draft_id == draft_id else d for d in board.drafts)
    return replace(board, drafts=drafts)


def _issued(board: Board, record: Issued) -> Board:
    draft = board.draft(record.draft_id)
    content = draft.content
    sent = SentMessage(record, content, draft.basis, frozenset(content.shelter))
    earlier = tuple(
        _replaced(message, sent) if message.content.thread == content.thread else message
        for message in board.messages
    )
    overtaken = replace(board, drafts=tuple(_overtaken(d, draft) for d in board.drafts))
    return replace(_changed(overtaken, draft.draft_id, end=Phase.ISSUED), messages=(*earlier, sent))


def _replaced(message: SentMessage, by: SentMessage) -> SentMessage:
    """Return what becomes of a message when another of its thread is issued."""
    if message.identifier not in {r.identifier for r in by.issued.references}:
        return message
    if by.is_cancel:
        return replace(message, end=Phase.CANCELLED, open_shelter=frozenset())
    if message.end in (Phase.LIFTED, Phase.CANCELLED):
        return message
    still = message.open_shelter - frozenset(by.content.release)
    is_lifted = bool(message.content.shelter) and not still
    return replace(message, open_shelter=still, end=Phase.LIFTED if is_lifted else Phase.UPDATED)


def _overtaken(draft: DraftState, issued: DraftState) -> DraftState:
    """Return a draft after another was issued: an all-clear overtakes every waiting call to its places."""
    released = set(issued.content.release)
    is_same = draft.content.thread == issued.content.thread and draft.draft_id != issued.draft_id
    if draft.is_open and is_same and released & set(draft.content.shelter):
        return replace(draft, end=Phase.OVERTAKEN, approvals=())
    return draft
