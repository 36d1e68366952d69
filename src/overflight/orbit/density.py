"""Density of the high atmosphere, averaged, for low, mean and high solar activity.

NRLMSIS 2.1 (J. T. Emmert et al., Earth and Space Science 8 (2021) e2020EA001321) through the package
pymsis, averaged over the globe, local time and season by ``tools/build_density.py``; activity as in
ECSS-E-ST-10-04C Rev 1, table for long-term values: F10.7 of 65, 140 and 250, Ap of 0, 15 and 45. At one
place and hour the density differs by a factor of two or more from these means; between low and high
activity it differs by fifty at 500 km. The span is the honest uncertainty of a forecast that does not know
the Sun.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ACTIVITIES", "LOWEST_KM", "cycle_phase", "density_kgpm3", "log_density_table"]

Array = NDArray[np.float64]
ACTIVITIES = ("low", "mean", "high")
LOWEST_KM = 80.0
# height km, density kg/m3 at low, mean and high activity
TABLE = np.array(
    [
        (80, 1.6113e-05, 1.6046e-05, 1.5948e-05),
        (90, 2.8556e-06, 2.9069e-06, 2.9831e-06),
        (100, 4.9365e-07, 5.0463e-07, 5.2067e-07),
        (110, 7.6419e-08, 7.8241e-08, 8.1221e-08),
        (120, 1.6169e-08, 1.6920e-08, 1.7839e-08),
        (130, 5.6983e-09, 6.1202e-09, 6.5120e-09),
        (140, 2.6515e-09, 2.9649e-09, 3.2967e-09),
        (150, 1.4189e-09, 1.6755e-09, 1.9674e-09),
        (160, 8.2380e-10, 1.0391e-09, 1.2919e-09),
        (180, 3.2119e-10, 4.7297e-10, 6.5868e-10),
        (200, 1.4135e-10, 2.4639e-10, 3.8221e-10),
        (225, 5.6611e-11, 1.2180e-10, 2.1411e-10),
        (250, 2.4808e-11, 6.5157e-11, 1.2843e-10),
        (275, 1.1634e-11, 3.6817e-11, 8.0611e-11),
        (300, 5.7460e-12, 2.1672e-11, 5.2289e-11),
        (350, 1.5652e-12, 8.2083e-12, 2.3629e-11),
        (400, 4.7364e-13, 3.3798e-12, 1.1438e-11),
        (450, 1.5676e-13, 1.4747e-12, 5.8180e-12),
        (500, 5.7555e-14, 6.7245e-13, 3.0730e-12),
        (550, 2.4205e-14, 3.1847e-13, 1.6727e-12),
        (600, 1.1989e-14, 1.5651e-13, 9.3378e-13),
        (650, 6.9717e-15, 8.0078e-14, 5.3308e-13),
        (700, 4.5943e-15, 4.2929e-14, 3.1077e-13),
        (750, 3.2863e-15, 2.4311e-14, 1.8496e-13),
        (800, 2.4701e-15, 1.4651e-14, 1.1244e-13),
        (900, 1.5136e-15, 6.4747e-15, 4.4576e-14),
        (1000, 9.8917e-16, 3.5789e-15, 1.9688e-14),
        (1200, 4.8619e-16, 1.5720e-15, 5.5885e-15),
        (1500, 2.2423e-16, 6.2011e-16, 1.7938e-15),
    ]
)
_MAXIMA = (
    datetime(2001, 11, 1, tzinfo=UTC),
    datetime(2014, 4, 1, tzinfo=UTC),
    datetime(2024, 10, 1, tzinfo=UTC),
)
_MINIMA = (
    datetime(2008, 12, 1, tzinfo=UTC),
    datetime(2019, 12, 1, tzinfo=UTC),
    datetime(2030, 12, 1, tzinfo=UTC),
)


def density_kgpm3(height_m: ArrayLike, activity: str | float = "mean") -> Array:
    """Return the density at heights; the ends of the table go on with their scale height.

    ``activity`` is ``low``, ``mean``, ``high``, or a number from 0 (low) to 1 (high), between the columns.
    """
    height = np.asarray(height_m, float) / 1e3
    share = {"low": 0.0, "mean": 0.5, "high": 1.0}.get(str(activity), activity)
    logs = np.log(TABLE[:, 1:])
    place = float(share) * 2.0
    column = min(int(place), 1)
    log = logs[:, column] + (place - column) * (logs[:, column + 1] - logs[:, column])
    inside = np.interp(height, TABLE[:, 0], log)
    slope = (log[-1] - log[-2]) / (TABLE[-1, 0] - TABLE[-2, 0])
    beyond = np.maximum(height - TABLE[-1, 0], 0.0) * slope
    below = np.maximum(TABLE[0, 0] - height, 0.0) * (log[0] - log[1]) / (TABLE[1, 0] - TABLE[0, 0])
    return np.exp(inside + beyond + below)


def log_density_table(activity: str | float) -> Array:
    """Return the logarithm of density (kg/m3) at each whole km from 0 to 2000, for the kernels."""
    return np.log(density_kgpm3(np.arange(2001.0) * 1e3, activity))


def cycle_phase(instant: datetime) -> float:
    """Return the phase of the solar cycle as activity from 0 (minimum) to 1 (maximum), a cosine between both.

    Extremes of the cycles 23 to 25 by smoothed sunspot number (WDC-SILSO, Royal Observatory of Belgium); the
    minimum of 2030 is an estimate, and after it the cycle is taken as 11 years.
    """
    known = sorted([(t, 1.0) for t in _MAXIMA] + [(t, 0.0) for t in _MINIMA])
    times = np.array([t.timestamp() for t, _ in known])
    at = instant.timestamp()
    cycle = 11.0 * 365.25 * 86400.0
    while at > times[-1]:
        at -= cycle
    while at < times[0]:
        at += cycle
    i = int(np.clip(np.searchsorted(times, at) - 1, 0, len(times) - 2))
    share = (at - times[i]) / (times[i + 1] - times[i])
    low, high = known[i][1], known[i + 1][1]
    return float(low + (high - low) * 0.5 * (1.0 - np.cos(np.pi * share)))
