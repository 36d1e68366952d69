"""Several desks on one real PostgreSQL: nothing is sent twice, and the log stays one chain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import EVENT, KUMEJIMA, figures, make_desk, memory, send, ten_in_one_second, told
from lives import at
from overflight.service.answers.store import AnswerStore
from overflight.service.backup import dump, load
from overflight.service.migrate import migrate
from overflight.service.outbox import Dispatcher
from overflight.service.partners.inbox import StoreInbox
from overflight.service.partners.taking import PartnerAlert
from overflight.service.readiness import look
from overflight.service.replay import replay
from overflight.service.store import LOCK, Store, verify_log
from overflight.warning.answers import Answer


def test_three_desks_send_each_delivery_once(postgres: Callable[[str], str], tmp_path: Path) -> None:
    url = postgres("three")
    channels = [memory(f"town-{number}") for number in range(30)]
    desk, clock = make_desk(tmp_path, channels, url)
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    stores = [Store(url) for _ in range(3)]

    async def work() -> None:
        by_name = {channel.name: channel for channel in desk.channels}
        tasks = [asyncio.create_task(Dispatcher(s, f"desk-{n}", by_name).run()) for n, s in enumerate(stores)]
        async with asyncio.timeout(20):
            while sum(len(channel.taken) for channel in channels) < 30:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.7)  # time for a second delivery, if there were one
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(work())
    assert [len(channel.taken) for channel in channels] == [1] * 30
    assert verify_log(desk.store)[2] == []
    assert [made.fault for made in replay(desk.store, EVENT)] == [""]
    other = Store(f"sqlite:///{tmp_path / 'moved.db'}")
    migrate(other)
    assert load(other, dump(desk.store)) == desk.store.state().seq, "and it moves to the other kind of store"
    for store in (desk.store, other, *stores):
        store.close()


def test_ten_alerts_of_one_second_from_two_desks(postgres: Callable[[str], str], tmp_path: Path) -> None:
    url = postgres("ten")
    pairs = [make_desk(tmp_path, [memory()], url) for _ in range(2)]
    ten_in_one_second([desk for desk, _ in pairs], [clock for _, clock in pairs])
    for desk, _ in pairs:
        desk.store.close()


def test_answers_and_partners_alerts_move_with_the_store(
    postgres: Callable[[str], str], tmp_path: Path
) -> None:
    desk, _ = make_desk(tmp_path, [], postgres("moves"))
    other, _ = make_desk(tmp_path, [])
    answers = [Answer(at(60 + n), EVENT, KUMEJIMA, "久米島町", where=f"{n}") for n in range(2)]
    book, moved = AnswerStore(other.store.engine), AnswerStore(desk.store.engine)
    book.append(answers[0])
    came = PartnerAlert("taiwan", "x.1", "s@t", at(0), "Exercise", "Restricted", b"<alert/>", "d" * 64, at(1))
    inbox = StoreInbox(other)
    assert [asyncio.run(inbox.put_alert(came)) for _ in range(2)] == [True, False]
    load(desk.store, dump(other.store))
    moved.append(answers[1])
    assert moved.of_event(EVENT) == tuple(answers)
    assert StoreInbox(desk).content("taiwan", "d" * 64) == b"<alert/>"
    with pytest.raises(ValueError, match=r"x\.1"):
        asyncio.run(StoreInbox(desk).put_alert(replace(came, digest="e" * 64)))
    for store in (desk.store, other.store):
        store.close()


def test_a_desk_says_when_the_one_writer_does_not_come_back(
    postgres: Callable[[str], str], tmp_path: Path
) -> None:
    desk, clock = make_desk(tmp_path, [memory()], postgres("ready"))
    assert look(desk, (), clock.now).faults == ()
    with desk.store.engine.connect() as other, other.begin():
        other.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        (fault,) = look(desk, (), clock.now).faults
        assert "store cannot be used now" in fault and "lock" in fault
        assert desk.store.state().seq == 0, "reading waits for nobody"
    assert look(desk, (), clock.now).faults == ()
    desk.store.close()
