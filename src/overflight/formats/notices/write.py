"""Areas and windows out as the text of a notice, in the layouts that duty desks paste from.

Broadcast warnings give degrees, minutes and hundredths of minutes (IHO S-53), notices to airmen degrees,
minutes and seconds (ICAO Annex 15, appendix 2). Numbers of notices, series and location indicators are left
for the office that issues them, as ``[ ]``: this is a draft, never a notice in force.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from overflight.earth.constants import NAUTICAL_MILE_M
from overflight.formats.notices.time_patterns import MONTHS
from overflight.formats.notices.values import LonLat, Window
from overflight.formats.notices.zones import local_plane, ring_metres

__all__ = ["NoticeArea", "broadcast_text", "grown", "notam_text", "whole_minutes"]

LINE = 50
"""Letters a line: no line of a text breaks on a phone, nor in a message system."""


@dataclass(frozen=True, slots=True)
class NoticeArea:
    """An area to announce: ``ring_deg`` (longitude, latitude) open or closed, ``level`` what it holds, in
    words."""

    label: str
    ring_deg: tuple[LonLat, ...]
    window: Window
    level: str = ""


def whole_minutes(window: Window, margin: timedelta = timedelta()) -> Window:
    """Return a window with a margin at both ends, widened to whole minutes."""
    begin, end = window.begin_utc - margin, window.end_utc + margin
    floor = begin.replace(second=0, microsecond=0)
    ceiling = end.replace(second=0, microsecond=0)
    return Window(floor, ceiling if ceiling == end else ceiling + timedelta(minutes=1))


def grown(ring_deg: Sequence[LonLat], by_m: float) -> tuple[LonLat, ...]:
    """Return a ring with every edge moved out by a distance, closed, with as many corners as before.

    Longitudes may go beyond 180 degrees; those returned do not.
    """
    import shapely

    plane = local_plane(ring_deg)
    shape = shapely.Polygon(np.stack(plane(*np.asarray(ring_deg, dtype=float).T), axis=1))
    wide = shape.buffer(by_m, join_style="mitre", mitre_limit=20.0)
    lon, lat = plane(*shapely.get_coordinates(wide.exterior).T, inverse=True)
    points = [(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    return (*points[:-1], points[0])


def broadcast_text(areas: Sequence[NoticeArea], *, title: str, cancel_utc: datetime, about: str = "") -> str:
    """Return a warning to mariners, lettered by area; areas of one window share a paragraph."""
    lines = ["NAVAREA [ ] [ ]/[ ].", *_wrapped(f"{_capitals(title)}.")]
    letters = iter(_letters())
    number = 0
    for window in dict.fromkeys(area.window for area in areas):
        number += 1
        lines += [
            f"{number}. HAZARDOUS OPERATIONS, ROCKET LAUNCHING",
            f"   {_group(window.begin_utc)} TO {_group(window.end_utc)}",
            "   IN AREAS BOUND BY:",
        ]
        for area in areas:
            if area.window == window:
                lines += _corners(next(letters), area)
    if about:
        number += 1
        lines += _wrapped(f"{number}. {_capitals(about)}.", "   ")
    lines.append(f"{number + 1}. CANCEL THIS MSG {_group(cancel_utc)}.")
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _letters() -> list[str]:
    first = [chr(ord("A") + i) for i in range(26)]
    return first + [a + b for a in first for b in first]


def _corners(letter: str, area: NoticeArea) -> list[str]:
    points = [_broadcast_position(*point) for point in _open(area.ring_deg)]
    rows = [", ".join(points[i : i + 2]) for i in range(0, len(points), 2)]
    indent = " " * (len(letter) + 5)
    head = f"   {letter}. "
    body = f",\n{indent}".join(rows)
    return [f"{head}{body}."]


def notam_text(area: NoticeArea, *, title: str, upper: str = "UNL") -> str:
    """Return a notice to airmen for one area: a temporary danger area from the surface up."""
    points = _open(area.ring_deg)
    centre, radius_nm = _circle(points)
    corners = [_notam_position(*point) for point in (*points, points[0])]
    shape = "-\n".join("-".join(corners[i : i + 3]) for i in range(0, len(corners), 3))
    level = f" {_capitals(area.level)}." if area.level else ""
    subject = f"E) TEMPORARY DANGER AREA, ROCKET LAUNCH. {_capitals(title)}, {_capitals(area.label)}.{level}"
    about = "\n".join(_wrapped(subject))
    return (
        "[ ] NOTAMN\n"
        f"Q) [FIR]/QRDCA/IV/BO/W/000/999/{_notam_centre(*centre)}{radius_nm:03d}\n"
        f"A) [FIR] B) {_ten(area.window.begin_utc)} C) {_ten(area.window.end_utc)}\n"
        f"{about}\nBOUNDED BY:\n{shape}.\n"
        f"F) SFC G) {upper}\n"
    )


def _open(ring: Sequence[LonLat]) -> list[LonLat]:
    corners = ring[:-1] if ring[0] == ring[-1] else ring
    return [((lon + 180.0) % 360.0 - 180.0, lat) for lon, lat in corners]


def _capitals(text: str) -> str:
    """Return a text in the letters that telegraphic networks carry, without digits that look like
    positions."""
    plain = text.upper().encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isalnum() or c in " ,./'" else " " for c in plain).split()).rstrip(".")


def _group(moment: datetime) -> str:
    return f"{moment:%d%H%M}Z {MONTHS[moment.month - 1]} {moment:%y}"


def _ten(moment: datetime) -> str:
    return f"{moment:%y%m%d%H%M}"


def _broadcast_position(lon: float, lat: float) -> str:
    return f"{_minutes(lat, 2)}{'N' if lat >= 0.0 else 'S'} {_minutes(lon, 3)}{'E' if lon >= 0.0 else 'W'}"


def _minutes(value: float, width: int) -> str:
    hundredths = round(abs(value) * 6000.0)
    return f"{hundredths // 6000:0{width}d}-{hundredths % 6000 / 100.0:05.2f}"


def _notam_position(lon: float, lat: float) -> str:
    halves = []
    for value, width, letters in ((lat, 2, "NS"), (lon, 3, "EW")):
        seconds = round(abs(value) * 3600.0)
        halves.append(
            f"{seconds // 3600:0{width}d}{seconds // 60 % 60:02d}{seconds % 60:02d}{letters[value < 0.0]}"
        )
    return "".join(halves)


def _notam_centre(lon: float, lat: float) -> str:
    halves = []
    for value, width, letters in ((lat, 2, "NS"), (lon, 3, "EW")):
        minutes = round(abs(value) * 60.0)
        halves.append(f"{minutes // 60:0{width}d}{minutes % 60:02d}{letters[value < 0.0]}")
    return "".join(halves)


def _circle(points: Sequence[LonLat]) -> tuple[LonLat, int]:
    """Return a centre and a radius in whole nautical miles that hold all points."""
    from pyproj import Geod

    flat = ring_metres(points)
    x, y = (flat.min(axis=0) + flat.max(axis=0)) / 2.0
    at = local_plane(points)(x, y, inverse=True)
    centre = (float(at[0]), float(at[1]))
    many = np.full(len(points), centre[0]), np.full(len(points), centre[1])
    reach = Geod(ellps="WGS84").inv(*many, *np.asarray(points).T)[2]
    return centre, min(math.ceil(float(np.max(reach)) / NAUTICAL_MILE_M) + 1, 999)
