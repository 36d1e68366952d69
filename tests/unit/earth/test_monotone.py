"""The monotone curve against SciPy's, and what it must hold by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from overflight.earth.monotone import monotone

LEVELS = st.lists(st.sampled_from([0.0, 0.0, 0.3, 0.3, 0.62, 0.65, 1.0, 2.5, -1.0]), min_size=2, max_size=12)


@given(levels=LEVELS, seed=st.integers(0, 2**32 - 1))
def test_it_is_the_curve_of_scipy(levels, seed) -> None:
    chance = np.random.default_rng(seed)
    x = np.cumsum(chance.uniform(1e-3, 4.0, len(levels)))
    at = np.concatenate([x, chance.uniform(x[0], x[-1], 50)])
    value, slope = monotone(x, levels, at)
    theirs = PchipInterpolator(x, levels)
    assert value == pytest.approx(theirs(at), rel=1e-12, abs=1e-12)
    assert slope == pytest.approx(theirs.derivative()(at), rel=1e-7, abs=1e-8 * (1.0 + np.abs(slope).max()))


def test_columns_side_by_side_are_curves_of_their_own() -> None:
    x = np.array([0.0, 1.0, 3.0, 4.0])
    y = np.array([[1.0, 5.0], [2.0, 5.0], [2.5, 1.0], [0.0, 2.0]])
    at = np.linspace(0.0, 4.0, 12).reshape(3, 4)
    value, _ = monotone(x, y, at)
    assert value.shape == (3, 4, 2)
    for k in range(2):
        assert value[..., k] == pytest.approx(monotone(x, y[:, k], at)[0], rel=1e-15)


def test_it_overshoots_no_row() -> None:
    x, y = np.array([0.0, 0.9, 1.0, 5.0]), np.array([0.3, 0.3, 0.65, 0.3])
    value, _ = monotone(x, y, np.linspace(0.0, 5.0, 1000))
    assert value.min() >= 0.3 - 1e-15
    assert value.max() <= 0.65 + 1e-15
