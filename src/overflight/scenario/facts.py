"""The published facts of one launch that has happened: the whole of ``facts.toml``.

A facts file holds the claims of a scenario in a file of their own (:mod:`overflight.scenario.claims`), the
announced zones they speak of, the sources, and the hypotheses that a reconstruction weighs.  A scenario
says how the flight may have gone; the facts say what people saw of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from overflight.scenario.claim_words import default_words
from overflight.scenario.claims import Claim, ZoneClaim
from overflight.scenario.facts_tables import CameraTold, SeaTold, Upcoming
from overflight.scenario.model import Source
from overflight.scenario.quantity import Instant, Name, Real, Strict, Whole
from overflight.scenario.refusal import Refused
from overflight.scenario.zones import AnnouncedZone

__all__ = ["DERIVED", "Answer", "Change", "Facts", "Hypothesis", "Warned"]

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
    translation: dict[Literal["ja", "ko"], str] = Field(default={}, description="the label in ja and ko")
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


class WarnedWords(Strict):
    """The words of a warning in another language."""

    system: Name | None = None
    area: Name | None = None
    damage: str | None = None


class Warned(Strict):
    """A warning that was given: who was told what, when, and what came back.

    ``confirmed`` of ``asked`` receivers (municipalities) answered; ``damage`` is what was reported, in words.
    """

    system: Name
    area: Name
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="ISO 3166 code; says which places the passage is measured at"
    )
    raised_utc: Instant
    lifted_utc: Instant | None = None
    asked: Annotated[Whole, Field(ge=1)] | None = None
    confirmed: Annotated[Whole, Field(ge=0)] | None = None
    damage: str | None = None
    source: str | list[str]
    translation: dict[Literal["ja", "ko"], WarnedWords] = Field(default={})

    @model_validator(mode="after")
    def _ordered(self) -> Warned:
        if self.lifted_utc is not None and self.lifted_utc < self.raised_utc:
            raise Refused(
                key="lifted_utc",
                found="a time before raised_utc",
                allowed="the moment it was lifted, after it was raised",
                remedy="Exchange the two, or check the dates.",
            )
        if self.asked is not None and self.confirmed is not None and self.confirmed > self.asked:
            raise Refused(
                key="confirmed",
                found=f"{self.confirmed} of {self.asked}",
                allowed="at most as many as were asked",
                remedy="Correct one of the two.",
            )
        return self


class Change(Strict):
    """A change to the bulletin after it was first published: a correction or an addition."""

    utc: Instant
    kind: Literal["correction", "addition"] = "addition"
    text: Annotated[str, Field(min_length=1)]
    translation: dict[Literal["ja", "ko"], str] = Field(default={})


class Answered(Strict):
    """Question and answer in another language."""

    question: Name
    answer: Annotated[str, Field(min_length=1)]


class Answer(Strict):
    """A question people ask that no computation answers, with the answer of a source."""

    question: Name
    answer: Annotated[str, Field(min_length=1)]
    source: str | list[str]
    translation: dict[Literal["ja", "ko"], Answered] = Field(default={})


class FactsWords(Strict):
    """Title and list of the unknown in another language; the list is as long as that of the file."""

    title: Name | None = None
    unknown: tuple[str, ...] = ()


class Facts(Strict):
    """What was published about a launch that has happened.

    ``warning`` and ``change`` are for the bulletin: how the warning worked, and what the page said wrongly
    or not yet.  ``answer`` adds questions that no computation answers, each with its source.  ``camera`` is
    what the satellite looks with, ``next_attempt`` what has been announced of the next one, ``sea`` the wind
    and current that what floats drifts with.
    """

    schema_version: Literal[1] = Field(description="1")
    title: Name
    about: str = Field(default="", description="what this launch was, in a few sentences")
    claim: Annotated[tuple[Claim, ...], Field(min_length=1)]
    announced_zone: tuple[AnnouncedZone, ...] = ()
    hypothesis: tuple[Hypothesis, ...] = ()
    warning: tuple[Warned, ...] = ()
    change: tuple[Change, ...] = ()
    answer: tuple[Answer, ...] = ()
    camera: CameraTold | None = None
    next_attempt: Upcoming | None = None
    sea: SeaTold | None = None
    unknown: tuple[str, ...] = Field(default=(), description="what nobody has published, in words")
    translation: dict[Literal["ja", "ko"], FactsWords] = Field(default={})
    source: tuple[Source, ...] = ()

    @property
    def zones(self) -> tuple[AnnouncedZone, ...]:
        """All announced zones: those of the table and those that claims of kind ``zone`` give."""
        claimed = (claim.zone for claim in self.claim if isinstance(claim, ZoneClaim))
        return (*self.announced_zone, *claimed)

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
            if row["kind"] == "passage" and "line_latlon_deg" in row:
                row = {**row, "kind": "line"}
            extra = {"key": f"{row['kind']}-{number}", "published": ""}
            if "label" not in row:
                row = {**row, **default_words(row)}
            named.append({**extra, **row})
        return {**raw, "claim": named}
