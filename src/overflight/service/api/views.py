"""From boards and rows to what the API answers."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from overflight.report.events_page import event_line
from overflight.service.api.models import (
    ApprovalRow,
    DeliveryRow,
    DraftRow,
    EventBoard,
    EventRow,
    MessageRow,
    PlaceRow,
    TextRow,
    TrackRow,
)
from overflight.service.store import State, Store
from overflight.service.tables import outbox
from overflight.warning.alarms import alarms
from overflight.warning.alert import AlertInfo
from overflight.warning.board import Board, DraftState
from overflight.warning.decision import DecisionMessage
from overflight.warning.life import phase_of
from overflight.warning.life_rules import PEOPLE_NEEDED
from overflight.warning.policy import Policy


def event_row(board: Board, now: datetime) -> EventRow:
    """Return an event for the list."""
    line = event_line(board, now)
    return EventRow(
        event_id=line.event_id,
        title=line.title,
        status=line.status.value,
        opened_at=line.opened_at,
        drafts_waiting=line.waiting,
        messages=line.sent,
        called=line.called,
    )


def event_board(store: Store, state: State, policy: Policy, event_id: str, now: datetime) -> EventBoard:
    """Return everything of an event; KeyError if there is none."""
    board, latest = state.boards[event_id], state.latest.get(event_id)
    deliveries: dict[str, list[DeliveryRow]] = {}
    with store.read() as connection:
        query = (
            sa.select(outbox).where(outbox.c.event_id == event_id).order_by(outbox.c.number, outbox.c.channel)
        )
        for row in connection.execute(query):
            shown = DeliveryRow(
                channel=row.channel, state=row.state, attempts=row.attempts, detail=row.detail
            )
            deliveries.setdefault(row.identifier, []).append(shown)
    return EventBoard(
        event_id=event_id,
        title=board.title,
        status=board.status.value,
        drafts=[_draft_row(board, draft, now) for draft in board.drafts],
        messages=[
            MessageRow(
                identifier=message.identifier,
                thread=message.content.thread,
                kind=message.content.kind.value,
                phase=message.phase(now).value,
                sent=message.issued.sent,
                people=list(message.issued.people),
                plan_id=message.issued.plan_id,
                open_shelter=sorted(message.open_shelter),
                deliveries=deliveries.get(message.identifier, []),
            )
            for message in board.messages
        ],
        places=_places(latest),
        track=_track(latest),
        alarms=list(alarms(board, latest, policy, now)) if latest else [],
    )


def _draft_row(board: Board, draft: DraftState, now: datetime) -> DraftRow:
    content = draft.content
    return DraftRow(
        draft_id=draft.draft_id,
        thread=content.thread,
        kind=content.kind.value,
        phase=phase_of(board, draft.draft_id, now).value,
        content_hash=draft.content_hash,
        made_at=draft.made_at,
        made_by=draft.made_by,
        has_evidence=draft.basis is not None,
        why=draft.basis.words if draft.basis else "",
        shelter=list(content.shelter),
        release=list(content.release),
        expires=content.expires,
        approvals=[ApprovalRow(by=a.by, at=a.at) for a in draft.approvals],
        people_needed=PEOPLE_NEEDED.get(content.status, 0),
        texts=[text_row(info) for info in content.infos],
    )


def text_row(info: AlertInfo) -> TextRow:
    """Return a message in one language, one part."""
    return TextRow(
        language=info.language,
        headline=info.headline,
        description=info.description,
        instruction=info.instruction,
        areas=[area.description for area in info.areas],
    )


def _places(latest: DecisionMessage | None) -> list[PlaceRow]:
    names = PlaceRow.model_fields
    rows = latest.places if latest else ()
    return [PlaceRow(**{name: getattr(place, name) for name in names}) for place in rows]


def _track(latest: DecisionMessage | None) -> TrackRow | None:
    if latest is None:
        return None
    return TrackRow(
        message_id=latest.id,
        source=latest.source,
        time=latest.time,
        track=latest.track.value,
        outcome=latest.outcome.value,
        assumed=latest.assumed,
        evidence=[f"{fact.kind.value}: {fact.words} ({fact.source})" for fact in latest.evidence],
        path=[(point.lon_deg, point.lat_deg) for point in latest.path],
    )
