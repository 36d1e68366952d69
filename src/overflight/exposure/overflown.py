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
from overflight.exposure.landed import Landed, hits, landed
from overflight.exposure.place import Places
from overflight.exposure.place_points import PlacePoints, bounding_spheres, place_points
from overflight.exposure.statistics import Estimate, mean_of, weighted_quantile
from overflight.flight.engine import Engine, SerialEngine, chunks
from overflight.flight.ensemble import Ensemble
from overflight.flight.tracks import ROW_S, fly_tracks
from overflight.scenario.model import Scenario

__all__ = ["Exposure", "expose"]

Array = NDArray[np.float64]
CHUNK = 32
_COARSE = 5  # every so many rows of a track are enough to tell which places are near
_DENSE_M = 50e3
_CELLS = 512  # cells of that size along each axis, more than the Earth is wide


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of the places a launch may concern.

    ``place`` (p,) indexes the given places; ``over``, ``impact_line`` and ``debris`` are probabilities with
    errors (p,): the ground track passes within ``width_m``, the vacuum impact point does, at least one
    piece lands inside. ``first_s`` and ``last_s`` (p,) bound the passage: 5 % of the passing flights have
    come within the width by the first, 95 % have left by the last; NaN where no flight passes. The impact
    line is followed in steps of 2 s: what it sweeps in the very last one before orbit is left out.
    ``any_debris`` (1,) is the probability that a piece lands in any place at all, and
    ``any_debris_as_planned`` the same over the flights as planned alone. ``passes`` (n, p): whether the track
    of each flight passes.
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
    passes: NDArray[np.bool_] = field(repr=False)


def expose(
    scenario: Scenario,
    ensemble: Ensemble,
    impacts: Impacts,
    places: Places,
    air: Air,
    *,
    width_m: float = 50e3,
    fallen: Landed | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Exposure:
    """Return the exposure of every place that a track, an impact line or a piece comes near.

    ``fallen`` says what landed where, if that is known already.
    """
    engine = engine or SerialEngine()
    parts = list(chunks(len(ensemble), CHUNK))
    struck, hit = hits(ensemble, impacts, landed(impacts, places) if fallen is None else fallen)
    coarse = engine.map(
        partial(_coarse_chunk, scenario, ensemble, air), parts, lambda i, n: progress(i, 2 * n)
    )
    cells = np.unique(np.concatenate(coarse))
    near = np.union1d(np.flatnonzero(_near(_cell_centres(cells), places, width_m)), struck)
    chosen = Places(tuple(places[int(j)] for j in near))
    points = place_points(chosen, spacing_m=max(width_m / 1.5, 2e3))
    work = partial(_pass_chunk, scenario, ensemble, air, points, width_m)
    found = engine.map(work, parts, lambda i, n: progress(n + i, 2 * n))
    kept = np.unique(np.concatenate([np.flatnonzero(np.isin(near, struck)), *(part[0] for part in found)]))
    over = np.full((len(ensemble), len(kept), 2), np.nan)
    line = np.zeros((len(ensemble), len(kept)), bool)
    for part, (passed, times, swept) in zip(parts, found, strict=True):
        rows, columns = slice(part.start, part.stop), np.searchsorted(kept, passed)
        over[rows, columns], line[rows, columns] = times, swept
    debris = np.zeros((len(ensemble), len(kept)))
    debris[:, np.isin(near[kept], struck)] = -np.expm1(-hit)  # both in order of the places
    weights, as_planned = ensemble.weights, ensemble.samples.outcome == 0
    return Exposure(
        width_m=width_m,
        place=near[kept],
        over=mean_of(ensemble, np.isfinite(over[:, :, 0]).astype(float)),
        impact_line=mean_of(ensemble, line.astype(float)),
        debris=mean_of(ensemble, debris),
        any_debris=mean_of(ensemble, -np.expm1(-hit.sum(axis=1, keepdims=True))),
        any_debris_as_planned=float(np.sum(hit[as_planned].any(axis=1)) / max(as_planned.sum(), 1)),
        first_s=np.array([weighted_quantile(over[:, j, 0], weights, (0.05,))[0] for j in range(len(kept))]),
        last_s=np.array([weighted_quantile(over[:, j, 1], weights, (0.95,))[0] for j in range(len(kept))]),
        passes=np.isfinite(over[:, :, 0]),
    )


def _surface(latitude: Array, longitude: Array) -> Array:
    """Return the ground under rows (n, r) in ECEF (n, r', 3), without the rows that no line has."""
    there = np.flatnonzero(np.isfinite(latitude).any(axis=0))
    end = int(there[-1]) + 1 if len(there) else 1
    return np.ascontiguousarray(geodetic_to_ecef(latitude[:, :end], longitude[:, :end], 0.0))


def _along(lines: Array) -> Array:
    """Return points (m, 3) no more than ``_DENSE_M`` apart along polylines (n, r, 3)."""
    points = _filled_in(lines).reshape(-1, 3)
    return points[np.isfinite(points[:, 0])]


def _filled_in(lines: Array) -> Array:
    """Return polylines (n, r, 3) with more rows: no more than ``_DENSE_M`` apart, NaN past the last.

    Between given rows a line is an arc round the Earth's centre. An impact line runs thousands of kilometres
    between rows as the flight nears orbit; a straight line would lead deep below the places it passes.
    """
    a, b = lines[:, :-1], lines[:, 1:]
    ra, rb = np.linalg.norm(a, axis=2), np.linalg.norm(b, axis=2)
    angle = np.arctan2(np.linalg.norm(np.cross(a, b), axis=2), np.sum(a * b, axis=2))
    count = np.maximum(np.ceil(np.nan_to_num(angle * ra) / _DENSE_M), 1.0).astype(np.int64)
    out = np.full((len(lines), count.sum(axis=1).max(initial=0) + 1, 3), np.nan)
    for i, pieces in enumerate(count):
        row = np.repeat(np.arange(len(pieces)), pieces)
        part = (np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[row]
        out[i, : len(row)] = a[i, row]
        out[i, len(row)] = lines[i, -1]
        new = np.flatnonzero(part > 0.0)
        row, part = row[new], part[new]
        turn = angle[i, row]
        radius = ra[i, row] + part * (rb[i, row] - ra[i, row])
        from_a = radius * np.sin((1.0 - part) * turn) / (np.sin(turn) * ra[i, row])
        from_b = radius * np.sin(part * turn) / (np.sin(turn) * rb[i, row])
        out[i, new] = from_a[:, None] * a[i, row] + from_b[:, None] * b[i, row]
    return out


def _coarse_chunk(scenario: Scenario, ensemble: Ensemble, air: Air, part: range) -> NDArray[np.int64]:
    """Return the cells (of ``_DENSE_M``) that tracks and impact lines of these samples touch."""
    tracks = fly_tracks(scenario, ensemble, air, part)
    over = _along(_surface(tracks.latitude_rad[:, ::_COARSE], tracks.longitude_rad[:, ::_COARSE]))
    line = _along(_surface(tracks.impact_latitude_rad, tracks.impact_longitude_rad))
    return np.union1d(_cells_of(over), _cells_of(line))


def _cells_of(points: Array) -> NDArray[np.int64]:
    """Return the numbers of the cells (of ``_DENSE_M``) that points (m, 3) lie in, each once."""
    cell = np.round(points / _DENSE_M).astype(np.int64) + _CELLS // 2
    return np.unique((cell[:, 0] * _CELLS + cell[:, 1]) * _CELLS + cell[:, 2])


def _cell_centres(cells: NDArray[np.int64]) -> Array:
    """Return the centres (m, 3) of cells by their numbers."""
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
) -> tuple[NDArray[np.int64], Array, NDArray[np.bool_]]:
    """Return the places (k,) that samples of a part pass, when (n, k, 2), and whether impact lines do (n, k).

    Places that none of them passes are left out: over many parts they would be most of what is kept.
    """
    tracks = fly_tracks(scenario, ensemble, air, part)
    over = _passes(_surface(tracks.latitude_rad, tracks.longitude_rad), points, width_m)
    impact_line = _filled_in(_surface(tracks.impact_latitude_rad, tracks.impact_longitude_rad))
    line = np.isfinite(_passes(impact_line, points, width_m)[:, :, 0])
    passed = np.flatnonzero(np.isfinite(over[:, :, 0]).any(axis=0) | line.any(axis=0))
    return passed, over[:, passed], line[:, passed]


def _passes(ground: Array, points: PlacePoints, width_m: float) -> Array:
    """Return when lines (n, r, 3), one row every ``ROW_S``, are first and last within the width (n, p, 2).

    Only places near these lines are looked at; NaN where a line never comes so near.
    """
    from scipy.spatial import KDTree

    from overflight.exposure.kernels import passes

    out = np.full((len(ground), len(points.place_sphere), 2), np.nan)
    there = _cell_centres(_cells_of(_along(ground)))
    if len(there) == 0 or len(points.place_sphere) == 0:
        return out
    distance, _ = KDTree(there).query(points.place_sphere[:, :3])
    near = np.flatnonzero(distance <= points.place_sphere[:, 3] + width_m + 2.0 * _DENSE_M)
    if len(near):
        few = points.subset(near)
        out[:, near] = passes(
            ground, ROW_S, few.place_sphere, few.block, few.sphere, few.start, few.point_m, width_m
        )
    return out
