"""The public page of a desk as HTML: one file for each edition, no script, nothing loaded from anywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from markupsafe import Markup, escape

from overflight.report.event_map import MapPoint, MapWords, event_maps
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.report.public_notice import CallState, Named, PublicNotice
from overflight.report.public_words import EDITIONS, PHONES, PageWords
from overflight.warning.alert import Status
from overflight.warning.names import Language
from overflight.warning.templates import MessageKind
from overflight.warning.texts import clock

__all__ = ["render_editions", "render_public"]

_RUBY = re.compile(r"([\u3005\u4e00-\u9fff]+)《([^》]+)》")
_SHADES = {
    CallState.SHELTER: "act",
    CallState.RUN_OUT: "wait",
    CallState.NONE: "calm",
}
_RAISES = frozenset({MessageKind.LAUNCH, MessageKind.OVERFLIGHT})


def render_editions(notice: PublicNotice) -> dict[str, str]:
    """Return every edition of the page by its file name (``ja.html``, ``easy.html``)."""
    return {words.file: render_public(notice, words) for words in EDITIONS}


def render_public(notice: PublicNotice, words: PageWords) -> str:
    """Return one edition of the page as self-contained HTML that works without a script."""
    language = words.language
    lead, then = words.lead[notice.state]
    local = timezone(timedelta(hours=notice.zone_offset_h))
    title = _plain(f"{lead} {words.badge[notice.state]}")
    is_drill = notice.status is not Status.ACTUAL
    values = {
        "words": words,
        "editions": EDITIONS,
        "notice": notice,
        "shade": _SHADES.get(notice.state, "clear"),
        "is_drill": is_drill,
        "title": f"{_plain(words.drill)}: {title}" if is_drill else title,
        "lead": lead,
        "then": then,
        "latest": notice.entries[-1].said(language) if notice.entries else None,
        "is_called": notice.state in (CallState.SHELTER, CallState.RUN_OUT),
        "called": _groups(notice.called, words),
        "released": _groups(notice.released, words),
        "phones": _phones(notice.country, words),
        "entries": [(entry, entry.kind in _RAISES, entry.said(language)) for entry in notice.entries],
        "updated": words.updated.format(time=_time(notice.made.astimezone(local), words, notice)),
        "until": words.until.format(time=clock(notice.expires.astimezone(local), language))
        if notice.expires
        else "",
        "local": lambda time: time.astimezone(local),
        "clock": lambda time: clock(time.astimezone(local), language),
        "ruby": ruby,
        "plain": _plain,
        "map": area_map(notice, words),
        "css": Markup(packaged_text("static/page.css") + packaged_text("static/public.css")),
    }
    return environment().get_template("public.html.j2").render(values)


def ruby(text: str) -> Markup:
    """Return text as HTML, 避難《ひなん》 with the reading above."""
    safe = str(escape(text))
    return Markup(_RUBY.sub(r"<ruby>\1<rp>(</rp><rt>\2</rt><rp>)</rp></ruby>", safe))


def _plain(text: str) -> str:
    return _RUBY.sub(r"\1", text)


def _time(local: datetime, words: PageWords, notice: PublicNotice) -> str:
    utc = local.astimezone(UTC)
    day = f"{local:%Y-%m-%d} " if words.language is Language.ENGLISH else f"{local.month}月{local.day}日"
    if words.language is Language.KOREAN:
        day = f"{local.month}월 {local.day}일 "
    return f"{day}{clock(local, words.language)} {notice.zone_label} ({utc:%H:%M} UTC)"


def _groups(places: tuple[Named, ...], words: PageWords) -> list[tuple[str, list[str]]]:
    """Return the names of places by region, in the order given; easy Japanese adds Latin letters."""
    groups: dict[str, list[str]] = {}
    for place, region in places:
        name = place[words.language]
        if words.is_easy and place.en and place.en != name:
            name += f"（{place.en}）"
        groups.setdefault(region[words.language] if region else "", []).append(name)
    return list(groups.items())


def _phones(country: str, words: PageWords) -> list[tuple[str, str]]:
    column = {Language.JAPANESE: 0, Language.ENGLISH: 1, Language.KOREAN: 2}[words.language]
    names = [(row[column], row[3]) for row in PHONES.get(country, ())]
    return names if words.is_easy else [(_plain(name), phone) for name, phone in names]


def area_map(notice: PublicNotice, words: PageWords) -> Markup:
    """Return the map of the area and the path; "" if there is no area to show."""
    if not notice.rings:
        return Markup()
    said = MapWords("area", _plain(words.map_title), _plain(words.map_words), language=words.language.value)
    return event_maps(notice.rings, [MapPoint(point) for point in notice.path], said)
