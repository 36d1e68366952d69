"""How the warning of one event went, from the desk's own log: for the bulletin that explains the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from overflight.errors import InputError
from overflight.report.public_notice import Named
from overflight.scenario.performance import CalledArea, Performance, Replies
from overflight.service.answers.store import AnswerStore
from overflight.service.publishing import namer
from overflight.service.store import Store
from overflight.warning.answers import Report, TownAnswer, town_answers
from overflight.warning.board import Board
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.names import Language, place_list

__all__ = ["performance"]

AREA_CHARS = 200


def performance(
    store: Store,
    event_id: str,
    now: datetime,
    *,
    desk: str,
    gazetteer: Gazetteer,
    silent_after: timedelta | None,
) -> Performance:
    """Return the report of an event; ``silent_after`` is None where the desk asks nobody to answer.

    Raises
    ------
    InputError : there is no such event
    """
    state = store.state()
    board = state.boards.get(event_id)
    if board is None:
        known = ", ".join(list(state.boards)[-5:]) or "none yet"
        remedy = "Name one of these; the pages of the desk list all."
        raise InputError(
            "event", found=event_id[:80], allowed=f"an event of this desk: {known}", remedy=remedy
        )
    towns = town_answers(AnswerStore(store.engine).of_event(event_id))
    latest = state.latest.get(event_id)
    threads = dict.fromkeys(message.content.thread for message in board.to_people())
    called = (_called(board, thread, towns, namer(gazetteer), now, silent_after) for thread in threads)
    return Performance(
        kind="overflight-desk-performance",
        schema_version=1,
        desk=desk,
        event=event_id,
        title=board.title,
        status=board.status.value,  # type: ignore[arg-type]
        launch_utc=latest.launch.time.astimezone(UTC) if latest else None,
        written_utc=now.astimezone(UTC).replace(microsecond=0),
        called=tuple(one for one in called if one is not None),
    )


def _called(
    board: Board,
    thread: str,
    towns: Mapping[str, TownAnswer],
    named: Callable[[str], Named],
    now: datetime,
    silent_after: timedelta | None,
) -> CalledArea | None:
    messages = board.in_thread(thread)
    calls = [message for message in messages if message.content.shelter]
    if not calls:
        return None
    told: dict[str, datetime] = {}
    for message in calls:
        for place in message.content.shelter:
            told.setdefault(place, message.issued.sent)
    return CalledArea(
        country=thread,
        area={
            language.value: place_list([named(code) for code in told], language, max_chars=AREA_CHARS)
            for language in Language
        },
        places=tuple(told),
        raised_utc=calls[0].issued.sent,
        lifted_utc=_lifted(board, thread, calls[0].issued.sent),
        messages=tuple(message.identifier for message in messages),
        replies=_replies(told, towns, now, silent_after),
    )


def _lifted(board: Board, thread: str, since: datetime) -> datetime | None:
    """Return when the last place was released by a message; None while a call stands, or where it ran out."""
    left: set[str] = set()
    lifted = None
    for message in board.in_thread(thread):
        if message.issued.sent < since:
            continue
        left = set(message.content.shelter)
        lifted = None if left else message.issued.sent
    return lifted


def _replies(
    told: Mapping[str, datetime],
    towns: Mapping[str, TownAnswer],
    now: datetime,
    silent_after: timedelta | None,
) -> Replies:
    if silent_after is None:
        return Replies(asked=0, acknowledged=0, silent=0, no_damage=0, damage=0, object_found=0)
    reports = [towns[place].report for place in told if place in towns]
    silent = sum(place not in towns and now - sent >= silent_after for place, sent in told.items())
    return Replies(
        asked=len(told),
        acknowledged=len(reports),
        silent=silent,
        no_damage=reports.count(Report.NO_DAMAGE),
        damage=reports.count(Report.DAMAGE),
        object_found=reports.count(Report.OBJECT_FOUND),
    )
