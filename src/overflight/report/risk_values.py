"""What a plan shows about risk: numbers and words, nothing computed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AbortRow",
    "AreaRow",
    "Assumption",
    "BaselineRow",
    "FocusRow",
    "ModeRisk",
    "PeriodRisk",
    "PlaceRisk",
    "ResponseRow",
    "RiskLevel",
    "RiskReport",
]


@dataclass(frozen=True, slots=True)
class PlaceRisk:
    """Risk of one place: expected casualties (None: population unknown) and that of one person there.

    Each with its standard error and its limits, 95 % between them.
    """

    key: str
    name: str
    name_en: str | None
    region: str | None
    country: str
    population: int | None
    casualties: float | None
    casualties_error: float | None
    casualties_low: float | None
    casualties_high: float | None
    individual: float
    individual_error: float
    individual_low: float
    individual_high: float
    baseline: float | None  # expected casualties after part 420, appendix C; None: outside its corridor


@dataclass(frozen=True, slots=True)
class ModeRisk:
    """Casualties expected given one outcome, by so many flights, and what it adds to the launch."""

    label: str
    probability: float
    flights: int
    given: float
    given_error: float
    given_low: float
    given_high: float
    share: float


@dataclass(frozen=True, slots=True)
class PeriodRisk:
    """Expected casualties from failures between two times after lift-off."""

    start_s: float
    end_s: float
    casualties: float
    error: float
    given: float


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """Part 420's figure for the launch, with its own failure probability and with that of the scenario."""

    vehicle_class: str
    casualties: float
    failure_probability: float
    scaled: float
    ratio: float | None  # Monte Carlo over the scaled figure


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption or rule behind the figures."""

    what: str
    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A hazard area: for whom, by which rule, its corners, and from when to when a notice would hold."""

    whom: str  # "ships" | "aircraft" | "people"
    label: str
    rule: str
    level: float
    planned: bool
    ring: tuple[tuple[float, float], ...]
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class AbortRow:
    """Casualties expected given one outcome if the system breaks up, only cuts the thrust, or does not act.

    ``change``: with the scenario's own action less without, over the same flights; ``ended`` of ``flights``
    are ended. ``collective``: that change times the probability of the outcome.
    """

    label: str
    in_error: bool
    action: str  # "destruct" | "thrust_cut"
    flights: int
    ended: int
    destruct: float
    destruct_error: float
    destruct_low: float
    destruct_high: float
    thrust_cut: float
    thrust_cut_error: float
    thrust_cut_low: float
    thrust_cut_high: float
    left: float
    left_error: float
    left_low: float
    left_high: float
    change: float
    change_error: float
    collective: float
    collective_error: float
    verdict: str


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """A debris response area: for failures between two times after lift-off, until when it holds."""

    start_s: float
    end_s: float
    chance: float
    level: float
    contained: float
    contained_error: float
    first_s: float
    released_s: float
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class FocusRow:
    """Risk of one person in a place by flights chosen for it, beside that of the plan's own flights.

    ``plain`` is None where none of those harmed anyone there.
    """

    key: str
    name: str
    country: str
    individual: float
    individual_error: float
    individual_low: float
    individual_high: float
    flights: int
    wanted: float  # relative standard error asked for
    reached: bool
    plain: float | None
    plain_low: float | None
    plain_high: float | None


@dataclass(frozen=True, slots=True)
class RiskLevel:
    """Where the risk of one person outdoors reaches a level: polygons, the outer ring of each first."""

    level: float
    area_km2: float
    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Risk to people on the ground, in the form of 14 CFR 450.135(c)(5)."""

    total: float
    total_error: float
    total_low: float
    total_high: float
    abroad: float  # of it outside the launching country
    abroad_error: float
    abroad_low: float
    abroad_high: float
    limit: float
    failure_probability: float
    probability_words: str  # where the failure probability comes from, and what the record says
    places: tuple[PlaceRisk, ...]  # top ten by casualties and every one above 1 % of the limit
    individuals: tuple[PlaceRisk, ...]  # top ten by individual risk and every one above 10 % of its limit
    individual_limit: float
    modes: tuple[ModeRisk, ...]
    periods: tuple[PeriodRisk, ...]
    baseline: BaselineRow | None
    unknown_population: int  # places with land that may be hit and no known population
    assumptions: tuple[Assumption, ...]
    areas: tuple[AreaRow, ...] = ()
    responses: tuple[ResponseRow, ...] = ()
    aborts: tuple[AbortRow, ...] = ()
    abort_verdict: str = ""  # all modes together
    focus: FocusRow | None = None
    levels: tuple[RiskLevel, ...] = ()  # the highest first
