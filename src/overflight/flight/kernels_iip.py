"""Vacuum instantaneous impact point: where a state comes down on the ellipsoid without drag."""

from __future__ import annotations

from math import atan2, atanh, sin, sinh, sqrt

import numpy as np

from overflight.compiled import kernel
from overflight.earth.kernels import geodetic, longitude_at

IMPACT, BELOW_GROUND, ORBIT, ESCAPE, NOT_FINITE = 0, 1, 2, 3, 4
TWO_PI = 6.283185307179586
PARABOLIC = 1e-14  # r / a of an orbit that is solved as the ellipse next to the parabola


@kernel
def _turned(d, bound):
    """Return sin d, 1 - cos d and d - sin d, or sinh d, cosh d - 1 and sinh d - d, without cancellation."""
    if bound:
        s = sin(d)
        half = sin(0.5 * d)
        sign = -1.0
    else:
        s = sinh(d)
        half = sinh(0.5 * d)
        sign = 1.0
    if abs(d) > 0.1:
        third = sign * (s - d)
    else:
        q = sign * d * d
        third = d * d * d / 6.0 * (1.0 + q / 20.0 * (1.0 + q / 42.0 * (1.0 + q / 72.0)))
    return s, 2.0 * half * half, third


@kernel
def _descend(x, y, z, vx, vy, vz, time_s, height_m, earth, a, ec, es):
    """Find the change of eccentric anomaly up to the impact, by secant steps kept inside a bracket.

    The impact lies ahead of the state and before perigee. ``a`` is negative on a hyperbola, where ``ec`` and
    ``es`` are e cosh F0 and e sinh F0.
    """
    nan = np.nan
    bound = a > 0.0
    sign = 1.0 if bound else -1.0
    r = sqrt(x * x + y * y + z * z)
    motion = sqrt(earth[0] / (sign * a * a * a))
    low = 0.0
    if bound:
        e0 = atan2(es, ec)
        high = TWO_PI - e0 if e0 > 0.0 else -e0
        e = sqrt(ec * ec + es * es)
        # start where the radius meets the polar radius
        c = (1.0 - (earth[2] + height_m) / a) / e if e > 1e-12 else -1.0
        c = min(1.0, max(-1.0, c))
        guess = high - atan2(sqrt(1.0 - c * c), c)
    else:
        high = -atanh(es / ec)
        guess = low
    if guess <= low:
        guess = 0.5 * (low + high)
    px = py = pz = h = dt = 0.0
    last = last_guess = nan
    for n in range(60):
        s, c, third = _turned(guess, bound)
        dt = (third + r / a * sign * s + es * c) / motion
        f = 1.0 - sign * a / r * c
        g = dt - third / motion
        px = f * x + g * vx
        py = f * y + g * vy
        pz = f * z + g * vz
        h = geodetic(px, py, pz, earth)[0] - height_m
        if abs(h) < 1e-6:
            break
        if h > 0.0:
            low = guess
        else:
            high = guess
        if n > 0 and h != last:
            step = guess - h * (guess - last_guess) / (h - last)
        else:
            slope = sign * a * (ec * s + es * (1.0 - sign * c))  # of the radius
            step = guess - h / slope if slope < 0.0 else 0.5 * (low + high)
        last = h
        last_guess = guess
        guess = step if low < step < high else 0.5 * (low + high)
        if high - low < 1e-15:
            break
    if not abs(h) < 1.0:
        return ORBIT if bound else ESCAPE, nan, nan, nan
    _, sin_lat, cos_lat, _ = geodetic(px, py, pz, earth)
    return IMPACT, atan2(sin_lat, cos_lat), longitude_at(px, py, time_s + dt, earth), dt


@kernel
def impact_point(x, y, z, vx, vy, vz, time_s, height_m, earth):
    """Return (code, latitude rad, longitude rad, time of flight s) of the vacuum impact of an ECI state.

    Two-body arc to geodetic height ``height_m``, as 14 CFR Part 420 Appendix B (d)(3)(v), equations
    B46 to B69, but solved to convergence: secant steps on the eccentric anomaly of the descending branch
    with the height above the ellipsoid as residual, where the regulation stops after five rounds. A state
    faster than escape that comes down all the same has an impact point too. ``time_s`` is the time since ECI
    and ECEF axes coincided. NaN unless the code is IMPACT.
    """
    mu = earth[0]
    nan = np.nan
    r = sqrt(x * x + y * y + z * z)
    v2 = vx * vx + vy * vy + vz * vz
    rv = x * vx + y * vy + z * vz
    alpha = 2.0 / r - v2 / mu
    if not abs(alpha) + abs(rv) < np.inf:
        return NOT_FINITE, nan, nan, nan
    if geodetic(x, y, z, earth)[0] < height_m:
        return BELOW_GROUND, nan, nan, nan
    if alpha <= 0.0 and rv >= 0.0:
        return ESCAPE, nan, nan, nan
    if abs(alpha) * r < PARABOLIC:
        alpha = PARABOLIC / r
    a = 1.0 / alpha
    ec = 1.0 - r / a  # e cos E0
    es = rv / sqrt(mu * abs(a))  # e sin E0
    e = sqrt(ec * ec + es * es) if a > 0.0 else sqrt((ec - es) * (ec + es))
    perigee = (r * r * v2 - rv * rv) / (mu * (1.0 + e))
    if perigee > earth[1] + height_m:
        return ORBIT if a > 0.0 else ESCAPE, nan, nan, nan
    return _descend(x, y, z, vx, vy, vz, time_s, height_m, earth, a, ec, es)


@kernel
def impact_points(time_s, states, height_m, earth):
    """Return vacuum impact points (m, 4) of ECI states (m, 6): code, latitude, longitude, flight time."""
    m = states.shape[0]
    out = np.empty((m, 4))
    for i in range(m):
        s = states[i]
        code, lat, lon, dt = impact_point(s[0], s[1], s[2], s[3], s[4], s[5], time_s[i], height_m, earth)
        out[i, 0] = code
        out[i, 1] = lat
        out[i, 2] = lon
        out[i, 3] = dt
    return out
