"""The hit that was not seen: how great it may be, and which places it may be in."""

from dataclasses import replace

import numpy as np
import pytest

from ensembles import by_hand, places, square
from overflight.debris.impacts import Impacts
from overflight.exposure.landed import landed
from overflight.exposure.next_hit import next_hit
from overflight.exposure.risk import land_area_m2, risk_to_people


def falls(sample, longitude_deg, pieces=1.0) -> Impacts:
    n = len(sample)
    ones = np.ones(n)
    return Impacts(
        sample=np.asarray(sample), body=np.zeros(n, np.int64), fragment_class=np.zeros(n, np.int64),
        pieces=pieces * ones, time_s=ones, latitude_rad=0.0 * ones, longitude_rad=np.radians(longitude_deg),
        speed_mps=100.0 * ones, mass_kg=ones, ballistic_kgpm2=ones, aloft=0,
    )  # fmt: skip


def test_falls_close_together_reach_no_further_than_they_lie_apart():
    """Eight falls 11 km apart: a place 17 km beyond the last is near, one 60 km beyond is not."""
    ensemble, impacts = by_hand((1.0,), (8,)), falls(range(8), 0.1 * np.arange(8.0))
    table = places(square("hit", 0.0, 0.0, 2.0), square("near", 0.87, 0.0, 2.0), square("far", 1.4, 0.0, 2.0))
    found = next_hit(ensemble, impacts, landed(impacts, table), np.full(8, 5.0), table)
    assert found.reaches[0].tolist() == found.near[0].tolist() == [True, True, False]
    assert found.area_m2[0, 0] == pytest.approx(5.0 / 8)


def test_a_body_that_fell_twice_may_fall_anywhere():
    ensemble, impacts = by_hand((1.0,), (8,)), falls([0, 1], [0.0, 0.1])
    table = places(square("far", 30.0, 0.0, 2.0))
    found = next_hit(ensemble, impacts, landed(impacts, table), np.full(2, 5.0), table)
    assert found.reaches[0, 0] and not found.near[0, 0]


def test_what_harms_nobody_reaches_nobody():
    ensemble, impacts = by_hand((1.0,), (8,)), falls(range(8), 0.1 * np.arange(8.0))
    table = places(square("hit", 0.0, 0.0, 2.0))
    found = next_hit(ensemble, impacts, landed(impacts, table), np.zeros(8), table)
    assert not found.reaches.any() and not found.area_m2.any()


def test_a_place_that_no_flight_hit_has_an_upper_limit():
    """Nought of eight: 3.7 hits, each as great as the greatest piece, spread over its land."""
    ensemble, impacts = by_hand((0.5, 0.5), (4, 8)), falls(range(4, 12), 0.1 * np.arange(8.0), pieces=2.0)
    table = places(replace(square("near", 0.87, 0.0, 2.0), population=1000))
    found = risk_to_people(ensemble, impacts, landed(impacts, table), table, np.full(8, 5.0))
    assert found.individual.tolist() == found.individual_low.tolist() == [0.0]
    limit = -np.log(0.025) * 0.5 / 8 * 2.0 * 5.0 / land_area_m2(table[0])
    assert found.individual_high[0] == pytest.approx(limit)
    assert found.casualties_high[0] == pytest.approx(1000 * limit)
    assert found.total.value == found.total.high == 0.0  # of places that were hit
