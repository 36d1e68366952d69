"""CCSDS Orbit Ephemeris Message, version 2.0, keyword = value (CCSDS 502.0-B-2, section 5).

States are written Earth-fixed: ``REF_FRAME = ITRF2000``, one of the frames that annex A of the
standard lists by name; WGS-84 realizations agree with it within centimetres.  Velocities are
relative to the rotating Earth, times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError
from overflight.formats.features import at_utc, check_times, read_only_rows

FRAME = "ITRF2000"
_EARTH_FIXED = re.compile(r"ITRF-?\d{2,4}|ITRF")
_META = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME", "STOP_TIME")
_EPOCH = re.compile(r"(\d{4})-(\d{2}-\d{2}|\d{3})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?Z?")


@dataclass(frozen=True, slots=True, eq=False)
class StateRows:
    """Earth-fixed states of one object. ``time_s`` (n,) counts from ``epoch_utc`` and increases, n >= 2.

    ``position_m`` (n, 3) ECEF and ``velocity_mps`` (n, 3) ECEF, relative to the rotating Earth.
    ``object_id`` is the international designator, or another name where there is none.
    """

    name: str
    object_id: str
    epoch_utc: datetime
    time_s: NDArray[np.float64]
    position_m: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = len(np.atleast_1d(self.time_s))
        for key, shape in (("time_s", (rows,)), ("position_m", (rows, 3)), ("velocity_mps", (rows, 3))):
            object.__setattr__(self, key, read_only_rows(self.name, key, getattr(self, key), shape))
        check_times(self.name, self.epoch_utc, self.time_s)
        for key in ("name", "object_id"):
            text = getattr(self, key)
            if not text.strip() or not text.isascii() or not text.isprintable():
                raise InputError(
                    "OEM",
                    key,
                    found=repr(text),
                    allowed="printable ASCII",
                    remedy="Use a Latin transcription.",
                )


def write_oem(
    segments: Sequence[StateRows], *, originator: str, created_utc: datetime, comments: Iterable[str] = ()
) -> str:
    """Return the message for one object, one segment for each phase of its flight, in order of time.

    Rows are rounded to 1 microsecond, 1 micrometre and 1 nanometre a second.  Readers are told to
    interpolate by Hermite polynomials of degree 3, which use only the two neighbouring rows; a phase
    that begins with a jump of acceleration should be a segment of its own.

    Raises
    ------
    InputError : no segment, segments of several objects (an OEM holds one, section 5.1), or one that
        begins before the last has ended
    """
    _check_segments(segments)
    lines = ["CCSDS_OEM_VERS = 2.0"]
    lines += [f"COMMENT {_ascii(comment)}" for comment in comments]
    lines += [f"CREATION_DATE = {_epoch_text(created_utc, 0)}", f"ORIGINATOR = {_ascii(originator)}"]
    for rows in segments:
        lines += ["", "META_START"]
        lines += [f"{key} = {value}" for key, value in zip(_META, _metadata(rows), strict=True)]
        lines += ["INTERPOLATION = HERMITE", "INTERPOLATION_DEGREE = 3", "META_STOP", ""]
        lines += _data_lines(rows)
    return "\n".join(lines) + "\n"


def parse_oem(text: str) -> tuple[StateRows, ...]:
    """Return the segments of a message with Earth-fixed states in UTC.

    ``epoch_utc`` of a segment is its first row.  Accelerations and covariances are read over.

    Raises
    ------
    InputError : not an OEM of version 1 or 2; another centre, frame or time scale; a row that is none
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not re.fullmatch(r"\s*CCSDS_OEM_VERS\s*=\s*[12]\.\d\s*", first):
        raise _refuse(1, "CCSDS_OEM_VERS", first.strip()[:60] or "nothing", "version 1.0 or 2.0")
    segments: list[StateRows] = []
    metadata: dict[str, str] = {}
    rows: list[tuple[int, tuple[datetime, int], list[float]]] = []
    for number, kind, words in _content(lines):
        if kind == "META_START":
            if metadata:
                segments.append(_segment(number, metadata, rows))
            metadata, rows = {}, []
        elif kind == "META":
            metadata[words[0]] = words[1]
        elif metadata:
            rows.append((number, *_row(number, words)))
    if metadata:
        segments.append(_segment(len(lines), metadata, rows))
    return tuple(segments)


def _check_segments(segments: Sequence[StateRows]) -> None:
    objects = {(rows.name, rows.object_id) for rows in segments}
    if len(objects) != 1:
        remedy = "Write one message for each object."
        raise InputError("OEM", "OBJECT_NAME", found=f"{len(objects)} objects", allowed="one", remedy=remedy)
    for before, rows in pairwise(segments):
        end = at_utc(before.epoch_utc, float(before.time_s[-1]))
        if at_utc(rows.epoch_utc, float(rows.time_s[0])) < end:
            remedy = "Cut the segments at the event that parts them."
            found = f"a segment that begins before {end:%H:%M:%S}"
            raise InputError("OEM", "START_TIME", found=found, allowed="no overlap", remedy=remedy)


def _metadata(rows: StateRows) -> tuple[str, ...]:
    start, stop = (_epoch_text(rows.epoch_utc, float(t)) for t in (rows.time_s[0], rows.time_s[-1]))
    return (rows.name, rows.object_id, "EARTH", FRAME, "UTC", start, stop)


def _data_lines(rows: StateRows) -> Iterator[str]:
    position_km, velocity_kmps = rows.position_m / 1e3, rows.velocity_mps / 1e3
    for time_s, position, velocity in zip(rows.time_s, position_km, velocity_kmps, strict=True):
        numbers = " ".join([*(f"{x:.9f}" for x in position), *(f"{v:.12f}" for v in velocity)])
        yield f"{_epoch_text(rows.epoch_utc, float(time_s))} {numbers}"


def _epoch_text(epoch_utc: datetime, time_s: float) -> str:
    return at_utc(epoch_utc, time_s).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _ascii(text: str) -> str:
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)[:200]


def _content(lines: Sequence[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield line number, kind (META_START, META, DATA) and words; comments and covariances left out."""
    place = "header"
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or words[0] == "COMMENT":
            continue
        if words[0] in ("META_START", "META_STOP", "COVARIANCE_START", "COVARIANCE_STOP"):
            place = {"META_START": "meta", "COVARIANCE_START": "covariance"}.get(words[0], "data")
            if words[0] == "META_START":
                yield number, "META_START", words
        elif place == "meta":
            key, equals, value = line.partition("=")
            if not equals:
                raise _refuse(number, "metadata", line.strip()[:60], "KEYWORD = value")
            yield number, "META", [key.strip(), value.strip()]
        elif place == "data":
            yield number, "DATA", words


def _row(number: int, words: list[str]) -> tuple[tuple[datetime, int], list[float]]:
    try:
        values = [float(word) for word in words[1:]]
    except ValueError:
        values = []
    if len(values) not in (6, 9) or not np.isfinite(values).all():
        raise _refuse(number, "state", " ".join(words)[:60], "an epoch and 6 or 9 finite numbers")
    return _epoch(number, words[0]), values[:6]


def _epoch(number: int, text: str) -> tuple[datetime, int]:
    """Return an instant as its whole second and nanoseconds; ISO 8601 by month and day or day of year."""
    match = _EPOCH.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, day, hour, minute, second, fraction = match.groups()
        form = "%Y-%j" if len(day) == 3 else "%Y-%m-%d"
        date = datetime.strptime(f"{year}-{day}", form).replace(tzinfo=UTC)
        whole = date.replace(hour=int(hour), minute=int(minute), second=int(second))
    except ValueError:
        raise _refuse(number, "epoch", text[:40], "for example 2023-08-23T18:50:30.000") from None
    return whole, int((fraction or "0")[:9].ljust(9, "0"))


def _segment(
    number: int, metadata: dict[str, str], rows: list[tuple[int, tuple[datetime, int], list[float]]]
) -> StateRows:
    wanted = {"CENTER_NAME": "EARTH", "TIME_SYSTEM": "UTC"}
    for key, value in wanted.items():
        if metadata.get(key, "").upper() != value:
            raise _refuse(number, key, metadata.get(key, "nothing"), value)
    frame = metadata.get("REF_FRAME", "nothing")
    if not _EARTH_FIXED.fullmatch(frame.upper()):
        raise _refuse(number, "REF_FRAME", frame, "an Earth-fixed ITRF frame")
    if len(rows) < 2:
        raise _refuse(number, "state", f"{len(rows)} rows", "two rows or more")
    whole, nanoseconds = rows[0][1]
    epoch_utc = whole + timedelta(microseconds=nanoseconds // 1000)
    time_s = [
        (w - whole).total_seconds() + (ns - nanoseconds // 1000 * 1000) * 1e-9 for _, (w, ns), _ in rows
    ]
    states = np.array([values for _, _, values in rows]) * 1e3
    name, object_id = metadata.get("OBJECT_NAME", "unknown"), metadata.get("OBJECT_ID", "unknown")
    return StateRows(name, object_id, epoch_utc, np.array(time_s), states[:, :3], states[:, 3:])


def _refuse(number: int, key: str, found: str, allowed: str) -> InputError:
    remedy = "Give an Earth-fixed ephemeris in UTC, CCSDS OEM in keyword form."
    return InputError(f"OEM line {number}", key, found=found, allowed=allowed, remedy=remedy)
