"""Means and covariance of quantities, and how to narrow or widen them only where it matters.

Flights that do what is wanted are few where a normal law meets a thin, bent set of them. To take their
moments narrows the law in every direction, round by round, until it fits the bend; to make it thin across the
set alone keeps it long along it, and reaches as many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moments"]

Array = NDArray[np.float64]
THIN = 0.05
"""What is left of the variance in a direction that decides."""
MOST = 3.0
"""By which the spread in one direction is widened at the most: linear terms carry no farther."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Means (k,) and covariance (k, k) of quantities."""

    mean: Array
    covariance: Array

    @classmethod
    def of(cls, paths: Sequence[str], values: Mapping[str, Array]) -> Moments:
        """Return those of the values (n,) of each quantity."""
        rows = np.stack([values[path] for path in paths])
        return cls(rows.mean(axis=1), np.cov(rows))

    @property
    def deviation(self) -> Array:
        """Standard deviations (k,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlation(self) -> Array:
        """Correlations (k, k)."""
        return self.covariance / np.outer(self.deviation, self.deviation)

    def thinned(self, chosen: Moments) -> Moments:
        """Return these about the mean of some chosen draws, thin in the one direction in which those are
        narrowest."""
        from scipy.linalg import eigh

        whole = self.covariance + 1e-9 * np.diag(np.diag(self.covariance))  # thin as it may be by now
        _, directions = eigh(chosen.covariance, whole, subset_by_index=[0, 0])
        across = self.covariance @ directions[:, 0]  # of unit variance, apart from all other directions
        return Moments(chosen.mean, self.covariance - (1.0 - THIN) * np.outer(across, across))

    def widened(self, drawn: Array, held: Array, seen: Array, factor: float) -> Moments:
        """Return these with what is ``seen`` (n,) of draws (n, k) spread ``factor`` times as wide, by the one
        direction that moves it and leaves what is ``held`` (n, m) as it is, in linear terms."""
        unit = (drawn - drawn.mean(axis=0)) / self.deviation
        own = unit.T @ unit + 1e-3 * len(unit) * np.eye(unit.shape[1])  # quantities that hardly vary stay put
        beside = (held - held.mean(axis=0)) / held.std(axis=0)
        slopes = np.linalg.solve(own, unit.T @ beside)
        slope = np.linalg.solve(own, unit.T @ (seen - seen.mean()))
        moved = self.correlation @ slopes
        tied = slopes.T @ moved + 1e-6 * np.eye(held.shape[1])
        across = self.correlation @ slope - moved @ np.linalg.solve(tied, moved.T @ slope)
        whole, free = slope @ self.correlation @ slope, slope @ across
        added = min((factor**2 - 1.0) * whole / free, MOST**2 - 1.0)
        step = self.deviation * across / np.sqrt(free)
        return Moments(self.mean, self.covariance + added * np.outer(step, step))
