"""From measurements to what the filter's kernels take, and back to places."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef, local_axes
from overflight.track.kernels_filter import MEASURE, PLACE, RADAR, bending
from overflight.track.measurements import Plot, Position, SensorSite

__all__ = ["Packed", "elevation_at_height", "pack", "place_of"]

Array = NDArray[np.float64]
Packed = NDArray[np.float64]
ANGLE_FLOOR_RAD = 1e-4
"""Spread added to stated angles, for what no bias state takes up (estimate)."""


def pack(m: Plot | Position, site: SensorSite | None, index: int = -1) -> Packed:
    """Return the kernel's row (MEASURE,) of a measurement; ``index`` is its sensor's place among biases."""
    out = np.zeros(MEASURE)
    if isinstance(m, Plot):
        if site is None:
            raise ValueError("a plot needs the site of its sensor")
        where, out[0] = (site.latitude_rad, site.longitude_rad, site.height_m), RADAR
        out[1:4] = m.range_m, m.azimuth_rad, m.elevation_rad
        out[4:7] = m.sigma[0], np.hypot(m.sigma[1], ANGLE_FLOOR_RAD), np.hypot(m.sigma[2], ANGLE_FLOOR_RAD)
    else:
        where, out[0] = (m.latitude_rad, m.longitude_rad, m.height_m), PLACE
        out[4:7] = m.sigma
    out[7:10] = geodetic_to_ecef(*where)
    out[10:19] = np.concatenate(local_axes(where[0], where[1]))
    out[19] = index
    return out


def place_of(m: Packed, refraction: float = 0.0) -> tuple[Array, float]:
    """Return the ECEF position (3,) that a packed measurement speaks of, and its largest spread (m)."""
    if m[0] == PLACE:
        return m[7:10].copy(), float(m[4:7].max())
    distance, azimuth, elevation = m[1:4]
    if refraction:
        elevation = elevation - refraction * bending(elevation)
    level = distance * np.cos(elevation)
    enu = np.array([level * np.sin(azimuth), level * np.cos(azimuth), distance * np.sin(elevation)])
    spread = max(m[4], distance * m[5] * np.cos(elevation), distance * m[6])
    return m[7:10] + enu @ m[10:19].reshape(3, 3), float(spread)


def elevation_at_height(
    site: SensorSite, range_m: float, azimuth_rad: float, height_m: float
) -> tuple[float, float] | None:
    """Return the elevation (rad) at which a slant range reaches a height, and the height's slope (m/rad).

    Newton's steps on the ellipsoid, from the elevation over a sphere; None where no elevation reaches it.
    """
    earth_m = 6.371e6 + site.height_m
    rise = 6.371e6 + height_m
    sine = ((rise - earth_m) * (rise + earth_m) - range_m**2) / (2.0 * earth_m * range_m)
    if not abs(sine) < 1.0:
        return None
    elevation, slope = math.asin(sine), 0.0
    foot = geodetic_to_ecef(site.latitude_rad, site.longitude_rad, site.height_m)
    east, north, up = local_axes(site.latitude_rad, site.longitude_rad)
    level = math.sin(azimuth_rad) * east + math.cos(azimuth_rad) * north
    for _ in range(6):
        c, s = math.cos(elevation), math.sin(elevation)
        latitude, longitude, height = ecef_to_geodetic(foot + range_m * (c * level + s * up))
        plumb = local_axes(latitude, longitude)[2]
        slope = range_m * float(plumb @ (c * up - s * level))
        wrong = float(height) - height_m
        if abs(wrong) < 1e-3:
            return (elevation, slope) if slope > 0.0 else None
        if slope <= 0.0:
            return None
        elevation = min(max(elevation - wrong / slope, -1.5707), 1.5707)
    return None
