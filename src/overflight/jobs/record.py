"""Job ``record``: launches that happened, filtered, counted and drawn; the card of the next attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from overflight import __version__
from overflight.errors import InputError
from overflight.record.alerts import PublicAlert, load_alerts
from overflight.record.growth import reliability_growth
from overflight.record.load import Record, load_record, read_record
from overflight.record.probability import failure_probability
from overflight.record.replays import load_replays
from overflight.report.alerts_page import APPROVAL_S, minutes_of, render_alerts_page, span_of
from overflight.report.growth_figure import growth_figure
from overflight.report.standalone import standalone_svg

__all__ = [
    "alerts_compared",
    "alerts_page",
    "choose",
    "counted",
    "listed",
    "next_card",
    "read",
    "reliability_drawing",
]


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


def alerts_compared(since: date | None = None, until: date | None = None) -> list[dict[str, Any]]:
    """Return one row a public alert: how long people waited for it and for its end, and what we would do."""
    replays = load_replays()
    rows = []
    for alert in _alerts(since, until):
        one = replays.of(alert.key)
        runs = len(one.runs) if one else 0
        rows.append(
            {
                "alert": alert.key,
                "called after": span_of(alert.to_alert_min),
                "stood for": span_of(alert.to_end_min),
                "wrong": "yes" if alert.wrong else None,
                f"replayed: called, approval {APPROVAL_S:.0f} s": (
                    minutes_of(one.called(APPROVAL_S), runs) if one else "not replayed"
                ),
                "lifted": minutes_of(one.lifted(APPROVAL_S), runs) if one else None,
            }
        )
    return rows


def alerts_page(since: date | None = None, until: date | None = None) -> str:
    """Return the page that compares public alerts with our replays of them.

    Raises
    ------
    InputError : no alert of those days is known
    """
    alerts = _alerts(since, until)
    if not alerts:
        remedy = "Widen --since and --until."
        raise InputError("--page", found="no alert", allowed="one alert or more", remedy=remedy)
    return render_alerts_page(alerts, load_replays())


def _alerts(since: date | None, until: date | None) -> tuple[PublicAlert, ...]:
    return tuple(
        alert
        for alert in load_alerts()
        if (since is None or alert.day >= since) and (until is None or alert.day < until)
    )
