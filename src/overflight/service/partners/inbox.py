"""The inbox of a desk: partners' alerts in a table of the store, their tracks heard beside our own.

A partner's track is heard like one of ours, under the partner's name.  Where our own track of the same
event is fresh, it is written down and decides nothing: another's figures never take the place of what we
see ourselves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from overflight.errors import InputError
from overflight.service.desk import Desk
from overflight.service.partners.taking import OURS, PartnerAlert
from overflight.service.store import State
from overflight.warning.decision import DecisionMessage

metadata = sa.MetaData()

TABLE = sa.Table(
    "partner_alert",
    metadata,
    sa.Column("partner", sa.String(64), primary_key=True),
    sa.Column("sender", sa.String(300), primary_key=True),
    sa.Column("identifier", sa.String(300), primary_key=True),
    sa.Column("sent", sa.String(40), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("received", sa.String(40), nullable=False),
)


class StoreInbox:
    """Keeps what partners send in the store of one desk. ``changed`` is called after each change."""

    def __init__(self, desk: Desk, changed: Callable[[], None] = lambda: None) -> None:
        self._desk = desk
        self.changed = changed

    async def put_alert(self, alert: PartnerAlert) -> bool:
        """Keep an alert; False if the same bytes are there, ValueError if others have its identifier."""
        is_new = await run_in_threadpool(self._put_alert, alert)
        if is_new:
            self.changed()
        return is_new

    async def put_track(self, messages: tuple[DecisionMessage, ...]) -> None:
        """Hear decision messages.

        Raises
        ------
        InputError : not one of them could be taken; the fault of the first
        """
        await run_in_threadpool(self._put_track, messages)
        self.changed()

    def alerts(self, most: int = 100) -> list[sa.Row]:
        """Return the newest alerts taken in, newest first."""
        query = sa.select(TABLE).order_by(TABLE.c.received.desc(), TABLE.c.identifier).limit(most)
        with self._desk.store.read() as connection:
            return list(connection.execute(query))

    def content(self, partner: str, digest: str) -> bytes | None:
        """Return the bytes of an alert taken in, None if there is none."""
        query = sa.select(TABLE.c.content).filter_by(partner=partner, digest=digest)
        with self._desk.store.read() as connection:
            return connection.execute(query).scalar()

    def _put_alert(self, alert: PartnerAlert) -> bool:
        key = {"partner": alert.partner, "sender": alert.sender, "identifier": alert.identifier}
        with self._desk.store.write(self._desk.now()) as work:
            query = sa.select(TABLE.c.digest).filter_by(**key)
            known = work.connection.execute(query).scalar()
            if known is not None:
                if known != alert.digest:
                    raise ValueError(alert.identifier)
                return False
            row = key | {
                "sent": alert.sent.isoformat(),
                "status": alert.status,
                "scope": alert.scope,
                "content": alert.content,
                "digest": alert.digest,
                "received": alert.received.isoformat(),
            }
            work.connection.execute(TABLE.insert().values(row))
            work.note("partner_alert", "", key | {"digest": alert.digest})
        return True

    def _put_track(self, messages: tuple[DecisionMessage, ...]) -> None:
        faults: list[InputError] = []
        for message in messages:
            try:
                if self._is_ours_fresh(self._desk.store.state(), message):
                    with self._desk.store.write(self._desk.now()) as work:
                        work.note("partner_track", message.event, message)
                else:
                    self._desk.hear(message)
            except InputError as fault:
                faults.append(fault)
        if faults and len(faults) == len(messages):
            raise faults[0]

    def _is_ours_fresh(self, state: State, message: DecisionMessage) -> bool:
        own = [
            time
            for (event, source), (_, time) in state.heard.items()
            if event == message.event and OURS not in source
        ]
        limit = timedelta(seconds=self._desk.policy.alarm.silent_s)
        return bool(own) and self._desk.now() - max(own) <= limit
