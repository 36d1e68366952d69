"""The routes below ``/api/v1``: decisions in, boards out, steps on drafts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from overflight.errors import InputError
from overflight.service.api.access import COOKIE, Approving, Feeding, Looking, Writing, is_confirmed
from overflight.service.api.models import (
    EventBoard,
    EventRow,
    HandedOver,
    Heard,
    Note,
    RefusedLine,
    SignedIn,
    SignIn,
    Step,
    Stepped,
)
from overflight.service.api.views import event_board, event_row
from overflight.service.desk import Desk
from overflight.service.people import SESSION_S
from overflight.service.tables import alert
from overflight.warning.decision import DecisionMessage, read_decision

MOST_BYTES = 8_000_000
SAID = {
    401: {"description": "nobody is known to ask"},
    403: {"description": "not allowed"},
    404: {"description": "there is none"},
    409: {"description": "the rules of an alert's life do not allow it"},
    413: {"description": "too long"},
    422: {"description": "what was sent is not what the route takes"},
    429: {"description": "too often"},
    503: {"description": "the store cannot be used now; nothing was changed"},
}
router = APIRouter(prefix="/api/v1", responses=SAID)  # type: ignore[arg-type]
DraftId = Annotated[str, Path(max_length=250)]
EventId = Annotated[str, Path(max_length=120)]


@router.post("/sessions", tags=["people"])
def sign_in(given: SignIn, request: Request, response: Response) -> SignedIn:
    """Begin a session."""
    running = request.app.state.running
    token, who = running.people.sign_in(given.name, given.password, given.code, datetime.now(UTC))
    response.set_cookie(
        COOKIE, token, max_age=int(SESSION_S), httponly=True, samesite="strict",
        secure=running.config.tls_before, path="/",
    )  # fmt: skip
    return SignedIn(name=who.name, role=who.role.value, csrf=who.csrf)


@router.delete("/sessions", tags=["people"], status_code=204)
def sign_out(who: Looking, request: Request, response: Response) -> None:
    """End the session."""
    request.app.state.running.people.sign_out(who, datetime.now(UTC))
    response.delete_cookie(COOKIE, path="/")


@router.post("/decisions", tags=["feed"], status_code=202)
async def decisions(who: Feeding, request: Request) -> Heard:
    """Take in decision messages, NDJSON; what is not taken is named by its line."""
    content = await _body(request)
    running = request.app.state.running
    heard, messages = await run_in_threadpool(_hear, running.desk, content)
    running.changed()
    running.exchange.sharing.tell(messages)
    return heard


@router.get("/events", tags=["events"])
def events(who: Looking, request: Request) -> list[EventRow]:
    """List all events, newest last."""
    state, now = request.app.state.running.desk.store.state(), datetime.now(UTC)
    return [event_row(board, now) for board in state.boards.values()]


@router.get("/events/{event_id}", tags=["events"])
def event(event_id: EventId, who: Looking, request: Request) -> EventBoard:
    """Return the board of an event: drafts, messages, deliveries, places, track."""
    desk = request.app.state.running.desk
    state = desk.store.state()
    if event_id not in state.boards:
        raise HTTPException(404, "no such event")
    board = event_board(desk.store, state, desk.policy, event_id, desk.now())
    silent = request.app.state.running.exchange.silent(state.boards[event_id], desk.now())
    board.alarms.extend(f"{place} was told and has not answered" for place in silent)
    return board


@router.get("/stream", tags=["events"], response_class=StreamingResponse)
async def stream(
    who: Looking, request: Request, event: Annotated[str, Query(max_length=120)] = ""
) -> StreamingResponse:
    """Tell every change as a server-sent event, one JSON object each."""
    running = request.app.state.running

    async def lines() -> AsyncIterator[str]:
        with running.listening() as queue:
            yield "retry: 1000\n\n"
            while not running.is_stopping:
                try:
                    async with asyncio.timeout(15.0):
                        seq = await queue.get()
                    yield f"data: {json.dumps({'seq': seq, 'event': event})}\n\n"
                except TimeoutError:
                    yield ": still here\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.post("/drafts/{draft_id}/approve", tags=["drafts"])
def approve(draft_id: DraftId, step: Step, who: Approving, request: Request) -> Stepped:
    """Approve the content that was read; the code is the second factor."""
    running = request.app.state.running
    is_good = is_confirmed(request, who, step.code)
    running.desk.approve(draft_id, step.content_hash, who, second_factor=is_good)
    running.changed()
    return Stepped(draft_id=draft_id)


@router.post("/drafts/{draft_id}/withhold", tags=["drafts"])
def withhold(draft_id: DraftId, step: Step, who: Writing, request: Request) -> Stepped:
    """Stop a draft: its approvals are void."""
    request.app.state.running.desk.withhold(draft_id, step.content_hash, who, step.reason)
    request.app.state.running.changed()
    return Stepped(draft_id=draft_id)


@router.post("/drafts/{draft_id}/discard", tags=["drafts"])
def discard(draft_id: DraftId, step: Step, who: Writing, request: Request) -> Stepped:
    """Put a draft away for good."""
    request.app.state.running.desk.discard(draft_id, step.content_hash, who, step.reason)
    request.app.state.running.changed()
    return Stepped(draft_id=draft_id)


@router.post("/drafts/{draft_id}/issue", tags=["drafts"])
def issue(draft_id: DraftId, step: Step, who: Approving, request: Request) -> Stepped:
    """Send what was approved: signed, stored, on its way."""
    made = request.app.state.running.desk.issue(draft_id, step.content_hash, who)
    request.app.state.running.changed()
    return Stepped(draft_id=draft_id, identifiers=list(made))


@router.get("/alerts/{identifier}.xml", tags=["events"], response_class=Response)
def alert_xml(identifier: Annotated[str, Path(max_length=300)], who: Looking, request: Request) -> Response:
    """Return the signed bytes of a message, as they were sent."""
    with request.app.state.running.desk.store.read() as connection:
        query = sa.select(alert.c.signed).where(alert.c.identifier == identifier)
        row = connection.execute(query).first()
    if row is None:
        raise HTTPException(404, "no such message")
    return Response(row.signed, media_type="application/cap+xml")


@router.get("/handover", tags=["people"])
def handover(who: Looking, request: Request) -> HandedOver:
    """Return what the next shift must know."""
    running, now = request.app.state.running, datetime.now(UTC)
    state = running.desk.store.state()
    notes = [json.loads(entry.body) for entry in running.desk.store.entries("") if entry.kind == "note"]
    return HandedOver(
        notes=[f"{note['at']} {note['by']}: {note['text']}" for note in notes[-20:]],
        events=[event_row(board, now) for board in state.boards.values()],
        on_duty=running.people.on_duty(),
    )


@router.post("/handover", tags=["people"], status_code=204)
def add_note(note: Note, who: Writing, request: Request) -> None:
    """Leave a note to the next shift."""
    now = datetime.now(UTC)
    with request.app.state.running.desk.store.write(now) as work:
        work.note("note", "", {"at": now.isoformat(), "by": who.name, "text": note.text})


def _hear(desk: Desk, content: bytes) -> tuple[Heard, list[DecisionMessage]]:
    accepted: list[DecisionMessage] = []
    refused = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            message = read_decision(line)
            desk.hear(message)
            accepted.append(message)
        except InputError as fault:
            refused.append(RefusedLine(line=number, error=str(fault)[:500]))
    return Heard(accepted=len(accepted), refused=refused), accepted


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise HTTPException(413, f"at most {MOST_BYTES} bytes are taken")
        parts.append(part)
    return b"".join(parts)
