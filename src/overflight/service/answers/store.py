"""Where answers are kept: one table that is only appended to, in SQLite or PostgreSQL."""

from __future__ import annotations

import json

from sqlalchemy import (
    BigInteger,
    Column,
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
        """Keep an answer; it is on the disk when this returns."""
        text = json.dumps(answer_to_json(answer), ensure_ascii=False, sort_keys=True)
        row = {"event_id": answer.event_id, "place": answer.place, "answer": text}
        with self._engine.begin() as connection:
            connection.execute(insert(TABLE).values(row))

    def of_event(self, event_id: str) -> tuple[Answer, ...]:
        """Return the answers of an event, in the order they came."""
        asked = select(TABLE.c.answer).where(TABLE.c.event_id == event_id).order_by(TABLE.c.number)
        with self._engine.connect() as connection:
            return tuple(answer_from_json(json.loads(text)) for text in connection.execute(asked).scalars())
