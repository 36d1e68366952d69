"""The first pages of a desk: sign in, and then what is going on, with whom it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from markupsafe import Markup

from overflight.report.desk_calls import call_rows
from overflight.report.desk_view import Viewer
from overflight.report.desk_words import LANGUAGES, desk_words
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.warning.alert import Status
from overflight.warning.board import Board
from overflight.warning.names import Language
from overflight.warning.paging import PageState

__all__ = ["EventLine", "PartnerLine", "event_line", "render_events_page", "render_problem", "render_sign_in"]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of the list. ``called`` counts the places told to shelter now, ``waiting`` the drafts."""

    event_id: str
    title: str
    status: Status
    opened_at: datetime
    waiting: int
    called: int
    sent: int

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.waiting or self.called)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One alert that a partner sent."""

    partner: str
    identifier: str
    status: str
    scope: str
    sent: datetime
    link: str


def event_line(board: Board, now: datetime) -> EventLine:
    """Return an event for the list."""
    threads = {message.content.thread for message in board.messages}
    return EventLine(
        event_id=board.event_id,
        title=board.title,
        status=board.status,
        opened_at=board.opened_at,
        waiting=sum(1 for draft in board.drafts if draft.is_open and draft.basis is not None),
        called=sum(len(board.calls(thread, now)) for thread in threads),
        sent=len(board.messages),
    )


def render_events_page(
    events: Sequence[EventLine],
    pages: Iterable[PageState],
    viewer: Viewer,
    language: Language,
    *,
    role: str = "",
    plans: int = 0,
    partners: Sequence[PartnerLine] = (),
    csrf: str = "",
    api: str = "/api/v1",
    zone_offset_h: float = 9.0,
    zone_label: str = "JST",
) -> str:
    """Return the page: who is called, the events that are open, then the others, the newest first.

    ``plans`` counts the pre-authorised plans that stand.
    """
    local = timezone(timedelta(hours=zone_offset_h))
    newest = sorted(events, key=lambda event: event.opened_at, reverse=True)
    values = {
        "viewer": viewer,
        "role": role,
        "calls": call_rows(pages, viewer, language),
        "groups": [
            (title, lines)
            for title, lines in (
                ("events_open", [event for event in newest if event.is_open]),
                ("events_over", [event for event in newest if not event.is_open]),
            )
            if lines
        ],
        "plans": plans,
        "partners": partners,
        "real": Status.ACTUAL,
        "csrf": csrf,
        "api": api,
        "local": lambda time: f"{time.astimezone(local):%H:%M:%S}",
        "day": lambda time: f"{time.astimezone(local):%Y-%m-%d %H:%M} {zone_label}",
        "script": Markup(packaged_text("static/events.js")),
    }
    return _rendered("events.html.j2", language, values)


def render_sign_in(language: Language, problem: str = "") -> str:
    """Return the form that stands before everything else; ``problem`` says why the last try failed."""
    return _rendered("sign_in.html.j2", language, {"problem": problem})


def render_problem(language: Language, status: int, said: str, *, has_account: bool = True) -> str:
    """Return what a person sees who asked for a page that there is not, or may not see it.

    ``has_account`` leads back to the events; whoever answers for a town has none.
    """
    title = desk_words(language)["problem_missing" if status == 404 else "problem_refused"]
    return _rendered("problem.html.j2", language, {"title": title, "said": said, "has_account": has_account})


def _rendered(template: str, language: Language, values: dict[str, Any]) -> str:
    css = Markup("".join(packaged_text(f"static/{name}.css") for name in ("page", "public", "desk")))
    shared = {"w": desk_words(language), "lang": language.value, "languages": LANGUAGES, "css": css}
    return environment().get_template(template).render(values | shared)
