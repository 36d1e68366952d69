"""What drawn flights bear: the largest loads of each in powered flight, as percentiles over the flights."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.flight.burns import burns_of
from overflight.flight.simulate import fly
from overflight.scenario.draws import draw
from overflight.scenario.model import Scenario

__all__ = ["PERCENTILES", "DrawnLoads", "drawn_loads"]

Array = NDArray[np.float64]
PERCENTILES = (5.0, 50.0, 95.0)
ROW_S = 1.0
_ROWS_AT_ONCE = 100_000  # 9 MB of them


@dataclass(frozen=True, slots=True)
class DrawnLoads:
    """The largest loads of flights without failure (n,): dynamic pressure, its product with the angle of
    attack, and axial load (thrust less drag along the nose, over the mass); read once a second.
    """

    pressure_pa: Array = field(repr=False)
    q_alpha_pa_rad: Array = field(repr=False)
    axial_mps2: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.pressure_pa)

    @staticmethod
    def percentiles(values: Array) -> tuple[float, float, float]:
        """Return the 5th, 50th and 95th percentile."""
        low, middle, high = np.percentile(values, PERCENTILES)
        return float(low), float(middle), float(high)


def drawn_loads(scenario: Scenario, air: Air, *, flights: int, seed: int) -> DrawnLoads | None:
    """Fly draws of a scenario without failure; None where no value of it has a spread."""
    draws = draw(scenario, seed, np.arange(flights))
    if not draws.drawn and draws.air is None:
        return None
    longest_s = float(burns_of(scenario, draws)[-1].end_s.max())
    rows = int(longest_s / ROW_S) + 2
    step = max(_ROWS_AT_ONCE // rows, 1)
    parts = []
    for first in range(0, flights, step):
        some = draw(scenario, seed, np.arange(first, min(first + step, flights)))
        table = fly(scenario, some, air, rows=rows, row_s=ROW_S).rows
        parts.append(np.nanmax([table[:, :, 9], table[:, :, 8] * table[:, :, 9], table[:, :, 10]], axis=2))
    return DrawnLoads(*np.concatenate(parts, axis=1))
