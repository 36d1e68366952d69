"""Maps and charts of a page about an orbit, as SVG."""

from __future__ import annotations

from html import escape

import numpy as np

from overflight.report import map_layers as layers
from overflight.report.labels import Box, LabelField, Spot, around
from overflight.report.orbit_values import OrbitChart, OrbitMap
from overflight.report.projection import AUTHALIC_RADIUS_KM, EqualArea, MapView, along_great_circles
from overflight.report.svg import clip_line, element, line_path, number, ring_path, title_and_description

__all__ = ["draw_chart", "draw_map"]

ROOM = 40.0
"""So far apart (px) two lines leave room for a label between them."""


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


def draw_chart(chart: OrbitChart, key: str, *, narrow: bool) -> str:
    """Return a chart as SVG."""
    width, height = (360.0, 250.0) if narrow else (720.0, 320.0)
    left, right, top, bottom = 52.0, width - 10.0, 26.0, height - 46.0
    x = np.concatenate([np.array(c.x, float) for c in chart.curves])
    y = np.concatenate([np.array([*c.y, *c.band], float) for c in chart.curves])
    x = np.log10(x) if chart.log_x else x
    x0, x1 = float(x.min()), float(x.max())
    y_ticks = _ticks(float(np.nanmin(y)), float(np.nanmax(y)))
    y0, y1 = min(y_ticks[0], float(np.nanmin(y))), max(y_ticks[-1], float(np.nanmax(y)))

    def place(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
        xs = np.log10(xs) if chart.log_x else xs
        return np.stack(
            [
                left + (right - left) * (xs - x0) / max(x1 - x0, 1e-12),
                bottom - (bottom - top) * (ys - y0) / max(y1 - y0, 1e-12),
            ],
            axis=1,
        )

    parts = [element("text", escape(chart.y_label), class_="s b", x=2.0, y=12.0)]
    for tick in y_ticks:
        level = float(place(np.array([1.0]), np.array([tick]))[0, 1])
        parts.append(element("path", class_="rule", d=f"M{number(left)} {number(level)}H{number(right)}"))
        parts.append(element("text", f"{tick:g}", class_="s", x=left - 6, y=level + 4, text_anchor="end"))
    for tick in _x_ticks(chart, x0, x1, narrow):
        at = float(place(np.array([tick]), np.array([y0]))[0, 0])
        parts.append(element("path", class_="axis", d=f"M{number(at)} {number(bottom)}v5"))
        anchor = "end" if at > right - 12 else "start" if at < left + 12 else "middle"
        parts.append(element("text", f"{tick:g}", class_="s", x=at, y=bottom + 19, text_anchor=anchor))
    parts.append(element("text", escape(chart.x_label), class_="s", x=right, y=height - 8, text_anchor="end"))
    field = LabelField(width, height, 2)
    lines = [place(np.array(c.x, float), np.array(c.y, float)) for c in chart.curves]
    for index, curve in enumerate(chart.curves):
        xy = place(np.array(curve.x, float), np.array(curve.y, float))
        if curve.band:
            other = place(np.array(curve.x, float), np.array(curve.band, float))
            parts.append(element("path", class_="band", d=ring_path(np.vstack([xy, other[::-1]]))))
        dash = (None, "6 3", "2 3", "8 2 2 2")[index % 4]
        css = "trk" if index % 2 == 0 else "fall-curve"
        parts.append(element("path", class_=css, stroke_width=1.8, stroke_dasharray=dash, d=line_path(xy)))
        for px, py in _apart(xy, [line for i, line in enumerate(lines) if i != index]):
            if curve.label and field.put([(curve.label, "s b halo")], around(px, py, 7)):
                break
    prefix = f"{key}{'-narrow' if narrow else ''}"
    body = title_and_description(prefix, chart.title, [chart.caption]) + "".join(parts) + field.svg()
    return element(
        "svg", body, id=prefix, class_="fig plain", viewBox=f"0 0 {number(width)} "
        f"{number(height)}", role="img",
        aria_labelledby=f"{prefix}-t", aria_describedby=f"{prefix}-d",
    )  # fmt: skip


def _apart(own: np.ndarray, others: list[np.ndarray]) -> list[list[float]]:
    """Return points of a line for its label: first where it lies apart from the others, near 0.7 of it."""
    rows = np.unique(np.linspace(0, len(own) - 1, 21).round().astype(int)[1:-1])
    gaps = np.full(len(rows), ROOM)
    for other in others:
        order = np.argsort(other[:, 0])
        level = np.interp(own[rows, 0], other[order, 0], other[order, 1])
        gaps = np.minimum(gaps, np.abs(own[rows, 1] - level))
    order = np.lexsort((np.abs(rows / max(len(own) - 1, 1) - 0.7), -gaps))
    return own[rows[order]].tolist()


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    if high <= low:
        high = low + 1.0
    raw = (high - low) / most
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw)
    return [round(float(v), 10) for v in np.arange(np.floor(low / step), np.ceil(high / step) + 0.5) * step]


def _x_ticks(chart: OrbitChart, x0: float, x1: float, narrow: bool) -> list[float]:
    if chart.log_x:
        values = [m * 10.0**p for p in range(int(np.floor(x0)), int(np.ceil(x1)) + 1) for m in (1, 2, 5)]
        return [v for v in values if 10**x0 * 0.999 <= v <= 10**x1 * 1.001]
    return [t for t in _ticks(x0, x1, 4 if narrow else 8) if x0 - 1e-9 <= t <= x1 + 1e-9]
