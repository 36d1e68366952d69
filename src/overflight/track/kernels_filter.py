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
from overflight.earth.kernels import gravity
from overflight.track.kernels_factors import triangularize

MODES = 4
BOOST, MANOEUVRE, COAST, FALL = 0, 1, 2, 3
CORE = 9  # position, velocity, specific force
BIASES = 4  # of a sensor: range, azimuth, refraction, clock
# kind, z (3), sigma (3), site (3), east, north, up (9), index of the sensor or -1, its biases and spreads (8)
MEASURE = 28
RADAR, PLACE = 0, 1
# settings: jerk noise of the four modes, exhaust speed, velocity noise, clock walk, mean stay (4), steering
SETTINGS = 12
COAST_DECAY_S = 0.3
FALL_DECAY_S = 8.0
FALL_KGPM2 = 500.0
AIR_KGPM3, AIR_SCALE_M = 1.225, 7200.0
TWO_PI = 2.0 * pi
SWITCH = np.array([[0.0, 0.7, 0.3, 0.0], [0.55, 0.0, 0.43, 0.02], [0.0, 0.6, 0.0, 0.4], [0.0, 0.3, 0.7, 0.0]])
"""To which mode a mode gives way, once it does."""


@kernel
def _drag_force(x, earth):
    """Return the specific drag (m/s2) of a body of ``FALL_KGPM2`` in an exponential air."""
    radius = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    sine = x[2] / radius
    height = radius - earth[1] * (1.0 - 0.0033528 * sine * sine)
    speed = sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    k = -AIR_KGPM3 * exp(-max(height, 0.0) / AIR_SCALE_M) * speed / (2.0 * FALL_KGPM2)
    k = max(k, -100.0 / max(speed, 1.0))
    return k * x[3], k * x[4], k * x[5]


@kernel
def _acceleration(rx, ry, rz, vx, vy, vz, earth):
    """Return the acceleration (m/s2) of free motion in the rotating axes."""
    gx, gy, gz = gravity(rx, ry, rz, earth)
    w = earth[5]
    return gx + w * (2.0 * vy + w * rx), gy + w * (w * ry - 2.0 * vx), gz


@kernel
def propagate(x, dt, mode, exhaust_mps, earth, out):
    """Move the nine core numbers of a state by ``dt`` seconds under a mode, steps of at most 2 s."""
    steps = max(1, int(np.ceil(abs(dt) / 2.0)))
    h = dt / steps
    for j in range(CORE):
        out[j] = x[j]
    for _ in range(steps):
        ax, ay, az = out[6], out[7], out[8]
        size = sqrt(ax * ax + ay * ay + az * az)
        dx, dy, dz = 0.0, 0.0, 0.0
        middle, end = 1.0, 1.0
        if mode == BOOST:
            middle = 1.0 / max(1.0 - 0.5 * size * h / exhaust_mps, 0.5)
            end = 1.0 / max(1.0 - size * h / exhaust_mps, 0.5)
        elif mode == COAST:
            middle = exp(-0.5 * h / COAST_DECAY_S)
            end = middle * middle
        elif mode == FALL:
            dx, dy, dz = _drag_force(out, earth)
            # what differs from the drag lasts as long as there is drag: in thin air this is a coast
            drag = sqrt(dx * dx + dy * dy + dz * dz)
            middle = exp(-0.5 * h / (COAST_DECAY_S + FALL_DECAY_S * drag / (drag + 1.0)))
            end = middle * middle
        mx, my, mz = dx + middle * (ax - dx), dy + middle * (ay - dy), dz + middle * (az - dz)
        ex, ey, ez = dx + end * (ax - dx), dy + end * (ay - dy), dz + end * (az - dz)
        rx, ry, rz, vx, vy, vz = out[0], out[1], out[2], out[3], out[4], out[5]
        p1, q1, s1 = _acceleration(rx, ry, rz, vx, vy, vz, earth)
        p1, q1, s1 = p1 + ax, q1 + ay, s1 + az
        k = 0.5 * h
        ux, uy, uz = vx + k * p1, vy + k * q1, vz + k * s1
        p2, q2, s2 = _acceleration(rx + k * vx, ry + k * vy, rz + k * vz, ux, uy, uz, earth)
        p2, q2, s2 = p2 + mx, q2 + my, s2 + mz
        tx, ty, tz = vx + k * p2, vy + k * q2, vz + k * s2
        p3, q3, s3 = _acceleration(rx + k * ux, ry + k * uy, rz + k * uz, tx, ty, tz, earth)
        p3, q3, s3 = p3 + mx, q3 + my, s3 + mz
        wx, wy, wz = vx + h * p3, vy + h * q3, vz + h * s3
        p4, q4, s4 = _acceleration(rx + h * tx, ry + h * ty, rz + h * tz, wx, wy, wz, earth)
        p4, q4, s4 = p4 + ex, q4 + ey, s4 + ez
        c = h / 6.0
        out[0] = rx + c * (vx + 2.0 * (ux + tx) + wx)
        out[1] = ry + c * (vy + 2.0 * (uy + ty) + wy)
        out[2] = rz + c * (vz + 2.0 * (uz + tz) + wz)
        out[3] = vx + c * (p1 + 2.0 * (p2 + p3) + p4)
        out[4] = vy + c * (q1 + 2.0 * (q2 + q3) + q4)
        out[5] = vz + c * (s1 + 2.0 * (s2 + s3) + s4)
        out[6], out[7], out[8] = ex, ey, ez


@kernel
def _noise_rows(a, row, x, dt, mode, settings, earth):
    """Write the nine rows of the process noise's factor: white jerk, and a little white acceleration."""
    q = settings[mode]
    if mode == BOOST:
        q = q + settings[11] * sqrt(x[6] * x[6] + x[7] * x[7] + x[8] * x[8])
    elif mode == FALL:
        dx, dy, dz = _drag_force(x, earth)
        q = q + 0.4 * sqrt(dx * dx + dy * dy + dz * dz)
    dt = min(abs(dt), 60.0)
    root = sqrt(dt)
    # lower factor of [[dt^5/20, dt^4/8, dt^3/6], [., dt^3/3, dt^2/2], [., ., dt]], by rows of (a, v, r)
    for i in range(3):
        a[row + i, 6 + i] = q * root
        a[row + i, 3 + i] = q * root * dt * 0.5
        a[row + i, i] = q * root * dt * dt / 6.0
        a[row + 3 + i, 3 + i] = q * root * dt / sqrt(12.0)
        a[row + 3 + i, i] = q * root * dt * dt / (2.0 * sqrt(12.0))
        # what is left of the third row, and the white acceleration
        a[row + 6 + i, i] = q * root * dt * dt / sqrt(720.0) + settings[5] * root * dt * 0.5
    for i in range(3):
        a[row + 9 + i, 3 + i] = settings[5] * root


@kernel
def _predict_mode(x, s, dt, mode, settings, earth):
    """Move one mode's mean and factor in place by ``dt`` seconds."""
    n = len(x)
    sensors = (n - CORE) // BIASES
    rows = 2 * CORE + 12 + (n - CORE) + sensors
    a = np.zeros((rows, n))
    plus, minus, mean, given = np.empty(CORE), np.empty(CORE), np.zeros(CORE), np.empty(CORE)
    for j in range(CORE):
        for i in range(CORE):
            given[i] = x[i] + 3.0 * s[i, j]
        propagate(given, dt, mode, settings[4], earth, plus)
        for i in range(CORE):
            given[i] = x[i] - 3.0 * s[i, j]
        propagate(given, dt, mode, settings[4], earth, minus)
        for i in range(CORE):
            a[j, i] = (plus[i] - minus[i]) / 6.0
            a[CORE + j, i] = (plus[i] + minus[i]) / 6.0
            mean[i] += (plus[i] + minus[i]) / (2.0 * CORE)
        for i in range(CORE, n):
            a[j, i] = s[i, j]
    for j in range(CORE):
        for i in range(CORE):
            a[CORE + j, i] -= mean[i] / 3.0
    _noise_rows(a, 2 * CORE, mean, dt, mode, settings, earth)
    row = 2 * CORE + 12
    for j in range(CORE, n):
        for i in range(j, n):
            a[row, i] = s[i, j]
        row += 1
    for k in range(sensors):
        a[row, CORE + BIASES * k + 3] = settings[6] * sqrt(abs(dt))
        row += 1
    triangularize(a, rows)
    for i in range(CORE):
        x[i] = mean[i]
    for i in range(n):
        for j in range(i + 1):
            s[i, j] = a[j, i]


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
            _predict_mode(nx[j], ns[j], dt, j, settings, earth)
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
    for b in range(BIASES if told and index < 0 else 0):
        for i in range(3):
            a[row, i] = h[i, b] * m[24 + b]
        row += 1
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
