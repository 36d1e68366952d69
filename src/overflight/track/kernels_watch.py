"""Kernel of the thrust watch: single modes, each on a path of its own, weighed by the plots."""

from __future__ import annotations

import numpy as np

from overflight.compiled import kernel
from overflight.track.kernels_factors import triangularize
from overflight.track.kernels_filter import _stacked, _whitened
from overflight.track.kernels_motion import predict_mode

WORST = -8.0
"""Least log ratio of one plot: a wild one inside the gate must not decide alone."""


@kernel
def watch(x, s, modes, gain, dt, measure, base, settings, earth):
    """Move hypotheses on by ``dt`` s and take a plot, in place: x (k, n), s (k, n, n), modes (k,).

    ``gain`` (k,) becomes the log likelihood of the plot over ``base``, that of the whole filter.
    """
    count, n = x.shape
    nu, y = np.empty(3), np.empty(3)
    for j in range(count):
        if dt != 0.0:
            predict_mode(x[j], s[j], dt, modes[j], settings, earth)
        a = np.zeros((n + 16, n + 3))
        rows = _stacked(x[j], s[j], measure, a, nu)
        triangularize(a, rows)
        log_likelihood, _ = _whitened(a, nu, y)
        gain[j] = max(log_likelihood - base, WORST)
        for k in range(n):
            x[j, k] += a[0, 3 + k] * y[0] + a[1, 3 + k] * y[1] + a[2, 3 + k] * y[2]
            for c in range(k + 1):
                s[j, k, c] = a[3 + c, 3 + k]
