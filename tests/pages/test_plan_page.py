"""The plan page in a real Chromium: on a phone and a desk, with and without script, by day and night."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from overflight.report.labels import text_width
from overflight.report.plan_page import render_plan_page
from pages import measures
from pages.browser import Page
from pages.conftest import Visits
from pages.sample_report import SAMPLES, sohae

HEADINGS = [
    "The path", "Height and time", "Places under the path", "Where the parts fall",
    "Published facts against the model", "Known, estimated, unknown", "Prepared warnings", "Notices to copy", "Sources and method",
]  # fmt: skip
WIDTHS = (390, 1280)


async def look(page: Page) -> dict[str, Any]:
    """Return everything the everyday checks need from one visit."""
    if await page.value("document.documentElement.dataset.script !== 'off'"):
        await page.value(measures.SHOW_ALL)
    return {
        "requests": page.requests,
        "errors": page.errors,
        "ready": await page.value("window.__ready === true"),
        "sideways": await page.value(measures.SIDEWAYS),
        "crowded": await page.value(measures.CROWDED),
        "headings": await page.value("[...document.querySelectorAll('h2')].map((node) => node.textContent)"),
        "maps": await page.value(measures.MAPS),
        "tools": await page.value("!document.getElementById('tools').hidden"),
    }


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SAMPLES)
def test_page_stands_by_itself(
    visit: Visits, pages: dict[str, str], name: str, width: int, script: bool
) -> None:
    seen = visit(pages[name], look, width=width, script=script)
    assert seen["requests"] == [pages[name]], "the page asked for something"
    assert seen["errors"] == []
    assert seen["ready"] is script
    assert seen["tools"] is script, "what needs a script must not be seen without it"
    assert seen["sideways"] == []
    assert seen["crowded"] == []
    report = SAMPLES[name]()
    risk = ["Risk to people on the ground"] if report.risk else []
    orbit = ["The orbit"] if report.orbit else []
    assert seen["headings"] == HEADINGS[:2] + orbit + HEADINGS[2:4] + risk + HEADINGS[4:]
    [overview] = seen["maps"]
    assert overview["width"] > 0.9 * min(width, 600) - 40 and overview["height"] > 250
    assert overview["land"] > 300 and overview["path"] >= 1 and overview["words"] >= 6


@pytest.mark.parametrize("width", [320, 704, 705, 1024, 1920])
def test_no_width_between_breaks_the_page(visit: Visits, pages: dict[str, str], width: int) -> None:
    seen = visit(pages["sohae"], look, width=width)
    assert seen["sideways"] == []
    assert seen["crowded"] == []


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", WIDTHS)
def test_text_has_the_contrast_of_level_aa(
    visit: Visits, pages: dict[str, str], width: int, dark: bool
) -> None:
    async def contrast(page: Page) -> Any:
        await page.value(measures.SHOW_ALL)
        return await page.value(measures.FAINT), await page.value(
            "getComputedStyle(document.body).backgroundColor"
        )

    (measured, faint), paper = visit(pages["sohae"], contrast, width=width, dark=dark)
    assert faint == []
    assert measured > 300
    assert (paper == "rgb(247, 246, 242)") is not dark, "the theme did not follow the reader's choice"


@pytest.mark.parametrize("name", SAMPLES)
def test_references_hold_and_drawings_have_words(visit: Visits, pages: dict[str, str], name: str) -> None:
    async def references(page: Page) -> Any:
        return await page.value(measures.BROKEN_REFERENCES), await page.value(measures.UNSPOKEN)

    assert visit(pages[name], references) == ([], [])


@pytest.mark.parametrize("name", SAMPLES)
def test_widths_of_words_are_not_underestimated(visit: Visits, pages: dict[str, str], name: str) -> None:
    words = visit(pages[name], lambda page: page.value(measures.WORD_WIDTHS))
    assert len(words) > 20
    short = [(text, css, width) for text, css, width in words if text_width(text, css) < 0.97 * width]
    assert short == []


def test_keyboard_reaches_the_map_first(visit: Visits, pages: dict[str, str]) -> None:
    async def tab(page: Page) -> Any:
        await page.press("Tab", 9)
        first = await page.value(
            "[document.activeElement.className, document.activeElement.getBoundingClientRect().left >= 0]"
        )
        await page.press("Enter", 13)
        await page.until("location.hash === '#path'")
        await page.value("window.__all = [...document.querySelectorAll('*')]")
        order = []
        for _ in range(30):
            await page.press("Tab", 9)
            order.append(
                await page.value("[__all.indexOf(document.activeElement), document.activeElement.id]")
            )
        return first, order

    first, order = visit(pages["sohae"], tab)
    assert first == ["skip", True]
    assert [name for _, name in order[:2]] == ["moment", "live-button"], "after the skip link comes the map"
    places = [place for place, _ in order]
    assert places == sorted(set(places)), "focus follows the order of reading"


def test_each_language_says_which_it_is(visit: Visits, pages: dict[str, str]) -> None:
    async def languages(page: Page) -> Any:
        await page.value(measures.SHOW_ALL)
        return await page.value(
            "[document.documentElement.lang, [...document.querySelectorAll('.draft > [lang]')].map((n) => n.lang),"
            " document.querySelector('#places th [lang]').lang, document.querySelector('.draft [lang=ja] h4').textContent]"
        )

    page_language, drafts, place, headline = visit(pages["sohae"], languages)
    assert page_language == "en"
    assert drafts == ["ja", "en", "ko"] * 2
    assert place == "ja"
    assert headline == "ミサイル通過。ミサイル通過。"


def test_slider_moves_the_point_and_says_the_time(visit: Visits, pages: dict[str, str]) -> None:
    async def slide(page: Page) -> Any:
        await page.value(
            "(() => { const s = document.getElementById('moment'); s.value = 600; s.dispatchEvent(new Event('input')); })()"
        )
        said = await page.value("document.getElementById('moment-words').textContent")
        gap = await page.value(
            "(() => { const at = (node) => { const b = node.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; };"
            " const disc = [...document.querySelectorAll('#overview .num')].find((n) => n.textContent === '4').querySelector('circle');"
            " const [a, b] = [at(document.querySelector('#overview .here circle')), at(disc)]; return Math.hypot(a[0] - b[0], a[1] - b[1]); })()"
        )
        return said, gap

    said, gap = visit(pages["sohae"], slide)
    assert said == "04:00:00 KST, 19:00:00 UTC, T+10 min 00 s: 470 km high"
    assert gap < 3, "the point at 04:00 lies on the disc of the event at 04:00"


def test_interactive_map_draws_and_asks_nobody(visit: Visits, pages: dict[str, str]) -> None:
    async def play(page: Page) -> Any:
        await page.value("document.getElementById('live-button').click()")
        await page.until("window.__live === true", 180)
        drawn = await page.value(
            "[!!document.querySelector('#live canvas'), document.querySelector('.still').hidden]"
        )
        await page.value("document.getElementById('live-button').click()")
        back = await page.value(
            "[document.getElementById('live').hidden, document.querySelector('.still').hidden]"
        )
        return drawn, back, page.requests

    drawn, back, requests = visit(pages["taiki"], play)
    assert drawn == [True, True]
    assert back == [True, False]
    outside = [url for url in requests if not url.startswith(("file:", "blob:", "data:"))]
    assert outside == []


def test_no_interactive_map_where_it_would_bend_the_path(visit: Visits, pages: dict[str, str]) -> None:
    """Web Mercator ends at 85 degrees; a path over the pole would be drawn round it."""
    state = "[document.getElementById('live-button').hidden, document.getElementById('tools').hidden]"
    assert visit(pages["andoya"], lambda page: page.value(state)) == [True, False]


def test_without_webgl_the_drawn_map_stays(visit_without_webgl: Visits, pages: dict[str, str]) -> None:
    async def state(page: Page) -> Any:
        return await page.value(
            "[window.__ready, document.getElementById('live-button').hidden, document.getElementById('tools').hidden]"
        ), await page.value(measures.MAPS)

    state_of, maps = visit_without_webgl(pages["sohae"], state)
    assert state_of == [True, True, False], "no button that cannot work, but the slider needs no WebGL"
    assert len(maps) == 1


def test_on_paper_everything_is_there(visit: Visits, pages: dict[str, str]) -> None:
    async def paper(page: Page) -> Any:
        return (
            await page.value(measures.SIDEWAYS),
            await page.value(
                "[...document.querySelectorAll('svg.fig')].filter((n) => n.getBoundingClientRect().width).map((n) => n.id)"
            ),
            await page.value("getComputedStyle(document.getElementById('tools')).display"),
            await page.value(
                "[...document.querySelectorAll('details:not([open]) > :not(summary)')].every((n) => n.checkVisibility())"
            ),
        )

    sideways, drawings, tools, unfolded = visit(pages["sohae"], paper, width=690, media="print")
    assert sideways == []
    assert drawings == [
        "overview",
        "height-curve",
        "near-1",
        "far",
        "risk-map",
        "risk-map-near",
        "risk-profile",
    ]
    assert tools == "none" and unfolded


def test_names_and_texts_cannot_carry_script(visit: Visits, tmp_path: Path) -> None:
    evil = "</script><script>window.__hit = 1</script><img src=http://127.0.0.1:9/x onerror='window.__hit=2'>&amp;"
    report = sohae()
    report = replace(
        report,
        title=evil, zone_label=evil, vehicle=evil, site=evil, headline=evil, lede=evil, places_note=evil, key_figures=((evil, evil),),
        places=tuple(replace(row, name=evil, name_en=evil, region=evil) for row in report.places),
        timeline=tuple(replace(event, title=evil, text=evil) for event in report.timeline),
        outcomes=tuple(replace(item, label=evil, falls=evil) for item in report.outcomes),
        announced=tuple(replace(zone, label=evil, note=evil) for zone in report.announced),
        drop_zones=tuple(replace(zone, body=evil, agreement=evil) for zone in report.drop_zones),
        facts=tuple(replace(fact, label=evil, reading=evil, published=evil) for fact in report.facts),
        sources=tuple(replace(source, text=evil) for source in report.sources),
        alerts=tuple(replace(alert, file=evil, areas=(evil,)) for alert in report.alerts),
        credits=(evil,),
    )  # fmt: skip
    file = tmp_path / "evil.html"
    file.write_text(render_plan_page(report), encoding="utf-8")

    async def hit(page: Page) -> Any:
        await page.value("document.getElementById('moment').dispatchEvent(new Event('input'))")
        return await page.value(
            "[window.__ready, window.__hit ?? null, document.querySelector('h1').textContent]"
        ), page.requests

    (ready, found, headline), requests = visit(file.as_uri(), hit)
    assert ready is True
    assert found is None
    assert headline == evil
    assert requests == [file.as_uri()]


def test_the_checks_can_fail(visit: Visits, tmp_path: Path) -> None:
    """A page with every fault looked for above is caught at each."""
    file = tmp_path / "faulty.html"
    file.write_text(
        "<!doctype html><html lang=en><meta name=viewport content=width=device-width><body style='background:#fff;--sea:#fff;--land:#fff;--ink:#000'>"
        "<img src='http://127.0.0.1:9/pixel.png' style='width:900px;height:2px'><p style='color:#999'>faint words</p><p id=a></p><p id=a></p>"
        "<a href='#nowhere'>x</a><svg class='fig' id='f' viewBox='0 0 100 20'><text x='0' y='10'>one</text>"
        "<text x='2' y='10'>two</text></svg><script>throw new Error('broken')</script></body></html>",
        encoding="utf-8",
    )

    async def faults(page: Page) -> Any:
        expressions = (measures.SIDEWAYS, measures.CROWDED, measures.BROKEN_REFERENCES, measures.UNSPOKEN)
        return (
            page.requests,
            page.errors,
            [await page.value(e) for e in expressions],
            await page.value(measures.FAINT),
        )

    requests, errors, found, (_, faint) = visit(file.as_uri(), faults, width=390)
    assert requests[1:] == ["http://127.0.0.1:9/pixel.png"]
    assert any("broken" in error for error in errors)
    assert all(found), found
    assert any("faint words" in item for item in faint)


def test_same_report_same_page() -> None:
    assert render_plan_page(sohae()) == render_plan_page(sohae())
