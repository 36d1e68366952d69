"""Numbers as words: rounded to what is known, with unit and uncertainty, never a false zero.

A number and its unit are joined by a space that does not break.
"""

from __future__ import annotations

import math

__all__ = [
    "bearing_words",
    "below",
    "chance",
    "chance_error",
    "count",
    "distance",
    "lonlat_text",
    "per_cent",
    "risk",
    "risk_between",
    "risk_change",
    "risk_limits",
    "rounded",
    "sigma_text",
    "zero_hits_bound",
]

COMPASS = (
    "north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east",
    "south-south-east", "south", "south-south-west", "south-west", "west-south-west", "west",
    "west-north-west", "north-west", "north-north-west",
)  # fmt: skip
SIDES = {
    "N": "north", "NE": "north-east", "E": "east", "SE": "south-east",
    "S": "south", "SW": "south-west", "W": "west", "NW": "north-west",
}  # fmt: skip


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def rounded(value: float, digits: int = 2) -> float:
    """Return the value rounded to so many significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def plain(value: float) -> str:
    """Return a number without exponent, groups of three parted by commas."""
    return f"{value:,.10f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"


def count(value: int) -> str:
    """Return a count with commas."""
    return f"{value:,}"


def per_cent(share: float) -> str:
    """Return a share in per cent with the digits that matter: ``55 %``, ``1.2 %``, ``99.6 %``."""
    value = 100 * share
    if value >= 99.95:
        return "100\u00a0%" if share == 1.0 else "over 99.9\u00a0%"
    if value > 99 or value < 10:
        return f"{value:.1f}\u00a0%"
    return f"{value:.0f}\u00a0%"


def one_in(probability: float) -> str:
    """Return a small probability as a chance: ``1 in 8,300``, ``1 in 2.5 million``."""
    turns = 1 / probability
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if turns >= 0.9995 * size:
            return f"1 in {plain(rounded(turns / size, 2))} {word}"
    return f"1 in {plain(rounded(turns, 2))}"


def chance(probability: float) -> str:
    """Return a probability for people: per cent down to 1 %, below that ``1 in 830``."""
    if probability <= 0:
        return "none seen"
    return per_cent(probability) if probability >= 0.01 else one_in(probability)


def rare_range(low: float, high: float) -> str:
    """Return an interval of small probabilities: ``1 in 100 to 10,000``; from 0 on, ``below 1 in 100``."""
    if low <= 0.0:
        return f"below {one_in(high)}" if high > 0.0 else "none"
    return f"{one_in(high)} to {one_in(low).removeprefix('1 in ')}"


def chance_error(probability: float, error: float) -> str:
    """Return the standard error in the manner in which ``chance`` shows the value.

    Where it is more than half of the value, a hit or two made it: the upper limit (95 %) says more.
    """
    if error <= 0 or probability <= 0:
        return ""
    if error > 0.5 * probability:
        from overflight.exposure.interval import gamma_limits

        return f"({below(float(gamma_limits(probability, error, error**2 / probability)[1]))})"
    if probability >= 0.01:
        value = 100 * error
        return f"± {value:.1f}" if value < 9.95 else f"± {value:.0f}"
    return f"± {rounded(100 * error / probability, 1):.0f} % of it"


def below(bound: float) -> str:
    """Return an upper bound: ``below 1 in 330``; a bound of 1 or more says nothing."""
    if bound >= 1:
        return "not known"
    if bound >= 0.01:
        return f"below {math.ceil(1000 * bound - 1e-9) / 10:g}\u00a0%"
    turns = 1 / bound
    step = 10.0 ** (math.floor(math.log10(turns)) - 1)
    return f"below {one_in(1 / (math.floor(turns / step + 1e-9) * step))}"


def zero_hits_bound(trials: int) -> float:
    """Return the 95 % upper bound of a probability after no hit in so many equal trials."""
    return 1.0 - 0.05 ** (1 / trials) if trials > 0 else 1.0


def risk(value: float) -> str:
    """Return a small number with at most two significant digits, by powers of ten: ``1.9 × 10⁻²``.

    More digits would claim what such an analysis cannot know (79 FR 42241).
    """
    if value <= 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else "not known"
    exponent = math.floor(math.log10(value))
    digits = round(value / 10.0**exponent, 1)
    if digits >= 10.0:
        digits, exponent = 1.0, exponent + 1
    if exponent in (-1, 0, 1):
        return f"{rounded(value):g}"
    return f"{digits:g}\u00a0×\u00a010{str(exponent).translate(_RAISED)}"


_VAGUE = 100.0
"""Limits further apart than this factor leave the upper one alone worth telling."""


def risk_limits(low: float, high: float) -> str:
    """Return the limits of a small number: ``1.6 × 10⁻² to 2.3 × 10⁻²``.

    The upper one alone if they say little.
    """
    if high <= 0.0:
        return ""
    return f"below {risk(high)}" if high > _VAGUE * low else f"{risk(low)} to {risk(high)}"


def risk_between(value: float, low: float, high: float) -> str:
    """Return a small number and its 95 % limits in words."""
    if value <= 0.0:
        return f"none seen, below {risk(high)} (95\u00a0%)" if high > 0.0 else "none seen"
    if high > _VAGUE * low:
        return f"{risk(value)} seen, known only as below {risk(high)} (95\u00a0%)"
    return f"{risk(value)}, between {risk(low)} and {risk(high)} (95\u00a0%)"


def risk_change(value: float, error: float) -> str:
    """Return a change of a small number with its standard error: ``+1.9 × 10⁻² ± 10 %``.

    The error is a share of the change, and a number of its own where it is more than half of it.
    """
    if value == 0.0:
        return "none seen"
    sign, size = "+" if value > 0.0 else "−", abs(value)
    if error > 0.5 * size:  # a share of itself would say little
        return f"{sign}{risk(size)} ±\u00a0{risk(error)}"
    share = 100.0 * error / size
    return f"{sign}{risk(size)} ±\u00a0{rounded(share, 1 if share < 10.0 else 2):.0f}\u00a0%"


def distance(length_km: float) -> str:
    """Return a distance with the digits that matter."""
    if length_km < 0.5:
        return "0\u00a0km"
    return f"{plain(rounded(length_km, 3) if length_km >= 100 else round(length_km))}\u00a0km"


def lonlat_text(longitude_deg: float, latitude_deg: float, digits: int = 1) -> str:
    """Return a position: ``36.1° N 123.5° E``."""
    longitude = (longitude_deg + 180) % 360 - 180
    ns, ew = ("N" if latitude_deg >= 0 else "S"), ("E" if longitude >= 0 else "W")
    return f"{abs(latitude_deg):.{digits}f}° {ns} {abs(longitude):.{digits}f}° {ew}"


def bearing_words(azimuth_deg: float) -> str:
    """Return a direction in words, to one of 16 points."""
    return COMPASS[round(azimuth_deg / 22.5) % 16]


def side_words(side: str | None) -> str:
    """Return the compass word of a short side (``NE``); unknown ones as they are."""
    return SIDES.get(side or "", side or "")


def sigma_text(residual: float) -> str:
    """Return a residual in sigma with its sign, a true minus."""
    value = round(residual, 1)
    return f"{value:+.1f}".replace("-", "−") if value else "0.0"
