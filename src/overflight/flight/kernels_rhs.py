"""Right-hand sides and events of powered flight and of fall, in ECI axes fixed at lift-off.

State: position ``r`` (m) and velocity ``v`` (m/s), tuples of three, and the mass (kg) in powered flight.
``phase`` is the steering and thrust flown now, the first columns of a row of the flight sequence; ``body``
the constants of a sample and ``earth`` those of the Earth, all three as tuples: :func:`leg_of`,
:func:`body_constants` or in fall :func:`constants`, and :func:`earth_constants`.
"""

from __future__ import annotations

from math import acos, cos, exp, sin, sqrt

from overflight.compiled import inline_kernel, kernel
from overflight.earth.kernels import AIR_TOP_M, air_cell, cubic, density_sound, geodetic, gravity, lookup_mach

# columns of a phase: what the right-hand side reads
END_S, THRUST_N, MASS_FLOW, NOZZLE_M2, AREA_M2, STEERING, START_S = range(7)
PITCH, PITCH_RATE, HEADING, HEADING_RATE = range(7, 11)
AIM, AIM_RATE = 7, 10  # in the place of angles: two vectors in ECI axes, three columns each
ROLL, TURN_RATE, TURN_ACCELERATION, TURN_END = range(7, 11)  # in their place again: a turn out of control
NORMAL_M2 = 13  # normal force slope times reference area; 0 leaves the normal force out
# what only the sequence reads
EVENTS, DROP_KG, SLOT = range(14, 17)
PHASE_COLUMNS = 17
# steering modes
PITCH_LINEAR, TANGENT_LINEAR, ALONG_VELOCITY = 0.0, 1.0, 2.0
LINEAR_AIM, ARC = 3.0, 4.0  # unit(aim + rate tau); aim turned towards rate by |rate| tau
GUIDED, TURN = 5.0, 6.0  # flown as legs of the two before
# events of a phase, added up
FAIRING_HEAT, CUTOFF_ENERGY, GROUND, OVERLOAD = 1, 2, 4, 8
POLAR = 640.0  # cosine of the latitude 10 km from a pole, inverted
# constants of a sample
WIND_FACTOR, DENSITY_FACTOR, HEAT_LIMIT, ENERGY_LIMIT, FAIRING_KG, STOP_S, GROUND_M, LOAD_LIMIT = range(8)
BODY_COLUMNS = 8


@inline_kernel
def constants(row):
    """Return the constants of a sample in fall as a tuple."""
    return row[0], row[1], row[2], row[3], row[4], row[5], row[6]


@inline_kernel
def earth_constants(row):
    """Return the constants of the Earth as a tuple."""
    return (
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10]
    )  # fmt: skip


@inline_kernel
def body_constants(row):
    """Return the constants of a sample in powered flight as a tuple."""
    return row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]


@inline_kernel
def leg_of(p):
    """Return what the right-hand side reads of a phase as a tuple."""
    return p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13]


@inline_kernel
def aimed(p, mode, t, aim, rate):
    """Return the leg of a phase that is steered from ``t`` on by two vectors in ECI axes."""
    return (
        p[0], p[1], p[2], p[3], p[4], mode, t, aim[0], aim[1], aim[2], rate[0], rate[1], rate[2], p[13]
    )  # fmt: skip


@inline_kernel
def air_relative(r, v, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth):
    """Return velocity relative to the moving air, ECI components (m/s).

    A wind from one heading has no direction at a pole: within 10 km of it, it fades to nothing there.
    """
    omega = earth[5]
    fade = min(1.0, POLAR * cos_lat)
    wind_e *= fade
    wind_n *= fade
    return (
        v[0] + omega * r[1] + wind_e * sin_lon + wind_n * sin_lat * cos_lon,
        v[1] - omega * r[0] - wind_e * cos_lon + wind_n * sin_lat * sin_lon,
        v[2] - wind_n * cos_lat,
    )


@kernel
def rhs_fall(r, v, ballistic, body, air, drag, earth):
    """Ballistic fall: gravity and drag; ``ballistic`` is m / (Cd A) at low Mach (kg/m2).

    Returns the acceleration (m/s2), the height above the ellipsoid (m) and the rate of the drag (1/s), its
    acceleration over the speed through the air.
    """
    h, sin_lat, cos_lat, p = geodetic(r[0], r[1], r[2], earth)
    ax, ay, az = gravity(r[0], r[1], r[2], earth)
    i, f = air_cell(h)
    rho, sound = density_sound(air, i, f)
    wind_e = body[WIND_FACTOR] * cubic(air, i, 8, f)
    wind_n = body[WIND_FACTOR] * cubic(air, i, 12, f)
    ux, uy, uz = air_relative(r, v, sin_lat, cos_lat, r[1] / p, r[0] / p, wind_e, wind_n, earth)
    speed = sqrt(ux * ux + uy * uy + uz * uz)
    k = rho * (0.5 * body[DENSITY_FACTOR] / ballistic) * speed * lookup_mach(drag, speed / sound)
    k = k if h < AIR_TOP_M else 0.0
    return (ax - k * ux, ay - k * uy, az - k * uz), h, k


@kernel
def steering(t, phase):
    """Return the thrust direction east, north, up of a phase with pitch and heading."""
    angle = phase[PITCH] + phase[PITCH_RATE] * (t - phase[START_S])
    if phase[STEERING] == TANGENT_LINEAR:
        co = 1.0 / sqrt(1.0 + angle * angle)
        si = angle * co
    else:
        si = sin(angle)
        co = cos(angle)
    heading = phase[HEADING] + phase[HEADING_RATE] * (t - phase[START_S])
    return co * sin(heading), co * cos(heading), si


@kernel
def inertial_aim(t, phase):
    """Return the thrust direction in ECI axes of a leg that is steered by two vectors."""
    tau = t - phase[START_S]
    ax, ay, az = phase[AIM], phase[AIM + 1], phase[AIM + 2]
    bx, by, bz = phase[AIM_RATE], phase[AIM_RATE + 1], phase[AIM_RATE + 2]
    if phase[STEERING] == ARC:
        rate = sqrt(bx * bx + by * by + bz * bz) + 1e-30
        si = sin(rate * tau) / rate
        co = cos(rate * tau)
        return co * ax + si * bx, co * ay + si * by, co * az + si * bz
    x = ax + tau * bx
    y = ay + tau * by
    z = az + tau * bz
    k = 1.0 / sqrt(x * x + y * y + z * z)
    return k * x, k * y, k * z


@kernel
def body_axis(t, u, speed, sin_lat, cos_lat, sin_lon, cos_lon, phase):
    """Return the direction of thrust in ECI axes (the nose); ``u`` is the velocity through the air."""
    if phase[STEERING] == ALONG_VELOCITY:
        k = 1.0 / (speed + 1e-30)
        return k * u[0], k * u[1], k * u[2]
    if phase[STEERING] > ALONG_VELOCITY:
        return inertial_aim(t, phase)
    east, north, up = steering(t, phase)
    radial = up * cos_lat - north * sin_lat
    return (
        radial * cos_lon - east * sin_lon,
        radial * sin_lon + east * cos_lon,
        up * sin_lat + north * cos_lat,
    )


@kernel
def rhs_ascent(t, r, v, mass, phase, body, air, drag, earth):
    """Powered flight of a point mass: gravity, drag, thrust with back-pressure along the steering.

    Where the phase has a slope of the normal force, that force as well, while there is thrust: the dynamic
    pressure times slope and area times the sine of the angle of attack, across the nose. Returns the
    acceleration (m/s2).
    """
    h, sin_lat, cos_lat, p = geodetic(r[0], r[1], r[2], earth)
    ax, ay, az = gravity(r[0], r[1], r[2], earth)
    sin_lon = r[1] / p
    cos_lon = r[0] / p
    i, f = air_cell(h)
    rho, sound = density_sound(air, i, f)
    wind_e = body[WIND_FACTOR] * cubic(air, i, 8, f)
    wind_n = body[WIND_FACTOR] * cubic(air, i, 12, f)
    log_pressure = cubic(air, i, 16, f)
    ux, uy, uz = air_relative(r, v, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth)
    speed = sqrt(ux * ux + uy * uy + uz * uz)
    k = rho * (-0.5 * body[DENSITY_FACTOR] * phase[AREA_M2] / mass) * speed
    k *= lookup_mach(drag, speed / sound) if h < AIR_TOP_M else 0.0
    ax += k * ux
    ay += k * uy
    az += k * uz
    thrust = phase[THRUST_N]
    if thrust > 0.0:
        if h < AIR_TOP_M:
            thrust -= exp(log_pressure) * phase[NOZZLE_M2]
        k = thrust / mass
        if phase[STEERING] == ALONG_VELOCITY:
            k /= speed
            ax += k * ux
            ay += k * uy
            az += k * uz
        else:
            x, y, z = body_axis(t, (ux, uy, uz), speed, sin_lat, cos_lat, sin_lon, cos_lon, phase)
            ax += k * x
            ay += k * y
            az += k * z
            if phase[NORMAL_M2] > 0.0 and h < AIR_TOP_M:
                k = -0.5 * rho * body[DENSITY_FACTOR] * speed * phase[NORMAL_M2] / mass
                along = ux * x + uy * y + uz * z
                ax += k * (ux - along * x)
                ay += k * (uy - along * y)
                az += k * (uz - along * z)
    return ax, ay, az


@kernel
def loads(t, r, v, mass, phase, body, air, drag, earth):
    """Return angle of attack (rad), dynamic pressure (Pa), axial load (m/s2, thrust less drag) and the nose.

    Without thrust nothing says where the nose points: the angle of attack is then zero.
    """
    h, sin_lat, cos_lat, p = geodetic(r[0], r[1], r[2], earth)
    i, f = air_cell(h)
    rho, sound = density_sound(air, i, f)
    wind_e = body[WIND_FACTOR] * cubic(air, i, 8, f)
    wind_n = body[WIND_FACTOR] * cubic(air, i, 12, f)
    sin_lon, cos_lon = r[1] / p, r[0] / p
    u = air_relative(r, v, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth)
    speed = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    pressure = 0.5 * rho * body[DENSITY_FACTOR] * speed * speed if h < AIR_TOP_M else 0.0
    cosine = 1.0
    axial = 0.0
    nose = (0.0, 0.0, 0.0)
    if phase[THRUST_N] > 0.0:
        nose = body_axis(t, u, speed, sin_lat, cos_lat, sin_lon, cos_lon, phase)
        cosine = (u[0] * nose[0] + u[1] * nose[1] + u[2] * nose[2]) / (speed + 1e-30)
        axial = phase[THRUST_N] - (exp(cubic(air, i, 16, f)) * phase[NOZZLE_M2] if h < AIR_TOP_M else 0.0)
    axial -= pressure * phase[AREA_M2] * lookup_mach(drag, speed / sound) * cosine
    angle = acos(min(max(cosine, -1.0), 1.0)) if speed > 1.0 else 0.0
    return angle, pressure, axial / mass, nose


@kernel
def event_ascent(t, r, v, events, phase, body, air, drag, earth):
    """Smallest of the margins (dimensionless) of the ``events`` looked for; all fall through zero.

    Fairing: free molecular heat flux rho v^3 / 2 below its limit (Ariane 5 User's Manual, issue 5,
    section 3.2.7.2 uses 1135 W/m2); cut-off: specific orbital energy reaches its target; ground; overload:
    dynamic pressure times angle of attack reaches what the structure bears.
    """
    margin = 1.0
    if events & GROUND:
        margin = (geodetic(r[0], r[1], r[2], earth)[0] - body[GROUND_M]) * 1e-3
    if events & FAIRING_HEAT:
        margin = min(margin, heat_flux(r, v, body, air, earth) / body[HEAT_LIMIT] - 1.0)
    if events & CUTOFF_ENERGY:
        distance = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
        energy = 0.5 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) - earth[0] / distance
        margin = min(margin, (body[ENERGY_LIMIT] - energy) * 1e-6)
    if events & OVERLOAD:
        angle, pressure, _, _ = loads(t, r, v, 1.0, phase, body, air, drag, earth)
        margin = min(margin, 1.0 - angle * pressure / body[LOAD_LIMIT])
    return margin


@kernel
def heat_flux(r, v, body, air, earth):
    """Return the free molecular heat flux (W/m2)."""
    h, sin_lat, cos_lat, p = geodetic(r[0], r[1], r[2], earth)
    i, f = air_cell(h)
    rho, _ = density_sound(air, i, f)
    ux, uy, uz = air_relative(r, v, sin_lat, cos_lat, r[1] / p, r[0] / p, 0.0, 0.0, earth)
    speed = sqrt(ux * ux + uy * uy + uz * uz)
    return 0.5 * rho * body[DENSITY_FACTOR] * speed * speed * speed if h < AIR_TOP_M else 0.0
