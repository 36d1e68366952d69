"""Intake: messages in the order they arrive, knowledge as if they had come in the order of their times.

Late plots are stepped again from what was known before them, so the result does not hang on the order of
delivery. Everything is bounded, and everything that is not used is counted by its reason.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable

from overflight.track.cues import Cues
from overflight.track.measurements import Cue, FeedStatus, Measurement, Plot, Position, SensorSite
from overflight.track.repeats import Repeats
from overflight.track.source_clocks import SourceClocks
from overflight.track.tracker import Knowledge, step

__all__ = ["NO_SITE", "WINDOW_S", "Intake"]

NO_SITE = "the sensor's site is not known"
WINDOW_S = 10.0
"""A plot may be so late (s, by its own clock); what is older is counted and left out."""
AHEAD_S = 5.0
IS_AHEAD = "its clock is ahead of all others"
MOST_PLOTS = 8000
MOST_SOURCES = 200
MOST_WAITING = 500
MOST_A_SECOND, MOST_OF_ALL_A_SECOND = 600, 2000
"""Plots of one source, and of all, in a second that are used: thirty bodies at 10 Hz; more is a flood."""
MOST_UNSTEPPED = 1000
SNAPSHOT_S = 0.25
SITE_RAD, SITE_HEIGHT_M = 1.6e-6, 20.0
"""A site is told twice within 10 m, and 20 m of height."""

_Timed = Plot | Position
_Key = tuple[float, str, int]
_BEFORE_ALL: _Key = (-1e18, "", 0)


class Intake:
    """Messages in, knowledge out.

    ``settled`` is what was known when :attr:`knowledge` was last asked for.
    ``refused`` counts what was not used, by (source, reason); ``sites`` are the sensors known;
    ``heard`` says when each source last spoke, ``off`` holds those that said they do not live.
    """

    def __init__(self, sites: Iterable[SensorSite] = ()) -> None:
        self.sites: dict[str, SensorSite] = {site.source: site for site in sites}
        self.refused: Counter[tuple[str, str]] = Counter()
        self.heard: OrderedDict[str, float] = OrderedDict()
        self.off: set[str] = set()
        self.cues = Cues(self.refused)
        self._waiting: deque[Plot] = deque(maxlen=MOST_WAITING)
        self._repeats = Repeats()
        self._plots: list[tuple[_Key, _Timed]] = []
        self._past: list[tuple[_Key, Knowledge]] = []
        self._after = _BEFORE_ALL
        self._count, self._second, self._unstepped, self._steady = 0, 0, 0, 0
        self._rates: Counter[str] = Counter()
        self._ahead: list[_Timed] = []
        self._clocks = SourceClocks(WINDOW_S, AHEAD_S)
        self._waits: _Key | None = None
        self.settled = Knowledge()

    @property
    def knowledge(self) -> Knowledge:
        """All that is known. Plots are stepped through when this is asked for, those since then together."""
        if self._waits is not None:
            self._step_from(self._waits)
        return self.settled

    @property
    def clock_s(self) -> float:
        """The time of the newest plot that is believed, stepped through or not."""
        return (
            self.settled.clock_s if self._waits is None else max(self.settled.clock_s, self._plots[-1][0][0])
        )

    def take(self, messages: Iterable[Measurement]) -> None:
        """Take messages in."""
        for m in messages:
            if not self._has_room_for(m):
                self.refused["", "more sources than are followed"] += 1
                continue
            for plot in self._sorted_out(m):
                self._keep(plot)

    def _has_room_for(self, m: Measurement) -> bool:
        """Return whether a source can be followed; one without a site gives way, the longest silent first."""
        if isinstance(m, SensorSite):
            return m.source in self.sites or len(self.sites) < MOST_SOURCES
        if m.source in self.heard or len(self.heard) < MOST_SOURCES:
            return True
        needed = self.sites.keys() | self.settled.health.keys()
        useless = next((name for name in self.heard if name not in needed), None)
        if useless is None:
            return False
        self._forget(useless)
        return True

    def _forget(self, source: str) -> None:
        """Let a source give way to another; what was refused of it counts for nobody in particular."""
        del self.heard[source]
        self.off.discard(source)
        self._clocks.forget(source)
        for key in [key for key in self.refused if key[0] == source]:
            self.refused["", key[1]] += self.refused.pop(key)

    def _sorted_out(self, m: Measurement) -> list[_Timed]:
        """Note what is no plot; return the plots that can be used now."""
        if isinstance(m, SensorSite):
            known = self.sites.get(m.source)
            if known is not None and not _same_place(known, m):
                self.refused[m.source, "a site other than before"] += 1
            if known is not None:
                return []
            self.sites[m.source] = m
            ready = [plot for plot in self._waiting if plot.source == m.source]
            if ready:
                self.refused[m.source, NO_SITE] -= len(ready)
                self.refused += Counter()  # without what has come to nothing
                others = [p for p in self._waiting if p.source != m.source]
                self._waiting = deque(others, maxlen=MOST_WAITING)
            return [plot for plot in ready if not self._repeated(plot) and self._on_time(plot)]
        self.heard[m.source] = m.time_s
        self.heard.move_to_end(m.source)
        (self.off.add if isinstance(m, FeedStatus) and not m.alive else self.off.discard)(m.source)
        if isinstance(m, FeedStatus | Cue):
            self.cues.hear(m, self.clock_s)
            return []
        if isinstance(m, Plot) and m.source not in self.sites:
            self.refused[m.source, NO_SITE] += 1
            self._waiting.append(m)
            return []
        return [] if self._repeated(m) or self._too_many(m) else self._in_time(m)

    def _too_many(self, m: _Timed) -> bool:
        """Return whether a source floods: its plots of this second of the feeds' time are more than are used.

        Those that carry its number of a body already followed are never too many.
        """
        second = int(self._plots[-1][0][0]) if self._plots else 0
        if second != self._second:
            self._second, self._rates = second, Counter()
        self._rates[m.source] += 1
        self._rates[""] += 1
        many = self._rates[m.source] > MOST_A_SECOND or self._rates[""] > MOST_OF_ALL_A_SECOND
        many = many and (m.source, m.track) not in self.knowledge.labels
        if many:
            self.refused[m.source, f"more than {MOST_A_SECOND} plots a second"] += 1
        return many

    def _repeated(self, m: _Timed) -> bool:
        if known := self._repeats.has(m):
            self.refused[m.source, "sent before"] += 1
        return known

    def _on_time(self, m: _Timed) -> bool:
        if m.time_s < self.clock_s - WINDOW_S:
            self.refused[m.source, "older than the window, or its clock is behind"] += 1
            return False
        return True

    def _in_time(self, m: _Timed) -> list[_Timed]:
        """Return the plots that the clock lets through: this one, or those held back because it jumped.

        A plot far ahead of all others waits. If its like keep coming and nothing else does, time has moved
        on; if others go on at the old time, its source's clock is wrong.
        """
        if (wrong := self._clocks.heard(m.source, m.time_s)) is not None:
            self._take_back(wrong)
        if not self._clocks.believes(m.source, m.time_s):
            self.refused[m.source, IS_AHEAD] += 1
            return []
        clock = max(self.settled.clock_s, self._plots[-1][0][0] if self._plots else -1e18)
        if not self._plots and clock < 0.0:
            return [m]
        if not self._on_time(m):
            return []
        if m.time_s <= clock + AHEAD_S:
            if self._ahead:
                self._steady += 1
                if self._steady >= 5:
                    for held in self._ahead:
                        self.refused[held.source, IS_AHEAD] += 1
                    self._ahead, self._steady = [], 0
            return [m]
        self._ahead.append(m)
        if len(self._ahead) > 3 * (1 + self._steady):
            ready, self._ahead, self._steady = self._ahead, [], 0
            return ready
        return []

    def _take_back(self, source: str) -> None:
        """Undo what the plots of a source whose clock is ahead have done."""
        now_s = self._clocks.now_s()
        gone = [key for key, m in self._plots if m.source == source and m.time_s > now_s]
        self._plots = [entry for entry in self._plots if entry[0] not in gone]
        self.refused[source, IS_AHEAD] += len(gone) + sum(m.source == source for m in self._ahead)
        self._ahead, self._steady = [m for m in self._ahead if m.source != source], 0
        if gone:
            self._step_from(gone[0] if self._waits is None else min(gone[0], self._waits))

    def _keep(self, m: _Timed) -> None:
        self._count += 1
        key = (m.time_s, m.source, m.seq if m.seq is not None else self._count)
        insort(self._plots, (key, m), key=lambda entry: entry[0])
        if len(self._plots) > MOST_PLOTS:
            self._plots.pop(0)
        self._waits = key if self._waits is None else min(self._waits, key)
        self._unstepped += 1
        if self._unstepped >= MOST_UNSTEPPED:
            self._step_from(self._waits)

    def _step_from(self, earliest: _Key) -> None:
        """Step through all plots from ``earliest`` on, from the last knowledge before it."""
        if earliest > self._after:
            after, know = self._after, self.settled
        else:
            while self._past and self._past[-1][0] >= earliest:
                self._past.pop()
            after, know = self._past[-1] if self._past else (_BEFORE_ALL, Knowledge())
        last = self._past[-1][0][0] if self._past else after[0]
        for key, plot in self._plots[bisect_right(self._plots, after, key=lambda entry: entry[0]) :]:
            know = step(know, plot, self.sites)
            if key[0] - last >= SNAPSHOT_S:
                self._past.append((key, know))
                last = key[0]
        self._waits, self._unstepped = None, 0
        self.settled, self._after = know, self._plots[-1][0] if self._plots else after
        oldest = know.clock_s - WINDOW_S - 2.0 * SNAPSHOT_S
        old = [i for i, (key, _) in enumerate(self._past) if key[0] < oldest]
        if old:
            self._past = self._past[old[-1] :]
            first = self._past[0][0]
            self._plots = [entry for entry in self._plots if entry[0] > first]


def _same_place(one: SensorSite, other: SensorSite) -> bool:
    """Return whether two messages tell the same site; of what is known of its biases the first holds."""
    return (
        abs(one.latitude_rad - other.latitude_rad) < SITE_RAD
        and abs(one.longitude_rad - other.longitude_rad) < SITE_RAD
        and abs(one.height_m - other.height_m) < SITE_HEIGHT_M
    )
