"""Places as points: nowhere inside is far from one, and every sphere holds what it stands for."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from ensembles import places, square
from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef
from overflight.exposure.place import Places
from overflight.exposure.place_points import BLOCK, bounding_spheres, place_points
from overflight.exposure.places import load_places

SPACING_M = 30e3


@pytest.fixture(scope="module")
def some() -> Places:
    """Packaged places of every kind: wide, small, on both sides of the 180th meridian, polar."""
    every = load_places()
    wide = [p for p in every if p.geometry.bounds[2] - p.geometry.bounds[0] > 300.0]
    assert wide, "some place reaches over the 180th meridian"
    chosen = [*every[:: max(len(every) // 80, 1)], *wide[:4]]
    return places(*{place.key: place for place in chosen}.values())


def ecef(longitude_deg, latitude_deg) -> np.ndarray:
    return geodetic_to_ecef(np.radians(latitude_deg), np.radians(longitude_deg), 0.0)


def test_points_lie_on_the_ground_and_in_their_spheres(some) -> None:
    points = place_points(some, spacing_m=SPACING_M)
    height = ecef_to_geodetic(points.point_m)[2]
    assert np.abs(height).max() < 1e-6
    assert len(points.place_sphere) == len(some)
    assert points.start[-1] == len(points.point_m)
    assert points.block[-1] == len(points.sphere) == len(points.start) - 1
    assert np.diff(points.start).max() <= BLOCK
    assert (np.diff(points.block) >= 1).all()
    for j in range(len(some)):
        mine = points.point_m[points.start[points.block[j]] : points.start[points.block[j + 1]]]
        gap = np.linalg.norm(mine - points.place_sphere[j, :3], axis=1)
        assert gap.max() <= points.place_sphere[j, 3] + 1e-6
    for b in range(len(points.sphere)):
        mine = points.point_m[points.start[b] : points.start[b + 1]]
        assert np.linalg.norm(mine - points.sphere[b, :3], axis=1).max() <= points.sphere[b, 3] + 1e-6


def test_nowhere_inside_is_far_from_a_point(some) -> None:
    generator = np.random.Generator(np.random.Philox(2))
    points = place_points(some, spacing_m=SPACING_M)
    for j, place in enumerate(some):
        west, south, east, north = place.geometry.bounds
        lon, lat = generator.uniform(west, east, 400), generator.uniform(south, north, 400)
        inside = shapely.contains_xy(place.geometry, lon, lat)
        mine = points.point_m[points.start[points.block[j]] : points.start[points.block[j + 1]]]
        if abs(lat).max() > 80.0:
            continue  # the grid is widened near the poles; nobody lives there
        for position in ecef(lon[inside], lat[inside]):
            assert np.linalg.norm(mine - position, axis=1).min() < SPACING_M / np.sqrt(2.0) + 1e3, place.key


def test_bounding_spheres_hold_the_places(some) -> None:
    centre, radius = bounding_spheres(some)
    for j, place in enumerate(some):
        corners = shapely.get_coordinates(place.geometry.segmentize(0.5))
        gap = np.linalg.norm(ecef(*corners.T) - centre[j], axis=1)
        assert gap.max() <= radius[j], place.key


def test_a_subset_keeps_the_points_of_its_places(some) -> None:
    points = place_points(some, spacing_m=SPACING_M)
    index = np.array([5, 2, 30])
    few = points.subset(index)
    again = place_points(Places(tuple(some[int(j)] for j in index)), spacing_m=SPACING_M)
    for name in ("place_sphere", "block", "sphere", "start", "point_m"):
        assert np.array_equal(getattr(few, name), getattr(again, name)), name


def test_no_places_no_points() -> None:
    points = place_points(places(), spacing_m=SPACING_M)
    assert points.point_m.shape == (0, 3)
    assert len(points.place_sphere) == 0


def test_an_island_smaller_than_every_step() -> None:
    points = place_points(places(square("rock", 131.3, 25.9, 0.2)), spacing_m=SPACING_M)
    assert len(points.point_m) >= 4
    assert np.linalg.norm(points.point_m - ecef(131.3, 25.9), axis=1).max() < 400.0
