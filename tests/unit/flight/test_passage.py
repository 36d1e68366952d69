"""Closest approach and crossing of a parallel: against dense geodesics, over the 180th meridian too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from overflight.flight.passage import closest_approach, parallel_crossing

GEOD = Geod(ellps="WGS84")


def track(longitude_deg, latitude_deg, course_deg, rows=60, step_m=15e3):
    """Return latitudes and longitudes (1, rows) in radians of a geodesic from a point."""
    n = np.ones(rows)
    lon, lat, _ = GEOD.fwd(longitude_deg * n, latitude_deg * n, course_deg * n, step_m * np.arange(rows))
    return np.radians(lat)[None], np.radians(lon)[None]


@given(
    longitude=st.floats(-180.0, 180.0),
    latitude=st.floats(-65.0, 65.0),
    course=st.floats(0.0, 360.0),
    along_km=st.floats(100.0, 750.0),
    aside_km=st.floats(-200.0, 200.0),
)
def test_closest_approach(longitude, latitude, course, along_km, aside_km) -> None:
    time_s = 2.0 * np.arange(60)
    lat, lon = track(longitude, latitude, course)
    x, y, back = GEOD.fwd(longitude, latitude, course, along_km * 1e3)
    x, y, _ = GEOD.fwd(x, y, back + 180.0 + (90.0 if aside_km > 0.0 else -90.0), abs(aside_km) * 1e3)
    found = closest_approach(time_s, lat, lon, (y, x))
    # 15 km between rows are straight in the plane of the point within 10 m out to 200 km
    assert found.distance_m[0] == pytest.approx(abs(aside_km) * 1e3, abs=10.0)
    assert found.time_s[0] == pytest.approx(along_km / 7.5, abs=0.05)
    fine = np.linspace(0.0, 118.0, 5001)
    n = np.ones(len(fine))
    lon_fine, lat_fine, _ = GEOD.fwd(longitude * n, latitude * n, course * n, 7.5e3 * fine)
    _, _, every = GEOD.inv(x * n, y * n, lon_fine, lat_fine)
    assert found.distance_m[0] == pytest.approx(every.min(), abs=100.0)
    assert np.hypot(found.east_m, found.north_m)[0] == pytest.approx(found.distance_m[0], abs=1e-6)


@pytest.mark.parametrize(
    ("side", "sign"), [("west", 1.0), ("east", -1.0), ("north", 1.0), ("south", -1.0)]
)  # fmt: skip
def test_towards_a_side(side, sign) -> None:
    """A track northwards that passes west of the point, a little turned to pass north of it as well."""
    lat, lon = track(124.0, 35.0, 10.0)
    found = closest_approach(2.0 * np.arange(60), lat, lon, (38.0, 125.5))
    assert found.towards(side)[0] == pytest.approx(sign * found.distance_m[0])


def test_tracks_end_where_they_end() -> None:
    lat, lon = track(124.0, 35.0, 0.0)
    lat, lon = np.repeat(lat, 3, axis=0), np.repeat(lon, 3, axis=0)
    lat[1, 10:] = lon[1, 10:] = np.nan
    lat[2], lon[2] = np.nan, np.nan
    found = closest_approach(np.arange(60.0), lat, lon, (41.0, 124.5))
    assert found.time_s[0] == pytest.approx(44.4, abs=0.3)
    assert found.time_s[1] == 9.0
    assert np.isnan([found.distance_m[2], found.time_s[2]]).all()


@given(
    longitude=st.floats(-180.0, 180.0),
    latitude=st.floats(10.0, 40.0),
    course=st.floats(120.0, 240.0),
    share=st.floats(0.05, 0.95),
)
def test_parallel_crossing(longitude, latitude, course, share) -> None:
    time_s = 2.0 * np.arange(60)
    lat, lon = track(longitude, latitude, course)
    parallel = latitude + share * (np.degrees(lat[0, -1]) - latitude)
    found = parallel_crossing(time_s, lat, lon, parallel)
    assert -np.pi <= found.longitude_rad[0] < np.pi
    # walk along the geodesic to the parallel
    low, high = 0.0, 7.5e3 * time_s[-1]
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (
            (middle, high) if GEOD.fwd(longitude, latitude, course, middle)[1] > parallel else (low, middle)
        )
    x, _, _ = GEOD.fwd(longitude, latitude, course, low)
    assert found.time_s[0] == pytest.approx(low / 7.5e3, abs=0.02)
    assert (np.degrees(found.longitude_rad[0]) - x + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-3)


def test_the_first_of_two_crossings() -> None:
    latitude = np.radians([[20.0, 26.0, 30.0, 24.0, 20.0], [30.0, 29.0, 28.0, 27.0, 26.0]])
    longitude = np.radians([[179.0, -179.0, -178.0, -177.0, -176.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    found = parallel_crossing(np.arange(5.0), latitude, longitude, 25.0)
    assert found.time_s[0] == pytest.approx(5.0 / 6.0)
    assert np.degrees(found.longitude_rad[0]) == pytest.approx(-180.0 + 2.0 * 5.0 / 6.0 - 1.0)
    assert np.isnan([found.time_s[1], found.longitude_rad[1]]).all()


def test_no_crossing_is_made_of_missing_rows() -> None:
    latitude = np.radians([[30.0, np.nan, 20.0]])
    found = parallel_crossing(np.arange(3.0), latitude, np.zeros((1, 3)), 25.0)
    assert np.isnan(found.time_s[0])
