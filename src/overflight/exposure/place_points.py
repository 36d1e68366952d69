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


BLOCK = 24
"""Points of a block: neighbours along a border, skipped together where a track is far."""


@dataclass(frozen=True, slots=True)
class PlacePoints:
    """Points of places in ECEF metres, in blocks with bounding spheres (centre x, y, z and radius).

    Place ``j`` has the sphere ``place_sphere[j]`` and the blocks ``block[j]`` to ``block[j + 1]``; block
    ``b`` has the sphere ``sphere[b]`` and the points ``point_m[start[b]:start[b + 1]]``.
    """

    place_sphere: Array = field(repr=False)
    block: NDArray[np.int64] = field(repr=False)
    sphere: Array = field(repr=False)
    start: NDArray[np.int64] = field(repr=False)
    point_m: Array = field(repr=False)

    def subset(self, index: NDArray[np.int64]) -> PlacePoints:
        """Return the points of some places."""
        blocks = _ranges(self.block[index], self.block[index + 1])
        points = _ranges(self.start[blocks], self.start[blocks + 1])
        return PlacePoints(
            place_sphere=self.place_sphere[index],
            block=_offsets(self.block[index + 1] - self.block[index]),
            sphere=self.sphere[blocks],
            start=_offsets(self.start[blocks + 1] - self.start[blocks]),
            point_m=self.point_m[points],
        )


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _ranges(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``first[0] .. last[0] - 1, first[1] ..`` one after the other."""
    counts = last - first
    return np.repeat(first - _offsets(counts)[:-1], counts) + np.arange(counts.sum())


def place_points(places: Places, *, spacing_m: float) -> PlacePoints:
    """Return points along every border and, where a place is larger, over its inside.

    Border points are at most 5 km apart, simplified to 500 m; points inside are ``spacing_m`` apart, so
    that a track across a wide place cannot miss it by more than that over the square root of two.
    """
    return _joined([_surface_points(place, spacing_m) for place in places])


def _joined(parts: list[Array]) -> PlacePoints:
    blocks = [np.array_split(part, max(-(-len(part) // BLOCK), 1)) for part in parts]
    flat = [block for blocks_of_place in blocks for block in blocks_of_place]
    return PlacePoints(
        place_sphere=np.array([_sphere(part) for part in parts]).reshape(-1, 4),
        block=_offsets(np.array([len(b) for b in blocks], np.int64)),
        sphere=np.array([_sphere(block) for block in flat]).reshape(-1, 4),
        start=_offsets(np.array([len(block) for block in flat], np.int64)),
        point_m=np.concatenate(parts) if parts else np.empty((0, 3)),
    )


def _sphere(points: Array) -> Array:
    """Return centre and radius (4,) of a sphere that holds points (m, 3)."""
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    return np.append(centre, np.sqrt(((points - centre) ** 2).sum(axis=1).max()))


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
