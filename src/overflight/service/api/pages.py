"""The pages of the desk: sign in, the events, and one event for one person."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Annotated
from urllib.parse import parse_qs, quote

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from overflight.report.desk_page import render_desk_page, render_desk_state
from overflight.report.desk_view import ChannelState, DeskView, Viewer, desk_view
from overflight.report.plans_page import render_plans_page
from overflight.service.api.access import COOKIE, MAY, Looking, principal
from overflight.service.desk import Desk
from overflight.service.exchange import Exchange
from overflight.service.people import SESSION_S, NotAllowed, Principal, TooMany
from overflight.service.publishing import local_time, namer
from overflight.service.tables import outbox
from overflight.warning.alert import Status
from overflight.warning.names import Language

pages = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
EventId = Annotated[str, Path(max_length=120)]
Lang = Annotated[Language, Query()]

_SHELL = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
    "content='width=device-width, initial-scale=1'><title>{title}</title><style>"
    "body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}}"
    "label,input,button{{display:block;font:inherit;width:100%;box-sizing:border-box}}"
    "input,button{{padding:.6rem;"
    "margin:.2rem 0 1rem}}li{{margin:.6rem 0}}.bad{{color:#a00}}"
    ".drill{{background:#ffe9a8;padding:.1rem .4rem}}"
    "</style></head><body><h1>{title}</h1>{body}</body></html>"
)


@pages.get("/")
def home(request: Request) -> HTMLResponse:
    """Show the events, or ask to sign in."""
    try:
        who = principal(request)
    except HTTPException:
        return HTMLResponse(_sign_in_form(""))
    running = request.app.state.running
    state = running.desk.store.state()
    rows = []
    for board in reversed(list(state.boards.values())):
        is_drill = board.status is not Status.ACTUAL
        mark = f"<span class='drill'>{escape(board.status.value.upper())} · 訓練</span> " if is_drill else ""
        link = f"<a href='/events/{quote(board.event_id)}'>{escape(board.title)}</a>"
        rows.append(
            f"<li>{mark}{link}, {board.opened_at:%Y-%m-%d %H:%M} UTC, {len(board.messages)} sent</li>"
        )
    listed = f"<ul>{''.join(rows)}</ul>" if rows else "<p>No event is open.</p>"
    count = sum(plan.phase(running.desk.now()) == "approved" for plan in state.plans.values())
    listed += f"<p><a href='/plans'>Pre-authorised plans</a>: {count} stand</p>"
    listed += _from_partners(running.exchange)
    body = f"<p>Signed in: {escape(who.name)} ({who.role.value})</p>{listed}"
    return HTMLResponse(_SHELL.format(title="Warning desk", body=body))


@pages.post("/")
async def sign_in(request: Request) -> Response:
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
        return HTMLResponse(_sign_in_form(str(fault)), 401)
    answer = RedirectResponse("/", 303)
    is_secure = running.config.tls_before
    answer.set_cookie(
        COOKIE, token, max_age=int(SESSION_S), httponly=True, samesite="strict", secure=is_secure
    )
    return answer


@pages.get("/plans")
def plans_page(who: Looking, request: Request, lang: Lang = Language.ENGLISH) -> HTMLResponse:
    """Show the pre-authorised plans."""
    desk = request.app.state.running.desk
    zone_offset_h, _ = local_time(desk.policy)
    page = render_plans_page(
        desk.store.state().plans.values(), desk.now(), _viewer(who), lang,
        csrf=who.csrf, zone_offset_h=zone_offset_h,
    )  # fmt: skip
    return HTMLResponse(page)


@pages.get("/events/{event_id}")
def event_page(
    event_id: EventId, who: Looking, request: Request, lang: Lang = Language.ENGLISH
) -> HTMLResponse:
    """Show one event to one person."""
    return HTMLResponse(render_desk_page(_view(event_id, who, request), lang, csrf=who.csrf))


@pages.get("/api/v1/events/{event_id}/page")
def event_state(
    event_id: EventId, who: Looking, request: Request, lang: Lang = Language.ENGLISH
) -> HTMLResponse:
    """Return the part of the page that changes."""
    return HTMLResponse(render_desk_state(_view(event_id, who, request), lang))


def _from_partners(exchange: Exchange) -> str:
    """Return the alerts of partners, marked with who sent them; nothing where there are none."""
    rows = []
    for row in exchange.inbox.alerts(20):
        mark = "" if row.status == Status.ACTUAL else f"<span class='drill'>{escape(row.status)}</span> "
        where = f"/api/v1/partner-alerts/{quote(row.partner)}/{row.digest}.xml"
        link = f"<a href='{where}'>{escape(row.identifier)}</a>"
        sent = datetime.fromisoformat(row.sent).astimezone(UTC)
        rows.append(f"<li>{mark}{escape(row.partner)}: {link}, {sent:%Y-%m-%d %H:%M} UTC, {row.scope}</li>")
    return f"<h2>From partners</h2><ul>{''.join(rows)}</ul>" if rows else ""


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


def _sign_in_form(problem: str) -> str:
    said = f"<p class='bad' role='alert'>{escape(problem)}</p>" if problem else ""
    body = (
        f"{said}<form method='post' action='/'><label for='name'>Name</label>"
        "<input id='name' name='name' autocomplete='username' required maxlength='80'>"
        "<label for='password'>Password</label><input id='password' name='password' type='password' "
        "autocomplete='current-password' required maxlength='1000'>"
        "<label for='code'>Code of your second factor</label><input id='code' name='code' "
        "inputmode='numeric' "
        "autocomplete='one-time-code' maxlength='10'><button>Sign in</button></form>"
    )
    return _SHELL.format(title="Warning desk: sign in", body=body)
