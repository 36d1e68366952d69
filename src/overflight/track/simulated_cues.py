"""Simulated early warning: what a partner that sees launches would report of one, when, and how wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from overflight import rng
from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef, local_axes
from overflight.track.measurements import Cue

__all__ = ["DeliveredCue", "SimulatedCue", "simulate_cues"]


@dataclass(frozen=True, slots=True)
class SimulatedCue:
    """One report: it arrives ``delay_s`` after lift-off, its place and time drawn by the spreads it tells.

    ``latitude_rad``, ``longitude_rad`` is a place other than the launch's, of which it reports (a false cue,
    or another launch); ``withdrawn_s`` when it is taken back, seconds after lift-off, None: never.
    """

    source: str
    delay_s: float = 45.0
    time_sigma_s: float = 5.0
    spread_m: float = 5e3
    confidence: float = 0.9
    latitude_rad: float | None = None
    longitude_rad: float | None = None
    withdrawn_s: float | None = None


@dataclass(frozen=True, slots=True)
class DeliveredCue:
    """A report and when it arrives (seconds after lift-off, true time)."""

    arrival_s: float
    cue: Cue


def simulate_cues(
    cues: Sequence[SimulatedCue],
    site: tuple[float, float],
    *,
    seed: int,
    lift_off_s: float,
    until_s: float,
    exercise: bool = True,
) -> tuple[DeliveredCue, ...]:
    """Return the reports of a launch from a site (latitude, longitude, rad), in the order they arrive."""
    out = []
    for number, one in enumerate(cues):
        z = [float(rng.normal(seed, f"cue.{one.source}.{k}", number)) for k in range(3)]
        latitude = site[0] if one.latitude_rad is None else one.latitude_rad
        longitude = site[1] if one.longitude_rad is None else one.longitude_rad
        east, north, _ = local_axes(latitude, longitude)
        place = geodetic_to_ecef(latitude, longitude, 0.0) + one.spread_m * (z[0] * east + z[1] * north)
        found = ecef_to_geodetic(place)
        cue = Cue(
            one.source, lift_off_s + one.time_sigma_s * z[2], float(found[0]), float(found[1]),
            one.time_sigma_s, one.spread_m, one.confidence, exercise, number, lift_off_s + one.delay_s,
        )  # fmt: skip
        out.append(DeliveredCue(one.delay_s, cue))
        if one.withdrawn_s is not None:
            back = replace(cue, confidence=0.0, sent_s=lift_off_s + one.withdrawn_s)
            out.append(DeliveredCue(one.withdrawn_s, back))
    return tuple(sorted((d for d in out if d.arrival_s <= until_s), key=lambda d: d.arrival_s))
