"""Where a satellite is at an instant, and how far its elements can be trusted then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from overflight.earth.frames import ecef_to_geodetic
from overflight.earth.orientation import MJD_0, earth_orientation, julian_date
from overflight.orbit.elements import ElementSet
from overflight.orbit.ephemeris import sgp4_ephemeris

__all__ = ["FRESH_DAYS", "STALE_DAYS", "Whereabouts", "age_words", "whereabouts"]

FRESH_DAYS, STALE_DAYS = 3.0, 14.0
"""Ages up to which a set is fresh, and from which it is stale."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The place under a satellite, its height over WGS-84 and speeds; the ring from which it stands above
    0 deg.

    ``perigee_km`` and ``apogee_km`` are the least and greatest height over the ellipsoid during the
    revolution that follows. ``error_km`` is the usual error along the track of a set of this age.
    """

    elements: ElementSet
    at_utc: datetime
    latitude_deg: float
    longitude_deg: float
    height_km: float
    speed_kmps: float
    perigee_km: float
    apogee_km: float
    age_days: float
    error_km: tuple[float, float]
    age_words: str
    orientation_words: str
    footprint: tuple[tuple[float, float], ...]
    horizon_km: float


def usual_error_km(age_days: float) -> tuple[float, float]:
    """Return the usual range of SGP4's error along the track of an orbit near the Earth (km).

    1 km at the epoch and 1 to 3 km a day (D. A. Vallado et al., AIAA 2006-6753, section IV), growing with the
    square of the age where drag is misjudged; an estimate.
    """
    days = abs(age_days)
    return 1.0 + days, 1.0 + 3.0 * days + 0.3 * days * days


def age_words(elements: ElementSet, instant: datetime) -> str:
    """Return a sentence on the age of a set at an instant."""
    age = elements.age_days(instant)
    low, high = usual_error_km(age)
    past = f"{age:.1f} days old" if age >= 0 else f"from {-age:.1f} days later"
    if abs(age) > STALE_DAYS:
        grown = "by thousands of kilometres" if high > 2000 else f"by {low:.0f} to {high:.0f} km"
        return f"STALE: the elements are {past}; positions may be off {grown} along the track."
    state = "fresh" if abs(age) <= FRESH_DAYS else "ageing"
    span = f"about {high:.0f}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}"
    return f"The elements are {past} ({state}): usual error {span} km along the track."


def whereabouts(elements: ElementSet, at_utc: datetime) -> Whereabouts:
    """Return where the satellite of a set is.

    Raises
    ------
    InputError : it is not in orbit then
    """
    step = max(elements.period_s / 400.0, 1.0)
    path = sgp4_ephemeris(elements, at_utc, elements.period_s / 86400.0, step_s=step)
    latitude, longitude, height = path.geodetic()
    here = (float(np.degrees(latitude[0])), float(np.degrees(longitude[0])))
    speed = path.velocity_mps[0] + np.cross([0.0, 0.0, 7.2921151467e-5], path.position_m[0])
    radius = float(np.linalg.norm(path.position_m[0]))
    reach = float(np.arccos(np.clip(6371.0e3 / radius, -1.0, 1.0)))
    jd, fraction = julian_date(at_utc)
    return Whereabouts(
        elements=elements, at_utc=at_utc, latitude_deg=here[0], longitude_deg=here[1],
        height_km=float(height[0] / 1e3), speed_kmps=float(np.linalg.norm(speed) / 1e3),
        perigee_km=float(height.min() / 1e3), apogee_km=float(height.max() / 1e3),
        age_days=elements.age_days(at_utc), error_km=usual_error_km(elements.age_days(at_utc)),
        age_words=age_words(elements, at_utc),
        orientation_words=earth_orientation().words(jd - MJD_0 + fraction),
        footprint=horizon_ring(path.position_m[0], reach), horizon_km=reach * 6371.0,
    )  # fmt: skip


def horizon_ring(
    position_m: np.ndarray, reach_rad: float, count: int = 90
) -> tuple[tuple[float, float], ...]:
    """Return the closed ring (longitude, latitude, deg) at an angle round the place under a position (3,)."""
    up = position_m / np.linalg.norm(position_m)
    side = np.cross(up, [0.0, 0.0, 1.0] if abs(up[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    other = np.cross(up, side)
    angle = np.linspace(0.0, -2.0 * np.pi, count + 1)[:, None]
    ring = np.cos(reach_rad) * up + np.sin(reach_rad) * (np.cos(angle) * side + np.sin(angle) * other)
    latitude, longitude, _ = ecef_to_geodetic(6371.0e3 * ring)
    return tuple(
        (float(x), float(y)) for x, y in zip(np.degrees(longitude), np.degrees(latitude), strict=True)
    )
