"""How well a track agrees with an announced plan, flight by flight, and when it must have lifted off."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.track.kernels_forecast import FINE_S
from overflight.track.objects import Tracked
from overflight.track.prior import PlanPrior

__all__ = ["Agreement", "agree", "match_launch", "student"]

Array = NDArray[np.float64]
MODEL_M, MODEL_SHARE = 2e3, 0.02
"""How far from one of its flights a plan that is followed may be found (estimate)."""
MODEL_MPS = 40.0
FREEDOM, SEEN = 4.0, 4.0
"""Degrees of freedom of misses, wider spread than a normal law's: a plan's own spreads are estimates. And how
many numbers are compared: place and velocity, less the two by which flights are matched."""
OTHERS_HERE = 0.2
"""Share of the launches that are not the plan's which rise from its site all the same (estimate)."""
SPAN_M, SPAN_MPS = 1e6, 2e3
"""How far about other launches may be found, and how far about in velocity, when as high and fast."""
FEWEST = 25.0
"""Effective number of flights below which the agreement is taken less seriously."""
TURNS = 36
"""Azimuths towards which the plan's vehicle may fly instead, all round the site."""
LEAST_TURN = 1e-3
GENERIC_CLIMB_S = 25.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Probabilities of the plan, and of its vehicle wherever it flies to; of the plan's flights the weights
    (n,), the times flown (n,) and the effective number; and how the weights part among turns (turns, n)."""

    p_plan: float
    p_vehicle: float
    weight: Array = field(repr=False)
    flown_s: Array = field(repr=False)
    effective: float
    turns: Array = field(repr=False)

    @classmethod
    def none(cls, flights: int = 0) -> Agreement:
        """Return that of a track that nothing agrees with."""
        return cls(0.0, 0.0, np.zeros(flights), np.zeros(flights), 0.0, np.zeros((TURNS, flights)))


def match_launch(main: Tracked, prior: PlanPrior | None) -> tuple[float, float]:
    """Return the instant of lift-off that height and speed speak for, and its standard deviation (s).

    By the plan's flights where there is one, else by a generic climb at 8 m/s2 (an estimate).
    """
    height = max(main.place[2], 0.0)
    if prior is None:
        flown = float(np.sqrt(2.0 * height / 8.0))
        return main.time_s - flown - 0.0, max(GENERIC_CLIMB_S, 0.25 * flown)
    row, usable = _rows_alike(main.mean, main.place[2], prior)
    if not usable.any():
        return main.time_s - float(np.sqrt(2.0 * height / 8.0)), 60.0
    flown = FINE_S * row[usable]
    weight = prior.weight[usable]
    mean = float(np.average(flown, weights=weight))
    spread = float(np.sqrt(np.average((flown - mean) ** 2, weights=weight)))
    return main.time_s - mean, max(spread, 2.0)


def _rows_alike(
    mean: Array, height_m: float, prior: PlanPrior
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each flight the row at which it is as high and fast as a state, and if there is one."""
    speed = float(np.linalg.norm(mean[3:6]))
    dh = (prior.height_m - height_m) / (2e3 + 0.03 * abs(height_m))
    dv = (prior.speed_mps - speed) / (30.0 + 0.03 * speed)
    miss = np.nan_to_num(dh**2 + dv**2, nan=np.inf)
    row = np.argmin(miss, axis=1)
    return row, miss[np.arange(len(row)), row] < 50.0


def agree(mean: Array, covariance: Array, height_m: float, prior: PlanPrior, before: float) -> Agreement:
    """Return the agreement of a state (6,) ECEF and its covariance (6, 6) under thrust with a plan.

    ``before`` is the plan's probability before any plot. A flight is compared where it is as high and as fast
    as the track; what remains is where that is and which way it goes. The alternative is the same flights
    towards any other azimuth, as far as other launches rise from this site at all, and flights anywhere.
    Between the flights the plan is as dense as a kernel estimate has it (Scott's width, 1992, section 6.3).
    """
    n = len(prior)
    row, usable = _rows_alike(mean, height_m, prior)
    usable &= prior.weight > 0.0
    if not usable.any():
        return Agreement.none(n)
    index = np.arange(n)
    place, speed = prior.position_m[index, row], prior.velocity_mps[index, row]
    way = float(np.linalg.norm(mean[:3] - prior.site_m))
    share = prior.weight * usable / (prior.weight @ usable)
    band = float(np.sum(share**2)) ** (1.0 / (SEEN + 4.0))
    sigma_m = np.sqrt(
        np.trace(covariance[:3, :3]) / 3.0
        + (MODEL_M + MODEL_SHARE * way) ** 2
        + band**2 * _variance(place, share)
    )
    sigma_mps = np.sqrt(np.trace(covariance[3:, 3:]) / 3.0 + MODEL_MPS**2 + band**2 * _variance(speed, share))
    up = prior.site_m / np.linalg.norm(prior.site_m)
    square = _misses(place - prior.site_m, mean[:3] - prior.site_m, up) / sigma_m**2
    square += _misses(speed, mean[3:6], up) / sigma_mps**2
    square[:, ~usable] = np.inf
    likelihood = student(square) @ prior.weight
    own, ways = before * float(likelihood[0]), (1.0 - before) * OTHERS_HERE / TURNS * likelihood
    anywhere = (sigma_m / SPAN_M) ** 2 * (sigma_mps / SPAN_MPS) ** 2
    every = own + float(ways.sum()) + (1.0 - before) * anywhere
    p_plan, p_vehicle = own / every, (own + float(ways.sum())) / every
    ways[0] += own
    turns = np.zeros((TURNS, n))
    for turn in np.flatnonzero(ways > LEAST_TURN * ways.sum()):
        turns[turn] = ways[turn] * _tempered(prior.weight * usable, square[turn])
    turns /= max(float(turns.sum()), 1e-300)
    weight = turns.sum(axis=0)
    effective = 1.0 / max(float(np.sum(weight**2)), 1e-300)
    return Agreement(p_plan, p_vehicle, weight, FINE_S * row.astype(float), effective, turns)


def _variance(values: Array, share: Array) -> float:
    """Return the mean variance of the three components of values (n, 3), some of them NaN without a share."""
    values = np.where(share[:, None] > 0.0, values, 0.0)
    return float(share @ np.sum((values - share @ values) ** 2, axis=1)) / 3.0


def student(square: Array) -> Array:
    """Return how probable misses are, relative to none, by the sum of their normalised squares."""
    return (1.0 + square / FREEDOM) ** (-0.5 * (FREEDOM + SEEN))


def _misses(vector: Array, other: Array, axis: Array) -> Array:
    """Return the squared distances (turns, n) of vectors (n, 3), turned about an axis, from another (3,)."""
    angle = 2.0 * np.pi / TURNS * np.arange(TURNS)[:, None]
    along = (vector @ axis) * (other @ axis)
    beside, across = vector @ other - along, np.cross(axis, vector) @ other
    product = along + np.cos(angle) * beside + np.sin(angle) * across  # Rodrigues' rotation, times the other
    return np.sum(vector**2, axis=1) + other @ other - 2.0 * product


def _tempered(weight: Array, square: Array) -> Array:
    """Return weights after the agreement, flattened until enough flights carry them; they sum to one."""
    likelihood = student(square)
    for power in (1.0, 0.5, 0.25, 0.12, 0.06, 0.03):
        value = weight * likelihood**power
        total = value.sum()
        if total > 0.0 and total**2 / np.sum(value**2) >= FEWEST:
            break
    return value / max(value.sum(), 1e-300)
