"""What is claimed about a launch: the scenario, as it stands in ``launch.toml``.

Every number may be bare or a :class:`~overflight.scenario.quantity.Quantity` with spread and source.
Constructing a scenario checks it and computes nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from overflight.scenario.claims import Claim
from overflight.scenario.quantity import Number, Fraction, NonNegative, Positive, Strict
from overflight.scenario.zones import AnnouncedZone

__all__ = [
    "Correlation",
    "CutOff",
    "Drag",
    "Fairing",
    "FailureMode",
    "FlightPlan",
    "LaunchTime",
    "Scenario",
    "Site",
    "Source",
    "Stage",
    "Steering",
    "Termination",
    "Vehicle",
    "Wind",
]


def _aware(t: datetime) -> datetime:
    if t.tzinfo is None:
        raise ValueError("must carry a time zone: write 2023-08-23T18:50:30Z")
    return t.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_aware)]


class Source(Strict):
    """A cited source."""

    key: str = Field(min_length=1)
    text: str = Field(min_length=1)


class LaunchTime(Strict):
    """When the vehicle lifts off. ``offset_s`` shifts ``utc`` and may carry the spread of the claims."""

    utc: Instant
    offset_s: Number = Field(default={"value": 0.0}, validate_default=True)
    zone: str = Field(default="UTC", description="label of the local clock, e.g. KST = JST")
    zone_offset_h: float = Field(default=0.0, ge=-14.0, le=14.0)
    source: str | list[str] | None = None
    note: str | None = None


class Site(Strict):
    """The pad."""

    name: str
    latitude_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    longitude_deg: Annotated[float, Field(ge=-180.0, le=180.0)]
    altitude_m: Annotated[float, Field(ge=-430.0, le=6000.0)] = 0.0
    country: str | None = None
    source: str | list[str] | None = None
    note: str | None = None


class Drag(Strict):
    """Drag coefficient against Mach number, linear between the rows, constant beyond."""

    mach: tuple[float, ...] = (0.0, 0.6, 0.9, 1.1, 1.3, 2.0, 3.0, 5.0, 10.0)
    cd: tuple[float, ...] = (0.30, 0.30, 0.40, 0.62, 0.60, 0.45, 0.33, 0.26, 0.24)
    factor: Positive = Field(default={"value": 1.0}, validate_default=True)
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _table(self) -> Drag:
        if len(self.mach) != len(self.cd) or not self.mach:
            raise ValueError(f"mach and cd must have the same length, found {len(self.mach)} and {len(self.cd)}")
        if any(b <= a for a, b in zip(self.mach, self.mach[1:], strict=False)):
            raise ValueError("mach must rise")
        if min(self.cd) < 0.0 or self.mach[0] < 0.0:
            raise ValueError("mach and cd must not be negative")
        return self


class Stage(Strict):
    """One serial stage. Masses are without what stands above it."""

    name: str
    dry_mass_kg: Positive
    propellant_kg: Positive
    thrust_vacuum_n: Positive
    isp_vacuum_s: Positive
    nozzle_exit_area_m2: NonNegative = Field(default={"value": 0.0}, validate_default=True)
    engines: Annotated[int, Field(ge=1, le=64)] = 1
    reference_area_m2: NonNegative
    burn_time_s: Annotated[float, Field(gt=0.0)] | None = Field(
        default=None, description="optional: cut off after this time; must not need more than the propellant"
    )
    ignition_delay_s: NonNegative = Field(default={"value": 0.0}, validate_default=True)
    separation_delay_s: NonNegative = Field(default={"value": 0.0}, validate_default=True)
    ballistic_kgpm2: Positive = Field(description="spent stage in fall, m / (Cd A) at low Mach")


class Fairing(Strict):
    """The fairing, let go as two halves when the free molecular heat flux has fallen below the limit."""

    mass_kg: Positive
    heat_flux_wpm2: Positive = Field(default={"value": 1135.0}, validate_default=True)
    earliest_stage: Annotated[int, Field(ge=1)] = 2
    separation_speed_mps: NonNegative = Field(default={"value": 5.0}, validate_default=True)
    ballistic_kgpm2: Positive


class Vehicle(Strict):
    """The vehicle, stages in order of ignition."""

    name: str
    payload_name: str | None = None
    payload_kg: NonNegative
    stage: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=5)]
    fairing: Fairing | None = None
    drag: Drag = Drag()


class Steering(Strict):
    """Thrust direction from ``start_s`` after the ignition of ``stage`` until the next row begins.

    ``pitch``: pitch above the local horizontal and compass heading, linear in time to the ``_end``
    values at the end of the row (its last instant of thrust); ``linear_tangent``: the tangent of
    pitch is linear instead; ``gravity_turn``: along the velocity relative to the air.
    """

    stage: Annotated[int, Field(ge=1)]
    start_s: NonNegative = Field(default={"value": 0.0}, validate_default=True)
    mode: Literal["pitch", "linear_tangent", "gravity_turn"] = "pitch"
    pitch_deg: Number | None = None
    pitch_end_deg: Number | None = None
    heading_deg: Number | None = None
    heading_end_deg: Number | None = None

    @model_validator(mode="after")
    def _complete(self) -> Steering:
        if self.mode == "gravity_turn":
            if any(v is not None for v in (self.pitch_deg, self.pitch_end_deg, self.heading_deg, self.heading_end_deg)):
                raise ValueError("a gravity_turn follows the velocity: it takes no pitch and no heading")
            return self
        if self.pitch_deg is None or self.heading_deg is None:
            raise ValueError(f"mode {self.mode} needs pitch_deg and heading_deg")
        for pitch in (self.pitch_deg, self.pitch_end_deg):
            if pitch is not None and not -90.0 <= pitch.value <= 90.0:
                raise ValueError("pitch must lie between -90 and 90 degrees")
            if pitch is not None and self.mode == "linear_tangent" and abs(pitch.value) > 85.0:
                raise ValueError("the tangent of pitch needs a pitch between -85 and 85 degrees")
        return self


class CutOff(Strict):
    """Shut-down of the last stage when the orbit's mean altitude reaches this value (energy cut-off)."""

    mean_altitude_km: Annotated[Number, Field()]
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _orbit(self) -> CutOff:
        if not 120.0 <= self.mean_altitude_km.value <= 36000.0:
            raise ValueError("mean_altitude_km must lie between 120 and 36000: targets are orbits")
        return self


class FlightPlan(Strict):
    """Steering rows in order of time and the cut-off of the last stage."""

    steering: Annotated[tuple[Steering, ...], Field(min_length=1)]
    cut_off: CutOff | None = None


class Termination(Strict):
    """Flight termination system, as far as this plan needs it."""

    fitted: bool = True
    action: Literal["destruct", "thrust_cut"] = "destruct"
    source: str | list[str] | None = None
    note: str | None = None


class FailureMode(Strict):
    """One way the flight may fail.

    ``no_ignition``: the stage does not light; ``thrust_loss``: its thrust ends early, the vehicle falls
    in one piece; ``explosion`` and ``spurious_termination``: it breaks up. The time is uniform between
    the fractions ``from`` and ``to`` of the stage's burn.
    """

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: str
    mode: Literal["no_ignition", "thrust_loss", "explosion", "spurious_termination"]
    stage: Annotated[int, Field(ge=1)]
    probability: Fraction
    start_fraction: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    end_fraction: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    happened: bool = False
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> FailureMode:
        if self.start_fraction > self.end_fraction:
            raise ValueError("start_fraction must not exceed end_fraction")
        return self


class Wind(Strict):
    """Wind against height; ``from_deg`` is the direction it comes from. ``factor`` scales it sample by sample."""

    altitude_m: tuple[float, ...] = (0.0,)
    speed_mps: tuple[float, ...] = (0.0,)
    from_deg: tuple[float, ...] = (270.0,)
    factor: Number = Field(default={"value": 1.0}, validate_default=True)
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _table(self) -> Wind:
        n = len(self.altitude_m)
        if n == 0 or len(self.speed_mps) != n or len(self.from_deg) != n:
            raise ValueError("altitude_m, speed_mps and from_deg must have the same length")
        if any(b <= a for a, b in zip(self.altitude_m, self.altitude_m[1:], strict=False)):
            raise ValueError("altitude_m must rise")
        if min(self.speed_mps) < 0.0 or max(self.speed_mps) > 200.0:
            raise ValueError("speed_mps must lie between 0 and 200")
        return self


class Correlation(Strict):
    """Correlation matrix of drawn quantities, by their dotted paths."""

    paths: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...]


class Scenario(Strict):
    """A launch as claimed: the whole of ``launch.toml``."""

    schema_version: Literal[1]
    title: str
    about: str = ""
    launch: LaunchTime
    site: Site
    vehicle: Vehicle
    flight_plan: FlightPlan
    termination: Termination = Termination(fitted=False)
    failure: tuple[FailureMode, ...] = ()
    wind: Wind = Wind()
    density_factor: Positive = Field(default={"value": 1.0}, validate_default=True)
    announced_zone: tuple[AnnouncedZone, ...] = ()
    claim: tuple[Claim, ...] = ()
    unknown: tuple[str, ...] = Field(default=(), description="what nobody has published, in words")
    correlation: Correlation | None = None
    source: tuple[Source, ...] = ()
