"""What happens in the life of an alert, as records of an append-only log.

A record says what was done, when, by whom; nothing is ever changed or taken away.  The present state
is a fold over the records (:mod:`overflight.warning.life`).  Records are frozen values with one JSON
form (:func:`record_to_json`), so that another desk, or the same one after a crash, reads the same log.

``by`` is a person (not an account or a session), or ``SYSTEM`` for what the desk does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from overflight.errors import InputError
from overflight.warning.alert import AlertInfo, Reference, Scope, Status
from overflight.warning.json_values import digest, from_json, to_json
from overflight.warning.templates import MessageKind

SYSTEM = "system"
"""The actor of what no person did."""


class Role(StrEnum):
    """What a person may do."""

    VIEWER = "viewer"
    FEEDER = "feeder"
    AUTHOR = "author"
    APPROVER = "approver"
    ADMIN = "admin"


class Outcome(StrEnum):
    """What is known of a flight where a message speaks of it.

    ``LOST`` and ``NO_DATA`` are no outcome of the flight: nobody knows, and nothing may be said to
    have passed.
    """

    FLYING = "flying"
    PASSED = "passed"  # observed beyond the places, and nothing of it can still fall on them
    WILL_NOT_ARRIVE = "will_not_arrive"  # observed to have ended, or turned, short of the places
    COME_DOWN = "come_down"  # observed to fall until the horizon hid it; what could still fall is down by now
    LOST = "lost"  # was tracked, is not any more
    NO_DATA = "no_data"  # feeds are silent or not believed


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a message may be sent: the decision message behind it, and what that knew.

    ``time`` is the instant of the newest measurement it rests on; ``last_arrival`` when the last piece
    that could still reach the places would be down.
    """

    message_id: str
    source: str
    time: datetime
    outcome: Outcome
    words: str = ""
    last_arrival: datetime | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What people approve: everything of a message but its identifier, its ``sent`` and references.

    ``thread`` are the people addressed ("JP", "JP:boats"); messages of one thread replace one another.
    ``shelter`` are the codes of all places told to shelter once this is sent, ``release`` those told
    that the call is over, for which ``release_kind`` says why; together they hold every place of the
    thread that was called before, so nothing is ever dropped in silence.
    """

    thread: str
    kind: MessageKind
    status: Status
    scope: Scope
    shelter: tuple[str, ...]
    release: tuple[str, ...]
    release_kind: MessageKind | None
    expires: datetime
    infos: tuple[AlertInfo, ...]
    source: str | None = None
    note: str | None = None

    @property
    def hash(self) -> str:
        """The SHA-256 of the content's one JSON spelling: what an approval is bound to."""
        return digest(self)


@dataclass(frozen=True, slots=True)
class Opened:
    """An event begins: all its messages have the one ``status``."""

    at: datetime
    by: str
    event_id: str
    status: Status
    title: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A message was written. Without a ``basis`` it waits for its evidence.

    ``answers`` names the draft of the call for which this lift or retraction was prepared.
    """

    at: datetime
    by: str
    event_id: str
    draft_id: str
    content: Content
    basis: Basis | None
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Revised:
    """A draft has another content or basis; whoever approved the former has not approved this."""

    at: datetime
    by: str
    event_id: str
    draft_id: str
    content: Content
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Approved:
    """A person approved one content, by its hash."""

    at: datetime
    by: str
    event_id: str
    draft_id: str
    content_hash: str
    role: Role
    second_factor: bool
    session: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Someone stopped a draft: its approvals are void."""

    at: datetime
    by: str
    event_id: str
    draft_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """A draft will not be used."""

    at: datetime
    by: str
    event_id: str
    draft_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """A pre-authorised plan stands for two approvals of a draft: which plan, approved by whom.

    ``message_id`` is the decision message that met its conditions.  It voids like approvals do.
    """

    at: datetime
    by: str
    event_id: str
    draft_id: str
    content_hash: str
    plan_id: str
    plan_hash: str
    people: tuple[str, ...]
    message_id: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A message was made, to be signed and sent: what it is called, and what it replaces.

    A retraction is issued twice from one draft: first the ``Cancel``, then (``corrects``) an ``Update``
    with the same words, for receivers that do not show what a ``Cancel`` says.  ``people`` are those
    who approved, the message or the pre-authorised plan ``plan_id`` that stood for it.
    """

    at: datetime
    by: str
    event_id: str
    draft_id: str
    content_hash: str
    identifier: str
    sender: str
    sent: datetime
    references: tuple[Reference, ...]
    people: tuple[str, ...]
    plan_id: str | None = None
    corrects: bool = False


Record = Opened | Drafted | Revised | Approved | Withheld | Discarded | Vouched | Issued
"""Anything the log may hold."""

_KINDS: dict[str, type[Record]] = {
    "opened": Opened,
    "drafted": Drafted,
    "revised": Revised,
    "approved": Approved,
    "withheld": Withheld,
    "discarded": Discarded,
    "vouched": Vouched,
    "issued": Issued,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def record_to_json(record: Record) -> dict[str, Any]:
    """Return a record as plain JSON values; ``record`` names its kind."""
    return {"record": _NAMES[type(record)], **to_json(record)}


def record_from_json(value: object) -> Record:
    """Return the record that :func:`record_to_json` wrote.

    Raises
    ------
    InputError : it is none, or a field is missing, unknown or of another type
    """
    if not isinstance(value, Mapping) or value.get("record") not in _KINDS:
        found = repr(value.get("record") if isinstance(value, Mapping) else value)[:60]
        remedy = "Read the log with the version that wrote it."
        raise InputError("record", "record", found=found, allowed=", ".join(_KINDS), remedy=remedy)
    name = value["record"]
    return from_json(_KINDS[name], {k: v for k, v in value.items() if k != "record"}, where=name)
