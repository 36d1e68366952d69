"""The desk: what is heard becomes drafts, what people approve is signed, stored and put in the outbox.

Each method is one change in the store.  All of it happens, durably, before the method returns; or nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from overflight.errors import InputError, LifeError
from overflight.service.channels.guard import Guarded
from overflight.service.config import Signing
from overflight.service.outbox import enqueue
from overflight.service.paging import page
from overflight.service.people import Principal
from overflight.service.redecide import rules_in_force
from overflight.service.standing import may_stand, use_plan
from overflight.service.store import Store, Work, digest_of
from overflight.service.tables import alert
from overflight.warning.audiences import audience_of
from overflight.warning.board import Board
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.compose import compose
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.cap.sign import sign
from overflight.warning.decide import decide
from overflight.warning.decision import DecisionMessage
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life import alert_of
from overflight.warning.life_records import SYSTEM, Approved, Discarded, Issued, Opened, Record, Withheld
from overflight.warning.life_steps import issue, messages_made
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.policy import Policy

FUTURE_S = 30.0
"""How far a message may be ahead of our clock: more is a wrong clock, and is not believed."""


_EVENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Desk:
    """One desk over one store."""

    store: Store
    policy: Policy
    gazetteer: Gazetteer
    signing: Signing
    channels: Sequence[Guarded]
    now: Callable[[], datetime] = _now
    is_live: bool = True  # False: scripted times are taken as they are (replays, demonstrations)
    _rules: tuple[Policy, dict[str, Any], str] | None = None  # as the log keeps them, and their digest

    def hear(self, message: DecisionMessage) -> tuple[Record, ...]:
        """Take in a decision message; return the steps it led to.

        Raises
        ------
        InputError : repeated, older than what is known, from the future, or of a status we cannot send
        """
        now = self.now()
        with self.store.write(now) as work:
            self._refuse_unfit(work, message, now)
            if message.event not in work.state.boards:
                title = message.launch.name or f"Launch from {message.launch.origin}"
                work.record(Opened(now, SYSTEM, message.event, message.status, title))
            work.note("heard", message.event, message)
            made = self._decide(work, message.event)
        self._use_plans(message.event)
        return made

    def look_again(self, event_id: str) -> tuple[Record, ...]:
        """Decide again on what is known: time has passed, a last arrival with it, or a plan was approved."""
        state = self.store.state()
        message = state.latest.get(event_id)
        if message is None:
            return ()
        made = decide(state.boards[event_id], message, self.policy, self.gazetteer, self.now()).records
        if made:
            with self.store.write(self.now()) as work:
                made = self._decide(work, event_id)
            state = self.store.state()
        if may_stand(state, event_id, self.now()):
            self._use_plans(event_id)
        return made

    def approve(self, draft_id: str, content_hash: str, who: Principal, *, second_factor: bool) -> None:
        """Approve one content. LifeError if it is another one by now, or the person may not."""
        now = self.now()
        with self.store.write(now) as work:
            board = board_of(work, draft_id)
            work.record(
                Approved(
                    now,
                    who.name,
                    board.event_id,
                    draft_id,
                    content_hash,
                    who.role,
                    second_factor,
                    who.session[:16],
                )
            )

    def withhold(self, draft_id: str, content_hash: str, who: Principal, reason: str) -> None:
        """Stop a draft: its approvals are void."""
        with self._on(draft_id, content_hash) as (work, board):
            work.record(Withheld(work.at, who.name, board.event_id, draft_id, reason))

    def discard(self, draft_id: str, content_hash: str, who: Principal, reason: str) -> None:
        """Put a draft away."""
        with self._on(draft_id, content_hash) as (work, board):
            work.record(Discarded(work.at, who.name, board.event_id, draft_id, reason))

    def issue(self, draft_id: str, content_hash: str, who: Principal) -> tuple[str, ...]:
        """Make the message that was approved: signed, stored and in the outbox. Return its identifiers.

        Raises
        ------
        LifeError : the rules do not allow it; InputError : it cannot be signed, or is no proper alert
        """
        with self._on(draft_id, content_hash) as (work, board):
            return self.send(work, board.event_id, draft_id, who.name)

    def send(
        self, work: Work, event_id: str, draft_id: str, by: str, plan_id: str | None = None
    ) -> tuple[str, ...]:
        """Make a message in a change: signed, stored, in the outbox, and what follows from it drafted."""
        board = work.state.boards[event_id]
        sender, _ = self.signing.of(board.status)
        tokens = [secrets.token_hex(8) for _ in range(messages_made(board.draft(draft_id)))]
        records = issue(board, draft_id, work.at, sender=sender, tokens=tokens, by=by, plan_id=plan_id)
        for record in records:
            work.record(record)
            self._store_signed(work, record)
        if event_id in work.state.latest:
            self._decide(work, event_id)
        return tuple(record.identifier for record in records)

    def _use_plans(self, event_id: str) -> None:
        """Let a plan stand for the first call; a fault in that takes nothing from what was heard."""
        if not self.store.state().plans:
            return
        try:
            with self.store.write(self.now()) as work:
                use_plan(self, work, event_id)
        except (InputError, LifeError) as fault:
            with self.store.write(self.now()) as work:
                status = work.state.boards[event_id].status
                page(work, event_id, (PlanSaid(PlanPhrase.BY_HAND, (str(fault),)),), status)

    def _store_signed(self, work: Work, record: Issued) -> None:
        board = work.state.boards[record.event_id]
        value = alert_of(board, record.identifier)
        composed = compose(value)
        report = check_alert(composed, Profile.DESK)
        if report.verdict is Verdict.REJECT:
            fault = report.findings[0]
            remedy = "Withhold the draft; report this, the desk must not make such a message."
            raise InputError("alert", fault.path, found=fault.message, allowed=fault.rule, remedy=remedy)
        _, signer = self.signing.of(board.status)
        signed = sign(composed, signer, work.at)
        digest = hashlib.sha256(signed).hexdigest()
        work.connection.execute(
            alert.insert().values(
                identifier=record.identifier,
                event_id=record.event_id,
                status=board.status.value,
                sent=record.sent.isoformat(),
                composed=composed,
                signed=signed,
                digest=digest,
            )
        )
        body = {"identifier": record.identifier, "digest": digest}
        work.note("signed", record.event_id, body | {"composed": hashlib.sha256(composed).hexdigest()})
        audience = audience_of(board.message(record.identifier).content.thread)
        names = [
            channel.name
            for channel in self.channels
            if board.status in channel.statuses and audience in channel.audiences
        ]
        enqueue(work, record.event_id, record.identifier, board.status, names)

    def _decide(self, work: Work, event_id: str) -> tuple[Record, ...]:
        self._write_down_rules(work)
        board, message = work.state.boards[event_id], work.state.latest[event_id]
        made = decide(board, message, self.policy, self.gazetteer, work.at)
        for record in made.records:
            work.record(record)
        return made.records

    def _write_down_rules(self, work: Work) -> None:
        """Keep in the log what is decided by, as it changes, so that each decision can be made again."""
        if self._rules is None or self._rules[0] is not self.policy:
            body = rules_in_force(self.policy, self.gazetteer)
            self._rules = (self.policy, body, digest_of(body))
        if work.state.rules != self._rules[2]:
            work.note("rules", "", self._rules[1])

    def _refuse_unfit(self, work: Work, message: DecisionMessage, now: datetime) -> None:
        where = f"decision message {message.id}"
        self.signing.of(message.status)
        if not _EVENT.fullmatch(message.event):
            remedy, allowed = "Name the event so.", "letters, digits, . _ : -"
            raise InputError(where, "event", found=repr(message.event)[:60], allowed=allowed, remedy=remedy)
        board = work.state.boards.get(message.event)
        if board is not None and board.status is not message.status:
            remedy = "A drill is an event of its own; it never shares one with the real."
            found = message.status.value
            raise InputError(where, "status", found=found, allowed=board.status.value, remedy=remedy)
        known = work.state.heard.get((message.event, message.source))
        if known is not None and (message.seq <= known[0] or message.time < known[1]):
            found = f"seq {message.seq}, time {message.time.isoformat()}"
            allowed = f"after seq {known[0]}, time {known[1].isoformat()}"
            raise InputError(
                where, "seq", found=found, allowed=allowed, remedy="Drop it: it is known or old."
            )
        if self.is_live and (message.made - now).total_seconds() > FUTURE_S:
            remedy = "Set the clock of the sender, or ours."
            allowed = f"at most {FUTURE_S:g} s after {now.isoformat()}"
            raise InputError(where, "made", found=message.made.isoformat(), allowed=allowed, remedy=remedy)

    @contextmanager
    def _on(self, draft_id: str, content_hash: str) -> Iterator[tuple[Work, Board]]:
        """Make one change to one draft whose content is still the one that the person saw."""
        with self.store.write(self.now()) as work:
            board = board_of(work, draft_id)
            stands = board.draft(draft_id).content_hash
            if stands != content_hash:
                found, remedy = content_hash[:12], "Read the draft as it stands now."
                raise LifeError(
                    board.event_id, "content hash", found=found, allowed=stands[:12], remedy=remedy
                )
            yield work, board


def board_of(work: Work, draft_id: str) -> Board:
    """Return the board that has a draft; InputError if none has."""
    for board in work.state.boards.values():
        if any(draft.draft_id == draft_id for draft in board.drafts):
            return board
    remedy = "Reload the page."
    raise InputError("draft", found=draft_id[:80], allowed="a draft of an open event", remedy=remedy)
