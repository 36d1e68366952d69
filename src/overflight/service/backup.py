"""Backup and restore of a whole store as JSON lines: from SQLite to PostgreSQL and back, too.

Second factors stay sealed in a backup: who restores it needs the key they were sealed under as well.
"""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from overflight.errors import InputError
from overflight.service import tables
from overflight.service.accounts import seal_all
from overflight.service.answers.store import TABLE as town_answer
from overflight.service.partners.inbox import TABLE as partner_alert
from overflight.service.seal import SealError, is_sealed, opened
from overflight.service.store import Store, verify_log

_KEPT = (tables.log, tables.alert, tables.outbox, tables.person, tables.api_key, town_answer, partner_alert)
"""Sessions are left out: after a restore everyone signs in again."""


def dump(store: Store) -> bytes:
    """Return the store as it stands at one instant, packed."""
    lines = [json.dumps({"backup": "overflight desk", "version": 1})]
    with store.read() as connection:
        for table in _KEPT:
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
                values = {key: _packed(value) for key, value in row._mapping.items()}
                lines.append(json.dumps({"table": table.name, "row": values}, ensure_ascii=False))
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def load(store: Store, content: bytes, *, without_factors: bool = False) -> int:
    """Fill an empty store and return how many entries its log has.

    ``without_factors`` takes a backup whose key is lost: every second factor must be reset then.

    Raises
    ------
    InputError : no backup, the store holds something, the log is not as it was written, or second factors
        are sealed under a key that this desk does not have; nothing is kept
    """
    rows = _rows(content)
    if not without_factors:
        _check_factors(store, [row for name, row in rows if name == tables.person.name])
    with store.engine.connect().execution_options(write=True) as connection, connection.begin():
        if connection.execute(sa.select(sa.func.count()).select_from(tables.log)).scalar():
            raise _refuse(
                "a store that holds a log", "an empty store", "Make a new desk's store to restore into."
            )
        for table in _KEPT:
            mine = [_without_numbers(table, row) for name, row in rows if name == table.name]
            if mine:
                connection.execute(table.insert(), mine)
    count, _, faults = verify_log(store)
    if faults:
        with store.engine.connect().execution_options(write=True) as connection, connection.begin():
            for table in _KEPT:
                connection.execute(table.delete())
        raise _refuse(faults[0], "a log as it was written", "Take an older backup.")
    if store.seal is not None:
        seal_all(store, datetime.now(UTC))  # a backup from before there was a seal
    return count


def _check_factors(store: Store, people: list[dict[str, Any]]) -> None:
    for person in people:
        try:
            if is_sealed(person["totp"]):
                opened(store.seal, person["totp"], person["name"])
        except SealError as fault:
            remedy = (
                "Put the keys/seal.key of the desk that made the backup beside this desk's keys, or restore "
                "with --without-factors and reset each second factor."
            )
            raise _refuse(str(fault), "second factors that this desk can open", remedy) from None


def _without_numbers(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """Leave the numbers that the store gives by itself to it: else it would give them again."""
    return {key: value for key, value in row.items() if table.c[key].autoincrement is not True}


def _rows(content: bytes) -> list[tuple[str, dict[str, Any]]]:
    try:
        first, *lines = gzip.decompress(content).decode().split("\n")
        if json.loads(first) != {"backup": "overflight desk", "version": 1}:
            raise ValueError
        values = [json.loads(line) for line in lines]
        return [
            (one["table"], {key: _unpacked(value) for key, value in one["row"].items()}) for one in values
        ]
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        remedy = "Make one with `overflight desk backup`."
        raise _refuse("a file that is none, or is cut short", "a backup of a desk", remedy) from None


def _packed(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _unpacked(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _refuse(found: str, allowed: str, remedy: str) -> InputError:
    return InputError("backup", found=found, allowed=allowed, remedy=remedy)
