"""Deciding again from the log: the same drafts come out, and every tampered one is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import (
    AOKI,
    BABA,
    EVENT,
    KUMEJIMA,
    MIYAKOJIMA,
    Clock,
    figures,
    make_desk,
    memory,
    places,
    send,
    told,
)
from lives import at
from overflight.errors import InputError
from overflight.service import plans
from overflight.service.desk import Desk
from overflight.service.redecide import Redecided, redecide
from overflight.service.replay import replay
from overflight.service.tables import log
from overflight.warning.alert import Status
from overflight.warning.life_records import Outcome
from overflight.warning.policy import HoldRules
from overflight.warning.preauthorised import Conditions


def played(folder: Path) -> tuple[Desk, Clock]:
    """Play a launch: called, widened, times moved, policy changed, taken back in part by time, lifted."""
    desk, clock = make_desk(folder, [memory()])
    for second, given in (
        (100, [figures()]),
        (110, [figures(), figures(MIYAKOJIMA)]),
        (200, [figures(first_s=700)]),
    ):
        clock.to(second)
        desk.hear(told(second, *given))
        send(desk)
    desk.policy = replace(desk.policy, hold=HoldRules(narrow_s=5.0))
    for second in (300, 310):
        clock.to(second)
        desk.hear(told(second, figures(outcome=Outcome.PASSED), facts="seen_beyond"))
        desk.look_again(EVENT)
    clock.to(1100)  # past the last arrival: time alone leads to the lift
    desk.look_again(EVENT)
    return desk, clock


def again(desk: Desk, event: str = EVENT) -> Redecided:
    return redecide(desk.store, event, places(), desk.policy)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made, _ = played(tmp_path_factory.mktemp("played"))
    yield made
    made.store.close()


def test_a_whole_event_is_decided_the_same(desk: Desk) -> None:
    found = again(desk)
    assert found.faults == () and found.remarks == ()
    assert found.decisions >= 8 and found.records >= 8
    kinds = {d.content.kind.value for d in desk.store.state().boards[EVENT].drafts}
    assert "all_clear" in kinds and [one.fault for one in replay(desk.store, EVENT)] == [""] * 3
    rules = [entry for entry in desk.store.entries("") if entry.kind == "rules"]
    assert len(rules) == 2, "once at first, once as the policy changed"


def test_an_event_raised_by_a_plan_is_decided_the_same(tmp_path: Path) -> None:
    made, clock = make_desk(tmp_path, [memory()])
    clock.to(-7200)
    launch = plans.Announced(
        "plan-1", "", Status.EXERCISE, "KP", "satellite_rocket", at(-3600), at(7200), at(9000), "JP", (KUMEJIMA,)
    )  # fmt: skip
    plan = plans.prepare(made, launch, Conditions(("tracker",), ("radar-a",)), AOKI)
    for who in (AOKI, BABA):
        plans.approve(made, plan.plan_id, plan.hash, who, second_factor=True)
    clock.to(100)
    made.hear(replace(told(100, figures(), facts="launch_seen"), sensors=("radar-a",)))
    assert made.store.state().boards[EVENT].messages
    assert again(made).faults == ()
    made.store.close()


def test_another_policy_does_not_reproduce_it(desk: Desk) -> None:
    """What the log says was in force counts, not what stands in the file now."""
    other = replace(desk.policy, area=(replace(desk.policy.area[0], sender_name="Another desk"),))
    assert redecide(desk.store, EVENT, places(), other).faults == ()


def tampered(desk: Desk, change) -> Redecided:
    """Change the log for a moment, as nobody may, and decide again."""
    seen: list[Redecided] = []
    with desk.store.engine.connect().execution_options(write=True) as connection:
        step = connection.begin()
        change(connection)

        class Borrowed:
            def read(self):
                import contextlib

                return contextlib.nullcontext(connection)

        seen.append(redecide(Borrowed(), EVENT, places(), desk.policy))  # type: ignore[arg-type]
        step.rollback()
    return seen[0]


def rows(connection, kind: str, **named: object):
    found = connection.execute(sa.select(log).where(log.c.kind == kind).order_by(log.c.seq)).all()
    return [
        row for row in found if all(json.loads(row.body).get(key) == value for key, value in named.items())
    ]


def test_a_draft_that_was_changed_removed_or_put_in_is_found(desk: Desk) -> None:
    def changed(connection) -> None:
        row = rows(connection, "life", record="drafted")[0]
        body = json.loads(row.body)
        body["content"]["infos"][0]["headline"] += "!"
        connection.execute(log.update().where(log.c.seq == row.seq).values(body=json.dumps(body)))

    def unheard(connection) -> None:
        row = rows(connection, "heard")[0]
        body = json.loads(row.body)
        body["places"] = []
        connection.execute(log.update().where(log.c.seq == row.seq).values(body=json.dumps(body)))

    def no_rules(connection) -> None:
        connection.execute(log.delete().where(log.c.kind == "rules"))

    assert "it has another content" in tampered(desk, changed).faults[0]
    assert "now nothing" in tampered(desk, unheard).faults[0]
    assert "does not say by which policy" in tampered(desk, no_rules).remarks[0]
    assert again(desk).faults == ()


def test_a_missing_draft_is_found(tmp_path: Path) -> None:
    made, clock = make_desk(tmp_path)
    clock.to(100)
    made.hear(told(100, figures()))
    with made.store.engine.connect().execution_options(write=True) as connection, connection.begin():
        last = rows(connection, "life")[-1]
        connection.execute(log.delete().where(log.c.seq == last.seq))
    assert "the log has none" in again(made).faults[0]
    made.store.close()


def test_an_event_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(InputError, match="an event of the log"):
        again(desk, "nothing")
