"""The operator's page as HTML: made by the server, kept fresh by a small script, usable without colour.

The page is the shell with the present state in it; :func:`render_desk_state` is that state alone, which
the script fetches and puts in place whenever the desk says that something changed.  So what people see
is always one consistent state that the server drew, and never one that a browser pieced together.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from markupsafe import Markup

from overflight.report.clock import elapsed
from overflight.report.desk_calls import call_rows
from overflight.report.desk_view import DeskView, DraftView
from overflight.report.desk_words import LANGUAGES, PHRASE, desk_words
from overflight.report.event_map import BAND, MapPoint, MapWords, event_maps
from overflight.report.evidence_words import facts_words, not_used_words
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.report.words import per_cent, rounded
from overflight.warning.alert import Status
from overflight.warning.names import Language

__all__ = ["render_desk_page", "render_desk_state"]

ROWS = 12
"""Towns shown before the rest is folded."""


def render_desk_page(view: DeskView, language: Language, *, csrf: str = "", api: str = "/api/v1") -> str:
    """Return the whole page for one person.

    Parameters
    ----------
    view : what the person sees
    language : of the page; the texts of alerts are shown in all of theirs
    csrf : token that the script sends back with every action
    api : where the routes of the desk begin
    """
    values = _values(view, language) | {
        "csrf": csrf,
        "api": api,
        "css": Markup(
            packaged_text("static/page.css")
            + packaged_text("static/public.css")
            + packaged_text("static/desk.css")
        ),
        "script": Markup(packaged_text("static/desk.js")),
    }
    return environment().get_template("desk.html.j2").render(values)


def render_desk_state(view: DeskView, language: Language) -> str:
    """Return the state alone, as the script puts it in place."""
    return environment().get_template("desk_state.html.j2").render(_values(view, language))


def _values(view: DeskView, language: Language) -> dict[str, Any]:
    words = desk_words(language)
    local = timezone(timedelta(hours=view.zone_offset_h))
    return {
        "view": view,
        "w": words,
        "lang": language.value,
        "languages": LANGUAGES,
        "is_drill": view.board.status is not Status.ACTUAL,
        "phrase": PHRASE,
        "heading": _heading(view, words),
        "why": _why(view, words, local, language) if view.main else [],
        "texts": _texts(view.main) if view.main else [],
        "map": _map(view, words, local, language),
        "calls": call_rows(view.pages, view.viewer, language),
        "why_not": lambda record: not_used_words(record, language),
        "rows": ROWS,
        "local": lambda time: f"{time.astimezone(local):%H:%M:%S}",
        "day": lambda time: f"{time.astimezone(local):%Y-%m-%d %H:%M}",
        "date": f"{view.now.astimezone(local):%Y-%m-%d}",
        "utc": f"{view.now.astimezone(UTC):%H:%M:%S}",
        "since": elapsed((view.now - view.latest.launch.time).total_seconds()) if view.latest else "",
        "name": lambda named: named[0][language],
        "chance": lambda p: _chance(p, words),
        "seconds": lambda value: f"{int(value) // 60}:{int(value) % 60:02d}",
    }


def _heading(view: DeskView, words: dict[str, str]) -> str:
    main = view.main
    if main is not None:
        kind = words[main.draft.content.kind.value]
        text = words["head_send" if main.has_quorum else "head_wait"]
        return text.format(kind=kind, places=len(main.places))
    called: set[str] = set()
    for thread in {message.content.thread for message in view.board.messages}:
        called |= view.board.calls(thread, view.now)
    return words["head_calls"].format(places=len(called)) if called else words["head_quiet"]


def _why(
    view: DeskView, words: dict[str, str], local: timezone, language: Language
) -> list[tuple[str, str, str]]:
    """Return the reasons beside the button, for and against, each as (what, words, the tracker's own)."""
    main, latest = view.main, view.latest
    if main is None:
        return []
    said = facts_words(view.facts_for, language, local)
    noted = "; ".join(one.words for one in view.facts_for)
    if not said and main.draft.basis:
        said, noted = words["by_basis"], main.draft.basis.words
    rows = [(words["why"], said or words["no_track"], noted)]
    figures = [place for place in latest.places if place.code in set(main.places)] if latest else []
    timed = sorted((f for f in figures if f.first_passage), key=lambda f: (f.first_passage, f.code))
    if timed and timed[0].first_passage:
        time = f"{timed[0].first_passage.astimezone(local):%H:%M:%S}"
        rows.append((words["first"], f"{view.named(timed[0].code)[0][language]}, {time}", ""))
    if latest and latest.path:
        km = round(BAND * max(point.cross_sigma_m for point in latest.path) / 1000)
        rows.append((words["certainty"], words["certainty_says"].format(km=km, n=len(latest.sensors)), ""))
    if figures:
        worst = max(place.p_debris for place in figures)
        said = words["debris_says"].format(p=_chance(worst, words)) if worst > 0 else words["none_seen"]
        rows.append((words["debris"], said, ""))
    doubts = facts_words(view.facts_against, language, local) or (words[view.doubt] if view.doubt else "")
    own = "; ".join(one.words for one in view.facts_against)
    rows.append((words["against"], doubts or words["nothing_against"], own))
    rows.append((words["area"], words["area_says"].format(n=len(main.places), left=main.left_out), ""))
    return rows


def _chance(probability: float, words: dict[str, str]) -> str:
    """Return a probability in the language of the page."""
    if probability <= 0:
        return words["none_seen"]
    if probability >= 0.01:
        return per_cent(probability)
    return words["one_in"].format(n=f"{rounded(1 / probability, 2):,.0f}")


def _texts(main: DraftView) -> list[tuple[str, str, str, str]]:
    """Return the texts of a draft as (language, headline, description, instruction)."""
    return [(i.language, i.headline, i.description, i.instruction) for i in main.draft.content.infos]


def _map(view: DeskView, words: dict[str, str], local: timezone, language: Language) -> Markup:
    latest = view.latest
    path = []
    if latest:
        path = [
            MapPoint((point.lon_deg, point.lat_deg), point.cross_sigma_m, point.time <= latest.time)
            for point in latest.path
        ]
    now = f"{words['now']} {_clock(latest.time, local)}" if latest else ""
    said = MapWords("desk", words["map"], words["map_says"], now, language.value)
    return event_maps(view.rings, path, said, whole_path=True)


def _clock(time: datetime, local: timezone) -> str:
    return f"{time.astimezone(local):%H:%M:%S}"
