"""What one more hit could add to a risk: how much a body does to a place, and which places it may reach.

Limits of a risk known by few hits hang on the hit that was not seen yet. It is taken to be as great as the
greatest that a flight of the run brought to any one place or in any one piece, body by body: a stage in one
piece, not the fragments of another, decides where a stage in one piece may fall. A body may reach a place
that it hit, and one no farther from one of its falls than twice the distance of that fall to its second
neighbour; with fewer than three falls of a body nothing is said about where the next one lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure.landed import Landed
from overflight.exposure.place import Places
from overflight.exposure.place_points import bounding_spheres
from overflight.flight.ensemble import Ensemble

__all__ = ["NextHit", "next_hit"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
_NEIGHBOUR, _TIMES, _NEAREST, _NEAR_M = 2, 2.0, 3, 200e3


@dataclass(frozen=True, slots=True)
class NextHit:
    """Casualty areas (outcomes, bodies) that one more flight could add to the mean of its outcome, m2.

    ``reaches`` (bodies, places) is whether the next fall of a body may be in a place; ``near`` the same, of
    places within 200 km of a fall.
    """

    area_m2: Array = field(repr=False)
    reaches: NDArray[np.bool_] = field(repr=False)
    near: NDArray[np.bool_] = field(repr=False)

    def in_place(self, probability: Array) -> Array:
        """Return the casualty area (p,) that one more flight could add in each place, over all outcomes."""
        greatest = (probability[:, None] * self.area_m2).max(axis=0)
        return (greatest[:, None] * self.reaches).max(axis=0, initial=0.0)

    def people(self, density: Array) -> Array:
        """Return the casualties (outcomes,) that one more flight could add to the mean of its outcome, near.

        ``density`` (places,) of people, per m2; 0 where they are not to be counted.
        """
        densest = (self.near * density).max(axis=1, initial=0.0)
        return (self.area_m2 * densest).max(axis=1, initial=0.0)


def next_hit(
    ensemble: Ensemble, impacts: Impacts, fallen: Landed, casualty_m2: Array, places: Places
) -> NextHit:
    """Return what one more hit could do to the places of a table."""
    area = impacts.pieces * casualty_m2
    bodies, harmful = len(ensemble.bodies), area > 0.0
    greatest = np.zeros((len(ensemble.outcomes), bodies))
    np.maximum.at(greatest, (ensemble.samples.outcome[impacts.sample], impacts.body), area)
    row = fallen.row[harmful[fallen.row]]
    where = fallen.place[harmful[fallen.row]]
    flight = impacts.sample[row] * bodies + impacts.body[row]
    keys, number = np.unique(flight * len(places) + where, return_inverse=True)
    brought = np.bincount(number, area[row], len(keys))
    flight = keys // max(len(places), 1)
    np.maximum.at(greatest, (ensemble.samples.outcome[flight // bodies], flight % bodies), brought)
    flights = np.bincount(ensemble.samples.outcome, minlength=len(ensemble.outcomes))
    reaches, near = (np.zeros((bodies, len(places)), bool) for _ in range(2))
    centre, radius = bounding_spheres(places)
    for b in np.unique(impacts.body[harmful]):
        rows = np.flatnonzero(harmful & (impacts.body == b))
        first = rows[np.unique(impacts.sample[rows], return_index=True)[1]]
        falls_m = geodetic_to_ecef(impacts.latitude_rad[first], impacts.longitude_rad[first], 0.0)
        reaches[b], near[b] = _reached(falls_m, centre, radius)
        struck = where[impacts.body[row] == b]
        reaches[b, struck] = near[b, struck] = True
    return NextHit(greatest / np.maximum(flights, 1)[:, None], reaches, near)


def _reached(falls_m: Array, centre_m: Array, radius_m: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which places (p,), by centre (p, 3) and radius, the next of some falls (f, 3) may be in.

    Second, the same without those beyond ``_NEAR_M`` of any fall looked at.
    """
    from scipy.spatial import KDTree

    tree = KDTree(falls_m)
    reach_m = np.full(len(falls_m), np.inf)
    if len(falls_m) > _NEIGHBOUR:
        reach_m = _TIMES * tree.query(falls_m, k=_NEIGHBOUR + 1)[0][:, -1]
    distance_m, nearest = tree.query(centre_m, k=_NEAREST)
    gap_m = distance_m - radius_m[:, None]
    reached = gap_m <= np.append(reach_m, -np.inf)[nearest]  # fewer falls: the last stands for none
    return reached.any(axis=1), (reached & (gap_m <= _NEAR_M)).any(axis=1)
