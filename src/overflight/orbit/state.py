"""States and osculating elements, heights over the ellipsoid, and SGP4 elements fitted to a state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic
from overflight.earth.orientation import julian_date
from overflight.errors import InputError, NumericsError
from overflight.orbit.elements import ElementSet

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Osculating",
    "StateVector",
    "ellipsoid_heights_m",
    "node_rate_radps",
    "osculating",
    "sgp4_elements",
    "state_of",
]

Array = NDArray[np.float64]
WGS72_MU = 398600.8e9


@dataclass(frozen=True, slots=True)
class StateVector:
    """A TEME state (m, m/s) at an instant, with its covariance (6, 6) in the same axes, or None."""

    name: str
    epoch_utc: datetime
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)
    covariance: Array | None = field(default=None, repr=False)
    object_id: str = ""
    catalogue_number: int = 0
    where: str = ""

    @property
    def vector(self) -> Array:
        """Position and velocity (6,)."""
        return np.concatenate([self.position_m, self.velocity_mps])


@dataclass(frozen=True, slots=True)
class Osculating:
    """Two-body elements of states, arrays of one shape: m, rad; ``anomaly_rad`` is the true anomaly.

    A hyperbola has a negative axis. On a circle the perigee is put at the node, on the equator the node at x.
    """

    axis_m: Array
    eccentricity: Array
    inclination_rad: Array
    node_rad: Array
    perigee_rad: Array
    anomaly_rad: Array

    @property
    def period_s(self) -> Array:
        """Period; NaN for a hyperbola."""
        with np.errstate(invalid="ignore"):
            return 2.0 * np.pi * np.sqrt(self.axis_m**3 / WGS84.mu_m3ps2)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a state, km and degrees."""
        import pandas as pd

        names = ("inclination", "node", "perigee", "anomaly")
        angles = {f"{n}_deg": np.degrees(np.atleast_1d(getattr(self, f"{n}_rad"))) for n in names}
        axis, e = np.atleast_1d(self.axis_m) / 1e3, np.atleast_1d(self.eccentricity)
        return pd.DataFrame({"axis_km": axis, "eccentricity": e, **angles})


def osculating(states: ArrayLike, mu: float = WGS84.mu_m3ps2) -> Osculating:
    """Return the elements of inertial states (..., 6) (Vallado, algorithm 9)."""
    s = np.asarray(states, float)
    r, v = s[..., :3], s[..., 3:]
    radius = np.linalg.norm(r, axis=-1)
    h = np.cross(r, v)
    momentum = np.linalg.norm(h, axis=-1)
    node = np.stack([-h[..., 1], h[..., 0], np.zeros_like(radius)], axis=-1)
    flat = np.linalg.norm(node, axis=-1) < 1e-12 * momentum
    node = np.where(flat[..., None], np.array([1.0, 0.0, 0.0]), node)
    node /= np.linalg.norm(node, axis=-1, keepdims=True)
    pole = h / momentum[..., None]
    across = np.cross(pole, node)
    ecc = np.cross(v, h) / mu - r / radius[..., None]
    e = np.linalg.norm(ecc, axis=-1)
    energy = 0.5 * (v * v).sum(-1) - mu / radius
    perigee = np.where(e > 1e-13, np.arctan2((ecc * across).sum(-1), (ecc * node).sum(-1)), 0.0)
    latitude = np.arctan2((r * across).sum(-1), (r * node).sum(-1))
    turn = 2.0 * np.pi
    return Osculating(
        -mu / (2.0 * energy), e, np.arccos(np.clip(pole[..., 2], -1.0, 1.0)),
        np.arctan2(node[..., 1], node[..., 0]) % turn, perigee % turn, (latitude - perigee) % turn,
    )  # fmt: skip


def state_of(elements: Osculating, mu: float = WGS84.mu_m3ps2) -> Array:
    """Return the states (..., 6) of elements (Vallado, algorithm 10)."""
    e, nu = np.asarray(elements.eccentricity), np.asarray(elements.anomaly_rad)
    p = elements.axis_m * (1.0 - e * e)
    c, s = np.cos(elements.node_rad), np.sin(elements.node_rad)
    ci, si = np.cos(elements.inclination_rad), np.sin(elements.inclination_rad)
    node = np.stack([c, s, np.zeros_like(c)], axis=-1)
    across = np.stack([-s * ci, c * ci, si], axis=-1)
    u = elements.perigee_rad + nu
    r = (p / (1.0 + e * np.cos(nu)))[..., None]
    w = np.asarray(elements.perigee_rad)
    root = np.sqrt(mu / p)[..., None]
    place = r * (np.cos(u)[..., None] * node + np.sin(u)[..., None] * across)
    x = -(np.sin(u) + e * np.sin(w))[..., None]
    y = (np.cos(u) + e * np.cos(w))[..., None]
    return np.concatenate([place, root * (x * node + y * across)], axis=-1)


def node_rate_radps(axis_m: ArrayLike, eccentricity: ArrayLike, inclination_rad: ArrayLike) -> Array:
    """Return the mean drift of the node by J2 (rad/s; Vallado, eq. 9-38)."""
    a, e = np.asarray(axis_m, float), np.asarray(eccentricity, float)
    n = np.sqrt(WGS84.mu_m3ps2 / a**3)
    p = a * (1.0 - e * e)
    return -1.5 * n * WGS84.j2 * (WGS84.equatorial_radius_m / p) ** 2 * np.cos(inclination_rad)


def ellipsoid_heights_m(elements: Osculating, points: int = 181) -> tuple[Array, Array]:
    """Return least and greatest height over WGS-84 along the ellipse; inf upwards for a hyperbola.

    The Earth is 21 km flatter at the poles, so perigee over the ellipsoid is not at the perigee.
    """
    shape = (*np.shape(elements.axis_m), 1)
    nu = np.linspace(0.0, 2.0 * np.pi, points)
    e = np.reshape(elements.eccentricity, shape)
    bound = np.where(e < 1.0, np.pi, 0.98 * np.arccos(-1.0 / np.maximum(e, 1.0)))
    columns = (
        np.reshape(getattr(elements, name), shape) + 0.0 * nu
        for name in ("axis_m", "eccentricity", "inclination_rad", "node_rad", "perigee_rad")
    )
    around = Osculating(*columns, anomaly_rad=bound * (nu / np.pi - 1.0) + 0.0 * e)
    height = ecef_to_geodetic(state_of(around)[..., :3])[2]
    return height.min(-1), np.where(elements.eccentricity < 1.0, height.max(-1), np.inf)


def sgp4_elements(state: StateVector, *, bstar: float = 0.0) -> ElementSet:
    """Return SGP4 elements that give the state at its epoch to a centimetre, for export as OMM or TLE.

    By correcting mean equinoctial elements with the difference of osculating ones until it vanishes. They
    hold the state; over days they are no better than the state is.

    Raises
    ------
    InputError : a hyperbola, which has no such elements
    NumericsError : no convergence, as very near to the Earth
    """
    target = osculating(state.vector, WGS72_MU)
    if not target.eccentricity < 0.99:
        raise InputError(
            state.where or state.name, "state", found=f"eccentricity {float(target.eccentricity):.4f}",
            allowed="an ellipse", remedy="Escape has no mean elements; export an OPM.",
        )  # fmt: skip
    wanted = _equinoctial(target)
    mean = wanted.copy()
    jd, fraction = julian_date(state.epoch_utc)
    for _ in range(60):
        elements = _from_equinoctial(mean, state, jd, fraction, bstar)
        error, position, velocity = elements.satrec().sgp4(jd, fraction)
        if error:
            break
        got = 1e3 * np.array([*position, *velocity])
        if np.linalg.norm(got[:3] - state.position_m) < 0.01:
            return elements
        step = wanted - _equinoctial(osculating(got, WGS72_MU))
        step[5] = (step[5] + np.pi) % (2.0 * np.pi) - np.pi
        mean = mean + step
    raise NumericsError(f"{state.name}: no SGP4 elements give this state")


def _equinoctial(e: Osculating) -> Array:
    """Return axis, e cos and e sin of the longitude of perigee, two of the plane, and the mean longitude."""
    ecc = float(e.eccentricity)
    eccentric = 2.0 * np.arctan2(
        np.sqrt(1.0 - ecc) * np.sin(e.anomaly_rad / 2.0), np.sqrt(1.0 + ecc) * np.cos(e.anomaly_rad / 2.0)
    )
    mean = eccentric - ecc * np.sin(eccentric)
    longitude = e.perigee_rad + e.node_rad
    half = np.tan(min(float(e.inclination_rad), 3.1) / 2.0)
    return np.array(
        [
            float(e.axis_m), ecc * np.cos(longitude), ecc * np.sin(longitude), half * np.cos(e.node_rad),
            half * np.sin(e.node_rad), float(mean + longitude),
        ]
    )  # fmt: skip


def _from_equinoctial(
    mean: Array, state: StateVector, jd: float, fraction: float, bstar: float
) -> ElementSet:
    axis, k, h, q, p, longitude = mean
    node, turn = np.arctan2(p, q), 2.0 * np.pi
    perigee = np.arctan2(h, k)
    inclination = 2.0 * np.arctan(np.hypot(p, q))
    eccentricity = min(float(np.hypot(k, h)), 0.999)
    brouwer = 60.0 * np.sqrt(WGS72_MU / axis**3)
    kozai, values = brouwer, {}
    for _ in range(6):
        values = {
            "name": state.name, "catalogue_number": state.catalogue_number, "designator": state.object_id,
            "epoch_jd": jd, "epoch_fraction": fraction, "mean_motion_radpmin": float(kozai),
            "eccentricity": eccentricity,
            "inclination_rad": float(inclination), "node_rad": float(node % turn),
            "perigee_rad": float((perigee - node) % turn),
            "mean_anomaly_rad": float((longitude - perigee) % turn), "bstar": bstar,
        }  # fmt: skip
        kozai += brouwer - ElementSet(**values).brouwer_motion_radpmin
    return ElementSet(**values)
