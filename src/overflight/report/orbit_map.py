"""Maps of a page about an orbit, as SVG."""

from __future__ import annotations

import numpy as np

from overflight.report import map_layers as layers
from overflight.report.labels import Box, LabelField, Spot, around
from overflight.report.orbit_values import OrbitMap
from overflight.report.projection import AUTHALIC_RADIUS_KM, EqualArea, MapView, along_great_circles
from overflight.report.svg import clip_line, element, line_path, number, title_and_description

__all__ = ["draw_map"]


def draw_map(drawing: OrbitMap, key: str, *, narrow: bool) -> str:
    """Return a map as SVG; ``key`` makes its names unique on the page."""
    width = 360.0 if narrow else 720.0
    height = 360.0 if narrow else 560.0
    edge_km = 2.0 * AUTHALIC_RADIUS_KM * np.sin(min(drawing.reach_km / 6371.0, np.radians(150.0)) / 2.0)
    view = MapView(
        EqualArea(*drawing.centre), width, height, 2.0 * float(edge_km) / (min(width, height) - 12.0)
    )
    scale = "10m" if drawing.reach_km < 400 else "50m"
    grid, _ = layers.graticule(view)
    parts = [layers.land(view, scale, smallest=0.8), _cells(drawing, view), layers.borders(view, scale), grid]
    for ring in drawing.rings:
        for piece in _visible(view, ring):
            parts += [element("path", class_="passing", d=line_path(piece))]
    for track in drawing.tracks:
        for piece in _visible(view, track):
            parts.append(element("path", class_="case", d=line_path(piece)))
            parts.append(element("path", class_="trk", stroke_width=2, d=line_path(piece)))
    parts.append(_words(drawing, view))
    said = [drawing.caption, *(mark.label for mark in drawing.marks)]
    prefix = f"{key}{'-narrow' if narrow else ''}"
    return element(
        "svg", "".join([title_and_description(prefix, drawing.title, said), *parts]), id=prefix, class_="fig",
        viewBox=f"0 0 {number(width)} {number(height)}", role="img",
        aria_labelledby=f"{prefix}-t", aria_describedby=f"{prefix}-d",
    )  # fmt: skip


def _visible(view: MapView, lonlat: tuple[tuple[float, float], ...]) -> list[np.ndarray]:
    """Return the pieces of a line inside the frame, without those near the antipode of the centre."""
    if len(lonlat) < 2:
        return []
    line = along_great_circles(np.array(lonlat))
    xy_km, cosine = view.projection.forward(line)
    facing = cosine > max(view.reach_cos, -0.9)
    runs = np.split(np.arange(len(line)), np.flatnonzero(np.diff(facing.astype(int)) != 0) + 1)
    low, high = (-10.0, -10.0), (view.width + 10.0, view.height + 10.0)
    xy = view.from_km(xy_km)
    return [
        piece for run in runs if facing[run[0]] and len(run) > 1 for piece in clip_line(xy[run], low, high)
    ]


def _cells(drawing: OrbitMap, view: MapView) -> str:
    out = []
    for cell in drawing.cells:
        shape = layers.cut(view, layers.zone_ring(view, cell.ring))
        style = f"fill:var(--computed);fill-opacity:{number(0.06 + 0.5 * cell.shade)}"
        out.append(element("path", d=shape, style=style))
    return "".join(out)


def _words(drawing: OrbitMap, view: MapView) -> str:
    field = LabelField(view.width, view.height, 2)
    out = []
    for mark in drawing.marks:
        x, y = view.place(np.array([mark.lonlat]))[0].tolist()
        if not view.holds(np.array([[x, y]]))[0]:
            continue
        radius = 5.0 if mark.kind == "satellite" else 3.5
        css = (
            "fill:var(--flight)" if mark.kind == "satellite" else "fill:var(--place);stroke:var(--place-line)"
        )
        out.append(element("circle", cx=x, cy=y, r=radius, style=css))
        field.block(Box(x - radius, y - radius, x + radius, y + radius))
    for mark in drawing.marks:
        x, y = view.place(np.array([mark.lonlat]))[0].tolist()
        if view.holds(np.array([[x, y]]))[0]:
            field.put([(mark.label, "b halo")], around(x, y, 8))
    for track, label in zip(drawing.tracks, drawing.track_labels, strict=True):
        pieces = _visible(view, track)
        if pieces and label:
            longest = max(pieces, key=len)
            inside = longest[view.holds(longest, 16.0)]
            for share in (0.2, 0.35, 0.5, 0.65, 0.8):
                if len(inside):
                    x, y = inside[int(share * (len(inside) - 1))].tolist()
                    if field.put([(label, "s tm halo")], around(x, y, 7)):
                        break
    for cell in drawing.cells:
        x, y = view.place(np.array([cell.middle]))[0].tolist()
        if view.holds(np.array([[x, y]]), 8.0)[0]:
            field.put([(cell.label, "s b")], [Spot(x, y, "middle")])
    return "".join(out) + field.svg()
