"""Limits of rare means: exact for counts, at least as sure as they say for sums with a heavy tail."""

import numpy as np
import pytest
from scipy import stats

from overflight.exposure.interval import gamma_limits


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_one_weight_has_the_exact_limits_of_a_poisson_count(count):
    """Garwood (Biometrika 28 (1936) 437): chi-squared quantiles."""
    low, high = gamma_limits(count, np.sqrt(count), 1.0)
    assert low == pytest.approx(0.0 if count == 0 else 0.5 * stats.chi2.ppf(0.025, 2 * count), rel=1e-9)
    assert high == pytest.approx(0.5 * stats.chi2.ppf(0.975, 2 * count + 2), rel=1e-9)


def test_the_upper_limit_of_a_standardised_rate_by_hand():
    """Weights and counts of two strata, after eqs. 6 and 7 of Fay and Feuer, with quantiles of chi-squared."""
    weight, count = np.array([0.5, 2.0]), np.array([12.0, 3.0])
    y, v, most = weight @ count, weight**2 @ count, 2.0
    low, high = gamma_limits(y, np.sqrt(v), most)
    assert low == pytest.approx(v / (2 * y) * stats.chi2.ppf(0.025, 2 * y * y / v), rel=1e-9)
    y, v = y + most, v + most**2
    assert high == pytest.approx(v / (2 * y) * stats.chi2.ppf(0.975, 2 * y * y / v), rel=1e-9)


def test_many_hits_have_the_usual_error():
    low, high = gamma_limits(1.0, 0.01, 1e-4)
    assert (low, high) == pytest.approx((1.0 - 0.0196, 1.0 + 0.0196), abs=3e-4)
    assert gamma_limits(3.0, 0.0, 0.0) == (3.0, 3.0)


@pytest.mark.parametrize("hits", [0.05, 0.4, 2.0, 10.0, 80.0])
@pytest.mark.parametrize("tail", ["alike", "lognormal", "one in a hundred is a hundred times"])
def test_limits_hold_the_truth_as_often_as_they_say(hits, tail):
    """Flights of which few hit, by amounts bounded by what is known to be the greatest: 3000 runs each."""
    rng, flights, runs = np.random.default_rng(3), 400, 3000
    count = rng.binomial(flights, hits / flights, runs)
    row = np.repeat(np.arange(runs), count)
    if tail == "alike":
        amount, mean, most = np.ones(len(row)), 1.0, 1.0
    elif tail == "lognormal":
        most = np.exp(1.5 * 3.0)
        amount = np.minimum(np.exp(1.5 * rng.standard_normal(len(row))), most)
        mean = float(np.minimum(np.exp(1.5 * rng.standard_normal(2_000_000)), most).mean())
    else:
        amount, mean, most = np.where(rng.random(len(row)) < 0.01, 100.0, 1.0), 1.99, 100.0
    total, square = np.bincount(row, amount, runs), np.bincount(row, amount**2, runs)
    value = total / flights
    error = np.sqrt((square - flights * value**2) / (flights - 1) / flights)
    low, high = gamma_limits(value, error, most / flights)
    truth = hits / flights * mean
    covered = np.mean((low <= truth) & (truth <= high))
    assert covered >= 0.95 - 2.0 * np.sqrt(0.95 * 0.05 / runs)
    if hits <= 2.0 and tail != "alike":  # what the limits are for: the plain error misses far more often
        assert np.mean(np.abs(value - truth) <= 1.96 * error) < 0.9
