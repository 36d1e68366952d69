"""Osculating perigee and apogee heights of inertial states: has a flight reached orbit?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import WGS84, EarthModel

__all__ = ["ORBIT_PERIGEE_M", "Apsides", "apsides"]

Array = NDArray[np.float64]
ORBIT_PERIGEE_M = 120e3
"""A state counts as orbit from this perigee height on: below, drag ends it within a revolution or two."""


@dataclass(frozen=True, slots=True)
class Apsides:
    """Two-body perigee and apogee heights over the equatorial radius (m) and inclination (rad), arrays."""

    perigee_m: Array
    apogee_m: Array
    inclination_rad: Array


def apsides(states: ArrayLike, earth: EarthModel = WGS84) -> Apsides:
    """Return the apsides of inertial states (..., >= 6); apogee is inf for escape."""
    s = np.asarray(states, float)
    r, v = s[..., :3], s[..., 3:6]
    h = np.cross(r, v)
    radius = np.linalg.norm(r, axis=-1)
    energy = 0.5 * np.sum(v * v, axis=-1) - earth.mu_m3ps2 / radius
    h2 = np.sum(h * h, axis=-1)
    e = np.sqrt(np.maximum(1.0 + 2.0 * energy * h2 / earth.mu_m3ps2**2, 0.0))
    p = h2 / earth.mu_m3ps2
    with np.errstate(divide="ignore"):
        apogee = np.where(e < 1.0, p / np.maximum(1.0 - e, 0.0), np.inf)
    inclination = np.arccos(np.clip(h[..., 2] / np.sqrt(h2), -1.0, 1.0))
    return Apsides(p / (1.0 + e) - earth.equatorial_radius_m, apogee - earth.equatorial_radius_m, inclination)
