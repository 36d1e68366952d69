"""The areas of a notice as closed rings, whatever their kind."""

from __future__ import annotations

import numpy as np

from overflight.formats.notices.values import LonLat, Zone
from overflight.formats.notices.zones import local_plane

__all__ = ["zone_outline"]


def zone_outline(zone: Zone) -> tuple[LonLat, ...]:
    """Return the closed ring of an area: circles become 72-gons, corridors a strip with round ends."""
    if zone.kind == "polygon":
        return (*zone.points_deg, zone.points_deg[0])
    import shapely

    assert zone.reach_m is not None
    if zone.kind == "circle":
        from pyproj import Geod

        (lon, lat), bearing = zone.points_deg[0], np.linspace(360.0, 0.0, 73)
        x, y, _ = Geod(ellps="WGS84").fwd(
            np.full(73, lon), np.full(73, lat), bearing, np.full(73, zone.reach_m)
        )
        return _closed(x, y)
    plane = local_plane(zone.points_deg)
    line = shapely.LineString(np.stack(plane(*np.array(zone.points_deg).T), axis=1)).segmentize(50e3)
    x, y = plane(*shapely.get_coordinates(line.buffer(zone.reach_m, quad_segs=6).exterior).T, inverse=True)
    return _closed(x, y)


def _closed(longitude_deg: np.ndarray, latitude_deg: np.ndarray) -> tuple[LonLat, ...]:
    ring = [(float(x), float(y)) for x, y in zip(longitude_deg, latitude_deg, strict=True)]
    return (*ring[:-1], ring[0])
