"""Compiled pieces of the Earth: geodetic height, gravity, air.

Arguments: ``earth`` is :meth:`overflight.earth.constants.EarthModel.as_array`, as an array or a tuple;
``air`` is the coefficient table of :class:`overflight.earth.air.Air`.  SI units throughout.  What is called
most often takes tuples of constants and reads tables outside of branches: else the references to the arrays
are counted up and down at every call, which costs a third of the time.
"""

from __future__ import annotations

from math import atan2, exp, sqrt

from overflight.compiled import kernel

AIR_SCALE_M = 60e3  # scale of the height grid u = h / (h + AIR_SCALE_M)
AIR_CELLS = 320  # cells of that grid up to AIR_TOP_M
AIR_TOP_M = 1000e3
LOWEST_M = -5e3  # a trial step may reach far below the ground, where the lowest cell means nothing
AIR_PER_U = AIR_CELLS * (AIR_TOP_M + AIR_SCALE_M) / AIR_TOP_M


@kernel
def geodetic(x, y, z, earth):
    """Return height (m), sine and cosine of geodetic latitude, distance from the axis (m).

    Bowring's formula with the parametric latitude (B. R. Bowring, Survey Review 23, 1976, 323-327), one
    step. From -10 to 10,000 km the height is right within 1e-8 m; the latitude, as a distance on the
    ground, within 1e-5 m up to 30 km, 1e-2 m up to 1000 km, 0.06 m up to 10,000 km. On the axis itself the
    distance from it is given as 1e-15 m, so that nothing divides by zero at a pole.
    """
    a = earth[1]
    b = earth[2]
    e2 = earth[3]
    p2 = x * x + y * y + 1e-30
    p = sqrt(p2)
    za = z * a  # tangent of the parametric latitude is za / pb
    pb = p * b
    w = za * za + p2 * (b * b)
    w = 1.0 / (w * sqrt(w))
    num = z + earth[4] * b * (za * za * za * w)
    den = p - e2 * a * (pb * pb * pb * w)
    square = num * num + den * den
    norm = 1.0 / sqrt(square)
    height = norm * (p * den + z * num - a * sqrt(square - e2 * (num * num)))
    return height, num * norm, den * norm, p


@kernel
def gravity(x, y, z, earth):
    """Return gravitational acceleration (m/s2) with the zonal terms J2 to J6, same axes as the position.

    The gradient of ``-mu/r sum Jn (a/r)^n Pn(u)``, u the sine of the geocentric latitude (O. Montenbruck and
    E. Gill, Satellite Orbits, 2000, section 3.2): with ``cn = Jn (a/r)^n``, along the place the sum of
    ``cn P'(n+1)(u)``, less along the axis that of ``cn P'n(u)``, both times mu/r2.
    """
    r2 = x * x + y * y + z * z
    r = sqrt(r2)
    k = earth[1] / r
    u = z / r
    s = u * u
    q = k * k
    c2 = earth[6] * q
    c3 = earth[7] * q * k
    c4 = earth[8] * q * q
    c5 = earth[9] * q * q * k
    c6 = earth[10] * q * q * q
    p3 = 7.5 * s - 1.5
    p4 = u * (17.5 * s - 7.5)
    p5 = (39.375 * s - 26.25) * s + 1.875
    p6 = u * ((86.625 * s - 78.75) * s + 13.125)
    p7 = ((187.6875 * s - 216.5625) * s + 59.0625) * s - 2.1875
    along = c2 * p3 + c3 * p4 + c4 * p5 + c5 * p6 + c6 * p7
    axial = c2 * (3.0 * u) + c3 * p3 + c4 * p4 + c5 * p5 + c6 * p6
    g = -earth[0] / (r2 * r)
    f = g * (1.0 - along)
    return f * x, f * y, f * z + g * r * axial


@kernel
def air_cell(height_m):
    """Return cell number and fraction of a height in the grid of the air table, kept within -5 to 1000 km."""
    height_m = min(max(height_m, LOWEST_M), AIR_TOP_M)
    u = AIR_PER_U * height_m / (height_m + AIR_SCALE_M)
    i = int(u)
    if i < 0:
        i = 0
    if i > AIR_CELLS - 1:
        i = AIR_CELLS - 1
    return i, u - i


@kernel
def cubic(table, i, j, f):
    """Return the cubic with coefficients ``table[i, j:j+4]`` (constant first) at fraction ``f``."""
    return table[i, j] + f * (table[i, j + 1] + f * (table[i, j + 2] + f * table[i, j + 3]))


@kernel
def density_sound(air, i, f):
    """Return density (kg/m3) and speed of sound (m/s)."""
    return exp(cubic(air, i, 0, f)), cubic(air, i, 4, f)


@kernel
def lookup_mach(table, mach):
    """Return a cubic table over Mach with cells of 0.1, held constant beyond its end."""
    n = table.shape[0]
    u = mach * 10.0
    u = u if u < n else float(n)  # also what is not a number, which must not become an index
    i = min(int(u), n - 1)
    return cubic(table, i, 0, u - i)


@kernel
def longitude_at(x, y, time_s, earth):
    """Return the longitude (rad, -pi..pi) of an ECI position, axes those of ECEF at time zero."""
    two_pi = 6.283185307179586
    lon = atan2(y, x) - earth[5] * time_s
    return lon - two_pi * round(lon / two_pi)
