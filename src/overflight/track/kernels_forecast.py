"""Flights grafted on a tracked state: the rest of a thrust programme flown from where the object is now."""

from __future__ import annotations

from math import sqrt

import numpy as np

from overflight.compiled import kernel
from overflight.earth.kernels import geodetic, gravity

AXES_LOCAL, AXES_VELOCITY = 0, 1
# how a grafted flight ends
CAME_DOWN, STAYS_UP, RAN_OUT = 0, 1, 2
FINE_S = 2.0
LOW_ORBIT_M = 90e3


@kernel
def _thrust(r, v, a, axes, earth):
    """Return a specific force in ECI from components east, north, up, or along, above, beside the speed."""
    if axes == AXES_LOCAL:
        _, sin_lat, cos_lat, p = geodetic(r[0], r[1], r[2], earth)
        c, s = r[0] / p, r[1] / p
        radial = a[2] * cos_lat - a[1] * sin_lat
        return radial * c - a[0] * s, radial * s + a[0] * c, a[2] * sin_lat + a[1] * cos_lat
    ux, uy, uz = v[0] + earth[5] * r[1], v[1] - earth[5] * r[0], v[2]
    k = 1.0 / max(sqrt(ux * ux + uy * uy + uz * uz), 1.0)
    ux, uy, uz = k * ux, k * uy, k * uz
    sx, sy, sz = uy * r[2] - uz * r[1], uz * r[0] - ux * r[2], ux * r[1] - uy * r[0]  # to the right
    k = 1.0 / max(sqrt(sx * sx + sy * sy + sz * sz), 1.0)
    sx, sy, sz = k * sx, k * sy, k * sz
    nx, ny, nz = sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux
    return (
        a[0] * ux + a[1] * nx + a[2] * sx,
        a[0] * uy + a[1] * ny + a[2] * sy,
        a[0] * uz + a[1] * nz + a[2] * sz,
    )


@kernel
def _moved(r, v, h, ax, ay, az, earth):
    """Return position and velocity after ``h`` seconds under gravity and a constant force (RK4)."""
    g = gravity(r[0], r[1], r[2], earth)
    p = (g[0] + ax, g[1] + ay, g[2] + az)
    k = 0.5 * h
    u = (v[0] + k * p[0], v[1] + k * p[1], v[2] + k * p[2])
    g = gravity(r[0] + k * v[0], r[1] + k * v[1], r[2] + k * v[2], earth)
    q = (g[0] + ax, g[1] + ay, g[2] + az)
    t = (v[0] + k * q[0], v[1] + k * q[1], v[2] + k * q[2])
    g = gravity(r[0] + k * u[0], r[1] + k * u[1], r[2] + k * u[2], earth)
    s = (g[0] + ax, g[1] + ay, g[2] + az)
    w = (v[0] + h * s[0], v[1] + h * s[1], v[2] + h * s[2])
    g = gravity(r[0] + h * t[0], r[1] + h * t[1], r[2] + h * t[2], earth)
    e = (g[0] + ax, g[1] + ay, g[2] + az)
    c = h / 6.0
    return (
        (
            r[0] + c * (v[0] + 2.0 * (u[0] + t[0]) + w[0]),
            r[1] + c * (v[1] + 2.0 * (u[1] + t[1]) + w[1]),
            r[2] + c * (v[2] + 2.0 * (u[2] + t[2]) + w[2]),
        ),
        (
            v[0] + c * (p[0] + 2.0 * (q[0] + s[0]) + e[0]),
            v[1] + c * (p[1] + 2.0 * (q[1] + s[1]) + e[1]),
            v[2] + c * (p[2] + 2.0 * (q[2] + s[2]) + e[2]),
        ),
    )


@kernel
def _perigee(r, v, energy, earth):
    """Return the distance of the perigee from the Earth's centre (m)."""
    hx = r[1] * v[2] - r[2] * v[1]
    hy = r[2] * v[0] - r[0] * v[2]
    hz = r[0] * v[1] - r[1] * v[0]
    p = (hx * hx + hy * hy + hz * hz) / earth[0]
    return p / (1.0 + sqrt(max(1.0 + 2.0 * energy * p / earth[0], 0.0)))


@kernel
def _keep(end, time_s, r, v):
    """Write the end of thrust: time and state."""
    end[1] = time_s
    end[2], end[3], end[4] = r
    end[5], end[6], end[7] = v


@kernel
def _let_go(drop, time_s, state):
    """Write when something leaves a flight, and its state then."""
    drop[0] = time_s
    drop[1], drop[2], drop[3] = state[0]
    drop[4], drop[5], drop[6] = state[1]


@kernel
def graft(states, programme, axes, first_s, end_s, energy_limit, drop_s, rows, keep, earth):
    """Fly states (n, 6), ECI now, on along programmes (n, k, 3) of specific force, one row each ``FINE_S``.

    ``axes`` (n,) says how a programme's components are meant; it begins at ``first_s`` (n,) of its own time
    and ends at ``end_s`` (n,), or when the energy reaches ``energy_limit`` (n,). Then the flight falls freely
    (no air). What it lets go on the way leaves it at ``drop_s`` (n, d), in its programme's own time, NaN
    for none. Returns lines (n, rows, 3) ECI every ``keep`` fine steps, NaN once down; ends (n, 8): code, time
    from now of the end of thrust, state then; drops (n, d, 7): time from now and state, NaN for none.
    """
    n, k = states.shape[0], programme.shape[1]
    drops = np.full((n, drop_s.shape[1], 7), np.nan)
    lines = np.full((n, rows, 3), np.nan)
    ends = np.empty((n, 8))
    for i in range(n):
        r = (states[i, 0], states[i, 1], states[i, 2])
        v = (states[i, 3], states[i, 4], states[i, 5])
        powered = end_s[i] > first_s[i]
        ends[i, 0] = RAN_OUT
        if not powered:
            _keep(ends[i], 0.0, r, v)
        for step in range(rows * keep):
            if step % keep == 0:
                lines[i, step // keep, 0], lines[i, step // keep, 1], lines[i, step // keep, 2] = r
            ax, ay, az = 0.0, 0.0, 0.0
            if powered:
                at = first_s[i] + step * FINE_S
                row = int(at / FINE_S)
                distance = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
                energy = 0.5 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) - earth[0] / distance
                if at >= end_s[i] or row >= k or energy >= energy_limit[i]:
                    powered = False
                    _keep(ends[i], step * FINE_S, r, v)
                    if _perigee(r, v, energy, earth) > earth[1] + LOW_ORBIT_M:
                        ends[i, 0] = STAYS_UP
                else:
                    ax, ay, az = _thrust(r, v, programme[i, row], axes[i], earth)
            for d in range(drop_s.shape[1]):
                after = drop_s[i, d] - first_s[i] - step * FINE_S
                if powered and 0.0 <= after < FINE_S:
                    _let_go(drops[i, d], step * FINE_S + after, _moved(r, v, after, ax, ay, az, earth))
            r, v = _moved(r, v, FINE_S, ax, ay, az, earth)
            if r[0] * r[0] + r[1] * r[1] + r[2] * r[2] < (earth[2] - 5e3) ** 2 or (
                geodetic(r[0], r[1], r[2], earth)[0] < 0.0
            ):
                ends[i, 0] = CAME_DOWN
                if powered:
                    _keep(ends[i], (step + 1) * FINE_S, r, v)
                break
        if powered and ends[i, 0] == RAN_OUT:
            _keep(ends[i], rows * keep * FINE_S, r, v)
    return lines, ends, drops
