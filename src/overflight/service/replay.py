"""Replays an event from the log alone, and says whether the alerts come out byte for byte the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import sqlalchemy as sa

from overflight.errors import InputError
from overflight.service.store import Store
from overflight.service.tables import alert
from overflight.warning.board import Board
from overflight.warning.cap.compose import compose
from overflight.warning.life import alert_of, apply
from overflight.warning.life_records import record_from_json


@dataclass(frozen=True, slots=True)
class Replayed:
    """One message made anew. ``fault`` is "" where its bytes are those that were sent."""

    identifier: str
    sent: str
    composed: bytes
    fault: str


def replay(store: Store, event_id: str) -> list[Replayed]:
    """Fold the log of an event again and compose each message anew.

    The log keeps the digest of what was composed and of what was signed; the stored bytes are held
    against both, so an edited alert is seen as well as an edited record.

    Raises
    ------
    InputError : there is no such event
    """
    board: Board | None = None
    made: list[Replayed] = []
    with store.read() as connection:
        rows = connection.execute(sa.select(alert).where(alert.c.event_id == event_id)).all()
    stored = {row.identifier: row for row in rows}
    for entry in store.entries(event_id):
        if entry.kind == "life":
            board = apply(board, record_from_json(json.loads(entry.body)))
        elif entry.kind == "signed" and board is not None:
            said = json.loads(entry.body)
            value = alert_of(board, said["identifier"])
            composed = compose(value)
            row = stored.get(value.identifier)
            made.append(
                Replayed(value.identifier, value.sent.isoformat(), composed, _fault(composed, said, row))
            )
    if board is None:
        remedy = "See the events on the page of the desk."
        raise InputError("replay", found=event_id[:80], allowed="an event of the log", remedy=remedy)
    return made


def _fault(composed: bytes, said: dict[str, str], row: sa.Row | None) -> str:
    if hashlib.sha256(composed).hexdigest() != said["composed"]:
        return "composed anew it differs from what was composed then"
    if row is None:
        return "its bytes are missing from the store"
    if row.composed != composed:
        return "the bytes kept differ from what was composed"
    if hashlib.sha256(row.signed).hexdigest() != said["digest"] or row.digest != said["digest"]:
        return "the signed bytes kept differ from what was signed"
    return ""
