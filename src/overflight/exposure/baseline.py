"""Part 420's expected casualties for a launch, beside those of the Monte Carlo."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import NAUTICAL_MILE_M
from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure import part420
from overflight.exposure.place import Places

__all__ = ["Baseline", "baseline"]

Array = NDArray[np.float64]
_KM_PER_DEG = 111.2
_STEP_M = 5e3
MOST_SIGMA = 5.0
"""People within so many sigma of the line are counted (14 CFR C417.3)."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Expected casualties after 14 CFR part 420, appendix C: ``place`` (p,) and ``casualties`` (p,).

    ``total`` is their sum for a failure probability of 0.10, which is the rule's.
    """

    kind: part420.CorridorClass
    place: NDArray[np.int64] = field(repr=False)
    casualties: Array = field(repr=False)
    total: float
    failure_probability: float = part420.FAILURE_PROBABILITY


def baseline(longitude_deg: Array, latitude_deg: Array, payload_kg: float, places: Places) -> Baseline | None:
    """Return the baseline along the line of impact points (r,) of the planned flight, None without a line.

    Ranges are measured along the line, distances across from it. A place is a square of its land area,
    with all its people spread over it, round a point inside; its probability of impact is that of the square.
    """
    from scipy.spatial import KDTree

    there = np.isfinite(longitude_deg) & np.isfinite(latitude_deg)
    if there.sum() < 2:
        return None
    line, range_m = _dense(
        geodetic_to_ecef(np.radians(latitude_deg[there]), np.radians(longitude_deg[there]), 0.0)
    )
    kind = part420.vehicle_class(payload_kg)
    lon, lat, area_km2, people = _squares(places)
    chord, nearest = KDTree(line).query(geodetic_to_ecef(np.radians(lat), np.radians(lon), 0.0))
    y, x = chord / NAUTICAL_MILE_M, range_m[nearest] / NAUTICAL_MILE_M
    half = part420.corridor_half_width_nm(kind, x)
    counted = (people > 0.0) & (y <= MOST_SIGMA * half / 3.0) & (x <= 5000.0) & (nearest < len(line) - 1)
    side = np.sqrt(area_km2 * 1e6) / NAUTICAL_MILE_M
    _, pi = part420.impact_probability(
        np.maximum(x - side / 2.0, 0.0), x + side / 2.0, y - side / 2.0, y + side / 2.0, half
    )
    area_mi2 = side**2 * part420.MILE2_PER_NM2
    casualties = pi * part420.casualty_area_mi2(kind, x) * people / np.maximum(area_mi2, 1e-9)
    place = np.flatnonzero(counted)
    return Baseline(kind, place, casualties[place], float(casualties[place].sum()))


def _dense(points: Array) -> tuple[Array, Array]:
    """Return a line (m, 3) ECEF with points no more than 5 km apart, and the range (m,) along it."""
    length = np.linalg.norm(np.diff(points, axis=0), axis=1)
    count = np.maximum(np.ceil(length / _STEP_M).astype(np.int64), 1)
    row = np.repeat(np.arange(len(count)), count)
    part = (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)) / count[row]
    dense = np.concatenate([points[row] + part[:, None] * (points[row + 1] - points[row]), points[-1:]])
    dense *= np.linalg.norm(points[0]) / np.linalg.norm(dense, axis=1, keepdims=True)
    return dense, np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])


def _squares(places: Places) -> tuple[Array, Array, Array, Array]:
    """Return longitude, latitude (deg) of a point inside, land area (km2) and people (NaN: 0) of places."""
    import shapely

    point = shapely.get_coordinates(shapely.point_on_surface(places.geometries))
    area = shapely.area(places.geometries) * _KM_PER_DEG**2 * np.cos(np.radians(point[:, 1]))
    people = np.array([float(place.population or 0) for place in places])
    return point[:, 0], point[:, 1], area, people
