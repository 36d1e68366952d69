"""The plan report: everything a page, a terminal or ``run.json`` shows, worded from computed values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from overflight import __version__
from overflight.exposure.track_band import track_band
from overflight.jobs.plan_alerts import alert_rows
from overflight.jobs.plan_facts import fact_rows, statements
from overflight.jobs.plan_inputs import own_places_digest
from overflight.jobs.plan_notices import plan_notices
from overflight.jobs.plan_orbit import orbit_reached
from overflight.jobs.plan_risk import risk_report
from overflight.jobs.plan_rows import (
    announced_rows,
    drop_zone_rows,
    outcome_rows,
    place_rows,
    track_rows,
)
from overflight.jobs.plan_timeline import timeline_rows
from overflight.jobs.plan_words import SHOWN_P, headline, key_figures, lede, percent
from overflight.jobs.planned import Planned
from overflight.report.values import LonLat, PlanReport, RunInfo, Source
from overflight.warning.drafts import Draft

__all__ = ["plan_report"]

METHOD = (
    "Three-degree-of-freedom flight over the rotating WGS 84 Earth with J2 to J6, {air}, drag by Mach "
    "number, thrust with back-pressure and staging at depletion; adaptive Dormand-Prince integration with "
    "located events. Spent stages, fairing halves and fragments fall with drag and wind to the ground. "
    "Flights are drawn for every outcome and weighted by its probability. Same seed, same result, bit for "
    "bit."
)


def plan_report(
    planned: Planned,
    drafts: Sequence[Draft],
    scenario_bytes: bytes,
    computed_utc: datetime,
    stopping: str = "",
) -> PlanReport:
    """Return the report of computed values; ``scenario_bytes`` identify the run, ``stopping`` says why it
    has as many flights as it has."""
    scenario, settings = planned.scenario, planned.settings
    places, zones, outcomes = place_rows(planned), drop_zone_rows(planned), outcome_rows(planned)
    lift_off = scenario.launch.utc + timedelta(seconds=scenario.launch.offset_s.value)
    return PlanReport(
        title=scenario.title,
        vehicle=scenario.vehicle.name,
        site=scenario.site.name,
        site_lonlat=(scenario.site.longitude_deg, scenario.site.latitude_deg),
        lift_off_utc=lift_off,
        lift_off_note=scenario.launch.offset_s.note or scenario.launch.note or "",
        zone_label=scenario.launch.zone,
        zone_offset_h=scenario.launch.zone_offset_h,
        headline=headline(planned, places, lift_off),
        lede=lede(planned, zones, outcomes),
        key_figures=key_figures(planned, places, lift_off),
        timeline=timeline_rows(planned, places, zones),
        tracks=track_rows(planned),
        band=_band(planned),
        band_times=_minute_ticks(planned),
        outcomes=outcomes,
        places=places,
        places_note=f"Places whose land lies within {settings.width_km:g} km of the ground track in at least "
        f"{percent(SHOWN_P)} of flights, or where a piece came down; most likely first.",
        width_km=planned.exposure.width_m / 1e3,
        announced=announced_rows(planned),
        risk=risk_report(planned),
        drop_zones=zones,
        facts=fact_rows(planned),
        statements=statements(planned),
        sources=tuple(Source(source.key, source.text) for source in scenario.source),
        alerts=alert_rows(drafts),
        notices=plan_notices(planned),
        orbit=orbit_reached(planned),
        credits=planned.places.credits,
        run=_run_info(planned, scenario_bytes, computed_utc, stopping),
    )


def _air_words(planned: Planned) -> str:
    if planned.weather is not None:
        return f"wind and density of {planned.weather.name} by place, the standard atmosphere above them"
    model = planned.scenario.atmosphere.model
    return (
        f"{'NRLMSIS 2.1 at lift-off' if model == 'msis' else 'US Standard Atmosphere 1976'}, a wind profile"
    )


def _run_info(planned: Planned, scenario_bytes: bytes, computed_utc: datetime, stopping: str) -> RunInfo:
    settings, samples = planned.settings, planned.ensemble.samples
    identity = f"{__version__} {settings.flights} {settings.fragments} {settings.seed} {settings.width_km:g} "
    identity += "" if settings.sampling == "random" else settings.sampling
    identity += planned.weather.digest if planned.weather else ""
    identity += own_places_digest(planned.places)
    digest = hashlib.sha256(identity.encode() + scenario_bytes).hexdigest()
    return RunInfo(
        version=__version__,
        run_id=digest[:12],
        computed_utc=computed_utc,
        seed=settings.seed,
        flights=len(planned.ensemble),
        flights_failed=int(np.sum(samples.outcome > 0)),
        fragments_per_breakup=settings.fragments,
        fragments=int(np.sum(planned.impacts.fragment_class >= 0)),
        engine=settings.engine.partition("://")[0],  # the address of a cluster is nobody's business
        method=METHOD.format(air=_air_words(planned)),
        stopping=stopping,
    )


def _band(planned: Planned) -> tuple[LonLat, ...]:
    ring = track_band(planned.scenario, planned.ensemble, planned.flight.vehicle, planned.air)
    return tuple((round(float(lon), 4), round(float(lat), 4)) for lon, lat in ring)


def _minute_ticks(planned: Planned) -> tuple[tuple[float, float, float], ...]:
    """Return longitude, latitude and time of the whole minutes after lift-off on the planned track."""
    path = planned.flight.vehicle
    ticks = []
    for time_s in np.arange(0.0, path.time_s[-1] + 1.0, 60.0):
        lat, lon, _ = path.at(float(time_s))
        ticks.append((round(lon, 4), round(lat, 4), float(time_s)))
    return tuple(ticks)
