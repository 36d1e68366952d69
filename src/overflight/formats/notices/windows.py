"""Times in the text of a notice: date-time groups, daily windows, several dates, the clock of a place.

Read are ``110600Z TO 111000Z FEB 25``; ``2005Z TO 2020Z DAILY 19 THRU 25 JAN``; ``11 FEB 2025 0122 TO 0216
UTC``; ``MARCH 14, 2024, BETWEEN 7:00 A.M. AND 11:00 A.M.``; ``2025-02-11 01:22 TO 02:16 UTC``;
``11/0600Z-1000Z FEB 25`` and their like; what looks like a time and is none of these is a remark. A month or
a year that one part leaves out is that of the next part that has one (ICAO Doc 8126 and the style of NAVAREA
warnings, IHO S-53, write them once, at the end).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from overflight.formats.notices.east_asia import EAST_DAILY, EAST_STRETCH, time_of
from overflight.formats.notices.positions import refused
from overflight.formats.notices.time_patterns import (
    AMERICAN,
    CHINESE,
    CLOCKS,
    DAILY,
    ISO,
    MONTHS,
    PAIRS,
    SAME_DAY,
    SPAN,
    TEN,
)  # fmt: skip
from overflight.formats.notices.values import Window

__all__ = ["LONGEST", "Found", "blanked", "find_windows"]

LONGEST = timedelta(days=92)
"""ICAO lets a notice to airmen run for three months (Annex 15, section 6.3)."""

_BEIJING_H = 8.0


@dataclass(frozen=True, slots=True)
class Found:
    """Windows of a text; ``spans`` where they stand; ``remarks`` what was not understood."""

    windows: tuple[Window, ...]
    spans: tuple[tuple[int, int], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """One pattern that matched, before its month and year are known."""

    match: re.Match[str]
    make: Callable[[_Moment, int, int, float], list[Window]]
    text: str
    where: str

    def group(self, name: str) -> str | None:
        return self.match.groupdict().get(name)

    @property
    def shown(self) -> str:
        return " ".join(self.match[0].split())

    @property
    def clock(self) -> str | None:
        return next((clock for name in "bacd" if (clock := self.group(f"{name}clock"))), None)

    def refuse(self, found: str) -> Exception:
        return refused(
            self.where, self.text, self.match.start(), f'"{self.shown}": {found}',
            "real dates and times, end after begin", "Correct the time of the notice.",
        )  # fmt: skip


def _ahead_h(clock: str | None, offset_h: float | None) -> float | None:
    """Return how many hours a clock is ahead of UTC, ``offset_h`` where none is named or none known."""
    apart = re.fullmatch(r"(?:UTC|GMT)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?", clock or "")
    if apart is not None:
        return (1.0 if apart[1] == "+" else -1.0) * (int(apart[2]) + int(apart[3] or 0) / 60.0)
    named = CLOCKS.get(clock or "")
    return offset_h if named is None else named


def find_windows(
    text: str,
    where: str,
    *,
    year: int | None,
    offset_h: float | None,
    doubtful: frozenset[str] = frozenset(),
) -> Found:
    """Return the windows of a text in plain capitals.

    Parameters
    ----------
    year : of dates that name none, and after which none follows that does; None refuses to guess
    offset_h : hours ahead of UTC of a clock that is not named; None leaves such windows out, with a remark
    doubtful : names of clocks that may be either of two here; such windows are left out, with a remark
    """
    moments = _moments(text, where)
    months = [_month(m.group("bmonth") or m.group("amonth")) for m in moments]
    years = [_year(m.group("byear") or m.group("ayear")) for m in moments]
    windows: list[Window] = []
    remarks: list[str] = []
    for i, moment in enumerate(moments):
        month = next((m for m in months[i:] if m), None)
        own_year = next((y for y in years[i:] if y), year)
        known = _offset_h(moment, offset_h)
        lacking = _lacking(moment, month, own_year, known, doubtful)
        if lacking is None and known is not None:
            windows += moment.make(moment, month or 0, own_year or 0, known)
        else:
            remarks.append(f'"{moment.shown}" {lacking}; this window was left out')
    spans = tuple(m.match.span() for m in moments)
    remarks += [
        f'"{" ".join(match[0].split())}" looks like a time and was not understood; it was left out'
        for match in SPAN.finditer(blanked(text, spans))
        if match["aclock"] or match["bclock"]
    ]
    unique = sorted(set(windows), key=lambda w: (w.begin_utc, w.end_utc))
    return Found(tuple(unique), spans, tuple(remarks))


def _offset_h(moment: _Moment, offset_h: float | None) -> float | None:
    """Return how many hours the clock of a moment is ahead of UTC, None where it is not known."""
    if moment.make is _ten:
        return 0.0
    if moment.clock is None and moment.match.re is CHINESE:
        return _BEIJING_H
    return _ahead_h(moment.clock, offset_h)


def _lacking(
    moment: _Moment, month: int | None, year: int | None, known_h: float | None, doubtful: frozenset[str]
) -> str | None:
    """Return what a moment does not say, None where it says all."""
    if moment.make is _iso:
        dates = [text for name in "ab" if (text := moment.group(f"{name}date"))]
        if any(_date(text) is None for text in dates):
            return "may have the day or the month first"
    elif moment.make is not _ten and (month is None or year is None):
        return f"names no {'month' if month is None else 'year'}"
    if moment.clock in doubtful:
        return f"has a doubtful clock: {moment.clock} is the name of two clocks"
    return "does not name its clock" if known_h is None else None


def blanked(text: str, spans: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> str:
    """Return a text with some stretches blanked, as long as before and with the same lines."""
    letters = list(text)
    for start, end in spans:
        for i in range(start, end):
            if letters[i] != "\n":
                letters[i] = " "
    return "".join(letters)


def _moments(text: str, where: str) -> list[_Moment]:
    found: list[_Moment] = []
    rest = text
    makers = (
        *((pattern, _iso) for pattern in ISO), (TEN, _ten), (CHINESE, _daily),
        (EAST_STRETCH, _east_stretch), (EAST_DAILY, _east_daily),
        *((pattern, _daily) for pattern in AMERICAN), *((pattern, _pair) for pattern in PAIRS),
        *((pattern, _daily) for pattern in DAILY), (SAME_DAY, _daily),
    )  # fmt: skip
    for pattern, make in makers:
        here = list(pattern.finditer(rest))
        found += [_Moment(match, make, text, where) for match in here]
        rest = blanked(rest, [match.span() for match in here])
    return sorted(found, key=lambda m: m.match.start())


def _month(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdigit() else MONTHS.index(text[:3]) + 1


def _year(text: str | None) -> int | None:
    return None if text is None else int(text) if len(text) == 4 else 2000 + int(text)


def instant(
    moment: _Moment, year: int, month: int, day: int, hour: int, minute: int, offset_h: float
) -> datetime:
    """Return an instant; 2400 is the end of the day."""
    after = timedelta(days=1) if (hour, minute) == (24, 0) else timedelta()
    try:
        return (
            datetime(year, month, day, 0 if after else hour, minute, tzinfo=UTC)
            + after
            - timedelta(hours=offset_h)
        )
    except (ValueError, OverflowError):
        raise moment.refuse("no such date or time") from None


def _checked(moment: _Moment, begin: datetime, end: datetime) -> Window:
    if not begin < end <= begin + LONGEST:
        raise moment.refuse(f"from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC")
    return Window(begin, end)


def _pair(moment: _Moment, month: int, year: int, offset_h: float) -> list[Window]:
    """Two whole instants, such as ``121606Z TO 121854Z NOV``."""
    ends = []
    first_month = _month(moment.group("amonth")) or month
    first_year = _year(moment.group("ayear")) or year
    for name, m, y in (("a", first_month, first_year), ("b", month, year)):
        day, hour, minute = (int(moment.match[f"{name}{part}"]) for part in ("day", "hour", "minute"))
        clock = _ahead_h(moment.group(f"{name}clock"), offset_h)
        ends.append((y, m, day, hour, minute, clock))
    if moment.group("amonth") is None and ends[0][2] > ends[1][2]:  # 310600Z TO 011000Z FEB begins in January
        y, m, *rest = ends[0]
        ends[0] = (y - (m == 1), (m - 2) % 12 + 1, *rest)
    elif moment.group("ayear") is None and ends[0][1] > ends[1][1]:  # 31 DEC TO 02 JAN 2026
        ends[0] = (ends[0][0] - 1, *ends[0][1:])
    begin, end = (instant(moment, *parts) for parts in ends)
    return [_checked(moment, begin, end)]


def _daily(moment: _Moment, month: int, year: int, offset_h: float) -> list[Window]:
    """Times of a day on one or several dates, such as ``2005Z TO 2020Z DAILY 19 THRU 25 JAN``."""
    first_month = _month(moment.group("cmonth"))
    first_year = _year(moment.group("cyear")) or (year - 1 if (first_month or 0) > month else year)
    days = _days(moment, month, year)
    if first_month is not None:
        begin = instant(moment, first_year, first_month, int(moment.match["cday"]), 0, 0, 0.0)
        last = days[-1]
        if not begin <= last <= begin + LONGEST:
            raise moment.refuse("dates that do not run forward")
        days = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    return [_of_day(moment, day, offset_h) for day in days]


def _days(moment: _Moment, month: int, year: int) -> list[datetime]:
    """Return the dates of ``11, 12 AND 14`` or ``19 THRU 25``."""
    parts = re.findall(r"(\d{1,2})\s*(THRU|THROUGH|TO|-)?", moment.match["days"])
    days: list[datetime] = []
    upto = False
    for number, joiner in parts:
        day = instant(moment, year, month, int(number), 0, 0, 0.0)
        if upto and not day > days[-1]:
            raise moment.refuse("days that do not run forward")
        days += [days[-1] + timedelta(days=n) for n in range(1, (day - days[-1]).days)] if upto else []
        days.append(day)
        upto = bool(joiner)
    return days


def _of_day(moment: _Moment, day: datetime, offset_h: float) -> Window:
    ends = []
    for name in "ab":
        hour, minute = int(moment.match[f"{name}hour"]), int(moment.match[f"{name}minute"] or 0)
        half = moment.group(f"{name}half")
        if half is not None:
            if not 1 <= hour <= 12:
                raise moment.refuse("no such time")
            hour = hour % 12 + 12 * (half == "P")
        ends.append(instant(moment, day.year, day.month, day.day, hour, minute, offset_h))
    begin, end = ends
    return _checked(moment, begin, end if end > begin else end + timedelta(days=1))


_Date = tuple[int, int, int]
_Time = tuple[int, int]


def _east_ends(moment: _Moment, month: int, year: int) -> tuple[_Date, _Date, _Time, _Time]:
    """Return first and last date (year, month, day) and first and last time of day (hour, minute)."""
    first_year, first_month = int(moment.group("ayear") or year), int(moment.group("amonth") or month)
    last_month = int(moment.group("bmonth") or first_month)
    last_year = int(moment.group("byear") or first_year + (last_month < first_month))
    first = first_year, first_month, int(moment.match["aday"])
    last = last_year, last_month, int(moment.group("bday") or first[2])
    return first, last, time_of(moment.match, "a"), time_of(moment.match, "b")


def _east_stretch(moment: _Moment, month: int, year: int, offset_h: float) -> list[Window]:
    """From one date and hour to another, such as ``5月31日0時から6月11日0時まで``."""
    first, last, begin, end = _east_ends(moment, month, year)
    return [
        _checked(moment, instant(moment, *first, *begin, offset_h), instant(moment, *last, *end, offset_h))
    ]


def _east_daily(moment: _Moment, month: int, year: int, offset_h: float) -> list[Window]:
    """The same hours of one day or of several, such as ``12月10日から22日まで、午前7時から正午``."""
    first, last, begin, end = _east_ends(moment, month, year)
    days = (instant(moment, *last, 0, 0, 0.0) - instant(moment, *first, 0, 0, 0.0)).days
    if not 0 <= days <= LONGEST.days:
        raise moment.refuse("dates that do not run forward")
    opened, closed = (instant(moment, *first, *time, offset_h) for time in (begin, end))
    closed += timedelta(days=1) if closed <= opened else timedelta()
    return [_checked(moment, opened + timedelta(days=n), closed + timedelta(days=n)) for n in range(days + 1)]


def _ten(moment: _Moment, _month: int, _year: int, offset_h: float) -> list[Window]:
    """Two times of ten digits, YYMMDDhhmm, such as ``2403141145-2403141530``; UTC as in every NOTAM."""
    ends = []
    for name in "ab":
        year, *rest = (int(moment.match[f"{name}ten"][i : i + 2]) for i in range(0, 10, 2))
        ends.append(instant(moment, 2000 + year, *rest, offset_h))  # type: ignore[call-arg]
    return [_checked(moment, *ends)]


def _date(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a date of numbers, None where the day may be the month."""
    first, second, third = (int(part) for part in re.split(r"[-./]", text))
    if first > 99:
        return first, second, third
    if "/" in text and first <= 12 and second <= 12 and first != second:
        return None
    american = "/" in text and second > 12
    return (third, first, second) if american else (third, second, first)


def _iso(moment: _Moment, _month: int, _year: int, offset_h: float) -> list[Window]:
    """Dates of numbers alone, such as ``2025-02-11 01:22 TO 02:16 UTC``."""
    ends = []
    for name in "ab":
        year, month, day = _date(moment.group(f"{name}date") or moment.match["adate"]) or (0, 0, 0)
        hour, minute = (int(moment.match[f"{name}{part}"]) for part in ("hour", "minute"))
        ends.append(instant(moment, year, month, day, hour, minute, offset_h))
    begin, end = ends
    if moment.group("bdate") is None and end <= begin:
        end += timedelta(days=1)
    return [_checked(moment, begin, end)]
