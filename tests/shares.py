"""Shares with their intervals, and spreads of times, as campaigns print them."""

from __future__ import annotations

import numpy as np

from support import wilson


def share(name: str, hits: int, of: int) -> tuple[float, float]:
    low, high = wilson(hits, of)
    print(f"{name}: {hits} of {of}, 95 % interval {low:.1%} to {high:.1%}")
    return low, high


def spread(name: str, values: list[float]) -> None:
    if values:
        q = np.quantile(values, (0.5, 0.95, 1.0))
        print(f"{name}: n {len(values)}, median {q[0]:.1f}, 95 % {q[1]:.1f}, worst {q[2]:.1f} s")


def weighed(weight: np.ndarray, hits: np.ndarray, of: np.ndarray) -> tuple[float, float, float]:
    """Return a share over launches, half its 95 % interval and the effective number of launches.

    ``hits`` and ``of`` count within each launch: figures of one launch hang together (a ratio of totals,
    linearised; Cochran 1977, section 6.3).
    """
    whole = weight * of
    ratio = float(weight @ hits / whole.sum())
    error = float(np.sqrt(np.sum((weight * hits - ratio * whole) ** 2)) / whole.sum())
    return ratio, 1.96 * error, float(whole.sum() ** 2 / np.sum(whole**2))
