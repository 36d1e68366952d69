"""Which places a plan is most about: where a larger map helps, and which ones a sentence names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overflight.report.projection import AUTHALIC_RADIUS_KM, unit_vectors
from overflight.report.values import PlaceRow

__all__ = ["LIKELY", "POSSIBLE", "main_places", "place_groups"]

LIKELY, POSSIBLE = 0.25, 0.02
"""Places at least this likely to be overflown are drawn solid, or striped."""
FIRST_MINUTE_S = 60.0
"""Places nearest within the first minute lie round the pad; that they are overflown is no news."""
LARGE_KM = 300.0
"""Places wider than this are seen well enough on the map of the whole path."""
TOGETHER_KM = 420.0
"""Places this close to the likeliest of them share one map."""


def place_groups(rows: Sequence[PlaceRow], most: int = 2) -> tuple[tuple[PlaceRow, ...], ...]:
    """Return up to ``most`` groups of places near each other, likeliest first, each for one larger map.

    Places round the pad and very large ones are left out, unless there are no others.
    """
    passed = sorted((row for row in rows if row.p_over > 0), key=lambda row: -row.p_over)
    later = [row for row in passed if (row.closest_time_s or 0.0) > FIRST_MINUTE_S]
    left = [row for row in later if width_km(row) <= LARGE_KM] or later or passed
    groups: list[tuple[PlaceRow, ...]] = []
    while left and len(groups) < most:
        unit = unit_vectors(np.array([(row.longitude_deg, row.latitude_deg) for row in left]))
        close = (unit @ unit[0] >= np.cos(TOGETHER_KM / AUTHALIC_RADIUS_KM)).tolist()
        groups.append(tuple(row for row, near in zip(left, close, strict=True) if near)[:14])
        left = [row for row, near in zip(left, close, strict=True) if not near]
        left = left if left and left[0].p_over >= POSSIBLE else []
    return tuple(groups)


def main_places(rows: Sequence[PlaceRow], most: int = 2) -> tuple[PlaceRow, ...]:
    """Return the likeliest place of each group, abroad rather than in the launching country."""
    home = home_country(rows)
    return tuple(
        next((row for row in group if row.country != home), group[0]) for group in place_groups(rows, most)
    )


def home_country(rows: Sequence[PlaceRow]) -> str | None:
    """Return the country of the place that the rocket stands in, if it is among those listed."""
    at_pad = [row for row in rows if row.closest_km < 0.5 and row.closest_time_s is not None]
    first = min(at_pad, key=lambda row: row.closest_time_s or 0.0, default=None)
    if first is None or (first.closest_time_s or 0.0) > FIRST_MINUTE_S:
        return None
    return first.country


def width_km(row: PlaceRow) -> float:
    """Return about how wide a place is: the longest side of the box round it."""
    points = np.array([point for ring in row.rings for point in ring])
    if not len(points):
        return 0.0
    longitude = np.unwrap(points[:, 0], period=360)
    east_west = float(np.ptp(longitude)) * float(np.cos(np.radians(points[:, 1].mean())))
    return np.pi / 180 * AUTHALIC_RADIUS_KM * max(east_west, float(np.ptp(points[:, 1])))
