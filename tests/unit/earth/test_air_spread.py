"""Air that is not known: the field has the spread and the correlation stated, and flights meet it."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.earth.air import build_air
from overflight.earth.air_spread import FIELDS, LEVELS, AirSpread, Spread
from overflight.earth.kernels import air_cell, cubic
from overflight.errors import ScenarioError
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.draws import draw
from overflight.scenario.load import parse_scenario
from scenarios import SMALL, edited

WIND = Spread((0.0, 10e3, 30e3), (3.0, 10.0, 8.0), 5000.0)
DENSITY = Spread((0.0, 50e3), (0.02, 0.1), 8000.0)
TABLE = build_air().coefficients
SIGMA = (
    "from_deg = [270.0, 271.0, 272.0]",
    "from_deg = [270.0, 271.0, 272.0]\nsigma_mps = [2.0, 6.0, 12.0]\ncorrelation_height_m = 5000.0",
)


def at(table: np.ndarray, column: int, height_m: float) -> float:
    i, f = air_cell(height_m)
    return cubic(table, i, column, f)


@pytest.fixture(scope="module")
def tables() -> list[np.ndarray]:
    normals = np.random.default_rng(1).normal(size=(1500, FIELDS, LEVELS))
    return [AirSpread(WIND, DENSITY).perturbed(TABLE, z) for z in normals]


@pytest.mark.parametrize(("height_m", "sigma"), [(0.0, 3.0), (5e3, 6.5), (10e3, 10.0), (20e3, 9.0)])
def test_the_wind_has_the_spread_stated(tables, height_m, sigma) -> None:
    for column in (8, 12):
        values = np.array([at(t, column, height_m) for t in tables])
        assert abs(values.mean()) < 4.0 * sigma / np.sqrt(1500)
        assert values.std() == pytest.approx(sigma, rel=0.08)


def test_errors_stay_alike_over_the_correlation_height(tables) -> None:
    east = np.array([[at(t, 8, h) for h in (10e3, 12e3, 15e3, 25e3)] for t in tables])
    north = np.array([at(t, 12, 10e3) for t in tables])
    found = np.corrcoef(east.T)[0]
    assert found == pytest.approx(np.exp(-np.array([0.0, 2.0, 5.0, 15.0]) / 5.0), abs=0.08)
    assert abs(np.corrcoef(east[:, 0], north)[0, 1]) < 0.08


def test_density_errs_by_a_factor_and_never_turns_negative(tables) -> None:
    log = np.array([at(t, 0, 25e3) - at(TABLE, 0, 25e3) for t in tables])
    assert log.std() == pytest.approx(0.06, rel=0.08)
    assert all(np.isfinite(t).all() for t in tables)


def test_above_the_highest_row_nothing_is_perturbed(tables) -> None:
    assert all(at(t, 8, 40e3) == 0.0 for t in tables[:10])
    for column in (4, 16):  # speed of sound and pressure stay
        assert np.array_equal(tables[0][:, column : column + 4], TABLE[:, column : column + 4])


def test_flights_meet_it_the_same_in_any_chunk() -> None:
    scenario = parse_scenario(edited(SIGMA).encode(), "small.toml")
    air = scenario_air(scenario)
    runs = []
    for chunk in (64, 3):
        ensemble = launch(scenario, air, flights=12, seed=2, chunk=chunk)
        runs.append(
            (ensemble, fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=4, chunk=chunk))
        )
    (one, falls), (other, falls_too) = runs
    assert np.array_equal(one.samples.end_state, other.samples.end_state)
    assert np.array_equal(falls.latitude_rad, falls_too.latitude_rad)
    calm = parse_scenario(SMALL.encode(), "small.toml")
    known = launch(calm, scenario_air(calm), flights=12, seed=2)
    assert not np.array_equal(one.samples.end_state, known.samples.end_state)


def test_a_quantity_added_changes_no_other_draw() -> None:
    with_spread = draw(parse_scenario(edited(SIGMA).encode(), "small.toml"), 2, np.arange(5))
    without = draw(parse_scenario(SMALL.encode(), "small.toml"), 2, np.arange(5))
    assert without.air is None and with_spread.air.shape == (5, FIELDS, LEVELS)
    for path, values in without.drawn.items():
        assert np.array_equal(values, with_spread.drawn[path])


@pytest.mark.parametrize("sigma", ["[2.0, 6.0]", "[2.0, -1.0, 3.0]", "[2.0, 6.0, 80.0]"])
def test_what_is_no_spread_is_refused(sigma) -> None:
    text = edited((SIGMA[0], f"{SIGMA[0]}\nsigma_mps = {sigma}"))
    with pytest.raises(ScenarioError, match="sigma_mps"):
        parse_scenario(text.encode(), "small.toml")
