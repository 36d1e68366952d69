"""The tail of weights: the shape that was put in comes out, and weights that cannot be used are told."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import genpareto

from overflight.inference.pareto import USABLE, pareto_shape


@pytest.mark.parametrize("shape", [0.05, 0.3, 0.5, 1.0, 1.5])
def test_the_shape_of_a_generalised_pareto_distribution_is_found(shape):
    draws = genpareto.rvs(shape, size=200_000, random_state=np.random.default_rng(4))
    assert pareto_shape(np.log(draws)) == pytest.approx(shape, abs=0.12)


def test_equal_weights_have_no_tail_and_a_few_tell_nothing():
    assert pareto_shape(np.zeros(5000)) == 0.0
    assert pareto_shape(np.zeros(30)) == np.inf


def test_weights_of_a_posterior_far_narrower_than_its_prior_are_told():
    """Normal draws weighed by a likelihood ten times narrower in many directions: too few of them count."""
    points = np.random.default_rng(1).standard_normal((20_000, 8))
    near = pareto_shape(-0.5 * np.sum((points[:, :1] / 0.5) ** 2, axis=1))
    far = pareto_shape(-0.5 * np.sum((points / 0.2) ** 2, axis=1))
    assert near < 0.5 < USABLE < far
