"""The last part of a fall: a light body that has settled to its terminal velocity.

In dense air the equations of a light body are stiff: the drag pulls its velocity to the terminal one
within ``tau = v / (2 g)``, 0.5 s for 5 kg/m2 at sea level, and an explicit step may not be much longer,
though nothing happens for twenty minutes. Once settled, the velocity follows from the place alone, to
first order in ``tau`` over the time ``T = 2 H / v`` in which the terminal velocity changes (H the scale
height of density)::

    v = omega x r + w(h) + u,       |u| = sqrt(|f| / k),   u along f,   k = rho Cd A / (2 m)
    f = g - omega x (omega x r) - 2 omega x (w + u0) - v_up d(w + u0)/dh,   u0: the same with f = g_eff

The next order is ``(tau / T)^2 = (v^2 / (4 g H))^2``, below 1e-4 where this is used. Only the position is
left to integrate, in steps of tens of seconds. ``tests/reference/test_settled_fall.py`` holds it against the
full equations.
"""

from __future__ import annotations

from math import exp, sqrt

from overflight.compiled import kernel, spliced_kernel
from overflight.earth.kernels import AIR_PER_U, AIR_SCALE_M, air_cell, cubic, geodetic, gravity, lookup_mach
from overflight.flight.kernels_dopri import (
    EVENT_TIME_S,
    dense,
    dense_weights,
    grow,
    illinois,
    shrink,
    solution,
    squared_error,
    stage2,
    stage3,
    stage4,
    stage5,
    stage6,
)
from overflight.flight.kernels_rhs import DENSITY_FACTOR, GROUND_M, WIND_FACTOR

BELOW_M = 40e3  # settled motion is not looked for above this height
SLOWEST_GAIN_MPS = 30.0  # terminal velocities above this are not stiff enough to gain by it
NEAR_MPS = 0.1  # a body has settled when its velocity is as near as this to the settled one
FIRST_STEP_S = 5.0
SHARPER = 10.0  # tolerance of this part against the rest of the fall: its steps are few and long


@kernel
def _slope(air, i, j, f):
    """Return the derivative over the cell's fraction of the cubic at ``j``."""
    return air[i, j + 1] + f * (2.0 * air[i, j + 2] + f * 3.0 * air[i, j + 3])


@kernel
def settled_velocity(r, ballistic, body, air, drag, earth):
    """Return the settled velocity (m/s, ECI), the terminal speed (m/s) and the height (m) at a place."""
    x, y, z = r
    omega = earth[5]
    h, sin_lat, cos_lat, p = geodetic(x, y, z, earth)
    sin_lon = y / p
    cos_lon = x / p
    i, f = air_cell(h)
    cells_per_m = AIR_PER_U * AIR_SCALE_M / ((h + AIR_SCALE_M) * (h + AIR_SCALE_M))
    rho = exp(cubic(air, i, 0, f)) * body[DENSITY_FACTOR]
    sound = cubic(air, i, 4, f)
    wind = body[WIND_FACTOR]
    east = wind * cubic(air, i, 8, f)
    north = wind * cubic(air, i, 12, f)
    gx, gy, gz = gravity(x, y, z, earth)
    gx += omega * omega * x
    gy += omega * omega * y
    g = sqrt(gx * gx + gy * gy + gz * gz)
    k = 0.5 * rho / ballistic
    terminal = sqrt(g / (k * lookup_mach(drag, sqrt(g / k) / sound)))
    # local frame: wind and its change on the way down, Coriolis of wind and fall, change of fall speed
    per_m = _slope(air, i, 0, f) * cells_per_m  # d ln rho / dh
    fall_rate = -0.5 * terminal * per_m
    ae = -terminal * wind * _slope(air, i, 8, f) * cells_per_m
    an = -terminal * wind * _slope(air, i, 12, f) * cells_per_m
    au = terminal * fall_rate
    ae += 2.0 * omega * (-terminal * cos_lat - north * sin_lat)
    an += 2.0 * omega * east * sin_lat
    au += -2.0 * omega * east * cos_lat
    radial = au * cos_lat - an * sin_lat
    fx = gx - (radial * cos_lon - ae * sin_lon)
    fy = gy - (radial * sin_lon + ae * cos_lon)
    fz = gz - (au * sin_lat + an * cos_lat)
    force = sqrt(fx * fx + fy * fy + fz * fz)
    scale = terminal * sqrt(force / g) / force
    radial = -north * sin_lat
    vx = -omega * y + radial * cos_lon - east * sin_lon + scale * fx
    vy = omega * x + radial * sin_lon + east * cos_lon + scale * fy
    return (vx, vy, north * cos_lat + scale * fz), terminal, h


@spliced_kernel
def has_settled(r, v, height_m, ballistic, body, air, drag, earth):
    """Return whether a state is so near its settled velocity that its fall can go on as settled."""
    if height_m > BELOW_M:
        return False
    settled, terminal, _ = settled_velocity(r, ballistic, body, air, drag, earth)
    if terminal > SLOWEST_GAIN_MPS:
        return False
    dx = v[0] - settled[0]
    dy = v[1] - settled[1]
    dz = v[2] - settled[2]
    return dx * dx + dy * dy + dz * dz < NEAR_MPS * NEAR_MPS


@spliced_kernel
def _attempt(r, v, h, ballistic, body, air, drag, earth):
    """Return the slopes (1, 3 to 7) of a step, the place at its end and the height there."""
    v2, _, _ = settled_velocity(stage2(r, h, v), ballistic, body, air, drag, earth)
    v3, _, _ = settled_velocity(stage3(r, h, v, v2), ballistic, body, air, drag, earth)
    v4, _, _ = settled_velocity(stage4(r, h, v, v2, v3), ballistic, body, air, drag, earth)
    v5, _, _ = settled_velocity(stage5(r, h, v, v2, v3, v4), ballistic, body, air, drag, earth)
    v6, _, _ = settled_velocity(stage6(r, h, v, v2, v3, v4, v5), ballistic, body, air, drag, earth)
    r7 = solution(r, h, v, v3, v4, v5, v6)
    v7, _, height = settled_velocity(r7, ballistic, body, air, drag, earth)
    return (v, v3, v4, v5, v6, v7), r7, height


@spliced_kernel
def settle(t, r, t_end, tolerance_m, ballistic, body, air, drag, earth, max_steps):
    """Fly a settled body from ``r`` to the ground or ``t_end``.

    Returns (on the ground, time, place, velocity, steps).
    """
    h = FIRST_STEP_S
    v, _, height = settled_velocity(r, ballistic, body, air, drag, earth)
    g0 = height - body[GROUND_M]
    for step in range(max_steps):
        last = t + h >= t_end
        if last:
            h = t_end - t
        slopes, r7, height = _attempt(r, v, h, ballistic, body, air, drag, earth)
        error = SHARPER * sqrt(squared_error(h, slopes) / 3.0) / tolerance_m
        if not error < 1.0:
            h *= shrink(error)
            continue
        g1 = height - body[GROUND_M]
        if g0 > 0.0 and g1 <= 0.0:
            theta = locate_ground(r, h, g0, g1, body[GROUND_M], earth, slopes)
            r = dense(r, h, dense_weights(theta), slopes)
            v, _, _ = settled_velocity(r, ballistic, body, air, drag, earth)
            return True, t + theta * h, r, v, step + 1
        r = r7
        v = slopes[5]
        g0 = g1
        if last:
            return False, t_end, r, v, step + 1
        t += h
        h *= grow(error)
    return False, t, r, v, max_steps


@kernel
def locate_ground(r, h, g0, g1, ground_m, earth, slopes):
    """Return the fraction of a step at which the height above the ground crosses zero."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        x, y, z = dense(r, h, dense_weights(theta), slopes)
        g = geodetic(x, y, z, earth)[0] - ground_m
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-7:
            break
    return theta
