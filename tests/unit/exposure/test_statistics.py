"""Means and errors over outcomes: right on average, additive, and never certain of what was only seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensembles import by_hand
from overflight.exposure.statistics import beta_interval, mean_of, weighted_quantile

PROBABILITIES, COUNTS = (0.7, 0.2, 0.1), (80, 60, 60)
ENSEMBLE = by_hand(PROBABILITIES, COUNTS)


def drawn(rates: tuple[float, ...], repeats: int, seed: int = 0) -> np.ndarray:
    """Return hits (n, repeats) drawn at a rate an outcome."""
    generator = np.random.Generator(np.random.Philox(seed))
    return np.concatenate(
        [generator.random((n, repeats)) < q for n, q in zip(COUNTS, rates, strict=True)]
    ).astype(float)


def test_the_error_is_that_of_repeated_runs() -> None:
    rates = (0.3, 0.8, 0.5)
    found = mean_of(ENSEMBLE, drawn(rates, 4000))
    truth = float(np.dot(PROBABILITIES, rates))
    assert found.mean.mean() == pytest.approx(truth, abs=4.0 * found.mean.std() / np.sqrt(4000))
    assert np.sqrt(np.mean(found.error**2)) == pytest.approx(found.mean.std(), rel=0.05)
    within = np.abs(found.mean - truth) < 1.96 * found.error
    assert within.mean() == pytest.approx(0.95, abs=0.015)


def test_an_outcome_that_is_always_hit_still_has_an_error() -> None:
    found = mean_of(ENSEMBLE, np.ones((200, 1)))
    assert found.mean == pytest.approx([1.0])
    expected = np.sqrt(
        sum((p**2 / n) * (n + 1) / (n + 2) ** 2 for p, n in zip(PROBABILITIES, COUNTS, strict=True))
    )
    assert found.error == pytest.approx([expected])
    assert np.isnan(found.below).all()


def test_nothing_seen_is_bounded_not_excluded() -> None:
    found = mean_of(ENSEMBLE, np.zeros((200, 2)))
    assert (found.mean == 0.0).all()
    assert found.below == pytest.approx(np.full(2, 0.7 * (1.0 - 0.05 ** (1.0 / 80.0))))
    # a rate as high as the bound goes unseen in 1 of 20 runs
    rate = found.below[0] / 0.7
    unseen = ~drawn((rate, 0.0, 0.0), 20_000, seed=5).any(axis=0)
    assert unseen.mean() == pytest.approx(0.05, abs=0.006)


def test_an_outcome_that_was_not_flown_stays_possible() -> None:
    found = mean_of(by_hand((0.6, 0.4), (100, 0)), np.zeros((100, 1)))
    assert found.below == pytest.approx([0.4 + 0.6 * (1.0 - 0.05**0.01)])


@given(st.integers(0, 2**32 - 1))
def test_means_add_up_and_grow_with_what_is_counted(seed) -> None:
    generator = np.random.Generator(np.random.Philox(seed))
    parts = generator.random((200, 3))
    parts /= parts.sum(axis=1, keepdims=True) + generator.random((200, 1))
    each = mean_of(ENSEMBLE, parts).mean
    whole = mean_of(ENSEMBLE, parts.sum(axis=1, keepdims=True)).mean[0]
    assert each.sum() == pytest.approx(whole, rel=1e-12)
    assert each.max() <= whole <= 1.0
    assert whole == pytest.approx(float(ENSEMBLE.weights @ parts.sum(axis=1)), rel=1e-12)


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    seed=st.integers(0, 1000),
    level=st.floats(0.001, 0.999),
)
def test_quantiles_of_weighted_values(values, seed, level) -> None:
    weights = np.random.Generator(np.random.Philox(seed)).random(len(values)) + 0.01
    ours = weighted_quantile(np.array(values), weights, (level,))[0]
    theirs = np.quantile(np.array(values), level, weights=weights, method="inverted_cdf")
    assert ours == theirs


def test_quantiles_leave_out_what_is_not_there() -> None:
    values, weights = np.array([np.nan, 3.0, 1.0, 2.0, 9.0]), np.array([5.0, 1.0, 1.0, 1.0, 0.0])
    assert weighted_quantile(values, weights, (0.0, 0.5, 1.0)) == (1.0, 2.0, 3.0)
    assert np.isnan(weighted_quantile(np.array([np.nan]), np.ones(1), (0.1, 0.5))).all()


def test_a_probability_known_by_two_moments_has_the_interval_of_their_beta_law():
    assert beta_interval(0.5, np.sqrt(1.0 / 12.0)) == pytest.approx((0.05, 0.95))  # uniform
    half = 1.0 - 0.05 ** (1.0 / 4.0), 1.0 - 0.95 ** (1.0 / 4.0)  # Beta(1, 4): 1 - (1 - p)^4
    assert beta_interval(0.2, np.sqrt(4.0 / 150.0)) == pytest.approx((half[1], half[0]))
    assert beta_interval(0.3, 0.0) == (0.3, 0.3)
    assert beta_interval(0.0, 0.1) == (0.0, 0.0)
    low, high = beta_interval(0.3, 10.0)
    assert 0.0 <= low < high <= 1.0
