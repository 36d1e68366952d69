"""Drift at sea: particles that float from where they came down, with current and leeway, until they strand.

Each particle keeps its class, its errors and, but for rare jibes, the side of the wind to which it drifts
(see ``leeway``).  Steps follow the midpoint rule on the ellipsoid.  Left out, and to be said wherever results
are shown: tides unless the current has them, Stokes drift beyond what leeway was measured with, sinking on
the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.debris.leeway import JIBES_PER_HOUR, LeewayClass, leeway_mps
from overflight.debris.surface_fields import SurfaceField
from overflight.earth.constants import WGS84

__all__ = ["STEP_S", "Drifted", "drift"]

Array = NDArray[np.float64]
STEP_S = 600.0


@dataclass(frozen=True, slots=True)
class Drifted:
    """Where particles are at some times.

    ``time_s`` (t,) after the start; ``longitude_deg``, ``latitude_deg`` (t, n); ``afloat`` (t, n): not yet
    stranded and not yet beyond the grids; ``stranded_s`` (n,) when each met land, infinity where it did not;
    ``left_s`` (n,) when it left a grid, after which it stays where it was; ``kind`` (n,) its class.
    """

    time_s: Array
    longitude_deg: Array = field(repr=False)
    latitude_deg: Array = field(repr=False)
    stranded_s: Array = field(repr=False)
    left_s: Array = field(repr=False)
    kind: NDArray[np.int64] = field(repr=False)

    @property
    def afloat(self) -> NDArray[np.bool_]:
        """Which particles still drift at each time (t, n)."""
        return np.minimum(self.stranded_s, self.left_s)[None, :] > self.time_s[:, None]


def drift(
    longitude_deg: Array,
    latitude_deg: Array,
    start_s: Array,
    times_s: Sequence[float],
    *,
    classes: tuple[LeewayClass, ...],
    wind: SurfaceField,
    current: SurfaceField,
    on_land: Callable[[Array, Array], NDArray[np.bool_]] = lambda lon, _lat: np.zeros(len(lon), bool),
    wind_sd_mps: float = 0.0,
    current_sd_mps: float = 0.0,
    seed: int = 1,
    step_s: float = STEP_S,
) -> Drifted:
    """Let particles drift.

    Parameters
    ----------
    longitude_deg, latitude_deg, start_s : (n,) where and when each comes down, seconds after the start
    times_s : when to look, rising
    classes : object classes, given to the particles in turn
    on_land : says which of some places are on land
    wind_sd_mps, current_sd_mps : error of wind and current, each component, one draw a particle
    """
    n = len(longitude_deg)
    index = np.arange(n)
    state = _State(
        lon=np.array(longitude_deg, float), lat=np.array(latitude_deg, float),
        kind=index % len(classes), classes=classes, wind=wind, current=current,
        z=np.stack([rng.normal(seed, f"drift.{name}", index) for name in ("downwind", "crosswind")], axis=1),
        to_right=rng.uniform(seed, "drift.side", index) < 0.5,
        errors=np.stack([rng.normal(seed, f"drift.{key}", index) for key in ("we", "wn", "ce", "cn")], axis=1)
        * np.array([wind_sd_mps, wind_sd_mps, current_sd_mps, current_sd_mps]),
    )  # fmt: skip
    stranded, left = np.full(n, np.inf), np.full(n, np.inf)
    stranded[on_land(state.lon, state.lat)] = 0.0
    lon_out, lat_out = [], []
    now = 0.0
    for step, end in _steps(times_s, step_s):
        moving = (stranded == np.inf) & (left == np.inf) & (start_s < end)
        span = np.where(moving, end - np.maximum(now, start_s), 0.0)
        lon, lat = state.moved(now, span)
        out = moving & ~(wind.covers(lon, lat) & current.covers(lon, lat))
        ashore = moving & ~out
        ashore[ashore] = on_land(lon[ashore], lat[ashore])
        stranded[ashore], left[out] = end, end
        go = moving & ~out
        state.lon[go], state.lat[go] = lon[go], lat[go]
        chance = 1.0 - np.exp(-JIBES_PER_HOUR * span / 3600.0)
        state.to_right ^= rng.uniform(seed, "drift.jibe", index, step) < chance
        now = end
        if any(abs(end - t) < 1e-6 for t in times_s):
            lon_out.append(state.lon.copy())
            lat_out.append(state.lat.copy())
    return Drifted(
        np.array(list(times_s), float), np.stack(lon_out), np.stack(lat_out), stranded, left, state.kind
    )


def _steps(times_s: Sequence[float], step_s: float) -> list[tuple[int, float]]:
    """Return numbered ends of steps: whole steps, and every time to look at."""
    last = max(times_s)
    ends = {round(float(t), 6) for t in times_s} | {step_s * i for i in range(1, int(last // step_s) + 1)}
    return list(enumerate(sorted(end for end in ends if end > 0.0)))


@dataclass(slots=True)
class _State:
    """The particles on their way; the one value here that changes, inside :func:`drift` alone."""

    lon: Array
    lat: Array
    kind: NDArray[np.int64]
    classes: tuple[LeewayClass, ...]
    wind: SurfaceField
    current: SurfaceField
    z: Array
    to_right: NDArray[np.bool_]
    errors: Array

    def moved(self, time_s: float, span_s: Array) -> tuple[Array, Array]:
        """Return where the particles are ``span_s`` (n,) later, by the midpoint rule."""
        half = self._shifted(self._velocity(time_s, self.lon, self.lat), 0.5 * span_s)
        middle_s = time_s + 0.5 * float(span_s.max(initial=0.0))
        return self._shifted(self._velocity(middle_s, *half), span_s)

    def _velocity(self, time_s: float, lon: Array, lat: Array) -> Array:
        wind = self.wind.at(time_s, lon, lat) + self.errors[:, :2]
        water = self.current.at(time_s, lon, lat) + self.errors[:, 2:]
        return water + leeway_mps(wind, self.kind, self.classes, self.z, self.to_right)

    def _shifted(self, velocity_mps: Array, span_s: Array) -> tuple[Array, Array]:
        """Return places moved along the radii of curvature of the ellipsoid."""
        a, e2 = WGS84.equatorial_radius_m, WGS84.flattening * (2.0 - WGS84.flattening)
        sin = np.sin(np.radians(self.lat))
        root = np.sqrt(1.0 - e2 * sin**2)
        north_m, east_m = a * (1.0 - e2) / root**3, a / root * np.maximum(np.cos(np.radians(self.lat)), 1e-6)
        lat = np.clip(self.lat + np.degrees(velocity_mps[:, 1] * span_s / north_m), -89.999, 89.999)
        lon = self.lon + np.degrees(velocity_mps[:, 0] * span_s / east_m)
        return (lon + 180.0) % 360.0 - 180.0, lat
