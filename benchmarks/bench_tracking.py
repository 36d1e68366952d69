"""Filter updates a second: one model's predict and update, with and without the biases of three sensors.

Beside it the floor of the same work without the filter: carrying the eighteen points of one model alone.
"""

from __future__ import annotations

import time

import numpy as np

from overflight.earth.constants import WGS84
from overflight.track.kernels_filter import MEASURE, run_modes
from overflight.track.kernels_motion import BIASES, BOOST, CORE, MODES, propagate
from overflight.track.objects import SETTINGS

EARTH = WGS84.as_array()
PLOTS = 2000


def updates_per_s(sensors: int) -> float:
    """Return model updates a second (a plot updates four models)."""
    n = CORE + BIASES * sensors
    x = np.zeros((MODES, n))
    x[:, :6] = 6.5e6, 0.0, 0.0, 0.0, 2500.0, 500.0
    x[:, 6] = 20.0
    s = np.zeros((MODES, n, n))
    s[:, range(n), range(n)] = np.concatenate(
        [np.repeat([300.0, 30.0, 3.0], 3), np.tile([50, 1e-3, 0.3, 0.05], sensors)]
    )
    measures = np.zeros((PLOTS, MEASURE))
    measures[:, 1:4] = 5.2e5, 1.5, 0.6
    measures[:, 4:7] = 5e4, 1.0, 1.0
    measures[:, 7:10] = 6.378e6, -3e5, 1e5
    measures[:, [12, 13, 17]] = 1.0
    measures[:, 19] = np.arange(PLOTS) % sensors if sensors else -1
    gaps = np.full(PLOTS, 1.0 / max(sensors, 1))
    run_modes(x, s, np.full(MODES, 0.25), gaps[:2], measures[:2], SETTINGS, EARTH)
    start = time.perf_counter()
    run_modes(x, s, np.full(MODES, 0.25), gaps, measures, SETTINGS, EARTH)
    return MODES * PLOTS / (time.perf_counter() - start)


def floor_per_s() -> float:
    """Return how often a second eighteen points are carried on."""
    x, out = np.array([6.5e6, 0.0, 0.0, 0.0, 2500.0, 500.0, 20.0, 0.0, 0.0]), np.empty(CORE)
    propagate(x, 0.5, BOOST, 2800.0, EARTH, out)
    start = time.perf_counter()
    for _ in range(18 * 200):
        propagate(x, 0.5, BOOST, 2800.0, EARTH, out)
    return 200 / (time.perf_counter() - start)


if __name__ == "__main__":
    bare, biased = updates_per_s(0), updates_per_s(3)
    print(f"model updates/s, one core: {bare:,.0f} of 9 numbers, {biased:,.0f} with three sensors' biases")
    print(f"ratio to carrying the points alone, called from Python: {bare / floor_per_s():.2f}")
