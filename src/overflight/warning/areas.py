"""Alert polygons for municipalities: few points, all of the places meant, little of any other land.

Cell broadcast takes rings of about 100 points, while one coast may have thousands.  The places are
grown a little, so that islands near one another share a ring and simplifying cannot cut into them;
land of others is taken out again first, sea is free.  What comes out is measured
(:func:`measure_fit`), never assumed, and nothing is widened silently: what cannot be drawn within
the points is divided, not grown further.

Geometry is planar on a chart of (longitude x cos(mean latitude), latitude), which keeps shapes and
area ratios over one region; areas for the measured fit use sin(latitude), where they are exact on
the sphere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.earth.antimeridian import split_polygon
from overflight.errors import NumericsError
from overflight.warning.alert import MAX_RING_POINTS, Ring

if TYPE_CHECKING:
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

MIN_COVERAGE = 0.999
"""Least share of the area of every place that must lie inside the rings."""

MAX_EXCESS = 0.05
"""Largest area of other land inside the rings, as a share of the area meant."""

USUAL_RINGS = 10
"""Rings of one alert that common receivers take; more are made only where fewer do not do."""

_KM_PER_DEG = 111.2
_REACHES_KM = (2.0, 4.0, 8.0, 16.0)  # how far out to sea a ring may reach to join islands
_DECIMALS = 5  # of a degree: 1 m


@dataclass(frozen=True, slots=True)
class AreaFit:
    """How well rings fit the places meant.

    ``coverage`` is the smallest share of any one place inside the rings; ``excess`` the area of
    other land inside them over the area of all places meant; ``points`` of the largest ring.
    """

    coverage: float
    excess: float
    rings: int
    points: int


def alert_polygons(
    geometries: Sequence[BaseGeometry],
    keep_off: Sequence[BaseGeometry] = (),
    max_points: int = MAX_RING_POINTS,
) -> tuple[Ring, ...]:
    """Return closed rings, longitude and latitude in WGS-84 degrees, that cover the places meant.

    Parameters
    ----------
    geometries : polygons of the places meant, longitude and latitude in degrees
    keep_off : polygons of other land, which the rings avoid; whatever overlaps the places is ignored
    max_points : most points of a ring, the closing one counted; at least 8

    Returns
    -------
    rings without self-crossing, anticlockwise, west to east, none across the antimeridian, all of
    which together hold at least ``MIN_COVERAGE`` of every place

    Raises
    ------
    NumericsError : no rings with that coverage were found, or a geometry is no polygon
    """
    from shapely import union_all

    target = union_all([part for geometry in geometries for part in _flat(geometry)])
    if target.is_empty:
        return ()
    other = _near(target, keep_off)
    chart = _Chart.over(target)
    target, other = chart.to_plane(target), chart.to_plane(other.difference(target))
    best: list[Polygon] = []
    for reach_km in _worth_trying(target):
        pieces = _cover(target, other, reach_km / _KM_PER_DEG, max_points)
        does_help = not best or len(pieces) < 0.8 * len(best)
        if not best or len(pieces) < len(best):
            best = pieces
        if len(best) <= USUAL_RINGS or (len(best) > 2 * USUAL_RINGS and not does_help):
            break
    rings = sorted(_finish(chart, piece) for piece in best)
    fit = measure_fit(rings, geometries)
    if fit.coverage < MIN_COVERAGE:
        raise NumericsError(
            f"alert rings hold only {fit.coverage:.4%} of a place; {MIN_COVERAGE:.1%} is needed"
        )
    return tuple(rings)


def measure_fit(
    rings: Iterable[Ring], geometries: Sequence[BaseGeometry], keep_off: Sequence[BaseGeometry] = ()
) -> AreaFit:
    """Measure how rings fit the places meant, in true areas on the sphere."""
    from shapely import union_all
    from shapely.geometry import Polygon

    rings = tuple(rings)
    warned = union_all([Polygon(ring) for ring in rings])
    places = [union_all(_flat(geometry)) for geometry in geometries]
    meant = union_all(places)
    other = _near(meant, keep_off).difference(meant)
    shares = [_area(place.intersection(warned)) / _area(place) for place in places if not place.is_empty]
    excess = _area(other.intersection(warned)) / _area(meant) if shares else 0.0
    return AreaFit(
        min(shares, default=1.0), excess, len(rings), max((len(ring) for ring in rings), default=0)
    )


@dataclass(frozen=True, slots=True)
class _Chart:
    """Plane of (longitude x scale, latitude), degrees of latitude in both."""

    scale: float

    @classmethod
    def over(cls, geometry: BaseGeometry) -> _Chart:
        _, south_deg, _, north_deg = geometry.bounds
        return cls(max(math.cos(math.radians(0.5 * (south_deg + north_deg))), 0.05))

    def to_plane(self, geometry: BaseGeometry) -> BaseGeometry:
        from shapely import transform

        return transform(geometry, lambda xy: xy * (self.scale, 1.0))

    def to_lonlat(self, x: float, y: float) -> tuple[float, float]:
        longitude_deg = min(max(x / self.scale, -180.0), 180.0)
        return (round(longitude_deg, _DECIMALS), round(min(max(y, -90.0), 90.0), _DECIMALS))

    @property
    def world(self) -> BaseGeometry:
        from shapely import box

        return box(-180.0 * self.scale, -90.0, 180.0 * self.scale, 90.0)


def _flat(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a geometry, valid and cut at the antimeridian."""
    from shapely import make_valid
    from shapely.geometry import Polygon

    polygons: list[Polygon] = []
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type != "Polygon":
            raise NumericsError(f"an alert area needs polygons, found {part.geom_type}")
        if part.is_empty:
            continue
        if _is_plain(part) and part.is_valid:
            polygons.append(part)
            continue
        for rings in split_polygon([part.exterior.coords, *(hole.coords for hole in part.interiors)]):
            piece = make_valid(Polygon(rings[0], rings[1:]))
            polygons += [p for p in getattr(piece, "geoms", [piece]) if p.geom_type == "Polygon"]
    return polygons


def _near(target: BaseGeometry, others: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return the union of those ``others`` that rings around ``target`` could touch.

    Those that reach across the antimeridian are kept whatever they are: their bounds say little.
    """
    from shapely import STRtree, box, union_all

    reach_deg = 3.0 * _REACHES_KM[-1] / _KM_PER_DEG
    windows = []
    for part in _polygons(target):
        west, south, east, north = part.bounds
        wide = reach_deg / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.05)
        windows.append(box(west - wide, south - reach_deg, east + wide, north + reach_deg))
    found = {int(i) for i in STRtree(others).query(windows)[1]} if len(others) else set()
    found |= {i for i, other in enumerate(others) if not _is_plain(other)}
    return union_all([part for i in sorted(found) for part in _flat(others[i])])


def _is_plain(geometry: BaseGeometry) -> bool:
    """Return whether a geometry lies between the two sides of the antimeridian."""
    if geometry.is_empty:
        return True
    west, _, east, _ = geometry.bounds
    return west >= -180.0 and east <= 180.0 and east - west < 180.0


@dataclass(frozen=True, slots=True)
class _Limits:
    """Limits of one drawing, on the chart: ``spare_area`` of other land is forgiven in every piece."""

    reach: float
    max_points: int
    spare_area: float


def _worth_trying(target: BaseGeometry) -> tuple[float, ...]:
    """Return the reaches in km to try: smaller ones that leave too many groups of islands are left out."""
    groups = [_groups(_polygons(target), 2.0 * reach_km / _KM_PER_DEG) for reach_km in _REACHES_KM]
    most = max(USUAL_RINGS, groups[-1])
    return tuple(reach_km for reach_km, count in zip(_REACHES_KM, groups, strict=True) if count <= most)


def _groups(parts: list[Polygon], gap: float) -> int:
    """Return how many groups polygons form, when those within ``gap`` of one another are of one group."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from shapely import STRtree

    one, other = STRtree(parts).query(parts, predicate="dwithin", distance=gap)
    near = coo_array((np.ones(len(one), bool), (one, other)), shape=(len(parts), len(parts)))
    return int(connected_components(near, directed=False)[0])


def _cover(target: BaseGeometry, other: BaseGeometry, reach: float, max_points: int) -> list[Polygon]:
    """Return simple polygons over ``target``, joined across ``reach`` degrees of sea."""
    from shapely import STRtree, union_all

    pieces: list[Polygon] = []
    spare = 1e-4 * target.area
    grown = target.simplify(0.05 * reach).buffer(reach, quad_segs=2)
    open_sea = grown.difference(other.simplify(0.02 * reach).buffer(0.1 * reach, quad_segs=1))
    parts = _polygons(target)
    tree = STRtree([part.representative_point() for part in parts])
    limits = _Limits(reach, max_points, spare)
    for blob in _polygons(open_sea.union(target)):
        # every part of the target lies in one blob as a whole; others may touch it without a share of it
        inside = union_all([parts[i] for i in tree.query(blob, predicate="contains")])
        if inside.area > 0.0:
            pieces += _simple(blob, inside, _around(other, blob, reach), limits)
    return pieces


def _around(other: BaseGeometry, blob: Polygon, reach: float) -> BaseGeometry:
    """Return what of ``other`` a ring round ``blob`` could touch."""
    from shapely import clip_by_rect, make_valid

    west, south, east, north = blob.bounds
    clipped = clip_by_rect(other, west - reach, south - reach, east + reach, north + reach)
    return clipped if clipped.is_valid else make_valid(clipped)


def _simple(
    blob: Polygon, target: BaseGeometry, other: BaseGeometry, limits: _Limits, depth: int = 0
) -> list[Polygon]:
    """Return ``blob`` drawn with few points, divided where one ring cannot do it."""
    most_excess = MAX_EXCESS * target.area + limits.spare_area
    blob = _fill_holes(blob, other, 0.2 * most_excess)
    if not blob.interiors:
        for step in (0.4, 0.2, 0.1, 0.05, 0.025, 0.0125, 0.0):
            simple = _simplified(blob, target, step * limits.reach)
            if simple is None:
                continue
            if len(simple.exterior.coords) > limits.max_points:
                break  # a finer drawing has more points still
            excess = simple.intersection(other).area
            if excess <= most_excess and target.difference(simple).area <= 1e-6 * target.area:
                return [simple]
    if depth > 24:
        raise NumericsError("an alert area is too intricate to be drawn; use coarser boundaries")
    pieces: list[Polygon] = []
    for half in _halves(blob):
        for part in _polygons(blob.intersection(half)):
            inside = target.intersection(part)
            if inside.area > 0.0:
                pieces += _simple(part, inside, other, limits, depth + 1)
    return pieces


def _simplified(blob: Polygon, target: BaseGeometry, tolerance: float) -> Polygon | None:
    """Return ``blob`` with fewer points, leaning outward round ``target``; None if it falls apart."""
    if tolerance == 0.0:
        return blob
    simple = blob.simplify(0.5 * tolerance)
    short = target.difference(simple)
    if not short.is_empty and short.area > 0.0:
        lean = target.simplify(0.25 * tolerance).buffer(0.5 * tolerance, quad_segs=1, join_style="mitre")
        simple = simple.union(lean).simplify(0.25 * tolerance)
    parts = [part for part in _polygons(simple) if part.intersects(target)]
    if len(parts) != 1 or parts[0].interiors:
        return None
    return parts[0]


def _fill_holes(blob: Polygon, other: BaseGeometry, budget: float) -> Polygon:
    """Return ``blob`` without those holes that hold hardly any other land, smallest first."""
    from shapely.geometry import Polygon

    kept = []
    holes = [(Polygon(hole).intersection(other).area, hole) for hole in blob.interiors]
    for land, hole in sorted(holes, key=lambda pair: pair[0]):
        if land <= budget:
            budget -= land
        else:
            kept.append(hole)
    return Polygon(blob.exterior, kept)


def _halves(blob: Polygon) -> tuple[BaseGeometry, BaseGeometry]:
    """Return two boxes that divide ``blob``: through its largest hole, or across its longer side."""
    from shapely import box
    from shapely.geometry import Polygon

    west, south, east, north = blob.bounds
    holes = [Polygon(hole) for hole in blob.interiors]
    at = (
        max(holes, key=lambda hole: hole.area).representative_point() if holes else box(*blob.bounds).centroid
    )
    if east - west >= north - south:
        return box(west, south, at.x, north), box(at.x, south, east, north)
    return box(west, south, east, at.y), box(west, at.y, east, north)


def _finish(chart: _Chart, polygon: Polygon) -> Ring:
    """Return the ring of a plane polygon in rounded degrees, anticlockwise, still without a crossing."""
    from shapely import make_valid
    from shapely.geometry import Polygon
    from shapely.geometry.polygon import orient

    inside = polygon.intersection(chart.world)
    biggest = max(_polygons(inside), key=lambda part: part.area)
    rounded = Polygon([chart.to_lonlat(x, y) for x, y in biggest.exterior.coords])
    if not rounded.is_valid:
        rounded = max(_polygons(make_valid(rounded)), key=lambda part: part.area)
        rounded = Polygon(rounded.exterior)
    points = [(float(x), float(y)) for x, y in orient(rounded).exterior.coords]
    first = points.index(min(points[:-1]))
    turned = points[first:-1] + points[:first]
    return (*turned, turned[0])


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in getattr(geometry, "geoms", [geometry]) if part.geom_type == "Polygon"]


def _area(geometry: BaseGeometry) -> float:
    """Return an area proportional to the true one: the cylindrical chart (longitude, sin latitude)."""
    import numpy as np
    from shapely import transform

    return transform(
        geometry, lambda xy: np.column_stack([xy[:, 0], np.degrees(np.sin(np.radians(xy[:, 1])))])
    ).area
