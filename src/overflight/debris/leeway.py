"""Leeway: how wind moves what floats, relative to the water round it, by classes of objects.

Coefficients of A. Allen and J. Plourde, "Review of Leeway: Field Experiments and Implementation", USCG
Research and Development Center report CG-D-08-99 (1999), and A. Allen, "Leeway Divergence", CG-D-05-05
(2005), as the operational list of the US Coast Guard has them (November 2010).  There is **no class for parts
of rockets**: nobody has measured how spent stages, tank walls or fairing halves drift.  Debris of ships,
containers and drums, which bound what hollow metal and sandwich panels may do, stand in for them, and a
search takes several.

Speeds follow Ø. Breivik and A. Allen, "An operational search and rescue model for the Norwegian Sea and the
North Sea", Journal of Marine Systems 69 (2008), section 2: the error of an object is a part of its slope and
a part of its offset, so that it is the standard deviation of the experiments at a wind of 10 m/s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["JIBES_PER_HOUR", "LEEWAY_CLASSES", "MIX", "LeewayClass", "leeway_mps"]

Array = NDArray[np.float64]
JIBES_PER_HOUR = 0.04
"""Chance per hour that an object changes the side to which it drifts (Breivik and Allen 2008, section
2.3)."""


@dataclass(frozen=True, slots=True)
class LeewayClass:
    """A class of drifting objects.

    ``downwind``, ``right`` and ``left``: slope (percent of the wind), offset (cm/s) and standard deviation
    (cm/s) of the speed downwind and to either side of the wind, right positive.
    """

    key: str
    label: str
    downwind: tuple[float, float, float]
    right: tuple[float, float, float]
    left: tuple[float, float, float]


LEEWAY_CLASSES = {
    item.key: item
    for item in (
        LeewayClass("ship-debris", "debris of a fishing vessel (FV-DEBRIS)",
                    (1.97, 0.0, 8.3), (0.36, 0.0, 6.7), (-0.36, 0.0, 6.7)),
        LeewayClass("container-70", "container, 70 % submerged (CONTAINER-1)",
                    (1.78, 1.44, 2.99), (0.27, -2.44, 2.31), (-0.27, 2.44, 2.31)),
        LeewayClass("container-80", "container, 80 % submerged (CONTAINER-2)",
                    (1.25, 3.96, 2.81), (0.19, 1.14, 4.36), (-0.19, -1.14, 4.36)),
        LeewayClass("drum", "oil drum of 220 litres (OIL-DRUM)",
                    (0.75, 2.66, 2.83), (0.48, 2.88, 3.92), (-0.45, -1.46, 4.59)),
        LeewayClass("swamped-skiff", "skiff, swamped and capsized (SKIFF-3)",
                    (1.65, 0.0, 3.1), (0.39, 0.0, 2.9), (-0.39, 0.0, 2.9)),
        LeewayClass("awash", "awash, moved by the current alone (SLDMB)",
                    (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    )
}  # fmt: skip
"""Classes by key."""
MIX = ("ship-debris", "container-70", "container-80", "drum", "awash")
"""Classes that stand in for parts of rockets, in equal shares, where nobody knows better."""


def leeway_mps(
    wind_mps: Array,
    kind: NDArray[np.int64],
    classes: tuple[LeewayClass, ...],
    z: Array,
    to_right: NDArray[np.bool_],
) -> Array:
    """Return the leeway (n, 2), east and north in m/s.

    Parameters
    ----------
    wind_mps : (n, 2) at 10 m, east and north, where it blows to
    kind : (n,) class of each object; z : (n, 2) its standard normal errors downwind and crosswind
    to_right : (n,) whether it drifts to the right of the wind
    """
    speed = np.hypot(wind_mps[:, 0], wind_mps[:, 1])
    along = np.divide(wind_mps, speed[:, None], out=np.zeros_like(wind_mps), where=speed[:, None] > 0.0)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    down = np.array([c.downwind for c in classes])[kind]
    sides = np.where(
        to_right[:, None],
        np.array([c.right for c in classes])[kind],
        np.array([c.left for c in classes])[kind],
    )
    return along * _speed(down, z[:, 0], speed)[:, None] + across * _speed(sides, z[:, 1], speed)[:, None]


def _speed(row: Array, z: Array, wind_mps: Array) -> Array:
    """Return (slope + e / 20) wind + offset + e / 2 with the error e, wind in m/s, the rest in cm/s."""
    error = row[:, 2] * z
    return ((row[:, 0] + error / 20.0) * wind_mps + row[:, 1] + error / 2.0) / 100.0
