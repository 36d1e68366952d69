"""Where one person outdoors would be at risk, and how much: areas by powers of ten.

Counted as the hazard area for people is (14 CFR 417.107(b)(2), A417.23), of planned parts and failures
together, in cells that grow where few impacts lie; a cell counts with its Monte Carlo error added. Land and
sea alike: who is there is another question. Not a licence analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.exposure.hazard_areas import level_boxes
from overflight.flight.ensemble import Ensemble

__all__ = ["LEVELS", "RiskContour", "risk_contours"]

Array = NDArray[np.float64]
LEVELS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
"""Below the last, no launch of a thousand flights knows anything."""


@dataclass(frozen=True, slots=True)
class RiskContour:
    """Where the risk of one person reaches ``level``.

    ``polygons_deg``: rings (j, 2) closed, the outer one first, within -180 to 180; ``area_m2`` in all.
    """

    level: float
    polygons_deg: tuple[tuple[Array, ...], ...] = field(repr=False)
    area_m2: float


def risk_contours(ensemble: Ensemble, impacts: Impacts, casualty_m2: Array) -> tuple[RiskContour, ...]:
    """Return the areas of the levels that are reached, the highest first; each lies in the next.

    ``casualty_m2`` (m,) is the casualty area of one piece of each impact.
    """
    rows = np.arange(len(impacts))
    found = ((level, level_boxes(ensemble, impacts, rows, casualty_m2, level)) for level in LEVELS)
    return tuple(_contour(level, boxes) for level, boxes in found if len(boxes))


def _contour(level: float, boxes: Array) -> RiskContour:
    import shapely
    from pyproj import Geod

    # on a grid, so that rounding leaves no cracks between neighbours
    whole = shapely.union_all(shapely.box(*boxes.T), grid_size=1e-7)
    parts = [part for part in shapely.get_parts(whole) if isinstance(part, shapely.Polygon)]
    polygons = tuple(
        tuple(shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)) for part in parts
    )
    area_m2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(whole))[0])
    return RiskContour(level, polygons, area_m2)
