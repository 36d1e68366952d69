"""The drawings of a bulletin: map, height against distance, residuals, what was learned."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from overflight.report import map_labels as labels
from overflight.report import map_layers as layers
from overflight.report.bulletin_values import Bulletin, FallRow
from overflight.report.bulletin_words import Talk
from overflight.report.flight_path import FlightPath
from overflight.report.labels import LabelField, around
from overflight.report.map_figure import figure, path_lines
from overflight.report.projection import MapView, along_great_circles, fit_view
from overflight.report.svg import dots, element, line_path, number, ring_path, title_and_description
from overflight.report.words import plain

__all__ = ["bulletin_map", "learned_chart", "profile", "residual_chart"]

_SHARE_SHOWN = 0.2


def _path(b: Bulletin) -> FlightPath:
    lonlat = np.stack([b.path.longitude_deg, b.path.latitude_deg], axis=1)
    flown = min(b.path.flown_s, b.path.time_s[-1])
    return FlightPath(np.array(b.path.time_s), lonlat, np.array(b.path.altitude_km), flown)


def bulletin_map(talk: Talk, *, narrow: bool, prefix: str = "map") -> str:
    """Return the map of path, announced zones and computed falls."""
    b = talk.bulletin
    falls = [row for row in b.falls if row.probability >= _SHARE_SHOWN]
    path = _path(b)
    view = fit_view(
        _content(b, falls, path), *((360, (330, 620)) if narrow else (520, (420, 860))), padding=30
    )
    field = LabelField(view.width, view.height)
    labels.avoid_path(field, view, path)
    bar = labels.scale_bar(view, field)
    x, y = view.place(np.array([b.site_lonlat]))[0].tolist()
    field.put([(b.site.split(",")[0].split(" (")[0], "b")], around(x, y, 12.0), most=12)
    ticks = labels.minute_ticks(view, field, path, talk.clock, sparse=narrow)
    for row in falls:
        _fall_label(talk, view, field, row)
    grid, lines = layers.graticule(view)
    labels.degree_labels(view, field, lines)
    labels.area_labels(view, field, talk.language)
    scale = "50m" if view.km_per_unit > 1.2 else "10m"
    ground = [grid, layers.land(view, scale), layers.borders(view, scale), layers.places(view, b.places)]
    drawn = [*ground, layers.zones(view, b.announced), *(_fall_area(view, row) for row in falls)]
    site = element("circle", class_="site", cx=x, cy=y, r=4)
    body = "".join([*drawn, path_lines(view, path), ticks, site, field.svg(), bar])
    said = [talk("map_words"), *(talk.fall("a_where_if", row) for row in falls)]
    return figure(
        f"{prefix}-{'narrow' if narrow else 'wide'}-{talk.language}", view, talk("map_title"), said, body
    )


def _content(b: Bulletin, falls: Iterable[FallRow], path: FlightPath) -> np.ndarray:
    """Return what the map must show; a fall strewn over half the globe is shown in its inner half."""
    points = [b.site_lonlat, *(p for zone in b.announced for p in zone.ring)]
    points += [(float(lon), float(lat)) for lon, lat in path.upto(0.0, path.flown_s or 0.0).lonlat_deg]
    for row in falls:
        points += list(row.ring if row.semi_major_km < 1500.0 else row.ring_half)
    return np.array(points)


def _fall_area(view: MapView, row: FallRow) -> str:
    out = []
    for css, ring in (("e90", row.ring), ("e50", row.ring_half)):
        if path := layers.cut(view, layers.zone_ring(view, ring)):
            out.append(element("path", class_=css, d=path))
    xy = view.place(np.array(row.samples))
    if path := dots(xy[view.holds(xy, 1.5)]):
        out.append(element("path", class_="dots", d=path))
    return "".join(out)


def _fall_label(talk: Talk, view: MapView, field: LabelField, row: FallRow) -> None:
    ring = view.place(along_great_circles(np.array(row.ring_half), closed=True))
    seen = ring[view.holds(ring, -20)]
    if not len(seen):
        return
    left, right, top = seen[:, 0].min(), seen[:, 0].max(), seen[:, 1].min()
    middle = float((left + right) / 2.0)
    spots = [
        spot
        for share in (0.5, 0.3, 0.7, 0.15)
        for spot in around(middle, float(top + share * np.ptp(seen[:, 1])), float(right - left) / 2.0 + 16.0)
    ]
    field.put([(talk.part(row.body), "mo")], spots, most=12)


def _axis_steps(limit: float) -> np.ndarray:
    step = next(s for s in (50, 100, 200, 250, 500, 1000, 2000, 5000, 10000) if limit / s <= 6.5)
    return np.arange(0.0, limit + 1e-9, step)


def _frame(width: float, height: float, css: str, prefix: str, title: str, said: list[str], body: str) -> str:
    return element(
        "svg", title_and_description(prefix, title, said) + body, id=prefix,
        class_=f"fig plain {css}".strip(),
        viewBox=f"0 0 {number(width)} {number(height)}", role="img", aria_labelledby=f"{prefix}-t",
        aria_describedby=f"{prefix}-d",
    )  # fmt: skip


def profile(talk: Talk, *, narrow: bool, prefix: str = "profile") -> str:
    """Return height against distance from the pad, with the band of the flights that are left."""
    p = talk.bulletin.path
    width, height, left, bottom = (360.0, 260.0, 44.0, 40.0) if narrow else (760.0, 320.0, 56.0, 44.0)
    xs, ys = _axis_steps(p.range_km[-1]), _axis_steps(max(max(p.high_km), 10.0))
    x_top, y_top = max(p.range_km[-1], xs[-1]), max(max(p.high_km), ys[-1])

    def place(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.stack(
            [
                left + (width - left - 12.0) * x / x_top,
                height - bottom - (height - bottom - 16.0) * y / y_top,
            ],
            axis=1,
        )

    parts = []
    for value in ys:
        (x0, y0), (x1, _) = place(np.array([0.0, x_top]), np.array([value, value]))
        parts.append(element("path", class_="rule", d=f"M{number(x0)} {number(y0)}H{number(x1)}"))
        parts.append(element("text", plain(value), class_="s", x=left - 6, y=y0 + 4, text_anchor="end"))
    for value in xs:
        x0, y0 = place(np.array([value]), np.array([0.0]))[0]
        parts.append(
            element("text", plain(value), class_="s", x=float(x0), y=float(y0) + 16, text_anchor="middle")
        )
    r = np.array(p.range_km)
    band = np.concatenate([place(r, np.array(p.high_km)), place(r, np.array(p.low_km))[::-1]])
    parts.append(element("path", class_="band", d=ring_path(band)))
    flown = np.array(p.time_s) <= p.flown_s
    line = place(r, np.array(p.altitude_km))
    parts.append(element("path", class_="trk", d=line_path(line[flown])))
    if not flown.all():
        parts.append(element("path", class_="plan", d=line_path(line[max(flown.sum() - 1, 0) :])))
        x0, y0 = line[max(flown.sum() - 1, 0)].tolist()
        parts.append(element("circle", class_="end-of-power", cx=x0, cy=y0, r=5))
    parts.append(element("text", talk("height_axis"), class_="s", x=left - 6, y=10.0))
    parts.append(
        element("text", talk("distance_axis"), class_="s", x=width - 12, y=height - 6.0, text_anchor="end")
    )
    name = f"{prefix}-{'narrow' if narrow else 'wide'}-{talk.language}"
    top = int(np.argmax(p.altitude_km))
    said = [talk("profile_words"), f"{p.altitude_km[top]:.0f} km, {p.range_km[top]:.0f} km."]
    return _frame(width, height, "", name, talk("profile_title"), said, "".join(parts))


def residual_chart(talk: Talk, *, prefix: str = "residuals") -> str:
    """Return every number of a claim as a bar of its residual, in order of time of the file."""
    rows = [
        (claim, row)
        for claim in talk.bulletin.claims
        for row in claim.comparisons
        if row.residual is not None
    ]
    if not rows:
        return ""
    width, left, step = 760.0, 330.0, 26.0
    height, unit = 30.0 + step * len(rows), (760.0 - 330.0 - 30.0) / 8.0
    middle = left + 4.0 * unit
    parts = [
        element("rect", class_="field", x=middle - 2 * unit, y=22.0, width=4 * unit, height=height - 22.0)
    ]
    for s in range(-4, 5):
        x = middle + s * unit
        parts.append(
            element("path", class_="axis" if s == 0 else "rule", d=f"M{number(x)} 22V{number(height)}")
        )
        parts.append(element("text", f"{s:+d}σ" if s else "0", class_="s", x=x, y=14.0, text_anchor="middle"))
    said = []
    for i, (claim, row) in enumerate(rows):
        assert row.residual is not None
        y, fits = 22.0 + step * (i + 0.5), abs(row.residual) <= 2.0
        x = middle + unit * float(np.clip(row.residual, -4.0, 4.0))
        words = f"{talk.own(claim.label).text} ({row.unit})"
        parts.append(element("text", _short(words, 46), class_="s", x=left - 10, y=y + 4, text_anchor="end"))
        css = "stem" if fits else "stem misfit"
        parts.append(element("path", class_=css, d=f"M{number(middle)} {number(y)}H{number(x)}"))
        mark = (
            element("circle", class_="end", cx=x, cy=y, r=5)
            if fits
            else element(
                "path", class_="end misfit", d=f"M{number(x)} {number(y - 6.5)}l6.5 6.5l-6.5 6.5l-6.5 -6.5z"
            )
        )
        parts.append(mark)
        said.append(f"{words}: {row.residual:+.1f} σ.")
    return _frame(
        width, height, "chart", f"{prefix}-{talk.language}", talk("residual_title"), said, "".join(parts)
    )


def _short(words: str, most: int) -> str:
    from html import escape

    size, out = 0.0, ""
    for char in words:
        size += 1.8 if ord(char) > 0x2E80 else 1.0
        if size > most:
            return escape(out.rstrip() + "…", quote=False)
        out += char
    return escape(out, quote=False)


def learned_chart(talk: Talk, *, narrow: bool = False, most: int = 10, prefix: str = "learned") -> str:
    """Return what the facts taught: 90 % of each quantity before (field) and after (bar) the facts.

    In prior standard deviations about the prior mean; what moved or shrank most comes first.  The narrow
    chart writes each name above its bar.
    """
    rows = [row for row in talk.bulletin.learned if row.prior_sd > 0.0][:most]
    if not rows:
        return ""
    width, left, step, reach = (360.0, 16.0, 40.0, 3.0) if narrow else (760.0, 330.0, 26.0, 3.0)
    height, unit = 28.0 + step * len(rows), (width - left - (16.0 if narrow else 24.0)) / (2.0 * reach)
    middle = left + reach * unit
    field = 1.645 * unit
    parts = [element("rect", class_="field", x=middle - field, y=20.0, width=2 * field, height=height - 20.0)]
    parts += _sigma_axis(middle, unit, int(reach), height)
    said = []
    for i, row in enumerate(rows):
        y = 20.0 + step * (i + (0.72 if narrow else 0.5))
        low, mean, high = (
            middle + unit * float(np.clip((value - row.prior_mean) / row.prior_sd, -reach, reach))
            for value in (row.low, row.mean, row.high)
        )
        words = talk.own(row.label).text
        at = (left, y - 11.0, "start") if narrow else (left - 10.0, y + 4.0, "end")
        parts.append(element("text", _short(words, 50), class_="s halo", x=at[0], y=at[1], text_anchor=at[2]))
        parts.append(element("path", class_="stem", d=f"M{number(low)} {number(y)}H{number(high)}"))
        parts.append(element("circle", class_="end", cx=mean, cy=y, r=5))
        moved, left_of = (row.mean - row.prior_mean) / row.prior_sd, row.sd / row.prior_sd
        said.append(f"{words}: {moved:+.1f} σ, {100 * left_of:.0f} %.")
    name = f"{prefix}{'-narrow' if narrow else ''}-{talk.language}"
    css = "chart narrow" if narrow else "chart"
    return _frame(width, height, css, name, talk("learned_title"), said, "".join(parts))


def _sigma_axis(middle: float, unit: float, reach: int, height: float) -> list[str]:
    """Return lines at whole sigmas with their names."""
    parts = []
    for s in range(-reach, reach + 1):
        x = middle + s * unit
        css = "axis" if s == 0 else "rule"
        parts.append(element("path", class_=css, d=f"M{number(x)} 20V{number(height)}"))
        parts.append(element("text", f"{s:+d}σ" if s else "0", class_="s", x=x, y=13.0, text_anchor="middle"))
    return parts
