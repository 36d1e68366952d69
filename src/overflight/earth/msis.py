"""The empirical atmosphere NRLMSIS 2.1 as a function of height, through ``pymsis`` (extra ``weather``).

Source: J. T. Emmert et al., "NRLMSIS 2.1: An empirical model of nitric oxide incorporated into MSIS",
J. Geophys. Res. Space Physics 127 (2022), e2022JA030896; the code behind ``pymsis`` is the authors'.
Space weather is passed in: nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike

from overflight.earth.atmosphere import AirState
from overflight.errors import InputError

__all__ = ["SpaceWeather", "msis"]

_BOLTZMANN = 1.380649e-23  # J/K, SI brochure, 9th edition
_ANOMALOUS_OXYGEN = 9  # column of pymsis; its temperature is not that of the others: left out of the pressure
_DENSITY, _TEMPERATURE = 0, 10
_GAMMA = 1.4
_LOWEST_M, _HIGHEST_M = 0.0, 1000e3


@dataclass(frozen=True, slots=True)
class SpaceWeather:
    """Solar and magnetic activity: F10.7 of the day before, its 81-day mean (sfu), daily Ap."""

    f107_sfu: float = 150.0
    f107_mean_sfu: float = 150.0
    ap: float = 4.0


def msis(
    latitude_deg: float, longitude_deg: float, utc: datetime, weather: SpaceWeather
) -> Callable[[ArrayLike], AirState]:
    """Return the air above one place at one instant as a function of geometric height (m, any shape).

    Heights count within 0 to 1000 km; below the ground the lowest value is continued by the scale height
    there. The speed of sound is ``sqrt(1.4 p / rho)`` at every height.

    Raises
    ------
    InputError : ``pymsis`` is not installed
    """
    try:
        import pymsis
    except ModuleNotFoundError as fault:
        raise InputError(
            "atmosphere", "model", found='"msis", but pymsis is not installed', allowed='"us1976"',
            remedy="Install the extra: pip install 'overflight[weather]'.",
        ) from fault  # fmt: skip

    when = np.datetime64(utc.replace(tzinfo=None), "s")
    activity = ([weather.f107_sfu], [weather.f107_mean_sfu], [[weather.ap] * 7])

    def air(height_m: ArrayLike) -> AirState:
        z = np.asarray(height_m, dtype=float)
        inside = np.clip(z, _LOWEST_M, _HIGHEST_M)
        levels, back = np.unique(inside, return_inverse=True)
        table = pymsis.calculate([when], longitude_deg, latitude_deg, levels / 1e3, *activity, version=2.1)
        columns = np.asarray(table, dtype=float).reshape(len(levels), -1)
        numbers = np.nan_to_num(columns[:, 1:_ANOMALOUS_OXYGEN]).sum(axis=1)
        temperature = columns[:, _TEMPERATURE]
        pressure = numbers * _BOLTZMANN * temperature
        density = columns[:, _DENSITY]
        below = np.exp(-(np.minimum(z, 0.0)) * density[0] * 9.80665 / pressure[0])
        back = back.reshape(z.shape)
        state = (temperature[back], pressure[back] * below, density[back] * below)
        return AirState(*state, np.sqrt(_GAMMA * state[1] / state[2]))

    return air
