"""The orbit that a plan's flights reach: with what chance, when, and how far it spreads.

The elements are those of two bodies at the end of powered flight, heights over the equatorial radius
(:func:`overflight.flight.orbit_reached.apsides`).  What drag makes of them is for ``overflight orbit``.
"""

from __future__ import annotations

import numpy as np

from overflight.earth.constants import WGS84
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.jobs.planned import Planned
from overflight.report.values import OrbitReached, Spread

__all__ = ["orbit_reached"]

LEVELS = (0.05, 0.5, 0.95)


def orbit_reached(planned: Planned) -> OrbitReached | None:
    """Return the orbit of the flights that reach one; None if no flight does.

    The chance is that of the whole launch, all outcomes by their probability; its error is Monte Carlo alone.
    """
    ensemble = planned.ensemble
    samples, weights = ensemble.samples, ensemble.weights
    rows = np.flatnonzero(samples.orbit)
    if not len(rows):
        return None
    found = apsides(samples.end_state[rows])
    axis_m = WGS84.equatorial_radius_m + (found.perigee_m + found.apogee_m) / 2.0
    with np.errstate(invalid="ignore"):
        period_min = 2.0 * np.pi * np.sqrt(axis_m**3 / WGS84.mu_m3ps2) / 60.0
    own = weights[rows]
    chance, error = _chance(planned)
    as_planned = samples.outcome == 0
    first, middle, last = weighted_quantile(samples.end_s[rows], own, LEVELS)
    return OrbitReached(
        flights=len(rows),
        chance=chance,
        chance_se=error,
        as_planned=float(samples.orbit[as_planned].mean()) if as_planned.any() else None,
        flights_as_planned=int(as_planned.sum()),
        time_s=(first, middle, last),
        least_perigee_km=ORBIT_PERIGEE_M / 1e3,
        spreads=tuple(
            Spread(label, unit, *weighted_quantile(values, own, LEVELS))
            for label, unit, values in (
                ("Perigee", "km", found.perigee_m / 1e3),
                ("Apogee", "km", found.apogee_m / 1e3),
                ("Inclination", "°", np.degrees(found.inclination_rad)),
                ("Period", "min", period_min),
            )
            if np.isfinite(values).any()  # who leaves the Earth has neither apogee nor period
        ),
    )


def _chance(planned: Planned) -> tuple[float, float]:
    """Return the chance of orbit over all outcomes, and its standard error: a sum over strata."""
    samples = planned.ensemble.samples
    chance, variance = 0.0, 0.0
    for index, outcome in enumerate(planned.ensemble.outcomes):
        own = samples.orbit[samples.outcome == index]
        if len(own):
            share = float(own.mean())
            chance += outcome.probability * share
            # a share of 0 or 1 in n flights is still uncertain by about one flight in n
            spread = max(share * (1.0 - share), (1.0 - 1.0 / len(own)) / len(own))
            variance += outcome.probability**2 * spread / len(own)
    return chance, float(np.sqrt(variance))
