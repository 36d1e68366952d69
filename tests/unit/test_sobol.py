"""Sobol points: those of SciPy one by one, in any order, and evener than chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats.qmc import Sobol

from overflight.errors import InputError
from overflight.sobol import MOST_POINTS, sobol_uniform

STREAMS = [f"quantity.{i}" for i in range(40)]


def unshifted(points: np.ndarray) -> np.ndarray:
    """Return the points without their digital shift: the first of the sequence is nought."""
    bits = (points * 2.0**32).astype(np.uint64)
    return (bits ^ (sobol_uniform(7, STREAMS, [0]) * 2.0**32).astype(np.uint64)) * 2.0**-32


def test_they_are_the_points_of_scipy():
    expected = Sobol(len(STREAMS), scramble=False, bits=32).random(1024)
    assert np.array_equal(unshifted(sobol_uniform(7, STREAMS, np.arange(1024))), expected)


def test_a_point_depends_on_its_key_alone():
    key = np.random.default_rng(1).permutation(5000)[:300]
    assert np.array_equal(sobol_uniform(7, STREAMS, key), sobol_uniform(7, STREAMS, np.arange(5000))[key])
    assert not np.array_equal(sobol_uniform(8, STREAMS, key), sobol_uniform(7, STREAMS, key))


def test_estimates_are_unbiased_and_sharper_than_random_ones():
    means = [sobol_uniform(seed, STREAMS[:6], np.arange(256)).sum(axis=1) ** 2 for seed in range(60)]
    estimates = np.array([values.mean() for values in means])
    exact = 6.0 / 12.0 + 9.0
    assert estimates.mean() == pytest.approx(exact, abs=4.0 * estimates.std() / np.sqrt(60))
    chance = np.concatenate(means).std() / np.sqrt(256)
    assert estimates.std() < 0.2 * chance


def test_each_half_of_a_block_is_filled_evenly():
    points = sobol_uniform(3, STREAMS, np.arange(64, 128))
    assert np.all((points < 0.5).sum(axis=0) == 32)


@pytest.mark.parametrize("key", [-1, MOST_POINTS])
def test_beyond_the_sequence_is_refused(key):
    with pytest.raises(InputError, match="Sobol"):
        sobol_uniform(1, STREAMS, [key])
