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


@dataclass(frozen=True, slots=True)
class Landed:
    """Pairs (k,): impact ``row`` lies in place ``place``; an impact on a border lies in both."""

    row: NDArray[np.int64] = field(repr=False)
    place: NDArray[np.int64] = field(repr=False)


def landed(impacts: Impacts, places: Places) -> Landed:
    """Return which impacts lie in which places, in order of the places."""
    import shapely

    if len(impacts) == 0 or len(places) == 0:
        none = np.empty(0, np.int64)
        return Landed(none, none)
    lonlat = np.degrees(np.stack([impacts.longitude_rad, impacts.latitude_rad], axis=1))
    points = np.asarray(shapely.points(lonlat), dtype=object)
    tree = shapely.STRtree(points)
    some = np.unique(places.tree.query(points)[1])  # boxes first: few places have any piece near
    shapely.prepare(places.geometries[some])
    which, row = tree.query(places.geometries[some], predicate="intersects")
    return Landed(row.astype(np.int64), some[which].astype(np.int64))


def hits(ensemble: Ensemble, impacts: Impacts, fallen: Landed, places: int) -> Array:
    """Return ``x`` (n, places) such that a piece of a flight lands in a place with chance ``1 - exp(-x)``.

    For fragments, which stand for many like them, the expected number of pieces there (a Poisson number of
    them lands); infinite for a body in one piece, which did land there.
    """
    counts = np.zeros((len(ensemble), places))
    row = fallen.row
    pieces = np.where(impacts.fragment_class[row] < 0, np.inf, impacts.pieces[row])
    np.add.at(counts, (impacts.sample[row], fallen.place), pieces)
    return counts
