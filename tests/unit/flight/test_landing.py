"""Where a light body ends its fall: on the ground, however far a wind carries it over the curved Earth."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.earth.air import WindProfile, build_air
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef
from overflight.flight.kernels_fall import ON_GROUND, fall_many, fall_rows
from overflight.flight.kernels_rhs import BODY_COLUMNS, DENSITY_FACTOR, GROUND_M, WIND_FACTOR
from overflight.flight.simulate import FALL_LIMIT_S, FALL_TOLERANCE_M, TUMBLING_DRAG, fall

STORM = build_air(WindProfile.from_direction((0.0,), (200.0,), (300.0,)))
BALLISTIC = np.array([1.0, 2.0, 5.0, 15.0, 50.0])


@pytest.fixture(scope="module")
def starts() -> np.ndarray:
    """Return bodies 20 km up, moving with the ground."""
    place = geodetic_to_ecef(np.radians(40.0), np.radians(130.0), 20e3)
    state = np.concatenate([place, np.cross([0.0, 0.0, WGS84.rotation_radps], place)])
    return np.tile(state, (len(BALLISTIC), 1))


@pytest.mark.parametrize("ground_m", [0.0, -400.0])
def test_light_bodies_land_on_the_ground(starts, ground_m) -> None:
    bodies = np.ones((1, BODY_COLUMNS))
    bodies[0, GROUND_M] = ground_m
    none = np.zeros(len(BALLISTIC), np.int64)
    ends, _ = fall_many(
        np.zeros(len(BALLISTIC)), starts, BALLISTIC, none, bodies, FALL_LIMIT_S, FALL_TOLERANCE_M,
        STORM.coefficients, TUMBLING_DRAG[None], none, WGS84.as_array(),
    )  # fmt: skip
    place, _ = eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])
    assert (ends[:, 0] == ON_GROUND).all()
    assert np.abs(ecef_to_geodetic(place)[2] - ground_m).max() < 0.01


def test_a_storm_carries_light_bodies_where_the_full_equations_do(starts) -> None:
    """Over hundreds of kilometres at 200 m/s: the terminal fall is right within a part in ten thousand."""
    bodies = np.ones((3, BODY_COLUMNS))
    bodies[:, GROUND_M] = 0.0
    some = np.s_[2:]
    each = np.arange(3)
    ends, _ = fall_many(
        np.zeros(3), starts[some], BALLISTIC[some], each, bodies, FALL_LIMIT_S, FALL_TOLERANCE_M,
        STORM.coefficients, TUMBLING_DRAG[None], 0 * each, WGS84.as_array(),
    )  # fmt: skip
    _, _, full = fall_rows(
        np.zeros(3), starts[some], BALLISTIC[some], bodies, FALL_LIMIT_S, 1e-4, STORM.coefficients,
        TUMBLING_DRAG, WGS84.as_array(), 1, 1e9,
    )  # fmt: skip
    here, there = (eci_to_ecef(rows[:, 2:5], rows[:, 5:8], rows[:, 1])[0] for rows in (ends, full))
    carried_m = np.linalg.norm(there - geodetic_to_ecef(np.radians(40.0), np.radians(130.0), 0.0), axis=1)
    assert carried_m[0] > 200e3
    assert np.linalg.norm(here - there, axis=1) == pytest.approx(0.0, abs=1e-4 * carried_m.max())


@pytest.mark.parametrize("times", [3.0, 10.0])
def test_a_wind_beyond_all_sense_still_lets_them_land(starts, times) -> None:
    """Up to ten times 200 m/s is accepted: bodies are carried along faster than they sink."""
    bodies, none = np.ones((1, BODY_COLUMNS)), np.zeros(len(starts), np.int64)
    bodies[0, GROUND_M], bodies[0, WIND_FACTOR], bodies[0, DENSITY_FACTOR] = 0.0, times, 10.0
    ends, _ = fall_many(
        np.zeros(len(starts)), starts, BALLISTIC, none, bodies, FALL_LIMIT_S, FALL_TOLERANCE_M,
        STORM.coefficients, TUMBLING_DRAG[None], none, WGS84.as_array(),
    )  # fmt: skip
    place, _ = eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])
    down = ends[:, 0] == ON_GROUND
    assert np.abs(ecef_to_geodetic(place)[2][down]).max(initial=0.0) < 0.01
    assert np.isfinite(ends).all()


@pytest.mark.parametrize("after_s", [100.0, 39_000.0, 50_000.0])
def test_what_is_let_go_late_falls_as_what_is_let_go_early(starts, after_s) -> None:
    """A stage may burn again after a day: a fall is given up so long after it began, whenever that was."""
    turn = WGS84.rotation_radps * after_s
    turned = starts.copy()
    for k in (0, 3):
        x, y = starts[:, k], starts[:, k + 1]
        turned[:, k], turned[:, k + 1] = (
            x * np.cos(turn) - y * np.sin(turn),
            x * np.sin(turn) + y * np.cos(turn),
        )
    bodies, none = np.ones((1, BODY_COLUMNS)), np.zeros(len(starts), np.int64)
    bodies[0, GROUND_M] = 0.0
    soon, late = (
        fall(np.full(len(starts), t), states, BALLISTIC, none, bodies, STORM)
        for t, states in ((0.0, starts), (after_s, turned))
    )
    assert (late.code == ON_GROUND).all()
    assert late.time_s - after_s == pytest.approx(soon.time_s, abs=1e-3)
    assert late.latitude_rad == pytest.approx(soon.latitude_rad, abs=1e-8)
    assert late.longitude_rad == pytest.approx(soon.longitude_rad, abs=1e-8)


@pytest.mark.parametrize("off_m", [5.0, 300.0, 8e3])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_wind_has_no_direction_at_a_pole(side, off_m) -> None:
    """It would drive what falls into the pole and turn there without end: it fades, and the fall goes on."""
    state = np.zeros((2, 6))
    state[:, 0], state[:, 2] = off_m, side * (WGS84.polar_radius_m + 12e3)
    light, bodies = np.array([0.6, 20.0]), np.ones((1, BODY_COLUMNS))
    bodies[0, GROUND_M] = 0.0
    poleward = build_air(WindProfile.from_direction((0.0,), (150.0,), (180.0 * (side > 0.0) + 20.0,)))
    none = np.zeros(2, np.int64)
    ends, steps = fall_many(
        np.zeros(2), state, light, none, bodies, FALL_LIMIT_S, FALL_TOLERANCE_M, poleward.coefficients,
        TUMBLING_DRAG[None], none, WGS84.as_array(),
    )  # fmt: skip
    assert (ends[:, 0] == ON_GROUND).all()
    assert steps.max() < 5_000
