"""Kernel of the thrust watch: single modes, each on a path of its own, weighed by the plots."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np

from overflight.compiled import kernel
from overflight.track.kernels_factors import upper_factor
from overflight.track.kernels_filter import take
from overflight.track.kernels_motion import CORE, predict_mode

WORST = -8.0
"""Least log ratio of one plot: a wild one inside the gate must not decide alone."""


@kernel
def watch(x, s, modes, gain, dt, measure, base, settings, earth):
    """Move hypotheses on by ``dt`` s and take a plot, in place: x (k, n), s (k, n, n), modes (k,).

    ``gain`` (k,) becomes the log likelihood of the plot over ``base``, that of the whole filter.
    """
    for j in range(len(x)):
        if dt != 0.0:
            predict_mode(x[j], s[j], dt, modes[j], settings, earth)
        log_likelihood, _ = take(x[j], s[j], measure)
        gain[j] = max(log_likelihood - base, WORST)


@kernel
def with_force(x, s, sigma):
    """Return a mean and factor whose specific force is zero, of a spread that hangs together with nothing."""
    state, factor = x.copy(), s.copy()
    known, root = np.empty((CORE, 6)), np.empty((6, 6))
    for c in range(CORE):
        for k in range(6):
            known[c, k] = s[k, c]
    upper_factor(known, CORE, root)
    factor[:6, :6] = root
    factor[:6, 6:CORE] = 0.0
    factor[6:CORE, :] = 0.0
    for k in range(6, CORE):
        state[k] = 0.0
        factor[k, k] = sigma
    return state, factor


@kernel
def engine(x, s, weakest_mps2):
    """Return the probability that the specific force of a state is that of an engine.

    It is ``weakest_mps2`` or more, and drives the body on: what brakes it is drag.
    """
    size, speed = 1e-9, 1e-9
    for k in range(3):
        size += x[6 + k] * x[6 + k]
        speed += x[3 + k] * x[3 + k]
    size, speed = sqrt(size), sqrt(speed)
    push, along_force, along_way = 0.0, 0.0, 0.0
    for k in range(3):
        push += x[6 + k] * x[3 + k] / speed
    for c in range(s.shape[1]):
        force, way = 0.0, 0.0
        for k in range(3):
            force += x[6 + k] / size * s[6 + k, c]
            way += x[3 + k] / speed * s[6 + k, c]
        along_force += force * force
        along_way += way * way
    spread, ahead = sqrt(2.0 * along_force) + 1e-9, sqrt(2.0 * along_way) + 1e-9
    strong = 0.5 * erfc((weakest_mps2 - size) / spread) + 0.5 * erfc((weakest_mps2 + size) / ahead)
    return min(strong, 1.0) * 0.5 * erfc(-push / ahead)
