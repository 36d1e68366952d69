"""Which uncertain input drives where a body falls: first-order indices from the flights at hand.

The index of an input is the share of the variance of an outcome that vanishes, on average, once the input is
known: ``Var(E[y | x]) / Var(y)``.  It is estimated from the plan's own flights, in groups of equal weight
along the input (E. Plischke, E. Borgonovo, C. L. Smith, "Global sensitivity measures from given data",
European Journal of Operational Research 226 (2013) 536-550, section 3), less what chance alone would show
(T. L. Kelley, "An unbiased correlation ratio measure", PNAS 21 (1935) 554-559).  Its standard error is that
of a squared multiple correlation (I. Olkin, J. D. Finn, Psychological Bulletin 118 (1995) 155-164, eq. 1).

Inputs that a fit has tied together share what they explain: their indices may add up to more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from overflight.debris.impacts import Impacts
from overflight.exposure.drop_zones import DropZone
from overflight.flight.ensemble import Ensemble
from overflight.scenario.draws import Draws

__all__ = ["Driver", "drivers", "first_order_index"]

Array = NDArray[np.float64]
FEWEST = 50
"""Flights below which nothing is said."""
_GROUP = 40  # flights a group at least
_MOST_GROUPS = 40
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Driver:
    """One input's share of the variance of a body's fall ``along`` or ``across`` its zone's long axis."""

    axis: str
    path: str
    share: float
    error: float


def first_order_index(x: Array, y: Array, weights: Array) -> tuple[float, float]:
    """Return the first-order index of ``x`` (n,) for ``y`` (n,) under ``weights`` (n,), and its error."""
    weights = weights / weights.sum()
    effective = 1.0 / float(weights @ weights)
    groups = int(np.clip(effective // _GROUP, 2, _MOST_GROUPS))
    order = np.argsort(x, kind="stable")
    position = np.cumsum(weights[order]) - 0.5 * weights[order]
    group = np.empty(len(x), np.int64)
    group[order] = np.minimum((position * groups).astype(np.int64), groups - 1)
    held = np.bincount(group, weights, groups)
    mean = np.bincount(group, weights * y, groups) / np.maximum(held, 1e-300)
    centre = weights @ y
    variance = float(weights @ (y - centre) ** 2)
    if variance <= 0.0 or effective <= groups + 1.0:
        return 0.0, 1.0
    ratio = min(float(held @ (mean - centre) ** 2) / variance, 1.0)
    share = max(1.0 - (1.0 - ratio) * (effective - 1.0) / (effective - groups), 0.0)
    # near nought the formula of a squared correlation vanishes; chance alone spreads by this much
    chance = np.sqrt(2.0 * (groups - 1.0)) / effective
    return share, float(np.hypot(2.0 * np.sqrt(share) * (1.0 - share) / np.sqrt(effective), chance))


def drivers(
    ensemble: Ensemble, impacts: Impacts, draws: Draws, body: int, zone: DropZone
) -> tuple[Driver, ...]:
    """Return what drives the fall of a body, along its zone first, strongest first; all drawn inputs.

    ``draws`` are those of the ensemble's samples. Halves and pieces of one flight count as their mean. Empty
    below ``FEWEST`` flights.
    """
    rows = np.flatnonzero(impacts.of(body))
    flights, which = np.unique(impacts.sample[rows], return_inverse=True)
    if len(flights) < FEWEST:
        return ()
    ones = np.ones(len(rows))
    azimuth, _, distance = _GEOD.inv(
        zone.centre_deg[0] * ones, zone.centre_deg[1] * ones,
        np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows]),
    )  # fmt: skip
    turn = np.radians(np.asarray(azimuth) - zone.azimuth_deg)
    pieces = impacts.pieces[rows]
    total = np.bincount(which, pieces)
    weights = ensemble.weights[flights]
    found = []
    for axis, part in (("along", np.cos(turn)), ("across", np.sin(turn))):
        place = np.bincount(which, pieces * np.asarray(distance) * part) / total
        ranked = [
            Driver(axis, path, *first_order_index(values[flights], place, weights))
            for path, values in draws.drawn.items()
        ]
        found += sorted(ranked, key=lambda driver: -driver.share)
    return tuple(found)
