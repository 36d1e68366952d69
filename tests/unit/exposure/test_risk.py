"""Expected casualties: against a sum by hand, split places, known truth with its error, and no people."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from ensembles import by_hand, places, square
from overflight.debris.impacts import Impacts
from overflight.exposure.landed import landed
from overflight.exposure.place import Place, Places
from overflight.exposure.risk import land_area_m2, risk_to_people


def points(sample, longitude_deg, latitude_deg, pieces=1.0) -> Impacts:
    n = len(sample)
    ones = np.ones(n)
    return Impacts(
        sample=np.asarray(sample), body=np.zeros(n, np.int64), fragment_class=np.zeros(n, np.int64),
        pieces=pieces * ones, time_s=ones, latitude_rad=np.radians(latitude_deg),
        longitude_rad=np.radians(longitude_deg), speed_mps=100.0 * ones, mass_kg=ones, ballistic_kgpm2=ones, aloft=0,
    )  # fmt: skip


def town(key: str, lon: float, lat: float, half_km: float, people: int | None, country="XX") -> Place:
    return replace(square(key, lon, lat, half_km, country), population=people)


def of(ensemble, impacts, table: Places, area, **options):
    return risk_to_people(ensemble, impacts, landed(impacts, table), table, area, **options)


def test_the_sum_by_hand():
    ensemble = by_hand((0.9, 0.1), (2, 4))
    impacts = points([0, 2, 2, 5], [0.0, 0.0, 3.0, 0.0], [0.0, 0.0, 0.0, 50.0], pieces=2.0)
    table = places(town("A", 0.0, 0.0, 20.0, 1000), town("B", 3.0, 0.0, 10.0, None, "YY"))
    found = of(ensemble, impacts, table, np.array([5.0, 5.0, 7.0, 5.0]), home="XX")
    density = 1000 / land_area_m2(table[0])
    planned, failed = 2.0 * 5.0 * density / 2, 2.0 * 5.0 * density / 4
    assert found.total.value == pytest.approx(0.9 * planned + 0.1 * failed)
    assert found.by_outcome[1].value == pytest.approx(failed)
    assert found.as_planned.value == pytest.approx(0.9 * planned)
    assert found.abroad.value == 0.0 and found.unknown_population == 1
    assert np.isnan(found.casualties[1]) and found.individual[1] == pytest.approx(
        0.1 * 2.0 * 7.0 / land_area_m2(table[1]) / 4
    )
    assert sum(p.share.value for p in found.periods) == pytest.approx(0.1 * failed)


def test_a_harmless_piece_adds_nothing_and_shelter_scales():
    ensemble, impacts = by_hand((1.0,), (3,)), points([0, 1], [0.0, 0.0], [0.0, 0.0])
    table = places(town("A", 0.0, 0.0, 20.0, 1000))
    bare = of(ensemble, impacts, table, np.array([4.0, 0.0]))
    assert of(ensemble, impacts, table, np.array([0.0, 0.0])).total.value == 0.0
    half = of(ensemble, impacts, table, np.array([4.0, 0.0]), sheltering_factor=0.5)
    assert half.total.value == pytest.approx(0.5 * bare.total.value)


def test_a_place_split_into_a_hundred_has_the_risk_of_the_whole():
    """Exact where people are spread evenly and impacts too; here every impact is counted in one cell."""
    rng = np.random.default_rng(7)
    n = 100_000
    ensemble = by_hand((1.0,), (1000,))
    impacts = points(np.repeat(np.arange(1000), 100), rng.normal(0.1, 0.3, n), rng.normal(-0.05, 0.3, n))
    edges = np.linspace(-0.5, 0.5, 11)
    cells = [(shapely.box(w, s, w + 0.1, s + 0.1)) for w in edges[:-1] for s in edges[:-1]]
    areas = np.array([land_area_m2(_place("c", c, 0)) for c in cells])
    whole = _place("W", shapely.box(-0.5, -0.5, 0.5, 0.5), 1_000_000)
    split = [
        _place(f"c{i}", c, round(1e6 * a / areas.sum()))
        for i, (c, a) in enumerate(zip(cells, areas, strict=True))
    ]
    area = np.full(n, 3.0)
    one = of(ensemble, impacts, Places((whole,)), area)
    many = of(ensemble, impacts, Places(tuple(split)), area)
    assert many.total.value == pytest.approx(one.total.value, rel=0.01)
    assert many.total.error == pytest.approx(one.total.error, rel=0.01)
    # and a classical sum: two halves of the pieces have the risk of all
    first = of(ensemble, impacts, Places((whole,)), np.where(np.arange(n) % 2 == 0, area, 0.0))
    rest = of(ensemble, impacts, Places((whole,)), np.where(np.arange(n) % 2 == 1, area, 0.0))
    assert first.total.value + rest.total.value == pytest.approx(one.total.value, rel=1e-12)


def _place(key: str, box, people: int) -> Place:
    return Place(key, key, None, "XX", None, people, "test", shapely.MultiPolygon([box]))


def test_the_error_is_the_spread_over_seeds():
    """A known density, many times over: the mean meets the truth, and errors claim the spread there is."""
    table = places(town("A", 0.0, 0.0, 10.0, 50_000))
    ensemble = by_hand((0.8, 0.2), (40, 200))
    means, errors = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        sample = np.arange(240)
        lon, lat = rng.normal(0.0, 0.1, 240), rng.normal(0.0, 0.1, 240)
        lon[:40] = 60.0  # a flight as planned falls far away
        found = of(ensemble, points(sample, lon, lat), table, np.full(240, 10.0))
        means.append(found.total.value)
        errors.append(found.total.error)
    from scipy.special import erf

    box = erf(10.0 / 111.2 / 0.1 / np.sqrt(2.0)) ** 2
    truth = 0.2 * box * 10.0 * 50_000 / land_area_m2(table[0])
    assert np.mean(means) == pytest.approx(truth, abs=4.0 * np.std(means) / np.sqrt(60))
    assert np.mean(errors) == pytest.approx(np.std(means, ddof=1), rel=0.3)
