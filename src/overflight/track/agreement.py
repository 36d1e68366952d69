"""How well a track agrees with an announced plan, flight by flight, and when it must have lifted off."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.track.kernels_forecast import FINE_S
from overflight.track.objects import Tracked
from overflight.track.prior import PlanPrior

__all__ = ["Agreement", "agree", "match_launch", "pausing"]

Array = NDArray[np.float64]
MODEL_M, MODEL_SHARE = 2e3, 0.02
"""How far from one of its flights a plan that is followed may be found (estimate)."""
MODEL_MPS = 40.0
FEWEST = 25.0
"""Effective number of flights below which the agreement is taken less seriously."""
PAUSE_S, PAUSE_SHARE = 10.0, 0.05
"""How far in time from its place in a flight of the plan a pause may be found: seconds, and a share."""
PAUSE_LONGER_S = 8.0
"""How much longer than in a flight of the plan it may seem to last (s): new thrust takes time to be seen."""
TURNS = 36
GENERIC_CLIMB_S = 25.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Probability of the plan, weights (n,) and times flown (n,) of its flights, effective number."""

    p_plan: float
    weight: Array = field(repr=False)
    flown_s: Array = field(repr=False)
    effective: float


def match_launch(main: Tracked, prior: PlanPrior | None) -> tuple[float, float]:
    """Return the instant of lift-off that height and speed speak for, and its standard deviation (s).

    By the plan's flights where there is one, else by a generic climb at 8 m/s2 (an estimate).
    """
    height = max(main.place[2], 0.0)
    if prior is None:
        flown = float(np.sqrt(2.0 * height / 8.0))
        return main.time_s - flown - 0.0, max(GENERIC_CLIMB_S, 0.25 * flown)
    row, usable = _rows_alike(main, prior)
    if not usable.any():
        return main.time_s - float(np.sqrt(2.0 * height / 8.0)), 60.0
    flown = FINE_S * row[usable]
    weight = prior.weight[usable]
    mean = float(np.average(flown, weights=weight))
    spread = float(np.sqrt(np.average((flown - mean) ** 2, weights=weight)))
    return main.time_s - mean, max(spread, 2.0)


def _rows_alike(main: Tracked, prior: PlanPrior) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each flight the row at which it is as high and fast as the track, and if there is one."""
    speed = float(np.linalg.norm(main.mean[3:6]))
    height = main.place[2]
    dh = (prior.height_m - height) / (2e3 + 0.03 * abs(height))
    dv = (np.linalg.norm(prior.velocity_mps, axis=2) - speed) / (30.0 + 0.03 * speed)
    miss = np.nan_to_num(dh**2 + dv**2, nan=np.inf)
    row = np.argmin(miss, axis=1)
    return row, miss[np.arange(len(row)), row] < 50.0


def agree(main: Tracked, prior: PlanPrior, lift_off_s: float, before: float) -> Agreement:
    """Return the agreement of a track with a plan; ``before`` is the plan's probability before any plot.

    A flight is compared where it is as high and as fast as the track (without thrust: at the time since
    lift-off); what remains is where that is and which way it goes. The alternative is the same flights
    towards any other azimuth.
    """
    n = len(prior)
    row, usable = _rows_alike(main, prior)
    if main.unpowered > 0.5:
        flown = np.full(n, main.time_s - lift_off_s)
        row = np.clip(np.round(flown / FINE_S).astype(np.int64), 0, prior.height_m.shape[1] - 1)
        usable = np.isfinite(prior.height_m[np.arange(n), row])
    alive = prior.end_s > FINE_S * row
    usable &= alive
    if not usable.any():
        return Agreement(0.0, np.zeros(n), FINE_S * row.astype(np.float64), 0.0)
    index = np.arange(n)
    place, speed = prior.position_m[index, row], prior.velocity_mps[index, row]
    way = float(np.linalg.norm(main.mean[:3] - prior.site_m))
    covariance = main.covariance[:6, :6]
    sigma_m = np.sqrt(np.trace(covariance[:3, :3]) / 3.0 + (MODEL_M + MODEL_SHARE * way) ** 2)
    sigma_mps = np.sqrt(np.trace(covariance[3:, 3:]) / 3.0 + MODEL_MPS**2)
    up = prior.site_m / np.linalg.norm(prior.site_m)
    square = np.empty((TURNS, n))
    for turn in range(TURNS):
        angle = 2.0 * np.pi * turn / TURNS
        there = prior.site_m + _turned(place - prior.site_m, up, angle)
        square[turn] = np.sum(((there - main.mean[:3]) / sigma_m) ** 2, axis=1)
        square[turn] += np.sum(((_turned(speed, up, angle) - main.mean[3:6]) / sigma_mps) ** 2, axis=1)
    square[:, ~usable] = np.inf
    own = prior.weight * np.exp(-0.5 * square[0])
    other = float(np.mean(np.exp(-0.5 * square) @ prior.weight)) + 1e-6
    p_plan = before * own.sum() / (before * own.sum() + (1.0 - before) * other)
    weight = _tempered(prior.weight * usable, square[0])
    effective = float(weight.sum() ** 2 / np.sum(weight**2)) if weight.sum() > 0.0 else 0.0
    return Agreement(float(p_plan), weight, FINE_S * row.astype(float), effective)


def pausing(prior: PlanPrior, weight: Array, ended_s: float, length_s: float) -> float:
    """Return the share of the plan's flights that pause about ``ended_s`` after lift-off, longer than yet.

    A flight speaks for a pause that begins as near to the moment at which thrust was seen to end as lift-off
    and the plan's own timing are known.
    """
    start, end = prior.pause_s[:, :, 0], prior.pause_s[:, :, 1]
    with np.errstate(invalid="ignore"):
        near = np.abs(start - ended_s) < PAUSE_S + PAUSE_SHARE * ended_s
        longer = near & (end - start > length_s - PAUSE_LONGER_S)
    weight = weight if weight.sum() > 0.0 else prior.weight
    return float(weight @ longer.any(axis=1) / max(weight.sum(), 1e-300))


def _turned(vector: Array, axis: Array, angle: float) -> Array:
    """Return vectors (n, 3) turned about an axis (Rodrigues)."""
    along = (vector @ axis)[:, None] * axis
    return along + np.cos(angle) * (vector - along) + np.sin(angle) * np.cross(axis, vector)


def _tempered(weight: Array, square: Array) -> Array:
    """Return weights after the agreement, flattened until enough flights carry them; they sum to one."""
    square = square - np.min(square)
    for power in (1.0, 0.5, 0.25, 0.12, 0.06, 0.03):
        value = weight * np.exp(-0.5 * power * square)
        total = value.sum()
        if total > 0.0 and total**2 / np.sum(value**2) >= FEWEST:
            break
    return value / max(value.sum(), 1e-300)
