"""Where a satellite is: Earth-fixed states in equal steps, from SGP4 or from any other propagator.

Between the steps a cubic through position and velocity (Hermite) holds within centimetres for steps of 30
s and orbits near the Earth, so that searches for passes never call the propagator again.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.frames import ecef_to_geodetic
from overflight.earth.orientation import EarthOrientation, julian_date
from overflight.errors import InputError
from overflight.orbit.elements import SGP4_WORDS, ElementSet
from overflight.orbit.frames import itrf_from_teme

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STEP_S", "Ephemeris", "Sgp4States", "geodetic_states", "sgp4_ephemeris", "sgp4_states"]

Array = NDArray[np.float64]
STEP_S = 30.0
CHUNK = 50_000
LOWEST_M = 80e3
"""Below this height nothing stays in orbit: an element set that says so is one of a decayed object."""


@dataclass(frozen=True, slots=True)
class Sgp4States:
    """States at instants (n,): SGP4's error code, TEME position (m) and velocity (m/s), NaN where it
    failed.
    """

    code: NDArray[np.uint8]
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)


def sgp4_states(elements: ElementSet, jd: ArrayLike, fraction: ArrayLike) -> Sgp4States:
    """Return the TEME states of a set at UTC instants, Julian dates in two parts (n,)."""
    jd, fraction = (np.ascontiguousarray(a, float) for a in np.broadcast_arrays(jd, fraction))
    code, position, velocity = elements.satrec().sgp4_array(jd, fraction)
    position, velocity = 1e3 * np.asarray(position), 1e3 * np.asarray(velocity)
    bad = np.asarray(code) != 0
    position[bad], velocity[bad] = np.nan, np.nan
    return Sgp4States(np.asarray(code), position, velocity)


def geodetic_states(
    elements: ElementSet, jd: ArrayLike, fraction: ArrayLike, orientation: EarthOrientation | None = None
) -> tuple[Array, Array, Array]:
    """Return geodetic latitude, longitude (rad) and height (m) of a set at UTC instants (n,); NaN if it
    failed.

    Chunks run on threads: SGP4's loop and NumPy's release the interpreter.
    """
    jd, fraction = (np.ascontiguousarray(a, float) for a in np.broadcast_arrays(jd, fraction))
    out = np.empty((3, len(jd)))

    def part(start: int) -> None:
        here = slice(start, start + CHUNK)
        states = sgp4_states(elements, jd[here], fraction[here])
        position, _ = itrf_from_teme(states.position_m, None, jd[here], fraction[here], orientation)
        out[:, here] = ecef_to_geodetic(position)

    with ThreadPoolExecutor() as pool:  # left when all parts are done
        list(pool.map(part, range(0, len(jd), CHUNK)))
    return out[0], out[1], out[2]


@dataclass(frozen=True, slots=True)
class Ephemeris:
    """States of one satellite at ``start_utc + i * step_s``: ITRF position and Earth-relative velocity (n,
    3).

    ``end_words`` says why it ends before it was asked to, empty if it does not.
    """

    name: str
    start_utc: datetime
    step_s: float
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)
    end_words: str = ""

    def __len__(self) -> int:
        return len(self.position_m)

    @property
    def span_s(self) -> float:
        """Length in seconds."""
        return (len(self) - 1) * self.step_s

    @property
    def time_s(self) -> Array:
        """Seconds after the start (n,)."""
        return np.arange(len(self), dtype=np.float64) * self.step_s

    def utc(self, time_s: float) -> datetime:
        """Return the instant so many seconds after the start."""
        return self.start_utc + timedelta(microseconds=round(float(time_s) * 1e6))

    def julian(self, time_s: ArrayLike) -> tuple[Array, Array]:
        """Return Julian dates in two parts of times after the start."""
        jd, fraction = julian_date(self.start_utc)
        return np.full(np.shape(time_s), jd), fraction + np.asarray(time_s, float) / 86400.0

    def at(self, time_s: ArrayLike) -> Array:
        """Return ITRF positions (..., 3) at times inside, by cubic Hermite interpolation."""
        t = np.asarray(time_s, float) / self.step_s
        i = np.clip(t.astype(np.int64), 0, len(self) - 2)
        u = (t - i)[..., None]
        w = 1.0 - u
        p0, p1 = self.position_m[i], self.position_m[i + 1]
        m0, m1 = self.step_s * self.velocity_mps[i], self.step_s * self.velocity_mps[i + 1]
        return w * w * ((1.0 + 2.0 * u) * p0 + u * m0) + u * u * ((3.0 - 2.0 * u) * p1 - w * m1)

    def geodetic(self) -> tuple[Array, Array, Array]:
        """Return latitude, longitude (rad) and height over WGS-84 (m) of every step."""
        return ecef_to_geodetic(self.position_m)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the rows with units in the column names."""
        import pandas as pd

        latitude, longitude, height = self.geodetic()
        return pd.DataFrame(
            {
                "time_utc": [self.utc(t) for t in self.time_s],
                "latitude_deg": np.degrees(latitude),
                "longitude_deg": np.degrees(longitude),
                "height_m": height,
            }
        )

    def _repr_html_(self) -> str:
        return (
            f"<b>{self.name}</b>: {len(self)} states every {self.step_s:g} s from "
            f"{self.start_utc:%Y-%m-%d %H:%M:%S} UTC"
        )


def sgp4_ephemeris(
    elements: ElementSet,
    start_utc: datetime,
    days: float,
    *,
    step_s: float = STEP_S,
    orientation: EarthOrientation | None = None,
) -> Ephemeris:
    """Return the states of a set from an instant on; it ends where SGP4 fails or the satellite is down.

    Raises
    ------
    InputError : the set already fails, or lies below 80 km, at the start
    """
    count = max(int(np.ceil(days * 86400.0 / step_s)) + 1, 2)
    jd, fraction = julian_date(start_utc)
    fractions = fraction + step_s * np.arange(count) / 86400.0
    states = sgp4_states(elements, np.full(count, jd), fractions)
    down = (states.code != 0) | ~(np.linalg.norm(states.position_m, axis=1) > 6356752.0 + LOWEST_M)
    left = int(np.argmax(down)) if down.any() else count
    words = "" if left == count else _end_words(int(states.code[left]))
    if left < 2:
        raise InputError(
            elements.where or elements.label, "elements",
            found=f"a satellite that has decayed, or no orbit any more ({words}), at "
            f"{start_utc:%Y-%m-%d %H:%M} UTC, {elements.age_days(start_utc):.1f} days "
            f"after its epoch",
            allowed="a satellite in orbit then",
            remedy="It is down, or the set is too old for that time: take a newer set, or a time nearer "
            "to its epoch.",
        )  # fmt: skip
    here = slice(0, left)
    position, velocity = itrf_from_teme(
        states.position_m[here], states.velocity_mps[here], np.full(left, jd), fractions[here], orientation
    )
    for array in (position, velocity):
        array.setflags(write=False)
    return Ephemeris(elements.label, start_utc, step_s, position, velocity, words)


def _end_words(code: int) -> str:
    return (
        SGP4_WORDS.get(code, f"SGP4 error {code}")
        if code
        else f"its height falls below {LOWEST_M / 1e3:.0f} km"
    )
