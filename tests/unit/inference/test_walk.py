"""Walkers spread over a density as it is, wherever they start; the announced flights are where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from overflight.inference.walk import walk


def test_moments_of_a_known_density() -> None:
    """A normal law of six quantities, the longest axis fifty times the shortest, from a start far too narrow."""
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 6)))[0]
    covariance = turn @ np.diag([25.0, 9.0, 4.0, 1.0, 1.0, 0.01]) @ turn.T
    inverse, middle = np.linalg.inv(covariance), np.arange(6.0)

    def density(z: np.ndarray) -> np.ndarray:
        return -0.5 * np.einsum("ni,ij,nj->n", z - middle, inverse, z - middle)

    start = middle + 0.1 * np.random.default_rng(5).normal(size=(400, 6))
    found = walk(density, start, 400, seed=1)
    whitened = np.linalg.solve(np.linalg.cholesky(covariance), (found - middle).T)
    assert np.abs(whitened.mean(axis=1)).max() < 0.25  # five errors of a mean of 400
    assert np.abs(np.cov(whitened) - np.eye(6)).max() < 0.35


def test_a_bound_is_kept_and_a_walk_is_repeated() -> None:
    def density(z: np.ndarray) -> np.ndarray:
        return np.where(z[:, 0] > 0.0, -z[:, 0] - 0.5 * z[:, 1] ** 2, -np.inf)

    start = np.abs(np.random.default_rng(6).normal(size=(200, 2)))
    steps = []
    found = walk(density, start, 200, seed=3, progress=lambda done, total: steps.append((done, total)))
    assert (found[:, 0] > 0.0).all()
    assert found[:, 0].mean() == pytest.approx(1.0, abs=0.3)
    assert np.array_equal(found, walk(density, start, 200, seed=3))
    assert not np.array_equal(found, walk(density, start, 200, seed=4))
    assert steps[-1] == (200, 200)
