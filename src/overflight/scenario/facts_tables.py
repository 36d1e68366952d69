"""Tables of a facts file that no flight is weighed by: the camera on board, the next attempt, the sea."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.quantity import Instant, Name, Real, Strict
from overflight.scenario.refusal import Refused

__all__ = ["CameraTold", "SeaTold", "Upcoming"]

Cited = str | list[str]
Range = tuple[Annotated[Real, Field(ge=0.0)], Annotated[Real, Field(ge=0.0)]]
_BOUNDS = ("gsd_m", "aperture_m", "pixel_pitch_um", "focal_length_m")


class CameraTold(Strict):
    """What is published of the camera on board: every figure a range [low, high], with its source.

    One of ``gsd_m`` (ground sample distance at nadir), ``aperture_m``, or ``pixel_pitch_um`` with
    ``focal_length_m`` bounds what it can show.  ``altitude_km`` is the height it looks from; left out, that
    is the orbit of the facts, else of the flights.
    """

    name: Name | None = None
    altitude_km: Range | None = None
    gsd_m: Range | None = None
    aperture_m: Range | None = None
    pixel_pitch_um: Range | None = None
    focal_length_m: Range | None = None
    off_nadir_deg: Range | None = None
    evidence: tuple[Name, ...] = Field(default=(), description="what the figures rest on, in words")
    source: Cited

    @property
    def given(self) -> dict[str, tuple[float, float]]:
        """The ranges that are given, by their keys."""
        keys = (*_BOUNDS, "off_nadir_deg")
        return {key: getattr(self, key) for key in keys if getattr(self, key) is not None}

    @model_validator(mode="after")
    def _ranges(self) -> CameraTold:
        for key in ("altitude_km", *self.given):
            ends = getattr(self, key)
            if ends is not None and ends[0] > ends[1]:
                raise Refused(
                    key=key,
                    found=f"[{ends[0]:g}, {ends[1]:g}]",
                    allowed="a range [low, high]",
                    remedy="Exchange the two; one number known exactly is [x, x].",
                )
        optics = self.pixel_pitch_um is not None and self.focal_length_m is not None
        if self.gsd_m is None and self.aperture_m is None and not optics:
            raise Refused(
                found="no figure that bounds what it can show",
                allowed="gsd_m, aperture_m, or pixel_pitch_um with focal_length_m",
                remedy="Give one as a range, or remove the table: the page then says that it is not known.",
            )
        return self


class UpcomingWords(Strict):
    """What changed, in another language."""

    changed: str


class Upcoming(Strict):
    """What has been announced of the next attempt: its window, and what is to be different."""

    from_utc: Instant
    to_utc: Instant
    changed: str | None = Field(default=None, description="what is said to have changed, in words")
    source: Cited
    translation: dict[Literal["ja", "ko"], UpcomingWords] = Field(default={})

    @model_validator(mode="after")
    def _ordered(self) -> Upcoming:
        if self.to_utc <= self.from_utc:
            raise Refused(
                key="to_utc",
                found="a time at or before from_utc",
                allowed="the end of the window",
                remedy="Exchange the two, or check the dates.",
            )
        return self


class SeaTold(Strict):
    """Wind and current over the places where parts came down, for the search by day.

    One vector each with its standard error (each component): what a ship, a buoy or a climatology says of
    those days.  ``days`` after the launch are looked at.
    """

    wind_mps: Annotated[Real, Field(ge=0.0, le=80.0)] = 0.0
    wind_from_deg: Annotated[Real, Field(ge=0.0, le=360.0)] = 0.0
    wind_sd_mps: Annotated[Real, Field(ge=0.0, le=30.0)]
    current_mps: Annotated[Real, Field(ge=0.0, le=5.0)] = 0.0
    current_towards_deg: Annotated[Real, Field(ge=0.0, le=360.0)] = 0.0
    current_sd_mps: Annotated[Real, Field(ge=0.0, le=3.0)]
    days: tuple[Annotated[Real, Field(gt=0.0, le=30.0)], ...] = (1.0, 3.0, 7.0)
    source: Cited
    note: str | None = None
