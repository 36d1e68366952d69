"""The life of an alert, step by step; `tests/properties/test_alert_life.py` walks at random."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lives import EVENT, Desk, at, basis, content
from overflight.errors import InputError, LifeError
from overflight.warning.alert import MsgType, Status
from overflight.warning.board import Phase
from overflight.warning.life import alert_of, fold, phase_of
from overflight.warning.life_records import (
    Discarded,
    Outcome,
    Revised,
    Role,
    Withheld,
    record_from_json,
    record_to_json,
)
from overflight.warning.life_steps import next_sent, ready
from overflight.warning.templates import MessageKind

LAUNCH, OVER = MessageKind.LAUNCH, MessageKind.OVERFLIGHT
CLEAR, NOT_COMING, RETRACT = MessageKind.ALL_CLEAR, MessageKind.WILL_NOT_ARRIVE, MessageKind.RETRACTION
BOTH = ("47207", "47214")


def raised(status: Status = Status.ACTUAL) -> Desk:
    desk = Desk(status)
    desk.send("raise", content(shelter=BOTH, status=status), basis(60), 70)
    return desk


def test_from_draft_to_lifted() -> None:
    desk = Desk()
    desk.draft("raise", content(shelter=BOTH), basis(60))
    assert phase_of(desk.now, "raise", at(1)) is Phase.DRAFT
    desk.approve("raise", "aoki")
    assert phase_of(desk.now, "raise", at(2)) is Phase.DRAFT
    desk.approve("raise", "baba")
    assert phase_of(desk.now, "raise", at(2)) is Phase.APPROVED
    (first,) = desk.issue("raise", 3)
    assert phase_of(desk.now, "raise", at(3)) is Phase.ISSUED
    assert desk.now.calls("JP", at(3)) == {*BOTH}
    (second,) = desk.send("over", content(OVER, BOTH), basis(90), 100)
    assert phase_of(desk.now, "raise", at(100)) is Phase.UPDATED
    (third,) = desk.send("clear", content(CLEAR, (), BOTH), basis(700, Outcome.PASSED), 720)
    assert phase_of(desk.now, "raise", at(720)) is phase_of(desk.now, "over", at(720)) is Phase.LIFTED
    assert desk.now.calls("JP", at(720)) == frozenset()
    assert phase_of(desk.now, "clear", at(5400)) is Phase.EXPIRED
    made = [alert_of(desk.now, issued.identifier) for issued in (first, second, third)]
    assert [alert.msg_type for alert in made] == [MsgType.ALERT, MsgType.UPDATE, MsgType.UPDATE]
    assert [len(alert.references) for alert in made] == [0, 1, 2]
    assert first.people == ("aoki", "baba")


def test_an_alert_expires() -> None:
    desk = raised()
    assert phase_of(desk.now, "raise", at(5399)) is Phase.ISSUED
    assert phase_of(desk.now, "raise", at(5400)) is Phase.EXPIRED
    assert desk.now.calls("JP", at(5400)) == frozenset()


def test_an_expired_call_can_still_be_lifted_and_is_named() -> None:
    desk = raised()
    clear = content(CLEAR, (), BOTH, expires_s=9000)
    (issued,) = desk.send("clear", clear, basis(5500, Outcome.PASSED), 5500)
    assert [r.identifier for r in issued.references] == [desk.now.messages[0].identifier]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"content_hash": "0" * 64}, "content hash"),
        ({"role": Role.AUTHOR}, "role"),
        ({"role": Role.VIEWER}, "role"),
        ({"second_factor": False}, "second factor"),
    ],
)
def test_an_approval_needs_role_factor_and_the_present_content(change: dict[str, object], rule: str) -> None:
    desk = Desk()
    desk.draft("raise", content(shelter=BOTH), basis(60))
    with pytest.raises(LifeError) as refusal:
        desk.approve("raise", "aoki", **change)
    assert refusal.value.key == rule


def test_the_system_approves_nothing() -> None:
    desk = Desk()
    desk.draft("raise", content(shelter=BOTH), basis(60))
    with pytest.raises(LifeError, match="approver"):
        desk.approve("raise", "system")


def test_one_person_in_two_sessions_is_one_person() -> None:
    desk = Desk()
    desk.draft("raise", content(shelter=BOTH), basis(60))
    desk.approve("raise", "aoki")
    desk.approve("raise", "aoki", session="another")
    with pytest.raises(LifeError, match="two people"):
        desk.issue("raise")


def test_an_approval_is_void_after_a_revision_a_hold_and_ten_minutes() -> None:
    for void in ("revise", "hold", "wait"):
        desk = Desk()
        what = content(shelter=BOTH)
        desk.draft("raise", what, basis(60))
        desk.approve("raise", "aoki")
        desk.approve("raise", "baba")
        if void == "revise":
            edited = replace(what, note="edited")
            desk.put(Revised(at(3), "aoki", EVENT, "raise", edited, basis(60)))
        if void == "hold":
            desk.put(Withheld(at(3), "baba", EVENT, "raise", "look again"))
        with pytest.raises(LifeError, match="two people"):
            desk.issue("raise", 603 if void == "wait" else 4)


def test_a_test_needs_one_person_an_exercise_two() -> None:
    test = Desk(Status.TEST)
    test.draft("raise", content(shelter=BOTH, status=Status.TEST), basis(60))
    test.approve("raise", "aoki", second_factor=False)
    assert test.issue("raise")
    drill = Desk(Status.EXERCISE)
    drill.draft("raise", content(shelter=BOTH, status=Status.EXERCISE), basis(60))
    drill.approve("raise", "aoki")
    with pytest.raises(LifeError, match="two people"):
        drill.issue("raise")


def test_a_draft_event_is_never_issued() -> None:
    desk = Desk(Status.DRAFT)
    desk.draft("raise", content(shelter=BOTH, status=Status.DRAFT), basis(60))
    desk.approve("raise", "aoki")
    desk.approve("raise", "baba")
    with pytest.raises(LifeError, match="two people"):
        desk.issue("raise")


def test_a_drill_never_shares_an_event_with_the_real() -> None:
    with pytest.raises(LifeError, match="Exercise"):
        Desk().draft("raise", content(shelter=BOTH, status=Status.EXERCISE), basis(60))


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.NO_DATA, Outcome.FLYING, Outcome.WILL_NOT_ARRIVE])
def test_lost_never_reads_passed(outcome: Outcome) -> None:
    desk = raised()
    with pytest.raises(LifeError) as refusal:
        desk.draft("clear", content(CLEAR, (), BOTH), basis(700, outcome))
    assert refusal.value.key == "evidence"


def test_a_prepared_lift_waits_for_its_evidence() -> None:
    desk = raised()
    what = content(CLEAR, (), BOTH)
    desk.draft("clear", what, None)
    with pytest.raises(LifeError, match="none yet"):
        desk.approve("clear", "aoki")
    desk.put(Revised(at(700), "system", EVENT, "clear", what, basis(690, Outcome.PASSED)))
    desk.approve("clear", "aoki", 700)
    desk.approve("clear", "baba", 700)
    desk.issue("clear", 701)


def test_an_all_clear_beats_a_queued_call() -> None:
    desk = raised()
    desk.draft("over", content(OVER, BOTH), basis(90))
    desk.approve("over", "aoki", 650)
    desk.approve("over", "baba", 650)
    desk.draft("clear", content(CLEAR, (), BOTH), basis(640, Outcome.PASSED), 650)
    desk.approve("clear", "aoki", 651)
    desk.approve("clear", "baba", 651)
    assert [draft.draft_id for draft in ready(desk.now, at(652))] == ["clear", "over"]
    desk.issue("clear", 652)
    assert phase_of(desk.now, "over", at(652)) is Phase.OVERTAKEN
    assert ready(desk.now, at(652)) == ()
    with pytest.raises(LifeError, match="overtaken"):
        desk.issue("over", 653)


def test_late_points_do_not_raise_again() -> None:
    desk = raised()
    desk.send("clear", content(CLEAR, (), BOTH), basis(700, Outcome.PASSED), 720)
    desk.draft("late", content(OVER, BOTH), basis(719), 725)
    desk.approve("late", "aoki", 725)
    desk.approve("late", "baba", 725)
    with pytest.raises(LifeError) as refusal:
        desk.issue("late", 726)
    assert refusal.value.key == "raise after lift"
    desk.send("new", content(OVER, BOTH), basis(721), 727)
    assert desk.now.calls("JP", at(727)) == {*BOTH}


def test_no_place_is_dropped_in_silence() -> None:
    desk = raised()
    with pytest.raises(LifeError) as refusal:
        desk.send("narrow", content(OVER, BOTH[:1]), basis(90), 100)
    assert refusal.value.key == "places"
    assert "47214" in str(refusal.value)


def test_narrowing_says_for_each_place_what_it_is_told() -> None:
    desk = raised()
    narrow = content(OVER, BOTH[:1], BOTH[1:], release_kind=NOT_COMING)
    desk.draft("narrow", narrow, None)
    with pytest.raises(LifeError, match="not to come"):
        desk.put(Revised(at(90), "system", EVENT, "narrow", narrow, basis(90)))
    desk.put(Revised(at(90), "system", EVENT, "narrow", narrow, basis(90, Outcome.WILL_NOT_ARRIVE)))
    desk.approve("narrow", "aoki", 91)
    desk.approve("narrow", "baba", 91)
    desk.issue("narrow", 92)
    assert desk.now.calls("JP", at(92)) == {BOTH[0]}
    assert phase_of(desk.now, "raise", at(92)) is Phase.UPDATED
    desk.send("clear", content(CLEAR, (), BOTH[:1]), basis(700, Outcome.PASSED), 720)
    assert phase_of(desk.now, "raise", at(720)) is Phase.LIFTED


def test_a_retraction_is_a_cancel_and_a_corrective_update() -> None:
    desk = raised()
    desk.draft("retract", content(RETRACT, (), BOTH), None, 80)
    desk.approve("retract", "aoki", 80)
    desk.approve("retract", "baba", 81)
    cancel, update = desk.issue("retract", 82)
    made = [alert_of(desk.now, issued.identifier) for issued in (cancel, update)]
    assert [alert.msg_type for alert in made] == [MsgType.CANCEL, MsgType.UPDATE]
    assert made[0].references == made[1].references != ()
    assert made[0].infos == made[1].infos
    assert phase_of(desk.now, "raise", at(82)) is Phase.CANCELLED
    assert [desk.now.is_deliverable(m.identifier) for m in desk.now.messages] == [False, True, True]
    with pytest.raises(LifeError, match="draft that is issued"):
        desk.issue("retract", 83)


def test_nothing_is_lifted_twice() -> None:
    desk = raised()
    desk.draft("other", content(NOT_COMING, (), BOTH), basis(650, Outcome.WILL_NOT_ARRIVE), 660)
    desk.send("clear", content(CLEAR, (), BOTH), basis(700, Outcome.PASSED), 720)
    desk.approve("other", "aoki", 721)
    desk.approve("other", "baba", 721)
    with pytest.raises(LifeError) as refusal:
        desk.issue("other", 722)
    assert refusal.value.key == "nothing to lift"


def test_threads_do_not_replace_one_another() -> None:
    desk = raised()
    (korean,) = desk.send("kr", content(shelter=("23320",), thread="KR"), basis(60), 75)
    assert korean.references == ()
    desk.send("clear", content(CLEAR, (), BOTH), basis(700, Outcome.PASSED), 720)
    assert desk.now.calls("KR", at(720)) == {"23320"}


def test_ten_messages_in_one_second_keep_order_and_identity() -> None:
    desk = raised()
    for number in range(10):
        desk.send(f"u{number}", content(OVER, BOTH), basis(90 + number), 100 + number / 20)
    messages = desk.now.messages
    assert len({m.identifier for m in messages}) == 11
    assert [m.issued.sent for m in messages] == sorted(m.issued.sent for m in messages)
    assert [len(m.issued.references) for m in messages] == list(range(11))


def test_a_clock_that_goes_back_holds_sent_still() -> None:
    desk = raised()
    last = desk.now.messages[-1].issued.sent
    assert next_sent(desk.now, at(-3600)) == last
    (issued,) = desk.send("over", content(OVER, BOTH), basis(90), 40)
    assert issued.sent == last


def test_a_discarded_draft_is_closed() -> None:
    desk = Desk()
    desk.draft("raise", content(shelter=BOTH), basis(60))
    desk.put(Discarded(at(2), "aoki", EVENT, "raise", "not needed"))
    assert phase_of(desk.now, "raise", at(2)) is Phase.DISCARDED
    with pytest.raises(LifeError, match="discarded"):
        desk.approve("raise", "aoki")


@pytest.mark.parametrize(
    "wrong",
    [
        content(shelter=()),
        content(shelter=BOTH, release=BOTH, release_kind=NOT_COMING),
        content(shelter=BOTH[:1], release=BOTH[1:]),
        content(CLEAR, BOTH),
        content(CLEAR, BOTH[:1], BOTH[1:]),
        content(shelter=("a", "a")),
    ],
)
def test_a_content_that_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(LifeError):
        Desk().draft("x", wrong, None)  # type: ignore[arg-type]


def test_the_log_reads_back_and_folds_to_the_same_board() -> None:
    desk = raised()
    desk.send("clear", content(CLEAR, (), BOTH), basis(700, Outcome.PASSED), 720)
    lines = [json.dumps(record_to_json(record), ensure_ascii=False) for record in desk.records]
    records = [record_from_json(json.loads(line)) for line in lines]
    assert records == desk.records
    assert fold(records) == {EVENT: desk.now}
    assert records[1].content.hash == desk.now.draft("raise").content_hash  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"record": "bribed"}, "record"),
        ({"extra": 1}, "extra"),
        ({"at": "2023-08-23T18:50:00"}, "at"),
        ({"second_factor": 1}, "second_factor"),
        ({"role": "king"}, "role"),
        ({"by": None}, "by"),
    ],
)
def test_a_damaged_record_is_refused_by_field(change: dict[str, object], key: str) -> None:
    desk = raised()
    value = next(record_to_json(r) for r in desk.records if type(r).__name__ == "Approved")
    with pytest.raises(InputError) as refusal:
        record_from_json({**value, **change})
    assert refusal.value.key == key
