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
        one_shape(self)
        return self


@cache
def line_round(area: ProtectedArea) -> tuple[LatLon, ...]:
    """Return the closed line (latitude, longitude) at the margin round an area."""
    import numpy as np

    plane, shape = _flat(area)
    ring = np.array(shape.exterior.simplify(100.0).coords)
    lon, lat = plane(*ring.T, inverse=True)
    points = [(float(b), float(a)) for a, b in zip(lon, lat, strict=True)]
    return (*points[:-1], points[0])


def inside_margin(area: ProtectedArea, latitude_deg: float, longitude_deg: float) -> bool:
    """Return whether a point lies within an area or its margin."""
    import shapely

    plane, shape = _flat(area)
    x, y = plane(longitude_deg, latitude_deg)
    # the far side of the Earth has no place in the plane
    return bool(abs(x) < 1e9 and abs(y) < 1e9 and shape.covers(shapely.Point(x, y)))


@cache
def _flat(area: ProtectedArea):  # noqa: ANN202
    """Return a plane in metres round an area, and the area with its margin in it."""
    import shapely
    from pyproj import Proj

    if area.circle is not None:
        plane = _plane(Proj, area.circle.latitude_deg, area.circle.longitude_deg)
        return plane, shapely.Point(0.0, 0.0).buffer(1e3 * (area.circle.radius_km + area.margin_km))
    assert area.ring_latlon_deg is not None
    start = area.ring_latlon_deg[0][1]
    corners = [(lat, start + (lon - start + 180.0) % 360.0 - 180.0) for lat, lon in area.ring_latlon_deg]
    middle = shapely.Polygon([(lon, lat) for lat, lon in corners]).centroid
    plane = _plane(Proj, middle.y, middle.x)
    flat = shapely.Polygon([plane(lon, lat) for lat, lon in corners])
    return plane, flat.buffer(1e3 * area.margin_km) if area.margin_km > 0.0 else flat


def _plane(proj, latitude_deg: float, longitude_deg: float):  # noqa: ANN001, ANN202
    return proj(proj="aeqd", lat_0=latitude_deg, lon_0=longitude_deg, ellps="WGS84")
