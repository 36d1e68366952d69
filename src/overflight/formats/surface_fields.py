"""Wind and current at the sea as two numbers or as a CSV table; ``surface_netcdf`` reads grids.

CSV: ``time_utc`` and either ``east_mps``, ``north_mps`` or ``speed_mps`` with ``from_deg`` (wind: where it
comes from) or ``towards_deg`` (current: where it goes); the same everywhere.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import numpy as np

from overflight.debris.surface_fields import SurfaceField, constant_field, series_field
from overflight.errors import InputError

__all__ = ["FASTEST_MPS", "parse_surface_csv", "stated_field"]

FASTEST_MPS = {"wind": 80.0, "current": 5.0}
"""Faster than any: a wrong unit looks like this."""


def stated_field(text: str, what: str, where: str) -> SurfaceField:
    """Return the field of ``SPEED,DIRECTION``: m/s, degrees from north; wind comes from there, a current goes
    there."""
    parts = text.split(",")
    try:
        speed, angle = (float(part) for part in parts)
    except ValueError:
        speed, angle = float("nan"), 0.0
    if not (0.0 <= speed <= FASTEST_MPS[what] and abs(angle) <= 360.0):
        raise InputError(
            where, found=f'"{text}"', allowed=f"SPEED,DEGREES with a speed of 0 to {FASTEST_MPS[what]:g} m/s",
            remedy="Write such as 8,270: a wind of 8 m/s from the west, or a current towards the west.",
        )  # fmt: skip
    east, north = _components(speed, angle, what)
    return constant_field(east, north, f"stated: {speed:g} m/s, {angle:g} deg")


def _components(speed: float, angle_deg: float, what: str) -> tuple[float, float]:
    sign = -1.0 if what == "wind" else 1.0
    return sign * speed * float(np.sin(np.radians(angle_deg))), sign * speed * float(
        np.cos(np.radians(angle_deg))
    )


def parse_surface_csv(content: bytes, what: str, where: str, start_utc: datetime) -> SurfaceField:
    """Return the series of a CSV table; times become seconds after ``start_utc``."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows:
        raise _refused(
            where, "", "no table", "a CSV table with a header and rows", "Write time_utc and a velocity."
        )
    direction = "from_deg" if what == "wind" else "towards_deg"
    names = ("east_mps", "north_mps") if "east_mps" in rows[0] else ("speed_mps", direction)
    for name in ("time_utc", *names):
        if name not in rows[0]:
            allowed = f"time_utc, then east_mps and north_mps, or speed_mps and {direction}"
            raise _refused(where, name, "no such column", allowed, "Name the columns so.")
    times, values = [], []
    for number, row in enumerate(rows, start=2):
        at = f"{where}:{number}"
        times.append((_instant(row["time_utc"], at) - start_utc).total_seconds())
        first, second = (_number(row[name], at, name) for name in names)
        pair = (first, second) if names[0] == "east_mps" else _components(first, second, what)
        if np.hypot(*pair) > FASTEST_MPS[what] or (names[0] == "speed_mps" and first < 0.0):
            raise _refused(at, names[0], f"{first:g}", f"0 to {FASTEST_MPS[what]:g} m/s", "Check the unit.")
        values.append(pair)
        if len(times) > 1 and times[-1] <= times[-2]:
            raise _refused(at, "time_utc", row["time_utc"], "rising times", "Put the rows in order.")
    return series_field(np.array(times), np.array(values), f"table of {len(times)} rows")


def _refused(where: str, key: str, found: str, allowed: str, remedy: str) -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def _instant(text: str | None, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise _refused(
            where, "time_utc", f'"{text}"', "an instant such as 2025-02-11T06:00Z", "Correct it."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _number(text: str | None, where: str, key: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise _refused(where, key, f'"{text}"', "a number", "Correct the cell.")
    return value
