"""Whom the desk calls, as its pages list it."""

from __future__ import annotations

import pytest

from lives import at
from overflight.report.desk_calls import call_rows
from overflight.report.desk_view import Viewer
from overflight.warning.alert import Status
from overflight.warning.names import Language
from overflight.warning.paging import Answered, apply_page
from pages.sample_desk import calls

SATO = Viewer("sato", may_approve=True)


def test_what_nobody_has_taken_comes_first() -> None:
    pages = calls()
    assert [row.page_id for row in call_rows(pages.values(), SATO, Language.ENGLISH)] == [
        "page-3",
        "page-1",
        "page-2",
    ]
    pages = apply_page(pages, Answered(at(200), "page-3", "sato"))
    rows = call_rows(pages.values(), SATO, Language.ENGLISH)
    assert [row.page_id for row in rows] == ["page-1", "page-2", "page-3"]
    assert [(row.takers, row.may_take) for row in rows] == [((), True), ((), True), (("sato",), False)]


def test_each_person_stands_with_what_became_of_the_call() -> None:
    plan, approval, alarm = call_rows(calls().values(), SATO, Language.ENGLISH)
    assert plan.people == () and "plan-2" in plan.words
    assert approval.people == (("higa", "told"), ("sato", "trying"), ("aoki", "on_duty"))
    assert alarm.people[0] == ("higa", "failed")
    assert not any(
        row.may_take for row in call_rows(calls().values(), Viewer("watcher", False, False), Language.ENGLISH)
    )


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.KOREAN])
def test_the_log_stands_below_words_in_another_language(language: Language) -> None:
    plan, approval, alarm = call_rows(calls(Status.EXERCISE).values(), SATO, language)
    assert alarm.own.startswith("the track is lost") and alarm.words != alarm.own
    assert (plan.own, approval.own) == ("", "")
