"""How soon the public page follows a change at the desk, beside drawing and writing those files alone.

    python benchmarks/bench_page_follows.py [--events 20]

A desk at work in this process: embedded store, real signatures, its own workers. Each event is called, then
lifted; the time counts from the return of the order to send until the file `index.html` says so. The aim is
one second, however many events there were before.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


async def follow(folder: Path, events: int) -> list[tuple[float, float]]:
    """Return of each change (seconds until the page said so, seconds to draw and write it from nothing)."""
    from deskfakes import AOKI, BABA, config, figures, make_desk, memory, told
    from lives import at
    from overflight.report.public_notice import public_notice
    from overflight.service.channels.http import HttpClients
    from overflight.service.public_page import page_files
    from overflight.service.publishing import Publishing, namer
    from overflight.service.running import Running
    from overflight.warning.life_records import Outcome

    desk, clock = make_desk(folder, [memory()])
    publishing = Publishing(folder / "public", namer(desk.gazetteer), zone_offset_h=9.0, zone_label="JST")
    running = Running(config(folder), desk, HttpClients(), publishing)
    work = asyncio.create_task(running.work())
    await asyncio.sleep(0.5)
    page, found = folder / "public" / "drill" / "index.html", []

    def send(event: str) -> None:
        board = desk.store.state().boards[event]
        for draft in [d for d in board.drafts if d.is_open and d.basis is not None]:
            for who in (AOKI, BABA):
                desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
            desk.issue(draft.draft_id, draft.content_hash, AOKI)

    for number in range(events):
        event, begin = f"drill-{number:03d}", 3000.0 * number
        late = [replace(figures(), last_arrival=at(begin + 300))]
        gone = [replace(figures(outcome=Outcome.PASSED), last_arrival=at(begin + 300))]
        for seconds, places, facts in (
            (begin + 100, late, "impact_line"),
            (begin + 950, gone, "seen_beyond"),
        ):
            clock.to(seconds)
            await asyncio.to_thread(desk.hear, told(seconds, *places, facts=facts, event=event))
            await asyncio.to_thread(send, event)
            before = page.read_bytes() if page.exists() else b""
            begun = time.monotonic()
            running.changed()
            while (page.read_bytes() if page.exists() else b"") == before:
                await asyncio.sleep(0.002)
                if time.monotonic() - begun > 30.0:
                    raise RuntimeError(f"the page did not follow {event}")
            took = time.monotonic() - begun
            board = desk.store.state().boards[event]
            begun = time.monotonic()
            notice = public_notice(board, clock.now, namer(desk.gazetteer), zone_offset_h=9, zone_label="JST")
            for name, content in page_files([notice]):
                (folder / Path(name).name).write_bytes(content)
            found.append((took, time.monotonic() - begun))
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    desk.store.close()
    return found


def main() -> None:
    """Print medians, the worst, and the ratio to the floor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=20)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(follow(Path(folder), events))
    took, floor = zip(*found, strict=True)
    print(f"{len(found)} changes of {events} events")
    print(f"  the page follows: median {statistics.median(took):.2f} s, worst {max(took):.2f} s (aim: 1 s)")
    print(f"  one event's files drawn and written alone: median {statistics.median(floor):.2f} s")
    print(f"  follows : alone = {statistics.median(took) / statistics.median(floor):.1f} : 1")


if __name__ == "__main__":
    main()
