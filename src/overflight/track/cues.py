"""Launches that partners report (cues): which reports are of one launch, and which track is that launch.

Everything is bounded: a source has few launches of its own, and few words on each. What is not used is said.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import exp, hypot, pi

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import geodetic_to_ecef
from overflight.track.agreement import OTHERS_HERE
from overflight.track.measurements import Cue, FeedStatus
from overflight.track.prior import PlanPrior

__all__ = ["CLOSED_S", "CuedLaunch", "Cues", "p_planned"]

Array = NDArray[np.float64]
AHEAD_S, OLDEST_S = 60.0, 600.0
"""A cue of a launch so far ahead of the feeds' time, or so far back, is refused."""
CLOSED_S = 3600.0
"""So long after lift-off a launch that nobody measured is followed no more."""
SAME_S, SAME_M = 10.0, 10e3
"""Two reports so near, beside three times their spreads, are of one launch (estimates)."""
MOST_OF_SOURCE, MOST_LAUNCHES, MOST_SOURCES, MOST_WORDS = 4, 12, 20, 100
"""Launches of one source and of all, sources of one launch, and how often one source may revise a report."""
MOST_LIVES = 200
LEAST_S, LEAST_M = 1.0, 1e3
"""Nobody knows when and where better than so."""
FASTEST_MPS, HARDEST_MPS2, STILL_M = 9000.0, 30.0, 20e3
"""What a rocket can have done since lift-off: the cone in which its track must lie (estimates)."""
LIFT_OFF_S = 20.0
"""A track tells its lift-off so well at best, beside its own spread (estimate)."""
STRETCH, SITE_M = 1.5, 5e3
"""Partners' spreads are taken wider by so much, and pads of one site lie so far apart (estimates)."""
ELSEWHERE_M = 200e3
"""Other launches rise as densely everywhere as if all rose within so much of a site (estimate)."""
ANY_TIME_S, LEAST_WINDOW_S, SLIP_S, INSIDE = 90 * 86400.0, 3600.0, 86400.0, 0.9
"""Other launches come at any time of three months; 0.9 of announced ones in their window, which is never
shorter than an hour, the others some day before or after it (estimates)."""
WINDOW_SAYS = 50.0
"""A window speaks for or against a plan by so much at most: what is announced is also moved."""


@dataclass(frozen=True, slots=True)
class CuedLaunch:
    """One launch as its sources report it: the newest word of each in ``told``, none once all took it back.

    ``first`` is the report that opened it; ``words`` counts what each source said, ``as_of_s`` is when the
    newest of it was heard, by the feeds' time or else its own.
    """

    number: int
    first: Cue
    told: tuple[Cue, ...]
    words: Mapping[str, int] = field(default_factory=dict, repr=False)
    as_of_s: float = -np.inf

    @property
    def withdrawn(self) -> bool:
        """Whether every source took its report back."""
        return not self.told

    @property
    def best(self) -> Cue:
        """What its sources say together: means by their spreads, and no more sure than the surest of them.

        Two sources may look at one sensor, so that neither spreads nor doubts become smaller by their number.
        """
        told = self.told or (self.first,)
        time_w = np.array([max(cue.time_sigma_s, LEAST_S) ** -2.0 for cue in told])
        place_w = np.array([max(cue.spread_m, LEAST_M) ** -2.0 for cue in told])
        lead = told[0]
        east = np.array([(cue.longitude_rad - lead.longitude_rad + pi) % (2.0 * pi) - pi for cue in told])
        return replace(
            lead,
            time_s=lead.time_s
            + float(np.average([cue.time_s - lead.time_s for cue in told], weights=time_w)),
            latitude_rad=float(np.average([cue.latitude_rad for cue in told], weights=place_w)),
            longitude_rad=lead.longitude_rad + float(np.average(east, weights=place_w)),
            time_sigma_s=min(max(cue.time_sigma_s, LEAST_S) for cue in told),
            spread_m=min(max(cue.spread_m, LEAST_M) for cue in told),
            confidence=max(cue.confidence for cue in told) if self.told else 0.0,
        )

    @property
    def place_m(self) -> Array:
        """Where it rose (3,), ECEF."""
        return _place(self.best)

    def misses(self, cue: Cue) -> float:
        """Return how far another report is from this launch, as a share of how far one of it may be."""
        best = self.best
        apart_m = float(np.linalg.norm(_place(cue) - _place(best)))
        return max(
            abs(cue.time_s - best.time_s) / (3.0 * hypot(cue.time_sigma_s, best.time_sigma_s) + SAME_S),
            apart_m / (3.0 * hypot(cue.spread_m, best.spread_m) + SAME_M),
        )

    def misses_track(
        self, position_m: Array, time_s: float, lift_off_s: float, lift_off_sigma_s: float
    ) -> float:
        """Return how far a track is from this launch, as a share of how far it may be: it is in the cone of
        what a rocket can have reached since lift-off, and speaks for the same lift-off."""
        best = self.best
        flown_s = max(time_s - best.time_s + 3.0 * best.time_sigma_s, 0.0)
        reach_m = min(0.5 * HARDEST_MPS2 * flown_s**2, FASTEST_MPS * flown_s) + 3.0 * best.spread_m + STILL_M
        return max(
            float(np.linalg.norm(position_m - self.place_m)) / reach_m,
            abs(lift_off_s - best.time_s) / (3.0 * hypot(lift_off_sigma_s, best.time_sigma_s) + LIFT_OFF_S),
        )


class Cues:
    """The launches reported in one world, by their numbers.

    ``refused`` counts what is not used, by (source, reason).
    """

    def __init__(self, refused: Counter[tuple[str, str]] | None = None) -> None:
        self.refused: Counter[tuple[str, str]] = Counter() if refused is None else refused
        self.launches: dict[int, CuedLaunch] = {}
        self._lives: OrderedDict[str, float] = OrderedDict()
        self._next = 1

    def hear(self, m: Cue | FeedStatus, clock_s: float) -> None:
        """Take a report in, or that a source lives, at the time of plots (minus infinity without)."""
        if isinstance(m, Cue):
            if (why := self._taken(m, self.told_s(clock_s))) is not None:
                self.refused[m.source, why] += 1
            return
        self._lives[m.source] = m.time_s
        self._lives.move_to_end(m.source)
        if len(self._lives) > MOST_LIVES:
            self._lives.popitem(last=False)

    def told_s(self, clock_s: float) -> float:
        """Return the feeds' time by plots or most sources' ``status``; minus infinity where nobody knows."""
        return max(clock_s, _middle(self._lives.values()))

    def now_s(self, clock_s: float) -> float:
        """Return the feeds' time, where it is not known when the oldest report was heard."""
        told = self.told_s(clock_s)
        return told if told > -np.inf else next((o.as_of_s for o in self.launches.values()), -np.inf)

    def _taken(self, cue: Cue, now_s: float) -> str | None:
        """Return why a report is refused; None where it was taken."""
        if now_s > -np.inf and cue.time_s > now_s + AHEAD_S:
            return f"a cue of a launch more than {AHEAD_S:.0f} s ahead"
        if cue.time_s < now_s - OLDEST_S:
            return f"a cue of a launch more than {OLDEST_S / 60.0:.0f} minutes ago"
        self.launches = {n: one for n, one in self.launches.items() if one.first.time_s > now_s - CLOSED_S}
        known = self._of(cue)
        if known is not None:
            return self._said_again(known, cue, now_s)
        if cue.confidence <= 0.0:
            return "takes back a cue that nobody knows of"
        own = sum(one.first.source == cue.source for one in self.launches.values())
        if own >= MOST_OF_SOURCE or len(self.launches) >= MOST_LAUNCHES:
            return "cues of more launches than are followed"
        self.launches[self._next] = CuedLaunch(self._next, cue, (cue,), {cue.source: 1}, _heard_s(cue, now_s))
        self._next += 1
        return None

    def _of(self, cue: Cue) -> CuedLaunch | None:
        """Return the launch that a report is of: that of the same number of its source, or the nearest."""
        for one in self.launches.values():
            same = [told for told in (one.first, *one.told) if told.source == cue.source]
            if cue.seq is not None and any(told.seq == cue.seq for told in same):
                return one
        near = min(self.launches.values(), key=lambda one: one.misses(cue), default=None)
        return near if near is not None and near.misses(cue) <= 1.0 else None

    def _said_again(self, known: CuedLaunch, cue: Cue, now_s: float) -> str | None:
        """Let a source revise what it said, or take it back: its own word, and nobody else's."""
        before = next((told for told in known.told if told.source == cue.source), None)
        if before == cue:
            return None
        if cue.confidence <= 0.0 and before is None:
            return "takes back a cue that is not its own"
        said = known.words.get(cue.source, 0)
        is_new = said == 0 and len(known.words) >= MOST_SOURCES
        if is_new or (said >= MOST_WORDS and cue.confidence > 0.0):
            return "more cues of one launch than are followed"
        told = tuple(one for one in known.told if one is not before)
        if cue.confidence > 0.0:
            told = tuple(sorted((*told, cue), key=lambda one: (one.source != known.first.source, one.source)))
        words = {**known.words, cue.source: said + 1}
        as_of_s = max(known.as_of_s, _heard_s(cue, now_s))
        self.launches[known.number] = replace(known, told=told, words=words, as_of_s=as_of_s)
        return None


def p_planned(cue: Cue, prior: PlanPrior, before: float, *, window: bool = True) -> float:
    """Return the probability that a launch that is reported is the announced one, if it is a launch.

    By its place, against other launches from that site and from about there, and by its time, against the
    announced window, unless ``window`` is False. ``before`` is its probability before anything is seen.
    """
    sigma_m = hypot(STRETCH * max(cue.spread_m, LEAST_M), SITE_M)
    apart_m = float(np.linalg.norm(_place(cue) - prior.site_m))
    here = exp(-0.5 * min((apart_m / sigma_m) ** 2, 1400.0)) / (2.0 * pi * sigma_m**2)
    anywhere = 1.0 / (pi * ELSEWHERE_M**2)
    own = before * here * (_window_says(cue, prior.window_s) if window else 1.0)
    others = (1.0 - before) * (OTHERS_HERE * here + (1.0 - OTHERS_HERE) * anywhere)
    return own / (own + others)


def _window_says(cue: Cue, window_s: tuple[float, float]) -> float:
    """Return how much more probable the announced launch is at the time of a cue than any other is."""
    length = max(window_s[1] - window_s[0], LEAST_WINDOW_S)
    out_s = max(window_s[0] - cue.time_s, cue.time_s - window_s[1], 0.0)
    slack_s = 3.0 * cue.time_sigma_s + LEAST_WINDOW_S
    if out_s <= slack_s:
        density = INSIDE / length
    else:
        density = 0.5 * (1.0 - INSIDE) / SLIP_S * exp(-min((out_s - slack_s) / SLIP_S, 700.0))
    return min(max(density * ANY_TIME_S, 1.0 / WINDOW_SAYS), WINDOW_SAYS)


def _heard_s(cue: Cue, now_s: float) -> float:
    """Return when a report was heard: at the feeds' time, or when it was told where that is not known."""
    return now_s if now_s > -np.inf else cue.told_s


def _middle(times: Iterable[float]) -> float:
    """Return the middle of times, of two the earlier; minus infinity of none."""
    rows = sorted(times)
    return rows[(len(rows) - 1) // 2] if rows else -np.inf


def _place(cue: Cue) -> Array:
    return geodetic_to_ecef(cue.latitude_rad, cue.longitude_rad, 0.0)
