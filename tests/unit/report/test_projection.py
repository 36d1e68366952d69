"""The map projection against pyproj, its area law, and views that hold what they should."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.report.projection import (
    EqualArea,
    along_great_circles,
    authalic_deg,
    fit_view,
    geodetic_deg,
    mean_point,
    unit_vectors,
)

LONGITUDE = st.floats(-180, 180)
LATITUDE = st.floats(-90, 90)
CENTRES = [(125.0, 30.0), (0.0, 90.0), (0.0, -90.0), (180.0, 10.0), (-179.5, -45.0), (16.0, 69.3)]


@pytest.mark.parametrize("centre", CENTRES)
def test_agrees_with_pyproj_on_the_authalic_sphere(centre: tuple[float, float]) -> None:
    points = np.random.default_rng(1).uniform((-180, -89), (180, 89), (500, 2))
    xy, cosine = EqualArea(*centre).forward(points)
    lat0 = float(authalic_deg(np.array(centre[1])))
    peer = pyproj.Proj(proj="laea", lon_0=centre[0], lat_0=lat0, R=6371.0071809e3)
    east, north = peer(points[:, 0], authalic_deg(points[:, 1]))
    near = cosine > -0.98
    assert near.sum() > 450
    assert np.abs(np.stack([east, north], axis=1)[near] / 1e3 - xy[near]).max() < 1e-6


@given(st.tuples(LONGITUDE, LATITUDE), st.tuples(LONGITUDE, LATITUDE))
def test_there_and_back(centre: tuple[float, float], point: tuple[float, float]) -> None:
    projection = EqualArea(*centre)
    xy, cosine = projection.forward(np.array([point]))
    if cosine[0] > -0.98:
        back = unit_vectors(projection.inverse(xy))
        assert np.abs(back - unit_vectors(np.array([point]))).max() < 2e-8


@given(LATITUDE)
def test_latitudes_there_and_back(latitude: float) -> None:
    assert abs(float(geodetic_deg(authalic_deg(np.array(latitude)))) - latitude) < 1e-6


def test_areas_are_those_of_the_ellipsoid() -> None:
    cell = along_great_circles(
        np.array([(120.0, 60.0), (121.0, 60.0), (121.0, 61.0), (120.0, 61.0)]), 0.05, closed=True
    )
    x, y = EqualArea(100, 40).forward(cell)[0].T
    drawn = abs(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2
    true = abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(*cell.T)[0]) / 1e6
    assert drawn == pytest.approx(
        true, rel=3e-4
    )  # sides are great circles of the sphere here, geodesics there


@pytest.mark.parametrize("centre", CENTRES)
def test_view_holds_all_its_points(centre: tuple[float, float]) -> None:
    around = EqualArea(*centre).inverse(np.random.default_rng(2).normal(0, 900, (200, 2)))
    view = fit_view(around, 360, (300, 620), padding=20)
    assert view.holds(view.place(around), 19).all()
    assert 300 <= view.height <= 620
    corner = view.locate(np.array([(0.0, 0.0)]))
    assert np.abs(view.place(corner)).max() < 1e-6


def test_one_point_is_shown_with_its_surroundings() -> None:
    view = fit_view(np.array([(143.4, 42.5)]), 360, (300, 600), padding=0, least_km=100)
    assert view.km_per_unit * view.width == pytest.approx(100, rel=0.01)


def test_lines_follow_great_circles_across_the_180th_meridian() -> None:
    line = along_great_circles(np.array([(175.0, 50.0), (-170.0, 52.0)]), 1.0)
    unit = unit_vectors(line)
    normal = np.cross(unit[0], unit[-1])
    assert len(line) > 8
    assert np.abs(unit @ (normal / np.linalg.norm(normal))).max() < 1e-12
    assert np.degrees(np.arccos((unit[1:] * unit[:-1]).sum(axis=1))).max() <= 1.0
    assert np.abs(line[:, 0]).min() > 169


def test_middle_of_points_on_both_sides_of_the_180th_meridian() -> None:
    longitude, latitude = mean_point(np.array([(179.0, 10.0), (-179.0, 10.0)]))
    assert abs(longitude) == pytest.approx(180, abs=1e-9)
    assert latitude == pytest.approx(10, abs=0.01)
