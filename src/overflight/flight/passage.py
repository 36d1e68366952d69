"""Where and when ground tracks pass: closest approach to a point, crossing of a parallel.

Tracks are arrays (n, r) of geodetic latitude and longitude (rad), one row of a flight per time step,
NaN past its end. Distances are on the WGS-84 ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Approach", "Crossing", "closest_approach", "parallel_crossing"]

Array = NDArray[np.float64]
_BEARING_DEG = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}


@dataclass(frozen=True, slots=True)
class Approach:
    """Closest approach of each track (n,): east and north of the point (m), distance (m), time (s)."""

    east_m: Array
    north_m: Array
    distance_m: Array
    time_s: Array

    def towards(self, side: str) -> Array:
        """Return the distance (m), positive if the track passes on ``side`` (north, east, south, west)."""
        angle = np.radians(_BEARING_DEG[side])
        along = self.east_m * np.sin(angle) + self.north_m * np.cos(angle)
        return np.where(along >= 0.0, self.distance_m, -self.distance_m)


@dataclass(frozen=True, slots=True)
class Crossing:
    """First crossing of a parallel by each track (n,), NaN where there is none: longitude (rad), time (s)."""

    longitude_rad: Array
    time_s: Array


def closest_approach(
    time_s: Array, latitude: Array, longitude: Array, point_deg: tuple[float, float]
) -> Approach:
    """Return the closest approach of tracks (n, r) to a point (latitude, longitude in degrees).

    ``time_s`` is (r,) or (n, r). Between rows the track is a straight line in the azimuthal equidistant
    plane of the point.
    """
    from pyproj import Geod

    n, r = latitude.shape
    azimuth, _, distance = Geod(ellps="WGS84").inv(
        np.full(n * r, point_deg[1]),
        np.full(n * r, point_deg[0]),
        np.degrees(longitude).ravel(),
        np.degrees(latitude).ravel(),
    )
    angle, distance = np.radians(np.reshape(azimuth, (n, r))), np.reshape(distance, (n, r))
    x, y = distance * np.sin(angle), distance * np.cos(angle)
    dx, dy = np.diff(x, axis=1), np.diff(y, axis=1)
    length2 = np.maximum(dx**2 + dy**2, 1e-12)
    part = np.clip(-(x[:, :-1] * dx + y[:, :-1] * dy) / length2, 0.0, 1.0)
    px, py = x[:, :-1] + part * dx, y[:, :-1] + part * dy
    gap = np.hypot(px, py)
    row, best = np.arange(n), np.nanargmin(np.where(np.isnan(gap), np.inf, gap), axis=1)
    times = np.broadcast_to(time_s, (n, r))
    when = times[row, best] + part[row, best] * (times[row, best + 1] - times[row, best])
    return Approach(px[row, best], py[row, best], gap[row, best], when)


def parallel_crossing(time_s: Array, latitude: Array, longitude: Array, parallel_deg: float) -> Crossing:
    """Return the first crossing of a parallel by tracks (n, r), linear between rows."""
    n, r = latitude.shape
    level = latitude - np.radians(parallel_deg)
    crossed = (
        np.isfinite(level[:, 1:]) & (level[:, :-1] * level[:, 1:] <= 0.0) & (level[:, :-1] != level[:, 1:])
    )
    first = np.argmax(crossed, axis=1)
    row = np.arange(n)
    a, b = level[row, first], level[row, first + 1]
    part = a / np.where(a == b, 1.0, a - b)
    turn = (longitude[row, first + 1] - longitude[row, first] + np.pi) % (2.0 * np.pi) - np.pi
    lon = longitude[row, first] + part * turn
    times = np.broadcast_to(time_s, (n, r))
    when = times[row, first] + part * (times[row, first + 1] - times[row, first])
    found = crossed.any(axis=1)
    lon = (lon + np.pi) % (2.0 * np.pi) - np.pi
    return Crossing(np.where(found, lon, np.nan), np.where(found, when, np.nan))
