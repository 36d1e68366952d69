"""Where answers are kept: one table that is only appended to, in SQLite or PostgreSQL."""

from __future__ import annotations

import json

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
)

from overflight.service.store import store_faults
from overflight.warning.answers import Answer, answer_from_json, answer_to_json

metadata = MetaData()

TABLE = Table(
    "town_answer",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("event_id", String(200), nullable=False),
    Column("place", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Index("town_answer_event", "event_id"),
)


class AnswerStore:
    """Keeps answers in a store that is migrated; a second identical one is harmless."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, answer: Answer) -> None:
        """Keep an answer; it is on the disk when this returns. StoreError if it cannot be kept now."""
        text = json.dumps(answer_to_json(answer), ensure_ascii=False, sort_keys=True)
        row = {"event_id": answer.event_id, "place": answer.place, "answer": text}
        with store_faults(), _writing(self._engine) as connection, connection.begin():
            connection.execute(insert(TABLE).values(row))

    def of_event(self, event_id: str) -> tuple[Answer, ...]:
        """Return the answers of an event, in the order they came."""
        asked = select(TABLE.c.answer).where(TABLE.c.event_id == event_id).order_by(TABLE.c.number)
        with store_faults(), self._engine.connect() as connection:
            return tuple(answer_from_json(json.loads(text)) for text in connection.execute(asked).scalars())


def _writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(write=True)
