"""How reliable a vehicle has become: the posterior of its success after each launch, with its interval.

Jeffreys' prior Beta(1/2, 1/2) over all its launches alike: no growth is assumed, so a vehicle that learns
is at first underrated. The interval is the central 90 % of the posterior.
"""

from __future__ import annotations

from dataclasses import dataclass

from overflight.record.load import Record

__all__ = ["GrowthPoint", "reliability_growth"]


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """After a launch: launches and successes so far, posterior mean of success and its 90 % interval."""

    key: str
    succeeded: bool
    flights: int
    successes: int
    mean: float
    low: float
    high: float


def reliability_growth(record: Record, vehicle: str) -> tuple[GrowthPoint, ...]:
    """Return the reliability of a vehicle after each of its launches, in order of time."""
    from scipy.stats import beta

    points: list[GrowthPoint] = []
    successes = 0
    for flights, event in enumerate(record.select(vehicle=vehicle), 1):
        successes += not event.failed
        a, b = successes + 0.5, flights - successes + 0.5
        low, high = (float(beta.ppf(q, a, b)) for q in (0.05, 0.95))
        points.append(GrowthPoint(event.key, not event.failed, flights, successes, a / (a + b), low, high))
    return tuple(points)
