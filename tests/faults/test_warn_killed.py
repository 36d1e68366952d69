"""`warn` killed at any moment (SIGKILL) goes on from its log: track, numbers and what was said are kept."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import plotmaker
from support import ROOT

SECONDS = 115
STALLED_S = 120.0


def start(folder: Path, name: str, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "overflight.cli", "warn", "--feed", "-", "--quiet", "--every", "5"]
    command += ["--log", str(folder / f"{name}.log"), "-o", str(folder / f"{name}.out"), *more]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )


def messages(path: Path) -> list[dict]:
    whole = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    return [json.loads(line) for line in whole]


def feed(run: subprocess.Popen[bytes], lines: list[dict]) -> None:
    assert run.stdin is not None
    run.stdin.write(plotmaker.text(lines).encode())
    run.stdin.flush()


def wait_for(path: Path, count: int) -> None:
    ends = time.monotonic() + STALLED_S
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < ends
        time.sleep(0.02)


def killed_and_started_again(folder: Path, draw: random.Random) -> None:
    """Kill a run when a random share of the plots is in, start it again, and let it end."""
    sites, plots = plotmaker.site_lines(), plotmaker.plots(SECONDS)
    cut = draw.randint(len(plots) // 2, len(plots) - 20)
    first = start(folder, "run")
    feed(first, sites + plots[:cut])
    wait_for(folder / "run.log", len(sites) + 1)
    wait_for(folder / "run.out", 1)
    time.sleep(draw.uniform(0.0, 0.3))
    os.kill(first.pid, signal.SIGKILL)
    with first:
        first.wait()
    before = messages(folder / "run.out")
    kept = (folder / "run.log").read_bytes()
    second = start(folder, "run")
    words = second.communicate(plotmaker.text(sites + plots[cut:]).encode(), timeout=STALLED_S)[1].decode()
    assert second.returncode == 0, words
    assert "Went on from" in words and "1 launches in flight" in words, words
    assert "1 launch followed" in words
    assert (folder / "run.log").read_bytes().startswith(kept.rpartition(b"\n")[0])
    after = messages(folder / "run.out")
    assert len(after) > len(before)
    assert len({message["event"] for message in after}) == 1, "the track is kept, no second launch begins"
    numbers = [message["seq"] for message in after]
    assert numbers == sorted(set(numbers)), "no number is used twice"
    assert after[-1]["track"] == "firm"
    assert after[-1]["time"] > before[-1]["time"]


def test_a_run_that_was_killed_goes_on(tmp_path: Path) -> None:
    killed_and_started_again(tmp_path, random.Random(1))


@pytest.mark.campaign
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("seed", range(2, 32))
def test_a_run_that_was_killed_goes_on_at_30_moments(tmp_path: Path, seed: int) -> None:
    killed_and_started_again(tmp_path, random.Random(seed))
