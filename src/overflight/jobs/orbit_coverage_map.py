"""The revisit by place as a map: cells of about equal area round the places, shaded by their longest gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.orbit.coverage import Coverage
from overflight.orbit.passes import GroundPoints
from overflight.report.orbit_values import LonLat, MapCell, OrbitMap, OrbitMark
from overflight.report.projection import EqualArea, mean_point, unit_vectors

__all__ = ["CellGrid", "cell_grid", "gap_map"]

LEAST_REACH_KM, MOST_REACH_KM = 2200.0, 7000.0
ACROSS = 8.0
"""Cells from edge to edge of the map, the short way."""
CLASSES_H = (6.0, 12.0, 24.0, 48.0, 96.0)
"""Bounds between the shades."""
MARKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class CellGrid:
    """Cells by their middles and rings, and the circle that the map shows."""

    points: GroundPoints
    rings: tuple[tuple[LonLat, ...], ...]
    centre: LonLat
    reach_km: float


def cell_grid(places: GroundPoints) -> CellGrid:
    """Return the cells in the frame of a map that shows all the places, as far as a map can."""
    lonlat = np.degrees(np.stack([places.longitude_rad, places.latitude_rad], axis=1))
    centre = mean_point(lonlat)
    apart = np.arccos(np.clip(unit_vectors(lonlat) @ unit_vectors(np.array([centre]))[0], -1.0, 1.0))
    reach = float(np.clip(6371.0 * apart.max() * 1.15, LEAST_REACH_KM, MOST_REACH_KM))
    rows = round(180.0 / np.degrees(2.0 * reach / 6371.0 / ACROSS))
    step = 180.0 / rows
    middles, rings = [], []
    for south in -90.0 + step * np.arange(rows):
        north, middle = south + step, south + step / 2.0
        count = max(round(360.0 * np.cos(np.radians(middle)) / step), 3)
        width = 360.0 / count
        for west in centre[0] + width * (np.arange(count) - 0.5):
            middles.append((west + width / 2.0, middle))
            rings.append(_ring(west, west + width, south, north))
    at = np.array(middles)
    xy, cosine = EqualArea(*centre).forward(at)
    half = 2.0 * 6371.0 * np.sin(reach / 6371.0 / 2.0) + 111.0 * step
    inside = (np.abs(xy[:, 0]) < 1.3 * half) & (np.abs(xy[:, 1]) < half) & (cosine > -0.8)
    kept = np.flatnonzero(inside)
    longitude = (at[kept, 0] + 180.0) % 360.0 - 180.0
    keys = [f"{a:.2f},{b:.2f}" for a, b in zip(at[kept, 1], longitude, strict=True)]
    points = GroundPoints.of(keys, at[kept, 1], longitude)
    return CellGrid(points, tuple(rings[i] for i in kept), centre, reach)


def _ring(west: float, east: float, south: float, north: float) -> tuple[LonLat, ...]:
    """Return a ring whose long sides keep to their parallels, so that no gap opens between rows."""
    along = np.linspace(west, east, int(np.ceil(east - west)) + 1).tolist()
    return (*((x, south) for x in along), *((x, north) for x in reversed(along)))


def gap_map(name: str, coverage: Coverage, grid: CellGrid, places: GroundPoints) -> OrbitMap:
    """Return the map of the longest gap between looks in daylight of one fleet."""
    always = coverage.seen_s > 0.99 * coverage.span_s
    longest_h = np.where(always, 0.0, coverage.longest_s / 3600.0)
    cells = tuple(
        MapCell(ring, _shade(hours), _short(hours), (float(lon), float(lat)))
        for ring, hours, lat, lon in zip(
            grid.rings,
            longest_h,
            np.degrees(grid.points.latitude_rad),
            np.degrees(grid.points.longitude_rad),
            strict=True,
        )
    )
    lonlat = np.degrees(np.stack([places.longitude_rad, places.latitude_rad], axis=1)).tolist()
    marks = [OrbitMark((a, b), text, "place") for (a, b), text in zip(lonlat, places.name, strict=True)]
    return OrbitMap(
        f"Longest gap by place: {name}",
        f"The longest time between two looks in daylight at the middle of each cell within "
        f"{coverage.span_s / 86400.0:.0f} days; the darker, the longer. {_range(longest_h)}",
        grid.centre, grid.reach_km, (), (), (),
        tuple(marks) if len(marks) <= MARKS_SHOWN else (),
        cells=cells,
    )  # fmt: skip


def _shade(hours: float) -> float:
    """Return how dark a cell is, 0 to 1; the darkest has fewer than two looks."""
    steps = len(CLASSES_H) + 1
    return 1.0 if np.isnan(hours) else float(np.searchsorted(CLASSES_H, hours)) / steps


def _short(hours: float) -> str:
    if np.isnan(hours):
        return "–"
    if hours == 0.0:
        return "always"
    return f"{hours:.0f} h" if hours < 47.5 else f"{hours / 24.0:.1f} d".replace(".0 d", " d")


def _range(hours: Sequence[float] | np.ndarray) -> str:
    known = np.asarray(hours)[np.isfinite(hours)]
    none = len(hours) - len(known)
    words = f"From {_short(known.min())} to {_short(known.max())}." if len(known) else ""
    if len(known) and known.max() == 0.0:
        words = "In view all the time."
    if none:
        words += f" {none} of {len(hours)} cells (–) have fewer than two looks, and so no gap to measure."
    return words.strip()
