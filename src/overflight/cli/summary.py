"""What the terminal shows after a plan: read in ten seconds, in 80 columns, without colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from overflight.report.clock import Clock
from overflight.report.risk_page import focus_sentence, risk_sentence
from overflight.report.risk_values import RiskReport
from overflight.report.values import DropZone, Outcome, PlaceRow, PlanReport
from overflight.report.words import (
    below,
    chance,
    chance_error,
    count,
    distance,
    lonlat_text,
    rare_range,
    risk_limits,
)
from overflight.report.words import risk as risk_text

__all__ = ["print_summary", "summary"]

PLACES_SHOWN = 10
RISKS_SHOWN = 5
WIDTH_PIPED, WIDTH_MOST = 80, 100


def print_summary(report: PlanReport, page: Path, stream: TextIO) -> None:
    """Write the summary of a plan to a stream; ``page`` is the file to open."""
    if stream.isatty():
        console = Console(file=stream, highlight=False)
        console.width = min(console.width, WIDTH_MOST)
        console.print(summary(report))
    else:
        buffer = StringIO()
        Console(file=buffer, width=WIDTH_PIPED, highlight=False).print(summary(report))
        stream.write("\n".join(line.rstrip() for line in buffer.getvalue().split("\n")))
    stream.write(f"\nOpen {page}\n")  # never wrapped: a path is copied from here
    stream.flush()


def summary(report: PlanReport) -> RenderableType:
    """Return the summary of a plan, without the place of its page."""
    clock = Clock(report.lift_off_utc, report.zone_label, report.zone_offset_h)
    within = f"Overflown within {report.width_km:g} km ({clock.zone})"
    return Group(
        Text(report.title, style="bold"),
        Text(_lift_off(report, clock)),
        Text(),
        Text(report.headline, style="bold"),
        *_section(f"What falls where and when ({clock.zone})", _falls(report.drop_zones, clock)),
        *_section(within, *_overflown(report.places, clock)),
        *(_section("How it may end", _outcomes(report.outcomes)) if report.outcomes else ()),
        *_section("Debris on land", *_debris(report.places)),
        *(_section("Risk to people on the ground", *_risk(report.risk)) if report.risk else ()),
        Text(),
        Text(_foot(report), style="dim"),
    )


def _section(title: str, *content: RenderableType) -> list[RenderableType]:
    return [Text(), Text(title, style="bold"), *(Padding(item, (0, 0, 0, 2)) for item in content)]


def _lift_off(report: PlanReport, clock: Clock) -> str:
    utc = report.lift_off_utc
    same_day = (utc + timedelta(hours=report.zone_offset_h)).date() == utc.date()
    day = "" if same_day else f"{utc.day} {utc:%b} "
    local = f"{clock.local_date()} {clock.local(0.0)} {clock.zone}"
    return f"{report.vehicle} from {report.site}, lift-off {local} ({day}{utc:%H:%M:%S} UTC)"


def _table(*columns: Column) -> Table:
    return Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))


def _falls(zones: Sequence[DropZone], clock: Clock) -> RenderableType:
    if not zones:
        return Text("Nothing was computed to fall.")
    table = _table(
        Column("Body", ratio=1),
        Column("Centre", no_wrap=True),
        Column("Within (km)", no_wrap=True),
        Column("When", no_wrap=True),
        Column("Announced?", no_wrap=True),
    )
    for zone in zones:
        table.add_row(
            Text(zone.body),
            lonlat_text(*zone.centre),
            f"{_km(2 * zone.semi_major_km)} x {_km(2 * zone.semi_minor_km)} ({100 * zone.containment:.3g} %)",
            clock.local_span(zone.first_time_s, zone.last_time_s),
            Text(_first_sentence(zone.agreement) if zone.announced_key else "No zone."),
        )
    return table


def _km(value: float) -> str:
    """Return kilometres with the digits that the page has, without the unit."""
    return distance(value).removesuffix("\u00a0km")


def _first_sentence(text: str) -> str:
    """Return a text up to its first full stop; the reasons stand on the page."""
    head, stop, _ = text.partition(". ")
    return f"{head}{stop}".strip()


def _name(place: PlaceRow) -> Text:
    other = place.name_en if place.name_en != place.name else None
    return Text(f"{place.name} {other}" if other else place.name)


def _region(place: PlaceRow) -> Text:
    return Text(f"{place.region}, {place.country}" if place.region else place.country)


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
            _region(place),
            *("" if time_s is None else clock.local(time_s) for time_s in times),
            f"{chance(place.p_over)} {chance_error(place.p_over, place.p_over_se)}".rstrip(),
        )
    return [table, *_more(len(over) - PLACES_SHOWN)]


def _more(number: int) -> list[RenderableType]:
    return [Text(f"and {count(number)} more; see the page")] if number > 0 else []


def _outcomes(outcomes: Sequence[Outcome]) -> RenderableType:
    ordered = sorted(outcomes, key=lambda outcome: (outcome.is_failure, -outcome.probability))
    table = _table(
        Column("Outcome", ratio=4),
        Column("Probability", no_wrap=True, justify="right"),
        Column("Then", ratio=5),
    )
    for outcome in ordered:
        label = f"{outcome.label} (this happened)" if outcome.happened else outcome.label
        low, high = outcome.low, outcome.high
        interval = ""
        if low is not None and high is not None:
            rare = high < 0.01
            interval = f" ({rare_range(low, high) if rare else f'{100 * low:.2g} to {100 * high:.2g}'})"
        table.add_row(Text(label), f"{chance(outcome.probability)}{interval}", Text(outcome.falls))
    return table


def _debris(places: Sequence[PlaceRow]) -> list[RenderableType]:
    hit = sorted((p for p in places if p.p_debris > 0.0), key=lambda p: (-p.p_debris, p.code))
    bounds = [p.p_debris_below for p in places if p.p_debris == 0.0 and p.p_debris_below is not None]
    if not hit:
        return [Text(f"No place was hit in the flights computed; each is hit with {below(max(bounds))}.")
                if bounds else Text("No place was hit in the flights computed.")]  # fmt: skip
    table = _table(
        Column("Place", ratio=3),
        Column("Region", ratio=2),
        Column("At least one piece", no_wrap=True, justify="right"),
    )
    for place in hit[:RISKS_SHOWN]:
        error = chance_error(place.p_debris, place.p_debris_se)
        table.add_row(_name(place), _region(place), f"{chance(place.p_debris)} {error}".rstrip())
    others = [Text(f"Every other place listed: {below(max(bounds))}.")] if bounds else []
    return [table, *_more(len(hit) - RISKS_SHOWN), *others]


def _risk(risk: RiskReport) -> list[RenderableType]:
    said: list[RenderableType] = [Text(risk_sentence(risk))]
    rule = risk.baseline
    if rule is not None:
        ratio = "" if rule.ratio is None else f"; the figure above is {risk_text(rule.ratio)} times that"
        found = risk_text(rule.scaled) if rule.scaled else "0, no listed place lies in its corridor"
        said.append(Text(f"By hand (14 CFR part 420): {found}{ratio}."))
    said += [Text(f"{row.label}: {row.verdict[0].lower()}{row.verdict[1:]}") for row in risk.aborts]
    if risk.abort_verdict:
        said.append(Text(risk.abort_verdict))
    if risk.focus is not None:
        said.append(Text(focus_sentence(risk)))
    if not risk.places:
        return said
    table = _table(
        Column("Place", ratio=3),
        Column("Casualties", no_wrap=True, justify="right"),
        Column("with 95 %", no_wrap=True),
        Column("One person", no_wrap=True, justify="right"),
    )
    for place in risk.places[:RISKS_SHOWN]:
        name = place.name_en or place.name
        known = place.casualties is not None
        casualties = risk_text(place.casualties or 0.0) if known else ""
        limits = risk_limits(place.casualties_low or 0.0, place.casualties_high or 0.0) if known else ""
        table.add_row(Text(f"{name}, {place.country}"), casualties, limits, risk_text(place.individual))
    return [*said, table, *_more(len(risk.places) - RISKS_SHOWN)]


def _foot(report: PlanReport) -> str:
    run = report.run
    return (
        f"Analysis, not an official warning. {count(run.flights)} flights, {count(run.flights_failed)} "
        f"of them failed; {count(run.fragments)} fragments; seed {run.seed}; run {run.run_id}."
        + (f" {run.stopping[0].upper()}{run.stopping[1:]}." if run.stopping else "")
    )
