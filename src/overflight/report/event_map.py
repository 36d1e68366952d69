"""The map of a live event: the warned area, the path with its band, and where the rocket is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from markupsafe import Markup

from overflight.report import map_labels as labels
from overflight.report import map_layers as layers
from overflight.report.labels import LabelField, around
from overflight.report.projection import MapView, along_great_circles, fit_view
from overflight.report.svg import clip_line, element, line_path, number, simplified, title_and_description
from overflight.warning.alert import LonLat, Ring

BAND = 1.645
"""Half-width of the 90 % band of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A point of the path; ``cross_sigma_m`` is its 1-sigma half-width across."""

    lonlat: LonLat
    cross_sigma_m: float = 0.0
    is_measured: bool = False


@dataclass(frozen=True, slots=True)
class MapWords:
    """What a map is called and shows, in words; ``now`` labels the last measured point.

    ``language`` is the tag of the names of countries and seas on it.
    """

    prefix: str
    title: str
    description: str
    now: str = ""
    language: str = "en"


def event_maps(
    rings: Sequence[Ring], path: Sequence[MapPoint], words: MapWords, *, whole_path: bool = False
) -> Markup:
    """Return the map for wide pages and for phones, each shown where it belongs; "" if there is nothing.

    The newest are kept: everybody who looks at an event sees the same map.
    """
    return _event_maps(tuple(rings), tuple(path), words, whole_path)


@lru_cache(maxsize=32)
def _event_maps(
    rings: tuple[Ring, ...], path: tuple[MapPoint, ...], words: MapWords, whole_path: bool
) -> Markup:
    wide, narrow = (event_map(rings, path, words, whole_path=whole_path, narrow=n) for n in (False, True))
    both = f'<div class="only-wide">{wide}</div><div class="only-narrow">{narrow}</div>'
    return Markup(both if wide else "")


def event_map(
    rings: Sequence[Ring],
    path: Sequence[MapPoint],
    words: MapWords,
    *,
    whole_path: bool = False,
    narrow: bool = False,
) -> str:
    """Return the map as SVG; "" if there is nothing to show.

    Parameters
    ----------
    rings : the warned area
    path : in order; measured points are drawn solid, the others dotted
    whole_path : show all of the path, not only the area
    narrow : draw for a phone, where the same letters take more of the map
    """
    core = [point for ring in rings for point in ring]
    core += [one.lonlat for one in path] if whole_path or not core else []
    if not core:
        return ""
    heights = (420.0, 620.0) if whole_path else (300.0, 460.0)
    width, padding = (340, 30) if narrow else (520, 46)
    view = fit_view(np.array(core), width, heights, padding=padding, least_km=260)
    field = LabelField(view.width, view.height)
    bar = labels.scale_bar(view, field)
    grid, lines = layers.graticule(view)
    labels.degree_labels(view, field, lines)
    now = _now(view, field, path, words.now)
    labels.area_labels(view, field, words.language)
    scale = "50m" if view.km_per_unit > 1.2 else "10m"
    areas = (layers.cut(view, layers.zone_ring(view, ring)) for ring in rings)
    body = [grid, layers.land(view, scale), layers.borders(view, scale), _band(view, path)]
    body += [element("path", class_="warned", d=area) for area in areas if area]
    body += [_lines(view, path), now, field.svg(), bar]
    frame = f'<rect width="{number(view.width)}" height="{number(view.height)}"/>'
    name = f"{words.prefix}{'-narrow' if narrow else ''}"
    clip = f'<defs><clipPath id="{name}-c">{frame}</clipPath></defs><g clip-path="url(#{name}-c)">'
    return element(
        "svg",
        f"{title_and_description(name, words.title, [words.description])}{clip}{''.join(body)}</g>",
        id=name,
        class_="fig",
        viewBox=f"0 0 {number(view.width)} {number(view.height)}",
        role="img",
        aria_labelledby=f"{name}-t",
        aria_describedby=f"{name}-d",
    )


def _line(view: MapView, points: Sequence[MapPoint]) -> str:
    if len(points) < 2:
        return ""
    xy = view.place(along_great_circles(np.array([one.lonlat for one in points])))
    return "".join(line_path(simplified(piece, 0.2)) for piece in clip_line(xy, *layers.corners(view)))


def _lines(view: MapView, path: Sequence[MapPoint]) -> str:
    """Return the path: solid as far as it was measured, dotted where it is predicted."""
    measured = [one for one in path if one.is_measured]
    ahead = [*measured[-1:], *(one for one in path if not one.is_measured)]
    out = ""
    if d := _line(view, ahead):
        out += element("path", class_="case", d=d) + element("path", class_="plan", d=d)
    if d := _line(view, measured):
        out += element("path", class_="trk", d=d)
    return out


def _band(view: MapView, path: Sequence[MapPoint]) -> str:
    """Return the 90 % band round the path, as wide on the drawing as it is across."""
    if len(path) < 2 or not any(one.cross_sigma_m for one in path):
        return ""
    xy = view.place(np.array([one.lonlat for one in path]))
    along = np.gradient(xy, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.maximum(
        np.linalg.norm(along, axis=1, keepdims=True), 1e-9
    )
    half = np.array([BAND * one.cross_sigma_m / 1000.0 / view.km_per_unit for one in path])[:, None]
    ring = np.vstack([xy + half * across, (xy - half * across)[::-1]])
    path_data = layers.cut(view, ring)
    return element("path", class_="band", d=path_data) if path_data else ""


def _now(view: MapView, field: LabelField, path: Sequence[MapPoint], text: str) -> str:
    measured = [one for one in path if one.is_measured]
    if not text or not measured:
        return ""
    x, y = view.place(np.array([measured[-1].lonlat]))[0].tolist()
    field.put([(text, "tm")], around(x, y, 14))
    return element("circle", class_="now", cx=x, cy=y, r=9.0) + element(
        "circle", class_="now dot", cx=x, cy=y, r=4.0
    )
