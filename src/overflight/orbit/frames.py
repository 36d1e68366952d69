"""From TEME, the axes of SGP4, to the Earth-fixed ITRF and to geodetic places.

D. A. Vallado et al., AIAA 2006-6753 Rev 2, appendix C: GMST of 1982 without further terms turns TEME into the
pseudo Earth-fixed frame, polar motion that into ITRF. ITRF and WGS-84 agree within centimetres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import WGS84
from overflight.earth.orientation import EarthOrientation, earth_orientation

__all__ = ["gmst82_rad", "itrf_from_teme", "teme_from_gcrf", "teme_from_itrf"]

Array = NDArray[np.float64]
_J2000 = 2451545.0


def gmst82_rad(jd_ut1: ArrayLike, fraction_ut1: ArrayLike) -> Array:
    """Return Greenwich mean sidereal time of 1982 (rad, 0 to 2 pi) at UT1 (Aoki et al. 1982; AIAA
    2006-6753).
    """
    whole, part = np.asarray(jd_ut1, float), np.asarray(fraction_ut1, float)
    t = ((whole - _J2000) + part) / 36525.0
    turns = (whole + 0.5) % 1.0 + part  # of the Earth since a midnight; the rest are slow terms
    seconds = 67310.54841 + (8640184.812866 + (0.093104 - 6.2e-6 * t) * t) * t
    return 2.0 * np.pi * ((turns + seconds / 86400.0 - 0.5) % 1.0)


def _turned(vector: Array, cosine: Array, sine: Array) -> Array:
    out = np.empty(np.broadcast_shapes(vector.shape, (*np.shape(cosine), 3)))
    x, y = vector[..., 0], vector[..., 1]
    np.add(cosine * x, sine * y, out=out[..., 0])
    np.subtract(cosine * y, sine * x, out=out[..., 1])
    out[..., 2] = vector[..., 2]
    return out


def _wobbled(v: Array, x: Array, y: Array) -> Array:
    """Turn pseudo Earth-fixed vectors in place by polar motion: the transpose of Vallado's eq. 3-78."""
    cx, sx, cy, sy = np.cos(x), np.sin(x), np.cos(y), np.sin(y)
    a, b, c = v[..., 0], v[..., 1], v[..., 2]
    first = cx * a + sx * sy * b + sx * cy * c
    second = cy * b - sy * c
    third = -sx * a + cx * sy * b + cx * cy * c
    v[..., 0], v[..., 1], v[..., 2] = first, second, third
    return v


def itrf_from_teme(
    position_m: ArrayLike,
    velocity_mps: ArrayLike | None,
    jd: ArrayLike,
    fraction: ArrayLike,
    orientation: EarthOrientation | None = None,
) -> tuple[Array, Array]:
    """Return ITRF position (..., 3) m and velocity relative to the rotating Earth (m/s) at UTC instants.

    ``velocity_mps`` None leaves the velocity out (an empty array comes back).
    """
    ut1_utc, x, y = (orientation or earth_orientation()).at(jd, fraction)
    angle = gmst82_rad(jd, np.asarray(fraction, float) + ut1_utc / 86400.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    position = _turned(np.asarray(position_m, float), cosine, sine)
    if velocity_mps is None:
        return _wobbled(position, x, y), np.empty((0, 3))
    velocity = _turned(np.asarray(velocity_mps, float), cosine, sine)
    velocity[..., 0] += WGS84.rotation_radps * position[..., 1]
    velocity[..., 1] -= WGS84.rotation_radps * position[..., 0]
    return _wobbled(position, x, y), _wobbled(velocity, x, y)


def teme_from_itrf(
    position_m: ArrayLike,
    velocity_mps: ArrayLike,
    jd: ArrayLike,
    fraction: ArrayLike,
    orientation: EarthOrientation | None = None,
) -> tuple[Array, Array]:
    """Return TEME position (..., 3) m and inertial velocity (m/s) of ITRF states at UTC instants."""
    ut1_utc, x, y = (orientation or earth_orientation()).at(jd, fraction)
    angle = gmst82_rad(jd, np.asarray(fraction, float) + ut1_utc / 86400.0)
    position, velocity = (_unwobbled(np.asarray(v, float), x, y) for v in (position_m, velocity_mps))
    velocity[..., 0] -= WGS84.rotation_radps * position[..., 1]
    velocity[..., 1] += WGS84.rotation_radps * position[..., 0]
    cosine, sine = np.cos(angle), -np.sin(angle)
    return _turned(position, cosine, sine), _turned(velocity, cosine, sine)


def _unwobbled(v: Array, x: Array, y: Array) -> Array:
    cx, sx, cy, sy = np.cos(x), np.sin(x), np.cos(y), np.sin(y)
    a, b, c = v[..., 0], v[..., 1], v[..., 2]
    return np.stack(
        [cx * a - sx * c, sx * sy * a + cy * b + cx * sy * c, sx * cy * a - sy * b + cx * cy * c], -1
    )


def teme_from_gcrf(jd: float, fraction: float, *, eme2000: bool = False) -> Array:
    """Return the matrix (3, 3) that turns GCRF, or EME2000, vectors into TEME at a UTC instant.

    By IAU 2006/2000A precession, nutation and Earth rotation (``erfa.c2t06a``) to ITRF and from there by the
    formula above; EME2000 differs from GCRF by the frame bias of 0.02 arc seconds.
    """
    import erfa

    ut1_utc, x, y = earth_orientation().at(jd, fraction)
    tai = erfa.utctai(jd, fraction)
    tt = erfa.taitt(*tai)
    celestial = erfa.c2t06a(*tt, jd, fraction + float(ut1_utc) / 86400.0, float(x), float(y))
    terrestrial = np.stack([itrf_from_teme(axis, None, jd, fraction)[0] for axis in np.eye(3)], axis=1)
    matrix = terrestrial.T @ celestial
    return matrix @ erfa.bp06(*tt)[0].T if eme2000 else matrix
