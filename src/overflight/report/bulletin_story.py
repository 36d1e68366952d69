"""The story of a bulletin: its sentences, timeline, answers and verdicts, from values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from overflight.inference.pareto import USABLE
from overflight.report.bulletin_answers import answers, fell
from overflight.report.bulletin_values import ClaimRow, Comparison, HypothesisRow, MissingRow
from overflight.report.bulletin_words import Line, Talk, odds, sentence, whole_minutes
from overflight.report.words import distance, plain, rounded, sigma_text

__all__ = [
    "TimelineRow", "answers", "cautions", "compared", "estimated", "known", "lead", "missing",
    "performance", "reading", "sea", "timeline", "unknown", "weighed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A moment: seconds after lift-off, what, and whether it was computed, published or a warning."""

    time_s: float
    sort: str
    line: Line


def lead(talk: Talk) -> tuple[str, ...]:
    """Return what happened in three sentences."""
    b = talk.bulletin
    lift = talk.minute(0.0)
    first = talk(
        "lead_launch", vehicle=f"{b.vehicle} ({b.payload})" if b.payload else b.vehicle, site=b.site,
        time=lift, zone=talk.clock.zone, date=talk.date(b.lift_off_utc),
    )  # fmt: skip
    if b.orbit >= 0.5:
        second = talk("lead_orbit", share=odds(talk, b.orbit))
    else:
        top = b.outcomes[0]
        second = talk("lead_no_orbit", outcome=talk.outcome(top.mode, top.stage), share=odds(talk, top.after))
    left = [row for row in b.falls if row.body.startswith("remains")]
    let_go = [row for row in b.falls if not row.body.startswith("remains")]
    told = (let_go if b.orbit >= 0.5 else left) or list(b.falls)
    if not told:
        return first, second
    third = talk.fall("lead_fall", max(told, key=lambda row: row.probability))
    return first, second, sentence(third)


def sea(talk: Talk) -> str:
    """Return what the search by day assumes of wind and current."""
    row = talk.bulletin.sea
    wind = talk("from", speed=plain(row.wind_mps), angle=f"{row.wind_from_deg:.0f}") if row.wind_mps else "0"
    current = "0"
    if row.current_mps:
        current = talk("towards", speed=plain(row.current_mps), angle=f"{row.current_towards_deg:.0f}")
    said = talk(
        "drift_words", wind=wind, wind_sd=plain(row.wind_sd_mps), current=current,
        current_sd=plain(row.current_sd_mps),
    )  # fmt: skip
    return f"{said} {talk('drift_assumed')}" if row.assumed else said


def cautions(talk: Talk) -> Iterator[str]:
    """Yield what a reader must know before the rest: facts that say nothing, few flights, claims misfit."""
    b = talk.bulletin
    if not any(claim.comparisons for claim in b.claims):
        yield talk("no_numbers")
    if b.run.pareto_k > USABLE:
        k = f"{b.run.pareto_k:.1f}" if math.isfinite(b.run.pareto_k) else "∞"
        yield talk("few_flights", k=k)
    misfits = [talk.own(claim.label).text for claim in b.claims if claim.fits is False]
    if misfits:
        yield talk("misfit_list", claims="; ".join(misfits))


def timeline(talk: Talk) -> tuple[TimelineRow, ...]:
    """Return published moments, warnings and computed moments in order of time."""
    b, rows = talk.bulletin, []
    rows.append(TimelineRow(0.0, "computed", talk.line("lift_off")))
    for claim in b.claims:
        if claim.spoken_utc is not None:
            said = talk.own(claim.label, claim.sources)
            rows.append(TimelineRow(talk.since(claim.spoken_utc), "published", said))
        at = next((row.fact for row in claim.comparisons if row.what == "time" and row.fact), None)
        if at is not None and claim.kind != "launch-time":
            rows.append(TimelineRow(at - b.lift_off_s, "published", talk.own(claim.label, claim.sources)))
    if b.orbit < 0.5:
        low, high = talk.minute(b.path.flown_low_s), talk.minute(b.path.flown_high_s)
        end = talk.line("end_powered", low=low, high=high)
        rows.append(TimelineRow(b.path.flown_s, "computed", end))
    for fall in b.falls:
        if fall.probability >= 0.5:
            middle = 0.5 * (fall.first_time_s + fall.last_time_s)
            rows.append(TimelineRow(middle, "computed", talk.line("comes_down", part=talk.part(fall.body))))
    for warned in b.warnings:
        words = {"system": talk.own(warned.system).text, "area": talk.own(warned.area).text}
        raised = talk.line("raised", warned.sources, **words)
        rows.append(TimelineRow(talk.since(warned.raised_utc), "warning", raised))
        if warned.lifted_utc is not None:
            lifted = talk.line("lifted", warned.sources, **words)
            rows.append(TimelineRow(talk.since(warned.lifted_utc), "warning", lifted))
    return tuple(sorted(rows, key=lambda row: row.time_s))


def performance(talk: Talk) -> tuple[tuple[str, str], ...]:
    """Return the figures of the first warning: (value, what it is)."""
    b, rows = talk.bulletin, []
    for warned in b.warnings[:1]:
        raised = talk.since(warned.raised_utc)
        rows.append((talk("minutes", n=whole_minutes(talk, raised)), talk("p_launch")))
        places = [row for row in b.places if warned.country and row.country == warned.country]
        passage = min((row.first_time_s for row in places if row.first_time_s), default=None)
        last = max((row.last_time_s for row in places if row.last_time_s), default=None)
        if passage is not None and passage > raised:
            rows.append((talk("minutes", n=round((passage - raised) / 60.0)), talk("p_pass")))
        if warned.lifted_utc is not None and last is not None and talk.since(warned.lifted_utc) > last:
            after = (talk.since(warned.lifted_utc) - last) / 60.0
            rows.append((talk("minutes", n=round(after)), talk("p_lift")))
        if warned.asked is not None and warned.confirmed is not None:
            rows.append((talk("of", n=warned.confirmed, all=warned.asked), talk("p_receipts")))
    return tuple(rows)


def known(talk: Talk) -> Iterator[Line]:
    """Yield what is published without contradiction and fits."""
    for claim in talk.bulletin.claims:
        if claim.contradicts or claim.revised_by or claim.confidence in ("C", "D") or claim.fits is False:
            continue
        if claim.count is not None:
            continue  # a question of its own
        label, said = talk.own(claim.label), talk.own(claim.published)
        words = f"{label.text}: {said.text}" if said.text else label.text
        yield Line(words, said.language if said.text else label.language, claim.sources)


def estimated(talk: Talk) -> Iterator[Line]:
    """Yield what is computed."""
    b = talk.bulletin
    for row in b.falls:
        if row.probability >= 0.2:
            yield fell(talk, row)
    if b.orbit < 0.5:
        low, high = talk.minute(b.path.flown_low_s), talk.minute(b.path.flown_high_s)
        yield talk.line("e_end", low=low, high=high)
    warned = {row.country for row in b.warnings}
    every = zip(b.places, b.places_height_km, strict=True)
    heights = [pair for pair in every if (pair[1] or 0.0) >= 1.0 and pair[0].p_over >= 0.5]
    for place, height in sorted(heights, key=lambda pair: pair[0].country not in warned)[:2]:
        at = place.closest_time_s
        if height is not None and at is not None:
            gaps = [abs(time_s - at) for time_s in b.path.time_s]
            j = gaps.index(min(gaps))
            low, high = (distance(rounded(v, 2)) for v in (b.path.low_km[j], b.path.high_km[j]))
            yield talk.line("e_crossing", place=talk.place_name(place), low=low, high=high)


def unknown(talk: Talk) -> Iterator[Line]:
    """Yield what nobody published, and what sources disagree about."""
    b = talk.bulletin
    yield from (talk.own(words) for words in b.unknown)
    by_key = {claim.key: claim for claim in b.claims}
    seen: set[frozenset[str]] = set()
    for claim in b.claims:
        for other in claim.contradicts:
            pair = frozenset((claim.key, other))
            if pair not in seen:
                seen.add(pair)
                one, two = talk.own(claim.label).text, talk.own(by_key[other].label).text
                yield talk.line("disagree", (*claim.sources, *by_key[other].sources), one=one, other=two)


def compared(talk: Talk, row: Comparison) -> tuple[str, str]:
    """Return what is computed beside a fact, and the difference in words."""
    if row.residual is None:
        return talk("probably", share=odds(talk, row.agrees or 0.0)), ""
    if row.unit == "s":
        middle = talk.clock.local(row.model - talk.bulletin.lift_off_s, seconds=True)
        spread = f"± {rounded(max(row.model_sd, 1.0), 1):.0f} s"
    else:
        unit = "°" if row.unit == "deg" else f"\u00a0{row.unit}"
        digits = 1 if row.unit == "deg" else 0
        size = max(row.model_sd, 0.1 if row.unit == "deg" else 1.0)
        middle = f"{row.model:.{digits}f}{unit}".replace("-", "−")
        spread = f"± {plain(rounded(size, 1))}{unit}"
    return f"{middle} {spread}", sigma_text(row.residual)


def weighed(talk: Talk, row: HypothesisRow) -> str:
    """Return what the facts decide about a statement."""
    strength = max(row.bayes_factor, 1.0 / max(row.bayes_factor, 1e-300))
    factor = plain(rounded(strength, 1 if strength > 3 else 2)) if strength < 1e6 else "> 1,000,000"
    if row.bound and strength > 3.0:
        factor = f"{talk('bound')} {factor}"
    key = "weighed_open" if strength < 3.0 else "weighed_for" if row.bayes_factor > 1.0 else "weighed_against"
    return talk(key, factor=factor)


def missing(talk: Talk, row: MissingRow) -> str:
    """Return what would be worth knowing."""
    if row.what == "end_s":
        return talk("m_end")
    if row.what.startswith("fall:"):
        return talk("m_fall", part=talk.part(row.what.removeprefix("fall:")))
    return talk.own(row.label).text


def reading(talk: Talk, claim: ClaimRow) -> str:
    """Return whether a claim fits, in one word."""
    if claim.fits is None:
        return talk("no_number")
    return talk("fits") if claim.fits else talk("misfits")
