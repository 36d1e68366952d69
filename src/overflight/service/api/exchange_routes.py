"""The routes by which people see what came back from places and what partners sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response

from overflight.service.api.access import Looking, Writing
from overflight.service.api.models import PartnerAlertRow, TownAnswerRow
from overflight.service.api.routes import SAID, EventId
from overflight.warning.answers import TownAnswer, told_at

router = APIRouter(prefix="/api/v1", responses=SAID)  # type: ignore[arg-type]


@router.get("/events/{event_id}/answers", tags=["answers"])
def answers(event_id: EventId, who: Writing, request: Request) -> list[TownAnswerRow]:
    """List the places told, who answers for each and by which link, and what came back."""
    running = request.app.state.running
    board = running.desk.store.state().boards.get(event_id)
    if board is None:
        raise HTTPException(404, "no such event")
    exchange = running.exchange
    towns = exchange.towns(event_id)
    silent = set(exchange.silent(board, running.desk.now()))
    rows = []
    for place, told in told_at(board).items():
        contact, town = exchange.contact_of(place), towns.get(place, TownAnswer())
        rows.append(
            TownAnswerRow(
                place=place,
                told=told,
                contact=contact.name if contact else "",
                email=contact.email if contact else "",
                phone=contact.phone if contact else "",
                link=exchange.link(event_id, place) if contact else "",
                acknowledged=town.acknowledged,
                report=town.report.value if town.report else None,
                words=town.words,
                is_silent=place in silent,
            )
        )
    return rows


@router.get("/partner-alerts", tags=["partners"])
def partner_alerts(who: Looking, request: Request) -> list[PartnerAlertRow]:
    """List the newest alerts that partners sent."""
    names = PartnerAlertRow.model_fields
    taken = request.app.state.running.exchange.inbox.alerts()
    return [PartnerAlertRow(**{name: getattr(row, name) for name in names}) for row in taken]


@router.get("/partner-alerts/{partner}/{digest}.xml", tags=["partners"], response_class=Response)
def partner_alert(
    partner: Annotated[str, Path(max_length=64)],
    digest: Annotated[str, Path(max_length=64)],
    who: Looking,
    request: Request,
) -> Response:
    """Return a partner's alert as it came."""
    content = request.app.state.running.exchange.inbox.content(partner, digest)
    if content is None:
        raise HTTPException(404, "no such alert")
    return Response(content, media_type="application/cap+xml")
