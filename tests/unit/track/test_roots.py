"""Roots of covariances, also of those that rounding has spoilt."""

import numpy as np

from overflight.track.roots import root_of


def test_a_covariance_that_rounding_made_indefinite_has_a_root_near_it():
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))
    spoilt = (turn * np.array([-0.5, 4.0, 3e3, 1e4, 2e8, 3e9])) @ turn.T
    root = root_of(spoilt)
    assert np.abs(root @ root.T - spoilt).max() < 1.0
    assert np.array_equal(root_of(np.eye(3)), np.eye(3))
