"""A comparison of two plans as text for people and as JSON for programs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

from overflight.jobs.compare import SIGMAS, Comparison, PlaceChange, ZoneChange, clock_text
from overflight.jobs.criteria import WHAT, Verdict, go
from overflight.report.words import chance, risk, risk_change

__all__ = ["as_document", "print_comparison"]

SHOWN = 8
_HEADINGS = {
    "new": "Newly overflown", "gone": "No longer overflown", "more": "Overflown more often",
    "less": "Overflown less often", "earlier": "Reached earlier after lift-off",
    "later": "Reached later after lift-off", "debris-more": "More debris", "debris-less": "Less debris",
}  # fmt: skip


def print_comparison(found: Comparison, stream: TextIO) -> None:
    """Write what changed: verdict first, then lift-off, falls, places."""
    b = found.after

    def say(text: str = "") -> None:
        print(text, file=stream)

    say(f"{b.title}")
    for letter, plan in (("A", found.before), ("B", b)):
        say(f"{letter}: {plan.where} (run {plan.run_id}, {plan.flights:,} flights)")
    for remark in found.remarks:
        say(f"note: {remark}")
    if found.verdicts:
        _say_verdicts(found.verdicts, say)
    say("\nLift-off")
    say(f"  {_lift_off(found)}")
    say("\nWhat falls where")
    for zone in found.zones:
        say(f"  {_zone_words(zone)}")
    for label, before, after in found.outcomes:
        say(f"  {label}: {chance(before)}, now {chance(after)}")
    if found.risk is not None:
        say(f"  Expected casualties: {_risk_words(*found.risk)}")
    if not found.places:
        say("\nNo place is affected otherwise, beyond Monte Carlo error.")
    else:
        say("\nFor whom, in places")
        for line in _for_whom(found):
            say(f"  {line}")
    for kind, heading in _HEADINGS.items():
        rows = [row for row in found.places if row.kind == kind]
        if rows:
            say(f"\n{heading}")
            for row in rows[:SHOWN]:
                say(f"  {_place_words(row, found)}")
            if len(rows) > SHOWN:
                say(f"  and {len(rows) - SHOWN} more")


def _say_verdicts(verdicts: tuple[Verdict, ...], say: Any) -> None:
    say(f"\n{'GO' if go(verdicts) else 'NO GO'} for B, by the criteria given; an analysis, not a decision")
    for verdict in verdicts:
        row = verdict.criterion
        limit = f"at least {row.least:g}" if row.least is not None else f"at most {row.most:g}"
        if verdict.value is None:
            say(f"  {verdict.state:<10}{row.key}: {verdict.driver}")
            continue
        between = f" ({verdict.low:.2g} to {verdict.high:.2g})" if verdict.high > verdict.low else ""
        say(f"  {verdict.state:<10}{row.key}: {WHAT[row.what]}: {verdict.value:.2g}{between}, {limit}")
        say(f"  {'':<10}{_margin(verdict)}driver: {verdict.driver}{_hint(verdict)}")


def _margin(verdict: Verdict) -> str:
    if verdict.margin is None:
        return ""
    if verdict.margin < -1.0:
        return f"{1.0 - verdict.margin:.2g} times the limit; "
    return f"margin {100 * verdict.margin:+.0f} % of the limit; "


def _hint(verdict: Verdict) -> str:
    return "; more flights would decide" if verdict.state == "undecided" else ""


def _lift_off(found: Comparison) -> str:
    shift = found.lift_off_shift_s
    zone = found.after.clock
    now = f"{clock_text(found.after, 0.0)} {zone}, {found.after.lift_off_utc:%Y-%m-%d %H:%M:%S} UTC"
    if abs(shift) < 1.0:
        return f"unchanged, {now}"
    minutes = abs(shift) / 60.0
    text = f"{minutes:.0f} min" if minutes < 600 else f"{minutes / 60.0:.0f} h"
    return f"{text} {'later' if shift > 0 else 'earlier'}: {now}; every time moves with it"


def _zone_words(zone: ZoneChange) -> str:
    if zone.kind != "both":
        return f"{zone.body}: {'falls now, did not before' if zone.kind == 'new' else 'no longer falls'}"
    if zone.moved:
        where = f"moved {zone.shift_km:.0f} km towards {zone.towards_deg:.0f} deg"
    elif zone.shift_km < 1.0:
        where = "moved by less than 1 km"
    else:
        where = f"not moved beyond Monte Carlo error ({zone.shift_km:.1f} km)"
    area = "" if 0.8 < zone.grown < 1.25 else f", area {zone.grown:.2g} times as large"
    time = f", {abs(zone.later_s):.0f} s {'later' if zone.later_s > 0 else 'earlier'} after lift-off"
    inside = ""
    if zone.inside_before is not None and zone.inside_after is not None:
        shares = f"{100 * zone.inside_before:.0f} %, now {100 * zone.inside_after:.0f} %"
        inside = f"; inside its announced zone {shares}"
    return f"{zone.body}: {where}{area}{time if abs(zone.later_s) >= 5.0 else ''}{inside}"


def _place_words(row: PlaceChange, found: Comparison) -> str:
    name = f"{row.name}, {row.country}"
    if row.kind in ("earlier", "later"):
        assert row.first_before_s is not None and row.first_after_s is not None
        moved = abs(row.first_after_s - row.first_before_s)
        return f"{name}: first at {clock_text(found.after, row.first_after_s)}, {moved:.0f} s {row.kind}"
    time = ""
    if row.kind in ("new", "more") and row.first_after_s is not None:
        time = f", first at {clock_text(found.after, row.first_after_s)} {found.after.clock}"
    before = "not seen" if row.before == 0.0 else chance(row.before)
    after = "not seen" if row.after == 0.0 else chance(row.after)
    return f"{name}: {before}, now {after} ({_by(row)}){time}"


def _by(row: PlaceChange) -> str:
    """Return the change of a chance with its error: in points of a percentage, or as a small number."""
    change, error = row.after - row.before, row.error or 0.0
    if abs(change) < 0.01:
        return risk_change(change, error)
    return f"{'+' if change > 0.0 else '−'}{100 * abs(change):.1f} ± {100 * error:.1f} points"


def _risk_words(before: float, after: float, error: float) -> str:
    change = after - before
    if change == 0.0:
        return f"unchanged, {risk(after)}"
    if abs(change) < SIGMAS * error:
        return f"{risk(before)}, now {risk(after)}: within Monte Carlo error of ± {risk(error)}"
    return f"{risk(before)}, now {risk(after)}, a change of {risk_change(change, error)}"


def _for_whom(found: Comparison) -> Iterator[str]:
    """Yield what changed in each country, in counts of places."""
    for country in dict.fromkeys(row.country for row in found.places):
        kinds = Counter(row.kind for row in found.places if row.country == country)
        told = ", ".join(
            f"{kinds[kind]} {heading[0].lower()}{heading[1:]}"
            for kind, heading in _HEADINGS.items()
            if kinds[kind]
        )
        yield f"{country or 'no country'}: {told}"


def as_document(found: Comparison) -> str:
    """Return the comparison as JSON."""
    document = {
        "made_by": "overflight compare",
        "before": {"folder": found.before.where, "run_id": found.before.run_id},
        "after": {"folder": found.after.where, "run_id": found.after.run_id},
        "remarks": found.remarks,
        "lift_off_utc": [found.before.lift_off_utc.isoformat(), found.after.lift_off_utc.isoformat()],
        "lift_off_shift_s": found.lift_off_shift_s,
        "go": go(found.verdicts) if found.verdicts else None,
        "criteria": [_verdict(verdict) for verdict in found.verdicts],
        "zones": [asdict(zone) for zone in found.zones],
        "outcomes": [dict(zip(("label", "before", "after"), row, strict=True)) for row in found.outcomes],
        "expected_casualties": found.risk
        and dict(zip(("before", "after", "error"), found.risk, strict=True)),
        "places": [asdict(place) for place in found.places],
    }
    return json.dumps(_finite(document), ensure_ascii=False, indent=1, allow_nan=False)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "key": verdict.criterion.key, "what": verdict.criterion.what, "state": verdict.state,
        "value": verdict.value, "low": verdict.low, "high": verdict.high, "most": verdict.criterion.most,
        "least": verdict.criterion.least, "margin": verdict.margin, "driver": verdict.driver,
    }  # fmt: skip


def _finite(value: Any) -> Any:
    """Return a value as JSON can carry it: an infinite number of errors is null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
