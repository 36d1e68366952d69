"""Means, errors and quantiles over the weighted, stratified samples of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.flight.ensemble import Ensemble

__all__ = ["Estimate", "beta_interval", "mean_of", "stratum_means", "weighted_quantile"]

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
    3rd ed., eq. 5.8). Where all ``n_k`` flights of an outcome had it, ``s_k^2`` is that of ``n_k + 1`` in
    ``n_k + 2``, so that certainty still has an error; an outcome in which none had it adds no error to what
    others found. Where no flight of any outcome had it, the bound is that of the outcome that weighs most,
    ``p_k (1 - 0.05^(1/n_k))``, and the whole of every outcome that was not flown.
    """
    mean = np.zeros(values.shape[1])
    variance = np.zeros_like(mean)
    bound = unseen = 0.0
    for index, outcome in enumerate(ensemble.outcomes):
        rows = values[ensemble.samples.outcome == index]
        n = len(rows)
        if n == 0:
            unseen += outcome.probability
            continue
        q = rows.mean(axis=0)
        always = (n + 1.0) / (n + 2.0)
        sample = rows.var(axis=0) * n / max(n - 1, 1)
        spread = np.where(q == 1.0, always * (1.0 - always), sample)
        mean += outcome.probability * q
        variance += outcome.probability**2 * spread / n
        bound = max(bound, outcome.probability * (1.0 - 0.05 ** (1.0 / n)))
    return Estimate(mean, np.sqrt(variance), np.where(mean == 0.0, bound + unseen, np.nan))


def stratum_means(
    ensemble: Ensemble, flight: NDArray[np.int64], column: NDArray[np.int64], value: Array, columns: int
) -> tuple[Array, Array]:
    """Return means (k, p) of each column in each outcome, and their squared standard errors (k, p).

    ``value`` (m,) stands in one flight and column each, nought in all others. An outcome that was not flown
    has mean 0, and error 0: its probability is 0 (see ``allocate``). One flight alone says nothing about its
    error; the square of its value stands for it.
    """
    outcomes = len(ensemble.outcomes)
    flights = np.bincount(ensemble.samples.outcome, minlength=outcomes)[:, None].astype(float)
    cell, shape = ensemble.samples.outcome[flight] * columns + column, (outcomes, columns)
    total = np.bincount(cell, value, outcomes * columns).reshape(shape)
    square = np.bincount(cell, value**2, outcomes * columns).reshape(shape)
    mean = total / np.maximum(flights, 1.0)
    spread = np.maximum(square - total * mean, 0.0) / np.maximum(flights - 1.0, 1.0)
    return mean, np.where(flights > 1.0, spread / np.maximum(flights, 1.0), square)


def weighted_quantile(values: Array, weights: Array, levels: tuple[float, ...]) -> tuple[float, ...]:
    """Return weighted quantiles of ``values`` (m,), NaN left out; the inverse of the step distribution."""
    there = np.isfinite(values) & (weights > 0.0)
    if not there.any():
        return tuple(float("nan") for _ in levels)
    order = np.argsort(values[there], kind="stable")
    sorted_values, cumulative = values[there][order], np.cumsum(weights[there][order])
    index = np.searchsorted(cumulative, np.asarray(levels) * cumulative[-1])
    return tuple(float(x) for x in sorted_values[np.minimum(index, len(sorted_values) - 1)])


def beta_interval(mean: float, sigma: float, share: float = 0.9) -> tuple[float, float]:
    """Return the central interval of a probability that is known as a mean and its standard deviation.

    That of the beta law with these two moments; a spread wider than any law on 0 to 1 has is the widest.
    """
    from scipy.special import betaincinv

    if not 0.0 < mean < 1.0 or sigma <= 0.0:
        return mean, mean
    size = max(mean * (1.0 - mean) / sigma**2 - 1.0, 1e-2)
    tail = 0.5 * (1.0 - share)
    low, high = (float(betaincinv(mean * size, (1.0 - mean) * size, q)) for q in (tail, 1.0 - tail))
    return low, high
