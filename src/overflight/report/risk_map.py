"""The map of a plan's risk to one person: areas by powers of ten, darker where it is higher."""

from __future__ import annotations

import numpy as np

from overflight.report import map_labels as words
from overflight.report import map_layers as layers
from overflight.report.flight_path import flight_path
from overflight.report.labels import LabelField
from overflight.report.map_figure import distances_km, figure, path_lines
from overflight.report.projection import MapView, fit_view
from overflight.report.risk_values import RiskLevel, RiskReport
from overflight.report.svg import element
from overflight.report.values import PlanReport
from overflight.report.words import count, risk, rounded

__all__ = ["risk_legend", "risk_map", "risk_map_words"]

REACH_KM = 6000.0
"""What lies farther from the pad is left to the words: it would shrink everything else."""
NEAR_KM = 60.0
"""What the map of the surroundings of the pad shows."""
_WIDE, _NARROW = (1000.0, (380.0, 560.0)), (360.0, (300.0, 520.0))
_BESIDE = 540.0, (400.0, 560.0)
"""Of the two maps where they stand side by side."""


def risk_map(report: PlanReport, *, narrow: bool, near: bool = False) -> str:
    """Return the map as SVG, of the surroundings of the pad if ``near``; "" if no level is reached there."""
    levels = report.risk.levels if report.risk else ()
    around = _near(report, levels)
    content = around if near else _content(report, levels)
    if len(content) < 2:
        return ""
    width, heights = _NARROW if narrow else _BESIDE if len(around) >= 2 else _WIDE
    view = fit_view(content, width, heights, padding=30.0, least_km=2.0 * NEAR_KM if near else 300.0)
    path, field = flight_path(report.tracks), LabelField(view.width, view.height)
    words.avoid_path(field, view, path)
    bar = words.scale_bar(view, field)
    grid, lines = layers.graticule(view)
    words.degree_labels(view, field, lines)
    words.site_label(view, field, report)
    words.area_labels(view, field)
    scale = "50m" if view.km_per_unit > 1.2 else "10m"
    areas = "".join(_area(view, level, report.risk) for level in reversed(levels) if report.risk)
    ground = grid + layers.land(view, scale) + layers.borders(view, scale)
    prefix = f"risk-map{'-near' if near else ''}{'-narrow' if narrow else ''}"
    said = [risk_map_words(report.risk), "The table of places says the same for those who live there."]
    title = "Risk of one person outdoors" + (f" round {report.site}" if near else "")
    return figure(
        prefix, view, title, said, "".join([ground, areas, path_lines(view, path), field.svg(), bar])
    )


def risk_legend(report: RiskReport | None) -> list[tuple[str, str]]:
    """Return the shade and the words of each level shown, the highest first."""
    levels = report.levels if report else ()
    out = []
    for number, level in enumerate(levels):
        depth = len(levels) - number
        sign = "".join(f'<rect class="{_css(level, report)}" width="26" height="14"/>' for _ in range(depth))
        name = f"{risk(level.level)} and more"
        if report and level.level == report.individual_limit:
            name += ", the limit of a US licence"
        out.append((f'<svg viewBox="0 0 26 14" aria-hidden="true">{sign}</svg>', name))
    return out


def risk_map_words(report: RiskReport | None) -> str:
    """Return what the map shows: how far each level reaches."""
    if report is None or not report.levels:
        return ""
    parts = [f"{risk(one.level)} over {_area_words(one.area_km2)}" for one in report.levels]
    said = f"The risk of one person outdoors reaches {', '.join(parts)}."
    if report.levels[0].level < report.individual_limit:
        said += f" Nowhere does it reach the limit of {risk(report.individual_limit)}."
    return said


def _area_words(area_km2: float) -> str:
    return f"{count(int(rounded(area_km2)))}\u00a0km²"


def _content(report: PlanReport, levels: tuple[RiskLevel, ...]) -> np.ndarray:
    """Return the points to be seen: the pad, and each level down to the last that lies within reach."""
    shown = [report.site_lonlat]
    for level in levels:
        points = [point for polygon in level.polygons for point in polygon[0]]
        near = distances_km(report.site_lonlat, points) <= REACH_KM
        if not near.all() and len(shown) > 1:
            break
        shown += [point for point, close in zip(points, near.tolist(), strict=True) if close]
    return np.array(shown) if len(shown) > 1 else np.empty((0, 2))


def _near(report: PlanReport, levels: tuple[RiskLevel, ...]) -> np.ndarray:
    """Return the pad and the corners of levels round it."""
    points = [point for level in levels for polygon in level.polygons for point in polygon[0]]
    if not points:
        return np.empty((0, 2))
    near = distances_km(report.site_lonlat, points) <= NEAR_KM
    return np.array(
        [report.site_lonlat, *(p for p, close in zip(points, near.tolist(), strict=True) if close)]
    )


def _area(view: MapView, level: RiskLevel, report: RiskReport) -> str:
    rings = (layers.cut(view, layers.zone_ring(view, ring)) for polygon in level.polygons for ring in polygon)
    d = "".join(ring for ring in rings if ring)
    return element("path", class_=_css(level, report), d=d) if d else ""


def _css(level: RiskLevel, report: RiskReport | None) -> str:
    limit = report is not None and level.level == report.individual_limit
    return "risk-level limit" if limit else "risk-level"
