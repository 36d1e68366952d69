"""Contours of the risk of one person: against the closed form of a normal scatter, anywhere on Earth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod

from ensembles import by_hand
from overflight.debris.impacts import Impacts
from overflight.exposure.hazard_areas import contour_radius_m
from overflight.exposure.risk_map import LEVELS, risk_contours

GEOD = Geod(ellps="WGS84")
SIGMA_M, CASUALTY_M2, N = 20e3, 1e5, 40_000


def scattered(latitude_deg: float, longitude_deg: float) -> tuple[Impacts, float]:
    """Return one piece a flight round a point, and the chance of a failure."""
    rng = np.random.default_rng(5)
    azimuth, distance = rng.uniform(0.0, 360.0, N), SIGMA_M * rng.rayleigh(size=N)
    lon, lat, _ = GEOD.fwd(np.full(N, longitude_deg), np.full(N, latitude_deg), azimuth, distance)
    ones, none = np.ones(N), np.zeros(N, np.int64)
    sample = np.arange(1000, 1000 + N)
    where = np.radians(lat), np.radians(lon)
    return Impacts(sample, none, none, ones, ones, *where, 100.0 * ones, ones, ones, 0), 0.1


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0.0, 10.0), (39.7, 124.7), (70.0, 20.0), (-60.0, 179.9)]
)
def test_areas_are_those_of_the_closed_form(latitude: float, longitude: float) -> None:
    impacts, chance = scattered(latitude, longitude)
    ensemble = by_hand((1.0 - chance, chance), (1000, N))
    found = risk_contours(ensemble, impacts, np.full(N, CASUALTY_M2))
    assert [one.level for one in found] == [
        v for v in LEVELS if contour_radius_m(SIGMA_M, chance * CASUALTY_M2, v)
    ]
    for one in found:
        radius = contour_radius_m(SIGMA_M, CASUALTY_M2, one.level, chance)
        # the outermost level holds all but a few of the pieces: what none of them reached is not known
        allowed = 0.05 if one.level >= 1e-7 else 0.12
        assert np.sqrt(one.area_m2 / np.pi) == pytest.approx(radius, rel=allowed), one.level


def test_each_level_lies_in_the_next_without_cracks() -> None:
    impacts, chance = scattered(50.0, 0.0)
    found = risk_contours(by_hand((1.0 - chance, chance), (1000, N)), impacts, np.full(N, CASUALTY_M2))
    shapes = [shapely.union_all([shapely.Polygon(p[0], p[1:]) for p in one.polygons_deg]) for one in found]
    assert len(shapes) >= 2
    for inner, outer in pairwise(shapes):
        assert inner.difference(outer).area < 1e-9
    assert len(found[0].polygons_deg[0]) == 1, "the middle has no hole"


def test_what_hurts_nobody_is_not_on_the_map() -> None:
    impacts, chance = scattered(0.0, 0.0)
    assert risk_contours(by_hand((1.0 - chance, chance), (1000, N)), impacts, np.zeros(N)) == ()
