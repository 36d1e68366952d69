"""The orbit page in a real browser: it asks nobody, says everything without script, and fits a phone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from overflight.jobs.orbit import OrbitRequest
from overflight.jobs.orbit_actions import orbit

SETS = b"""\
MALLIGYONG-1 <b>&
1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999
2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052
MALLIGYONG-1 <b>&
1 58400U 23179A   24159.97159215  .00006581  00000+0  30025-3 0  9991
2 58400  97.4051  46.9797 0001572 158.6830 201.4471 15.20948569 30329
MALLIGYONG-1 <b>&
1 58400U 23179A   24164.24788005  .00007135  00000+0  32465-3 0  9998
2 58400  97.4040  51.1823 0001996 152.6365 207.4976 15.21013721 30973
"""
ACTIONS = ("where", "coverage", "imaging", "manoeuvres", "lifetime")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orbit")
    request = OrbitRequest(now_utc=datetime(2024, 6, 13, tzinfo=UTC), places=("那覇市", "Guam"), satellites=2)
    for action in ACTIONS:
        page = orbit(SETS, "sets.3le", action, request).files["index.html"]
        (folder / f"{action}.html").write_bytes(page)
    return {action: (folder / f"{action}.html").as_uri() for action in ACTIONS}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("action", ACTIONS)
def test_it_asks_nobody_and_fits(visit, addresses, action, width):
    async def look(page):
        wide = await page.value("document.documentElement.scrollWidth")
        words = await page.value("document.body.innerText")
        figures = await page.value("document.querySelectorAll('svg.fig').length")
        return wide, words, figures, page.requests, page.errors

    wide, words, figures, requests, errors = visit(addresses[action], look, width=width, script=False)
    assert wide == width
    assert errors == [] and len(requests) == 1
    assert "MALLIGYONG-1 <b>&" in words or action == "imaging"
    assert figures >= 2


def test_nothing_is_drawn_outside_of_the_charts(visit, addresses):
    script = """[...document.querySelectorAll('svg.plain text')].filter(t => t.getClientRects().length).filter(t => {
        const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
        return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1}).map(t => t.textContent)"""

    async def look(page):
        return await page.value(script)

    for action in ("coverage", "imaging", "manoeuvres", "lifetime"):
        for width in (390, 1280):
            assert visit(addresses[action], look, width=width) == [], (action, width)
