"""The page on the record of public alerts: what people waited for, and what our desk would have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from overflight.record.alerts import Minutes, PublicAlert
from overflight.record.replays import Replayed, Replays, Spread
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.report.svg import element, number, title_and_description

__all__ = ["lead_sentence", "minutes_of", "render_alerts_page", "span_of"]

APPROVAL_S = 60.0
"""The time of approval whose figures come first: two people, called to their screens."""
LONGEST_MIN = 60.0


def render_alerts_page(alerts: Sequence[PublicAlert], replays: Replays) -> str:
    """Return the page as one HTML file that asks nobody for anything."""
    rows = [(alert, replays.of(alert.key)) for alert in reversed(alerts)]
    drawings = [Markup(_figure(rows, narrow=narrow)) for narrow in (False, True)]
    return (
        environment()
        .get_template("alerts.html.j2")
        .render(
            rows=rows,
            replays=replays,
            figure=drawings,
            lead=lead_sentence(alerts, replays),
            first=APPROVAL_S,
            minutes=minutes_of,
            span=span_of,
            css=Markup(packaged_text("static/page.css")),
        )
    )


def minutes_of(spread: Spread | None, of: int = 0) -> str:
    """Return seconds after lift-off as minutes: the median, the span, and of how many flights."""
    if spread is None:
        return "never"
    low, middle, high = (f"{value / 60.0:.1f}" for value in spread[:3])
    said = f"{middle} min" if low == high else f"{middle} min ({low}–{high})"
    return said if spread.values == of or not of else f"{said}, {spread.values} of {of} flights"


def span_of(minutes: Minutes) -> str:
    """Return minutes as reported: one number, or two where reports differ."""
    return f"{minutes[0]} min" if minutes[0] == minutes[1] else f"{minutes[0]}–{minutes[1]} min"


def lead_sentence(alerts: Sequence[PublicAlert], replays: Replays) -> str:
    """Return what the comparison says, in one or two sentences with its figures."""
    pairs = [(alert, one) for alert in alerts if (one := replays.of(alert.key)) is not None]
    quicker = []
    for alert, one in pairs:
        called, lifted = one.called(APPROVAL_S), one.lifted(APPROVAL_S)
        if called and lifted:
            stood = (lifted.middle - called.middle) / 60.0
            day = f"{alert.day.day}\u00a0{alert.day:%B\u00a0%Y}"
            quicker.append(f"{stood:.0f} min instead of {span_of(alert.to_end_min)} on {day}")
    if not quicker:
        return "None of these alerts was replayed."
    return (
        f"Had people approved each draft after {APPROVAL_S / 60.0:.0f} min, the call would have stood "
        f"{', '.join(quicker)}. These are simulated radars and flights: an upper bound, "
        "not a promise."
    )


def _figure(rows: Sequence[tuple[PublicAlert, Replayed | None]], *, narrow: bool) -> str:
    """Return the lanes of all alerts: minutes from launch; above as it was, below as replayed."""
    width = 360.0 if narrow else 860.0
    left, right, top, lane = (8.0 if narrow else 110.0), width - 14.0, 30.0, 58.0 if narrow else 46.0
    height = top + lane * len(rows) + 30.0

    def x(minutes: float) -> float:
        return left + (right - left) * min(minutes, LONGEST_MIN) / LONGEST_MIN

    parts = []
    for minute in range(0, int(LONGEST_MIN) + 1, 20 if narrow else 10):
        line = f"M{number(x(minute))} {number(top - 4)}V{number(height - 26)}"
        parts.append(element("path", d=line, class_="rule"))
        words = "launch" if minute == 0 else f"{minute} min"
        anchor = "start" if minute == 0 else "end" if minute == LONGEST_MIN else "middle"
        parts.append(element("text", words, x=x(minute), y=height - 10, text_anchor=anchor, class_="s"))
    said = []
    for place, (alert, one) in enumerate(rows):
        y = top + lane * place
        parts.append(_lane(alert, one, x, y, 18.0 if narrow else 6.0, narrow=narrow))
        said.append(_in_words(alert, one))
    words = "Upper bar: as it was. Lower: replayed, with its span."
    parts.append(element("text", words, x=0.0, y=14.0, class_="b"))
    prefix = "lanes-narrow" if narrow else "lanes"
    return element(
        "svg", title_and_description(prefix, "How long each call to shelter stood", said) + "".join(parts),
        id=prefix, class_="fig plain", viewBox=f"0 0 {number(width)} {number(height)}", role="img",
        aria_labelledby=f"{prefix}-t", aria_describedby=f"{prefix}-d",
    )  # fmt: skip


def _lane(
    alert: PublicAlert,
    one: Replayed | None,
    x: Callable[[float], float],
    y: float,
    down: float,
    *,
    narrow: bool,
) -> str:
    called, stood = alert.to_alert_min, alert.to_end_min
    at = (x(0.0), y + 12.0) if narrow else (0.0, y + 20.0)
    parts = [element("text", alert.key, x=at[0], y=at[1], class_="b")]
    begin, end = sum(called) / 2.0, (sum(called) + sum(stood)) / 2.0
    parts.append(element("rect", x=x(begin), y=y + down, width=x(end) - x(begin), height=10.0, class_="real"))
    passage = alert.to_passage_min
    if passage is not None:
        where = x(begin + sum(passage) / 2.0)
        parts.append(element("path", d=f"M{number(where)} {number(y + down - 4)}v18", class_="over"))
    if one is None:
        words = "not replayed"
        parts.append(element("text", words, x=x(begin), y=y + down + 25.0, class_="s"))
        return "".join(parts)
    sent, lifted, below = one.called(APPROVAL_S), one.lifted(APPROVAL_S), y + down + 15.0
    if sent is None or lifted is None:
        parts.append(element("text", "replayed: no call", x=x(begin), y=below + 10.0, class_="s"))
        return "".join(parts)
    start, stop = x(sent.middle / 60.0), x(lifted.middle / 60.0)
    parts.append(element("rect", x=start, y=below, width=stop - start, height=10.0, class_="ours"))
    for spread in (sent, lifted):
        span = f"M{number(x(spread.low / 60.0))} {number(below + 5)}H{number(x(spread.high / 60.0))}"
        parts.append(element("path", d=span, class_="spread"))
    return "".join(parts)


def _in_words(alert: PublicAlert, one: Replayed | None) -> str:
    real = f"{alert.key}: called after {span_of(alert.to_alert_min)}, stood {span_of(alert.to_end_min)}"
    if one is None:
        return f"{real}; not replayed."
    runs = len(one.runs)
    called, lifted = (minutes_of(spread, runs) for spread in (one.called(APPROVAL_S), one.lifted(APPROVAL_S)))
    return f"{escape(real)}; replayed: called {called}, lifted {lifted}."
