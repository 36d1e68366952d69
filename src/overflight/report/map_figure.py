"""The maps of a plan: the whole path, and the places most concerned at larger scale.

Each map is drawn twice, for a wide page and for a phone, because labels that fit one do not fit the
other.  The text beside the map (timeline, table of places) says the same as the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from overflight.report import map_labels as words
from overflight.report import map_layers as layers
from overflight.report.clock import Clock
from overflight.report.concern import place_groups
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

__all__ = ["MapDrawing", "far_map", "near_map", "overview_is_wide", "overview_map"]

PATH_LIMIT_KM = 7000.0
"""How far along a path the map reaches if nothing on the way says where to end."""


class Size(NamedTuple):
    """Width of a drawing and the range of its height, in drawing units."""

    width: float
    heights: tuple[float, float]


TALL, WIDE, NARROW = Size(520, (460, 900)), Size(1000, (400, 640)), Size(360, (330, 620))
NEAR_WIDE, NEAR_NARROW = Size(460, (400, 480)), Size(360, (330, 400))
FAR_WIDE, FAR_NARROW = Size(460, (330, 620)), Size(360, (300, 520))


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """A finished map: SVG text, its view for what is laid over it later, and the bodies it cuts off."""

    svg: str
    view: MapView
    cut_off: tuple[str, ...] = ()


def map_content(report: PlanReport) -> np.ndarray:
    """Return the points ``(n, 2)`` that the overview must show.

    What is planned decides how far the map reaches.  The path, and what falls only after a failure,
    may go on a little farther; a fall over half the globe must not shrink everything else.
    """
    core: list[LonLat] = [report.site_lonlat, *(point for zone in report.announced for point in zone.ring)]
    core += [point for zone in report.drop_zones if zone.planned for point in zone.ring or (zone.centre,)]
    core += [
        (event.longitude_deg, event.latitude_deg)
        for event in report.timeline
        if event.number is not None and event.longitude_deg is not None and event.latitude_deg is not None
    ]
    path = flight_path(report.tracks)
    rest = [(float(lon), float(lat)) for lon, lat in path.lonlat_deg]
    rest += [point for zone in report.drop_zones if not zone.planned for point in zone.ring]
    reach_km = float(distances_km(report.site_lonlat, core).max())
    limit_km = 1.2 * reach_km + 150 if reach_km > 50 else PATH_LIMIT_KM
    near = distances_km(report.site_lonlat, rest) <= limit_km
    return np.array([*core, *(point for point, close in zip(rest, near.tolist(), strict=True) if close)])


def distances_km(start: LonLat, points: Sequence[LonLat]) -> np.ndarray:
    """Return distances ``(n,)`` on the sphere from a point."""
    cosine = unit_vectors(np.array(points, dtype=float)) @ unit_vectors(np.array([start]))[0]
    return AUTHALIC_RADIUS_KM * np.arccos(np.clip(cosine, -1, 1))


def overview_is_wide(report: PlanReport) -> bool:
    """Return whether the path lies more east-west than north-south, so that its map takes the full page."""
    view = fit_view(map_content(report), 1000, (1, 1e6))
    return view.height < 850


def overview_map(report: PlanReport, clock: Clock, *, narrow: bool) -> MapDrawing:
    """Return the map of the whole path."""
    size = NARROW if narrow else WIDE if overview_is_wide(report) else TALL
    view = fit_view(map_content(report), *size, padding=30 if narrow else 40)
    scale = "50m" if view.km_per_unit > 1.2 else "10m"
    path, field = flight_path(report.tracks), LabelField(view.width, view.height)
    words.avoid_path(field, view, path)
    words.avoid_zones(view, field, report)
    bar = words.scale_bar(view, field)
    discs = words.numbered_discs(view, field, report.timeline)
    ticks = words.minute_ticks(view, field, path, clock, sparse=narrow)
    words.site_label(view, field, report)
    words.zone_labels(view, field, report)
    likeliest = [row for group in place_groups(report.places) for row in group[:2]]
    words.place_labels(view, field, likeliest, most=4)
    ground = draw_ground(report, view, scale, field)
    prefix = "overview-narrow" if narrow else "overview"
    title = f"Map of the path of {report.vehicle} from {report.site}"
    body = "".join([ground, path_lines(view, path), ticks, field.svg(), bar, discs])
    svg = figure(prefix, view, title, overview_words(report, clock), body)
    return MapDrawing(svg, view, cut_off(report, view))


def near_map(report: PlanReport, clock: Clock, rows: Sequence[PlaceRow], number: int, *, narrow: bool) -> str:
    """Return the larger map of a group of places; ``number`` tells several apart."""
    path = flight_path(report.tracks)
    size = NEAR_NARROW if narrow else NEAR_WIDE
    view = fit_view(near_content(rows, path), *size, padding=34, least_km=60)
    scale = "50m" if view.km_per_unit > 3 else "10m"
    field = LabelField(view.width, view.height)
    words.avoid_path(field, view, path)
    words.avoid_zones(view, field, report)
    bar = words.scale_bar(view, field)
    words.block_places(view, field, rows)
    words.place_labels(view, field, rows, most=14, detailed=True)
    ticks = words.fine_ticks(view, field, path, clock)
    words.zone_labels(view, field, report)
    ground = draw_ground(report, view, scale, field)
    names = ", ".join(row.name_en or row.name for row in rows[:6])
    body = "".join([ground, path_lines(view, path), ticks, field.svg(), bar])
    said = ["The table beside it lists the same places. The path is drawn with its 90 % band and the time."]
    prefix = f"near-{number}-narrow" if narrow else f"near-{number}"
    return figure(prefix, view, f"Larger map of {names}", said, body)


def far_map(report: PlanReport, *, narrow: bool) -> str:
    """Return the map of everything that may fall, however far away."""
    points = [report.site_lonlat]
    points += [point for zone in report.drop_zones for point in zone.ring or (zone.centre,)]
    view = fit_view(np.array(points), *(FAR_NARROW if narrow else FAR_WIDE), padding=26)
    path, field = flight_path(report.tracks), LabelField(view.width, view.height)
    words.avoid_path(field, view, path)
    words.avoid_zones(view, field, report)
    bar = words.scale_bar(view, field)
    words.site_label(view, field, report)
    words.zone_labels(view, field, report)
    ground = draw_ground(replace(report, places=()), view, "50m", field, smallest=1.0)
    body = "".join([ground, path_lines(view, path), field.svg(), bar])
    said = ["The table lists the same areas."]
    prefix = "far-narrow" if narrow else "far"
    return figure(prefix, view, "Map of all areas where parts may fall", said, body)


def draw_ground(
    report: PlanReport, view: MapView, scale: str, field: LabelField, *, smallest: float = 0.3
) -> str:
    """Return everything under the path, and write the names that still find room."""
    grid, lines = layers.graticule(view)
    words.degree_labels(view, field, lines)
    words.area_labels(view, field)
    parts = [
        grid,
        layers.land(view, scale, smallest),
        layers.borders(view, scale),
        layers.places(view, report.places),
    ]
    parts += [band(view, report.band), layers.zones(view, report.announced)]
    return "".join([*parts, layers.fall_areas(view, report.drop_zones), fall_lines(view, report.tracks)])


def cut_off(report: PlanReport, view: MapView) -> tuple[str, ...]:
    """Return the bodies whose area goes on beyond a map."""
    return tuple(
        zone.body
        for zone in report.drop_zones
        if len(zone.ring) > 2 and not view.holds(layers.zone_ring(view, zone.ring), -4).all()
    )


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
