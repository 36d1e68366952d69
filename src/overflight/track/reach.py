"""How far a body under thrust may still turn: what lies beyond is out of reach, wherever it means to fly.

A launcher turns by holding its thrust to one side of its speed. Here every programme that it may still have,
the plan's and those of launchers in general, holds it ``SIDE_RAD`` to the left, and to the right, until it
ends: some seven tenths of the thrust then still act along the speed, the rest is given away, and no launcher
that is to reach orbit, or far, can afford as much for as long. Between the two lies what it can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi, radians

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84
from overflight.earth.frames import eci_to_ecef
from overflight.track.forecast import KEEP, ROW_S, ROWS, Memory, draw_states, turned
from overflight.track.generic import programmes
from overflight.track.kernels_forecast import AXES_LOCAL, AXES_VELOCITY, graft
from overflight.track.objects import Tracked
from overflight.track.prior import MOST_DROPS, PlanPrior

__all__ = ["SIDE_RAD", "Reach", "reach"]

Array = NDArray[np.float64]
SIDE_RAD = radians(45.0)
"""Angle between thrust and speed that is held to one side (estimate; the dog-leg of the Chollima-1 takes 26
degrees at most in half of its example's flights, 35 in 95 % of them, in a part of one burn)."""
FLIGHTS, LEAST_VEHICLE = 24, 1e-3
"""Programmes of each sort and side; those of the plan, unless its vehicle is as improbable."""
BIN_RAD, BINS = 25e3 / WGS84.equatorial_radius_m, 801
BETWEEN = 4
"""A line is looked at in so many steps between its points."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Azimuths in reach, by distance from the point below the body, from its way: left and right (k,) rad.

    ``axes`` (3, 3): up, along its way, to the right of it, ECEF; ``farthest`` is the bin of the farthest
    point of any flight, beyond which nothing is known.
    """

    axes: Array = field(repr=False)
    left: Array = field(repr=False)
    right: Array = field(repr=False)
    farthest: int

    def holds(self, points_m: Array, margin_m: float) -> NDArray[np.bool_]:
        """Return which points (n, 3) ECEF are in reach, or within a margin of what is."""
        away, azimuth = _polar(points_m, self.axes)
        wide = margin_m / WGS84.equatorial_radius_m
        low = np.clip(((away - wide) / BIN_RAD).astype(np.int64), 0, BINS - 1)
        high = np.clip(((away + wide) / BIN_RAD).astype(np.int64) + 1, 0, BINS - 1)
        slack = np.minimum(wide / np.maximum(np.sin(away), 1e-3), pi)
        out = (away <= wide + BIN_RAD) | (high >= self.farthest)
        for k in np.flatnonzero(~out):
            left = self.left[low[k] : high[k] + 1].min() - slack[k]
            right = self.right[low[k] : high[k] + 1].max() + slack[k]
            turned = azimuth[k] + 2.0 * pi * np.array([-1.0, 0.0, 1.0])
            out[k] = bool(np.any((turned >= left) & (turned <= right)))
        return out


def reach(main: Tracked, prior: PlanPrior | None, memory: Memory, *, seed: int) -> Reach:
    """Return what a main body may reach from its state now."""
    tick, zero = int(main.time_s * 100.0), np.zeros(FLIGHTS)
    strength, flights = float(np.linalg.norm(main.mean[6:9])), []
    for side in (-SIDE_RAD, SIDE_RAD):
        of = programmes(strength, FLIGHTS, seed, tick, powered=main.unpowered < 0.5, side_rad=side)
        flights.append((of.force, AXES_VELOCITY, zero, of.end_s, of.energy))
        if prior is not None and memory.agreement.p_vehicle > LEAST_VEHICLE:
            row = np.argsort(-memory.agreement.weight, kind="stable")[:FLIGHTS]
            force = _to_the_right(turned(prior.force[row], memory.agreement, row), side)
            flown = memory.agreement.flown_s[row]
            flights.append((force, AXES_LOCAL, flown, prior.end_s[row], prior.energy[row]))
    count = FLIGHTS * len(flights)
    force, axes, first_s, end_s, energy = zip(*flights, strict=True)
    lines, _, _ = graft(
        draw_states(main, count, seed, tick), np.concatenate(force), np.repeat(axes, FLIGHTS),
        np.concatenate(first_s), np.concatenate(end_s), np.concatenate(energy),
        np.full((count, MOST_DROPS), np.nan), ROWS, KEEP, WGS84.as_array(),
    )  # fmt: skip
    position, _ = eci_to_ecef(lines, np.zeros_like(lines), ROW_S * np.arange(ROWS))
    return _between(position, main)


def _to_the_right(force: Array, angle_rad: float) -> Array:
    """Return forces (m, k, 3), east, north, up, turned clockwise as seen from above."""
    east, north = force[:, :, 0], force[:, :, 1]
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.stack([east * cos + north * sin, north * cos - east * sin, force[:, :, 2]], axis=-1)


def _between(lines: Array, main: Tracked) -> Reach:
    """Return what lies between lines (n, r, 3) ECEF of flights that turn to one side or the other."""
    up = main.mean[:3] / np.linalg.norm(main.mean[:3])
    way = main.mean[3:6] - (main.mean[3:6] @ up) * up
    way /= max(float(np.linalg.norm(way)), 1e-9)
    axes = np.stack([up, way, np.cross(way, up)])
    left, right = np.zeros(BINS), np.zeros(BINS)
    steps = np.arange((lines.shape[1] - 1) * BETWEEN + 1) / BETWEEN
    farthest = 0
    for line in lines:
        there = np.isfinite(line[:, 0])
        count = int(np.argmin(there)) if not there.all() else len(line)
        if count < 2:
            continue
        fine = steps[steps <= count - 1]
        points = np.stack([np.interp(fine, np.arange(count), line[:count, k]) for k in range(3)], axis=1)
        away, azimuth = _polar(points, axes)
        leaves = int(np.argmax(away >= BIN_RAD))  # so near to where it is an azimuth says nothing
        if away[leaves] < BIN_RAD:
            continue
        turned, bins = np.unwrap(azimuth[leaves:]), np.minimum(away[leaves:] / BIN_RAD, BINS - 1)
        np.minimum.at(left, bins.astype(np.int64), turned)
        np.maximum.at(right, bins.astype(np.int64), turned)
        farthest = max(farthest, int(bins.max()))
    return Reach(axes, left, right, farthest)


def _polar(points_m: Array, axes: Array) -> tuple[Array, Array]:
    """Return distances on the unit sphere and azimuths from the way, to the right, of points (n, 3)."""
    unit = points_m / np.linalg.norm(points_m, axis=1, keepdims=True)
    up, along, beside = unit @ axes.T[:, 0], unit @ axes.T[:, 1], unit @ axes.T[:, 2]
    return np.arccos(np.clip(up, -1.0, 1.0)), np.arctan2(beside, along)
