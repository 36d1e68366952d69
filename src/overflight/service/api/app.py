"""The desk as an ASGI application: API, pages, health, metrics, and the workers beside them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from overflight import __version__
from overflight.errors import InputError, LifeError
from overflight.service.answers.routes import answer_routes
from overflight.service.api import exchange_routes, paging_routes, people_routes, plans, routes
from overflight.service.api.headers import SafeHeaders
from overflight.service.api.models import Health
from overflight.service.api.pages import pages
from overflight.service.channels.http import HttpClients
from overflight.service.config import DeskConfig
from overflight.service.desk import Desk
from overflight.service.exchange import Exchange, no_exchange
from overflight.service.outbox import Dispatcher
from overflight.service.pager import Pager
from overflight.service.partners.routes import partner_routes
from overflight.service.people import NotAllowed, People, TooMany
from overflight.service.publishing import PublicFirst, Publishing
from overflight.service.store import StoreError
from overflight.service.tables import outbox

log = logging.getLogger(__name__)

TICK_S = 1.0
REDRAW_S = 30.0


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

    async def work(self) -> None:
        """Bring what is due, look again every second, tell what other desks changed."""
        self._loop = asyncio.get_running_loop()
        self.dispatcher.wake = asyncio.Event()
        works = (self.dispatcher.run(), self.pager.run(), self._keep_published())
        beside = [asyncio.create_task(work) for work in works]
        try:
            while True:
                await asyncio.sleep(TICK_S)
                with suppress(StoreError):
                    await asyncio.to_thread(self._tick)
        finally:
            self.is_stopping = True
            self._tell()
            for task in beside:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

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
        state, now = self.desk.store.state(), self.desk.now()
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
            except InputError as fault:
                log.error("event %s cannot be decided again: %s", event_id, fault)
        self._alarm_of_silence()
        after = self.desk.store.state()
        if after.seq != getattr(self, "_told_seq", 0):
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


def make_app(
    config: DeskConfig,
    desk: Desk,
    http: HttpClients,
    publishing: Publishing | None = None,
    exchange: Exchange | None = None,
    pager: Pager | None = None,
) -> FastAPI:
    """Return the application of a desk that has its store, keys and channels."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(running.work())
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await running.exchange.sharing.close()
            await running.pager.close()
            for channel in desk.channels:
                await channel.close()
            await http.close()

    running = Running(config, desk, http, publishing, exchange, pager)
    app = FastAPI(
        title="overflight desk", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    app.state.running = running
    app.add_middleware(SafeHeaders, tls=config.tls_before)
    app.include_router(routes.router)
    app.include_router(exchange_routes.router)
    app.include_router(plans.router)
    app.include_router(people_routes.router)
    app.include_router(paging_routes.router)
    app.include_router(pages)
    _open_to_others(app, running)
    _say_refusals(app)
    _watch(app)
    if publishing is not None:  # outermost: a public page passes nothing of the desk's own
        app.add_middleware(PublicFirst, publishing=publishing)
    return app


def _open_to_others(app: FastAPI, running: Running) -> None:
    """Add the routes of places and partners, who have no account here; none where none is configured."""
    exchange, now = running.exchange, running.desk.now
    if exchange.contacts:
        told = running.changed
        app.include_router(
            answer_routes(
                exchange.secret, exchange.book, exchange.contact_of, exchange.status_of, lambda _: told(), now
            )
        )
    if exchange.partners:
        app.include_router(partner_routes(exchange.partners, exchange.inbox, now), prefix="/api/v1")


def _say_refusals(app: FastAPI) -> None:
    """Turn refusals of the rooms below into answers with their words."""
    for kind, status in (
        (LifeError, 409),
        (InputError, 422),
        (NotAllowed, 401),
        (TooMany, 429),
        (StoreError, 503),
    ):

        def answer(_request: Request, fault: Exception, status: int = status) -> JSONResponse:
            return JSONResponse({"detail": str(fault)}, status)

        app.add_exception_handler(kind, answer)


def _watch(app: FastAPI) -> None:
    @app.get("/health", tags=["watch"])
    def health() -> Health:
        """Say that the process lives."""
        return Health(ok=True, faults=[])

    @app.get("/ready", tags=["watch"], responses={503: {"model": Health}})
    def ready(request: Request, response: Response) -> Health:
        """Say whether the desk can take, sign and send now, and if not, why."""
        faults = _faults(request.app.state.running)
        response.status_code = 503 if faults else 200
        return Health(ok=not faults, faults=faults)

    @app.get("/metrics", tags=["watch"], response_class=PlainTextResponse)
    def metrics(request: Request) -> PlainTextResponse:
        """Return counts for Prometheus."""
        running = request.app.state.running
        state = running.desk.store.state()
        with running.desk.store.read() as connection:
            query = sa.select(outbox.c.channel, outbox.c.state, sa.func.count()).group_by(
                outbox.c.channel, outbox.c.state
            )
            rows = connection.execute(query).all()
        lines = [
            f"overflight_log_entries {state.seq}",
            f"overflight_events {len(state.boards)}",
            f"overflight_pages_open {len(state.pages)}",
            f"overflight_certificate_days_left {running.desk.signing.days_left():.1f}",
        ]
        lines += [f'overflight_deliveries{{channel="{c}",state="{s}"}} {n}' for c, s, n in rows]
        return PlainTextResponse("\n".join(lines) + "\n")


def _faults(running: Running) -> list[str]:
    faults = []
    try:
        running.desk.store.state()
    except StoreError as fault:
        faults.append(str(fault))
    if running.desk.signing.days_left(datetime.now(UTC)) <= 0:
        faults.append("a signing certificate has run out: nothing can be sent")
    return faults
