"""The bulletin of a reconstruction: computed values as rows, rounded by the pages, worded nowhere here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from overflight import __version__
from overflight.exposure.announced import zone_ring
from overflight.jobs.explain import Explained
from overflight.jobs.explain_imaging import imaging_row
from overflight.jobs.explain_rows import fall_rows, missing_rows, path_band, place_rows, quantity_named
from overflight.jobs.explain_search import drift_areas, sea_state
from overflight.record.load import load_record
from overflight.record.probability import failure_probability
from overflight.report.bulletin_values import (
    AnswerRow,
    Bulletin,
    ChainRow,
    ChangeRow,
    ClaimRow,
    Comparison,
    ExplainRun,
    HypothesisRow,
    LearnedRow,
    NextAttempt,
    OutcomeRow,
    Upcoming,
    WarningRow,
    Words,
)
from overflight.report.values import AnnouncedZone, Source
from overflight.scenario.claims import Claim
from overflight.scenario.facts import Facts, Warned

__all__ = ["bulletin"]

_FEW = 20.0  # effective flights on a side below which a Bayes factor is a bound


def bulletin(found: Explained, facts_bytes: bytes, scenario_bytes: bytes, computed_utc: datetime) -> Bulletin:
    """Return the bulletin; the bytes of both files identify the run."""
    scenario, facts, bank = found.scenario, found.facts, found.posterior.bank
    weights = found.posterior.weights
    lift = bank.columns["lift_off_s"]
    mean = float(weights @ lift)
    lift_off = scenario.launch.utc + timedelta(seconds=mean)
    places, heights = place_rows(found)
    debris = found.exposure.any_debris
    return Bulletin(
        key=_slug(facts.title, lift_off + timedelta(hours=scenario.launch.zone_offset_h)),
        title=_words(facts.title, {lang: w.title for lang, w in facts.translation.items() if w.title}),
        about=_words(facts.about or scenario.about or "", {}),
        vehicle=scenario.vehicle.name,
        payload=scenario.vehicle.payload_name or "",
        site=scenario.site.name,
        site_lonlat=(scenario.site.longitude_deg, scenario.site.latitude_deg),
        stages=len(scenario.vehicle.stage),
        lift_off_utc=lift_off,
        lift_off_s=mean,
        lift_off_sd_s=float(np.sqrt(weights @ (lift - mean) ** 2)),
        zone_label=scenario.launch.zone,
        zone_offset_h=scenario.launch.zone_offset_h,
        outcomes=_outcomes(found),
        orbit=float(weights @ bank.columns["orbit"]),
        path=path_band(found),
        falls=fall_rows(found),
        places=places,
        places_height_km=heights,
        debris_on_land=float(debris.mean[0]),
        debris_below=float(debris.below[0]) if np.isfinite(debris.below[0]) else None,
        announced=_announced(found),
        claims=tuple(_claim(found, claim) for claim in facts.claim),
        objects=tuple((key, *row) for key, rows in found.objects.items() for row in rows.items()),
        hypotheses=_hypotheses(found),
        learned=_learned(found),
        missing=missing_rows(found),
        warnings=tuple(_warning(row) for row in facts.warning),
        changes=_changes(facts),
        answers=_answers(facts),
        unknown=_unknown(facts),
        next_attempt=_next_attempt(found),
        upcoming=_upcoming(facts),
        imaging=imaging_row(found),
        sea=sea_state(found),
        drift=drift_areas(found, lift_off),
        chain=_chain(found),
        sources=tuple(Source(source.key, source.text) for source in (facts.source or scenario.source)),
        credits=found.places.credits,
        run=_run(found, facts_bytes + b"\0" + scenario_bytes, computed_utc),
    )


def _slug(title: str, day: datetime) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"{day:%Y-%m-%d}-{words}" if words else f"{day:%Y-%m-%d}"


def _words(text: str, translation: Mapping[Any, str]) -> Words:
    return Words(text, translation.get("ja"), translation.get("ko"))


def _part(text: str | None, claim: Claim | Warned, name: str) -> Words | None:
    """Return a text of a claim or warning with its translations."""
    if text is None:
        return None
    other = {lang: getattr(words, name) for lang, words in claim.translation.items()}
    return Words(text, other.get("ja"), other.get("ko"))


def _sources(source: str | list[str]) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else tuple(source)


def _outcomes(found: Explained) -> tuple[OutcomeRow, ...]:
    bank, weights = found.posterior.bank, found.posterior.weights
    prior = np.exp(bank.log_prior)
    rows = [
        OutcomeRow(
            outcome.key,
            Words(outcome.label),
            outcome.mode,
            outcome.stage,
            float(prior[bank.outcome == i].sum()),
            float(weights[bank.outcome == i].sum()),
        )
        for i, outcome in enumerate(bank.outcomes)
        if outcome.probability > 0.0
    ]
    return tuple(sorted(rows, key=lambda row: -row.after))


def _announced(found: Explained) -> tuple[AnnouncedZone, ...]:
    zones = {zone.key: zone for zone in (*found.scenario.announced_zone, *found.facts.zones)}
    return tuple(
        AnnouncedZone(
            zone.key,
            zone.label,
            zone.body,
            tuple((float(x), float(y)) for x, y in zone_ring(zone, found.scenario.site)),
            zone.note or "",
            () if zone.source is None else _sources(zone.source),
        )
        for zone in zones.values()
    )


def _claim(found: Explained, claim: Claim) -> ClaimRow:
    rows = [_comparison(claim, row) for row in found.residuals if row.claim == claim.key]
    moved = next((row for row in found.influence if row.claim == claim.key), None)
    most = max(moved.shift, key=lambda name: abs(moved.shift[name])) if moved and moved.shift else None
    speaker = getattr(claim, "speaker", None)
    label = _part(claim.label, claim, "label")
    published = _part(claim.published, claim, "published")
    assert label is not None and published is not None
    return ClaimRow(
        key=claim.key,
        kind=claim.kind,
        label=label,
        published=published,
        speaker=_part(speaker, claim, "speaker"),
        spoken_utc=claim.utc if claim.kind == "statement" else None,
        answers=claim.answers if claim.kind == "statement" else None,
        count=claim.count if claim.kind == "count" else None,
        date=claim.date,
        confidence=claim.confidence,
        sources=claim.sources,
        contradicts=_contradicted(found.facts, claim),
        revises=claim.revises,
        revised_by=tuple(other.key for other in found.facts.claim if other.revises == claim.key),
        comparisons=tuple(rows),
        influence=moved.shift[most] if moved and most else None,
        influence_on=most,
    )


def _contradicted(facts: Facts, claim: Claim) -> tuple[str, ...]:
    """Return the claims that it contradicts or that say so of it: a contradiction has two sides."""
    named = [*claim.contradicts, *(c.key for c in facts.claim if claim.key in c.contradicts)]
    return tuple(dict.fromkeys(named))


def _comparison(claim: Claim, row) -> Comparison:  # noqa: ANN001
    what = row.name.partition("(")[2].rstrip(")")
    agrees = row.agrees
    if claim.kind == "in-zone" and agrees is not None and claim.inside is False:
        agrees = 1.0 - agrees
    return Comparison(
        what, row.unit, row.fact, row.tolerance, row.model, row.model_sd, row.residual, agrees, row.tension
    )


def _hypotheses(found: Explained) -> tuple[HypothesisRow, ...]:
    return tuple(
        HypothesisRow(
            row.hypothesis.key,
            _words(row.hypothesis.label, row.hypothesis.translation),
            row.prior,
            row.posterior,
            row.bayes_factor,
            row.log10_error,
            row.effective < _FEW,
        )
        for row in found.evidence
    )


def _warning(row: Warned) -> WarningRow:
    system, area = _part(row.system, row, "system"), _part(row.area, row, "area")
    assert system is not None and area is not None
    return WarningRow(
        system, area, row.country, row.raised_utc, row.lifted_utc, row.asked, row.confirmed,
        _part(row.damage, row, "damage"), _sources(row.source),
    )  # fmt: skip


def _learned(found: Explained) -> tuple[LearnedRow, ...]:
    return tuple(
        LearnedRow(
            r.path,
            quantity_named(r.path, found),
            r.prior_mean,
            r.prior_sd,
            r.mean,
            r.sd,
            r.low,
            r.high,
        )
        for r in found.learned
    )


def _unknown(facts: Facts) -> tuple[Words, ...]:
    other = {lang: words.unknown for lang, words in facts.translation.items()}
    return tuple(
        _words(text, {lang: texts[i] for lang, texts in other.items() if i < len(texts)})
        for i, text in enumerate(facts.unknown)
    )


def _changes(facts: Facts) -> tuple[ChangeRow, ...]:
    return tuple(
        ChangeRow(row.utc, row.kind == "correction", _words(row.text, row.translation))
        for row in sorted(facts.change, key=lambda row: row.utc)
    )


def _next_attempt(found: Explained) -> NextAttempt | None:
    """Return what the record says of the launch after this one; None for a vehicle it does not know."""
    record = load_record()
    name = found.scenario.vehicle.name.casefold()
    key = next((e.vehicle for e in record if name in (e.vehicle_name.casefold(), e.vehicle)), None)
    if key is None:
        return None
    after = found.scenario.launch.utc + timedelta(days=1)
    odds = failure_probability(record, vehicle=key, before=after)
    return NextAttempt(
        len(odds.counted), odds.counted.failures, 1.0 - odds.high, 1.0 - odds.low, odds.similar
    )


def _upcoming(facts: Facts) -> Upcoming | None:
    row = facts.next_attempt
    if row is None:
        return None
    other = {lang: words.changed for lang, words in row.translation.items()}
    changed = None if row.changed is None else _words(row.changed, other)
    return Upcoming(row.from_utc, row.to_utc, changed, _sources(row.source))


def _chain(found: Explained) -> ChainRow | None:
    row = found.refined
    return row and ChainRow(row.steps, row.walkers, row.tau, row.reduction, row.apart)


def _answers(facts: Facts) -> tuple[AnswerRow, ...]:
    return tuple(
        AnswerRow(
            _words(row.question, {lang: words.question for lang, words in row.translation.items()}),
            _words(row.answer, {lang: words.answer for lang, words in row.translation.items()}),
            _sources(row.source),
        )
        for row in facts.answer
    )


def _run(found: Explained, identity: bytes, computed_utc: datetime) -> ExplainRun:
    s = found.settings
    said = f"{__version__} {s.flights} {s.samples} {s.fragments} {s.seed} {s.width_km:g} "
    return ExplainRun(
        version=__version__,
        run_id=hashlib.sha256(said.encode() + identity).hexdigest()[:12],
        computed_utc=computed_utc,
        seed=s.seed,
        flights=len(found.posterior.bank),
        effective=found.posterior.effective,
        pareto_k=found.posterior.pareto_k,
        samples=s.samples,
        fragments=s.fragments,
        engine=s.engine,
    )
