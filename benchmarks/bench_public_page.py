"""The public page under load while an alert goes out, beside Starlette's own StaticFiles on the same files.

    python benchmarks/bench_public_page.py [--rate 500] [--seconds 10] [--receivers 300]

One server process, one client process, on this machine.  In the middle of each run the page is replaced
(from "take shelter" to "lifted") and, by the desk's own code, the alert is posted to webhook receivers.
Requests start on a fixed schedule, whether earlier ones have come back or not, so a slow answer is not
hidden by the client waiting for it; times count from when a request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing as mp
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def serve(kind: str, folder: str, port: int, receivers: int, switch_after_s: float) -> None:
    """Run the server; half-way it replaces the page and sends the alert."""
    import uvicorn

    asyncio.run(_serve(uvicorn, kind, Path(folder), port, receivers, switch_after_s))


async def _serve(uvicorn, kind, folder, port, receivers, switch_after_s) -> None:  # noqa: ANN001
    from starlette.staticfiles import StaticFiles

    from overflight.service.published import Published

    alert = _prepare(folder, receivers)
    app = Published(folder) if kind == "ours" else StaticFiles(directory=folder, html=True)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", access_log=False))
    task = asyncio.create_task(server.serve())
    await asyncio.sleep(switch_after_s)
    await alert()
    await task


def _prepare(folder: Path, receivers: int) -> Callable[[], Awaitable[None]]:
    """Return what the desk does at an alert, with everything loaded that a running desk has loaded."""
    from desks import delivery, message
    from overflight.service.channel import REAL
    from overflight.service.channels.config import Context
    from overflight.service.channels.registry import make_channels
    from overflight.service.public_page import PublicPage, page_files
    from overflight.warning.alert import Status
    from pages.sample_public import sample
    from servers import receiver

    lifted = sample("passed")
    page_files([sample("shelter")])
    message(Status.ACTUAL, 2)
    (folder.parent / "key").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "utf-8")

    async def alert() -> None:
        begun = time.monotonic()
        await PublicPage(folder, REAL).write([lifted])
        replaced = time.monotonic() - begun
        async with receiver() as held:
            base = {"kind": "webhook", "statuses": ["Actual"], "key_file": "key", "limit_s": 10}
            tables = [base | {"name": f"r{n}", "url": f"{held.url}/ok?{n}"} for n in range(receivers)]
            context = Context(folder=folder.parent)
            channels = make_channels(tables, context)
            begun = time.monotonic()
            receipts = await asyncio.gather(
                *(one.deliver(delivery(one.name, Status.ACTUAL)) for one in channels)
            )
            took = time.monotonic() - begun
            await context.http.close()
        good = sum(receipt.ok for receipt in receipts)
        print(f"    page replaced in {replaced:.2f} s; {good} of {receivers} webhooks in {took:.2f} s")

    return alert


async def load(port: int, rate: float, seconds: float) -> list[tuple[float, int, int]]:
    """Return (seconds from due to done, status, bytes) of each request."""
    import aiohttp

    answers: list[tuple[float, int, int]] = []

    async def one(session: aiohttp.ClientSession, due: float) -> None:
        try:
            async with session.get(f"http://127.0.0.1:{port}/index.html") as answer:
                body = await answer.read()
                answers.append((time.monotonic() - due, answer.status, len(body)))
        except (aiohttp.ClientError, TimeoutError):
            answers.append((seconds, 0, 0))

    timeout = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        begun, tasks = time.monotonic(), []
        for n in range(int(rate * seconds)):
            due = begun + n / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(one(session, due)))
        await asyncio.gather(*tasks)
    return answers


def run(kind: str, rate: float, seconds: float, receivers: int) -> float:
    """Return the 95th percentile in milliseconds."""
    from overflight.service.channel import REAL
    from overflight.service.public_page import PublicPage
    from pages.sample_public import sample

    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "public")
        asyncio.run(PublicPage(folder, REAL).write([sample("shelter")]))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        args = (kind, str(folder), port, receivers, 0.5 + seconds / 2)
        process = mp.get_context("spawn").Process(target=serve, args=args, daemon=True)
        process.start()
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        answers = asyncio.run(load(port, rate, seconds))
        process.terminate()
        process.join(10)
    times = sorted(1000 * row[0] for row in answers)
    p50, p95, most = (times[int(q * (len(times) - 1))] for q in (0.5, 0.95, 1.0))
    good = sum(row[1] == 200 for row in answers)
    sizes = sorted({row[2] for row in answers})
    print(f"  {kind}: {good} of {len(answers)} answered")
    print(f"    p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {most:.0f} ms")
    print(f"    bodies seen, bytes: {', '.join(map(str, sizes))}")
    return p95


def main() -> None:
    """Print both, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--receivers", type=int, default=300)
    options = parser.parse_args()
    print(f"{options.rate:g} requests/s for {options.seconds:g} s, an alert half-way")
    ours = run("ours", options.rate, options.seconds, options.receivers)
    theirs = run("StaticFiles", options.rate, options.seconds, options.receivers)
    print(f"p95, StaticFiles : ours = {theirs / ours:.1f} : 1")


if __name__ == "__main__":
    main()
