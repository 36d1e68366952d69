"""How often places are seen by one or several satellites, and how long they are not.

A gap is the time from the end of one window to the beginning of the next, of any of the satellites. The time
before the first and after the last window is cut by the span looked at and is left out; with fewer than two
windows there is no gap, and the span itself is a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight.orbit.elements import ElementSet
from overflight.orbit.ephemeris import sgp4_ephemeris
from overflight.orbit.passes import GroundPoints, Passes, find_passes
from overflight.orbit.sun import sun_elevation_rad

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LONG_S", "Coverage", "cover", "planned_sets", "revisit"]

Array = NDArray[np.float64]
LONG_S, SUN_STEP_S = 1200.0, 600.0
"""A longer window is cut into its parts in daylight; the step at which the Sun is looked at."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Revisit of places (p,): windows in daylight and at any time, gaps (s) between those in daylight.

    NaN where there are fewer than two windows. ``median_s`` and ``p95_s`` are over gaps; ``mean_s`` is the
    span over the number of windows; ``seen_s`` is the time in windows in daylight of any satellite.
    """

    satellites: int
    span_s: float
    points: GroundPoints = field(repr=False)
    any_light: NDArray[np.int64] = field(repr=False)
    windows: NDArray[np.int64] = field(repr=False)
    mean_s: Array = field(repr=False)
    median_s: Array = field(repr=False)
    p95_s: Array = field(repr=False)
    longest_s: Array = field(repr=False)
    seen_s: Array = field(repr=False)

    @property
    def daylight_share(self) -> Array:
        """Share of windows (p,) in daylight; NaN where there are none."""
        return np.where(self.any_light > 0, self.windows / np.maximum(self.any_light, 1), np.nan)

    def part(self, here: slice) -> Coverage:
        """Return the revisit of some of the places."""
        points = self.points
        names = ("latitude_rad", "longitude_rad", "height_m")
        own = GroundPoints(
            points.key[here], points.name[here], *(getattr(points, name)[here] for name in names)
        )
        columns = ("any_light", "windows", "mean_s", "median_s", "p95_s", "longest_s", "seen_s")
        return Coverage(self.satellites, self.span_s, own, *(getattr(self, name)[here] for name in columns))

    def clear_mean_s(self, clear_sky: float) -> Array:
        """Return the mean time between usable windows if each is clear with a stated chance,
        independently.
        """
        return self.mean_s / clear_sky

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a place, hours."""
        import pandas as pd

        return pd.DataFrame(
            {
                "place": self.points.name,
                "satellites": self.satellites,
                "windows_any_light": self.any_light,
                "windows_daylight": self.windows,
                "mean_h": self.mean_s / 3600.0,
                "median_h": self.median_s / 3600.0,
                "p95_h": self.p95_s / 3600.0,
                "longest_h": self.longest_s / 3600.0,
                "seen_s": self.seen_s,
            }
        )

    def _repr_html_(self) -> str:
        return self.to_dataframe().to_html(index=False, float_format="%.1f")


def revisit(passes: Sequence[Passes]) -> Coverage:
    """Return the revisit of the places that windows of one or several satellites have in common."""
    points, span = passes[0].points, passes[0].ephemeris.span_s
    count = len(points)
    parts = [_lit_parts(p) for p in passes]
    any_light = np.sum([dark + np.bincount(point, minlength=count) for dark, point, _, _ in parts], axis=0)
    point, begin, end = (np.concatenate(columns) for columns in list(zip(*parts, strict=True))[1:])
    order = np.lexsort((begin, point))
    point, begin, end = point[order], begin[order], end[order]
    windows = np.bincount(point, minlength=count)
    stats = np.full((3, count), np.nan)
    seen = np.bincount(point, weights=end - begin, minlength=count).astype(np.float64)
    first = np.searchsorted(point, np.arange(count + 1))
    for j in np.flatnonzero(windows > 1).tolist():
        own = slice(first[j], first[j + 1])
        reach = np.maximum.accumulate(end[own])
        gaps = begin[own][1:] - reach[:-1]
        gaps = gaps[gaps > 0.0]
        seen[j] = reach[-1] - begin[own][0] - gaps.sum()
        if len(gaps):
            stats[:, j] = np.median(gaps), np.quantile(gaps, 0.95), gaps.max()
    mean = np.where(windows > 0, span / np.maximum(windows, 1), np.nan)
    median, p95, longest = stats
    return Coverage(len(passes), span, points, any_light, windows, mean, median, p95, longest, seen)


def _lit_parts(passes: Passes) -> tuple[NDArray[np.int64], NDArray[np.int64], Array, Array]:
    """Return how many windows of each place are dark, then place, begin and end of what is in daylight.

    A short window is in daylight or not at its best moment; a long one is cut where the Sun passes its limit.
    """
    long = passes.end_s - passes.begin_s > LONG_S
    whole = np.flatnonzero(passes.daylight & ~long)
    point: list[NDArray[np.int64]] = [passes.point[whole]]
    begin: list[Array] = [passes.begin_s[whole]]
    end: list[Array] = [passes.end_s[whole]]
    dark = np.bincount(passes.point[~passes.daylight & ~long], minlength=len(passes.points))
    for k in np.flatnonzero(long).tolist():
        j = int(passes.point[k])
        steps = int((passes.end_s[k] - passes.begin_s[k]) // SUN_STEP_S) + 2
        time = np.linspace(passes.begin_s[k], passes.end_s[k], steps)
        lat, lon = (np.full(steps, a[j]) for a in (passes.points.latitude_rad, passes.points.longitude_rad))
        above = sun_elevation_rad(lat, lon, *passes.ephemeris.julian(time)) - passes.min_sun_rad
        lit = above >= 0.0
        turn = np.flatnonzero(lit[1:] != lit[:-1])
        crossing = time[turn] - above[turn] * (time[turn + 1] - time[turn]) / (above[turn + 1] - above[turn])
        edges = np.concatenate([time[:1][lit[:1]], crossing, time[-1:][lit[-1:]]])
        begin.append(edges[::2])
        end.append(edges[1::2])
        point.append(np.full(len(edges) // 2, j))
        dark[j] += len(edges) == 0
    return dark, np.concatenate(point), np.concatenate(begin), np.concatenate(end)


def planned_sets(
    elements: ElementSet, count: int, *, planes: int | None = None, spread_deg: float = 180.0
) -> tuple[ElementSet, ...]:
    """Return ``count`` satellites on the orbit of a set: in so many planes (as many as satellites if None).

    Planes are ``spread_deg / planes`` apart in node, satellites of a plane equally far apart, and
    neighbouring planes shifted by ``360 / count`` (a Walker star for 180 degrees, a Walker delta for 360).
    """
    planes = count if planes is None else planes
    found = []
    for k in range(count):
        plane, slot = k % planes, k // planes
        per_plane = -(-count // planes)
        shift = 2.0 * np.pi * (slot / per_plane + plane / count)
        node = elements.node_rad + np.radians(spread_deg) * plane / planes
        found.append(
            replace(
                elements,
                name=f"{elements.name or elements.catalogue_number} {k + 1}",
                node_rad=node % (2.0 * np.pi),
                mean_anomaly_rad=(elements.mean_anomaly_rad + shift) % (2.0 * np.pi),
            )
        )
    return tuple(found)


def cover(
    sets: Sequence[ElementSet],
    points: GroundPoints,
    start_utc: datetime,
    days: float,
    *,
    max_off_nadir_deg: float = 45.0,
    min_sun_deg: float = 10.0,
    progress: Callable[[int], None] = lambda _: None,
) -> Coverage:
    """Return the revisit of places by satellites over a span of days."""
    found = []
    for number, elements in enumerate(sets, start=1):
        path = sgp4_ephemeris(elements, start_utc, days)
        found.append(
            find_passes(
                path,
                points,
                min_elevation_deg=0.0,
                max_off_nadir_deg=max_off_nadir_deg,
                min_sun_deg=min_sun_deg,
            )
        )
        progress(number)
    return revisit(found)
