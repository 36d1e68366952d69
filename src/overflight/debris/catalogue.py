"""Fragment catalogues: into what a stage breaks up, by its stage and by the cause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from overflight.errors import InputError
from overflight.scenario.fragments import PACKAGED, BreakUp, Cause, FragmentCatalogue
from overflight.scenario.load import parse_catalogue as parse
from overflight.scenario.model import Scenario

__all__ = [
    "Catalogue",
    "Catalogues",
    "FragmentClass",
    "catalogues_of",
    "generic_catalogue",
    "packaged_catalogue",
    "parse_catalogue",
]


@dataclass(frozen=True, slots=True)
class FragmentClass:
    """Pieces of one kind: share of the inert mass, number, ballistic range, imparted speed (97 %).

    Chunks of propellant have a share of the propellant aboard instead, and may burst where they land.
    """

    key: str
    label: str
    mass_share: float
    pieces: int
    ballistic_kgpm2: tuple[float, float]
    imparted_speed_mps: float
    propellant_share: float = 0.0

    @property
    def explosive(self) -> bool:
        """Whether the pieces are propellant."""
        return self.propellant_share > 0.0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Fragment classes of a break-up; their shares of the inert mass add up to one."""

    name: str
    label: str
    source: str
    classes: tuple[FragmentClass, ...]

    @property
    def pieces(self) -> int:
        """Number of real pieces of a break-up."""
        return sum(c.pieces for c in self.classes)


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of a launch, each once: ``rows`` choose by cause and stage, the first that fits, else
    ``default``; both count catalogues from 0."""

    catalogues: tuple[Catalogue, ...]
    rows: tuple[tuple[BreakUp, int], ...] = ()
    default: int = 0

    @property
    def classes(self) -> tuple[FragmentClass, ...]:
        """Classes of all catalogues, as the fragment classes of impacts count them."""
        return tuple(c for catalogue in self.catalogues for c in catalogue.classes)

    @property
    def class_keys(self) -> tuple[str, ...]:
        """Names of these classes, with the catalogue's where there are several."""
        alone = len(self.catalogues) == 1
        return tuple(
            c.key if alone else f"{catalogue.name}: {c.key}"
            for catalogue in self.catalogues
            for c in catalogue.classes
        )

    def index(self, cause: Cause, stage: int) -> int:
        """Return which catalogue the break-up of a stage (from 1) takes."""
        return next((i for row, i in self.rows if row.fits(cause, stage)), self.default)

    def first_class(self, index: int) -> int:
        """Return where the classes of a catalogue begin among all."""
        return sum(len(catalogue.classes) for catalogue in self.catalogues[:index])


def catalogues_of(scenario: Scenario) -> Catalogues:
    """Return the catalogues of a scenario: those it names, and the generic one for every other break-up."""
    named = [row.catalogue for row in scenario.breakup]
    chosen = [packaged_catalogue(name) if isinstance(name, str) else _built(name) for name in named]
    every = list(dict.fromkeys(chosen))
    if all(row.cause or row.stage for row in scenario.breakup) and generic_catalogue() not in every:
        every.append(generic_catalogue())
    rows = ((row, every.index(one)) for row, one in zip(scenario.breakup, chosen, strict=True))
    default = every.index(generic_catalogue()) if generic_catalogue() in every else 0
    return Catalogues(tuple(every), tuple(rows), default)


def parse_catalogue(text: str, where: str) -> Catalogue:
    """Return the catalogue in a TOML text; ``where`` names it in messages.

    Raises
    ------
    InputError : masses do not add up, a class spans more than half a decade, or a number is out of range.
    """
    return _built(parse(text.encode(), where))


@cache
def packaged_catalogue(name: str) -> Catalogue:
    """Return one of the packaged catalogues, all of them labelled estimates."""
    if name not in PACKAGED:
        raise InputError(
            name, found="no packaged catalogue", allowed=", ".join(PACKAGED), remedy="Name one of these."
        )
    file = f"{name}.toml"
    return parse_catalogue(resources.files("overflight.debris.data").joinpath(file).read_text("utf-8"), file)


def generic_catalogue() -> Catalogue:
    """Return the packaged catalogue for any stage and cause."""
    return packaged_catalogue("generic")


def _built(stated: FragmentCatalogue) -> Catalogue:
    classes = (
        FragmentClass(
            c.key, c.label, c.mass_share or 0.0, c.pieces, c.ballistic_kgpm2, c.imparted_speed_mps,
            c.propellant_share or 0.0,
        )
        for c in stated.fragment_class
    )  # fmt: skip
    return Catalogue(stated.name, stated.label, stated.source, tuple(classes))
