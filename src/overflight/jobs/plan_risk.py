"""The risk section of a plan: computed risk as rows, with the rule each figure mirrors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from overflight.debris.casualty import CASUALTY_ENERGY_J, casualty_area_m2, propellant_kg
from overflight.debris.impacts import Impacts
from overflight.exposure.baseline import Baseline, baseline
from overflight.exposure.further import FURTHER_FRAGMENTS
from overflight.exposure.landed import Landed
from overflight.exposure.place import Places
from overflight.exposure.risk import COLLECTIVE_LIMIT, INDIVIDUAL_LIMIT, RiskToPeople, risk_to_people
from overflight.flight.ensemble import TERMINATED, Ensemble
from overflight.flight.impact_point import impact_points_along
from overflight.flight.trajectory import PlannedFlight
from overflight.jobs.plan_abort_rows import abort_rows, abort_verdict
from overflight.jobs.plan_areas import area_rows, level_rows, response_rows
from overflight.jobs.planned import Planned
from overflight.report.risk_values import (
    Assumption,
    BaselineRow,
    FocusRow,
    ModeRisk,
    PeriodRisk,
    PlaceRisk,
    RiskReport,
)
from overflight.scenario.model import Scenario

__all__ = ["compute_baseline", "compute_risk", "risk_report"]

SHOWN = 10
SHOWN_COLLECTIVE = 0.01 * COLLECTIVE_LIMIT
SHOWN_INDIVIDUAL = 0.1 * INDIVIDUAL_LIMIT


def compute_risk(
    scenario: Scenario,
    ensemble: Ensemble,
    impacts: Impacts,
    fallen: Landed,
    places: Places,
    flights: int | None = None,
) -> RiskToPeople:
    """Return the risk to people, with the assumptions of the scenario.

    Casualties flight by flight are told of the first ``flights`` alone, those of the plan.
    """
    area = casualty_area_m2(impacts, propellant_kg(scenario, ensemble, impacts), scenario.risk)
    found = risk_to_people(
        ensemble, impacts, fallen, places, area,
        home=scenario.site.country, sheltering_factor=scenario.risk.sheltering_factor,
    )  # fmt: skip
    return replace(found, by_flight=found.by_flight[:flights])


def compute_baseline(scenario: Scenario, flight: PlannedFlight, places: Places) -> Baseline | None:
    """Return part 420's figure along the line of impact points of the planned flight."""
    line = impact_points_along(flight.vehicle)
    payload = scenario.vehicle.payload_kg.value
    return baseline(np.degrees(line.longitude_rad), np.degrees(line.latitude_rad), payload, places)


def risk_report(planned: Planned) -> RiskReport:
    """Return the rows of the risk section."""
    risk, outcomes = planned.safety.risk, planned.ensemble.outcomes
    failing = sum(outcome.probability for outcome in outcomes[1:])
    known = np.nan_to_num(risk.casualties)
    modes = [
        ModeRisk(o.label, o.probability, int(n), *given.row, o.probability * given.value)
        for o, n, given in zip(outcomes, risk.flights, risk.by_outcome, strict=True)
        if o.probability > 0.0
    ]
    return RiskReport(
        total=risk.total.value,
        total_error=risk.total.error,
        total_low=risk.total.low,
        total_high=risk.total.high,
        abroad=risk.abroad.value,
        abroad_error=risk.abroad.error,
        abroad_low=risk.abroad.low,
        abroad_high=risk.abroad.high,
        limit=COLLECTIVE_LIMIT,
        failure_probability=failing,
        probability_words=planned.safety.failure_words,
        places=_top(planned, known, SHOWN_COLLECTIVE),
        individuals=_top(planned, risk.individual, SHOWN_INDIVIDUAL),
        individual_limit=INDIVIDUAL_LIMIT,
        modes=tuple(sorted(modes, key=lambda mode: -mode.share)),
        periods=tuple(
            PeriodRisk(p.start_s, p.end_s, p.share.value, p.share.error, p.given) for p in risk.periods
        ),
        baseline=_baseline(planned, failing),
        unknown_population=risk.unknown_population,
        assumptions=_assumptions(planned),
        areas=area_rows(planned),
        responses=response_rows(planned),
        levels=level_rows(planned),
        focus=_focus(planned),
        aborts=abort_rows(planned.safety.abort),
        abort_verdict=abort_verdict(planned.safety.abort),
    )


def _top(planned: Planned, values: np.ndarray, always: float) -> tuple[PlaceRisk, ...]:
    """Return the ten places with the greatest values and every one above a threshold."""
    order = np.argsort(-values, kind="stable")
    shown = [j for n, j in enumerate(order) if values[j] > 0.0 and (n < SHOWN or values[j] > always)]
    return tuple(_place(planned, int(j)) for j in shown)


def _place(planned: Planned, j: int) -> PlaceRisk:
    risk, index = planned.safety.risk, int(planned.safety.risk.place[j])
    place = planned.places[index]
    by_rule = None
    if planned.safety.baseline is not None:
        at = np.flatnonzero(planned.safety.baseline.place == index)
        by_rule = float(planned.safety.baseline.casualties[at[0]]) if len(at) else None
    counted = place.population is not None
    return PlaceRisk(
        key=place.key,
        name=place.name,
        name_en=place.name_en,
        region=place.region_en or place.region,
        country=place.country or "",
        population=place.population,
        casualties=float(risk.casualties[j]) if counted else None,
        casualties_error=float(risk.casualties_error[j]) if counted else None,
        casualties_low=float(risk.casualties_low[j]) if counted else None,
        casualties_high=float(risk.casualties_high[j]) if counted else None,
        individual=float(risk.individual[j]),
        individual_error=float(risk.individual_error[j]),
        individual_low=float(risk.individual_low[j]),
        individual_high=float(risk.individual_high[j]),
        baseline=by_rule,
    )


def _baseline(planned: Planned, failing: float) -> BaselineRow | None:
    found = planned.safety.baseline
    if found is None:
        return None
    scaled = found.total * failing / found.failure_probability
    return BaselineRow(
        vehicle_class=found.kind.replace("_", " "),
        casualties=found.total,
        failure_probability=found.failure_probability,
        scaled=scaled,
        ratio=planned.safety.risk.total.value / scaled if scaled > 0.0 else None,
    )


def _focus(planned: Planned) -> FocusRow | None:
    found = planned.safety.focused
    if found is None:
        return None
    risk, place = planned.safety.risk, found.place
    at = [j for j, i in enumerate(risk.place) if planned.places[int(i)].key == place.key]
    j = at[0] if at and risk.individual[at[0]] > 0.0 else None
    return FocusRow(
        place.key, place.name_en or place.name, place.country or "", *found.individual.row,
        found.flights, found.wanted, found.reached,
        *(None, None, None) if j is None else (
            float(risk.individual[j]), float(risk.individual_low[j]), float(risk.individual_high[j])
        ),
    )  # fmt: skip


def _chunks(planned: Planned) -> tuple[Assumption, ...]:
    """Return how chunks of propellant are counted, where a catalogue has any."""
    if not any(c.explosive for c in planned.catalogues.classes):
        return ()
    what = "bursts like the propellant of what falls in one piece, chunk by chunk"
    return (Assumption("Propellant that falls as chunks", what, "14 CFR A417.23(d)"),)


def _termination(planned: Planned) -> tuple[Assumption, ...]:
    """Return how the termination system ends flights, where its rules are stated."""
    rules = planned.scenario.termination.rules
    if rules is None:
        return ()
    ended = planned.ensemble.samples.end_code == TERMINATED
    does = "breaks the vehicle up" if planned.scenario.termination.action == "destruct" else "cuts its thrust"
    delay_s = rules.decision_delay_s + rules.command_delay_s
    what = (
        f"{does} {delay_s:g} s after a flight out of order breaks a rule, in {int(ended.sum())} of the "
        f"flights computed; it fails to with probability {rules.failure_probability:g}, an outcome of its own"
    )
    return (Assumption("Termination system", what, "14 CFR 417.113(d), A417.25(b)(10)(ii)"),)


def _further(planned: Planned) -> tuple[Assumption, ...]:
    """Return how many flights were flown for the risk alone, where any were."""
    further = int(planned.safety.risk.flights.sum()) - len(planned.ensemble)
    if further <= 0:
        return ()
    pieces = min(planned.settings.fragments, FURTHER_FRAGMENTS)
    what = f"{further:,} failures more than the plan's own flights, for the risk alone, in {pieces} fragments"
    return (Assumption("Further flights", what, "a place is known by the flights that hit it"),)


def _assumptions(planned: Planned) -> tuple[Assumption, ...]:
    risk = planned.scenario.risk
    shelter = (
        "none claimed"
        if risk.sheltering_factor == 1.0
        else f"{risk.sheltering_factor:g} of casualties remain, stated by the scenario"
    )
    return (
        Assumption(
            "A piece counts", f"from 11 ft-lbf ({CASUALTY_ENERGY_J:.1f} J) or 1 psi", "14 CFR 417.107(c)"
        ),
        Assumption(
            "Casualty area of a piece", f"{risk.casualty_factor:g} times its projected area",
            "14 CFR A417.25(b)(8)",
        ),
        Assumption("Drag coefficient of pieces", f"{risk.drag_coefficient:g}", "estimate"),
        Assumption(
            "Propellant of what falls in one piece",
            f"all reaches the ground, which is the worst case: no stage breaks up on its way down; "
            f"{risk.tnt_equivalence:g} of its mass bursts as TNT, within 45 NEW^(1/3) ft",
            "14 CFR A417.23(d); the yield is an estimate",
        ),
        *_chunks(planned),
        *_termination(planned),
        *_further(planned),
        Assumption("Sheltering", shelter, "14 CFR 450.135(b)(4) asks for it; no public table"),
        Assumption("People", "spread evenly over the land of each place", "14 CFR part 420, appendix C"),
        *(Assumption("Fragments", c.label, c.source) for c in planned.catalogues.catalogues),
    )  # fmt: skip
