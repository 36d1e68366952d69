"""Triangular factors keep sums of squares, and a step or a measurement does to them what dense algebra does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.earth.constants import WGS84
from overflight.track.kernels_factors import absorb, first_factor, triangularize, upper_factor, widen
from overflight.track.kernels_filter import MEASURE, NOISE, linearised, take
from overflight.track.kernels_motion import BOOST, CORE, noise_rows, predict_mode, propagate
from overflight.track.objects import SETTINGS

EARTH = WGS84.as_array()


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(0, 20), st.floats(1e-6, 1e6))
def test_the_sum_of_squares_stays(seed, n, more, scale):
    rows = n + more
    a = np.random.default_rng(seed).normal(size=(rows, n)) * scale
    a[:: max(rows // 3, 1)] = 0.0
    before, factor = a.T @ a, np.empty((n, n))
    upper = a.copy()
    triangularize(upper, rows)
    assert np.all(np.tril(upper[:n], -1) == 0.0)
    assert np.all(np.diag(upper[:n]) >= 0.0)
    upper_factor(a, rows, factor)
    for product in (upper[:n].T @ upper[:n], factor @ factor.T):
        np.testing.assert_allclose(product, before, rtol=1e-9, atol=1e-9 * scale**2)


def state(seed=1, sensors=3):
    """A mean, and an upper factor in which every number hangs together with every other."""
    n = CORE + 4 * sensors
    draw = np.random.default_rng(seed)
    spreads = np.concatenate([np.repeat([300.0, 20.0, 2.0], 3), np.tile([80.0, 4e-4, 0.3, 0.05], sensors)])
    s = np.triu(np.eye(n) + 0.3 * draw.normal(size=(n, n))) * spreads[:, None]
    x = np.concatenate(
        [[6.5e6, 0.0, 0.0, 100.0, 2500.0, 500.0, 5.0, 18.0, 3.0], draw.normal(size=n - CORE) * 1e-3]
    )
    return x, s


def test_a_wider_number_and_the_first_alone_are_those_of_the_covariance():
    _, s = state()
    wider, first = s.copy(), np.empty((CORE, CORE))
    widen(wider, 12, 0.7)
    more = np.zeros_like(s)
    more[12, 12] = 0.49
    np.testing.assert_allclose(wider @ wider.T, s @ s.T + more, rtol=1e-10, atol=1e-12)
    assert np.all(np.tril(wider, -1) == 0.0)
    first_factor(s, CORE, first)
    np.testing.assert_allclose(first @ first.T, (s @ s.T)[:CORE, :CORE], rtol=1e-10)


def test_a_step_carries_what_the_core_shares_with_biases_and_leaves_the_biases():
    """Beside it dense algebra: the slope along nine other columns of the same covariance."""
    x, s = state()
    before, root = s @ s.T, np.linalg.cholesky((s @ s.T)[:CORE, :CORE])
    ends, starts = np.empty((CORE, CORE)), x[:CORE]
    for j in range(CORE):
        one, other = np.empty(CORE), np.empty(CORE)
        propagate(starts + 3.0 * root[:, j], 1.5, BOOST, SETTINGS[4], EARTH, one)
        propagate(starts - 3.0 * root[:, j], 1.5, BOOST, SETTINGS[4], EARTH, other)
        ends[:, j] = (one - other) / 6.0
    slope = ends @ np.linalg.inv(root)
    predict_mode(x, s, 1.5, BOOST, SETTINGS, EARTH)
    noise = np.zeros((12, CORE))
    noise_rows(noise, 0, x, 1.5, BOOST, SETTINGS, EARTH)
    after = s @ s.T
    np.testing.assert_array_equal(after[CORE:, CORE:], before[CORE:, CORE:])
    scale = np.sqrt(np.diag(after))
    shared = np.abs(after[:CORE, CORE:] - slope @ before[:CORE, CORE:]) / np.outer(scale[:CORE], scale[CORE:])
    core = slope @ before[:CORE, :CORE] @ slope.T + noise.T @ noise
    own = np.abs(after[:CORE, :CORE] - core) / np.outer(scale[:CORE], scale[:CORE])
    assert shared.max() < 1e-3  # thrust grows with the loss of mass: the slopes along other columns differ
    assert own.max() < 1e-3


def plot(index):
    m = np.zeros(MEASURE)
    m[1:4], m[4:7], m[7:10] = (5.2e5, 1.5, 0.23), (50.0, 1e-3, 1e-3), (6.378e6, -5e5, 1e5)
    m[[12, 13, 17]], m[19] = 1.0, index
    m[10:19] = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]).ravel()
    return m


@pytest.mark.parametrize("index", [-1, 0, 2])
def test_a_plot_changes_mean_and_covariance_as_dense_algebra_does(index):
    x, s = state()
    m = plot(index)
    w, noise, nu = np.empty((3, len(x))), np.zeros((NOISE, 3)), np.empty(3)
    linearised(x, s, m, w, noise, nu)
    before = s @ s.T
    cross = s @ w.T
    inner = w @ w.T + noise.T @ noise
    gain = cross @ np.linalg.inv(inner)
    mean, covariance = x + gain @ nu, before - gain @ cross.T
    log_likelihood, square = take(x, s, m)
    assert square == pytest.approx(nu @ np.linalg.solve(inner, nu), rel=1e-9)
    expected = -0.5 * (square + np.linalg.slogdet(2.0 * np.pi * inner)[1])
    assert log_likelihood == pytest.approx(expected, rel=1e-9)
    scale = np.sqrt(np.diag(before))
    np.testing.assert_allclose(x / scale, mean / scale, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        s @ s.T / np.outer(scale, scale), covariance / np.outer(scale, scale), rtol=1e-7, atol=1e-9
    )
    assert np.all(np.tril(s, -1) == 0.0)


def test_a_measurement_without_slope_changes_nothing():
    x, s = state()
    mean, factor = x.copy(), s.copy()
    absorb(x, s, np.zeros((3, len(x))), np.eye(3), np.ones(3), np.empty(3))
    np.testing.assert_array_equal(x, mean)
    np.testing.assert_array_equal(s, factor)
