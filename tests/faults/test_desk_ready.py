"""A desk on a full disk, with a locked store, without its keys: it says so, it waits, and it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deskfakes import AOKI, BABA, EVENT, KUMEJIMA, config, figures, make_desk, memory, send, told, waiting
from overflight.service import store as store_module
from overflight.service.answers.contacts import Contact
from overflight.service.api.app import make_app
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop
from overflight.service.channels.http import HttpClients
from overflight.service.desk import Desk
from overflight.service.exchange import no_exchange
from overflight.service.outbox import claim
from overflight.service.people import People
from overflight.service.readiness import STILL_S, folders_of, look
from overflight.service.running import kept_up
from overflight.service.store import StoreError, verify_log
from overflight.service.tables import outbox
from overflight.warning.answers import Answer
from overflight.warning.life_records import Role
from overflight.warning.names import Language
from smalldisk import small_disk

with warnings.catch_warnings():  # it prefers a newer client than the one we pin
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


def faults(desk: Desk) -> str:
    return "; ".join(look(desk, folders_of(desk, None), desk.now()).faults)


@contextlib.contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Hold the writer's place from outside, as another program could."""
    other = sqlite3.connect(desk.store.engine.url.database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "BUSY_S", 0.3)


def test_a_full_disk_is_told_and_once_there_is_room_the_step_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    with small_disk(folder) as full:
        desk, clock = make_desk(folder, [FileDrop("drills", DRILLS, folder / "out")])
        clock.to(100)
        assert faults(desk) == ""
        desk.hear(told(100, figures()))
        draft, before = waiting(desk), desk.store.state()
        with full():
            assert "store cannot be used now" in faults(desk)
            for _ in range(3):
                with pytest.raises(StoreError, match="nothing was changed"):
                    desk.hear(told(101, figures()))
            with pytest.raises(StoreError):
                desk.approve(draft.draft_id, draft.content_hash, AOKI, second_factor=True)
            assert desk.store.state() == before, "and what is known can be read"
        assert faults(desk) == ""
        assert len(send(desk)) == 1
        assert verify_log(desk.store)[2] == []
        desk.store.close()


class Town:
    """A desk that asks one town, served without its workers."""

    def __init__(self, folder: Path) -> None:
        self.desk, clock = make_desk(folder, [memory()])
        clock.to(100)
        self.desk.hear(told(100, figures()))
        exchange = no_exchange(self.desk)
        exchange.contacts = {
            KUMEJIMA: Contact(KUMEJIMA, "久米島町", "bosai@town.example", "", Language.JAPANESE)
        }
        exchange.secret = b"s" * 40
        self.link = exchange.link(EVENT, KUMEJIMA)
        self.exchange = exchange
        app = make_app(config(folder), self.desk, HttpClients(), exchange=exchange)
        self.client = TestClient(app, raise_server_exceptions=False)

    def answers(self) -> tuple[Answer, ...]:
        return self.exchange.book.of_event(EVENT)


def test_a_town_that_answers_while_the_store_is_locked_is_told_to_try_again(
    tmp_path: Path, impatient: None
) -> None:
    town = Town(tmp_path)
    with locked(town.desk):
        assert town.client.get(town.link).status_code == 200
        answer = town.client.post(town.link, data={"received": "1"})
        assert (
            answer.status_code == 503 and "もう一度" in answer.text and int(answer.headers["Retry-After"]) > 0
        )
        ready = town.client.get("/ready")
        assert ready.status_code == 503 and "locked" in ready.json()["faults"][0]
        assert ready.headers["Retry-After"] and town.client.get("/health").json()["ok"]
    assert town.answers() == ()
    assert town.client.post(town.link, data={"received": "1"}).status_code == 200
    assert len(town.answers()) == 1
    town.desk.store.close()


def test_a_town_waits_where_the_lock_is_short(tmp_path: Path) -> None:
    town, answers = Town(tmp_path), []
    with locked(town.desk):
        asking = threading.Thread(
            target=lambda: answers.append(town.client.post(town.link, data={"received": "1"}))
        )
        asking.start()
        time.sleep(0.3)
        assert not answers, "it waits"
        assert town.client.get(town.link).status_code == 200, "and keeps nobody else"
    asking.join(30)
    assert answers[0].status_code == 200 and len(town.answers()) == 1
    town.desk.store.close()


def test_every_route_that_writes_says_503_while_the_store_is_locked(tmp_path: Path, impatient: None) -> None:
    desk, _ = make_desk(tmp_path, [memory()])
    people, now = People(desk.store), datetime.now(UTC)
    key = people.add_key("radar", Role.FEEDER, now)
    made = people.add("writer", Role.AUTHOR, now, "a long password")
    client: Any = TestClient(make_app(config(tmp_path), desk, HttpClients()), raise_server_exceptions=False)
    signed_in = client.post(
        "/api/v1/sessions", json={"name": made.name, "password": "a long password"}
    ).json()
    token = {"X-CSRF-Token": signed_in["csrf"]}
    from overflight.warning.decision import write_decision

    with locked(desk):
        asked = [
            client.post("/api/v1/sessions", json={"name": made.name, "password": "a long password"}),
            client.post("/api/v1/handover", json={"text": "x"}, headers=token),
            client.post("/api/v1/duty", json={"is_on_duty": True}, headers=token),
            client.delete("/api/v1/sessions", headers=token),
            client.post(
                "/api/v1/decisions",
                content=write_decision(told(100, figures())),
                headers={"Authorization": f"Bearer {key}"},
            ),
            client.post("/", content=f"name={made.name}&password=a+long+password"),
        ]
        assert [answer.status_code for answer in asked] == [503] * 6
        assert all(answer.headers.get("Retry-After") for answer in asked)
        assert client.get("/api/v1/events").status_code == 200, "reading waits for nobody"
    assert client.post("/api/v1/handover", json={"text": "x"}, headers=token).status_code == 204
    desk.store.close()


def test_missing_keys_and_standing_workers_are_faults_and_a_dead_receiver_is_a_remark(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    config(tmp_path)
    clock.now = datetime.now(UTC)
    clock_s = (clock.now - told(0).launch.time).total_seconds()
    desk.hear(told(clock_s, figures(first_s=clock_s + 400)))
    draft = waiting(desk)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    desk.issue(draft.draft_id, draft.content_hash, AOKI)
    assert faults(desk) == ""
    clock.to(clock_s + STILL_S + 1)
    assert "workers stand still" in faults(desk)
    claim(desk.store, "w", ["drills"], clock.now)
    assert faults(desk) == "", "somebody is at it"
    with desk.store.write(clock.now) as work:
        later = {"state": "waiting", "due": clock.now.timestamp() + 30, "queued": clock.now.timestamp() - 100}
        work.connection.execute(sa.update(outbox).values(**later))
    seen = look(desk, (), clock.now)
    assert seen.faults == () and "channel drills" in seen.remarks[0]
    (tmp_path / "drill.key").unlink()
    (tmp_path / "seal.key").unlink()
    assert "nothing can be signed" in faults(desk) and "nobody can approve" in faults(desk)
    desk.store.close()


def test_a_worker_that_fails_begins_again() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)
        if len(done) < 3:
            raise RuntimeError("a fault of the program")

    async def go() -> None:
        async with asyncio.timeout(10):
            await kept_up("working", work)

    asyncio.run(go())
    assert len(done) == 3
