"""Land round a place, in metres, from the packaged coasts of Natural Earth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from overflight.report.coast import atlas
from overflight.report.projection import authalic_directions

__all__ = ["LandPlane", "land_round"]

RADIUS_M = 6371e3
_BEYOND = 1.3  # of the reach: from here on a ring only has to run outside of the window
_ARC_RAD = 0.15  # points on the circle are so far apart, so that its chords stay outside too


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
    pieces = []
    # a little wider than asked for: bounds are on the sphere
    for index in lines.near(here, 1.01 * reach_m / RADIUS_M + 0.01):
        flat = np.stack(plane(*lines.points_deg[lines.part(index)].T), axis=1)
        ring, turns = _drawn_in(flat[np.isfinite(flat).all(axis=1)], _BEYOND * reach_m)
        if len(ring) < 4:
            continue
        piece = shapely.make_valid(shapely.Polygon(ring)).intersection(window)
        if turns and lines.middle[index] @ here < 0.0:  # its land lies about the other side of the Earth
            piece = window.difference(piece)
        if not piece.is_empty:
            pieces.append(piece)
    land = _even_odd(pieces)
    shapely.prepare(land)
    return LandPlane(plane, land, reach_m)


def _drawn_in(flat: np.ndarray, limit_m: float) -> tuple[np.ndarray, bool]:
    """Return a ring (k, 2) with what lies beyond a limit drawn in to a circle there, whether it runs round.

    The plane tears at the other side of the Earth: there only the azimuth of a ring means anything, and a few
    points on the circle stand for it.
    """
    far = np.hypot(*flat.T) > limit_m
    azimuth = np.arctan2(flat[:, 0], flat[:, 1])
    steps = np.diff(azimuth, append=azimuth[:1])
    steps = (steps + np.pi) % (2.0 * np.pi) - np.pi
    out = flat.copy()
    out[far] *= limit_m / np.hypot(*flat[far].T)[:, None]
    cell = np.floor(azimuth / _ARC_RAD)
    keep = (
        ~far | ~np.roll(far, 1) | ~np.roll(far, -1) | (cell != np.roll(cell, 1)) | (cell != np.roll(cell, -1))
    )
    parts, last = [], 0
    wide = far & np.roll(far, -1) & (np.abs(steps) > _ARC_RAD)
    for i in np.flatnonzero(wide).tolist():  # past the very antipode: follow the circle, not its chord
        turn = azimuth[i] + np.linspace(0.0, steps[i], int(abs(steps[i]) / _ARC_RAD) + 2)[1:-1]
        parts += [
            out[last : i + 1][keep[last : i + 1]],
            limit_m * np.stack([np.sin(turn), np.cos(turn)], axis=1),
        ]
        last = i + 1
    parts.append(out[last:][keep[last:]])
    return np.concatenate(parts), bool(abs(steps.sum()) > np.pi)


def _even_odd(pieces: list[Any]) -> Any:
    """Return what an odd number of pieces cover; most touch no other, and those are joined at once."""
    import shapely

    if not pieces:
        return shapely.Polygon()
    tree = shapely.STRtree(pieces)
    one, other = tree.query(pieces, predicate="intersects")
    group = np.arange(len(pieces))
    for i, j in zip(one.tolist(), other.tolist(), strict=True):
        if i < j:
            group[group == group[j]] = group[i]
    joined = []
    for key in np.unique(group).tolist():
        members = [pieces[i] for i in np.flatnonzero(group == key).tolist()]
        joined.append(reduce(shapely.symmetric_difference, members))
    return shapely.union_all(joined)
