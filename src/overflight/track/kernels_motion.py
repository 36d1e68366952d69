"""How a tracked body moves under the modes of the filter, and how its mean and factor are carried on.

State of an object: position ``r`` (m) and velocity ``v`` (m/s) in ECEF, specific force ``a`` (m/s2, thrust
or drag over mass), then four biases of each sensor that may have them: range (m), azimuth (rad),
refraction as a share of the standard one, clock (s). Modes, in this order: boost, manoeuvre, coast, fall.
"""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from overflight.compiled import kernel
from overflight.earth.kernels import gravity
from overflight.track.kernels_factors import divide, first_factor, upper_factor

MODES = 4
BOOST, MANOEUVRE, COAST, FALL = 0, 1, 2, 3
CORE = 9  # position, velocity, specific force
BIASES = 4  # of a sensor: range, azimuth, refraction, clock
# settings: jerk noise of the four modes, exhaust speed, velocity noise, clock walk, mean stay (4), steering
SETTINGS = 12
COAST_DECAY_S = 0.3
FALL_DECAY_S = 8.0
FALL_KGPM2 = 500.0
AIR_KGPM3, AIR_SCALE_M = 1.225, 7200.0


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
def noise_rows(a, row, x, dt, mode, settings, earth):
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
def predict_mode(x, s, dt, mode, settings, earth):
    """Move one mode's mean and upper factor in place by ``dt`` seconds.

    The core is carried by points of its own factor; its slope (the regression of where they end on where they
    begin) carries what the core shares with the biases, which stay. The walk of a clock is added when its
    sensor is next heard, and not here.
    """
    n = len(x)
    root, slope, a = np.empty((CORE, CORE)), np.empty((CORE, CORE)), np.zeros((2 * CORE + 12, CORE))
    first_factor(s, CORE, root)
    mean = _carried(x, root, dt, mode, settings, earth, slope, a)
    noise_rows(a, 2 * CORE, mean, dt, mode, settings, earth)
    given = np.empty(CORE)
    for c in range(n):
        most = min(c + 1, CORE)
        for k in range(most):
            given[k] = s[k, c]
        for i in range(CORE):
            moved = 0.0
            for k in range(most):
                moved += slope[i, k] * given[k]
            if c < CORE:
                a[c, i] = moved
            else:
                s[i, c] = moved
    upper_factor(a, len(a), root)
    for i in range(CORE):
        x[i] = mean[i]
        for c in range(CORE):
            s[i, c] = root[i, c]


@kernel
def _carried(x, root, dt, mode, settings, earth, slope, a):
    """Carry the cubature points; write their slope, and their curvature into rows 9 to 17 of ``a``."""
    plus, minus, mean, given = np.empty(CORE), np.empty(CORE), np.zeros(CORE), np.empty(CORE)
    for j in range(CORE):
        for i in range(CORE):
            given[i] = x[i] + 3.0 * root[i, j]
        propagate(given, dt, mode, settings[4], earth, plus)
        for i in range(CORE):
            given[i] = x[i] - 3.0 * root[i, j]
        propagate(given, dt, mode, settings[4], earth, minus)
        for i in range(CORE):
            slope[i, j] = (plus[i] - minus[i]) / 6.0
            a[CORE + j, i] = (plus[i] + minus[i]) / 6.0
            mean[i] += (plus[i] + minus[i]) / (2.0 * CORE)
    for j in range(CORE):
        for i in range(CORE):
            a[CORE + j, i] -= mean[i] / 3.0
    divide(slope, root)
    return mean
