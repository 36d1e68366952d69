"""Published facts against the model, in words."""

from __future__ import annotations

from datetime import timedelta

from overflight.exposure.claims import ClaimResult, Part
from overflight.jobs.plan_words import percent
from overflight.jobs.planned import Planned
from overflight.report.values import FactRow, Statement
from overflight.scenario.claims import (
    CrossingClaim,
    FallClaim,
    InZoneClaim,
    LaunchTimeClaim,
    OrbitClaim,
    PassageClaim,
)
from overflight.scenario.draws import quantities
from overflight.scenario.model import Scenario

__all__ = ["fact_rows", "statements"]

_FITS = 2.0  # sigma


def fact_rows(planned: Planned) -> tuple[FactRow, ...]:
    """Return every claim with the model's word and its residual, contradictions named on both sides."""
    labels = {claim.key: claim.label for claim in planned.scenario.claim}
    against: dict[str, set[str]] = {key: set() for key in labels}
    for claim in planned.scenario.claim:
        for other in claim.contradicts:
            against[claim.key].add(other)
            against[other].add(claim.key)
    return tuple(
        _row(planned.scenario, result, tuple(labels[k] for k in labels if k in against[result.claim.key]))
        for result in planned.claims
    )


def _row(scenario: Scenario, result: ClaimResult, contradicts: tuple[str, ...]) -> FactRow:
    claim = result.claim
    fits, reading = _reading(result)
    if claim.use == "fit":
        reading += "; used in the fit"
    if contradicts:
        reading += f". Contradicts: {', '.join(contradicts)}"
    return FactRow(
        label=claim.label,
        confidence=claim.confidence,
        sources=claim.sources,
        published=claim.published,
        model="; ".join(_model_words(scenario, claim, part) for part in result.parts)
        or "no number to compare",
        residual_sigma=result.residual,
        reading=reading,
        fits=fits,
        contradicts=contradicts,
    )


def _clock(scenario: Scenario, seconds: float, *, with_seconds: bool = True) -> str:
    local = scenario.launch.utc + timedelta(seconds=seconds, hours=scenario.launch.zone_offset_h)
    return f"{local:%H:%M:%S}" if with_seconds else f"{local:%H:%M}"


def _model_words(scenario: Scenario, claim: object, part: Part) -> str:
    if part.model != part.model:
        return "the model has no value"
    if part.unit == "s" and part.low is not None and part.high is not None:
        floor = claim.track_floor_km if isinstance(claim, FallClaim) else 0.0
        low, high = _clock(scenario, part.low), _clock(scenario, part.high)
        return f"below {floor:g} km from {low}, impact {high} (± {max(part.model_sd, 1.0):.0f} s)"
    if part.unit == "s":
        return f"{_clock(scenario, part.model)} ± {max(part.model_sd, 1.0):.0f} s"
    if part.unit == "deg":
        return (
            f"{part.model:.1f}° ± {part.model_sd:.1f}° E"
            if part.model >= 0.0
            else f"{-part.model:.1f}° ± {part.model_sd:.1f}° W"
        )
    if part.unit == "km":
        return f"{part.model:,.0f} ± {max(part.model_sd, 1.0):,.0f} km".replace("-", "−")
    what = "inside the zone" if isinstance(claim, InZoneClaim) else "in orbit"
    return f"{percent(part.model)} {what}"


def _reading(result: ClaimResult) -> tuple[bool | None, str]:
    claim = result.claim
    if isinstance(claim, InZoneClaim) and result.parts:
        inside = result.parts[0].model
        if claim.inside is None:
            return None, "Not a yes or no"
        agrees = inside if claim.inside else 1.0 - inside
        if agrees < 0.05:
            return False, f"Does not fit: {percent(inside)} of flights fall inside"
        return (True, "Fits") if agrees > 0.5 else (None, f"Possible: {percent(agrees)} of flights agree")
    if isinstance(claim, OrbitClaim) and result.parts:
        agrees = result.parts[0].model if claim.reached else 1.0 - result.parts[0].model
        return (True, "Fits") if agrees > 0.5 else (False, "Does not fit")
    if result.residual is None:
        return None, "Kept as said; the model cannot settle it"
    if abs(result.residual) <= _FITS:
        return True, "Fits"
    if isinstance(claim, FallClaim):
        return False, "Does not fit; kept as it is"
    return False, "Does not fit"


def statements(planned: Planned) -> tuple[Statement, ...]:
    """Return what is known, what is estimated and what nobody knows, each with its sources."""
    scenario = planned.scenario
    rows = []
    for claim in scenario.claim:
        known = claim.confidence in ("A", "B") and isinstance(
            claim, (LaunchTimeClaim, PassageClaim, CrossingClaim, OrbitClaim)
        )
        if known and not (isinstance(claim, LaunchTimeClaim) and claim.contradicts):
            rows.append(Statement("known", f"{claim.label}: {claim.published}.", claim.sources))
    fitted = sum("fitted" in (q.note or "") for q in quantities(scenario).values())
    spread = sum(q.spread for q in quantities(scenario).values())
    if fitted:
        text = f"{fitted} numbers of vehicle and steering: fitted to the facts, with the spread they leave."
        rows.append(Statement("estimated", text))
    rows.append(
        Statement(
            "estimated",
            f"{spread} quantities are drawn anew in every flight; ranges are in the scenario file.",
        )
    )
    if any(zone.circle is not None for zone in scenario.announced_zone):
        worst = sorted({f"{z.circle.radius_km:.0f} km" for z in scenario.announced_zone if z.circle}, key=len)
        keys = dict.fromkeys(
            s
            for z in scenario.announced_zone
            for s in ([z.source] if isinstance(z.source, str) else z.source or [])
        )
        rows.append(
            Statement(
                "estimated", f"Announced zones known by centre only, ± {', '.join(worst)}.", tuple(keys)
            )
        )
    for catalogue in planned.catalogues.catalogues:
        text = f"Fragments: {catalogue.label}; {catalogue.pieces} pieces a break-up."
        rows.append(Statement("estimated", text))
    if any(mode.probability.note for mode in scenario.failure):
        rows.append(
            Statement(
                "estimated", "Failure probabilities: stated with ranges in the scenario, not derived here."
            )
        )
    rows += [Statement("unknown", text) for text in scenario.unknown]
    return tuple(rows)
