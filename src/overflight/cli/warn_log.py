"""The log of a warning run: all that came in, and what was said when; a restart goes on from it.

Each line that came is kept as it came. When messages were made, a line of its own says at which instants, so
that a restart decides at the same instants and knows what the run before it knew, with the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from overflight.errors import InputError
from overflight.jobs.warn import Warner
from overflight.warning.decision import DecisionMessage

__all__ = ["WarnLog", "appending", "go_on"]

_SAID = b'{"v":1,"type":"said",'
TOGETHER = 25
"""Lines of a log that tells no instants are used so many at a time."""
Worlds = dict[bool, Warner]


class WarnLog:
    """A log that is open for more; nothing is kept without a path."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file = appending(path)
        if self._file is not None and path is not None and path.stat().st_size and not _ends_whole(path):
            self._file.write("\n")  # a run that was killed left half a line

    def keep(self, lines: Sequence[bytes]) -> None:
        """Keep lines as they came."""
        if self._file is not None and lines:
            self._file.write("".join(_kept(line) for line in lines))
            self._file.flush()

    def said(self, flag: bool, now_s: float | None, messages: Iterable[DecisionMessage]) -> None:
        """Keep that a world made messages, and when it looked."""
        if self._file is None:
            return
        seqs = {message.event: message.seq for message in messages}
        row = {"exercise": flag, "now": now_s, "seq": seqs}
        self._file.write(_SAID.decode() + json.dumps(row, separators=(",", ":"))[1:] + "\n")
        self._file.flush()

    def replay(self, worlds: Worlds, take: Callable[[list[bytes]], object]) -> str | None:
        """Take in again what the log holds, without telling anybody; None if it holds nothing."""
        if self.path is None or not self.path.stat().st_size:
            return None
        count, marked, lines = 0, False, []
        last: dict[str, int] = {}
        with open(self.path, "rb") as file:
            for line in file:
                if line.startswith(_SAID):
                    take(lines)
                    marked, lines = True, []
                    _look_again(line, worlds, last)
                    continue
                lines.append(line)
                count += 1
                if len(lines) >= TOGETHER and not marked:
                    take(lines)
                    lines = []
                    for world in worlds.values():
                        world.decide(draft=False)
        take(lines)
        for world in worlds.values():
            if not marked:
                world.decide(draft=False)
            world.go_on({key: seq + 1 for key, seq in last.items()})
        followed = sum(len(world.intake.knowledge.launches) for world in worlds.values())
        return f"Went on from {self.path}: {count} lines, {followed} launches in flight."

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _kept(line: bytes) -> str:
    """Return a line as it is kept; one that looks like ours is moved aside, so that no feed can forge it."""
    aside = " " if line.startswith(_SAID) else ""
    return aside + line.decode(errors="replace").rstrip("\r\n") + "\n"


def _look_again(line: bytes, worlds: Worlds, last: dict[str, int]) -> None:
    try:
        row: Any = json.loads(line)
        world, now_s = worlds.get(row["exercise"]), row["now"]
        seqs = {str(key): int(seq) for key, seq in row["seq"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # the half line of a run that was killed
    for key, seq in seqs.items():
        last[key] = max(last.get(key, -1), seq)
    if world is not None:
        world.decide(now_s, draft=False)


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"


def appending(path: Path | None) -> IO[str] | None:
    """Open a file to add to; None without one."""
    if path is None:
        return None
    try:
        return open(path, "a", encoding="utf-8")
    except OSError as fault:
        allowed, remedy = "a file that can be written", "Choose another."
        raise InputError(str(path), found=str(fault.strerror), allowed=allowed, remedy=remedy) from None


def go_on(path: Path | None, worlds: Worlds) -> None:
    """Let the numbers of messages go on after the last one written, so that a receiver takes none for old."""
    if path is None or not path.is_file():
        return
    last: dict[str, int] = {}
    with open(path, "rb") as file:
        for line in file:
            try:
                value = json.loads(line)
                last[value["event"]] = max(last.get(value["event"], -1), int(value["seq"]))
            except (ValueError, KeyError, TypeError):
                continue
    for world in worlds.values():
        world.go_on({key: seq + 1 for key, seq in last.items()})
