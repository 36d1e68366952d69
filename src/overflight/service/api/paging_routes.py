"""The routes of pages: which are open, and that one sees to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request

from overflight.service.api.access import Looking, Writing
from overflight.service.api.models import Answer
from overflight.service.api.routes import SAID
from overflight.warning.paging import Answered, taken_by

router = APIRouter(prefix="/api/v1/pages", tags=["pages"], responses=SAID)  # type: ignore[arg-type]


class PageRow(Answer):
    """An open page: why, who was called, who could not be reached, who sees to it."""

    page_id: str
    event_id: str
    status: str
    kind: str
    why: str
    raised: datetime
    called: list[str]
    not_reached: list[str]
    answered: list[str]


@router.get("")
def pages(who: Looking, request: Request) -> list[PageRow]:
    """List the open pages, oldest first."""
    state = request.app.state.running.desk.store.state()
    return [
        PageRow(
            page_id=page.raised.page_id,
            event_id=page.raised.event_id,
            status=page.raised.status.value,
            kind=page.raised.kind.value,
            why=page.raised.why,
            raised=page.raised.at,
            called=list(page.calls),
            not_reached=sorted(page.failed),
            answered=list(page.answered),
        )
        for page in state.pages.values()
    ]


@router.post("/{page_id}/answer", status_code=204)
def answer(page_id: Annotated[str, Path(max_length=80)], who: Writing, request: Request) -> None:
    """Say that one sees to it: nobody else is called."""
    running = request.app.state.running
    with running.desk.store.write(datetime.now(UTC)) as work:
        taken_by(work.state.pages, page_id)
        work.page(Answered(work.at, page_id, who.name))
    running.changed()
