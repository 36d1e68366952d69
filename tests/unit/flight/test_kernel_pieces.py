"""Small pieces of the kernels against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.earth.air import WindProfile, build_air
from overflight.earth.constants import WGS84
from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.flight import kernels_dopri as dopri
from overflight.flight import kernels_rhs as rhs
from overflight.flight.kernels_fall import SHORTEST_REACH_S, reach_s
from overflight.flight.kernels_legs import gained, side_of, turn_angle
from overflight.flight.sequence import drag_table

EARTH = tuple(WGS84.up_to(0).as_array())
LATITUDE, LONGITUDE, HEIGHT = np.radians(40.0), np.radians(130.0), 10e3
PLACE = geodetic_to_ecef(LATITUDE, LONGITUDE, HEIGHT)
EAST, NORTH, UP = local_axes(LATITUDE, LONGITUDE)
GROUND_SPEED = np.cross([0.0, 0.0, WGS84.rotation_radps], PLACE)
CALM = build_air().coefficients
BODY = tuple(1.0 if k < 3 else np.inf for k in range(rhs.BODY_COLUMNS))
DRAG = drag_table((0.0,), (0.5,))
RHO = 0.41351  # kg/m3 at 10 km, US Standard Atmosphere 1976, table I


def leg(**columns: float) -> tuple[float, ...]:
    values = [0.0] * 14
    for name, value in columns.items():
        values[getattr(rhs, name)] = value
    return tuple(values)


def turning(rate_dps: float, acceleration_dps2: float, end: float = np.inf) -> np.ndarray:
    phase = np.zeros(rhs.PHASE_COLUMNS)
    phase[rhs.TURN_RATE], phase[rhs.TURN_ACCELERATION] = np.radians([rate_dps, acceleration_dps2])
    phase[rhs.TURN_END] = end
    return phase


@pytest.mark.parametrize(
    ("tau", "degrees"), [(0.0, 0.0), (1.0, 5.0), (3.0, 45.0), (5.0, 105.0), (60.0, 1755.0)]
)
def test_a_turn_gathers_rate_and_keeps_it(tau, degrees) -> None:
    """10 degrees/s2 up to 30 degrees/s: 5 t^2 for three seconds, then 30 (t - 1.5)."""
    assert np.degrees(turn_angle(turning(30.0, 10.0), tau)) == pytest.approx(degrees)
    assert turn_angle(turning(30.0, 10.0, np.pi / 2.0), tau) == pytest.approx(
        min(np.radians(degrees), np.pi / 2)
    )


@pytest.mark.parametrize("roll_deg", [0.0, 90.0, 200.0])
@pytest.mark.parametrize("nose", [EAST, UP, (NORTH + UP) / np.sqrt(2.0)])
def test_a_turn_goes_across_the_nose(nose, roll_deg) -> None:
    phase = turning(1.0, 1.0)
    phase[rhs.ROLL] = np.radians(roll_deg)
    side = np.array(side_of(phase, tuple(nose), tuple(np.linalg.norm(PLACE) * UP)))
    assert np.linalg.norm(side) == pytest.approx(1.0)
    assert side @ nose == pytest.approx(0.0, abs=1e-12)
    if nose is EAST:
        assert side @ UP == pytest.approx(np.cos(phase[rhs.ROLL]), abs=1e-12), "rolled from upward"


def test_what_a_leg_gains_is_the_rocket_equation() -> None:
    thrust, isp = 450e3, 300.0
    flow = thrust / (isp * 9.80665)
    assert gained(leg(THRUST_N=thrust, MASS_FLOW=flow), 28e3, 7e3) == pytest.approx(
        isp * 9.80665 * np.log(4.0)
    )
    assert gained(leg(THRUST_N=thrust), 28e3, 28e3) == 0.0


def test_loads_of_a_vehicle_at_rest_in_a_wind() -> None:
    """A nose straight up in a side wind: 90 degrees, half rho v^2, and no drag along the nose."""
    air = build_air(WindProfile.from_direction((0.0,), (40.0,), (270.0,))).coefficients
    phase = leg(THRUST_N=1e5, AREA_M2=2.0, PITCH=np.pi / 2.0)
    args = (0.0, tuple(PLACE), tuple(GROUND_SPEED), 5e3, phase, BODY, air, DRAG, EARTH)
    angle, pressure, axial, nose = rhs.loads(*args)
    assert np.degrees(angle) == pytest.approx(90.0)
    assert pressure == pytest.approx(0.5 * RHO * 40.0**2, rel=1e-3)
    assert axial == pytest.approx(1e5 / 5e3, rel=1e-9)
    assert np.array(nose) == pytest.approx(UP, abs=1e-12)


def test_drag_along_the_way_is_an_axial_load() -> None:
    speed = 200.0
    phase = leg(THRUST_N=1e5, AREA_M2=2.0, STEERING=rhs.ALONG_VELOCITY)
    velocity = tuple(GROUND_SPEED + speed * EAST)
    angle, pressure, axial, _ = rhs.loads(0.0, tuple(PLACE), velocity, 5e3, phase, BODY, CALM, DRAG, EARTH)
    assert angle == pytest.approx(0.0, abs=1e-6)
    assert pressure == pytest.approx(0.5 * RHO * speed**2, rel=1e-3)
    assert axial == pytest.approx((1e5 - pressure * 2.0 * 0.5) / 5e3, rel=1e-9)


def test_the_heat_flux_is_half_rho_v_cubed() -> None:
    flux = rhs.heat_flux(tuple(PLACE), tuple(GROUND_SPEED + 300.0 * NORTH), BODY, CALM, EARTH)
    assert flux == pytest.approx(0.5 * RHO * 300.0**3, rel=1e-3)


@pytest.mark.parametrize(("up_mps", "height_m"), [(0.0, 100e3), (1500.0, 60e3), (-200.0, 5e3)])
def test_the_reach_of_an_error_is_the_time_to_the_ground(up_mps, height_m) -> None:
    """Without air and sideways motion: t = (u + sqrt(u^2 + 2 g h)) / g, not below its floor."""
    place = tuple((6371e3 + height_m) * UP)
    g = WGS84.mu_m3ps2 / (6371e3 + height_m) ** 2
    time_s = (up_mps + np.sqrt(up_mps**2 + 2.0 * g * height_m)) / g
    found = reach_s(place, tuple(up_mps * UP), height_m, 0.0, EARTH)
    assert found == pytest.approx(max(time_s, SHORTEST_REACH_S))
    assert reach_s(place, tuple(up_mps * UP), height_m, 1e9, EARTH) == SHORTEST_REACH_S


def test_steps_are_exact_where_they_must_be() -> None:
    """One step over y' = p(t): the solution is exact to degree five, dense output to degree four."""
    nodes, h = np.array([0.0, dopri.C3, dopri.C4, dopri.C5, 1.0, 1.0]), 0.7
    for degree in range(6):
        slopes = tuple((degree * t ** (degree - 1) if degree else 0.0,) * 3 for t in h * nodes)
        end = dopri.solution((0.0,) * 3, h, *slopes[:5])
        assert end[0] == pytest.approx(h**degree if degree else 0.0, abs=1e-14)
        for theta in (0.2, 0.5, 0.9, 1.0):
            inside = dopri.dense((0.0,) * 3, h, dopri.dense_weights(theta), slopes)
            if degree <= 4 or theta == 1.0:
                assert inside[1] == pytest.approx((theta * h) ** degree if degree else 0.0, abs=1e-13)
        if degree <= 4:
            assert dopri.squared_error(h, slopes) == pytest.approx(0.0, abs=1e-26)


def test_steps_that_fail_shrink_and_good_ones_grow_within_bounds() -> None:
    assert dopri.shrink(np.nan) == dopri.shrink(np.inf) == 0.2
    assert dopri.shrink(1.0) == pytest.approx(0.9)
    assert dopri.grow(0.0, dopri.NO_STEP_BEFORE)[0] <= 5.0
    assert dopri.grow(0.999, 0.0)[0] == pytest.approx(0.9, rel=1e-3)
