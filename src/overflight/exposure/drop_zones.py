"""Drop zones: containment ellipses of impacts, computed in a metric frame, beside announced zones."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.exposure.statistics import weighted_quantile

__all__ = ["DropZone", "drop_zone", "inside_ring", "ring_area_centre", "rings_overlap"]

Array = NDArray[np.float64]
_RADIUS_M = 6371e3
LONG_M = 500e3
"""Semi-major axis from which on an ellipse gives way to a band."""


@dataclass(frozen=True, slots=True)
class DropZone:
    """An area that holds a stated share of the impacts of one body: an ellipse, or a band where they lie
    along a curve.

    ``centre_deg`` longitude and latitude; semi-axes in metres; ``azimuth_deg`` of the major axis, clockwise
    from north; ``containment`` the share asked for, ``contained`` the share of weighted impacts inside;
    ``ring_deg`` and ``half_ring_deg`` (k, 2) the areas that hold ``containment`` and one half; ``shape`` is
    ``ellipse`` or ``band``. The axes of a band are half its length and half its greatest width.
    """

    centre_deg: tuple[float, float]
    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float
    containment: float
    contained: float
    ring_deg: Array = field(repr=False)
    half_ring_deg: Array = field(repr=False)
    shape: str = "ellipse"


def _plane(centre_deg: tuple[float, float]):  # noqa: ANN202
    from pyproj import Proj

    return Proj(proj="aeqd", lon_0=centre_deg[0], lat_0=centre_deg[1], ellps="WGS84")


def _centre(longitude_deg: Array, latitude_deg: Array, weights: Array) -> tuple[float, float]:
    """Weighted mean direction of the impacts, as longitude and latitude."""
    m = _vectors(longitude_deg, latitude_deg) @ weights
    return float(np.degrees(np.arctan2(m[1], m[0]))), float(
        np.degrees(np.arctan2(m[2], np.hypot(m[0], m[1])))
    )


def drop_zone(
    longitude_deg: Array, latitude_deg: Array, weights: Array, *, containment: float = 0.97
) -> DropZone:
    """Return the area that holds ``containment`` of the weighted impacts (m,).

    Mean and covariance are taken in the azimuthal equidistant plane of the mean impact, in metres, never in
    degrees, which tilt and stretch ellipses away from the equator. The shape is that of the covariance, the
    size the weighted quantile of the Mahalanobis distance: 97 % is what 14 CFR 450.133(b)(1) asks an area for
    planned debris to hold; for a normal distribution that is 2.648 sigma.
    """
    weights = weights / weights.sum()
    plane = _plane(_centre(longitude_deg, latitude_deg, weights))
    x, y = plane(longitude_deg, latitude_deg)
    mean = np.array([weights @ x, weights @ y])
    d = np.stack([x - mean[0], y - mean[1]])
    covariance = (d * weights) @ d.T + 1e-3 * np.eye(2)
    values, vectors = np.linalg.eigh(covariance)
    distance = np.sqrt(np.sum((vectors.T @ d) ** 2 / values[:, None], axis=0))
    full, half = weighted_quantile(distance, weights, (containment, 0.5))
    major = vectors[:, 1]
    turn = np.linspace(0.0, 2.0 * np.pi, 73)

    def ring(scale: float) -> Array:
        around = scale * vectors @ (np.sqrt(values)[:, None] * np.stack([np.sin(turn), np.cos(turn)]))
        lon, lat = plane(mean[0] + around[0], mean[1] + around[1], inverse=True)
        out = np.stack([lon, lat], axis=1)
        out[-1] = out[0]
        return out if _anticlockwise(around) else out[::-1]

    if full * np.sqrt(values[1]) > LONG_M:
        return _band(longitude_deg, latitude_deg, weights, containment)
    lon, lat = plane(mean[0], mean[1], inverse=True)
    return DropZone(
        centre_deg=(float(lon), float(lat)),
        semi_major_m=float(full * np.sqrt(values[1])),
        semi_minor_m=float(full * np.sqrt(values[0])),
        azimuth_deg=float(np.degrees(np.arctan2(major[0], major[1])) % 180.0),
        containment=containment,
        contained=float(weights[distance <= full].sum()),
        ring_deg=ring(full),
        half_ring_deg=ring(half),
    )


def _vectors(longitude_deg: Array, latitude_deg: Array) -> Array:
    """Return unit normals (3, m) of the ellipsoid."""
    lon, lat = np.radians(longitude_deg), np.radians(latitude_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _great_circle(points: Array, weights: Array) -> Array:
    """Return axes (3, 3) of the great circle nearest to unit vectors (3, m): middle, along, pole."""
    _, axes = np.linalg.eigh((points * weights) @ points.T)
    pole = axes[:, 0]
    middle = points @ weights
    middle -= (middle @ pole) * pole
    middle /= np.linalg.norm(middle)
    return np.stack([middle, np.cross(pole, middle), pole])


def _band(longitude_deg: Array, latitude_deg: Array, weights: Array, containment: float) -> DropZone:
    """Return the band along the nearest great circle that holds ``containment`` of the impacts.

    Distances along and across are angles on the great circle times the mean radius of 6371 km, within
    0.6 % of the ellipsoid's. Along it the band ends at symmetric quantiles; in each of its sections of
    equal weight it reaches to symmetric quantiles across. Both leave out the same share, so that together
    they leave out 1 - containment.
    """
    axes = _great_circle(_vectors(longitude_deg, latitude_deg), weights)
    turned = axes @ _vectors(longitude_deg, latitude_deg)
    along = _RADIUS_M * np.arctan2(turned[1], turned[0])
    across = _RADIUS_M * np.arcsin(np.clip(turned[2], -1.0, 1.0))

    def degrees(across_m: Array, along_m: Array) -> tuple[Array, Array]:
        a, c = along_m / _RADIUS_M, across_m / _RADIUS_M
        x, y, z = axes.T @ np.stack([np.cos(c) * np.cos(a), np.cos(c) * np.sin(a), np.sin(c)])
        return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))

    sections = int(np.clip(len(weights) // 60, 3, 24))

    def outline(level: float) -> tuple[Array, float, float]:
        out = (1.0 - np.sqrt(level)) / 2.0
        cuts = np.array(weighted_quantile(along, weights, tuple(np.linspace(out, 1.0 - out, sections + 1))))
        low, high = [], []
        for first, last in pairwise(cuts):
            here = (along >= first) & (along <= last)
            bounds = weighted_quantile(across[here], weights[here], (out, 1.0 - out))
            low.append(bounds[0])
            high.append(bounds[1])
        # each cut takes the wider of the two sections that meet there: the outline cannot cross itself
        left = np.minimum([low[0], *low], [*low, low[-1]])
        right = np.maximum([high[0], *high], [*high, high[-1]])
        ring = np.array([np.r_[left, right[::-1], left[:1]], np.r_[cuts, cuts[::-1], cuts[:1]]])
        return ring, float(cuts[-1] - cuts[0]), float((right - left).max())

    full, length, width = outline(containment)
    half, _, _ = outline(0.5)
    import shapely

    inside = shapely.contains_xy(shapely.Polygon(full.T).buffer(1.0), across, along)
    middle = weighted_quantile(across, weights, (0.5,)), weighted_quantile(along, weights, (0.5, 0.501))
    lon, lat = degrees(np.array(middle[0] * 2), np.array(middle[1]))

    def ring(outline_m: Array) -> Array:
        # along to the left of across: an anticlockwise outline seen from above is clockwise in the chart
        out = np.stack(degrees(*_densified(outline_m)), axis=1)
        out[-1] = out[0]
        return out[::-1] if _anticlockwise(outline_m) else out

    return DropZone(
        centre_deg=(float(lon[0]), float(lat[0])),
        semi_major_m=length / 2.0,
        semi_minor_m=width / 2.0,
        azimuth_deg=_azimuth_deg(lon, lat, axes[1]),
        containment=containment,
        contained=float(weights[inside].sum()),
        ring_deg=ring(full),
        half_ring_deg=ring(half),
        shape="band",
    )


def _azimuth_deg(lon: Array, lat: Array, along: Array) -> float:
    """Return the azimuth, 0 to 180, of the direction ``along`` (3,) at the first of some points."""
    from overflight.earth.frames import local_axes

    east, north, _ = local_axes(np.radians(lat[0]), np.radians(lon[0]))
    return float(np.degrees(np.arctan2(east @ along, north @ along)) % 180.0)


def _densified(outline: Array, step_m: float = 100e3) -> Array:
    """Return a closed outline (2, k) with sides of ``step_m`` at most, straight in the plane."""
    points = [outline[:, :1]]
    for a, b in pairwise(outline.T):
        count = max(int(np.ceil(np.hypot(*(b - a)) / step_m)), 1)
        points.append(a[:, None] + (b - a)[:, None] * np.arange(1, count + 1) / count)
    return np.concatenate(points, axis=1)


def _anticlockwise(xy: Array) -> bool:
    return float(np.sum(xy[0, :-1] * xy[1, 1:] - xy[0, 1:] * xy[1, :-1])) > 0.0


def _planar(ring_deg: Array, longitude_deg: Array, latitude_deg: Array) -> tuple[Array, Array, Array]:
    plane = _plane((float(ring_deg[0, 0]), float(ring_deg[0, 1])))
    ring = np.stack(plane(ring_deg[:, 0], ring_deg[:, 1]), axis=1)
    x, y = plane(np.asarray(longitude_deg), np.asarray(latitude_deg))
    return ring, np.asarray(x), np.asarray(y)


def inside_ring(ring_deg: Array, longitude_deg: Array, latitude_deg: Array) -> NDArray[np.bool_]:
    """Return which points (m,) lie inside a closed ring (k, 2) of longitude and latitude (degrees)."""
    import shapely

    ring, x, y = _planar(ring_deg, longitude_deg, latitude_deg)
    return shapely.contains_xy(shapely.Polygon(ring), x, y)


def rings_overlap(first_deg: Array, second_deg: Array) -> bool:
    """Return whether two closed rings share any area."""
    import shapely

    first, x, y = _planar(first_deg, second_deg[:, 0], second_deg[:, 1])
    return bool(shapely.intersects(shapely.Polygon(first), shapely.Polygon(np.stack([x, y], axis=1))))


def ring_area_centre(ring_deg: Array) -> tuple[float, float]:
    """Return longitude and latitude of the centroid of a closed ring (k, 2)."""
    import shapely

    ring, _, _ = _planar(ring_deg, ring_deg[:, 0], ring_deg[:, 1])
    centre = shapely.Polygon(ring).centroid
    lon, lat = _plane((float(ring_deg[0, 0]), float(ring_deg[0, 1])))(centre.x, centre.y, inverse=True)
    return float(lon), float(lat)
