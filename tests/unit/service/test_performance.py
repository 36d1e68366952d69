"""How a warning went, from the desk's log to the bulletin's facts: figures, and only of what it was for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskfakes import AOKI, BABA, EVENT, KUMEJIMA, MIYAKOJIMA, figures, make_desk, memory, places, told
from lives import at
from overflight.errors import InputError
from overflight.scenario.facts import Facts
from overflight.scenario.load import load_scenario
from overflight.scenario.performance import Performance, facts_with, read_performance
from overflight.service.answers.store import AnswerStore
from overflight.service.desk import Desk
from overflight.service.performance import performance
from overflight.warning.answers import Answer, Report
from overflight.warning.life_records import Outcome
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml"


def send(desk: Desk) -> None:
    for draft in [d for d in desk.store.state().boards[EVENT].drafts if d.is_open and d.basis is not None]:
        for who in (AOKI, BABA):
            desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
        desk.issue(draft.draft_id, draft.content_hash, AOKI)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    desk, clock = make_desk(tmp_path_factory.mktemp("desk"), [memory()])
    desk.policy = replace(desk.policy, hold=replace(desk.policy.hold, narrow_s=0.0))
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    clock.to(130)
    desk.hear(told(130, figures(), figures(MIYAKOJIMA, first_s=600)))
    send(desk)
    clock.to(1000)
    passed = (figures(outcome=Outcome.PASSED), figures(MIYAKOJIMA, Outcome.PASSED, 600))
    desk.hear(told(999, *passed, facts="seen_beyond"))
    send(desk)
    answers = AnswerStore(desk.store.engine)
    answers.append(Answer(at(160), EVENT, KUMEJIMA, "town"))
    answers.append(Answer(at(1100), EVENT, KUMEJIMA, "town", Report.OBJECT_FOUND, "beach", "Taro found it"))
    made = performance(
        desk.store, EVENT, at(2000), desk="Okinawa", gazetteer=places(), silent_after=timedelta(seconds=60)
    )
    with pytest.raises(InputError, match=EVENT):
        performance(
            desk.store, "x", at(0), desk="", gazetteer=places(), silent_after=timedelta(seconds=60)
        )  # says which events there are
    desk.store.close()
    return made


def test_it_holds_when_whom_and_what_came_back(report: Performance) -> None:
    (one,) = report.called
    assert (one.raised_utc, one.lifted_utc) == (at(100), at(1000))
    assert one.places == (KUMEJIMA, MIYAKOJIMA) and len(one.messages) == 3
    assert one.replies.model_dump() == {
        "asked": 2, "acknowledged": 1, "silent": 1, "no_damage": 0, "damage": 0, "object_found": 1,
    }  # fmt: skip
    assert "Kumejima" in one.area["en"] and "久米島町" in one.area["ja"]
    text = report.model_dump_json()
    assert "Taro" not in text and "beach" not in text, "words of contacts stay at the desk"
    assert read_performance(text.encode(), "performance.json") == report


def facts() -> Facts:
    claim = {
        "kind": "statement",
        "key": "c",
        "label": "c",
        "speaker": "s",
        "published": "p",
        "confidence": "B",
        "source": "s",
    }
    return Facts.model_validate(
        {"schema_version": 1, "title": "t", "claim": [claim], "source": [{"key": "s", "text": "somebody"}]}
    )  # fmt: skip


def test_the_bulletin_takes_it_as_a_warning_with_its_source(report: Performance) -> None:
    taken = facts_with(facts(), load_scenario(EXAMPLE), report, "performance.json")
    (warned,) = taken.warning
    assert (warned.asked, warned.confirmed, warned.country) == (2, 1, "JP")
    assert (warned.raised_utc, warned.lifted_utc) == (at(100), at(1000))
    assert warned.system == "DRILL: Okinawa", "a drill is never told as the real thing"
    assert warned.translation["ja"].system == "訓練：Okinawa"
    assert warned.damage is not None and "1 found an object" in warned.damage
    assert [source.key for source in taken.source] == ["s", "desk-report"] and warned.source == "desk-report"


def test_a_report_of_another_launch_or_of_nothing_is_refused(report: Performance) -> None:
    launch = load_scenario(EXAMPLE)
    early = report.model_copy(update={"launch_utc": at(-86400)})
    for wrong, key in ((early, "launch_utc"), (report.model_copy(update={"called": ()}), "called")):
        with pytest.raises(InputError, match=key):
            facts_with(facts(), launch, wrong, "performance.json")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "backup"}, "kind"),
        ({"more": 1}, "more"),
        ({"status": "Draft"}, "status"),
        ({"called": [{}]}, "called.0"),
        ({"acknowledged": 9}, "9 answers, 2 asked"),
        ({"lifted_utc": "2023-08-23T18:00:00Z"}, "after it was raised"),
    ],
)
def test_what_the_desk_did_not_write_is_refused(report: Performance, change: dict, says: str) -> None:
    value = json.loads(report.model_dump_json())
    for key in change:
        into = (
            value["called"][0]
            if key == "lifted_utc"
            else value["called"][0]["replies"]
            if key == "acknowledged"
            else value
        )
        into[key] = change[key]
    with pytest.raises(InputError, match=says):
        read_performance(json.dumps(value).encode(), "performance.json")


def test_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="desk report"):
        read_performance(b"\xff", "performance.json")
