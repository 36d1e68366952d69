"""The tables of a desk: the log that everything follows from, and what is kept beside it for speed.

``log`` is the record: append-only, hash-chained.  ``alert`` holds the signed bytes, ``outbox`` what is
still to be brought to whom.  People, sessions and keys are no part of an event and have tables of their
own.  Instants are ISO 8601 text in UTC where people read them, seconds since 1970 where they are compared.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("event_id", String(200), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

alert = Table(
    "alert",
    metadata,
    Column("identifier", String(300), primary_key=True),
    Column("event_id", String(200), nullable=False, index=True),
    Column("status", String(20), nullable=False),
    Column("sent", String(40), nullable=False),
    Column("composed", LargeBinary, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("number", Integer, nullable=False),  # seq of the log entry that issued it: the order
    Column("event_id", String(200), nullable=False),
    Column("identifier", String(300), nullable=False, index=True),
    Column("channel", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("lease_by", String(80)),
    Column("lease_until", Float),
    Column("detail", String(400), nullable=False),
    Column("queued", Float, nullable=False),
    Column("ended", Float),
    Index("outbox_waiting", "state", "due"),
)

person = Table(
    "person",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("password", String(200), nullable=False),
    Column("totp", String(400), nullable=False),  # sealed: see overflight.service.seal
    Column("totp_used", Integer, nullable=False),
    Column("totp_session", String(64), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("is_on_duty", Boolean, nullable=False),
    Column("call_order", Integer),  # who is paged first; without one, last
)

session = Table(
    "session",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("person", String(80), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("expires", Float, nullable=False),
    Column("seen", Float, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the key
    Column("name", String(80), nullable=False, unique=True),
    Column("scope", String(20), nullable=False),
    Column("expires", Float, nullable=False),
)
