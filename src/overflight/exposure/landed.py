"""Which piece lands in which place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.exposure.place import Places
from overflight.flight.ensemble import Ensemble

__all__ = ["Landed", "hits", "landed"]

Array = NDArray[np.float64]
_BLOCK = 65_536
"""Impacts looked up at a time: as shapes of their own they take five times the memory of the numbers."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Pairs (k,): impact ``row`` lies in place ``place``; an impact on a border lies in both."""

    row: NDArray[np.int64] = field(repr=False)
    place: NDArray[np.int64] = field(repr=False)


def landed(impacts: Impacts, places: Places) -> Landed:
    """Return which impacts lie in which places, in order of the places."""
    import shapely

    rows, where = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(0, len(impacts) if len(places) else 0, _BLOCK):
        block = slice(start, start + _BLOCK)
        longitude, latitude = (
            np.degrees(impacts.longitude_rad[block]),
            np.degrees(impacts.latitude_rad[block]),
        )
        points = np.asarray(shapely.points(longitude, latitude), dtype=object)
        tree = shapely.STRtree(points)
        some = np.unique(places.tree.query(points)[1])  # boxes first: few places have any piece near
        shapely.prepare(places.geometries[some])
        which, row = tree.query(places.geometries[some], predicate="intersects")
        rows.append(row + start)
        where.append(some[which])
    row, place = np.concatenate(rows), np.concatenate(where)
    order = np.lexsort((row, place))
    return Landed(row[order], place[order])


def hits(ensemble: Ensemble, impacts: Impacts, fallen: Landed) -> tuple[NDArray[np.int64], Array]:
    """Return the places (k,) hit, and ``x`` (n, k): a piece lands there with chance ``1 - exp(-x)``.

    For fragments, which stand for many like them, the expected number of pieces there (a Poisson number of
    them lands); infinite for a body in one piece, which did land there.
    """
    row = fallen.row
    place, column = np.unique(fallen.place, return_inverse=True)
    counts = np.zeros((len(ensemble), len(place)))
    pieces = np.where(impacts.fragment_class[row] < 0, np.inf, impacts.pieces[row])
    np.add.at(counts, (impacts.sample[row], column), pieces)
    return place, counts
