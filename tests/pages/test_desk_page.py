"""The operator's page in a real Chromium: seen, kept fresh, worked by keyboard, and never past two people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lives import Desk
from overflight.report.desk_page import render_desk_page
from overflight.report.desk_words import PHRASE
from overflight.warning.alert import Status
from overflight.warning.decision import TrackState
from overflight.warning.names import Language
from overflight.warning.templates import MessageKind
from pages import measures
from pages.browser import Page
from pages.conftest import Visits
from pages.desk_server import CODE, DeskServer, serving_desk
from pages.sample_desk import desk, draft, view
from pages.sample_public import CODES, real

HEADING = "document.querySelector('h1').textContent"


def type_into(field: str, text: str) -> str:
    return (
        f"(() => {{ const f = document.getElementById('{field}'); f.value = '{text}';"
        "f.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


PRESS = "document.querySelector('form.go button').click()"
DISABLED = "document.querySelector('button.main').disabled"


@pytest.mark.parametrize(
    ("status", "language", "width", "dark", "sent"),
    [
        (Status.ACTUAL, Language.ENGLISH, 1280, False, False),
        (Status.ACTUAL, Language.JAPANESE, 390, True, False),
        (Status.EXERCISE, Language.KOREAN, 390, False, False),
        (Status.ACTUAL, Language.ENGLISH, 390, False, True),
        (Status.TEST, Language.JAPANESE, 1280, True, True),
    ],
)
def test_nothing_is_cut_covered_or_faint(
    visit: Visits, tmp_path: Path, status: Status, language: Language, width: int, dark: bool, sent: bool
) -> None:
    made = desk(status, ("higa", "sato") if sent else ("higa",))
    if sent:
        made.issue("call", 205)
    file = tmp_path / "desk.html"
    page = render_desk_page(view(made, "sato", 290 if sent else 200, TrackState.COASTING), language)
    file.write_text(page, "utf-8")

    async def look(page: Page) -> Any:
        faint = (await page.value(measures.FAINT))[1]
        return await page.value(measures.SIDEWAYS), await page.value(measures.CROWDED), faint

    assert visit(file.as_uri(), look, width=width, dark=dark) == ([], [], [])


def test_the_second_person_reads_the_why_types_a_code_and_sends(visit: Visits) -> None:
    async def work(page: Page) -> Any:
        before = await page.value(HEADING)
        await page.press("a", 65)
        focused = await page.value("document.activeElement.id")
        await page.value(PRESS)  # without a code nothing is sent
        unsent = len(server.posts)
        await page.value(type_into("code", "000000"))
        await page.value(PRESS)
        await page.until("!document.querySelector('.problem').hidden")
        problem = await page.value("document.querySelector('.problem').textContent")
        await page.value(type_into("code", CODE))
        await page.value(PRESS)
        await page.until(f"{HEADING}.includes('are called to shelter')")
        return before, focused, unsent, problem, page.errors

    with serving_desk(DeskServer(desk())) as server:
        before, focused, unsent, problem, errors = visit(f"{server.url}/desk", work)
    assert "waits for approval: 11 municipalities" in before
    assert focused == "code" and unsent == 0 and problem == "The six-digit code is wrong."
    assert [action for action, _, _ in server.posts] == ["approve", "approve", "issue"]
    for _, body, token in server.posts:
        assert body["content_hash"] == server.desk.now.draft("call").content_hash and token == "token-1"
    assert [error for error in errors if "403" not in error] == []


def test_the_first_person_cannot_be_the_second(visit: Visits) -> None:
    async def work(page: Page) -> Any:
        return await page.value(
            "[document.querySelector('form.go'), document.body.textContent.includes('Another person must too')]"
        )

    with serving_desk(DeskServer(desk(), "higa")) as server:
        assert visit(f"{server.url}/desk", work) == [None, True]
    with serving_desk(DeskServer(desk(), "watcher")) as server:
        form = "document.querySelectorAll('form.go, [data-action]').length"
        assert visit(f"{server.url}/desk", lambda page: page.value(form)) == 0


def test_a_change_arrives_by_itself_and_what_was_typed_for_another_text_is_dropped(visit: Visits) -> None:
    def revise(made: Desk) -> None:
        draft(made, "wider", real(MessageKind.OVERFLIGHT, CODES[:6], (), Status.ACTUAL), 199)

    async def work(page: Page) -> Any:
        await page.until("window.__ready")
        await page.value(type_into("code", "12"))
        server.tell()
        await page.value("new Promise((r) => setTimeout(r, 400))")
        kept = await page.value("document.getElementById('code').value")
        server.change(revise)
        await page.until(f"{HEADING}.startsWith('Overflight')")
        return kept, await page.value("document.getElementById('code').value")

    with serving_desk(DeskServer(desk())) as server:
        assert visit(f"{server.url}/desk", work) == ("12", "")


def test_a_drill_takes_its_phrase_and_looks_like_nothing_else(visit: Visits) -> None:
    async def work(page: Page) -> Any:
        await page.value(type_into("code", CODE))
        await page.value(type_into("phrase", "send"))
        wrong = await page.value(DISABLED)
        await page.value(type_into("phrase", PHRASE))
        right = await page.value(DISABLED)
        colour = await page.value("getComputedStyle(document.querySelector('button.main')).backgroundColor")
        words = await page.value("document.querySelector('.drillbar').textContent")
        await page.value(PRESS)
        await page.until(f"{HEADING}.includes('are called')")
        return wrong, right, colour, words

    with serving_desk(DeskServer(desk(Status.EXERCISE))) as server:
        wrong, right, colour, words = visit(f"{server.url}/desk", work)
    assert wrong and not right
    assert colour != "rgb(163, 21, 21)", "a drill wears the red of the real"
    assert "DRILL" in words and "訓練" in words and "훈련" in words


def test_a_lost_connection_is_said(visit: Visits) -> None:
    async def work(page: Page) -> Any:
        await page.until("window.__ready && document.getElementById('stale').hidden")
        context.__exit__(None, None, None)
        await page.until("!document.getElementById('stale').hidden", 20)
        return await page.value("document.getElementById('stale').textContent")

    context = serving_desk(DeskServer(desk()))
    server = context.__enter__()
    assert "Connection lost. This is the state of 03:53:2" in visit(f"{server.url}/desk", work)


def test_one_key_holds_the_plans_that_stand(visit: Visits) -> None:
    tags = "[...document.querySelectorAll('.plans .tag')].map((t) => t.textContent)"

    async def work(page: Page) -> Any:
        await page.until("window.__ready")
        before = await page.value(tags)
        reasons = await page.value("document.querySelector('.plans .late').textContent")
        await page.press("p", 80)
        await page.until("!document.querySelector('[data-plan]')")
        return before, reasons, await page.value(tags)

    with serving_desk(DeskServer(desk())) as server:
        before, reasons, after = visit(f"{server.url}/desk", work)
    assert before == ["stands", "stands", "waits for people"]
    assert "outside the announced window" in reasons
    assert after == ["held", "held", "waits for people"]
    assert [action for action, _, token in server.posts if token == "token-1"] == ["plan-hold"] * 2
    with serving_desk(DeskServer(desk(), "watcher")) as server:
        count = "document.querySelectorAll('[data-plan]').length"
        assert visit(f"{server.url}/desk", lambda page: page.value(count)) == 0


def test_a_plan_is_read_approved_and_held_on_its_own_page(visit: Visits) -> None:
    last = "document.querySelector('[data-plan=plan-3]')"

    async def work(page: Page) -> Any:
        await page.until("window.__ready")
        field = f"{last}.querySelector('input')"
        await page.value(f"{field}.value = '000000', {last}.querySelector('button').click()")
        await page.until(f"!{last}.querySelector('.problem').hidden")
        problem = await page.value(f"{last}.querySelector('.problem').textContent")
        await page.value(f"{field}.value = '{CODE}', {last}.querySelector('button').click()")
        await page.until(f"{last}?.querySelector('.tag')?.textContent === 'stands' && window.__ready")
        await page.press("p", 80)
        await page.until(f"{last}?.querySelector('.tag')?.textContent === 'held'")
        return problem

    with serving_desk(DeskServer(desk())) as server:
        assert visit(f"{server.url}/plans", work) == "The six-digit code is wrong."
        assert server.plans["plan-3"].held is not None and server.plans["plan-1"].held is None


def test_a_call_is_seen_and_taken_on_the_page(visit: Visits) -> None:
    first = "document.querySelector('.calls li')"

    async def work(page: Page) -> Any:
        await page.until("window.__ready")
        words = await page.value(f"{first}.textContent")
        marked = await page.value("document.querySelector('.health').textContent")
        await page.press("s", 83)
        await page.value("document.activeElement.click()")
        await page.until("document.querySelectorAll('[data-call]').length === 2")
        return words, marked, await page.value("document.querySelector('.calls li:last-child').textContent")

    with serving_desk(DeskServer(desk())) as server:
        words, marked, after = visit(f"{server.url}/desk", work)
        assert server.posts == [("answer", {}, "token-1")]
        assert server.pages["page-3"].answered == ("sato",)
    assert "plan plan-2 does not stand" in words and "nobody is on duty" in words
    assert "calls nobody has taken: 3" in marked and "sato sees to it" in after


def test_the_first_page_shows_what_is_going_on_and_signs_out(visit: Visits) -> None:
    async def work(page: Page) -> Any:
        await page.until("window.__ready")
        words = await page.value("document.querySelector('main').textContent")
        await page.value("document.querySelector('[data-call=page-2]').click()")
        await page.until("document.querySelectorAll('[data-call]').length === 2")
        taken = await page.value("document.querySelector('.calls').textContent")
        await page.value("document.querySelector('[data-out]').click()")
        await page.until("document.getElementById('password') !== null")
        return words, taken, page.errors

    with serving_desk(DeskServer(desk())) as server:
        words, taken, errors = visit(f"{server.url}/", work)
    assert (
        "waiting for approval: 1" in words and "Signed in as sato" in words and "higa ! not reached" in words
    )
    assert "sato sees to it" in taken and errors == []


@pytest.mark.parametrize(("path", "signed_in"), [("/plans", True), ("/", True), ("/", False)])
@pytest.mark.parametrize(("language", "width"), [("ja", 390), ("ko", 1280), ("en", 390)])
def test_the_other_pages_are_whole(
    visit: Visits, path: str, signed_in: bool, language: str, width: int
) -> None:
    async def look(page: Page) -> Any:
        faint = (await page.value(measures.FAINT))[1]
        return await page.value(measures.SIDEWAYS), await page.value(measures.CROWDED), faint

    with serving_desk(DeskServer(desk(Status.EXERCISE))) as server:
        server.is_signed_in = signed_in
        assert visit(f"{server.url}{path}?lang={language}", look, width=width) == ([], [], [])


def test_the_why_is_in_the_language_of_the_page() -> None:
    said = {
        Language.JAPANESE: ("今推力が止まれば", "radar-2から情報が来ない"),
        Language.KOREAN: ("지금 추력이 끝나면", "radar-2에서 정보가 오지 않음"),
    }
    for language, words in said.items():
        page = render_desk_page(view(desk(), "sato", 200, TrackState.COASTING), language)
        assert all(word in page for word in words)
