"""Places as points on the ellipsoid, for the search along tracks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure.place import Place, Places

__all__ = ["PlacePoints", "bounding_spheres", "place_points"]

Array = NDArray[np.float64]
_KM_PER_DEG = 111.2


@dataclass(frozen=True, slots=True)
class PlacePoints:
    """Bounding spheres (p, 3), (p,) and points (v, 3) in ECEF metres; place ``j`` owns
    ``point_m[offset[j]:offset[j + 1]]``."""

    centre_m: Array = field(repr=False)
    radius_m: Array = field(repr=False)
    point_m: Array = field(repr=False)
    offset: NDArray[np.int64] = field(repr=False)

    def subset(self, index: NDArray[np.int64]) -> tuple[Array, Array, Array, NDArray[np.int64]]:
        """Return centres, radii, points and offsets of some places."""
        parts = [self.point_m[self.offset[j] : self.offset[j + 1]] for j in index]
        offset = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        return self.centre_m[index], self.radius_m[index], np.concatenate(parts), offset


def place_points(places: Places, *, spacing_m: float) -> PlacePoints:
    """Return points along every border and, where a place is larger, over its inside.

    Border points are at most 5 km apart, simplified to 500 m; points inside are ``spacing_m`` apart, so
    that a track across a wide place cannot miss it by more than that over the square root of two.
    """
    points, centres, radii = [], [], []
    for place in places:
        here = _surface_points(place, spacing_m)
        centre = 0.5 * (here.min(axis=0) + here.max(axis=0))
        points.append(here)
        centres.append(centre)
        radii.append(np.sqrt(((here - centre) ** 2).sum(axis=1).max()))
    offset = np.concatenate([[0], np.cumsum([len(part) for part in points])]).astype(np.int64)
    if not points:
        return PlacePoints(np.empty((0, 3)), np.empty(0), np.empty((0, 3)), offset)
    return PlacePoints(np.array(centres), np.array(radii), np.concatenate(points), offset)


def bounding_spheres(places: Places) -> tuple[Array, Array]:
    """Return ECEF centres (p, 3) and radii (p,) in metres of spheres that hold each place, from its bounds.

    Generous: the box is sampled at 5 x 5 points and the radius widened by half their spacing.
    """
    west, south, east, north = places.bounds_deg.T
    part = np.linspace(0.0, 1.0, 5)
    lon = west[:, None, None] + (east - west)[:, None, None] * part[None, :, None] + 0.0 * part
    lat = south[:, None, None] + (north - south)[:, None, None] * part[None, None, :] + 0.0 * part[:, None]
    box = geodetic_to_ecef(np.radians(lat), np.radians(lon), 0.0).reshape(len(places), 25, 3)
    centre = 0.5 * (box.min(axis=1) + box.max(axis=1))
    radius = np.sqrt(((box - centre[:, None]) ** 2).sum(axis=2).max(axis=1))
    return centre, 1.3 * radius + 1e3


def _surface_points(place: Place, spacing_m: float) -> Array:
    import shapely

    outline = place.geometry.simplify(0.005).segmentize(5.0 / _KM_PER_DEG).boundary
    lonlat = shapely.get_coordinates(outline)
    west, south, east, north = place.geometry.bounds
    step = spacing_m / 1e3 / _KM_PER_DEG
    if north - south > 2.0 * step:
        across = step / max(np.cos(np.radians(0.5 * (south + north))), 0.05)
        x, y = np.meshgrid(np.arange(west, east, across), np.arange(south, north, step))
        shapely.prepare(place.geometry)
        inside = shapely.contains_xy(place.geometry, x.ravel(), y.ravel())
        lonlat = np.concatenate([lonlat, np.stack([x.ravel()[inside], y.ravel()[inside]], axis=1)])
    return geodetic_to_ecef(np.radians(lonlat[:, 1]), np.radians(lonlat[:, 0]), 0.0)
