"""The rocket's path as one line in time, whatever tracks a report carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.report.clock import Clock
from overflight.report.projection import AUTHALIC_RADIUS_KM, unit_vectors
from overflight.report.values import Track
from overflight.report.words import bearing_words, distance

__all__ = ["FlightPath", "flight_path", "path_sentence"]


@dataclass(frozen=True, slots=True)
class FlightPath:
    """Times after lift-off ``(n,)``, positions ``lonlat_deg (n, 2)`` and heights ``(n,)``.

    What was flown ends at ``flown_s``, which is ``None`` when no track says how far the flight got.
    """

    time_s: np.ndarray
    lonlat_deg: np.ndarray
    altitude_km: np.ndarray
    flown_s: float | None

    def __len__(self) -> int:
        """Return the number of points; 0 if there is no path."""
        return len(self.time_s)

    def at(self, time_s: np.ndarray | Sequence[float]) -> np.ndarray:
        """Return positions ``(k, 2)`` at times within the path, between points along the chord."""
        times = np.asarray(time_s, dtype=float)
        unit = unit_vectors(self.lonlat_deg)
        x, y, z = (np.interp(times, self.time_s, unit[:, axis]) for axis in range(3))
        return np.degrees(np.stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))], axis=1))

    def height_km(self, time_s: float) -> float:
        """Return the height at a time."""
        return float(np.interp(time_s, self.time_s, self.altitude_km))

    def upto(self, first_s: float, last_s: float) -> FlightPath:
        """Return the part between two times, with points at both ends."""
        first_s, last_s = max(first_s, float(self.time_s[0])), min(last_s, float(self.time_s[-1]))
        inner = self.time_s[(self.time_s > first_s) & (self.time_s < last_s)]
        times = np.concatenate([[first_s], inner, [last_s]])
        heights = np.interp(times, self.time_s, self.altitude_km)
        return FlightPath(times, self.at(times), heights, self.flown_s)

    def ranges_km(self) -> np.ndarray:
        """Return the distance over ground from the first point, along great circles, ``(n,)``."""
        unit = unit_vectors(self.lonlat_deg)
        cross = np.linalg.norm(np.cross(unit[0], unit), axis=1)
        return AUTHALIC_RADIUS_KM * np.arctan2(cross, unit @ unit[0])


def flight_path(tracks: Sequence[Track]) -> FlightPath:
    """Return what was flown, followed by what was planned beyond it."""
    flown = [track for track in tracks if track.kind == "flown" and len(track.time_s) > 1]
    planned = [track for track in tracks if track.kind == "planned" and len(track.time_s) > 1]
    end_s = max((track.time_s[-1] for track in flown), default=None)
    rows: list[tuple[float, float, float, float]] = []
    for track in [*flown[:1], *planned[:1]]:
        after = rows[-1][0] if rows else -np.inf
        columns = zip(track.time_s, track.longitude_deg, track.latitude_deg, track.altitude_km, strict=True)
        rows += [row for row in columns if row[0] > after]
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return FlightPath(table[:, 0], table[:, 1:3], table[:, 3], end_s)


def bearing_deg(start: np.ndarray, end: np.ndarray) -> float:
    """Return the initial direction of the great circle between two points, clockwise from north."""
    (lon0, lat0), (lon1, lat1) = np.radians(start), np.radians(end)
    east = np.sin(lon1 - lon0) * np.cos(lat1)
    north = np.cos(lat0) * np.sin(lat1) - np.sin(lat0) * np.cos(lat1) * np.cos(lon1 - lon0)
    return float(np.degrees(np.arctan2(east, north)) % 360)


def path_sentence(path: FlightPath, site: str, clock: Clock) -> str:
    """Return where the path leads, in words: direction, a bend if there is one, distance, time, height."""
    if len(path) < 3:
        return f"No path was computed from {site}."
    ranges = path.ranges_km()
    early = int(np.searchsorted(ranges, 0.15 * ranges[-1]).clip(1, len(path) - 1))
    late = int(np.searchsorted(ranges, 0.85 * ranges[-1]).clip(1, len(path) - 2))
    first = bearing_deg(path.lonlat_deg[0], path.lonlat_deg[early])
    last = bearing_deg(path.lonlat_deg[late], path.lonlat_deg[-1])
    away = f"From {site} towards the {bearing_words(first)}"
    if bearing_words(first) != bearing_words(last):
        away += f", later {bearing_words(last)}"
    end = float(path.time_s[-1])
    return (
        f"{away}. The line ends at {clock.moment(end)}, "
        f"{distance(float(ranges[-1]))} away and {distance(float(path.altitude_km[-1]))} high."
    )
