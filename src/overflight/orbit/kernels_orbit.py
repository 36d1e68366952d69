"""Orbits by numerical integration: zonal gravity to degree six, drag, Sun and Moon; one adaptive loop.

Axes: true equator of date, not rotating (TEME). SI units. ``log_density`` is the logarithm of density at each
whole km; ``bodies`` (2, m, 3) are Sun and Moon every ``BODY_STEP_S`` seconds from time zero.
"""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from overflight.compiled import inline_kernel, kernel, spliced_kernel
from overflight.earth.kernels import geodetic
from overflight.flight.kernels_dopri import (
    NO_STEP_BEFORE,
    dense,
    dense_weights,
    error_norm,
    grow,
    shrink,
    solution,
    stage2,
    stage3,
    stage4,
    stage5,
    stage6,
)

COMPLETE, BELOW_FLOOR, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
MAX_STEPS = 5_000_000
BODY_STEP_S = 3600.0
REACH_S = 1000.0  # for which an error of the velocity moves the place, about a radian of a low orbit
SUN_MU, MOON_MU = 1.32712440018e20, 4.9028e12  # m3/s2, IAU 2009 system of astronomical constants


@inline_kernel
def third_body(r, s, mu):
    """Return the pull (m/s2) of a body at ``s`` relative to that on the Earth (Vallado, eq. 8-34)."""
    dx, dy, dz = s[0] - r[0], s[1] - r[1], s[2] - r[2]
    d2 = dx * dx + dy * dy + dz * dz
    s2 = s[0] * s[0] + s[1] * s[1] + s[2] * s[2]
    d3, s3 = d2 * sqrt(d2), s2 * sqrt(s2)
    return mu * (dx / d3 - s[0] / s3), mu * (dy / d3 - s[1] / s3), mu * (dz / d3 - s[2] / s3)


@inline_kernel
def body_at(bodies, which, t):
    """Return a body's place at a time, linear between the rows."""
    u = t / BODY_STEP_S
    i = min(max(int(u), 0), bodies.shape[1] - 2)
    f = u - i
    a, b = bodies[which, i], bodies[which, i + 1]
    return a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2])


@kernel
def rhs_orbit(t, r, v, zonal, drag_m2pkg, log_density, bodies, earth):
    """Return the acceleration (m/s2). ``zonal`` are J0 to Jn; the gradient of each term in closed form:

    with ``s = z / r``: ``mu Jn a^n / r^(n+3) x ((n+1) Pn + s Pn')`` along x, y alike, and ``mu Jn a^n /
    r^(n+2) ((n+1) s Pn - (1 - s^2) Pn')`` along z (from O. Montenbruck and E. Gill, Satellite Orbits,
    2000, eq. 3.17).
    """
    mu, a = earth[0], earth[1]
    r2 = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    rr = sqrt(r2)
    s = r[2] / rr
    base = mu / (r2 * rr)
    radial, axial = -base, 0.0
    before, p, slope = 1.0, s, 1.0
    power = a / rr
    for n in range(2, zonal.shape[0]):
        slope = n * p + s * slope
        before, p = p, ((2 * n - 1) * s * p - (n - 1) * before) / n
        power *= a / rr
        k = base * zonal[n] * power
        radial += k * ((n + 1) * p + s * slope)
        axial -= k * rr * slope
    ax, ay, az = radial * r[0], radial * r[1], radial * r[2] + axial
    if drag_m2pkg > 0.0:
        h, _, _, _ = geodetic(r[0], r[1], r[2], earth)
        u = min(max(h * 1e-3, 0.0), 1999.0)
        i = int(u)
        rho = exp(log_density[i] + (u - i) * (log_density[i + 1] - log_density[i]))
        ux, uy, uz = v[0] + earth[5] * r[1], v[1] - earth[5] * r[0], v[2]
        k = -0.5 * drag_m2pkg * rho * sqrt(ux * ux + uy * uy + uz * uz)
        ax += k * ux
        ay += k * uy
        az += k * uz
    if bodies.shape[1] > 1:
        sx, sy, sz = third_body(r, body_at(bodies, 0, t), SUN_MU)
        mx, my, mz = third_body(r, body_at(bodies, 1, t), MOON_MU)
        ax += sx + mx
        ay += sy + my
        az += sz + mz
    return ax, ay, az


@spliced_kernel
def attempt(t, r, v, acc, h, zonal, drag, log_density, bodies, earth):
    """Return the slopes of place and velocity (1, 3 to 7), and place, velocity, acceleration at the end."""
    v2 = stage2(v, h, acc)
    a2 = rhs_orbit(t + 0.2 * h, stage2(r, h, v), v2, zonal, drag, log_density, bodies, earth)
    v3 = stage3(v, h, acc, a2)
    r3 = stage3(r, h, v, v2)
    a3 = rhs_orbit(t + 0.3 * h, r3, v3, zonal, drag, log_density, bodies, earth)
    v4 = stage4(v, h, acc, a2, a3)
    r4 = stage4(r, h, v, v2, v3)
    a4 = rhs_orbit(t + 0.8 * h, r4, v4, zonal, drag, log_density, bodies, earth)
    v5 = stage5(v, h, acc, a2, a3, a4)
    r5 = stage5(r, h, v, v2, v3, v4)
    a5 = rhs_orbit(t + 8.0 / 9.0 * h, r5, v5, zonal, drag, log_density, bodies, earth)
    v6 = stage6(v, h, acc, a2, a3, a4, a5)
    r6 = stage6(r, h, v, v2, v3, v4, v5)
    a6 = rhs_orbit(t + h, r6, v6, zonal, drag, log_density, bodies, earth)
    r7 = solution(r, h, v, v3, v4, v5, v6)
    v7 = solution(v, h, acc, a3, a4, a5, a6)
    a7 = rhs_orbit(t + h, r7, v7, zonal, drag, log_density, bodies, earth)
    return (v, v3, v4, v5, v6, v7), (acc, a3, a4, a5, a6, a7), r7, v7, a7


@kernel
def crossing(r, h, slopes, floor_m, earth):
    """Return the share of a step at which the height falls below the floor, to a millisecond."""
    low, high = 0.0, 1.0
    while (high - low) * h > 1e-3:
        middle = 0.5 * (low + high)
        place = dense(r, h, dense_weights(middle), slopes)
        if geodetic(place[0], place[1], place[2], earth)[0] < floor_m:
            high = middle
        else:
            low = middle
    return high


@kernel
def orbit_rows(states, drag_m2pkg, zonal, log_density, bodies, earth, floor_m, tolerance_m, row_s, count):
    """Propagate states (n, 6) from time zero; return rows (n, count, 6) every ``row_s``, codes and ends.

    ``ends`` (n, 7): time and state where it ended; rows beyond it are NaN. It ends at the last row or where
    the height falls below ``floor_m``, found to the nearest millisecond.
    """
    total = len(states)
    rows = np.full((total, count, 6), np.nan)
    code = np.zeros(total, np.int64)
    ends = np.zeros((total, 7))
    limit = row_s * (count - 1)
    for n in range(total):
        r = states[n, 0], states[n, 1], states[n, 2]
        v = states[n, 3], states[n, 4], states[n, 5]
        rows[n, 0] = states[n]
        t, h, before, row, steps = 0.0, 10.0, NO_STEP_BEFORE, 1, 0
        drag = drag_m2pkg[n]
        acc = rhs_orbit(t, r, v, zonal, drag, log_density, bodies, earth)
        state = COMPLETE
        while t < limit and steps < MAX_STEPS:
            steps += 1
            h = min(h, limit - t)
            slopes, pulls, r7, v7, a7 = attempt(t, r, v, acc, h, zonal, drag, log_density, bodies, earth)
            error = error_norm(h, slopes, pulls, REACH_S) / tolerance_m
            if not error <= 1.0:
                h *= shrink(error)
                if not h > 1e-9:
                    state = NOT_FINITE
                    break
                continue
            theta = 1.0
            if geodetic(r7[0], r7[1], r7[2], earth)[0] < floor_m:
                theta = crossing(r, h, slopes, floor_m, earth)
                state = BELOW_FLOOR
            while row < count and row * row_s <= t + theta * h + 1e-9:
                w = dense_weights(min((row * row_s - t) / h, 1.0))
                place, speed = dense(r, h, w, slopes), dense(v, h, w, pulls)
                for k in range(3):
                    rows[n, row, k] = place[k]
                    rows[n, row, k + 3] = speed[k]
                row += 1
            if state == BELOW_FLOOR:
                w = dense_weights(theta)
                r, v = dense(r, h, w, slopes), dense(v, h, w, pulls)
                t += theta * h
                break
            t += h
            r, v, acc = r7, v7, a7
            factor, before = grow(error, before)
            h *= factor
        code[n] = TOO_MANY_STEPS if state == COMPLETE and t < limit else state
        ends[n, 0] = t
        for k in range(3):
            ends[n, k + 1] = r[k]
            ends[n, k + 4] = v[k]
    return rows, code, ends
