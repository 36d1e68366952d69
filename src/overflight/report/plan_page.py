"""The page of a plan: one HTML file that asks nobody for anything.

The figures are in the file as SVG, so it says everything without a script, without WebGL and on
paper.  A script adds a slider along the flight and, where WebGL 2 exists, a map to move about in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from overflight.report.altitude_figure import altitude_figure
from overflight.report.clock import Clock
from overflight.report.concern import main_places, place_groups
from overflight.report.flight_path import flight_path, path_sentence
from overflight.report.glyphs import legend_sign
from overflight.report.map_figure import far_map, near_map, overview_is_wide, overview_map
from overflight.report.packaged import packaged_text
from overflight.report.risk_map import NEAR_KM, risk_legend, risk_map, risk_map_words
from overflight.report.risk_page import focus_sentence, risk_figures, risk_sentence
from overflight.report.scene import map_library, scene_json
from overflight.report.values import AlertDraft, FactRow, OrbitReached, PlaceRow, PlanReport
from overflight.report.words import count, distance, per_cent, zero_hits_bound

if TYPE_CHECKING:
    import jinja2

__all__ = ["render_plan_page"]

SECTIONS = (
    ("path", "Path"),
    ("outcomes", "Outcomes"),
    ("heights", "Height"),
    ("orbit", "Orbit"),
    ("places", "Places"),
    ("falls", "Falls"),
    ("risk", "Risk"),
    ("facts", "Facts"),
    ("known", "Known and unknown"),
    ("warnings", "Warnings"),
    ("notices", "Notices"),
    ("sources", "Sources, method, files"),
)
"""Anchors and short titles of the sections, for the contents."""
FILES = (
    ("nominal.csv", "the planned flight, second by second"),
    ("impacts.csv", "every computed impact: time, place, energy, weight"),
    ("flights.csv", "every flight: its outcome, where its planned parts fall, whom it passes"),
    ("zones.geojson", "announced and computed areas"),
    ("places.csv", "all places with their chances and times"),
    ("hazard_areas.geojson", "areas for ships, aircraft, people; debris response areas"),
    ("footprints.geojson", "where each class of pieces comes down after each failure"),
    ("risk.csv", "risk of every place, with its error"),
    ("risk_map.geojson", "where one person outdoors is at risk, by powers of ten"),
    ("scene.czml", "the flight for Cesium"),
    ("scene.kml", "the flight for Google Earth"),
    ("trajectory.oem", "the flight as CCSDS ephemeris"),
    ("alerts/", "the draft warnings, CAP 1.2"),
    ("notices/", "the draft notices to mariners and airmen"),
    ("run.json", "inputs, versions, seed and every figure here"),
)
"""The files that a plan writes beside its page."""
MAP_CREDITS = (
    "Coasts and borders: Natural Earth, public domain, through world-atlas. "
    "Borders are drawn as the source has them; that says nothing about their standing",
    "Interactive map: MapLibre GL JS, BSD 3-Clause",
)
ROWS_SHOWN = 12


def render_plan_page(report: PlanReport) -> str:
    """Return the plan report as one self-contained HTML page.

    Parameters
    ----------
    report : everything the page shows; nothing is computed here but how to say and draw it

    Returns
    -------
    str
        HTML with styles, figures and script inside.  It loads nothing, and works without script.
        Links to the files of the same run are relative, so it belongs in the run's folder.
        The script sets ``window.__ready`` to true when it has finished.
    """
    clock = Clock(report.lift_off_utc, report.zone_label, report.zone_offset_h)
    absent = {name for name, part in (("risk", report.risk), ("orbit", report.orbit)) if part is None}
    values = {
        "report": report,
        "clock": clock,
        "day": clock.local_date(),
        "sections": [entry for entry in SECTIONS if entry[0] not in absent],
        "files": FILES,
    }
    values |= figures(report, clock) | sentences(report, clock) | assets()
    return environment().get_template("plan.html.j2").render(values)


@cache
def environment() -> jinja2.Environment:
    """Return the template environment: everything is escaped unless it is marked as HTML."""
    import jinja2

    from overflight.report.page_filters import FILTERS

    loader = jinja2.FunctionLoader(lambda name: packaged_text(f"templates/{name}"))
    made = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_unbroken,
    )  # fmt: skip
    made.filters.update(FILTERS)
    return made


_SIGN_OR_UNIT = re.compile(r"(?<=±) (?=\d)|(?<=\d) (?=(?:km|kg|m|s|h|min)\b|%)")


def _unbroken(value: Any) -> Any:
    """Keep a number together with its sign and its unit at the end of a line; drawings stay as they are."""
    return _SIGN_OR_UNIT.sub("\u00a0", value) if type(value) is str else value


def figures(report: PlanReport, clock: Clock) -> dict[str, Any]:
    """Return the drawings, each for wide pages and for phones, and the data the script needs."""
    overview = {narrow: overview_map(report, clock, narrow=narrow) for narrow in (False, True)}
    groups = place_groups(report.places)
    beyond = overview[False].cut_off
    return {
        "overview": both(overview[False].svg, overview[True].svg),
        "near": [both(*pair) for pair in near_maps(report, clock, groups)],
        "far": both(far_map(report, narrow=False), far_map(report, narrow=True)) if beyond else None,
        "risk_map": both(*(risk_map(report, narrow=narrow) for narrow in (False, True))),
        "risk_near": both(*(risk_map(report, narrow=narrow, near=True) for narrow in (False, True))),
        "risk_signs": [(html(sign), words) for sign, words in risk_legend(report.risk)],
        "profile": both(*risk_figures(report.risk, clock)),
        "heights": both(*(altitude_figure(report, clock, narrow=narrow) for narrow in (False, True))),
        "wide_map": overview_is_wide(report),
        "signs": [(html(legend_sign(name)), words) for name, words in legend(report)],
        "map_caption": map_caption(report, beyond),
        "scene": html(scene_json(report, clock, overview[False].view, overview[True].view)),
    }


def near_maps(
    report: PlanReport, clock: Clock, groups: Sequence[Sequence[PlaceRow]]
) -> Iterator[tuple[str, str]]:
    """Yield a larger map of each group of places, for wide pages and for phones."""
    for number, rows in enumerate(groups, 1):
        yield (
            near_map(report, clock, rows, number, narrow=False),
            near_map(report, clock, rows, number, narrow=True),
        )


def both(wide: str, narrow: str) -> tuple[Markup, Markup] | None:
    """Return the drawings for wide pages and for phones, or ``None`` if there is nothing to draw."""
    return (html(wide), html(narrow)) if wide else None


def legend(report: PlanReport) -> list[tuple[str, str]]:
    """Return the signs in use on the map with their meaning."""
    kinds = {track.kind for track in report.tracks}
    share = f"{100 * report.drop_zones[0].containment:.0f}\u00a0%" if report.drop_zones else ""
    near, width = any(row.p_over >= 0.02 for row in report.places), distance(report.width_km)
    entries = (
        ("flown", "flown", "flown" in kinds),
        ("planned", "planned, not flown" if "flown" in kinds else "planned path", "planned" in kinds),
        ("band", "90\u00a0% of flights", bool(report.band)),
        ("announced", "announced zone", bool(report.announced)),
        ("computed", f"computed fall: {share} and 50\u00a0% areas, sample impacts", bool(report.drop_zones)),
        ("fall", "way of a falling part", "fall" in kinds),
        ("places", f"path within {width}: in 25\u00a0% of flights or more, in 2 to 25\u00a0%", near),
    )
    return [(name, words) for name, words, used in entries if used]


def sentences(report: PlanReport, clock: Clock) -> dict[str, Any]:
    """Return the sentences that depend on the figures."""
    path = flight_path(report.tracks)
    sources = dict.fromkeys(row.population_source for row in report.places if row.population_source)
    return {
        "path_sentence": path_sentence(path, report.site, clock),
        "height_sentence": height_sentence(report, clock),
        "falls_sentence": falls_sentence(report),
        "risk_sentence": risk_sentence(report.risk),
        "near_km": NEAR_KM,
        "focus_sentence": focus_sentence(report.risk),
        "risk_map_words": risk_map_words(report.risk),
        "orbit_sentence": orbit_sentence(report.orbit, clock),
        "facts_sentence": facts_sentence(report.facts),
        "counts_sentence": counts_sentence(report),
        "numbers": {source.key: number for number, source in enumerate(report.sources, 1)},
        "population_sources": "; ".join(sources),
        "width": distance(report.width_km),
        "flights_bound": zero_hits_bound(report.run.flights),
        "rows_shown": ROWS_SHOWN,
        "ranged": any(item.low is not None for item in report.outcomes),
        "credits": (*report.credits, *MAP_CREDITS),
        "drafts": draft_groups(report.alerts),
        "outcomes_left": len(report.timeline) > 11,
        "note_said": any(report.lift_off_note in f"{event.title} {event.text}" for event in report.timeline),
    }


def falls_sentence(report: PlanReport) -> str:
    """Return where the areas of the table come from."""
    flights = count(report.run.flights)
    if report.announced:
        return f"Announced by the launching side, and computed here from {flights} flights."
    return f"Computed from {flights} flights; no zone was announced."


def height_sentence(report: PlanReport, clock: Clock) -> str:
    """Return how high the rocket is where it matters."""
    path = flight_path(report.tracks)
    if len(path) < 2:
        return "No path was computed."
    above = path.altitude_km >= 100
    said = ""
    if above.any():
        said = f"In space (above 100 km) from {clock.local(float(path.time_s[above][0]))} {clock.zone}. "
    rows = [row for row in main_places(report.places) if row.closest_time_s]
    names = [row.name_en or row.name for row in rows]
    heights = [distance(path.height_km(row.closest_time_s or 0.0)) for row in rows]
    if rows:
        more = "".join(f", to {name} {height}" for name, height in zip(names[1:], heights[1:], strict=True))
        return f"{said}When nearest to {names[0]} it is {heights[0]} high{more}."
    return f"{said}The path reaches a height of {distance(float(path.altitude_km.max()))}."


def orbit_sentence(orbit: OrbitReached | None, clock: Clock) -> str:
    """Return with what chance orbit is reached, and when."""
    if orbit is None:
        return ""
    first, middle, last = orbit.time_s
    when = (
        f"at {clock.local(middle)} {clock.zone} ({clock.local(first)} to {clock.local(last)} in nine of ten)"
    )
    said = f"Reached in {per_cent(orbit.chance)} ± {max(100 * orbit.chance_se, 0.1):.1f} of launches, {when}."
    if orbit.as_planned is None:
        return said
    share = f"{per_cent(orbit.as_planned)} of {count(orbit.flights_as_planned)}"
    return f"{said} Of the flights without a failure {share} reach it."


def facts_sentence(facts: Sequence[FactRow]) -> str:
    """Return how many facts there are and how many of them fit."""
    if not facts:
        return "The scenario holds no published facts to compare with."
    judged = [fact.fits for fact in facts if fact.fits is not None]
    missed = judged.count(False)
    verdict = f"{judged.count(True)} of {len(judged)} that can be judged fit"
    kept = (
        ", 1 does not and stays in the table" if missed == 1 else f", {missed} do not and stay in the table"
    )
    said = f"Every fact of the scenario with what the model says and the difference: {verdict}"
    return f"{said}{kept if missed else ''}."


def counts_sentence(report: PlanReport) -> str:
    """Return how much was computed."""
    run = report.run
    said = f"{count(run.flights)} flights, {count(run.flights_failed)} of them with a failure"
    if not run.fragments:
        return f"{said}."
    each = f"{count(run.fragments_per_breakup)} weighted fragments per break-up"
    return f"{said}; {each}, {count(run.fragments)} in all."


def map_caption(report: PlanReport, beyond: Sequence[str]) -> str:
    """Return what a reader must know to read the map."""
    shown = sum(min(160, len(zone.samples)) for zone in report.drop_zones)
    dots = f" Each dot is one of {count(shown)} computed impacts." if shown else ""
    more = (
        f" {', '.join(beyond)}: the area goes on beyond this map, see “Where the parts fall”."
        if beyond
        else ""
    )
    return (
        f"Times in {report.zone_label}.{dots}{more} Lambert's equal-area projection; coasts and borders: "
        "Natural Earth. The timeline lists the same content in words."
    )


def draft_groups(alerts: Sequence[AlertDraft]) -> list[tuple[str, list[AlertDraft]]]:
    """Return the drafts by the areas they are for, in the order in which they come."""
    groups: dict[tuple[str, ...], list[AlertDraft]] = {}
    for alert in alerts:
        groups.setdefault(alert.areas, []).append(alert)
    return [(", ".join(areas) or "No area", own) for areas, own in groups.items()]


def assets() -> dict[str, Any]:
    """Return styles, script and the compressed map library."""
    return {
        "css": html(packaged_text("static/page.css")),
        "script": html(packaged_text("static/page.js")),
        "map_library": html(map_library()),
        "map_licence": packaged_text("static/maplibre-gl.LICENSE.txt").strip(),
    }


def html(text: str) -> Markup:
    """Mark text made in this room as HTML."""
    return Markup(text)
