"""New tracks: plots of one source that lie on a path something could fly, M of them among N."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["NEEDED", "Candidate", "extend"]

Array = NDArray[np.float64]
NEEDED = 4
FASTEST_MPS = 9000.0
HARDEST_MPS2 = 80.0
MEMORY_S = 25.0
ONE_SCAN_S = 0.3
MOST = 300
"""Candidates kept of one source; the oldest give way."""


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

    def velocity(self) -> Array:
        """Return the mean velocity (3,), m/s."""
        return (self.places[-1] - self.places[0]) / (self.times[-1] - self.times[0])

    def holds(self, time_s: float, place: Array, spread_m: float) -> bool:
        """Return whether a plot can be the next of this object."""
        gap = time_s - self.times[-1]
        if not 0.02 < gap < MEMORY_S:
            return False
        away = place - self.places[-1]
        if len(self.times) == 1:
            return bool(away @ away <= (FASTEST_MPS * gap + 4.0 * (spread_m + self.spreads[0])) ** 2)
        span = self.times[-1] - self.times[0]
        miss = away - self.velocity() * gap
        reach = 4.0 * (spread_m + self.spreads[-1]) * (1.0 + gap / span)
        reach += 0.5 * HARDEST_MPS2 * gap * (gap + span)
        return bool(miss @ miss <= reach**2)


def extend(
    candidates: tuple[Candidate, ...],
    time_s: float,
    measure: Array,
    place: Array,
    spread_m: float,
    label: str | None = None,
) -> tuple[tuple[Candidate, ...], Candidate | None]:
    """Return the candidates of a source with one more plot, and one that has become an object, if any.

    The longest candidate that the plot fits takes it; it also begins one of its own, so that a false plot
    first in line does no harm.
    """
    alive = tuple(c for c in candidates if time_s - c.times[-1] < MEMORY_S)
    labelled = any(len(c.labels) > 1 and c.labels[-1] == c.labels[-2] is not None for c in alive)
    fits = [
        c for c in alive
        if c.may_be(time_s, label, labelled=labelled) and c.holds(time_s, place, spread_m)
    ]  # fmt: skip
    alone = Candidate((time_s,), (measure,), (place,), (spread_m,), (label,))
    if not fits:
        return (*alive, alone)[-MOST:], None
    best = max(fits, key=lambda c: (label is not None and c.labels[-1] == label, len(c.times), c.times[-1]))
    grown = best.with_plot(time_s, measure, place, spread_m, label)
    rest = tuple(c for c in alive if c is not best)
    if len(grown.times) >= NEEDED:
        used = {id(m) for m in grown.measures}
        return tuple(c for c in rest if not used & {id(m) for m in c.measures}), grown
    return (*rest, grown, alone)[-MOST:], None
