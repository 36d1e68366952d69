"""Into what a vehicle breaks up: fragment catalogues as data, and which one a break-up of a launch takes.

The layout of catalogues follows 14 CFR A417.11: the ballistic coefficients of a class span at most half a
decade, and every part of the inert mass belongs to one class. Propellant that falls as chunks is a class of
its own, by its share of the propellant aboard; what no class holds is taken to burn or to disperse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from overflight.scenario.quantity import Name, Real, Strict, Whole
from overflight.scenario.refusal import Refused

__all__ = ["PACKAGED", "BreakUp", "Cause", "FragmentCatalogue", "FragmentClass", "never_used"]

Cause = Literal["explosion", "destruct", "aerodynamic"]
PACKAGED = (
    "generic",
    "explosion-lower",
    "explosion-upper",
    "destruct-lower",
    "destruct-upper",
    "destruct-solid",
    "aerodynamic-lower",
    "aerodynamic-upper",
)
"""Catalogues that come with this package, all estimates."""
_HALF_DECADE = 10.0**0.5 * 1.001
Share = Annotated[Real, Field(gt=0.0, le=1.0)]
Above = Annotated[Real, Field(gt=0.0)]


class FragmentClass(Strict):
    """Pieces of one kind, of the inert mass or of propellant."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    mass_share: Share | None = Field(default=None, description="of the inert mass that breaks up, 0 to 1")
    propellant_share: Share | None = Field(
        default=None, description="chunks of propellant that may burst: of the propellant aboard, 0 to 1"
    )
    pieces: Annotated[Whole, Field(ge=1, le=100_000)] = Field(description="real pieces of a break-up")
    ballistic_kgpm2: tuple[Above, Above] = Field(description="lowest and highest m / (Cd A) at low Mach")
    imparted_speed_mps: Annotated[Real, Field(ge=0.0, le=5000.0)] = Field(
        description="97th percentile of the speed that the break-up gives a piece"
    )

    @model_validator(mode="after")
    def _sound(self) -> FragmentClass:
        low, high = self.ballistic_kgpm2
        if not low <= high <= low * _HALF_DECADE:
            raise Refused(
                key="ballistic_kgpm2", found=f"[{low:g}, {high:g}]",
                allowed="rising, spanning at most half a decade (14 CFR A417.11)", remedy="Split the class.",
            )  # fmt: skip
        if (self.mass_share is None) == (self.propellant_share is None):
            both = self.mass_share is not None
            raise Refused(
                key="mass_share", found="mass_share and propellant_share" if both else "nothing",
                allowed="either mass_share, of the inert mass, or propellant_share, of the propellant aboard",
                remedy="Remove one of them: a piece is of one kind." if both else "Give one of them.",
            )  # fmt: skip
        return self


class FragmentCatalogue(Strict):
    """A fragment catalogue: the whole of a catalogue file."""

    schema_version: Literal[1] = Field(default=1, description="1")
    name: Name
    label: Name = Field(description="what it is, as shown beside results; say so if it is an estimate")
    source: Name = Field(description="where its numbers come from")
    fragment_class: Annotated[tuple[FragmentClass, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _adds_up(self) -> FragmentCatalogue:
        keys = [c.key for c in self.fragment_class]
        double = next((key for key in keys if keys.count(key) > 1), None)
        if double is not None:
            raise Refused(
                key="fragment_class", found=f'"{double}" twice', allowed="a key of its own for each class",
                remedy="Rename one.",
            )  # fmt: skip
        inert = sum(c.mass_share or 0.0 for c in self.fragment_class)
        if not abs(inert - 1.0) <= 1e-6:
            raise Refused(
                key="fragment_class", found=f"mass_share with a sum of {inert:.6g}", allowed="a sum of 1",
                remedy="Give every part of the inert mass to one class.",
            )  # fmt: skip
        propellant = sum(c.propellant_share or 0.0 for c in self.fragment_class)
        if propellant > 1.0 + 1e-6:
            raise Refused(
                key="fragment_class", found=f"propellant_share with a sum of {propellant:.6g}",
                allowed="at most 1: the rest burns or disperses", remedy="Lower the shares.",
            )  # fmt: skip
        return self


class BreakUp(Strict):
    """Which catalogue a break-up takes; of several rows, the first that fits its cause and its stage.

    ``explosion``: the failure mode of that name; ``destruct``: by the termination system; ``aerodynamic``:
    beyond ``vehicle.q_alpha_limit_kpa_deg``.
    """

    cause: Cause | None = Field(default=None, description="every cause if left out")
    stage: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None, description="the lowest stage still there, from 1; every stage if left out"
    )
    catalogue: Name | FragmentCatalogue = Field(
        description="a packaged catalogue, or a file (NAME.toml) in the folder of the scenario"
    )

    def fits(self, cause: str | None, stage: int | None) -> bool:
        """Return whether this row holds for a cause and a stage; None asks for all of them."""
        return self.cause in (None, cause) and self.stage in (None, stage)


def never_used(rows: Sequence[BreakUp]) -> tuple[int, int] | None:
    """Return the first row, from 0, that a row before it leaves nothing to, and that row."""
    for i, row in enumerate(rows):
        for j, before in enumerate(rows[:i]):
            if before.fits(row.cause, row.stage):
                return i, j
    return None
