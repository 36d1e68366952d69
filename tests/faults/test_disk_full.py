"""A disk that takes no more: nothing is half-written, the fault is said, and with room again all goes on."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from deskfakes import AOKI, BABA, EVENT, figures, make_desk, told, waiting
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop
from overflight.service.outbox import Dispatcher
from overflight.service.store import StoreError, verify_log
from overflight.service.tables import alert, outbox


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the kernel refuse every write beyond ``size`` bytes of a file, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_store_without_room_takes_all_of_a_step_or_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    desk, clock = make_desk(tmp_path, [FileDrop("drills", DRILLS, out)])
    clock.to(100)
    desk.hear(told(100, figures()))
    draft = waiting(desk)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    before, journal = desk.store.state(), tmp_path / "desk.db-wal"
    full, refused = journal.stat().st_size, 0
    for room in range(0, 400_000, 9_000):  # ends at every page of the journal that the step needs
        try:
            with no_file_above(full + room):
                desk.issue(draft.draft_id, draft.content_hash, AOKI)
        except StoreError as fault:
            refused += 1
            assert "nothing was changed" in str(fault)
            assert desk.store.state() == before
            with desk.store.read() as connection:
                for table in (alert, outbox):
                    assert not connection.execute(sa.select(table)).first()
            assert verify_log(desk.store)[2] == []
        else:
            break
    assert refused > 2, "the step was refused in its beginning and in its midst"
    (sent,) = desk.store.state().boards[EVENT].messages
    deliver(desk, out)
    assert [path.name for path in out.iterdir()] == [f"{sent.identifier}.xml"]
    again, _ = make_desk(tmp_path)
    assert again.store.state() == desk.store.state() and verify_log(again.store)[2] == []


def test_a_folder_without_room_gets_the_message_once_there_is_room(tmp_path: Path) -> None:
    out = tmp_path / "out"
    desk, clock = make_desk(tmp_path, [FileDrop("drills", DRILLS, out)])
    clock.to(100)
    desk.hear(told(100, figures()))
    draft = waiting(desk)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    (identifier,) = desk.issue(draft.draft_id, draft.content_hash, AOKI)
    (one,) = _claimed(desk)
    with no_file_above(2_000):
        receipt = asyncio.run(desk.channels[0].deliver(one))
    assert not receipt.ok and not receipt.is_final and "File too large" in receipt.detail
    assert list(out.iterdir()) == [], "no half message"
    deliver(desk, out)
    assert (out / f"{identifier}.xml").read_bytes() == one.content


def _claimed(desk):
    from overflight.service.outbox import claim

    return claim(desk.store, "w", ["drills"], desk.now())


def deliver(desk, out: Path) -> None:
    """Run the workers until a message lies in the folder."""

    async def work() -> None:
        by_name = {channel.name: channel for channel in desk.channels}
        running = asyncio.create_task(Dispatcher(desk.store, "w", by_name).run())
        async with asyncio.timeout(60):
            while not list(out.glob("*.xml")):
                await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(work())
