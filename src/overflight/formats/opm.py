"""CCSDS Orbit Parameter Message, keyword = value (CCSDS 502.0-B-3, section 3): a state with covariance.

Read in ITRF, TEME, GCRF, ICRF or EME2000 and turned into TEME; written in TEME.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from overflight.earth.orientation import julian_date
from overflight.errors import InputError
from overflight.orbit.frames import teme_from_gcrf, teme_from_itrf
from overflight.orbit.state import StateVector, osculating

__all__ = ["read_opm", "write_opm"]

_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_FRAMES = "TEME, ITRF (any year), GCRF, ICRF or EME2000"
_EPOCH = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))T(\d\d):(\d\d):(\d\d)(\.\d+)?Z?")


def _refuse(where: str, key: str, found: str, allowed: str, remedy: str) -> NoReturn:
    raise InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def read_opm(text: str, where: str) -> StateVector:
    """Return the state of an OPM.

    Raises
    ------
    InputError : anything wrong with it; a hyperbolic state; a covariance that is none
    """
    rows: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.strip().startswith("COMMENT"):
            continue
        key, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            _refuse(
                where, f"line {number}", repr(line.strip()[:40]), "KEY = value", "Mend or remove the line."
            )
        if key in rows and not key.startswith("MAN_"):
            _refuse(where, f"line {number}", f"{key} a second time", "each key once", "Remove one of them.")
        rows[key] = re.sub(r"\s*\[[^\]]*\]$", "", value)
    if rows.get("TIME_SYSTEM", "UTC").upper() != "UTC":
        _refuse(where, "TIME_SYSTEM", rows["TIME_SYSTEM"], "UTC", "Convert the epoch.")
    if rows.get("CENTER_NAME", "EARTH").upper() != "EARTH":
        _refuse(where, "CENTER_NAME", rows["CENTER_NAME"], "EARTH", "Give a state round the Earth.")
    epoch = _epoch(rows.get("EPOCH", ""), where)
    state = 1e3 * np.array([_number(rows, key, where) for key in _STATE])
    frame = rows.get("REF_FRAME", "").upper()
    turn = _turn(frame, epoch, where)
    covariance = _covariance(rows, where)
    if turn is None:
        jd, fraction = julian_date(epoch)
        position, velocity = teme_from_itrf(state[:3], state[3:], jd, fraction)
        block = np.stack([teme_from_itrf(axis, np.zeros(3), jd, fraction)[0] for axis in np.eye(3)], axis=1)
    else:
        position, velocity, block = turn @ state[:3], turn @ state[3:], turn
    if covariance is not None:
        own = rows.get("COV_REF_FRAME", frame).upper()
        if own != frame:
            _refuse(
                where, "COV_REF_FRAME", own, f"{frame}, as the state", "Turn the covariance into that frame."
            )
        whole = np.kron(np.eye(2), block)
        covariance = whole @ covariance @ whole.T
    found = StateVector(
        rows.get("OBJECT_NAME", "unnamed"), epoch, position, velocity, covariance, rows.get("OBJECT_ID", ""),
        where=where,
    )  # fmt: skip
    _check_orbit(found, where)
    return found


def _check_orbit(state: StateVector, where: str) -> None:
    radius = float(np.linalg.norm(state.position_m))
    if radius < 6.3e6:
        _refuse(
            where,
            "X, Y, Z",
            f"{radius / 1e3:.0f} km from the centre",
            "a place above the ground",
            "Check units: km.",
        )
    eccentricity = float(osculating(state.vector).eccentricity)
    if not eccentricity < 1.0:
        speed = float(np.linalg.norm(state.velocity_mps)) / 1e3
        remedy = "It leaves the Earth; check units (km, km/s), frame, and that the velocity is inertial."
        _refuse(
            where,
            "state",
            f"a hyperbolic state (eccentricity {eccentricity:.3f}, {speed:.2f} km/s)",
            "an ellipse",
            remedy,
        )


def _turn(frame: str, epoch: datetime, where: str) -> NDArray[np.float64] | None:
    if re.fullmatch(r"ITRF-?\d{0,4}", frame):
        return None
    if frame == "TEME":
        return np.eye(3)
    if frame in ("GCRF", "ICRF", "EME2000", "J2000"):
        return teme_from_gcrf(*julian_date(epoch), eme2000=frame in ("EME2000", "J2000"))
    _refuse(where, "REF_FRAME", repr(frame) if frame else "nothing", _FRAMES, "Convert the state.")


def _number(rows: dict[str, str], key: str, where: str) -> float:
    try:
        value = float(rows[key])
    except (KeyError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        _refuse(where, key, repr(rows.get(key, "nothing")), "a number (km or km/s)", "Give the whole state.")
    return value


def _covariance(rows: dict[str, str], where: str) -> NDArray[np.float64] | None:
    if "CX_X" not in rows:
        return None
    matrix = np.zeros((6, 6))
    for i, one in enumerate(_STATE):
        for j, other in enumerate(_STATE[: i + 1]):
            matrix[i, j] = matrix[j, i] = 1e6 * _number(rows, f"C{one}_{other}", where)
    if np.linalg.eigvalsh(matrix).min() < -1e-9 * np.trace(matrix):
        _refuse(
            where, "covariance", "a negative variance in some direction", "a covariance", "Check its 21 rows."
        )
    return matrix


def _epoch(text: str, where: str) -> datetime:
    match = _EPOCH.fullmatch(text.strip())
    allowed = "an instant in UTC: 2024-06-06T04:41:45.62"
    if match is None:
        _refuse(where, "EPOCH", repr(text) if text else "nothing", allowed, "Give the epoch of the state.")
    year, month, day, of_year, hour, minute, second, part = match.groups()
    try:
        start = datetime(
            int(year), int(month or 1), int(day or 1), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        _refuse(where, "EPOCH", repr(text), allowed, "Give a day and time that exist.")
    return start + timedelta(days=int(of_year) - 1 if of_year else 0, seconds=float(part or 0.0))


def write_opm(state: StateVector, created_utc: datetime) -> str:
    """Return a state as an OPM in TEME; km, km/s, km2 and so on, the covariance if it has one."""
    rows: list[tuple[str, str]] = [
        ("CCSDS_OPM_VERS", "3.0"), ("CREATION_DATE", f"{created_utc.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"),
        ("ORIGINATOR", "OVERFLIGHT"), ("OBJECT_NAME", state.name),
        ("OBJECT_ID", state.object_id or "UNKNOWN"),
        ("CENTER_NAME", "EARTH"), ("REF_FRAME", "TEME"), ("TIME_SYSTEM", "UTC"),
        ("EPOCH", f"{state.epoch_utc.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"),
    ]  # fmt: skip
    rows += [(key, f"{value / 1e3:.9f}") for key, value in zip(_STATE, state.vector, strict=True)]
    if state.covariance is not None:
        rows.append(("COV_REF_FRAME", "TEME"))
        for i, one in enumerate(_STATE):
            rows += [
                (f"C{one}_{other}", f"{state.covariance[i, j] / 1e6:.12e}")
                for j, other in enumerate(_STATE[: i + 1])
            ]
    return "".join(f"{key} = {value}\n" for key, value in rows)
