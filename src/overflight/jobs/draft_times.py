"""How wide a draft spreads the times along the path: wider than the announced flights of its class.

Zones say where parts fall, hardly when a flight passes. What says the rest is the class of vehicles alone,
and the normal law that a scenario draws by cuts it short: over launches drafted from class and pad alone the
truth lay outside the middle 90 % of a draft twice as often as it should (docs/notices.md). ``FACTOR`` mends
that as it was measured, along the one direction that moves times and leaves perigee and falls where they are,
in linear terms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.flight.orbit_reached import apsides
from overflight.flight.simulate import fly, geodetic_rows, scenario_air
from overflight.inference.moments import Moments
from overflight.inference.observe import planned_fall
from overflight.scenario.draws import draw
from overflight.scenario.model import Scenario

__all__ = ["DISTANCE_M", "FACTOR", "with_wider_times"]

Array = NDArray[np.float64]
FACTOR = 1.7
"""By which times are spread wider. Of 1.5, 1.7 and 1.9 the least by which nine in ten or more of the times of
46 launches of ``tests/draft_campaign.py`` lie within the middle 90 % of their drafts."""
DISTANCE_M = 800e3
"""From the pad, at which times are taken, or half the way to the cut-off where that is nearer."""
DRAWS, ROWS, ROW_S = 800, 250, 4.0
OUTLYING = 0.02
"""Share of perigees at either end that is drawn in: flights that fail to reach orbit lie far off."""


def with_wider_times(scenario: Scenario, paths: list[str], moments: Moments, bodies: list[str]) -> Moments:
    """Return the moments of the quantities at ``paths`` of a drafted scenario, with times spread wider.

    ``bodies`` are those that were announced to fall into zones.
    """
    air, draws = scenario_air(scenario), draw(scenario, 1, np.arange(DRAWS))
    flown = fly(scenario, draws, air, rows=ROWS, row_s=ROW_S)
    perigee_m = apsides(flown.ends[:, 2:8]).perigee_m
    held = [np.clip(perigee_m, *np.nanquantile(perigee_m, [OUTLYING, 1.0 - OUTLYING]))]
    pad_rad = np.radians(scenario.site.longitude_deg)
    for body in bodies:
        fallen = planned_fall(scenario, draws, flown, air, body)
        held += [fallen.latitude_rad, (fallen.longitude_rad - pad_rad + np.pi) % (2.0 * np.pi) - np.pi]
    time_s = _passing_s(scenario, flown.rows)
    known = np.isfinite(time_s) & np.isfinite(held).all(axis=0)
    if np.sum(known) < DRAWS / 2:
        return moments
    drawn = np.column_stack([draws.drawn[path][known] for path in paths])
    return moments.widened(drawn, np.column_stack(held)[known], time_s[known], FACTOR)


def _passing_s(scenario: Scenario, rows: Array) -> Array:
    """Return when flights (n,) come to the distance from the pad, NaN where they do not under power."""
    from pyproj import Geod

    latitude, longitude, _ = geodetic_rows(rows)
    site, there = scenario.site, np.isfinite(latitude)
    pad = np.full(latitude.shape, site.longitude_deg), np.full(latitude.shape, site.latitude_deg)
    over = np.nan_to_num(np.degrees(longitude)), np.nan_to_num(np.degrees(latitude))
    far_m = np.where(there, Geod(ellps="WGS84").inv(*pad, *over)[2], -1.0)
    wanted_m = min(DISTANCE_M, 0.5 * float(np.median(far_m.max(axis=1))))
    time_s = np.full(len(far_m), np.nan)
    for k, (far, when) in enumerate(zip(far_m, rows[:, :, 0], strict=True)):
        (beyond,) = np.nonzero(far >= wanted_m)
        if len(beyond) and beyond[0]:
            pair = slice(beyond[0] - 1, beyond[0] + 1)
            time_s[k] = np.interp(wanted_m, far[pair], when[pair])
    return time_s
