"""CCSDS Orbit Mean-Elements Message in JSON, XML and KVN, in and out (CCSDS 502.0-B-3, section 4).

Only what SGP4 can use: ``MEAN_ELEMENT_THEORY = SGP4`` (or ``SGP/SGP4``), ``REF_FRAME = TEME``, UTC. Catalogue
numbers may have as many digits as they like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import degrees, isfinite, pi, radians
from typing import Any, NoReturn

from overflight.earth.orientation import julian_date
from overflight.errors import InputError
from overflight.orbit.elements import ElementSet

__all__ = ["read_omm_json", "read_omm_kvn", "read_omm_xml", "write_omm_json", "write_omm_kvn"]

_RANGES = {
    "MEAN_MOTION": (0.0, 20.0, "revolutions a day"),
    "ECCENTRICITY": (0.0, 1.0, ""),
    "INCLINATION": (0.0, 180.0, "degrees"),
    "RA_OF_ASC_NODE": (-360.0, 360.0, "degrees"),
    "ARG_OF_PERICENTER": (-360.0, 360.0, "degrees"),
    "MEAN_ANOMALY": (-360.0, 360.0, "degrees"),
}
_OPTIONAL = ("BSTAR", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT")
_FIXED = {
    "CENTER_NAME": ("EARTH",), "REF_FRAME": ("TEME",), "TIME_SYSTEM": ("UTC",),
    "MEAN_ELEMENT_THEORY": ("SGP4", "SGP/SGP4", "SGP4-XP"),
}  # fmt: skip
_EPOCH = re.compile(r"(\d{4})-(?:(\d\d)-(\d\d)|(\d{3}))[T ](\d\d):(\d\d):(\d\d)(\.\d+)?Z?")


def _refuse(where: str, key: str, found: str, allowed: str, remedy: str) -> NoReturn:
    raise InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def read_omm_json(text: str, where: str) -> tuple[ElementSet, ...]:
    """Return the sets of a JSON text: one object or a list of them, as CelesTrak and Space-Track give."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(where, "", f"no JSON ({error})", "an OMM or a list of them", "Download the file again.")
    rows = content if isinstance(content, list) else [content]
    found = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            _refuse(
                where, f"item {number}", type(row).__name__, "an object with the keys of an OMM", "Mend it."
            )
        found.append(_element_set(row, where, f"item {number}"))
    return tuple(found)


def read_omm_kvn(text: str, where: str) -> tuple[ElementSet, ...]:
    """Return the sets of a text of ``KEY = value`` lines; each message begins with ``CCSDS_OMM_VERS``."""
    rows: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("COMMENT"):
            continue
        key, sign, value = stripped.partition("=")
        key = key.strip()
        if not sign:
            _refuse(where, f"line {number}", repr(stripped[:40]), "KEY = value", "Mend or remove the line.")
        if key == "CCSDS_OMM_VERS" or not rows:
            rows.append((number, {}))
        if key in rows[-1][1]:
            _refuse(where, f"line {number}", f"{key} a second time", "each key once", "Remove one of them.")
        rows[-1][1][key] = re.sub(r"\s*\[[^\]]*\]$", "", value.strip())
    return tuple(_element_set(row, where, f"message at line {number}") for number, row in rows)


def read_omm_xml(text: str, where: str) -> tuple[ElementSet, ...]:
    """Return the sets of an XML text: ``omm``, or several inside ``ndm``. A document type is refused."""
    import xml.etree.ElementTree as ET

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        _refuse(where, "", "a document type", "an OMM without one", "Remove the declaration.")
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        _refuse(where, "", f"no well-formed XML ({error})", "an OMM in XML", "Download the file again.")
    messages = [node for node in root.iter() if _tag(node.tag) == "omm"]
    if not messages:
        _refuse(where, "", f"<{_tag(root.tag)}>", "<omm>, or <ndm> with some inside", "Give an OMM.")
    found = []
    for number, message in enumerate(messages, start=1):
        row = {_tag(n.tag): (n.text or "").strip() for n in message.iter() if len(n) == 0}
        found.append(_element_set(row, where, f"omm {number}"))
    return tuple(found)


def _tag(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _element_set(row: Mapping[str, Any], where: str, part: str) -> ElementSet:
    for key, allowed in _FIXED.items():
        value = str(row.get(key) or allowed[0]).upper()
        if value not in allowed:
            _refuse(
                where, f"{part}, {key}", value, " or ".join(allowed), "Only SGP4 elements can be used here."
            )
    numbers = {key: _number(row, key, where, part) for key in _RANGES}
    extra = {
        key: _number(row, key, where, part) if row.get(key) not in (None, "") else 0.0 for key in _OPTIONAL
    }
    jd, fraction = _epoch(row.get("EPOCH"), where, part)
    angles = {
        key: radians(numbers[key] % 360.0) for key in ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
    }
    return ElementSet(
        name=str(row.get("OBJECT_NAME") or "").strip(),
        catalogue_number=_count(row, "NORAD_CAT_ID", where, part),
        designator=str(row.get("OBJECT_ID") or "").strip(),
        epoch_jd=jd, epoch_fraction=fraction,
        mean_motion_radpmin=numbers["MEAN_MOTION"] / (1440.0 / (2.0 * pi)),
        eccentricity=numbers["ECCENTRICITY"], inclination_rad=radians(numbers["INCLINATION"]),
        node_rad=angles["RA_OF_ASC_NODE"], perigee_rad=angles["ARG_OF_PERICENTER"],
        mean_anomaly_rad=angles["MEAN_ANOMALY"], bstar=extra["BSTAR"],
        ndot_rev_day2=extra["MEAN_MOTION_DOT"], nddot_rev_day3=extra["MEAN_MOTION_DDOT"],
        revolution=_count(row, "REV_AT_EPOCH", where, part, missing=0),
        set_number=_count(row, "ELEMENT_SET_NO", where, part, missing=0),
        where=f"{where}: {part}",
    )  # fmt: skip


def _number(row: Mapping[str, Any], key: str, where: str, part: str) -> float:
    low, high, unit = _RANGES.get(key, (-1e9, 1e9, ""))
    allowed = f"a number from {low:g} to {high:g} {unit}".strip()
    raw = row.get(key)
    try:
        value = float("nan") if raw is None or isinstance(raw, bool) else float(raw)
    except (TypeError, ValueError):
        value = float("nan")
    bad = not isfinite(value) or not low <= value <= high
    if bad or (key == "ECCENTRICITY" and value >= 1.0) or (key == "MEAN_MOTION" and value <= 0.0):
        found = "nothing" if raw is None else repr(raw)
        _refuse(where, f"{part}, {key}", found, allowed, "Give the value of the source.")
    return value


def _count(row: Mapping[str, Any], key: str, where: str, part: str, missing: int | None = None) -> int:
    raw = row.get(key)
    if raw in (None, "") and missing is not None:
        return missing
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isdigit():
        found = "nothing" if raw is None else repr(raw)
        _refuse(where, f"{part}, {key}", found, "a whole number", "Give the value of the source.")
    return int(text)


def _epoch(raw: object, where: str, part: str) -> tuple[float, float]:
    match = _EPOCH.fullmatch(str(raw or "").strip())
    allowed = "an instant in UTC: 2024-06-06T04:41:45.620160"
    if match is None:
        found = "nothing" if raw in (None, "") else repr(raw)
        _refuse(where, f"{part}, EPOCH", found, allowed, "Give the epoch of the source.")
    year, month, day, of_year, hour, minute, second, part_second = match.groups()
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        if (
            int(hour) > 23
            or int(minute) > 59
            or int(second) > 60
            or (of_year and not 1 <= int(of_year) <= 366)
        ):
            raise ValueError
    except ValueError:
        _refuse(where, f"{part}, EPOCH", repr(raw), allowed, "Give a day and time that exist.")
    jd, _ = julian_date(start)
    seconds = 3600 * int(hour) + 60 * int(minute) + int(second) + float(part_second or 0.0)
    return jd + (int(of_year) - 1 if of_year else 0), seconds / 86400.0


def _rows(elements: ElementSet) -> Iterator[tuple[str, str | int | float]]:
    yield "OBJECT_NAME", elements.name or "UNKNOWN"
    yield "OBJECT_ID", elements.designator or "UNKNOWN"
    yield "CENTER_NAME", "EARTH"
    yield "REF_FRAME", "TEME"
    yield "TIME_SYSTEM", "UTC"
    yield "MEAN_ELEMENT_THEORY", "SGP4"
    yield "EPOCH", f"{elements.epoch_utc:%Y-%m-%dT%H:%M:%S.%f}"
    yield "MEAN_MOTION", round(elements.revolutions_per_day, 11)
    yield "ECCENTRICITY", round(elements.eccentricity, 12)
    yield "INCLINATION", round(degrees(elements.inclination_rad), 10)
    yield "RA_OF_ASC_NODE", round(degrees(elements.node_rad), 10)
    yield "ARG_OF_PERICENTER", round(degrees(elements.perigee_rad), 10)
    yield "MEAN_ANOMALY", round(degrees(elements.mean_anomaly_rad), 10)
    yield "EPHEMERIS_TYPE", 0
    yield "CLASSIFICATION_TYPE", "U"
    yield "NORAD_CAT_ID", elements.catalogue_number
    yield "ELEMENT_SET_NO", elements.set_number
    yield "REV_AT_EPOCH", elements.revolution
    yield "BSTAR", elements.bstar
    yield "MEAN_MOTION_DOT", elements.ndot_rev_day2
    yield "MEAN_MOTION_DDOT", elements.nddot_rev_day3


def write_omm_json(sets: tuple[ElementSet, ...]) -> str:
    """Return sets as a JSON list, one object a line."""
    rows = ",\n".join(json.dumps(dict(_rows(elements))) for elements in sets)
    return f"[\n{rows}\n]\n"


def write_omm_kvn(elements: ElementSet, created_utc: datetime) -> str:
    """Return one set as keyword = value (CCSDS 502.0-B-3, table 4-1 to 4-3)."""
    head = [("CCSDS_OMM_VERS", "3.0"), ("CREATION_DATE", f"{created_utc.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")]
    return "".join(
        f"{key} = {value}\n" for key, value in [*head, ("ORIGINATOR", "OVERFLIGHT"), *_rows(elements)]
    )
