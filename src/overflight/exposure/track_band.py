"""The band of ground tracks about the planned one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.ensemble import Ensemble
from overflight.flight.tracks import fly_tracks
from overflight.flight.trajectory import Trajectory
from overflight.scenario.model import Scenario

__all__ = ["track_band"]

Array = NDArray[np.float64]
_ROW_S = 10.0
_LEAST_M = 100.0  # half a band's width, so that tracks without spread still make an area
_FEWEST = 20  # flights that make a quantile worth drawing


def track_band(
    scenario: Scenario, ensemble: Ensemble, path: Trajectory, air: Air, *, level: float = 0.9, most: int = 200
) -> Array:
    """Return the closed ring (k, 2) of longitude and latitude (degrees) that holds ``level`` of the tracks.

    At every 20 s of the planned ``path``, the offsets across it of up to ``most`` flights as planned at the
    same moment, cut at symmetric quantiles. The ring ends where fewer than 20 flights are left; it is empty
    (0, 2) where there never were as many.
    """
    from pyproj import Geod

    rows = np.flatnonzero(ensemble.samples.outcome == 0)[:most]
    if len(rows) < _FEWEST:
        return np.empty((0, 2))
    tracks = fly_tracks(scenario, ensemble, air, range(int(rows[0]), int(rows[-1]) + 1), row_s=_ROW_S)
    geod = Geod(ellps="WGS84")
    sides: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for time_s in np.arange(_ROW_S, min(path.time_s[-1], tracks.time_s[-1]), 2.0 * _ROW_S):
        lat, lon, _ = path.at(time_s)
        ahead_lat, ahead_lon, _ = path.at(min(time_s + 5.0, path.time_s[-1]))
        course, _, step = geod.inv(lon, lat, ahead_lon, ahead_lat)
        if step < 1.0:
            continue
        row = round(time_s / _ROW_S)
        others = np.degrees(np.stack([tracks.longitude_rad[:, row], tracks.latitude_rad[:, row]]))
        others = others[:, np.isfinite(others[0])]
        n = others.shape[1]
        if n < _FEWEST:
            break
        azimuth, _, distance = geod.inv(np.full(n, lon), np.full(n, lat), *others)
        across = distance * np.sin(np.radians(azimuth - course))
        low, high = weighted_quantile(across, np.ones(n), ((1.0 - level) / 2.0, (1.0 + level) / 2.0))
        middle, half = 0.5 * (low + high), max(0.5 * (high - low), _LEAST_M)
        for side, value in zip(sides, (middle - half, middle + half), strict=True):
            side.append(geod.fwd(lon, lat, course + 90.0, value)[:2])
    if not sides[0]:
        return np.empty((0, 2))
    return np.array([*sides[0], *reversed(sides[1]), sides[0][0]])
