"""Wind and current at the surface of the sea: the same everywhere, in time, or on a grid."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["SurfaceField", "constant_field", "series_field"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SurfaceField:
    """A velocity field, east and north in m/s where it goes to.

    ``time_s`` (t,) seconds after the start of the drift, rising; ``latitude_deg`` (y,) and ``longitude_deg``
    (x,) rising, longitudes without a jump; ``velocity_mps`` (t, y, x, 2), NaN on land. One time, latitude or
    longitude alone holds everywhere; beyond the first and the last time the field stays as it is there.
    """

    time_s: Array = field(repr=False)
    latitude_deg: Array = field(repr=False)
    longitude_deg: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)
    source: str = "stated"

    @property
    def stated(self) -> bool:
        """Whether it is one velocity, everywhere and always."""
        return self.source.startswith("stated")

    def covers(self, longitude_deg: Array, latitude_deg: Array) -> NDArray[np.bool_]:
        """Return which places (n,) lie on the grid."""
        inside = np.ones(len(longitude_deg), bool)
        turned = self._turned(longitude_deg)
        for axis, value in ((self.latitude_deg, latitude_deg), (self.longitude_deg, turned)):
            if len(axis) > 1:
                inside &= (value >= axis[0]) & (value <= axis[-1])
        return inside

    def at(self, time_s: float, longitude_deg: Array, latitude_deg: Array) -> Array:
        """Return velocities (n, 2), linear between nodes; on land and beyond the grid that of the nearest sea
        among the nodes around, zero where all of them are land."""
        rows, shares = [], []
        for axis, value in (
            (self.time_s, np.full(len(longitude_deg), time_s)), (self.latitude_deg, latitude_deg),
            (self.longitude_deg, self._turned(longitude_deg)),
        ):  # fmt: skip
            low, share = _between(axis, value)
            rows.append((low, np.minimum(low + 1, len(axis) - 1)))
            shares.append((1.0 - share, share))
        total, weight = np.zeros((len(longitude_deg), 2)), np.zeros(len(longitude_deg))
        for t in (0, 1):
            for y in (0, 1):
                for x in (0, 1):
                    node = self.velocity_mps[rows[0][t], rows[1][y], rows[2][x]]
                    sea = np.asarray(np.isfinite(node).all(axis=1))
                    part = shares[0][t] * shares[1][y] * shares[2][x] * sea
                    total += part[:, None] * np.where(sea[:, None], node, 0.0)
                    weight += part
        return np.divide(total, weight[:, None], out=np.zeros_like(total), where=weight[:, None] > 1e-12)

    def _turned(self, longitude_deg: Array) -> Array:
        """Return longitudes on the turn of the grid."""
        middle = 0.5 * (self.longitude_deg[0] + self.longitude_deg[-1])
        return middle + (longitude_deg - middle + 180.0) % 360.0 - 180.0


def _between(axis: Array, value: Array) -> tuple[NDArray[np.int64], Array]:
    if len(axis) == 1:
        return np.zeros(len(value), np.int64), np.zeros(len(value))
    low = np.clip(np.searchsorted(axis, value, side="right") - 1, 0, len(axis) - 2)
    return low, np.clip((value - axis[low]) / (axis[low + 1] - axis[low]), 0.0, 1.0)


def constant_field(east_mps: float, north_mps: float, source: str = "stated") -> SurfaceField:
    """Return a field that is the same everywhere and always."""
    return series_field(np.zeros(1), np.array([[east_mps, north_mps]]), source)


def series_field(time_s: Array, velocity_mps: Array, source: str = "stated") -> SurfaceField:
    """Return a field that is the same everywhere and changes with time: ``velocity_mps`` (t, 2)."""
    one = np.zeros(1)
    return SurfaceField(time_s, one, one, velocity_mps[:, None, None, :], source)
