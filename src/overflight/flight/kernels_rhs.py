"""Right-hand sides and events of powered flight and of fall, in ECI axes fixed at lift-off.

State of ascent ``y``: position (m), velocity (m/s), mass (kg); of fall: position, velocity.
``phase`` is one row of the flight sequence (columns below); ``body`` holds the constants of a sample.
"""

from __future__ import annotations

from math import cos, exp, sin, sqrt

from overflight.compiled import kernel
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


@kernel
def air_relative(y, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth):
    """Return velocity relative to the moving air, ECI components (m/s)."""
    omega = earth[5]
    return (
        y[3] + omega * y[1] + wind_e * sin_lon + wind_n * sin_lat * cos_lon,
        y[4] - omega * y[0] - wind_e * cos_lon + wind_n * sin_lat * sin_lon,
        y[5] - wind_n * cos_lat,
    )


@kernel
def rhs_fall(t, y, dy, ballistic, body, air, drag, earth):
    """Ballistic fall: gravity with J2 and drag; ``ballistic`` is m / (Cd A) at low Mach (kg/m2)."""
    ax, ay, az = gravity(y[0], y[1], y[2], earth)
    h, sin_lat, cos_lat, p = geodetic(y[0], y[1], y[2], earth)
    if h < AIR_TOP_M:
        i, f = air_cell(h)
        rho, sound = density_sound(air, i, f)
        wind = body[WIND_FACTOR]
        wind_e = wind * cubic(air, i, 8, f)
        wind_n = wind * cubic(air, i, 12, f)
        ux, uy, uz = air_relative(y, sin_lat, cos_lat, y[1] / p, y[0] / p, wind_e, wind_n, earth)
        speed = sqrt(ux * ux + uy * uy + uz * uz)
        k = -0.5 * rho * body[DENSITY_FACTOR] * speed * lookup_mach(drag, speed / sound) / ballistic
        ax += k * ux
        ay += k * uy
        az += k * uz
    dy[0] = y[3]
    dy[1] = y[4]
    dy[2] = y[5]
    dy[3] = ax
    dy[4] = ay
    dy[5] = az


@kernel
def back_pressure(air, i, f):
    """Return air pressure (Pa)."""
    return exp(cubic(air, i, 16, f))


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
def rhs_ascent(t, y, dy, phase, body, air, drag, earth):
    """Powered flight of a point mass: gravity, drag, thrust with back-pressure along the steering."""
    ax, ay, az = gravity(y[0], y[1], y[2], earth)
    h, sin_lat, cos_lat, p = geodetic(y[0], y[1], y[2], earth)
    sin_lon = y[1] / p
    cos_lon = y[0] / p
    mass = y[6]
    thrust = phase[THRUST_N]
    if h < AIR_TOP_M:
        i, f = air_cell(h)
        rho, sound = density_sound(air, i, f)
        wind = body[WIND_FACTOR]
        wind_e = wind * cubic(air, i, 8, f)
        wind_n = wind * cubic(air, i, 12, f)
        ux, uy, uz = air_relative(y, sin_lat, cos_lat, sin_lon, cos_lon, wind_e, wind_n, earth)
        speed = sqrt(ux * ux + uy * uy + uz * uz)
        area = phase[AREA_M2] * lookup_mach(drag, speed / sound)
        k = -0.5 * rho * body[DENSITY_FACTOR] * speed * area / mass
        ax += k * ux
        ay += k * uy
        az += k * uz
        if thrust > 0.0:
            thrust -= back_pressure(air, i, f) * phase[NOZZLE_M2]
    else:
        ux, uy, uz = air_relative(y, sin_lat, cos_lat, sin_lon, cos_lon, 0.0, 0.0, earth)
        speed = sqrt(ux * ux + uy * uy + uz * uz)
    dy[0] = y[3]
    dy[1] = y[4]
    dy[2] = y[5]
    if thrust > 0.0:
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
    dy[3] = ax
    dy[4] = ay
    dy[5] = az
    dy[6] = -phase[MASS_FLOW]


@kernel
def event_fall(y, body, earth):
    """Positive above the ground height of the sample (m)."""
    return geodetic(y[0], y[1], y[2], earth)[0] - body[GROUND_M]


@kernel
def event_ascent(y, phase, body, air, earth):
    """Smallest of the margins (dimensionless) of the events this phase looks for; all fall through zero.

    Fairing: free molecular heat flux rho v^3 / 2 below its limit (Ariane 5 User's Manual, issue 5,
    section 3.2.7.2 uses 1135 W/m2); cut-off: specific orbital energy reaches its target; ground.
    """
    mask = int(phase[EVENTS])
    margin = 1.0
    if mask & GROUND:
        margin = (geodetic(y[0], y[1], y[2], earth)[0] - body[GROUND_M]) * 1e-3
    if mask & FAIRING_HEAT:
        m = heat_flux(y, body, air, earth) / body[HEAT_LIMIT] - 1.0
        margin = min(margin, m)
    if mask & CUTOFF_ENERGY:
        r = sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
        energy = 0.5 * (y[3] * y[3] + y[4] * y[4] + y[5] * y[5]) - earth[0] / r
        margin = min(margin, (body[ENERGY_LIMIT] - energy) * 1e-6)
    return margin


@kernel
def heat_flux(y, body, air, earth):
    """Return the free molecular heat flux (W/m2)."""
    h, sin_lat, cos_lat, p = geodetic(y[0], y[1], y[2], earth)
    if h > AIR_TOP_M:
        return 0.0
    i, f = air_cell(h)
    rho, _ = density_sound(air, i, f)
    ux, uy, uz = air_relative(y, sin_lat, cos_lat, y[1] / p, y[0] / p, 0.0, 0.0, earth)
    speed = sqrt(ux * ux + uy * uy + uz * uz)
    return 0.5 * rho * body[DENSITY_FACTOR] * speed * speed * speed
