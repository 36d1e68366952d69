"""Texts of notices for the hazard areas of a plan: drafts to copy, for mariners and for airmen.

Areas are the hazard areas for ships and for aircraft (``exposure.hazard_areas``), of what is planned to fall
and of failures; windows reach from half an hour before lift-off to half an hour after the last arrival, over
the whole spread of lift-off (14 CFR A417.23, B417.9 and B417.11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from overflight.exposure.hazard_areas import HazardArea
from overflight.formats.notices.values import Window
from overflight.formats.notices.write import NoticeArea, broadcast_text, grown, notam_text, whole_minutes
from overflight.jobs.planned import Planned
from overflight.report.coast import map_names
from overflight.report.projection import AUTHALIC_RADIUS_KM, mean_point, unit_vectors
from overflight.report.values import NoticeText

__all__ = ["plan_notices"]

MARGIN = timedelta(minutes=30)
ROUNDING_M = 30.0
"""Half a second of arc at most is lost where positions are printed."""
DRAFT = "DRAFT FROM AN ANALYSIS, NOT IN FORCE.\n"


def plan_notices(planned: Planned) -> tuple[NoticeText, ...]:
    """Return the draft notices of a plan; none if nothing is to be kept clear."""
    ships = [area for area in planned.safety.hazards if area.whom == "ships"]
    aircraft = [area for area in planned.safety.hazards if area.whom == "aircraft"]
    name = planned.scenario.vehicle.name
    texts = []
    if ships:
        text = DRAFT + _mariners([_area(planned, area) for area in ships], name)
        texts.append(NoticeText("mariners", "All areas", "notices/mariners.txt", text))
    for area, slug in zip(aircraft, _slugs(aircraft), strict=True):
        text = DRAFT + notam_text(_area(planned, area), title=name)
        texts.append(NoticeText("airmen", area.label, f"notices/airmen-{slug}.txt", text))
    return tuple(texts)


def _mariners(areas: Sequence[NoticeArea], name: str) -> str:
    # one window: minutes between bodies help nobody at sea
    whole = Window(min(area.window.begin_utc for area in areas), max(area.window.end_utc for area in areas))
    seas = dict.fromkeys(_sea(area) for area in areas)
    return broadcast_text(
        [replace(area, window=whole) for area in areas],
        title=", ".join(sea for sea in seas if sea) or "AREA",
        cancel_utc=whole.end_utc + timedelta(hours=1),
        about=f"areas for {', '.join(area.label for area in areas)} of {name}",
    )


def _slugs(areas: Sequence[HazardArea]) -> Iterator[str]:
    """Yield a name for the file of each area, once."""
    seen: dict[str, int] = {}
    for area in areas:
        slug = re.sub(r"[^a-z0-9]+", "-", area.label.lower()).strip("-") or "area"
        seen[slug] = seen.get(slug, 0) + 1
        yield slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"


def _area(planned: Planned, area: HazardArea) -> NoticeArea:
    launch = planned.scenario.launch
    offset = launch.offset_s
    early, late = offset.from_normal(np.array([-2.0, 2.0])) if offset.spread else (offset.value, offset.value)
    begin = launch.utc + timedelta(seconds=float(early) + min(0.0, area.from_s))
    end = launch.utc + timedelta(seconds=float(late) + area.to_s)
    ring = grown([(float(lon), float(lat)) for lon, lat in area.ring_deg], ROUNDING_M)
    return NoticeArea(area.label, ring, whole_minutes(Window(begin, end), MARGIN))


def _sea(area: NoticeArea) -> str:
    """Return the name of the sea round an area: the smallest whose extent reaches its middle."""
    here = unit_vectors(np.array([mean_point(np.array(area.ring_deg))]))[0]
    best = ("", np.inf)
    for name in map_names():
        there = unit_vectors(np.array([(name.longitude_deg, name.latitude_deg)]))[0]
        away_km = AUTHALIC_RADIUS_KM * float(np.arccos(np.clip(here @ there, -1.0, 1.0)))
        if name.kind == "sea" and away_km < 0.8 * name.width_km and name.width_km < best[1]:
            best = (name.name, name.width_km)
    return best[0]
