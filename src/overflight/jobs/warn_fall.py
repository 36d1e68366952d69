"""Of a body that was lost as it fell: did the horizon hide it, and is it down by now?

A body without thrust goes where it falls. Where it was well tracked, surely without thrust for a while, and
lost because it sank below the horizon of every radar, it is down once the time has gone by in which all that
it may have become falls. Where a radar should still have seen it, or thrust may have acted, nothing follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import radians

import numpy as np

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.jobs.warn_figures import ARRIVAL_P, Ellipse
from overflight.track.forecast import Forecast
from overflight.track.measurements import SensorSite
from overflight.track.objects import YOUNG_HITS, Tracked
from overflight.warning.decision import Evidence

__all__ = ["Falling"]

NO_THRUST, LONG_S = 0.99, 30.0
"""Probability that thrust has ended for good, and how long before the last plot that must have been told."""
LOW_RAD, HIDDEN_S = radians(3.0), 10.0
"""So low above the horizon (radars see down to some 1 to 3 degrees) the body is for every radar, so long
after its last plot."""
LATE_S = 60.0
"""How long after all should be down it is said to be."""


@dataclass(frozen=True, slots=True)
class Falling:
    """A lost body and what was last known of it; ``down_s`` is when all of it should be down (Unix, UTC).

    Parts that fly apart from it count where they come down: each place has its own last arrival.
    """

    main: Tracked
    forecast: Forecast | None
    ended: Evidence | None
    ellipse: Ellipse | None
    down_s: float | None

    def words(self, sites: Mapping[str, SensorSite], now_s: float) -> str:
        """Return where and when it came down, as far as that is known by now; "" if it is not."""
        if self.down_s is None or now_s < self.down_s + LATE_S or not self._fell() or not self._hidden(sites):
            return ""
        here, radars = self.ellipse, ", ".join(sorted({name for name, _, _ in self.main.heard} & set(sites)))
        where = "" if here is None else (
            f" near {here.latitude_deg:.1f}, {here.longitude_deg:.1f} (95 %: {here.semi_major_m / 1e3:.0f} x "
            f"{here.semi_minor_m / 1e3:.0f} km)"
        )  # fmt: skip
        last, down = (datetime.fromtimestamp(t, UTC) for t in (self.main.last_s, self.down_s))
        return (
            f"Not seen after {last:%H:%M:%S}Z, {self.main.place[2] / 1e3:.0f} km high and falling, below the "
            f"horizon of {radars}: down{where}, the last by {down:%H:%M:%S}Z at probability {ARRIVAL_P:g}"
        )

    def _fell(self) -> bool:
        """Return whether it was well tracked, fell, and surely had no thrust, for a while."""
        main, forecast = self.main, self.forecast
        if forecast is None or self.ended is None or main.hits < YOUNG_HITS:
            return False
        long = main.last_s - self.ended.time.timestamp() >= LONG_S
        return long and forecast.p_ended >= NO_THRUST and float(main.mean[:3] @ main.mean[3:6]) < 0.0

    def _hidden(self, sites: Mapping[str, SensorSite]) -> bool:
        """Return whether the horizon hides it from every radar; all that saw it must have a site."""
        if not self.main.heard or any(name not in sites for name, _, _ in self.main.heard):
            return False
        after = self.main.last_s + HIDDEN_S - self.main.time_s
        place = self.main.mean[:3] + after * self.main.mean[3:6]
        return all(_elevation(site, place) < LOW_RAD for site in sites.values())


def _elevation(site: SensorSite, place: np.ndarray) -> float:
    """Return how high above the horizontal of a site a place (3,) ECEF stands (rad)."""
    _, _, up = local_axes(site.latitude_rad, site.longitude_rad)
    away = place - geodetic_to_ecef(site.latitude_rad, site.longitude_rad, site.height_m)
    return float(np.arcsin(np.clip(away @ up / np.linalg.norm(away), -1.0, 1.0)))
