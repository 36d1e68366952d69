"""Programmes of thrust that a launcher nobody announced might fly: all estimates."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.constants import WGS84
from overflight.track.kernels_forecast import FINE_S

__all__ = ["Programmes", "programmes"]

Array = NDArray[np.float64]
FAILS_PS = 1e-3
"""How probable a failure is in each second of thrust (record of new launchers: about a third of them in some
400 s)."""
LONGEST_S = 1000.0


@dataclass(frozen=True, slots=True)
class Programmes:
    """Specific forces (n, k, 3) along, above and beside the speed, from now on, a row each ``FINE_S``.

    ``end_s`` (n,) when thrust ends, ``energy`` (n,) at which it is shut down earlier; ``fails`` whether it
    ends by a failure; ``weight`` (n,) sums to one.
    """

    force: Array = field(repr=False)
    end_s: Array = field(repr=False)
    energy: Array = field(repr=False)
    fails: NDArray[np.bool_] = field(repr=False)
    weight: Array = field(repr=False)


def programmes(
    force: float, count: int, seed: int, tick: int, *, powered: bool, side_rad: float | None = None
) -> Programmes:
    """Return programmes by which a body may go on: burns and coasts of usual lengths and strengths.

    ``force`` is its specific force now (m/s2), ``powered`` whether thrust acts.

    What is left of the present burn 5 to 120 s, then up to two more stages of 60 to 200 s at 8 to 20 m/s2
    rising with the loss of mass; thrust within some 15 degrees of the velocity, with a slow turn. A third of
    them fails on the way. With ``side_rad`` the thrust is held so far to the right of the speed, in place of
    the turn.
    """
    index, k = np.arange(count), int(LONGEST_S / FINE_S)

    def u(name: str) -> Array:
        return rng.uniform(seed, f"track.generic.{name}", index, tick)

    time = FINE_S * np.arange(k)[None, :]
    left = (5.0 + 115.0 * u("left"))[:, None] if powered else np.zeros((count, 1))
    strength = np.where(
        time < left, max(force, 5.0) / np.maximum(1.0 - max(force, 5.0) * time / 2800.0, 0.3), 0.0
    )
    start = left + (2.0 + 18.0 * u("gap.0"))[:, None]
    more = np.floor(3.0 * u("stages"))[:, None]
    for stage in range(2):
        burn = (60.0 + 140.0 * u(f"burn.{stage}"))[:, None]
        first = (8.0 + 12.0 * u(f"force.{stage}"))[:, None]
        at = time - start
        grown = np.minimum(first / np.maximum(1.0 - first * at / 2900.0, 0.25), 60.0)
        strength = np.where((at >= 0.0) & (at < burn) & (more > stage), grown, strength)
        start = start + burn + (2.0 + 18.0 * u(f"gap.{stage + 1}"))[:, None]
    pitch = np.radians(15.0 * (2.0 * u("pitch") - 1.0))[:, None] * np.exp(-time / 100.0)
    turn = np.radians(0.12 * rng.normal(seed, "track.generic.turn", index, tick))[:, None]
    side = np.clip(turn * np.minimum(time, 150.0), -0.6, 0.6) * np.exp(-np.maximum(time - 150.0, 0.0) / 60.0)
    if side_rad is not None:
        side = np.full_like(side, side_rad)
    programme = np.stack(
        [strength * np.cos(pitch) * np.cos(side), strength * np.sin(pitch), strength * np.sin(side)], axis=-1
    )
    fails = index >= 2 * count // 3
    end, weight = _ends(strength > 0.0, fails, u("fail"))
    orbit = -WGS84.mu_m3ps2 / (2.0 * (WGS84.equatorial_radius_m + 250e3 + 550e3 * u("orbit")))
    return Programmes(programme, end, orbit, fails, weight)


def _ends(thrust: NDArray[np.bool_], fails: NDArray[np.bool_], u: Array) -> tuple[Array, Array]:
    """Return when programmes end (n,), by a failure or not, and their weights.

    A failure comes as often in every second of thrust: one that has more of it left fails more probably.
    """
    burning = np.cumsum(thrust, axis=1) * FINE_S
    total = burning[:, -1]
    share = 1.0 - np.exp(-FAILS_PS * total)
    until = -np.log1p(-u * share) / FAILS_PS
    row = np.argmax(burning >= np.where(fails, until, total)[:, None], axis=1)
    end = np.where(total > 0.0, FINE_S * (row + 1.0), 0.0)
    end = np.where(fails, end - (burning[np.arange(len(row)), row] - until), end)
    weight = np.where(fails, share / fails.sum(), (1.0 - share) / (~fails).sum())
    return np.maximum(end, 0.0), weight / weight.sum()
