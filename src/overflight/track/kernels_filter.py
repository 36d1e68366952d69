"""Tracking filter: interacting multiple models, each a square-root cubature filter.

State of an object: position ``r`` (m) and velocity ``v`` (m/s) in ECEF, specific force ``a`` (m/s2, thrust
or drag over mass), then four biases of each sensor that may have them: range (m), azimuth (rad),
refraction as a share of the standard one, clock (s). Modes, in this order: boost, manoeuvre, coast, fall.

I. Arasaratnam, S. Haykin, Cubature Kalman Filters, IEEE Trans. Autom. Control 54 (2009) 1254, section VII
(square root); H. Blom, Y. Bar-Shalom, IEEE Trans. Autom. Control 33 (1988) 780 (interacting models).
"""

from __future__ import annotations

from math import asin, atan2, cos, exp, log, pi, sqrt, tan

import numpy as np

from overflight.compiled import kernel
from overflight.track.kernels_factors import triangularize
from overflight.track.kernels_motion import BIASES, CORE, MODES, predict_mode

# kind, z (3), sigma (3), site (3), east, north, up (9), index of the sensor or -1, its biases and spreads (8)
MEASURE = 28
RADAR, PLACE = 0, 1
TWO_PI = 2.0 * pi
SWITCH = np.array([[0.0, 0.7, 0.3, 0.0], [0.55, 0.0, 0.43, 0.02], [0.0, 0.6, 0.0, 0.4], [0.0, 0.3, 0.7, 0.0]])
"""To which mode a mode gives way, once it does."""


@kernel
def _transition(dt, settings):
    """Return the probabilities (4, 4) of going from a mode (row) to another (column) within ``dt``."""
    p = np.empty((MODES, MODES))
    for i in range(MODES):
        leave = 1.0 - exp(-min(abs(dt), 10.0) / settings[7 + i])
        for j in range(MODES):
            p[i, j] = leave * SWITCH[i, j]
        p[i, i] = 1.0 - leave
    return p


@kernel
def predict(x, s, mu, dt, settings, earth):
    """Mix the modes and move them by ``dt`` s; returns new ``x`` (4, n), ``s`` (4, n, n), ``mu`` (4,)."""
    n = x.shape[1]
    p = _transition(dt, settings)
    to = np.zeros(MODES)
    for j in range(MODES):
        for i in range(MODES):
            to[j] += mu[i] * p[i, j]
        to[j] = max(to[j], 1e-9)
    total = to.sum()
    nx, ns = np.zeros((MODES, n)), np.zeros((MODES, n, n))
    a = np.empty((MODES * (n + 1), n))
    for j in range(MODES):
        for i in range(MODES):
            w = mu[i] * p[i, j] / to[j]
            for k in range(n):
                nx[j, k] += w * x[i, k]
        rows = 0
        for i in range(MODES):
            w = sqrt(mu[i] * p[i, j] / to[j])
            if w < 1e-5:
                continue
            for k in range(n):
                a[rows, k] = w * (x[i, k] - nx[j, k])
            rows += 1
            for c in range(n):
                for k in range(n):
                    a[rows, k] = w * s[i, k, c] if k >= c else 0.0
                rows += 1
        triangularize(a, rows)
        for k in range(n):
            for c in range(k + 1):
                ns[j, k, c] = a[c, k]
        if dt != 0.0:
            predict_mode(nx[j], ns[j], dt, j, settings, earth)
    return nx, ns, to / total


@kernel
def bending(elevation):
    """Return the standard radio refraction (rad) at a true elevation (rad).

    Saemundsson's formula (Sky & Telescope 72, 1986, p. 70), times 1.12 from light to radio waves.
    """
    degrees = max(elevation * 180.0 / pi, -1.0)
    return 1.12 * 1.02 / tan((degrees + 10.3 / (degrees + 5.11)) * pi / 180.0) / 60.0 * pi / 180.0


@kernel
def observe(x, y, z, m, out):
    """Write what ``m`` should read of a position: range, azimuth, elevation, or east, north, up."""
    dx, dy, dz = x - m[7], y - m[8], z - m[9]
    east = dx * m[10] + dy * m[11] + dz * m[12]
    north = dx * m[13] + dy * m[14] + dz * m[15]
    up = dx * m[16] + dy * m[17] + dz * m[18]
    if m[0] == PLACE:
        out[0], out[1], out[2] = east, north, up
        return
    distance = max(sqrt(dx * dx + dy * dy + dz * dz), 1.0)
    out[0] = distance
    out[1] = atan2(east, north)
    out[2] = asin(min(1.0, max(-1.0, up / distance)))


@kernel
def _turned(angle):
    return angle - TWO_PI * round(angle / TWO_PI)


@kernel
def _bias_slopes(x, m, z, level):
    """Return how a measurement (rows) changes with the biases of its sensor (columns)."""
    h = np.zeros((3, BIASES))
    radar = m[0] == RADAR
    if radar:
        h[0, 0] = 1.0
        h[1, 1] = level
        h[2, 2] = bending(z[2])
    plus, minus = np.empty(3), np.empty(3)
    observe(x[0] + 0.05 * x[3], x[1] + 0.05 * x[4], x[2] + 0.05 * x[5], m, plus)
    observe(x[0] - 0.05 * x[3], x[1] - 0.05 * x[4], x[2] - 0.05 * x[5], m, minus)
    for i in range(3):
        d = plus[i] - minus[i]
        if i == 1 and radar:
            d = _turned(d) * level
        h[i, 3] = d / 0.1
    return h


@kernel
def _unsure_biases(h, m, a, row):
    """Write the rows of biases that are no states but known from elsewhere; return the next row."""
    for b in range(BIASES):
        for i in range(3):
            a[row, i] = h[i, b] * m[24 + b]
        row += 1
    return row


@kernel
def _stacked(x, s, m, a, nu):
    """Fill the stacked rows of the update of one mode and the innovation ``nu``; return how many rows."""
    n = len(x)
    z, plus, minus, mean = np.empty(3), np.empty(3), np.empty(3), np.zeros(3)
    observe(x[0], x[1], x[2], m, z)
    radar = m[0] == RADAR
    level = max(cos(m[3]), 0.05) if radar else 1.0  # azimuths count as angles on the sphere
    index = int(m[19])
    told = index >= 0 or (m[24] + m[25] + m[26] + m[27] > 0.0)
    h = _bias_slopes(x, m, z, level) if told else np.zeros((3, BIASES))
    row = 3
    for i in range(3):
        a[i, i] = m[4 + i] * (level if i == 1 else 1.0)
    for j in range(CORE):
        observe(x[0] + 3.0 * s[0, j], x[1] + 3.0 * s[1, j], x[2] + 3.0 * s[2, j], m, plus)
        observe(x[0] - 3.0 * s[0, j], x[1] - 3.0 * s[1, j], x[2] - 3.0 * s[2, j], m, minus)
        for i in range(3):
            p, q = plus[i] - z[i], minus[i] - z[i]
            if i == 1 and radar:
                p, q = _turned(p) * level, _turned(q) * level
            a[row, i] = (p - q) / 6.0
            a[row + 1, i] = (p + q) / 6.0
            mean[i] += (p + q) / (2.0 * CORE)
        if index >= 0:
            for i in range(3):
                for b in range(BIASES):
                    a[row, i] += h[i, b] * s[CORE + BIASES * index + b, j]
        for k in range(n):
            a[row, 3 + k] = s[k, j] if k >= j else 0.0
        row += 2
    for j in range(CORE):
        for i in range(3):
            a[4 + 2 * j, i] -= mean[i] / 3.0
    for j in range(CORE, n):
        if index >= 0:
            for i in range(3):
                for b in range(BIASES):
                    a[row, i] += h[i, b] * s[CORE + BIASES * index + b, j]
        for k in range(j, n):
            a[row, 3 + k] = s[k, j]
        row += 1
    if told and index < 0:
        row = _unsure_biases(h, m, a, row)
    for i in range(3):
        d = m[1 + i] - z[i]
        if i == 1 and radar:
            d = _turned(d) * level
        nu[i] = d - mean[i]
        for b in range(BIASES if told else 0):
            nu[i] -= h[i, b] * (x[CORE + BIASES * index + b] if index >= 0 else m[20 + b])
    return row


@kernel
def _whitened(a, nu, y):
    """Solve the factor's corner for the innovation; return the log likelihood and ``y' y``."""
    loglik = -1.5 * log(TWO_PI)
    nis = 0.0
    for i in range(3):
        y[i] = nu[i]
        for k in range(i):
            y[i] -= a[k, i] * y[k]
        y[i] /= a[i, i]
        nis += y[i] * y[i]
        loglik -= log(a[i, i])
    return loglik - 0.5 * nis, nis


@kernel
def innovate(x, s, mu, m):
    """Return the log likelihood of a measurement, and the modes' least and mean normalised square."""
    n = x.shape[1]
    nu, y = np.empty(3), np.empty(3)
    best, least, mean = -np.inf, np.inf, 0.0
    logs = np.empty(MODES)
    for j in range(MODES):
        a = np.zeros((n + 16, n + 3))
        rows = _stacked(x[j], s[j], m, a, nu)
        corner = a[:, :3].copy()
        triangularize(corner, rows)
        loglik, nis = _whitened(corner, nu, y)
        logs[j] = loglik + log(max(mu[j], 1e-12))
        best = max(best, logs[j])
        if mu[j] > 1e-3:
            least = min(least, nis)
        mean += mu[j] * nis
    total = 0.0
    for j in range(MODES):
        total += exp(logs[j] - best)
    return best + log(total), least, mean


@kernel
def update(x, s, mu, m):
    """Take a measurement into all modes, in place; return its log likelihood and mean normalised square."""
    n = x.shape[1]
    nu, y = np.empty(3), np.empty(3)
    logs = np.empty(MODES)
    mean = 0.0
    for j in range(MODES):
        a = np.zeros((n + 16, n + 3))
        rows = _stacked(x[j], s[j], m, a, nu)
        triangularize(a, rows)
        loglik, nis = _whitened(a, nu, y)
        logs[j] = loglik + log(max(mu[j], 1e-12))
        mean += mu[j] * nis
        for k in range(n):
            x[j, k] += a[0, 3 + k] * y[0] + a[1, 3 + k] * y[1] + a[2, 3 + k] * y[2]
            for c in range(k + 1):
                s[j, k, c] = a[3 + c, 3 + k]
    best = logs.max()
    total = 0.0
    for j in range(MODES):
        mu[j] = exp(logs[j] - best)
        total += mu[j]
    for j in range(MODES):
        mu[j] = max(mu[j] / total, 1e-6)
    mu /= mu.sum()
    return best + log(total), mean


@kernel
def run_modes(x, s, mu, dt, measures, settings, earth):
    """Predict by ``dt[i]`` and update with ``measures[i]`` (m, MEASURE), one after the other."""
    for i in range(len(dt)):
        x, s, mu = predict(x, s, mu, dt[i], settings, earth)
        update(x, s, mu, measures[i])
    return x, s, mu
