"""Two-line element sets in and out: 2 or 3 lines, Alpha-5 catalogue numbers, every column checked.

Columns: Spacetrack Report No. 3 (1980), section 2, and CelesTrak, "Two-Line Element Set Format". Alpha-5:
letters A to Z without I and O stand for 10 to 33 in the first place of a catalogue number (space-track.org,
"Alpha-5 Satellite Catalog").
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import degrees, pi, radians
from typing import NoReturn

from overflight.earth.orientation import julian_date
from overflight.errors import InputError
from overflight.orbit.elements import ElementSet

__all__ = ["checksum", "looks_like_tle", "read_tle", "write_tle"]

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_FORM = "lines 1 and 2 of a TLE, 69 characters each, with a name above them or not"
_NUMBER = {
    "epoch year": re.compile(r"\d\d"),
    "epoch day": re.compile(r"[ \d]{2}\d\.\d{1,8} *"),
    "eccentricity": re.compile(r"[ \d]{7}"),
}
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_EXPONENT = re.compile(r"([ +-]?)(\d{5}|\d{1,4} *)([+-]\d|[+-]?\d)")
_LINE_1 = re.compile(r"1 [ 0-9A-Z]{5}")
_LINE_2 = re.compile(r"2 [ 0-9A-Z]{5}")


def looks_like_tle(text: str) -> bool:
    """Return whether some line begins as line 1 or 2 of a set does."""
    return any(_LINE_1.match(line) or _LINE_2.match(line) for line in text.splitlines())


def checksum(line: str) -> int:
    """Return the sum of the digits of the first 68 characters, a minus counting one, modulo ten."""
    return sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10


def read_tle(text: str, where: str) -> tuple[ElementSet, ...]:
    """Return the sets of a text; ``where`` names the file in messages.

    Raises
    ------
    InputError : anything wrong with any line; names its number
    """
    lines = [
        (number, line.rstrip())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    found, name, at = [], "", 0
    while at < len(lines):
        number, line = lines[at]
        if _LINE_2.match(line) and len(line) > 60:
            _refuse(where, number, "", "line 2 of a set before its line 1", "Put line 1 above line 2.")
        if not (_LINE_1.match(line) and len(line) > 60):
            if name:
                _refuse(
                    where, number, "", f"{line[:40]!r}, which is no line 1", "Remove it, or add the lines."
                )
            name, at = line.removeprefix("0 ").strip(), at + 1
            if not name or at == len(lines):
                _refuse(where, number, "", f"{line[:40]!r} without lines 1 and 2 below it", "Add them.")
            continue
        if at + 1 == len(lines) or not _LINE_2.match(lines[at + 1][1]):
            _refuse(where, number, "", "line 1 of a set without a line 2 below it", "Add line 2.")
        found.append(_one_set(name, lines[at], lines[at + 1], where))
        name, at = "", at + 2
    return tuple(found)


def _refuse(where: str, number: int, field: str, found: str, remedy: str, allowed: str = _FORM) -> NoReturn:
    key = f"line {number}" + (f", {field}" if field else "")
    raise InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def _checked(line: str, number: int, where: str) -> str:
    if not line.isascii():
        _refuse(where, number, "", "a letter that is not ASCII", "Copy the set again as plain text.")
    if len(line) == 68 and line[67] == " ":
        line = line[:68]
    if len(line) < 69:
        _refuse(where, number, "", f"{len(line)} characters", "Copy the whole line, without changed spaces.")
    if line[69:].strip():
        _refuse(where, number, "", f"{len(line)} characters", "Remove what stands behind column 69.")
    wanted = str(checksum(line))
    if line[68] != wanted:
        remedy = "One character of the line is wrong; copy the set again from its source."
        _refuse(
            where, number, "column 69", f"checksum {line[68]!r}", remedy, f"{wanted}, the sum of its digits"
        )
    return line


def _one_set(name: str, one: tuple[int, str], two: tuple[int, str], where: str) -> ElementSet:
    n1, n2 = one[0], two[0]
    first, second = _checked(one[1], n1, where), _checked(two[1], n2, where)
    catalogue, other = (_catalogue(line[2:7], n, where) for line, n in ((first, n1), (second, n2)))
    if catalogue != other:
        remedy = "The lines belong to two satellites; copy both from one source."
        _refuse(
            where, n2, "columns 3-7", f"catalogue number {other}", remedy, f"{catalogue}, as in line {n1}"
        )
    jd, fraction = _epoch(first, n1, where)

    def angle(at: slice, field: str, most: float = 360.0) -> float:
        value = _plain(second[at], n2, field, where)
        if not 0.0 <= value <= most:
            _refuse(where, n2, field, f"{value:g}", "Check the columns.", f"0 to {most:g} degrees")
        return radians(value)

    motion = _plain(second[52:63], n2, "mean motion", where)
    if not 0.0 < motion < 20.0:
        remedy = "Check the columns."
        _refuse(where, n2, "mean motion", f"{motion:g} revolutions a day", remedy, "above 0 and below 20")
    return ElementSet(
        name=name, catalogue_number=catalogue, designator=_designator(first[9:17]),
        epoch_jd=jd, epoch_fraction=fraction,
        mean_motion_radpmin=motion / (1440.0 / (2.0 * pi)),
        eccentricity=_whole(second[26:33], n2, "eccentricity", where) / 1e7,
        inclination_rad=angle(slice(8, 16), "inclination", 180.0),
        node_rad=angle(slice(17, 25), "ascending node"),
        perigee_rad=angle(slice(34, 42), "argument of perigee"),
        mean_anomaly_rad=angle(slice(43, 51), "mean anomaly"),
        bstar=_exponent(first[53:61], n1, "B*", where),
        ndot_rev_day2=_plain(first[33:43] if first[33:43].strip() else "0", n1, "first derivative", where),
        nddot_rev_day3=_exponent(first[44:52], n1, "second derivative", where),
        revolution=_whole(second[63:68], n2, "revolution number", where),
        set_number=_whole(first[64:68], n1, "set number", where),
        where=f"{where}: line {n1}",
    )  # fmt: skip


def _catalogue(text: str, number: int, where: str) -> int:
    head, rest = text[0], text[1:]
    if head in _LETTERS and rest.isdigit():
        return 10_000 * (10 + _LETTERS.index(head)) + int(rest)
    if text.strip().isdigit():
        return int(text)
    remedy = "Alpha-5 knows a letter in the first place, without I and O; take an OMM for larger numbers."
    _refuse(where, number, "columns 3-7", f"{text!r}", remedy, "a catalogue number: 00005, 58400, A0001")


def _epoch(line: str, number: int, where: str) -> tuple[float, float]:
    year, day = line[18:20], line[20:32]
    if not _NUMBER["epoch year"].fullmatch(year) or not _NUMBER["epoch day"].fullmatch(day):
        _refuse(
            where, number, "epoch", repr(line[18:32]), "Check columns 19-32.", "year and day: 24158.19566690"
        )
    full = int(year) + (2000 if int(year) < 57 else 1900)
    days = 366 if full % 4 == 0 else 365
    whole, _, part = day.strip().partition(".")
    if not 1 <= int(whole) <= days:
        _refuse(where, number, "epoch", f"day {whole} of {full}", "Check columns 21-32.", f"1 to {days}")
    start, _ = julian_date(datetime(full, 1, 1, tzinfo=UTC))
    return start + int(whole) - 1, float(f"0.{part}")


def _designator(text: str) -> str:
    text = text.strip()
    if not re.fullmatch(r"\d{5}[A-Z]{1,3}", text):
        return text
    year = int(text[:2])
    return f"{2000 + year if year < 57 else 1900 + year}-{text[2:]}"


def _plain(text: str, number: int, field: str, where: str) -> float:
    if not _FLOAT.fullmatch(text.strip()):
        _refuse(where, number, field, repr(text), "Copy the set again; spaces count.", "a decimal number")
    return float(text)


def _whole(text: str, number: int, field: str, where: str) -> int:
    digits = text.strip() or "0"
    if not digits.isdigit():
        _refuse(where, number, field, repr(text), "Copy the set again; spaces count.", "digits")
    return int(digits) if field != "eccentricity" else int(text.replace(" ", "0"))


def _exponent(text: str, number: int, field: str, where: str) -> float:
    if not text.strip():
        return 0.0
    match = _EXPONENT.fullmatch(text)
    if match is None:
        _refuse(where, number, field, repr(text), "Copy the set again; spaces count.", "as in -11606-4")
    sign, digits, power = match.groups()
    return float(f"{sign.strip()}0.{digits.strip() or '0'}e{power}")


def write_tle(elements: ElementSet) -> str:
    """Return a set as lines 1 and 2, its name above them if it has one; each ends in a line feed.

    Raises
    ------
    InputError : a catalogue number above 339999, which Alpha-5 cannot hold
    """
    number = elements.catalogue_number
    if not 0 <= number <= 339_999:
        raise InputError(
            elements.label, "catalogue number", found=str(number), allowed="0 to 339999 in a TLE",
            remedy="Write an OMM.",
        )  # fmt: skip
    catalogue = (
        f"{number:05d}" if number < 100_000 else f"{_LETTERS[number // 10_000 - 10]}{number % 10_000:04d}"
    )
    epoch = elements.epoch_utc
    day = epoch.timetuple().tm_yday + elements.epoch_fraction
    designator = elements.designator.replace("-", "")
    designator = designator[2:] if re.fullmatch(r"\d{7}[A-Z]{1,3}", designator) else designator[:8]
    ndot = f"{elements.ndot_rev_day2:+.8f}".replace("+0.", " .").replace("-0.", "-.")
    first = (
        f"1 {catalogue}U {designator:<8} {epoch:%y}{day:012.8f} {ndot} "
        f"{_exponent_text(elements.nddot_rev_day3)}"
        f" {_exponent_text(elements.bstar)} 0 {elements.set_number % 10_000:4d}"
    )
    angles = [elements.inclination_rad, elements.node_rad, elements.perigee_rad, elements.mean_anomaly_rad]
    i, node, perigee, anomaly = (f"{degrees(a) % 360.0:8.4f}" for a in angles)
    eccentricity = min(round(elements.eccentricity * 1e7), 9_999_999)
    second = (
        f"2 {catalogue} {i} {node} {eccentricity:07d} {perigee} {anomaly}"
        f" {elements.revolutions_per_day:11.8f}{elements.revolution % 100_000:5d}"
    )
    head = f"{elements.name}\n" if elements.name else ""
    return f"{head}{first}{checksum(first)}\n{second}{checksum(second)}\n"


def _exponent_text(value: float) -> str:
    mantissa, power = f"{abs(value):.4e}".split("e")
    if value == 0.0 or int(power) < -10:  # the exponent has one digit: .10000-9 is the least that can be said
        return " 00000-0"
    return f"{'-' if value < 0 else ' '}{mantissa.replace('.', '')}{int(power) + 1:+d}"
