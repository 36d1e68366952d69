"""Prepared warnings of a plan: drafts for the places concerned, never sent from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from overflight.exposure.place import Place
from overflight.jobs.planned import Planned
from overflight.report.values import AlertDraft
from overflight.warning.drafts import ConcernedPlace, Draft, LaunchFacts, plan_drafts
from overflight.warning.names import PlaceName
from overflight.warning.templates import VehicleWord
from overflight.warning.texts import country_words

__all__ = ["CONCERNED_P", "alert_rows", "make_drafts"]

CONCERNED_P = 0.05
"""A place is concerned when the track passes within the width in at least this share of all flights."""


def make_drafts(planned: Planned) -> tuple[Draft, ...]:
    """Return the drafts for every country under the path but that of the launching side."""
    scenario, exposure = planned.scenario, planned.exposure
    concerned = []
    for j in np.flatnonzero((exposure.over.mean >= CONCERNED_P) & np.isfinite(exposure.first_s)):
        place = planned.places[int(exposure.place[j])]
        if place.country and place.country != scenario.site.country:
            concerned.append(_concerned(place, float(exposure.first_s[j]), float(exposure.last_s[j])))
    facts = LaunchFacts(
        key=f"{scenario.vehicle.name}-{scenario.launch.utc:%Y%m%d}".lower(),
        lift_off=scenario.launch.utc + timedelta(seconds=scenario.launch.offset_s.value),
        origin=country_words(scenario.site.country or ""),
        vehicle=VehicleWord.SATELLITE_ROCKET if scenario.flight_plan.cut_off else VehicleWord.ROCKET,
    )
    return plan_drafts(facts, concerned, zone_offset_h=scenario.launch.zone_offset_h)


def _concerned(place: Place, first_s: float, last_s: float) -> ConcernedPlace:
    # a province is a place of its own: the country above it is no region to name
    named = place.region and place.scheme != "ISO 3166-2"
    region = PlaceName(place.region or "", place.country or "", place.region_en) if named else None
    return ConcernedPlace(
        code=place.code,
        name=PlaceName(place.name, place.country or "", place.name_en),
        region=region,
        geometry=place.geometry,
        first_time_s=first_s,
        last_time_s=last_s,
        other_codes=place.other_codes,
    )


def alert_rows(drafts: Sequence[Draft]) -> tuple[AlertDraft, ...]:
    """Return the drafts as the report shows them."""
    return tuple(
        AlertDraft(
            kind=draft.kind.value,
            file=f"alerts/{draft.file_name}",
            language_texts=tuple(
                (info.language, info.headline, info.description) for info in draft.alert.infos
            ),
            areas=tuple(area.description for area in draft.alert.infos[0].areas),
        )
        for draft in drafts
    )
