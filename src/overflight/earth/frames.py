"""Positions and velocities between geodetic, Earth-fixed (ECEF) and inertial (ECI) axes.

ECI here means: axes that coincide with ECEF at lift-off (time zero) and do not rotate. Angles are
radians, WGS-84 unless another :class:`~overflight.earth.constants.EarthModel` is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import WGS84, EarthModel

__all__ = ["ecef_to_eci", "ecef_to_geodetic", "eci_to_ecef", "geodetic_to_ecef", "local_axes"]

Array = NDArray[np.float64]


def geodetic_to_ecef(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, height_m: ArrayLike, earth: EarthModel = WGS84
) -> Array:
    """Return ECEF position (..., 3) in metres."""
    lat, lon, h = np.broadcast_arrays(latitude_rad, longitude_rad, height_m)
    e2 = earth.flattening * (2.0 - earth.flattening)
    n = earth.equatorial_radius_m / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    return np.stack(
        [
            (n + h) * np.cos(lat) * np.cos(lon),
            (n + h) * np.cos(lat) * np.sin(lon),
            (n * (1.0 - e2) + h) * np.sin(lat),
        ],
        axis=-1,
    )


def ecef_to_geodetic(position_m: ArrayLike, earth: EarthModel = WGS84) -> tuple[Array, Array, Array]:
    """Return latitude (rad), longitude (rad, -pi..pi) and height (m) of ECEF positions (..., 3).

    Bowring 1976 with two steps: within 1e-8 m, that is rounding, from -10 km to 10,000 km.
    """
    p = np.asarray(position_m, float)
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    a, b = earth.equatorial_radius_m, earth.polar_radius_m
    e2 = earth.flattening * (2.0 - earth.flattening)
    axis = np.hypot(x, y)
    beta = np.arctan2(z * a, axis * b)
    lat = beta
    for _ in range(2):
        lat = np.arctan2(z + e2 / (1.0 - e2) * b * np.sin(beta) ** 3, axis - e2 * a * np.cos(beta) ** 3)
        beta = np.arctan2((1.0 - earth.flattening) * np.sin(lat), np.cos(lat))
    height = axis * np.cos(lat) + z * np.sin(lat) - a * np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    return lat, np.arctan2(y, x), height


def _rotate(vector: Array, angle: Array) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    return np.stack([c * x + s * y, -s * x + c * y, z + 0.0 * c], axis=-1)


def eci_to_ecef(
    position_m: ArrayLike, velocity_mps: ArrayLike, time_s: ArrayLike, earth: EarthModel = WGS84
) -> tuple[Array, Array]:
    """Return ECEF position (m) and Earth-relative velocity (m/s) of ECI states (..., 3) at ``time_s``."""
    angle = earth.rotation_radps * np.asarray(time_s, float)
    position = _rotate(np.asarray(position_m, float), angle)
    velocity = _rotate(np.asarray(velocity_mps, float), angle)
    return position, velocity - np.cross([0.0, 0.0, earth.rotation_radps], position)


def ecef_to_eci(
    position_m: ArrayLike, velocity_mps: ArrayLike, time_s: ArrayLike, earth: EarthModel = WGS84
) -> tuple[Array, Array]:
    """Return ECI position (m) and inertial velocity (m/s) of ECEF states (..., 3) at ``time_s``."""
    position = np.asarray(position_m, float)
    inertial = np.asarray(velocity_mps, float) + np.cross([0.0, 0.0, earth.rotation_radps], position)
    angle = -earth.rotation_radps * np.asarray(time_s, float)
    return _rotate(position, angle), _rotate(inertial, angle)


def local_axes(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> tuple[Array, Array, Array]:
    """Return unit vectors east, north, up (..., 3) in ECEF axes."""
    lat, lon = np.broadcast_arrays(np.asarray(latitude_rad, float), np.asarray(longitude_rad, float))
    zero = np.zeros_like(lat)
    east = np.stack([-np.sin(lon), np.cos(lon), zero], -1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], -1)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
    return east, north, up
