"""Air that nobody knows exactly: perturbations of wind and density, correlated over height, flight by flight.

A profile of the day differs from the one at hand by a Gaussian random field over height with a stated
standard deviation and a correlation that falls as ``exp(-|dh| / L)``, the form of the perturbations of
the Global Reference Atmospheric Model (F. W. Leslie, C. G. Justus, "The NASA MSFC Earth Global Reference
Atmospheric Model - 2007 Version", NASA/TM-2008-215581).  East wind, north wind and the logarithm of density
are independent.  The field lives on levels; between them it is linear, so what is drawn for a sample
is one vector of normal numbers keyed by seed and sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air_grid import cubic_cells, height_m

__all__ = ["FIELDS", "LEVELS", "AirSpread", "Spread"]

Array = NDArray[np.float64]
_STEP_M, _HIGHEST_M = 1000.0, 100e3
_LEVELS_M = np.arange(0.0, _HIGHEST_M + 1.0, _STEP_M)
FIELDS, LEVELS = 3, len(_LEVELS_M)
"""Normal numbers a sample: for east wind, north wind and density, at each level."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation ``sigma`` at heights, linear between the rows and nought beyond the last, and the
    height over which errors stay alike (m)."""

    height_m: tuple[float, ...]
    sigma: tuple[float, ...]
    correlation_m: float

    def root(self) -> Array:
        """Return a matrix (levels, levels) that makes the field at the levels of standard normal numbers."""
        sigma = np.interp(_LEVELS_M, self.height_m, self.sigma, right=0.0)
        apart = np.abs(_LEVELS_M[:, None] - _LEVELS_M[None, :])
        # of exp(-|dh| / L) the factor is known: an autoregression from level to level
        keep = np.exp(-_STEP_M / self.correlation_m)
        factor = np.tril(np.exp(-apart / self.correlation_m)) * np.sqrt(1.0 - keep**2)
        factor[:, 0] = np.exp(-_LEVELS_M / self.correlation_m)
        return sigma[:, None] * factor


@dataclass(frozen=True, slots=True)
class AirSpread:
    """What is not known of an air: its wind (m/s, each component) and the logarithm of its density."""

    wind_mps: Spread | None = None
    log_density: Spread | None = None

    def perturbed(self, coefficients: Array, normals: Array) -> Array:
        """Return a table (cells, 20) of :func:`~overflight.earth.air.build_air` as one sample meets it.

        ``normals`` (FIELDS, LEVELS) are its standard normal numbers: wind to east, wind to north, density.
        """
        table = coefficients.copy()
        for spread, column, z in zip(
            (self.wind_mps, self.wind_mps, self.log_density), (8, 12, 0), normals, strict=True
        ):
            if spread is not None:
                table[:, column : column + 4] += _cells(spread) @ z
        return table


@cache
def _cells(spread: Spread) -> Array:
    """Return the map (cells, 4, levels) from normal numbers to cubic cells of the air table."""
    return np.einsum("ckl,lm->ckm", _cubic_of_levels(), spread.root())


@cache
def _cubic_of_levels() -> Array:
    """Return the linear map (cells, 4, levels) from values at levels to cubic cells of the air table."""

    def hat(u: Array) -> Array:
        height = height_m(u)
        place = np.clip(height / _STEP_M, 0.0, len(_LEVELS_M) - 1.0)
        low = np.minimum(place.astype(np.int64), len(_LEVELS_M) - 2)
        out = np.zeros((len(u), len(_LEVELS_M)))
        rows = np.arange(len(u))
        inside = height <= _LEVELS_M[-1]
        out[rows, low] = (1.0 - (place - low)) * inside
        out[rows, low + 1] = (place - low) * inside
        return out

    return np.ascontiguousarray(np.moveaxis(cubic_cells(hat), 2, 1))
