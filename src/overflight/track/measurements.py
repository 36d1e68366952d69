"""Measurements as they reach the tracker, whatever format brought them.

Times are seconds of the Unix epoch (UTC) as the source stamped them; angles are radians; azimuth from true
north to east, elevation above the local horizontal of the WGS-84 ellipsoid at the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cue", "FeedStatus", "Measurement", "Plot", "Position", "SensorSite"]


@dataclass(frozen=True, slots=True)
class Plot:
    """One radar plot: range, azimuth, elevation with their standard deviations."""

    source: str
    seq: int | None
    time_s: float
    track: str | None
    range_m: float
    azimuth_rad: float
    elevation_rad: float
    sigma: tuple[float, float, float]
    """Of range (m), azimuth (rad), elevation (rad)."""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """A place measured by other means, e.g. another system's track: geodetic, with its spread (m)."""

    source: str
    seq: int | None
    time_s: float
    track: str | None
    latitude_rad: float
    longitude_rad: float
    height_m: float
    sigma: tuple[float, float, float]
    """East, north, up (m)."""
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class SensorSite:
    """Where a sensor stands, and what is known of its biases (one standard deviation).

    ``refraction`` is the share of the standard refraction that its elevations still hold: 0 where they are
    corrected for it, 1 where they are not; it is estimated about this value.
    """

    source: str
    latitude_rad: float
    longitude_rad: float
    height_m: float
    range_bias_m: float = 100.0
    azimuth_bias_rad: float = 5e-4
    refraction: float = 0.5
    refraction_sigma: float = 0.5
    clock_bias_s: float = 0.1
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A partner's early warning: something rose near a place at a time, give or take.

    ``time_s`` is that of lift-off; ``spread_m`` is one standard deviation in each direction; ``confidence``
    the probability that it is a launch at all, 0 where its source takes the cue back; ``sent_s`` when it was
    sent, if told.
    """

    source: str
    time_s: float
    latitude_rad: float
    longitude_rad: float
    time_sigma_s: float
    spread_m: float
    confidence: float
    exercise: bool = False
    seq: int | None = None
    sent_s: float | None = None

    @property
    def told_s(self) -> float:
        """When it was told: as it says, or else with the launch itself."""
        return self.time_s if self.sent_s is None else max(self.sent_s, self.time_s)


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A source says that it lives."""

    source: str
    time_s: float
    alive: bool
    exercise: bool = False


Measurement = Plot | Position | SensorSite | Cue | FeedStatus
