"""Areas to keep ships, aircraft and people out of, as polygons of few corners that contain their level.

Mirrors 14 CFR 417.107(b) and 450.133: ships 1e-5 and 97 % of planned debris, aircraft 1e-6 and the planned
ellipses with 5 nautical miles added to each semi-axis (B417.9), people 1e-6. Not a licence analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.earth.constants import NAUTICAL_MILE_M
from overflight.exposure.cells import Cells, cells_of, smoothed
from overflight.exposure.cover import cover_boxes, cover_ring
from overflight.exposure.drop_zones import drop_zone
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.ensemble import Ensemble
from overflight.scenario.risk import Risk

__all__ = [
    "AIRCRAFT",
    "PEOPLE",
    "SHIPS",
    "HazardArea",
    "ascent_area",
    "contour_radius_m",
    "ellipse_ring",
    "hazard_areas",
    "level_boxes",
]

Array = NDArray[np.float64]
SHIPS, AIRCRAFT, PEOPLE = 1e-5, 1e-6, 1e-6
CELL_M = 5e3
_SIZES = (1, 2, 4, 8, 16)
_ENOUGH = 12.0
"""Impacts, by weight, that make a cell's probability known within 30 %; with fewer, greater cells."""
MARGIN_M = 5.0 * NAUTICAL_MILE_M
THREE_SIGMA = 0.988891
"""Share of a plane normal distribution within the ellipse of three sigma."""
_THIN_AIR = 1.85
"""Speed of a piece at airliner height over that at the ground: root of the ratio of densities, 11 km."""
_LEAST_IMPACTS = 10
ASCENT_TOP_M = 30_480.0
"""100,000 feet, up to which aircraft are kept out (14 CFR A417.23(e)(1))."""

Whom = Literal["ships", "aircraft", "people"]


@dataclass(frozen=True, slots=True)
class HazardArea:
    """An area for ships, aircraft or people.

    ``ring_deg`` (j, 2) closed, anticlockwise; longitudes may go beyond 180. ``level`` is the probability that
    bounds it, or the share of planned debris it holds; ``from_s`` and ``to_s`` bound arrivals there.
    """

    whom: Whom
    label: str
    rule: str
    level: float
    planned: bool
    ring_deg: Array = field(repr=False)
    from_s: float
    to_s: float


def hazard_areas(
    ensemble: Ensemble, impacts: Impacts, casualty_m2: Array, rules: Risk, *, cell_m: float = CELL_M
) -> tuple[HazardArea, ...]:
    """Return the hazard areas of a launch: of planned debris first, then of failures.

    Probabilities are counted in cells of 5 km, and in greater ones where few impacts lie. A cell counts if
    its probability plus one standard error of the Monte Carlo reaches the level.
    """
    kinds = np.array([body.kind for body in ensemble.bodies])
    planned = np.isin(kinds[impacts.body], ("spent", "fairing"))
    areas: list[HazardArea] = []
    for index, body in enumerate(ensemble.bodies):
        rows = np.flatnonzero((impacts.body == index) & planned)
        if len(rows) >= _LEAST_IMPACTS:
            areas += _planned(ensemble, impacts, rows, body.label)
    rows = np.flatnonzero(~planned)
    per_piece = _targets_m2(impacts, casualty_m2, rules)
    named: tuple[tuple[Whom, float, str], ...] = (
        ("ships", SHIPS, "14 CFR 417.107(b)(3)"),
        ("aircraft", AIRCRAFT, "14 CFR 417.107(b)(4)"),
        ("people", PEOPLE, "14 CFR 417.107(b)(2)"),
    )
    for whom, level, rule in named:
        boxes = level_boxes(ensemble, impacts, rows, per_piece[whom], level, cell_m=cell_m)
        for ring in cover_boxes(boxes):
            first, last = _times(ensemble, impacts, rows[_inside(impacts, rows, ring)])
            areas.append(HazardArea(whom, "Failures", rule, level, False, ring, first, last))
    return tuple(areas)


def ascent_area(path_lonlat_deg: Array, altitude_m: Array, time_s: Array) -> HazardArea:
    """Return the area for aircraft round the ascent: 5 nautical miles about the planned path to 100,000 feet.

    ``path_lonlat_deg`` (r, 2), heights and times (r,) after lift-off of the planned flight.
    """
    import shapely
    from pyproj import Proj

    above = np.flatnonzero(altitude_m > ASCENT_TOP_M)
    end = int(above[0]) + 1 if len(above) else len(altitude_m)
    plane = Proj(proj="aeqd", lon_0=path_lonlat_deg[0, 0], lat_0=path_lonlat_deg[0, 1], ellps="WGS84")
    flat = shapely.MultiPoint(np.stack(plane(*path_lonlat_deg[:end].T), axis=1))
    round_it = shapely.convex_hull(flat).buffer(MARGIN_M / np.cos(np.pi / 32.0), quad_segs=8)
    ring = np.stack(
        plane(*shapely.get_coordinates(shapely.orient_polygons(round_it)).T, inverse=True), axis=1
    )
    middle = path_lonlat_deg[0, 0]
    ring[:, 0] = middle + (ring[:, 0] - middle + 180.0) % 360.0 - 180.0
    ring[-1] = ring[0]
    rule = "14 CFR A417.23(e)(1): planned path and 5 nm, to 100,000 ft"
    return HazardArea("aircraft", "Ascent", rule, 1.0, True, cover_ring(ring), 0.0, float(time_s[end - 1]))


def _targets_m2(impacts: Impacts, casualty_m2: Array, rules: Risk) -> dict[Whom, Array]:
    """Return over what area (m,) one piece meets a ship, an aircraft in cruise, and hurts a person.

    Ships: pieces that hurt. An aircraft crosses a column of falling pieces: from above it shows its top,
    and while a piece falls it moves into it with its front (relative motion).
    """
    falling = np.maximum(_THIN_AIR * impacts.speed_mps, 1.0)
    return {
        "ships": np.where(casualty_m2 > 0.0, rules.ship_area_m2, 0.0),
        "aircraft": rules.aircraft_top_m2 + rules.aircraft_front_m2 * rules.aircraft_speed_mps / falling,
        "people": casualty_m2,
    }


def _planned(
    ensemble: Ensemble, impacts: Impacts, rows: NDArray[np.intp], label: str
) -> tuple[HazardArea, HazardArea]:
    lon, lat = np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows])
    weights = ensemble.weights[impacts.sample[rows]] * impacts.pieces[rows]
    holds, wide = drop_zone(lon, lat, weights), drop_zone(lon, lat, weights, containment=THREE_SIGMA)
    first, last = _times(ensemble, impacts, rows)
    ring = wide.ring_deg
    if wide.shape == "ellipse":
        axes = (wide.semi_major_m + MARGIN_M, wide.semi_minor_m + MARGIN_M)
        ring = ellipse_ring(wide.centre_deg, axes, wide.azimuth_deg)
    for_ships, for_aircraft = "14 CFR 450.133(b)(1)", "14 CFR B417.9(d)(2): three sigma and 5 nm"
    return (
        HazardArea("ships", label, for_ships, 0.97, True, cover_ring(holds.ring_deg), first, last),
        HazardArea("aircraft", label, for_aircraft, THREE_SIGMA, True, cover_ring(ring), first, last),
    )


def ellipse_ring(centre_deg: tuple[float, float], axes_m: tuple[float, float], azimuth_deg: float) -> Array:
    """Return an ellipse on the ground as a closed ring (73, 2), by its semi-axes and the major's azimuth."""
    from pyproj import Proj

    plane = Proj(proj="aeqd", lon_0=centre_deg[0], lat_0=centre_deg[1], ellps="WGS84")
    turn, azimuth = np.linspace(0.0, 2.0 * np.pi, 73), np.radians(azimuth_deg)
    along, across = axes_m[0] * np.cos(turn), axes_m[1] * np.sin(turn)
    east = along * np.sin(azimuth) - across * np.cos(azimuth)
    north = along * np.cos(azimuth) + across * np.sin(azimuth)
    ring = np.stack(plane(east, north, inverse=True), axis=1)
    ring[-1] = ring[0]
    return ring


def contour_radius_m(sigma_m: float, target_m2: float, level: float, pieces: float = 1.0) -> float:
    """Return the radius (m) of a level round the centre of circular normal impacts, 0 if never reached.

    By hand: the density at the middle of the target times its area (14 CFR B417.11).
    """
    peak = pieces * target_m2 / (2.0 * np.pi * sigma_m**2)
    return sigma_m * float(np.sqrt(2.0 * np.log(peak / level))) if peak > level else 0.0


def level_boxes(
    ensemble: Ensemble,
    impacts: Impacts,
    rows: NDArray[np.intp],
    target_m2: Array,
    level: float,
    *,
    cell_m: float = CELL_M,
) -> Array:
    """Return the cells (k, 4) west, south, east, north in which a target is met with at least a probability.

    ``target_m2`` (m,) over which one piece of each impact meets the target. Impacts in cells that hold
    enough of them are done with; the others alone are counted again in cells twice as wide.
    """
    rows = rows[target_m2[rows] > 0.0]
    lon, lat = np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows])
    each = ensemble.weights[impacts.sample[rows]] * impacts.pieces[rows] * target_m2[rows]
    found = []
    for size in _SIZES:
        if len(each) == 0:
            break
        cells, which = cells_of(lon, lat, size * cell_m)
        own = np.stack([np.bincount(which, v, len(cells)) for v in (each, each**2)], axis=1, dtype=float)
        spread, table = smoothed(cells, own)
        enough = (table[:, 0] ** 2 >= _ENOUGH * table[:, 1]) | (size == _SIZES[-1])
        reached = (table[:, 0] + np.sqrt(table[:, 1])) / spread.area_m2 >= level
        found.append(spread.take(enough & reached).bounds_deg)
        left = ~np.isin(_key(cells)[which], _key(spread)[enough])
        lon, lat, each = lon[left], lat[left], each[left]
    return np.concatenate(found) if found else np.empty((0, 4))


def _key(cells: Cells) -> NDArray[np.int64]:
    return cells.row << 32 | cells.column


def _inside(impacts: Impacts, rows: NDArray[np.intp], ring_deg: Array) -> NDArray[np.bool_]:
    import shapely

    middle = 0.5 * (ring_deg[:, 0].min() + ring_deg[:, 0].max())
    lon = np.degrees(impacts.longitude_rad[rows])
    lon = (lon - middle + 180.0) % 360.0 - 180.0 + middle
    return shapely.contains_xy(shapely.Polygon(ring_deg), lon, np.degrees(impacts.latitude_rad[rows]))


def _times(ensemble: Ensemble, impacts: Impacts, rows: NDArray[np.intp]) -> tuple[float, float]:
    """Return when the first and the last impacts arrive, but for the outermost 1 % by weight either way."""
    weights = ensemble.weights[impacts.sample[rows]] * impacts.pieces[rows]
    first, last = weighted_quantile(impacts.time_s[rows], weights, (0.01, 0.99))
    return first, last
