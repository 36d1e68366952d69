"""Means, errors and quantiles over the weighted, stratified samples of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.flight.ensemble import Ensemble

__all__ = ["Estimate", "mean_of", "weighted_quantile"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean (p,), its Monte Carlo standard error (p,), and a 95 % upper bound (p,) where nothing was seen."""

    mean: Array
    error: Array
    below: Array
    """NaN where the mean is not zero."""


def mean_of(ensemble: Ensemble, values: Array) -> Estimate:
    """Return the probability-weighted mean of ``values`` (n, p) within 0..1 over the outcomes.

    Strata are the outcomes: the variance adds up as ``p_k^2 s_k^2 / n_k`` (Cochran, Sampling Techniques,
    3rd ed., eq. 5.8), each ``s_k^2`` no less than that of one hit more in ``n_k + 2`` flights, so that no
    error reads zero. Where no flight of any outcome had it, the bound is that of the outcome that
    weighs most: ``p_k (1 - 0.05^(1/n_k))``.
    """
    mean = np.zeros(values.shape[1])
    variance = np.zeros_like(mean)
    bound = 0.0
    for index, outcome in enumerate(ensemble.outcomes):
        rows = values[ensemble.samples.outcome == index]
        n = len(rows)
        if n == 0:
            continue
        q = rows.mean(axis=0)
        smooth = (q * n + 1.0) / (n + 2.0)
        spread = np.maximum(rows.var(axis=0), np.where((q == 0.0) | (q == 1.0), smooth * (1.0 - smooth), 0.0))
        used = np.where((q == 0.0), 0.0, spread)
        mean += outcome.probability * q
        variance += outcome.probability**2 * used / n
        bound = max(bound, outcome.probability * (1.0 - 0.05 ** (1.0 / n)))
    return Estimate(mean, np.sqrt(variance), np.where(mean == 0.0, bound, np.nan))


def weighted_quantile(values: Array, weights: Array, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return weighted quantiles of ``values`` (m,), NaN left out; the inverse of the step distribution."""
    there = np.isfinite(values) & (weights > 0.0)
    if not there.any():
        return tuple(float("nan") for _ in levels)
    order = np.argsort(values[there], kind="stable")
    sorted_values, cumulative = values[there][order], np.cumsum(weights[there][order])
    index = np.searchsorted(cumulative, np.asarray(levels) * cumulative[-1])
    return tuple(float(x) for x in sorted_values[np.minimum(index, len(sorted_values) - 1)])
