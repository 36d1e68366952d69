"""Manoeuvres in a series of element sets: jumps of the axis against the trend of drag, and of the plane.

Between two sets the mean axis falls by drag at a rate that is the weighted median over the series; what
differs from it by more than the noise of the sets is a burn. A burn along the track changes the axis by
``2 a dv / v`` (D. A. Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., eq. 6-25
linearised), one across it turns the plane by ``dv / v``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError
from overflight.orbit.elements import ElementSeries

__all__ = ["Manoeuvre", "Manoeuvres", "find_manoeuvres"]

Array = NDArray[np.float64]
MU = 398600.8e9
LEAST_AXIS_M, LEAST_ANGLE_RAD = 25.0, np.radians(0.004)
"""Least noise of a set: 25 m in the mean axis (3e-4 revolutions a day / 4), 0.004 degrees in inclination."""


@dataclass(frozen=True, slots=True)
class Manoeuvre:
    """A change between two sets; ``delta_v_mps`` along the track (positive: raised), its standard error.

    ``plane_mps`` is the part that turns the plane, 0 if the inclination did not move.
    """

    after_utc: datetime
    before_utc: datetime
    axis_change_m: float
    delta_v_mps: float
    error_mps: float
    plane_mps: float
    perigee_km: tuple[float, float]
    apogee_km: tuple[float, float]
    sigma: float


@dataclass(frozen=True, slots=True)
class Manoeuvres:
    """What was found, the trend that was taken as drag (m/day), and the noise of an interval (m, one
    sigma).
    """

    found: tuple[Manoeuvre, ...]
    trend_mpday: float
    noise_m: float
    sets: int
    first_utc: datetime
    last_utc: datetime

    def to_dataframe(self):  # noqa: ANN201
        """Return one row a manoeuvre."""
        import pandas as pd

        return pd.DataFrame(
            [{name: getattr(m, name) for name in Manoeuvre.__dataclass_fields__} for m in self.found]
        )

    def _repr_html_(self) -> str:
        return f"<b>{len(self.found)} manoeuvres</b> in {self.sets} sets" + self.to_dataframe().to_html(
            index=False
        )


def find_manoeuvres(series: ElementSeries, *, least_sigma: float = 4.0) -> Manoeuvres:
    """Return the manoeuvres in the sets of one satellite; intervals that follow each other are one burn each.

    A change must exceed ``least_sigma`` times the noise: the spread of the other intervals round the trend
    of drag, and never less than 25 m, nor a third of the drag itself over the interval, which varies with
    the Sun.

    Raises
    ------
    InputError : fewer than three sets
    """
    if len(series) < 3:
        raise InputError(
            series.where, "manoeuvres", found=f"{len(series)} sets of the satellite",
            allowed="three or more, of different epochs", remedy="Add sets of other days.",
        )  # fmt: skip
    time = np.array([s.epoch_jd - series[0].epoch_jd + s.epoch_fraction for s in series])
    axis = np.array([1e3 * s.mean_axis_km for s in series])
    tilt = np.array([s.inclination_rad for s in series])
    gap, change, turned = np.diff(time), np.diff(axis), np.diff(tilt)
    trend, noise = _trend(gap, change)
    off = change - trend * gap
    spread = np.sqrt(noise**2 + (0.33 * trend * gap) ** 2)
    turn_noise = max(1.4826 * float(np.median(np.abs(turned - np.median(turned)))), LEAST_ANGLE_RAD)
    sigma = np.maximum(np.abs(off) / spread, np.abs(turned - np.median(turned)) / turn_noise)
    found = []
    for i in np.flatnonzero(sigma > least_sigma).tolist():
        mean = 0.5 * (axis[i] + axis[i + 1])
        speed = float(np.sqrt(MU / mean))
        plane = speed * float(turned[i]) if abs(turned[i]) > least_sigma * turn_noise else 0.0
        (p0, a0), (p1, a1) = series[i].mean_heights_km, series[i + 1].mean_heights_km
        found.append(
            Manoeuvre(
                series[i].epoch_utc, series[i + 1].epoch_utc, float(off[i]),
                0.5 * speed * float(off[i]) / mean,
                0.5 * speed * float(spread[i]) / mean, abs(plane), (p0, p1), (a0, a1), float(sigma[i]),
            )
        )  # fmt: skip
    return Manoeuvres(tuple(found), trend, noise, len(series), series[0].epoch_utc, series[-1].epoch_utc)


def _trend(gap: Array, change: Array) -> tuple[float, float]:
    """Return drag (m/day) as the weighted median slope, and the noise of a change (m) by the median
    deviation.
    """
    slope = change / gap
    order = np.argsort(slope)
    weight = np.cumsum(gap[order])
    trend = float(slope[order][np.searchsorted(weight, 0.5 * weight[-1])])
    off = np.abs(change - trend * gap)
    return trend, max(1.4826 * float(np.median(off)), LEAST_AXIS_M)
