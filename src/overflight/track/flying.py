"""Whether an object flies as nothing but a rocket does.

Fast, and high or under strong thrust: no aircraft and no balloon is. What goes round the Earth without thrust
is as fast and higher still, and was launched long ago: it counts only once something surely pushes it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84
from overflight.track.kernels_motion import CORE

if TYPE_CHECKING:
    from overflight.track.objects import Tracked

__all__ = [
    "WELL_FIT", "energy", "energy_sigma", "flies", "has_risen", "is_possible", "marked", "may_orbit",
    "perigee_m", "pushed", "rises_steadily",
]  # fmt: skip

Array = NDArray[np.float64]
LEAST_HITS = 6
WELL_FIT = 5.0
"""Largest fit of an object of which much is concluded: the plots of two bodies in turn look like thrust."""
LEAST_FLIGHT_S = 2.0
"""An object is followed so long before it is said to be a launch."""
LEAST_PUSH_MPS2 = 2.0
LOWEST_ORBIT_M = -200e3
"""Perigee (m) from which a body may be in orbit: far below the air, as it falls by 3 km for each m/s that
biases of sensors take from the speed."""
ORBIT_SIGMAS = 3.0
DEEPEST_M, FARTHEST_M, FASTEST_MPS = 6.25e6, 1e9, 2e4
"""Distances from the centre of the Earth between which bodies are, and the speed that none of them has."""
MARK_S, MARKS = 5.0, 4
SURE_RISE, LEAST_RISE = 4.0, 5e4
"""Energy rises surely by so many of its spreads, and at least by so much (J/kg): some seconds of thrust."""
STEADY_MARKS, STEADY_SHARE = 3, 0.25
"""It rises steadily over so many marks, and in each half of them by such a share."""


def flies(value: Tracked) -> bool:
    """Return whether an object is surely a rocket in flight."""
    if value.hits < LEAST_HITS or value.fit > WELL_FIT or value.last_s - value.first_s < LEAST_FLIGHT_S:
        return False
    mean, height = value.mean, value.place[2]
    unsure = 2.0 * _speed_sigma(value)
    speed = float(np.linalg.norm(mean[3:6])) - unsure
    climb = float(mean[:3] @ mean[3:6] / np.linalg.norm(mean[:3])) - unsure
    fast = (speed > 500.0 and height > 20e3) or (climb > 150.0 and height > 8e3 and speed > 250.0)
    return fast and (pushed(value, sigmas=ORBIT_SIGMAS) or not may_orbit(value))


def is_possible(value: Tracked) -> bool:
    """Return whether an object is where a body can be, and as fast.

    What was predicted on for minutes without a plot may be deep in the ground, and of any speed.
    """
    k = int(np.argmax(value.mu))
    radius, speed = float(np.linalg.norm(value.x[k, :3])), float(np.linalg.norm(value.x[k, 3:6]))
    return DEEPEST_M < radius < FARTHEST_M and speed < FASTEST_MPS


def may_orbit(value: Tracked) -> bool:
    """Return whether an object, without thrust, may go round the Earth: its perigee is not surely too low.

    Of all velocities that it may have, the one is looked at that is nearest to level and to that of a circle.
    """
    mean = value.mean
    position, reach = mean[:3], ORBIT_SIGMAS * _speed_sigma(value)
    velocity = mean[3:6] + np.cross([0.0, 0.0, WGS84.rotation_radps], position)
    radius = float(np.linalg.norm(position))
    rise = float(velocity @ position) / radius
    level = float(np.linalg.norm(velocity - rise * position / radius))
    circle = np.sqrt(WGS84.mu_m3ps2 / radius)
    rise = max(abs(rise) - reach, 0.0)
    level = min(level + reach, circle) if level < circle else max(level - reach, circle)
    return perigee_m(np.array([radius, 0.0, 0.0]), np.array([rise, level, 0.0])) > LOWEST_ORBIT_M


def perigee_m(position: Array, velocity: Array) -> float:
    """Return the height of the nearest point of a Kepler orbit (m, spherical Earth) by place and velocity.

    Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., section 2.4: semilatus rectum h²/mu,
    eccentricity vector (v x h)/mu - r/|r|.
    """
    momentum = np.cross(position, velocity)
    eccentricity = np.cross(velocity, momentum) / WGS84.mu_m3ps2 - position / np.linalg.norm(position)
    parameter = float(momentum @ momentum) / WGS84.mu_m3ps2
    return parameter / (1.0 + float(np.linalg.norm(eccentricity))) - WGS84.equatorial_radius_m


def pushed(thing: Tracked, sigmas: float = 2.0) -> bool:
    """Return whether a force surely acts along the way an object goes: what drag brakes is pushed back."""
    mean = thing.mean
    along = mean[3:6] / max(float(np.linalg.norm(mean[3:6])), 1.0)
    spread = np.sqrt(float(along @ thing.core_covariance[6:CORE, 6:CORE] @ along))
    return float(mean[6:CORE] @ along) > max(LEAST_PUSH_MPS2, sigmas * spread)


def energy(value: Tracked) -> float:
    """Return the specific energy (J/kg) of an object in axes that turn with the Earth: a fall keeps it."""
    mean = value.mean
    turning = WGS84.rotation_radps**2 * float(mean[:2] @ mean[:2])
    return 0.5 * (float(mean[3:6] @ mean[3:6]) - turning) - WGS84.mu_m3ps2 / float(np.linalg.norm(mean[:3]))


def energy_sigma(value: Tracked) -> float:
    """Return the spread of an object's specific energy (J/kg)."""
    k = int(np.argmax(value.mu))
    return float(np.linalg.norm(value.x[k, 3:6] @ value.s[k, 3:6, :]))


def marked(value: Tracked) -> tuple[tuple[float, float, float], ...]:
    """Return the marks of an object's energy, begun anew where its plots seem to be of several bodies."""
    if value.hits < LEAST_HITS or value.fit > WELL_FIT:
        return ()
    if value.energies and value.time_s - value.energies[-1][0] < MARK_S:
        return value.energies
    return (*value.energies, (value.time_s, energy(value), energy_sigma(value)))[-MARKS:]


def has_risen(value: Tracked) -> bool:
    """Return whether an object's energy has surely risen of late, as only thrust does it."""
    return _risen(value, value.energies)


def rises_steadily(value: Tracked, since_s: float) -> bool:
    """Return whether it has risen since an instant and goes on: a step to another body's plots does not."""
    marks = [mark for mark in value.energies if mark[0] >= since_s]
    if len(marks) < STEADY_MARKS or not _risen(value, marks):
        return False
    first, middle, last = marks[0][1], marks[len(marks) // 2][1], energy(value)
    return min(middle - first, last - middle) > STEADY_SHARE * (last - first)


def _risen(value: Tracked, marks: Sequence[tuple[float, float, float]]) -> bool:
    if not marks or value.time_s - marks[-1][0] > MARKS * MARK_S:
        return False
    _, before, spread = marks[0]
    return energy(value) - before > max(SURE_RISE * float(np.hypot(energy_sigma(value), spread)), LEAST_RISE)


def _speed_sigma(value: Tracked) -> float:
    return float(np.sqrt(np.mean(value.spreads[3:6] ** 2)))
