"""CCSDS Tracking Data Message (503.0-B-2), keyword = value or XML: ranges and angles of radars as plots.

Read are segments of one station and one object with RANGE (km) and ANGLE_1, ANGLE_2 (azimuth, elevation) at
the same instants, in UTC. Other observables are read over. The standard leaves open whether a two-way range
is that of the round trip or half of it (section 3.5.2.6); it is taken as half, the distance. What a segment
says that would change the meaning and is not applied here is refused, never passed over.

A message tells no spreads: they come from the file of sensors, by the station's name. ``COMMENT EXERCISE`` in
the header marks a drill; without it a message is of the real world.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from overflight.errors import InputError
from overflight.formats.plots import DEFAULT_SIGMA
from overflight.formats.tdm_xml import is_tdm_xml, tdm_lines_of_xml
from overflight.track.measurements import Plot

__all__ = ["MAX_BYTES", "read_tdm", "write_tdm"]

MAX_BYTES = 50_000_000
LIGHT_MPS = 299_792_458.0
_OBSERVED = ("RANGE", "ANGLE_1", "ANGLE_2")
_LIMITS = {"RANGE": (1e-3, 1e5), "ANGLE_1": (-180.0, 360.0), "ANGLE_2": (-10.0, 90.5)}
_EPOCH = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))T(\d\d):(\d\d):(\d\d)(\.\d{1,12})?Z?")
_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
_FIXED = {
    "TIME_SYSTEM": {"UTC"},
    "MODE": {"SEQUENTIAL"},
    "ANGLE_TYPE": {"AZEL"},
    "RANGE_UNITS": {"KM"},
    "TIMETAG_REF": {"RECEIVE", "TRANSMIT"},
    "INTEGRATION_REF": {"START", "MIDDLE", "END"},
    "CORRECTIONS_APPLIED": {"YES", "NO"},
    "DATA_QUALITY": {"RAW", "VALIDATED"},
}
_ZERO = re.compile(r"RANGE_MODULUS|(TRANSMIT|RECEIVE)_DELAY_[1-5]")
_PLAIN = re.compile(
    r"TRACK_ID|DATA_TYPES|START_TIME|STOP_TIME|PARTICIPANT_[1-5]|PATH|EPHEMERIS_NAME(_[1-5])?"
    r"|(TRANSMIT|RECEIVE)_BAND|TURNAROUND_(NUMERATOR|DENOMINATOR)|INTEGRATION_INTERVAL|FREQ_OFFSET|RANGE_MODE"
    r"|INTERPOLATION(_DEGREE)?|REFERENCE_FRAME|DOPPLER_COUNT_(BIAS|SCALE|ROLLOVER)"
    r"|CORRECTION_(RANGE|ANGLE_[12]|DOPPLER|MAG|RCS|RECEIVE|TRANSMIT|ABERRATION_(YEARLY|DIURNAL))"
)
_OTHER_DATA = re.compile(
    r"CARRIER_POWER|CLOCK_(BIAS|DRIFT)|DOPPLER_(COUNT|INSTANTANEOUS|INTEGRATED)|DOR|MAG|P[CR]_N0|PRESSURE|RCS"
    r"|RECEIVE_(FREQ(_[1-5])?|PHASE_CT_[1-5])|RHUMIDITY|STEC|TEMPERATURE"
    r"|TRANSMIT_(FREQ_[1-5](_RATE)?|PHASE_CT_[1-5])|TROPO_(DRY|WET)|VLBI_DELAY"
)


@dataclass(slots=True)
class _Segment:
    """Keywords of the metadata, and what was observed at each instant (Unix time, ns)."""

    number: int
    metadata: dict[str, str] = field(default_factory=dict)
    seen: dict[int, dict[str, float]] = field(default_factory=dict)


def read_tdm(
    content: bytes,
    where: str,
    sigma: Mapping[str, tuple[float, float, float]] | None = None,
    refused: Counter[tuple[str, str]] | None = None,
) -> tuple[Plot, ...]:
    """Return the plots of a message, in the order of their times.

    ``sigma`` are spreads (m, rad, rad) by station. An instant without range or without both angles gives no
    plot and is counted in ``refused``.

    Raises
    ------
    InputError : no such message, too long, or anything in it that cannot be read or would be misread
    """
    if len(content) > MAX_BYTES:
        raise _refuse(where, "", f"more than {MAX_BYTES // 1_000_000} MB", "a shorter message")
    try:
        text = tdm_lines_of_xml(content, where) if is_tdm_xml(content[:4000]) else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(where, "", "bytes that are no text", "a CCSDS TDM, keyword = value or XML") from None
    segments, drill = _parsed(text, where)
    counts: Counter[tuple[str, str]] = Counter() if refused is None else refused
    plots = [p for s in segments for p in _plots(s, where, sigma or {}, drill, counts)]
    return tuple(sorted(plots, key=lambda p: p.time_s))


def _refuse(where: str, key: str, found: str, allowed: str) -> InputError:
    remedy = "Give a CCSDS TDM with RANGE in km and AZEL angles in UTC; docs/tracking.md tells what is read."
    return InputError(where, key, found=found[:80], allowed=allowed, remedy=remedy)


def _parsed(text: str, where: str) -> tuple[list[_Segment], bool]:
    """Return the segments of a message and whether it is of a drill."""
    segments: list[_Segment] = []
    place, drill, first = "header", False, True
    follows = {"META_START": ("header", "meta"), "META_STOP": ("meta", "between"),
               "DATA_START": ("between", "data"), "DATA_STOP": ("data", "header")}  # fmt: skip
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(None, 1)
        if not words:
            continue
        if words[0] == "COMMENT":
            drill = drill or (not segments and len(words) == 2 and words[1].strip() == "EXERCISE")
            continue
        if line.strip() in follows:
            before, after = follows[line.strip()]
            if place != before or first:
                raise _refuse(where, f"line {number}", line.strip(), f"it after the {before} part only")
            place = after
            if place == "meta":
                segments.append(_Segment(number))
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not _KEY.fullmatch(key) or not value:
            raise _refuse(where, f"line {number}", repr(line.strip()[:40]), "KEYWORD = value")
        if first:
            if key != "CCSDS_TDM_VERS" or value not in ("1.0", "2.0"):
                raise _refuse(where, f"line {number}", line.strip(), "CCSDS_TDM_VERS = 1.0 or 2.0")
            first = False
        elif place == "meta":
            _metadata(segments[-1], key, value, where, number)
        elif place == "data":
            _observed(segments[-1], key, value, where, number)
        elif place == "between" or segments or key not in ("CREATION_DATE", "ORIGINATOR", "MESSAGE_ID"):
            raise _refuse(
                where, f"line {number}", key, "CREATION_DATE, ORIGINATOR, MESSAGE_ID, then segments"
            )
    if place != "header" or not segments:
        raise _refuse(where, "", f"an end in the {place} part", "whole segments of metadata and data")
    return segments, drill


def _metadata(segment: _Segment, key: str, value: str, where: str, number: int) -> None:
    at = f"line {number}, {key}"
    if key in segment.metadata:
        raise _refuse(where, at, "a second time", "each keyword once in a segment")
    if key in _FIXED and value.upper() not in _FIXED[key]:
        raise _refuse(where, at, value, " or ".join(sorted(_FIXED[key])))
    if _ZERO.fullmatch(key) and _finite(value, where, at) != 0.0:
        raise _refuse(where, at, value, "0: it is not applied here")
    if not (key in _FIXED or _ZERO.fullmatch(key) or _PLAIN.fullmatch(key)):
        raise _refuse(where, at, "an unknown keyword", "those of CCSDS 503.0-B-2")
    segment.metadata[key] = value


def _finite(text: str, where: str, at: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _refuse(where, at, repr(text[:40]), "a finite number")
    return value


def _observed(segment: _Segment, key: str, value: str, where: str, number: int) -> None:
    at = f"line {number}, {key}"
    words = value.split()
    if key not in _OBSERVED and not _OTHER_DATA.fullmatch(key):
        raise _refuse(where, at, "an unknown keyword", "those of CCSDS 503.0-B-2")
    if len(words) != 2:
        raise _refuse(where, at, repr(value[:40]), "an instant and a number")
    instant, observed = _instant(words[0], where, at), _finite(words[1], where, at)
    if key not in _OBSERVED:
        return
    low, high = _LIMITS[key]
    if not low <= observed <= high:
        raise _refuse(where, at, f"{observed:g}", f"{low:g} to {high:g}")
    row = segment.seen.setdefault(instant, {})
    if key in row:
        raise _refuse(where, at, "a second value at one instant", "one")
    row[key] = observed


def _instant(text: str, where: str, at: str) -> int:
    """Return an instant as nanoseconds of the Unix epoch; by month and day, or by day of the year."""
    match = _EPOCH.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, of_year, *clock, part = match.groups()
        date = datetime(int(year), int(month or 1), int(day or 1), *map(int, clock), tzinfo=UTC)
        if of_year is not None:
            date += timedelta(days=int(of_year) - 1)
            if date.year != int(year):
                raise ValueError(text)
    except (ValueError, OverflowError):
        raise _refuse(where, at, text[:40], "for example 2023-08-23T18:52:10.250") from None
    return int(date.timestamp()) * 10**9 + int((part or ".0")[1:10].ljust(9, "0"))


def _plots(
    segment: _Segment,
    where: str,
    sigma: Mapping[str, tuple[float, float, float]],
    drill: bool,
    refused: Counter[tuple[str, str]],
) -> Iterator[Plot]:
    meta, at = segment.metadata, f"segment at line {segment.number}"
    for key in ("TIME_SYSTEM", "PARTICIPANT_1", "PARTICIPANT_2", "PATH"):
        if key not in meta:
            raise _refuse(where, f"{at}, {key}", "nothing", "it stated")
    if not any("RANGE" in row or "ANGLE_1" in row or "ANGLE_2" in row for row in segment.seen.values()):
        refused[meta["PARTICIPANT_1"][:40], "a segment with neither range nor angles"] += 1
        return
    if "ANGLE_TYPE" not in meta:
        raise _refuse(where, f"{at}, ANGLE_TYPE", "nothing", "AZEL")
    station, thing = _participants(meta, where, at)
    added, shift_s = _corrections(meta, where, at), _shift(meta, where, at)
    spread = sigma.get(station, _default_sigma())
    for instant, row in segment.seen.items():
        if len(row) < len(_OBSERVED):
            refused[station, f"an instant without {' and '.join(k for k in _OBSERVED if k not in row)}"] += 1
            continue
        range_m = 1e3 * (row["RANGE"] + added[0])
        light_s = range_m / LIGHT_MPS
        time_s = instant / 1e9 + shift_s
        time_s += light_s if meta.get("TIMETAG_REF", "RECEIVE").upper() == "TRANSMIT" else -light_s
        angles = math.radians(row["ANGLE_1"] + added[1]), math.radians(row["ANGLE_2"] + added[2])
        if range_m <= 0.0:
            raise _refuse(
                where, f"{at}, CORRECTION_RANGE", meta["CORRECTION_RANGE"], "ranges above 0 with it"
            )
        yield Plot(station, None, time_s, thing, range_m, *angles, spread, drill)


def _default_sigma() -> tuple[float, float, float]:
    metres, azimuth, elevation = DEFAULT_SIGMA.values()
    return metres, math.radians(azimuth), math.radians(elevation)


def _participants(meta: Mapping[str, str], where: str, at: str) -> tuple[str, str]:
    """Return the names of station and object: the one that receives, and the other of the two."""
    path = re.fullmatch(r"(?:([12]),)?([12]),([12])", meta["PATH"].replace(" ", ""))
    if path is None or path[2] == path[3] or path[1] not in (None, path[3]):
        raise _refuse(where, f"{at}, PATH", meta["PATH"], "one station and one object: 1,2,1 or 2,1,2")
    station, thing = (meta[f"PARTICIPANT_{i}"] for i in (path[3], path[2]))
    for name in (station, thing):
        if not 0 < len(name) <= 100 or not name.isprintable():
            raise _refuse(where, f"{at}, PARTICIPANT", repr(name[:40]), "1 to 100 printable letters")
    return station, thing


def _corrections(meta: Mapping[str, str], where: str, at: str) -> tuple[float, float, float]:
    """Return what is to be added to range (km) and angles (degrees): stated corrections not yet applied."""
    stated = {k: _finite(v, where, f"{at}, {k}") for k, v in meta.items() if k.startswith("CORRECTION_")}
    if any(stated.values()) and "CORRECTIONS_APPLIED" not in meta:
        raise _refuse(where, f"{at}, CORRECTIONS_APPLIED", "nothing", "YES or NO beside corrections")
    if meta.get("CORRECTIONS_APPLIED", "YES").upper() == "YES":
        return 0.0, 0.0, 0.0
    for key in stated:
        if stated[key] and key in ("CORRECTION_RECEIVE", "CORRECTION_TRANSMIT"):
            raise _refuse(where, f"{at}, {key}", meta[key], "0, or applied: it is not applied here")
    found = [stated.get(f"CORRECTION_{key}", 0.0) for key in _OBSERVED]
    return found[0], found[1], found[2]


def _shift(meta: Mapping[str, str], where: str, at: str) -> float:
    """Return seconds from the stated instants to the middle of the integration."""
    key = "INTEGRATION_INTERVAL"
    whole = _finite(meta.get(key, "0"), where, f"{at}, {key}")
    if not 0.0 <= whole <= 3600.0:
        raise _refuse(where, f"{at}, {key}", meta[key], "0 to 3600 s")
    return whole * {"START": 0.5, "MIDDLE": 0.0, "END": -0.5}[meta.get("INTEGRATION_REF", "MIDDLE").upper()]


def write_tdm(plots: Sequence[Plot], *, originator: str, created_utc: datetime) -> str:
    """Return a message of plots, a segment for each station and object, stamped at reception.

    Drill and real plots do not fit into one message.

    Raises
    ------
    InputError : no plots, or drill and real ones
    """
    if len({p.exercise for p in plots}) != 1:
        found = "drill and real plots" if plots else "no plots"
        raise InputError("TDM", found=found, allowed="plots of one world", remedy="Write two messages.")
    lines = ["CCSDS_TDM_VERS = 2.0", *(["COMMENT EXERCISE"] if plots[0].exercise else [])]
    lines += [f"CREATION_DATE = {_stamp(created_utc.timestamp())}", f"ORIGINATOR = {originator}"]
    groups: dict[tuple[str, str], list[Plot]] = {}
    for plot in plots:
        groups.setdefault((plot.source, plot.track or "UNKNOWN"), []).append(plot)
    for (station, thing), rows in groups.items():
        lines += ["META_START", "TIME_SYSTEM = UTC", f"PARTICIPANT_1 = {station}", f"PARTICIPANT_2 = {thing}"]
        lines += ["MODE = SEQUENTIAL", "PATH = 1,2,1", "TIMETAG_REF = RECEIVE", "RANGE_UNITS = km"]
        lines += ["ANGLE_TYPE = AZEL", "META_STOP", "DATA_START"]
        for p in sorted(rows, key=lambda p: p.time_s):
            at = _stamp(p.time_s + p.range_m / LIGHT_MPS)
            azimuth, elevation = math.degrees(p.azimuth_rad), math.degrees(p.elevation_rad)
            lines.append(f"RANGE = {at} {p.range_m / 1e3:.6f}")
            lines += [f"ANGLE_1 = {at} {azimuth:.8f}", f"ANGLE_2 = {at} {elevation:.8f}"]
        lines.append("DATA_STOP")
    return "\n".join(lines) + "\n"


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
