"""A value with its spread, source and note: the atom of a scenario.

In TOML either a bare number (``payload_kg = 300``) or a table::

    thrust_vacuum_n = { value = 1.57e6, sigma = 8e4, source = "s4", note = "uncited in the source" }
    ballistic_kgpm2 = { value = 300, range = [150, 600], shape = "loguniform" }

``sigma`` is a normal standard deviation, drawn within +-4 sigma and, where ``range`` stands beside
it, within the range; ``range`` alone is uniform (or ``shape = "loguniform"``).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

__all__ = ["Number", "Fraction", "NonNegative", "Positive", "Quantity", "Strict"]


class Strict(BaseModel):
    """Base of every table: unknown keys are refused, values are frozen, numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)


class Quantity(Strict):
    """A number with an optional spread. The unit stands in the key that holds it."""

    value: float
    sigma: float | None = None
    range: tuple[float, float] | None = None
    shape: Literal["normal", "uniform", "loguniform"] | None = None
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Quantity:
        if self.sigma is not None and self.sigma < 0.0:
            raise ValueError("sigma must not be negative")
        if self.range is not None:
            low, high = self.range
            if not low <= self.value <= high:
                raise ValueError(f"range must hold the value: {low} <= {self.value} <= {high} is false")
            if self.shape == "loguniform" and low <= 0.0:
                raise ValueError("a loguniform range must be positive")
        if self.shape == "normal" and self.sigma is None:
            raise ValueError("shape normal needs sigma")
        if self.shape in ("uniform", "loguniform") and self.range is None:
            raise ValueError(f"shape {self.shape} needs range")
        return self

    @property
    def spread(self) -> bool:
        """Whether the value is drawn."""
        return bool(self.sigma) or (self.sigma is None and self.range is not None and self.range[0] < self.range[1])

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
    if isinstance(value, bool):
        raise ValueError("must be a number or a table with value")
    return {"value": value} if isinstance(value, (int, float)) else value


def _positive(q: Quantity) -> Quantity:
    if not q.value > 0.0 or (q.range is not None and q.range[0] <= 0.0):
        raise ValueError("must be greater than 0")
    if q.sigma is not None and q.range is None and q.value - 4.0 * q.sigma <= 0.0:
        raise ValueError("sigma is so large that draws (value - 4 sigma) are not positive; give a range beside it")
    return q


def _non_negative(q: Quantity) -> Quantity:
    if q.value < 0.0 or (q.range is not None and q.range[0] < 0.0):
        raise ValueError("must not be negative")
    return q


def _fraction(q: Quantity) -> Quantity:
    if not 0.0 <= q.value <= 1.0 or (q.range is not None and not 0.0 <= q.range[0] <= q.range[1] <= 1.0):
        raise ValueError("must lie between 0 and 1")
    return q


Number = Annotated[Quantity, BeforeValidator(_number)]
Positive = Annotated[Number, AfterValidator(_positive)]
NonNegative = Annotated[Number, AfterValidator(_non_negative)]
Fraction = Annotated[Number, AfterValidator(_fraction)]
