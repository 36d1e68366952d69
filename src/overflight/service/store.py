"""The durable memory of a desk: SQLite by default, PostgreSQL by URL.

Every change is one transaction: records are appended to the hash-chained log, signed messages and their
deliveries are put beside them, and all of it is on the disk before anybody is told.  One writer at a time,
also among several desks on one PostgreSQL, so that each step is judged on the newest board.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.event import listens_for
from sqlalchemy.exc import DBAPIError

from overflight.errors import OverflightError
from overflight.service import tables
from overflight.service.seal import Seal
from overflight.warning.board import Board
from overflight.warning.decision import DecisionMessage
from overflight.warning.json_values import canonical, from_json, to_json
from overflight.warning.life import apply
from overflight.warning.life_records import Record, Vouched, record_from_json, record_to_json
from overflight.warning.paging import PageRecord, PageState, Raised, apply_page, page_from_json, page_to_json
from overflight.warning.preauthorised import (
    PlanRecord,
    PlanState,
    Prepared,
    apply_plan,
    plan_from_json,
    plan_to_json,
    vouch,
)

BUSY_S = 15.0
"""How long a change waits for another to finish: a database locked for ten seconds is survived."""

RETRY_S = 5
"""When it is worth trying again, seconds: what a 503 tells."""

LOCK = 0x0F11647
"""The advisory lock of PostgreSQL that the one writer holds."""

_FIRST = "0" * 64


class StoreError(OverflightError):
    """The store cannot take a change or be read now: locked, full, or gone. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log."""

    seq: int
    at: str
    kind: str
    event_id: str
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class State:
    """What follows from the log up to ``seq``."""

    seq: int = 0
    head: str = _FIRST
    boards: Mapping[str, Board] = field(default_factory=dict)
    latest: Mapping[str, DecisionMessage] = field(default_factory=dict)  # newest message, by event
    heard: Mapping[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)  # (event, source)
    plans: Mapping[str, PlanState] = field(default_factory=dict)
    pages: Mapping[str, PageState] = field(default_factory=dict)  # those that are open
    rules: str = ""  # digest of the newest rules written down

    def after(self, entry: Entry) -> State:
        """Return the state after one more entry."""
        boards, latest, heard, plans, pages = self.boards, self.latest, self.heard, self.plans, self.pages
        if entry.kind == "life":
            record = record_from_json(json.loads(entry.body))
            boards = {**boards, record.event_id: apply(boards.get(record.event_id), record)}
            if isinstance(record, Vouched):
                board, message = boards[record.event_id], latest[record.event_id]
                plans = {**plans, record.plan_id: vouch(plans.get(record.plan_id), board, message, record)}
        elif entry.kind == "plan":
            step = plan_from_json(json.loads(entry.body))
            plan_id = step.plan.plan_id if isinstance(step, Prepared) else step.plan_id
            plans = {**plans, plan_id: apply_plan(plans.get(plan_id), step)}
        elif entry.kind == "heard":
            message = from_json(DecisionMessage, json.loads(entry.body), "log")
            latest = {**latest, message.event: message}
            heard = {**heard, (message.event, message.source): (message.seq, message.time)}
        elif entry.kind == "page":
            call = page_from_json(json.loads(entry.body))
            pages = pages if call is None else apply_page(pages, call)
        rules = _sha(entry.body) if entry.kind == "rules" else self.rules
        return State(entry.seq, entry.hash, boards, latest, heard, plans, pages, rules)


class Work:
    """One change in the making; all of it is stored when the block ends, or nothing."""

    def __init__(self, connection: sa.Connection, state: State, at: datetime) -> None:
        self.connection, self.state, self.at = connection, state, at

    def record(self, record: Record) -> None:
        """Add a step in the life of an alert, if the rules allow it."""
        self.note("life", record.event_id, record_to_json(record))

    def plan(self, record: PlanRecord) -> None:
        """Add a step in the life of a pre-authorised plan, if the rules allow it."""
        self.note("plan", getattr(record, "event_id", ""), plan_to_json(record))

    def page(self, record: PageRecord) -> None:
        """Add a step in paging people."""
        state = self.state.pages.get(record.page_id)
        event_id = record.event_id if isinstance(record, Raised) else state.raised.event_id if state else ""
        self.note("page", event_id, page_to_json(record))

    def note(self, kind: str, event_id: str, body: Any) -> None:
        """Add an entry to the log."""
        text = _dumps(body if isinstance(body, dict) else to_json(body))
        entry = chained(self.state.seq + 1, self.at.isoformat(), kind, event_id, text, self.state.head)
        self.state = self.state.after(entry)
        self.connection.execute(tables.log.insert().values(**{f: getattr(entry, f) for f in entry.__slots__}))


class Store:
    """Opened by URL: ``sqlite:///FILE`` or ``postgresql+psycopg://...``.

    ``seal`` is what second factors are kept under; without one nobody is added and no code is good.
    """

    def __init__(self, url: str, seal: Seal | None = None) -> None:
        self.engine = _engine(url)
        self.seal = seal
        self._lock = threading.RLock()
        self._state = State()

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()

    @contextmanager
    def write(self, at: datetime) -> Iterator[Work]:
        """Make one change: the only writer, on the newest state.

        Raises
        ------
        StoreError : locked for too long, the disk is full, or the server is gone; nothing was changed
        """
        with self._lock, store_faults(), self.engine.connect().execution_options(write=True) as connection:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
                work = Work(connection, self._newest(connection), at)
                yield work
            self._state = work.state

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that only reads."""
        with store_faults(), self.engine.connect() as connection, connection.begin():
            yield connection

    def state(self) -> State:
        """Return what follows from the log as it stands now; never waits for a change in the making."""
        with self.read() as connection:
            state = self._newest(connection)
        if state.seq > self._state.seq:  # an older one put back by chance is read forward again
            self._state = state
        return state

    def entries(self, event_id: str | None = None) -> Iterator[Entry]:
        """Yield the log, oldest first; all of it, or that of one event."""
        query = sa.select(tables.log).order_by(tables.log.c.seq)
        if event_id is not None:
            query = query.where(tables.log.c.event_id == event_id)
        with self.read() as connection:
            for row in connection.execute(query):
                yield Entry(*row)

    def _newest(self, connection: sa.Connection) -> State:
        state = self._state
        query = sa.select(tables.log).where(tables.log.c.seq > state.seq).order_by(tables.log.c.seq)
        for row in connection.execute(query):
            state = state.after(Entry(*row))
        return state


def digest_of(body: Any) -> str:
    """Return the SHA-256 of what the log would hold of a body."""
    return _sha(_dumps(body))


def chained(seq: int, at: str, kind: str, event_id: str, body: str, previous: str) -> Entry:
    """Return an entry with its hash over everything in it and the hash before."""
    text = canonical([seq, at, kind, event_id, body, previous])
    return Entry(seq, at, kind, event_id, body, previous, hashlib.sha256(text).hexdigest())


def verify_log(store: Store) -> tuple[int, str, list[str]]:
    """Return how many entries the log has, its last hash, and every fault of its chain in words."""
    faults: list[str] = []
    seq, head = 0, _FIRST
    for entry in store.entries():
        expected = chained(seq + 1, entry.at, entry.kind, entry.event_id, entry.body, head)
        if entry.seq != seq + 1:
            faults.append(f"entry {seq + 1} is missing: {entry.seq} follows {seq}")
        elif entry != expected:
            faults.append(f"entry {entry.seq} ({entry.kind}, {entry.event_id}) is not as it was written")
        seq, head = entry.seq, entry.hash
    return seq, head, faults


@contextmanager
def store_faults() -> Iterator[None]:
    """Turn what a database refuses into a :class:`StoreError`."""
    try:
        yield
    except DBAPIError as fault:
        reason = str(fault.orig).splitlines()[0][:160]
        raise StoreError(f"the store cannot be used now ({reason}); nothing was changed") from fault


def _engine(url: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    arguments = {"timeout": BUSY_S, "check_same_thread": False}
    engine = sa.create_engine(url, connect_args=arguments, hide_parameters=True)

    @listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        is_write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
