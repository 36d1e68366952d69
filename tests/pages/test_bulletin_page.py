"""The bulletin in a real Chromium, in three languages: on a phone, on a desk, and on paper."""

from __future__ import annotations

import base64
import re

import pytest

import explains
from overflight.jobs.explain import ExplainSettings, explain
from overflight.jobs.explain_files import explain_files
from overflight.jobs.explain_report import bulletin
from pages import measures

TOLD = explains.FACTS + explains.TOLD
LANGUAGES = {"index": "en", "ja": "ja", "ko": "ko"}


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bulletin")
    facts, settings = explains.facts(TOLD), ExplainSettings(8192, 300, 5, 3, "threads")
    found = explain(explains.launch(), facts, settings)
    page = bulletin(found, TOLD.encode(), explains.LAUNCH.encode(), explains.NOW)
    files = explain_files(found, page, TOLD.encode(), explains.LAUNCH.encode())
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return {name: (folder / f"{name}.html").as_uri() for name in LANGUAGES}


async def look(page):
    await page.value(measures.SHOW_ALL)
    return {
        "requests": page.requests,
        "errors": page.errors,
        "sideways": [row for row in await page.value(measures.SIDEWAYS) if "scroll" not in row],
        "crowded": await page.value(measures.CROWDED),
        "broken": await page.value(measures.BROKEN_REFERENCES),
        "unspoken": await page.value(measures.UNSPOKEN),
        "faint": await page.value(measures.FAINT),
        "words": await page.value("document.querySelector('main').innerText"),
    }


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", LANGUAGES)
def test_it_asks_nobody_fits_and_can_be_read(visit, addresses, name, width):
    seen = visit(addresses[name], look, width=width, script=False)
    assert seen["requests"] == [addresses[name]] and seen["errors"] == []
    assert seen["sideways"] == [] and seen["crowded"] == []
    assert seen["broken"] == [] and seen["unspoken"] == []
    measured, faint = seen["faint"]
    assert measured > 200 and faint == []


@pytest.mark.parametrize("name", ["ja", "ko"])
def test_maps_and_quantities_speak_the_language_of_the_page(visit, addresses, name):
    words = visit(addresses[name], look, width=1280, script=False)["words"]
    for english in ("Pacific Ocean", "Philippine Sea", "thrust of", "heading", "Stage 1"):
        assert english not in words
    assert {"ja": "推力", "ko": "추력"}[name] in words
    assert {"ja": "太平洋", "ko": "태평양"}[name] in words or {"ja": "海", "ko": "해"}[name] in words


def test_on_paper_nothing_is_folded_and_links_are_not_all_there_is(visit, addresses):
    async def paper(page):
        await page.call("Emulation.setEmulatedMedia", media="print")
        shown = await page.value(
            "[...document.querySelectorAll('nav, .noprint')].filter(n => n.getClientRects().length).length"
        )
        answers = await page.value(
            "[...document.querySelectorAll('details p')].every(n => n.getClientRects().length > 0)"
        )
        return shown, answers, await page.call("Page.printToPDF", preferCSSPageSize=True)

    shown, answers, printed = visit(addresses["index"], paper, width=1280, script=False)
    document = base64.b64decode(printed["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", document))
    assert shown == 0 and answers
    assert document.startswith(b"%PDF") and 2 <= pages <= 14
