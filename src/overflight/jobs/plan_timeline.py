"""The timeline of a plan: what happens when, in order, with the numbers that stand on the map."""

from __future__ import annotations

import numpy as np

from overflight.exposure.statistics import weighted_quantile
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.trajectory import Event
from overflight.jobs.planned import Planned
from overflight.report.values import DropZone, PlaceRow, TimelineEvent
from overflight.report.words import distance
from overflight.scenario.claims import CrossingClaim, PassageClaim

__all__ = ["timeline_rows"]

_OTHER_SIDE = {"west": "east", "east": "west", "north": "south", "south": "north"}


def timeline_rows(
    planned: Planned, places: tuple[PlaceRow, ...], zones: tuple[DropZone, ...]
) -> tuple[TimelineEvent, ...]:
    """Return the timeline in order of time; the rows with a place on the map are numbered."""
    rows = [_event_row(planned, event) for event in planned.flight.events]
    rows += _claim_rows(planned)
    if not any(isinstance(claim, CrossingClaim) for claim in planned.scenario.claim) and places:
        rows.append(_place_row(planned, max(places, key=lambda p: p.p_over)))
    rows += _failure_rows(planned)
    rows += [_fall_row(zone) for zone in zones]
    rows.sort(key=lambda row: row.time_s)
    numbered, number = [], 0
    for row in rows:
        if row.number is not None:
            number += 1
            row = _with_number(row, number)
        numbered.append(row)
    return tuple(numbered)


def _with_number(row: TimelineEvent, number: int) -> TimelineEvent:
    from dataclasses import replace

    return replace(row, number=number)


def _at(planned: Planned, time_s: float, title: str, text: str, *, numbered: bool = False) -> TimelineEvent:
    lat, lon, height = planned.flight.vehicle.at(time_s)
    return TimelineEvent(
        time_s=round(time_s, 1), end_s=None, title=title, text=text, number=0 if numbered else None,
        longitude_deg=round(lon, 4), latitude_deg=round(lat, 4), altitude_km=round(height / 1e3, 1),
    )  # fmt: skip


def _event_row(planned: Planned, event: Event) -> TimelineEvent:
    scenario = planned.scenario
    names = [stage.name for stage in scenario.vehicle.stage]
    height = planned.flight.vehicle.at(event.time_s)[2] / 1e3
    speed = (
        float(np.interp(event.time_s, planned.flight.vehicle.time_s, planned.flight.vehicle.speed_mps)) / 1e3
    )
    at = f"at {height:.0f} km height, {speed:.1f} km/s over the ground"
    if event.kind == "lift-off":
        return _at(
            planned,
            0.0,
            f"Lift-off from {scenario.site.name}.",
            scenario.launch.offset_s.note or "",
            numbered=True,
        )
    if event.kind == "fairing":
        return _at(planned, event.time_s, "Fairing let go", f"{at}.")
    name = names[event.stage - 1]
    if event.kind == "separation":
        return _at(planned, event.time_s, f"{name} separates", f"{at}.")
    if event.kind == "ignition":
        return _at(planned, event.time_s, f"{name} lights", f"{at}.")
    if event.kind == "burn-out":
        return _at(planned, event.time_s, f"{name} burns out", f"{at}.")
    flight = planned.flight
    orbit = (
        f"planned orbit {flight.perigee_m / 1e3:.0f} × {flight.apogee_m / 1e3:.0f} km, "
        f"inclination {np.degrees(flight.inclination_rad):.0f}°"
    )
    return _at(
        planned,
        event.time_s,
        f"{name} cut off, as planned",
        f"{at}; {orbit if flight.orbit else 'short of orbit'}.",
    )


def _claim_rows(planned: Planned) -> list[TimelineEvent]:
    path = planned.flight.vehicle
    lat, lon = path.latitude_rad[None], path.longitude_rad[None]
    rows = []
    for claim in planned.scenario.claim:
        if isinstance(claim, PassageClaim):
            near = closest_approach(path.time_s, lat, lon, (claim.latitude_deg, claim.longitude_deg))
            height = path.at(float(near.time_s[0]))[2] / 1e3
            side = claim.side if near.towards(claim.side)[0] >= 0.0 else _OTHER_SIDE[claim.side]
            where = f"{near.distance_m[0] / 1e3:.0f} km to its {side}"
            text = f"in the model {where}, height {height:.0f} km. Published: {claim.published}."
            rows.append(_at(planned, float(near.time_s[0]), f"{claim.label}:", text, numbered=True))
        elif isinstance(claim, CrossingClaim):
            crossing = parallel_crossing(path.time_s, lat, lon, claim.latitude_deg)
            if np.isfinite(crossing.time_s[0]):
                height = path.at(float(crossing.time_s[0]))[2] / 1e3
                east = float(np.degrees(crossing.longitude_rad[0]))
                where = f"{abs(east):.1f}° {'E' if east >= 0.0 else 'W'}"
                text = f"in the model at {where}, height {height:.0f} km. Published: {claim.published}."
                rows.append(_at(planned, float(crossing.time_s[0]), f"{claim.label}:", text, numbered=True))
    return rows


def _place_row(planned: Planned, place: PlaceRow) -> TimelineEvent:
    time_s = place.closest_time_s or 0.0
    name = place.name_en or place.name
    where = "over it" if place.closest_km < 1.0 else f"{place.closest_km:.0f} km away"
    return _at(planned, time_s, f"Nearest to {name}", f"{where}.", numbered=True)


def _failure_rows(planned: Planned) -> list[TimelineEvent]:
    ensemble = planned.ensemble
    happened = next(((i, o) for i, o in enumerate(ensemble.outcomes) if o.happened and i > 0), None)
    if happened is None:
        return []
    index, outcome = happened
    rows = ensemble.samples.outcome == index
    low, middle, high = weighted_quantile(
        ensemble.samples.end_s[rows], ensemble.weights[rows], (0.05, 0.5, 0.95)
    )
    lat, lon, height = planned.flight.vehicle.at(middle)
    mode = next(mode for mode in planned.scenario.failure if mode.key == outcome.key)
    when = mode.note[0].upper() + mode.note[1:] if mode.note else "The moment is drawn"
    text = f"What happened. {when}; 90 % of flights in this span."
    return [
        TimelineEvent(
            time_s=low,
            end_s=high,
            title=f"{outcome.label}.",
            text=text,
            longitude_deg=round(lon, 4),
            latitude_deg=round(lat, 4),
            altitude_km=round(height / 1e3, 1),
        )
    ]


def _fall_row(zone: DropZone) -> TimelineEvent:
    lon, lat = zone.centre
    ns, ew = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "W")
    long, wide = distance(2 * zone.semi_major_km).removesuffix("\u00a0km"), distance(2 * zone.semi_minor_km)
    size = f"{long} × {wide} ({zone.containment * 100:.0f} %)"
    where = f"around {abs(lat):.1f}° {ns} {abs(lon):.1f}° {ew}, {size}"
    return TimelineEvent(
        time_s=zone.first_time_s, end_s=zone.last_time_s, title=f"{zone.body}: falls", text=f"{where}.",
        longitude_deg=lon, latitude_deg=lat, altitude_km=0.0,
    )  # fmt: skip
