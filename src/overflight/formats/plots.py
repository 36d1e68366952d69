"""Measurements as NDJSON, version 1: one message a line, read strictly and written back.

``docs/tracking.md`` describes the messages; :mod:`overflight.formats.plots_schema` is their JSON Schema.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from overflight.errors import InputError
from overflight.track.measurements import Cue, FeedStatus, Measurement, Plot, Position, SensorSite

__all__ = ["DEFAULT_SIGMA", "MAX_LINE_BYTES", "read_measurement", "write_measurement"]

MAX_LINE_BYTES = 10_000
MAX_NAME = 100
DEFAULT_SIGMA = {"range_m": 100.0, "azimuth_deg": 0.1, "elevation_deg": 0.1}
"""Taken where a plot states no spread: a surveillance radar of no great precision (estimate)."""
DEFAULT_SPREAD_M = 1000.0
CUE_CLOCK_S, CUE_OLD_S = 60.0, 600.0
"""A cue may be sent so long after the launch it tells of; and so long before it, as clocks differ."""
DEFAULT_CONFIDENCE = 0.5
"""Taken where a cue states none: who does not say how sure they are is not taken for sure (estimate)."""
EARLIEST_S, LATEST_S = 0.0, 4102444800.0  # 1970 to 2100
_REFRACTION = {True: (0.0, 0.1), False: (1.0, 0.3), None: (0.5, 0.5)}
"""Share of the refraction that elevations still hold, and its spread, by ``refraction_corrected``."""
_CORRECTED = {share: known for known, (share, _) in _REFRACTION.items()}
Json = Mapping[str, Any]


def read_measurement(line: str | bytes, where: str = "feed") -> Measurement:
    """Return the measurement of one line.

    Raises
    ------
    InputError : too long, no JSON, another version, or a field is missing, of another type or out of range
    """
    data = line.encode() if isinstance(line, str) else line
    if len(data) > MAX_LINE_BYTES:
        raise _refuse(where, "", f"{len(data)} bytes", f"at most {MAX_LINE_BYTES}")
    try:
        value: Any = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _refuse(where, "", repr(data[:40]), "one JSON object a line") from None
    if not isinstance(value, dict):
        raise _refuse(where, "", type(value).__name__, "a JSON object")
    if value.get("v") != 1:
        raise _refuse(where, "v", repr(value.get("v"))[:40], "1")
    kind = value.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise _refuse(where, "type", repr(kind)[:40], ", ".join(_READERS))
    return reader(value, where)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _refuse(where: str, key: str, found: str, allowed: str) -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy="The message is not used.")


def _number(
    value: Json, where: str, names: str, low: float, high: float, default: float | None = None
) -> float:
    """Return the number under the first of ``names`` (alternatives separated by blanks) within its range."""
    for name in names.split():
        found = value.get(name)
        if found is None:
            continue
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise _refuse(where, name, repr(found)[:40], "a number")
        if not (math.isfinite(found) and low <= found <= high):
            raise _refuse(where, name, f"{found:g}"[:40], f"{low:g} to {high:g}")
        return float(found)
    if default is not None:
        return default
    raise _refuse(where, names.split()[0], "nothing", f"{low:g} to {high:g}")


def _name(value: Json, where: str, key: str) -> str:
    found = value.get(key)
    if not isinstance(found, str) or not 0 < len(found) <= MAX_NAME or not found.isprintable():
        raise _refuse(where, key, repr(found)[:40], f"a name of 1 to {MAX_NAME} printable letters")
    return found


def _optional_name(value: Json, where: str, key: str) -> str | None:
    found = value.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)[:MAX_NAME]
    return None if found is None else _name(value, where, key)


def _seq(value: Json, where: str) -> int | None:
    found = value.get("seq")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < 2**63:
        raise _refuse(where, "seq", repr(found)[:40], "a whole number from 0")
    return found


def _time(value: Json, where: str, key: str = "time") -> float:
    found = value.get(key)
    if isinstance(found, int | float) and not isinstance(found, bool):
        seconds = float(found) if math.isfinite(found) else -1.0
    else:
        try:
            instant = datetime.fromisoformat(found if isinstance(found, str) else "")
            if instant.tzinfo is None:
                raise ValueError
            seconds = instant.timestamp()
        except (ValueError, OverflowError):
            allowed = "an ISO 8601 instant with its offset, e.g. 2023-08-23T18:52:10.250Z"
            raise _refuse(where, key, repr(found)[:40], allowed) from None
    if not EARLIEST_S < seconds < LATEST_S:
        raise _refuse(where, key, f"{found}"[:40], "an instant between 1970 and 2100")
    return seconds


def _exercise(value: Json, where: str) -> bool:
    found = value.get("exercise", False)
    if found is None:
        return False
    if not isinstance(found, bool):
        raise _refuse(where, "exercise", repr(found)[:40], "true or false")
    return found


def _part(value: Json, where: str, key: str) -> Json:
    found = value.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _refuse(where, key, repr(found)[:40], "an object")
    return found


def _plot(value: Json, where: str) -> Plot:
    sigma = _part(value, where, "sigma")
    spread = [_number(sigma, where, name, 1e-6, 1e6, default) for name, default in DEFAULT_SIGMA.items()]
    return Plot(
        source=_name(value, where, "source"),
        seq=_seq(value, where),
        time_s=_time(value, where),
        track=_optional_name(value, where, "track"),
        range_m=_number(value, where, "range_m", 1.0, 1e8),
        azimuth_rad=math.radians(_number(value, where, "azimuth_deg", -360.0, 360.0)),
        elevation_rad=math.radians(_number(value, where, "elevation_deg", -10.0, 90.5)),
        sigma=(spread[0], math.radians(spread[1]), math.radians(spread[2])),
        exercise=_exercise(value, where),
    )


def _place(value: Json, where: str) -> tuple[float, float, float]:
    return (
        math.radians(_number(value, where, "latitude_deg lat_deg lat latitude", -90.0, 90.0)),
        math.radians(_number(value, where, "longitude_deg lon_deg lon longitude", -180.0, 360.0)),
        _number(value, where, "height_m altitude_m alt_m height altitude", -1000.0, 1e8, 0.0),
    )


def _position(value: Json, where: str) -> Position:
    given = value.get("sigma")
    if isinstance(given, int | float) and not isinstance(given, bool):
        given = {"horizontal_m": given, "height_m": given}
    sigma = _part({"sigma": given}, where, "sigma")
    level = _number(sigma, where, "horizontal_m position_m m", 0.01, 1e6, DEFAULT_SPREAD_M)
    east = _number(sigma, where, "east_m longitude_m lon_m", 0.01, 1e6, level)
    north = _number(sigma, where, "north_m latitude_m lat_m", 0.01, 1e6, level)
    up = _number(sigma, where, "height_m up_m vertical_m altitude_m alt_m", 0.01, 1e6, level)
    return Position(
        _name(value, where, "source"), _seq(value, where), _time(value, where),
        _optional_name(value, where, "track"), *_place(value, where), (east, north, up),
        _exercise(value, where),
    )  # fmt: skip


def _sensor(value: Json, where: str) -> SensorSite:
    site = _part(value, where, "site") or value
    bias = _part(value, where, "bias") or _part(value, where, "bias_sigma")
    low = math.radians(_number(bias, where, "azimuth_deg", 0.0, 5.0, math.degrees(5e-4)))
    known = value.get("refraction_corrected")
    if not (known is None or isinstance(known, bool)):
        raise _refuse(where, "refraction_corrected", repr(known)[:40], "true or false")
    share, spread = _REFRACTION[known]
    return SensorSite(
        _name(value, where, "source"), *_place(site, where),
        range_bias_m=_number(bias, where, "range_m", 0.0, 1e5, 100.0),
        azimuth_bias_rad=low,
        refraction=share,
        refraction_sigma=spread,
        clock_bias_s=_number(bias, where, "clock_s time_s", 0.0, 10.0, 0.1),
        exercise=_exercise(value, where),
    )  # fmt: skip


def _cue(value: Json, where: str) -> Cue:
    place, time_s = _place(_part(value, where, "site") or value, where), _time(value, where)
    sent_s = None if value.get("sent") is None else _time(value, where, "sent")
    if sent_s is not None and not -CUE_CLOCK_S <= sent_s - time_s <= CUE_OLD_S:
        allowed = f"at most {CUE_OLD_S / 60.0:.0f} minutes after time"
        raise _refuse(where, "sent", f"{sent_s - time_s:.0f} s after time", allowed)
    return Cue(
        _name(value, where, "source"), time_s, place[0], place[1],
        _number(value, where, "time_sigma_s", 0.0, 3600.0, 10.0),
        _number(value, where, "spread_m", 0.0, 1e7, 20e3),
        _number(value, where, "confidence", 0.0, 1.0, DEFAULT_CONFIDENCE),
        _exercise(value, where), _seq(value, where), sent_s,
    )  # fmt: skip


def _status(value: Json, where: str) -> FeedStatus:
    alive = value.get("alive", True)
    if not isinstance(alive, bool):
        raise _refuse(where, "alive", repr(alive)[:40], "true or false")
    return FeedStatus(_name(value, where, "source"), _time(value, where), alive, _exercise(value, where))


_READERS = {"plot": _plot, "position": _position, "sensor": _sensor, "cue": _cue, "status": _status}


def _stamp(seconds: float) -> str:
    return (
        datetime.fromtimestamp(round(seconds, 6), UTC)
        .isoformat(timespec="microseconds")
        .replace("+00:00", "Z")
    )


def _cue_fields(m: Cue) -> dict[str, Any]:
    return {
        "type": "cue", "source": m.source, "seq": m.seq, "time": _stamp(m.time_s),
        "sent": None if m.sent_s is None else _stamp(m.sent_s),
        "latitude_deg": round(math.degrees(m.latitude_rad), 6),
        "longitude_deg": round(math.degrees(m.longitude_rad), 6),
        "time_sigma_s": m.time_sigma_s, "spread_m": m.spread_m, "confidence": m.confidence,
    }  # fmt: skip


def write_measurement(m: Plot | Position | SensorSite | Cue) -> str:
    """Return a measurement as one line of JSON, without the line feed."""
    head: dict[str, Any] = {"v": 1}
    if isinstance(m, Cue):
        head |= _cue_fields(m)
    elif isinstance(m, Plot):
        head |= {
            "type": "plot", "source": m.source, "seq": m.seq, "time": _stamp(m.time_s), "track": m.track,
            "range_m": round(m.range_m, 2),
            "azimuth_deg": round(math.degrees(m.azimuth_rad), 6),
            "elevation_deg": round(math.degrees(m.elevation_rad), 6),
            "sigma": {
                "range_m": m.sigma[0],
                "azimuth_deg": round(math.degrees(m.sigma[1]), 6),
                "elevation_deg": round(math.degrees(m.sigma[2]), 6),
            },
        }  # fmt: skip
    else:
        head |= {"type": "sensor" if isinstance(m, SensorSite) else "position", "source": m.source}
        if isinstance(m, Position):
            east, north, up = m.sigma
            head |= {"seq": m.seq, "time": _stamp(m.time_s), "track": m.track}
            head |= {"sigma": {"east_m": east, "north_m": north, "up_m": up}}
        head |= {
            "latitude_deg": round(math.degrees(m.latitude_rad), 7),
            "longitude_deg": round(math.degrees(m.longitude_rad), 7),
            "height_m": m.height_m,
        }
        if isinstance(m, SensorSite):
            azimuth = math.degrees(m.azimuth_bias_rad)
            head["bias"] = {
                "range_m": m.range_bias_m,
                "azimuth_deg": round(azimuth, 6),
                "clock_s": m.clock_bias_s,
            }
            head["refraction_corrected"] = _CORRECTED.get(m.refraction)
    head |= {"exercise": m.exercise, "signature": None}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
