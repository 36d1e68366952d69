"""Right-hand sides and events of powered flight and of fall, in ECI axes fixed at lift-off.

State: position ``r`` (m) and velocity ``v`` (m/s), tuples of three, and the mass (kg) in powered flight.
``phase`` is one row of the flight sequence (columns below), ``body`` the constants of a sample and ``earth``
those of the Earth, all three as tuples: :func:`constants`.
"""

from __future__ import annotations

from math import cos, exp, sin, sqrt

from overflight.compiled import inline_kernel, kernel
from overflight.earth.kernels import AIR_TOP_M, air_cell, cubic, density_sound, geodetic, gravity, lookup_mach

# columns of a phase
END_S, THRUST_N, MASS_FLOW, NOZZLE_M2, AREA_M2, STEERING, START_S = range(7)
PITCH, PITCH_RATE, HEADING, HEADING_RATE, EVENTS, DROP_KG, SLOT = range(7, 14)
PHASE_COLUMNS = 14
# steering modes
PITCH_LINEAR, TANGENT_LINEAR, ALONG_VELOCITY = 0.0, 1.0, 2.0
# events of a phase, added up
FAIRING_HEAT, CUTOFF_ENERGY, GROUND = 1, 2, 4
# constants of a sample
WIND_FACTOR, DENSITY_FACTOR, HEAT_LIMIT, ENERGY_LIMIT, FAIRING_KG, STOP_S, GROUND_M = range(7)
BODY_COLUMNS = 7


@inline_kernel
def constants(row):
    """Return a row of seven constants, of a sample or of the Earth, as a tuple."""
    return row[0], row[1], row[2], row[3], row[4], row[5], row[6]


@inline_kernel
def air_relative(r, v, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth):
    """Return velocity relative to the moving air, ECI components (m/s)."""
    omega = earth[5]
    return (
        v[0] + omega * r[1] + wind_e * sin_lon + wind_n * sin_lat * cos_lon,
        v[1] - omega * r[0] - wind_e * cos_lon + wind_n * sin_lat * sin_lon,
        v[2] - wind_n * cos_lat,
    )


@kernel
def rhs_fall(r, v, ballistic, body, air, drag, earth):
    """Ballistic fall: gravity with J2 and drag; ``ballistic`` is m / (Cd A) at low Mach (kg/m2).

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
def rhs_ascent(t, r, v, mass, phase, body, air, drag, earth):
    """Powered flight of a point mass: gravity, drag, thrust with back-pressure along the steering.

    Returns the acceleration (m/s2).
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
            east, north, up = steering(t, phase)
            radial = up * cos_lat - north * sin_lat
            ax += k * (radial * cos_lon - east * sin_lon)
            ay += k * (radial * sin_lon + east * cos_lon)
            az += k * (up * sin_lat + north * cos_lat)
    return ax, ay, az


@kernel
def event_ascent(r, v, events, body, air, earth):
    """Smallest of the margins (dimensionless) of the ``events`` looked for; all fall through zero.

    Fairing: free molecular heat flux rho v^3 / 2 below its limit (Ariane 5 User's Manual, issue 5,
    section 3.2.7.2 uses 1135 W/m2); cut-off: specific orbital energy reaches its target; ground.
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
