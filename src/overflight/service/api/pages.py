"""The pages of the desk: sign in, the events, and one event for one person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs, quote

import sqlalchemy as sa
from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from overflight.report.desk_page import render_desk_page, render_desk_state
from overflight.report.desk_view import ChannelState, DeskView, Viewer, desk_view
from overflight.report.events_page import (
    PartnerLine,
    event_line,
    render_events_page,
    render_problem,
    render_sign_in,
)
from overflight.report.plans_page import render_plans_page
from overflight.service.api.access import COOKIE, MAY, Looking, principal
from overflight.service.desk import Desk
from overflight.service.exchange import Exchange
from overflight.service.people import SESSION_S, NotAllowed, Principal, TooMany
from overflight.service.publishing import local_time, namer
from overflight.service.tables import outbox
from overflight.warning.names import Language

pages = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
EventId = Annotated[str, Path(max_length=120)]


def asked_language(request: Request) -> Language:
    """Return the language asked for, else the first of the browser's that the pages have, else English."""
    given = request.headers.get("accept-language", "").split(",")[:20]
    tags = (part.split(";")[0].strip().lower()[:2] for part in (request.query_params.get("lang", ""), *given))
    return next((Language(tag) for tag in tags if tag in {*Language}), Language.ENGLISH)


Lang = Annotated[Language, Depends(asked_language)]


def say_to_people(request: Request, status: int, said: str) -> Response | None:
    """Return a page for a browser that was refused one: signing in, or what is wrong; None for programs."""
    is_page = request.method == "GET" and not request.url.path.startswith("/api/")
    if not is_page or "text/html" not in request.headers.get("accept", ""):
        return None
    if status == 401:
        return RedirectResponse("/", 303)
    has_account = not request.url.path.startswith("/answer/")
    page = render_problem(asked_language(request), status, said, has_account=has_account)
    return HTMLResponse(page, status)


@pages.get("/")
def home(request: Request, lang: Lang) -> HTMLResponse:
    """Show the events, or ask to sign in."""
    try:
        who = principal(request)
    except HTTPException:
        return HTMLResponse(render_sign_in(lang))
    running = request.app.state.running
    desk, state = running.desk, running.desk.store.state()
    zone_offset_h, zone_label = local_time(desk.policy)
    page = render_events_page(
        [event_line(board, desk.now()) for board in state.boards.values()],
        state.pages.values(),
        _viewer(who),
        lang,
        role=who.role.value,
        plans=sum(plan.phase(desk.now()) == "approved" for plan in state.plans.values()),
        partners=_from_partners(running.exchange),
        csrf=who.csrf,
        zone_offset_h=zone_offset_h,
        zone_label=zone_label,
    )
    return HTMLResponse(page)


@pages.post("/")
async def sign_in(request: Request, lang: Lang) -> Response:
    """Sign in by form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 4000:
            raise HTTPException(413, "too long")
    given = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
    running = request.app.state.running
    try:
        words = (given.get(key, "") for key in ("name", "password", "code"))
        token, _ = await run_in_threadpool(running.people.sign_in, *words, datetime.now(UTC))
    except (NotAllowed, TooMany) as fault:
        return HTMLResponse(render_sign_in(lang, str(fault)), 401)
    answer = RedirectResponse(f"/?lang={lang.value}", 303)
    is_secure = running.config.tls_before
    answer.set_cookie(
        COOKIE, token, max_age=int(SESSION_S), httponly=True, samesite="strict", secure=is_secure
    )
    return answer


@pages.get("/plans")
def plans_page(who: Looking, request: Request, lang: Lang) -> HTMLResponse:
    """Show the pre-authorised plans."""
    desk = request.app.state.running.desk
    zone_offset_h, _ = local_time(desk.policy)
    page = render_plans_page(
        desk.store.state().plans.values(), desk.now(), _viewer(who), lang,
        csrf=who.csrf, zone_offset_h=zone_offset_h,
    )  # fmt: skip
    return HTMLResponse(page)


@pages.get("/events/{event_id}")
def event_page(event_id: EventId, who: Looking, request: Request, lang: Lang) -> HTMLResponse:
    """Show one event to one person."""
    return HTMLResponse(render_desk_page(_view(event_id, who, request), lang, csrf=who.csrf))


@pages.get("/api/v1/events/{event_id}/page")
def event_state(event_id: EventId, who: Looking, request: Request, lang: Lang) -> HTMLResponse:
    """Return the part of the page that changes."""
    return HTMLResponse(render_desk_state(_view(event_id, who, request), lang))


def _from_partners(exchange: Exchange) -> list[PartnerLine]:
    """Return the newest alerts of partners."""
    return [
        PartnerLine(
            partner=row.partner,
            identifier=row.identifier,
            status=row.status,
            scope=row.scope,
            sent=datetime.fromisoformat(row.sent),
            link=f"/api/v1/partner-alerts/{quote(row.partner)}/{row.digest}.xml",
        )
        for row in exchange.inbox.alerts(20)
    ]


def _view(event_id: str, who: Principal, request: Request) -> DeskView:
    running = request.app.state.running
    desk, exchange = running.desk, running.exchange
    state = desk.store.state()
    if event_id not in state.boards:
        raise HTTPException(404, "no such event")
    zone_offset_h, zone_label = local_time(desk.policy)
    return desk_view(
        state.boards[event_id],
        desk.now(),
        _viewer(who),
        namer(desk.gazetteer),
        latest=state.latest.get(event_id),
        answers=exchange.towns(event_id),
        silence_s=exchange.silent_after.total_seconds(),
        channels=_channel_states(desk, event_id),
        zone_offset_h=zone_offset_h,
        zone_label=zone_label,
        plans=state.plans.values(),
        pages=state.pages.values(),
    )


def _viewer(who: Principal) -> Viewer:
    return Viewer(who.name, who.role in MAY["approve"], who.role in MAY["write"])


def _channel_states(desk: Desk, event_id: str) -> list[ChannelState]:
    """Return the last word of each channel on an event."""
    o = outbox.c
    query = sa.select(outbox).where(o.event_id == event_id).order_by(o.number)
    last: dict[str, ChannelState] = {}
    with desk.store.read() as connection:
        for row in connection.execute(query):
            at = datetime.fromtimestamp(row.ended or row.queued, UTC)
            detail = f"{row.state}: {row.detail}" if row.detail else row.state
            last[row.channel] = ChannelState(row.channel, row.state in ("done", "overtaken"), detail, at)
    return list(last.values())
