"""A smooth curve through the rows of a table that rises and falls only where the rows do.

Piecewise cubic with the slopes of F. N. Fritsch and J. Butland, "A method for constructing local monotone
piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5 (1984) 300-304, the same as SciPy's
``PchipInterpolator``, whose import would take a third of the start of a single flight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["monotone"]

Array = NDArray[np.float64]


def monotone(x: ArrayLike, y: ArrayLike, at: ArrayLike) -> tuple[Array, Array]:
    """Return values and slopes of the curve through rows at places within them.

    Parameters
    ----------
    x, y : (n,) rising, n at least 2, and (n, ...)
    at : any shape; beyond the rows the cubics at the ends go on
    """
    x, y, at = np.asarray(x, float), np.asarray(y, float), np.asarray(at, float)
    tail = (1,) * (y.ndim - 1)
    step = np.diff(x).reshape(-1, *tail)
    secant = np.diff(y, axis=0) / step
    slope = _slopes(step, secant)
    cell = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    h, m, d0, d1 = step[cell], secant[cell], slope[cell], slope[cell + 1]
    s = (at - x[cell]).reshape(*at.shape, *tail)
    square, cube = (3.0 * m - 2.0 * d0 - d1) / h, (d0 + d1 - 2.0 * m) / h**2
    return y[cell] + s * (d0 + s * (square + s * cube)), d0 + s * (2.0 * square + 3.0 * s * cube)


def _slopes(step: Array, secant: Array) -> Array:
    """Return the slope at each row: a weighted harmonic mean of both sides, 0 at turns and levels."""
    if len(secant) == 1:
        return np.concatenate([secant, secant])
    before, after = secant[:-1], secant[1:]
    w_before, w_after = step[:-1] + 2.0 * step[1:], 2.0 * step[:-1] + step[1:]
    turns = before * after <= 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (w_before + w_after) / (w_before / before + w_after / after)
    inner = np.where(turns, 0.0, mean)
    first = _end(step[0], step[1], secant[0], secant[1])
    last = _end(step[-1], step[-2], secant[-1], secant[-2])
    return np.concatenate([first[None], inner, last[None]])


def _end(near: Array, next_: Array, secant: Array, further: Array) -> Array:
    """Return the slope at an end by three points, kept to the sign and three times the secant there."""
    slope = ((2.0 * near + next_) * secant - near * further) / (near + next_)
    slope = np.where(np.sign(slope) != np.sign(secant), 0.0, slope)
    over = (np.sign(secant) != np.sign(further)) & (np.abs(slope) > 3.0 * np.abs(secant))
    return np.where(over, 3.0 * secant, slope)
