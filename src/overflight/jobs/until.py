"""How many flights are enough: plan again with more until a chosen figure is known well enough.

The error of a Monte Carlo figure falls with the square root of the flights, so a first plan tells how many
are needed. What is shown is the last plan alone; the earlier ones only sized it, so its figures and errors
are those of any plan of that many flights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from overflight.errors import InputError
from overflight.jobs.planned import Planned, RunSettings

__all__ = ["Target", "figure", "parse_target", "plan_until"]

_SPARE = 1.1  # the error is itself an estimate
_MOST_ROUNDS = 5
_WORDS = {
    "land": "debris on land",
    "casualties": "the number of casualties expected",
    "over": "the chance of passing over the place",
    "impact-line": "the chance of the impact line over the place",
    "debris": "the chance of debris on the place",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and the relative standard error wanted of it.

    ``name`` is ``land`` (any part reaches land), ``casualties`` (expected, of the launch), or ``over:CODE``,
    ``impact-line:CODE``, ``debris:CODE`` for a place by its code.
    """

    name: str
    relative_error: float

    @property
    def kind(self) -> str:
        """The figure without the place."""
        return self.name.partition(":")[0]


def parse_target(text: str) -> Target:
    """Return the target in a text such as ``land=5%``.

    Raises
    ------
    InputError : no such figure, or an error outside 0.1 to 100 per cent
    """
    match = re.fullmatch(
        r"(land|casualties|(?:over|impact-line|debris):[\w.-]+)=(\d+(?:\.\d+)?)%", text.strip()
    )
    if match is None or not 0.1 <= float(match[2]) <= 100.0:
        raise InputError(
            "--until", found=f'"{text}"',
            allowed="land=5%, casualties=5%, over:CODE=5%, impact-line:CODE=5% or debris:CODE=5%, "
            "errors of 0.1 to 100 %",
            remedy="Name one figure and the standard error it may have, relative to the figure.",
        )  # fmt: skip
    return Target(match[1], float(match[2]) / 100.0)


def figure(planned: Planned, name: str) -> tuple[float, float]:
    """Return a figure of a plan and its standard error, or that which its limits stand for if it is more.

    Raises
    ------
    InputError : no place of that code
    """
    exposure = planned.exposure
    if name == "casualties":
        total = planned.safety.risk.total
        return total.value, total.spread
    if name == "land":
        estimate, at = exposure.any_debris, 0
    else:
        kind, _, code = name.partition(":")
        estimate = {"over": exposure.over, "impact-line": exposure.impact_line, "debris": exposure.debris}[
            kind
        ]
        codes = [planned.places[int(i)].code for i in exposure.place]
        if code not in codes:
            raise InputError(
                "--until", found=f'"{name}"', allowed="the code of a place near the launch, as in places.csv",
                remedy="Take a code from the places.csv of a first plan.",
            )  # fmt: skip
        at = codes.index(code)
    return float(estimate.mean[at]), float(estimate.error[at])


def plan_until(
    target: Target,
    settings: RunSettings,
    most_flights: int,
    compute: Callable[[RunSettings], Planned],
) -> tuple[Planned, str]:
    """Return the plan that is sharp enough, or that of ``most_flights``, and in words how it came about."""
    rounds = 1
    while True:
        planned = compute(settings)
        value, error = figure(planned, target.name)
        reached = value > 0.0 and error <= target.relative_error * value
        if reached or settings.flights >= most_flights or rounds == _MOST_ROUNDS:
            break
        settings = replace(settings, flights=_next(target, settings.flights, most_flights, value, error))
        rounds += 1
    asked = f"{100.0 * target.relative_error:g} % was asked"
    if value <= 0.0:
        return planned, f"{_WORDS[target.kind]} was seen in none of {settings.flights:,} flights; {asked}"
    known = f"{_WORDS[target.kind]} is known within {100.0 * error / value:.2g} % of itself, {asked}"
    return planned, known if reached else f"{known} and not reached with {settings.flights:,} flights"


def _next(target: Target, flights: int, most: int, value: float, error: float) -> int:
    """Return the flights of the next round: as the errors say, ten times as many where nothing was seen."""
    factor = 10.0 if value <= 0.0 else _SPARE * (error / (target.relative_error * value)) ** 2
    return int(min(most, math.ceil(flights * float(np.clip(factor, 1.2, 100.0)))))
