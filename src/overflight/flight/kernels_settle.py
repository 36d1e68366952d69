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

from overflight.compiled import kernel
from overflight.earth.kernels import AIR_PER_U, AIR_SCALE_M, air_cell, cubic, geodetic, gravity, lookup_mach
from overflight.flight.kernels_dopri import (
    C2,
    C3,
    C4,
    C5,
    EVENT_TIME_S,
    dense,
    error_norm,
    grow,
    illinois,
    shrink,
    solution,
    stage2,
    stage3,
    stage4,
    stage5,
    stage6,
)
from overflight.flight.kernels_rhs import DENSITY_FACTOR, GROUND_M, WIND_FACTOR

N = 3
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
def settled_velocity(x, y, z, ballistic, body, air, drag, earth):
    """Return the settled velocity (ECI components) and the terminal speed (m/s) at a place."""
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
    return vx, vy, north * cos_lat + scale * fz, terminal


@kernel
def has_settled(y, height_m, ballistic, body, air, drag, earth):
    """Return whether a state (6) is so near its settled velocity that its fall can go on as settled."""
    if height_m > BELOW_M:
        return False
    vx, vy, vz, terminal = settled_velocity(y[0], y[1], y[2], ballistic, body, air, drag, earth)
    if terminal > SLOWEST_GAIN_MPS:
        return False
    dx = y[3] - vx
    dy = y[4] - vy
    dz = y[5] - vz
    return dx * dx + dy * dy + dz * dz < NEAR_MPS * NEAR_MPS


@kernel
def _rhs(t, y, dy, ballistic, body, air, drag, earth):
    dy[0], dy[1], dy[2], _ = settled_velocity(y[0], y[1], y[2], ballistic, body, air, drag, earth)


@kernel
def _height(y, body, earth):
    return geodetic(y[0], y[1], y[2], earth)[0] - body[GROUND_M]


@kernel
def _attempt(t, y, h, k, stage, new, ballistic, body, air, drag, earth):
    """Fill slopes ``k[1:]`` and the place ``new`` at the end of a step that starts with slope ``k[0]``."""
    stage2(N, y, h, k, stage)
    _rhs(t + C2 * h, stage, k[1], ballistic, body, air, drag, earth)
    stage3(N, y, h, k, stage)
    _rhs(t + C3 * h, stage, k[2], ballistic, body, air, drag, earth)
    stage4(N, y, h, k, stage)
    _rhs(t + C4 * h, stage, k[3], ballistic, body, air, drag, earth)
    stage5(N, y, h, k, stage)
    _rhs(t + C5 * h, stage, k[4], ballistic, body, air, drag, earth)
    stage6(N, y, h, k, stage)
    _rhs(t + h, stage, k[5], ballistic, body, air, drag, earth)
    solution(N, y, h, k, new)
    _rhs(t + h, new, k[6], ballistic, body, air, drag, earth)


@kernel
def settle(t, y, t_end, tolerance_m, ballistic, body, air, drag, earth, work, max_steps):
    """Fly a settled body ``y`` (6) to the ground or ``t_end``; returns (time, on the ground, steps)."""
    k = work[:7]
    stage = work[7]
    new = work[8]
    out = work[9]
    h = FIRST_STEP_S
    _rhs(t, y, k[0], ballistic, body, air, drag, earth)
    g0 = _height(y, body, earth)
    for step in range(max_steps):
        last = t + h >= t_end
        if last:
            h = t_end - t
        _attempt(t, y, h, k, stage, new, ballistic, body, air, drag, earth)
        error = error_norm(N, h, k, SHARPER / tolerance_m)
        if not error < 1.0:
            h *= shrink(error)
            continue
        g1 = _height(new, body, earth)
        hit = g0 > 0.0 and g1 <= 0.0
        if hit:
            t = _locate(t, y, h, g0, g1, body, earth, k, out)
        else:
            t = t_end if last else t + h
        for i in range(N):
            y[i] = out[i] if hit else new[i]
            k[0, i] = k[6, i]
        g0 = g1
        if hit or last:
            y[3], y[4], y[5], _ = settled_velocity(y[0], y[1], y[2], ballistic, body, air, drag, earth)
            return t, hit, step + 1
        h *= grow(error)
    return t, False, max_steps


@kernel
def _locate(t, y, h, g0, g1, body, earth, k, out):
    """Return the time and, in ``out``, the place where the height above ground crosses zero in this step."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        dense(N, k, y, h, theta, out)
        g = _height(out, body, earth)
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-7:
            break
    dense(N, k, y, h, theta, out)
    return t + theta * h
