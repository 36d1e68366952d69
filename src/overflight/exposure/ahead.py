"""Places ahead of a flight: who is passed by predicted lines, and on whom predicted pieces come down.

Only places near the lines are looked at; their points are made once and kept.
"""

from __future__ import annotations

from math import degrees
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef
from overflight.exposure.place import Places
from overflight.exposure.place_points import PlacePoints, bounding_spheres, place_points

__all__ = ["PlacesAhead"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
CELL_M, CELLS = 50e3, 1 << 20
"""Lines are looked at by the cells they cross, numbered along each axis from the middle."""


class PlacesAhead:
    """Search among places, with what has been prepared so far.

    Parameters
    ----------
    places : all places that may be concerned
    width_m : a place counts as passed within this distance of the ground track
    """

    def __init__(self, places: Places, width_m: float) -> None:
        self.places, self.width_m = places, width_m
        self.centre_m, self.radius_m = bounding_spheres(places)
        self._ready: list[tuple[Integers, PlacePoints]] = []
        self._known = np.zeros(len(places), bool)
        self._members: dict[tuple[str, str], list[int]] = {}
        self._hulls: dict[tuple[str, str], Any] = {}
        self._outlines: dict[tuple[str, str], Array] = {}

    def near(self, points_m: Array, reach_m: float) -> Integers:
        """Return the places (p,) whose bounding spheres come within ``reach_m`` of some point (m, 3)."""
        if len(points_m) == 0:
            return np.zeros(0, np.int64)
        from scipy.spatial import KDTree

        cells = _cells(points_m)
        distance, _ = KDTree(cells).query(self.centre_m)
        return np.flatnonzero(distance <= self.radius_m + reach_m + CELL_M)

    def passages(self, lines_m: Array, row_s: float) -> tuple[Integers, Array]:
        """Return places (p,) and when lines (n, r, 3), ECEF, are first and last near them (n, p, 2), seconds.

        NaN where a line does not come within the width.
        """
        from overflight.exposure.kernels import passes

        latitude, longitude, _ = ecef_to_geodetic(lines_m)
        ground = np.ascontiguousarray(geodetic_to_ecef(latitude, longitude, 0.0))
        flat = ground.reshape(-1, 3)
        near = self.near(flat[np.isfinite(flat[:, 0])], self.width_m)
        self._prepare(near)
        found, times = [], []
        wanted = np.zeros(len(self.places), bool)
        wanted[near] = True
        for index, points in self._ready:
            some = np.flatnonzero(wanted[index])
            if len(some) == 0:
                continue
            few = points.subset(some)
            found.append(index[some])
            times.append(
                passes(
                    ground,
                    row_s,
                    few.place_sphere,
                    few.block,
                    few.sphere,
                    few.start,
                    few.point_m,
                    self.width_m,
                )
            )
        if not found:
            return np.zeros(0, np.int64), np.zeros((len(lines_m), 0, 2))
        return np.concatenate(found), np.concatenate(times, axis=1)

    def _prepare(self, index: Integers) -> None:
        new = index[~self._known[index]]
        if len(new) == 0:
            return
        chosen = Places(tuple(self.places[int(i)] for i in new))
        self._ready.append((new, place_points(chosen, spacing_m=max(self.width_m / 1.5, 2e3))))
        self._known[new] = True

    def regions_crossed(self, lines_m: Array, place: Integers) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """Return for the regions of some places which lines (n, r, 3) pass their hulls, by the width (n,).

        A region is all places of a prefecture or province, its hull the sea between them as well: a flight
        between two islands of one prefecture passes over that prefecture, though over none of its places.
        """
        import shapely

        latitude, longitude, _ = ecef_to_geodetic(lines_m)
        x, y = np.degrees(longitude), np.degrees(latitude)
        with np.errstate(invalid="ignore"):
            x = np.concatenate([x, 0.5 * (x[:, 1:] + x[:, :-1])], axis=1)
            y = np.concatenate([y, 0.5 * (y[:, 1:] + y[:, :-1])], axis=1)
            apart = np.abs(np.diff(np.degrees(longitude), axis=1)) > 180.0
        x[:, lines_m.shape[1] :][apart] = np.nan
        out = {}
        for key in sorted({self.region(int(index)) for index in place}):
            hull = self._hull(key)
            west, south, east, north = hull.bounds
            inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
            over = np.zeros(len(x), bool)
            row, column = np.nonzero(inside)
            if len(row):
                hit = shapely.contains_xy(hull, x[row, column], y[row, column])
                over[row[hit]] = True
            out[key] = over
        return out

    def region(self, index: int) -> tuple[str, str]:
        """Return country and region (prefecture, province) of a place; its own name where it has none."""
        place = self.places[index]
        return place.country or "", place.region or place.name

    def outline(self, key: tuple[str, str]) -> Array:
        """Return points (n, 3) ECEF, some 20 km apart, on the hull of a region, the width beyond it."""
        import shapely

        if key not in self._outlines:
            line = shapely.segmentize(self._hull(key).boundary, 0.2)
            at = np.radians(shapely.get_coordinates(line))
            self._outlines[key] = geodetic_to_ecef(at[:, 1], at[:, 0], 0.0)
        return self._outlines[key]

    def country(self, latitude_rad: float, longitude_rad: float) -> str:
        """Return the country (ISO 3166-1) of the place nearest to a point; XX where it has none."""
        from shapely import Point

        row = int(self.places.tree.nearest(Point(degrees(longitude_rad), degrees(latitude_rad))))
        return self.places[row].country or "XX"

    def _hull(self, key: tuple[str, str]) -> Any:
        """Return the hull of a region's places, wider by the width; of those that stand alone, their own."""
        import shapely

        if not self._members:
            for index in range(len(self.places)):
                self._members.setdefault(self.region(index), []).append(index)
        if key not in self._hulls:
            shapes = [self.places[index].geometry for index in self._members[key]]
            joined = shapely.union_all([shape.convex_hull for shape in shapes])
            west, south, east, north = joined.bounds
            small = north - south < 10.0 and east - west < 10.0
            hull = joined.convex_hull if small else joined.simplify(0.05)
            degrees = self.width_m / 111.2e3
            stretch = max(float(np.cos(np.radians(0.5 * (south + north)))), 0.1)
            wide = shapely.transform(hull, lambda c: c * [stretch, 1.0]).buffer(degrees)
            hull = shapely.transform(wide, lambda c: c / [stretch, 1.0])
            shapely.prepare(hull)
            self._hulls[key] = hull
        return self._hulls[key]

    def landings(self, latitude_rad: Array, longitude_rad: Array) -> tuple[Integers, Integers]:
        """Return pairs of a point's row and the place it lies in; none for points at sea."""
        import shapely

        points = shapely.points(np.degrees(np.stack([longitude_rad, latitude_rad], axis=1)))
        row, place = self.places.tree.query(points, predicate="intersects")
        return row, place


def _cells(points_m: Array) -> Array:
    """Return the middles (c, 3) of the cells of 50 km that hold points (m, 3), each once."""
    number = np.round(points_m / CELL_M).astype(np.int64) + CELLS // 2
    once = np.unique((number[:, 0] * CELLS + number[:, 1]) * CELLS + number[:, 2])
    cells = np.stack([once // CELLS**2, once // CELLS % CELLS, once % CELLS], axis=1) - CELLS // 2
    return cells.astype(np.float64) * CELL_M
