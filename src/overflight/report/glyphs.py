"""Small drawings inside tables and legends."""

from __future__ import annotations

from overflight.report.svg import element, number
from overflight.report.words import sigma_text

__all__ = ["legend_sign", "residual_glyph"]

SIGMA_UNITS = 17.0
"""Drawing units per sigma; the field reaches from -4 to +4 sigma."""


def residual_glyph(residual: float, fits: bool | None) -> str:
    """Return a residual as a bar from the middle of a field that marks two sigma.

    What fits ends in a disc, what does not in a diamond; beyond four sigma an arrow points on.
    """
    middle, beyond = 74.0, abs(residual) > 4.0
    x = middle + SIGMA_UNITS * max(-4.0, min(4.0, residual))
    agrees = fits if fits is not None else abs(residual) <= 2.0
    css = "fits" if agrees else "misfit"
    left, width = number(middle - 2 * SIGMA_UNITS), number(4 * SIGMA_UNITS)
    parts = [
        f'<rect class="field" x="{left}" y="4" width="{width}" height="14"/>',
        f'<path class="rule" d="M6 11H142"/><path class="axis" d="M{number(middle)} 1v20"/>',
        f'<path class="stem" d="M{number(middle)} 11H{number(x)}"/>',
    ]
    if beyond:
        tip = 8 if residual > 0 else -8
        parts.append(f'<path class="end" d="M{number(x)} 4l{tip} 7l{-tip} 7z"/>')
    elif agrees:
        parts.append(f'<circle class="end" cx="{number(x)}" cy="11" r="5"/>')
    else:
        parts.append(f'<path class="end" d="M{number(x)} 4.5l6.5 6.5l-6.5 6.5l-6.5 -6.5z"/>')
    label = f"{sigma_text(residual)} sigma, {'fits' if agrees else 'does not fit'}"
    return element(
        "svg", "".join(parts), class_=f"res {css}", viewBox="0 0 148 22", role="img", aria_label=label
    )


LEGEND = {
    "flown": '<path class="trk" d="M2 7h22"/>',
    "planned": '<path class="plan" d="M2 7h22"/>',
    "band": '<rect class="band" width="26" height="14"/>',
    "announced": '<rect class="ann" fill="url(#hatch-announced)" x="1" y="1" width="24" height="12"/>',
    "computed": (
        '<ellipse class="e90" cx="13" cy="7" rx="12" ry="6"/>'
        '<ellipse class="e50" cx="13" cy="7" rx="6" ry="3"/>'
        '<path class="dots" d="M7 7h0M12 4h0M18 8h0M12 10h0"/>'
    ),
    "fall": '<path class="fall" d="M2 7h22"/>',
    "places": (
        '<rect class="p1" x="1" y="1" width="11" height="12"/>'
        '<rect class="p2" fill="url(#stripe-place)" x="14" y="1" width="11" height="12"/>'
    ),
}
"""The signs of the maps by name."""


def legend_sign(name: str) -> str:
    """Return the sign of a legend entry."""
    return element("svg", LEGEND[name], viewBox="0 0 26 14", aria_hidden="true", focusable="false")
