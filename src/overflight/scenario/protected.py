"""Areas that no flight out of order may reach, and the limit line round each at its margin."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from overflight.scenario.quantity import Name, Real, Strict
from overflight.scenario.zones import Circle, Latitude, Longitude, one_shape

__all__ = ["ProtectedArea", "inside_margin", "line_round"]

LatLon = tuple[float, float]


class ProtectedArea(Strict):
    """A town, an island, a coast: exactly one of ``ring``, ``circle``, and how far off impact points stay."""

    key: Name
    label: Name = Field(description="what is protected")
    ring_latlon_deg: tuple[tuple[Latitude, Longitude], ...] | None = None
    circle: Circle | None = None
    margin_km: Annotated[Real, Field(ge=0.0, le=500.0)] = Field(
        description="room for wind, pieces thrown, delays and the error of tracking"
    )

    @model_validator(mode="after")
    def _one_shape(self) -> ProtectedArea:
        one_shape(self, ("ring_latlon_deg", "circle"))
        return self


def line_round(area: ProtectedArea) -> tuple[LatLon, ...]:
    """Return the closed line (latitude, longitude) at the margin round an area."""
    return _line_round(*_shape(area))


def inside_margin(area: ProtectedArea, latitude_deg: float, longitude_deg: float) -> bool:
    """Return whether a point lies within an area or its margin."""
    import shapely

    plane, flat = _flat(*_shape(area))
    x, y = plane(longitude_deg, latitude_deg)
    # the far side of the Earth has no place in the plane
    return bool(abs(x) < 1e9 and abs(y) < 1e9 and flat.covers(shapely.Point(x, y)))


Shape = tuple[tuple[LatLon, ...], float]
"""Corners of a ring, or the middle of a circle; and the margin in metres, for a circle with its radius."""


def _shape(area: ProtectedArea) -> Shape:
    if area.circle is not None:
        middle = (area.circle.latitude_deg, area.circle.longitude_deg)
        return (middle,), 1e3 * (area.circle.radius_km + area.margin_km)
    assert area.ring_latlon_deg is not None
    return area.ring_latlon_deg, 1e3 * area.margin_km


@cache
def _line_round(corners: tuple[LatLon, ...], margin_m: float) -> tuple[LatLon, ...]:
    import shapely

    plane, flat = _flat(corners, margin_m)
    edge = shapely.get_coordinates(shapely.simplify(shapely.get_exterior_ring(flat), 100.0))
    lon, lat = plane(*edge.T, inverse=True)
    points = [(float(b), float(a)) for a, b in zip(lon, lat, strict=True)]
    return (*points[:-1], points[0])


def _flat(corners: tuple[LatLon, ...], margin_m: float):  # noqa: ANN202
    """Return a plane in metres round an area, and the area with its margin in it."""
    import shapely
    from pyproj import Proj

    start = corners[0][1]
    east = [(start + (lon - start + 180.0) % 360.0 - 180.0, lat) for lat, lon in corners]
    middle = shapely.Point(east[0]) if len(east) == 1 else shapely.Polygon(east).centroid
    plane = Proj(proj="aeqd", lat_0=middle.y, lon_0=middle.x, ellps="WGS84")
    flat = [plane(*point) for point in east]
    shape = shapely.Point(flat[0]) if len(flat) == 1 else shapely.Polygon(flat)
    return plane, shape.buffer(margin_m) if margin_m > 0.0 else shape
