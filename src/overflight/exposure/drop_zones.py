"""Drop zones: containment ellipses of impacts, computed in a metric frame, beside announced zones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.exposure.impact_band import anticlockwise, impact_band, unit_normals
from overflight.exposure.statistics import weighted_quantile

__all__ = ["DropZone", "drop_zone", "inside_ring", "ring_area_centre", "rings_overlap"]

Array = NDArray[np.float64]
LONG_M = 500e3
"""Semi-major axis from which on an ellipse gives way to a band."""
LEAST_M = 100.0
"""Least semi-axis: where nothing is spread a zone is still an area, not a point."""


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
    m = unit_normals(longitude_deg, latitude_deg) @ weights
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
    planned debris to hold; for a normal distribution that is 2.648 sigma. No semi-axis is below 100 m.
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

    def axes(scale: float) -> Array:
        return np.maximum(scale * np.sqrt(values), LEAST_M)

    def ring(scale: float) -> Array:
        around = vectors @ (axes(scale)[:, None] * np.stack([np.sin(turn), np.cos(turn)]))
        lon, lat = plane(mean[0] + around[0], mean[1] + around[1], inverse=True)
        out = np.stack([lon, lat], axis=1)
        out[-1] = out[0]
        return out if anticlockwise(around) else out[::-1]

    if full * np.sqrt(values[1]) > LONG_M:
        band = impact_band(longitude_deg, latitude_deg, weights, containment)
        return DropZone(
            centre_deg=band.centre_deg,
            semi_major_m=band.length_m / 2.0,
            semi_minor_m=band.width_m / 2.0,
            azimuth_deg=band.azimuth_deg,
            containment=containment,
            contained=band.contained,
            ring_deg=band.ring_deg,
            half_ring_deg=band.half_ring_deg,
            shape="band",
        )
    lon, lat = plane(mean[0], mean[1], inverse=True)
    return DropZone(
        centre_deg=(float(lon), float(lat)),
        semi_major_m=float(axes(full)[1]),
        semi_minor_m=float(axes(full)[0]),
        azimuth_deg=float(np.degrees(np.arctan2(major[0], major[1])) % 180.0),
        containment=containment,
        contained=float(weights[distance <= full].sum()),
        ring_deg=ring(full),
        half_ring_deg=ring(half),
    )


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
