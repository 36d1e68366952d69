"""Atmosphere and wind joined into one smooth table for the kernels.

One lookup gives everything the drag needs: the table holds, cell by cell over the grid of
:mod:`~overflight.earth.air_grid`, cubic coefficients of the logarithm of density, speed of sound, wind
to east, wind to north and the logarithm of pressure.  The grid is fine near the ground (190 m) and
coarse above (1.2 km at 86 km, 2 km at 200 km); values and slopes are continuous, so the integrator
loses no steps on kinks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.air_grid import CELLS, cubic_cells, height_m
from overflight.earth.air_spread import AirSpread
from overflight.earth.atmosphere import AirState, us1976

__all__ = ["CALM", "Air", "WindProfile", "build_air"]


@dataclass(frozen=True, slots=True)
class WindProfile:
    """Horizontal wind against height, linear between the rows, constant beyond them.

    ``height_m`` rises; ``east_mps`` and ``north_mps`` say where the air moves *to*.
    """

    height_m: tuple[float, ...] = (0.0,)
    east_mps: tuple[float, ...] = (0.0,)
    north_mps: tuple[float, ...] = (0.0,)

    @classmethod
    def from_direction(cls, height_m: ArrayLike, speed_mps: ArrayLike, from_deg: ArrayLike) -> WindProfile:
        """Return the profile from speed and the direction the wind comes *from* (degrees from north)."""
        speed, angle = np.asarray(speed_mps, float), np.radians(np.asarray(from_deg, float))
        east, north = -speed * np.sin(angle), -speed * np.cos(angle)
        return cls(tuple(np.asarray(height_m, float)), tuple(east), tuple(north))

    def at(self, height_m: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return wind to east and to north (m/s) at heights (m)."""
        height = np.asarray(height_m, float)
        return np.interp(height, self.height_m, self.east_mps), np.interp(
            height, self.height_m, self.north_mps
        )


CALM = WindProfile()


@dataclass(frozen=True, slots=True)
class Air:
    """Coefficients (cells, 20) for the kernels; see the module's text."""

    coefficients: NDArray[np.float64] = field(repr=False)
    name: str = "US Standard Atmosphere 1976, no wind"
    spread: AirSpread | None = None
    """What is not known of it; ``coefficients`` are the mean."""


def build_air(
    wind: WindProfile = CALM,
    *,
    atmosphere: Callable[[ArrayLike], AirState] = us1976,
    name: str = "US Standard Atmosphere 1976",
    spread: AirSpread | None = None,
) -> Air:
    """Return the table of an atmosphere (a function of height) and a wind profile."""

    def columns(u: NDArray[np.float64]) -> NDArray[np.float64]:
        h = height_m(u)
        state, (east, north) = atmosphere(h), wind.at(h)
        return np.stack(
            [np.log(state.density_kgpm3), state.sound_speed_mps, east, north, np.log(state.pressure_pa)], -1
        )

    table = cubic_cells(columns).reshape(CELLS, 20)
    table.flags.writeable = False
    return Air(table, name, spread)
