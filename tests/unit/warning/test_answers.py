from __future__ import annotations

from datetime import timedelta

import pytest

from lives import EVENT, Desk, at, basis, content
from overflight.errors import InputError
from overflight.warning.answers import (
    Answer,
    Report,
    TownAnswer,
    answer_from_json,
    answer_to_json,
    figures,
    silent_towns,
    town_answers,
)
from overflight.warning.templates import MessageKind

MINUTE = timedelta(seconds=60)


def answer(t: float, place: str, report: Report | None = None, where: str = "", note: str = "") -> Answer:
    return Answer(at(t), EVENT, place, "Town office", report, where, note)


def called(*places: str):
    desk = Desk()
    desk.draft("d", content(MessageKind.LAUNCH, places), basis(0))
    desk.approve("d", "a")
    desk.approve("d", "b")
    desk.issue("d", 10)
    return desk.now


def test_the_first_answer_acknowledges_and_the_newest_report_holds():
    towns = town_answers(
        [
            answer(40, "a", Report.NO_DAMAGE),
            answer(20, "a"),
            answer(30, "a", Report.OBJECT_FOUND, "beach", "metal"),
            answer(50, "a"),
            answer(25, "b"),
        ]
    )
    assert towns["a"] == TownAnswer(at(20), Report.NO_DAMAGE)
    assert towns["b"] == TownAnswer(at(25))
    assert town_answers([answer(30, "a", Report.DAMAGE, "school", "roof")])["a"].words == "school: roof"


def test_who_has_not_answered_in_time_is_an_alarm():
    board = called("a", "b", "c")
    towns = town_answers([answer(20, "b"), answer(21, "elsewhere")])
    assert silent_towns(board, towns, at(69), MINUTE) == ()
    assert silent_towns(board, towns, at(70), MINUTE) == ("a", "c")


def test_figures_count_the_places_told_and_no_others():
    board = called("a", "b", "c", "d")
    said = [
        answer(20, "a"),
        answer(21, "b", Report.NO_DAMAGE),
        answer(22, "c", Report.DAMAGE, "school"),
        answer(23, "elsewhere", Report.OBJECT_FOUND, "field"),
    ]
    made = figures(board, town_answers(said), at(200), MINUTE)
    assert (made.told, made.acknowledged, made.silent) == (4, 3, 1)
    assert (made.no_damage, made.damage, made.object_found) == (1, 1, 0)


@pytest.mark.parametrize("report", [Report.DAMAGE, Report.OBJECT_FOUND])
def test_damage_needs_words(report):
    with pytest.raises(InputError, match="Say where it is"):
        answer(1, "a", report, " ")
    with pytest.raises(InputError, match="at most 1000"):
        answer(1, "a", report, "x" * 1001)


def test_one_spelling_and_back():
    one = answer(30, "a", Report.OBJECT_FOUND, "浜", "金属片")
    assert answer_from_json(answer_to_json(one)) == one
    with pytest.raises(InputError):
        answer_from_json({"at": "x"})
