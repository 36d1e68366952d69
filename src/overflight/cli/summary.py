"""What the terminal shows after a plan: read in ten seconds, in 80 columns, without colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from overflight.report.clock import Clock
from overflight.report.values import DropZone, Outcome, PlaceRow, PlanReport
from overflight.report.words import below, chance, chance_error, count, lonlat_text

__all__ = ["print_summary", "summary"]

PLACES_SHOWN = 10
RISKS_SHOWN = 5


def print_summary(report: PlanReport, page: Path, stream: TextIO) -> None:
    """Write the summary of a plan to a stream; ``page`` is the file to open."""
    terminal = stream.isatty()
    console = Console(file=stream, width=None if terminal else 80, highlight=False, soft_wrap=False)
    if terminal and console.width > 100:
        console = Console(file=stream, width=100, highlight=False)
    console.print(summary(report))
    # a path is copied from here: it is never wrapped
    stream.write(f"\nOpen {page}\n")
    stream.flush()


def summary(report: PlanReport) -> RenderableType:
    """Return the summary of a plan, without the place of its page."""
    clock = Clock(report.lift_off_utc, report.zone_label, report.zone_offset_h)
    return Group(
        Text(report.title, style="bold"),
        Text(_lift_off(report, clock)),
        Text(),
        Text(report.headline, style="bold"),
        *_section(f"What falls where ({clock.zone})", _falls(report.drop_zones, clock)),
        *_section(
            f"Overflown within {report.width_km:g} km ({clock.zone})", *_overflown(report.places, clock)
        ),
        *_section("How it may end", _outcomes(report.outcomes)),
        *_section("Debris on land, most likely places", *_debris(report.places)),
        Text(),
        Text(_foot(report), style="dim"),
    )


def _section(title: str, *content: RenderableType | None) -> list[RenderableType]:
    shown = [item for item in content if item is not None]
    return [Text(), Text(title, style="bold"), *(Padding(item, (0, 0, 0, 2)) for item in shown)]


def _lift_off(report: PlanReport, clock: Clock) -> str:
    local = f"{clock.local_date()} {clock.local(0.0)} {clock.zone}"
    utc = report.lift_off_utc
    day = "" if (utc + timedelta(hours=report.zone_offset_h)).date() == utc.date() else f"{clock_day(utc)} "
    return f"{report.vehicle} from {report.site}, lift-off {local} ({day}{utc:%H:%M:%S} UTC)"


def clock_day(instant: datetime) -> str:
    """Return the day of an instant without its year: ``23 Aug``."""
    return f"{instant.day} {instant:%b}"


def _table(*columns: Column) -> Table:
    return Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))


def _falls(zones: Sequence[DropZone], clock: Clock) -> RenderableType:
    if not zones:
        return Text("Nothing was computed to fall.")
    table = _table(
        Column("Body"),
        Column("Centre", no_wrap=True),
        Column("When", no_wrap=True),
        Column("As announced?", ratio=1),
    )
    for zone in zones:
        size = f"{2 * zone.semi_major_km:.0f} x {2 * zone.semi_minor_km:.0f} km"
        table.add_row(
            Text(zone.body),
            f"{lonlat_text(*zone.centre)}\n{zone.containment:.0%} in {size}".replace("%", " %"),
            clock.local_span(zone.first_time_s, zone.last_time_s),
            Text(zone.agreement if zone.announced_key else "No zone announced."),
        )
    return table


def _name(place: PlaceRow) -> Text:
    return Text(
        f"{place.name} {place.name_en}" if place.name_en and place.name_en != place.name else place.name
    )


def _region(place: PlaceRow) -> str:
    return f"{place.region}, {place.country}" if place.region else place.country


def _overflown(places: Sequence[PlaceRow], clock: Clock) -> list[RenderableType]:
    over = sorted((p for p in places if p.p_over > 0.0), key=lambda p: (-p.p_over, p.closest_km, p.code))
    if not over:
        return [Text("No place.")]
    table = _table(
        Column("Place", ratio=3),
        Column("Region", ratio=2),
        Column("First", no_wrap=True),
        Column("Last", no_wrap=True),
        Column("Probability", no_wrap=True, justify="right"),
    )
    for place in over[:PLACES_SHOWN]:
        times = (place.first_time_s, place.last_time_s)
        table.add_row(
            _name(place),
            Text(_region(place)),
            *("" if t is None else clock.local(t) for t in times),
            f"{chance(place.p_over)} {chance_error(place.p_over, place.p_over_se)}".rstrip(),
        )
    return [table, *_more(len(over) - PLACES_SHOWN, "places")]


def _more(number: int, what: str) -> list[RenderableType]:
    return [Text(f"and {count(number)} more {what}; see the page")] if number > 0 else []


def _outcomes(outcomes: Sequence[Outcome]) -> RenderableType:
    ordered = sorted(outcomes, key=lambda o: (o.is_failure, -o.probability))
    table = _table(
        Column("Outcome", ratio=3),
        Column("Probability", no_wrap=True, justify="right"),
        Column("Then", ratio=4),
    )
    for outcome in ordered:
        label = f"{outcome.label} (this happened)" if outcome.happened else outcome.label
        interval = "" if outcome.low is None or outcome.high is None else _interval(outcome.low, outcome.high)
        table.add_row(Text(label), f"{chance(outcome.probability)}{interval}", Text(outcome.falls))
    return table


def _interval(low: float, high: float) -> str:
    return f"\n{100 * low:.2g} to {100 * high:.2g} %"


def _debris(places: Sequence[PlaceRow]) -> list[RenderableType]:
    hit = sorted((p for p in places if p.p_debris > 0.0), key=lambda p: (-p.p_debris, p.code))
    bounds = [p.p_debris_below for p in places if p.p_debris == 0.0 and p.p_debris_below is not None]
    if not hit:
        return [
            Text(f"None in the flights computed: for each place {below(max(bounds))}." if bounds else "None.")
        ]
    table = _table(
        Column("Place", ratio=3),
        Column("Region", ratio=2),
        Column("P(debris)", no_wrap=True, justify="right"),
    )
    for place in hit[:RISKS_SHOWN]:
        error = chance_error(place.p_debris, place.p_debris_se)
        table.add_row(_name(place), Text(_region(place)), f"{chance(place.p_debris)} {error}".rstrip())
    others = [Text(f"Every other place listed: {below(max(bounds))}.")] if bounds else []
    return [table, *_more(len(hit) - RISKS_SHOWN, "places"), *others]


def _foot(report: PlanReport) -> str:
    run = report.run
    return (
        f"Analysis, not an official warning. {count(run.flights)} flights, {count(run.flights_failed)} "
        f"of them failed; {count(run.fragments)} fragments; seed {run.seed}; run {run.run_id}."
    )
