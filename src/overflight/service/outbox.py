"""The outbox: what is to be brought to whom, committed together with the message, brought until it is there.

A worker leases what is due, in the order of messages for each channel and event, so that a call to shelter
never follows its all-clear; what a later message replaces is not brought any more.  Attempts of one
delivery share a key.  A lease that runs out (its desk was killed) is taken up by any desk; a desk that
comes back takes up its own at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from overflight.service.channel import Delivery, Receipt
from overflight.service.channels.guard import Guarded
from overflight.service.store import Store, StoreError, Work
from overflight.service.tables import alert, outbox
from overflight.warning.alert import Status

log = logging.getLogger(__name__)

LEASE_S = 90.0
"""How long a worker may hold a delivery: longer than the longest limit of a channel."""

POLL_S = 0.25
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
_BATCH = 2000

WAITING, LEASED, DONE, REFUSED, OVERTAKEN = "waiting", "leased", "done", "refused", "overtaken"


def enqueue(work: Work, event_id: str, identifier: str, status: Status, channels: Iterable[str]) -> None:
    """Put one delivery for each channel beside the message that ``work`` stores."""
    now = work.at.timestamp()
    rows = [
        {
            "key": hashlib.sha256(f"{identifier}\n{channel}".encode()).hexdigest()[:40],
            "number": work.state.seq,
            "event_id": event_id,
            "identifier": identifier,
            "channel": channel,
            "status": status.value,
            "state": WAITING,
            "attempts": 0,
            "due": now,
            "detail": "",
            "queued": now,
        }
        for channel in channels
    ]
    if rows:
        work.connection.execute(outbox.insert(), rows)


def claim(store: Store, worker: str, channels: Iterable[str], now: datetime) -> list[Delivery]:
    """Lease what is due for some channels and return it."""
    c, at = outbox.c, now.timestamp()
    is_open = sa.or_(c.state == WAITING, c.state == LEASED)
    with store.read() as connection:
        due = sa.select(sa.func.count()).where(is_open, sa.or_(c.due <= at, c.lease_until <= at))
        if not connection.execute(due).scalar():
            return []
    taken: list[tuple[str, int]] = []
    with store.write(now) as work:
        rows = work.connection.execute(
            sa.select(outbox)
            .where(is_open, c.channel.in_(list(channels)))
            .order_by(c.number)
            .limit(_BATCH * 4)
        ).all()
        busy: set[tuple[str, str]] = set()
        for row in rows:
            lane = (row.channel, row.event_id)
            is_held = row.state == LEASED and (row.lease_until or 0.0) > at
            if not is_held and not work.state.boards[row.event_id].is_deliverable(row.identifier):
                _set(work, row.key, state=OVERTAKEN, ended=at, detail="a later message replaces it")
            elif lane not in busy:
                busy.add(lane)
                if not is_held and row.due <= at and len(taken) < _BATCH:
                    taken.append((row.key, row.attempts + 1))
        for key, attempt in taken:
            _set(work, key, state=LEASED, attempts=attempt, lease_by=worker, lease_until=at + LEASE_S)
        return _deliveries(work.connection, [key for key, _ in taken])


def finish(store: Store, worker: str, receipts: Iterable[Receipt], now: datetime) -> None:
    """Store what became of deliveries: done, refused for good, or to be tried again later."""
    at = now.timestamp()
    with store.write(now) as work:
        for receipt in receipts:
            row = work.connection.execute(sa.select(outbox).where(outbox.c.key == receipt.key)).one()
            if row.state != LEASED or row.lease_by != worker:
                continue  # another desk took it over; its receipt counts
            if receipt.ok or receipt.is_final:
                state = DONE if receipt.ok else REFUSED
                _set(work, row.key, state=state, ended=at, detail=receipt.detail)
                body = {"identifier": row.identifier, "channel": row.channel, "state": state, "key": row.key}
                work.note(
                    "receipt", row.event_id, {**body, "attempt": row.attempts, "detail": receipt.detail}
                )
            else:
                wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(row.attempts - 1, 10))
                due = at + wait * random.uniform(0.8, 1.2)
                _set(
                    work,
                    row.key,
                    state=WAITING,
                    due=due,
                    lease_by=None,
                    lease_until=None,
                    detail=receipt.detail,
                )


def release_own(store: Store, worker: str, now: datetime) -> None:
    """Give back what this desk held when it was killed."""
    with store.write(now) as work:
        mine = sa.and_(outbox.c.state == LEASED, outbox.c.lease_by == worker)
        change = {"state": WAITING, "lease_by": None, "lease_until": None, "due": now.timestamp()}
        work.connection.execute(outbox.update().where(mine).values(**change))


def _set(work: Work, key: str, **change: object) -> None:
    work.connection.execute(outbox.update().where(outbox.c.key == key).values(**change))


def _deliveries(connection: sa.Connection, keys: list[str]) -> list[Delivery]:
    if not keys:
        return []
    joined = sa.select(outbox, alert.c.signed, alert.c.digest, alert.c.sent).join(
        alert, alert.c.identifier == outbox.c.identifier
    )
    rows = connection.execute(joined.where(outbox.c.key.in_(keys)).order_by(outbox.c.number)).all()
    return [
        Delivery(
            key=row.key,
            event_id=row.event_id,
            identifier=row.identifier,
            status=Status(row.status),
            channel=row.channel,
            content=row.signed,
            digest=row.digest,
            attempt=row.attempts,
            sent=datetime.fromisoformat(row.sent),
        )
        for row in rows
    ]


@dataclass(slots=True)
class Dispatcher:
    """Brings what the outbox holds to the channels, for as long as :meth:`run` runs."""

    store: Store
    worker: str
    channels: Mapping[str, Guarded]
    changed: Callable[[], None] = lambda: None
    wake: asyncio.Event | None = None

    async def run(self) -> None:
        """Work until cancelled. A store that is locked or full is tried again; channels go on meanwhile."""
        self.wake = self.wake or asyncio.Event()
        receipts: asyncio.Queue[Receipt] = asyncio.Queue()
        finisher = asyncio.create_task(self._finish(receipts))
        running: set[asyncio.Task[None]] = set()
        is_first = True
        try:
            while True:
                try:
                    if is_first:
                        await asyncio.to_thread(release_own, self.store, self.worker, datetime.now(UTC))
                        is_first = False
                    due = await asyncio.to_thread(
                        claim, self.store, self.worker, list(self.channels), datetime.now(UTC)
                    )
                except StoreError as fault:
                    log.error("outbox: %s", fault)
                    due = []
                for delivery in due:
                    task = asyncio.create_task(self._deliver(delivery, receipts))
                    running.add(task)
                    task.add_done_callback(running.discard)
                if not due:
                    await self._sleep()
        finally:
            finisher.cancel()
            for task in running:
                task.cancel()

    async def _sleep(self) -> None:
        assert self.wake is not None
        try:
            async with asyncio.timeout(POLL_S):  # not wait_for: in Python 3.11 it may lose a cancellation
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()

    async def _deliver(self, delivery: Delivery, receipts: asyncio.Queue[Receipt]) -> None:
        await receipts.put(await self.channels[delivery.channel].deliver(delivery))

    async def _finish(self, receipts: asyncio.Queue[Receipt]) -> None:
        while True:
            batch = [await receipts.get()]
            while not receipts.empty():
                batch.append(receipts.get_nowait())
            while True:
                try:
                    await asyncio.to_thread(finish, self.store, self.worker, batch, datetime.now(UTC))
                    break
                except StoreError as fault:
                    log.error("receipts: %s", fault)
                    await asyncio.sleep(1.0)
            self.changed()
            if self.wake is not None:
                self.wake.set()
