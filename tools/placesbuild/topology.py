"""Polygons from many sources made into one coverage: no overlaps, no slivers, shared borders.

All outlines are noded together on one grid and cut into faces; each face goes to one place.  Where
several places claim a face, the better source wins, and within a source the smaller place: sources
that drop holes draw the surrounding place over its enclaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

KM2_PER_DEG2 = 111.195**2
"""Square kilometres of a square degree at the equator, on a sphere of 6371 km."""

Geometries = NDArray[np.object_]


def shape(geometry: Mapping[str, Any]) -> shapely.MultiPolygon:
    """Return a GeoJSON Polygon or MultiPolygon as what its parts cover together.

    Parts are repaired one by one and then united, as a point-in-polygon search over the parts would
    see them; a part inside another one is thus no hole.
    """
    coordinates = geometry["coordinates"]
    parts = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    return united([shapely.Polygon(rings[0], rings[1:]) for rings in parts if len(rings[0]) >= 4])


def united(polygons: Sequence[Any] | Geometries) -> shapely.MultiPolygon:
    """Return the union of polygons that may be invalid, without lines and points."""
    valid = shapely.make_valid(np.asarray(polygons, dtype=object), method="structure", keep_collapsed=False)
    return multi(shapely.union_all(valid))


def multi(geometry: Any) -> shapely.MultiPolygon:
    """Return the areas of any geometry as one MultiPolygon."""
    parts = shapely.get_parts(geometry)
    flat = shapely.get_parts(parts) if len(parts) else parts
    return shapely.MultiPolygon([part for part in flat if part.geom_type == "Polygon" and not part.is_empty])


def area_km2(geometries: Geometries) -> NDArray[np.float64]:
    """Return areas (n,) in km2, to about a percent for anything smaller than a country."""
    latitude_deg = np.nan_to_num(shapely.get_y(shapely.centroid(geometries)))
    return shapely.area(geometries) * KM2_PER_DEG2 * np.cos(np.radians(latitude_deg))


def make_coverage(
    geometries: Sequence[Any] | Geometries,
    rank: Sequence[int] | NDArray[Any],
    grid_deg: float,
    gap_km2: float,
) -> Geometries:
    """Return geometries (n,) that share borders exactly and nowhere overlap.

    Parameters
    ----------
    geometries : (n,) valid polygons in degrees
    rank : (n,) of each source; the lower wins where two overlap, and the smaller place among equals
    grid_deg : all vertices of the result lie on multiples of it
    gap_km2 : a gap enclosed by places goes to the neighbour it touches longest if it is smaller

    A place that lies wholly under better claims comes back empty.
    """
    claims = np.asarray(geometries, dtype=object)
    lines = shapely.union_all(shapely.boundary(claims), grid_size=grid_deg)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    owner = np.full(len(faces), -1)
    inner_points = shapely.STRtree(shapely.point_on_surface(faces))
    for index in np.lexsort((shapely.area(claims), np.asarray(rank))):
        hits = inner_points.query(claims[index], predicate="contains")
        owner[hits[owner[hits] < 0]] = index
    _fill_gaps(faces, owner, gap_km2)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(claims) + 1))
    result = np.empty(len(claims), dtype=object)
    for index in range(len(claims)):
        mine = faces[order[starts[index] : starts[index + 1]]]
        result[index] = multi(shapely.coverage_union_all(mine)) if len(mine) else shapely.MultiPolygon()
    return result


def _fill_gaps(faces: Geometries, owner: NDArray[np.int64], gap_km2: float) -> None:
    small = np.flatnonzero((owner < 0) & (area_km2(faces) < gap_km2))
    if not len(small):
        return
    tree = shapely.STRtree(faces)
    for gap in small:
        near = tree.query(faces[gap], predicate="touches")
        near = near[owner[near] >= 0]
        shared = shapely.length(shapely.intersection(faces[gap].boundary, shapely.boundary(faces[near])))
        if len(near) and shared.sum() > 0.999 * faces[gap].boundary.length:
            owner[gap] = owner[near[np.argmax(shared)]]


def simplify_coverage(coverage: Geometries, tolerance_deg: float) -> Geometries:
    """Return a coverage (n,) with fewer vertices and still no gaps or overlaps (Visvalingam-Whyatt).

    ``tolerance_deg`` is the side of the square whose area a dropped triangle may have.  No island is
    dropped; the smallest become triangles.
    """
    simple = shapely.coverage_simplify(coverage, tolerance_deg)
    return np.array([multi(geometry) for geometry in simple], dtype=object)


def drop_islets(geometry: shapely.MultiPolygon, least_km2: float) -> shapely.MultiPolygon:
    """Return a geometry without parts smaller than a limit; the largest part always stays."""
    parts = shapely.get_parts(geometry)
    area = area_km2(parts)
    keep = area >= min(least_km2, area.max(initial=0.0))
    return shapely.MultiPolygon(list(parts[keep]))
