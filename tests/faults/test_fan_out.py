"""Many webhook receivers of which some hang: the others are reached as if those were not there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desks import delivery
from overflight.service.channel import Receipt
from overflight.service.channels.config import Context
from overflight.service.channels.registry import make_channels
from support import ROOT

SERVER = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from servers import receiver
async def main():
    async with receiver() as held:
        print(held.url, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


@contextlib.contextmanager
def receivers_elsewhere() -> Iterator[str]:
    """Run the receivers in a process of their own, so that they take no time from the sender."""
    command = [sys.executable, "-c", SERVER, str(ROOT / "tests")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def fan_out(folder: Path, count: int, hanging: int, limit_s: float) -> list[tuple[float, Receipt]]:
    """Send to all at once; return (seconds, receipt) of each, those that hang first."""
    (folder / "key").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "utf-8")
    base = {"kind": "webhook", "statuses": ["Exercise"], "key_file": "key", "limit_s": limit_s}

    async def one(channel, begun):
        receipt = await channel.deliver(delivery(channel.name))
        return time.monotonic() - begun, receipt

    async def run(url):
        context = Context(folder=folder)
        paths = ["hang"] * hanging + ["ok"] * (count - hanging)
        tables = [base | {"name": f"r{n}", "url": f"{url}/{path}?{n}"} for n, path in enumerate(paths)]
        channels = make_channels(tables, context)
        begun = time.monotonic()
        rows = await asyncio.gather(*(one(channel, begun) for channel in channels))
        await context.http.close()
        return rows

    with receivers_elsewhere() as url:
        return asyncio.run(run(url))


def test_hanging_receivers_hold_up_nobody(tmp_path):
    rows = fan_out(tmp_path, 100, 10, limit_s=3)
    assert [receipt.ok for _, receipt in rows] == [False] * 10 + [True] * 90
    assert all("no answer within 3 s" in receipt.detail for _, receipt in rows[:10])
    assert max(took for took, _ in rows[10:]) < min(took for took, _ in rows[:10])


@pytest.mark.campaign
def test_a_thousand_receivers_of_which_fifty_hang(tmp_path):
    figures = []
    for _ in range(5):
        rows = fan_out(tmp_path, 1000, 50, limit_s=10)
        good = sorted(took for took, receipt in rows if receipt.ok)
        assert len(good) == 950
        figures.append({"p50_s": good[474], "p95_s": good[902], "last_s": good[-1]})
    print(json.dumps({"n": len(figures), "receivers": 1000, "hanging": 50, "runs": figures}))
    assert max(figure["p95_s"] for figure in figures) <= 5.0
