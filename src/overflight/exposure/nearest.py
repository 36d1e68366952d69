"""How near a single track comes to a place, when, and on which side the place lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.exposure.place import Place
from overflight.flight.trajectory import Trajectory

__all__ = ["Nearest", "compass", "nearest_to_track"]

_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class Nearest:
    """Least distance (m) of a track from a place, 0 over it; the side the place lies on; when (s)."""

    distance_m: float
    side: str | None
    time_s: float


def compass(azimuth_deg: float) -> str:
    """Return the nearest of eight winds, ``N`` to ``NW``."""
    return _WINDS[round(azimuth_deg / 45.0) % 8]


def nearest_to_track(place: Place, track: Trajectory) -> Nearest:
    """Return the closest approach of a track to the land of a place, in the metric plane of the place."""
    import shapely
    from pyproj import Proj

    middle = place.geometry.representative_point()
    plane = Proj(proj="aeqd", lon_0=middle.x, lat_0=middle.y, ellps="WGS84")

    def flat(coordinates: np.ndarray) -> np.ndarray:
        return np.stack(plane(coordinates[:, 0], coordinates[:, 1]), axis=1)

    land = shapely.transform(place.geometry, flat)
    x, y = plane(np.degrees(track.longitude_rad), np.degrees(track.latitude_rad))
    there = np.isfinite(x) & np.isfinite(y)
    line = shapely.LineString(np.stack([np.asarray(x)[there], np.asarray(y)[there]], axis=1))
    gap = shapely.shortest_line(line, land)
    (ax, ay), (bx, by) = shapely.get_coordinates(gap)
    distance = float(np.hypot(bx - ax, by - ay))
    along = shapely.line_locate_point(line, shapely.Point(ax, ay))
    run = np.concatenate(
        [[0.0], np.cumsum(np.hypot(np.diff(np.asarray(x)[there]), np.diff(np.asarray(y)[there])))]
    )
    time = float(np.interp(along, run, track.time_s[there]))
    if distance < 1.0:
        return Nearest(0.0, None, time)
    return Nearest(distance, compass(float(np.degrees(np.arctan2(bx - ax, by - ay)))), time)
