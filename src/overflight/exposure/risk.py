"""Risk to people on the ground: expected casualties and the chance of each person, with their errors.

The casualties expected of a piece are its casualty area times the density of people where it lands
(14 CFR part 420, appendix C: ``Ec = Pi Ac N / A``), summed over pieces and flights; linear, so that
places and classes may be split and added. Mirrors 14 CFR 450.101 and 450.135; not a licence analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.exposure.landed import Landed
from overflight.exposure.place import Place, Places
from overflight.exposure.statistics import stratum_means
from overflight.flight.ensemble import Ensemble

__all__ = [
    "COLLECTIVE_LIMIT",
    "INDIVIDUAL_LIMIT",
    "Mean",
    "Period",
    "RiskToPeople",
    "land_area_m2",
    "risk_per_person",
    "risk_to_people",
]

Array = NDArray[np.float64]
COLLECTIVE_LIMIT = 1e-4
"""Expected casualties a launch, 14 CFR 450.101(a)(1)(i)."""
INDIVIDUAL_LIMIT = 1e-6
"""Chance of any one person a launch, 14 CFR 417.107(b)(2)."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its Monte Carlo standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Period:
    """What failures between two times after lift-off add to the expected casualties."""

    start_s: float
    end_s: float
    share: Mean
    """Probability of failing then times the casualties expected if so."""
    given: float
    """Casualties expected if the flight fails then."""


@dataclass(frozen=True, slots=True)
class RiskToPeople:
    """Risk of a launch to people on the ground.

    ``place`` (p,) indexes the places in which something that hurts may land; ``individual`` (p,) is the
    chance that a person there becomes a casualty, ``casualties`` (p,) the expected number, NaN where no
    population is known; errors (p,) beside both. ``total`` sums the known, ``abroad`` those outside the
    launching country; ``by_outcome`` are casualties expected given each outcome, ``by_flight`` (n,) those of
    each flight; ``as_planned`` is what the parts of a flight as planned add.
    """

    place: NDArray[np.int64] = field(repr=False)
    individual: Array = field(repr=False)
    individual_error: Array = field(repr=False)
    casualties: Array = field(repr=False)
    casualties_error: Array = field(repr=False)
    total: Mean
    abroad: Mean
    by_outcome: tuple[Mean, ...]
    by_flight: Array = field(repr=False)
    as_planned: Mean
    periods: tuple[Period, ...]
    unknown_population: int


def land_area_m2(place: Place) -> float:
    """Return the area of a place on the ellipsoid."""
    from pyproj import Geod

    return abs(Geod(ellps="WGS84").geometry_area_perimeter(place.geometry)[0])


def risk_to_people(
    ensemble: Ensemble,
    impacts: Impacts,
    fallen: Landed,
    places: Places,
    casualty_m2: Array,
    *,
    home: str | None = None,
    sheltering_factor: float = 1.0,
    period_s: float = 20.0,
) -> RiskToPeople:
    """Return the risk of a launch.

    Parameters
    ----------
    casualty_m2 : casualty area (m,) of one piece of each impact, 0 for one that hurts nobody
    home : ISO code of the launching country
    sheltering_factor : share of casualties that remains; 1 claims no shelter
    period_s : failures are summed over periods of this length
    """
    place, one = risk_per_person(ensemble, impacts, fallen, places, casualty_m2)
    one *= sheltering_factor
    rows = [places[int(j)] for j in place]
    people = np.array([np.nan if p.population is None else float(p.population) for p in rows])
    probability = np.array([outcome.probability for outcome in ensemble.outcomes])
    mean, variance = stratum_means(ensemble, one)
    individual, error = probability @ mean, np.sqrt(probability**2 @ variance)
    people_there = np.nan_to_num(people)
    foreign = np.array([p.country != home for p in rows], bool)
    flight = one @ people_there
    abroad = one @ (people_there * foreign)
    given, spread = stratum_means(ensemble, flight[:, None])
    given, spread = given[:, 0], spread[:, 0]
    return RiskToPeople(
        place=place,
        individual=individual,
        individual_error=error,
        casualties=individual * people,
        casualties_error=error * people,
        total=_over_outcomes(ensemble, flight),
        abroad=_over_outcomes(ensemble, abroad),
        by_outcome=tuple(Mean(float(m), float(np.sqrt(v))) for m, v in zip(given, spread, strict=True)),
        by_flight=flight,
        as_planned=Mean(float(probability[0] * given[0]), float(probability[0] * np.sqrt(spread[0]))),
        periods=_periods(ensemble, flight, period_s),
        unknown_population=int(np.isnan(people).sum()),
    )


def risk_per_person(
    ensemble: Ensemble, impacts: Impacts, fallen: Landed, places: Places, casualty_m2: Array
) -> tuple[NDArray[np.int64], Array]:
    """Return the places that something harmful hits, and the chance of a person there by flight (n, p)."""
    harmful = casualty_m2[fallen.row] > 0.0
    row, where = fallen.row[harmful], fallen.place[harmful]
    place, column = np.unique(where, return_inverse=True)
    area = np.array([land_area_m2(places[int(j)]) for j in place])
    one = np.zeros((len(ensemble), len(place)))
    if len(row):
        share = impacts.pieces[row] * casualty_m2[row] / area[column]
        np.add.at(one, (impacts.sample[row], column), share)
    return place, one


def _over_outcomes(ensemble: Ensemble, flight: Array) -> Mean:
    """Return the mean of values (n,) of flights over all outcomes."""
    probability = np.array([outcome.probability for outcome in ensemble.outcomes])
    mean, squared = stratum_means(ensemble, flight[:, None])
    return Mean(float(probability @ mean[:, 0]), float(np.sqrt(probability**2 @ squared[:, 0])))


def _periods(ensemble: Ensemble, flight: Array, period_s: float) -> tuple[Period, ...]:
    """Return casualties (n,) of failed flights summed over the times at which their powered flight ended."""
    failed = np.flatnonzero(ensemble.samples.outcome > 0)
    if len(failed) == 0:
        return ()
    weight, end = ensemble.weights[failed], ensemble.samples.end_s[failed]
    number = np.floor(end / period_s).astype(np.int64)
    count = int(number.max()) + 1
    chance = np.bincount(number, weight, count)
    share = np.bincount(number, weight * flight[failed], count)
    square = np.bincount(number, (weight * flight[failed]) ** 2, count)
    return tuple(
        Period(
            i * period_s,
            (i + 1) * period_s,
            Mean(float(share[i]), float(np.sqrt(square[i]))),
            float(share[i] / chance[i]) if chance[i] else 0.0,
        )
        for i in range(count)
    )
