"""A root of a covariance that holds whatever numbers come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["root_of"]

Array = NDArray[np.float64]
LEAST = 1e-6


def root_of(covariance: Array) -> Array:
    """Return a factor f (n, n), f times its transpose the covariance.

    Also of one so lopsided that rounding makes it indefinite: no variance is then less than ``LEAST``.
    """
    try:
        return np.asarray(np.linalg.cholesky(covariance), np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return np.asarray(vectors * np.sqrt(np.maximum(values, LEAST)), np.float64)
