"""Texts of notices for what is planned to fall: drafts to copy, for mariners and for airmen.

Areas are those that hold 97 % of the computed impacts of each planned body, moved out by 5 nautical miles, as
14 CFR 450.133(b)(1) and appendix B417 of part 417 ask of planned impacts; windows reach from half an hour
before the first to half an hour after the last impact of any flight, over the whole spread of lift-off
(A417.23).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from overflight.formats.notices.values import Window
from overflight.formats.notices.write import NoticeArea, broadcast_text, notam_text, outline, whole_minutes
from overflight.formats.notices.zones import NAUTICAL_MILE_M
from overflight.jobs.planned import BodyZone, Planned
from overflight.report.coast import map_names
from overflight.report.projection import AUTHALIC_RADIUS_KM, unit_vectors
from overflight.report.values import NoticeText

__all__ = ["plan_notices"]

MARGIN = timedelta(minutes=30)
SPARE_M = 5.0 * NAUTICAL_MILE_M
DRAFT = "DRAFT FROM AN ANALYSIS, NOT IN FORCE.\n"


def plan_notices(planned: Planned) -> tuple[NoticeText, ...]:
    """Return the draft notices of a plan; none if nothing is planned to fall."""
    zones = [zone for zone in planned.zones if not zone.happened and _falls_as_planned(zone)]
    if not zones:
        return ()
    areas = [_area(planned, zone) for zone in zones]
    name = planned.scenario.vehicle.name
    # one window for mariners: minutes between bodies help nobody at sea
    whole = Window(min(area.window.begin_utc for area in areas), max(area.window.end_utc for area in areas))
    at_sea = [replace(area, window=whole) for area in areas]
    seas = dict.fromkeys(_sea(zone.zone.centre_deg) for zone in zones)
    mariners = broadcast_text(
        at_sea, title=", ".join(sea for sea in seas if sea) or "AREA",
        cancel_utc=whole.end_utc + timedelta(hours=1),
        about=f"areas for {', '.join(area.label for area in areas)} of {name}",
    )  # fmt: skip
    texts = [NoticeText("mariners", "All planned falls", "notices/mariners.txt", DRAFT + mariners)]
    for zone, area in zip(zones, areas, strict=True):
        file = f"notices/airmen-{zone.body.key}.txt"
        texts.append(NoticeText("airmen", area.label, file, DRAFT + notam_text(area, title=name)))
    return tuple(texts)


def _falls_as_planned(zone: BodyZone) -> bool:
    return zone.body.kind not in ("intact", "breakup")


def _area(planned: Planned, found: BodyZone) -> NoticeArea:
    impacts = planned.impacts
    rows = impacts.of(planned.ensemble.body_index(found.body.key))
    launch = planned.scenario.launch
    offset = launch.offset_s
    early, late = offset.from_normal(np.array([-2.0, 2.0])) if offset.spread else (offset.value, offset.value)
    begin = launch.utc + timedelta(seconds=float(early) + float(impacts.time_s[rows].min()))
    end = launch.utc + timedelta(seconds=float(late) + float(impacts.time_s[rows].max()))
    ring = outline([(float(lon), float(lat)) for lon, lat in found.zone.ring_deg], spare_m=SPARE_M)
    level = f"holds {100 * found.zone.containment:.0f} per cent of computed impacts and 5 NM round them"
    return NoticeArea(found.body.label, ring, whole_minutes(Window(begin, end), MARGIN), level)


def _sea(centre_deg: tuple[float, float]) -> str:
    """Return the name of the sea round a place: the smallest whose extent reaches it."""
    here = unit_vectors(np.array([centre_deg]))[0]
    best = ("", np.inf)
    for name in map_names():
        there = unit_vectors(np.array([(name.longitude_deg, name.latitude_deg)]))[0]
        away_km = AUTHALIC_RADIUS_KM * float(np.arccos(np.clip(here @ there, -1.0, 1.0)))
        if name.kind == "sea" and away_km < 0.8 * name.width_km and name.width_km < best[1]:
            best = (name.name, name.width_km)
    return best[0]
