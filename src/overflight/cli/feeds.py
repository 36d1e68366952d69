"""Feeds of a command: lines in from files, standard input, HTTP, MQTT or UDP, through one bounded place.

Files alone are read without threads, in one order, so that a run repeats bit for bit at any speed. Live feeds
each have a thread and a share of the waiting room of their own: a flood on one takes no room from the others.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from overflight.cli.file_feeds import Batch, arrivals, lines_of, merged, played
from overflight.cli.live_feeds import LiveFeed, check_address, shown
from overflight.cli.recordings import Recordings
from overflight.errors import InputError

__all__ = ["Feeds", "is_live"]

MOST_WAITING = 20_000
MOST_BYTES = 16_000_000
"""Lines and bytes that may wait for one feed; beyond them the oldest give way and are counted."""
MOST_TROUBLES = 50
STDIN = 0


class Feeds:
    """Lines of several sources.

    Parameters
    ----------
    sources : paths of files, ``-`` for standard input, ``http(s)://``, ``mqtt(s)://`` or ``udp://`` addresses
    speed : files are played at this many times real time, by their stamps; 0: as fast as they are used
    recordings : what turns files and datagrams in other formats than NDJSON into lines
    """

    def __init__(
        self, sources: Sequence[str], *, speed: float = 0.0, recordings: Recordings | None = None
    ) -> None:
        self.recordings = Recordings() if recordings is None else recordings
        self._files = [source for source in sources if not is_live(source)]
        self._lives = [source for source in sources if is_live(source)]
        self._speed = speed
        self._stop = threading.Event()
        self._rooms: list[_Room] = []
        self.troubles: list[str] = []
        self.told = 0
        self.live = bool(self._lives)
        for source in self._lives:
            if source != "-":
                check_address(source)
                if source.startswith("udp://"):
                    self.recordings.check_datagrams(shown(source))
        for source in self._files:
            if not Path(source).is_file():
                allowed = "a file of measurements, -, http(s)://..., mqtt(s)://... or udp://..."
                raise InputError("--feed", found=source, allowed=allowed, remedy="Check the path.")
            self.recordings.check(source)

    @property
    def refused(self) -> int:
        """Return how many lines gave way because more came than could be used."""
        return sum(room.dropped for room in self._rooms)

    def batches(self, wait_s: float = 0.05) -> Iterator[Batch]:
        """Yield lines as they come until all feeds have ended; from live ones every ``wait_s`` seconds."""
        if self.live:
            yield from self._as_they_come(wait_s)
        else:
            yield from self._paced(self._from_files())

    def close(self) -> None:
        """Let the readers end."""
        self._stop.set()

    def trouble(self, words: str) -> None:
        """Keep what went wrong with a feed; the same again and again only once."""
        if words[:200] not in self.troubles[-3:]:
            self.told += 1
            self.troubles = [*self.troubles[-MOST_TROUBLES:], words[:200]]

    def _from_files(self) -> Iterator[Batch]:
        return played(merged([arrivals(self._lines(path)) for path in self._files]))

    def _lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines of a file; one that breaks is told, and does not take the others with it."""
        try:
            with open(path, "rb") as file:
                found = self.recordings.lines(file, path)
                yield from lines_of(file) if found is None else found
        except Exception as fault:
            self.trouble(f"{path}: {type(fault).__name__}: {fault}")

    def _paced(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield batches no earlier than they were heard, at the speed asked for."""
        began = time.monotonic()
        for batch in batches:
            if self._speed > 0.0:
                self._stop.wait(max(batch.at_s / self._speed - (time.monotonic() - began), 0.0))
            if self._stop.is_set():
                return
            yield batch

    def _as_they_come(self, wait_s: float) -> Iterator[Batch]:
        new = threading.Event()
        began = time.monotonic()
        readers: list[tuple[_Room, Callable[[_Room], None]]] = [
            (_Room(new), partial(self._read_live, source)) for source in self._lives
        ]
        if self._files:
            readers.append((_Room(new, wait=True), self._read_files))
        self._rooms = [room for room, _ in readers]
        for room, read in readers:
            threading.Thread(target=self._guarded, args=(read, room), daemon=True).start()
        while not all(room.ended and not room.waiting for room in self._rooms):
            new.wait(wait_s)
            new.clear()
            yield Batch(time.monotonic() - began, _share(self._rooms))
        self._stop.set()

    def _guarded(self, read: Callable[[_Room], None], room: _Room) -> None:
        try:
            read(room)
        except Exception as fault:  # a feed that breaks is told, and does not take the others with it
            self.trouble(f"a feed ended: {type(fault).__name__}: {fault}")
        finally:
            room.end()

    def _read_live(self, source: str, room: _Room) -> None:
        room.wait = source == "-"  # a pipe waits for us; what comes over a network goes on
        feed = LiveFeed(source, room.put, self.trouble, self._stop, self.recordings)
        if source == "-":
            # a reader of its own: that of sys.stdin, held by a thread, would stop the interpreter's end
            with open(STDIN, "rb", closefd=False) as file:
                feed.stream(file)
        else:
            feed.run()

    def _read_files(self, room: _Room) -> None:
        for batch in self._paced(self._from_files()):
            for line in batch.lines:
                room.put(line)


class _Room:
    """Where the lines of one feed wait: bounded; the oldest give way, or the feed waits if it can."""

    def __init__(self, new: threading.Event, *, wait: bool = False) -> None:
        self.wait, self.dropped, self.ended = wait, 0, False
        self.waiting: deque[bytes] = deque()
        self._bytes, self._new = 0, new
        self._changed = threading.Condition()

    def put(self, line: bytes) -> None:
        """Let a line wait."""
        with self._changed:
            while self.wait and self._full():
                self._changed.wait(1.0)
            while self._full():
                self._bytes -= len(self.waiting.popleft())
                self.dropped += 1
            self.waiting.append(line)
            self._bytes += len(line)
        self._new.set()

    def take(self, count: int) -> list[bytes]:
        """Return up to ``count`` lines, the oldest first."""
        with self._changed:
            out = [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]
            self._bytes -= sum(map(len, out))
            self._changed.notify()
        return out

    def end(self) -> None:
        """Say that nothing more will come."""
        self.ended = True
        self._new.set()

    def _full(self) -> bool:
        return len(self.waiting) >= MOST_WAITING or self._bytes >= MOST_BYTES


def _share(rooms: Sequence[_Room], most: int = 200) -> tuple[bytes, ...]:
    """Return lines of all rooms, each its share; what one leaves the others have."""
    out: list[bytes] = []
    left = sorted(rooms, key=lambda room: len(room.waiting))
    for number, room in enumerate(left):
        out += room.take(math.ceil((most - len(out)) / (len(left) - number)))
    return tuple(out)


def is_live(source: str) -> bool:
    """Return whether a source gives lines as they happen, not a file."""
    return source == "-" or "://" in source
