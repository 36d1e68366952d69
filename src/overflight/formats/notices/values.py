"""What a notice says, as plain values.

Positions are (longitude, latitude) in WGS-84 degrees, distances metres, instants UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overflight.errors import InputError

__all__ = ["LonLat", "Notice", "NoticeError", "Window", "Zone"]

LonLat = tuple[float, float]


class NoticeError(InputError):
    """A notice that cannot be read, or not without guessing."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when an area is closed."""

    begin_utc: datetime
    end_utc: datetime


@dataclass(frozen=True, slots=True)
class Zone:
    """One area of a notice.

    ``points_deg`` are the corners of a ``polygon`` (not closed), the centre of a ``circle``, the line of a
    ``corridor``. ``reach_m`` is the radius of a circle or the half width of a corridor, None for a polygon.
    ``reordered`` says that the corners stood in an order in which their ring crosses itself, and that only
    one order does not.
    """

    label: str
    kind: str  # "polygon" | "circle" | "corridor"
    points_deg: tuple[LonLat, ...]
    reach_m: float | None = None
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it was understood.

    ``layout`` is ``notam``, ``broadcast`` (NAVAREA, HYDROPAC and their like) or ``text``; ``identifier`` as
    printed, empty without one; ``kind`` is ``launch``, ``re-entry``, ``missile``, ``firing``,
    ``cancellation`` or ``unknown``; ``cancels`` the notices it puts out of force; ``remarks`` what was
    understood only in part.
    """

    layout: str
    identifier: str
    kind: str
    zones: tuple[Zone, ...]
    windows: tuple[Window, ...]
    cancels: tuple[str, ...] = ()
    ends_utc: datetime | None = None
    remarks: tuple[str, ...] = ()
