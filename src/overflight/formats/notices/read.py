"""A notice to airmen or mariners in; its zones, windows and what it cancels out.

Layouts: NOTAM with fields Q, A to G (ICAO Annex 15, appendix 2; PANS-AIM, Doc 10066, appendix 3); NAVAREA,
HYDROLANT, HYDROPAC and HYDROARC broadcast warnings (IHO S-53); other texts with positions in them, as of
coast guards and of disaster agencies.  A text is never half understood in silence: what would need a guess is
an error, what was left out is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from overflight.earth.constants import NAUTICAL_MILE_M
from overflight.formats.notices.notam import Fields, fields_of, notam_windows
from overflight.formats.notices.positions import find_positions, plain, refuse_halves, refused
from overflight.formats.notices.time_patterns import MONTHS, TWO_CLOCKS
from overflight.formats.notices.values import Notice, NoticeError, Zone
from overflight.formats.notices.windows import blanked, find_windows
from overflight.formats.notices.zones import find_zones

__all__ = ["MAX_CHARACTERS", "read_notice"]

MAX_CHARACTERS = 200_000
_WARNING = (
    r"(?:NAVAREA[ ]+[IVX]{1,5}|HYDRO(?:LANT|PAC|ARC)|NAVTEX|COASTAL[ ]+WARNING)[ ]+"
    r"(?:NO\.?[ ]*)?(?:\d{1,4}/\d{2,4}|\d{2}-\d{2,4})(?!\d)"
)
_IDENTIFIER = re.compile(rf"^\s*(?:ZCZC.*\n\s*)?((?:[A-Z]+[ ]+){{0,3}}?{_WARNING})", re.MULTILINE)
_CANCEL = re.compile(rf"CANCEL(?:S|LED)?\s+({_WARNING}(?:\s*(?:,|AND)\s*(?:{_WARNING}|\d{{1,4}}/\d{{2}}))*)")
_ENDS = re.compile(
    r"CANCEL\s+(?:THIS\s+)?(?:MSG|MESSAGE|NOTICE|WARNING)\s+(?:AT\s+|ON\s+)?"
    r"(\d{2})(\d{2})(\d{2})\s*(?:Z|UTC)?\s*"
    r"([A-Z]{3})[A-Z]*\.?(?:\s*((?:20)?\d{2})\b)?"
)
_NOISE = re.compile(
    r"\(\s*\d{1,3}(?:\s*,\s*\d{1,3})+\s*\)|\b\d{1,4}/\d{2,4}(?:\([^)\n]*\))?|\bFL\s?\d{2,3}\b"
)
_KINDS = (
    ("re-entry", r"RE-?ENTRY|REENTERING"),
    ("missile", r"\bMISSILE|EXPERIMENTAL FLIGHT"),
    (
        "launch",
        r"航天|火箭|ロケット|打ち?上げ|衛星|로켓|발사|위성|LAUNCH|ROCKET|SPACE\s?CRAFT|AEROSPACE|SATELLITE|"
        r"SPACE VEHICLE|SPACE FLIGHT",
    ),
    ("firing", r"GUNNERY|FIRING|MISSILE EXERCISE|NAVAL EXERCISE"),
)


def read_notice(
    text: str, where: str = "notice", *, year: int | None = None, offset_h: float | None = None
) -> Notice:
    """Read the text of one notice.

    Parameters
    ----------
    text : the notice as published; capitals do not matter
    where : its name, for messages
    year : of dates without one, if the notice names none at all
    offset_h : hours ahead of UTC of a clock that the notice does not name

    Raises
    ------
    NoticeError : a position, an area or a time that cannot be read, or not without guessing
    """
    if len(text) > MAX_CHARACTERS:
        raise NoticeError(
            where, found=f"{len(text)} characters",
            allowed=f"one notice, at most {MAX_CHARACTERS} characters",
            remedy="Cut the notice out of the file.",
        )  # fmt: skip
    words = plain(text)
    fields = fields_of(words, where)
    if fields is not None:
        return _notam(words, fields, where, year, offset_h)
    return _broadcast(words, where, year, offset_h)


def _notam(words: str, fields: Fields, where: str, year: int | None, offset_h: float | None) -> Notice:
    if fields.kind == "C":
        return Notice("notam", fields.identifier, "cancellation", (), (), fields.replaces)
    zones, rest = _zones(fields.only("E"), where)
    _check_centre(words, fields, zones, where)
    windows, remarks = notam_windows(fields, where)
    if not windows:
        found = find_windows(rest, where, year=year, offset_h=offset_h, doubtful=_doubtful(zones))
        windows, remarks = found.windows, (*remarks, *found.remarks)
    return Notice(
        "notam", fields.identifier, _kind(words), zones, windows, fields.replaces,
        remarks=(*remarks, *_reordered(zones)),
    )  # fmt: skip


def _broadcast(words: str, where: str, year: int | None, offset_h: float | None) -> Notice:
    identifier = _IDENTIFIER.search(words)
    named = "" if identifier is None else " ".join(identifier[1].split())
    ends = _ENDS.search(words)
    cancels = tuple(name for match in _CANCEL.finditer(words) for name in _cancelled(match[1]))
    spans = [match.span() for pattern in (_ENDS, _CANCEL) for match in pattern.finditer(words)]
    body = blanked(words, spans)
    own_year = _year_of(named, ends) or year
    zones, rest = _zones(body, where, own_year)
    found = find_windows(rest, where, year=own_year, offset_h=offset_h, doubtful=_doubtful(zones))
    if not zones and not cancels:
        raise NoticeError(
            where, found="no position" if words.strip() else "an empty text",
            allowed="a notice with an area: positions such as 39-39.6N 124-42.3E",
            remedy="Give the text of the notice itself.",
        )  # fmt: skip
    layout = "broadcast" if named else "text"
    silent = ("no time was found in it",) if zones and not found.windows and not found.remarks else ()
    kind = _kind(words) if zones else "cancellation"
    ends_utc = _ends_utc(words, ends, own_year, where)
    return Notice(
        layout,
        named,
        kind,
        zones,
        found.windows,
        cancels,
        ends_utc,
        (*found.remarks, *silent, *_reordered(zones)),
    )


def _zones(body: str, where: str, year: int | None = None) -> tuple[tuple[Zone, ...], str]:
    """Return the areas of a text, and the text without positions."""
    positions = find_positions(body, where)
    rest = blanked(body, [(p.start, p.end) for p in positions])
    # times lie between areas; only their places count here, so that any year will do where none is known
    times = find_windows(rest, where, year=year or 2000, offset_h=0.0)
    bare = blanked(rest, times.spans)
    refuse_halves(_NOISE.sub(lambda m: " " * len(m[0]), bare), where)
    spoken = blanked(body, [*times.spans, *(match.span() for match in _NOISE.finditer(bare))])
    return find_zones(spoken, positions, where), rest


def _doubtful(zones: Sequence[Zone]) -> frozenset[str]:
    """Return names of American clocks that areas in the east may mean otherwise."""
    east = any(90.0 < lon < 170.0 for zone in zones for lon, _ in zone.points_deg)
    return TWO_CLOCKS if east else frozenset()


def _kind(words: str) -> str:
    return next((kind for kind, pattern in _KINDS if re.search(pattern, words)), "unknown")


def _cancelled(names: str) -> list[str]:
    """Return the notices of ``NAVAREA IV 1165/22 AND 1170/22``, each with its series."""
    parts = re.findall(rf"{_WARNING}|\d{{1,4}}/\d{{2,4}}", names)
    series = " ".join(parts[0].split()).rpartition(" ")[0]
    return [" ".join(p.split()) if p[0].isalpha() else f"{series} {p}" for p in parts]


def _year_of(identifier: str, ends: re.Match[str] | None) -> int | None:
    dashed = re.search(r"\b(\d{2})-\d+$", identifier)
    own = dashed[1] if dashed else identifier.rpartition("/")[2]
    text = (ends[5] if ends is not None else None) or own
    return (int(text) if len(text) == 4 else 2000 + int(text)) if text else None


def _ends_utc(words: str, ends: re.Match[str] | None, year: int | None, where: str) -> datetime | None:
    if ends is None or year is None:
        return None
    try:
        month = MONTHS.index(ends[4][:3]) + 1
        return datetime.fromisoformat(f"{year:04}-{month:02}-{ends[1]}T{ends[2]}:{ends[3]}+00:00")
    except ValueError:
        raise refused(
            where, words, ends.start(), f'"{" ".join(ends[0].split())}"', "a real date and time",
            "Correct the time at which the notice ends.",
        ) from None  # fmt: skip


def _reordered(zones: Sequence[Zone]) -> tuple[str, ...]:
    return tuple(
        f"the corners of area {zone.label or '1'} stand in an order in which its ring crosses itself; "
        "they were put in the only order in which it does not"
        for zone in zones
        if zone.reordered
    )


def _check_centre(words: str, fields: Fields, zones: Sequence[Zone], where: str) -> None:
    """Refuse areas far outside the circle of the Q line: an exchanged letter in either looks like this."""
    if fields.centre is None or not zones:
        return
    from pyproj import Geod

    lon, lat, radius_nm = fields.centre
    points = np.array([point for zone in zones for point in zone.points_deg])
    far = Geod(ellps="WGS84").inv(
        np.full(len(points), lon), np.full(len(points), lat), points[:, 0], points[:, 1]
    )[2]
    allowed = (1.5 * radius_nm + 60.0) * NAUTICAL_MILE_M
    if float(np.min(far)) > allowed:
        raise refused(
            where, words, fields.at["Q"],
            f"areas {np.min(far) / NAUTICAL_MILE_M:.0f} NM and more from the centre of the Q line, "
            f"whose radius is {radius_nm:.0f} NM",
            "areas within the circle of the Q line", "Check the letters N, S, E and W in both.",
        )  # fmt: skip
