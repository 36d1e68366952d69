"""Whether a desk can take, sign and send now: what stops it, and what a person should look at.

A fault means that alerts would not go out from here: a store that is locked, full or gone, a key that is
missing or has run out, workers that stand still.  A receiver that is dead is none of these: the desk goes on
with the others, and says so among the remarks.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from overflight.service.desk import Desk
from overflight.service.outbox import LEASED, WAITING
from overflight.service.seal import SealError
from overflight.service.store import LOCK, Store, StoreError, store_faults
from overflight.service.tables import outbox

PATIENCE_S = 1.0
"""How long the store may be held by another step before it counts as locked."""

STILL_S = 30.0
"""A delivery that was due so long ago and was not tried: the workers stand still."""

LATE_S = 60.0
FEW_BYTES = 32 * 1024 * 1024
FEW_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stops the desk, and what a person should look at."""

    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def look(desk: Desk, folders: tuple[Path, ...], at: datetime) -> Readiness:
    """Return how things stand; ``folders`` are those that the desk writes to."""
    faults = [*_store(desk.store), *_keys(desk, at)]
    remarks: list[str] = []
    for folder in folders:
        low = _room(folder)
        if low:
            faults.append(low)
    try:
        still, late = _outbox(desk, at.timestamp())
        faults += still
        remarks += late
    except StoreError as fault:
        faults.append(str(fault))
    days = desk.signing.days_left(at)
    if 0 < days < FEW_DAYS:
        remarks.append(f"a signing certificate runs out in {days:.0f} days")
    return Readiness(tuple(dict.fromkeys(faults)), tuple(remarks))


def folders_of(desk: Desk, public: Path | None) -> tuple[Path, ...]:
    """Return the folders that a desk writes to, that of its store first."""
    found = [] if (file := _file(desk.store)) is None else [file.parent]
    found += [] if public is None else [public]
    found += [
        Path(channel.destination.removeprefix("folder:"))
        for channel in desk.channels
        if channel.destination.startswith("folder:")
    ]
    return tuple(dict.fromkeys(found))


def _store(store: Store) -> Iterator[str]:
    """Try to take the one writer's place, and give it back."""
    try:
        if (file := _file(store)) is not None:
            _probe_sqlite(file)
            return
        with store_faults(), store.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE_S:g}s'")
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
            if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
                yield "the store takes no changes: the database is read-only"
    except (StoreError, sqlite3.Error, OSError) as fault:
        words = (
            str(fault) if isinstance(fault, StoreError) else f"the store cannot be used now ({_short(fault)})"
        )
        yield words


def _probe_sqlite(file: Path) -> None:
    """Lock the database, and bring some bytes to its disk: a change in it is kept in memory until its end."""
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw", PATIENCE_S, isolation_level=None, uri=True
    )
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    probe = file.with_name(f".{file.name}.probe-{os.getpid()}")
    try:
        with probe.open("wb") as made:
            made.write(b"\0" * 65536)
            made.flush()
            os.fsync(made.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _keys(desk: Desk, at: datetime) -> Iterator[str]:
    for file in desk.signing.files:
        if not os.access(file, os.R_OK):
            yield f"{file.parent.name}/{file.name} is missing: after a restart nothing can be signed"
    if desk.signing.days_left(at) <= 0:
        yield "a signing certificate has run out: nothing can be sent"
    seal = desk.store.seal
    try:
        if seal is None or not os.access(seal.path, os.R_OK):
            raise SealError("missing")
    except SealError:
        yield "the key of second factors is missing: after a restart nobody can approve"


def _room(folder: Path) -> str:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return f"the disk is nearly full: {free / 1e6:.0f} MB left for {folder.name}/" if free < FEW_BYTES else ""


def _outbox(desk: Desk, at: float) -> tuple[list[str], list[str]]:
    """Return faults of the workers, and remarks on receivers that have waited for long."""
    c = outbox.c
    first = sa.select(sa.func.min(c.number)).where(c.state.in_((WAITING, LEASED)))
    lanes = first.add_columns(c.channel, c.event_id).group_by(c.channel, c.event_id).subquery()
    heads = sa.select(outbox).join(
        lanes,
        sa.and_(c.number == lanes.c[0], c.channel == lanes.c.channel, c.event_id == lanes.c.event_id),
    )
    with desk.store.read() as connection:
        rows = connection.execute(heads.where(c.state.in_((WAITING, LEASED)))).all()
    known = {channel.name for channel in desk.channels}
    still = sum(
        1
        for row in rows
        if row.channel in known
        and at - (row.due if row.state == WAITING else row.lease_until or at) > STILL_S
    )
    faults = [f"{still} deliveries are due and nobody brings them: the workers stand still"] if still else []
    late = sorted({row.channel for row in rows if row.channel in known and at - row.queued > LATE_S})
    remarks = [f"channel {name}: a message has waited for more than {LATE_S:g} s" for name in late]
    gone = sorted({row.channel for row in rows if row.channel not in known})
    return faults, remarks + [
        f"channel {name} is not configured any more, and messages wait for it" for name in gone
    ]


def _file(store: Store) -> Path | None:
    """Return the file of an SQLite store."""
    url = store.engine.url
    return Path(url.database) if url.drivername.startswith("sqlite") and url.database else None


def _short(fault: BaseException) -> str:
    return str(getattr(fault, "strerror", None) or fault).splitlines()[0][:120]
