"""Parts a vehicle may have beside its serial stages: boosters, throttling, bodies let go on the way."""

from __future__ import annotations

from pydantic import Field

from overflight.scenario.quantity import (
    Citation,
    Fraction,
    Name,
    NonNegative,
    Positive,
    Strict,
    Whole,
    known_as,
)

__all__ = ["Booster", "Jettisoned", "Throttle"]


class Throttle(Strict):
    """Thrust and flow from ``start_s`` after ignition on, as a share of full; 0 coasts, to restart later."""

    start_s: NonNegative = Field(description="after the ignition of the stage")
    level: Fraction = Field(description="of full thrust, 0 to 1; 0 lets the engine rest")


class Booster(Strict):
    """Boosters that burn beside stage 1 from lift-off; every value is of one of them."""

    name: Name
    count: Whole = Field(ge=1, le=12, description="alike ones, let go together")
    dry_mass_kg: Positive = Field(description="one, without propellant")
    propellant_kg: Positive = Field(description="one")
    thrust_vacuum_n: Positive = Field(description="one, in vacuum")
    isp_vacuum_s: Positive = Field(description="specific impulse in vacuum")
    nozzle_exit_area_m2: NonNegative = known_as(0.0, "one: thrust lost to air pressure")
    separation_delay_s: NonNegative = known_as(0.0, "after its burn-out; before that of stage 1")
    separation_speed_mps: NonNegative = known_as(3.0, "of each to the side")
    ballistic_kgpm2: Positive = Field(description="one in fall, m / (Cd A) at low Mach")
    source: Citation = None
    note: str | None = None


class Jettisoned(Strict):
    """A body let go during the burn of a stage: an escape tower, an interstage ring, a shroud."""

    name: Name
    mass_kg: Positive
    stage: Whole = Field(ge=1, description="the stage during whose burn it goes")
    after_s: NonNegative = Field(description="after the ignition of that stage, before its burn-out")
    separation_speed_mps: NonNegative = known_as(0.0, "to the side")
    ballistic_kgpm2: Positive = Field(description="in fall, m / (Cd A) at low Mach")
    source: Citation = None
    note: str | None = None
