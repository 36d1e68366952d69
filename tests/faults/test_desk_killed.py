"""kill -9 between approval and delivery: nothing is lost, and what comes twice is the same message."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import figures as of_place
from deskfakes import make_desk, send, told
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop, sweep
from overflight.service.desk import Desk
from overflight.service.store import verify_log
from overflight.service.tables import alert, outbox
from support import ROOT

WORKER = """
import asyncio, os, signal, sys
from pathlib import Path
out, url, is_dying = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
sys.path[:0] = sys.argv[4:]
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop
from overflight.service.channels.guard import Guarded
from overflight.service.outbox import Dispatcher
from overflight.service.store import Store

if is_dying == "in the midst":
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
print("ready", flush=True)
channels = {"drills": Guarded(FileDrop("drills", DRILLS, out))}
asyncio.run(Dispatcher(Store(url), "w", channels).run())
"""

STALLED_S = 120.0
"""No step at all for so long is a loss; a machine under load is only slow."""


def start(desk: Desk, out: Path, dies: str = "") -> subprocess.Popen[bytes]:
    paths = [str(ROOT / "src"), str(ROOT / "tests")]
    url = desk.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WORKER, str(out), url, dies, *paths]
    made = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert made.stdout is not None and made.stdout.readline() == b"ready\n"
    return made


def stop(worker: subprocess.Popen[bytes]) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    with worker:
        worker.wait()


def rows(desk: Desk) -> list[tuple[str, str, int, str]]:
    c = outbox.c
    query = sa.select(c.identifier, c.state, c.attempts, c.detail).order_by(c.number)
    with desk.store.read() as connection:
        return [(row.identifier, row.state, row.attempts, row.detail) for row in connection.execute(query)]


def wait_until_done(desk: Desk) -> None:
    """Wait as long as something still moves."""
    last, since = rows(desk), time.monotonic()
    while any(state != "done" for _, state, _, _ in last):
        time.sleep(0.1)
        now = rows(desk)
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < STALLED_S, [row for row in last if row[1] != "done"]


def expect_all(desk: Desk, out: Path, issued: list[str]) -> None:
    with desk.store.read() as connection:
        signed = {f"{r.identifier}.xml": r.signed for r in connection.execute(sa.select(alert))}
    assert {path.name: path.read_bytes() for path in out.glob("*.xml")} == signed
    assert {*signed} == {f"{identifier}.xml" for identifier in issued}
    assert verify_log(desk.store)[2] == []


def kill_at_random(folder: Path, times: int, seed: int, url: str = "") -> None:
    draw, out = random.Random(seed), folder / "out"
    desk, clock = make_desk(folder, [FileDrop("drills", DRILLS, out)], url)
    issued = []
    for number in range(times):
        clock.to(100 + 700 * number)
        name = f"drill-{number}"
        desk.hear(told(100 + 700 * number, of_place(first_s=560 + 700 * number), event=name))
        issued += send(desk, name)
        worker = start(desk, out)
        time.sleep(draw.uniform(0.0, 0.25))
        stop(worker)
    worker = start(desk, out)
    try:
        wait_until_done(desk)
    finally:
        stop(worker)
    expect_all(desk, out, issued)
    desk.store.close()


def test_nothing_is_lost_when_a_desk_is_killed(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 3, seed=1)


def test_nothing_is_lost_when_a_desk_on_postgresql_is_killed(
    tmp_path: Path, postgres: Callable[[str], str]
) -> None:
    kill_at_random(tmp_path, 2, seed=3, url=postgres("killed"))


def test_a_desk_killed_while_it_writes_leaves_no_half_message(tmp_path: Path) -> None:
    out = tmp_path / "out"
    desk, clock = make_desk(tmp_path, [FileDrop("drills", DRILLS, out)])
    clock.to(100)
    desk.hear(told(100, of_place(), event="drill"))
    issued = [*send(desk, "drill")]
    with start(desk, out, "in the midst") as dying:
        assert dying.wait(STALLED_S) == -signal.SIGKILL
    (left,) = out.iterdir()
    assert left.name.startswith(".new-") and not left.name.endswith(".xml"), "nobody takes it for a message"
    worker = start(desk, out)
    try:
        wait_until_done(desk)
    finally:
        stop(worker)
    expect_all(desk, out, issued)
    sweep(out)
    assert left.exists(), "a young one may be another desk's at work"
    os.utime(left, (0, 0))
    sweep(out)
    assert not left.exists()
    desk.store.close()


@pytest.mark.campaign
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("seed", range(100, 110))
def test_nothing_is_lost_at_200_moments(tmp_path: Path, seed: int) -> None:
    kill_at_random(tmp_path, 20, seed)


@pytest.mark.campaign
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("seed", range(200, 210))
def test_nothing_is_lost_at_200_moments_on_postgresql(
    tmp_path: Path, postgres: Callable[[str], str], seed: int
) -> None:
    kill_at_random(tmp_path, 20, seed, url=postgres(f"killed{seed}"))
