"""Land round a place, in metres, from the packaged coasts of Natural Earth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from overflight.report.coast import atlas
from overflight.report.projection import authalic_directions

__all__ = ["LandPlane", "land_round"]

RADIUS_M = 6371e3


@dataclass(frozen=True, slots=True)
class LandPlane:
    """Land within ``reach_m`` of a place as a shapely geometry, in the azimuthal equidistant ``plane``
    there."""

    plane: Any = field(repr=False)
    land: Any = field(repr=False)
    reach_m: float

    def flat(self, points_deg: object) -> np.ndarray:
        """Return points (k, 2) of longitude and latitude in metres."""
        return np.stack(self.plane(*np.asarray(points_deg, dtype=float).T), axis=1)


def land_round(longitude_deg: float, latitude_deg: float, reach_m: float, scale: str = "10m") -> LandPlane:
    """Return the land within a distance (at most 9000 km) of a place.

    Rings of the atlas follow the even-odd rule, so that a sea within land is no land.
    """
    import shapely
    from pyproj import Proj

    plane = Proj(proj="aeqd", lon_0=longitude_deg, lat_0=latitude_deg, ellps="WGS84")
    window = shapely.Point(0.0, 0.0).buffer(reach_m, quad_segs=32)
    lines = atlas(scale).land
    here = authalic_directions(np.array([[longitude_deg, latitude_deg]]))[0]
    land = shapely.Polygon()
    # a little wider than asked for: bounds are on the sphere
    for index in lines.near(here, 1.01 * reach_m / RADIUS_M + 0.01):
        part = lines.part(index)
        ring = _thinned(lines.points_deg[part], lines.directions[part], here, reach_m / RADIUS_M)
        if len(ring) < 4:
            continue
        piece = shapely.make_valid(shapely.Polygon(np.stack(plane(*ring.T), axis=1))).intersection(window)
        if not piece.is_empty:
            land = land.symmetric_difference(piece)
    shapely.prepare(land)
    return LandPlane(plane, land, reach_m)


def _thinned(
    points_deg: np.ndarray, directions: np.ndarray, here: np.ndarray, reach_rad: float
) -> np.ndarray:
    """Return a ring as it is near a place, and with few points far from it, where only its course counts.

    Far points in one cell of a grid follow each other within less than half the reach, so that what stands
    for them cannot come near. What lies about the other side of the Earth, where the plane tears, is left
    out.
    """
    cosine = directions @ here
    near = cosine > np.cos(min(2.0 * reach_rad + 0.01, np.pi))
    cell = np.floor(directions / (reach_rad / 4.0)).astype(np.int64)
    first = np.append(True, np.any(np.diff(cell, axis=0) != 0, axis=1))
    return points_deg[(near | first) & (cosine > -0.98)]
