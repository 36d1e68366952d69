"""Square roots of covariances: triangular factors by Householder reflections, never by subtraction.

A covariance ``P`` of ``n`` numbers is kept as its lower factor ``S``, ``P = S S'``; sums of squares are
joined by triangularising the stacked rows. It cannot lose its symmetry or turn negative.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from overflight.compiled import kernel


@kernel
def triangularize(a, rows):
    """Turn the first ``rows`` rows of ``a`` (>= rows, n) into an upper triangle with the same ``a' a``.

    G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., algorithm 5.2.1; the diagonal is made
    positive, so that the result is unique. Zeros below a column's last entry are passed over.
    """
    n = a.shape[1]
    w = np.empty(n)
    for k in range(n):
        square = 0.0
        for i in range(k + 1, rows):
            square += a[i, k] * a[i, k]
        if square > 0.0:
            top = a[k, k]
            norm = sqrt(top * top + square)
            head = top + norm if top >= 0.0 else top - norm
            scale = 2.0 / (head * head + square)
            for j in range(k, n):
                w[j] = head * a[k, j]
            for i in range(k + 1, rows):
                v = a[i, k]
                if v != 0.0:
                    for j in range(k, n):
                        w[j] += v * a[i, j]
            for j in range(k, n):
                a[k, j] -= scale * w[j] * head
            for i in range(k + 1, rows):
                v = a[i, k]
                if v != 0.0:
                    v *= scale
                    for j in range(k + 1, n):
                        a[i, j] -= v * w[j]
                    a[i, k] = 0.0
        if a[k, k] < 0.0:
            for j in range(k, n):
                a[k, j] = -a[k, j]
