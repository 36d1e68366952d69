"""A population of walkers that spreads over a density, where the fit at its peak is not the whole story.

Differential evolution Markov chains (ter Braak, Statistics and Computing 16, 2006, 239-249): a walker steps
along the difference of two others, so that steps take the shape of what they spread over, with no scale to be
set. The population is moved half by half, each along differences within the other (Foreman-Mackey and others,
PASP 125, 2013, 306-312, section 3), so that all of a half may be evaluated together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from overflight import rng

__all__ = ["walk"]

Array = NDArray[np.float64]
_LENGTHS = np.array([0.5, 1.0, 1.3])
"""Of steps, in units of the best for a normal density; some are short, where the density bends."""
_NOISE = 1e-3


def walk(
    log_density: Callable[[Array], Array],
    start: Array,
    steps: int,
    *,
    seed: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Array:
    """Return where walkers (n, k) are after some steps from ``start`` (n, k).

    Parameters
    ----------
    log_density : of points (m, k), up to a constant; -inf where there is none
    """
    here, count = start.copy(), len(start)
    density = log_density(here)
    halves = np.array_split(np.arange(count), 2)
    best = 2.38 / np.sqrt(2.0 * start.shape[1])
    for step in range(steps):
        for mine, others in (halves, halves[::-1]):
            first, second = (
                others[rng.integers(seed, f"walk.{name}", mine, len(others), step)] for name in ("a", "b")
            )
            length = best * _LENGTHS[rng.integers(seed, "walk.length", mine, len(_LENGTHS), step)]
            noise = _NOISE * rng.normal(
                seed, "walk.noise", mine[:, None], step * start.shape[1] + np.arange(start.shape[1])
            )
            there = here[mine] + length[:, None] * (here[first] - here[second]) + noise
            found = log_density(there)
            moves = np.log(rng.uniform(seed, "walk.accept", mine, step)) < found - density[mine]
            here[mine[moves]], density[mine[moves]] = there[moves], found[moves]
        progress(step + 1, steps)
    return here
