"""Polygons and circles of CAP as text: what is wrong with them (CAP 1.2 section 3.2.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from overflight.warning.cap.parse import SPACE, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_PAIRS = re.compile(rf"{_NUMBER},{_NUMBER}(?:[ \t\r\n]+{_NUMBER},{_NUMBER})*+")
_RADIUS = re.compile(_NUMBER)
MAX_OVERLAPS = 6_000_000
"""Most pairs of edges of a message whose boxes may overlap: bounds the time that its rings can take."""

_HALF_ROUND_KM = 20_038.0  # half of the equator's length


def pairs_of(text: str) -> NDArray | str:
    """Return the pairs of a polygon as (n, 2) latitude, longitude in degrees, or what is wrong."""
    import numpy as np

    words = words_of(text)
    if not _PAIRS.fullmatch(text.strip(SPACE)):
        wrong = next((word for word in words if not _PAIR.fullmatch(word)), "")
        return f"{wrong[:40]!r} is not 'latitude,longitude' in degrees"
    pairs = np.array(text.replace(",", " ").split(), dtype=float).reshape(-1, 2)
    outside = (np.abs(pairs[:, 0]) > 90.0) | (np.abs(pairs[:, 1]) > 180.0)
    if outside.any():
        worst = words[int(np.argmax(outside))][:40]
        return f"{worst!r} lies outside latitude -90..90, longitude -180..180 (are they swapped?)"
    return pairs


def ring_faults(texts: Iterable[str]) -> list[str | None]:
    """Return for each polygon of a message what is wrong with it, None if nothing.

    A ring may touch itself, as outlines of countries do, but not cross itself; one that steps over the
    antimeridian is looked at unrolled.  All rings together share one bound of work.
    """
    faults: list[str | None] = []
    left = MAX_OVERLAPS
    for text in texts:
        pairs = pairs_of(text)
        if isinstance(pairs, str):
            faults.append(pairs)
        elif len(pairs) < 4 or (pairs[0] != pairs[-1]).any():
            found = f"{len(pairs)} points; at least four are needed and the last must repeat the first"
            faults.append(found)
        else:
            left -= _overlapping_boxes(pairs)
            faults.append(_crossing_either_way(pairs) if left >= 0 else _INTRICATE)
    return faults


_INTRICATE = "too intricate to be judged; draw the area with fewer points"


def _crossing_either_way(pairs: NDArray) -> str | None:
    unrolled = _unrolled(pairs)
    if unrolled is not None and _crossing(unrolled) is None:
        return None
    return _crossing(pairs)


def _crossing(pairs: NDArray) -> str | None:
    from shapely.geometry import Polygon
    from shapely.validation import explain_validity

    polygon = Polygon(pairs[:, ::-1])
    if polygon.is_valid:
        return None if polygon.area > 0.0 else "the ring has no area"
    reason = explain_validity(polygon)
    if reason.startswith("Ring Self-intersection") and _only_touches(pairs):
        return None
    return f"the ring crosses itself ({reason})"


def _overlapping_boxes(pairs: NDArray) -> int:
    """Return a bound on how many pairs of edges have boxes that overlap: the work of a crossing test."""
    return min(_overlapping_spans(pairs[:, 0]), _overlapping_spans(pairs[:, 1]))


def _overlapping_spans(values: NDArray) -> int:
    import numpy as np

    low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    begun = np.searchsorted(np.sort(low), high, side="right")  # edges that begin before each one's end
    return int(begun.sum() - len(low) * (len(low) + 1) // 2)


def _only_touches(pairs: NDArray) -> bool:
    """Return whether a ring that meets itself at points only touches there.

    Touching rings keep their area; where loops cross, areas of opposite turn cancel.  Large rings are
    looked at point by point instead: two visits of a point cross if their edges alternate around it.
    """
    from shapely import make_valid
    from shapely.geometry import Polygon

    if len(pairs) <= 1000:
        even_odd = make_valid(Polygon(pairs[:, ::-1])).area
        return even_odd > 0.0 and math.isclose(abs(_signed_area(pairs)), even_odd, rel_tol=1e-9)
    visits = _visits(pairs)
    if not visits or sum(len(edges) ** 2 for edges in visits) > 20_000:
        return False
    return not any(
        _alternate(one, other)
        for edges in visits
        for number, one in enumerate(edges)
        for other in edges[:number]
    )


def _visits(pairs: NDArray) -> list[list[tuple[float, float]]]:
    """Return for each point visited more than once the bearings (in, out) of every visit."""
    import numpy as np

    steps = np.diff(pairs, axis=0)
    points = pairs[:-1][(steps != 0.0).any(axis=1)]
    _, which, count = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    found: dict[int, list[tuple[float, float]]] = {}
    for at in np.flatnonzero(count[which.ravel()] > 1):
        before, after = points[at - 1] - points[at], points[(at + 1) % len(points)] - points[at]
        bearings = (math.atan2(before[0], before[1]), math.atan2(after[0], after[1]))
        found.setdefault(int(which.ravel()[at]), []).append(bearings)
    return list(found.values())


def _alternate(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Return whether the edges of two visits alternate around the point, or lie on one another."""
    turn = (one[1] - one[0]) % (2.0 * math.pi)
    inside = [(bearing - one[0]) % (2.0 * math.pi) for bearing in other]
    if any(angle in (0.0, turn) for angle in inside):
        return True
    return (inside[0] < turn) != (inside[1] < turn)


def _signed_area(pairs: NDArray) -> float:
    x, y = pairs[:, 1] - pairs[0, 1], pairs[:, 0] - pairs[0, 0]
    return 0.5 * float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _unrolled(pairs: NDArray) -> NDArray | None:
    """Return a ring with steps of at most 180 degrees of longitude; None if it goes round a pole."""
    import numpy as np

    if np.abs(np.diff(pairs[:, 1])).max() <= 180.0:
        return None
    longitude = np.degrees(np.unwrap(np.radians(pairs[:, 1])))
    if abs(longitude[-1] - longitude[0]) > 1e-6:
        return None
    longitude[-1] = longitude[0]
    return np.column_stack([pairs[:, 0], longitude])


def circle_fault(text: str) -> str | None:
    """Return what is wrong with a circle, None if nothing."""
    words = words_of(text)
    if len(words) != 2 or not _PAIR.fullmatch(words[0]) or not _RADIUS.fullmatch(words[1]):
        return f"{text[:40]!r} is not 'latitude,longitude radius-in-km'"
    pairs = pairs_of(words[0])
    if isinstance(pairs, str):
        return pairs
    if not 0.0 <= float(words[1]) <= _HALF_ROUND_KM:
        return f"a radius of {words[1][:20]} km is outside 0..{_HALF_ROUND_KM:.0f}"
    return None
