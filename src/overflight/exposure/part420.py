"""The hand-checkable baseline: flight corridor and expected casualties after 14 CFR part 420.

Tables A-1 to A-3, C-2, C-3 and D-1 and the equations of appendices A, C and D. Nautical miles, as there. The
equation of Py is an image in the public text: it is the integral of a normal distribution here, which the
rule's three-point form meets within 1e-5. Not a licence analysis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FAILURE_PROBABILITY",
    "CorridorClass",
    "casualty_area_mi2",
    "corridor_half_width_nm",
    "corridor_lines_nm",
    "dwell_s",
    "impact_probability",
    "unguided",
    "vehicle_class",
]

Array = NDArray[np.float64]
CorridorClass = Literal["small", "medium", "medium_large", "large", "suborbital_guided"]
FAILURE_PROBABILITY = 0.10
FLIGHT_S = 643.0
INCH_NM = 0.0254 / 1852.0
MILE2_PER_NM2 = (1852.0 / 1609.344) ** 2
DMAX_IN: dict[str, float] = {
    "small": 87600.0, "medium": 111600.0, "medium_large": 127200.0, "large": 156000.0,
    "suborbital_guided": 96000.0,
}  # fmt: skip
"""Debris dispersion radius, table A-1."""
_RATE_TO_NM = np.array([75.0, 300.0, 900.0, 1700.0, 2600.0, 3500.0, 4500.0, 5250.0])
_RATE_NMPS = np.array([0.75, 1.73, 4.25, 8.85, 19.75, 42.45, 84.85, 154.95])
"""Impact range rates, table C-2: each up to its range."""
_AREA_TO_NM = np.array([49.0, 1749.0, 5000.0])
_AREA_MI2: dict[str, tuple[float, float, float]] = {
    "small": (3.14e-2, 2.47e-2, 3.01e-4),
    "medium": (1.28e-1, 2.98e-2, 5.52e-3),
    "medium_large": (4.71e-2, 9.82e-3, 7.82e-3),
    "large": (8.59e-2, 2.45e-2, 1.14e-2),
    "suborbital_guided": (4.3e-1, 1.3e-1, 3.59e-6),
}
"""Effective casualty areas, table C-3."""


def vehicle_class(payload_kg: float) -> CorridorClass:
    """Return the weight class of an orbital vehicle by its payload to 100 nm and 28 degrees (420.19)."""
    pounds = payload_kg / 0.45359237
    if pounds <= 4400.0:
        return "small"
    if pounds <= 11100.0:
        return "medium"
    return "medium_large" if pounds <= 18500.0 else "large"


def corridor_lines_nm(kind: CorridorClass) -> tuple[float, float, float]:
    """Return the widths of the corridor (nm) at 10, 100 and 5000 nm: lines CF, DE and HI of table A-3."""
    dmax = DMAX_IN[kind] * INCH_NM
    return (
        2.0 * 10.0 * math.tan(math.radians(60.0)) + 4.0 * dmax,
        2.0 * 100.0 * math.tan(math.radians(30.0)) + 2.0 * dmax,
        2.0 * 5000.0 * math.tan(math.radians(10.0)),
    )


def corridor_half_width_nm(kind: CorridorClass, range_nm: ArrayLike) -> Array:
    """Return half the width (nm) at a range; straight between the lines, from Dmax at the pad."""
    cf, de, hi = corridor_lines_nm(kind)
    return np.interp(
        np.asarray(range_nm, float),
        [0.0, 10.0, 100.0, 5000.0],
        [DMAX_IN[kind] * INCH_NM, cf / 2.0, de / 2.0, hi / 2.0],
    )


def dwell_s(start_nm: ArrayLike, end_nm: ArrayLike) -> Array:
    """Return how long (s) the impact point stays between two ranges, at the rates of table C-2."""
    edges = np.concatenate([[0.0], _RATE_TO_NM])
    passed = np.concatenate([[0.0], np.cumsum(np.diff(edges) / _RATE_NMPS)])
    start, end = np.asarray(start_nm, float), np.asarray(end_nm, float)
    return np.interp(end, edges, passed) - np.interp(start, edges, passed)


def casualty_area_mi2(kind: CorridorClass, range_nm: ArrayLike) -> Array:
    """Return the effective casualty area (square miles) at a range; 0 beyond 5000 nm."""
    table = np.array([*_AREA_MI2[kind], 0.0])
    return table[np.searchsorted(_AREA_TO_NM + 0.5, np.asarray(range_nm), side="left")]


def impact_probability(
    start_nm: ArrayLike,
    end_nm: ArrayLike,
    near_nm: ArrayLike,
    far_nm: ArrayLike,
    half_width_nm: ArrayLike,
    *,
    failure_probability: float = FAILURE_PROBABILITY,
) -> tuple[Array, Array]:
    """Return Py and Pi of an area between two ranges and two distances to one side, appendix C (c).

    Sigma is a third of the corridor's half width; ``Pi = Py (Pf / C) (x2 - x1) / Rdot``.
    """
    from scipy.special import ndtr

    sigma = np.asarray(half_width_nm) / 3.0
    py = ndtr(np.asarray(far_nm) / sigma) - ndtr(np.asarray(near_nm) / sigma)
    return py, py * failure_probability / FLIGHT_S * dwell_s(start_nm, end_nm)


@dataclass(frozen=True, slots=True)
class Unguided:
    """Final stage of an unguided suborbital vehicle: range, dispersion radius and sigma (km)."""

    range_km: float
    radius_km: float
    success: float = 0.98

    @property
    def sigma_km(self) -> float:
        """A third of the dispersion radius."""
        return self.radius_km / 3.0

    def impact_probability(self, x_km: tuple[float, float], y_km: tuple[float, float]) -> float:
        """Return Pi of an area between two distances along and two across, from the impact point."""
        from scipy.special import ndtr

        px, py = (float(ndtr(b / self.sigma_km) - ndtr(a / self.sigma_km)) for a, b in (x_km, y_km))
        return self.success * px * py


def unguided(apogee_km: float) -> Unguided:
    """Return the final stage of an unguided vehicle by its apogee, appendix D: factors 0.4 and 0.7."""
    factor = 0.4 if apogee_km < 100.0 else 0.7
    return Unguided(factor * apogee_km, factor * apogee_km)
