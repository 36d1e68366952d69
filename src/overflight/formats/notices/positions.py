"""Positions in the text of a notice.

Read are degrees, minutes and seconds as notices print them: ``39-39.6N 124-42.3E``, ``23-45-00N 089-55-00W``,
``393936N1244218E``, ``N393936 E1244218``, ``N11 54 E116 48``, ``11°54'30"N``, decimal degrees with letters,
and signed decimal degrees where a text has no letters at all. A position is read whole or refused: the
letters must be one of N, S and one of E, W, both halves must be written alike, and what looks like half a
position and is none is a fault, never passed over.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from overflight.formats.notices.east_asia import in_letters
from overflight.formats.notices.values import NoticeError

__all__ = ["Position", "find_positions", "plain", "refuse_halves", "refused"]

_DECIMALS = r"(?:[.,]\d{1,8})?"
_SEPARATED = (
    rf"\d{{1,4}}(?:-|[ \t]?°[ \t]?|[ \t])\d{{1,3}}{_DECIMALS}"
    rf"(?:(?:-|[ \t]?'[ \t]?|[ \t])\d{{1,3}}{_DECIMALS})?[ \t]?(?:''|['\"])?"
)
_NUMBER = rf"(?:{_SEPARATED}|\d{{1,9}}(?:\.\d{{1,8}})?[ \t]?°?)"
_BETWEEN = r"(?:[\s,/;:]|\bLONG?(?:ITUDE)?\b\.?)*"
_SUFFIX = re.compile(
    rf"(?<![A-Z0-9.,°'])(?<!\d-)({_NUMBER})[ \t]?([NSEW]){_BETWEEN}({_NUMBER})[ \t]?([NSEW])(?![A-Z0-9])"
)
_PREFIX = re.compile(
    rf"(?<![A-Z0-9])([NSEW])[ \t]?({_NUMBER}){_BETWEEN}([NSEW])[ \t]?({_NUMBER})(?![A-Z0-9°']|\.\d)"
)
_SIGNED = re.compile(
    r"(?<![\w.+-])([+-]?\d{1,3}\.\d{2,8})°?[ \t]*[,;/ \t][ \t]*([+-]?\d{1,3}\.\d{2,8})°?(?![\w.])"
)
_HALF = re.compile(
    r"(?<![A-Z0-9/])[NSEW][ \t]?\d{2}[\d.,\-°' \t]*|\d[\d.,\-°']*[ \t]?[NSEW](?![A-Z/)])|\d{1,3}°[ \t]?\d"
)
_SAME = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "º": "°", "˚": "°", "′": "'", "’": "'", "″": '"',
     "”": '"', "‘": "'", "“": '"', "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\r": " "}
)  # fmt: skip
_NAMES = {"lat": "latitude", "lon": "longitude"}
_DEGREES_IN = {"lat": {2: 1, 4: 2, 6: 3}, "lon": {3: 1, 5: 2, 7: 3}}


@dataclass(frozen=True, slots=True)
class Position:
    """A position and where it stands in the text; ``form`` tells layouts apart."""

    start: int
    end: int
    longitude_deg: float
    latitude_deg: float
    form: str


def plain(text: str) -> str:
    """Return a text in capitals with one sign for each of dash, degree, minute and second, as long as
    before."""
    letters = []
    for letter in text.translate(_SAME).replace("\r", " "):
        same = unicodedata.normalize("NFKC", letter).upper() if letter not in "°" else letter
        letters.append(same if len(same) == 1 else letter)
    return in_letters("".join(letters))


def refused(where: str, text: str, at: int, found: str, allowed: str, remedy: str) -> NoticeError:
    """Return the error about the place ``at`` of a text, with its line."""
    line = text.count("\n", 0, max(at, 0)) + 1
    return NoticeError(f"{where}:{line}", found=found, allowed=allowed, remedy=remedy)


def find_positions(text: str, where: str) -> list[Position]:
    """Return all positions of a text that went through :func:`plain`, in order."""
    matches = sorted(
        [(m, "suffix", (m[1], m[2], m[3], m[4])) for m in _SUFFIX.finditer(text)]
        + [(m, "prefix", (m[2], m[1], m[4], m[3])) for m in _PREFIX.finditer(text)],
        key=lambda item: (item[0].start(), -item[0].end()),
    )
    found: list[Position] = []
    for match, style, (first, first_letter, second, second_letter) in matches:
        if found and match.start() < found[-1].end:
            continue
        found.append(_position(text, where, match, style, (first, first_letter), (second, second_letter)))
    if not found:
        return [_signed(text, where, match) for match in _SIGNED.finditer(text)]
    for position in found:
        if position.form != found[0].form:
            raise refused(
                where, text, position.start,
                f'"{text[position.start:position.end]}", written otherwise than '
                f'"{text[found[0].start:found[0].end]}"',
                "all positions of a notice in one order, letters all before or all after the numbers",
                "Correct the position that differs; an exchanged or lost letter looks like this.",
            )  # fmt: skip
    return found


def _position(
    text: str, where: str, match: re.Match[str], style: str, first: tuple[str, str], second: tuple[str, str]
) -> Position:
    shown = " ".join(match[0].split())
    latitude_first = first[1] in "NS"
    latitude, longitude = (first, second) if latitude_first else (second, first)
    if latitude[1] not in "NS" or longitude[1] not in "EW":
        raise refused(
            where, text, match.start(), f'"{shown}", with the letters {first[1]} and {second[1]}',
            "one letter of N, S and one of E, W", "Correct the letters of this position.",
        )  # fmt: skip
    lat, lat_fields = _degrees(text, where, match.start(), shown, latitude[0], "lat")
    lon, lon_fields = _degrees(text, where, match.start(), shown, longitude[0], "lon")
    if lat_fields != lon_fields:
        raise refused(
            where, text, match.start(), f'"{shown}", with {lat_fields} and {lon_fields} numbers',
            "latitude and longitude both in degrees, in degrees and minutes, or with seconds too",
            "Write both halves alike; a digit or a dash may be missing, or a number may stand too near.",
        )  # fmt: skip
    order = "latitude first" if latitude_first else "longitude first"
    return Position(
        match.start(), match.end(), lon if longitude[1] == "E" else -lon,
        lat if latitude[1] == "N" else -lat, f"{style}, {order}",
    )  # fmt: skip


def _degrees(text: str, where: str, at: int, shown: str, token: str, half: str) -> tuple[float, int]:
    """Return the degrees of one half of a position and how many numbers it has."""
    fields = re.findall(r"\d+(?:[.,]\d+)?", token)
    whole = re.split(r"[.,]", fields[0])[0]
    if len(fields) == 1 and len(whole) > 3 - (half == "lat"):
        count = _DEGREES_IN[half].get(len(whole))
        if count is None:
            raise refused(
                where, text, at, f'"{shown}", a {_NAMES[half]} of {len(whole)} digits',
                "DDMM or DDMMSS for a latitude, DDDMM or DDDMMSS for a longitude",
                "Count the digits: one is missing or too many, or a leading zero was left out.",
            )  # fmt: skip
        degrees = 2 if half == "lat" else 3
        cuts = [(0, degrees), (degrees, degrees + 2), (degrees + 2, len(fields[0]))][:count]
        cuts[-1] = (cuts[-1][0], len(fields[0]))
        fields = [fields[0][a:b] for a, b in cuts]
    elif len(whole) > 3 - (half == "lat"):
        raise refused(
            where, text, at, f'"{shown}", {whole} degrees of {_NAMES[half]}',
            "two digits for the degrees of a latitude, up to three for a longitude",
            "Correct the position; latitude and longitude, or their letters, may be exchanged.",
        )  # fmt: skip
    values = [float(field.replace(",", ".")) for field in fields]
    limit = 90.0 if half == "lat" else 180.0
    degrees_deg = sum(value / 60.0**i for i, value in enumerate(values))
    short = any(len(re.split(r"[.,]", field)[0]) != 2 for field in fields[1:]) and "-" in token
    if degrees_deg > limit or short or any(value >= 60.0 for value in values[1:]):
        raise refused(
            where, text, at, f'"{shown}"',
            "two digits below 60 for minutes and seconds; at most 90 degrees of latitude, 180 of longitude",
            "Correct the position; latitude and longitude, or their letters, may be exchanged.",
        )  # fmt: skip
    return degrees_deg, len(values)


def _signed(text: str, where: str, match: re.Match[str]) -> Position:
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise refused(
            where, text, match.start(), f'"{match[0]}"', "latitude, then longitude, in degrees",
            "Exchange the two, or write them with letters: 39-39.6N 124-42.3E.",
        )  # fmt: skip
    return Position(match.start(), match.end(), lon, lat, "signed")


def refuse_halves(rest: str, where: str) -> None:
    """Refuse a text, from which positions were blanked, that still holds what looks like half a position."""
    match = _HALF.search(rest)
    if match is not None:
        raise refused(
            where, rest, match.start(),
            f'"{" ".join(match[0].split())}", half a position or one that cannot be read',
            'whole positions such as 39-39.6N 124-42.3E, 393936N1244218E or N11 54 E116 48',
            "Correct or complete the position; a letter may stand for a digit.",
        )  # fmt: skip
