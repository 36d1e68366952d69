"""The maps of a plan: the whole path, and the places most concerned at larger scale.

Each map is drawn twice, for a wide page and for a phone, because labels that fit one do not fit the
other.  The text beside the map (timeline, table of places) says the same as the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from overflight.report import map_labels as words
from overflight.report import map_layers as layers
from overflight.report.clock import Clock
from overflight.report.flight_path import FlightPath, flight_path
from overflight.report.labels import LabelField
from overflight.report.projection import (
    AUTHALIC_RADIUS_KM,
    MapView,
    along_great_circles,
    fit_view,
    unit_vectors,
)
from overflight.report.svg import clip_line, element, line_path, number, simplified, title_and_description
from overflight.report.values import LonLat, PlaceRow, PlanReport, Track
from overflight.report.words import lonlat_text

__all__ = ["MapDrawing", "near_map", "overview_is_wide", "overview_map", "places_concerned"]

PATH_LIMIT_KM = 7000.0
"""How far along a path towards orbit the map reaches; drop zones beyond it are shown all the same."""
NEAR_REACH_KM = 320.0
"""Places this close to the one most likely overflown share its map."""


class Size(NamedTuple):
    """Width of a drawing and the range of its height, in drawing units."""

    width: float
    heights: tuple[float, float]


TALL, WIDE, NARROW = Size(520, (460, 900)), Size(1000, (400, 640)), Size(360, (330, 620))
NEAR_WIDE, NEAR_NARROW = Size(460, (400, 480)), Size(360, (330, 400))


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """A finished map: SVG text, and its view for what is laid over it later."""

    svg: str
    view: MapView


def map_content(report: PlanReport) -> np.ndarray:
    """Return the points ``(n, 2)`` that the overview must show."""
    path = flight_path(report.tracks)
    points: list[LonLat] = [report.site_lonlat]
    if len(path):
        near = path.ranges_km() <= PATH_LIMIT_KM
        points += [(float(lon), float(lat)) for lon, lat in path.lonlat_deg[near]]
    for zone in report.announced:
        points += zone.ring
    for drop in report.drop_zones:
        points += drop.ring or (drop.centre,)
    events = (event for event in report.timeline if event.number is not None)
    points += [
        (e.longitude_deg, e.latitude_deg)
        for e in events
        if e.longitude_deg is not None and e.latitude_deg is not None
    ]
    points += [
        (row.longitude_deg, row.latitude_deg) for row in report.places if row.p_over >= layers.POSSIBLE
    ]
    return np.array(points, dtype=float)


def overview_is_wide(report: PlanReport) -> bool:
    """Return whether the path lies more east-west than north-south, so that its map takes the full page."""
    view = fit_view(map_content(report), 1000, (1, 1e6))
    return view.height < 850


def overview_map(report: PlanReport, clock: Clock, *, narrow: bool) -> MapDrawing:
    """Return the map of the whole path."""
    size = NARROW if narrow else WIDE if overview_is_wide(report) else TALL
    view = fit_view(map_content(report), *size, padding=30 if narrow else 40)
    scale = "50m" if view.km_per_unit > 1.2 else "10m"
    field = LabelField(view.width, view.height)
    path = flight_path(report.tracks)
    grid, lines = layers.graticule(view)
    under = [grid, layers.land(view, scale), layers.borders(view, scale), layers.places(view, report.places)]
    under += [
        band(view, report.band),
        layers.zones(view, report.announced),
        layers.fall_areas(view, report.drop_zones),
    ]
    track = [fall_lines(view, report.tracks), path_lines(view, path)]
    words.avoid_path(field, view, path)
    words.avoid_zones(view, field, report)
    bar = words.scale_bar(view, field)
    discs = words.numbered_discs(view, field, report.timeline)
    ticks = words.minute_ticks(view, field, path, clock, sparse=narrow)
    words.site_label(view, field, report)
    words.zone_labels(view, field, report)
    words.place_labels(view, field, report.places, most=3)
    words.degree_labels(view, field, lines)
    words.area_labels(view, field)
    prefix = "overview-narrow" if narrow else "overview"
    title = f"Map of the path of {report.vehicle} from {report.site}"
    body = "".join([*under, *track, ticks, field.svg(), bar, discs])
    return MapDrawing(figure(prefix, view, title, overview_words(report, clock), body), view)


def near_map(report: PlanReport, clock: Clock, *, narrow: bool) -> str:
    """Return the map of the places most concerned, or an empty string if there are none."""
    rows = places_concerned(report.places)
    path = flight_path(report.tracks)
    if not rows:
        return ""
    points = near_content(rows, path)
    size = NEAR_NARROW if narrow else NEAR_WIDE
    view = fit_view(points, *size, padding=34, least_km=60)
    scale = "50m" if view.km_per_unit > 3 else "10m"
    field = LabelField(view.width, view.height)
    grid, lines = layers.graticule(view)
    under = [grid, layers.land(view, scale), layers.borders(view, scale), layers.places(view, report.places)]
    under += [
        band(view, report.band),
        layers.zones(view, report.announced),
        layers.fall_areas(view, report.drop_zones),
    ]
    words.avoid_path(field, view, path)
    words.avoid_zones(view, field, report)
    bar = words.scale_bar(view, field)
    words.block_places(view, field, rows)
    words.place_labels(view, field, rows, most=14, detailed=True)
    ticks = words.fine_ticks(view, field, path, clock)
    words.zone_labels(view, field, report)
    words.degree_labels(view, field, lines)
    words.area_labels(view, field)
    names = ", ".join(row.name_en or row.name for row in rows[:6])
    title = f"Larger map of the places most concerned: {names}"
    prefix = "near-narrow" if narrow else "near"
    body = "".join([*under, fall_lines(view, report.tracks), path_lines(view, path), ticks, field.svg(), bar])
    said = ["The table beside it lists the same places. The path is drawn with its 90 % band and the time."]
    return figure(prefix, view, title, said, body)


def figure(prefix: str, view: MapView, title: str, description: Sequence[str], body: str) -> str:
    """Return the SVG element round a map."""
    frame = f'<rect width="{number(view.width)}" height="{number(view.height)}"/>'
    clip = f'<defs><clipPath id="{prefix}-c">{frame}</clipPath></defs><g clip-path="url(#{prefix}-c)">'
    return element(
        "svg",
        f"{title_and_description(prefix, title, description)}{clip}{body}</g>",
        id=prefix,
        class_="fig",
        viewBox=f"0 0 {number(view.width)} {number(view.height)}",
        role="img",
        aria_labelledby=f"{prefix}-t",
        aria_describedby=f"{prefix}-d",
    )


def places_concerned(rows: Sequence[PlaceRow]) -> tuple[PlaceRow, ...]:
    """Return the place most likely overflown and those near it, most likely first."""
    ranked = sorted((row for row in rows if row.p_over > 0), key=lambda row: -row.p_over)
    if not ranked:
        return ()
    unit = unit_vectors(np.array([(row.longitude_deg, row.latitude_deg) for row in ranked]))
    close = unit @ unit[0] >= np.cos(NEAR_REACH_KM / AUTHALIC_RADIUS_KM)
    return tuple(row for row, near in zip(ranked, close.tolist(), strict=True) if near)[:14]


def near_content(rows: Sequence[PlaceRow], path: FlightPath) -> np.ndarray:
    """Return the points that the larger map must show: the places and the path beside them."""
    points = [(row.longitude_deg, row.latitude_deg) for row in rows]
    points += [point for row in rows[:4] for ring in row.rings for point in ring]
    if len(path):
        times = [row.closest_time_s for row in rows[:6] if row.closest_time_s is not None]
        points += [(float(lon), float(lat)) for lon, lat in path.at(times)] if times else []
    return np.array(points, dtype=float)


def band(view: MapView, ring: Sequence[LonLat]) -> str:
    """Return the 90 % band of ground tracks."""
    path = layers.cut(view, layers.zone_ring(view, ring))
    return element("path", class_="band", d=path) if path else ""


def track_path(view: MapView, lonlat_deg: np.ndarray) -> str:
    """Return path data of a line of positions within the frame."""
    xy = view.place(along_great_circles(lonlat_deg))
    pieces = clip_line(xy, *layers.corners(view))
    return "".join(line_path(simplified(piece, 0.2)) for piece in pieces)


def path_lines(view: MapView, path: FlightPath) -> str:
    """Return the path: solid as far as it was flown, dotted where it was only planned."""
    if len(path) < 2:
        return ""
    start, end = float(path.time_s[0]), float(path.time_s[-1])
    flown = path.flown_s if path.flown_s is not None else start
    parts: list[str] = []
    if flown < end - 1e-6 and (d := track_path(view, path.upto(flown, end).lonlat_deg)):
        parts.append(element("path", class_="case", d=d) + element("path", class_="plan", d=d))
    if flown > start and (d := track_path(view, path.upto(start, flown).lonlat_deg)):
        parts.append(element("path", class_="trk", d=d))
    return "".join(parts)


def fall_lines(view: MapView, tracks: Sequence[Track]) -> str:
    """Return the ground tracks of falling bodies as thin lines."""
    out: list[str] = []
    for track in tracks:
        if track.kind == "fall" and len(track.time_s) > 1:
            line = np.stack([track.longitude_deg, track.latitude_deg], axis=1)
            if d := track_path(view, line):
                out.append(element("path", class_="fall", d=d))
    return "".join(out)


def overview_words(report: PlanReport, clock: Clock) -> list[str]:
    """Return what the overview shows, in sentences: the numbered events and where the parts fall."""
    said = [
        f"{event.number}: {clock.local(event.time_s)} {clock.zone}, {event.title.rstrip('.,')}."
        for event in report.timeline
        if event.number is not None
    ]
    said += [f"{zone.body} falls round {lonlat_text(*zone.centre)}." for zone in report.drop_zones]
    said += [f"Announced: {zone.label}." for zone in report.announced]
    return [*said, "The timeline and the tables list the same content."]
