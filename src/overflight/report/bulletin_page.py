"""The pages of a bulletin: one self-contained HTML file a language, and its drawings as files.

Nothing is loaded from anywhere and there is no script; the pages of the other languages are links.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from itertools import groupby

from overflight.report import bulletin_story as story
from overflight.report.bulletin_figures import bulletin_map, learned_chart, profile, residual_chart
from overflight.report.bulletin_texts import GLOSSARY, LANGUAGES
from overflight.report.bulletin_values import Bulletin, DriftArea
from overflight.report.bulletin_words import Talk, odds, place_region, size
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import MAP_CREDITS, both, environment, html
from overflight.report.standalone import standalone_svg
from overflight.report.words import plain, rounded

__all__ = ["PAGES", "bulletin_figures", "render_bulletin"]

PAGES = {"en": "index.html", "ja": "ja.html", "ko": "ko.html"}
"""The file of each language."""
NAMES = {"en": "English", "ja": "日本語", "ko": "한국어"}


def render_bulletin(bulletin: Bulletin, language: str, files: Sequence[str] = ()) -> str:
    """Return the page of a bulletin in one language; ``files`` are named as lying beside it."""
    talk = Talk(bulletin, language)
    order = LANGUAGES.index(language)
    languages = [(code, NAMES[code], PAGES[code]) for code in ("ja", "en", "ko")]
    environment_ = environment()
    environment_.filters.setdefault("area", area_words)
    environment_.filters.setdefault("round_two", rounded)
    return environment_.get_template("bulletin.html.j2").render(
        b=bulletin,
        talk=talk,
        story=story,
        odds=odds,
        place_region=place_region,
        size=size,
        lead=story.lead(talk),
        title=talk.own(bulletin.title),
        cautions=list(story.cautions(talk)),
        drift=_by_day(bulletin),
        drift_days=_days(bulletin),
        languages=languages,
        others=[row for row in languages if row[0] != language],
        numbers={source.key: number for number, source in enumerate(bulletin.sources, 1)},
        timeline=story.timeline(talk),
        utc=lambda time_s: (bulletin.lift_off_utc + timedelta(seconds=time_s + 0.5)).strftime("%H:%M"),
        answers=list(story.answers(talk)),
        performance=story.performance(talk),
        states=[
            (state, list(getattr(story, state)(talk))) for state in ("known", "estimated", "unknown")
        ],
        objects=[(key, _likeliest(rows)) for key, rows in groupby(bulletin.objects, key=lambda row: row[0])],
        map=both(bulletin_map(talk, narrow=False), bulletin_map(talk, narrow=True)),
        profile=both(profile(talk, narrow=False), profile(talk, narrow=True)),
        learned=both(learned_chart(talk), learned_chart(talk, narrow=True)),
        glossary=[row[order] for row in GLOSSARY],
        files=files,
        credits=(*bulletin.credits, MAP_CREDITS[0]),
        css=html(packaged_text("static/page.css") + packaged_text("static/bulletin.css")),
    )  # fmt: skip


def _days(bulletin: Bulletin) -> list[str]:
    return [f"{hours / 24.0:g}" for hours in sorted({area.hours for area in bulletin.drift})]


def _by_day(bulletin: Bulletin) -> list[tuple[str, list[tuple[str, DriftArea | None]]]]:
    """Return for each body its area on each day, None where too little still floats."""
    at = {(area.body, f"{area.hours / 24.0:g}"): area for area in bulletin.drift}
    bodies = dict.fromkeys(area.body for area in bulletin.drift)
    return [(body, [(day, at.get((body, day))) for day in _days(bulletin)]) for body in bodies]


def _likeliest(rows) -> list[tuple[str, float]]:  # noqa: ANN001
    found = [(body, share) for _, body, share in rows if share >= 0.005]
    return sorted(found, key=lambda row: -row[1])


def area_words(area_km2: float) -> str:
    """Return an area rounded to two digits."""
    return f"{plain(rounded(area_km2, 2))}\u00a0km²"


def bulletin_figures(bulletin: Bulletin) -> dict[str, str]:
    """Return every drawing of every language as an SVG file of its own, with its credit line."""
    files = {}
    for language in LANGUAGES:
        talk = Talk(bulletin, language)
        credit = (
            f"{talk.own(bulletin.title).text} · overflight {bulletin.run.version} · {bulletin.run.run_id}"
        )
        drawings = {
            "map": (bulletin_map(talk, narrow=False), f"{credit} · Natural Earth"),
            "profile": (profile(talk, narrow=False), credit),
            "residuals": (residual_chart(talk), credit),
            "learned": (learned_chart(talk), credit),
        }
        for name, (drawing, line) in drawings.items():
            if drawing:
                files[f"figures/{name}-{language}.svg"] = standalone_svg(drawing, escape(line))
    return files
