"""The public page in a real Chromium: phone and desk, day and night, every edition, without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from overflight.report.public_page import render_editions
from overflight.warning.alert import Status
from pages import measures
from pages.browser import Page
from pages.conftest import Visits
from pages.sample_public import sample


async def look(page: Page) -> dict[str, Any]:
    return {
        "requests": page.requests,
        "errors": page.errors,
        "sideways": await page.value(measures.SIDEWAYS),
        "crowded": await page.value(measures.CROWDED),
        "faint": (await page.value(measures.FAINT))[1],
        "lead": await page.value("document.querySelector('h1').getBoundingClientRect().bottom"),
        "small": await page.value(
            "[...document.querySelectorAll('.langs a')].filter((a) => a.getBoundingClientRect().height < 44).length"
        ),
    }


CASES = [
    ("shelter", Status.ACTUAL, "ja.html", 390, False),
    ("shelter", Status.EXERCISE, "easy.html", 390, True),
    ("partly", Status.ACTUAL, "ko.html", 320, False),
    ("passed", Status.ACTUAL, "en.html", 1280, False),
    ("run_out", Status.ACTUAL, "en.html", 390, True),
    ("withdrawn", Status.TEST, "ja.html", 1280, False),
    ("none", Status.ACTUAL, "en.html", 1280, True),
]


@pytest.mark.parametrize(("name", "status", "edition", "width", "dark"), CASES)
def test_page_stands_by_itself(
    visit: Visits, tmp_path: Path, name: str, status: Status, edition: str, width: int, dark: bool
) -> None:
    file = tmp_path / edition
    file.write_text(render_editions(sample(name, status))[edition], "utf-8")
    seen = visit(file.as_uri(), look, width=width, dark=dark, script=False, height=844)
    assert seen["requests"] == [file.as_uri()] and seen["errors"] == []
    assert seen["sideways"] == [] and seen["crowded"] == [] and seen["faint"] == []
    assert seen["lead"] < 560, "the first screen does not say what to do"
    assert seen["small"] == 0
