"""A drawing of a page as an SVG file that stands alone: styles inside, light colours, a line of credit."""

from __future__ import annotations

import re
from functools import cache

from overflight.report.packaged import packaged_text

__all__ = ["standalone_svg"]

_PATTERNS = (
    '<defs><pattern id="stripe-place" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="stripe-ground" width="5" height="5"/>'
    '<path class="stripe-line" d="M0 0v5"/></pattern><pattern id="hatch-announced" width="7" height="7" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path class="hatch-line" d="M0 0v7"/>'
    "</pattern></defs>"
)
_FONTS = (
    "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic UI','Apple SD Gothic Neo','Malgun Gothic',"
    "'DejaVu Sans','Liberation Sans',Arial,sans-serif"
)
_MARGIN, _FOOT = 14.0, 30.0


@cache
def _styles() -> str:
    """Return the rules for drawings with every colour written out: many readers know no CSS variables."""
    sheet = packaged_text("static/page.css") + packaged_text("static/bulletin.css")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    colours = dict(re.findall(r"--([a-z-]+):\s*([^;]+);", sheet.split("@media", 1)[0]))
    fonts = dict(re.findall(r"--(sans):\s*([^;]+);", sheet))
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)
    rules = [
        f"{selector.strip()} {{{body.strip()}}}"
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)
        if re.match(r"\s*(svg|\.[a-z0-9-]+)", selector)
    ]
    return re.sub(r"var\(--([a-z-]+)\)", lambda m: {**fonts, **colours}.get(m[1], "#000"), "\n".join(rules))


def standalone_svg(drawing: str, credit: str) -> str:
    """Return a drawing with white margins, its styles and a line of credit (already escaped) below it."""
    opening, _, rest = drawing.partition(">")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)
    assert box is not None
    width, height = float(box[1]), float(box[2])
    used = set(re.findall(r'class="([^"]+)"', drawing))
    names = {name for group in used for name in group.split()} | {
        "fig",
        "stripe-ground",
        "stripe-line",
        "hatch-line",
    }
    rules = "\n".join(
        rule
        for rule in _styles().splitlines()
        if not (dotted := re.findall(r"\.([a-z0-9-]+)", rule.split("{")[0])) or set(dotted) & names
    )
    plain = "plain" in names
    ground = "" if plain else f'<rect class="ground" width="{width:g}" height="{height:g}"/>'
    size = f"{width + 2 * _MARGIN:g} {height + _MARGIN + _FOOT:g}"
    opened = re.sub(r'viewBox="[^"]*"', f'viewBox="{-_MARGIN:g} {-_MARGIN:g} {size}"', opening)
    wide, tall = size.split()
    opened = opened.replace(
        "<svg", f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}"', 1
    )
    style = f"<style>{rules}\n.ground {{fill:#dde8eb}} svg text {{font-family:{_FONTS}}}</style>"
    paper = f'<rect x="{-_MARGIN:g}" y="{-_MARGIN:g}" width="{wide}" height="{tall}" fill="#ffffff"/>'
    foot = f'<text x="0" y="{height + 18:g}" style="font-size:9px;fill:#45525c">{credit}</text></svg>'
    return f"{opened}>{style}{_PATTERNS}{paper}{ground}{rest.removesuffix('</svg>')}{foot}"
