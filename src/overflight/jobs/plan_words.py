"""The sentences of a plan: headline, lede and key figures, worded from computed values."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from overflight.flight.passage import parallel_crossing
from overflight.jobs.planned import Planned
from overflight.report.values import DropZone, Outcome, PlaceRow
from overflight.report.words import risk, risk_limits
from overflight.scenario.claims import CrossingClaim

__all__ = ["SHOWN_P", "headline", "key_figures", "lede", "percent"]

SHOWN_P = 0.01
"""Places are shown from this chance on to lie near the path."""
NEAR_PAD_S = 120.0


def _clock(planned: Planned, lift_off: datetime, seconds: float) -> str:
    return f"{lift_off + timedelta(seconds=seconds, hours=planned.scenario.launch.zone_offset_h):%H:%M}"


def _foreign(planned: Planned, places: tuple[PlaceRow, ...]) -> list[PlaceRow]:
    """Places under the path that are neither around the pad nor the launching side's."""
    country = planned.scenario.site.country
    passed = [p for p in places if p.p_over >= SHOWN_P and (p.first_time_s or 0.0) > NEAR_PAD_S]
    return [p for p in passed if p.country != country] or passed


def _main_place(planned: Planned, places: tuple[PlaceRow, ...]) -> PlaceRow | None:
    """The place the headline names: the most people among those nearly as likely as the likeliest."""
    passed = _foreign(planned, places)
    if not passed:
        return None
    top = max(p.p_over for p in passed)
    return max((p for p in passed if p.p_over >= 0.8 * top), key=lambda p: p.population or 0)


def _passage(planned: Planned, places: tuple[PlaceRow, ...]) -> tuple[str, float] | None:
    """Where the rocket passes, in words, and when: by a published crossing, else by the main place."""
    path = planned.flight.vehicle
    for claim in planned.scenario.claim:
        if isinstance(claim, CrossingClaim):
            crossing = parallel_crossing(
                path.time_s, path.latitude_rad[None], path.longitude_rad[None], claim.latitude_deg
            )
            if np.isfinite(crossing.time_s[0]):
                return claim.label[0].lower() + claim.label[1:], float(crossing.time_s[0])
    place = _main_place(planned, places)
    if place is None or place.closest_time_s is None:
        return None
    name = place.name_en or place.name
    where = f"over {name}" if place.closest_km < 1.0 else f"{_away(place.closest_km)} from {name}"
    return where, place.closest_time_s


def headline(planned: Planned, places: tuple[PlaceRow, ...], lift_off: datetime) -> str:
    """Return the answer in one sentence: what falls on land if all goes well, and where the rocket passes."""
    on_land = planned.exposure.any_debris_as_planned
    start = (
        "If all goes well, nothing falls on land in any computed flight"
        if on_land == 0.0
        else f"Even if all goes well, parts fall on land in {percent(on_land)} of flights"
    )
    passage = _passage(planned, places)
    if passage is None:
        return f"{start}, and the rocket passes no inhabited place."
    return f"{start}; the rocket passes {passage[0]} at {_clock(planned, lift_off, passage[1])}."


def _away(km: float) -> str:
    return f"{km:.0f} km" if km < 100.0 else f"{round(km, -1):.0f} km"


def lede(planned: Planned, zones: tuple[DropZone, ...], outcomes: tuple[Outcome, ...]) -> str:
    """Return the sentences below the headline: drop zones, what happened, what was to be expected."""
    planned_zones = [z for z in zones if z.planned]
    compared = [z for z in planned_zones if z.overlaps_announced is not None]
    words = []
    if compared:
        agree = sum(bool(z.overlaps_announced) for z in compared)
        share = "all" if agree == len(compared) == len(planned_zones) else f"{agree} of {len(compared)}"
        words.append(
            f"{len(planned_zones)} kinds of part come down; {share} overlap the zones announced for them."
        )
    elif planned_zones:
        words.append(
            f"{len(planned_zones)} kinds of part come down; no zones were announced to compare with."
        )
    happened = next((o for o in outcomes if o.happened), None)
    if happened is not None:
        words.append(f"What happened, {happened.label[0].lower()}{happened.label[1:]}: it {happened.falls}.")
    failure = sum(o.probability for o in outcomes if o.is_failure)
    words.append(f"With {percent(failure)} of flights failing, {_land_words(planned)}.")
    return " ".join(words)


def _land_words(planned: Planned) -> str:
    debris = planned.exposure.any_debris
    value = float(debris.mean[0])
    if value == 0.0:
        return f"no piece reached land in any computed flight (below {percent(float(debris.below[0]))})"
    error = float(debris.error[0])
    return f"a piece reaches land in {percent(value)} of all flights (± {percent(error)})"


def percent(p: float) -> str:
    """Return a probability in per cent, two significant digits at most: ``53 %``, ``0.8 %``."""
    value = 100.0 * p
    return f"{value:.0f} %" if value >= 9.5 or value in (0.0, 1.0) else f"{value:.1g} %"


def key_figures(
    planned: Planned, places: tuple[PlaceRow, ...], lift_off: datetime
) -> tuple[tuple[str, str], ...]:
    """Return up to six figures as (value, what it is)."""
    exposure, figures = planned.exposure, []
    zone = planned.scenario.launch.zone
    passage = _passage(planned, places)
    if passage is not None:
        spread = planned.scenario.launch.offset_s.scale()
        what = f"passage {passage[0]}, {zone}" + (f", ± {spread:.0f} s of lift-off" if spread else "")
        figures.append((_clock(planned, lift_off, passage[1]), what))
    passed = _foreign(planned, places)
    figures.append(
        (
            str(len(passed)),
            f"places beyond the launching side with {percent(SHOWN_P)} or more chance to lie within "
            f"{planned.settings.width_km:g} km of the path",
        )
    )
    towns = [p for p in passed if _extent_km(p) < 200.0]
    if towns:
        people = sum(p.population or 0 for p in towns)
        which = "the one of them that is a town or county"
        if len(towns) > 1:
            which = f"the {len(towns)} of them that are towns or counties"
        figures.append((f"{people:,}", f"people in {which}"))
    debris = exposure.any_debris
    if debris.mean[0] > 0.0:
        value, error = percent(float(debris.mean[0])), percent(float(debris.error[0]))
        figures.append((value, f"chance that any part reaches land in this launch, ± {error}"))
    else:
        figures.append(
            (f"< {percent(float(debris.below[0]))}", "chance that any part reaches land: none was seen")
        )
    total = planned.safety.risk.total
    what = f"expected casualties of this launch, {risk_limits(total.low, total.high)}".rstrip(", ")
    figures.append((risk(total.value), what))
    failed = int(np.sum(planned.ensemble.samples.outcome > 0))
    figures.append(
        (
            f"{len(planned.ensemble):,}",
            f"flights computed, {failed} with a failure; seed {planned.settings.seed}",
        )
    )
    return tuple(figures)


def _extent_km(place: PlaceRow) -> float:
    """Return the extent of a place from north to south: provinces say little about who lives under a path."""
    latitudes = [latitude for ring in place.rings for _, latitude in ring]
    return 111.2 * (max(latitudes) - min(latitudes)) if latitudes else 0.0
