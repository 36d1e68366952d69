"""A launch in the weather of its day: the same air by another way gives the same flight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.earth.air import CALM, Air, build_air
from overflight.earth.atmosphere import us1976
from overflight.earth.weather import Weather, WeatherMap, column_air
from overflight.errors import InputError
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.flight.weathered import weathered
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Wind
from scenarios import SMALL

LIFT_OFF = datetime(2030, 3, 1, 1, tzinfo=UTC)
EAST_MPS, NORTH_MPS = 20.0, -10.0
CONSTANT = Wind(altitude_m=(0.0,), speed_mps=(22.360679775,), from_deg=(296.565051177,))
SCENARIO = parse_scenario(SMALL.encode(), "small.toml")


def standard_weather(east=EAST_MPS, *, warmer=0.0, name="standard.nc", lat=(-90.0, 90.0)) -> Weather:
    """Return the standard atmosphere as a forecast for the whole Earth, with one wind everywhere."""
    height = np.linspace(0.0, 60e3, 241)
    air = us1976(height)
    lats, lons = np.linspace(*lat, 5), np.arange(0.0, 360.0, 60.0)
    shape = (2, len(height), len(lats), len(lons))
    fields = [
        np.broadcast_to(v[None, :, None, None], shape)
        for v in (height, np.full_like(height, east), np.full_like(height, NORTH_MPS),
                  air.temperature_k + warmer, air.pressure_pa)
    ]  # fmt: skip
    time_s = LIFT_OFF.timestamp() + np.array([-3600.0, 7200.0])
    return Weather(name, time_s, lats, lons, *fields, around=True)


def falls(scenario, weather):
    air, through = weathered(scenario, weather)
    ensemble = launch(scenario, air, flights=8, seed=3)
    return ensemble, fall_ensemble(scenario, ensemble, generic_catalogue(), through, fragments=5)


def test_without_weather_nothing_changes() -> None:
    air, through = weathered(SCENARIO, None)
    assert air is through and isinstance(air, Air)
    assert np.array_equal(air.coefficients, scenario_air(SCENARIO).coefficients)


def test_a_constant_wind_by_file_or_by_table() -> None:
    scenario = SCENARIO.model_copy(update={"wind": CONSTANT})
    table, by_table = falls(scenario, None)
    file, by_file = falls(scenario, standard_weather())
    apart_m = np.linalg.norm(table.samples.end_state[:, :3] - file.samples.end_state[:, :3], axis=1)
    assert apart_m.max() < 30.0  # the column is linear between levels, the table is not
    near = by_table.time_s < 1000.0  # what all but reached orbit magnifies any difference
    east = (by_table.longitude_rad - by_file.longitude_rad) * np.cos(by_table.latitude_rad)
    apart_m = 6.4e6 * np.hypot(east, by_table.latitude_rad - by_file.latitude_rad)
    assert near.sum() > 20 and apart_m[near].max() < 60.0


def test_wind_carries_what_falls() -> None:
    ensemble, west = falls(SCENARIO, standard_weather(-20.0))
    _, east = falls(SCENARIO, standard_weather(20.0))
    shell = ensemble.body_index("fairing")
    flights = np.intersect1d(west.sample[west.of(shell)], east.sample[east.of(shell)])
    one, other = (i.longitude_rad[i.of(shell) & np.isin(i.sample, flights)] for i in (west, east))
    moved_m = (other - one) * np.cos(0.54) * 6.4e6
    # a light shell falls for minutes through the wind: 40 m/s apart carry it kilometres
    assert np.all(moved_m > 5e3)


def test_warm_air_is_thin() -> None:
    column = standard_weather(warmer=20.0).column(31.0, 131.0, LIFT_OFF.timestamp())
    warm, cold = column_air(column), build_air()
    thinner = np.exp(warm.coefficients[0, 0] - cold.coefficients[0, 0])
    assert thinner == pytest.approx(288.15 / 308.15, rel=1e-3)
    top = np.searchsorted(np.arange(320) / 320, 0.9)
    assert np.array_equal(warm.coefficients[top:], cold.coefficients[top:])


def test_the_map_knows_its_grid() -> None:
    weather = standard_weather(lat=(0.0, 40.0))
    elsewhere = build_air()
    air = WeatherMap(weather, LIFT_OFF, CALM, elsewhere)
    cells = air.cells(np.radians([31.0, 31.5, 50.0, np.nan]), np.radians([131.0, 131.5, 131.0, 0.0]))
    assert cells[0] == cells[1] > 0 and list(cells[2:]) == [-1, -1]
    assert air.table(-1) is elsewhere and air.table(int(cells[0])).name == "standard.nc"


@pytest.mark.parametrize(
    ("weather", "says"),
    [
        (standard_weather(lat=(50.0, 80.0)), "31.25 N, 131.08 E"),
        (replace(standard_weather(), time_s=np.array([0.0, 3600.0])), "2030-03-01"),
    ],
    ids=["elsewhere", "another day"],
)  # fmt: skip
def test_weather_of_another_place_or_day_is_refused(weather, says) -> None:
    with pytest.raises(InputError, match=r"standard\.nc") as refused:
        weathered(SCENARIO, weather)
    assert says in str(refused.value)
