"""A main body that nobody can tell from others: what is told of it is told of all that it may be.

Plots without numbers do not say which of the bodies that parted a moment ago is which. Until thrust shows it,
each of them may be the main body, and what is known of that is where they all are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from overflight.track.flying import is_possible
from overflight.track.kernels_factors import upper_factor
from overflight.track.kernels_motion import COAST, CORE, propagate
from overflight.track.objects import EARTH, SETTINGS, Tracked

__all__ = ["clouded"]

Array = NDArray[np.float64]
TOLD = 6
"""Place and velocity: the force is that of the main body."""


def clouded(main: Tracked, rivals: Sequence[Tracked]) -> Tracked:
    """Return a main body as it is known where each rival may be it as well: the mean and spread of all."""
    there = [_freely(rival, main.time_s) for rival in rivals if is_possible(rival)]
    if not there:
        return main
    means = np.stack([main.mean[:TOLD], *there])
    away = (means - means.mean(axis=0)) / np.sqrt(len(means))
    shift = means.mean(axis=0) - means[0]
    x, s = _spread(main.x, main.s, shift, away)
    thrust = main.thrust
    if thrust is not None:
        watch_x, watch_s = _spread(thrust.x, thrust.s, shift, away)
        thrust = replace(thrust, x=watch_x, s=watch_s)
    return replace(main, x=x, s=s, thrust=thrust, among=len(means))


def _freely(rival: Tracked, time_s: float) -> Array:
    """Return where a body is at an instant before or after, on its free path: models run back blow up."""
    state, there = np.append(rival.mean[:TOLD], np.zeros(CORE - TOLD)), np.empty(CORE)
    propagate(state, time_s - rival.time_s, COAST, SETTINGS[4], EARTH, there)
    return there[:TOLD]


def _spread(x: Array, s: Array, shift: Array, away: Array) -> tuple[Array, Array]:
    """Return states (k, n) and factors (k, n, n), moved by ``shift``, wider by the squares of ``away``."""
    n = x.shape[1]
    moved, factors = x.copy(), np.empty_like(s)
    moved[:, :TOLD] += shift
    rows = np.zeros((len(away), n))
    rows[:, :TOLD] = away
    for k in range(len(s)):
        stacked = np.ascontiguousarray(np.concatenate([s[k].T, rows]))
        upper_factor(stacked, len(stacked), factors[k])
    return moved, factors
