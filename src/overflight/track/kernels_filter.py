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
from overflight.track.kernels_factors import (
    absorb,
    divide,
    first_factor,
    triangularize,
    upper_factor,
    whiten,
    widen,
)
from overflight.track.kernels_motion import BIASES, CORE, MODES, predict_mode

# kind, z (3), sigma (3), site (3), east, north, up (9), index of the sensor or -1, its biases and spreads (8)
# and how far its clock walked since it was last heard (s)
MEASURE = 29
NOISE = 16  # rows of a measurement's noise: its own (3), curvature (9), biases that are no states (4)
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
def predict(x, s, mu, dt, mix_s, settings, earth):
    """Mix the modes over ``mix_s`` s and move them by ``dt`` s; each is left out where it is zero.

    Returns new ``x`` (4, n), ``s`` (4, n, n), ``mu`` (4,).
    """
    if mix_s > 0.0:
        nx, ns, nmu = _mixed(x, s, mu, mix_s, settings)
    else:
        nx, ns, nmu = x.copy(), s.copy(), mu.copy()
    if dt != 0.0:
        for j in range(MODES):
            predict_mode(nx[j], ns[j], dt, j, settings, earth)
    return nx, ns, nmu


@kernel
def _mixed(x, s, mu, mix_s, settings):
    """Return the modes' means, factors and weights after what may have changed within ``mix_s`` s."""
    n = x.shape[1]
    p = _transition(mix_s, settings)
    to = np.zeros(MODES)
    for j in range(MODES):
        for i in range(MODES):
            to[j] += mu[i] * p[i, j]
        to[j] = max(to[j], 1e-9)
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
            for c in range(n - 1, -1, -1):
                for k in range(n):
                    a[rows, k] = w * s[i, k, c] if k <= c else 0.0
                rows += 1
            for k in range(n):
                a[rows, k] = w * (x[i, k] - nx[j, k])
            rows += 1
        upper_factor(a, rows, ns[j])
    return nx, ns, to / to.sum()


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
def linearised(x, s, m, w, noise, nu):
    """Write how ``m`` (MEASURE,) changes along the columns of one mode's factor, and what it differs by.

    ``w`` (3, n) becomes the slope times the factor, ``nu`` (3,) the innovation; the rows of the noise go into
    ``noise``, with the curvature of the measurement and what is not known of biases that are no states.
    """
    n = len(x)
    index = int(m[19])
    root, slope, z = np.empty((CORE, CORE)), np.empty((3, CORE)), np.empty(3)
    first_factor(s, CORE, root)
    observe(x[0], x[1], x[2], m, z)
    level = max(cos(m[3]), 0.05) if m[0] == RADAR else 1.0  # azimuths count as angles on the sphere
    mean = _curved(x, root, m, z, level, slope, noise)
    divide(slope, root)
    told = index >= 0 or (m[24] + m[25] + m[26] + m[27] > 0.0)
    h = _bias_slopes(x, m, z, level) if told else np.zeros((3, BIASES))
    for i in range(3):
        noise[i, i] = m[4 + i] * (level if i == 1 else 1.0)
        for c in range(n):
            w[i, c] = 0.0
            for k in range(min(c + 1, CORE)):
                w[i, c] += slope[i, k] * s[k, c]
            if index >= 0:
                for b in range(BIASES):
                    w[i, c] += h[i, b] * s[CORE + BIASES * index + b, c]
        d = _turned(m[2] - z[1]) * level if i == 1 and m[0] == RADAR else m[1 + i] - z[i]
        nu[i] = d - mean[i]
        for b in range(BIASES if told else 0):
            nu[i] -= h[i, b] * (x[CORE + BIASES * index + b] if index >= 0 else m[20 + b])
            noise[12 + b, i] = 0.0 if index >= 0 else h[i, b] * m[24 + b]
        if index >= 0:
            noise[15, i] = h[i, 3] * m[28]


@kernel
def _curved(x, root, m, z, level, slope, noise):
    """Measure the cubature points; write their slope, and their curvature into rows 3 to 11 of the noise."""
    plus, minus, mean = np.empty(3), np.empty(3), np.zeros(3)
    for j in range(CORE):
        dx, dy, dz = 3.0 * root[0, j], 3.0 * root[1, j], 3.0 * root[2, j]
        observe(x[0] + dx, x[1] + dy, x[2] + dz, m, plus)
        observe(x[0] - dx, x[1] - dy, x[2] - dz, m, minus)
        for i in range(3):
            p, q = plus[i] - z[i], minus[i] - z[i]
            if i == 1 and m[0] == RADAR:
                p, q = _turned(p) * level, _turned(q) * level
            slope[i, j] = (p - q) / 6.0
            noise[3 + j, i] = (p + q) / 6.0
            mean[i] += (p + q) / (2.0 * CORE)
    for j in range(CORE):
        for i in range(3):
            noise[3 + j, i] -= mean[i] / 3.0
    return mean


@kernel
def innovate(x, s, mu, m):
    """Return the log likelihood of a measurement, and the modes' least and mean normalised square."""
    n = x.shape[1]
    w, nu, y = np.empty((3, n)), np.empty(3), np.empty(3)
    best, least, mean = -np.inf, np.inf, 0.0
    logs = np.empty(MODES)
    for j in range(MODES):
        rows = np.zeros((NOISE + n, 3))
        linearised(x[j], s[j], m, w, rows, nu)
        for c in range(n):
            for i in range(3):
                rows[NOISE + c, i] = w[i, c]
        triangularize(rows, NOISE + n)
        determinant, nis = whiten(rows, nu, y)
        logs[j] = -determinant - 0.5 * nis - 1.5 * log(TWO_PI) + log(max(mu[j], 1e-12))
        best = max(best, logs[j])
        if mu[j] > 1e-3:
            least = min(least, nis)
        mean += mu[j] * nis
    total = 0.0
    for j in range(MODES):
        total += exp(logs[j] - best)
    return best + log(total), least, mean


@kernel
def take(x, s, m):
    """Take a measurement into one mode, in place; return its log likelihood and normalised square."""
    n = len(x)
    w, noise, nu, y = np.empty((3, n)), np.zeros((NOISE, 3)), np.empty(3), np.empty(3)
    index = int(m[19])
    if index >= 0 and m[28] > 0.0:
        widen(s, CORE + BIASES * index + 3, m[28])
    linearised(x, s, m, w, noise, nu)
    for i in range(3):
        noise[15, i] = 0.0 if index >= 0 else noise[15, i]  # the walk is in the clock by now
    triangularize(noise, NOISE)
    determinant, nis = absorb(x, s, w, noise[:3], nu, y)
    return -determinant - 0.5 * nis - 1.5 * log(TWO_PI), nis


@kernel
def update(x, s, mu, m):
    """Take a measurement into all modes, in place; return its log likelihood and mean normalised square."""
    logs = np.empty(MODES)
    mean = 0.0
    for j in range(MODES):
        log_likelihood, nis = take(x[j], s[j], m)
        logs[j] = log_likelihood + log(max(mu[j], 1e-12))
        mean += mu[j] * nis
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
        x, s, mu = predict(x, s, mu, dt[i], dt[i], settings, earth)
        update(x, s, mu, measures[i])
    return x, s, mu
