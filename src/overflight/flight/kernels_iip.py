"""Vacuum instantaneous impact point: where a state comes down on the ellipsoid without drag."""

from __future__ import annotations

from math import atan2, cos, sin, sqrt

import numpy as np

from overflight.compiled import kernel
from overflight.earth.kernels import geodetic, longitude_at

IMPACT, BELOW_GROUND, ORBIT, ESCAPE = 0, 1, 2, 3
TWO_PI = 6.283185307179586


@kernel
def _descend(x, y, z, vx, vy, vz, time_s, height_m, earth, a, ec, es):
    """Find the eccentric anomaly of the impact by secant steps kept inside a bracket, and the impact."""
    nan = np.nan
    r = sqrt(x * x + y * y + z * z)
    e = sqrt(ec * ec + es * es)
    e0 = atan2(es, ec)
    if e0 < 0.0:
        e0 += TWO_PI  # already past apogee: the impact is still ahead, not a revolution later
    motion = sqrt(earth[0] / (a * a * a))
    low = e0  # the impact lies ahead, on the descending branch
    high = TWO_PI
    # start where the radius meets the polar radius
    c = (1.0 - (earth[2] + height_m) / a) / e if e > 1e-12 else -1.0
    c = min(1.0, max(-1.0, c))
    guess = TWO_PI - atan2(sqrt(1.0 - c * c), c)
    if guess <= low:
        guess = 0.5 * (low + high)
    px = py = pz = h = dt = 0.0
    last = nan
    last_guess = nan
    for n in range(60):
        d = guess - e0
        dt = (d - ec * sin(d) + es * (1.0 - cos(d))) / motion
        f = 1.0 - a / r * (1.0 - cos(d))
        g = dt - (d - sin(d)) / motion
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
            slope = a * e * sin(guess)  # dr/dE
            step = guess - h / slope if slope < 0.0 else 0.5 * (low + high)
        last = h
        last_guess = guess
        guess = step if low < step < high else 0.5 * (low + high)
        if high - low < 1e-15:
            break
    if abs(h) > 1.0:
        return ORBIT, nan, nan, nan
    _, sin_lat, cos_lat, _ = geodetic(px, py, pz, earth)
    return IMPACT, atan2(sin_lat, cos_lat), longitude_at(px, py, time_s + dt, earth), dt


@kernel
def impact_point(x, y, z, vx, vy, vz, time_s, height_m, earth):
    """Return (code, latitude rad, longitude rad, time of flight s) of the vacuum impact of an ECI state.

    Two-body arc to geodetic height ``height_m``, as 14 CFR Part 420 Appendix B (d)(3)(v), equations
    B46 to B69, but solved to convergence: Newton on the eccentric anomaly of the descending branch
    with the height above the ellipsoid as residual, where the regulation stops after five rounds.
    ``time_s`` is the time since ECI and ECEF axes coincided. NaN unless the code is IMPACT.
    """
    mu = earth[0]
    nan = np.nan
    if geodetic(x, y, z, earth)[0] < height_m:
        return BELOW_GROUND, nan, nan, nan
    r = sqrt(x * x + y * y + z * z)
    v2 = vx * vx + vy * vy + vz * vz
    alpha = 2.0 / r - v2 / mu
    if alpha <= 0.0:
        return ESCAPE, nan, nan, nan
    a = 1.0 / alpha
    ec = 1.0 - r / a  # e cos E0
    es = (x * vx + y * vy + z * vz) / sqrt(mu * a)  # e sin E0
    e = sqrt(ec * ec + es * es)
    if a * (1.0 - e) > earth[1] + height_m:
        return ORBIT, nan, nan, nan
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
