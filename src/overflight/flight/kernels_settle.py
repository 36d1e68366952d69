"""The last part of a fall: a light body that has settled to its terminal velocity.

In dense air the equations of a light body are stiff: the drag pulls its velocity to the terminal one at the
rate ``k = g / v``, twice as fast along the fall, and an explicit step may not be much longer than 2 / k,
though nothing happens for twenty minutes. Once settled, the velocity follows from the place alone, as a
series in the slip against the air. In the frame that turns with the Earth::

    v = w(h) + u0 + s1 + s2 + ...
    |u0| = sqrt(2 m g / (rho Cd A)),  u0 along g, gravity with the centrifugal part
    s1 = -R (a + 2 omega x (w + u0)),  a = -|u0| d(w + u0)/dh, the acceleration on the way down
    s2 = -R d(s1)/dt
    R: 1 / k across the fall, 1 / (2 k) along it

``s1`` is the lag behind changing wind and density. ``s2`` matters where the gradient of the wind changes; it
is summed as ``-R`` times the change of ``s1`` from step to step. The next order is about
``(v^2 / (4 g H))^3`` of the velocity, H the scale height of density. The place moves cell by cell of the air
table by the midpoint rule in height: a cell is a fortieth of H or less and smooth inside, so that one
evaluation is enough, some eighty in all where explicit steps would take a thousand. A wind of 200 m/s carries
a body so far within a cell that the ground curves away under it by metres: at the end it is moved along its
velocity until it lies on the ground.

Measured on 8,000 fragments of 200 break-ups of the worked example against the full equations at 1e-6 m: the
settled part takes the 95th percentile of the impact error of the two lightest classes (5 to 45 kg/m2) from
1.0 to 1.5 m, at most 5 m, that of the time to 0.01 s, in a fifth of the time.
``tests/reference/test_settled_fall.py`` holds it.
"""

from __future__ import annotations

from math import cos, exp, sin, sqrt

from overflight.compiled import kernel, spliced_kernel
from overflight.earth.kernels import AIR_PER_U, AIR_SCALE_M, air_cell, cubic, geodetic, gravity, lookup_mach
from overflight.flight.kernels_rhs import DENSITY_FACTOR, GROUND_M, POLAR, WIND_FACTOR

STIFF_FROM_PER_S = 0.2  # rates of the drag below this are not stiff enough, or the series is not good enough
ON_GROUND_M = 1e-3  # as near as this to the ground it has landed
NEAR_MPS = 0.2  # a body has settled when its velocity is as near as this to the settled one


@kernel
def _slope(air, i, j, f):
    """Return the derivative over the cell's fraction of the cubic at ``j``."""
    return air[i, j + 1] + f * (2.0 * air[i, j + 2] + f * 3.0 * air[i, j + 3])


@kernel
def settled(x, y, z, ballistic, body, air, drag, earth):
    """Return what a settled body does at a place in ECEF (m).

    Returns its velocity to first order and ``s1``, both east, north, up (m/s), the rate k (1/s), the height
    (m) and the axes there: sine and cosine of latitude, sine and cosine of longitude.
    """
    omega = earth[5]
    h, sin_lat, cos_lat, p = geodetic(x, y, z, earth)
    sin_lon = y / p
    cos_lon = x / p
    i, f = air_cell(h)
    cells_per_m = AIR_PER_U * AIR_SCALE_M / ((h + AIR_SCALE_M) * (h + AIR_SCALE_M))
    wind = body[WIND_FACTOR] * min(1.0, POLAR * cos_lat)
    east = wind * cubic(air, i, 8, f)
    north = wind * cubic(air, i, 12, f)
    gx, gy, gz = gravity(x, y, z, earth)
    level = (gx + omega * omega * x) * cos_lon + (gy + omega * omega * y) * sin_lon
    g_north = gz * cos_lat - level * sin_lat
    g_up = level * cos_lat + gz * sin_lat
    g = sqrt(g_north * g_north + g_up * g_up)
    k = 0.5 * exp(cubic(air, i, 0, f)) * body[DENSITY_FACTOR] / ballistic
    terminal = sqrt(g / (k * lookup_mach(drag, sqrt(g / k) / cubic(air, i, 4, f))))
    # acceleration on the way down, with that of Coriolis and that along the curved ground
    downward = terminal * cells_per_m
    a_east = 2.0 * omega * (-terminal * cos_lat - north * sin_lat) - downward * wind * _slope(air, i, 8, f)
    a_north = 2.0 * omega * east * sin_lat - downward * wind * _slope(air, i, 12, f)
    a_up = -2.0 * omega * east * cos_lat - 0.5 * terminal * downward * _slope(air, i, 0, f)
    a_up -= (east * east + north * north) / earth[1]
    f_north = g_north - a_north
    f_up = g_up - a_up
    scale = terminal / sqrt(g * sqrt(a_east * a_east + f_north * f_north + f_up * f_up))
    slip = (-scale * a_east, scale * f_north - terminal / g * g_north, scale * f_up - terminal / g * g_up)
    velocity = (east + slip[0], north + scale * f_north, scale * f_up)
    return velocity, slip, g / terminal, h, (sin_lat, cos_lat, sin_lon, cos_lon)


@kernel
def _ecef(local, axes):
    """Return a vector east, north, up in ECEF axes."""
    sin_lat, cos_lat, sin_lon, cos_lon = axes
    level = local[2] * cos_lat - local[1] * sin_lat
    return (
        level * cos_lon - local[0] * sin_lon,
        level * sin_lon + local[0] * cos_lon,
        local[2] * sin_lat + local[1] * cos_lat,
    )


@kernel
def _turned(vector, angle_rad):
    """Return a vector in axes turned by an angle about the Earth's axis."""
    co = cos(angle_rad)
    si = sin(angle_rad)
    return co * vector[0] + si * vector[1], co * vector[1] - si * vector[0], vector[2]


@spliced_kernel
def _landed(down, t, x, y, z, ballistic, body, air, drag, earth):
    """Move a body that is ``down`` along its velocity until it lies on the ground.

    Where a storm carries it along faster than it sinks from the curved ground, that does not settle: what is
    left is taken straight down. Returns (evaluations, time, place, velocity). Compiled on its own it would
    cost the whole fall 40 %, in references to the tables counted up and down.
    """
    count = 0
    velocity, _, _, height, axes = settled(x, y, z, ballistic, body, air, drag, earth)
    w = _ecef(velocity, axes)
    off = body[GROUND_M] - height if down else 0.0
    nearer = True
    while nearer and abs(off) > ON_GROUND_M:
        step = off / velocity[2]
        there = (x + step * w[0], y + step * w[1], z + step * w[2])
        velocity, _, _, height, ahead = settled(
            there[0], there[1], there[2], ballistic, body, air, drag, earth
        )
        count += 1
        nearer = abs(body[GROUND_M] - height) < 0.5 * abs(off)
        if nearer:
            x, y, z = there
            axes = ahead
            w = _ecef(velocity, axes)
            off = body[GROUND_M] - height
            t += step
    down_x, down_y, down_z = _ecef((0.0, 0.0, off), axes)
    x += down_x
    y += down_y
    z += down_z
    return count, t, x, y, z, w


@spliced_kernel
def settle(t, r, v, t_end, drag_rate, ballistic, body, air, drag, earth):
    """Fly a body to the ground or ``t_end`` if it has settled; ``drag_rate`` (1/s) is that of its drag now.

    Returns (evaluations, on the ground, time, place, velocity); none if it has not settled yet.
    """
    omega = earth[5]
    if drag_rate < STIFF_FROM_PER_S:
        return 0, False, t, r, v
    x, y, z = _turned(r, omega * t)
    u = _turned((v[0] + omega * r[1], v[1] - omega * r[0], v[2]), omega * t)
    velocity, before, _, height, axes = settled(x, y, z, ballistic, body, air, drag, earth)
    w = _ecef(velocity, axes)
    if (u[0] - w[0]) ** 2 + (u[1] - w[1]) ** 2 + (u[2] - w[2]) ** 2 > NEAR_MPS * NEAR_MPS:
        return 0, False, t, r, v
    count = 1
    low = False
    last = False
    while not (low or last):
        i, _ = air_cell(height - 1.0)
        target = AIR_SCALE_M * i / (AIR_PER_U - i)
        if i == 0 or target < body[GROUND_M]:
            target = body[GROUND_M]
            low = True
        before_up = velocity[2]
        half = 0.5 * (target - height) / before_up
        velocity, slip, rate, middle, axes = settled(
            x + half * w[0], y + half * w[1], z + half * w[2], ballistic, body, air, drag, earth
        )
        more_east = (before[0] - slip[0]) / rate
        more_north = (before[1] - slip[1]) / rate
        more_up = (before[2] - slip[2]) / (2.0 * rate)
        before = slip
        step = (target - height - more_up) / velocity[2]
        if t + step >= t_end:
            step = t_end - t
            last = True
        up = step * velocity[2] + more_up
        moved = (step * velocity[0] + more_east, step * velocity[1] + more_north, up)
        dx, dy, dz = _ecef(moved, axes)
        w = _ecef(velocity, axes)
        x += dx
        y += dy
        z += dz
        t += step
        height = middle - half * before_up + up
        count += 1
    more, t, x, y, z, w = _landed(not last, t, x, y, z, ballistic, body, air, drag, earth)
    count += more
    r = _turned((x, y, z), -omega * t)
    v = _turned((w[0] - omega * y, w[1] + omega * x, w[2]), -omega * t)
    return count, not last, t, r, v
