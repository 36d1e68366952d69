"""A real Chromium and the rendered sample pages, shared by all page tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from overflight.report.plan_page import render_plan_page
from pages.browser import Browser, find_chromium
from pages.sample_report import SAMPLES
from support import require


class Visits:
    """Runs visits to pages in one browser, each in a tab of its own."""

    def __init__(self, runner: asyncio.Runner, browser: Browser) -> None:
        self._runner, self._browser = runner, browser

    def __call__(self, url: str, work: Callable[..., Awaitable[Any]], **settings: Any) -> Any:
        """Open a page, do the work on it, close it, and return what the work returned."""

        async def visit() -> Any:
            page = await self._browser.open(url, **settings)
            try:
                return await work(page)
            finally:
                await page.close()

        return self._runner.run(visit())


def visits_with(*flags: str) -> Iterator[Visits]:
    executable = find_chromium()
    require(executable, "no Chromium was found (set CHROMIUM to its path)")
    assert executable is not None
    with asyncio.Runner() as runner:
        browser = Browser(executable, *flags)
        runner.run(browser.__aenter__())
        try:
            yield Visits(runner, browser)
        finally:
            runner.run(browser.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def visit() -> Iterator[Visits]:
    """Visit a page: ``visit(url, work, width=390, ...)``."""
    yield from visits_with()


@pytest.fixture(scope="session")
def visit_without_webgl() -> Iterator[Visits]:
    """The same in a browser that cannot draw in three dimensions at all."""
    yield from visits_with("--disable-3d-apis")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each sample page by its name."""
    folder: Path = tmp_path_factory.mktemp("pages")
    for name, sample in SAMPLES.items():
        (folder / f"{name}.html").write_text(render_plan_page(sample()), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in SAMPLES}
