"""The routes by which contacts answer, each through a link of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from overflight.errors import InputError
from overflight.report.answer_page import answer_page
from overflight.service.answers.contacts import Contact, read_token
from overflight.service.store import RETRY_S, StoreError
from overflight.warning.alert import Status
from overflight.warning.answers import Answer, Report

MAX_FORM_BYTES = 16_000
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


class AnswerBook(Protocol):
    """Where answers are kept."""

    def append(self, answer: Answer) -> None:
        """Keep an answer."""
        ...


def answer_routes(
    secret: bytes,
    book: AnswerBook,
    contact_of: Callable[[str], Contact | None],
    status_of: Callable[[str], Status | None],
    told: Callable[[Answer], None] = lambda _: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> APIRouter:
    """Return the route ``/answer/{token}``.

    Parameters
    ----------
    secret : what seals the links
    contact_of : who answers for a place, None if nobody is known
    status_of : status of an event, None if there is none
    told : called after an answer was kept, to refresh pages
    """
    router = APIRouter(tags=["answers"])

    def who(token: str) -> tuple[str, Contact, Status]:
        opened = read_token(secret, token)
        contact = contact_of(opened[1]) if opened else None
        status = status_of(opened[0]) if opened else None
        if opened is None or contact is None or status is None:
            raise HTTPException(404, "no such link")
        return opened[0], contact, status

    def shown(contact: Contact, status: Status, code: int = 200, **what: bool) -> HTMLResponse:
        is_drill = status is not Status.ACTUAL
        page = answer_page(contact.name, contact.language, is_drill=is_drill, **what)
        later = {"Retry-After": str(RETRY_S)} if code == 503 else {}
        return HTMLResponse(page, code, _HEADERS | later)

    @router.get("/answer/{token}", response_class=HTMLResponse)
    async def ask(token: str) -> HTMLResponse:
        """Show the page on which one place answers."""
        _, contact, status = await run_in_threadpool(who, token)
        return shown(contact, status)

    @router.post("/answer/{token}", response_class=HTMLResponse)
    async def take(token: str, request: Request) -> HTMLResponse:
        """Take an acknowledgement or a report."""
        event_id, contact, status = await run_in_threadpool(who, token)
        form = await _form(request)
        try:
            report = Report(form["report"]) if "report" in form else None
            words = {key: form.get(key, "") for key in ("where", "note")}
            answer = Answer(now(), event_id, contact.place, contact.name, report, **words)
        except (ValueError, InputError):
            return shown(contact, status, 422, problem=True)
        try:
            await run_in_threadpool(book.append, answer)
        except StoreError:
            return shown(contact, status, 503, is_busy=True)
        told(answer)
        return shown(contact, status, is_taken=True)

    return router


async def _form(request: Request) -> dict[str, str]:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_FORM_BYTES:
            raise HTTPException(413, f"at most {MAX_FORM_BYTES} bytes")
        parts.append(part)
    try:
        fields = parse_qs(b"".join(parts).decode("ascii"), max_num_fields=10, strict_parsing=False)
    except ValueError:
        raise HTTPException(422, "a form is expected") from None
    return {name: values[0] for name, values in fields.items()}
