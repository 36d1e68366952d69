"""Invariants of flight and fall: what must hold whatever the vehicle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import eval_legendre

from overflight.earth.air import build_air
from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import ecef_to_eci, ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.kernels_fall import fall_many, fall_rows
from overflight.flight.kernels_rhs import BODY_COLUMNS, GROUND_M
from overflight.flight.simulate import TUMBLING_DRAG, fall

CALM = build_air()
VACUUM_KGPM2 = 1e30


def bodies(count: int = 1, ground_m: float = 0.0) -> np.ndarray:
    table = np.ones((count, BODY_COLUMNS))
    table[:, GROUND_M] = ground_m
    return table


def state(latitude_deg: float, longitude_deg: float, height_m: float, enu_mps, earth=WGS84) -> np.ndarray:
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    axes = np.stack(local_axes(latitude, longitude))
    position = geodetic_to_ecef(latitude, longitude, height_m, earth)
    return np.concatenate(ecef_to_eci(position, np.asarray(enu_mps) @ axes, 0.0, earth))


def coast(start: np.ndarray, seconds: float, tolerance_m: float, earth: EarthModel = WGS84) -> np.ndarray:
    rows, filled, _ = fall_rows(
        np.zeros(1), start[None], np.array([VACUUM_KGPM2]), bodies(ground_m=-1e9), seconds, tolerance_m,
        CALM.coefficients, TUMBLING_DRAG, earth.as_array(), 51, seconds / 50.0,
    )  # fmt: skip
    return rows[0, : filled[0]]


def energy(rows: np.ndarray, earth: EarthModel) -> np.ndarray:
    """Specific energy (J/kg) with the zonal parts of the potential."""
    r = np.linalg.norm(rows[:, 1:4], axis=1)
    parts = [
        j * (earth.equatorial_radius_m / r) ** n * eval_legendre(n, rows[:, 3] / r)
        for n, j in enumerate(earth.zonals, start=2)
    ]
    return 0.5 * np.sum(rows[:, 4:7] ** 2, axis=1) - earth.mu_m3ps2 / r * (1.0 - sum(parts))


@given(
    latitude=st.floats(-80, 80),
    azimuth=st.floats(0, 360),
    speed=st.floats(8200, 9500),
    height_km=st.floats(400, 900),
)
@settings(deadline=None, max_examples=15)
def test_coast_keeps_energy_and_polar_angular_momentum(latitude, azimuth, speed, height_km) -> None:
    turn = np.radians(azimuth)
    start = state(latitude, 10.0, height_km * 1e3, (speed * np.sin(turn), speed * np.cos(turn), 0.0))
    rows = coast(start, 3000.0, 1e-6)
    e = energy(rows, WGS84)
    assert np.abs(e / e[0] - 1.0).max() < 1e-9
    polar = rows[:, 1] * rows[:, 5] - rows[:, 2] * rows[:, 4]
    scale = np.linalg.norm(np.cross(start[:3], start[3:]))
    assert np.abs(polar - polar[0]).max() / scale < 1e-9


def test_coast_round_one_revolution_returns() -> None:
    earth = EarthModel(zonals=())
    start = state(0.0, 0.0, 400e3, (7200.0, 1500.0, 0.0), earth)
    r, v2 = np.linalg.norm(start[:3]), np.sum(start[3:] ** 2)
    a = 1.0 / (2.0 / r - v2 / earth.mu_m3ps2)
    rows = coast(start, 2.0 * np.pi * np.sqrt(a**3 / earth.mu_m3ps2), 1e-8, earth)
    assert np.linalg.norm(rows[-1, 1:4] - start[:3]) < 1.0


def test_the_scheme_is_of_fifth_order() -> None:
    start = state(30.0, 0.0, 500e3, (7000.0, 2500.0, 0.0))

    def fly(tolerance_m: float) -> tuple[np.ndarray, int]:
        ends, steps = fall_many(
            np.zeros(1), start[None], np.array([VACUUM_KGPM2]), np.zeros(1, np.int64), bodies(), 20_000.0,
            tolerance_m, CALM.coefficients, TUMBLING_DRAG[None], np.zeros(1, np.int64), WGS84.as_array(),
        )  # fmt: skip
        return ends[0, 2:5], int(steps[0])

    exact, _ = fly(1e-10)
    errors, steps = [], []
    for tolerance_m in (1e-2, 1e-3, 1e-4, 1e-5):
        place, count = fly(tolerance_m)
        errors.append(np.linalg.norm(place - exact))
        steps.append(count)
    order = -np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert order == pytest.approx(5.0, abs=0.5)


@given(latitude=st.floats(-90, 90), height_km=st.floats(-0.001, -1e-9), up=st.floats(-500, 500))
@settings(max_examples=20)
def test_what_starts_on_the_ground_is_there_at_once(latitude, height_km, up) -> None:
    start = state(latitude, 20.0, height_km * 1e3, (300.0, 0.0, up))
    for beta in (5.0, 500.0):
        down = fall(np.array([77.0]), start[None], np.array([beta]), np.zeros(1, int), bodies(), CALM)
        assert down.code[0] == 0
        assert down.time_s[0] == 77.0
        assert np.degrees(down.latitude_rad[0]) == pytest.approx(latitude, abs=1e-6)


@given(
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    height_km=st.floats(-10, 10_000),
    velocity=st.tuples(*[st.floats(-12e3, 12e3)] * 3),
    time_s=st.floats(-1e5, 1e6),
)
def test_frames_there_and_back(latitude, longitude, height_km, velocity, time_s) -> None:
    position = geodetic_to_ecef(np.radians(latitude), np.radians(longitude), height_km * 1e3)
    eci = ecef_to_eci(position, velocity, time_s)
    back, velocity_back = eci_to_ecef(*eci, time_s)
    assert back == pytest.approx(position, abs=1e-7)
    assert velocity_back == pytest.approx(np.array(velocity), abs=1e-9)
    lat, lon, height = ecef_to_geodetic(back)
    assert (np.degrees(lat), height) == pytest.approx((latitude, height_km * 1e3), abs=1e-7)
    again = geodetic_to_ecef(lat, lon, height)
    assert again == pytest.approx(position, abs=1e-7)
    axes = np.stack(local_axes(lat, lon))
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0, abs=1e-12)


def test_a_body_falls_down_at_the_pole() -> None:
    for side in (1.0, -1.0):
        start = np.array([[0.0, 0.0, side * (6356752.3 + 10e3), 0.0, 0.0, -side * 50.0]])
        down = fall(np.zeros(1), start, np.array([50.0]), np.zeros(1, int), bodies(), CALM)
        assert down.code[0] == 0
        assert np.degrees(down.latitude_rad[0]) == pytest.approx(side * 90.0, abs=1e-3)


@given(
    east=st.floats(50, 3000), north=st.floats(-3000, 3000), up=st.floats(-200, 1500), beta=st.floats(5, 2000)
)
@settings(deadline=None, max_examples=20)
def test_without_rotation_east_mirrors_west(east, north, up, beta) -> None:
    still = EarthModel(rotation_radps=0.0)
    starts = np.array([state(35.0, 0.0, 80e3, (sign * east, north, up), still) for sign in (1.0, -1.0)])
    down = fall(np.zeros(2), starts, np.full(2, beta), np.zeros(2, int), bodies(), CALM, earth=still)
    assert down.latitude_rad[0] == pytest.approx(down.latitude_rad[1], abs=1e-9)
    assert down.longitude_rad[0] == pytest.approx(-down.longitude_rad[1], abs=1e-9)
    assert down.time_s[0] == pytest.approx(down.time_s[1], abs=1e-4)


@given(
    latitude=st.floats(-85, 85),
    height_km=st.floats(1, 600),
    enu=st.tuples(st.floats(-7000, 7000), st.floats(-7000, 7000), st.floats(-2000, 2000)),
    beta=st.floats(3, 3000),
)
@settings(deadline=None, max_examples=40)
def test_impacts_lie_on_the_ground(latitude, height_km, enu, beta) -> None:
    start = state(latitude, 170.0, height_km * 1e3, enu)
    rows, filled, ends = fall_rows(
        np.zeros(1), start[None], np.array([beta]), bodies(), 30_000.0, 0.1, CALM.coefficients, TUMBLING_DRAG,
        WGS84.as_array(), 100, 300.0,
    )  # fmt: skip
    position, _ = eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])
    height = ecef_to_geodetic(position)[2][0]
    code = ends[0, 0]
    assert code in (0.0, 1.0)
    assert np.isfinite(ends).all()
    assert abs(height) < 1e-3 if code == 0.0 else height > 0.0
    flown = rows[0, : filled[0]]
    heights = ecef_to_geodetic(eci_to_ecef(flown[:, 1:4], flown[:, 4:7], flown[:, 0])[0])[2]
    assert (heights > -1e-3).all()


# 14 CFR 417.209 class of 3 lb/ft2, fall at first at terminal velocity through rho = 1.225 exp(-h / 8434.5 m);
# full dynamics integrated independently
BETA_3_PSF = 3.0 * 4.4482216152605 / 9.80665 / 0.3048**2


@pytest.mark.parametrize(
    ("height_m", "expected_s"), [(5_000.0, 282.29), (15_240.0, 654.08), (50_000.0, 1030.9)]
)
def test_light_debris_falls_as_long_as_it_must(height_m, expected_s) -> None:
    from overflight.earth.atmosphere import AirState

    def exponential(h):
        density = 1.225 * np.exp(-np.minimum(np.asarray(h, float), 400e3) / 8434.5)
        return AirState(
            np.full_like(density, 288.15), density * 82_000.0, density, np.full_like(density, 1e9)
        )

    earth = EarthModel(
        rotation_radps=0.0, zonals=(), flattening=1e-12, mu_m3ps2=9.80665 * 1e12**2, equatorial_radius_m=1e12
    )
    terminal = np.sqrt(2.0 * 9.80665 * BETA_3_PSF / (1.225 * np.exp(-height_m / 8434.5)))
    start = np.array([[1e12 + height_m, 0.0, 0.0, -terminal, 0.0, 0.0]])
    air = build_air(atmosphere=exponential)
    down = fall(np.zeros(1), start, np.array([BETA_3_PSF]), np.zeros(1, int), bodies(), air, earth=earth)
    assert down.time_s[0] == pytest.approx(expected_s, rel=1e-4)
