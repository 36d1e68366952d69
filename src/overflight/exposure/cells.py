"""Cells of about equal size over the Earth, and impacts counted in them.

Rows of constant height in latitude, each cut into whole cells of that width: nothing is stretched at high
latitudes, and none straddles the 180th meridian.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84

__all__ = ["Cells", "cells_of", "smoothed"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
_M_PER_DEG = 111_195.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells (k,) by row from the south pole and column from 180 degrees west; ``size_m`` of their sides."""

    size_m: float
    row: Integers = field(repr=False)
    column: Integers = field(repr=False)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def bounds_deg(self) -> Array:
        """West, south, east, north (k, 4)."""
        step = 180.0 / _rows(self.size_m)
        width = 360.0 / _columns(self.row, self.size_m)
        west, south = -180.0 + self.column * width, -90.0 + self.row * step
        return np.stack([west, south, west + width, south + step], axis=1, dtype=np.float64)

    @property
    def area_m2(self) -> Array:
        """Areas (k,) on the ellipsoid."""
        west, south, east, north = np.radians(self.bounds_deg).T
        return (_zone_m2(north) - _zone_m2(south)) * (east - west)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Cells:
        """Return some of the cells."""
        return Cells(self.size_m, self.row[index], self.column[index])


def _rows(size_m: float) -> int:
    return max(round(180.0 * _M_PER_DEG / size_m), 1)


def _columns(row: Integers, size_m: float) -> Integers:
    """Return how many cells a row has, at least three."""
    middle = np.radians(-90.0 + (row + 0.5) * 180.0 / _rows(size_m))
    return np.maximum(np.round(360.0 * _M_PER_DEG * np.cos(middle) / size_m), 3).astype(np.int64)


def _zone_m2(latitude_rad: Array) -> Array:
    """Return the area of the ellipsoid between the equator and a latitude, over one radian of longitude."""
    e = np.sqrt(WGS84.flattening * (2.0 - WGS84.flattening))
    s = np.sin(latitude_rad)
    return 0.5 * WGS84.polar_radius_m**2 * (s / (1.0 - (e * s) ** 2) + np.arctanh(e * s) / e)


def cells_of(longitude_deg: Array, latitude_deg: Array, size_m: float) -> tuple[Cells, Integers]:
    """Return the cells that points (m,) lie in, each once, and which of them (m,) each point lies in."""
    row = np.clip(np.floor((latitude_deg + 90.0) * _rows(size_m) / 180.0), 0, _rows(size_m) - 1).astype(
        np.int64
    )
    across = _columns(row, size_m)
    column = np.floor((longitude_deg + 180.0) % 360.0 / 360.0 * across).astype(np.int64)
    return _once(row, np.minimum(column, across - 1), size_m)


def _once(row: Integers, column: Integers, size_m: float) -> tuple[Cells, Integers]:
    """Return cells each once, in order of row and column, and which of them each pair is."""
    key, which = np.unique(row << 32 | column, return_inverse=True)
    return Cells(size_m, key >> 32, key & 0xFFFFFFFF), which.ravel()


def smoothed(cells: Cells, values: Array) -> tuple[Cells, Array]:
    """Return the cells and their neighbours with values (k, c) spread over them, the sum kept.

    A kernel of 1/4, 1/2, 1/4 either way, with a standard deviation of 0.7 cells.
    """
    rows, columns, share = [], [], []
    west, _, east, _ = cells.bounds_deg.T
    middle = 0.5 * (west + east)
    for up, tall in ((-1, 0.25), (0, 0.5), (1, 0.25)):
        row = np.clip(cells.row + up, 0, _rows(cells.size_m) - 1)
        across = _columns(row, cells.size_m)
        column = np.floor((middle + 180.0) / 360.0 * across).astype(np.int64)
        for side, wide in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            rows.append(row)
            columns.append((column + side) % across)
            share.append(tall * wide * values)
    out_cells, which = _once(np.concatenate(rows), np.concatenate(columns), cells.size_m)
    out, flat = np.zeros((len(out_cells), values.shape[1])), np.concatenate(share)
    for i in range(values.shape[1]):
        out[:, i] = np.bincount(which, flat[:, i], len(out_cells))
    return out_cells, out
