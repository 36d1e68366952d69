"""The risk section of the page: its sentence, and expected casualties against the time of failure."""

from __future__ import annotations

import math

from overflight.report.clock import Clock
from overflight.report.risk_values import RiskReport
from overflight.report.svg import element, number, title_and_description
from overflight.report.words import count, risk, risk_between

__all__ = ["focus_sentence", "risk_figures", "risk_sentence"]

DECADES = 6


def risk_sentence(report: RiskReport | None) -> str:
    """Return the answer: expected casualties, how many of them abroad, against the limit."""
    if report is None:
        return ""
    total = risk_between(report.total, report.total_low, report.total_high)
    said = f"Expected casualties of this launch: {total}; {_against(report)}."
    if report.abroad < report.total:
        abroad = risk_between(report.abroad, report.abroad_low, report.abroad_high)
        said += f" Outside the launching country: {abroad}."
    return said


def _against(report: RiskReport) -> str:
    """Return how the total stands to the limit; what its own limits leave open is said."""
    allowed = f"the {risk(report.limit)} that a US licence would allow"
    times = report.total / report.limit
    if report.total_high <= report.limit:
        return f"below {allowed}"
    if report.total_low > report.limit:
        return f"{risk(times)} times {allowed}" if times < 100.0 else f"far above {allowed}"
    return f"more flights must tell whether that is below {allowed}"


def focus_sentence(report: RiskReport | None) -> str:
    """Return what the flights flown for one place say of it; empty if none were asked for."""
    row = report.focus if report else None
    if row is None:
        return ""
    where = f"{row.name}, {row.country}" if row.country else row.name
    if row.individual <= 0.0:
        return (
            f"{where}: none of {count(row.flights)} flights chosen for it harms anyone there; the chance of "
            f"one person is below {risk(row.individual_high)} (95\u00a0%)."
        )
    chance = risk_between(row.individual, row.individual_low, row.individual_high)
    said = (
        f"{where}: the chance of one person there is {chance} by "
        f"{count(row.flights)} flights at the moments of failure that matter for it"
    )
    if not row.reached:
        said += f"; {100.0 * row.wanted:g}\u00a0% was asked and not reached, raise --most-flights"
    if row.plain is None:
        return f"{said}. No flight of the plan itself harms anyone there."
    plain = risk_between(row.plain, row.plain_low or 0.0, row.plain_high or 0.0)
    return f"{said}. The plan's own flights give {plain}."


def risk_figures(report: RiskReport | None, clock: Clock) -> tuple[str, str]:
    """Return the figure for wide pages and for phones; empty if no failure harms anyone."""
    if report is None or not any(period.casualties > 0.0 for period in report.periods):
        return "", ""
    return _figure(report, clock, narrow=False), _figure(report, clock, narrow=True)


def _figure(report: RiskReport, clock: Clock, *, narrow: bool) -> str:
    width, height = (360.0, 250.0) if narrow else (760.0, 250.0)
    left, right, top, bottom = 52.0, width - 8.0, 26.0, height - 34.0
    periods = report.periods
    top_decade = math.ceil(math.log10(max(p.casualties for p in periods)) - 1e-9)
    last = periods[-1].end_s

    def x(time_s: float) -> float:
        return left + (right - left) * time_s / last

    def y(value: float) -> float:
        share = (math.log10(max(value, 1e-30)) - (top_decade - DECADES)) / DECADES
        return bottom - (bottom - top) * min(max(share, 0.0), 1.0)

    parts = []
    for n in range(DECADES + 1):
        value = 10.0 ** (top_decade - n)
        parts.append(element("path", d=f"M{number(left)} {number(y(value))}H{number(right)}", class_="rule"))
        label = risk(value).removeprefix("1\u00a0×\u00a0")
        parts.append(element("text", label, x=left - 6.0, y=y(value) + 4.0, text_anchor="end", class_="s"))
    parts += [_bar(x(p.start_s), x(p.end_s), y(p.casualties), bottom) for p in periods if p.casualties > 0.0]
    step = next(s for s in (60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0) if last / s <= (6 if narrow else 14))
    for n in range(int(last / step) + 1):
        label = "lift-off" if n == 0 else f"{n * step / 60.0:g} min"
        anchor = "start" if n == 0 else "end" if x(n * step) > right - 20.0 else "middle"
        parts.append(element("text", label, x=x(n * step), y=bottom + 16.0, text_anchor=anchor, class_="s"))
    parts.append(element("path", d=f"M{number(left)} {number(bottom)}H{number(right)}", class_="axis"))
    parts.append(element("text", "Expected casualties by the moment of failure", x=0.0, y=12.0, class_="b"))
    worst = max(periods, key=lambda p: p.casualties)
    when = clock.local_span(worst.start_s, worst.end_s)
    said = [f"Most from failures between {when}: {risk(worst.casualties)}."]
    prefix = "risk-profile-narrow" if narrow else "risk-profile"
    return element(
        "svg",
        title_and_description(prefix, "Expected casualties against the time of failure", said)
        + "".join(parts),
        id=prefix,
        class_="fig plain",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{prefix}-t",
        aria_describedby=f"{prefix}-d",
    )


def _bar(left: float, right: float, top: float, bottom: float) -> str:
    width, height = max(right - left - 1.0, 1.0), max(bottom - top, 0.0)
    return element("rect", x=left + 0.5, y=top, width=width, height=height, class_="risk-bar")
