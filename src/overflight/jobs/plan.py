"""Job ``plan``: a scenario in; drop zones, places overflown, risks, prepared warnings and a page out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import numpy as np

from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import Impacts, fall_ensemble
from overflight.earth.weather import Weather
from overflight.exposure.claims import Judge
from overflight.exposure.drop_zones import drop_zone
from overflight.exposure.further import fly_further
from overflight.exposure.landed import landed
from overflight.exposure.overflown import expose
from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.exposure.sensitivity import drivers
from overflight.flight.engine import make_engine
from overflight.flight.ensemble import Ensemble
from overflight.flight.launch import launch
from overflight.flight.trajectory import fly_planned
from overflight.flight.weathered import weathered
from overflight.jobs.plan_abort import compare_abort
from overflight.jobs.plan_alerts import make_drafts
from overflight.jobs.plan_areas import compute_areas
from overflight.jobs.plan_files import plan_files
from overflight.jobs.plan_focus import FocusAsked, focus_place, focused_on
from overflight.jobs.plan_record import with_record
from overflight.jobs.plan_report import plan_report
from overflight.jobs.plan_risk import compute_baseline, compute_risk
from overflight.jobs.planned import BodyZone, Planned, RunSettings, Safety
from overflight.jobs.until import Target, plan_until
from overflight.report.values import PlanReport
from overflight.scenario.draws import Sampling, draw
from overflight.scenario.model import Scenario
from overflight.scenario.unended import with_unended

__all__ = ["PlanResult", "compute_plan", "plan"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A finished plan: the report, every file to write by its relative name, and the values behind both."""

    report: PlanReport
    files: Mapping[str, bytes] = field(repr=False)
    planned: Planned = field(repr=False)

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{value}</td><td>{what}</td></tr>" for value, what in self.report.key_figures)
        return f"<b>{self.report.headline}</b><p>{self.report.lede}</p><table>{rows}</table>"


def plan(
    scenario: Scenario,
    *,
    scenario_bytes: bytes | None = None,
    flights: int = 1000,
    fragments: int = 200,
    seed: int = 1,
    engine: str = "threads",
    width_km: float = 50.0,
    places: Places | None = None,
    weather: Weather | None = None,
    until: Target | None = None,
    focus: FocusAsked | None = None,
    most_flights: int = 100_000,
    sampling: Sampling = "random",
    computed_utc: datetime,
    progress: Progress = lambda *_: None,
) -> PlanResult:
    """Plan a launch.

    Parameters
    ----------
    scenario, scenario_bytes : the scenario and the bytes of its file, which identify the run; without them
        the scenario's own JSON does
    flights : flights over all outcomes; fragments : weighted fragments per break-up
    engine : ``serial``, ``threads``, ``threads:N`` or ``dask://HOST:PORT``; the result does not depend on it
    width_km : a place counts as overflown when the ground track passes within this distance
    places : places to look at; the packaged ones if absent
    weather : forecast or reanalysis of the day; the scenario's own air and wind if absent
    until, most_flights : plan again with more flights, up to so many, until a figure is known well enough
    focus : a place for which more flights are flown where they matter, up to ``most_flights``
    sampling : ``random``, or ``sobol`` for evenly spread draws (errors are then stated as if by chance)
    computed_utc : when the run is made (this package reads no clock)
    progress : called with (what, done, total)
    """
    identity = scenario.model_dump_json().encode() if scenario_bytes is None else scenario_bytes
    own = [row.catalogue for row in scenario.breakup if not isinstance(row.catalogue, str)]
    identity += b"".join(b"\0" + catalogue.model_dump_json().encode() for catalogue in own)
    settings = RunSettings(flights, fragments, seed, engine, width_km, sampling)
    places = load_places() if places is None else places
    compute = partial(
        compute_plan, scenario, places=places, progress=progress, weather=weather, focus=focus,
        most_flights=most_flights,
    )  # fmt: skip
    if until is None:
        planned, stopping = compute(settings), ""
    else:
        planned, stopping = plan_until(until, settings, most_flights, compute)
    progress("Writing", 0, 1)
    drafts = make_drafts(planned)
    report = plan_report(planned, drafts, identity, computed_utc, stopping)
    files = plan_files(planned, report, drafts, identity)
    progress("Writing", 1, 1)
    return PlanResult(report, files, planned)


def compute_plan(
    scenario: Scenario,
    settings: RunSettings,
    places: Places | None = None,
    progress: Progress = lambda *_: None,
    *,
    weather: Weather | None = None,
    focus: FocusAsked | None = None,
    most_flights: int = 100_000,
) -> Planned:
    """Return all values of a plan, without a report."""
    places = load_places() if places is None else places
    place = focus and focused_on(focus, places)
    scenario, failure_words = with_record(scenario)
    scenario = with_unended(scenario)
    airs = air, falls_through = weathered(scenario, weather)
    catalogues = catalogues_of(scenario)
    with closing(make_engine(settings.engine)) as runner:
        ensemble = launch(
            scenario, air, flights=settings.flights, seed=settings.seed, engine=runner,
            sampling=settings.sampling, progress=partial(progress, "Flying"),
        )  # fmt: skip
        impacts = fall_ensemble(
            scenario, ensemble, catalogues, falls_through, fragments=settings.fragments, engine=runner,
            progress=partial(progress, "Falling"),
        )  # fmt: skip
        fallen = landed(impacts, places)
        exposure = expose(
            scenario, ensemble, impacts, places, air, fallen=fallen, width_m=settings.width_km * 1e3,
            engine=runner, progress=partial(progress, "Places"),
        )  # fmt: skip
        further = fly_further(
            scenario, ensemble, impacts, fallen, places, airs, catalogues, fragments=settings.fragments,
            engine=runner, progress=partial(progress, "Risk"),
        )  # fmt: skip
        risk = compute_risk(scenario, *further, places, settings.flights)
        abort = compare_abort(scenario, ensemble, risk, places, catalogues, airs, runner, settings)
        focused = place and focus_place(
            place, scenario, airs, catalogues, settings, runner, most_flights,
            progress=partial(progress, "Focus"),
        )  # fmt: skip
    judge, flight = Judge(scenario, ensemble, impacts, places, air), fly_planned(scenario, air)
    baseline = compute_baseline(scenario, flight, places)
    areas = compute_areas(scenario, ensemble, impacts, flight.vehicle)
    return Planned(
        scenario=scenario,
        settings=settings,
        air=air,
        weather=weather,
        flight=flight,
        ensemble=ensemble,
        catalogues=catalogues,
        impacts=impacts,
        places=places,
        exposure=exposure,
        zones=_zones(scenario, ensemble, impacts),
        claims=tuple(judge.judge(claim) for claim in scenario.claim),
        safety=Safety(risk, baseline, *areas, abort, failure_words, focused),
        fallen=fallen,
    )


def _zones(scenario: Scenario, ensemble: Ensemble, impacts: Impacts) -> tuple[BodyZone, ...]:
    """Return the drop zone of every spent stage and fairing, and of what the event's outcome breaks up."""
    happened = next((i for i, o in enumerate(ensemble.outcomes) if o.happened), 0)
    zones, draws = [], draw(scenario, ensemble.seed, ensemble.samples.key, ensemble.sampling)
    for index, body in enumerate(ensemble.bodies):
        rows = impacts.of(index)
        special = body.kind in ("intact", "breakup")
        if special:
            rows = rows & (ensemble.samples.outcome[impacts.sample] == happened) & (happened > 0)
        if int(rows.sum()) < 10:
            continue
        weights = ensemble.weights[impacts.sample[rows]] * impacts.pieces[rows]
        zone = drop_zone(
            np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows]), weights
        )
        driven = () if special else drivers(ensemble, impacts, draws, index, zone)
        zones.append(BodyZone(body, zone, special, driven))
    return tuple(zones)
