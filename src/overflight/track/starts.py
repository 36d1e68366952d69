"""New tracks: plots of one source that lie on a path something could fly, M of them among N."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["NEEDED", "Candidate", "Candidates", "extend"]

Array = NDArray[np.float64]
NEEDED = 4
LEAST_SPAN_S = 0.8
"""Time from the first to the last of the plots that make an object: shorter, they tell no velocity."""
FASTEST_MPS = 9000.0
HARDEST_MPS2 = 80.0
MEMORY_S = 25.0
SCATTER = 6.0
"""Largest mean square of the plots of one body about their line, in squares of their largest spread."""
MOST_ROUGH, NEEDED_ROUGH = 7.0, 8
"""How many times more than stated plots of one body may scatter, and how many of them must show it."""
ONE_SCAN_S = 0.3
MOST = 2000
"""Candidates kept of one source; those that no plot fitted for longest give way."""
TIME, PLACE, SPREAD, SPAN, LABELLED = 0, slice(1, 4), 4, 5, 6
"""Columns of the table by which candidates are looked up."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Plots that may be of one object: times, packed measurements, positions (3,), spreads (m), labels."""

    times: tuple[float, ...]
    measures: tuple[Array, ...] = field(repr=False)
    places: tuple[Array, ...] = field(repr=False)
    spreads: tuple[float, ...]
    labels: tuple[str | None, ...] = ()
    """Numbers that the source's own tracker gave the plots."""

    def with_plot(
        self, time_s: float, measure: Array, place: Array, spread_m: float, label: str | None
    ) -> Candidate:
        """Return the candidate with one more plot."""
        return Candidate(
            (*self.times, time_s), (*self.measures, measure), (*self.places, place),
            (*self.spreads, spread_m), (*self.labels, label),
        )  # fmt: skip

    def may_be(self, time_s: float, label: str | None, *, labelled: bool) -> bool:
        """Return whether the source's own label speaks not against it.

        Two labels are two objects where a source repeats its labels, and always within one scan; a source
        that numbers every plot anew says nothing by them.
        """
        known = self.labels[-1]
        if label is None or known is None or label == known:
            return True
        return not labelled and time_s - self.times[-1] > ONE_SCAN_S

    @property
    def repeats(self) -> bool:
        """Whether the source gave its last two plots one label of its own."""
        return len(self.labels) > 1 and self.labels[-1] == self.labels[-2] is not None

    def line(self) -> tuple[Array, Array]:
        """Return the mean place (3,) and velocity (3,), m and m/s, of a straight line through the plots."""
        times, places = np.array(self.times), np.array(self.places)
        since = times - times.mean()
        middle = places.mean(axis=0)
        return middle, since @ (places - middle) / (since @ since)

    def is_path(self, *, alone: bool) -> bool:
        """Return whether the plots are long enough apart, and scatter about a path as one body's would.

        A source that states too small spreads shows it in many plots of one label, or of all that it sees
        (``alone``).
        """
        if len(self.times) < NEEDED or self.times[-1] - self.times[0] < LEAST_SPAN_S:
            return False
        scatter = self._scatter()
        if scatter <= SCATTER:
            return True
        one = alone or (self.labels[0] is not None and len(set(self.labels)) == 1)
        return one and len(self.times) >= NEEDED_ROUGH and scatter <= SCATTER * MOST_ROUGH**2

    def roughness(self) -> float:
        """Return how many times more than stated plots scatter; 1 where they may scatter as stated.

        Two components scatter most of a radar far away, and two numbers of a line are found from each.
        """
        scatter, freedom = self._scatter(), 2.0 * (1.0 - 2.0 / len(self.times))
        return 1.0 if scatter <= SCATTER else float(np.sqrt(scatter / freedom))

    def _scatter(self) -> float:
        """Return the mean square of plots about their line, less a path's bend, in squares of spreads."""
        middle, velocity = self.line()
        since = np.array(self.times) - np.mean(self.times)
        miss = np.array(self.places) - middle - np.outer(since, velocity)
        # root mean square of a parabola about its line is less
        bent = HARDEST_MPS2 * (self.times[-1] - self.times[0]) ** 2 / 24.0
        square = float(np.mean(np.sum(miss**2, axis=1))) - bent**2
        return max(square, 0.0) / float(np.mean(np.square(self.spreads)))

    def miss(self, time_s: float, place: Array, spread_m: float) -> float:
        """Return how far a plot is from the next of this object, as a share of how far it may be."""
        gap = time_s - self.times[-1]
        if not 0.02 < gap < MEMORY_S:
            return np.inf
        away = place - self.places[-1]
        if len(self.times) == 1:
            return float(np.linalg.norm(away)) / (FASTEST_MPS * gap + 4.0 * (spread_m + self.spreads[0]))
        span = self.times[-1] - self.times[0]
        middle, velocity = self.line()
        away = place - middle - velocity * (time_s - float(np.mean(self.times)))
        reach = 4.0 * (spread_m + self.spreads[-1]) * (1.0 + gap / span)
        reach += 0.5 * HARDEST_MPS2 * gap * (gap + span)
        return float(np.linalg.norm(away)) / reach


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of one source, the one that was extended last at the end.

    ``table`` (n, 7) holds of each the time (s), place (m, 3) and spread (m) of its last plot, the time from
    its first to its last (s), and whether its source repeated a label of its own.
    """

    every: tuple[Candidate, ...] = ()
    table: Array = field(default_factory=lambda: np.zeros((0, 7)), repr=False)

    def near(self, time_s: float, place: Array, spread_m: float) -> NDArray[np.int64]:
        """Return the places in the list of those that a plot may be of, and perhaps of some more."""
        gap, span = time_s - self.table[:, TIME], self.table[:, SPAN]
        wide = 4.0 * (spread_m + self.table[:, SPREAD])
        turned = np.divide(gap, span, out=np.zeros_like(gap), where=span > 0.0)
        reach = FASTEST_MPS * gap + wide * (1.0 + turned) + 0.5 * HARDEST_MPS2 * gap * (gap + span)
        away = np.sum((self.table[:, PLACE] - place) ** 2, axis=1)
        return np.flatnonzero((gap < MEMORY_S) & (reach > 0.0) & (away <= reach**2))

    def is_over(self, time_s: float) -> bool:
        """Return whether none of them may be extended any more."""
        return not len(self.table) or time_s - self.table[-1, TIME] > MEMORY_S

    def without(self, gone: set[int], *new: Candidate) -> Candidates:
        """Return the candidates without those at some places in the list, and with new ones."""
        stays = np.array([i for i in range(len(self.every)) if i not in gone], int)
        rows = [[c.times[-1], *c.places[-1], c.spreads[-1], c.times[-1] - c.times[0], c.repeats] for c in new]
        kept = self.every if not gone else tuple(self.every[i] for i in stays)
        table = self.table if not gone else self.table[stays]
        if rows:
            table = np.concatenate([table, np.array(rows, float)])
        every = (*kept, *new)
        first = max(len(every) - MOST, int(np.sum(table[:, TIME] < table[-1:, TIME] - MEMORY_S)))
        return Candidates(every[first:], table[first:])


def extend(
    candidates: Candidates,
    time_s: float,
    measure: Array,
    place: Array,
    spread_m: float,
    label: str | None = None,
    *,
    alone: bool = False,
) -> tuple[Candidates, Candidate | None]:
    """Return the candidates of a source with one more plot, and one that has become an object, if any.

    The candidate that the plot fits best takes it; it also begins one of its own, so that a false plot
    first in line does no harm. ``alone``: the source sees nothing that is followed.
    """
    labelled = bool(np.any(candidates.table[:, LABELLED]))
    fits = []
    for i in candidates.near(time_s, place, spread_m):
        one = candidates.every[i]
        miss = one.miss(time_s, place, spread_m)
        if miss <= 1.0 and one.may_be(time_s, label, labelled=labelled):
            fits.append(
                (label is not None and one.labels[-1] == label, min(len(one.times), 3), -miss, int(i))
            )
    begun = Candidate((time_s,), (measure,), (place,), (spread_m,), (label,))
    if not fits:
        return candidates.without(set(), begun), None
    best = max(fits)[3]
    grown = candidates.every[best].with_plot(time_s, measure, place, spread_m, label)
    if grown.is_path(alone=alone):
        used = {id(m) for m in grown.measures}
        same = {i for i, c in enumerate(candidates.every) if used & {id(m) for m in c.measures}}
        return candidates.without(same | {best}), grown
    return candidates.without({best}, grown, begun), None
