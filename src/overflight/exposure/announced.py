"""Announced zones as rings on the ellipsoid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.scenario.model import Site
from overflight.scenario.zones import AnnouncedZone

__all__ = ["zone_ring"]


def zone_ring(zone: AnnouncedZone, site: Site) -> NDArray[np.float64]:
    """Return the closed ring (k, 2) of longitude and latitude (degrees) of an announced zone.

    Circles become 72-gons; bands become rectangles in the geodesic frame of the pad: the corner at range r
    and offset w lies r along the azimuth and then w at a right angle to it.
    """
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    if zone.ring_latlon_deg is not None:
        return np.array([(lon, lat) for lat, lon in zone.ring_latlon_deg])
    if zone.circle is not None:
        bearing = np.linspace(360.0, 0.0, 73)
        n = np.ones_like(bearing)
        circle = zone.circle
        lon, lat, _ = geod.fwd(
            circle.longitude_deg * n, circle.latitude_deg * n, bearing, circle.radius_km * 1e3 * n
        )
        return np.stack([lon, lat], axis=1)
    assert zone.band is not None
    band, corners = zone.band, []
    for reach_km, side in (
        (band.near_km, 1.0),
        (band.far_km, 1.0),
        (band.far_km, -1.0),
        (band.near_km, -1.0),
    ):
        lon, lat, back = geod.fwd(site.longitude_deg, site.latitude_deg, band.azimuth_deg, reach_km * 1e3)
        lon, lat, _ = geod.fwd(lon, lat, back + 180.0 + side * 90.0, band.half_width_km * 1e3)
        corners.append((lon, lat))
    return np.array([*corners, corners[0]])
