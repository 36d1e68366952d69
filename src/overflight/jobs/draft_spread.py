"""How wide a drafted scenario may be: as wide as the drawn flights that do what was announced.

The fit is linear at its best flight; far from it, many flights drawn from it miss the orbit and the zones
that bound it. A launch is announced because it is planned to reach orbit, and its zones because they hold
what falls (97 % of it, 14 CFR 450.133(b)(1)). So means, spreads and correlations are taken anew from the
drawn flights that do both, round by round, until nearly all do. That narrows what decides over it and
leaves the rest as wide as the fit does, where one factor on all spreads would claim to know everything
better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import tomlkit
from numpy.typing import NDArray

from overflight.exposure.drop_zones import inside_ring
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.inference.observe import planned_fall
from overflight.jobs.draft_zones import SeenZone
from overflight.jobs.fit import quantity_table
from overflight.scenario.draws import Draws, draw
from overflight.scenario.load import parse_scenario

__all__ = ["Placed", "Spread", "spread_draft"]

Flags = NDArray[np.bool_]
REACH, INSIDE = 0.9, 0.75
"""Shares of flights that reach orbit if nothing fails, and that drop each body into its zone, from which on a
draft is narrow enough. Less than the 97 % of the rule: the plan itself lies somewhere in the zone."""
DRAWS, ROUNDS = 2000, 20
EACH = 5
"""Flights that do what was announced for each quantity, so that their moments are known."""
GAIN = 0.01
"""A round that brings less ends them: the draft before it is kept."""
NARROWER = 0.7
"""On all spreads, where too few flights do to take any moments from."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A body with its zone, and the share of drawn flights in which it falls inside."""

    body: str
    zone: SeenZone
    inside: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A draft with its spreads taken anew: the share of flights that reach orbit, and where the bodies fall.

    ``least`` and ``middle``: the smallest and the median ratio of its spreads to those of the fit.
    """

    text: str
    least: float
    middle: float
    orbit: float
    placed: tuple[Placed, ...]


def spread_draft(text: str, way: Mapping[str, SeenZone], where: str) -> Spread:
    """Return a fitted draft with the spreads of the flights that reach orbit and keep to its zones."""
    document = tomlkit.parse(text)
    paths = [str(path) for path in document["correlation"]["paths"]]  # type: ignore[index,union-attr]
    fitted = np.array([_sigma(document, path) for path in paths])
    order = sorted(way.items(), key=lambda item: item[1].distance_m)
    draws, orbit, inside = _flown(text, order, 1, where)
    for number in range(ROUNDS):
        met = _met(orbit, inside)
        if met >= 1.0:
            break
        kept, before = np.logical_and.reduce([orbit, *inside]), tomlkit.dumps(document)
        if kept.sum() >= EACH * len(paths):
            _take_moments(document, paths, draws, kept)
        else:
            for path in paths:
                _set(document, path, sigma=NARROWER * _sigma(document, path))
        found = _flown(tomlkit.dumps(document), order, 2 + number, where)
        if _met(*found[1:]) < met + GAIN:
            # what is left hangs on what was not fitted, such as wind and drag: narrower helps no more
            document = tomlkit.parse(before)
            break
        draws, orbit, inside = found
    ratio = np.array([_sigma(document, path) for path in paths]) / fitted
    placed = tuple(
        Placed(body, zone, float(flags.mean())) for (body, zone), flags in zip(order, inside, strict=True)
    )
    return Spread(
        tomlkit.dumps(document), float(ratio.min()), float(np.median(ratio)), float(orbit.mean()), placed
    )


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


def _take_moments(document: tomlkit.TOMLDocument, paths: list[str], draws: Draws, kept: Flags) -> None:
    """Give quantities the means, spreads and correlations that they have in some of the drawn flights."""
    values = np.stack([draws[path][kept] for path in paths])
    for path, row in zip(paths, values, strict=True):
        _set(document, path, value=row.mean(), sigma=min(row.std(ddof=1), _sigma(document, path)))
    rows = tomlkit.array().multiline(True)
    rows.extend(np.round(np.corrcoef(values), 6).tolist())
    document["correlation"]["matrix"] = rows  # type: ignore[index]


def _sigma(document: tomlkit.TOMLDocument, path: str) -> float:
    return float(quantity_table(document, path)["sigma"])  # type: ignore[arg-type]


def _set(document: tomlkit.TOMLDocument, path: str, **values: float) -> None:
    table = quantity_table(document, path)
    for name, value in values.items():
        table[name] = float(f"{value:.6g}")
