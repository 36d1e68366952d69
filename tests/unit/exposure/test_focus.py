"""Rare places: the stratified estimate is that of plain flights, with a smaller error for the same work."""

from dataclasses import replace

import numpy as np
import pytest

from ensembles import flown, places, square
from overflight.debris.casualty import casualty_area_m2, propellant_kg
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.focus import BINS, focus, neyman
from overflight.exposure.landed import landed
from overflight.exposure.risk import risk_to_people
from overflight.flight.engine import SerialEngine
from overflight.scenario.draws import failure_part


def test_flights_go_where_weight_and_spread_are():
    counts = neyman(np.array([[0.1, 0.1], [0.8, 0.0]]), np.array([[3.0, 0.0], [1.0, 5.0]]), 1000, floor=10)
    assert counts.tolist() == [[10 + 970 * 3 // 11, 10], [10 + 970 * 8 // 11, 0]]
    assert neyman(np.array([0.5, 0.5]), np.zeros(2), 100, floor=4).tolist() == [50, 50]


@pytest.fixture(scope="module")
def plain():
    """Plain flights of the small scenario, and a place that only failures in a narrow stretch reach."""
    scenario, ensemble, air = flown(flights=900, seed=5)
    catalogue = generic_catalogue()
    impacts = fall_ensemble(scenario, ensemble, catalogue, air, fragments=20)
    broken = np.flatnonzero(ensemble.samples.outcome[impacts.sample] == 2)
    at = broken[np.argsort(impacts.longitude_rad[broken])[len(broken) // 2]]
    town = square("T", np.degrees(impacts.longitude_rad[at]), np.degrees(impacts.latitude_rad[at]), 60.0)
    table = places(replace(town, population=1000))
    area = casualty_area_m2(impacts, propellant_kg(scenario, ensemble, impacts), scenario.risk)
    found = risk_to_people(ensemble, impacts, landed(impacts, table), table, area)
    return scenario, air, catalogue, table[0], found


def test_the_same_answer_with_a_smaller_error(plain):
    scenario, air, catalogue, town, found = plain
    sharp = focus(
        scenario, (air, air), catalogue, town, flights=900, fragments=20, seed=8, engine=SerialEngine()
    )
    assert 700 <= sharp.flights <= 900
    gap = sharp.individual.value - found.individual[0]
    assert abs(gap) < 4.0 * np.hypot(sharp.individual.error, found.individual_error[0])
    assert sharp.individual.error < 0.5 * found.individual_error[0]
    # the second round went to the bins of the outcome that reaches the place
    assert sharp.counts[2].max() > 5 * sharp.counts[0].max()


def test_keys_are_chosen_by_the_moment_alone(plain):
    from overflight.exposure.focus import _samples
    from overflight.flight.launch import outcomes_of

    counts = np.full((3, BINS), 5)
    keys, outcome, bins = _samples(outcomes_of(plain[0]), counts, 8, 0)
    assert len(set(keys.tolist())) == len(keys) == counts.sum()
    assert np.array_equal((failure_part(8, keys) * BINS).astype(int), bins)
    again, _, _ = _samples(outcomes_of(plain[0]), counts, 8, 1)
    assert not set(keys.tolist()) & set(again.tolist())
    assert np.bincount(outcome).tolist() == [5 * BINS] * 3
