"""US Standard Atmosphere 1976.

Source: NOAA-S/T 76-1562 (NASA-TM-X-74335), "U.S. Standard Atmosphere, 1976": constants of tables 2
and 3, layers of table 4, equations 18 to 50.  Below 86 km the closed form of the standard; above,
the temperature of equations 25 to 31 and density and pressure by monotone cubic interpolation of
the logarithm between the values printed in its table I (stated continuation: the standard itself
integrates species there; at the printed rows between the nodes used here the interpolation is within
6 % of them, see ``tests/reference/test_us1976.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import STANDARD_GRAVITY_MPS2
from overflight.earth.monotone import monotone

__all__ = ["AirState", "us1976"]

_R = 8314.32 / 28.9644  # J/(kg K), table 2
_RADIUS_M = 6356766.0  # effective Earth radius, eq. 19
_BASE_M = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 84852.0])  # geopotential, table 4
_LAPSE = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])  # K per geopotential metre
_SPLIT_M = 86e3

# Table I of the standard, geometric height km: density kg/m3, pressure Pa
_UPPER = np.array(
    [
        (86, 6.958e-6, 3.7338e-1),
        (90, 3.416e-6, 1.8359e-1),
        (95, 1.393e-6, 7.5966e-2),
        (100, 5.604e-7, 3.2011e-2),
        (110, 9.708e-8, 7.1042e-3),
        (120, 2.222e-8, 2.5382e-3),
        (130, 8.152e-9, 1.2505e-3),
        (140, 3.831e-9, 7.2028e-4),
        (150, 2.076e-9, 4.5422e-4),
        (160, 1.233e-9, 3.0395e-4),
        (180, 5.194e-10, 1.5271e-4),
        (200, 2.541e-10, 8.4736e-5),
        (250, 6.073e-11, 2.4767e-5),
        (300, 1.916e-11, 8.7704e-6),
        (350, 7.014e-12, 3.4498e-6),
        (400, 2.803e-12, 1.4518e-6),
        (450, 1.184e-12, 6.4468e-7),
        (500, 5.215e-13, 3.0236e-7),
        (600, 1.137e-13, 8.2130e-8),
        (700, 3.070e-14, 3.1908e-8),
        (800, 1.136e-14, 1.7036e-8),
        (900, 5.759e-15, 1.0873e-8),
        (1000, 3.561e-15, 7.5138e-9),
    ]
)


@dataclass(frozen=True, slots=True)
class AirState:
    """Air at given heights: temperature (K), pressure (Pa), density (kg/m3), speed of sound (m/s)."""

    temperature_k: NDArray[np.float64]
    pressure_pa: NDArray[np.float64]
    density_kgpm3: NDArray[np.float64]
    sound_speed_mps: NDArray[np.float64]


def _layers() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return temperature and pressure at the base of each layer (eq. 23, 33a, 33b)."""
    temperature, pressure = [288.15], [101325.0]
    for base, top, lapse in zip(_BASE_M[:-1], _BASE_M[1:], _LAPSE, strict=True):
        t, p, dh = temperature[-1], pressure[-1], top - base
        upper = t + lapse * dh
        ratio = (
            (upper / t) ** (-STANDARD_GRAVITY_MPS2 / (_R * lapse))
            if lapse
            else np.exp(-STANDARD_GRAVITY_MPS2 * dh / (_R * t))
        )
        temperature.append(upper)
        pressure.append(p * ratio)
    return np.array(temperature), np.array(pressure)


_BASE_T, _BASE_P = _layers()


def _lower(height_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    h = height_m * _RADIUS_M / (_RADIUS_M + height_m)
    i = np.clip(np.searchsorted(_BASE_M, h, side="right") - 1, 0, len(_LAPSE) - 1)
    lapse, t0, dh = _LAPSE[i], _BASE_T[i], h - _BASE_M[i]
    temperature = t0 + lapse * dh
    safe = np.where(lapse == 0.0, 1.0, lapse)
    gradient = (temperature / t0) ** (-STANDARD_GRAVITY_MPS2 / (_R * safe))
    isothermal = np.exp(-STANDARD_GRAVITY_MPS2 * dh / (_R * t0))
    return temperature, _BASE_P[i] * np.where(lapse == 0.0, isothermal, gradient)


def _upper_temperature(height_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equations 25, 27, 29 and 31 of the standard."""
    z = height_m / 1e3
    ellipse = 263.1905 - 76.3232 * np.sqrt(np.maximum(1.0 - ((z - 91.0) / 19.9429) ** 2, 0.0))
    xi = (z - 120.0) * (6356.766 + 120.0) / (6356.766 + z)
    exosphere = 1000.0 - 640.0 * np.exp(-0.01875 * xi)
    return np.select(
        [z < 91.0, z < 110.0, z < 120.0],
        [np.full_like(z, 186.8673), ellipse, 240.0 + 12.0 * (z - 110.0)],
        exosphere,
    )


def us1976(height_m: ArrayLike) -> AirState:
    """Return the air of the US Standard Atmosphere 1976.

    Parameters
    ----------
    height_m : geometric height above mean sea level (m), any shape; -5 to 1000 km.  Beyond 1000 km the
        values at 1000 km are kept; below -5 km the lowest layer is continued.

    Notes
    -----
    Above 86 km the speed of sound is not defined by the standard: the value at 86 km is kept.  The
    temperature given up to 86 km is the molecular-scale one (differs from the kinetic one by < 0.05 %
    between 80 and 86 km).
    """
    z = np.minimum(np.asarray(height_m, dtype=float), _UPPER[-1, 0] * 1e3)
    low_t, low_p = _lower(np.minimum(z, _SPLIT_M))
    logs, _ = monotone(_UPPER[:, 0] * 1e3, np.log(_UPPER[:, 1:]), np.maximum(z, _SPLIT_M))
    upper = z > _SPLIT_M
    temperature = np.where(upper, _upper_temperature(np.maximum(z, _SPLIT_M)), low_t)
    pressure = np.where(upper, np.exp(logs[..., 1]), low_p)
    density = np.where(upper, np.exp(logs[..., 0]), low_p / (_R * low_t))
    return AirState(temperature, pressure, density, np.sqrt(1.4 * _R * low_t))
