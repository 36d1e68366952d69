"""What is claimed about a launch: the scenario, as it stands in ``launch.toml``.

Every number may be bare or a :class:`~overflight.scenario.quantity.Quantity` with spread and source.
Constructing a scenario checks it and computes nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.abort_rules import AbortRules
from overflight.scenario.claims import Claim
from overflight.scenario.flight_plan import CutOff, FlightPlan, Steering, TargetOrbit
from overflight.scenario.fragments import BreakUp
from overflight.scenario.quantity import (
    Citation,
    Flag,
    Fraction,
    Instant,
    Name,
    NonNegative,
    Number,
    Positive,
    Real,
    Strict,
    Whole,
    known_as,
)
from overflight.scenario.refusal import Refused
from overflight.scenario.risk import Risk
from overflight.scenario.vehicle_parts import Booster, Jettisoned, Throttle
from overflight.scenario.zones import AnnouncedZone

__all__ = [
    "Atmosphere",
    "Booster",
    "Correlation",
    "CutOff",
    "Drag",
    "FailureMode",
    "Fairing",
    "FlightPlan",
    "Jettisoned",
    "LaunchTime",
    "Scenario",
    "Site",
    "Source",
    "Stage",
    "Steering",
    "TargetOrbit",
    "Termination",
    "Throttle",
    "Vehicle",
    "Wind",
]


def check_rising(key: str, values: tuple[float, ...]) -> None:
    """Refuse a table whose first column does not rise from row to row."""
    for i, (a, b) in enumerate(pairwise(values), start=2):
        if b <= a:
            raise Refused(
                key=f"{key}.{i}",
                found=f"{b:g} after {a:g}",
                allowed="rising values",
                remedy="Put the rows in order.",
            )


def check_sigma(key: str, sigma: tuple[float, ...], rows: int, largest: float, unit: str) -> None:
    """Refuse standard deviations of a profile that are not as many as its heights, or out of range."""
    if len(sigma) != rows or not all(0.0 <= s <= largest for s in sigma):
        raise Refused(
            key=key,
            found=f"{len(sigma)} values beside {rows} of altitude_m, {min(sigma, default=0):g} "
            f"to {max(sigma, default=0):g}",
            allowed=f"one for each altitude, 0 to {largest:g} {unit}",
            remedy="Give one standard deviation for each altitude.",
        )


class Source(Strict):
    """A cited source."""

    key: Name
    text: Annotated[str, Field(min_length=1)]


class LaunchTime(Strict):
    """When the vehicle lifts off. ``offset_s`` shifts ``utc`` and may carry the spread of the claims."""

    utc: Instant = Field(description="lift-off, with time zone, e.g. 2023-08-23T18:50:30Z")
    offset_s: Number = known_as(0.0, "lift-off after utc; its spread is that of the claimed time")
    zone: Name = Field(default="UTC", description="label of the local clock, e.g. KST = JST")
    zone_offset_h: Real = Field(
        default=0.0, ge=-14.0, le=14.0, description="the local clock minus UTC, east positive"
    )
    source: Citation = None
    note: str | None = None


class Site(Strict):
    """The pad."""

    name: Name
    latitude_deg: Real = Field(ge=-90.0, le=90.0, description="WGS-84, north positive")
    longitude_deg: Real = Field(ge=-180.0, le=180.0, description="WGS-84, east positive")
    altitude_m: Real = Field(default=0.0, ge=-430.0, le=6000.0, description="above the ellipsoid")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="ISO 3166-1 alpha-2 code"
    )
    source: Citation = None
    note: str | None = None


class Drag(Strict):
    """Drag coefficient against Mach number: a smooth monotone curve through the rows, constant beyond.

    A table that means straight lines between rows far apart needs more rows on those lines.
    """

    mach: tuple[Real, ...] = (0.0, 0.6, 0.9, 1.1, 1.3, 2.0, 3.0, 5.0, 10.0)
    cd: tuple[Real, ...] = (0.30, 0.30, 0.40, 0.62, 0.60, 0.45, 0.33, 0.26, 0.24)
    factor: Positive = known_as(1.0, "scales cd, sample by sample")
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _table(self) -> Drag:
        if len(self.mach) != len(self.cd) or not self.mach:
            raise Refused(
                key="cd",
                found=f"{len(self.cd)} values beside {len(self.mach)} of mach",
                allowed="as many values as mach, at least one",
                remedy="Give one drag coefficient for each Mach number.",
            )
        check_rising("mach", self.mach)
        for i, (a, b) in enumerate(pairwise(self.mach), start=2):
            if b - a < 0.999e-3:
                raise Refused(
                    key=f"mach.{i}",
                    found=f"{b:g} after {a:g}",
                    allowed="rows 0.001 apart or more",
                    remedy="Leave one of the two rows out.",
                )
        if self.mach[0] < 0.0 or not 0.0 <= min(self.cd) <= max(self.cd) <= 5.0:
            raise Refused(
                key="cd" if self.mach[0] >= 0.0 else "mach",
                found=f"{min(self.cd):g} to {max(self.cd):g} at Mach {self.mach[0]:g} and up",
                allowed="Mach numbers of 0 and more, drag coefficients from 0 to 5",
                remedy="Correct the value; a coefficient refers to reference_area_m2.",
            )
        return self


class Stage(Strict):
    """One serial stage. Masses are without what stands above it."""

    name: Name
    dry_mass_kg: Positive = Field(description="the stage without propellant")
    propellant_kg: Positive = Field(description="usable propellant")
    thrust_vacuum_n: Positive = Field(description="all engines together, in vacuum")
    isp_vacuum_s: Positive = Field(description="specific impulse in vacuum")
    nozzle_exit_area_m2: NonNegative = known_as(0.0, "all nozzles together: thrust lost to air pressure")
    engines: Whole = Field(default=1, ge=1, le=64)
    reference_area_m2: NonNegative = Field(description="cross-section of the vehicle while this stage burns")
    burn_time_s: Annotated[Real, Field(gt=0.0)] | None = Field(
        default=None, description="cut off after this time; must not need more than the propellant"
    )
    ignition_delay_s: NonNegative = known_as(0.0, "after the separation of the stage below")
    separation_delay_s: NonNegative = known_as(0.0, "after burn-out")
    throttle: tuple[Throttle, ...] = Field(default=(), description="levels of thrust in order of time")
    tail_off_s: NonNegative = known_as(
        0.0, "how long thrust dies away at burn-out; not of a last stage, which is shut down in orbit"
    )
    build_up_s: NonNegative = known_as(
        0.0, "how long thrust rises after ignition; not of stage 1, which rises on the pad before lift-off"
    )
    hot_staging: Flag = Field(
        default=False,
        description="it lights ignition_delay_s after the burn-out of the stage below, still attached to it",
    )
    ballistic_kgpm2: Positive = Field(description="spent stage in fall, m / (Cd A) at low Mach")


class Fairing(Strict):
    """The fairing, let go as two halves when the free molecular heat flux has fallen below the limit."""

    mass_kg: Positive = Field(description="both halves together")
    heat_flux_wpm2: Positive = known_as(1135.0, "free molecular heat flux at which it is let go")
    earliest_stage: Whole = Field(default=2, ge=1, description="not before this stage, counted from 1")
    separation_speed_mps: NonNegative = known_as(5.0, "of each half to the side")
    ballistic_kgpm2: Positive = Field(description="one half in fall, m / (Cd A) at low Mach")


class Vehicle(Strict):
    """The vehicle, stages in order of ignition."""

    name: Name
    record: Name | None = Field(default=None, description="its key in the record of launches")
    payload_name: str | None = None
    payload_kg: NonNegative = Field(description="what stays on the last stage")
    stage: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=5)]
    booster: tuple[Booster, ...] = Field(default=(), max_length=4)
    jettisoned: tuple[Jettisoned, ...] = Field(default=(), max_length=8)
    fairing: Fairing | None = None
    drag: Drag = Drag()
    normal_force_slope: NonNegative = known_as(
        0.0, "normal force coefficient per rad of angle of attack, with the reference areas; 0 leaves it out"
    )
    q_alpha_limit_kpa_deg: Positive | None = Field(
        default=None, description="dynamic pressure times angle of attack at which it breaks out of control"
    )


class Termination(Strict):
    """Flight termination system, as far as this plan needs it."""

    fitted: Flag = True
    action: Literal["destruct", "thrust_cut"] = "destruct"
    rules: AbortRules | None = Field(default=None, description="when it acts, if that is known")
    source: Citation = None
    note: str | None = None


class FailureMode(Strict):
    """One way the flight may fail.

    ``no_ignition``: the stage does not light; ``no_separation``: it burns out and stays on; ``thrust_loss``:
    its thrust ends early; all three: the vehicle falls in one piece. ``explosion``: it breaks up.
    ``spurious_termination``: the termination system acts in error. ``engine_out``: some engines of the stage
    stop and the flight goes on; ``early_shutdown``: the stage ends early, and the flight goes on with the
    next; ``late_shutdown``: it is not shut down but burns to depletion. ``thrust_turn``: control is lost and
    the nose turns until it stands 90 degrees from where it was, to a random side; ``tumble``: it goes on
    turning; both thrust on until the stage is spent, the vehicle breaks (``vehicle.q_alpha_limit_kpa_deg``)
    or meets the ground.
    The time is uniform between the fractions of the stage's burn.

    With ``booster`` it is boosters that fail, in their own burn: they break up and the vehicle with them
    (``explosion``, ``spurious_termination``), some of them stop and the flight goes on (``engine_out``), or
    they stay on until stage 1 is spent (``no_separation``).
    """

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    mode: Literal[
        "no_ignition",
        "no_separation",
        "thrust_loss",
        "explosion",
        "spurious_termination",
        "engine_out",
        "early_shutdown",
        "late_shutdown",
        "thrust_turn",
        "tumble",
    ]
    stage: Whole = Field(ge=1, description="the stage that fails, counted from 1")
    booster: Whole | None = Field(
        default=None,
        ge=1,
        description="the row of boosters that fails instead, counted from 1; with stage = 1",
    )
    probability: Fraction = known_as(
        0.0, "before the launch, that this mode ends the flight; from the record if left out"
    )
    start_fraction: Real = Field(default=0.0, ge=0.0, le=1.0, description="earliest, of the stage's burn")
    end_fraction: Real = Field(default=1.0, ge=0.0, le=1.0, description="latest, of the stage's burn")
    engines_lost: Whole = Field(
        default=1, ge=1, le=64, description="engine_out: engines, or boosters, that stop"
    )
    turn_rate_dps: Positive = known_as(30.0, "thrust_turn, tumble: fastest turn of the nose, degrees/s")
    turn_acceleration_dps2: Positive = known_as(15.0, "thrust_turn, tumble: how the turn gathers rate")
    termination_fails: Flag | None = Field(
        default=None, description="the termination system does not act; as its rules say if left out"
    )
    happened: Flag = Field(default=False, description="this is how the flight ended")
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> FailureMode:
        if self.start_fraction > self.end_fraction:
            raise Refused(
                key="start_fraction",
                found=f"{self.start_fraction:g} before the end at {self.end_fraction:g}",
                allowed="at most end_fraction",
                remedy="Exchange the two, both fractions of the stage's burn.",
            )
        return self


class Wind(Strict):
    """Wind against height; ``from_deg`` is where it comes from, ``factor`` scales it sample by sample."""

    altitude_m: tuple[Real, ...] = Field(default=(0.0,), description="above the ellipsoid, rising")
    speed_mps: tuple[Real, ...] = Field(default=(0.0,), description="at each altitude")
    from_deg: tuple[Real, ...] = Field(default=(270.0,), description="where it comes from, north by east")
    factor: Number = known_as(1.0, "scales the speed, sample by sample")
    sigma_mps: tuple[Real, ...] | None = Field(
        default=None, description="standard deviation of each component at each altitude, drawn as a profile"
    )
    correlation_height_m: Real = Field(
        default=6000.0, ge=100.0, le=50_000.0, description="height over which its errors stay alike"
    )
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _table(self) -> Wind:
        n = len(self.altitude_m)
        if n == 0 or len(self.speed_mps) != n or len(self.from_deg) != n:
            raise Refused(
                key="altitude_m",
                found=f"{n} values, {len(self.speed_mps)} of speed_mps, {len(self.from_deg)} of from_deg",
                allowed="three lists of the same length, at least one value each",
                remedy="Give speed and direction for each altitude.",
            )
        check_rising("altitude_m", self.altitude_m)
        if min(self.speed_mps) < 0.0 or max(self.speed_mps) > 200.0:
            raise Refused(
                key="speed_mps",
                found=f"{min(self.speed_mps):g} to {max(self.speed_mps):g}",
                allowed="0 to 200 m/s",
                remedy="Write metres per second; turn from_deg by 180 degrees instead of a negative speed.",
            )
        if self.sigma_mps is not None:
            check_sigma("sigma_mps", self.sigma_mps, n, 50.0, "m/s")
        return self


class Atmosphere(Strict):
    """The air without its wind: the US Standard Atmosphere 1976, or NRLMSIS 2.1 at the site and lift-off."""

    model: Literal["us1976", "msis"] = "us1976"
    f107_sfu: Real = Field(default=150.0, ge=50.0, le=500.0, description="msis: F10.7 of the day before")
    f107_mean_sfu: Real = Field(default=150.0, ge=50.0, le=500.0, description="msis: its 81-day mean")
    ap: Real = Field(default=4.0, ge=0.0, le=400.0, description="msis: daily Ap")
    altitude_m: tuple[Real, ...] = Field(default=(0.0,), description="heights of density_sigma, rising")
    density_sigma: tuple[Real, ...] | None = Field(
        default=None, description="relative standard deviation of the density, drawn as a profile"
    )
    correlation_height_m: Real = Field(
        default=6000.0, ge=100.0, le=50_000.0, description="height over which its errors stay alike"
    )
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _profile(self) -> Atmosphere:
        check_rising("altitude_m", self.altitude_m)
        if self.density_sigma is not None:
            check_sigma("density_sigma", self.density_sigma, len(self.altitude_m), 0.5, "(a fraction)")
        return self


class Correlation(Strict):
    """Correlation matrix of drawn quantities, by their dotted paths."""

    paths: tuple[str, ...] = Field(description="dotted paths, rows from 1: vehicle.stage.1.thrust_vacuum_n")
    matrix: tuple[tuple[Real, ...], ...] = Field(description="symmetric, 1 on the diagonal")


class Scenario(Strict):
    """A launch as claimed: the whole of ``launch.toml``."""

    schema_version: Literal[1] = Field(description="1")
    title: Name
    about: str = Field(default="", description="what this launch is, in a few sentences")
    launch: LaunchTime
    site: Site
    vehicle: Vehicle
    flight_plan: FlightPlan
    termination: Termination = Termination(fitted=False)
    failure: tuple[FailureMode, ...] = ()
    breakup: tuple[BreakUp, ...] = Field(default=(), max_length=20)
    wind: Wind = Wind()
    risk: Risk = Risk()
    atmosphere: Atmosphere = Atmosphere()
    density_factor: Positive = known_as(1.0, "scales the density of the air, sample by sample")
    announced_zone: tuple[AnnouncedZone, ...] = ()
    claim: tuple[Claim, ...] = ()
    unknown: tuple[str, ...] = Field(default=(), description="what nobody has published, in words")
    correlation: Correlation | None = None
    source: tuple[Source, ...] = ()
