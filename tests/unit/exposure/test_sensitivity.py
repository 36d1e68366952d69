"""What drives a zone: an input that moves the fall is named on the axis it moves it along."""

from __future__ import annotations

import numpy as np

from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.drop_zones import drop_zone
from overflight.exposure.sensitivity import FEWEST, drivers, first_order_index
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.draws import draw
from overflight.scenario.load import parse_scenario
from overflight.scenario.words import quantity_words
from scenarios import edited

HEADING = ("heading_deg = 105.0", "heading_deg = { value = 105.0, sigma = 0.5 }")


def planned(text: str, flights: int):
    scenario = parse_scenario(text.encode(), "small.toml").model_copy(update={"failure": ()})
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=flights, seed=2)
    impacts = fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=1)
    body = ensemble.body_index("stage-1")
    rows = impacts.of(body)
    lon, lat = np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows])
    zone = drop_zone(lon, lat, ensemble.weights[impacts.sample[rows]])
    return scenario, drivers(ensemble, impacts, draw(scenario, 2, ensemble.samples.key), body, zone)


def test_heading_moves_the_first_stage_to_the_side():
    scenario, found = planned(edited(HEADING), 200)
    by_axis = {axis: next(d for d in found if d.axis == axis) for axis in ("along", "across")}
    shares = {d.path: d.share for axis in by_axis for d in found if d.axis == axis and d.share > 0.5}
    assert "flight_plan.steering.1.heading_deg" in shares
    assert "vehicle.stage.1.dry_mass_kg" in shares  # it decides the speed at separation
    assert quantity_words("flight_plan.steering.1.heading_deg", scenario).startswith(
        "heading in steering row 1"
    )


def test_an_input_that_does_nothing_has_no_share():
    rng = np.random.default_rng(5)
    found = [first_order_index(rng.normal(size=500), rng.normal(size=500), np.ones(500)) for _ in range(200)]
    shares, errors = np.array(found).T
    assert shares.mean() < 0.02
    assert np.mean(shares > 2.0 * errors) < 0.08


def test_too_few_flights_say_nothing():
    assert planned(edited(HEADING), FEWEST - 1)[1] == ()


def test_no_spread_no_share():
    assert first_order_index(np.arange(100.0), np.ones(100), np.ones(100)) == (0.0, 1.0)
