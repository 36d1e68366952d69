"""Orbits in closed form: two bodies, the Sun-synchronous node, King-Hele's circular decay.

The node of a circular orbit at 500 km and 97.40 degrees drifts with the mean Sun, 360 degrees in 365.2422 days;
a circle in air loses height at ``- rho Cd A / m sqrt(mu a)`` (King-Hele 1987, eq. 4.11 for e = 0).
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from overflight.orbit.density import density_kgpm3
from overflight.orbit.lifetime import MU, axis_loss
from overflight.orbit.numerical import Forces, propagate
from overflight.orbit.state import node_rate_radps, osculating, state_of

EPOCH = datetime(2024, 6, 7, tzinfo=UTC)
SPEED = np.sqrt(398600.4418e9 / 6878137.0)
TILT = np.radians(97.4)
CIRCLE = np.array([6878137.0, 0.0, 0.0, 0.0, SPEED * np.cos(TILT), SPEED * np.sin(TILT)])


def test_state_to_elements_and_back(verified) -> None:
    random = np.random.default_rng(1)
    states = np.column_stack([random.normal(0, 6e6, (400, 3)), random.normal(0, 5e3, (400, 3))])
    states = np.vstack([states, CIRCLE, [7e6, 0, 0, 0, 7546.0, 0], [0, 0, 7e6, 7546.0, 0, 0]])
    elements = osculating(states)
    keep = np.abs(elements.eccentricity - 1.0) > 1e-3
    again = state_of(elements)[keep]
    scale = np.linalg.norm(states[keep].reshape(-1, 2, 3), axis=2)
    off = np.linalg.norm((again - states[keep]).reshape(-1, 2, 3), axis=2) / scale
    verified("state to elements to state, ellipses and hyperbolas", off.max(), allowed=1e-9, unit="relative")


def test_two_bodies(verified) -> None:
    period = float(osculating(CIRCLE).period_s)
    end = propagate(CIRCLE, EPOCH, 15 * period, row_s=period, forces=Forces(degree=0)).ends[0]
    verified("place after 15 revolutions", np.linalg.norm(end[1:4] - CIRCLE[:3]), allowed=0.5, unit="m")


def test_sun_synchronous_node(verified) -> None:
    wanted = 360.0 / 365.2422
    rate = np.degrees(node_rate_radps(6878137.0, 0.0, TILT)) * 86400.0
    verified("mean drift of the node by J2", rate / wanted - 1.0, allowed=5e-3, unit="relative")
    rows = propagate(CIRCLE, EPOCH, 10 * 86400.0, row_s=600.0).rows[0]
    node = np.unwrap(osculating(rows).node_rad)
    slope = np.degrees(np.polyfit(600.0 * np.arange(len(node)), node, 1)[0]) * 86400.0
    verified("drift of the node by integration", slope / wanted - 1.0, allowed=5e-3, unit="relative")


def test_decay_of_a_circle(verified) -> None:
    axis = 6771e3
    loss, _ = axis_loss(axis, 0.0, "mean")
    form = -float(density_kgpm3(axis - 6371e3)) * np.sqrt(MU * axis)
    verified("loss of the axis of a circle", loss / form - 1.0, allowed=1e-12, unit="relative")


def test_drag_of_the_integration_beside_the_averaged_one(verified) -> None:
    """Over an equatorial circle, where the air turning with the Earth lowers the drag by (1 - w / n)^2."""
    radius = 6378137.0 + 400e3
    speed = np.sqrt(3.986004418e14 / radius)
    forces = Forces(degree=0, drag_m2pkg=0.01)
    rows = propagate([[radius, 0, 0, 0, speed, 0]], EPOCH, 86400.0, row_s=600.0, forces=forces).rows[0]
    axis = osculating(rows).axis_m
    turned = (1.0 - 7.2921151467e-5 / np.sqrt(3.986004418e14 / radius**3)) ** 2
    form = -0.01 * float(density_kgpm3(400e3)) * np.sqrt(3.986004418e14 * radius) * turned * 86400.0
    verified("loss of the axis in a day", (axis[-1] - axis[0]) / form - 1.0, allowed=0.02, unit="relative")
