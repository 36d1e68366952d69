"""Where to search day by day, if what came down floats: the falls of a reconstruction let drift."""

from __future__ import annotations

from datetime import datetime
from math import cos, radians, sin

import numpy as np

from overflight import rng
from overflight.debris.leeway import MIX
from overflight.debris.surface_fields import SurfaceField, constant_field
from overflight.errors import InputError
from overflight.exposure.drop_zones import DropZone
from overflight.jobs.drift import DriftRow, search_areas
from overflight.jobs.drift_start import Start
from overflight.jobs.explain import Explained
from overflight.jobs.explain_rows import body_groups
from overflight.report.bulletin_values import DriftArea, SeaState
from overflight.scenario.facts_tables import SeaTold

__all__ = ["UNTOLD", "drift_areas", "sea_state"]

UNTOLD = SeaTold(wind_sd_mps=6.0, current_sd_mps=0.3, source="assumed")
"""Where nobody says how wind and current were: none on average, with a spread each component (judgement).

Mean wind over the open ocean is 6 to 8 m/s, so each component spreads by 5 to 6; surface currents away from
the great streams run at 0.1 to 0.4 m/s.
"""
_PARTICLES = 800
_STEP_S = 3600.0  # one wind and one current: nothing changes within the hour but the side of the drift
_LEAST = 0.2  # a fall less likely than this is not followed
_ASHORE = 0.5  # nor one that came down on land as often
_OPEN_M = 5000e3  # half length from which an area is no help to a search


def sea_state(found: Explained) -> SeaState:
    """Return the wind and current that what floats drifts with."""
    told = found.facts.sea or UNTOLD
    source = (told.source,) if isinstance(told.source, str) else tuple(told.source)
    return SeaState(
        told.wind_mps, told.wind_from_deg, told.wind_sd_mps, told.current_mps, told.current_towards_deg,
        told.current_sd_mps, assumed=found.facts.sea is None, sources=source if found.facts.sea else (),
    )  # fmt: skip


def drift_areas(found: Explained, lift_off_utc: datetime) -> tuple[DriftArea, ...]:
    """Return the areas that hold 90 and 50 % of what still floats, for each body and day."""
    told = found.facts.sea or UNTOLD
    hours = sorted({24.0 * day for day in told.days})
    rows: list[DriftArea] = []
    for name, members in body_groups(found).items():
        start = _start(found, name, members)
        if start is None:
            continue
        try:
            search = search_areas(
                start, start_utc=lift_off_utc, hours=hours, classes=MIX,
                wind=_field(told.wind_mps, told.wind_from_deg + 180.0),
                current=_field(told.current_mps, told.current_towards_deg),
                wind_sd_mps=told.wind_sd_mps, current_sd_mps=told.current_sd_mps,
                seed=found.settings.seed, step_s=_STEP_S, coast="50m",
            )  # fmt: skip
        except InputError:  # one wind and one current hold everywhere: all of it came down on land
            continue
        if search.ashore < _ASHORE:
            rows += [
                _area(name, row, row.zone)
                for row in search.rows
                if row.kind == "all"
                and row.branch == "afloat"
                and row.zone is not None
                and row.zone.semi_major_m < _OPEN_M
            ]
    return tuple(rows)


def _start(found: Explained, name: str, members: list[int]) -> Start | None:
    """Return particles drawn from the falls of a body by flight and mass, None where it seldom came down."""
    impacts, weights = found.impacts, found.ensemble.weights
    mine = np.flatnonzero(np.isin(impacts.body, members))
    if weights[np.unique(impacts.sample[mine])].sum() < _LEAST:
        return None
    mass = impacts.mass_kg[mine] * impacts.pieces[mine]
    of_flight = np.bincount(impacts.sample[mine], mass, minlength=len(weights))
    share = np.cumsum(weights[impacts.sample[mine]] * mass / of_flight[impacts.sample[mine]])
    at = (np.arange(_PARTICLES) + 0.5) / _PARTICLES * share[-1]
    chosen = mine[np.minimum(np.searchsorted(share, at), len(mine) - 1)]
    # in an order of its own, so that classes given in turn meet every part of the density
    order = np.argsort(rng.uniform(found.settings.seed, f"search.{name}", np.arange(_PARTICLES)))
    chosen = chosen[order]
    lon, lat = np.degrees(impacts.longitude_rad[chosen]), np.degrees(impacts.latitude_rad[chosen])
    return Start(lon, lat, impacts.time_s[chosen], name)


def _field(speed_mps: float, towards_deg: float) -> SurfaceField:
    turn = radians(towards_deg)
    return constant_field(speed_mps * sin(turn), speed_mps * cos(turn))


def _area(name: str, row: DriftRow, zone: DropZone) -> DriftArea:
    return DriftArea(
        body=name,
        hours=row.hours,
        centre=zone.centre_deg,
        semi_major_km=zone.semi_major_m / 1e3,
        semi_minor_km=zone.semi_minor_m / 1e3,
        azimuth_deg=zone.azimuth_deg,
        ring=tuple((round(float(x), 3), round(float(y), 3)) for x, y in zone.ring_deg),
        ring_half=tuple((round(float(x), 3), round(float(y), 3)) for x, y in zone.half_ring_deg),
        stranded=row.stranded,
    )
