"""When the stages of a flight ignite, burn out and separate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["StageTimes"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds after lift-off of each stage's ignition, burn-out and separation, arrays (n, stages).

    They follow from the draws and from failures alone; a cut-off in orbit or the end of powered flight by a
    failure comes earlier.
    """

    ignition_s: Array
    burnout_s: Array
    separation_s: Array
    booster_burnout_s: Array
    """Burn-out of each row of boosters (n, rows)."""
