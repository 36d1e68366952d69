"""The table of air and wind: one grid on both sides, smooth, and right between its nodes."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.earth import kernels
from overflight.earth.air import WindProfile, build_air
from overflight.earth.air_grid import CELLS, SCALE_M, TOP_M
from overflight.earth.atmosphere import AirState, us1976
from overflight.earth.kernels import air_cell, cubic, density_sound


def test_both_sides_know_one_grid() -> None:
    assert (kernels.AIR_SCALE_M, kernels.AIR_CELLS, kernels.AIR_TOP_M) == (SCALE_M, CELLS, TOP_M)
    assert build_air().coefficients.shape == (kernels.AIR_CELLS, 20)
    assert not build_air().coefficients.flags.writeable


def test_the_table_is_smooth() -> None:
    wind = WindProfile((0.0, 5e3, 12e3), (3.0, 20.0, -5.0), (0.0, 1.0, 2.0))
    table = build_air(wind).coefficients.reshape(-1, 5, 4)
    value, slope = table[:-1].sum(axis=2), table[:-1] @ np.array([0.0, 1.0, 2.0, 3.0])
    assert np.allclose(value, table[1:, :, 0], rtol=1e-12, atol=1e-12)
    assert np.allclose(slope, table[1:, :, 1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("height_m", [-500.0, 0.0, 1.0, 11e3, 86e3, 500e3, 999_999.0, 1e6, 2e6])
def test_cells(height_m) -> None:
    i, f = air_cell(height_m)
    assert 0 <= i < CELLS
    if 0.0 <= height_m < TOP_M:
        assert 0.0 <= f <= 1.0
        u = (i + f) / CELLS * TOP_M / (TOP_M + SCALE_M)
        assert SCALE_M * u / (1.0 - u) == pytest.approx(height_m, abs=1e-6 + 1e-9 * height_m)


def test_below_the_ellipsoid_it_goes_on() -> None:
    table = build_air().coefficients
    for height_m in (-50.0, -430.0):
        density, sound = density_sound(table, *air_cell(height_m))
        state = us1976(height_m)
        assert density == pytest.approx(float(state.density_kgpm3), rel=1e-5)
        assert sound == pytest.approx(float(state.sound_speed_mps), rel=1e-5)


def test_another_atmosphere() -> None:
    def isothermal(h):
        density = 1.2 * np.exp(-np.asarray(h) / 7000.0)
        return AirState(250.0 + 0.0 * density, density * 7e4, density, 316.0 + 0.0 * density)

    table = build_air(atmosphere=isothermal, name="isothermal").coefficients
    for h in (0.0, 333.0, 10_123.0, 99e3):
        density, sound = density_sound(table, *air_cell(h))
        assert density == pytest.approx(1.2 * np.exp(-h / 7000.0), rel=1e-8)
        assert sound == pytest.approx(316.0)


def test_wind_comes_from_where_it_is_said_to() -> None:
    profile = WindProfile.from_direction([0.0, 1000.0], [10.0, 20.0], [270.0, 0.0])
    assert profile.at(0.0) == pytest.approx((10.0, 0.0), abs=1e-12), "from the west it moves to the east"
    assert profile.at(1000.0) == pytest.approx((0.0, -20.0), abs=1e-12)
    assert profile.at(500.0) == pytest.approx((5.0, -10.0), abs=1e-12)
    assert profile.at([-100.0, 9e9])[1] == pytest.approx([0.0, -20.0], abs=1e-12)


def test_wind_in_the_table() -> None:
    profile = WindProfile((0.0, 4e3, 20e3), (0.0, 30.0, 0.0), (2.0, 2.0, -10.0))
    table = build_air(profile).coefficients
    for h in (0.0, 1000.0, 2500.0, 10e3, 19e3, 50e3):
        i, f = air_cell(h)
        east, north = profile.at(h)
        assert cubic(table, i, 8, f) == pytest.approx(east, abs=0.01)
        assert cubic(table, i, 12, f) == pytest.approx(north, abs=0.01)
