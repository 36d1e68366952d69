"""Constants of the Earth, with their sources, as one value that kernels take as an array."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["FOOT_M", "NAUTICAL_MILE_M", "STANDARD_GRAVITY_MPS2", "WGS84", "EarthModel"]

STANDARD_GRAVITY_MPS2 = 9.80665  # BIPM SI brochure; also US Standard Atmosphere 1976, table 2
FOOT_M = 0.3048
NAUTICAL_MILE_M = 1852.0


EGM96_ZONALS = (1.08262668e-3, -2.53265649e-6, -1.61962159e-6, -2.27296083e-7, 5.40681239e-7)
"""J2 to J6."""


@dataclass(frozen=True, slots=True)
class EarthModel:
    """Rotating ellipsoid with zonal gravity.

    Defaults: WGS-84 (NIMA TR8350.2, 3rd edition, tables 3.1 and 3.3) with J2 to J6 of EGM96 (C20 =
    -0.484165371736e-3, unnormalised by -sqrt(5); J3 to J6: D. A. Vallado, Fundamentals of Astrodynamics and
    Applications, 4th ed., table D-4). ``zonals`` of fewer leave the higher ones out, none is a central force.
    """

    mu_m3ps2: float = 3.986004418e14
    equatorial_radius_m: float = 6378137.0
    flattening: float = 1.0 / 298.257223563
    rotation_radps: float = 7.2921151467e-5
    zonals: tuple[float, ...] = EGM96_ZONALS

    @property
    def polar_radius_m(self) -> float:
        """Semi-minor axis of the ellipsoid."""
        return self.equatorial_radius_m * (1.0 - self.flattening)

    @property
    def j2(self) -> float:
        """The oblateness term; 0 where the force is central."""
        return self.zonals[0] if self.zonals else 0.0

    def up_to(self, degree: int) -> EarthModel:
        """Return the same Earth with zonal terms up to a degree: 2 keeps J2 alone, 0 none."""
        return replace(self, zonals=self.zonals[: max(degree - 1, 0)])

    def as_array(self) -> NDArray[np.float64]:
        """Return (mu, a, b, e2, ep2, omega, J2 to J6) for the kernels."""
        a, b = self.equatorial_radius_m, self.polar_radius_m
        e2 = self.flattening * (2.0 - self.flattening)
        zonals = (*self.zonals, *(0.0,) * (len(EGM96_ZONALS) - len(self.zonals)))
        return np.array([self.mu_m3ps2, a, b, e2, e2 / (1.0 - e2), self.rotation_radps, *zonals])


WGS84 = EarthModel()
