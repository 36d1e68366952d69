"""What is written on a map, in order of weight: what comes first takes the best place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from overflight.report.clock import Clock
from overflight.report.coast import MapName, atlas, map_names, name_in
from overflight.report.flight_path import FlightPath
from overflight.report.labels import Box, LabelField, Spot, around, numbered_disc, split_label, text_width
from overflight.report.map_layers import ring_area, visible_rings, zone_ring
from overflight.report.projection import MapView, along_great_circles
from overflight.report.svg import element, number
from overflight.report.values import PlaceRow, PlanReport, TimelineEvent
from overflight.report.words import plain

if TYPE_CHECKING:
    from shapely import Geometry

__all__ = [
    "area_labels",
    "avoid_path",
    "avoid_zones",
    "block_places",
    "degree_labels",
    "fine_ticks",
    "minute_ticks",
    "numbered_discs",
    "place_labels",
    "scale_bar",
    "site_label",
    "zone_labels",
]

DISC = 10.0
"""Radius of a numbered disc in drawing units."""


def avoid_path(field: LabelField, view: MapView, path: FlightPath) -> None:
    """Tell the field where the path runs."""
    if len(path) > 1:
        times = np.linspace(path.time_s[0], path.time_s[-1], 800)
        xy = view.place(path.at(times))
        field.avoid(xy[view.holds(xy)])


def numbered_discs(view: MapView, field: LabelField, events: Iterable[TimelineEvent]) -> str:
    """Return the discs of numbered events; one that would cover another moves aside on a thin line."""
    out: list[str] = []
    for event in events:
        if event.number is None or event.longitude_deg is None or event.latitude_deg is None:
            continue
        x, y = view.place(np.array([(event.longitude_deg, event.latitude_deg)]))[0].tolist()
        if not view.holds(np.array([(x, y)]))[0]:
            continue
        out.append(numbered_disc(field, event.number, x, y, DISC))
    return "".join(out)


def minute_ticks(view: MapView, field: LabelField, path: FlightPath, clock: Clock, *, sparse: bool) -> str:
    """Return ticks at whole minutes of the clock, with the local time where there is room."""
    apart = 74.0 if sparse else 64.0
    return ticks(view, field, path, clock, (60.0, 120.0, 300.0, 600.0), apart, seconds=False)


def fine_ticks(view: MapView, field: LabelField, path: FlightPath, clock: Clock) -> str:
    """Return ticks for the larger map, down to every five seconds."""
    return ticks(view, field, path, clock, (5.0, 10.0, 20.0, 30.0, 60.0), 54.0, seconds=True)


def ticks(
    view: MapView,
    field: LabelField,
    path: FlightPath,
    clock: Clock,
    steps_s: Sequence[float],
    apart: float,
    *,
    seconds: bool,
) -> str:
    """Return ticks across the path; labels keep at least ``apart`` units from each other."""
    if len(path) < 2:
        return ""
    past = clock.seconds_past_minute()
    first = (np.floor((path.time_s[0] + past) / steps_s[0]) + 1) * steps_s[0] - past
    times = np.arange(first, path.time_s[-1], steps_s[0])
    xy = view.place(path.at(times))
    seen = view.holds(xy, 3)
    if seen.sum() < 1:
        return ""
    ahead = view.place(path.at(np.minimum(times + 1.0, path.time_s[-1])))
    behind = view.place(path.at(np.maximum(times - 1.0, path.time_s[0])))
    pace = np.median(np.hypot(*(ahead - behind)[seen].T)) / 2
    step = next((value for value in steps_s if pace * value >= (7 if not seconds else 26)), steps_s[-1])
    labelled = next((value for value in steps_s if pace * value >= apart and value % step == 0), steps_s[-1])
    parts: list[str] = []
    for time, here, tangent in zip(times[seen], xy[seen], (ahead - behind)[seen], strict=True):
        length = float(np.hypot(*tangent))
        if (time + past + 1e-6) % step > 2e-6 or length < 1e-9:
            continue
        normal = np.array([-tangent[1], tangent[0]]) / length
        written = (time + past + 1e-6) % labelled < 2e-6 and tick_label(
            field, here, normal, clock.local(time, seconds=seconds, day=False)
        )
        half = 6.0 if written else 3.5
        (x0, y0), (x1, y1) = (here - half * normal).tolist(), (here + half * normal).tolist()
        parts.append(f"M{number(x0)} {number(y0)}L{number(x1)} {number(y1)}")
    return element("path", class_="tick", d="".join(parts)) if parts else ""


def tick_label(field: LabelField, here: np.ndarray, normal: np.ndarray, text: str) -> bool:
    """Write the time beside a tick, on whichever side is free; return whether it was written."""
    spots: list[Spot] = []
    for side in (1.0, -1.0):
        for reach in (12.0, 20.0):
            x, y = (here + side * reach * normal).tolist()
            lean = float(side * normal[0])
            align = "start" if lean > 0.35 else "end" if lean < -0.35 else "middle"
            spots.append(Spot(x, y, align, reach / 20 + (0.0 if side > 0 else 0.4)))
    return field.put([(text, "tm")], spots, most=3.5)


def site_label(view: MapView, field: LabelField, report: PlanReport) -> None:
    """Write the name of the launch site beside it."""
    x, y = view.place(np.array([report.site_lonlat]))[0].tolist()
    spots = around(x, y, DISC + 5) + around(x, y, DISC + 26, cost=2)
    if not field.put([(report.site, "b")], spots):
        short = report.site.split(",")[0].split(" Satellite")[0]
        field.put([(short, "b")], spots, most=12)


def avoid_zones(view: MapView, field: LabelField, report: PlanReport) -> None:
    """Tell the field where zones lie, and that a label should rather not cover their dots."""
    for ring in [zone.ring for zone in report.announced] + [zone.ring for zone in report.drop_zones]:
        if len(ring) > 2:
            line = view.place(along_great_circles(np.array(ring), 0.1, closed=True))
            field.avoid(line[view.holds(line)])
    for zone in report.drop_zones:
        if zone.samples:
            field.avoid(view.place(np.array(zone.samples[:200])))


def zone_labels(view: MapView, field: LabelField, report: PlanReport) -> None:
    """Write what falls where: the body at its computed area, the announced zone where it has none."""
    joined = {zone.announced_key for zone in report.drop_zones}
    for zone in report.drop_zones:
        ring = zone_ring(view, zone.ring)
        lines = [(part, "mo") for part in split_label(zone.body)]
        lines.append((f"{100 * zone.containment:.0f} % of impacts", "s"))
        put_beside(view, field, lines, ring if len(ring) else view.place(np.array([zone.centre])))
    for zone in report.announced:
        if zone.key not in joined and len(zone.ring) > 2:
            put_beside(
                view, field, [(part, "am") for part in split_label(zone.label)], zone_ring(view, zone.ring)
            )


def put_beside(view: MapView, field: LabelField, lines: Sequence[tuple[str, str]], ring: np.ndarray) -> None:
    """Write lines beside a ring: at its sides first, then farther out with a leader."""
    seen = ring[view.holds(ring, -4)]
    if not len(seen):
        return
    (left, top), (right, bottom) = seen.min(axis=0).tolist(), seen.max(axis=0).tolist()
    spots: list[Spot] = []
    for share in (0.5, 0.3, 0.7, 0.1, 0.9):
        y = top + share * (bottom - top)
        level = seen[np.argsort(np.abs(seen[:, 1] - y))[: max(4, len(seen) // 12)]]
        for gap in (7.0, 20.0, 40.0, 64.0):
            east, west = float(level[:, 0].max()), float(level[:, 0].min())
            cost = abs(share - 0.5) + gap / 30
            spots.append(Spot(east + gap, y, "start", cost, (east, y) if gap > 7 else None))
            spots.append(Spot(west - gap, y, "end", cost, (west, y) if gap > 7 else None))
    middle = (left + right) / 2
    for gap in (6.0, 24.0):
        height = 7.0 * len(lines)
        spots.append(
            Spot(middle, top - gap - height, "middle", 1 + gap / 30, (middle, top) if gap > 6 else None)
        )
        spots.append(
            Spot(middle, bottom + gap + height, "middle", 1 + gap / 30, (middle, bottom) if gap > 6 else None)
        )
    if not field.put(lines, spots, most=12) and len(lines) > 1:
        field.put(lines[:-1], spots, most=20)


def place_labels(
    view: MapView, field: LabelField, rows: Iterable[PlaceRow], *, most: int, detailed: bool = False
) -> None:
    """Write the names of places, most likely first; the detailed map may lead a line to a name."""
    for row in sorted(rows, key=lambda row: -row.p_over)[:most]:
        if row.p_over <= 0:
            return
        point = view.place(np.array([(row.longitude_deg, row.latitude_deg)]))
        parts = [view.place(np.array(ring)) for ring in row.rings] or [point]
        xy = max(parts, key=lambda part: float(np.ptp(part, axis=0).max()))
        seen = xy[view.holds(xy, 2)]
        if not len(seen):
            continue
        (left, top), (right, bottom) = seen.min(axis=0).tolist(), seen.max(axis=0).tolist()
        x, y = float(np.clip(point[0, 0], left, right)), float(np.clip(point[0, 1], top, bottom))
        spots = [Spot(x, y, "middle", -0.5)] if min(right - left, bottom - top) > 60 else []
        spots += around(x, y, min(max(right - x, x - left), 40.0) + 4) + around(x, y, 8, cost=0.6)
        if detailed:
            far = around(x, y, 26, cost=2.2) + around(x, y, 44, cost=3.0)
            spots += [replace(spot, leader=(x, y)) for spot in far]
        css = "b" if detailed and row.p_over >= 0.25 else "pl"
        field.put([(row.name_en or row.name, css)], spots, most=4)


def block_places(view: MapView, field: LabelField, rows: Iterable[PlaceRow]) -> None:
    """Keep labels off small places, so that a name does not hide the island it names."""
    for row in rows:
        for ring in row.rings:
            xy = view.place(np.array(ring))
            (left, top), (right, bottom) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
            if max(right - left, bottom - top) < 40:
                field.block(Box(left, top, right, bottom))


def degree_labels(view: MapView, field: LabelField, lines: Iterable[tuple[str, np.ndarray]]) -> None:
    """Write latitudes along the left edge and longitudes along the lower one."""
    for text, line in lines:
        north_south = text[-1] in "NS"
        axis, at = (0, 30.0) if north_south else (1, view.height - 13)
        values = line[:, axis]
        crossing = np.flatnonzero(np.diff(np.sign(values - at)) != 0)
        if len(crossing) == 0:
            continue
        i = int(crossing[0])
        share = (at - values[i]) / (values[i + 1] - values[i])
        x, y = (line[i] + share * (line[i + 1] - line[i])).tolist()
        if north_south:
            field.put([(text, "geo")], [Spot(6.0, y - 7, "start"), Spot(6.0, y + 8, "start", 1)], most=2)
        else:
            field.put([(text, "geo")], [Spot(x + 4, y, "start"), Spot(x - 4, y, "end", 1)], most=2)


def area_labels(view: MapView, field: LabelField, language: str = "en") -> None:
    """Write seas, then countries, then islands, as far as there is room and they are the right size."""
    names = map_names()
    xy_km, cosine = view.projection.forward(
        np.array([(name.longitude_deg, name.latitude_deg) for name in names])
    )
    xy = view.from_km(xy_km)
    near = (cosine >= view.reach_cos) & view.holds(xy, -0.3 * view.width)
    seen = [(names[i], float(xy[i, 0]), float(xy[i, 1])) for i in np.flatnonzero(near).tolist()]
    written: set[str] = set()
    for kind, css in (("sea", "sea"), ("land", "lan")):
        if kind == "land":
            written.update(country_labels(view, field, language))
        for name, x, y in seen:
            own = replace(name, name=name_in(name.name, language))
            if name.kind == kind and own.name not in written and put_name(view, field, own, css, (x, y)):
                written.add(own.name)


def put_name(view: MapView, field: LabelField, name: MapName, css: str, at: tuple[float, float]) -> bool:
    """Write a name at or near its point, if the thing is neither too small nor far larger than the map."""
    (x, y), size, width = at, name.width_km / view.km_per_unit, text_width(name.name, css)
    if not 0.45 * width <= size <= 14 * view.width:
        return False
    reach = min(0.32 * size, 0.3 * view.width)
    spots = [Spot(x, y, "middle")]
    for part in (0.4, 0.75, 1.0):
        for turn in np.arange(8) * np.pi / 4:
            dx, dy = part * reach * float(np.cos(turn)), 0.7 * part * reach * float(np.sin(turn))
            spots.append(Spot(x + dx, y + dy, "middle", part))
    if css == "lan" and size < 1.4 * width:
        spots += around(x, y, 0.5 * size + 4, cost=0.3)
    parts = split_label(name.name, 16) if size < 1.6 * width else [name.name]
    return field.put([(part, css) for part in parts], spots, most=2.4)


def country_labels(view: MapView, field: LabelField, language: str = "en") -> Iterator[str]:
    """Write country names well inside the largest part of each that is seen; yield those written."""
    import shapely

    world = atlas("50m")
    rings, turned = visible_rings(view, world.countries, 22)
    owner = (
        np.searchsorted(world.country_rings, np.array(sorted(set(rings) - turned), dtype=int), side="right")
        - 1
    )
    largest: dict[int, np.ndarray] = {}
    for index, country in zip(sorted(set(rings) - turned), owner.tolist(), strict=True):
        if country not in largest or ring_area(rings[index]) > ring_area(largest[country]):
            largest[country] = rings[index]
    for country, ring in sorted(largest.items(), key=lambda item: -ring_area(item[1])):
        name = name_in(world.country_name[country], language)
        if ring_area(ring) < max(500.0, 7.0 * text_width(name, "lan")):
            break
        spots = inside_spots(view, shapely.buffer(shapely.Polygon(ring), 0))
        if field.put([(part, "lan") for part in split_label(name, 14)], spots, most=2.4):
            yield name


def inside_spots(view: MapView, shape: Geometry) -> list[Spot]:
    """Return points of a shape for a label, those farthest from its edge first."""
    import shapely

    left, top, right, bottom = shapely.bounds(shape).tolist()
    x, y = np.meshgrid(np.linspace(left, right, 13), np.linspace(top, bottom, 13))
    points = np.stack([x.ravel(), y.ravel()], axis=1)[shapely.contains_xy(shape, x.ravel(), y.ravel())]
    points = points[view.holds(points, 6)]
    if not len(points):
        return []
    depth = shapely.distance(shapely.points(points), shapely.boundary(shape))
    cost = 2 - 2 * depth / depth.max()
    return [
        Spot(float(points[i, 0]), float(points[i, 1]), "middle", float(cost[i]))
        for i in np.argsort(cost)[:40]
    ]


def scale_bar(view: MapView, field: LabelField) -> str:
    """Return a scale bar in the emptiest corner; true at the centre, within a few per cent elsewhere."""
    aim = 0.2 * view.width * view.km_per_unit
    power = 10.0 ** np.floor(np.log10(aim))
    length_km = float(max(part * power for part in (1, 2, 5) if part * power <= aim))
    length, edge = length_km / view.km_per_unit, 12.0
    lefts, bottoms = (view.width - edge - length, edge), (view.height - edge, edge + 20)
    corners = [
        (left, y, Box(left - 14, y - 24, left + length + 14, y + 12)) for y in bottoms for left in lefts
    ]
    left, y, box = min(corners, key=lambda corner: field.crossings(corner[2].grown(12)))
    field.block(box)
    d = f"M{number(left)} {number(y - 4)}v4h{number(length)}v-4"
    middle = left + length / 2
    text = element("text", f"{plain(length_km)} km", class_="halo s", x=middle, y=y - 7, text_anchor="middle")
    return element("path", class_="scale-halo", d=d) + element("path", class_="scale", d=d) + text
