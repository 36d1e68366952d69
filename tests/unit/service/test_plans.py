"""Pre-authorised plans: a raise without a person within the plan's conditions, and in no other case."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deskfakes import AOKI, BABA, EVENT, KUMEJIMA, MIYAKOJIMA, Clock, figures, make_desk, memory, told
from lives import at
from overflight.errors import InputError, LifeError
from overflight.service import plans
from overflight.service.accounts import Accounts
from overflight.service.channel import REAL
from overflight.service.desk import Desk
from overflight.service.outbox import Dispatcher, claim
from overflight.service.people import People, Principal
from overflight.service.redecide import redecide
from overflight.service.replay import replay
from overflight.service.store import verify_log
from overflight.service.tables import alert
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, TrackState
from overflight.warning.life_records import Outcome, Role
from overflight.warning.preauthorised import Conditions, unmet

TARAMA = "JP-47375"
AUTHOR = Principal("author", Role.AUTHOR, "c" * 64)
CONDITIONS = Conditions(("tracker",), ("radar-a", "radar-b"), least_sensors=2)
LAUNCH = plans.Announced(
    "plan-1", "Announced satellite launch", Status.EXERCISE, "KP", "satellite_rocket",
    at(-3600), at(7200), at(9000), "JP", (KUMEJIMA, MIYAKOJIMA),
)  # fmt: skip


def deciding(time_s: float = 100, *given: Any, **change: Any) -> DecisionMessage:
    message = told(time_s, *(given or (figures(),)), facts="launch_seen")
    return replace(message, **({"sensors": ("radar-a", "radar-b")} | change))


def desk_with_plan(
    folder: Path, launch: plans.Announced = LAUNCH, conditions: Conditions = CONDITIONS
) -> tuple[Desk, Clock]:
    desk, clock = make_desk(folder, [memory()])
    clock.to(-7200)
    plan = plans.prepare(desk, launch, conditions, AUTHOR)
    for who in (AOKI, BABA):
        plans.approve(desk, plan.plan_id, plan.hash, who, second_factor=True)
    clock.to(100)
    return desk, clock


def sent(desk: Desk) -> int:
    with desk.store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(alert)).scalar_one()


def pages(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(entry.body) for entry in desk.store.entries() if entry.kind == "page"]


def test_a_call_goes_out_without_a_person_within_the_plan(tmp_path: Path) -> None:
    desk, clock = desk_with_plan(tmp_path)
    people = People(desk.store)
    for name in ("aoki", "baba"):
        people.add(name, Role.APPROVER, clock.now, "a long password")
    desk.hear(deciding())
    (message,) = desk.store.state().boards[EVENT].messages
    assert message.issued.plan_id == "plan-1" and message.issued.people == ("aoki", "baba")
    assert message.issued.at == clock.now, "within the step that heard it"
    assert message.open_shelter == {KUMEJIMA, MIYAKOJIMA}, "the approved places, all of them"
    assert pages(desk)[-1]["people"] == ["aoki", "baba"]
    assert desk.store.state().plans["plan-1"].phase(clock.now) == "used"
    board = desk.store.state().boards[EVENT]
    assert {d.content.kind for d in board.drafts if d.is_open} == {"all_clear", "retraction"}
    assert verify_log(desk.store)[2] == []
    assert [made.fault for made in replay(desk.store, EVENT)] == [""]
    again, _ = make_desk(tmp_path)
    assert again.store.state() == desk.store.state(), "a restart reads the same"
    channel = desk.channels[0]

    async def bring() -> None:
        running = asyncio.create_task(Dispatcher(desk.store, "w", {channel.name: channel}).run())
        async with asyncio.timeout(10):
            while not channel._channel.taken:  # type: ignore[attr-defined]
                await asyncio.sleep(0.02)
        running.cancel()

    asyncio.run(bring())


def test_a_plan_is_held_when_an_approver_is_stopped(tmp_path: Path) -> None:
    desk, clock = desk_with_plan(tmp_path)
    People(desk.store).add("aoki", Role.APPROVER, clock.now)
    People(desk.store).add("baba", Role.APPROVER, clock.now)
    Accounts(desk.store, "admin").change("aoki", clock.now, is_active=False)
    assert desk.store.state().plans["plan-1"].phase(clock.now) == "held"
    assert pages(desk)[-1]["people"] == ["baba"]
    desk.hear(deciding())
    assert sent(desk) == 0


@pytest.mark.parametrize("status", [Status.ACTUAL, Status.EXERCISE, Status.TEST])
def test_a_plan_stands_for_launches_of_its_own_status(tmp_path: Path, status: Status) -> None:
    receivers = {Status.ACTUAL: REAL}.get(status, frozenset({status}))
    desk, clock = make_desk(tmp_path, [memory("mine", receivers)], actual=True)
    plan = plans.prepare(desk, replace(LAUNCH, status=status), CONDITIONS, AUTHOR)
    for who in (AOKI, BABA):
        plans.approve(desk, plan.plan_id, plan.hash, who, second_factor=True)
    clock.to(100)
    for other in {Status.ACTUAL, Status.EXERCISE, Status.TEST} - {status}:
        desk.hear(deciding(event=f"event-{other}", status=other))
    assert sent(desk) == 0
    desk.hear(deciding(status=status))
    (message,) = desk.store.state().boards[EVENT].messages
    assert message.issued.plan_id == "plan-1" and message.content.status is status
    (taken,) = claim(desk.store, "w", ["mine"], clock.now)
    assert f"<status>{status}</status>".encode() in taken.content
    assert asyncio.run(desk.channels[0].deliver(taken)).ok


def test_a_plan_approved_while_the_call_waits_stands_for_it_at_the_next_look(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    plan = plans.prepare(desk, LAUNCH, CONDITIONS, AUTHOR)
    plans.approve(desk, plan.plan_id, plan.hash, AOKI, second_factor=True)
    clock.to(100)
    desk.hear(deciding())
    desk.look_again(EVENT)
    assert sent(desk) == 0, "one person is no plan"
    plans.approve(desk, plan.plan_id, plan.hash, BABA, second_factor=True)
    clock.to(105)
    desk.look_again(EVENT)
    assert sent(desk) == 1 and desk.store.state().plans["plan-1"].phase(clock.now) == "used"
    desk.look_again(EVENT)
    assert sent(desk) == 1, "once"
    assert redecide(desk.store, EVENT, desk.gazetteer, desk.policy).faults == ()


def test_time_makes_a_measurement_of_a_fast_clock_good_and_an_old_one_bad(tmp_path: Path) -> None:
    desk, clock = desk_with_plan(tmp_path)
    desk.hear(deciding(105, time=at(105), made=at(105)))
    assert sent(desk) == 0 and "-5.0 s old" in str(pages(desk)[-1]["why"])
    clock.to(116)
    desk.look_again(EVENT)
    assert sent(desk) == 0, "too old by now"
    desk.hear(deciding(118, time=at(118), made=at(118)))
    clock.to(119)
    many = desk.store.state().seq
    desk.look_again(EVENT)
    assert sent(desk) == 1 and desk.store.state().seq > many
    assert [page["why"] for page in pages(desk)][-1].startswith("called by plan plan-1, places: 2")


def test_a_held_plan_stays_so_however_often_the_desk_looks(tmp_path: Path) -> None:
    desk, clock = desk_with_plan(tmp_path)
    plans.hold(desk, "plan-1", AUTHOR, "scrubbed")
    desk.hear(deciding())
    before = desk.store.state()
    for second in range(101, 111):
        clock.to(second)
        desk.look_again(EVENT)
    assert desk.store.state() == before and sent(desk) == 0


def held(desk: Desk, clock: Clock) -> None:
    plans.hold(desk, "plan-1", AUTHOR, "wrong window")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another feed": ({"source": "stranger"}, "does not name"),
    "another sensor": ({"sensors": ("radar-a", "radar-x")}, "radar-x"),
    "too few sensors": ({"sensors": ("radar-a",)}, "2 needed"),
    "no sensor named": ({"sensors": ()}, "2 needed"),
    "no evidence": ({"evidence": ()}, "launch_seen"),
    "tentative": ({"track": TrackState.TENTATIVE}, "tentative"),
    "coasting": ({"track": TrackState.COASTING}, "coasting"),
    "lost": ({"track": TrackState.LOST, "outcome": Outcome.LOST}, "lost"),
    "old": ({"time": at(85), "made": at(85)}, "15.0 s old"),
    "from the future": ({"time": at(105), "made": at(105)}, "-5.0 s old"),
    "early": ({"launch": replace(told(0).launch, time=at(-3601))}, "window"),
    "late": ({"launch": replace(told(0).launch, time=at(7201))}, "window"),
    "another vehicle": ({"launch": replace(told(0).launch, vehicle="rocket")}, "words"),
    "a place beyond": ({"places": (figures(), figures(TARAMA))}, TARAMA),
    "below the threshold": ({"places": (replace(figures(), p_over_if_continues=0.4),)}, "threshold"),
}


@pytest.fixture(scope="module")
def waiting_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk, _ = desk_with_plan(tmp_path_factory.mktemp("plans"))
    yield desk
    desk.store.close()


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_outside_the_plan_waits_for_two_people(waiting_desk: Desk, case: str) -> None:
    (change, words), desk, event = REFUSED[case], waiting_desk, case.replace(" ", "-")
    many = sent(desk)
    desk.hear(deciding(event=event, **change))
    state = desk.store.state()
    reasons = state.plans["plan-1"].not_used[event].reasons
    assert any(words in reason for reason in reasons), reasons
    assert "does not stand" in str(pages(desk)[-1]["why"])
    draft = next(d for d in state.boards[event].drafts if d.is_open and d.basis is not None)
    assert sent(desk) == many
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    assert len(desk.issue(draft.draft_id, draft.content_hash, AOKI)) == 1, "the two-person flow goes on"


def test_a_launch_at_the_very_ends_of_the_window_is_announced(waiting_desk: Desk) -> None:
    state, message = waiting_desk.store.state().plans["plan-1"], deciding()
    for second in (-3600, 7200):
        known = replace(message, launch=replace(message.launch, time=at(second)))
        assert list(unmet(state, known, at(100))) == []


def later(desk: Desk, clock: Clock) -> None:
    clock.to(9000)


def used_before(desk: Desk, clock: Clock) -> None:
    desk.hear(deciding(event="another"))


def narrower_policy(desk: Desk, clock: Clock) -> None:
    area = replace(desk.policy.area[0], sender_name="Another desk")
    desk.policy = replace(desk.policy, area=(area,))


@pytest.mark.parametrize("before", [held, later, used_before, narrower_policy])
def test_a_plan_held_expired_used_or_written_for_other_words(
    tmp_path: Path, before: Callable[[Desk, Clock], None]
) -> None:
    desk, clock = desk_with_plan(tmp_path)
    before(desk, clock)
    many = sent(desk)
    desk.hear(deciding((clock.now - at(0)).total_seconds()))
    assert sent(desk) == many and not desk.store.state().boards[EVENT].messages


def test_only_two_new_approvals_end_a_hold(tmp_path: Path) -> None:
    desk, clock = desk_with_plan(tmp_path)
    plans.hold(desk, "plan-1", AUTHOR, "look again")
    plan = desk.store.state().plans["plan-1"].plan
    plans.approve(desk, "plan-1", plan.hash, AOKI, second_factor=True)
    plans.approve(desk, "plan-1", plan.hash, AOKI, second_factor=True)
    assert desk.store.state().plans["plan-1"].phase(clock.now) == "held", "one person is one person"
    plans.approve(desk, "plan-1", plan.hash, BABA, second_factor=True)
    desk.hear(deciding())
    assert sent(desk) == 1


@pytest.mark.parametrize(
    ("who", "second_factor", "other_hash", "rule"),
    [
        (AUTHOR, True, False, "role"),
        (Principal("system", Role.APPROVER, ""), True, False, "role"),
        (AOKI, False, False, "second factor"),
        (AOKI, True, True, "plan hash"),
    ],
)
def test_who_may_approve_a_plan(
    tmp_path: Path, who: Principal, second_factor: bool, other_hash: bool, rule: str
) -> None:
    desk, _ = make_desk(tmp_path)
    plan = plans.prepare(desk, LAUNCH, CONDITIONS, AUTHOR)
    with pytest.raises(LifeError) as refusal:
        given = "0" * 64 if other_hash else plan.hash
        plans.approve(desk, plan.plan_id, given, who, second_factor=second_factor)
    assert refusal.value.key == rule


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"places": ("JP-99999",)}, "JP-99999"),
        ({"places": ()}, "none"),
        ({"country": "KR"}, "KR"),
        ({"status": Status.ACTUAL}, "Actual"),
        ({"ends": at(-3601)}, "begins, ends, expires"),
        ({"expires": at(7199)}, "begins, ends, expires"),
        ({"expires": at(0) + timedelta(days=31)}, "30 days"),
        ({"ends": at(-1), "begins": at(-2), "expires": at(-1)}, "still to end"),
    ],
)
def test_a_plan_that_cannot_be_is_not_written(tmp_path: Path, change: dict[str, object], words: str) -> None:
    desk, _ = make_desk(tmp_path)
    with pytest.raises((InputError, LifeError), match=words):
        plans.prepare(desk, replace(LAUNCH, **change), CONDITIONS, AUTHOR)  # type: ignore[arg-type]
    assert not desk.store.state().plans


def test_a_plan_for_a_drill_never_stands_for_the_real(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [memory()], actual=True)
    plan = plans.prepare(desk, LAUNCH, CONDITIONS, AUTHOR)
    for who in (AOKI, BABA):
        plans.approve(desk, plan.plan_id, plan.hash, who, second_factor=True)
    clock.to(100)
    desk.hear(deciding(status=Status.ACTUAL))
    assert sent(desk) == 0
