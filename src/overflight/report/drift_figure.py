"""The picture of a search at sea: where a part fell, and where it may float hour by hour, on one map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from overflight.report import map_labels as words
from overflight.report import map_layers as layers
from overflight.report.labels import LabelField, Spot
from overflight.report.map_figure import figure
from overflight.report.projection import fit_view
from overflight.report.svg import element, number

__all__ = ["DriftArea", "drift_figure"]

LonLat = tuple[float, float]
_STYLE = """
svg { --sea:#dde8eb; --land:#fbf9f3; --coast:#82908e; --border:#a9b1ae; --grid:#c6d4d8; --sea-ink:#46616d;
 --ink:#16202a; --paper:#f7f6f2; font-family:-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;
 font-size:12px; background:var(--sea) }
text { fill:var(--ink) } .sea { font-size:12px; fill:var(--sea-ink); font-style:italic; letter-spacing:.05em }
.geo,.lan,.s { font-size:11px } .geo { fill:var(--sea-ink); letter-spacing:.03em } .b { font-weight:700 }
.halo { paint-order:stroke; stroke:var(--sea); stroke-width:3px; stroke-linejoin:round }
.land { fill:var(--land); fill-rule:evenodd; stroke:var(--coast); stroke-width:.6; stroke-linejoin:round }
.border { fill:none; stroke:var(--border); stroke-width:.7 } .grid { fill:none; stroke:var(--grid);
stroke-width:.7 } .scale { fill:none; stroke:var(--ink); stroke-width:1.4 } .scale-halo { fill:none;
stroke:var(--sea); stroke-width:4 } .sunk { fill:#16202a; fill-opacity:.10; stroke:#16202a; stroke-width:1.4;
stroke-dasharray:5 3 } .sunk.half { fill-opacity:.14; stroke-width:.9 }
.afloat { fill:#a83707; fill-opacity:.07; stroke:#a83707; stroke-width:1.5 }
.afloat.half { fill-opacity:.16; stroke-width:.8 } .foot { fill:var(--paper) }
"""
_WIDTH, _FOOT = 900.0, 98.0


@dataclass(frozen=True, slots=True)
class DriftArea:
    """An area with its label; rings (longitude, latitude) hold 90 and 50 %."""

    label: str
    sunk: bool
    ring: tuple[LonLat, ...]
    half_ring: tuple[LonLat, ...]


def drift_figure(title: str, areas: Sequence[DriftArea], notes: Sequence[str]) -> str:
    """Return a whole SVG file with the areas, their legend and what must be said beside them."""
    points = np.array([point for area in areas for point in area.ring])
    view = fit_view(points, _WIDTH, (420, 760), padding=60)
    field = LabelField(view.width, view.height)
    bar = words.scale_bar(view, field)
    grid, lines = layers.graticule(view)
    words.degree_labels(view, field, lines)
    drawn = []
    for area in areas:
        css = "sunk" if area.sunk else "afloat"
        for ring, half in ((area.ring, ""), (area.half_ring, " half")):
            drawn.append(element("path", class_=css + half, d=layers.cut(view, layers.zone_ring(view, ring))))
        _label(view, field, area)
    words.area_labels(view, field)
    ground = grid + layers.land(view, "50m" if view.km_per_unit > 1.2 else "10m")
    said = f"{title}. " + " ".join(notes)
    svg = figure("drift", view, title, [said], ground + "".join(drawn) + field.svg() + bar)
    return _with_foot(svg, view.height, title, notes)


def _label(view, field: LabelField, area: DriftArea) -> None:  # noqa: ANN001
    xy = layers.zone_ring(view, area.ring)
    spots = []
    for index, cost in (
        (int(np.argmin(xy[:, 1])), 0.0),
        (int(np.argmax(xy[:, 0])), 1.0),
        (int(np.argmax(xy[:, 1])), 2.0),
    ):
        x, y = (float(v) for v in xy[index])
        away = (0.0, -10.0) if cost == 0.0 else (8.0, 0.0) if cost == 1.0 else (0.0, 12.0)
        spots.append(Spot(x + away[0], y + away[1], "start" if cost == 1.0 else "middle", cost))
    field.put([(area.label, "b")], spots)


def _with_foot(svg: str, height: float, title: str, notes: Sequence[str]) -> str:
    """Return the map as a file of its own, with title, legend and notes below it."""
    whole, size = height + _FOOT, f'width="{number(_WIDTH)}" height="{number(_FOOT)}"'
    signs = (
        f'<g transform="translate(12 {number(height)})"><rect x="-12" {size} class="foot"/>'
        f'<text y="18" class="b">{escape(title)}</text>'
        '<rect y="26" width="22" height="11" class="sunk"/>'
        '<text x="28" y="36">on the bottom, where it came down</text>'
        '<rect x="250" y="26" width="22" height="11" class="afloat"/>'
        '<text x="278" y="36">afloat after the hours written; outer line 90 %, inner 50 %</text>'
    )
    lines = "".join(
        f'<text y="{52 + 14 * i}" class="s">{escape(note)}</text>' for i, note in enumerate(notes[:3])
    )
    head, _, rest = svg.partition(">")
    head = head.replace(
        f'viewBox="0 0 {number(_WIDTH)} {number(height)}"', f'viewBox="0 0 {number(_WIDTH)} {number(whole)}"'
    ).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    body = rest.removesuffix("</svg>")
    return f"{head}><style>{_STYLE}</style>{body}{signs}{lines}</g></svg>\n"
