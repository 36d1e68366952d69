"""One place known well: flights that choose the moments of failure which matter for it, until enough."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from overflight.debris.catalogue import Catalogues
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.errors import InputError
from overflight.exposure.focus import focus
from overflight.exposure.further import FURTHER_FRAGMENTS
from overflight.exposure.place import Place, Places
from overflight.flight.engine import Engine
from overflight.jobs.planned import FocusedPlace, RunSettings
from overflight.scenario.model import Scenario

__all__ = ["FocusAsked", "FocusedOn", "focus_place", "focused_on", "parse_focus"]

_SPARE, _MOST_ROUNDS = 1.2, 5


@dataclass(frozen=True, slots=True)
class FocusAsked:
    """A place by its key or code, and the relative standard error wanted of the risk of one person there."""

    place: str
    relative_error: float


@dataclass(frozen=True, slots=True)
class FocusedOn:
    """The place that is meant, and the relative standard error wanted."""

    place: Place
    relative_error: float


def parse_focus(text: str) -> FocusAsked:
    """Return what is asked in a text such as ``JP-47214`` or ``JP-47214=10%``; 20 % where nothing is said.

    Raises
    ------
    InputError : no place named, or an error outside 1 to 100 per cent
    """
    match = re.fullmatch(r"([\w.-]+)(?:=(\d+(?:\.\d+)?)%)?", text.strip())
    if match is None or not 1.0 <= float(match[2] or 20.0) <= 100.0:
        raise InputError(
            "--focus", found=f'"{text}"', allowed="PLACE or PLACE=20%, errors of 1 to 100 %",
            remedy="Name one place by its key in places.csv, such as JP-47214.",
        )  # fmt: skip
    return FocusAsked(match[1], float(match[2] or 20.0) / 100.0)


def focused_on(asked: FocusAsked, places: Places) -> FocusedOn:
    """Return the place that is meant, with the error wanted.

    Raises
    ------
    InputError : no place of that key or code, or several of that code
    """
    found = [p for p in places if p.key == asked.place] or [p for p in places if p.code == asked.place]
    if len(found) != 1:
        several = ", ".join(place.key for place in found[:5])
        raise InputError(
            "--focus", found=f'"{asked.place}", {f"the code of {several}" if found else "no place"}',
            allowed="the key of a place, as in places.csv",
            remedy="Take a key from the places.csv or the risk.csv of a first plan.",
        )  # fmt: skip
    return FocusedOn(found[0], asked.relative_error)


def focus_place(
    on: FocusedOn,
    scenario: Scenario,
    airs: tuple[Air, Air | WeatherMap],
    catalogues: Catalogues,
    settings: RunSettings,
    engine: Engine,
    most_flights: int,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> FocusedPlace:
    """Return the risk of one person in a place, by more flights round by round until it is known well enough.

    The last round alone is told; the earlier ones only sized it. Flights break into few fragments: how well a
    place is known is a matter of the flights that hit it.
    """
    flights, rounds = min(max(settings.flights, 600), most_flights), 1
    while True:
        found = focus(
            scenario, airs, catalogues, on.place, flights=flights,
            fragments=min(settings.fragments, FURTHER_FRAGMENTS),
            seed=settings.seed + rounds, engine=engine,
        )  # fmt: skip
        value, error = found.individual.value, found.individual.spread
        reached = value > 0.0 and error <= on.relative_error * value
        progress(rounds, _MOST_ROUNDS)
        if reached or flights >= most_flights or rounds == _MOST_ROUNDS:
            return FocusedPlace(on.place, found.individual, found.flights, on.relative_error, reached)
        factor = 10.0 if value <= 0.0 else _SPARE * (error / (on.relative_error * value)) ** 2
        flights, rounds = min(most_flights, math.ceil(flights * min(max(factor, 1.5), 20.0))), rounds + 1
