"""A rare place known well: more flights where they matter for it.

The moment of a failure decides where debris falls. Flights of each outcome are stratified over that moment,
and a second round flies most where the first found the place's risk to vary most (Neyman's allocation,
Cochran, Sampling Techniques, 3rd ed., eq. 5.26). Every stratum keeps a floor, so that what the first round
missed can still be found. The estimate stays unbiased whatever the first round saw.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.casualty import casualty_area_m2, propellant_kg
from overflight.debris.catalogue import Catalogue, Catalogues
from overflight.debris.impacts import fall_ensemble
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.exposure.interval import gamma_limits
from overflight.exposure.landed import landed
from overflight.exposure.place import Place, Places
from overflight.exposure.risk import Bounded, land_area_m2, risk_per_person
from overflight.flight.engine import Engine
from overflight.flight.ensemble import Ensemble, Outcome
from overflight.flight.launch import outcomes_of, relaunch
from overflight.scenario.draws import failure_part
from overflight.scenario.model import Scenario

__all__ = ["Focused", "focus", "neyman"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BINS = 24
_FLOOR = 4
_CANDIDATES = 4096


@dataclass(frozen=True, slots=True)
class Focused:
    """Chance that one person in the place becomes a casualty, over ``flights`` of both rounds.

    ``counts`` (outcomes, bins) of the second round, which alone makes the estimate.
    """

    individual: Bounded
    flights: int
    counts: Integers = field(repr=False)


def neyman(weight: Array, spread: Array, flights: int, floor: int = _FLOOR) -> Integers:
    """Return how many flights each stratum gets: in proportion to weight times spread, over a floor.

    Strata without weight get none. If nothing is spread, they share by weight.
    """
    possible = weight > 0.0
    want = weight * spread
    if not want.any():
        want = weight.copy()
    spare = max(flights - floor * int(possible.sum()), 0)
    return np.where(possible, floor + np.floor(spare * want / want.sum()), 0).astype(np.int64)


def focus(
    scenario: Scenario,
    airs: tuple[Air, Air | WeatherMap],
    catalogue: Catalogue | Catalogues,
    place: Place,
    *,
    flights: int,
    fragments: int,
    seed: int,
    engine: Engine,
) -> Focused:
    """Return the risk of one person in a place, from so many flights: a third first, then the rest."""
    outcomes = outcomes_of(scenario)
    weight = np.array([[o.probability / BINS] * BINS for o in outcomes])
    # all alike: what is rare may be what is grave
    first = neyman(np.where(weight > 0.0, 1.0, 0.0), np.ones_like(weight), flights // 3)
    earlier, _ = _fly(scenario, airs, catalogue, place, outcomes, first, fragments, seed, 0, engine)
    spread = np.array([[_spread(v) for v in row] for row in earlier])
    # neighbours too: a bin that saw nothing beside one that did is likely to see something
    padded = np.pad(spread, ((0, 0), (1, 1)), mode="edge")
    spread = np.maximum(spread, 0.5 * np.maximum(padded[:, :-2], padded[:, 2:]))
    second = neyman(weight, spread, flights - int(first.sum()))
    values, most = _fly(scenario, airs, catalogue, place, outcomes, second, fragments, seed, 1, engine)
    mean = np.array([[v.mean() if len(v) else 0.0 for v in row] for row in values])
    squared = np.array([[_spread(v) ** 2 / max(len(v), 1) for v in row] for row in values])
    risk, error = float((weight * mean).sum()), float(np.sqrt((weight**2 * squared).sum()))
    greatest = _greatest(earlier, values, most)
    low, high = gamma_limits(risk, error, (weight / np.maximum(second, 1) * greatest).max())
    total = int(first.sum() + second.sum())
    return Focused(Bounded(risk, error, float(low), float(high)), total, second)


def _greatest(earlier: list[list[Array]], values: list[list[Array]], most: Array) -> Array:
    """Return what one more hit could do to a person there, by stratum (outcomes, bins).

    The greatest seen of the outcome, in strata in which the first round saw a hit and in those beside them;
    in others the greatest seen there. If neither round saw any, the greatest piece of each outcome, ``most``.
    """
    first, seen = _most(earlier), _most(values)
    if not (first.any() or seen.any()):
        return np.repeat(most[:, None], seen.shape[1], axis=1)
    hit = np.pad(first > 0.0, ((0, 0), (1, 1)))
    of_outcome = np.maximum(first, seen).max(axis=1, keepdims=True)
    return np.maximum(seen, of_outcome * (hit[:, :-2] | hit[:, 1:-1] | hit[:, 2:]))


def _most(values: list[list[Array]]) -> Array:
    return np.array([[v.max(initial=0.0) for v in row] for row in values])


def _spread(values: Array) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0


def _fly(
    scenario: Scenario,
    airs: tuple[Air, Air | WeatherMap],
    catalogue: Catalogue | Catalogues,
    place: Place,
    outcomes: tuple[Outcome, ...],
    counts: Integers,
    fragments: int,
    seed: int,
    round_number: int,
    engine: Engine,
) -> tuple[list[list[Array]], Array]:
    """Return the risk per person of each flight, by outcome and bin of the moment of failure.

    Second, what the greatest piece of each outcome would be to a person there.
    """
    keys, outcome, bins = _samples(outcomes, counts, seed, round_number)
    even = np.full(len(keys), -np.log(len(keys)))
    ensemble = relaunch(scenario, airs[0], seed, keys, outcome, even, engine=engine)
    one, most = _one(scenario, ensemble, airs[1], catalogue, place, fragments, engine)
    values = [
        [one[(outcome == k) & (bins == b)] for b in range(counts.shape[1])] for k in range(counts.shape[0])
    ]
    return values, most


def _samples(
    outcomes: tuple[Outcome, ...], counts: Integers, seed: int, round_number: int
) -> tuple[Integers, Integers, Integers]:
    """Return keys, outcomes and bins (n,): keys are taken from fresh ranges as their moment falls into a bin.

    A key decides all draws of a flight, and its moment of failure does not hang on the others: to choose
    keys by that moment is to draw the moment within its bin.
    """
    keys, which, where = [], [], []
    for k in range(len(outcomes)):
        left, start = counts[k].copy(), (1 << 40) + (round_number << 36) + (k << 30)
        while left.any():
            offered = np.arange(start, start + _CANDIDATES, dtype=np.int64)
            start += _CANDIDATES
            bins = (failure_part(seed, offered) * counts.shape[1]).astype(np.int64)
            for b in np.flatnonzero(left):
                taken = offered[bins == b][: left[b]]
                left[b] -= len(taken)
                keys.append(taken)
                which.append(np.full(len(taken), k))
                where.append(np.full(len(taken), b))
    return np.concatenate(keys), np.concatenate(which), np.concatenate(where)


def _one(
    scenario: Scenario,
    ensemble: Ensemble,
    falls_through: Air | WeatherMap,
    catalogue: Catalogue | Catalogues,
    place: Place,
    fragments: int,
    engine: Engine,
) -> tuple[Array, Array]:
    """Return the risk per person by flight (n,), and of the greatest piece by outcome if it fell there."""
    impacts = fall_ensemble(scenario, ensemble, catalogue, falls_through, fragments=fragments, engine=engine)
    area = casualty_area_m2(impacts, propellant_kg(scenario, ensemble, impacts), scenario.risk)
    alone = Places((place,))
    _, one = risk_per_person(ensemble, impacts, landed(impacts, alone), alone, area)
    most = np.zeros(len(ensemble.outcomes))
    np.maximum.at(most, ensemble.samples.outcome[impacts.sample], impacts.pieces * area / land_area_m2(place))
    factor = scenario.risk.sheltering_factor
    return one.sum(axis=1) * factor, most * factor
