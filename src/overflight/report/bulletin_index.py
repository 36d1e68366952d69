"""The index page and the Atom feed (RFC 4287) of several bulletins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from uuid import NAMESPACE_URL, uuid5

from overflight.report.bulletin_texts import LANGUAGES, text
from overflight.report.packaged import packaged_text

__all__ = ["Entry", "atom_feed", "index_page"]

_FILES = {"en": "index.html", "ja": "ja.html", "ko": "ko.html"}
_NAMES = {"en": "English", "ja": "日本語", "ko": "한국어"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A bulletin: its permanent name, folder, titles and first sentences by language, when computed."""

    key: str
    folder: str
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    computed: str  # RFC 3339


def index_page(entries: Sequence[Entry]) -> str:
    """Return the page that lists all bulletins, the newest launch first, each in three languages."""
    rows = []
    for entry in sorted(entries, key=lambda entry: entry.key, reverse=True):
        links = "".join(
            f'<p lang="{code}"><a href="{escape(entry.folder)}/{_FILES[code]}">{_NAMES[code]}: '
            f"{escape(title)}</a><br>{escape(words)}</p>"
            for code, title, words in zip(LANGUAGES, entry.titles, entry.leads, strict=True)
        )
        rows.append(f"<section><header><h2>{escape(entry.key[:10])}</h2></header>{links}</section>")
    css = packaged_text("static/page.css") + packaged_text("static/bulletin.css")
    heads = " · ".join(text("bulletin", code) for code in LANGUAGES)
    note = "".join(f'<p lang="{code}">{text("not_a_warning", code)}</p>' for code in LANGUAGES)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="generator" content="overflight bulletins">'
        f'<title>{heads}</title><link rel="icon" href="data:,">'
        '<link rel="alternate" type="application/atom+xml" href="feed.atom">'
        f'<style>{css}</style></head><body class="bulletin"><div class="notice" role="note">'
        f'<div class="wrap">{note}</div></div><div class="wrap">'
        f'<header><h1 class="later">{heads}</h1></header>'
        f'<main>{"".join(rows)}</main><footer><p><a href="feed.atom">Atom</a></p></footer></div></body>'
        "</html>\n"
    )


def atom_feed(entries: Sequence[Entry], base: str = "") -> str:
    """Return the feed; ``base`` is the address of the folder, put before every link."""
    updated = max((entry.computed for entry in entries), default="1970-01-01T00:00:00+00:00")
    items = []
    for entry in sorted(entries, key=lambda entry: entry.computed, reverse=True):
        links = "".join(
            f'<link rel="alternate" hreflang="{code}" type="text/html" '
            f'href="{escape(base)}{escape(entry.folder)}/{_FILES[code]}"/>'
            for code in LANGUAGES
        )
        items.append(
            f"<entry><id>{_identity(entry.key)}</id><title>{escape(entry.titles[0])}</title>"
            f"<updated>{entry.computed}</updated>{links}<summary>{escape(entry.leads[0])}</summary></entry>"
        )
    own = f'<link rel="self" href="{escape(base)}feed.atom"/>'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{_identity(base or 'bulletins')}</id><title>{text('bulletin', 'en')}</title>"
        f"<author><name>overflight</name></author><updated>{updated}</updated>{own}{''.join(items)}</feed>\n"
    )


def _identity(name: str) -> str:
    """Return an identifier that stays the same wherever the page is put."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'overflight bulletin {name}')}"
