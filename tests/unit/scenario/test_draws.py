"""Draws: each quantity by its own name, correlated where the scenario says so, alike in every batch."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight import rng
from overflight.scenario.draws import draw, failure_part, nominal_draws, quantities
from overflight.scenario.load import load_scenario
from support import ROOT

SCENARIO = small()
DRY, PROPELLANT = "vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg"
EXAMPLES = sorted((ROOT / "examples").glob("*/launch.toml"))


def test_paths_name_what_they_lead_to() -> None:
    every = quantities(SCENARIO)
    assert every[DRY].value == 1600.0
    assert every["vehicle.stage.2.ignition_delay_s"].range == (2.0, 4.0)
    assert every["failure.1.probability"].value == 0.04
    assert every["flight_plan.steering.2.pitch_end_deg"].value == 64.6


def test_stated_values() -> None:
    draws = nominal_draws(SCENARIO, 3)
    assert len(draws) == 3
    assert (draws[DRY] == 1600.0).all()
    assert all((draws[path] == q.value).all() for path, q in quantities(SCENARIO).items())


def test_only_what_has_a_spread_is_drawn() -> None:
    draws = draw(SCENARIO, 1, np.arange(5))
    spread = {path for path, q in quantities(SCENARIO).items() if q.spread}
    assert set(draws.drawn) == spread
    assert set(draws.fixed) == set(quantities(SCENARIO)) - spread
    assert DRY in draws
    assert "vehicle.stage.9.dry_mass_kg" not in draws


def test_distributions_and_correlation() -> None:
    draws = draw(SCENARIO, 11, np.arange(40_000))
    dry, propellant = draws[DRY], draws[PROPELLANT]
    assert (dry.mean(), dry.std()) == pytest.approx((1600.0, 40.0), rel=0.02)
    assert (propellant.mean(), propellant.std()) == pytest.approx((22_000.0, 100.0), rel=0.02)
    assert np.corrcoef(dry, propellant)[0, 1] == pytest.approx(0.5, abs=0.015)
    delay = draws["vehicle.stage.2.ignition_delay_s"]
    assert np.corrcoef(dry, delay)[0, 1] == pytest.approx(0.0, abs=0.02)
    assert (delay.min(), delay.max()) == pytest.approx((2.0, 4.0), abs=1e-3)
    assert 2.0 <= delay.min() <= delay.max() <= 4.0
    beta = np.log(draws["vehicle.stage.1.ballistic_kgpm2"])
    assert beta.mean() == pytest.approx(0.5 * np.log(120.0 * 800.0), abs=0.01)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_the_matrix_of_an_example_comes_out(path) -> None:
    scenario = load_scenario(path)
    if scenario.correlation is None:
        assert "taiki" in str(path)
        return
    every, paths = quantities(scenario), scenario.correlation.paths
    draws = draw(scenario, 3, np.arange(30_000))
    # through the ranks of normal numbers: what is uniform is made normal again
    table = np.stack([_normal(draws[p]) for p in paths])
    assert all(every[p].spread for p in paths)
    found = np.corrcoef(table)
    assert np.abs(found - np.array(scenario.correlation.matrix)).max() < 0.03


def _normal(values: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return ndtri((rankdata(values) - 0.5) / len(values))


def test_a_draw_depends_on_seed_name_and_key_alone() -> None:
    whole = draw(SCENARIO, 5, np.arange(1000))
    part = draw(SCENARIO, 5, np.array([912, 3]))
    for path in whole.drawn:
        assert np.array_equal(part[path], whole[path][[912, 3]])
        assert not np.array_equal(draw(SCENARIO, 6, np.arange(1000))[path], whole[path])
    wider = small(
        ("thrust_vacuum_n = 450000.0", "thrust_vacuum_n = { value = 450000.0, sigma = 1000.0 }"),
    )
    again = draw(wider, 5, np.arange(1000))
    assert all(np.array_equal(again[path], whole[path]) for path in whole.drawn), (
        "a new spread reshuffles nothing"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_no_two_names_share_a_stream(path) -> None:
    names = [*quantities(load_scenario(path)), "failure.time", "fairing.separation", "fragment.ballistic"]
    names += [f"fragment.speed.{axis}" for axis in "xyz"]
    assert len({rng.stream_id(name) for name in names}) == len(names)


def test_replaced() -> None:
    draws = draw(SCENARIO, 5, np.arange(4))
    other = draws.replaced({DRY: np.arange(4.0), "vehicle.payload_kg": np.ones(4)})
    assert (other[DRY] == np.arange(4.0)).all()
    assert (other["vehicle.payload_kg"] == 1.0).all()
    assert "vehicle.payload_kg" not in other.fixed
    assert (draws["vehicle.payload_kg"] == 200.0).all()
    assert np.array_equal(other[PROPELLANT], draws[PROPELLANT])


def test_sobol_draws_are_even_keyed_and_keep_their_correlations() -> None:
    keys = np.arange(512)
    even, again = draw(SCENARIO, 4, keys, "sobol"), draw(SCENARIO, 4, keys[100:107], "sobol")
    for path, values in even.drawn.items():
        assert np.array_equal(values[100:107], again.drawn[path]), path
    mass, dry = even[PROPELLANT], even[DRY]
    assert abs(np.corrcoef(mass, dry)[0, 1] - 0.5) < 0.02
    # of 512 random draws the mean would be off by 100 kg / sqrt(512) = 4.4 kg
    assert abs(mass.mean() - 22_000.0) < 0.5 and abs(mass.std() / 100.0 - 1.0) < 0.02
    part = failure_part(4, keys, "sobol")
    assert np.all(np.bincount((part * 8).astype(int), minlength=8) == 64)
