"""Job ``record``: launches that happened, filtered, counted and drawn; the card of the next attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from overflight import __version__
from overflight.errors import InputError
from overflight.record.growth import reliability_growth
from overflight.record.load import Record, load_record, read_record
from overflight.record.probability import failure_probability
from overflight.report.growth_figure import growth_figure
from overflight.report.standalone import standalone_svg

__all__ = ["choose", "counted", "listed", "next_card", "read", "reliability_drawing"]


def read(folder: Path | None) -> Record:
    """Return the packaged record, or the one in a folder."""
    return load_record() if folder is None else read_record(folder)


def choose(
    record: Record,
    *,
    vehicle: str | None = None,
    country: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    outcome: str | None = None,
) -> Record:
    """Return the launches that are asked for.

    Raises
    ------
    InputError : a vehicle or country that the record does not hold; says which it does
    """
    _known("--vehicle", vehicle, record.vehicles)
    _known("--country", country, tuple(dict.fromkeys(event.country for event in record)))
    events = tuple(
        event
        for event in record.select(vehicle=vehicle, country=country)
        if (since is None or event.utc >= since)
        and (until is None or event.utc < until)
        and (outcome is None or event.outcome == outcome)
    )
    return replace(record, events=events)


def _known(option: str, wanted: str | None, held: tuple[str, ...]) -> None:
    if wanted is not None and wanted not in held:
        raise InputError(
            option, found=repr(wanted), allowed=", ".join(held) or "nothing: the record is empty",
            remedy="Choose one of these; `overflight record` lists all launches.",
        )  # fmt: skip


def listed(record: Record) -> list[dict[str, Any]]:
    """Return one row a launch."""
    return [
        {
            "launch": event.key,
            "utc": f"{event.utc:%Y-%m-%d %H:%M}",
            "vehicle": event.vehicle,
            "payload": event.payload,
            "outcome": event.outcome,
            "failed": None if event.failed_stage is None else _failed(event.failed_stage, event.failed_phase),
            "confidence": event.confidence,
            "sources": len(event.source),
        }
        for event in record
    ]


def _failed(stage: int, phase: str | None) -> str:
    return f"stage {stage}" + (f", {phase}" if phase else "")


def counted(record: Record) -> list[dict[str, Any]]:
    """Return launches, failures and the chance of success with its 90 % interval for each vehicle."""
    rows = []
    for vehicle in record.vehicles:
        last = reliability_growth(record, vehicle)[-1]
        rows.append(
            {
                "vehicle": vehicle,
                "launches": last.flights,
                "failures": last.flights - last.successes,
                "success": f"{100 * last.mean:.0f} %",
                "90 % interval": f"{100 * last.low:.0f} to {100 * last.high:.0f} %",
            }
        )
    return rows


def next_card(record: Record, vehicle: str, now: datetime) -> list[dict[str, Any]]:
    """Return what the record says of the next attempt of a vehicle, as one row."""
    own = record.select(vehicle=vehicle)
    last, odds = own.events[-1], failure_probability(record, vehicle=vehicle, before=now)
    stage = "" if last.failed_stage is None else f" ({_failed(last.failed_stage, last.failed_phase)})"
    return [
        {
            "vehicle": last.vehicle_name,
            "launches so far": f"{len(own)}, {own.failures} failed",
            "last attempt": f"{last.utc:%Y-%m-%d}, {last.payload or last.key}: {last.outcome}{stage}",
            "what was said of it": last.note,
            "chance of success": f"{100 * (1 - odds.high):.0f} to {100 * (1 - odds.low):.0f} % (60 % limits)",
            "how counted": odds.words,
            "announced window": "not part of the record: it holds what happened",
        }
    ]


def reliability_drawing(record: Record, vehicle: str) -> str:
    """Return the reliability growth of a vehicle as an SVG file.

    Raises
    ------
    InputError : no launch of it is left to draw
    """
    own = record.select(vehicle=vehicle)
    if not len(own):
        raise InputError(
            "--plot", found="no launch", allowed="one launch or more", remedy="Widen the other filters."
        )
    days = [f"{event.utc:%Y-%m-%d}" for event in own]
    drawing = growth_figure(own[0].vehicle_name, days, reliability_growth(record, vehicle))
    return standalone_svg(drawing, f"overflight {__version__}; launches and sources: overflight record")
