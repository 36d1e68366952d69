"""A whole desk in one process: heard, drafted, approved, signed, delivered, lifted, and never half."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import AOKI, BABA, EVENT, figures, make_desk, memory, send, ten_in_one_second, told, waiting
from overflight.errors import InputError, LifeError
from overflight.service.channel import REAL, Receipt
from overflight.service.channels.memory import Fault, MemoryChannel
from overflight.service.desk import Desk
from overflight.service.outbox import Dispatcher, claim, finish
from overflight.service.replay import replay
from overflight.service.store import Store, StoreError, verify_log
from overflight.service.tables import alert, log, outbox
from overflight.warning.alert import Status
from overflight.warning.life_records import Outcome


def deliver(desk: Desk, until: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Run the workers until something holds."""

    async def work() -> None:
        by_name = {channel.name: channel for channel in desk.channels}
        running = asyncio.create_task(Dispatcher(desk.store, "w", by_name).run())
        try:
            async with asyncio.timeout(limit_s):
                while not until():
                    await asyncio.sleep(0.02)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    asyncio.run(work())


def states(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.state for row in connection.execute(sa.select(outbox).order_by(outbox.c.number))]


def test_from_a_decision_to_a_lift(tmp_path: Path) -> None:
    channel = memory()
    desk, clock = make_desk(tmp_path, [channel])
    clock.to(100)
    desk.hear(told(100, figures()))
    (identifier,) = send(desk)
    deliver(desk, lambda: len(channel.taken) == 1)
    assert channel.taken[0].identifier == identifier
    clock.to(900)
    desk.hear(told(899, figures(outcome=Outcome.PASSED), facts="seen_beyond"))
    send(desk)
    deliver(desk, lambda: len(channel.taken) == 2)
    board = desk.store.state().boards[EVENT]
    assert not board.calls("JP", clock.now)
    assert verify_log(desk.store)[2] == []
    assert [made.fault for made in replay(desk.store, EVENT)] == ["", ""]
    again, _ = make_desk(tmp_path, [channel])
    assert again.store.state().boards == desk.store.state().boards, "a restart reads the same"


def test_a_call_that_waits_never_follows_its_all_clear(tmp_path: Path) -> None:
    channel = memory(faults=[Fault.BREAK] * 2)
    desk, clock = make_desk(tmp_path, [channel])
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    deliver(desk, lambda: states(desk.store) == ["waiting"] and channel._faults == [Fault.BREAK])
    clock.to(900)
    desk.hear(told(899, figures(outcome=Outcome.PASSED), facts="seen_beyond"))
    (lift,) = send(desk)
    deliver(desk, lambda: "done" in states(desk.store))
    assert [one.identifier for one in channel.taken] == [lift]
    assert states(desk.store) == ["overtaken", "done"]


def test_a_retraction_is_ready_at_once_and_goes_out_twice(tmp_path: Path) -> None:
    channel = memory()
    desk, clock = make_desk(tmp_path, [channel])
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    clock.to(110)
    board = desk.store.state().boards[EVENT]
    back = next(d for d in board.drafts if d.is_open and d.content.kind == "retraction")
    for who in (AOKI, BABA):
        desk.approve(back.draft_id, back.content_hash, who, second_factor=True)
    assert len(desk.issue(back.draft_id, back.content_hash, AOKI)) == 2
    deliver(desk, lambda: states(desk.store).count("done") == 2)
    kinds = [b"<msgType>Cancel" in one.content for one in channel.taken]
    assert kinds == [True, False], "the call still queued is overtaken; the cancel goes first"


@pytest.mark.parametrize(
    "fault", ["one person", "same person", "no factor", "edited", "old approval", "other hash"]
)
def test_without_two_people_on_this_content_nothing_is_sent(tmp_path: Path, fault: str) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    clock.to(100)
    desk.hear(told(100, figures()))
    draft = waiting(desk)
    people = {"one person": [AOKI], "same person": [AOKI, AOKI]}.get(fault, [AOKI, BABA])
    with pytest.raises(LifeError):
        for who in people:
            content = "0" * 64 if fault == "other hash" else draft.content_hash
            desk.approve(draft.draft_id, content, who, second_factor=fault != "no factor")
        if fault == "edited":
            desk.withhold(draft.draft_id, draft.content_hash, BABA, "look again")
        if fault == "old approval":
            clock.to(100 + 601)
        desk.issue(draft.draft_id, draft.content_hash, AOKI)
    with desk.store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(alert)).scalar() == 0
    assert states(desk.store) == []


def test_what_cannot_be_signed_is_not_stored(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    with pytest.raises(InputError, match="status"):
        desk.hear(told(1, figures(), status=Status.ACTUAL))
    clock.to(100)
    desk.hear(told(100, figures()))
    draft = waiting(desk)
    desk.approve(draft.draft_id, draft.content_hash, AOKI, second_factor=True)
    desk.approve(draft.draft_id, draft.content_hash, BABA, second_factor=True)
    before = desk.store.state().seq
    desk.signing._known.clear()
    with pytest.raises(InputError):
        desk.issue(draft.draft_id, draft.content_hash, AOKI)
    assert desk.store.state().seq == before and states(desk.store) == []


def test_the_wall_between_drills_and_the_real(tmp_path: Path) -> None:
    drills, real = memory(), memory("real", REAL)
    desk, clock = make_desk(tmp_path, [drills, real], actual=True)
    clock.to(100)
    desk.hear(told(100, figures()))
    desk.hear(told(100, figures(), status=Status.ACTUAL, event="real-1"))
    with pytest.raises(InputError, match="status"):
        desk.hear(told(101, figures(), status=Status.ACTUAL))
    send(desk)
    send(desk, "real-1")
    deliver(desk, lambda: states(desk.store) == ["done", "done"])
    assert [one.status for one in drills.taken] == [Status.EXERCISE]
    assert [one.status for one in real.taken] == [Status.ACTUAL]


def test_old_repeated_and_early_messages_are_not_taken(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path)
    clock.to(100)
    desk.hear(told(100, figures()))
    for late in (told(100, figures()), told(99, figures())):
        with pytest.raises(InputError, match="seq"):
            desk.hear(late)
    desk.is_live = True
    with pytest.raises(InputError, match="made"):
        desk.hear(told(4000, figures()))


@pytest.mark.parametrize("column", ["body", "at", "event_id", "kind"])
def test_an_edited_row_of_the_log_is_seen(tmp_path: Path, column: str) -> None:
    desk, clock = make_desk(tmp_path)
    clock.to(100)
    desk.hear(told(100, figures()))
    seq, _, faults = verify_log(desk.store)
    assert seq > 3 and not faults
    with desk.store.engine.connect().execution_options(write=True) as c, c.begin():
        c.execute(log.update().where(log.c.seq == 2).values({column: log.c[column] + " "}))
    assert len(verify_log(desk.store)[2]) == 1
    with desk.store.engine.connect().execution_options(write=True) as c, c.begin():
        c.execute(log.delete().where(log.c.seq == 3))
    assert any("missing" in fault for fault in verify_log(desk.store)[2])


def test_a_locked_store_says_so_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overflight.service.store.BUSY_S", 0.2)
    desk, clock = make_desk(tmp_path)
    clock.to(100)
    desk.hear(told(100, figures()))
    other = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    with other.write(clock.now), pytest.raises(StoreError, match="nothing was changed"):
        desk.hear(told(101, figures()))
    desk.hear(told(101, figures()))


def test_two_workers_take_no_delivery_twice(tmp_path: Path) -> None:
    channel = MemoryChannel("drills", memory().statuses)
    desk, clock = make_desk(tmp_path, [channel])
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    first = claim(desk.store, "a", ["drills"], clock.now)
    assert len(first) == 1 and claim(desk.store, "b", ["drills"], clock.now) == []
    clock.to(100 + 91)
    again = claim(desk.store, "b", ["drills"], clock.now)
    assert [(d.key, d.attempt) for d in again] == [(first[0].key, 2)], "a lease that ran out is taken over"
    finish(desk.store, "a", [Receipt(first[0].key, "drills", True, "late", clock.now)], clock.now)
    assert states(desk.store) == ["leased"], "the lease is the other's now"


def test_ten_alerts_of_one_second_stay_apart(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    ten_in_one_second([desk], [clock])
