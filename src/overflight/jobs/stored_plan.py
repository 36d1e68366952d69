"""A plan as it was written: what its ``run.json`` and ``places.csv`` say, read back for a comparison."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from overflight.errors import InputError
from overflight.jobs.paired import StoredFlights, read_flights

__all__ = ["StoredPlace", "StoredPlan", "StoredRisk", "StoredZone", "read_plan"]


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """A place with its chances and their Monte Carlo errors; ``debris_below`` bounds what was never seen."""

    key: str
    name: str
    country: str
    over: float
    over_error: float
    first_s: float | None
    last_s: float | None
    debris: float
    debris_error: float
    debris_below: float | None


@dataclass(frozen=True, slots=True)
class StoredZone:
    """Where one body falls."""

    body: str
    condition: str
    planned: bool
    centre_deg: tuple[float, float]
    semi_major_km: float
    semi_minor_km: float
    first_s: float
    last_s: float
    inside: float | None
    impacts: int
    body_key: str = ""


@dataclass(frozen=True, slots=True)
class StoredRisk:
    """Expected casualties of the launch, with their Monte Carlo error, and the risk of one person where it is
    greatest; both with 95 % limits.
    """

    total: float
    total_error: float
    total_low: float
    total_high: float
    person: float
    person_low: float
    person_high: float
    person_place: str


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan read back; ``weather`` and ``own_places`` by their hashes, the latter with the keys of all that
    were looked at."""

    where: str
    title: str
    run_id: str
    scenario_sha256: str
    lift_off_utc: datetime
    clock: str
    clock_offset_h: float
    width_km: float
    flights: int
    outcomes: Mapping[str, tuple[str, float]]
    zones: tuple[StoredZone, ...]
    places: Mapping[str, StoredPlace] = field(repr=False)
    risk: StoredRisk | None = None
    seed: int | None = None
    weather: str = ""
    own_places: tuple[str, frozenset[str]] | None = None
    seen: StoredFlights | None = field(default=None, repr=False)


def read_plan(run_json: bytes, places_csv: bytes, where: str, flights_csv: bytes | None = None) -> StoredPlan:
    """Return the plan of an output folder; without ``flights_csv`` it cannot be compared flight by flight.

    Raises
    ------
    InputError : files that no plan of this program wrote
    """
    try:
        run = json.loads(run_json)
        if run.get("made_by") != "overflight plan":
            raise ValueError(f"made by {run.get('made_by', 'something else')}")
        places = _places(places_csv)
        seen = None if flights_csv is None else read_flights(flights_csv, tuple(places))
        return replace(_plan(run, places, where), seen=seen)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        what = f"no output of overflight plan ({type(error).__name__}: {str(error)[:80]})"
        raise InputError(
            where, found=what, allowed="the folder that overflight plan wrote, with run.json and places.csv",
            remedy="Run the plan again.",
        ) from None  # fmt: skip


def _plan(run: dict[str, Any], places: dict[str, StoredPlace], where: str) -> StoredPlan:
    report = run["report"]
    return StoredPlan(
        where=where,
        title=str(report["title"]),
        run_id=str(report["run"]["run_id"]),
        scenario_sha256=str(run["inputs"]["scenario_sha256"]),
        lift_off_utc=datetime.fromisoformat(report["lift_off_utc"]),
        clock=str(report["zone_label"]),
        clock_offset_h=float(report["zone_offset_h"]),
        width_km=float(report["width_km"]),
        flights=int(report["run"]["flights"]),
        outcomes={o["key"]: (str(o["label"]), float(o["probability"])) for o in report["outcomes"]},
        zones=tuple(_zone(zone) for zone in report["drop_zones"]),
        places=places,
        risk=None if report.get("risk") is None else _risk(report["risk"]),
        seed=int(report["run"]["seed"]),
        weather=str(run["inputs"].get("weather_sha256", "")),
        own_places=_own_places(run["inputs"]),
    )


def _own_places(inputs: dict[str, Any]) -> tuple[str, frozenset[str]] | None:
    if "places_sha256" not in inputs:
        return None
    return str(inputs["places_sha256"]), frozenset(str(key) for key in inputs["places"])


def _zone(zone: dict[str, Any]) -> StoredZone:
    lon, lat = zone["centre"]
    inside = zone["inside_announced"]
    return StoredZone(
        body=str(zone["body"]),
        condition=str(zone["condition"]),
        planned=bool(zone["planned"]),
        centre_deg=(float(lon), float(lat)),
        semi_major_km=float(zone["semi_major_km"]),
        semi_minor_km=float(zone["semi_minor_km"]),
        first_s=float(zone["first_time_s"]),
        last_s=float(zone["last_time_s"]),
        inside=None if inside is None else float(inside),
        impacts=int(zone["impacts"]),
        body_key=str(zone.get("body_key", "")),
    )


def _risk(risk: dict[str, Any]) -> StoredRisk:
    worst = max(risk["individuals"], key=lambda row: row["individual"], default=None)
    person = (0.0, 0.0, 0.0) if worst is None else _limited(worst, "individual")
    name = "" if worst is None else str(worst["name_en"] or worst["name"])
    total, low, high = _limited(risk, "total")
    return StoredRisk(total, float(risk["total_error"]), low, high, *person, name)


def _limited(row: dict[str, Any], name: str) -> tuple[float, float, float]:
    return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])


def _places(content: bytes) -> dict[str, StoredPlace]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return {row["key"]: _place(row) for row in rows}


def _place(row: dict[str, str]) -> StoredPlace:
    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return StoredPlace(
        key=row["key"],
        name=row["name_en"] or row["name"],
        country=row["country"],
        over=number("p_over") or 0.0,
        over_error=number("p_over_error") or 0.0,
        first_s=number("first_over_s"),
        last_s=number("last_over_s"),
        debris=number("p_debris") or 0.0,
        debris_error=number("p_debris_error") or 0.0,
        debris_below=number("p_debris_below"),
    )
