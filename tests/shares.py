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
