"""Files as feeds: the lines of several files in one order, the same in every run, and when they arrived.

A file has no arrival times, only its order and its stamps. A line is taken to arrive at its stamp, but never
before the lines above it, and never later than most of the lines that follow: a late plot stands where it was
written, and a wrong clock moves no other line.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO

__all__ = ["MAX_LINE_BYTES", "Batch", "arrivals", "lines_of", "merged", "played"]

MAX_LINE_BYTES = 10_000
LOOK_AHEAD = 21
BATCH_S = 0.25
"""Lines so near in time are used together: forecasts are made between batches."""
MOST_LINES = 200
TICK_S = 1.0
"""In a silence time goes on in such steps, so that a track can be found to coast and to be lost."""
LONGEST_GAP_S = 300.0
"""A silence counts as no longer than this: what it shows has been shown by then."""
_SENT = re.compile(rb'"sent"\s*:\s*(?:"([^"]{1,64})"|(-?[0-9][0-9.eE+-]{0,30}))')
_STAMP = re.compile(rb'"time"\s*:\s*(?:"([^"]{1,64})"|(-?[0-9][0-9.eE+-]{0,30}))')


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that are used together.

    ``at_s`` counts the seconds from the first line on by the feeds' own time; ``quiet_s`` is how long the
    feeds have been silent, 0 with lines.
    """

    at_s: float
    lines: tuple[bytes, ...] = ()
    quiet_s: float = 0.0


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream that are not empty; of one too long its head, which is refused later."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        while not line.endswith(b"\n") and len(line) > MAX_LINE_BYTES:
            rest = file.readline(MAX_LINE_BYTES)
            if not rest or rest.endswith(b"\n"):
                break
        if line.strip():
            yield line


def stamp_of(line: bytes) -> float | None:
    """Return the time that a line tells (s, Unix), of a cue when it was sent; None if it tells none."""
    found = _SENT.search(line) or _STAMP.search(line)
    if found is None:
        return None
    try:
        if found[2] is not None:
            value = float(found[2])
        else:
            instant = datetime.fromisoformat(found[1].decode())
            value = instant.timestamp() if instant.tzinfo else math.nan
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def arrivals(lines: Iterable[bytes]) -> Iterator[tuple[float, bytes]]:
    """Yield each line with when it arrived (s, Unix; minus infinity before the first stamp)."""
    source = iter(lines)
    ahead: deque[tuple[float | None, bytes]] = deque()
    now = -math.inf
    while True:
        ahead.extend((stamp_of(line), line) for line in islice(source, LOOK_AHEAD - len(ahead)))
        if not ahead:
            return
        stamps = sorted(at for at, _ in ahead if at is not None)
        at, line = ahead.popleft()
        if at is not None:
            now = max(now, min(at, stamps[len(stamps) // 2]))
        yield now, line


def merged(files: Sequence[Iterable[tuple[float, bytes]]]) -> Iterator[tuple[float, bytes]]:
    """Yield the lines of several files in the order of their arrival, then in that of the files."""

    def keyed(number: int, lines: Iterable[tuple[float, bytes]]) -> Iterator[tuple[float, int, bytes]]:
        return ((at, number, line) for at, line in lines)

    rows = heapq.merge(*(keyed(i, lines) for i, lines in enumerate(files)), key=lambda row: row[:2])
    return ((at, line) for at, _, line in rows)


def played(lines: Iterable[tuple[float, bytes]]) -> Iterator[Batch]:
    """Yield lines in batches, and ticks in silences, as they would be heard live."""
    elapsed, last = 0.0, -math.inf
    batch: list[bytes] = []
    opened = 0.0
    for at, line in lines:
        gap = min(at - last, LONGEST_GAP_S) if math.isfinite(last) else 0.0
        last = at
        if batch and (elapsed + gap - opened >= BATCH_S or len(batch) >= MOST_LINES):
            yield Batch(elapsed, tuple(batch))
            batch = []
            for step in range(1, math.ceil(gap / TICK_S)):
                yield Batch(elapsed + step * TICK_S, (), step * TICK_S)
        elapsed += gap
        if not batch:
            opened = elapsed
        batch.append(line)
    if batch:
        yield Batch(elapsed, tuple(batch))
