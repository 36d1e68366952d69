"""Whether weighted flights can be trusted: the tail of their weights, after the facts.

The largest weights are fitted by a generalised Pareto distribution; its shape k says how many moments they
have.  Below 0.5 sums over the flights have a variance that can be stated, up to 0.7 they are usable, beyond
they hang on a handful of flights: A. Vehtari et al., "Pareto Smoothed Importance Sampling", Journal of
Machine Learning Research 25 (2024), sections 3 and 4; fit by J. Zhang and M. Stephens, "A New and Efficient
Estimation Method for the Generalized Pareto Distribution", Technometrics 51 (2009) 316-325.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["USABLE", "pareto_shape"]

Array = NDArray[np.float64]
USABLE = 0.7
"""Largest shape at which weighted means may be used (Vehtari et al. 2024, section 3)."""
_FEWEST = 20  # weights in the tail, below which no shape is told


def pareto_shape(log_weight: Array) -> float:
    """Return the shape k of the tail of weights (n,) given by logarithms; infinite where few count."""
    finite = np.sort(log_weight[np.isfinite(log_weight)])
    count = int(min(0.2 * len(finite), 3.0 * np.sqrt(len(finite))))
    if count < _FEWEST:
        return float("inf")
    floor = finite[-count - 1]
    excess = np.expm1(np.maximum(finite[-count:] - floor, 0.0))
    return _shape(excess) if excess[-1] > 0.0 and excess[count // 4] > 0.0 else 0.0


def _shape(excess: Array) -> float:
    """Return the posterior mean of k for sorted excesses, drawn towards 0.5 as by Vehtari et al. 2024."""
    count = len(excess)
    tries = 30 + int(np.sqrt(count))
    step = np.arange(1, tries + 1) - 0.5
    quartile = excess[int(count / 4 + 0.5) - 1]
    theta = 1.0 / excess[-1] + (1.0 - np.sqrt(tries / step)) / (3.0 * quartile)
    shapes = np.array([float(np.mean(np.log1p(-b * excess))) for b in theta])
    profile = count * (np.log(-theta / shapes) - shapes - 1.0)
    weight = 1.0 / np.exp(np.minimum(profile[None, :] - profile[:, None], 700.0)).sum(axis=1)
    best = float(weight @ theta)
    shape = float(np.mean(np.log1p(-best * excess)))
    return (count * shape + 10.0 * 0.5) / (count + 10.0)
