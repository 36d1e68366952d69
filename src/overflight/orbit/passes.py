"""Passes and imaging windows of one satellite over many places, none lost between steps.

A place sees the satellite when its elevation over the geodetic horizon exceeds the mask; the satellite can
image the place when, besides, the angle at the satellite between nadir (towards the Earth's centre) and
the place is within a limit. That angle is small on the far side of the Earth too, so it is never asked
alone: in the triangle Earth's centre, satellite, place, an off-nadir limit is a least elevation, and the
margin of both is one function that rises and falls once a pass. Every rise and fall of it is looked for
between the steps, not at them: an interval whose ends are both out is searched for its peak where the
margin can rise fast enough to become positive.

Elevations are geometric: without refraction, which lifts by 0.5 degrees at the horizon and 0.1 at 10 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import local_axes
from overflight.orbit.ephemeris import Ephemeris
from overflight.orbit.sun import sun_elevation_rad
from overflight.orbit.windows import GroundPoints, Pass, Passes

__all__ = ["GroundPoints", "Pass", "Passes", "find_passes"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
GRAZING_RAD = np.radians(0.5)
"""A window whose best moment clears its limit by less is grazing: a small error of the orbit makes or
unmakes it.
"""
_BLOCK = 2_000_000  # place-times looked at together


@dataclass(frozen=True, slots=True)
class _Sight:
    """What decides visibility: places with their local up, and the limits."""

    ephemeris: Ephemeris
    position_m: Array
    radius_m: Array
    up: Array
    min_elevation_rad: float
    max_off_nadir_rad: float | None

    def margin(self, point: Integers, time_s: Array) -> Array:
        """Return by how much (rad) the limits are met by places at times (m,); negative: not."""
        return self.margin_of(point, self.ephemeris.at(time_s))

    def margin_of(self, point: Integers, satellite: Array) -> Array:
        """Return the same for positions (m, 3) of the satellite."""
        place = self.position_m[point]
        line = satellite - place
        distance = np.sqrt(np.einsum("ij,ij->i", line, line))
        margin = np.arcsin(np.einsum("ij,ij->i", line, self.up[point]) / distance) - self.min_elevation_rad
        if self.max_off_nadir_rad is None:
            return margin
        radius = self.radius_m[point]
        central = np.arcsin(np.clip(np.einsum("ij,ij->i", line, place) / (distance * radius), -1.0, 1.0))
        away = np.sqrt(np.einsum("ij,ij->i", satellite, satellite))
        sine = away / radius * np.sin(self.max_off_nadir_rad)
        least = np.arccos(np.minimum(sine, 1.0))
        return np.minimum(margin, central - least)


def find_passes(
    ephemeris: Ephemeris,
    points: GroundPoints,
    *,
    min_elevation_deg: float = 10.0,
    max_off_nadir_deg: float | None = None,
    min_sun_deg: float = 10.0,
    daylight_only: bool = False,
) -> Passes:
    """Return all windows in which the satellite stands above a mask and, if asked, within an off-nadir limit.

    Parameters
    ----------
    min_elevation_deg : mask over the geodetic horizon, 0 to 90
    max_off_nadir_deg : greatest angle at the satellite between the Earth's centre and the place
    min_sun_deg : elevation of the Sun over the place from which a window counts as daylight
    daylight_only : leave the others out
    """
    limit = None if max_off_nadir_deg is None else np.radians(max_off_nadir_deg)
    place = points.position_m
    up = local_axes(points.latitude_rad, points.longitude_rad)[2]
    radius = np.linalg.norm(place, axis=1)
    sight = _Sight(ephemeris, place, radius, up, np.radians(min_elevation_deg), limit)
    parts = [_windows(sight, np.arange(a, min(a + 500, len(points)))) for a in range(0, len(points), 500)]
    point, begin, peak, end = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((begin, point))
    found = _described(
        sight, points, np.radians(min_sun_deg), point[order], begin[order], peak[order], end[order]
    )
    return found.only(found.daylight) if daylight_only else found


def _windows(sight: _Sight, places: Integers) -> tuple[Integers, Array, Array, Array]:
    """Return place, begin, peak and end of the windows of some places."""
    point, index, value = _near(sight, places)
    step, last = sight.ephemeris.step_s, len(sight.ephemeris) - 1
    joined = np.zeros(len(point), bool)
    joined[1:] = (point[1:] == point[:-1]) & (index[1:] == index[:-1] + 1)
    after = np.append(joined[1:], False)
    before_value = np.where(joined, np.roll(value, 1), -np.inf)
    after_value = np.where(after, np.roll(value, -1), -np.inf)
    top = (value >= before_value) & (value > after_value)
    height = np.linalg.norm(sight.ephemeris.position_m[index[top]], axis=1) - 6.33e6
    speed = np.linalg.norm(sight.ephemeris.velocity_mps[index[top]], axis=1)
    reachable = value[top] > -1.3 * step * speed / np.maximum(height, 1e5)
    tops = np.flatnonzero(top)[reachable]
    point, index = point[tops], index[tops]
    low, high = step * np.maximum(index - 1, 0), step * np.minimum(index + 1, last)
    peak = _highest(sight, point, low.astype(float), high.astype(float))
    best = sight.margin(point, peak)
    good = best > 0.0
    point, index, peak = point[good], index[good], peak[good]
    begin = _crossing(sight, point, peak, -step)
    end = _crossing(sight, point, peak, step)
    return _distinct(sight, point, begin, peak, end)


def _near(sight: _Sight, places: Integers) -> tuple[Integers, Integers, Array]:
    """Return place, step and margin of all place-times at which a window may lie within a step, in order.

    The margin at a step can be negative and become positive before the next one; what is kept reaches a step
    and a half farther than the horizon.
    """
    eph = sight.ephemeris
    away = np.linalg.norm(eph.position_m, axis=1)
    unit = eph.position_m / away[:, None]
    reach = np.arccos(np.clip(6.356e6 / away, -1.0, 1.0)) + 0.02
    reach = reach + 1.6 * eph.step_s * np.linalg.norm(eph.velocity_mps, axis=1) / away
    cosine = np.cos(np.minimum(reach, np.pi))
    ground = sight.position_m[places] / sight.radius_m[places, None]
    centre = ground.mean(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)
    spread = float(np.arccos(np.clip((ground @ centre).min(), -1.0, 1.0)))
    maybe = np.flatnonzero(unit @ centre >= np.cos(np.minimum(reach + spread, np.pi)))
    found: list[tuple[Integers, Integers, Array]] = []
    for part in np.array_split(maybe, max(len(maybe) * len(places) // _BLOCK, 1)):
        which, when = np.nonzero(ground @ unit[part].T >= cosine[part])
        point, index = places[which], part[when]
        found.append((point, index, sight.margin_of(point, eph.position_m[index])))
    point, index, value = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order = np.lexsort((index, point))
    return point[order], index[order], value[order]


def _highest(sight: _Sight, point: Integers, low: Array, high: Array) -> Array:
    """Return when the margin is greatest between two times (m,), by golden section to a millisecond."""
    ratio = 0.6180339887498949
    a, b = low, high
    x, y = b - ratio * (b - a), a + ratio * (b - a)
    fx, fy = sight.margin(point, x), sight.margin(point, y)
    steps = (
        int(np.ceil(np.log(1e-3 / max(2.0 * sight.ephemeris.step_s, 1e-3)) / np.log(ratio))) if len(a) else 0
    )
    for _ in range(steps):
        left = fx > fy
        a, b = np.where(left, a, x), np.where(left, y, b)
        new = np.where(left, b - ratio * (b - a), a + ratio * (b - a))
        value = sight.margin(point, new)
        x, y, fx, fy = (
            np.where(left, new, y),
            np.where(left, x, new),
            np.where(left, value, fy),
            np.where(left, fx, value),
        )
    return 0.5 * (a + b)


def _crossing(sight: _Sight, point: Integers, peak: Array, step: float) -> Array:
    """Return when the margin is zero before (negative step) or after the peak; the end of the span if
    never.
    """
    inside, edge = peak.copy(), sight.ephemeris.span_s if step > 0 else 0.0
    outside, open_ = np.full(len(peak), edge), np.ones(len(peak), bool)
    while open_.any():
        rows = np.flatnonzero(open_)
        trial = np.clip(inside[rows] + step, 0.0, sight.ephemeris.span_s)
        positive = sight.margin(point[rows], trial) > 0.0
        inside[rows[positive]], outside[rows[~positive]] = trial[positive], trial[~positive]
        at_edge = positive & (trial == edge)
        outside[rows[at_edge]] = edge
        open_[rows[~positive | at_edge]] = False
    for _ in range(int(np.ceil(np.log2(abs(step) / 1e-4)))):
        middle = 0.5 * (inside + outside)
        positive = sight.margin(point, middle) > 0.0
        inside, outside = np.where(positive, middle, inside), np.where(positive, outside, middle)
    return 0.5 * (inside + outside)


def _distinct(
    sight: _Sight, point: Integers, begin: Array, peak: Array, end: Array
) -> tuple[Integers, Array, Array, Array]:
    """Keep the higher of two peaks in one window."""
    order = np.lexsort((begin, point))
    point, begin, peak, end = point[order], begin[order], peak[order], end[order]
    value = sight.margin(point, peak)
    same = np.zeros(len(point), bool)
    same[1:] = (point[1:] == point[:-1]) & (begin[1:] < end[:-1] - 1e-3)
    group = np.cumsum(~same) - 1
    best = np.lexsort((-value, group))
    first = best[np.unique(group[best], return_index=True)[1]]
    return point[first], begin[first], peak[first], end[first]


def _described(
    sight: _Sight,
    points: GroundPoints,
    min_sun: float,
    point: Integers,
    begin: Array,
    peak: Array,
    end: Array,
) -> Passes:
    eph = sight.ephemeris
    east, north, up = (axis[point] for axis in local_axes(points.latitude_rad, points.longitude_rad))
    place, azimuths = sight.position_m[point], []
    for time in (begin, peak, end):
        line = eph.at(time) - place
        azimuths.append(np.arctan2((line * east).sum(1), (line * north).sum(1)) % (2.0 * np.pi))
    satellite = eph.at(peak)
    line = satellite - place
    distance = np.linalg.norm(line, axis=1)
    off_nadir = np.arccos(
        np.clip((line * satellite).sum(1) / (distance * np.linalg.norm(satellite, axis=1)), -1.0, 1.0)
    )
    jd, fraction = eph.julian(peak)
    index = np.clip((peak / eph.step_s).astype(np.int64), 0, len(eph) - 1)
    return Passes(
        eph, points, sight.min_elevation_rad, sight.max_off_nadir_rad, min_sun, point, begin, peak, end,
        elevation_rad=np.arcsin(np.clip((line * up).sum(1) / distance, -1.0, 1.0)),
        off_nadir_rad=off_nadir,
        range_m=distance,
        azimuth_rad=np.stack(azimuths, axis=1).reshape(-1, 3),
        sun_rad=sun_elevation_rad(points.latitude_rad[point], points.longitude_rad[point], jd, fraction),
        northbound=eph.velocity_mps[index, 2] > 0.0,
        grazing=sight.margin(point, peak) < GRAZING_RAD,
        cut=(begin < 1e-3) | (end > eph.span_s - 1e-3),
    )  # fmt: skip
