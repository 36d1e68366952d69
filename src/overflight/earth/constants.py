"""Constants of the Earth, with their sources, as one value that kernels take as an array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FOOT_M", "NAUTICAL_MILE_M", "STANDARD_GRAVITY_MPS2", "WGS84", "EarthModel"]

STANDARD_GRAVITY_MPS2 = 9.80665  # BIPM SI brochure; also US Standard Atmosphere 1976, table 2
FOOT_M = 0.3048
NAUTICAL_MILE_M = 1852.0


@dataclass(frozen=True, slots=True)
class EarthModel:
    """Rotating ellipsoid with zonal gravity.

    Defaults: WGS-84 (NIMA TR8350.2, 3rd edition, tables 3.1 and 3.3) with J2 of EGM96
    (C20 = -0.484165371736e-3, unnormalised by -sqrt(5)).
    """

    mu_m3ps2: float = 3.986004418e14
    equatorial_radius_m: float = 6378137.0
    flattening: float = 1.0 / 298.257223563
    rotation_radps: float = 7.2921151467e-5
    j2: float = 1.08262668e-3

    @property
    def polar_radius_m(self) -> float:
        """Semi-minor axis of the ellipsoid."""
        return self.equatorial_radius_m * (1.0 - self.flattening)

    def as_array(self) -> NDArray[np.float64]:
        """Return (mu, a, b, e2, ep2, omega, J2) for the kernels."""
        a, b = self.equatorial_radius_m, self.polar_radius_m
        e2 = self.flattening * (2.0 - self.flattening)
        return np.array([self.mu_m3ps2, a, b, e2, e2 / (1.0 - e2), self.rotation_radps, self.j2])


WGS84 = EarthModel()
