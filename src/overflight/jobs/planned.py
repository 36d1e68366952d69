"""What the plan job computes, before anything is worded or drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from overflight.debris.catalogue import Catalogues
from overflight.debris.impacts import Impacts
from overflight.earth.air import Air
from overflight.earth.weather import Weather
from overflight.exposure.baseline import Baseline
from overflight.exposure.claims import ClaimResult
from overflight.exposure.drop_zones import DropZone
from overflight.exposure.hazard_areas import HazardArea
from overflight.exposure.landed import Landed
from overflight.exposure.overflown import Exposure
from overflight.exposure.place import Place, Places
from overflight.exposure.response_areas import ResponseArea
from overflight.exposure.risk import Bounded, Mean, RiskToPeople
from overflight.exposure.risk_map import RiskContour
from overflight.exposure.sensitivity import Driver
from overflight.flight.ensemble import Body, Ensemble
from overflight.flight.trajectory import PlannedFlight
from overflight.scenario.draws import Sampling
from overflight.scenario.model import Scenario

__all__ = ["BodyZone", "Planned", "RunSettings"]


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a plan is to be computed."""

    flights: int = 1000
    fragments: int = 200
    seed: int = 1
    engine: str = "threads"
    width_km: float = 50.0
    sampling: Sampling = "random"


@dataclass(frozen=True, slots=True)
class BodyZone:
    """Where one body falls over the flights in which it does, and which inputs drive that.

    ``happened`` marks the outcome of the event, whose area has no drivers.
    """

    body: Body
    zone: DropZone
    happened: bool
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True)
class AbortComparison:
    """Casualties expected given one outcome, over the same flights each way.

    ``destruct``: the system breaks the vehicle up; ``thrust_cut``: it only cuts the thrust; ``left``: it does
    not act. ``change``: with the scenario's own ``action`` less without, flight by flight. ``ended`` of
    ``flights`` are ended by the system; ``in_error``: it acts on a flight in order, by itself.
    """

    label: str
    in_error: bool
    action: str
    probability: float
    flights: int
    ended: int
    destruct: Bounded
    thrust_cut: Bounded
    left: Bounded
    change: Mean


@dataclass(frozen=True, slots=True)
class FocusedPlace:
    """Risk of one person in a place by flights chosen for it; ``wanted`` is the relative error asked for."""

    place: Place
    individual: Bounded
    flights: int
    wanted: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Safety:
    """The risk of a launch: to people, by hand beside it, areas, and whether ending flights lowers it.

    ``failure_words`` say where the failure probabilities come from.
    """

    risk: RiskToPeople
    baseline: Baseline | None
    hazards: tuple[HazardArea, ...]
    responses: tuple[ResponseArea, ...]
    contours: tuple[RiskContour, ...]
    abort: tuple[AbortComparison, ...]
    failure_words: str
    focused: FocusedPlace | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """All values of a plan."""

    scenario: Scenario
    settings: RunSettings
    air: Air = field(repr=False)
    flight: PlannedFlight
    ensemble: Ensemble
    catalogues: Catalogues
    impacts: Impacts
    places: Places = field(repr=False)
    exposure: Exposure
    zones: tuple[BodyZone, ...]
    claims: tuple[ClaimResult, ...]
    safety: Safety
    fallen: Landed = field(repr=False)
    weather: Weather | None = field(default=None, repr=False)
