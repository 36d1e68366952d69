"""Vacuum impact points of five states, by direct integration of two-body motion to the ellipsoid.

Computed with mu 3.986004418e14, omega 7.2921151467e-5 rad/s on WGS-84 (the set beside the repository as
`validation/iip`). Velocities are relative to the Earth, in local east, north, up.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from overflight.earth.air import build_air
from overflight.earth.constants import EarthModel
from overflight.earth.frames import ecef_to_eci, ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.kernels_fall import ON_GROUND, fall_rows
from overflight.flight.kernels_iip import BELOW_GROUND, ESCAPE, IMPACT, ORBIT
from overflight.flight.kernels_rhs import BODY_COLUMNS, GROUND_M
from overflight.flight.simulate import TUMBLING_DRAG, vacuum_impact

# case: latitude, longitude deg, height m, east, north, up m/s, impact latitude, longitude deg, flight time s
CASES = {
    "S1": (39.66, 124.705, 1000, 0, -50, 100, 39.647556, 124.704974, 27.759),
    "S3": (38.9, 124.65, 60000, -100, -2000, 1500, 32.322090, 124.102449, 377.643),
    "S5": (33.0, 124.2, 250000, -250, -4500, 900, 14.316716, 122.861759, 476.604),
    "S8": (15.0, 123.3, 480000, -420, -7450, 0, -62.950706, -65.844583, 2000.054),
    "E1": (28.5, -80.6, 100000, 3000, 800, 1200, 30.573435, -68.742747, 389.053),
}


def eci(latitude_deg, longitude_deg, height_m, east_mps, north_mps, up_mps, time_s=0.0) -> np.ndarray:
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    east, north, up = local_axes(latitude, longitude)
    velocity = east_mps * east + north_mps * north + up_mps * up
    position = geodetic_to_ecef(latitude, longitude, height_m)
    return np.concatenate(ecef_to_eci(position, velocity, time_s))[None]


@pytest.mark.parametrize("case", CASES)
def test_within_a_metre(case: str, verified) -> None:
    *state, latitude, longitude, flight_s = CASES[case]
    code, lat, lon, time_s = vacuum_impact(np.zeros(1), eci(*state))[0]
    assert code == IMPACT
    gap = Geod(ellps="WGS84").inv(np.degrees(lon), np.degrees(lat), longitude, latitude)[2]
    verified(f"{case}: impact point", gap, allowed=1.0, unit="m")
    verified(f"{case}: time of flight", time_s - flight_s, allowed=1e-3, unit="s")


def test_the_earth_turns_under_a_later_state() -> None:
    *state, latitude, longitude, _ = CASES["S5"]
    _, lat, lon, _ = vacuum_impact(np.array([700.0]), eci(*state, time_s=700.0))[0]
    assert np.degrees([lat, lon]) == pytest.approx([latitude, longitude], abs=1e-5)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ((15.0, 123.3, 480_000, 0, -7700, 0), ORBIT),
        ((15.0, 123.3, -10.0, 0, -500, 0), BELOW_GROUND),
        ((15.0, 123.3, 480_000, 0, -12_000, 0), ESCAPE),
    ],
)
def test_no_impact_point_is_never_a_number(state, code) -> None:
    result = vacuum_impact(np.zeros(1), eci(*state))[0]
    assert result[0] == code
    assert np.isnan(result[1:]).all()


def vacuum_fall(state: np.ndarray) -> tuple[float, np.ndarray]:
    """Return time and ECEF place of the impact of a state by direct integration, without air and J2."""
    earth = EarthModel(zonals=())
    body = np.ones((1, BODY_COLUMNS))
    body[:, GROUND_M] = 0.0
    _, _, ends = fall_rows(
        np.zeros(1), state, np.array([1e30]), body, 40_000.0, 1e-5, build_air().coefficients, TUMBLING_DRAG,
        earth.as_array(), 1, 1e9,
    )  # fmt: skip
    assert ends[0, 0] == ON_GROUND
    return ends[0, 1], eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])[0][0]


@given(
    latitude=st.floats(-89.0, 89.0),
    height_km=st.floats(0.1, 600.0),
    east=st.floats(-4500.0, 4500.0),
    north=st.floats(-4500.0, 4500.0),
    up=st.floats(-3000.0, 2000.0),
)
def test_any_state_comes_down_where_integration_has_it(latitude, height_km, east, north, up) -> None:
    """Rising and descending alike: a descending state falls now, not one revolution later."""
    state = eci(latitude, 150.0, height_km * 1e3, east, north, up)
    code, lat, lon, flight_s = vacuum_impact(np.zeros(1), state)[0]
    assert code == IMPACT
    expected_s, place = vacuum_fall(state)
    assert flight_s == pytest.approx(expected_s, abs=1e-3)
    expected_lat, expected_lon, _ = ecef_to_geodetic(place)
    gap = Geod(ellps="WGS84").inv(*np.degrees([lon, lat, expected_lon, expected_lat]))[2]
    assert gap < 1.0
