"""A value with its spread, source and note: the atom of a scenario.

In TOML either a bare number (``payload_kg = 300``) or a table::

    thrust_vacuum_n = { value = 1.57e6, sigma = 8e4, source = "s4", note = "uncited in the source" }
    ballistic_kgpm2 = { value = 300, range = [150, 600], shape = "loguniform" }

``sigma`` is a normal standard deviation, drawn within +-4 sigma and, where ``range`` stands beside
it, within the range; ``range`` alone is uniform (or ``shape = "loguniform"``).
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from overflight.scenario.refusal import Refused

__all__ = [
    "Citation",
    "Flag",
    "Fraction",
    "Instant",
    "Name",
    "NonNegative",
    "Number",
    "Positive",
    "Quantity",
    "Real",
    "Strict",
    "Whole",
    "known_as",
]

Real = Annotated[float, Field(strict=True)]
"""A number, never a text that looks like one."""

Whole = Annotated[int, Field(strict=True)]
"""A whole number, never true or false."""

Flag = Annotated[bool, Field(strict=True)]
"""true or false, never yes or 1."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A short text."""

Citation = str | list[str] | None
"""Key or keys of cited sources."""


class Strict(BaseModel):
    """Base of every table: unknown keys are refused, values are frozen, numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)


class Quantity(Strict):
    """A number with an optional spread. The unit stands in the key that holds it."""

    value: Real
    sigma: Real | None = Field(default=None, description="standard deviation, unit of the value")
    range: tuple[Real, Real] | None = Field(default=None, description="lowest and highest value drawn")
    shape: Literal["normal", "uniform", "loguniform"] | None = None
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Quantity:
        if self.sigma is not None and self.sigma < 0.0:
            raise Refused(
                key="sigma",
                found=f"{self.sigma:g}",
                allowed="0 or more",
                remedy="A standard deviation has no sign.",
            )
        if self.range is not None:
            low, high = self.range
            if not low <= self.value <= high:
                raise Refused(
                    key="range",
                    found=f"[{low:g}, {high:g}] around the value {self.value:g}",
                    allowed="[low, high] with low <= value <= high",
                    remedy="Order the ends, or move one so that the range holds the value.",
                )
            if self.shape == "loguniform" and low <= 0.0:
                raise Refused(
                    key="range",
                    found=f"[{low:g}, {high:g}]",
                    allowed='positive ends for shape = "loguniform"',
                    remedy='Raise the lower end, or take shape = "uniform".',
                )
        needs = {"normal": "sigma", "uniform": "range", "loguniform": "range"}.get(self.shape or "")
        if needs is not None and getattr(self, needs) is None:
            raise Refused(
                key="shape",
                found=f'"{self.shape}" without {needs}',
                allowed=f'"{self.shape}" beside {needs}',
                remedy=f"Add {needs}, or leave shape out.",
            )
        return self

    @property
    def spread(self) -> bool:
        """Whether the value is drawn."""
        return bool(self.sigma) or (
            self.sigma is None and self.range is not None and self.range[0] < self.range[1]
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the cited sources."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, str) else tuple(self.source)

    def scale(self) -> float:
        """Standard deviation of the distribution (0 without spread)."""
        if self.sigma is not None:
            return self.sigma
        if not self.spread or self.range is None:
            return 0.0
        low, high = self.range
        if self.shape == "loguniform":
            q = self.from_normal(np.array([-1.0, 1.0]))
            return float(q[1] - q[0]) / 2.0
        return (high - low) / math.sqrt(12.0)

    def from_normal(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values for standard normal numbers ``z`` (any shape): the draw of this quantity."""
        if self.sigma is not None:
            drawn = self.value + self.sigma * np.clip(z, -4.0, 4.0)
            return drawn if self.range is None else np.clip(drawn, *self.range)
        if not self.spread or self.range is None:
            return np.full(np.shape(z), self.value)
        from scipy.special import ndtr

        low, high = self.range
        u = ndtr(z)
        if self.shape == "loguniform":
            return low * (high / low) ** u
        return low + (high - low) * u


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, dict, Quantity)):
        raise Refused(
            allowed="a number, or a table { value, sigma or range, source, note }",
            remedy="Write the bare number, without quotes and without a unit: the key names the unit.",
        )
    return {"value": value} if isinstance(value, (int, float)) else value


def _lowest(q: Quantity) -> float:
    return q.value if q.range is None else min(q.value, q.range[0])


def _positive(q: Quantity) -> Quantity:
    if _lowest(q) <= 0.0:
        raise Refused(
            found=f"{_lowest(q):g}",
            allowed="more than 0",
            remedy="Correct the sign, or the lower end of the range.",
        )
    if q.sigma is not None and q.range is None and q.value - 4.0 * q.sigma <= 0.0:
        raise Refused(
            key="sigma",
            found=f"{q.sigma:g} around {q.value:g}",
            allowed=f"less than {q.value / 4.0:g}: values are drawn within 4 sigma and must stay positive",
            remedy="Take a smaller sigma, or put a positive range beside it.",
        )
    return q


def _non_negative(q: Quantity) -> Quantity:
    if _lowest(q) < 0.0:
        raise Refused(
            found=f"{_lowest(q):g}",
            allowed="0 or more",
            remedy="Correct the sign, or the lower end of the range.",
        )
    if q.sigma is not None and q.range is None and q.value - 4.0 * q.sigma < 0.0:
        raise Refused(
            key="sigma",
            found=f"{q.sigma:g} around {q.value:g}",
            allowed=f"at most {q.value / 4.0:g}: values are drawn within 4 sigma and must not be negative",
            remedy="Take a smaller sigma, or put a range of 0 and more beside it.",
        )
    return q


def _fraction(q: Quantity) -> Quantity:
    ends = (q.value,) if q.range is None else (q.value, *q.range)
    if not all(0.0 <= end <= 1.0 for end in ends):
        worst = next(end for end in ends if not 0.0 <= end <= 1.0)
        raise Refused(found=f"{worst:g}", allowed="0 to 1", remedy="Write a fraction: 12 % is 0.12.")
    if q.sigma is not None and q.range is None and not 4.0 * q.sigma <= min(q.value, 1.0 - q.value):
        raise Refused(
            key="sigma",
            found=f"{q.sigma:g} around {q.value:g}",
            allowed="so small that 4 sigma stay within 0 and 1",
            remedy="Take a smaller sigma, or put a range within 0 and 1 beside it.",
        )
    return q


Number = Annotated[Quantity, BeforeValidator(_number, json_schema_input_type=Real | Quantity)]
Positive = Annotated[Number, AfterValidator(_positive)]
NonNegative = Annotated[Number, AfterValidator(_non_negative)]
Fraction = Annotated[Number, AfterValidator(_fraction)]


def _clock(value: Any) -> Any:
    """Refuse what is no instant; pydantic alone would read a bare number as seconds since 1970."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime):
        what = {date: "a date without a time", time: "a time without a date"}.get(type(value))
        raise Refused(
            found=f"{value}, {what}" if what else None,
            allowed="an instant, such as 2023-08-23T18:50:30Z or 2023-08-24T03:50:30+09:00",
            remedy="Write date, time and time zone.",
        )
    if value.tzinfo is None:
        raise Refused(
            found=f"{value.isoformat()}, no time zone",
            allowed="an instant with its time zone",
            remedy=f"Write {value.isoformat()}Z if this is UTC, or its offset such as +09:00.",
        )
    return value


def _utc(value: datetime) -> datetime:
    if not 1957 <= value.year < 2100:
        raise Refused(
            found=f"the year {value.year}",
            allowed="1957 to 2099",
            remedy="Correct the year: no launch lies outside, and earth orientation is not known there.",
        )
    return value.astimezone(UTC)


Instant = Annotated[datetime, BeforeValidator(_clock, json_schema_input_type=datetime), AfterValidator(_utc)]
"""An instant; UTC inside."""


def known_as(value: float, description: str) -> Any:
    """Return the field of a quantity that may be left out and then has this value."""
    return Field(default={"value": value}, validate_default=True, description=description)
