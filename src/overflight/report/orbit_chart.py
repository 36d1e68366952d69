"""Charts of a page about an orbit, as SVG: curves over one quantity, named above the plot."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from overflight.report.labels import text_width
from overflight.report.orbit_values import Curve, OrbitChart
from overflight.report.svg import element, line_path, number, ring_path, title_and_description

__all__ = ["draw_chart"]

DASHES = (None, "6 3", "2 3", "8 2 2 2")
ROW, SAMPLE = 17.0, 24.0
"""Height of a row of names, and length of the piece of line before each (px)."""


def draw_chart(chart: OrbitChart, key: str, *, narrow: bool) -> str:
    """Return a chart as SVG."""
    width, height = (360.0, 250.0) if narrow else (720.0, 320.0)
    left, right = 52.0, width - 10.0
    names, rows = _names(chart.curves, left, right)
    height += ROW * rows
    top, bottom = 26.0 + (ROW + 4.0) * rows, height - 46.0
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

    parts = [element("text", escape(chart.y_label), class_="s b", x=2.0, y=12.0), names]
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
    for index, curve in enumerate(chart.curves):
        xy = place(np.array(curve.x, float), np.array(curve.y, float))
        if curve.band:
            other = place(np.array(curve.x, float), np.array(curve.band, float))
            parts.append(element("path", class_="band", d=ring_path(np.vstack([xy, other[::-1]]))))
        parts.append(_line(index, line_path(xy)))
    prefix = f"{key}{'-narrow' if narrow else ''}"
    body = title_and_description(prefix, chart.title, [chart.caption]) + "".join(parts)
    return element(
        "svg", body, id=prefix, class_="fig plain", viewBox=f"0 0 {number(width)} "
        f"{number(height)}", role="img",
        aria_labelledby=f"{prefix}-t", aria_describedby=f"{prefix}-d",
    )  # fmt: skip


def _line(index: int, d: str) -> str:
    """Return a curve, told from the others by colour and dashes."""
    css = "trk" if index % 2 == 0 else "fall-curve"
    return element("path", class_=css, stroke_width=1.8, stroke_dasharray=DASHES[index % 4], d=d)


def _names(curves: Sequence[Curve], left: float, right: float) -> tuple[str, int]:
    """Return the names of curves with a piece of each, in rows, and how many rows those are."""
    parts, x, row = [], left, 0
    for index, curve in enumerate(curves):
        if not curve.label:
            continue
        wide = SAMPLE + 6.0 + text_width(curve.label, "s b") + 14.0
        if x > left and x + wide > right:
            x, row = left, row + 1
        y = 30.0 + ROW * row
        parts.append(_line(index, f"M{number(x)} {number(y - 4.0)}h{number(SAMPLE)}"))
        parts.append(element("text", escape(curve.label), class_="s b", x=x + SAMPLE + 6.0, y=y))
        x += wide
    return "".join(parts), row + 1 if parts else 0


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
