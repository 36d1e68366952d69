"""The desk as an ASGI application: API, pages, and what watches it, with the workers beside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from overflight import __version__
from overflight.errors import InputError, LifeError
from overflight.service.answers.routes import answer_routes
from overflight.service.api import exchange_routes, paging_routes, people_routes, plans, routes, watch
from overflight.service.api.headers import SafeHeaders
from overflight.service.api.pages import pages, say_to_people
from overflight.service.channels.http import HttpClients
from overflight.service.config import DeskConfig
from overflight.service.desk import Desk
from overflight.service.exchange import Exchange
from overflight.service.logs import RequestLog
from overflight.service.pager import Pager
from overflight.service.partners.routes import partner_routes
from overflight.service.people import NotAllowed, TooMany
from overflight.service.publishing import PublicFirst, Publishing
from overflight.service.running import Running
from overflight.service.store import RETRY_S, StoreError

log = logging.getLogger(__name__)

RETRY_AFTER = {429: 60, 503: RETRY_S}
"""Seconds after which it is worth trying again, by status."""


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
    app.include_router(watch.router)
    _say_refusals(app)
    app.add_exception_handler(HTTPException, _page_or_json)
    if publishing is not None:  # outermost: a public page passes nothing of the desk's own
        app.add_middleware(PublicFirst, publishing=publishing)
    app.add_middleware(RequestLog)
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


async def _page_or_json(request: Request, fault: Exception) -> Response:
    """Answer a refused request: people get a page, programs what FastAPI says."""
    assert isinstance(fault, HTTPException)
    page = say_to_people(request, fault.status_code, str(fault.detail))
    return await http_exception_handler(request, fault) if page is None else page


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
            later = RETRY_AFTER.get(status)
            headers = {} if later is None else {"Retry-After": str(later)}
            return JSONResponse({"detail": str(fault)}, status, headers)

        app.add_exception_handler(kind, answer)
