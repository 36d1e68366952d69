"""One launch that happened, as sourced data: one TOML file an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

__all__ = ["EventSource", "LaunchEvent"]

Text = Annotated[str, Field(min_length=1, max_length=1000)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Confidence = Literal["A", "B", "C", "D"]
"""A official body in full, B press quoting an official body, C single press or analyst, D derived."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class EventSource(_Strict):
    """Where a statement about the launch was read."""

    confidence: Confidence
    text: Text


class LaunchEvent(_Strict):
    """A launch that happened: what flew, when, and whether it reached its orbit.

    ``vehicle`` is the key of the type, shared by its launches; ``failed_stage`` counts from 1;
    ``failed_phase`` is when in that stage's flight: at ignition, during the burn, at separation.
    ``confidence`` is that of the outcome.
    """

    schema_version: Literal[1]
    key: Key
    vehicle: Key
    vehicle_name: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    payload: Text | None = None
    site: Text
    utc: AwareDatetime
    utc_tolerance_s: Annotated[float, Field(gt=0.0)] = 60.0
    outcome: Literal["success", "failure"]
    failed_stage: Annotated[int, Field(ge=1, le=5)] | None = None
    failed_phase: Literal["ignition", "burn", "separation"] | None = None
    confidence: Confidence
    note: Text | None = None
    source: Annotated[tuple[EventSource, ...], Field(min_length=1)]

    @property
    def failed(self) -> bool:
        """Whether the launch failed."""
        return self.outcome == "failure"

    @model_validator(mode="after")
    def _agrees(self) -> LaunchEvent:
        stage_said = self.failed_stage is not None or self.failed_phase is not None
        if self.outcome == "success" and stage_said:
            raise ValueError("a success beside a failed stage: leave failed_stage and failed_phase out")
        return self

    def model_post_init(self, _: Any) -> None:
        """Keep instants in UTC."""
        object.__setattr__(self, "utc", _utc(self.utc))


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
