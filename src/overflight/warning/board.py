"""How the messages of one event stand: drafts, what was issued, who is told to shelter now.

A board is made from the log of its event by :func:`overflight.warning.life.apply`, and by nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from overflight.errors import LifeError
from overflight.warning.alert import Reference, Status
from overflight.warning.life_records import Approved, Basis, Content, Issued, Vouched
from overflight.warning.templates import MessageKind

RAISING = frozenset({MessageKind.LAUNCH, MessageKind.OVERFLIGHT})
"""Kinds that call people to shelter."""

LIFTING = frozenset({MessageKind.ALL_CLEAR, MessageKind.WILL_NOT_ARRIVE, MessageKind.COME_DOWN})
"""Kinds that end a call that was right when it was made."""


class Phase(StrEnum):
    """Where a draft, or the message made of it, stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"
    OVERTAKEN = "overtaken"  # a call to shelter drafted before its places were lifted: never sent
    ISSUED = "issued"
    UPDATED = "updated"  # a later message replaces it, and some of its places are still called
    LIFTED = "lifted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft as it stands; ``end`` is None while it can still be issued."""

    draft_id: str
    content: Content
    content_hash: str
    basis: Basis | None
    made_at: datetime
    made_by: str
    answers: str | None
    approvals: tuple[Approved, ...] = ()
    end: Phase | None = None
    vouched: Vouched | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be approved and issued."""
        return self.end is None


@dataclass(frozen=True, slots=True)
class SentMessage:
    """An issued message and what became of it; ``open_shelter`` are its places not yet released."""

    issued: Issued
    content: Content
    basis: Basis | None
    open_shelter: frozenset[str]
    end: Phase | None = None

    @property
    def identifier(self) -> str:
        """The CAP identifier."""
        return self.issued.identifier

    @property
    def is_cancel(self) -> bool:
        """Whether it went out as ``Cancel``."""
        return self.content.kind is MessageKind.RETRACTION and not self.issued.corrects

    def phase(self, at: datetime) -> Phase:
        """Return where the message stands at an instant: what ended it, else whether it has expired."""
        if self.end is Phase.LIFTED or self.end is Phase.CANCELLED:
            return self.end
        if at >= self.content.expires:
            return Phase.EXPIRED
        return self.end or Phase.ISSUED

    def is_to_be_replaced(self, at: datetime) -> bool:
        """Return whether the next message of the thread must name this one."""
        phase = self.phase(at)
        return phase is not Phase.CANCELLED and (phase is not Phase.EXPIRED or bool(self.open_shelter))

    def as_reference(self) -> Reference:
        """Return how a later message refers to this one."""
        return Reference(self.issued.sender, self.identifier, self.issued.sent)


@dataclass(frozen=True, slots=True)
class Board:
    """All drafts and messages of one event, in the order they were made."""

    event_id: str
    status: Status
    title: str
    opened_at: datetime
    drafts: tuple[DraftState, ...] = ()
    messages: tuple[SentMessage, ...] = ()

    def draft(self, draft_id: str) -> DraftState:
        """Return a draft; LifeError if there is none of that name."""
        for draft in self.drafts:
            if draft.draft_id == draft_id:
                return draft
        raise LifeError(
            self.event_id,
            "draft",
            found=f"{draft_id!r}",
            allowed="a draft of this event",
            remedy="Reload the board.",
        )

    def message(self, identifier: str) -> SentMessage:
        """Return an issued message; LifeError if there is none."""
        for message in self.messages:
            if message.identifier == identifier:
                return message
        remedy = "Reload the board."
        raise LifeError(self.event_id, "message", found=identifier, allowed="an issued one", remedy=remedy)

    def in_thread(self, thread: str) -> tuple[SentMessage, ...]:
        """Return the messages of a thread, oldest first."""
        return tuple(message for message in self.messages if message.content.thread == thread)

    def to_people(self) -> tuple[SentMessage, ...]:
        """Return the messages to people on land, not those to boats or aircraft (``JP:boats``)."""
        return tuple(message for message in self.messages if ":" not in message.content.thread)

    def calls(self, thread: str, at: datetime) -> frozenset[str]:
        """Return the codes of the places of a thread that are told to shelter at an instant."""
        called: frozenset[str] = frozenset()
        for message in self.in_thread(thread):
            if message.phase(at) in (Phase.ISSUED, Phase.UPDATED):
                called |= message.open_shelter
        return called

    def replaced(self, thread: str, at: datetime) -> tuple[Reference, ...]:
        """Return the references that the next message of a thread must carry.

        All unexpired messages, and expired calls that were never lifted: people still sit in shelters.
        """
        return tuple(
            message.as_reference()
            for message in self.in_thread(thread)
            if not message.is_cancel and message.is_to_be_replaced(at)
        )

    def is_deliverable(self, identifier: str) -> bool:
        """Return whether a message may still be delivered: nothing issued later replaces it.

        A queue asks this before each attempt; so a call to shelter never arrives after its all-clear.
        """
        self.message(identifier)
        return not any(
            reference.identifier == identifier
            for message in self.messages
            for reference in message.issued.references
        )
