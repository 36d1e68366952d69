"""JSON Schema of measurement messages, for senders that check before they send.

The reader (:mod:`overflight.formats.plots`) decides; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

__all__ = ["measurement_schema"]

Schema = dict[str, Any]


def _number(low: float, high: float, about: str) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high, "description": about}


_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 100}
_HEAD: Schema = {
    "v": {"const": 1},
    "source": _NAME | {"description": "Who measures; the same name in its sensor message."},
    "exercise": {"type": ["boolean", "null"], "description": "true: a drill; never taken into a real event."},
    "signature": {"type": ["string", "null"], "description": "KIND:BASE64 over the line with null here."},
}
_TIMED: Schema = {
    "seq": {
        "type": ["integer", "null"],
        "minimum": 0,
        "description": "Counts up; needed where lines are signed.",
    },
    "time": {
        "type": "string",
        "format": "date-time",
        "description": "Of the measurement, ISO 8601 with offset.",
    },
    "track": {"type": ["string", "null"], "maxLength": 100, "description": "The source's own track number."},
}
_PLACE: Schema = {
    "latitude_deg": _number(-90, 90, "WGS-84"),
    "longitude_deg": _number(-180, 360, "WGS-84"),
    "height_m": _number(-1000, 1e8, "above the ellipsoid"),
}


def _sigma(**limits: str) -> Schema:
    rows = {name: _number(1e-6, 1e6, about) for name, about in limits.items()}
    return {"type": ["object", "null"], "properties": rows, "description": "One standard deviation."}


def _message(kind: str, about: str, properties: Schema, required: list[str]) -> Schema:
    return {
        "title": kind,
        "description": about,
        "type": "object",
        "properties": {"type": {"const": kind}, **_HEAD, **properties},
        "required": ["v", "type", "source", *required],
    }


def measurement_schema() -> Schema:
    """Return the schema of one line."""
    plot = _message(
        "plot",
        "One radar plot.",
        _TIMED
        | {
            "range_m": _number(1, 1e8, "slant range"),
            "azimuth_deg": _number(-360, 360, "from true north to east"),
            "elevation_deg": _number(-10, 90.5, "above the local horizontal"),
            "sigma": _sigma(range_m="m", azimuth_deg="degrees", elevation_deg="degrees"),
        },
        ["time", "range_m", "azimuth_deg", "elevation_deg"],
    )
    position = _message(
        "position",
        "A place measured by other means.",
        _TIMED | _PLACE | {"sigma": _sigma(horizontal_m="m", east_m="m", north_m="m", height_m="m")},
        ["time", "latitude_deg", "longitude_deg", "height_m"],
    )
    sensor = _message(
        "sensor",
        "Where a sensor stands; once, before its plots.",
        _PLACE
        | {
            "bias": {
                "type": "object",
                "properties": {
                    "range_m": _number(0, 1e5, "spread of its range bias"),
                    "azimuth_deg": _number(0, 5, "spread of its azimuth bias"),
                    "clock_s": _number(0, 10, "spread of its clock"),
                },
            },
            "refraction_corrected": {"type": ["boolean", "null"]},
        },
        ["latitude_deg", "longitude_deg"],
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "overflight measurement, version 1",
        "oneOf": [plot, position, sensor, *_notes()],
    }


def _notes() -> list[Schema]:
    """Return the schemas of messages that measure nothing: cue and status."""
    when = {"time": _TIMED["time"]}
    spread = {
        "seq": _TIMED["seq"],
        "sent": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When it was sent, at most ten minutes after time.",
        },
        "time_sigma_s": _number(0, 3600, "s, one standard deviation; 10 if absent"),
        "spread_m": _number(0, 1e7, "m, one standard deviation in each direction; 20000 if absent"),
        "confidence": _number(0, 1, "that it is a launch at all; 0 takes the cue back; 0.5 if absent"),
    }
    return [
        _message(
            "cue",
            "Early warning: something rose near a place; its time is that of lift-off.",
            when | _PLACE | spread,
            ["time", "latitude_deg", "longitude_deg"],
        ),
        _message("status", "The feed lives.", when | {"alive": {"type": "boolean"}}, ["time"]),
    ]
