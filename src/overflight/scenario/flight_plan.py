"""The flight plan of a scenario: how the vehicle is steered, and where its last stage is shut down."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.quantity import Citation, NonNegative, Number, Strict, Whole, known_as
from overflight.scenario.refusal import Refused

__all__ = ["CutOff", "FlightPlan", "Steering", "TargetOrbit"]


class Steering(Strict):
    """Thrust direction from ``start_s`` after the ignition of ``stage`` until the next row begins.

    ``pitch``: pitch above the local horizontal and compass heading, linear in time to the ``_end``
    values at the end of the row (its last instant of thrust); ``linear_tangent``: the tangent of
    pitch is linear instead; ``gravity_turn``: along the velocity relative to the air. An angle left
    out goes on from the end of the row before; an ``_end`` value left out holds the angle.
    """

    stage: Whole = Field(ge=1, description="counted from 1 in order of ignition")
    start_s: NonNegative = known_as(0.0, "after the ignition of the stage")
    mode: Literal["pitch", "linear_tangent", "gravity_turn"] = "pitch"
    pitch_deg: Number | None = Field(default=None, description="above the local horizontal, at the start")
    pitch_end_deg: Number | None = Field(default=None, description="pitch at the end of the row")
    heading_deg: Number | None = Field(default=None, description="from north by east, at the start")
    heading_end_deg: Number | None = Field(default=None, description="heading at the end of the row")

    @model_validator(mode="after")
    def _complete(self) -> Steering:
        if self.mode == "gravity_turn":
            if any(
                v is not None
                for v in (self.pitch_deg, self.pitch_end_deg, self.heading_deg, self.heading_end_deg)
            ):
                raise Refused(
                    found='mode "gravity_turn" beside a pitch or a heading',
                    allowed="no pitch and no heading: a gravity turn follows the velocity",
                    remedy='Leave the angles out, or take mode = "pitch".',
                )
            return self
        limit = 85.0 if self.mode == "linear_tangent" else 90.0
        for name in ("pitch_deg", "pitch_end_deg"):
            pitch = getattr(self, name)
            for end in () if pitch is None else (pitch.value, *(pitch.range or ())):
                if abs(end) > limit:
                    raise Refused(
                        key=name,
                        found=f"{end:g}",
                        allowed=f'-{limit:g} to {limit:g} degrees in mode "{self.mode}"',
                        remedy="Pitch counts from the local horizontal, up positive.",
                    )
        return self


class CutOff(Strict):
    """Shut-down of the last stage when the orbit's mean altitude reaches this value (energy cut-off)."""

    mean_altitude_km: Number = Field(description="mean of perigee and apogee above the equatorial radius")
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _orbit(self) -> CutOff:
        if not 120.0 <= self.mean_altitude_km.value <= 36000.0:
            raise Refused(
                key="mean_altitude_km",
                found=f"{self.mean_altitude_km.value:g}",
                allowed="120 to 36000 km above the equatorial radius: the target is an orbit",
                remedy="Write the mean of perigee and apogee altitude, in kilometres.",
            )
        return self


class TargetOrbit(Strict):
    """The orbit that guidance steers the upper stages to, and where it shuts the last one down.

    Heights are above the equatorial radius; shut-down is at perigee. Steering rows are for the stages below
    ``from_stage`` only.
    """

    perigee_km: Number = Field(description="perigee height; 120 km at least: the target is an orbit")
    apogee_km: Number | None = Field(
        default=None, description="apogee height; as high as perigee if left out"
    )
    inclination_deg: Number = Field(description="0 to 180")
    node_deg: Number | None = Field(
        default=None, description="longitude of the ascending node at lift-off; free if left out"
    )
    from_stage: Whole | None = Field(
        default=None, ge=2, description="first stage that is guided, from 2; the last stage if left out"
    )
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _orbit(self) -> TargetOrbit:
        heights = {"perigee_km": self.perigee_km, "apogee_km": self.apogee_km}
        for key, height in heights.items():
            for value in () if height is None else (height.value, *(height.range or ())):
                if not 120.0 <= value <= 36000.0:
                    raise Refused(
                        key=key,
                        found=f"{value:g}",
                        allowed="120 to 36000 km above the equatorial radius: the target is an orbit",
                        remedy="Write the height of the orbit, in kilometres.",
                    )
        if self.apogee_km is not None and self.apogee_km.value < self.perigee_km.value:
            raise Refused(
                key="apogee_km",
                found=f"{self.apogee_km.value:g} below a perigee of {self.perigee_km.value:g}",
                allowed="at least perigee_km",
                remedy="Exchange the two.",
            )
        for value in (self.inclination_deg.value, *(self.inclination_deg.range or ())):
            if not 0.0 <= value <= 180.0:
                raise Refused(
                    key="inclination_deg",
                    found=f"{value:g}",
                    allowed="0 to 180 degrees",
                    remedy="Write the angle between the orbit and the equator; above 90 it is retrograde.",
                )
        return self


class FlightPlan(Strict):
    """Steering rows in order of time, and the cut-off of the last stage or the orbit it is guided to."""

    steering: Annotated[tuple[Steering, ...], Field(min_length=1)]
    cut_off: CutOff | None = None
    target_orbit: TargetOrbit | None = None
