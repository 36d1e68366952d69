"""Announced zones as seen from the pad: at sea or refused, how far, and which body each may be for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations

import numpy as np
from pyproj import Geod

from overflight.formats.notices.shape import zone_outline
from overflight.formats.notices.values import LonLat, Notice, NoticeError, Zone
from overflight.jobs.land import land_round
from overflight.report.projection import mean_point

__all__ = ["SeenZone", "assignments", "seen_zones"]

LAND_SHARE = 0.1
"""Share of a zone that may lie on land: zones off a coast are drawn across small islands and beaches."""
LEAST_AREA_M2 = 100e6
"""Published drop zones measure hundreds of square kilometres and more; a spot is no announced zone."""
NEAR_M, FAR_M, LAST_M = 60e3, 9000e3, 6000e3
"""Reach of a zone at the pad, of land that is looked at, and of what is let go before orbit."""
PAD_M = 150e3
"""How far an area that holds the pad itself may reach to count as closed round it: such lie on land, too."""
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class SeenZone:
    """A zone of a notice: its closed ring, its middle, distance and azimuth of the middle from the pad.

    ``near_m`` and ``far_m`` are the distances of its nearest and farthest point; ``land`` is the share of it
    on land.
    """

    zone: Zone
    name: str
    ring_deg: tuple[LonLat, ...]
    middle_deg: LonLat
    distance_m: float
    near_m: float
    far_m: float
    azimuth_deg: float
    land: float

    @property
    def at_pad(self) -> bool:
        """Whether the zone begins at the pad: closed for the launch itself, not for what falls later."""
        return self.near_m < NEAR_M

    @property
    def length_m(self) -> float:
        """How long the zone is as seen from the pad."""
        return self.far_m - self.near_m

    @property
    def round_pad(self) -> bool:
        """Whether the zone is one round the pad: of no body, wherever it lies."""
        return self.near_m == 0.0 and self.far_m < PAD_M

    @property
    def idle(self) -> str:
        """What a zone may be for if nothing that is let go before orbit falls there, in words."""
        if self.at_pad:
            return "closed at the pad"
        return "as for a last stage that comes back later" if self.distance_m > LAST_M else "of unknown use"


def seen_zones(notice: Notice, site_latlon_deg: tuple[float, float], where: str) -> tuple[SeenZone, ...]:
    """Return the zones of a notice from near to far.

    Raises
    ------
    NoticeError : a zone on land, too small for a drop zone, or too far away for this pad
    """
    seen = [
        _seen(zone, zone.label or str(number), site_latlon_deg, where)
        for number, zone in enumerate(notice.zones, start=1)
    ]
    return tuple(sorted(seen, key=lambda item: item.distance_m))


def _seen(zone: Zone, name: str, site: tuple[float, float], where: str) -> SeenZone:
    import shapely

    ring = zone_outline(zone)
    at = mean_point(np.array(ring[:-1]))
    reach_m = float(max(_GEOD.inv(*at, lon, lat)[2] for lon, lat in ring)) * 1.05 + 1e3
    round_it = land_round(*at, min(reach_m, FAR_M))
    shape = shapely.Polygon(round_it.flat(ring)).buffer(0.0)
    centre = shape.centroid
    lon, lat = round_it.plane(centre.x, centre.y, inverse=True)
    middle = float(lon), float(lat)
    land = shape.intersection(round_it.land).area / shape.area
    azimuth, _, distance = _GEOD.inv(site[1], site[0], *middle)
    far_m = max(_GEOD.inv(site[1], site[0], lon, lat)[2] for lon, lat in ring)
    seen = SeenZone(
        zone, name, ring, middle, distance, _nearest_m(ring, site), far_m, azimuth % 360.0, land
    )  # fmt: skip
    if seen.round_pad:
        return seen
    if land > LAND_SHARE or round_it.land.contains(centre):
        raise NoticeError(
            where, f"area {name}", found=f"{100 * land:.3g} % of it on land, its middle at {_words(middle)}",
            allowed=f"zones at sea: at most {100 * LAND_SHARE:.0f} % on land, the middle at sea",
            remedy="Check its letters N, S, E and W. No flight is drafted to a zone on land.",
        )  # fmt: skip
    if shape.area < LEAST_AREA_M2:
        raise NoticeError(
            where, f"area {name}", found=f"{shape.area / 1e6:.3g} km2",
            allowed=f"{LEAST_AREA_M2 / 1e6:.0f} km2 and more, as published drop zones have",
            remedy="Give the area of the notice itself; no flight is drafted to a spot.",
        )  # fmt: skip
    return seen


def _nearest_m(ring: Sequence[LonLat], site: tuple[float, float]) -> float:
    """Return the distance of the pad from a ring, 0 inside it."""
    import shapely
    from pyproj import Proj

    plane = Proj(proj="aeqd", lon_0=site[1], lat_0=site[0], ellps="WGS84")
    flat = shapely.Polygon(np.stack(plane(*np.array(ring).T), axis=1))
    return float(shapely.make_valid(flat).distance(shapely.Point(0.0, 0.0)))


def _words(point: LonLat) -> str:
    lon, lat = point
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'}, {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"


def assignments(
    zones: Sequence[SeenZone], stages: int, told: Mapping[str, str | None]
) -> list[dict[str, SeenZone]]:
    """Return the ways in which zones may belong to bodies, most usual first: body to zone.

    Stages fall in order of distance; the fairing falls beyond the first stage, before or beyond the second.
    The last stage goes to orbit. ``told`` names the body of a zone, None for one that is for none of them;
    who tells all of them knows their order, too.
    """
    bodies = [*(f"stage-{i}" for i in range(1, stages)), "fairing"]
    fixed = {body: zone for zone in zones if (body := told.get(zone.name)) is not None}
    free_zones = [z for z in zones if z.name not in told and not z.at_pad and z.distance_m < LAST_M]
    free_bodies = [body for body in bodies if body not in fixed]
    count = min(len(free_zones), len(free_bodies))
    found = []
    for chosen in combinations(free_zones, count):
        for order in permutations(free_bodies, count):
            way = fixed | dict(zip(order, chosen, strict=True))
            if not chosen or _in_order(way, bodies):
                found.append(way)
    usual = ["stage-1", "fairing", *(f"stage-{i}" for i in range(2, stages))]
    return sorted(found, key=lambda way: (_missing(way, stages), _unusual(way, usual)))


def _in_order(way: Mapping[str, SeenZone], bodies: Sequence[str]) -> bool:
    stages = [way[body].distance_m for body in bodies if body in way and body != "fairing"]
    after_first = "fairing" not in way or "stage-1" not in way or (
        way["fairing"].distance_m > way["stage-1"].distance_m
    )  # fmt: skip
    return all(b > a for a, b in pairwise(stages)) and after_first


def _missing(way: Mapping[str, SeenZone], stages: int) -> int:
    """Return how many stages go without a zone; the nearest zone is for the first."""
    return sum(f"stage-{i}" not in way for i in range(1, stages)) + 5 * ("stage-1" not in way)


def _unusual(way: Mapping[str, SeenZone], usual: Sequence[str]) -> int:
    order = sorted(way, key=lambda body: way[body].distance_m)
    expected = [body for body in usual if body in way]
    return sum(a != b for a, b in zip(order, expected, strict=True))
