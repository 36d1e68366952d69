"""Directions of the Sun and the Moon, to 0.01 and 0.3 degrees: enough for daylight and for their pull.

Astronomical Almanac, low-precision formulae (D. A. Vallado, Fundamentals of Astrodynamics and Applications,
4th ed., algorithms 29 and 31). They are referred to the mean equator of date; the mean equinox of TEME
differs from it by nutation, under 0.005 degrees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.orbit.frames import gmst82_rad

__all__ = ["moon_position_m", "sun_elevation_rad", "sun_position_m"]

Array = NDArray[np.float64]
AU_M, EARTH_RADIUS_M = 149597870700.0, 6378136.3


def _centuries(jd: ArrayLike, fraction: ArrayLike) -> Array:
    return ((np.asarray(jd, float) - 2451545.0) + np.asarray(fraction, float)) / 36525.0


def sun_position_m(jd: ArrayLike, fraction: ArrayLike) -> Array:
    """Return the Sun (..., 3) in metres, true equator and mean equinox of date."""
    t = _centuries(jd, fraction)
    anomaly = np.radians(357.5291092 + 35999.05034 * t)
    longitude = np.radians(280.460 + 36000.771 * t) + np.radians(
        1.914666471 * np.sin(anomaly) + 0.019994643 * np.sin(2.0 * anomaly)
    )
    tilt = np.radians(23.439291 - 0.0130042 * t)
    r = AU_M * (1.000140612 - 0.016708617 * np.cos(anomaly) - 0.000139589 * np.cos(2.0 * anomaly))
    unit = [np.cos(longitude), np.cos(tilt) * np.sin(longitude), np.sin(tilt) * np.sin(longitude)]
    return np.stack([r * u for u in unit], axis=-1)


def moon_position_m(jd: ArrayLike, fraction: ArrayLike) -> Array:
    """Return the Moon (..., 3) in metres, same axes."""
    t = _centuries(jd, fraction)

    def sine(a: float, b: float) -> Array:
        return np.sin(np.radians(a + b * t))

    def cosine(a: float, b: float) -> Array:
        return np.cos(np.radians(a + b * t))

    longitude = np.radians(
        218.32 + 481267.8813 * t + 6.29 * sine(134.9, 477198.85) - 1.27 * sine(259.2, -413335.38)
        + 0.66 * sine(235.7, 890534.23) + 0.21 * sine(269.9, 954397.70) - 0.19 * sine(357.5, 35999.05)
        - 0.11 * sine(186.6, 966404.05)
    )  # fmt: skip
    latitude = np.radians(
        5.13 * sine(93.3, 483202.03) + 0.28 * sine(228.2, 960400.87) - 0.28 * sine(318.3, 6003.18)
        - 0.17 * sine(217.6, -407332.20)
    )  # fmt: skip
    parallax = np.radians(
        0.9508 + 0.0518 * cosine(134.9, 477198.85) + 0.0095 * cosine(259.2, -413335.38)
        + 0.0078 * cosine(235.7, 890534.23) + 0.0028 * cosine(269.9, 954397.70)
    )  # fmt: skip
    tilt, r = np.radians(23.439291 - 0.0130042 * t), EARTH_RADIUS_M / np.sin(parallax)
    cb, sb, cl, sl = np.cos(latitude), np.sin(latitude), np.cos(longitude), np.sin(longitude)
    unit = [cb * cl, np.cos(tilt) * cb * sl - np.sin(tilt) * sb, np.sin(tilt) * cb * sl + np.cos(tilt) * sb]
    return np.stack([r * u for u in unit], axis=-1)


def sun_elevation_rad(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, jd: ArrayLike, fraction: ArrayLike
) -> Array:
    """Return the Sun's geometric elevation at places and instants that broadcast; no refraction."""
    sun = sun_position_m(jd, fraction)
    sun = sun / np.linalg.norm(sun, axis=-1, keepdims=True)
    hour = np.arctan2(sun[..., 1], sun[..., 0]) - gmst82_rad(jd, fraction)
    lat, lon = np.asarray(latitude_rad, float), np.asarray(longitude_rad, float)
    declination = np.arcsin(sun[..., 2])
    return np.arcsin(
        np.clip(
            np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(lon - hour),
            -1.0,
            1.0,
        )
    )
