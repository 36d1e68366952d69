"""The pages by which people on duty are called: what for, who has been told, who sees to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from overflight.report.desk_view import Viewer
from overflight.report.desk_words import desk_words
from overflight.warning.names import Language
from overflight.warning.page_message import page_words
from overflight.warning.paging import PageKind, PageState

__all__ = ["CallRow", "call_rows"]


@dataclass(frozen=True, slots=True)
class CallRow:
    """One open page. ``people`` are names with ``told``, ``failed``, ``trying`` or, not called, ``on_duty``.

    ``own`` is what stands in the log, where that says more than ``words``.
    """

    page_id: str
    kind: PageKind
    since: datetime
    words: str
    own: str
    people: tuple[tuple[str, str], ...]
    takers: tuple[str, ...]
    may_take: bool


def call_rows(pages: Iterable[PageState], viewer: Viewer, language: Language) -> list[CallRow]:
    """Return the open pages for one person: those that nobody has taken first, oldest first."""
    rows = [_row(page, viewer, language) for page in pages]
    return sorted(rows, key=lambda row: (bool(row.takers), row.since))


def _row(page: PageState, viewer: Viewer, language: Language) -> CallRow:
    raised = page.raised
    words = page_words(raised, language)
    if raised.kind is PageKind.APPROVAL:
        called, released = raised.places
        words = desk_words(language)["call_places"].format(called=called, released=released)
    own = raised.why if raised.kind is PageKind.ALARM and language is not Language.ENGLISH else ""
    people = dict.fromkeys((*page.calls, *raised.people))
    return CallRow(
        page_id=raised.page_id,
        kind=raised.kind,
        since=raised.at,
        words=words,
        own=own,
        people=tuple((name, _state(page, name)) for name in people),
        takers=page.answered,
        may_take=viewer.may_write and viewer.name not in page.answered,
    )


def _state(page: PageState, name: str) -> str:
    if name not in page.calls:
        return "on_duty"
    result = page.results.get(name)
    if result is None:
        return "trying"
    return "told" if result.ok else "failed"
