"""How the Earth stands in space at an instant: UT1, polar motion and leap seconds, offline.

The data are those of the package ``astropy-iers-data``: Bulletin A (``finals2000A.all``, IERS; columns by
its ``readme.finals2000A``) and ``Leap_Second.dat``. Rows are measured up to a day and predicted for about a
year after it; beyond, the last row is held, which is said by :meth:`EarthOrientation.state`.

An instant is a Julian date in UTC in two parts, as ``erfa`` and ``sgp4`` have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MJD_0", "EarthOrientation", "earth_orientation", "julian_date", "parse_orientation"]

Array = NDArray[np.float64]
MJD_0 = 2400000.5
_ARCSEC_RAD = np.pi / 648000.0
_DAY_0 = datetime(1858, 11, 17, tzinfo=UTC)


def julian_date(instant: datetime) -> tuple[float, float]:
    """Return a UTC instant as Julian date: the midnight before, and the fraction of the day."""
    since = instant.astimezone(UTC) - _DAY_0
    return MJD_0 + since.days, (since.seconds + since.microseconds / 1e6) / 86400.0


def day_text(mjd: float) -> str:
    """Return the day of a modified Julian date, ``2026-11-25``."""
    return f"{_DAY_0 + timedelta(days=int(mjd)):%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class EarthOrientation:
    """Rows by day: ``mjd`` (n,), UT1 - TAI (s), pole x and y (rad); where measurement and prediction end."""

    mjd: Array = field(repr=False)
    ut1_tai_s: Array = field(repr=False)
    pole_x_rad: Array = field(repr=False)
    pole_y_rad: Array = field(repr=False)
    leap_mjd: Array = field(repr=False)
    leap_s: Array = field(repr=False)
    measured_until_mjd: float
    predicted_until_mjd: float
    leap_expires_mjd: float

    def at(self, jd: ArrayLike, fraction: ArrayLike) -> tuple[Array, Array, Array]:
        """Return UT1 - UTC (s), pole x and y (rad) of UTC instants; the first or last row beyond the
        table.
        """
        mjd = (np.asarray(jd, float) - MJD_0) + np.asarray(fraction, float)
        row = np.clip(np.searchsorted(self.leap_mjd, mjd, side="right") - 1, 0, None)
        ut1_utc = np.interp(mjd, self.mjd, self.ut1_tai_s) + self.leap_s[row]
        return (
            ut1_utc,
            np.interp(mjd, self.mjd, self.pole_x_rad),
            np.interp(mjd, self.mjd, self.pole_y_rad),
        )

    def state(self, mjd: float) -> str:
        """Return whether a day is ``measured``, ``predicted`` or ``beyond`` the table."""
        if self.mjd[0] <= mjd <= self.measured_until_mjd:
            return "measured"
        return "predicted" if self.mjd[0] <= mjd <= self.predicted_until_mjd else "beyond"

    def words(self, mjd: float) -> str:
        """Return a sentence on the age of these data for a day."""
        until = f"measured to {day_text(self.measured_until_mjd)}"
        until += f", predicted to {day_text(self.predicted_until_mjd)}"
        kind = {
            "measured": "measured for this day",
            "predicted": "predicted for this day",
            "beyond": "not known for this day, the last row is held (UT1 may be off by a second, 0.5 km)",
        }[self.state(mjd)]
        expired = "" if mjd <= self.leap_expires_mjd else "; the table of leap seconds has expired"
        return f"Earth orientation (IERS Bulletin A, {until}): {kind}{expired}."


@cache
def earth_orientation() -> EarthOrientation:
    """Return the packaged tables, read once."""
    import astropy_iers_data as data

    return parse_orientation(
        Path(data.IERS_A_FILE).read_bytes(), Path(data.IERS_LEAP_SECOND_FILE).read_text("utf-8")
    )


def parse_orientation(finals: bytes, leap_seconds: str) -> EarthOrientation:
    """Return the tables from the text of ``finals2000A`` and ``Leap_Second.dat``."""
    rows = [line for line in finals.splitlines() if len(line) > 68 and line[58:68].strip()]
    mjd = np.array([float(line[7:15]) for line in rows])
    pole = np.array([(float(line[18:27]), float(line[37:46])) for line in rows]) * _ARCSEC_RAD
    ut1_utc = np.array([float(line[58:68]) for line in rows])
    measured = np.array([line[57:58] == b"I" for line in rows])
    leaps = [line.split() for line in leap_seconds.splitlines() if line.strip() and line[0] != "#"]
    leap_mjd = np.array([float(words[0]) for words in leaps])
    leap_s = np.array([float(words[4]) for words in leaps])
    ut1_tai = ut1_utc - leap_s[np.searchsorted(leap_mjd, mjd, side="right") - 1]
    return EarthOrientation(
        mjd, ut1_tai, pole[:, 0], pole[:, 1], leap_mjd, leap_s,
        measured_until_mjd=float(mjd[measured].max()),
        predicted_until_mjd=float(mjd[-1]),
        leap_expires_mjd=_expires(leap_seconds),
    )  # fmt: skip


def _expires(leap_seconds: str) -> float:
    for line in leap_seconds.splitlines():
        if "expires on" in line:
            day = datetime.strptime(line.split("expires on")[1].strip(), "%d %B %Y").replace(tzinfo=UTC)
            return float((day - _DAY_0).days)
    return float("inf")
