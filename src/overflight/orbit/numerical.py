"""Numerical propagation of states: zonal harmonics J2 to J6, drag with a band of densities, Sun and Moon.

How far it is from the truth is stated by ``docs/verification.md``: the tesseral part of gravity is left
out, which an independent field of degree and order 20 shows to cost kilometres along the track in ten
days; drag costs more. The axes are those of date, which precess by 0.14 arc seconds (5 m) a day against
inertial ones; that is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import WGS84
from overflight.earth.orientation import EarthOrientation, julian_date
from overflight.errors import NumericsError
from overflight.orbit.density import log_density_table
from overflight.orbit.ephemeris import Ephemeris
from overflight.orbit.frames import itrf_from_teme
from overflight.orbit.sun import moon_position_m, sun_position_m

__all__ = ["ZONALS", "Forces", "NumericalPaths", "numerical_ephemeris", "propagate"]

Array = NDArray[np.float64]
ZONALS = np.array([0.0, 0.0, *WGS84.zonals])
"""J0 to J6."""


@dataclass(frozen=True, slots=True)
class Forces:
    """What acts: highest zonal degree (0: two bodies), drag area Cd A / m (m2/kg), activity, Sun and Moon."""

    degree: int = 6
    drag_m2pkg: float = 0.0
    activity: str | float = "mean"
    sun_moon: bool = False


@dataclass(frozen=True, slots=True)
class NumericalPaths:
    """TEME rows (n, m, 6) every ``row_s`` from the epoch, NaN after an end; code and end (n, 7) time and
    state.
    """

    epoch_utc: datetime
    row_s: float
    rows: Array = field(repr=False)
    code: NDArray[np.int64] = field(repr=False)
    ends: Array = field(repr=False)

    @property
    def down(self) -> NDArray[np.bool_]:
        """Which came below the floor (n,)."""
        return self.code == 1


def propagate(
    states: ArrayLike,
    epoch_utc: datetime,
    duration_s: float,
    *,
    row_s: float = 30.0,
    forces: Forces | None = None,
    drag_m2pkg: ArrayLike | None = None,
    floor_m: float = 80e3,
    tolerance_m: float = 1e-4,
) -> NumericalPaths:
    """Return the paths of TEME states (n, 6) from an epoch on.

    ``drag_m2pkg`` (n,) gives each its own drag area in place of that of ``forces``; ``tolerance_m`` is the
    error of one step, place and velocity together.

    Raises
    ------
    NumericsError : a state that is not finite, or a path that takes more than five million steps
    """
    from overflight.orbit.kernels_orbit import BODY_STEP_S, NOT_FINITE, TOO_MANY_STEPS, orbit_rows

    forces = forces or Forces()
    states = np.ascontiguousarray(np.atleast_2d(np.asarray(states, float)))
    if not np.isfinite(states).all():
        raise NumericsError("a state to propagate is not finite")
    drag = np.array(
        np.broadcast_to(forces.drag_m2pkg if drag_m2pkg is None else drag_m2pkg, len(states)), float
    )
    count = int(np.ceil(duration_s / row_s)) + 1
    bodies = np.zeros((2, 1, 3))
    if forces.sun_moon:
        jd, fraction = julian_date(epoch_utc)
        times = np.arange(int(duration_s / BODY_STEP_S) + 3) * BODY_STEP_S / 86400.0
        bodies = np.stack([sun_position_m(jd, fraction + times), moon_position_m(jd, fraction + times)])
    zonal = ZONALS[: max(forces.degree, 1) + 1]
    rows, code, ends = orbit_rows(
        states, drag, zonal, log_density_table(forces.activity), bodies, WGS84.as_array(), floor_m,
        tolerance_m, row_s, count,
    )  # fmt: skip
    bad = np.isin(code, (TOO_MANY_STEPS, NOT_FINITE))
    if bad.any():
        raise NumericsError(
            f"{int(bad.sum())} of {len(states)} paths could not be integrated to {tolerance_m} m"
        )
    return NumericalPaths(epoch_utc, row_s, rows, code, ends)


def numerical_ephemeris(
    paths: NumericalPaths, name: str, number: int = 0, orientation: EarthOrientation | None = None
) -> Ephemeris:
    """Return one of the paths as Earth-fixed states, for passes and coverage."""
    rows = paths.rows[number]
    rows = rows[np.isfinite(rows[:, 0])]
    jd, fraction = julian_date(paths.epoch_utc)
    fractions = fraction + paths.row_s * np.arange(len(rows)) / 86400.0
    position, velocity = itrf_from_teme(
        rows[:, :3], rows[:, 3:], np.full(len(rows), jd), fractions, orientation
    )
    words = "it falls below 80 km" if paths.down[number] else ""
    return Ephemeris(name, paths.epoch_utc, paths.row_s, position, velocity, words)
