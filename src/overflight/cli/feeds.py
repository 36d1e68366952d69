"""Feeds of a command: lines in from files, standard input, HTTP or MQTT, and lines played out in time."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from overflight.cli.recordings import Recordings
from overflight.errors import InputError

__all__ = ["Feeds", "play"]

MAX_LINE_BYTES = 10_000
MAX_WAITING = 100_000
"""Lines kept while the tracker is busy; what comes beyond them is refused and counted."""


def play(lines: Iterable[tuple[float, str]], speed: float, out: IO[str] | None = None) -> None:
    """Write lines at their times (s), ``speed`` times as fast as real time; at once if it is 0."""
    sink: IO[str] = sys.stdout if out is None else out
    began, first = time.monotonic(), None
    for at, line in lines:
        first = at if first is None else first
        if speed > 0.0:
            wait = (at - first) / speed - (time.monotonic() - began)
            if wait > 0.0:
                time.sleep(wait)
        sink.write(line + "\n")
        if speed > 0.0:
            sink.flush()
    sink.flush()


class Feeds:
    """Lines of several sources through one bounded queue, each by a thread of its own.

    Parameters
    ----------
    sources : paths of files, ``-`` for standard input, ``http://`` or ``https://`` addresses that answer with
        NDJSON for as long as they like, ``mqtt://HOST[:PORT]/TOPIC``
    speed : files are read at this many times real time (by their stamps); 0: as fast as they are used
    recordings : what turns files in other formats than NDJSON into lines
    """

    def __init__(
        self, sources: Sequence[str], *, speed: float = 0.0, recordings: Recordings | None = None
    ) -> None:
        self._sources = tuple(sources)
        self.recordings = Recordings() if recordings is None else recordings
        self._speed = speed
        self._queue: queue.Queue[bytes | None] = queue.Queue(MAX_WAITING)
        self._stop = threading.Event()
        self.refused = 0
        self.troubles: list[str] = []
        self.live = any(is_live(source) for source in sources)
        for source in sources:
            if not is_live(source) and not Path(source).is_file():
                allowed = "a file of measurements, -, http(s)://... or mqtt://..."
                raise InputError("--feed", found=source, allowed=allowed, remedy="Check the path.")
            if not is_live(source):
                self.recordings.check(source)

    def batches(self, wait_s: float = 0.2) -> Iterator[list[bytes]]:
        """Yield lines as they come, at least every ``wait_s`` seconds on live feeds, until all have ended."""
        left = len(self._sources)
        for source in self._sources:
            threading.Thread(target=self._read, args=(source,), daemon=True).start()
        while left:
            batch: list[bytes] = []
            until = time.monotonic() + wait_s
            while len(batch) < 200:
                try:
                    timeout = max(until - time.monotonic(), 0.0) if self.live or self._speed else 60.0
                    line = self._queue.get(timeout=timeout)
                except queue.Empty:
                    break
                if line is None:
                    left -= 1
                    if not left:
                        break
                    continue
                batch.append(line)
            yield batch
        self._stop.set()

    def close(self) -> None:
        """Let the readers end."""
        self._stop.set()

    def _read(self, source: str) -> None:
        try:
            if source.startswith("mqtt://"):
                self._mqtt(source)
            elif source.startswith(("http://", "https://")):
                self._http(source)
            elif source == "-":
                self._stream(sys.stdin.buffer)
            else:
                with open(source, "rb") as file:
                    lines = self.recordings.lines(file, source)
                    if lines is None:
                        self._stream(file)
                    else:
                        self._lines(lines)
        except Exception as fault:  # a feed that breaks is told, and does not take the others with it
            self.troubles.append(f"{source}: {type(fault).__name__}: {fault}"[:200])
        finally:
            self._queue.put(None)

    def _stream(self, file: IO[bytes]) -> None:
        """Queue the lines of a stream; of a line that is too long only its head, which is then refused."""
        while not self._stop.is_set():
            line = file.readline(MAX_LINE_BYTES + 1)
            if not line:
                return
            while not line.endswith(b"\n") and len(line) > MAX_LINE_BYTES:
                rest = file.readline(MAX_LINE_BYTES)
                if not rest or rest.endswith(b"\n"):
                    break
            self._put(line)

    def _lines(self, lines: Iterator[bytes]) -> None:
        for line in lines:
            if self._stop.is_set():
                return
            self._put(line)

    def _put(self, line: bytes) -> None:
        if not line.strip():
            return
        if self.live:
            try:
                self._queue.put_nowait(line)
            except queue.Full:
                self.refused += 1
        else:
            self._queue.put(line)

    def _http(self, url: str) -> None:
        """Read NDJSON over HTTP, again and again after a break, until closed."""
        import urllib.error
        import urllib.request

        pause = 0.5
        while not self._stop.is_set():
            try:
                with urllib.request.urlopen(url, timeout=30.0) as answer:
                    pause = 0.5
                    self._stream(answer)
                return
            except (urllib.error.URLError, OSError) as fault:
                self.troubles.append(f"{url}: {fault}"[:200])
                if self._stop.wait(pause):
                    return
                pause = min(2.0 * pause, 10.0)

    def _mqtt(self, url: str) -> None:
        import asyncio
        from urllib.parse import urlsplit

        import aiomqtt

        parts = urlsplit(url)

        async def listen() -> None:
            async with aiomqtt.Client(parts.hostname or "localhost", parts.port or 1883) as client:
                await client.subscribe(parts.path.lstrip("/") or "#", qos=1)
                async for message in client.messages:
                    payload = message.payload
                    data = payload if isinstance(payload, bytes) else str(payload).encode()
                    for line in data[: 100 * MAX_LINE_BYTES].splitlines():
                        self._put(line)
                    if self._stop.is_set():
                        return

        while not self._stop.is_set():
            try:
                asyncio.run(listen())
            except aiomqtt.MqttError as fault:
                self.troubles.append(f"{url}: {fault}"[:200])
                self._stop.wait(2.0)


def is_live(source: str) -> bool:
    """Return whether a source gives lines as they happen, not a file."""
    return source == "-" or "://" in source
