"""How wide a drafted scenario may be: as wide as what was announced leaves a class of vehicles.

The fit finds the likeliest flight, and is linear there; most of the flights that reach orbit and keep to the
zones lie elsewhere, and nearly all of them are slower. So a population of walkers spreads from the fit over
all of them (``inference.walk``), and means, spreads and correlations of the draft are those of the walkers.
A scenario draws its quantities by a normal law, by which some flights miss the orbit all the same. A launch
is announced because it is planned to reach orbit, and its zones because they hold what falls (97 % of it,
14 CFR 450.133(b)(1)): so the law is made thin in the directions that decide over it, one by one, until nearly
all flights do, and stays as wide as the walkers in all others. Times along the path are then spread wider
(``draft_times``), at the cost of some flights that miss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tomlkit
from numpy.typing import NDArray

from overflight import rng
from overflight.exposure.drop_zones import inside_ring
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.formats.notices.values import NoticeError
from overflight.inference.announced import BELOW_ORBIT, announced_density
from overflight.inference.fit import Fit
from overflight.inference.moments import Moments
from overflight.inference.observe import planned_fall
from overflight.inference.walk import walk
from overflight.jobs.draft_times import with_wider_times
from overflight.jobs.draft_zones import SeenZone
from overflight.jobs.fit import fitted_text, quantity_table
from overflight.scenario.draws import Draws, draw, quantities
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario

__all__ = ["Placed", "Spread", "spread_draft"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
WALKERS, STEPS = 256, 300
START = 1.2
"""Spread of the walkers as they start, in that of the fit: wider, for to spread takes many steps and to come
together few."""
REACH, INSIDE = 0.9, 0.5
"""Shares of flights that reach orbit if nothing fails, and that drop each body into its zone, from which on a
draft is narrow enough. Less than the 97 % of the rule: the plan itself lies somewhere in the zone."""
DRAWS, ROUNDS = 2000, 12
EACH = 8
"""Flights that do what was announced for each quantity, at the least, so that their moments are known."""
FARTHEST = 3.0
"""From its prior middle, standard deviations: where walkers start at the farthest."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A body with its zone, and the share of drawn flights in which it falls inside."""

    body: str
    zone: SeenZone
    inside: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A draft with its spreads: the share of flights that reach orbit, and where the bodies fall.

    ``least`` and ``middle``: the smallest and the median ratio of its spreads to those of the walkers.
    """

    text: str
    least: float
    middle: float
    orbit: float
    placed: tuple[Placed, ...]


def spread_draft(
    prior_text: str,
    scenario: Scenario,
    fitted: Fit,
    way: Mapping[str, SeenZone],
    where: str,
    progress: Progress = lambda *_: None,
) -> Spread:
    """Return a fitted draft with the spreads of the flights that reach orbit and keep to its zones."""
    document = tomlkit.parse(fitted_text(prior_text, scenario, fitted))
    paths = [path for path in fitted.paths if not fitted.is_nuisance(path)]
    order = sorted(way.items(), key=lambda item: item[1].distance_m)

    def flown(moments: Moments, seed: int) -> _Drafted:
        _write(document, paths, moments)
        return _flown(tomlkit.dumps(document), order, seed, where)

    moments = best = wide = Moments.of(paths, _walked(scenario, fitted, where, progress))
    drafted = reached = flown(moments, 1)
    for number in range(2, ROUNDS + 2):
        if drafted.met >= 1.0:
            break
        moments = moments.thinned(Moments.of(paths, drafted.wanted(EACH * len(paths))))
        drafted = flown(moments, number)
        if drafted.met > reached.met:
            best, reached = moments, drafted
    _write(document, paths, best)
    tight = parse_scenario(tomlkit.dumps(document).encode(), where)
    moments = with_wider_times(tight, paths, best, [body for body, _ in order])
    drafted = flown(moments, ROUNDS + 2)
    ratio = moments.deviation / wide.deviation
    placed = tuple(
        Placed(body, zone, float(flags.mean()))
        for (body, zone), flags in zip(order, drafted.inside, strict=True)
    )
    return Spread(
        tomlkit.dumps(document), float(ratio.min()), float(np.median(ratio)), float(drafted.orbit.mean()),
        placed,
    )  # fmt: skip


def _walked(scenario: Scenario, fitted: Fit, where: str, progress: Progress) -> dict[str, Array]:
    """Return the values of the fitted quantities at walkers that have spread over the announced flights, but
    for those that found none."""
    k = len(fitted.paths)
    normals = rng.normal(1, "draft.start", np.arange(WALKERS)[:, None], np.arange(k))
    start = fitted.mean + START * normals @ np.linalg.cholesky(fitted.covariance).T
    density = announced_density(scenario, fitted.paths)
    found = walk(
        density, np.clip(start, -FARTHEST, FARTHEST), STEPS, seed=1,
        progress=lambda done, total: progress("Spreading", done, total),
    )  # fmt: skip
    found = found[density(found) > BELOW_ORBIT]
    if len(found) < 2 * k:
        raise NoticeError(
            where, found=f"zones that {len(found)} of {WALKERS} flights of the class reach orbit from",
            allowed="zones that the class drops its parts into on its way to orbit",
            remedy="Try another --like, or tell bodies with --zone LABEL=BODY.",
        )  # fmt: skip
    every = quantities(scenario)
    return {path: every[path].from_normal(found[:, i]) for i, path in enumerate(fitted.paths)}


@dataclass(frozen=True, slots=True)
class _Drafted:
    """Flights of a draft: which of them reach orbit, and which drop each body into its zone."""

    draws: Draws
    orbit: Flags
    inside: tuple[Flags, ...]

    @property
    def met(self) -> float:
        """How far what was announced is met, 1 where all of it is."""
        zones = (min(flags.mean() / INSIDE, 1.0) for flags in self.inside)
        return float(np.mean([min(self.orbit.mean() / REACH, 1.0), *zones]))

    def wanted(self, fewest: int) -> dict[str, Array]:
        """Return what was drawn for the flights that do what too few do, or most of it where these are too
        few."""
        shares = ((self.orbit, REACH), *((flags, INSIDE) for flags in self.inside))
        lacking = np.array([flags for flags, least in shares if flags.mean() < least])
        done = lacking.sum(axis=0)
        kept = np.argsort(-done, kind="stable")[: max(fewest, int(np.sum(done == len(lacking))))]
        return {path: values[kept] for path, values in self.draws.drawn.items()}


def _flown(text: str, order: list[tuple[str, SeenZone]], seed: int, where: str) -> _Drafted:
    scenario = parse_scenario(text.encode(), where)
    air, draws = scenario_air(scenario), draw(scenario, seed, np.arange(DRAWS))
    flown = fly(scenario, draws, air)
    orbit = apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M
    inside = []
    for body, zone in order:
        fallen = planned_fall(scenario, draws, flown, air, body)
        flags = np.isfinite(fallen.latitude_rad)
        lon, lat = np.degrees(fallen.longitude_rad[flags]), np.degrees(fallen.latitude_rad[flags])
        flags[flags] = inside_ring(np.array(zone.ring_deg), lon, lat)
        inside.append(flags)
    return _Drafted(draws, orbit, tuple(inside))


def _write(document: tomlkit.TOMLDocument, paths: Sequence[str], moments: Moments) -> None:
    """Write moments as values, sigmas and correlations of the quantities at ``paths``."""
    for path, mean, sigma in zip(paths, moments.mean, moments.deviation, strict=True):
        table = quantity_table(document, path)
        table["value"], table["sigma"] = float(f"{mean:.7g}"), float(f"{sigma:.7g}")
    rows = tomlkit.array().multiline(True)
    rows.extend(np.round(moments.correlation, 8).tolist())
    document["correlation"]["matrix"] = rows  # type: ignore[index]
