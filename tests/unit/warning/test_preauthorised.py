"""The rules of a pre-authorised plan, without a desk: who lets it stand, for what, how often, how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskfakes import figures, told
from lives import Desk, at, basis, content
from overflight.errors import InputError, LifeError
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, EvidenceKind, TrackState
from overflight.warning.life_records import SYSTEM, Outcome, Role, Vouched
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.preauthorised import (
    Conditions,
    NotUsed,
    Plan,
    PlanApproved,
    PlanHeld,
    PlanState,
    Prepared,
    apply_plan,
    known,
    plan_from_json,
    plan_to_json,
    unmet,
    unmet_places,
    vouch,
    wording,
)
from overflight.warning.templates import MessageKind

HERE, THERE, BEYOND = "JP-47361", "JP-47214", "JP-47375"
STATUSES = [Status.ACTUAL, Status.EXERCISE, Status.TEST]
CONDITIONS = Conditions(("tracker",), ("radar-a", "radar-b"), least_sensors=2)


def a_plan(status: Status = Status.EXERCISE, **change: object) -> Plan:
    call = content(MessageKind.LAUNCH, (HERE, THERE), status=status)
    values = {
        "plan_id": "plan-1", "title": "", "status": status, "origin": "KP", "begins": at(-3600),
        "ends": at(7200), "expires": at(9000), "conditions": CONDITIONS, "content": call,
    }  # fmt: skip
    return Plan(**(values | change))  # type: ignore[arg-type]


def approval(plan: Plan, who: str, second: float = -100, **change: object) -> PlanApproved:
    made = PlanApproved(at(second), who, plan.plan_id, plan.hash, Role.APPROVER, True)
    return replace(made, **change)


def prepared(plan: Plan) -> PlanState:
    return apply_plan(None, Prepared(at(-7200), "author", plan))


def approved(plan: Plan) -> PlanState:
    state = prepared(plan)
    for who in ("aoki", "baba"):
        state = apply_plan(state, approval(plan, who))
    return state


def heard(status: Status = Status.EXERCISE, second: float = 100, **change: object) -> DecisionMessage:
    message = told(second, figures(), facts="launch_seen", status=status)
    return replace(message, **({"sensors": ("radar-a", "radar-b")} | change))


def why_not(state: PlanState, message: DecisionMessage, now: datetime) -> list[str]:
    return [str(one) for one in unmet(state, message, now)]


def board(plan: Plan, **change: object):
    desk = Desk(plan.status)
    desk.draft("d", replace(plan.content, **change), basis(100), 100)
    return desk.now


def vouched(state: PlanState, message: DecisionMessage, second: float = 100, **change: object) -> Vouched:
    plan = state.plan
    made = Vouched(
        at(second), SYSTEM, "e", "d", plan.content.hash, plan.plan_id, plan.hash, state.people, message.id
    )
    return replace(made, **change)


@pytest.mark.parametrize("status", STATUSES)
def test_two_people_then_once_and_never_again(status: Status) -> None:
    plan = a_plan(status)
    state = prepared(plan)
    assert state.phase(at(0)) == "prepared"
    assert why_not(state, heard(status), at(100)) == ["the plan is prepared"]
    state = apply_plan(state, approval(plan, "aoki"))
    state = apply_plan(state, approval(plan, "aoki", second=-50))
    assert state.people == ("aoki",) and state.phase(at(0)) == "prepared", "one person twice is one person"
    state = apply_plan(state, approval(plan, "baba"))
    assert state.phase(at(0)) == "approved" and why_not(state, heard(status), at(100)) == []
    used = vouch(state, board(plan), heard(status), vouched(state, heard(status)))
    assert used.phase(at(101)) == "used"
    assert why_not(used, heard(status), at(101)) == ["the plan is used"]
    for step in (
        lambda: vouch(used, board(plan), heard(status), vouched(used, heard(status))),
        lambda: apply_plan(used, approval(plan, "chiba")),
        lambda: apply_plan(used, PlanHeld(at(102), "author", plan.plan_id, "")),
    ):
        with pytest.raises(LifeError, match="used"):
            step()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("other", STATUSES)
def test_a_plan_stands_for_no_other_status(status: Status, other: Status) -> None:
    reasons = why_not(approved(a_plan(status)), heard(other), at(100))
    assert bool(reasons) == (status is not other)
    assert all("drill wall" in reason for reason in reasons)


def test_a_hold_voids_both_approvals_at_any_time_before_use() -> None:
    plan = a_plan()
    state = apply_plan(approved(plan), PlanHeld(at(50), "author", plan.plan_id, "scrubbed"))
    assert state.phase(at(60)) == "held" and state.people == ()
    assert "the plan is held" in why_not(state, heard(), at(100))
    state = apply_plan(state, approval(plan, "aoki", 61))
    assert state.phase(at(62)) == "held"
    state = apply_plan(state, approval(plan, "baba", 62))
    assert state.phase(at(63)) == "approved"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"by": "", "role": Role.APPROVER}, "role"),
        ({"by": SYSTEM}, "role"),
        ({"role": Role.AUTHOR}, "role"),
        ({"role": Role.VIEWER}, "role"),
        ({"second_factor": False}, "second factor"),
        ({"plan_hash": "0" * 64}, "plan hash"),
        ({"at": at(9000)}, "plan"),
    ],
)
def test_who_may_approve(change: dict[str, object], rule: str) -> None:
    plan = a_plan()
    with pytest.raises(LifeError) as refusal:
        apply_plan(prepared(plan), approval(plan, "aoki", **change))
    assert refusal.value.key == rule


def test_a_test_needs_no_second_factor_and_still_two_people() -> None:
    plan = a_plan(Status.TEST)
    state = apply_plan(prepared(plan), approval(plan, "aoki", second_factor=False))
    assert state.phase(at(0)) == "prepared"
    assert apply_plan(state, approval(plan, "baba", second_factor=False)).phase(at(0)) == "approved"


def test_a_plan_ends_at_its_time() -> None:
    state = approved(a_plan())
    assert state.phase(at(8999)) == "approved" and state.phase(at(9000)) == "expired"
    late = heard(second=9000)
    assert "the plan is expired" in why_not(state, late, at(9000))


EDGES = [
    ({}, 100, True),
    ({"launch": replace(told(0).launch, time=at(-3600))}, 100, True),
    ({"launch": replace(told(0).launch, time=at(7200))}, 100, True),
    ({"launch": replace(told(0).launch, time=at(-3601))}, 100, False),
    ({"launch": replace(told(0).launch, time=at(7201))}, 100, False),
    ({"launch": replace(told(0).launch, origin="CN")}, 100, False),
    ({"source": "stranger"}, 100, False),
    ({"source": "partner/tracker"}, 100, False),
    ({"sensors": ("radar-a",)}, 100, False),
    ({"sensors": ("radar-a", "radar-a")}, 100, False),
    ({"sensors": ("radar-a", "radar-b", "radar-x")}, 100, False),
    ({"evidence": ()}, 100, False),
    ({"track": TrackState.TENTATIVE}, 100, False),
    ({"track": TrackState.COASTING}, 100, False),
    ({"track": TrackState.CUED}, 100, False),
    ({"outcome": Outcome.LOST}, 100, False),
    ({}, 110, True),
    ({}, 110.1, False),
    ({}, 99.9, False),
]


@pytest.mark.parametrize(("change", "now", "stands"), EDGES)
def test_every_condition_to_its_edge(change: dict[str, object], now: float, stands: bool) -> None:
    assert (why_not(approved(a_plan()), heard(**change), at(now)) == []) == stands


def test_places_must_be_among_those_approved_and_one_must_reach_a_threshold() -> None:
    plan, low = a_plan(), replace(figures(), p_over_if_continues=0.4)
    assert list(unmet_places(plan, {HERE: figures()})) == []
    assert list(unmet_places(plan, {HERE: low, THERE: figures(THERE)})) == []
    assert "threshold" in " ".join(map(str, unmet_places(plan, {HERE: low, THERE: None})))
    assert BEYOND in " ".join(map(str, unmet_places(plan, {HERE: figures(), BEYOND: figures(BEYOND)})))
    assert "threshold" in " ".join(map(str, unmet_places(plan, {})))


def broken() -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    """Yield what differs in the draft or in the record, and the words that say so."""
    yield "other places", {"shelter": (HERE,)}, {}
    yield "other words", {"expires": at(50000), "source": "another"}, {}
    yield "another plan", {}, {"plan_hash": "0" * 64}
    yield "other people", {}, {"people": ("aoki", "chiba")}
    yield "another message", {}, {"message_id": "m-other"}


@pytest.mark.parametrize(("words", "draft", "record"), list(broken()))
def test_it_vouches_for_nothing_but_the_approved_message(
    words: str, draft: dict[str, object], record: dict[str, object]
) -> None:
    state = approved(a_plan())
    with pytest.raises(LifeError, match=words):
        vouch(state, board(state.plan, **draft), heard(), vouched(state, heard(), **record))


def test_wording_forgets_times_and_nothing_else() -> None:
    call = a_plan().content
    info = call.infos[0]

    def saying(text: str):
        return wording(replace(call, infos=(replace(info, description=text), *call.infos[1:])))

    assert saying("3時50分に 03:50 3시 50분") == saying("4時1分に 04:01 4시 1분")
    assert saying("at 03:50 over Naha") != saying("at 03:50 over Kume")
    assert wording(replace(call, expires=at(99999))) == wording(call)
    later = tuple(replace(one, expires=at(99999), onset=None) for one in call.infos)
    assert wording(replace(call, infos=later)) == wording(call)
    assert wording(replace(call, shelter=(HERE,))) != wording(call)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"plan_id": ""}, "plan_id"),
        ({"plan_id": "a b"}, "plan_id"),
        ({"begins": at(7200)}, "begins"),
        ({"expires": at(7199)}, "begins"),
        ({"content": content(MessageKind.ALL_CLEAR, (), release=(HERE,), status=Status.EXERCISE)}, "content"),
        ({"content": content(MessageKind.LAUNCH, (HERE,), status=Status.TEST)}, "content"),
    ],
)
def test_a_plan_that_cannot_be(change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        a_plan(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"feeds": ()}, {"sensors": ()}, {"least_sensors": 0}, {"least_sensors": 3}, {"max_age_s": 0.0},
        {"max_age_s": 121.0}, {"p_over_if_continues": None}, {"p_over": 1.1}, {"p_debris": -0.1},
        {"sensors": ("a", "a"), "least_sensors": 2},
    ],
)  # fmt: skip
def test_conditions_that_cannot_be(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        replace(CONDITIONS, **change)  # type: ignore[arg-type]


def test_a_plan_is_for_one_launch_and_its_name_is_used_once() -> None:
    plan = a_plan()
    with pytest.raises(LifeError, match="new name"):
        apply_plan(prepared(plan), Prepared(at(-7000), "author", plan))
    for when in (at(7200), at(9000) - timedelta(days=30, seconds=1)):
        with pytest.raises(LifeError, match="30 days"):
            apply_plan(None, Prepared(when, "author", plan))
    for record in (approval(plan, "aoki"), PlanHeld(at(0), "x", "plan-1", "")):
        with pytest.raises(LifeError, match="prepared"):
            apply_plan(None, record)
    with pytest.raises(LifeError):
        known(None, "plan-1")


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["aoki", "baba"]).map(lambda who: ("approve", who)),
            st.just(("hold", "author")),
            st.just(("not used", "system")),
        ),
        max_size=12,
    )
)
def test_approved_means_two_people_since_the_last_hold(steps: list[tuple[str, str]]) -> None:
    plan = a_plan()
    state, since = prepared(plan), set()
    for what, who in steps:
        if what == "approve":
            state = apply_plan(state, approval(plan, who))
            since.add(who)
        elif what == "hold":
            state = apply_plan(state, PlanHeld(at(0), who, plan.plan_id, ""))
            since.clear()
        else:
            state = apply_plan(state, NotUsed(at(0), SYSTEM, plan.plan_id, "e", ("why",)))
    assert (state.phase(at(0)) == "approved") == (len(since) == 2)
    assert (why_not(state, heard(), at(100)) == []) == (len(since) == 2)


@pytest.mark.parametrize(
    "record",
    [
        Prepared(at(-7200), "author", a_plan()),
        approval(a_plan(), "aoki"),
        PlanHeld(at(0), "author", "plan-1", "why"),
        NotUsed(at(0), SYSTEM, "plan-1", "e", ("one", "two")),
        NotUsed(at(0), SYSTEM, "plan-1", "e", ("x",), (PlanSaid(PlanPhrase.FEED, ("x",)),)),
    ],
)
def test_records_come_back_as_they_were(record) -> None:
    assert plan_from_json(plan_to_json(record)) == record
    with pytest.raises(InputError, match="record"):
        plan_from_json({"record": "another"})


def test_evidence_must_be_all_that_was_asked_for() -> None:
    asked = replace(CONDITIONS, evidence=(EvidenceKind.LAUNCH_SEEN, EvidenceKind.IMPACT_LINE))
    state = approved(a_plan(conditions=asked))
    assert "no evidence of impact_line" in why_not(state, heard(), at(100))
    both = told(100, figures(), facts="launch_seen impact_line").evidence
    assert why_not(state, heard(evidence=both), at(100)) == []


def test_only_the_named_sensors_are_counted() -> None:
    reasons = why_not(approved(a_plan()), heard(sensors=("radar-a", "radar-x", "radar-y")), at(100))
    assert "measured by 1 of the named sensors, 2 needed" in reasons
