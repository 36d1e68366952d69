"""A desk at work: what its requests share, and the workers beside them.

A worker that meets a fault of the program is told of and begun anew: an alert must still leave when, say,
drawing a page fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from overflight.errors import OverflightError
from overflight.service.channels.http import HttpClients
from overflight.service.config import DeskConfig
from overflight.service.desk import Desk
from overflight.service.exchange import Exchange, no_exchange
from overflight.service.outbox import Dispatcher
from overflight.service.pager import Pager
from overflight.service.people import People
from overflight.service.publishing import Publishing
from overflight.service.readiness import Readiness, folders_of, look
from overflight.service.store import StoreError

log = logging.getLogger(__name__)

TICK_S = 1.0
REDRAW_S = 30.0
LOOKED_S = 1.0
"""How long an answer to whether the desk is ready holds: asking costs the disk something."""


class Running:
    """A desk at work: what requests share."""

    def __init__(
        self,
        config: DeskConfig,
        desk: Desk,
        http: HttpClients,
        publishing: Publishing | None = None,
        exchange: Exchange | None = None,
        pager: Pager | None = None,
    ) -> None:
        self.config, self.desk, self.http, self.publishing = config, desk, http, publishing
        self.exchange = exchange or no_exchange(desk)
        self.exchange.inbox.changed = self.changed
        self.pager = pager or Pager(desk, silent=self.exchange.silent)
        self.pager.changed = self.changed
        self._silent: set[tuple[str, str]] = set()  # (event, place) that people were alarmed of
        self._published = (-1, 0.0)  # log entry and time of what the public page shows
        self.people = People(desk.store)
        self.is_stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()  # the public pages may have to be drawn anew
        self._listeners: set[asyncio.Queue[int]] = set()
        self._seq = 0
        self._told_seq = 0
        self._workers: list[asyncio.Task[None]] = []
        self._looked = (-LOOKED_S, Readiness((), ()))
        by_name = {channel.name: channel for channel in desk.channels}
        self.dispatcher = Dispatcher(desk.store, config.name, by_name, self.changed)

    def changed(self) -> None:
        """Tell workers and pages that the log has grown; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self.dispatcher.wake is not None:
            self.dispatcher.wake.set()
        if self.pager.wake is not None:
            self.pager.wake.set()
        self._news.set()
        self._seq += 1
        for queue in self._listeners:
            if queue.empty():
                queue.put_nowait(self._seq)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[int]]:
        """Give a queue that hears of changes."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def readiness(self) -> Readiness:
        """Return whether the desk can take, sign and send now."""
        at, found = self._looked
        if monotonic() - at >= LOOKED_S:
            public = None if self.publishing is None else self.publishing.folder
            found = look(self.desk, folders_of(self.desk, public), self.desk.now())
            self._looked = (monotonic(), found)
        if any(worker.done() for worker in self._workers):
            return Readiness((*found.faults, "a worker has stopped: start the desk again"), found.remarks)
        return found

    async def work(self) -> None:
        """Bring what is due, look again every second, tell what other desks changed."""
        self._loop = asyncio.get_running_loop()
        self.dispatcher.wake = asyncio.Event()
        works = {
            "delivering": self.dispatcher.run,
            "paging": self.pager.run,
            "publishing": self._keep_published,
            "looking again": self._keep_looking,
        }
        self._workers = [asyncio.create_task(kept_up(what, work)) for what, work in works.items()]
        try:
            await asyncio.gather(*self._workers)
        finally:
            self.is_stopping = True
            self._tell()
            for task in self._workers:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            with suppress(StoreError):
                await asyncio.to_thread(self._tick)

    async def _keep_published(self) -> None:
        """Draw the public pages at each change that this desk makes at once, at others within a tick."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._news.wait()
            self._news.clear()
            with suppress(StoreError):
                await self._publish()

    async def _publish(self) -> None:
        """Draw the public pages anew at a change, and now and then, since calls run out by themselves."""
        if self.publishing is None:
            return
        state, now = await asyncio.to_thread(self.desk.store.state), self.desk.now()
        seq, drawn = self._published
        if state.seq == seq and now.timestamp() - drawn < REDRAW_S:
            return
        try:
            await self.publishing.refresh(state.boards.values(), state.latest, now)
            self._published = (state.seq, now.timestamp())
        except OSError as fault:
            log.error("the public page cannot be written: %s", fault)

    def _tick(self) -> None:
        before = self.desk.store.state()
        for event_id in before.latest:
            try:
                self.desk.look_again(event_id)
            except StoreError:
                raise
            except OverflightError as fault:
                log.error("event %s cannot be decided again: %s", event_id, fault)
        self._alarm_of_silence()
        after = self.desk.store.state()
        if after.seq != self._told_seq:
            self._told_seq = after.seq
            self.changed()

    def _alarm_of_silence(self) -> None:
        """Alarm once of each place that has not answered in time: in the process log and on the pages."""
        now = self.desk.now()
        for board in self.desk.store.state().boards.values():
            silent = {(board.event_id, place) for place in self.exchange.silent(board, now)}
            for event_id, place in sorted(silent - self._silent):
                log.warning("event %s: %s was told and has not answered", event_id, place)
            if silent - self._silent:
                self._silent |= silent
                self.changed()


async def kept_up(what: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Let a worker work, and begin it anew after a fault of the program."""
    while True:
        try:
            await work()
            return
        except Exception:
            log.exception("%s failed; it begins again", what)
            await asyncio.sleep(TICK_S)
