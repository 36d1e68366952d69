"""What the templates of pages may call: words for values, nothing that decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from markupsafe import Markup

from overflight.report.clock import Clock
from overflight.report.glyphs import residual_glyph
from overflight.report.values import LonLat, PlaceRow, Spread
from overflight.report.words import (
    below,
    chance,
    chance_error,
    count,
    distance,
    lonlat_text,
    per_cent,
    rare_range,
    risk,
    risk_change,
    risk_limits,
    side_words,
    sigma_text,
)

__all__ = ["FILTERS"]

LANGUAGES = {"ja": "日本語", "en": "English", "ko": "한국어"}
SCRIPTS = {
    "JP": "ja", "KR": "ko", "KP": "ko", "CN": "zh-Hans", "TW": "zh-Hant", "HK": "zh-Hant", "RU": "ru",
    "PH": "fil", "VN": "vi", "ID": "id", "MY": "ms", "TH": "th", "NZ": "en", "US": "en", "GB": "en",
    "AU": "en", "CA": "en", "FR": "fr", "GF": "fr", "BR": "pt", "PT": "pt", "ES": "es", "MX": "es",
    "CL": "es", "NO": "no", "SE": "sv", "IN": "hi", "IR": "fa", "IL": "he", "KZ": "kk",
}  # fmt: skip
"""The language of local names by country (ISO 3166), for ``lang`` attributes."""
ALERT_KINDS = {
    "launch": "Launch notice",
    "overflight": "The rocket passes over",
    "all_clear": "The warning is lifted",
    "will_not_arrive": "It will not arrive here",
    "come_down": "It has come down",
    "retraction": "The notice is withdrawn",
}
NUMBER = r"[−+-]?[\d:.,]+(?: ?[–-] ?[\d:.,]+)?(?:[ \u00a0]× ?\u00a0?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?: %)?"
FIGURE = re.compile(rf"^((?:about |below |over |under )?{NUMBER})(.*)$")


def split_figure(text: str) -> tuple[str, str]:
    """Return the number of a key figure, to be set large, and the rest of it."""
    found = FIGURE.match(text.strip())
    return (found.group(1), found.group(2).strip()) if found else (text, "")


def split_verdict(text: str) -> tuple[str, str]:
    """Return the first sentence and the rest: ``"Yes."`` and its reason."""
    lead, dot, rest = text.partition(". ")
    return (lead + ".", rest) if dot else (text, "")


def says_verdict(text: str) -> bool:
    """Return whether a reading begins with its verdict, so that none need be put before it."""
    return text.lower().startswith(("fits", "does not fit"))


def within_times(row: PlaceRow, clock: Clock) -> str:
    """Return from when to when flights come within reach of a place."""
    return unbroken(f"{clock.local(row.first_time_s or 0.0)}–{clock.local(row.last_time_s or 0.0)}")


def corners(ring: Sequence[LonLat]) -> Markup:
    """Return the corners of a zone, or how many there are if they are many."""
    points = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    if len(points) > 8:
        middle = np.array(points).mean(axis=0)
        return Markup("{} points round {}").format(len(points), lonlat_text(*middle.tolist()))
    parts = [
        Markup('<span class="nowrap">{}</span>').format(lonlat_text(*point, digits=2)) for point in points
    ]
    return Markup(", ").join(parts)


def per_cent_whole(share: float) -> str:
    """Return a share as whole per cent where it is whole, else with the digits needed."""
    return f"{round(100 * share, 1):g}\u00a0%"


def spread_middle(spread: Spread) -> str:
    """Return the middle of a spread with the digits that matter."""
    return f"{spread.middle:,.{_digits(spread)}f}"


def spread_bounds(spread: Spread) -> str:
    """Return the bounds of a spread, as in ``nine in ten 486 to 502 km``."""
    digits = _digits(spread)
    low, high = f"{spread.low:,.{digits}f}", f"{spread.high:,.{digits}f}"
    unit = spread.unit if spread.unit == "°" else f"\u00a0{spread.unit}"
    return "alike in nine of ten flights" if low == high else f"nine in ten {low} to {high}{unit}"


def _digits(spread: Spread) -> int:
    """Return as many decimals as show a hundredth of the spread; none of kilometres, at most two."""
    width = spread.high - spread.low
    return 0 if width >= 10.0 or spread.unit == "km" else 1 if width >= 1.0 or spread.unit == "min" else 2


def range_text(low: float, high: float) -> str:
    """Return a stated interval of a probability: ``5 to 35 %``, below a per cent ``1 in 100 to 10,000``."""
    return f"{100 * low:.0f} to {per_cent_whole(high)}" if high >= 0.01 else rare_range(low, high)


def unbroken(span: str) -> str:
    """Return a span of times that keeps its two ends on one line."""
    return span.replace("–", "\u2060–\u2060")


def share_text(probability: float) -> str:
    """Return the chance of an outcome: whole per cent where it is whole, rare ones as ``1 in 830``."""
    return per_cent_whole(probability) if 0.0095 <= probability <= 0.999 else chance(probability)


def residual(value: float, fits: bool | None) -> Markup:
    """Return the glyph of a residual."""
    return Markup(residual_glyph(value, fits))


FILTERS: dict[str, Callable[..., object]] = {
    "alert_kind": lambda kind: ALERT_KINDS.get(kind, kind.replace("_", " ").capitalize()),
    "below": below,
    "chance": chance,
    "chance_error": chance_error,
    "corners": corners,
    "count": count,
    "distance": distance,
    "language": lambda country: SCRIPTS.get(country, "und"),
    "language_name": lambda code: LANGUAGES.get(code, code),
    "per_cent": per_cent,
    "per_cent_whole": per_cent_whole,
    "position_fine": lambda lonlat: lonlat_text(*lonlat, digits=3),
    "position": lambda lonlat: lonlat_text(*lonlat),
    "residual": residual,
    "risk": risk,
    "risk_change": risk_change,
    "risk_limits": risk_limits,
    "says_verdict": says_verdict,
    "share_text": share_text,
    "side": side_words,
    "sigma": sigma_text,
    "split_figure": split_figure,
    "split_verdict": split_verdict,
    "range_text": range_text,
    "spread_bounds": spread_bounds,
    "spread_middle": spread_middle,
    "unbroken": unbroken,
    "within_times": within_times,
}
"""Filters by the name that templates use."""
