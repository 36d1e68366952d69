"""Debris response areas: where debris comes down if the flight fails in a stretch of time, and until when.

Computed before the launch, used only if it fails: the area of the stretch in which contact was lost holds
a stated share of the debris that can hurt, and is released when that share has arrived. The model is the
FAA's debris response area (14 CFR 450.133 and the FAA's page of that name). Not a licence analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.exposure.cells import cells_of
from overflight.exposure.cover import cover_boxes
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.ensemble import Ensemble

__all__ = ["Footprint", "ResponseArea", "footprint", "response_areas"]

Array = NDArray[np.float64]
_LEAST_CELL_M, _CELLS_ACROSS = 2e3, 60.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """Rings (j, 2) that hold a share of impacts: ``level`` asked for, ``contained`` counted, its error."""

    level: float
    contained: float
    error: float
    rings_deg: tuple[Array, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResponseArea:
    """The area for failures from ``start_s`` to ``end_s`` after lift-off.

    ``released_s`` after lift-off, by which ``level`` of the debris that can hurt has landed anywhere in it;
    ``chance`` of a failure in that stretch.
    """

    start_s: float
    end_s: float
    chance: float
    footprint: Footprint
    first_s: float
    released_s: float


def footprint(
    longitude_deg: Array, latitude_deg: Array, weights: Array, sample: NDArray[np.int64], level: float
) -> Footprint:
    """Return the area that holds ``level`` of weighted impacts (m,): the densest cells, covered by polygons.

    The polygons hold more than the cells; what they hold is counted. ``sample`` (m,) names the flights,
    which are independent where the pieces of one are not; the error is the spread over them.
    """
    size = _cell_m(longitude_deg, latitude_deg)
    cells, which = cells_of(longitude_deg, latitude_deg, size)
    share = np.bincount(which, weights / weights.sum(), len(cells))
    order = np.argsort(-share / cells.area_m2, kind="stable")
    enough = int(np.searchsorted(np.cumsum(share[order]), level - 1e-12)) + 1
    rings = cover_boxes(cells.take(order[:enough]).bounds_deg)
    inside = _inside(rings, longitude_deg, latitude_deg)
    contained = float(weights[inside].sum() / weights.sum())
    return Footprint(level, contained, _ratio_error(inside, weights, sample, contained), rings)


def _cell_m(longitude_deg: Array, latitude_deg: Array) -> float:
    """Return a cell size of a sixtieth of the greatest extent."""
    turn = np.radians(longitude_deg)
    around = np.stack([np.cos(turn), np.sin(turn)]) * np.cos(np.radians(latitude_deg))
    xyz = 6371e3 * np.concatenate([around, np.sin(np.radians(latitude_deg))[None]])
    return max(float(np.linalg.norm(np.ptp(xyz, axis=1))) / _CELLS_ACROSS, _LEAST_CELL_M)


def _inside(rings: tuple[Array, ...], longitude_deg: Array, latitude_deg: Array) -> NDArray[np.bool_]:
    import shapely

    inside = np.zeros(len(longitude_deg), bool)
    for ring in rings:
        middle = 0.5 * (ring[:, 0].min() + ring[:, 0].max())
        lon = (longitude_deg - middle + 180.0) % 360.0 - 180.0 + middle
        inside |= shapely.contains_xy(shapely.Polygon(ring), lon, latitude_deg)
    return inside


def _ratio_error(
    inside: NDArray[np.bool_], weights: Array, sample: NDArray[np.int64], contained: float
) -> float:
    """Return the standard error of a share of weights over flights (Cochran, eq. 6.13, a ratio)."""
    _, flight = np.unique(sample, return_inverse=True)
    n = int(flight.max()) + 1
    if n < 2:
        return 1.0
    residual = np.bincount(flight, weights * (inside - contained), n)
    return float(np.sqrt(n / (n - 1.0) * np.sum(residual**2)) / weights.sum())


def response_areas(
    ensemble: Ensemble,
    impacts: Impacts,
    casualty_m2: Array,
    *,
    period_s: float = 60.0,
    level: float = 0.97,
) -> tuple[ResponseArea, ...]:
    """Return the response areas of stretches of ``period_s`` of powered flight.

    Only pieces that can hurt count (``casualty_m2`` above 0), and only what a failure brings down, not the
    parts that fall anyway. A stretch whose failures bring down nothing has no area.
    """
    kinds = np.array([body.kind for body in ensemble.bodies])
    failed = (ensemble.samples.outcome > 0) & ~ensemble.samples.orbit
    rows = np.flatnonzero(
        failed[impacts.sample] & np.isin(kinds[impacts.body], ("intact", "breakup")) & (casualty_m2 > 0.0)
    )
    weights = ensemble.weights
    number = np.floor(ensemble.samples.end_s / period_s).astype(np.int64)
    areas = []
    for n in np.unique(number[impacts.sample[rows]]):
        here = rows[number[impacts.sample[rows]] == n]
        sample = impacts.sample[here]
        mass = weights[sample] * impacts.pieces[here]
        lon, lat = np.degrees(impacts.longitude_rad[here]), np.degrees(impacts.latitude_rad[here])
        first, last = weighted_quantile(impacts.time_s[here], mass, (0.0, level))
        chance = float(weights[(number == n) & failed].sum())
        found = footprint(lon, lat, mass, sample, level)
        areas.append(ResponseArea(n * period_s, (n + 1) * period_s, chance, found, first, last))
    return tuple(areas)
