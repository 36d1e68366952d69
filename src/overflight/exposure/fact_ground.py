"""The ground that facts speak of: coasts that falls are measured from, and announced zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import geodetic_to_ecef
from overflight.errors import InputError
from overflight.exposure.announced import zone_ring
from overflight.exposure.place import Place
from overflight.inference.terms import Ground
from overflight.scenario.claims import Claim, FallClaim
from overflight.scenario.model import Site
from overflight.scenario.zones import AnnouncedZone

__all__ = ["coast_points", "ground_of"]

_SPACING_DEG = 0.03


def coast_points(
    places: Iterable[Place], countries: Sequence[str], *, mainland: bool
) -> NDArray[np.float64] | None:
    """Return ECEF points (k, 3) along the coast of some countries together, None where no place is theirs.

    ``mainland`` keeps the largest piece of their common land only.
    """
    import shapely

    own = [place.geometry for place in places if place.country in countries]
    if not own:
        return None
    land = shapely.coverage_union_all(own)
    if mainland:
        land = max(shapely.get_parts(land), key=lambda part: part.area)
    coast = shapely.get_coordinates(land.segmentize(_SPACING_DEG))
    return geodetic_to_ecef(np.radians(coast[:, 1]), np.radians(coast[:, 0]), 0.0)


def ground_of(
    claims: Iterable[Claim], zones: Iterable[AnnouncedZone], site: Site, places: Iterable[Place]
) -> Ground:
    """Return what of the ground the claims speak of.

    Raises
    ------
    InputError : a claim counts from the coast of a country of which no place is known
    """
    from scipy.spatial import KDTree

    every = tuple(places)
    made: dict[tuple[tuple[str, ...], bool], KDTree | None] = {}
    coast = {}
    for claim in claims:
        if not isinstance(claim, FallClaim) or claim.distance_km is None or claim.point_deg is not None:
            continue
        at = (claim.coast_country, claim.coast == "mainland")
        if at not in made:
            along = coast_points(every, claim.coast_country, mainland=at[1])
            made[at] = None if along is None else KDTree(along)
        points = made[at]
        if points is None:
            raise InputError(
                "facts",
                f"claim {claim.key}: coast_country",
                found=", ".join(claim.coast_country),
                allowed="countries among the places: "
                + ", ".join(sorted({place.country for place in every if place.country})),
                remedy="Give from_latitude_deg and from_longitude_deg instead, or places of that country.",
            )
        coast[claim.key] = points
    rings = {zone.key: zone_ring(zone, site) for zone in zones}
    return Ground(coast, rings, {key: KDTree(_border(ring)) for key, ring in rings.items()})


def _border(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ECEF points (k, 3) along a ring of longitudes and latitudes, at most 0.02 degrees apart."""
    parts = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        dx = (x1 - x0 + 180.0) % 360.0 - 180.0
        steps = np.linspace(0.0, 1.0, max(int(np.hypot(dx, y1 - y0) / 0.02), 1), endpoint=False)
        parts.append(np.stack([x0 + steps * dx, y0 + steps * (y1 - y0)], axis=1))
    dense = np.radians(np.concatenate(parts))
    return geodetic_to_ecef(dense[:, 1], dense[:, 0], 0.0)
