"""Bands: areas of impacts strewn along a great circle, too long for an ellipse."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import local_axes
from overflight.exposure.statistics import weighted_quantile

__all__ = ["ImpactBand", "anticlockwise", "impact_band", "unit_normals"]

Array = NDArray[np.float64]
_RADIUS_M = 6371e3
_STEP_M = 100e3


@dataclass(frozen=True, slots=True)
class ImpactBand:
    """A band that holds a stated share of impacts.

    ``ring_deg`` and ``half_ring_deg`` (k, 2) longitude and latitude of the bands that hold that share and one
    half; ``azimuth_deg`` of its axis at the centre; ``contained`` the weighted share of impacts inside.
    """

    centre_deg: tuple[float, float]
    length_m: float
    width_m: float
    azimuth_deg: float
    contained: float
    ring_deg: Array = field(repr=False)
    half_ring_deg: Array = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Chart:
    """Distances along and across the great circle nearest to some points.

    Angles times the mean radius of 6371 km, within 0.6 % of the ellipsoid's. ``axes`` (3, 3): middle, along,
    pole.
    """

    axes: Array

    def metres(self, longitude_deg: Array, latitude_deg: Array) -> tuple[Array, Array]:
        x, y, z = self.axes @ unit_normals(longitude_deg, latitude_deg)
        return _RADIUS_M * np.arcsin(np.clip(z, -1.0, 1.0)), _RADIUS_M * np.arctan2(y, x)

    def degrees(self, across_m: Array, along_m: Array) -> tuple[Array, Array]:
        a, c = along_m / _RADIUS_M, across_m / _RADIUS_M
        x, y, z = self.axes.T @ np.stack([np.cos(c) * np.cos(a), np.cos(c) * np.sin(a), np.sin(c)])
        return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))

    def ring(self, outline_m: Array) -> Array:
        """Return an outline (2, k) of across and along as a ring (k, 2) in degrees, anticlockwise."""
        out = np.stack(self.degrees(*_densified(outline_m)), axis=1)
        out[-1] = out[0]
        # across runs to the left of along: what is anticlockwise in the chart is clockwise on the map
        return out[::-1] if anticlockwise(outline_m) else out


def unit_normals(longitude_deg: Array, latitude_deg: Array) -> Array:
    """Return unit normals (3, m) of the ellipsoid."""
    lon, lat = np.radians(longitude_deg), np.radians(latitude_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def anticlockwise(outline: Array) -> bool:
    """Return whether a closed outline (2, k) runs anticlockwise in its plane."""
    x, y = outline
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) > 0.0


def impact_band(longitude_deg: Array, latitude_deg: Array, weights: Array, containment: float) -> ImpactBand:
    """Return the band along the nearest great circle that holds ``containment`` of the impacts (m,).

    Along it the band ends at symmetric quantiles; in each of its sections of equal weight it reaches to
    symmetric quantiles across. Both leave out the same share, together 1 - containment.
    """
    import shapely

    chart = _Chart(_great_circle(unit_normals(longitude_deg, latitude_deg), weights))
    across, along = chart.metres(longitude_deg, latitude_deg)
    full, half = (_outline(across, along, weights, level) for level in (containment, 0.5))
    inside = shapely.contains_xy(shapely.Polygon(full.T).buffer(1.0), across, along)
    middle = weighted_quantile(across, weights, (0.5,)), weighted_quantile(along, weights, (0.5,))
    lon, lat = chart.degrees(np.array(middle[0]), np.array(middle[1]))
    east, north, _ = local_axes(np.radians(lat[0]), np.radians(lon[0]))
    count = full.shape[1] // 2
    return ImpactBand(
        centre_deg=(float(lon[0]), float(lat[0])),
        length_m=float(np.ptp(full[1])),
        width_m=float(np.max(full[0, count : 2 * count][::-1] - full[0, :count])),
        azimuth_deg=float(np.degrees(np.arctan2(east @ chart.axes[1], north @ chart.axes[1])) % 180.0),
        contained=float(weights[inside].sum() / weights.sum()),
        ring_deg=chart.ring(full),
        half_ring_deg=chart.ring(half),
    )


def _great_circle(points: Array, weights: Array) -> Array:
    """Return axes (3, 3) of the great circle nearest to unit vectors (3, m): middle, along, pole."""
    _, axes = np.linalg.eigh((points * weights) @ points.T)
    pole = axes[:, 0]
    middle = points @ weights
    middle -= (middle @ pole) * pole
    middle /= np.linalg.norm(middle)
    return np.stack([middle, np.cross(pole, middle), pole])


def _outline(across: Array, along: Array, weights: Array, level: float) -> Array:
    """Return the closed outline (2, k) of across and along, first its left side, then its right."""
    sections = int(np.clip(len(weights) // 60, 3, 24))
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
    return np.array([np.r_[left, right[::-1], left[:1]], np.r_[cuts, cuts[::-1], cuts[:1]]])


def _densified(outline: Array) -> Array:
    """Return a closed outline (2, k) with sides of 100 km at most, straight in the chart."""
    points = [outline[:, :1]]
    for a, b in pairwise(outline.T):
        count = max(int(np.ceil(np.hypot(*(b - a)) / _STEP_M)), 1)
        points.append(a[:, None] + (b - a)[:, None] * np.arange(1, count + 1) / count)
    return np.concatenate(points, axis=1)
