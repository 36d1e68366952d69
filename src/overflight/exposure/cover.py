"""Polygons of few corners that truly contain an area, in longitude and latitude as a chart draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from overflight.earth.antimeridian import unwrap_deg, wrap_deg

__all__ = ["cover_boxes", "cover_ring", "few_corners"]

Array = NDArray[np.float64]
MOST_CORNERS = 12
_CURVED = 2.0
"""An area that fills less of its hull than one part in so many is followed along its bends."""


def cover_boxes(bounds_deg: Array, *, most: int = MOST_CORNERS) -> tuple[Array, ...]:
    """Return closed rings (j, 2) of longitude and latitude (deg) that contain boxes, largest first.

    ``bounds_deg`` (k, 4) west, south, east, north. Boxes that touch, or nearly, share a ring. Longitudes may
    go beyond 180.
    """
    if len(bounds_deg) == 0:
        return ()
    west, south, east, north = bounds_deg.T
    turn = _turn(0.5 * (west + east))
    west, east = west + turn, east + turn
    squeeze = max(float(np.cos(np.radians(0.5 * (south.min() + north.max())))), 0.05)
    union = shapely.union_all(shapely.box(west * squeeze, south, east * squeeze, north))
    gap = 1.5 * float((north - south).max())
    joined = union.buffer(gap, join_style="mitre").buffer(-gap, join_style="mitre").union(union)
    rings = []
    parts = [part for part in shapely.get_parts(joined) if part.area > 0.0]
    for part in sorted(parts, key=lambda p: -p.area):
        ring = few_corners(part, most=most)
        rings.append(np.stack([ring[:, 0] / squeeze, ring[:, 1]], axis=1))
    return tuple(rings)


def cover_ring(ring_deg: Array, *, most: int = MOST_CORNERS) -> Array:
    """Return a ring of few corners that contains a ring (j, 2) of longitude and latitude (deg)."""
    xy = np.stack([unwrap_deg(ring_deg[:, 0]), ring_deg[:, 1]], axis=1)
    squeeze = max(float(np.cos(np.radians(xy[:, 1].mean()))), 0.05)
    found = few_corners(shapely.Polygon(xy * [squeeze, 1.0]), most=most)
    return np.stack([found[:, 0] / squeeze, found[:, 1]], axis=1)


def _turn(longitude_deg: Array) -> Array:
    """Return multiples of 360 (m,) that bring longitudes together across the 180th meridian."""
    angle = np.radians(longitude_deg)
    middle = float(np.degrees(np.arctan2(np.sin(angle).sum(), np.cos(angle).sum())))
    return wrap_deg(longitude_deg - middle) + middle - longitude_deg


def few_corners(polygon: shapely.Polygon, *, most: int = MOST_CORNERS) -> Array:
    """Return the closed ring (j, 2) of a polygon of at most ``most`` corners that contains another.

    A hull whose least edges are dropped, their neighbours drawn out to meet; for a bent area, if that
    is smaller, its outline grown and smoothed.
    """
    hull = _fewer(shapely.get_coordinates(shapely.convex_hull(polygon).normalize())[:-1], most)
    best: shapely.Polygon = shapely.Polygon(hull)
    if best.area > _CURVED * polygon.area:
        size = float(np.hypot(*np.subtract(polygon.bounds[2:], polygon.bounds[:2])))
        for tolerance in size * np.geomspace(2e-3, 0.2, 14):
            with np.errstate(divide="ignore", invalid="ignore"):  # mitres of straight corners, within GEOS
                grown = shapely.Polygon(polygon.buffer(tolerance, join_style="mitre").exterior)
            smooth = grown.simplify(0.95 * tolerance)
            if not isinstance(smooth, shapely.Polygon) or smooth.is_empty:
                continue
            if len(smooth.exterior.coords) - 1 <= most and smooth.contains(polygon):
                best = min(best, smooth, key=lambda p: p.area)
                break
    ring = shapely.get_coordinates(shapely.Polygon(best.exterior).normalize())
    return ring[::-1] if not shapely.is_ccw(shapely.LinearRing(ring)) else ring


def _fewer(corners: Array, most: int) -> Sequence[Array]:
    """Return the corners of a convex polygon that contains another one: edges dropped, least area first."""
    points = [np.asarray(p) for p in corners]
    while len(points) > max(most, 3):
        found = [_without_edge(points, i) for i in range(len(points))]
        cheapest = min((f for f in found if f is not None), key=lambda f: f[0], default=None)
        if cheapest is None:
            break
        points = cheapest[1]
    # a hair outward: what lies on the edge of a rounded number is inside too
    middle = np.mean(points, axis=0)
    return [middle + (p - middle) * (1.0 + 1e-9) for p in points]


def _without_edge(points: list[Array], i: int) -> tuple[float, list[Array]] | None:
    """Return the area gained, and the corners, when edge i to i + 1 goes and its neighbours meet."""
    n = len(points)
    a, b, c, d = (points[(i + k) % n] for k in (-1, 0, 1, 2))
    u, v = b - a, c - d
    cross = u[0] * v[1] - u[1] * v[0]
    if abs(cross) < 1e-15:
        return None
    w = c - b
    along = (w[0] * v[1] - w[1] * v[0]) / cross
    if along <= 0.0:
        return None
    meet = b + along * u
    if np.dot(meet - c, v) < 0.0:
        return None
    e, f = meet - b, c - b
    area = 0.5 * abs(e[0] * f[1] - e[1] * f[0])
    kept = [points[k] for k in range(n) if k not in (i, (i + 1) % n)]
    at = i if i + 1 < n else n - 2
    kept.insert(min(at, len(kept)), meet) if i + 1 < n else kept.append(meet)
    return area, kept
