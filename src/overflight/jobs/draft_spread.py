"""How wide a drafted scenario may be: as wide as what was announced leaves a class of vehicles.

The fit finds the likeliest flight, and is linear there; most of the flights that reach orbit and keep to the
zones lie elsewhere, nearly all of them slower. So a population of walkers spreads from the fit over all of them
(``inference.walk``), and means, spreads and correlations of the draft are those of the walkers. A scenario draws
its quantities as a normal law, of which some flights miss the orbit all the same. A launch is announced because
it is planned to reach orbit, and its zones because they hold what falls (97 % of it, 14 CFR 450.133(b)(1)): so
the moments are taken anew from the drawn flights that do both, round by round, until nearly all do. That
narrows what decides over it and leaves the rest, where one factor on all spreads would claim to know everything
better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import tomlkit
from numpy.typing import NDArray

from overflight import rng
from overflight.exposure.drop_zones import inside_ring
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.inference.announced import announced_density
from overflight.inference.fit import Fit
from overflight.inference.observe import planned_fall
from overflight.inference.walk import walk
from overflight.jobs.draft_zones import SeenZone
from overflight.jobs.fit import fitted_text, quantity_table
from overflight.scenario.draws import Draws, draw, quantities
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario

__all__ = ["Placed", "Spread", "spread_draft"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
WALKERS, STEPS = 256, 150
START = 0.7
"""Spread of the walkers as they start, in that of the fit."""
REACH, INSIDE = 0.9, 0.75
"""Shares of flights that reach orbit if nothing fails, and that drop each body into its zone, from which on a
draft is narrow enough. Less than the 97 % of the rule: the plan itself lies somewhere in the zone."""
DRAWS, ROUNDS = 2000, 20
EACH = 5
"""Flights that do what was announced for each quantity, so that their moments are known."""
GAIN = 0.01
"""A round that brings less ends them: the draft before it is kept."""
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
    paths = [str(path) for path in document["correlation"]["paths"]]  # type: ignore[index,union-attr]
    values = _walked(scenario, fitted, progress)
    _take_moments(document, paths, np.stack([values[path] for path in paths]))
    wide = np.array([_sigma(document, path) for path in paths])
    order = sorted(way.items(), key=lambda item: item[1].distance_m)
    draws, orbit, inside = _flown(tomlkit.dumps(document), order, 1, where)
    for number in range(ROUNDS):
        met = _met(orbit, inside)
        kept = np.logical_and.reduce([orbit, *inside])
        if met >= 1.0 or kept.sum() < EACH * len(paths):
            break
        before = tomlkit.dumps(document)
        _take_moments(document, paths, np.stack([draws[path][kept] for path in paths]), wide)
        found = _flown(tomlkit.dumps(document), order, 2 + number, where)
        if _met(*found[1:]) < met + GAIN:
            # what is left hangs on what was not fitted, such as wind and drag: narrower helps no more
            document = tomlkit.parse(before)
            break
        draws, orbit, inside = found
    ratio = np.array([_sigma(document, path) for path in paths]) / wide
    placed = tuple(
        Placed(body, zone, float(flags.mean())) for (body, zone), flags in zip(order, inside, strict=True)
    )
    return Spread(
        tomlkit.dumps(document), float(ratio.min()), float(np.median(ratio)), float(orbit.mean()), placed
    )


def _walked(scenario: Scenario, fitted: Fit, progress: Progress) -> dict[str, Array]:
    """Return the values of the fitted quantities at walkers that have spread over the announced flights."""
    k = len(fitted.paths)
    normals = rng.normal(1, "draft.start", np.arange(WALKERS)[:, None], np.arange(k))
    start = fitted.mean + START * normals @ np.linalg.cholesky(fitted.covariance).T
    found = walk(
        announced_density(scenario, fitted.paths), np.clip(start, -FARTHEST, FARTHEST), STEPS, seed=1,
        progress=lambda done, total: progress("Spreading", done, total),
    )  # fmt: skip
    every = quantities(scenario)
    return {path: every[path].from_normal(found[:, i]) for i, path in enumerate(fitted.paths)}


def _met(orbit: Flags, inside: list[Flags]) -> float:
    """Return how far what was announced is met, 1 where all of it is."""
    return float(np.mean([min(orbit.mean() / REACH, 1.0), *(min(f.mean() / INSIDE, 1.0) for f in inside)]))


def _flown(
    text: str, order: list[tuple[str, SeenZone]], seed: int, where: str
) -> tuple[Draws, Flags, list[Flags]]:
    """Return draws of a draft, which of them reach orbit, and which drop each body into its zone."""
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
    return draws, orbit, inside


def _take_moments(
    document: tomlkit.TOMLDocument, paths: list[str], values: Array, widest: Array | None = None
) -> None:
    """Give quantities the means, spreads and correlations of some values (k, n), no spread above ``widest``."""
    limits = np.full(len(paths), np.inf) if widest is None else widest
    for path, row, limit in zip(paths, values, limits, strict=True):
        _set(document, path, value=row.mean(), sigma=min(row.std(ddof=1), limit))
    rows = tomlkit.array().multiline(True)
    rows.extend(np.round(np.corrcoef(values), 6).tolist())
    document["correlation"]["matrix"] = rows  # type: ignore[index]


def _sigma(document: tomlkit.TOMLDocument, path: str) -> float:
    return float(quantity_table(document, path)["sigma"])  # type: ignore[arg-type]


def _set(document: tomlkit.TOMLDocument, path: str, **values: float) -> None:
    table = quantity_table(document, path)
    for name, value in values.items():
        table[name] = float(f"{value:.6g}")
