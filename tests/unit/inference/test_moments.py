"""Moments are made thin only across the set of draws that do what is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.inference.moments import THIN, Moments


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
