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
from overflight.exposure.interval import gamma_limits
from overflight.exposure.landed import Landed
from overflight.exposure.next_hit import next_hit
from overflight.exposure.place import Place, Places
from overflight.exposure.statistics import stratum_means
from overflight.flight.ensemble import Ensemble

__all__ = [
    "COLLECTIVE_LIMIT",
    "INDIVIDUAL_LIMIT",
    "Bounded",
    "Mean",
    "Period",
    "RiskToPeople",
    "bounded_mean",
    "land_area_m2",
    "risk_per_person",
    "risk_to_people",
]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
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
class Bounded:
    """A mean that is not negative, with its standard error and its limits, 95 % between them.

    The limits hold where a few hits made the mean, or none did; the error says little then.
    """

    value: float
    error: float
    low: float
    high: float

    @property
    def row(self) -> tuple[float, float, float, float]:
        """Return value, error and limits."""
        return self.value, self.error, self.low, self.high

    @property
    def spread(self) -> float:
        """Return the standard error, or what the limits stand for if that is more."""
        return max(self.error, (self.high - self.low) / (2.0 * _TWO_SIDED))


_TWO_SIDED = 1.96
"""Standard errors to each side that hold 95 % of a normal distribution."""


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

    ``place`` (p,) indexes the places in which something that hurts landed, or may (:mod:`next_hit`);
    ``individual`` (p,) is the chance that a person there becomes a casualty, ``casualties`` (p,) the expected
    number, NaN where no population is known; standard errors and limits (p,) beside both. ``total`` sums the
    known, ``abroad`` those outside the launching country; ``by_outcome`` are casualties expected given each
    outcome, ``by_flight`` (n,) those of each flight and ``flights`` (outcomes,) how many there are of each;
    ``as_planned`` is what the parts of a flight as planned add.
    """

    place: Integers = field(repr=False)
    individual: Array = field(repr=False)
    individual_error: Array = field(repr=False)
    individual_low: Array = field(repr=False)
    individual_high: Array = field(repr=False)
    casualties: Array = field(repr=False)
    casualties_error: Array = field(repr=False)
    casualties_low: Array = field(repr=False)
    casualties_high: Array = field(repr=False)
    total: Bounded
    abroad: Bounded
    by_outcome: tuple[Bounded, ...]
    by_flight: Array = field(repr=False)
    flights: Integers = field(repr=False)
    as_planned: Bounded
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
    hit, (flight, column, share) = _harm(impacts, fallen, places, casualty_m2 * sheltering_factor)
    further = next_hit(ensemble, impacts, fallen, casualty_m2 * sheltering_factor, places)
    place = np.union1d(hit, np.flatnonzero(further.near.any(axis=0)))
    rows = [places[int(j)] for j in place]
    people = np.array([np.nan if p.population is None else float(p.population) for p in rows])
    area_m2 = np.array([land_area_m2(p) for p in rows])
    foreign, landed_on = np.array([p.country != home for p in rows], bool), np.isin(place, hit)
    probability = np.array([outcome.probability for outcome in ensemble.outcomes])
    column = np.flatnonzero(landed_on)[column]
    mean, variance = stratum_means(ensemble, flight, column, share, len(place))
    individual, error = probability @ mean, np.sqrt(probability**2 @ variance)
    low, high = gamma_limits(individual, error, further.in_place(probability)[place] / area_m2)
    harm = share * np.nan_to_num(people)[column]
    by_flight = np.bincount(flight, harm, len(ensemble)).astype(float)
    abroad = np.bincount(flight, harm * foreign[column], len(ensemble)).astype(float)
    density = np.zeros(len(places))
    density[place[landed_on]] = (np.nan_to_num(people) / area_m2)[landed_on]
    more = further.people(density)
    density[place[~foreign]] = 0.0
    by_outcome, total = _over_outcomes(ensemble, by_flight, more)
    return RiskToPeople(
        place=place,
        individual=individual,
        individual_error=error,
        individual_low=low,
        individual_high=high,
        casualties=individual * people,
        casualties_error=error * people,
        casualties_low=low * people,
        casualties_high=high * people,
        total=total,
        abroad=_over_outcomes(ensemble, abroad, further.people(density))[1],
        by_outcome=by_outcome,
        by_flight=by_flight,
        flights=np.bincount(ensemble.samples.outcome, minlength=len(probability)),
        as_planned=_times(by_outcome[0], float(probability[0])),
        periods=_periods(ensemble, by_flight, period_s),
        unknown_population=int(np.isnan(people[landed_on]).sum()),
    )


def risk_per_person(
    ensemble: Ensemble, impacts: Impacts, fallen: Landed, places: Places, casualty_m2: Array
) -> tuple[Integers, Array]:
    """Return the places that something harmful hits, and the chance of a person there by flight (n, p)."""
    place, (flight, column, share) = _harm(impacts, fallen, places, casualty_m2)
    one = np.zeros((len(ensemble), len(place)))
    one[flight, column] = share
    return place, one


def _harm(
    impacts: Impacts, fallen: Landed, places: Places, casualty_m2: Array
) -> tuple[Integers, tuple[Integers, Integers, Array]]:
    """Return the places (p,) that something harmful hits, and who hits which.

    The latter (k,) each: flight, index into the places hit, chance of a person there. Of flights by places,
    nearly all are nought.
    """
    harmful = casualty_m2[fallen.row] > 0.0
    row, where = fallen.row[harmful], fallen.place[harmful]
    place, column = np.unique(where, return_inverse=True)
    area = np.array([land_area_m2(places[int(j)]) for j in place])
    pairs, number = np.unique(impacts.sample[row] * max(len(place), 1) + column, return_inverse=True)
    flight, column = pairs // max(len(place), 1), pairs % max(len(place), 1)
    brought = np.bincount(number, impacts.pieces[row] * casualty_m2[row], len(pairs))
    return place, (flight, column, brought / area[column])


def _over_outcomes(ensemble: Ensemble, flight: Array, more: Array) -> tuple[tuple[Bounded, ...], Bounded]:
    """Return the means of values (n,) of flights given each outcome, and over all of them.

    ``more`` (outcomes,) is what one more hit could add to the mean given each.
    """
    probability = np.array([outcome.probability for outcome in ensemble.outcomes])
    every = np.arange(len(flight))
    mean, squared = (x[:, 0] for x in stratum_means(ensemble, every, 0 * every, flight, 1))
    given = tuple(
        _bounded(float(m), float(np.sqrt(v)), float(w)) for m, v, w in zip(mean, squared, more, strict=True)
    )
    value, error = float(probability @ mean), float(np.sqrt(probability**2 @ squared))
    return given, _bounded(value, error, float((probability * more).max()))


def bounded_mean(values: Array) -> Bounded:
    """Return the mean of the casualties (n,) of flights of one kind; one more hit is as great as any seen."""
    n = len(values)
    error = values.std(ddof=1) / np.sqrt(n) if n > 1 else abs(values[0])
    return _bounded(float(values.mean()), float(error), float(values.max()) / n)


def _bounded(value: float, error: float, weight: float) -> Bounded:
    low, high = gamma_limits(value, error, weight)
    return Bounded(float(value), float(error), float(low), float(high))


def _times(mean: Bounded, factor: float) -> Bounded:
    return Bounded(factor * mean.value, factor * mean.error, factor * mean.low, factor * mean.high)


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
