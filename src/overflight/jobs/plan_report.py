"""The plan report: everything a page, a terminal or ``run.json`` shows, worded from computed values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from overflight import __version__
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.tracks import fly_tracks
from overflight.jobs.plan_alerts import alert_rows
from overflight.jobs.plan_facts import fact_rows, statements
from overflight.jobs.plan_rows import (
    SHOWN_P,
    announced_rows,
    drop_zone_rows,
    outcome_rows,
    place_rows,
    track_rows,
)
from overflight.jobs.plan_timeline import timeline_rows
from overflight.jobs.planned import Planned
from overflight.report.values import DropZone, LonLat, Outcome, PlaceRow, PlanReport, RunInfo, Source
from overflight.warning.drafts import Draft

__all__ = ["plan_report"]

METHOD = (
    "Three-degree-of-freedom flight over the rotating WGS 84 Earth with J2, US Standard Atmosphere 1976, a "
    "wind profile, drag by Mach number, thrust with back-pressure and staging at depletion; adaptive "
    "Dormand-Prince integration with located events. Spent stages, fairing halves and fragments fall with "
    "drag and wind to the ground. Flights are drawn for every outcome and weighted by its probability. Same "
    "seed, same result, bit for bit."
)


def plan_report(
    planned: Planned, drafts: Sequence[Draft], scenario_bytes: bytes, computed_utc: datetime
) -> PlanReport:
    """Return the report of computed values; ``scenario_bytes`` identify the run."""
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
        headline=_headline(planned, places, lift_off),
        lede=_lede(planned, zones, outcomes),
        key_figures=_key_figures(planned, places, lift_off),
        timeline=timeline_rows(planned, places, zones),
        tracks=track_rows(planned),
        band=_band(planned),
        band_times=_minute_ticks(planned),
        outcomes=outcomes,
        places=places,
        places_note=f"Places whose land lies within {settings.width_km:g} km of the ground track in at least "
        f"{SHOWN_P:.0%} of flights, or where a piece came down; most likely first.",
        width_km=planned.exposure.width_m / 1e3,
        announced=announced_rows(planned),
        drop_zones=zones,
        facts=fact_rows(planned),
        statements=statements(planned),
        sources=tuple(Source(source.key, source.text) for source in scenario.source),
        alerts=alert_rows(drafts),
        credits=planned.places.credits,
        run=_run_info(planned, scenario_bytes, computed_utc),
    )


def _run_info(planned: Planned, scenario_bytes: bytes, computed_utc: datetime) -> RunInfo:
    settings, samples = planned.settings, planned.ensemble.samples
    identity = f"{__version__} {settings.flights} {settings.fragments} {settings.seed} {settings.width_km:g} "
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
        engine=settings.engine,
        method=METHOD,
    )


def _clock(planned: Planned, lift_off: datetime, seconds: float) -> str:
    return f"{lift_off + timedelta(seconds=seconds, hours=planned.scenario.launch.zone_offset_h):%H:%M}"


def _main_place(places: tuple[PlaceRow, ...]) -> PlaceRow | None:
    """The place the headline names: the most people among those nearly as likely as the likeliest."""
    passed = [p for p in places if p.closest_time_s is not None and p.p_over >= SHOWN_P]
    if not passed:
        return None
    top = max(p.p_over for p in passed)
    return max((p for p in passed if p.p_over >= 0.8 * top), key=lambda p: p.population or 0)


def _headline(planned: Planned, places: tuple[PlaceRow, ...], lift_off: datetime) -> str:
    on_land = planned.exposure.any_debris_as_planned
    start = (
        "If all goes well, nothing falls on land"
        if on_land == 0.0
        else f"Even if all goes well, parts fall on land in {on_land:.0%} of flights"
    )
    place = _main_place(places)
    if place is None or place.closest_time_s is None:
        return f"{start} and the rocket passes no inhabited place."
    when = _clock(planned, lift_off, place.closest_time_s)
    name = place.name_en or place.name
    if place.closest_km < 1.0:
        return f"{start}; the rocket passes over {name} at {when}."
    return f"{start}; the rocket passes {_away(place.closest_km)} from {name} at {when}."


def _away(km: float) -> str:
    return f"{km:.0f} km" if km < 100.0 else f"{round(km, -1):.0f} km"


def _lede(planned: Planned, zones: tuple[DropZone, ...], outcomes: tuple[Outcome, ...]) -> str:
    planned_zones = [z for z in zones if z.planned]
    compared = [z for z in planned_zones if z.overlaps_announced is not None]
    words = []
    if compared:
        agree = sum(bool(z.overlaps_announced) for z in compared)
        words.append(
            f"{len(planned_zones)} kinds of part come down; {agree} of {len(compared)} overlap the zones "
            "announced for them."
        )
    elif planned_zones:
        words.append(
            f"{len(planned_zones)} kinds of part come down; no zones were announced to compare with."
        )
    happened = next((o for o in outcomes if o.happened), None)
    if happened is not None:
        words.append(f"What happened, {happened.label[0].lower()}{happened.label[1:]}: it {happened.falls}.")
    failure = sum(o.probability for o in outcomes if o.is_failure)
    words.append(
        f"Before the launch, {failure:.0%} of flights were expected to fail; {_land_words(planned)}."
    )
    return " ".join(words)


def _land_words(planned: Planned) -> str:
    debris = planned.exposure.any_debris
    value = float(debris.mean[0])
    if value == 0.0:
        return f"no piece reached land in any computed flight (below {_one_in(float(debris.below[0]))})"
    return f"a piece reaches land in {_percent(value)} of all flights (± {_percent(float(debris.error[0]))})"


def _percent(p: float) -> str:
    return f"{100.0 * p:.2g} %"


def _one_in(p: float) -> str:
    return f"1 in {round(1.0 / p):,}" if p > 0.0 else "0"


def _key_figures(
    planned: Planned, places: tuple[PlaceRow, ...], lift_off: datetime
) -> tuple[tuple[str, str], ...]:
    exposure, figures = planned.exposure, []
    zone = planned.scenario.launch.zone
    main = _main_place(places)
    if main is not None and main.closest_time_s is not None:
        spread = planned.scenario.launch.offset_s.scale()
        what = f"nearest to {main.name_en or main.name}, {zone}" + (
            f", ± {spread:.0f} s of lift-off" if spread else ""
        )
        figures.append((_clock(planned, lift_off, main.closest_time_s), what))
    passed = [p for p in places if p.p_over >= SHOWN_P]
    figures.append(
        (
            str(len(passed)),
            f"places with {SHOWN_P:.0%} or more chance to lie within {planned.settings.width_km:g} km of "
            "the path",
        )
    )
    people = sum(p.population or 0 for p in passed)
    without = sum(p.population is None for p in passed)
    figures.append(
        (f"{people:,}", "people living there" + (f"; {without} places without a figure" if without else ""))
    )
    debris = exposure.any_debris
    if debris.mean[0] > 0.0:
        value, error = f"{100 * debris.mean[0]:.2g} %", f"± {100 * debris.error[0]:.1g} %"
        figures.append((value, f"chance that any part reaches land in this launch, {error}"))
    else:
        figures.append(
            (f"< {100 * debris.below[0]:.1g} %", "chance that any part reaches land: none was seen")
        )
    failed = int(np.sum(planned.ensemble.samples.outcome > 0))
    figures.append(
        (
            f"{len(planned.ensemble):,}",
            f"flights computed, {failed} with a failure; seed {planned.settings.seed}",
        )
    )
    pieces = int(np.sum(planned.impacts.fragment_class >= 0))
    figures.append((f"{pieces:,}", "fragments flown to the ground"))
    return tuple(figures)


def _band(planned: Planned) -> tuple[LonLat, ...]:
    """Return the ring between the 5 % and 95 % quantiles of the ground tracks of flights as planned."""
    rows = np.flatnonzero(planned.ensemble.samples.outcome == 0)[:200]
    if len(rows) < 20:
        return ()
    tracks = fly_tracks(
        planned.scenario, planned.ensemble, planned.air, range(int(rows[0]), int(rows[-1]) + 1), row_s=10.0
    )
    path = planned.flight.vehicle
    sides: list[list[LonLat]] = [[], []]
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    for time_s in np.arange(10.0, path.time_s[-1], 20.0):
        row = int(time_s / 10.0)
        lat, lon, _ = path.at(time_s)
        ahead_lat, ahead_lon, _ = path.at(min(time_s + 5.0, path.time_s[-1]))
        course, _, step = geod.inv(lon, lat, ahead_lon, ahead_lat)
        if step < 1.0:
            continue
        other_lon, other_lat = (
            np.degrees(tracks.longitude_rad[:, row]),
            np.degrees(tracks.latitude_rad[:, row]),
        )
        there = np.isfinite(other_lon)
        n = int(there.sum())
        if n < 20:
            break
        azimuth, _, distance = geod.inv(np.full(n, lon), np.full(n, lat), other_lon[there], other_lat[there])
        across = distance * np.sin(np.radians(azimuth - course))
        for side, value in zip(sides, weighted_quantile(across, np.ones(n), (0.05, 0.95)), strict=True):
            x, y, _ = geod.fwd(lon, lat, course + 90.0, value)
            side.append((round(x, 4), round(y, 4)))
    if not sides[0]:
        return ()
    return (*sides[0], *reversed(sides[1]), sides[0][0])


def _minute_ticks(planned: Planned) -> tuple[tuple[float, float, float], ...]:
    """Return longitude, latitude and time of the whole minutes after lift-off on the planned track."""
    path = planned.flight.vehicle
    ticks = []
    for time_s in np.arange(0.0, path.time_s[-1] + 1.0, 60.0):
        lat, lon, _ = path.at(float(time_s))
        ticks.append((round(lon, 4), round(lat, 4), float(time_s)))
    return tuple(ticks)
