"""The page about an orbit: one HTML file that asks nobody for anything, without script."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from overflight.report.orbit_chart import draw_chart
from overflight.report.orbit_map import draw_map
from overflight.report.orbit_values import OrbitReport, OrbitSection
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import MAP_CREDITS, environment

__all__ = ["render_orbit_page"]


def render_orbit_page(report: OrbitReport) -> str:
    """Return the report as one self-contained HTML page; links to files of the run are relative."""
    sections = [(section, drawings(section)) for section in report.sections]
    return (
        environment()
        .get_template("orbit.html.j2")
        .render(
            report=report,
            sections=sections,
            css=Markup(packaged_text("static/page.css")),
            credits=MAP_CREDITS[:1],
        )
    )


def drawings(section: OrbitSection) -> list[tuple[tuple[Markup, Markup], Any]]:
    """Return the maps and charts of a section, each for wide pages and for phones."""
    found: list[tuple[tuple[Markup, Markup], Any]] = []
    for number, item in enumerate(section.maps):
        key = f"{section.key}-map-{number}"
        pair = (Markup(draw_map(item, key, narrow=False)), Markup(draw_map(item, key, narrow=True)))
        found.append((pair, item))
    for number, item in enumerate(section.charts):
        key = f"{section.key}-chart-{number}"
        pair = (Markup(draw_chart(item, key, narrow=False)), Markup(draw_chart(item, key, narrow=True)))
        found.append((pair, item))
    return found
