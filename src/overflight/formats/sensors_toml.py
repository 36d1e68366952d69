"""Files of sensors: where radars stand, how well they see, and which faults a simulation gives them."""

from __future__ import annotations

import math
import tomllib
from typing import Any

from overflight.errors import InputError
from overflight.track.measurements import SensorSite
from overflight.track.simulated import SimulatedSensor
from overflight.track.simulated_cues import SimulatedCue

__all__ = ["MAX_BYTES", "read_cues", "read_sensors", "site_of"]

MAX_BYTES = 1_000_000
MAX_SENSORS = 100
_LIMITS: dict[str, tuple[str, float, float]] = {
    "altitude_m": ("height_m", -500.0, 10_000.0),
    "rate_hz": ("rate_hz", 0.01, 100.0),
    "max_range_km": ("max_range_m", 1.0, 20_000.0),
    "mask_deg": ("mask_rad", -5.0, 89.0),
    "detection": ("detection", 0.0, 1.0),
    "range_bias_m": ("range_bias_m", -1e5, 1e5),
    "azimuth_bias_deg": ("azimuth_bias_rad", -10.0, 10.0),
    "elevation_bias_deg": ("elevation_bias_rad", -10.0, 10.0),
    "clock_bias_s": ("clock_bias_s", -1e5, 1e5),
    "clock_drift": ("clock_drift", -0.1, 0.1),
    "refraction": ("refraction", -2.0, 2.0),
    "clutter": ("clutter", 0.0, 1000.0),
    "wild": ("wild", 0.0, 1.0),
    "duplicates": ("duplicates", 0.0, 1.0),
    "delay_s": ("delay_s", 0.0, 1000.0),
}
_SPREADS = {
    "range_sigma_m": (50.0, 0.01, 1e5),
    "azimuth_sigma_deg": (0.06, 1e-5, 10.0),
    "elevation_sigma_deg": (0.06, 1e-5, 10.0),
}
_PLACE = {"latitude_deg": 90.0, "longitude_deg": 360.0}
_CUE_LIMITS: dict[str, tuple[str, float, float]] = {
    "delay_s": ("delay_s", 0.0, 1800.0),
    "time_sigma_s": ("time_sigma_s", 0.0, 3600.0),
    "spread_km": ("spread_m", 0.0, 10_000.0),
    "confidence": ("confidence", 0.001, 1.0),
    "latitude_deg": ("latitude_rad", -90.0, 90.0),
    "longitude_deg": ("longitude_rad", -360.0, 360.0),
    "withdrawn_s": ("withdrawn_s", 0.0, 1800.0),
}
_OTHER = {"key", "name", "asterix", "blackouts_s", "refraction_corrected"}


def read_sensors(content: bytes, where: str) -> tuple[SimulatedSensor, ...]:
    """Return the sensors of a TOML file, each a ``[[sensor]]``.

    Raises
    ------
    InputError : no TOML, no sensor, a key that is missing or unknown, a number out of its range
    """
    rows = _data(content, where).get("sensor")
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_SENSORS:
        found = "none" if not isinstance(rows, list) else str(len(rows))
        raise _refuse(where, "sensor", found, f"1 to {MAX_SENSORS} tables [[sensor]]")
    sensors = tuple(_sensor(row, where, f"sensor[{i}]") for i, row in enumerate(rows))
    keys = [sensor.key for sensor in sensors]
    if len(set(keys)) != len(keys):
        raise _refuse(where, "sensor.key", ", ".join(keys)[:80], "each key once")
    pairs = [sensor.asterix for sensor in sensors if sensor.asterix is not None]
    if len(set(pairs)) != len(pairs):
        raise _refuse(where, "sensor.asterix", str(pairs)[:80], "each [SAC, SIC] once")
    return sensors


def read_cues(content: bytes, where: str) -> tuple[SimulatedCue, ...]:
    """Return the early warning that a TOML file lets partners give, each a ``[[cue]]``; there may be none.

    Raises
    ------
    InputError : no TOML, a key that is missing or unknown, a number out of its range
    """
    rows = _data(content, where).get("cue", [])
    if not isinstance(rows, list) or len(rows) > MAX_SENSORS:
        raise _refuse(where, "cue", type(rows).__name__, f"at most {MAX_SENSORS} tables [[cue]]")
    return tuple(_cue(row, where, f"cue[{i}]") for i, row in enumerate(rows))


def _cue(row: Any, where: str, path: str) -> SimulatedCue:
    if not isinstance(row, dict):
        raise _refuse(where, path, type(row).__name__, "a table")
    _check_keys(row, {*_CUE_LIMITS, "source"}, where, path)
    if ("latitude_deg" in row) != ("longitude_deg" in row):
        raise _refuse(where, f"{path}.latitude_deg", "half of a place", "both angles, or none for the site")
    return SimulatedCue(_key(row, "source", where, path), **_numbers(row, _CUE_LIMITS, where, path))


def _data(content: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        remedy = "Mend the file; docs/tracking.md shows one."
        raise InputError(where, found=f"no TOML ({fault})"[:120], allowed="TOML", remedy=remedy) from None


def _refuse(where: str, key: str, found: str, allowed: str) -> InputError:
    remedy = "Mend the file; docs/tracking.md shows one."
    return InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def _sensor(row: Any, where: str, path: str) -> SimulatedSensor:
    if not isinstance(row, dict):
        raise _refuse(where, path, type(row).__name__, "a table")
    _check_keys(row, {*_LIMITS, *_SPREADS, *_PLACE, *_OTHER}, where, path)
    key, values = _key(row, "key", where, path), _numbers(row, _LIMITS, where, path)
    spread = [_number({name: default} | row, where, path, name, low, high)
              for name, (default, low, high) in _SPREADS.items()]  # fmt: skip
    latitude, longitude = (math.radians(_number(row, where, path, n, -top, top)) for n, top in _PLACE.items())
    height = values.pop("height_m", 0.0)
    return SimulatedSensor(
        key, latitude, longitude, height, **values,
        sigma=(spread[0], math.radians(spread[1]), math.radians(spread[2])),
        blackouts=_blackouts(row.get("blackouts_s", []), where, path),
        asterix=_asterix(row.get("asterix"), where, path),
    )  # fmt: skip


def _check_keys(row: dict[str, Any], known: set[str], where: str, path: str) -> None:
    for key in row:
        if key not in known:
            raise _refuse(where, f"{path}.{key}", "an unknown key", ", ".join(sorted(known)))


def _key(row: dict[str, Any], name: str, where: str, path: str) -> str:
    key = row.get(name)
    if not isinstance(key, str) or not key or len(key) > 100 or not key.isprintable():
        raise _refuse(where, f"{path}.{name}", repr(key)[:40], "a short name")
    return key


def _numbers(
    row: dict[str, Any], limits: dict[str, tuple[str, float, float]], where: str, path: str
) -> dict[str, Any]:
    """Return the numbers of a table that are given, in SI, by the names that values have for them."""
    values: dict[str, Any] = {}
    for name, (target, low, high) in limits.items():
        if name in row:
            number = _number(row, where, path, name, low, high)
            scale = 1e3 if name.endswith("_km") else math.pi / 180.0 if name.endswith("_deg") else 1.0
            values[target] = number * scale
    return values


def _number(row: dict[str, Any], where: str, path: str, name: str, low: float, high: float) -> float:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _refuse(where, f"{path}.{name}", repr(value)[:40], f"a number, {low:g} to {high:g}")
    return float(value)


def _blackouts(rows: Any, where: str, path: str) -> tuple[tuple[float, float], ...]:
    try:
        return tuple((float(start), float(end)) for start, end in rows)
    except (TypeError, ValueError):
        raise _refuse(where, f"{path}.blackouts_s", repr(rows)[:40], "a list of [start, end]") from None


def _asterix(value: Any, where: str, path: str) -> tuple[int, int] | None:
    if value is None:
        return None
    pair = value if isinstance(value, list) else []
    if len(pair) != 2 or any(
        isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= 255 for n in pair
    ):
        raise _refuse(where, f"{path}.asterix", repr(value)[:40], "[SAC, SIC], each 0 to 255")
    return pair[0], pair[1]


def site_of(sensor: SimulatedSensor, *, exercise: bool = False) -> SensorSite:
    """Return what a sensor says of itself; its faults it does not know.

    One that speaks ASTERIX tells heights, and elevations found from them hold no refraction.
    """
    share, spread = (0.5, 0.5) if sensor.asterix is None else (0.0, 0.1)
    return SensorSite(
        sensor.key, sensor.latitude_rad, sensor.longitude_rad, sensor.height_m,
        refraction=share, refraction_sigma=spread, exercise=exercise,
    )  # fmt: skip
