"""Fragment catalogues: into what a stage breaks up."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from overflight.errors import InputError

__all__ = ["Catalogue", "FragmentClass", "generic_catalogue", "parse_catalogue"]


@dataclass(frozen=True, slots=True)
class FragmentClass:
    """Pieces of one kind: share of the inert mass, number, ballistic range, imparted speed (97 %)."""

    key: str
    label: str
    mass_share: float
    pieces: int
    ballistic_kgpm2: tuple[float, float]
    imparted_speed_mps: float


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Fragment classes of a break-up; their mass shares add up to one."""

    name: str
    label: str
    source: str
    classes: tuple[FragmentClass, ...]

    @property
    def pieces(self) -> int:
        """Number of real pieces of a break-up."""
        return sum(c.pieces for c in self.classes)


def parse_catalogue(text: str, where: str) -> Catalogue:
    """Return the catalogue in a TOML text; ``where`` names it in messages.

    Raises
    ------
    InputError : masses do not add up, a class spans more than half a decade, or a number is out of range.
    """
    try:
        data = tomllib.loads(text)
        classes = _classes(data)
        named = data["name"], data["label"], data["source"]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        found = f"no {error}" if isinstance(error, KeyError) else str(error)[:120]
        raise InputError(where, found=found, allowed="name, label, source and [[class]] with all its keys",
                         remedy="Follow the layout of the packaged catalogue.") from None  # fmt: skip
    total = sum(c.mass_share for c in classes)
    if not abs(total - 1.0) <= 1e-6:
        raise InputError(where, "class.mass_share", found=f"a sum of {total:.6g}", allowed="a sum of 1",
                         remedy="Give every part of the inert mass to one class.")  # fmt: skip
    for c in classes:
        low, high = c.ballistic_kgpm2
        if not 0.0 < low <= high <= low * 10.0**0.5 * 1.001:
            raise InputError(
                where,
                f"class.{c.key}.ballistic_kgpm2",
                found=f"[{low}, {high}]",
                allowed="positive, spanning at most half a decade (14 CFR A417.11)",
                remedy="Split the class.",
            )
        if not (c.pieces >= 1 and c.mass_share > 0.0 and 0.0 <= c.imparted_speed_mps < math.inf):
            raise InputError(
                where,
                f"class.{c.key}",
                found=f"{c.pieces} pieces, share {c.mass_share}, {c.imparted_speed_mps} m/s",
                allowed="at least one piece, a positive share, a speed",
                remedy="Correct the class.",
            )
    return Catalogue(*named, classes)


def _classes(data: dict[str, Any]) -> tuple[FragmentClass, ...]:
    return tuple(
        FragmentClass(
            c["key"], c["label"], float(c["mass_share"]), int(c["pieces"]),
            (float(c["ballistic_kgpm2"][0]), float(c["ballistic_kgpm2"][1])), float(c["imparted_speed_mps"]),
        )
        for c in data["class"]
    )  # fmt: skip


def generic_catalogue() -> Catalogue:
    """Return the packaged generic catalogue, labelled an estimate."""
    text = resources.files("overflight.debris.data").joinpath("generic.toml").read_text("utf-8")
    return parse_catalogue(text, "generic.toml")
