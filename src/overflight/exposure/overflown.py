"""Which places a launch passes: over them, with its impact line, with its debris; when and how likely."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.earth.air import Air
from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure.place import Places
from overflight.exposure.place_points import PlacePoints, bounding_spheres, place_points
from overflight.exposure.statistics import Estimate, mean_of, weighted_quantile
from overflight.flight.engine import Engine, SerialEngine, chunks
from overflight.flight.ensemble import Ensemble
from overflight.flight.tracks import ROW_S, fly_tracks
from overflight.scenario.model import Scenario

__all__ = ["Exposure", "expose"]

Array = NDArray[np.float64]
CHUNK = 125
_COARSE_ROW_S = 10.0
_DENSE_M = 50e3
_CELLS = 512  # cells of that size along each axis, more than the Earth is wide


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of the places a launch may concern.

    ``place`` (p,) indexes the given places; ``over``, ``impact_line`` and ``debris`` are probabilities with
    errors (p,): the ground track passes within ``width_m``, the vacuum impact point does, at least one
    piece lands inside. ``first_s`` and ``last_s`` (p,) bound the passage: 5 % of the passing flights have
    come within the width by the first, 95 % have left by the last; NaN where no flight passes.
    ``any_debris`` (1,) is the probability that a piece lands in any place at all, and
    ``any_debris_as_planned`` the same over the flights as planned alone.
    """

    width_m: float
    place: NDArray[np.int64]
    over: Estimate
    impact_line: Estimate
    debris: Estimate
    any_debris: Estimate
    any_debris_as_planned: float
    first_s: Array = field(repr=False)
    last_s: Array = field(repr=False)


def expose(
    scenario: Scenario,
    ensemble: Ensemble,
    impacts: Impacts,
    places: Places,
    air: Air,
    *,
    width_m: float = 50e3,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Exposure:
    """Return the exposure of every place that a track, an impact line or a piece comes near."""
    engine = engine or SerialEngine()
    parts = list(chunks(len(ensemble), CHUNK))
    hits = _pieces_in_places(ensemble, impacts, places)
    coarse = engine.map(
        partial(_coarse_chunk, scenario, ensemble, air), parts, lambda i, n: progress(i, 2 * n)
    )
    cells = np.unique(np.concatenate(coarse))
    near = _near(_cell_centres(cells), places, width_m)
    near = np.flatnonzero(near | (hits > 0.0).any(axis=0))
    chosen = Places(tuple(places[int(j)] for j in near))
    points = place_points(chosen, spacing_m=max(width_m / 1.5, 2e3))
    work = partial(_pass_chunk, scenario, ensemble, air, points, width_m)
    found = engine.map(work, parts, lambda i, n: progress(n + i, 2 * n))
    over = np.concatenate([part[0] for part in found])
    line = np.concatenate([part[1] for part in found])
    passing = np.isfinite(over[:, :, 0])
    kept = np.flatnonzero(passing.any(axis=0) | line.any(axis=0) | (hits[:, near] > 0.0).any(axis=0))
    weights = ensemble.weights
    return Exposure(
        width_m=width_m,
        place=near[kept],
        over=mean_of(ensemble, passing[:, kept].astype(float)),
        impact_line=mean_of(ensemble, line[:, kept].astype(float)),
        debris=mean_of(ensemble, -np.expm1(-hits[:, near[kept]])),
        any_debris=mean_of(ensemble, -np.expm1(-hits.sum(axis=1, keepdims=True))),
        any_debris_as_planned=float(np.mean(hits.sum(axis=1)[ensemble.samples.outcome == 0] > 0.0)),
        first_s=np.array([weighted_quantile(over[:, j, 0], weights, (0.05,))[0] for j in kept]),
        last_s=np.array([weighted_quantile(over[:, j, 1], weights, (0.95,))[0] for j in kept]),
    )


def _surface(latitude: Array, longitude: Array) -> Array:
    return np.ascontiguousarray(geodetic_to_ecef(latitude, longitude, 0.0))


def _along(lines: Array) -> Array:
    """Return points (m, 3) no more than ``_DENSE_M`` apart along polylines (n, r, 3), gaps left out.

    An impact line runs hundreds of kilometres between rows as the flight nears orbit.
    """
    a, b = lines[:, :-1].reshape(-1, 3), lines[:, 1:].reshape(-1, 3)
    there = np.isfinite(a[:, 0]) & np.isfinite(b[:, 0])
    a, b = a[there], b[there]
    count = np.ceil(np.linalg.norm(b - a, axis=1) / _DENSE_M).astype(np.int64) + 1
    row = np.repeat(np.arange(len(a)), count)
    part = (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)) / np.maximum(count - 1, 1)[row]
    return a[row] + part[:, None] * (b - a)[row]


def _coarse_chunk(scenario: Scenario, ensemble: Ensemble, air: Air, part: range) -> NDArray[np.int64]:
    """Return the cells (of ``_DENSE_M``) that tracks and impact lines of these samples touch."""
    tracks = fly_tracks(scenario, ensemble, air, part, row_s=_COARSE_ROW_S)
    over = _along(_surface(tracks.latitude_rad, tracks.longitude_rad))
    line = _along(_surface(tracks.impact_latitude_rad, tracks.impact_longitude_rad))
    cell = np.round(np.concatenate([over, line]) / _DENSE_M).astype(np.int64) + _CELLS // 2
    return np.unique((cell[:, 0] * _CELLS + cell[:, 1]) * _CELLS + cell[:, 2])


def _cell_centres(cells: NDArray[np.int64]) -> Array:
    """Return the centres (m, 3) of cells numbered as in :func:`_coarse_chunk`."""
    xyz = np.stack([cells // _CELLS**2, cells // _CELLS % _CELLS, cells % _CELLS], axis=1) - _CELLS // 2
    return np.asarray(xyz * _DENSE_M, dtype=np.float64)


def _near(points: Array, places: Places, width_m: float) -> NDArray[np.bool_]:
    """Return which places have a bounding sphere within the width of some coarse point."""
    from scipy.spatial import KDTree

    centre, radius = bounding_spheres(places)
    distance, _ = KDTree(points).query(centre)
    return distance <= radius + width_m + 2.0 * _DENSE_M


def _pass_chunk(
    scenario: Scenario, ensemble: Ensemble, air: Air, points: PlacePoints, width_m: float, part: range
) -> tuple[Array, NDArray[np.bool_]]:
    """Return passages (n, p, 2) and whether the impact line passes (n, p) for the samples in ``part``."""
    tracks = fly_tracks(scenario, ensemble, air, part)
    over = _passes(tracks.latitude_rad, tracks.longitude_rad, points, width_m)
    line = _passes(tracks.impact_latitude_rad, tracks.impact_longitude_rad, points, width_m)
    return over, np.isfinite(line[:, :, 0])


def _passes(latitude: Array, longitude: Array, points: PlacePoints, width_m: float) -> Array:
    """Return first and last time within the width (n, p, 2), looking only at places near these lines."""
    from scipy.spatial import KDTree

    from overflight.exposure.kernels import passes

    ground = _surface(latitude, longitude)
    out = np.full((len(ground), len(points.place_sphere), 2), np.nan)
    there = _along(ground)
    if len(there) == 0 or len(points.place_sphere) == 0:
        return out
    distance, _ = KDTree(there).query(points.place_sphere[:, :3])
    near = np.flatnonzero(distance <= points.place_sphere[:, 3] + width_m + _DENSE_M)
    if len(near):
        few = points.subset(near)
        out[:, near] = passes(
            ground, ROW_S, few.place_sphere, few.block, few.sphere, few.start, few.point_m, width_m
        )
    return out


def _pieces_in_places(ensemble: Ensemble, impacts: Impacts, places: Places) -> Array:
    """Return the expected number of pieces (n, p) of each flight that land in each place."""
    import shapely

    counts = np.zeros((len(ensemble), len(places)))
    if len(impacts) == 0 or len(places) == 0:
        return counts
    lonlat = np.degrees(np.stack([impacts.longitude_rad, impacts.latitude_rad], axis=1))
    points = np.asarray(shapely.points(lonlat), dtype=object)
    tree = shapely.STRtree(points)
    some = np.unique(places.tree.query(points)[1])  # boxes first: few places have any piece near
    shapely.prepare(places.geometries[some])
    which, row = tree.query(places.geometries[some], predicate="intersects")
    which = some[which]
    np.add.at(counts, (impacts.sample[row], which), impacts.pieces[row])
    return counts
