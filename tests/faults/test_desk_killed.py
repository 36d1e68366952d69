"""kill -9 between approval and delivery: nothing is lost, and what comes twice is the same message."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskfakes import figures as of_place
from deskfakes import make_desk, send, told
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop
from support import ROOT

WORKER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2], sys.argv[3]]
from overflight.service.channel import DRILLS
from overflight.service.channels.file import FileDrop
from overflight.service.channels.guard import Guarded
from overflight.service.outbox import Dispatcher
from overflight.service.store import Store

folder = Path(sys.argv[1])
print("ready", flush=True)
channels = {"drills": Guarded(FileDrop("drills", DRILLS, folder / "out"))}
asyncio.run(Dispatcher(Store(f"sqlite:///{folder / 'desk.db'}"), "w", channels).run())
"""


def start(folder: Path) -> subprocess.Popen[bytes]:
    paths = [str(ROOT / "src"), str(ROOT / "tests")]
    made = subprocess.Popen([sys.executable, "-c", WORKER, str(folder), *paths], stdout=subprocess.PIPE)
    assert made.stdout is not None and made.stdout.readline() == b"ready\n"
    return made


def stop(worker: subprocess.Popen[bytes]) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    with worker:
        worker.wait()


def kill_at_random(folder: Path, times: int, seed: int) -> None:
    draw = random.Random(seed)
    desk, clock = make_desk(folder, [FileDrop("drills", DRILLS, folder / "out")])
    issued = []
    for number in range(times):
        clock.to(100 + 700 * number)
        name = f"drill-{number}"
        desk.hear(told(100 + 700 * number, of_place(first_s=560 + 700 * number), event=name))
        issued += send(desk, name)
        worker = start(folder)
        time.sleep(draw.uniform(0.0, 0.25))
        stop(worker)
    worker = start(folder)
    begun = time.monotonic()
    try:
        wanted = {f"{identifier}.xml" for identifier in issued}
        while {path.name for path in (folder / "out").glob("*.xml")} != wanted:
            assert time.monotonic() - begun < 30, "an alert was lost"
            time.sleep(0.05)
    finally:
        stop(worker)
    desk.store.close()


def test_nothing_is_lost_when_a_desk_is_killed(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 4, seed=1)


@pytest.mark.campaign
@pytest.mark.timeout(2700)
def test_nothing_is_lost_at_200_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 200, seed=2)
