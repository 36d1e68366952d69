"""Equal-area maps fitted to their content, anywhere on Earth.

Lambert's azimuthal equal-area projection, centred on what is shown: no place on Earth is special,
neither a pole nor the 180th meridian is a seam.  Snyder, *Map Projections: A Working Manual*, USGS
Professional Paper 1395 (1987), section 24, on the authalic sphere of WGS-84 (section 3), so areas are
true on the ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = [
    "AUTHALIC_RADIUS_KM",
    "EqualArea",
    "MapView",
    "along_great_circles",
    "authalic_deg",
    "authalic_directions",
    "fit_view",
    "geodetic_deg",
    "mean_point",
    "unit_vectors",
]

ECCENTRICITY_2 = 6.69437999014e-3
"""Square of the first eccentricity of WGS-84 (NGA.STND.0036, table 3.3)."""
AUTHALIC_RADIUS_KM = 6371.0071809
"""Radius of the sphere with the area of the WGS-84 ellipsoid (Snyder, eq. 3-13)."""
FARTHEST_COS = -0.985
"""Cosine of the angle from the centre beyond which points are drawn at that angle (170 degrees)."""


def authalic_deg(latitude_deg: np.ndarray) -> np.ndarray:
    """Return authalic latitudes of geodetic ones (Snyder, eq. 3-18), to 1e-6 degrees."""
    e2, phi = ECCENTRICITY_2, np.radians(latitude_deg)
    two = (e2 / 3 + 31 * e2**2 / 180 + 59 * e2**3 / 560) * np.sin(2 * phi)
    four = (17 * e2**2 / 360 + 61 * e2**3 / 1260) * np.sin(4 * phi)
    return np.degrees(phi - two + four - 383 * e2**3 / 45360 * np.sin(6 * phi))


def geodetic_deg(authalic_latitude_deg: np.ndarray) -> np.ndarray:
    """Return geodetic latitudes of authalic ones (Snyder, eq. 3-34), to 1e-6 degrees."""
    e2, beta = ECCENTRICITY_2, np.radians(authalic_latitude_deg)
    two = (e2 / 3 + 31 * e2**2 / 180 + 517 * e2**3 / 5040) * np.sin(2 * beta)
    four = (23 * e2**2 / 360 + 251 * e2**3 / 3780) * np.sin(4 * beta)
    return np.degrees(beta + two + four + 761 * e2**3 / 45360 * np.sin(6 * beta))


@dataclass(frozen=True, slots=True)
class EqualArea:
    """The projection with its centre (geodetic, degrees)."""

    longitude_deg: float
    latitude_deg: float

    def axes(self) -> np.ndarray:
        """Return the directions east, north and up at the centre as rows ``(3, 3)``."""
        lon = np.radians(self.longitude_deg)
        beta = np.radians(authalic_deg(np.array(self.latitude_deg)))
        east = (-np.sin(lon), np.cos(lon), 0.0)
        north = (-np.sin(beta) * np.cos(lon), -np.sin(beta) * np.sin(lon), np.cos(beta))
        return np.array([east, north, (np.cos(beta) * np.cos(lon), np.cos(beta) * np.sin(lon), np.sin(beta))])

    def forward(self, lonlat_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ``xy_km (n, 2)`` (east, north) and the cosine of the angle from the centre ``(n,)``.

        The farthest 10 degrees round the antipode are drawn at their inner edge.
        """
        return self.forward_directions(authalic_directions(lonlat_deg))

    def forward_directions(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same for directions ``(n, 3)`` on the authalic sphere."""
        east, north, cosine = np.einsum("ij,kj->ki", directions, self.axes())
        factor = AUTHALIC_RADIUS_KM * np.sqrt(2.0 / (1.0 + np.maximum(cosine, FARTHEST_COS)))
        if cosine.size and cosine.min() < FARTHEST_COS:
            edge = np.sqrt(1 - FARTHEST_COS**2) / np.maximum(np.hypot(east, north), 1e-12)
            factor = factor * np.where(cosine < FARTHEST_COS, edge, 1.0)
        return np.stack([factor * east, factor * north], axis=1), cosine

    def inverse(self, xy_km: np.ndarray) -> np.ndarray:
        """Return ``lonlat_deg (n, 2)``; points off the disc of the Earth become ``nan``."""
        xy = np.asarray(xy_km, dtype=float).reshape(-1, 2) / AUTHALIC_RADIUS_KM
        rho = np.hypot(xy[:, 0], xy[:, 1])
        beta0 = np.radians(authalic_deg(np.array(self.latitude_deg)))
        with np.errstate(invalid="ignore"):
            angle = 2 * np.arcsin(rho / 2)
        sine_over = np.where(rho > 1e-12, np.sin(angle) / np.maximum(rho, 1e-12), 1.0)
        sine = np.cos(angle) * np.sin(beta0) + xy[:, 1] * sine_over * np.cos(beta0)
        lon = np.degrees(
            np.arctan2(
                xy[:, 0] * sine_over,
                np.cos(beta0) * np.cos(angle) - xy[:, 1] * sine_over * np.sin(beta0),
            )
        )
        lat = geodetic_deg(np.degrees(np.arcsin(np.clip(sine, -1, 1))))
        return np.stack([wrap_deg(lon + self.longitude_deg), lat], axis=1)


@dataclass(frozen=True, slots=True)
class MapView:
    """A drawing of ``width`` by ``height`` units, north up at the centre of its projection; y grows downward.

    ``origin_km`` is what the projection has at the middle of the drawing.
    """

    projection: EqualArea
    width: float
    height: float
    km_per_unit: float
    origin_km: tuple[float, float] = (0.0, 0.0)

    def place(self, lonlat_deg: np.ndarray) -> np.ndarray:
        """Return drawing coordinates ``(n, 2)`` of ``lonlat_deg (n, 2)``."""
        return self.from_km(self.projection.forward(lonlat_deg)[0])

    def from_km(self, xy_km: np.ndarray) -> np.ndarray:
        """Return drawing coordinates of projected kilometres."""
        return (xy_km - self.origin_km) / self.km_per_unit * (1, -1) + (self.width / 2, self.height / 2)

    def locate(self, xy: np.ndarray) -> np.ndarray:
        """Return ``lonlat_deg (n, 2)`` of drawing coordinates ``(n, 2)``."""
        centred = (np.asarray(xy, dtype=float).reshape(-1, 2) - (self.width / 2, self.height / 2)) * (1, -1)
        return self.projection.inverse(centred * self.km_per_unit + self.origin_km)

    def holds(self, xy: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Return which drawing coordinates ``(n, 2)`` lie at least ``margin`` inside the frame."""
        inside_x = (xy[:, 0] >= margin) & (xy[:, 0] <= self.width - margin)
        return inside_x & (xy[:, 1] >= margin) & (xy[:, 1] <= self.height - margin)

    @property
    def reach_cos(self) -> float:
        """Cosine of the angle from the centre that covers the frame and a margin."""
        corner_km = self.km_per_unit * (np.hypot(self.width, self.height) / 2 + 15)
        corner_km += np.hypot(*self.origin_km)
        return max(FARTHEST_COS, float(1 - 0.5 * min(corner_km / AUTHALIC_RADIUS_KM, 2.0) ** 2))

    @property
    def reach_rad(self) -> float:
        """The same as an angle in radians."""
        return float(np.arccos(self.reach_cos))


def wrap_deg(angle_deg: np.ndarray) -> np.ndarray:
    """Return angles in [-180, 180)."""
    return (np.asarray(angle_deg) + 180.0) % 360.0 - 180.0


def mean_point(lonlat_deg: np.ndarray) -> tuple[float, float]:
    """Return longitude and latitude of the mean direction of points ``(n, 2)``."""
    unit = unit_vectors(lonlat_deg).mean(axis=0)
    if float(np.linalg.norm(unit)) < 1e-9:
        return float(lonlat_deg[0][0]), float(lonlat_deg[0][1])
    lon, lat = np.arctan2(unit[1], unit[0]), np.arctan2(unit[2], np.hypot(unit[0], unit[1]))
    return float(np.degrees(lon)), float(np.degrees(lat))


def unit_vectors(lonlat_deg: np.ndarray) -> np.ndarray:
    """Return directions ``(n, 3)`` of longitudes and latitudes ``(n, 2)`` on a sphere."""
    lon, lat = np.radians(np.asarray(lonlat_deg, dtype=float).reshape(-1, 2)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def authalic_directions(lonlat_deg: np.ndarray) -> np.ndarray:
    """Return directions ``(n, 3)`` on the authalic sphere of geodetic positions ``(n, 2)``."""
    points = np.asarray(lonlat_deg, dtype=float).reshape(-1, 2)
    return unit_vectors(np.stack([points[:, 0], authalic_deg(points[:, 1])], axis=1))


def along_great_circles(lonlat_deg: np.ndarray, step_deg: float = 1.0, *, closed: bool = False) -> np.ndarray:
    """Return the line with points added so that no step is longer than ``step_deg`` of arc."""
    points = np.asarray(lonlat_deg, dtype=float).reshape(-1, 2)
    if closed and len(points) and not np.allclose(points[0], points[-1]):
        points = np.vstack([points, points[:1]])
    if len(points) < 2:
        return points
    unit = unit_vectors(points)
    angles = 2 * np.arcsin(np.clip(np.linalg.norm(np.diff(unit, axis=0), axis=1) / 2, 0, 1))
    counts = np.where(angles < np.pi - 1e-6, np.degrees(angles) // step_deg, 0).astype(int)
    if not counts.any():
        return points
    pieces: list[np.ndarray] = []
    for i, (count, angle) in enumerate(zip(counts.tolist(), angles.tolist(), strict=True)):
        pieces.append(points[i : i + 1])
        if count:
            part = np.arange(1, count + 1)[:, None] / (count + 1)
            between = np.sin((1 - part) * angle) * unit[i] + np.sin(part * angle) * unit[i + 1]
            flat = np.hypot(between[:, 0], between[:, 1])
            lon, lat = np.arctan2(between[:, 1], between[:, 0]), np.arctan2(between[:, 2], flat)
            pieces.append(np.degrees(np.stack([lon, lat], axis=1)))
    return np.vstack([*pieces, points[-1:]])


def fit_view(
    lonlat_deg: np.ndarray,
    width: float,
    heights: tuple[float, float],
    *,
    padding: float = 28.0,
    least_km: float = 120.0,
) -> MapView:
    """Return the view of given width that holds all points, its height within ``heights``.

    Parameters
    ----------
    lonlat_deg : ``(n, 2)`` what must be seen, at least one point
    padding : free margin on each side, in drawing units
    least_km : content smaller than this is shown as if it were this wide
    """
    points = np.asarray(lonlat_deg, dtype=float).reshape(-1, 2)
    projection = EqualArea(*mean_point(points))
    for _ in range(3):
        xy = projection.forward(points)[0]
        middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
        projection = EqualArea(*(float(value) for value in projection.inverse(middle)[0]))
    xy = projection.forward(points)[0]
    low, high = xy.min(axis=0), xy.max(axis=0)
    size_km = np.maximum(high - low, least_km)
    inner = width - 2 * padding
    height = float(np.clip(inner * size_km[1] / size_km[0] + 2 * padding, *heights))
    scale = max(size_km[0] / inner, size_km[1] / (height - 2 * padding))
    origin = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    return MapView(projection, width, round(height), float(scale), origin)
