"""Lines of feeds into the worlds they belong to; what cannot be used is counted by its source and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from overflight.cli.sources_guard import SourcesGuard
from overflight.errors import InputError
from overflight.formats.plots import read_measurement
from overflight.jobs.warn import Warner
from overflight.track.measurements import Cue, FeedStatus, Measurement, SensorSite

__all__ = ["LineIntake"]

MOST_REASONS = 1_000
_KINDS = {SensorSite: "sensor", Cue: "cue", FeedStatus: "status"}


class LineIntake:
    """Reads lines and sorts messages into worlds.

    ``refused`` counts lines by (source, reason), ``kinds`` the messages by their type, ``spoke`` says when
    each source last said that it lives.
    """

    def __init__(self, worlds: dict[bool, Warner], guard: SourcesGuard) -> None:
        self.worlds, self.guard = worlds, guard
        self.refused: Counter[tuple[str, str]] = Counter()
        self.kinds: Counter[str] = Counter()

    def take(self, lines: Sequence[bytes], *, replayed: bool = False) -> list[Measurement]:
        """Take lines in; return the messages that were let in."""
        sorted_out: dict[bool, list[Measurement]] = {flag: [] for flag in self.worlds}
        for line in lines:
            m = self._read(line, replayed=replayed)
            if m is not None:
                sorted_out[m.exercise].append(m)
        for flag, messages in sorted_out.items():
            if messages:
                self.worlds[flag].take(messages)
        return [m for messages in sorted_out.values() for m in messages]

    def _read(self, line: bytes, *, replayed: bool) -> Measurement | None:
        try:
            m = read_measurement(line)
        except InputError as fault:
            self._refuse("", f"not a message: {fault.key or 'line'}")
            return None
        if m.exercise not in self.worlds:
            word = "drill" if m.exercise else "real"
            self._refuse(m.source, f"a {word} message in the other world: refused")
            return None
        reason = self.guard.refuses(line, m, replayed=replayed)
        if reason is not None:
            self._refuse(m.source, reason)
            return None
        self.kinds[_KINDS.get(type(m), "plot")] += 1
        return m

    def _refuse(self, source: str, reason: str) -> None:
        key = (source[:40], reason)
        if key not in self.refused and len(self.refused) >= MOST_REASONS:
            key = ("", "not used, of still other sources")
        self.refused[key] += 1
