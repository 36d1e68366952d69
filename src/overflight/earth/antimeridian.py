"""Lines and rings that cross the 180th meridian: made continuous, and cut in two.

GeoJSON (RFC 7946, section 3.1.9) and CAP 1.2 know no line across the antimeridian, so what is
exported is cut there.  Longitude and latitude are WGS-84 degrees throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

LonLat = tuple[float, float]
Ring = tuple[LonLat, ...]
PolygonRings = tuple[Ring, ...]
"""One outer ring and then its holes, each closed."""


def unwrap_deg(longitude_deg: ArrayLike) -> NDArray[np.float64]:
    """Return longitudes (n,) in degrees without jumps: neighbours differ by at most 180.

    Values beyond +-180 may result; the first value is kept as it is.
    """
    return np.unwrap(np.asarray(longitude_deg, dtype=np.float64), period=360.0)


def wrap_deg(longitude_deg: ArrayLike) -> NDArray[np.float64]:
    """Return longitudes (n,) in degrees brought into [-180, 180); values there are kept bit for bit."""
    value = np.asarray(longitude_deg, dtype=np.float64)
    inside = (value >= -180.0) & (value < 180.0)
    return np.where(inside, value, (value + 180.0) % 360.0 - 180.0)


def split_line(longitude_deg: ArrayLike, others: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Cut a line at the antimeridian.

    Parameters
    ----------
    longitude_deg : (n,) degrees, n >= 2; neighbours are joined the short way round
    others : (n, k) columns carried along (latitude, height, time ...), interpolated where cut

    Returns
    -------
    parts, each (m, 1 + k): longitude in [-180, 180] and the other columns; one part if nothing
    crosses, then with the given rows as they are.
    """
    rows = np.column_stack([unwrap_deg(longitude_deg), np.asarray(others, dtype=np.float64)])
    turn = np.floor((rows[:, 0] + 180.0) / 360.0)
    cut: list[NDArray[np.float64]] = [rows[:1]]
    parts: list[tuple[list[NDArray[np.float64]], float]] = []
    for before, row, old, new in zip(rows, rows[1:], turn, turn[1:], strict=False):
        if old != new:
            meridian = 360.0 * max(old, new) - 180.0
            crossing = before + (row - before) * (meridian - before[0]) / (row[0] - before[0])
            crossing[0] = meridian
            parts.append(([*cut, crossing[None]], old))
            cut = [crossing[None]]
        cut.append(row[None])
    parts.append((cut, turn[-1]))
    shifted = []
    for rows_of_part, part_turn in parts:
        part = np.concatenate(rows_of_part)
        if part_turn:
            part[:, 0] -= 360.0 * part_turn
        keep = np.append(True, np.any(np.diff(part, axis=0) != 0.0, axis=1))
        if keep.sum() >= 2:
            shifted.append(part[keep])
    return tuple(shifted)


def split_polygon(rings: Sequence[Sequence[LonLat]]) -> tuple[PolygonRings, ...]:
    """Cut a polygon at the antimeridian into polygons with longitudes in [-180, 180].

    Parameters
    ----------
    rings : outer ring, then holes; each closed, (longitude, latitude) in degrees. A ring that goes round a
        pole is taken to hold the nearer one and is led along the meridian to it and back.
    """
    unwrapped = [_unwrap_ring(ring) for ring in rings]
    outer_middle_deg = _middle_deg(unwrapped[0])
    turns = [round((outer_middle_deg - _middle_deg(ring)) / 360.0) for ring in unwrapped]
    moved = [_shift(ring, 360.0 * turn) for ring, turn in zip(unwrapped, turns, strict=True)]
    low, high = min(p[0] for p in moved[0]), max(p[0] for p in moved[0])
    turn = math.floor((low + 180.0) / 360.0)
    if high <= 180.0 + 360.0 * turn:
        return (tuple(_shift(ring, -360.0 * turn) for ring in moved),)
    return _cut(moved, low, high)


def _cut(rings: Sequence[Ring], low_deg: float, high_deg: float) -> tuple[PolygonRings, ...]:
    from shapely import box, make_valid
    from shapely.geometry import Polygon

    whole = make_valid(Polygon(rings[0], rings[1:]))
    pieces: list[PolygonRings] = []
    for turn in range(math.floor((low_deg + 180.0) / 360.0), math.floor((high_deg + 180.0) / 360.0) + 1):
        strip = box(-180.0 + 360.0 * turn, -90.0, 180.0 + 360.0 * turn, 90.0)
        piece = whole.intersection(strip)
        for part in getattr(piece, "geoms", [piece]):
            if part.geom_type == "Polygon" and part.area > 0.0:
                part_rings = [part.exterior, *part.interiors]
                pieces.append(tuple(_shift(tuple(r.coords), -360.0 * turn) for r in part_rings))
    return tuple(pieces)


def _unwrap_ring(ring: Sequence[LonLat]) -> Ring:
    longitude_deg = unwrap_deg([point[0] for point in ring])
    unwrapped = tuple((float(lon), float(p[1])) for lon, p in zip(longitude_deg, ring, strict=True))
    if abs(longitude_deg[-1] - longitude_deg[0]) > 180.0:
        pole = math.copysign(90.0, sum(point[1] for point in unwrapped))
        return (*unwrapped, (unwrapped[-1][0], pole), (unwrapped[0][0], pole), unwrapped[0])
    return (*unwrapped[:-1], unwrapped[0]) if tuple(ring[0][:2]) == tuple(ring[-1][:2]) else unwrapped


def _middle_deg(ring: Ring) -> float:
    return 0.5 * (min(p[0] for p in ring) + max(p[0] for p in ring))


def _shift(ring: Ring, by_deg: float) -> Ring:
    if by_deg == 0.0:
        return tuple((p[0], p[1]) for p in ring)
    return tuple((p[0] + by_deg, p[1]) for p in ring)
