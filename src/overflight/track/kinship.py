"""Whose part an object is: what came from a launch that is followed already is no launch of its own.

A part is near the main body, or was: its free path back meets the path on which the main body was seen. What
surely thrusts apart from a main body that thrusts itself is another launch, however near their sites.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from overflight.track.association import FOUND_AGAIN_S
from overflight.track.flying import WELL_FIT, energy, has_risen, pushed
from overflight.track.kernels_motion import COAST, CORE, propagate
from overflight.track.knowledge import Knowledge
from overflight.track.objects import EARTH, SETTINGS, Tracked

__all__ = ["Kinship", "is_near", "kinship", "thrusts_surely"]

Array = NDArray[np.float64]
NEAR_M = 5e3
"""So near a body and its parts are found whatever their velocities: biases of sensors, pieces (estimate)."""
FAMILY_M, FAMILY_MPS = 60e3, 1500.0
"""Farther away, or with more difference in velocity, nothing is near a main body."""
LEAST_THRUST_MPS2 = 8.0
"""What thrust leaves behind is no farther away than if this had acted since."""
PARTED_MPS = 300.0
"""Bodies part with less: most fragments leave a break-up at 10 to 150 m/s (estimate)."""
TWINS_M = 15e3
"""Two bodies that both thrust are two launches when farther apart."""
FALLEN_BEHIND_M = 1500e3
"""What sinks within this distance of a launched body, with less energy, is what it dropped."""
LESS_ENERGY = 3e6
BACK_S = 400.0
"""A free path is followed back so far: beyond it air and errors tell nothing."""
KNOWN_HITS, SURE_SIGMAS = 15, 3.0
SURE_HITS, SURE_S = 30, 10.0
"""So long an object that may be a part is waited for."""
SHARP_M = 20e3
"""Errors of a free path beyond which nobody is surely a part by it."""


class Kinship(Enum):
    """Whether an object is a part of a launch: surely, surely not, or as yet unknown."""

    PART = "part"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


def kinship(know: Knowledge, value: Tracked) -> tuple[Kinship, Tracked | None]:
    """Return whether an object is a part of a launch that is followed, and that launch's main body.

    Of several launches it is a part of the one that it fits best.
    """
    found: tuple[Kinship, Tracked | None] = Kinship.STRANGER, None
    known = value.hits >= SURE_HITS and value.last_s - value.first_s >= SURE_S
    best = np.inf
    for main in know.mains:
        if main.number == value.number or value.time_s - main.time_s > FOUND_AGAIN_S:
            continue
        sure, may = _kin_of(know, value, main)
        if sure < min(best, 1.0):
            best, found = sure, (Kinship.PART, main)
        elif may < 1.0 and not known and found[0] is Kinship.STRANGER:
            found = Kinship.UNKNOWN, main
    return found


def is_near(value: Tracked, main: Tracked) -> bool:
    """Return whether an object is where a main body, or what parted from it lately, may be."""
    there = main.at(max(value.time_s, main.time_s))
    (sure, _), *_ = _misses(there, value, (), _unsure_m(there))
    return sure < 1.0


def _unsure_m(there: Tracked) -> float:
    return min(3.0 * float(np.sqrt(np.trace(there.core_covariance[:3, :3]))), 500e3)


def _kin_of(know: Knowledge, value: Tracked, main: Tracked) -> tuple[float, float]:
    """Return how far an object is from a part of one launch, as shares: below 1 it surely is, or may be."""
    there = main.at(max(value.time_s, main.time_s))
    away = float(np.linalg.norm(there.mean[:3] - value.mean[:3]))
    if thrusts_surely(value):
        reach = FAMILY_M if there.unpowered > 0.5 else TWINS_M
        share = away / (reach + _unsure_m(there))
        return share, share
    misses = list(_misses(there, value, know.trails.get(main.group, ()), _unsure_m(there)))
    sure, may = min(sure for sure, _ in misses), min(may for _, may in misses)
    if _sinks(value) and energy(value) < energy(there) + LESS_ENERGY:
        sure = min(sure, away / FALLEN_BEHIND_M)
    return sure, may


def _misses(
    there: Tracked, value: Tracked, trail: tuple[tuple[float, Array], ...], unsure_m: float
) -> Iterator[tuple[float, float]]:
    """Yield, now and back along a trail, how far an object is from a main body, as shares of a reach.

    The first share is of what a part surely keeps to, the second of what it may, its own errors counted in.
    """
    covariance = value.core_covariance
    place_m = float(np.sqrt(np.trace(covariance[:3, :3])))
    speed_mps = float(np.sqrt(np.trace(covariance[3:6, 3:6])))
    state, time_s = np.append(value.mean[:6], np.zeros(CORE - 6)), value.time_s
    rows = [(at_s, row) for at_s, row in reversed(trail) if 0.0 < value.time_s - at_s < BACK_S]
    first = trail[0][0] if trail else None
    for at_s, row in [(time_s, there.mean[:6]), *rows]:
        out = np.empty(CORE)
        propagate(state, at_s - time_s, COAST, SETTINGS[4], EARTH, out)
        state, time_s = out, at_s
        back_s = value.time_s - at_s
        away = float(np.linalg.norm(out[:3] - row[:3]))
        parted = float(np.linalg.norm(out[3:6] - row[3:6]))
        error_m = place_m + speed_mps * back_s
        known_m = unsure_m if back_s == 0.0 else 0.0
        end = back_s == 0.0 or at_s == first
        sure = _miss(away, parted, parted, NEAR_M + error_m + known_m, end=end)
        may = _miss(
            away, max(parted - 3.0 * speed_mps, 0.0), parted + 3.0 * speed_mps,
            NEAR_M + 3.0 * error_m + known_m, end=end,
        )  # fmt: skip
        yield sure if error_m < SHARP_M else np.inf, may


def _miss(away_m: float, least_mps: float, most_mps: float, reach_m: float, *, end: bool) -> float:
    """Return how far a body is from where a part may be, as a share; velocities differ by least to most.

    At an end of the trail it may have parted before or since, and thrust may have left it behind.
    """
    if end and least_mps < FAMILY_MPS and away_m < FAMILY_M + reach_m:
        return away_m / (reach_m + most_mps**2 / (2.0 * LEAST_THRUST_MPS2))
    return max(away_m / reach_m, least_mps / PARTED_MPS)


def thrusts_surely(value: Tracked) -> bool:
    """Return whether an object flies under thrust, as one body that is well known."""
    if value.hits < KNOWN_HITS or value.fit > WELL_FIT:
        return False
    return has_risen(value) or (value.unpowered < 0.5 and pushed(value, sigmas=SURE_SIGMAS))


def _sinks(thing: Tracked) -> bool:
    """Return whether an object comes down: no launch does when it is first seen beside another."""
    return float(thing.mean[:3] @ thing.mean[3:6]) < 0.0
