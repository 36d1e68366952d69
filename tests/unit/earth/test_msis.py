"""The empirical atmosphere: an ideal gas in balance, near the standard below, awake to the Sun above."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.earth.atmosphere import us1976
from overflight.earth.msis import SpaceWeather, msis

SUMMER = datetime(2023, 8, 23, 18, 50, tzinfo=UTC)


def test_it_is_near_the_standard_where_people_fly() -> None:
    height = np.linspace(0.0, 80e3, 81)
    air, standard = msis(40.0, 125.0, SUMMER, SpaceWeather())(height), us1976(height)
    assert np.abs(np.log(air.density_kgpm3 / standard.density_kgpm3)).max() < 0.2
    assert np.abs(air.temperature_k - standard.temperature_k).max() < 30.0


def test_air_carries_itself() -> None:
    height = np.linspace(1e3, 80e3, 8000)
    air = msis(40.0, 125.0, SUMMER, SpaceWeather())(height)
    g = 9.80665 * (6356766.0 / (6356766.0 + height)) ** 2
    weight = air.density_kgpm3 * g
    fall = -np.gradient(air.pressure_pa, height)
    assert np.abs(fall / weight - 1.0)[1:-1].max() < 0.02


def test_a_restless_sun_swells_the_upper_air() -> None:
    calm, active = (
        msis(40.0, 125.0, SUMMER, SpaceWeather(f, f, ap))(np.array([90e3, 500e3]))
        for f, ap in ((70.0, 4.0), (230.0, 40.0))
    )
    ratio = active.density_kgpm3 / calm.density_kgpm3
    assert 0.8 < ratio[0] < 1.2 and 8.0 < ratio[1] < 60.0


def test_it_goes_on_below_the_ground_and_takes_any_shape() -> None:
    air = msis(40.0, 125.0, SUMMER, SpaceWeather())(np.array([[-100.0, 0.0], [0.0, 2e6]]))
    assert air.density_kgpm3.shape == (2, 2)
    assert air.density_kgpm3[0, 0] / air.density_kgpm3[0, 1] == pytest.approx(
        np.exp(100.0 / 8700.0), rel=1e-3
    )
    assert air.density_kgpm3[0, 1] == air.density_kgpm3[1, 0]
