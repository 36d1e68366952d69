"""The triangular factor keeps sums of squares, whatever is put in."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.track.kernels_factors import triangularize


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(0, 20), st.floats(1e-6, 1e6))
def test_the_sum_of_squares_stays(seed, n, more, scale):
    rows = n + more
    a = np.random.default_rng(seed).normal(size=(rows, n)) * scale
    a[:: max(rows // 3, 1)] = 0.0
    before = a.T @ a
    triangularize(a, rows)
    upper = a[:n]
    assert np.all(np.tril(upper, -1) == 0.0)
    assert np.all(np.diag(upper) >= 0.0)
    np.testing.assert_allclose(upper.T @ upper, before, rtol=1e-9, atol=1e-9 * scale**2)
