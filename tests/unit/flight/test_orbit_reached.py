"""Perigee, apogee and inclination of states whose orbit is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.earth.constants import WGS84
from overflight.flight.orbit_reached import apsides

MU, A = WGS84.mu_m3ps2, WGS84.equatorial_radius_m


def rotation(inclination: float, node: float) -> np.ndarray:
    ci, si, cn, sn = np.cos(inclination), np.sin(inclination), np.cos(node), np.sin(node)
    return np.array([[cn, -sn * ci, sn * si], [sn, cn * ci, -cn * si], [0.0, si, ci]])


@given(
    perigee_km=st.floats(-6000.0, 40_000.0),
    extra_km=st.floats(0.0, 300_000.0),
    inclination=st.floats(0.0, 180.0),
    node=st.floats(0.0, 360.0),
    anomaly=st.floats(-179.9, 179.9),
)
def test_ellipses(perigee_km, extra_km, inclination, node, anomaly) -> None:
    low, high = A + perigee_km * 1e3, A + (perigee_km + extra_km) * 1e3
    e, p = (high - low) / (high + low), 2.0 * low * high / (low + high)
    nu = np.radians(anomaly)
    radius = p / (1.0 + e * np.cos(nu))
    position = radius * np.array([np.cos(nu), np.sin(nu), 0.0])
    velocity = np.sqrt(MU / p) * np.array([-np.sin(nu), e + np.cos(nu), 0.0])
    turn = rotation(np.radians(inclination), np.radians(node))
    found = apsides(np.concatenate([turn @ position, turn @ velocity]))
    assert found.perigee_m == pytest.approx(perigee_km * 1e3, abs=20.0 + 1e-6 * high)
    assert found.apogee_m == pytest.approx((perigee_km + extra_km) * 1e3, abs=20.0 + 1e-6 * high)
    assert np.degrees(found.inclination_rad) == pytest.approx(inclination, abs=1e-5)


def test_escape_has_no_apogee() -> None:
    found = apsides([[7e6, 0.0, 0.0, 0.0, 12_000.0, 0.0], [7e6, 0.0, 0.0, 0.0, 7500.0, 0.0]])
    assert np.isinf(found.apogee_m[0])
    assert np.isfinite(found.apogee_m[1])
    assert found.perigee_m[0] == pytest.approx(7e6 - A, abs=1.0)


def test_straight_up_is_no_orbit() -> None:
    found = apsides([7e6, 0.0, 0.0, 3000.0, 0.0, 1e-9])
    assert found.perigee_m == pytest.approx(-A, abs=1.0)
