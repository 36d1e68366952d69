"""Break-ups: mass adds up, classes keep their ranges and speeds, and every draw is its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, maxwell

from overflight.debris.breakup import MAXWELL_97, break_up
from overflight.debris.catalogue import generic_catalogue, packaged_catalogue

CATALOGUE = generic_catalogue()
STATES = np.tile([6.5e6, 1e5, 2e6, -100.0, 6500.0, 900.0], (40, 1))
INERT_KG = np.linspace(500.0, 3000.0, 40)
KEYS = np.arange(100, 140)


@pytest.fixture(scope="module")
def pieces():
    return break_up(CATALOGUE, 7, KEYS, STATES, INERT_KG, 200)


def test_mass_and_number_add_up(pieces) -> None:
    mass = np.bincount(pieces.source, pieces.pieces * pieces.mass_kg)
    assert mass == pytest.approx(INERT_KG)
    number = np.bincount(pieces.source, pieces.pieces)
    assert number == pytest.approx(np.full(40, CATALOGUE.pieces))
    for k, c in enumerate(CATALOGUE.classes):
        mine = pieces.fragment_class == k
        assert np.bincount(pieces.source[mine], pieces.pieces[mine]) == pytest.approx(np.full(40, c.pieces))
        share = np.bincount(pieces.source[mine], (pieces.pieces * pieces.mass_kg)[mine]) / INERT_KG
        assert share == pytest.approx(np.full(40, c.mass_share))


@pytest.mark.parametrize("count", [1, 3, 5, 7, 20, 21, 200, 1001])
def test_any_number_of_fragments(count) -> None:
    pieces = break_up(CATALOGUE, 1, KEYS[:2], STATES[:2], INERT_KG[:2], count)
    assert len(pieces.mass_kg) == 2 * count
    assert np.bincount(pieces.source).tolist() == [count, count]
    if count >= len(CATALOGUE.classes):
        assert set(pieces.fragment_class) == set(range(len(CATALOGUE.classes)))
        assert np.bincount(pieces.source, pieces.pieces * pieces.mass_kg) == pytest.approx(INERT_KG[:2])


def test_ballistic_coefficients_fill_their_class(pieces) -> None:
    for k, c in enumerate(CATALOGUE.classes):
        low, high = c.ballistic_kgpm2
        mine = pieces.ballistic_kgpm2[pieces.fragment_class == k]
        assert low <= mine.min() and mine.max() <= high
        place = np.log(mine / low) / np.log(high / low)
        assert kstest(place, "uniform").pvalue > 1e-3
        # stratified: each break-up has one in every slice
        first = np.sort(place[: len(place) // 40])
        assert (np.floor(first * len(first)) == np.arange(len(first))).all()


def test_imparted_speeds_are_maxwellian_to_all_sides(pieces) -> None:
    assert maxwell.ppf(0.97) == pytest.approx(MAXWELL_97, abs=1e-5)
    kick = pieces.state[:, 3:] - STATES[0, 3:]
    assert (pieces.state[:, :3] == STATES[0, :3]).all()
    for k, c in enumerate(CATALOGUE.classes):
        mine = kick[pieces.fragment_class == k]
        speed = np.linalg.norm(mine, axis=1)
        assert (speed < c.imparted_speed_mps).mean() == pytest.approx(
            0.97, abs=4.0 * np.sqrt(0.03 / len(speed))
        )
        for axis in range(3):
            assert kstest(mine[:, axis] * MAXWELL_97 / c.imparted_speed_mps, "norm").pvalue > 1e-3
        assert np.abs(np.corrcoef(mine.T)[np.triu_indices(3, 1)]).max() < 4.5 / np.sqrt(len(mine))


def test_a_break_up_does_not_depend_on_its_company(pieces) -> None:
    alone = break_up(CATALOGUE, 7, KEYS[13:14], STATES[:1], INERT_KG[13:14], 200)
    mine = pieces.source == 13
    for name in ("fragment_class", "pieces", "mass_kg", "ballistic_kgpm2"):
        assert np.array_equal(getattr(alone, name), getattr(pieces, name)[mine])
    assert np.array_equal(alone.state, pieces.state[mine])
    other = break_up(CATALOGUE, 8, KEYS[13:14], STATES[:1], INERT_KG[13:14], 200)
    assert not np.any(other.ballistic_kgpm2 == alone.ballistic_kgpm2)


def test_nothing_breaks_up_into_nothing() -> None:
    none = break_up(CATALOGUE, 7, KEYS[:0], STATES[:0], INERT_KG[:0], 50)
    assert len(none.mass_kg) == 0
    assert none.state.shape == (0, 6)


def test_chunks_of_propellant_fall_where_there_is_any() -> None:
    solid = packaged_catalogue("destruct-solid")
    propellant = np.where(np.arange(len(KEYS)) % 2 == 0, 900.0, 0.0)
    pieces = break_up(solid, 7, KEYS, STATES, INERT_KG, 200, propellant)
    chunk = np.array([c.explosive for c in solid.classes])[pieces.fragment_class]
    total = np.bincount(pieces.source, pieces.pieces * pieces.mass_kg, len(KEYS))
    chunks = np.bincount(pieces.source[chunk], (pieces.pieces * pieces.mass_kg)[chunk], len(KEYS))
    assert chunks == pytest.approx(0.6 * propellant)
    assert total - chunks == pytest.approx(INERT_KG)
    assert (pieces.mass_kg > 0.0).all()
