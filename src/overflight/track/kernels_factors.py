"""Square roots of covariances: triangular factors by Householder reflections, never by subtraction.

A covariance ``P`` of ``n`` numbers is kept as its upper factor ``S``, ``P = S S'``; sums of squares are
joined by triangularising the stacked rows. It cannot lose its symmetry or turn negative. Upper, because then
what the last numbers (sensors' biases, which stay as they are) add to the first stands in columns of its own:
a step of time moves the first nine rows and leaves the rest untouched.
"""

from __future__ import annotations

from math import log, sqrt

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


@kernel
def upper_factor(a, rows, out):
    """Write the upper factor ``S`` of ``a' a`` into ``out`` (n, n), ``S S' = a' a``; ``a`` is used up."""
    n = a.shape[1]
    for i in range(rows):
        for k in range(n // 2):
            a[i, k], a[i, n - 1 - k] = a[i, n - 1 - k], a[i, k]
    triangularize(a, rows)
    for k in range(n):
        for c in range(n):
            out[k, c] = a[n - 1 - c, n - 1 - k] if c >= k else 0.0


@kernel
def first_factor(s, count, out):
    """Write the upper factor of the first ``count`` numbers alone into ``out`` (count, count)."""
    n = s.shape[1]
    if n == count:
        out[:, :] = s
        return
    a = np.empty((n, count))
    for c in range(n):
        for k in range(count):
            a[c, k] = s[k, c]
    upper_factor(a, n, out)


@kernel
def divide(slope, root):
    """Turn changes along an upper factor's columns into changes with the numbers themselves, in place."""
    rows, n = slope.shape
    for i in range(rows):
        for j in range(n):
            for k in range(j):
                slope[i, j] -= slope[i, k] * root[k, j]
            slope[i, j] = slope[i, j] / root[j, j] if root[j, j] > 0.0 else 0.0


@kernel
def widen(s, at, sigma):
    """Add ``sigma`` squared to the variance of one number, in place, by rotations of its columns."""
    v = np.zeros(at + 1)
    v[at] = sigma
    for c in range(at, -1, -1):
        norm = sqrt(s[c, c] * s[c, c] + v[c] * v[c])
        if v[c] == 0.0 or norm == 0.0:
            continue
        cosine, sine = s[c, c] / norm, v[c] / norm
        for k in range(c + 1):
            column, more = s[k, c], v[k]
            s[k, c] = cosine * column + sine * more
            v[k] = cosine * more - sine * column


@kernel
def absorb(x, s, w, corner, nu, y):
    """Take a measurement into a mean and its upper factor, in place; return the log determinant and square.

    ``w`` (m, n) is the measurement's slope times ``s``, ``corner`` (m, m) the lower factor of its noise by
    columns (column, row), ``nu`` (m,) what it differs by from what was expected; all but ``nu`` are used up.
    N. Carlson, Fast triangular formulation of the square root filter, AIAA J. 11 (1973) 1259, by rotations.
    """
    m, n = w.shape
    t = s.T.copy()
    gain = np.zeros((m, n))
    for i in range(m):
        for c in range(n):
            if w[i, c] == 0.0:
                continue
            norm = sqrt(corner[i, i] * corner[i, i] + w[i, c] * w[i, c])
            cosine, sine = corner[i, i] / norm, w[i, c] / norm
            for q in range(i, m):
                top, side = corner[i, q], w[q, c]
                corner[i, q] = cosine * top + sine * side
                w[q, c] = cosine * side - sine * top
            for k in range(c + 1):
                top, side = gain[i, k], t[c, k]
                gain[i, k] = cosine * top + sine * side
                t[c, k] = cosine * side - sine * top
    for k in range(n):
        for c in range(k, n):
            s[k, c] = t[c, k]
    determinant, square = whiten(corner, nu, y)
    for i in range(m):
        for k in range(n):
            x[k] += gain[i, k] * y[i]
    return determinant, square


@kernel
def whiten(corner, nu, y):
    """Solve a lower factor, kept by columns, for ``nu``; return its log determinant, and ``y' y``."""
    determinant, square = 0.0, 0.0
    for i in range(len(nu)):
        y[i] = nu[i]
        for k in range(i):
            y[i] -= corner[k, i] * y[k]
        y[i] /= corner[i, i]
        square += y[i] * y[i]
        determinant += log(corner[i, i])
    return determinant, square
