"""The published facts of one launch that has happened: the whole of ``facts.toml``.

A facts file holds the claims of a scenario in a file of their own (:mod:`overflight.scenario.claims`), the
announced zones they speak of, the sources, and the hypotheses that a reconstruction weighs.  A scenario
says how the flight may have gone; the facts say what people saw of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from overflight.scenario.claims import Claim
from overflight.scenario.model import Source
from overflight.scenario.quantity import Name, Real, Strict
from overflight.scenario.refusal import Refused
from overflight.scenario.zones import AnnouncedZone

__all__ = ["DERIVED", "Facts", "Hypothesis"]

DERIVED = ("turn_deg", "end_s", "apogee_km", "lift_off_s")
"""Figures of a flight that a hypothesis may be about, besides the drawn quantities of the scenario.

``turn_deg``: angle between the plane of the orbit at the end of the first stage and at the end of powered
flight, 0 for a straight flight; ``end_s``: end of powered flight after lift-off; ``apogee_km``: greatest
height reached; ``lift_off_s``: lift-off after ``launch.utc`` of the scenario.
"""


class Hypothesis(Strict):
    """A statement about the flight, weighed against its opposite.

    Either ``outcome``, keys of outcomes of the scenario (``as-planned`` or a failure), or ``quantity``
    between ``low`` and ``high``: one of :data:`DERIVED`, or the dotted path of a drawn quantity.
    """

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    outcome: tuple[str, ...] = ()
    quantity: str | None = None
    low: Real | None = None
    high: Real | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Hypothesis:
        if bool(self.outcome) == (self.quantity is not None):
            raise Refused(
                found="outcome and quantity" if self.outcome else "neither outcome nor quantity",
                allowed="exactly one of outcome and quantity",
                remedy="Say what the hypothesis is about; two statements are two hypotheses.",
            )
        if self.quantity is not None and self.low is None and self.high is None:
            raise Refused(
                key="quantity",
                found=f'"{self.quantity}" without low and high',
                allowed="low, high, or both",
                remedy="Say from or up to which value the hypothesis holds.",
            )
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise Refused(
                key="low",
                found=f"{self.low:g} with high = {self.high:g}",
                allowed="less than high",
                remedy="Exchange the two.",
            )
        return self


class Facts(Strict):
    """What was published about a launch that has happened."""

    schema_version: Literal[1] = Field(description="1")
    title: Name
    about: str = Field(default="", description="what this launch was, in a few sentences")
    claim: Annotated[tuple[Claim, ...], Field(min_length=1)]
    announced_zone: tuple[AnnouncedZone, ...] = ()
    hypothesis: tuple[Hypothesis, ...] = ()
    unknown: tuple[str, ...] = Field(default=(), description="what nobody has published, in words")
    source: tuple[Source, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        """Give claims without a key, label or words the ones that follow from their kind and place."""
        rows = raw.get("claim") if isinstance(raw, dict) else None
        if not isinstance(rows, list):
            return raw
        named = []
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict) or not isinstance(row.get("kind"), str):
                named.append(row)
                continue
            words = row["kind"].replace("-", " ")
            label = f"{words.capitalize()}" + (f" of {row['body']}" if "body" in row else "")
            extra = {"key": f"{row['kind']}-{number}", "label": label, "published": ""}
            named.append({**extra, **row})
        return {**raw, "claim": named}
