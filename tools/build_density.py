"""Print the table of mean densities in src/overflight/orbit/density.py, from NRLMSIS 2.1 (package pymsis).

    python tools/build_density.py

Means over the globe, by area, over all longitudes (so all local times) and four days of the year.
"""

from __future__ import annotations

import numpy as np
import pymsis

HEIGHTS_KM = [
    *range(80, 160, 10), 160, 180, 200, 225, 250, 275, *range(300, 850, 50), 900, 1000, 1200, 1500,
]  # fmt: skip
ACTIVITY = {"low": (65.0, 0.0), "mean": (140.0, 15.0), "high": (250.0, 45.0)}
DAYS = ["2023-03-21T00:00", "2023-06-21T00:00", "2023-09-21T00:00", "2023-12-21T00:00"]
LATITUDES, LONGITUDES = np.arange(-80.0, 81.0, 20.0), np.arange(0.0, 360.0, 30.0)


def mean_density(f107: float, ap: float) -> np.ndarray:
    """Return the mean density at each height (kg/m3)."""
    weight = np.cos(np.radians(LATITUDES))
    days = np.array(DAYS, "datetime64[m]")
    out = pymsis.calculate(
        days, LONGITUDES, LATITUDES, HEIGHTS_KM, [f107] * 4, [f107] * 4, [[ap] * 7] * 4, version=2.1
    )[..., 0]
    return np.average(out.mean(axis=(0, 1)), axis=0, weights=weight)


if __name__ == "__main__":
    columns = [mean_density(*values) for values in ACTIVITY.values()]
    for height, *densities in zip(HEIGHTS_KM, *columns, strict=True):
        print(f"    ({height}, " + ", ".join(f"{value:.4e}" for value in densities) + "),")
