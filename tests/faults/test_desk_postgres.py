"""Several desks on one real PostgreSQL: nothing is sent twice, and the log stays one chain."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from deskfakes import EVENT, KUMEJIMA, figures, make_desk, memory, send, ten_in_one_second, told
from lives import at
from overflight.service.answers.store import AnswerStore
from overflight.service.backup import dump, load
from overflight.service.migrate import migrate
from overflight.service.outbox import Dispatcher
from overflight.service.partners.inbox import StoreInbox
from overflight.service.partners.taking import PartnerAlert
from overflight.service.replay import replay
from overflight.service.store import Store, verify_log
from overflight.warning.answers import Answer
from support import require


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Start a server of its own on a socket; it will not run as root, so it runs as its own user then."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs = found[-1] if found else Path(shutil.which("initdb") or "").parent
    require((programs / "initdb").is_file(), "PostgreSQL's initdb")
    is_root = getpass.getuser() == "root"
    folder = Path(tempfile.mkdtemp(prefix="of-pg-", dir="/tmp"))
    lead = ["runuser", "-u", "postgres", "--"] if is_root else []
    if is_root:
        shutil.chown(folder, "postgres")

    def run(program: str, *words: str) -> None:
        command = [*lead, str(programs / program), "-D", str(folder / "data"), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", stdin=subprocess.DEVNULL)

    run("initdb", "-A", "trust", "-U", "desk")
    options = f"-p 54398 -k {folder} -c listen_addresses="
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://desk@/postgres?host={folder}&port=54398"
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def test_three_desks_send_each_delivery_once(url: str, tmp_path: Path) -> None:
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


@pytest.fixture
def empty(url: str) -> Iterator[str]:
    """Give a database of its own on the server."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS other")
        connection.execute("CREATE DATABASE other")
    yield url.replace("/postgres?", "/other?")


def test_ten_alerts_of_one_second_from_two_desks(empty: str, tmp_path: Path) -> None:
    pairs = [make_desk(tmp_path, [memory()], empty) for _ in range(2)]
    ten_in_one_second([desk for desk, _ in pairs], [clock for _, clock in pairs])
    for desk, _ in pairs:
        desk.store.close()


def test_answers_and_partners_alerts_move_with_the_store(empty: str, tmp_path: Path) -> None:
    desk, _ = make_desk(tmp_path, [], empty)
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
