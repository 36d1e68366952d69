"""How far a sensor is believed: what of its plots fits the track that all sensors make together."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["Health"]

MEMORY = 24
ENOUGH = 10
WITHIN_S = 20.0
WORST_MEAN = 12.0
"""Mean normalised square (expected 3) beyond which a sensor contradicts the others."""


@dataclass(frozen=True, slots=True)
class Health:
    """The last plots of a sensor: (time, normalised square; infinite where the gate refused it)."""

    recent: tuple[tuple[float, float], ...] = ()
    quarantined: bool = False
    since_s: float = 0.0

    def taken(self, time_s: float, nis: float) -> Health:
        """Return the health after a plot that the gate let in."""
        return self._judged(time_s, nis)

    def refused(self, time_s: float) -> Health:
        """Return the health after a plot of the object that the gate refused."""
        return self._judged(time_s, float("inf"))

    def _judged(self, time_s: float, nis: float) -> Health:
        recent = tuple(r for r in (*self.recent, (time_s, nis)) if time_s - r[0] < WITHIN_S)[-MEMORY:]
        bad = sum(value > 25.0 for _, value in recent)
        fair = [min(value, 25.0) for _, value in recent]
        mean = sum(fair) / len(fair)
        if self.quarantined:
            well = len(recent) >= 20 and bad == 0 and mean < 6.0
            return replace(self, recent=recent, quarantined=not well)
        poor = len(recent) >= ENOUGH and (bad > 0.5 * len(recent) or mean > WORST_MEAN)
        return Health(recent, poor, time_s if poor else self.since_s)
