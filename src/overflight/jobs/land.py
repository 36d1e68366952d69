"""Land round a place, in metres, from the packaged coasts of Natural Earth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from overflight.report.coast import atlas
from overflight.report.projection import authalic_directions

__all__ = ["LandPlane", "land_round"]


@dataclass(frozen=True, slots=True)
class LandPlane:
    """Land within ``reach_m`` of a place as a shapely geometry, in the azimuthal equidistant ``plane`` there."""

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
    for index in lines.near(here, 1.01 * reach_m / 6371e3 + 0.01):
        ring = _visible(lines.points_deg[lines.part(index)], lines.directions[lines.part(index)], here)
        if ring is None:
            continue
        piece = shapely.make_valid(shapely.Polygon(np.stack(plane(*ring.T), axis=1))).intersection(window)
        if not piece.is_empty:
            land = land.symmetric_difference(piece)
    shapely.prepare(land)
    return LandPlane(plane, land, reach_m)


def _visible(points_deg: np.ndarray, directions: np.ndarray, here: np.ndarray) -> np.ndarray | None:
    """Return a ring with what lies near the other side of the Earth, where the plane tears, moved to its rim."""
    cosine = directions @ here
    if len(points_deg) < 4:
        return None
    far = cosine < -0.98
    if not far.any():
        return points_deg
    return points_deg[~far] if (~far).sum() >= 4 else None
