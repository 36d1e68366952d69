"""How wide a drafted scenario may be: as wide as the fit says, or narrower where most drawn flights would
fail.

The fit is linear at its best flight; far from it, flights drawn from it miss the zones and the orbit that
bound it.  A launch is announced because it is planned to reach orbit, so the spreads of the fit are scaled
down together until nearly all drawn flights do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import tomlkit

from overflight.exposure.drop_zones import inside_ring
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.inference.observe import planned_fall
from overflight.jobs.draft_zones import SeenZone
from overflight.jobs.fit import quantity_table
from overflight.scenario.draws import draw
from overflight.scenario.load import parse_scenario

__all__ = ["Placed", "Spread", "spread_draft"]

SCALES = (1.0, 0.7, 0.5, 0.35, 0.25)
REACH = 0.95
"""Share of flights that reach orbit if nothing fails, from which on a draft is narrow enough."""
DRAWS = 256


@dataclass(frozen=True, slots=True)
class Placed:
    """A body with its zone, and the share of drawn flights in which it falls inside."""

    body: str
    zone: SeenZone
    inside: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A draft with its spreads scaled, the share of flights that reach orbit, and where the bodies fall."""

    text: str
    scale: float
    orbit: float
    placed: tuple[Placed, ...]


def spread_draft(text: str, way: Mapping[str, SeenZone], where: str) -> Spread:
    """Return a fitted draft with the widest spreads of ``SCALES`` with which nearly all flights reach
    orbit."""
    found = _scaled(text, SCALES[0], way, where)
    for scale in SCALES[1:]:
        if found.orbit >= REACH:
            break
        found = _scaled(text, scale, way, where)
    return found


def _scaled(text: str, scale: float, way: Mapping[str, SeenZone], where: str) -> Spread:
    document = tomlkit.parse(text)
    for path in document["correlation"]["paths"]:  # type: ignore[index,union-attr]
        table = quantity_table(document, str(path))
        table["sigma"] = float(f"{float(table['sigma']) * scale:.4g}")
    scaled = tomlkit.dumps(document)
    scenario = parse_scenario(scaled.encode(), where)
    air, draws = scenario_air(scenario), draw(scenario, 1, np.arange(DRAWS))
    flown = fly(scenario, draws, air)
    orbit = float(np.mean(apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M))
    placed = []
    for body, zone in sorted(way.items(), key=lambda item: item[1].distance_m):
        fallen = planned_fall(scenario, draws, flown, air, body)
        there = np.isfinite(fallen.latitude_rad)
        lon, lat = np.degrees(fallen.longitude_rad[there]), np.degrees(fallen.latitude_rad[there])
        placed.append(Placed(body, zone, float(inside_ring(np.array(zone.ring_deg), lon, lat).sum()) / DRAWS))
    return Spread(scaled, scale, orbit, tuple(placed))
