"""The mechanical part of issuing: identifiers, ``sent``, references, and what goes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from overflight.errors import LifeError
from overflight.warning import life_rules as rules
from overflight.warning.board import LIFTING, Board, DraftState
from overflight.warning.life_records import Issued
from overflight.warning.templates import MessageKind

_TOKEN = re.compile(r"[0-9A-Za-z]{16,64}")


def next_sent(board: Board, now: datetime) -> datetime:
    """Return the ``sent`` of the next message: ``now`` in whole seconds, never before the last one.

    The offset of ``now`` is kept; where the clock went back, ``sent`` stands still.
    """
    sent = now.replace(microsecond=0)
    last = max((message.issued.sent for message in board.messages), default=sent)
    return max(sent, last).astimezone(now.tzinfo)


def identifier(board: Board, thread: str, token: str) -> str:
    """Return the identifier of the next message: event, thread and a random ``token``.

    ``token`` has 16 letters or digits or more, and is drawn by the caller for each message.
    """
    if not _TOKEN.fullmatch(token):
        remedy = "Draw one, for instance with secrets.token_hex(8)."
        allowed = "16 to 64 letters and digits"
        raise rules.refuse(board, "token", repr(token), allowed, remedy)
    words = (re.sub(r"[^0-9A-Za-z_-]", "-", word) for word in (board.event_id, thread))
    return ".".join((*words, token))


def messages_made(draft: DraftState) -> int:
    """Return how many messages issuing a draft makes: two for a retraction, else one."""
    return 2 if draft.content.kind is MessageKind.RETRACTION else 1


def issue(
    board: Board,
    draft_id: str,
    now: datetime,
    *,
    sender: str,
    tokens: Sequence[str],
    by: str,
    plan_id: str | None = None,
) -> tuple[Issued, ...]:
    """Return the records that issue a draft, to be applied in order and stored together.

    Parameters
    ----------
    now : the clock, with the offset that ``sent`` shall carry
    sender : CAP sender of the desk for this status
    tokens : a random token for each message (``messages_made``)
    by : who pressed the key, or ``SYSTEM``
    plan_id : pre-authorised plan that stands for the approvals, once it vouched for the draft

    Returns
    -------
    one record; for a retraction two, the ``Cancel`` and the corrective ``Update``

    Raises
    ------
    LifeError : a token is no token; whether the step is allowed is said by ``life.apply``
    """
    draft = board.draft(draft_id)
    if len(tokens) != messages_made(draft):
        remedy = "Draw one for each message (messages_made)."
        allowed = str(messages_made(draft))
        raise rules.refuse(board, "token", f"{len(tokens)} tokens", allowed, remedy)
    sent = next_sent(board, now)
    references = board.replaced(draft.content.thread, sent)
    people = rules.stood_for(draft) if plan_id else rules.approvers(draft, now)
    return tuple(
        Issued(
            at=now,
            by=by,
            event_id=board.event_id,
            draft_id=draft_id,
            content_hash=draft.content_hash,
            identifier=identifier(board, draft.content.thread, token),
            sender=sender,
            sent=sent,
            references=references,
            people=people,
            plan_id=plan_id,
            corrects=number == 1,
        )
        for number, token in enumerate(tokens)
    )


def ready(board: Board, at: datetime) -> tuple[DraftState, ...]:
    """Return the drafts with all approvals, in the order to issue them.

    Retractions first, then lifts, then what releases some places, then calls to shelter: issuing a lift
    overtakes the calls that wait behind it.
    """
    waiting = [draft for draft in board.drafts if draft.is_open and rules.has_quorum(draft, at)]
    return tuple(sorted(waiting, key=_rank))


def _rank(draft: DraftState) -> int:
    content = draft.content
    if content.kind is MessageKind.RETRACTION:
        return 0
    if content.kind in LIFTING:
        return 1
    return 2 if content.release else 3


def utc_text(time: datetime) -> str:
    """Return an instant for event names: ``20230823T185000Z``."""
    if time.utcoffset() is None:
        remedy = "Attach a timezone."
        raise LifeError("event", "time", found="no offset", allowed="an instant", remedy=remedy)
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"
