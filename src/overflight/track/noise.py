"""How much more a source scatters than it says, found from how its plots jump about the track.

Only jumps from plot to plot tell of noise: a wrong clock, a bias or a wrong site lets all plots of a source
miss to the same side, and is left to the filter's biases and to quarantine.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight.track.kernels_filter import NOISE, RADAR, linearised
from overflight.track.objects import Tracked

__all__ = ["Noise", "scaled"]

Array = NDArray[np.float64]
GROUPS = {True: (slice(0, 1), slice(1, 3)), False: (slice(0, 2), slice(2, 3))}
"""Components that share a factor: of radars range, and angles; of positions the level ones, and height."""
WINDOW = 40
BEYOND = ((8, 5.0), (20, 2.5), (WINDOW, 1.7))
"""After so many jumps a ratio of variances, found to stated, is believed that is as large; of a source that
is known only after a whole window: its noise does not change at once, but bodies may be mixed up."""
LESS = 0.6
"""Ratio from which on, after a whole window, a factor goes back."""
MOST = 10.0
MEDIAN = 0.4549
"""Median of a squared standard normal number."""
LEAST_S, MOST_S = 0.4, 30.0
"""Plots nearer or farther apart than so are not compared."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Factors on the spreads of a source, one for each group; its last miss of a body, and its last jumps."""

    factors: tuple[float, float] = (1.0, 1.0)
    last: tuple[int, float, Array, Array] | None = field(default=None, repr=False)
    """Number of the body, time, miss (3,) and its variance (3,)."""
    jumps: tuple[Array, ...] = field(default=(), repr=False)
    known: bool = False
    """Whether a whole window was looked at."""

    def seen(self, body: Tracked, measure: Array, time_s: float) -> Noise:
        """Return the noise after a measurement of a body, which is predicted to its instant."""
        before = self.last
        if before is not None and before[0] == body.number and abs(time_s - before[1]) < LEAST_S:
            return self
        miss, variance = _miss(body, measure)
        value = replace(self, last=(body.number, time_s, miss, variance))
        if before is None or before[0] != body.number or not 0.0 < time_s - before[1] < MOST_S:
            return value
        jump = (miss - before[2]) ** 2 / (variance + before[3])
        return replace(value, jumps=(*self.jumps, jump)[-WINDOW:])._judged(radar=bool(measure[0] == RADAR))

    def _judged(self, *, radar: bool) -> Noise:
        if len(self.jumps) < BEYOND[0][0]:
            return self
        jumps, count, factors = np.array(self.jumps), len(self.jumps), list(self.factors)
        known = self.known or count == WINDOW
        steps = BEYOND[-1:] if self.known else BEYOND
        most = next((most for enough, most in reversed(steps) if count >= enough), np.inf)
        for k, group in enumerate(GROUPS[radar]):
            ratio = float(np.median(jumps[:, group])) / MEDIAN
            if ratio > most or (count == WINDOW and ratio < LESS):
                factors[k] = float(min(max(factors[k] * np.sqrt(ratio), 1.0), MOST))
        if tuple(factors) == self.factors:
            return replace(self, known=known)
        return Noise((factors[0], factors[1]), known=known)


def scaled(measure: Array, factors: tuple[float, float]) -> Array:
    """Return a packed measurement with its spreads times a source's factors."""
    out = measure.copy()
    for group, factor in zip(GROUPS[bool(measure[0] == RADAR)], factors, strict=True):
        out[4:7][group] *= factor
    return out


def _miss(body: Tracked, measure: Array) -> tuple[Array, Array]:
    """Return by how much a measurement misses a body (3,), and the variance that this should have.

    By its most probable mode: over all modes the body may be in many places, and nothing would miss it.
    """
    k = int(np.argmax(body.mu))
    along, noise, miss = np.empty((3, body.x.shape[1])), np.zeros((NOISE, 3)), np.empty(3)
    linearised(body.x[k], body.s[k], measure, along, noise, miss)
    return miss, np.sum(along**2, axis=1) + np.sum(noise**2, axis=0)
