"""Moments are made thin only across the set of draws that do what is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.inference.moments import MOST, THIN, Moments


def test_thin_across_and_long_along() -> None:
    """Draws of ten quantities are wanted where one combination of them is near 1."""
    rng = np.random.default_rng(2)
    paths = [f"q{i}" for i in range(10)]
    mix = rng.normal(size=(10, 10))
    wide = Moments(np.zeros(10), mix @ mix.T)
    values = rng.multivariate_normal(wide.mean, wide.covariance, 20_000)
    normal = rng.normal(size=10)
    normal /= np.sqrt(normal @ wide.covariance @ normal)  # the combination has variance 1
    wanted = values[np.abs(values @ normal - 1.0) < 0.3]
    chosen = Moments.of(paths, dict(zip(paths, wanted.T, strict=True)))
    thin = wide.thinned(chosen)
    assert normal @ thin.mean == pytest.approx(0.97, abs=0.03)  # of a normal law cut at 0.7 and 1.3
    assert normal @ thin.covariance @ normal == pytest.approx(THIN, abs=0.02)
    along = np.linalg.qr(np.column_stack([wide.covariance @ normal, rng.normal(size=(10, 9))]))[0][:, 1:]
    assert np.linalg.eigvalsh(thin.covariance).min() > 0.0
    for other in along.T:  # apart from the direction that decides
        other = other - (other @ wide.covariance @ normal) * normal
        assert other @ thin.covariance @ other == pytest.approx(other @ wide.covariance @ other, rel=0.02)
    assert np.diag(thin.correlation) == pytest.approx(1.0)


def test_what_is_widened_grows_by_the_factor_and_what_is_held_stays():
    """Linear: time by three quantities, a fall by two of them; the third direction carries the whole widening."""
    rng = np.random.default_rng(3)
    covariance = np.array([[1.0, 0.3, 0.0], [0.3, 4.0, 0.5], [0.0, 0.5, 0.25]])
    moments = Moments(np.array([5.0, -2.0, 1.0]), covariance)
    drawn = rng.multivariate_normal(moments.mean, covariance, 4000)
    times, falls = np.array([2.0, -1.0, 3.0]), np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 1.0]])
    wider = moments.widened(drawn, drawn @ falls.T, drawn @ times, 1.7)
    assert np.array_equal(wider.mean, moments.mean)
    before, after = (times @ m.covariance @ times for m in (moments, wider))
    assert np.sqrt(after / before) == pytest.approx(1.7, abs=0.01)
    assert np.allclose(falls @ wider.covariance @ falls.T, falls @ covariance @ falls.T, rtol=0.01, atol=0.02)
    assert np.linalg.eigvalsh(wider.covariance).min() > 0.0


def test_nothing_is_widened_beyond_where_linear_terms_carry():
    """Where the fall tells the time but for a hundredth of it, that hundredth is not blown up a hundredfold."""
    rng = np.random.default_rng(4)
    moments = Moments(np.zeros(2), np.eye(2))
    drawn = rng.standard_normal((4000, 2))
    wider = moments.widened(drawn, drawn[:, :1], drawn @ np.array([1.0, 0.01]), 1.7)
    assert wider.deviation[0] == pytest.approx(1.0, abs=0.05)
    assert wider.deviation[1] == pytest.approx(MOST, abs=0.1)
