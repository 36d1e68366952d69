"""Published facts as claims: each with a kind, a source, and the keys of its kind.

Contradictory claims stand side by side; ``contradicts`` names those a claim cannot be true with, and
``revises`` the earlier claim that the same speaker replaced.  ``use = "fit"`` marks the claims that the fit
of the vehicle may use; all others only test it.
"""

from __future__ import annotations

from datetime import date as Day
from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.quantity import Flag, Instant, Name, Real, Strict, Whole
from overflight.scenario.refusal import Refused
from overflight.scenario.zones import AnnouncedZone, Band, Circle, Latitude, Longitude, one_shape

__all__ = [
    "AltitudeClaim",
    "Claim",
    "CountClaim",
    "CrossingClaim",
    "FallClaim",
    "InZoneClaim",
    "LaunchTimeClaim",
    "LineClaim",
    "LostClaim",
    "OrbitClaim",
    "PassageClaim",
    "RadarClaim",
    "SeparationClaim",
    "StageStatusClaim",
    "StatementClaim",
    "Translation",
    "ZoneClaim",
]


HALF_ROUND_KM = 20_040.0
"""Half the circumference of the Earth: nothing is farther away over the ground."""
Cited = Annotated[str, Field(min_length=1, max_length=500)]


class Translation(Strict):
    """The words of a claim in another language; what is left out stays in the language of the file."""

    label: Name | None = None
    published: str | None = None
    speaker: str | None = None


class _Claim(Strict):
    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    confidence: Literal["A", "B", "C", "D"] = Field(
        description="A official in full, B press quoting an official body, C single source, D derived"
    )
    source: Cited | Annotated[list[Cited], Field(min_length=1)]
    date: Day | None = Field(default=None, description="when it was published")
    published: str = Field(description="the fact in the words of the source, short")
    contradicts: tuple[str, ...] = ()
    revises: str | None = Field(default=None, description="key of the earlier claim that it replaces")
    use: Literal["fit", "test"] = "test"
    note: str | None = None
    translation: dict[Literal["ja", "ko"], Translation] = Field(
        default={}, description="label, published and speaker in Japanese (ja) and Korean (ko)"
    )

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
    """The path passes a point at a distance on one side of it, at a time if one is stated.

    Without side and distance the path passes over the point.
    """

    kind: Literal["passage"]
    latitude_deg: Latitude
    longitude_deg: Longitude
    side: Literal["west", "east", "north", "south"] = "east"
    distance_km: Annotated[Real, Field(ge=0.0, le=HALF_ROUND_KM)] = 0.0
    tolerance_km: Annotated[Real, Field(gt=0.0)]
    utc: Instant | None = None
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0


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


class LineClaim(_Claim):
    """The path passes between two points: across the line that joins them, at a time if one is stated."""

    kind: Literal["line"]
    line_latlon_deg: tuple[tuple[Latitude, Longitude], tuple[Latitude, Longitude]]
    utc: Instant | None = None
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0

    @model_validator(mode="after")
    def _has_length(self) -> LineClaim:
        if self.line_latlon_deg[0] == self.line_latlon_deg[1]:
            raise Refused(
                key="line_latlon_deg",
                found="the same point twice",
                allowed="two different points [latitude, longitude]",
                remedy="Give the two places between which the path passes.",
            )
        return self


class ZoneClaim(_Claim):
    """A zone that was announced: a ring of points, or a circle round its centre."""

    kind: Literal["zone"]
    body: str | None = None
    ring_latlon_deg: tuple[tuple[Latitude, Longitude], ...] | None = None
    circle: Circle | None = None
    band: Band | None = None

    @property
    def zone(self) -> AnnouncedZone:
        """The zone under the key of the claim."""
        return AnnouncedZone(
            key=self.key, label=self.label, body=self.body, ring_latlon_deg=self.ring_latlon_deg,
            circle=self.circle, band=self.band, source=self.source, note=self.note,
        )  # fmt: skip

    @model_validator(mode="after")
    def _one_shape(self) -> ZoneClaim:
        one_shape(self)
        return self


class FallClaim(_Claim):
    """A body was seen falling: a minute, and a distance from a country's nearest coast or from a point.

    ``utc`` may be the end of a radar track rather than the splash (``time_is``): unless the source says
    which, it is compared with the interval from descent through ``track_floor_km`` to impact.  From the
    point ``from_latitude_deg``, ``from_longitude_deg`` a distance may be one number with its tolerance or a
    band ``near_km`` to ``far_km``, and a sector of bearings may be given.  ``or_body`` names other bodies
    that the object may have been.
    """

    kind: Literal["fall"]
    body: str
    or_body: tuple[str, ...] = ()
    utc: Instant | None = None
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0
    time_is: Literal["impact", "end-of-track", "either"] = "either"
    track_floor_km: Annotated[Real, Field(ge=0.0)] = 40.0
    from_latitude_deg: Latitude | None = None
    from_longitude_deg: Longitude | None = None
    near_km: Annotated[Real, Field(ge=0.0, le=HALF_ROUND_KM)] | None = None
    far_km: Annotated[Real, Field(gt=0.0, le=HALF_ROUND_KM)] | None = None
    bearing_from_deg: Annotated[Real, Field(ge=0.0, le=360.0)] | None = None
    bearing_to_deg: Annotated[Real, Field(ge=0.0, le=360.0)] | None = None
    coast_country: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = ()
    coast: Literal["any", "mainland"] = "any"
    side: Literal["west", "east", "north", "south"] | None = None
    distance_km: Annotated[Real, Field(ge=0.0, le=HALF_ROUND_KM)] | None = None
    tolerance_km: Annotated[Real, Field(gt=0.0)] = 50.0

    @property
    def bodies(self) -> tuple[str, ...]:
        """All bodies that the object may have been, the likeliest first."""
        return (self.body, *self.or_body)

    @property
    def point_deg(self) -> tuple[float, float] | None:
        """Latitude and longitude of the point that distances and bearings count from."""
        if self.from_latitude_deg is None or self.from_longitude_deg is None:
            return None
        return self.from_latitude_deg, self.from_longitude_deg

    @model_validator(mode="after")
    def _comparable(self) -> FallClaim:
        band, sector = (self.near_km, self.far_km), (self.bearing_from_deg, self.bearing_to_deg)
        if self.utc is None and self.distance_km is None and self.far_km is None and None in sector:
            raise Refused(
                found="neither utc nor distance_km",
                allowed="a time, a distance, or both",
                remedy='Add what was published, or make this a claim of kind = "statement".',
            )
        if self.distance_km is not None and not self.coast_country and self.point_deg is None:
            raise Refused(
                key="distance_km",
                found=f"{self.distance_km:g} without coast_country",
                allowed="a distance from the coast of the countries in coast_country, or from a point",
                remedy='Add coast_country = ["KR"] with ISO codes of two letters, or from_latitude_deg and '
                "from_longitude_deg.",
            )
        if (any(x is not None for x in (*band, *sector))) and self.point_deg is None:
            raise Refused(
                found="a band or a sector without its point",
                allowed="from_latitude_deg and from_longitude_deg beside near_km, far_km and bearings",
                remedy="Add the point that they count from.",
            )
        if (None in band) != (band == (None, None)) or (None in sector) != (sector == (None, None)):
            raise Refused(
                found="one end of a range without the other",
                allowed="near_km with far_km, bearing_from_deg with bearing_to_deg",
                remedy="Give both ends.",
            )
        if self.near_km is not None and self.far_km is not None and self.near_km >= self.far_km:
            raise Refused(
                key="near_km",
                found=f"{self.near_km:g} with far_km = {self.far_km:g}",
                allowed="less than far_km",
                remedy="Exchange the two.",
            )
        return self


class InZoneClaim(_Claim):
    """A body fell inside or outside an announced zone, whose border is known to ``tolerance_km``."""

    kind: Literal["in-zone"]
    body: str
    zone: str
    inside: Flag | None = None
    tolerance_km: Annotated[Real, Field(gt=0.0)] = 30.0


class AltitudeClaim(_Claim):
    """The greatest height that the vehicle reached."""

    kind: Literal["altitude"]
    altitude_km: Annotated[Real, Field(gt=0.0, le=400_000.0)]
    tolerance_km: Annotated[Real, Field(gt=0.0)]


class RadarClaim(_Claim):
    """Where the vehicle was at an instant: over the ground from the pad, and how high."""

    kind: Literal["radar"]
    utc: Instant
    downrange_km: Annotated[Real, Field(ge=0.0, le=HALF_ROUND_KM)] | None = None
    downrange_tolerance_km: Annotated[Real, Field(gt=0.0)] = 20.0
    altitude_km: Annotated[Real, Field(ge=0.0, le=400_000.0)] | None = None
    altitude_tolerance_km: Annotated[Real, Field(gt=0.0)] = 10.0

    @model_validator(mode="after")
    def _something(self) -> RadarClaim:
        if self.downrange_km is None and self.altitude_km is None:
            raise Refused(
                found="neither downrange_km nor altitude_km",
                allowed="one of them or both",
                remedy='Add what was published, or make this a claim of kind = "statement".',
            )
        return self


class LostClaim(_Claim):
    """Contact was lost, or the flight ended, at an instant."""

    kind: Literal["lost"]
    utc: Instant
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 30.0


class SeparationClaim(_Claim):
    """A stage separated at an instant."""

    kind: Literal["separation"]
    stage: Annotated[Whole, Field(ge=1)]
    utc: Instant
    tolerance_s: Annotated[Real, Field(gt=0.0)] = 15.0


class StageStatusClaim(_Claim):
    """How a stage did its work: normal, failed (lit, but ended by a failure), or not lit."""

    kind: Literal["stage-status"]
    stage: Annotated[Whole, Field(ge=1)]
    status: Literal["normal", "failed", "not-lit"]


class OrbitClaim(_Claim):
    """An orbit was, or was not, reached; of one that was, its heights and its inclination if published."""

    kind: Literal["orbit"]
    reached: Flag
    perigee_km: Annotated[Real, Field(gt=0.0, le=400_000.0)] | None = None
    apogee_km: Annotated[Real, Field(gt=0.0, le=400_000.0)] | None = None
    tolerance_km: Annotated[Real, Field(gt=0.0)] = 20.0
    inclination_deg: Annotated[Real, Field(ge=0.0, le=180.0)] | None = None
    tolerance_deg: Annotated[Real, Field(gt=0.0)] = 0.3

    @model_validator(mode="after")
    def _agrees(self) -> OrbitClaim:
        shape = {"perigee_km": self.perigee_km, "apogee_km": self.apogee_km}
        given = [key for key, value in {**shape, "inclination_deg": self.inclination_deg}.items() if value]
        if given and not self.reached:
            raise Refused(
                key=given[0],
                found=f"{given[0]} beside reached = false",
                allowed="the shape of an orbit that was reached",
                remedy="Set reached = true, or leave the shape out: a planned orbit belongs to the scenario.",
            )
        if self.perigee_km is not None and self.apogee_km is not None and self.perigee_km > self.apogee_km:
            raise Refused(
                key="perigee_km",
                found=f"{self.perigee_km:g} with apogee_km = {self.apogee_km:g}",
                allowed="at most apogee_km",
                remedy="Exchange the two.",
            )
        return self


class StatementClaim(_Claim):
    """Words, kept because a reader needs them; not comparable with a computation."""

    kind: Literal["statement"]
    speaker: str | None = None
    utc: Instant | None = None
    answers: Literal["outcome", "why", "warned", "hurt", "where", "next", "see"] | None = Field(
        default=None, description="the question of the bulletin under which these words stand as well"
    )


class CountClaim(_Claim):
    """A number that somebody counted, such as launches in a year: kept with its source, nothing more."""

    kind: Literal["count"]
    count: Annotated[Whole, Field(ge=0)]


Claim = Annotated[
    LaunchTimeClaim
    | PassageClaim
    | CrossingClaim
    | LineClaim
    | FallClaim
    | ZoneClaim
    | InZoneClaim
    | AltitudeClaim
    | RadarClaim
    | LostClaim
    | SeparationClaim
    | OrbitClaim
    | StageStatusClaim
    | StatementClaim
    | CountClaim,
    Field(discriminator="kind"),
]
