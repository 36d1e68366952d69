"""The page on public alerts in a real browser: without script, at both widths, nothing clipped."""

from __future__ import annotations

import pytest

from overflight.record.alerts import load_alerts
from overflight.record.replays import load_replays
from overflight.report.alerts_page import render_alerts_page

OUTSIDE = """[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length).filter(t => {
    const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
    return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1}).map(t => t.textContent)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_asks_nobody(visit, tmp_path, width):
    path = tmp_path / "alerts.html"
    path.write_text(render_alerts_page(load_alerts(), load_replays()), encoding="utf-8")

    async def look(page):
        wide = await page.value("document.documentElement.scrollWidth")
        return wide, await page.value(OUTSIDE), page.requests, page.errors

    wide, outside, requests, errors = visit(path.as_uri(), look, width=width, script=False)
    assert (wide, errors, len(requests)) == (width, [], 1)
    assert outside == []
