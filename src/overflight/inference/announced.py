"""How likely a flight is to be the announced one: it reaches orbit and drops what it lets go into the zones.

The density is over the free quantities of a scenario, each in its own prior standard deviations, as in
``fit``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.inference.observe import zone_residuals
from overflight.scenario.draws import Draws, nominal_draws, quantities
from overflight.scenario.model import Scenario

__all__ = ["BELOW_ORBIT", "announced_density"]

Array = NDArray[np.float64]
BELOW_ORBIT, _SLOPE_M = -1e5, 10e3
"""Log density of a flight that only just misses orbit, lower than any that reaches it, and the perigee (m) by
which it falls by one more: walkers that start below find their way up."""


def announced_density(scenario: Scenario, paths: tuple[str, ...]) -> Callable[[Array], Array]:
    """Return the log density of points (n, k) of the quantities at ``paths``, all others as stated."""
    every, fixed = quantities(scenario), nominal_draws(scenario)
    air = scenario_air(scenario)

    def density(z: Array) -> Array:
        values = {path: every[path].from_normal(z[:, i]) for i, path in enumerate(paths)}
        draws = Draws(np.arange(len(z)), fixed.drawn, fixed.fixed).replaced(values)
        flown = fly(scenario, draws, air, tolerance_m=0.01)
        below_m = ORBIT_PERIGEE_M - apsides(flown.ends[:, 2:8]).perigee_m
        found = np.full(len(z), -np.inf)
        bad = below_m > 0.0
        found[bad] = BELOW_ORBIT - below_m[bad] / _SLOPE_M
        good = np.flatnonzero(below_m <= 0.0)
        if len(good):
            apart = zone_residuals(scenario, draws, flown, air, good)
            found[good] = -0.5 * np.sum(apart**2, axis=1)
        return found - 0.5 * np.sum(z * z, axis=1)

    return density
