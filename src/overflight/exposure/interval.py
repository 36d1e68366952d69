"""Limits of a mean of what is rare: from a handful of hits, or from none.

The standard error of a mean that a few flights make says little: one hit has an error of 100 % whatever the
truth, no hit has none. A weighted sum of Poisson counts has limits that hold then too, by the gamma
distribution of its mean and variance, with one more hit of the greatest weight for the upper one (Fay and
Feuer, Statistics in Medicine 16 (1997) 791, eqs. 6 and 7). With many hits they become the usual two standard
errors to each side; with none the upper one is 3.7 times the greatest weight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LEVEL", "gamma_limits"]

Array = NDArray[np.float64]
LEVEL = 0.95


def gamma_limits(
    mean: ArrayLike, error: ArrayLike, weight: ArrayLike, level: float = LEVEL
) -> tuple[Array, Array]:
    """Return the lower and the upper limit of non-negative means (p,), ``level`` between them.

    Parameters
    ----------
    mean, error : the estimates and their standard errors
    weight : what one more hit, as great as a hit may be, would add to the estimate
    """
    from scipy.special import gammaincinv

    mean, error, weight = (np.asarray(x, dtype=np.float64) for x in (mean, error, weight))
    tail = 0.5 * (1.0 - level)

    def quantile(m: Array, v: Array, part: float) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            scale, shape = v / m, m * m / v
            return np.where(v > 0.0, scale * gammaincinv(shape, part), m)

    return quantile(mean, error**2, tail), quantile(mean + weight, error**2 + weight**2, 1.0 - tail)
