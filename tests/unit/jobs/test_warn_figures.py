"""The impact ellipse holds the share of falls that it says, whatever the shape of their law."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.jobs.warn_figures import _thinned, holding


def inside(points, half, direction):
    """Which points lie in an ellipse about zero."""
    along = points @ direction
    across = points @ np.array([-direction[1], direction[0]])
    return (along / half[1]) ** 2 + (across / half[0]) ** 2 <= 1.0


def test_of_a_normal_law_it_is_the_ellipse_of_chi_square():
    points = np.random.default_rng(1).standard_normal((200_000, 2)) * [3e3, 1e3]
    half, direction = holding(points, 0.95)
    np.testing.assert_allclose(half, np.sqrt(-2.0 * np.log(0.05)) * np.array([1e3, 3e3]), rtol=0.01)
    assert abs(direction[0]) == pytest.approx(1.0, abs=1e-3)


def test_few_points_hold_the_next_one_as_often_as_it_says():
    """Of a law with a tail on one side, as drag makes it, where twice the spread holds more."""
    noise = np.random.default_rng(2)

    def falls(count):
        along = 20e3 * (np.exp(-0.5 * noise.standard_normal(count)) - np.exp(0.125))
        return np.stack([along, 2e3 * noise.standard_normal(count)], axis=1)

    held = []
    for _ in range(300):
        half, direction = holding(falls(240), 0.95)
        held.append(inside(falls(400), half, direction).mean())
    assert np.mean(held) == pytest.approx(0.95, abs=0.006)


def test_no_improbable_flight_stands_for_much_of_what_may_happen():
    """A hundred flights hold four in ten thousand: one of them drawn must not count for a fiftieth."""
    weight = np.concatenate([np.full(60, 0.9996 / 60), np.full(100, 0.0004 / 100)])
    rows, given = _thinned(np.arange(160), weight, 50)
    assert given[rows >= 60].max() < 1e-4
    assert given.sum() == pytest.approx(1.0, rel=0.1)
    even, alike = _thinned(np.arange(160), np.full(160, 1.0 / 160), 50)
    assert len(even) == 50
    np.testing.assert_allclose(alike, 0.02)
