"""Patterns of the times in notices: pairs of instants, hours of one or several days, dates by numbers alone.

Groups are named alike in all of them: names of the first end begin with ``a``, of the second with ``b``, of
the first of several dates with ``c``; then follows ``day``, ``month``, ``year``, ``hour``, ``minute``,
``half`` of a day or ``clock``. ``days`` are one day or several, whose month and year are in the names of
``b``. Blanks are taken possessively, so that a text of nothing but blanks takes no longer than another.
"""

from __future__ import annotations

import re

from overflight.formats.notices.east_asia import EAST_CLOCKS

__all__ = [
    "AMERICAN", "CHINESE", "CLOCKS", "DAILY", "ISO", "MONTHS", "PAIRS", "SAME_DAY", "SPAN", "TEN",
    "TWO_CLOCKS",
]  # fmt: skip

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
CLOCKS: dict[str, float | None] = {
    "Z": 0.0, "UTC": 0.0, "GMT": 0.0, "UT": 0.0, "JST": 9.0, "KST": 9.0, "PHST": 8.0, "PST": -8.0,
    "PDT": -7.0, "MST": -7.0, "MDT": -6.0, "CDT": -5.0, "EST": -5.0, "EDT": -4.0, "HST": -10.0, "AEST": 10.0,
    "NZST": 12.0, "NZDT": 13.0, "PHT": 8.0, "SGT": 8.0, "HKT": 8.0, "ICT": 7.0, "WIB": 7.0, "MSK": 3.0,
    "JAPAN STANDARD TIME": 9.0, "KOREA STANDARD TIME": 9.0, "KOREAN STANDARD TIME": 9.0,
    "PHILIPPINE STANDARD TIME": 8.0, "BEIJING TIME": 8.0, "PACIFIC STANDARD TIME": -8.0,
    "PACIFIC DAYLIGHT TIME": -7.0, "EASTERN STANDARD TIME": -5.0, "EASTERN DAYLIGHT TIME": -4.0,
    "CENTRAL DAYLIGHT TIME": -5.0, "LOCAL TIME": None, "LOCAL": None, **EAST_CLOCKS,
}  # fmt: skip
"""Clocks that notices name, hours ahead of UTC. CST is not among them: it is used in America and in China."""
TWO_CLOCKS = frozenset({"PST", "EST"})
"""Names of clocks of America that others use too: PST for Philippine, EST for eastern Australian time."""

_NAMES = (
    r"JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEP(?:T(?:EMBER)?)?"
    r"|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_MONTH = rf"(?P<{{0}}month>{_NAMES})(?![A-Z])\.?"
_YEAR = r"(?P<{0}year>(?:20)?\d{{2}})(?!\d|Z|:)"
_YEAR_4 = r"(?P<{0}year>20\d{{2}})(?!\d|Z|:)"
_APART = r"(?:UTC|GMT)\s?[+-]\s?\d{{1,2}}(?::?\d{{2}})?"
_CLOCK = (
    rf"\(?(?P<{{0}}clock>{_APART}|(?:{'|'.join(sorted(CLOCKS, key=len, reverse=True))})"
    rf"(?:\b|(?=(?:{_NAMES})(?![A-Z]))))\)?"
)
_HOUR = r"(?P<{0}hour>\d{{2}}):?(?P<{0}minute>\d{{2}})(?!\d)(?::00(?!\d))?(?:\s?(?:H|HRS?|HOURS)\b)?"
_TO = (
    r"\s*+,?\s*+(?:(?:AND\s*+)?(?:ENDING|TERMINATING)(?:\s*+(?:AT|ON))?|UP\s*+TO|TO|-|/|UNTILL?|TILL?|THRU|THROUGH|AND)\s*+"
    r"(?:AT\s*+)?"
)
_TH = r"(?:ST|ND|RD|TH)?"  # 1st, 2nd
_DAYS = (
    rf"(?P<days>\d{{1,2}}(?!\d){_TH}(?:\s*+(?:,|AND|&|THRU|THROUGH|TO|-)\s*+\d{{1,2}}(?!\d){_TH}){{0,30}})"
)
_IN_DATE = r"\s*+-?\s*+"
_BEFORE_TIME = r"\s*+[,/]?\s*+(?:AT\s*+)?"
_GLUED = r"(?=[ /]|\d{4}(?!\d))"
_EACH = r"(?:DAILY|(?:EACH|EVERY)\s*+DAY)"


def _instant(name: str, form: str) -> str:
    """Return the pattern of an instant whose groups begin with ``name``."""
    month, year, year_4, clock, hour = (p.format(name) for p in (_MONTH, _YEAR, _YEAR_4, _CLOCK, _HOUR))
    day = rf"(?P<{name}day>\d{{1,2}}){_TH}"
    then = rf"{_BEFORE_TIME}{hour}\s*+(?:{clock})?"
    first = rf"(?<!\d){hour}\s*+(?:{clock})?,?\s*+(?:ON\s*+)?"
    return {
        "group": rf"(?<!\d)(?P<{name}day>\d{{2}}|\d(?=/)){_GLUED}[ /]?{hour}\s*+(?:{clock})?"
        rf"(?:\s*+{month}(?:\s*+{year})?)?",
        "year last": rf"(?<!\d){day}{_IN_DATE}{month}{then}\s*+{year_4}",
        "date first": rf"(?<!\d){day}{_IN_DATE}{month},?(?:{_IN_DATE}{year})?{then}",
        "month first": rf"\b{month}\s*+{day}(?!\d),?\s*+{year_4}{then}",
        "year first": rf"(?<!\d){year_4}{_IN_DATE}{month}{_IN_DATE}{day}(?!\d){then}",
        "time, date": rf"{first}{day}\s*+{month}(?:,?\s*+{year})?",
        "time, month": rf"{first}{month}\s*+{day}(?!\d),?\s*+{year_4}",
    }[form]


_LAST_CLOCK = rf"(?:,?\s*+{_CLOCK.format('c')})?"
PAIRS = tuple(
    re.compile(_instant("a", form) + _TO + _instant("b", form) + _LAST_CLOCK)
    for form in ("group", "year last", "date first", "month first", "year first", "time, date", "time, month")
)
"""Two whole instants, such as ``121606Z TO 121854Z NOV`` or ``28/2300Z FEB TO 01/0100Z MAR 25``."""
SAME_DAY = re.compile(
    rf"(?<![\d/])(?P<days>\d{{2}}|\d(?=/)){_GLUED}/?"
    rf"{_HOUR.format('a')}\s*+(?:{_CLOCK.format('a')})?{_TO}{_HOUR.format('b')}\s*+(?:{_CLOCK.format('b')})?"
    rf"(?!\s*+{_EACH})(?:\s*+{_MONTH.format('b')}(?:\s*+{_YEAR.format('b')})?)?"
)
"""A date-time group and another hour of its day, such as ``110600Z-1000Z FEB 25``."""
_TIMES = (
    rf"{_HOUR.format('a')}\s*+(?:{_CLOCK.format('a')})?{_TO}{_HOUR.format('b')}\s*+(?:{_CLOCK.format('b')})?"
)
_FIRST_DATE = rf"(?:(?P<cday>\d{{1,2}})\s*+{_MONTH.format('c')}(?:\s*+{_YEAR.format('c')})?{_TO})?"
_DATES = (
    rf"{_FIRST_DATE}{_DAYS}{_IN_DATE}{_MONTH.format('b')}(?:,?{_IN_DATE}{_YEAR.format('b')})?",
    rf"{_MONTH.format('b')}\s*+{_DAYS},?\s*+{_YEAR_4.format('b')}",
    rf"{_YEAR_4.format('b')}{_IN_DATE}{_MONTH.format('b')}{_IN_DATE}{_DAYS}",
)
_BETWEEN = r"(?:FROM\s*+|BETWEEN\s*+)?"
DAILY = tuple(
    re.compile(pattern)
    for dates in _DATES
    for pattern in (
        rf"(?<![\d/])(?:{_EACH}\s*+{_BETWEEN})?{_TIMES},?\s*+(?:{_EACH}\s*+)?,?\s*+(?:ON\s*+|FROM\s*+)?{dates}",
        rf"(?<!\d){dates}\s*+[,/]?\s*+(?:{_EACH}\s*+)?,?\s*+{_BETWEEN}{_TIMES}(?:\s*+{_EACH})?",
    )
)
"""Hours on one day or on several, such as ``2005Z TO 2020Z DAILY 19 THRU 25 JAN``."""
_HALF_DAY = r"(?P<{0}hour>\d{{1,2}})(?::(?P<{0}minute>\d{{2}}))?\s*+(?P<{0}half>[AP])\.?\s?M\b\.?"
_HALF_DAYS = (
    rf"{_HALF_DAY.format('a')}\s*+(?:{_CLOCK.format('a')})?{_TO}"
    rf"{_HALF_DAY.format('b')}\s*+(?:{_CLOCK.format('b')})?"
)
_ONE_DATE = (
    rf"{_MONTH.format('b')}\s*+(?P<days>\d{{1,2}})(?!\d){_TH},?\s*+{_YEAR.format('b')}",
    rf"(?P<days>\d{{1,2}}){_TH}\s*+{_MONTH.format('b')},?\s*+{_YEAR.format('b')}",
)
AMERICAN = tuple(
    re.compile(pattern)
    for date in _ONE_DATE
    for pattern in (
        rf"(?<!\d){date},?\s*+(?:AT\s*+|FROM\s*+|BETWEEN\s*+)?{_HALF_DAYS}",
        rf"(?<!\d){_HALF_DAYS},?\s*+(?:ON\s*+)?{date}",
    )
)
"""A date and hours of half days, such as ``MARCH 14, 2024, BETWEEN 7:00 A.M. AND 11:00 A.M.``."""
_ISO_TIMES = (
    r"[T ]\s*+(?:BETWEEN\s*+|FROM\s*+)?(?P<ahour>\d{2}):?(?P<aminute>\d{2})(?::\d{2})?H?\s*+(?:"
    + _CLOCK.format("a") + r")?\s*+(?:TO|/|-|UNTIL|AND)\s*+(?:(?P<bdate><date>)[T ]\s*+)?"
    r"(?P<bhour>\d{2}):?(?P<bminute>\d{2})(?::\d{2})?H?\s*+(?:" + _CLOCK.format("b") + r")?"
)  # fmt: skip


def _by_numbers(date: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\d)(?P<adate>{date}){_ISO_TIMES.replace('<date>', date)}")


ISO = (_by_numbers(r"\d{4}[-./]\d{2}[-./]\d{2}"), _by_numbers(r"\d{2}[./]\d{2}[./]\d{4}"))
"""Dates by numbers, such as ``2025-02-11 01:22 TO 02:16 UTC``; ``11.02.2025`` has the day first,
``11/02/2025`` the day or the month."""
TEN = re.compile(r"(?<!\d)(?P<aten>\d{10})(?:Z|UTC)?\s*+(?:-|/|TO|TILL?|UNTIL)\s*+(?P<bten>\d{10})(?!\d)")
"""Two times of ten digits, YYMMDDhhmm."""
CHINESE = re.compile(
    r"(?P<bmonth>\d{1,2})月(?P<days>\d{1,2})日(?P<ahour>\d{2}):?(?P<aminute>\d{2})时?至"
    r"(?P<bhour>\d{2}):?(?P<bminute>\d{2})时?"
)
_LOOSE = r"(?<!\d)(?:\d{1,2}[ /])?\d{0,2}\d{2}[:.]?\d{2}(?!\d)(?::\d{2})?\s*+"
SPAN = re.compile(rf"{_LOOSE}(?:{_CLOCK.format('a')})?{_TO}{_LOOSE}(?:{_CLOCK.format('b')})?")
"""What looks like a stretch of time, whatever stands about it."""
