"""The grid over height on which air is tabled: ``u = h / (h + 60 km)``, fine near the ground, coarse above.

A table holds, cell by cell, cubics whose values and slopes go on into the next cell.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["CELLS", "SCALE_M", "TOP_M", "cubic_cells", "height_m"]

Array = NDArray[np.float64]

# The same three numbers stand in kernels.py, which must not be imported before it is needed;
# tests/unit/earth/test_air.py holds them equal.
SCALE_M, CELLS, TOP_M = 60e3, 320, 1000e3


def height_m(u: Array) -> Array:
    """Return the heights (m) of places on the grid."""
    return SCALE_M * u / (1.0 - u)


def cubic_cells(columns: Callable[[Array], Array]) -> Array:
    """Return the cubic coefficients (cells, k, 4) of a function from places on the grid to columns (n, k)."""
    nodes = np.linspace(0.0, TOP_M / (TOP_M + SCALE_M), CELLS + 1)
    step = nodes[1]
    delta = 1e-6 * step
    value = columns(nodes)
    slope = (columns(nodes + delta) - columns(nodes - delta)) * (step / (2.0 * delta))
    v0, v1, s0, s1 = value[:-1], value[1:], slope[:-1], slope[1:]
    return np.stack([v0, s0, 3.0 * (v1 - v0) - 2.0 * s0 - s1, 2.0 * (v0 - v1) + s0 + s1], axis=-1)
