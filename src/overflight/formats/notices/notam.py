"""The fields of a NOTAM: where Q, A to G begin, what the Q line says, and times B and C with schedule D.

ICAO Annex 15, appendix 2, and PANS-AIM (Doc 10066), appendix 3: B and C are YYMMDDhhmm in UTC, C may be PERM
or carry EST; the Q line ends in the centre and the radius in nautical miles, as 3939N12442E005.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from overflight.formats.notices.positions import refused
from overflight.formats.notices.time_patterns import MONTHS
from overflight.formats.notices.values import Window
from overflight.formats.notices.windows import LONGEST

__all__ = ["Fields", "fields_of", "notam_windows"]

_HEAD = re.compile(
    r"\b([A-Z]\d{1,4}/\d{2})\s*(?:NOTAM)\s*([NRC])?(?:\s+([A-Z]\d{1,4}/\d{2}))?|\bNOTAM\s*([NRC])\b"
)
_FIELD = re.compile(r"(?:(?<=\s)|^|(?<=\())([A-GQ])\)[ \t]*")
_CENTRE = re.compile(r"(\d{2})(\d{2})([NS])(\d{3})(\d{2})([EW])(\d{3})?\s*$")
_TEN = re.compile(r"(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\b(\s*EST)?")
_SPELT = re.compile(r"20(\d{2})\s?([A-Z]{3})\s?(\d{2})\s(\d{2}):?(\d{2})\b(\s*EST)?")
"""As briefing services print the times of B and C: ``2025 FEB 11 01:22``."""
_SCHEDULE = re.compile(
    r"(?:(?P<month>[A-Z]{3})\s+)?(?P<days>\d{1,2}(?!\d)(?:(?:\s+|\s*-\s*|\s*,\s*)\d{1,2}(?!\d))*)?\s*(?:DAILY\s*)?"
    r"(?P<begin>\d{4})\s*-\s*(?P<end>\d{4})(?:\s*DAILY)?"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """A NOTAM cut into its fields; ``at`` where each begins, ``centre`` longitude, latitude and radius
    (NM)."""

    text: str
    identifier: str
    kind: str
    replaces: tuple[str, ...]
    at: dict[str, int]
    content: dict[str, str]
    centre: tuple[float, float, float] | None

    def only(self, field: str) -> str:
        """Return the whole text with everything but one field blanked, so that places in it stay."""
        start = self.at[field]
        end = start + len(self.content[field])
        return "".join(c if start <= i < end or c == "\n" else " " for i, c in enumerate(self.text))


def fields_of(text: str, where: str) -> Fields | None:
    """Return the fields of a text in plain capitals, None if it is no NOTAM."""
    head = _HEAD.search(text)
    marks: dict[str, tuple[int, int]] = {}
    order, last = "QABCDEFG", -1
    for match in _FIELD.finditer(text):
        place = order.index(match[1])
        beyond = "E" in marks and match[1] not in "FG"
        if (
            place > last
            and not beyond
            and (match[1] != "F" or re.match(r"SFC|GND|FL|\d|UNL", text[match.end() :]))
        ):
            marks[match[1]] = match.span()
            last = place
    cancels = head is not None and (head[2] or head[4]) == "C"
    if not cancels and not ("E" in marks and {"Q", "B"} & set(marks)):
        return None
    begins = sorted((span, name) for name, span in marks.items())
    ends = [*(span[0] for span, _ in begins), len(text)][1:]
    content = {name: text[span[1] : end] for (span, name), end in zip(begins, ends, strict=True)}
    at = {name: span[1] for name, span in marks.items()}
    centre = _CENTRE.search(content.get("Q", "").strip())
    return Fields(
        text=text,
        identifier="" if head is None else head[1] or "",
        kind="N" if head is None else head[2] or head[4] or "N",
        replaces=(head[3],) if head is not None and head[3] else (),
        at=at,
        content=content,
        centre=None if centre is None else _centre(text, where, at["Q"], centre),
    )


def _centre(text: str, where: str, at: int, match: re.Match[str]) -> tuple[float, float, float]:
    lat = (int(match[1]) + int(match[2]) / 60.0) * (1.0 if match[3] == "N" else -1.0)
    lon = (int(match[4]) + int(match[5]) / 60.0) * (1.0 if match[6] == "E" else -1.0)
    if abs(lat) > 90.0 or abs(lon) > 180.0 or int(match[2]) > 59 or int(match[5]) > 59:
        raise refused(
            where, text, at, f'"{match[0].strip()}" in the Q line', "a position on Earth, DDMM and DDDMM",
            "Correct the Q line.",
        )  # fmt: skip
    return lon, lat, float(match[7] or 999)


def notam_windows(fields: Fields, where: str) -> tuple[tuple[Window, ...], tuple[str, ...]]:
    """Return the windows of fields B, C and D, and remarks."""
    if "B" not in fields.at:
        return (), ()
    begin, _ = _ten(fields, "B", where)
    if begin is None:
        return (), (f'field B "{fields.content["B"].strip()[:40]}" is no time',)
    end, estimated = _ten(fields, "C", where)
    if end is None:
        return (), ("field C is permanent or missing: there is no window",)
    if not begin < end <= begin + 4 * LONGEST:
        raise refused(
            where, fields.text, fields.at["C"], f"from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC",
            "an end after the beginning, within a year", "Correct fields B and C.",
        )  # fmt: skip
    remarks = ("the end of the window is an estimate (EST)",) if estimated else ()
    schedule = fields.content.get("D", "").strip()
    if not schedule:
        return (Window(begin, end),), remarks
    windows = _scheduled(schedule, begin, end)
    if windows is None:
        text = " ".join(schedule.split())
        return (Window(begin, end),), (
            *remarks,
            f'schedule D "{text[:60]}" was not understood: B to C is taken whole',
        )
    return windows, remarks


def _ten(fields: Fields, name: str, where: str) -> tuple[datetime | None, bool]:
    """Return a time of ten digits, None for PERM and the like, and whether it is an estimate."""
    content = fields.content.get(name, "")
    match = _TEN.match(content.strip()) or _SPELT.match(content.strip())
    if match is None or not (match[2].isdigit() or match[2] in MONTHS):
        if re.match(r"PERM|UFN|WIE|$", content.strip()):
            return None, False
        raise refused(
            where, fields.text, fields.at[name], f'"{content.strip()[:40]}" in field {name}',
            "a time of ten digits YYMMDDhhmm, or PERM", f"Correct field {name}.",
        )  # fmt: skip
    year, day, hour, minute = (int(match[i]) for i in (1, 3, 4, 5))
    month = int(match[2]) if match[2].isdigit() else MONTHS.index(match[2]) + 1
    try:
        whole = timedelta(days=1) if (hour, minute) == (24, 0) else timedelta()
        moment = datetime(2000 + year, month, day, 0 if whole else hour, minute, tzinfo=UTC) + whole
    except ValueError:
        raise refused(
            where, fields.text, fields.at[name], f'"{match[0]}" in field {name}', "a real time YYMMDDhhmm",
            f"Correct field {name}.",
        ) from None  # fmt: skip
    return moment, bool(match[6])


def _scheduled(schedule: str, begin: datetime, end: datetime) -> tuple[Window, ...] | None:
    """Return the windows of a schedule such as ``DAILY 0122-0216`` or ``11 13-15 0600-1000``, None if it is
    none."""
    matches = list(_SCHEDULE.finditer(schedule))
    left = _SCHEDULE.sub("", schedule)
    if not matches or re.sub(r"\bDAILY\b|\bAND\b|[\s,;:]", "", left):
        return None
    windows: list[Window] = []
    month = begin.month
    for match in matches:
        if match["month"]:
            if match["month"] not in MONTHS:
                return None
            month = MONTHS.index(match["month"]) + 1
        days = _schedule_days(match["days"], month, begin, end)
        try:
            hours = [(int(match[n][:2]), int(match[n][2:])) for n in ("begin", "end")]
            first, last = (timedelta(hours=h, minutes=m) for h, m in hours)
        except ValueError:
            return None
        if days is None or any(h > 24 or m > 59 for h, m in hours):
            return None
        over = timedelta(days=1) if last <= first else timedelta()
        windows += [Window(max(day + first, begin), min(day + last + over, end)) for day in days]
    kept = tuple(sorted({w for w in windows if w.begin_utc < w.end_utc}, key=lambda w: w.begin_utc))
    return kept or None


def _schedule_days(days: str | None, month: int, begin: datetime, end: datetime) -> list[datetime] | None:
    midnight = begin.replace(hour=0, minute=0)
    if days is None:
        return [midnight + timedelta(days=n) for n in range(-1, (end - midnight).days + 1)]
    found: list[datetime] = []
    year = begin.year + (month < begin.month)
    for part in re.findall(r"\d{1,2}(?:\s*-\s*\d{1,2})?", days):
        numbers = [int(n) for n in re.findall(r"\d+", part)]
        try:
            first, last = (datetime(year, month, n, tzinfo=UTC) for n in (numbers[0], numbers[-1]))
        except ValueError:
            return None
        if last < first:
            return None
        found += [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return found
