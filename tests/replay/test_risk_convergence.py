"""The risk of places against the number of flights: errors fall as theory promises, and cover the truth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.landed import landed
from overflight.exposure.places import load_places
from overflight.flight.engine import make_engine
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.jobs.plan_risk import compute_risk
from overflight.scenario.load import load_scenario
from support import ROOT

SCENARIO = ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml"
TOP, KNOWN = 5, 0.2
"""So many places, of those that the many flights know so well: of one hit by a flight or two theory says nothing."""


@cache
def risks(flights: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the casualties expected in every place (places,), and their errors."""
    scenario, places = load_scenario(SCENARIO), load_places()
    air, catalogues = scenario_air(scenario), catalogues_of(scenario)
    engine = make_engine("threads")
    ensemble = launch(scenario, air, flights=flights, seed=seed, engine=engine)
    impacts = fall_ensemble(scenario, ensemble, catalogues, air, fragments=50, engine=engine)
    engine.close()
    found = compute_risk(scenario, ensemble, impacts, landed(impacts, places), places)
    value, error = np.zeros(len(places)), np.zeros(len(places))
    value[found.place], error[found.place] = (
        np.nan_to_num(found.casualties),
        np.nan_to_num(found.casualties_error),
    )
    return value, error


def test_four_times_the_flights_halve_the_error() -> None:
    """For the place that is hit most; a thin version of the campaign below."""
    few, many = ([risks(n, seed) for seed in (1, 2)] for n in (300, 1200))
    top = int(np.argmax(many[0][0]))
    ratio = np.mean([e[top] for _, e in few]) / np.mean([e[top] for _, e in many])
    assert 1.6 < ratio < 2.5
    pulls = [
        (few[i][0][top] - many[1 - i][0][top]) / np.hypot(few[i][1][top], many[1 - i][1][top]) for i in (0, 1)
    ]
    assert np.max(np.abs(pulls)) < 3.5


@pytest.mark.campaign
def test_the_top_five_places_converge() -> None:
    """24 seeds of 1000 and 4000 flights against 80,000 others: rms pull near one, errors as the root of n.

    With 5 places x 24 seeds = 120 pulls per size (not independent between places), the 95 % interval of the
    rms of normal pulls is about 0.87 to 1.13; what few flights hit is skewed, which widens it.
    """
    truth, truth_error = risks(80_000, 999)
    known = np.where(truth_error < KNOWN * truth, truth, 0.0)
    top = np.argsort(-known)[:TOP]
    assert np.all(known[top] > 0.0)
    mean_error = {}
    for flights in (1000, 4000):
        found = [risks(flights, seed) for seed in range(1, 25)]
        values = np.array([value[top] for value, _ in found])
        errors = np.array([error[top] for _, error in found])
        mean_error[flights] = np.sqrt((errors**2).mean(axis=0))
        pulls = (values - truth[top]) / np.hypot(mean_error[flights], truth_error[top])
        rms = float(np.sqrt((pulls**2).mean()))
        print(f"{flights} flights: rms pull {rms:.2f}, relative errors {mean_error[flights] / truth[top]}")
        assert 0.75 < rms < 1.3, flights
        # no bias: the mean over seeds agrees with the truth
        assert np.abs(pulls.mean(axis=0)).max() < 4.0 / np.sqrt(len(found))
    ratio = mean_error[1000] / mean_error[4000]
    assert np.all((ratio > 1.5) & (ratio < 2.7)), ratio
