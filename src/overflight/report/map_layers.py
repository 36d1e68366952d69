"""The layers of a map, each a function from a view and values to SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from overflight.report.coast import Lines, atlas
from overflight.report.concern import LIKELY, POSSIBLE
from overflight.report.projection import AUTHALIC_RADIUS_KM, MapView, along_great_circles
from overflight.report.svg import clip_line, clip_ring, dots, element, line_path, ring_path, simplified
from overflight.report.values import AnnouncedZone, DropZone, LonLat, PlaceRow

__all__ = [
    "MARGIN",
    "borders",
    "fall_areas",
    "graticule",
    "graticule_step_deg",
    "land",
    "places",
    "visible_rings",
    "zone_ring",
    "zones",
]

MARGIN = 10.0
"""How far beyond the frame shapes are kept, so that no cut edge is seen."""
STEPS_DEG = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)


def corners(view: MapView) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the corners of the frame with its margin."""
    return (-MARGIN, -MARGIN), (view.width + MARGIN, view.height + MARGIN)


def visible_rings(
    view: MapView, lines: Lines, smallest: float = 0.0
) -> tuple[dict[int, np.ndarray], set[int]]:
    """Return the rings that reach into the frame, cut to it, by number, and which are inside out.

    Rings whose longer side is under ``smallest`` units are left out.

    A ring that holds the antipode of the centre comes out inside out, as a hole in land that is
    everywhere; it is known by an area of more than half the globe.
    """
    low, high = corners(view)
    chosen = np.array(lines.near(view.projection.axes()[2], view.reach_rad), dtype=int)
    if not len(chosen):
        return {}, set()
    mask = np.zeros(len(lines), dtype=bool)
    mask[chosen] = True
    counts = np.diff(lines.start)
    xy_km = view.projection.forward_directions(lines.directions[np.repeat(mask, counts)])[0]
    xy, first = view.from_km(xy_km), np.concatenate([[0], np.cumsum(counts[chosen])])
    least, most = np.minimum.reduceat(xy, first[:-1]), np.maximum.reduceat(xy, first[:-1])
    side = (most - least).max(axis=1)
    seen = np.asarray(((most >= low) & (least <= high)).all(axis=1)) & (side >= smallest)
    large = side > AUTHALIC_RADIUS_KM / view.km_per_unit
    inside = np.asarray(((least >= low) & (most <= high)).all(axis=1))
    found: dict[int, np.ndarray] = {}
    turned: set[int] = set()
    for i in np.flatnonzero(seen).tolist():
        ring = xy[first[i] : first[i + 1]]
        if large[i]:
            ring_km = round_the_edge(xy_km[first[i] : first[i + 1]])
            ring = view.from_km(ring_km)
            if ring_area(ring_km) > 2 * np.pi * AUTHALIC_RADIUS_KM**2:
                turned.add(int(chosen[i]))
        ring = ring[:-1] if inside[i] else clip_ring(ring, low, high)
        if len(ring) > 2:
            found[int(chosen[i])] = ring
    return found, turned & set(found)


def round_the_edge(xy_km: np.ndarray) -> np.ndarray:
    """Return a ring whose steps between points far out follow the circle, not the chord through the map."""
    radius, bearing = np.hypot(xy_km[:, 0], xy_km[:, 1]), np.arctan2(xy_km[:, 1], xy_km[:, 0])
    turn = (np.diff(bearing) + np.pi) % (2 * np.pi) - np.pi
    far = np.minimum(radius[:-1], radius[1:]) > 1.7 * AUTHALIC_RADIUS_KM
    jumps = np.flatnonzero(far & (np.abs(turn) > 0.3))
    if not len(jumps):
        return xy_km
    pieces, begin = [], 0
    for jump in jumps.tolist():
        share = np.linspace(0, 1, 2 + int(abs(turn[jump]) / 0.2))[1:-1]
        angle = bearing[jump] + share * turn[jump]
        reach = radius[jump] + share * (radius[jump + 1] - radius[jump])
        pieces += [xy_km[begin : jump + 1], np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)]
        begin = jump + 1
    return np.vstack([*pieces, xy_km[begin:]])


def ring_area(xy: np.ndarray) -> float:
    """Return the area inside a ring ``(n, 2)``."""
    x, y = xy.T
    last = x[-1] * y[0] - x[0] * y[-1]
    return float(abs(x[:-1] @ y[1:] - x[1:] @ y[:-1] + last) / 2)


def land(view: MapView, scale: str, smallest: float = 0.3) -> str:
    """Return all land in the frame as one path; islands of about a unit stay visible as specks."""
    rings, turned = visible_rings(view, atlas(scale).land, smallest)
    low, high = corners(view)
    parts = (
        [ring_path(np.array([low, (high[0], low[1]), high, (low[0], high[1])]))] if len(turned) % 2 else []
    )
    for ring in rings.values():
        least, most = ring.min(axis=0), ring.max(axis=0)
        if float((most - least).max()) < 1.2:
            x, y = (least + most) / 2
            ring = np.array([(x - 0.7, y), (x, y - 0.7), (x + 0.7, y), (x, y + 0.7)])
        elif len(ring) > 12:
            ring = simplified(np.vstack([ring, ring[:1]]), 0.25)
        parts.append(ring_path(ring))
    return element("path", class_="land", d="".join(parts)) if parts else ""


def borders(view: MapView, scale: str) -> str:
    """Return the lines between countries."""
    lines, (low, high) = atlas(scale).borders, corners(view)
    pieces: list[np.ndarray] = []
    for index in lines.near(view.projection.axes()[2], view.reach_rad):
        xy = view.from_km(view.projection.forward_directions(lines.directions[lines.part(index)])[0])
        pieces += clip_line(xy, low, high)
    path = "".join(line_path(simplified(piece, 0.3)) for piece in pieces)
    return element("path", class_="border", d=path) if path else ""


def graticule_step_deg(view: MapView) -> float:
    """Return the spacing of the graticule: about a fifth of the frame, at a round value."""
    span_deg = np.degrees(view.km_per_unit * min(view.width, view.height) / AUTHALIC_RADIUS_KM)
    return round_step(float(span_deg) / 3.5)


def round_step(wanted_deg: float) -> float:
    """Return the round spacing nearest to what is wanted."""
    return min(STEPS_DEG, key=lambda step: abs(np.log(step / wanted_deg)))


def graticule(view: MapView) -> tuple[str, list[tuple[str, np.ndarray]]]:
    """Return meridians and parallels, and each as ``(text, line (n, 2))`` for labels at the edge."""
    step = graticule_step_deg(view)
    lon, lat, polar = frame_range(view)
    middle = 75.0 if polar else min(abs(lat[0] + lat[1]) / 2, 80.0)
    lon_step = round_step(step / np.cos(np.radians(middle)))
    low_lat, high_lat = np.floor(lat[0] / step) * step, np.ceil(lat[1] / step) * step
    low_lon, high_lon = np.floor(lon[0] / lon_step) * lon_step, np.ceil(lon[1] / lon_step) * lon_step
    lats = np.arange(max(low_lat, -90), min(high_lat, 90) + 1e-9, min(step / 4, 1.0))
    lons = np.arange(low_lon, high_lon + 1e-9, min(lon_step / 4, 1.0))
    named = [
        (degrees_text(value, "N", "S"), np.stack([lons, np.full(len(lons), value)], axis=1))
        for value in np.arange(low_lat, high_lat + 1e-9, step)
        if abs(value) < 90
    ]
    for value in np.arange(low_lon, high_lon - (1e-9 if polar else -1e-9), lon_step):
        text = degrees_text((value + 180) % 360 - 180, "E", "W")
        own = lats if value % 90 == 0 else lats[np.abs(lats) <= 90 - step]
        named.append((text, np.stack([np.full(len(own), value), own], axis=1)))
    low, high = corners(view)
    drawn = [(text, piece) for text, line in named for piece in clip_line(view.place(line), low, high)]
    path = "".join(line_path(simplified(piece, 0.15)) for _, piece in drawn)
    return (element("path", class_="grid", d=path) if path else ""), drawn


def frame_range(view: MapView) -> tuple[tuple[float, float], tuple[float, float], bool]:
    """Return ranges of longitude and latitude in the frame and whether a pole is inside."""
    x, y = np.meshgrid(np.linspace(0, view.width, 25), np.linspace(0, view.height, 25))
    seen = view.locate(np.stack([x.ravel(), y.ravel()], axis=1))
    seen = seen[np.isfinite(seen).all(axis=1)]
    poles = view.holds(view.place(np.array([(0.0, 90.0), (0.0, -90.0)])))
    facing = view.projection.forward(np.array([(0.0, 90.0), (0.0, -90.0)]))[1] > view.reach_cos
    north, south = (bool(value) for value in poles & facing)
    centre = view.projection.longitude_deg
    turn = (seen[:, 0] - centre + 180) % 360 - 180
    lon = (centre + float(turn.min()), centre + float(turn.max()))
    if north or south or lon[1] - lon[0] > 300:
        lon = (-180.0, 180.0)
    low = -90.0 if south else float(seen[:, 1].min())
    high = 90.0 if north else float(seen[:, 1].max())
    return lon, (low, high), lon == (-180.0, 180.0)


def degrees_text(value: float, positive: str, negative: str) -> str:
    """Return a degree label: ``35° N``, ``0°``, ``180°``."""
    text = f"{abs(value):.1f}".removesuffix(".0")
    if text in ("0", "180"):
        return f"{text}°"
    return f"{text}° {positive if value > 0 else negative}"


def zone_ring(view: MapView, ring: Sequence[LonLat]) -> np.ndarray:
    """Return a ring of longitudes and latitudes on the drawing, its sides as great circles."""
    return view.place(along_great_circles(np.array(ring), closed=True)) if len(ring) > 2 else np.empty((0, 2))


def cut(view: MapView, xy: np.ndarray) -> str:
    """Return the path of a ring cut to the frame."""
    return ring_path(clip_ring(xy, *corners(view))) if len(xy) else ""


def places(view: MapView, rows: Iterable[PlaceRow]) -> str:
    """Return the places under the path: solid if likely, striped if possible, else as land."""
    out: list[str] = []
    for row in rows:
        if path := place_path(view, row):
            likely, possible = row.p_over >= LIKELY, row.p_over >= POSSIBLE
            fill = None if likely or not possible else "url(#stripe-place)"
            css = "p1" if likely else "p2" if possible else "p3"
            out.append(element("path", class_=css, fill=fill, d=path))
    return "".join(out)


def place_path(view: MapView, row: PlaceRow) -> str:
    """Return the rings of a place; specks are left out as long as something of it is seen."""
    rings = [np.array(ring) for ring in row.rings if len(ring) > 2]
    if not rings:
        return ""
    xy = view.place(np.concatenate(rings))
    if (xy.max(axis=0) < 0).any() or (xy.min(axis=0) > (view.width, view.height)).any():
        return ""
    parts = np.split(xy, np.cumsum([len(ring) for ring in rings])[:-1])
    sizes = [float(np.ptp(part, axis=0).max()) for part in parts]
    least = min(0.8, max(sizes))
    kept = (part for part, size in zip(parts, sizes, strict=True) if size >= least)
    return "".join(cut(view, simplified(part, 0.25) if len(part) > 12 else part) for part in kept)


def zones(view: MapView, announced: Iterable[AnnouncedZone]) -> str:
    """Return the announced zones, dashed and hatched."""
    paths = [cut(view, zone_ring(view, zone.ring)) for zone in announced]
    return "".join(
        element("path", class_="ann", fill="url(#hatch-announced)", d=path) for path in paths if path
    )


def fall_areas(view: MapView, drop_zones: Iterable[DropZone], *, most_dots: int = 160) -> str:
    """Return the computed areas with a share of the computed impacts as dots."""
    out: list[str] = []
    for zone in drop_zones:
        for css, ring in (("e90", zone.ring), ("e50", zone.ring_half)):
            if path := cut(view, zone_ring(view, ring)):
                out.append(element("path", class_=css, d=path))
        if zone.samples:
            spread = (
                np.linspace(0, len(zone.samples) - 1, min(most_dots, len(zone.samples))).round().astype(int)
            )
            xy = view.place(np.array(zone.samples)[spread])
            if path := dots(xy[view.holds(xy, 1.5)]):
                out.append(element("path", class_="dots", d=path))
    return "".join(out)
