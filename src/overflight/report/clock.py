"""Seconds after lift-off as the clock times people use: local time first, UTC beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Clock", "elapsed"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns seconds after lift-off into clock text.

    ``zone_label`` may name several zones with one offset (``"KST = JST"``); ``zone`` is the first of
    them, short enough for the head of a table.  Times on another day than lift-off carry it.
    """

    lift_off_utc: datetime
    zone_label: str
    zone_offset_h: float

    @property
    def zone(self) -> str:
        """Return the first zone named."""
        return self.zone_label.split("=")[0].split("(")[0].strip() or "local"

    def local(self, time_s: float, *, seconds: bool = True, day: bool = True) -> str:
        """Return local time to the nearest second, ``04:00:12``, or the minute it lies in, ``04:00``.

        A time on another day than lift-off carries ``+1 d``, unless ``day`` is false.
        """
        text = self._text(time_s, self.zone_offset_h, seconds)
        return text if day else text.split(" ")[0]

    def moment(self, time_s: float) -> str:
        """Return local time to the minute for a sentence: ``00:09 JST on 1 Jul 2024`` if on another day."""
        text, *other = self._text(time_s, self.zone_offset_h, seconds=False).split(" ", 1)
        return f"{text} {self.zone}" + (f" on {self.local_date(time_s)}" if other else "")

    def utc(self, time_s: float, *, seconds: bool = False) -> str:
        """Return UTC: the minute, ``19:00``, or the nearest second, ``19:00:12``."""
        return self._text(time_s, 0.0, seconds)

    def local_span(self, first_s: float, last_s: float) -> str:
        """Return whole local minutes that hold the span: ``03:58–04:02``."""
        return self._span(first_s, last_s, self.zone_offset_h)

    def utc_span(self, first_s: float, last_s: float) -> str:
        """Return whole UTC minutes that hold the span."""
        return self._span(first_s, last_s, 0.0)

    def local_date(self, time_s: float = 0.0) -> str:
        """Return the local day: ``24 August 2023`` is written ``24 Aug 2023``."""
        return day_text(self._instant(time_s, self.zone_offset_h))

    def seconds_past_minute(self) -> float:
        """Return how far past a whole minute lift-off was, for axes that tick on the clock."""
        return self.lift_off_utc.second + self.lift_off_utc.microsecond / 1e6

    def stamp(self, instant: datetime) -> str:
        """Return an instant as local and UTC date and time, for footers."""
        utc = instant.astimezone(UTC)
        local = utc + timedelta(hours=self.zone_offset_h)
        utc_day = "" if utc.date() == local.date() else f"{utc.day} {MONTHS[utc.month - 1]} "
        return f"{day_text(local)} {local:%H:%M} {self.zone} ({utc_day}{utc:%H:%M} UTC)"

    def _instant(self, time_s: float, offset_h: float) -> datetime:
        return self.lift_off_utc.astimezone(UTC) + timedelta(hours=offset_h, seconds=time_s)

    def _text(self, time_s: float, offset_h: float, seconds: bool) -> str:
        start, nearest = self._instant(0.0, offset_h), self._instant(time_s + 0.5, offset_h)
        days = (nearest.date() - start.date()).days
        return f"{nearest:%H:%M:%S}"[: 8 if seconds else 5] + (f" {days:+d}\u00a0d" if days else "")

    def _span(self, first_s: float, last_s: float, offset_h: float) -> str:
        past = self.seconds_past_minute()
        low = math.floor((first_s + past) / 60 + 1e-9) * 60 - past
        high = math.ceil((last_s + past) / 60 - 1e-9) * 60 - past
        first, last = (self._text(time, offset_h, False) for time in (low, high))
        if high <= low:
            return first
        same_day = first[5:] == last[5:]
        return f"{first[:5] if same_day else first}–{last}"


def elapsed(time_s: float) -> str:
    """Return time since lift-off: ``T+6 min 20 s``, ``T+45 s``, ``T+1 h 05 min``."""
    sign, whole = ("−" if time_s < -0.5 else "+"), round(abs(time_s))
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"T{sign}{hours} h {minutes:02d} min"
    if not minutes:
        return f"T{sign}{seconds} s"
    return f"T{sign}{minutes} min" + (f" {seconds:02d} s" if seconds else "")


def day_text(instant: datetime) -> str:
    """Return the day of an instant: ``24 Aug 2023``."""
    return f"{instant.day} {MONTHS[instant.month - 1]} {instant.year}"
