"""Areas in the text of a notice: positions that belong together, as polygons, circles and corridors.

The words between two positions decide whether they are corners of one area. What would need a guess is
refused: an arc for an edge, a distance round a polygon, two corners, a ring that crosses itself and can be
put in order in more than one way, one corner on the other side of the world.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from overflight.earth.constants import NAUTICAL_MILE_M
from overflight.formats.notices.positions import Position, refused
from overflight.formats.notices.values import LonLat, Zone

__all__ = ["find_zones", "local_plane", "ring_metres"]

LONGEST_EDGE_M = 6000e3
"""Longer than any edge of a published area we know; a lost or exchanged letter makes longer ones."""

_JOIN = re.compile(
    r"(?:[\s,;\-/()、，；]|\([A-Z]{2,5}\)|和|至|\bAND\b|\bTO\b|\bTHEN\b|\bTHENCE\b|\bTHE\b|\bPOINT\b|\bVIA\b|\bLAT(?:ITUDE)?\b[.:]?)*"
)  # fmt: skip
_COUNTED = re.compile(r"[\s,;\-]*(?:AND\s+)?\(?(\d{1,2}|[A-Z])[.):]\s*")
_NUMBERS = {
    word: n
    for n, word in enumerate(
        ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE"),
        start=1,
    )
} | {"FIFTEEN": 15, "TWENTY": 20, "TWENTY-FIVE": 25, "THIRTY": 30, "FORTY": 40, "FIFTY": 50}  # fmt: skip
_LENGTH = (
    r"(?P<n>\d+(?:[.,]\d+)?|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")\s*-?\s*"
    r"(?P<unit>NM|N\.M\.|NAUTICAL[ -]MILES?|MILES?|KM|KMS|KILOMET(?:ER|RE)S?|M|MET(?:ER|RE)S?)\b"
)
_SIDES = (
    re.compile(rf"{_LENGTH}\s*(?:ON\s+)?(?:EITHER|EACH|BOTH)\s+SIDES?"),
    re.compile(
        rf"WITHIN\s+(?:A\s+)?{_LENGTH}\s*(?:OF|FROM)\s+(?:THE\s+|A\s+)?(?:LINES?|TRACK\s?LINES?|TRACKS?)\b"
    ),
)
_RADII = (
    re.compile(rf"\bRADIUS\s*(?:OF|IS|:|=)?\s*(?:A\s+)?{_LENGTH}"),
    re.compile(rf"{_LENGTH}\s*-?\s*(?:IN\s+)?(?:RADIUS|CIRCLE)"),
    re.compile(rf"WITHIN\s+(?:A\s+)?{_LENGTH}\s*(?:OF|FROM|AROUND)\b"),
    re.compile(rf"\bCIRCLE\s+(?:OF|WITH)\s+(?:A\s+)?{_LENGTH}"),
)
_CURVED = re.compile(
    r"\b(?:ARC|CLOCKWISE|ANTI-?CLOCKWISE|COUNTER-?CLOCKWISE|COAST ?LINE|ALONG|BEARING|SECTOR OF)\b"
)
_LABELS = (
    re.compile(
        r"\b((?:[A-Z]+[ ]+){0,2}(?:ZONE|AREA|SECTOR|BOX|CIRCLE)[ -]+(?:NO\.?[ ]*)?(?:\d{1,2}|[A-Z])\b)"
    ),
    re.compile(r"(?:^|[\s(])(\d{1,2}|[A-Z])[.):]\s*(?=[A-Z\s:]*$)"),
)
_DIGITS = re.compile(
    r"(?<!FL)(?<![\d/])(?:\d{1,3}-\d{2}(?:[.,\-]\d+)?|\d{5,7})(?![\d/])(?!\s*(?:FT|FEET|M\b|MET|AMSL|AGL))"
)


@dataclass(frozen=True, slots=True)
class _Group:
    """Positions that belong together; ``heading`` the words before them, ``tail`` those after."""

    heading: str
    tail: str
    positions: tuple[Position, ...]


def find_zones(text: str, positions: Sequence[Position], where: str) -> tuple[Zone, ...]:
    """Return the areas that positions of a text enclose.

    ``text`` is in plain capitals; times and other numbers that are no part of an area are blanked.
    """
    groups = _merged(_groups(text, positions, where))
    zones: list[Zone] = []
    inherited: tuple[float, bool] | None = None
    used_tail = False
    for i, group in enumerate(groups):
        heading = "" if used_tail else group.heading
        reach = _reach(heading)
        used_tail = False
        if reach is None and _reach(group.tail) is not None:
            own = i + 1 == len(groups) or (len(group.positions) < 3 and inherited is None)
            reach, used_tail = (_reach(group.tail), True) if own else (None, False)
        if reach is None and len(group.positions) == 1:
            reach = inherited
        elif not used_tail:
            inherited = reach if heading.rstrip().endswith((":", "OF", "OF\nA.")) or _lists(heading) else None
        label = _label(group.heading) or (chr(ord("A") + i) if len(groups) > 1 and i < 26 else "")
        zones.append(_zone(text, where, group, label, reach))
    return tuple(zones)


def _groups(text: str, positions: Sequence[Position], where: str) -> list[_Group]:
    groups: list[list[Position]] = []
    for i, position in enumerate(positions):
        gap = text[positions[i - 1].end : position.start] if i else text[: position.start]
        if i and _JOIN.fullmatch(gap) and gap.count("\n\n") == 0:
            groups[-1].append(position)
            continue
        if i:
            _refuse_gap(text, where, positions[i - 1].end, gap)
        groups.append([position])
    begins = [*(group[0].start for group in groups), len(text)]
    ends = [0, *(group[-1].end for group in groups)]
    return [
        _Group(text[ends[i] : begins[i]], text[ends[i + 1] : begins[i + 1]], tuple(group))
        for i, group in enumerate(groups)
    ]


def _refuse_gap(text: str, where: str, at: int, gap: str) -> None:
    """Refuse words between two positions that hide an arc, or a position that could not be read."""
    curve = _CURVED.search(gap)
    if curve is not None:
        raise refused(
            where, text, at + curve.start(), f'the word "{curve[0]}" between two positions',
            "areas with straight edges, circles and corridors", "Write the curved edge as several corners.",
        )  # fmt: skip
    digits = _DIGITS.search(gap)
    if digits is not None:
        raise refused(
            where, text, at + digits.start(), f'"{digits[0]}" between two positions',
            "whole positions such as 39-39.6N 124-42.3E", "Complete the position, or take the number out.",
        )  # fmt: skip


def _merged(groups: list[_Group]) -> list[_Group]:
    """Return the groups with corners that are counted one by one (``1. ... 2. ...``) put together."""
    merged: list[_Group] = []
    counts: list[str | None] = []
    for group in groups:
        counted = re.search(r"(?:^|[\s(])(\d{1,2}|[A-Z])[.):]\s*$", group.heading)
        count = counted[1] if counted else None
        single = len(group.positions) == 1 and _reach(group.heading) is None
        follows = (
            merged and count is not None and counts[-1] is not None and _next(counts[-1]) == count
            and _COUNTED.fullmatch(group.heading) and single
        )  # fmt: skip
        if follows and merged and _reach(merged[-1].heading) is None and not _reach(group.tail):
            last = merged[-1]
            merged[-1] = _Group(last.heading, group.tail, last.positions + group.positions)
            counts[-1] = count
        else:
            merged.append(group)
            counts.append(count if single else None)
    return merged


def _next(count: str | None) -> str | None:
    if count is None:
        return None
    return str(int(count) + 1) if count.isdigit() else chr(ord(count) + 1)


def _lists(heading: str) -> bool:
    """Return whether a heading with a distance speaks of all positions of a list: ``WITHIN 5 MILES OF:
    A.``."""
    return re.search(r":\s*(?:\d{1,2}|[A-Z])[.):]\s*$", heading) is not None


def _reach(words: str) -> tuple[float, bool] | None:
    """Return the distance that some words give to an area in metres, and whether it is that of a corridor."""
    for patterns, corridor in ((_SIDES, True), (_RADII, False)):
        found = [match for pattern in patterns if (match := pattern.search(words))]
        if found:
            return _metres(found[0]), corridor
    return None


def _metres(match: re.Match[str]) -> float:
    number = _NUMBERS.get(match["n"]) or float(match["n"].replace(",", "."))
    unit = match["unit"]
    scale = 1e3 if unit.startswith("K") else 1.0 if re.fullmatch("M|MET.*", unit) else NAUTICAL_MILE_M
    return number * scale


def _label(heading: str) -> str:
    for pattern in _LABELS:
        found = pattern.findall(heading)
        if found:
            return " ".join(found[-1].split())
    return ""


def _zone(text: str, where: str, group: _Group, label: str, reach: tuple[float, bool] | None) -> Zone:
    at = group.positions[0].start
    points = _distinct([(p.longitude_deg, p.latitude_deg) for p in group.positions])
    if reach is not None and not 10.0 <= reach[0] <= 3000e3:
        raise refused(
            where, text, at, f"a distance of {reach[0]:g} m", "10 m to 3000 km",
            "Correct the distance or its unit; MILES are nautical miles here.",
        )  # fmt: skip
    if reach is not None and len(points) == 1 and not reach[1]:
        return Zone(label, "circle", points, reach[0])
    if reach is not None and reach[1] and len(points) >= 2:
        _refuse_far(text, where, group, points)
        return Zone(label, "corridor", points, reach[0])
    if reach is not None:
        raise refused(
            where, text, at, f"a distance beside {len(points)} positions",
            "a distance round one position, or on either side of a line", "Write the area by its corners.",
        )  # fmt: skip
    if len(points) < 3:
        raise refused(
            where, text, at, f"{len(points)} position{'s' if len(points) > 1 else ''} without a distance",
            "at least three corners, a circle with its radius, or a line with its width",
            "Complete the area, or take out positions that bound none.",
        )  # fmt: skip
    _refuse_far(text, where, group, points)
    return _polygon(text, where, at, label, points)


def _distinct(points: list[LonLat]) -> tuple[LonLat, ...]:
    kept = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return tuple(kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept)


def local_plane(points_deg: Sequence[LonLat]):  # noqa: ANN201
    """Return the azimuthal equidistant projection about the middle of some points (pyproj, metres)."""
    from pyproj import Proj

    lon, lat = np.radians(np.asarray(points_deg, dtype=float)).T
    x, y, z = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]).mean(axis=1)
    middle = np.degrees([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    return Proj(proj="aeqd", lon_0=middle[0], lat_0=middle[1], ellps="WGS84")


def ring_metres(points_deg: Sequence[LonLat]) -> np.ndarray:
    """Return points (k, 2) in metres, in the azimuthal equidistant plane of their middle."""
    return np.stack(local_plane(points_deg)(*np.asarray(points_deg, dtype=float).T), axis=1)


def _edges_m(points: Sequence[LonLat], *, closed: bool) -> np.ndarray:
    from pyproj import Geod

    around = [*points, points[0]] if closed else list(points)
    lon, lat = np.asarray(around, dtype=float).T
    return np.asarray(Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])


def _refuse_far(text: str, where: str, group: _Group, points: tuple[LonLat, ...]) -> None:
    """Refuse an area that only an exchanged letter explains: mirroring a few corners makes it far smaller."""
    length = float(_edges_m(points, closed=True).sum())
    for axis, name in ((0, "E and W"), (1, "N and S")):
        signs = np.array([point[axis] >= 0.0 for point in points])
        for sign in (True, False):
            odd = np.flatnonzero(signs == sign)
            if not 0 < len(odd) < len(points) / 2.0:
                continue
            mirrored = np.array(points)
            mirrored[odd, axis] *= -1.0
            if float(_edges_m([(x, y) for x, y in mirrored], closed=True).sum()) < length / 3.0:
                position = next(
                    p for p in group.positions if (p.longitude_deg, p.latitude_deg) == points[odd[0]]
                )
                shown = " ".join(text[position.start : position.end].split())
                raise refused(
                    where, text, position.start,
                    f'"{shown}", on the other side of the world from the rest of its area',
                    "corners that lie together",
                    f"Check the letters {name} of this area: one may be exchanged.",
                )  # fmt: skip
    edges = _edges_m(points, closed=False)
    if len(edges) and edges.max() > LONGEST_EDGE_M:
        raise refused(
            where, text, group.positions[0].start, f"an edge of {edges.max() / 1e3:.0f} km",
            f"edges of at most {LONGEST_EDGE_M / 1e3:.0f} km",
            "Check the letters N, S, E and W and the degrees of this area.",
        )  # fmt: skip


def _polygon(text: str, where: str, at: int, label: str, points: tuple[LonLat, ...]) -> Zone:
    import shapely

    flat = ring_metres(points)
    ring = shapely.Polygon(flat)
    if ring.convex_hull.area < 1e4:
        raise refused(
            where, text, at, f"an area of {ring.convex_hull.area:.0f} m2", "at least a hectare",
            "Check the corners: they lie on a line.",
        )  # fmt: skip
    zone = Zone(label, "polygon", points)
    if ring.is_valid:
        return zone
    hull = shapely.get_coordinates(shapely.MultiPoint(flat).convex_hull)[:-1]
    if len(hull) != len(flat) or len(set(points)) != len(points):
        raise refused(
            where, text, at, f"a ring of {len(points)} corners that crosses or touches itself",
            "a ring that does not cross itself", "Give the corners in order around the area.",
        )  # fmt: skip
    order = [int(np.argmin(np.hypot(*(flat - corner).T))) for corner in hull]
    start = order.index(0)
    order = order[start:] + order[:start]
    return replace(zone, points_deg=tuple(points[i] for i in order), reordered=True)
