"""From decision messages to drafts: called at once, narrowed with evidence, lifted only where it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lives import at
from overflight.errors import InputError
from overflight.exposure.places import load_places
from overflight.warning.alert import Status
from overflight.warning.board import LIFTING, RAISING, Board
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.compose import compose
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.decide import decide
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PlaceFigures,
    TrackState,
)
from overflight.warning.gazetteer import Gazetteer, gazetteer
from overflight.warning.life import alert_of, apply
from overflight.warning.life_records import Approved, Opened, Outcome, Role
from overflight.warning.life_steps import issue, messages_made
from overflight.warning.policy import Level, read_policy
from overflight.warning.templates import MessageKind

POLICY = read_policy(
    b'version = 1\nname = "test"\n[[area]]\ncountry = "JP"\nzone_offset_h = 9\nsender_name = "Test desk"\n'
    b'level = "place"\n'
)
KUMEJIMA, MIYAKOJIMA, TARAMA = "JP-47361", "JP-47214", "JP-47375"
EVENT = "launch-20230823T185000Z"


@cache
def places() -> Gazetteer:
    return gazetteer(load_places(["JP"]))


def figures(
    key: str = KUMEJIMA, outcome: Outcome = Outcome.FLYING, p: float = 0.9, first_s: float = 560
) -> PlaceFigures:
    return PlaceFigures(key, p, p, 1e-4, outcome, at(first_s), at(first_s + 40), at(first_s + 400), 0.99)


def told(
    time_s: float, *given: PlaceFigures, outcome: Outcome = Outcome.FLYING, facts: str = "impact_line"
) -> DecisionMessage:
    evidence = tuple(Evidence(EvidenceKind(kind), "radar-a", at(time_s), kind) for kind in facts.split())
    track = TrackState.LOST if outcome is Outcome.LOST else TrackState.FIRM
    launch = Launch(at(0), 1.0, "KP", "satellite_rocket")
    return DecisionMessage(
        1, "decision", f"m-{time_s}", "tracker", int(time_s * 10), EVENT, Status.EXERCISE,
        at(time_s), at(time_s), track, outcome, launch, given, "as planned", evidence,
    )  # fmt: skip


class Event:
    """An event that hears messages and has its drafts issued by two people."""

    def __init__(self) -> None:
        self.board: Board = apply(None, Opened(at(0), "system", EVENT, Status.EXERCISE, "Test"))
        self.count = 0

    def hear(self, message: DecisionMessage, t: float | None = None) -> Board:
        now: datetime = message.made if t is None else at(t)
        made = decide(self.board, message, POLICY, places(), now)
        assert not [r for r in made.remarks if r.startswith("not drafted")], made.remarks
        self.board = made.board
        return self.board

    def open(self, kinds: frozenset[MessageKind]):
        return [d for d in self.board.drafts if d.is_open and d.content.kind in kinds]

    def send(self, kinds: frozenset[MessageKind], t: float) -> None:
        draft = self.open(kinds)[-1]
        for by in ("aoki", "baba"):
            self.board = apply(
                self.board,
                Approved(at(t), by, EVENT, draft.draft_id, draft.content_hash, Role.APPROVER, True, by),
            )
        tokens = [f"{self.count + i:016d}" for i in range(messages_made(draft))]
        self.count += len(tokens)
        for record in issue(
            self.board, draft.draft_id, at(t), sender="d@example.invalid", tokens=tokens, by="system"
        ):
            self.board = apply(self.board, record)

    def called(self, t: float) -> frozenset[str]:
        return self.board.calls("JP", at(t))


def test_the_real_event_is_called_narrowed_and_lifted() -> None:
    event = Event()
    event.hear(told(100, figures(), figures(MIYAKOJIMA, first_s=580)))
    (call,) = event.open(RAISING)
    assert call.content.kind is MessageKind.OVERFLIGHT
    assert set(call.content.shelter) == {KUMEJIMA, MIYAKOJIMA}
    assert [d.content.kind for d in event.board.drafts] == [
        MessageKind.OVERFLIGHT, MessageKind.ALL_CLEAR, MessageKind.RETRACTION,
    ]  # fmt: skip
    event.send(RAISING, 110)
    passed = told(
        1000, figures(outcome=Outcome.PASSED), figures(MIYAKOJIMA, first_s=800), facts="seen_beyond"
    )
    event.hear(passed)
    (narrow,) = event.open(RAISING)
    assert (narrow.content.shelter, narrow.content.release) == ((MIYAKOJIMA,), (KUMEJIMA,))
    event.send(RAISING, 1005)
    event.hear(told(1300, figures(MIYAKOJIMA, Outcome.PASSED, first_s=800), facts="seen_beyond"))
    (lift,) = event.open(LIFTING)
    assert lift.basis is not None
    event.send(LIFTING, 1305)
    assert not event.called(1310)
    for message in event.board.messages:
        report = check_alert(compose(alert_of(event.board, message.identifier)), Profile.DESK)
        assert report.verdict is not Verdict.REJECT, report.findings


def test_the_same_message_again_changes_nothing() -> None:
    event = Event()
    message = told(100, figures())
    event.hear(message)
    before = event.board
    assert event.hear(message, 103) == before


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.NO_DATA])
def test_what_is_lost_is_never_lifted(outcome: Outcome) -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    event.hear(told(3000, outcome=outcome, facts="track_lost"))
    assert event.called(3000) == {KUMEJIMA}
    assert all(draft.basis is None for draft in event.open(LIFTING))


def test_what_fell_out_of_sight_is_lifted_by_people_and_never_as_passed() -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    lost = replace(figures(), outcome=Outcome.LOST)
    event.hear(told(700, lost, outcome=Outcome.LOST, facts="thrust_ended track_lost"))
    assert event.open(LIFTING)[0].basis is None
    down = told(1100, figures(outcome=Outcome.COME_DOWN), outcome=Outcome.COME_DOWN, facts="last_arrival")
    event.hear(replace(down, track=TrackState.LOST))
    (lift,) = event.open(LIFTING)
    assert lift.basis is not None
    assert (lift.content.kind, lift.content.release) == (MessageKind.COME_DOWN, (KUMEJIMA,))
    assert event.called(1100) == {KUMEJIMA}
    assert "come down" in " ".join(info.description for info in lift.content.infos)
    event.send(LIFTING, 1110)
    assert not event.called(1111)


def test_a_policy_may_leave_what_fell_out_of_sight_to_people_alone() -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    policy = replace(POLICY, lift=replace(POLICY.lift, come_down=False))
    down = told(1100, figures(outcome=Outcome.COME_DOWN), outcome=Outcome.COME_DOWN, facts="last_arrival")
    made = decide(event.board, down, policy, places(), at(1100))
    assert all(d.basis is None for d in made.board.drafts if d.is_open and d.content.kind in LIFTING)


def test_lift_waits_for_the_last_arrival() -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    passed = told(700, figures(outcome=Outcome.PASSED), facts="seen_beyond")
    event.hear(passed)
    assert event.open(LIFTING)[0].basis is None
    event.hear(passed, 961)
    assert event.open(LIFTING)[0].basis is not None


def test_a_call_is_narrowed_a_while_after_it_was_last_narrowed_whatever_was_told_between() -> None:
    event, first, second = Event(), figures(outcome=Outcome.PASSED), figures(MIYAKOJIMA, first_s=620)
    gone = replace(first, p_debris=0.0)
    event.hear(told(100, figures(), second, figures(TARAMA)))
    event.send(RAISING, 110)
    event.hear(told(635, gone, second, figures(TARAMA), facts="seen_beyond"))
    event.send(RAISING, 640)
    moved = figures(TARAMA, first_s=720)
    event.hear(told(665, gone, second, moved, facts="seen_beyond"))
    assert not event.open(RAISING)
    both = replace(second, outcome=Outcome.PASSED, p_debris=0.0)
    event.hear(told(669, gone, both, moved, facts="seen_beyond"))
    assert not event.open(RAISING)
    event.hear(told(671, gone, both, moved, facts="seen_beyond"))
    (narrow,) = event.open(RAISING)
    assert narrow.content.release == (MIYAKOJIMA,)


def test_whole_region_while_no_line_supports_less() -> None:
    policy = replace(POLICY, area=(replace(POLICY.area[0], level=Level.REGION),))
    board = Event().board
    made = decide(board, told(30, figures(), facts="launch_seen"), policy, places(), at(30))
    call = made.board.drafts[0].content
    assert call.kind is MessageKind.LAUNCH and len(call.shelter) == 41


def test_an_impact_line_at_other_countries_says_nothing_of_ours() -> None:
    policy = replace(POLICY, area=(replace(POLICY.area[0], level=Level.REGION),))
    message = told(30, figures())
    for countries, called in ((("KP", "KR"), 41), (("JP", "KR"), 1)):
        facts = (replace(message.evidence[0], countries=countries),)
        made = decide(Event().board, replace(message, evidence=facts), policy, places(), at(30))
        assert len(made.board.drafts[0].content.shelter) == called


def test_a_passage_is_expected_only_where_it_is_likely() -> None:
    """Beside the line others are called all the same, and told no times."""
    event = Event()
    event.hear(told(100, figures(), figures(MIYAKOJIMA, p=0.3)))
    (call,) = event.open(RAISING)
    said = {info.event_codes[0][1]: info for info in call.content.infos if info.language.startswith("en")}
    passages = [n for info in call.content.infos for n, _ in info.parameters if "passage" in n]
    assert {name.rsplit(":", 1)[1] for name in passages} == {KUMEJIMA}
    assert "Miyakojima" in said["launch"].description
    assert "Miyakojima" not in said["overflight"].description
    event.send(RAISING, 110)
    event.hear(told(180, figures(), figures(MIYAKOJIMA, p=0.3)))
    assert not event.open(RAISING), "times that are not told do not change"


def test_a_lift_that_was_ready_waits_when_somebody_is_in_reach_again() -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    event.hear(told(1000, figures(outcome=Outcome.WILL_NOT_ARRIVE), facts="thrust_ended"))
    assert event.open(LIFTING)[0].basis is not None
    event.hear(told(1010, figures(), facts="thrust_ended"))
    assert [draft.basis for draft in event.open(LIFTING)] == [None]


def test_what_still_comes_to_others_is_not_said_to_come_to_nobody() -> None:
    event = Event()
    event.hear(told(100, figures(), figures(MIYAKOJIMA)))
    event.send(RAISING, 110)
    gone = figures(outcome=Outcome.WILL_NOT_ARRIVE)
    event.hear(told(1000, gone, figures(MIYAKOJIMA, first_s=1100), facts="thrust_ended impact_line"))
    (narrow,) = event.open(RAISING)
    texts = [
        i.description
        for i in narrow.content.infos
        if ("overflight:message", "will_not_arrive") in i.event_codes
    ]
    assert len(texts) == 3
    assert not any(word in text for text in texts for word in ("come to Japan", "我が国", "일본에는"))
    assert any("come to the area concerned" in text for text in texts)


def test_an_approver_does_not_chase_a_moving_text() -> None:
    event = Event()
    event.hear(told(100, figures()))
    draft = event.open(RAISING)[0]
    event.board = apply(
        event.board,
        Approved(at(101), "aoki", EVENT, draft.draft_id, draft.content_hash, Role.APPROVER, True, "a"),
    )
    event.hear(told(102, figures(first_s=700)))
    assert event.board.draft(draft.draft_id).approvals, "new times alone void no approval"
    event.hear(told(103, figures(), figures(TARAMA)))
    assert len(event.open(RAISING)) == 2, "a wider call waits behind the approved one"
    assert event.board.draft(draft.draft_id).approvals


def test_old_points_do_not_raise_again() -> None:
    event = Event()
    event.hear(told(100, figures()))
    event.send(RAISING, 110)
    event.hear(told(1000, figures(outcome=Outcome.WILL_NOT_ARRIVE), facts="broken_up"))
    event.send(LIFTING, 1010)
    event.hear(told(1005, figures()), 1011)
    assert not event.open(RAISING)
    event.hear(told(1012, figures()), 1012)
    assert event.open(RAISING), "a new measurement does"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hear", "send", "lift"]),
        st.sampled_from(list(Outcome)),
        st.frozensets(st.sampled_from([KUMEJIMA, MIYAKOJIMA, TARAMA])),
        st.sampled_from([0.0, 0.01, 0.9]),
    ),
    max_size=12,
)


SHOWN = {
    Outcome.PASSED: "seen_beyond", Outcome.WILL_NOT_ARRIVE: "broken_up", Outcome.COME_DOWN: "last_arrival",
}  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_is_heard_no_place_is_dropped_and_nothing_lost_is_lifted(steps) -> None:
    event, t, newest = Event(), 100.0, None
    for step, outcome, keys, p in steps:
        t += 61.0
        facts = SHOWN.get(outcome, "impact_line")
        if step == "hear":
            newest = told(t, *(figures(k, outcome, p) for k in sorted(keys)), outcome=outcome, facts=facts)
            event.hear(newest)
        elif step == "send" and event.open(RAISING):
            before = event.called(t)
            content = event.open(RAISING)[-1].content
            event.send(RAISING, t)
            assert before <= {*content.shelter, *content.release}
            assert newest is not None
            event.hear(newest, t)  # as the desk does after each message that it sends
        elif step == "lift" and any(d.basis for d in event.open(LIFTING)):
            lift = event.open(LIFTING)[-1]
            assert lift.basis and lift.basis.outcome in SHOWN
            event.send(LIFTING, t)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (b"version = 2", "version"),
        (b"[call]\np_over = 1.5", "call.p_over"),
        (b"[hold]\nnarrow_s = -1.0", "hold.narrow_s"),
        (b"[lift]\nwhen = 1", "lift.when"),
        (b"x = [", ""),
    ],
)
def test_a_wrong_policy_is_refused_by_its_key(change: bytes, key: str) -> None:
    head = b"" if change.startswith(b"version") else b"version = 1\n"
    tables = b'[[area]]\ncountry = "JP"\nzone_offset_h = 9\nsender_name = "x"\n'
    top = change if b"[" not in change[:1] else b""
    with pytest.raises(InputError) as caught:
        read_policy(head + b'name = "x"\n' + top + b"\n" + tables + (b"" if top else change), "p.toml")
    assert caught.value.where == "p.toml" or caught.value.where == "policy"
    assert caught.value.key == key
