"""Published facts as claims: each with a kind, a source, and the keys of its kind.

Contradictory claims stand side by side; ``contradicts`` names those a claim cannot be true with.
``use = "fit"`` marks the claims that the fit of the vehicle may use; all others only test it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.quantity import Flag, Instant, Name, Real, Strict
from overflight.scenario.refusal import Refused
from overflight.scenario.zones import Latitude, Longitude

__all__ = [
    "Claim",
    "CrossingClaim",
    "FallClaim",
    "LaunchTimeClaim",
    "OrbitClaim",
    "PassageClaim",
    "StatementClaim",
    "ZoneClaim",
]


class _Claim(Strict):
    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    confidence: Literal["A", "B", "C", "D"] = Field(
        description="A official in full, B press quoting an official body, C single source, D derived"
    )
    source: str | list[str]
    published: str = Field(description="the fact in the words of the source, short")
    contradicts: tuple[str, ...] = ()
    use: Literal["fit", "test"] = "test"
    note: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the cited sources."""
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)


class LaunchTimeClaim(_Claim):
    """Lift-off within a minute as published."""

    kind: Literal["launch-time"]
    utc: Instant
    tolerance_s: Annotated[Real, Field(gt=0.0)]


class PassageClaim(_Claim):
    """The path passes a point at a distance on one side of it."""

    kind: Literal["passage"]
    latitude_deg: Latitude
    longitude_deg: Longitude
    side: Literal["west", "east", "north", "south"]
    distance_km: Annotated[Real, Field(ge=0.0)]
    tolerance_km: Annotated[Real, Field(gt=0.0)]


class CrossingClaim(_Claim):
    """The path crosses a parallel between two meridians, at a time if one is stated."""

    kind: Literal["crossing"]
    latitude_deg: Latitude
    west_deg: Longitude
    east_deg: Longitude
    utc: Instant | None = None
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0

    @model_validator(mode="after")
    def _width(self) -> CrossingClaim:
        if self.west_deg == self.east_deg:
            raise Refused(
                key="east_deg",
                found=f"{self.east_deg:g}, the same as west_deg",
                allowed="a meridian east of west_deg",
                remedy="Give the two meridians between which the path crosses.",
            )
        return self


class FallClaim(_Claim):
    """A body was seen falling: a minute, and a distance from a country's nearest coast or from a point.

    ``utc`` may be the end of a radar track rather than the splash: it is compared with the interval
    from descent through ``track_floor_km`` to impact.
    """

    kind: Literal["fall"]
    body: str
    utc: Instant | None = None
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0
    track_floor_km: Annotated[Real, Field(ge=0.0)] = 40.0
    coast_country: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    coast: Literal["any", "mainland"] = "any"
    side: Literal["west", "east", "north", "south"] | None = None
    distance_km: Annotated[Real, Field(ge=0.0)] | None = None
    tolerance_km: Annotated[Real, Field(gt=0.0)] = 50.0

    @model_validator(mode="after")
    def _comparable(self) -> FallClaim:
        if self.utc is None and self.distance_km is None:
            raise Refused(
                found="neither utc nor distance_km",
                allowed="a time, a distance, or both",
                remedy='Add what was published, or make this a claim of kind = "statement".',
            )
        if self.distance_km is not None and not self.coast_country:
            raise Refused(
                key="distance_km",
                found=f"{self.distance_km:g} without coast_country",
                allowed="a distance from the coast of the countries in coast_country",
                remedy='Add coast_country = ["KR"] with ISO codes of two letters.',
            )
        return self


class ZoneClaim(_Claim):
    """A body fell inside or outside an announced zone."""

    kind: Literal["zone"]
    body: str
    zone: str
    inside: Flag | None = None


class OrbitClaim(_Claim):
    """An orbit was, or was not, reached."""

    kind: Literal["orbit"]
    reached: Flag


class StatementClaim(_Claim):
    """Words, kept because a reader needs them; not comparable with a computation."""

    kind: Literal["statement"]
    speaker: str | None = None
    utc: Instant | None = None


Claim = Annotated[
    LaunchTimeClaim | PassageClaim | CrossingClaim | FallClaim | ZoneClaim | OrbitClaim | StatementClaim,
    Field(discriminator="kind"),
]
