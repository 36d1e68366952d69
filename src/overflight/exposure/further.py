"""Further flights for the risk alone: many of every failure, each in few pieces.

The risk of a place is known as well as the number of flights that hit it: ten times the pieces of one
break-up tell little more of it, ten times the flights tell a lot. Tracks, areas and footprints need pieces
and paths and keep to the flights of the plan; these further ones fly as they do, by keys of their own, and
only fall.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from overflight.debris.catalogue import Catalogues
from overflight.debris.impacts import Impacts, fall_ensemble
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.exposure.landed import Landed, landed
from overflight.exposure.place import Places
from overflight.flight.engine import Engine
from overflight.flight.ensemble import Ensemble, Releases, Samples
from overflight.flight.launch import relaunch
from overflight.scenario.model import Scenario

__all__ = ["FURTHER_FRAGMENTS", "fly_further"]

FURTHER = 2
"""Further flights for each flight of the plan."""
FURTHER_FRAGMENTS = 20
"""Fragments that one of them breaks into at most."""


def fly_further(
    scenario: Scenario,
    ensemble: Ensemble,
    impacts: Impacts,
    fallen: Landed,
    places: Places,
    airs: tuple[Air, Air | WeatherMap],
    catalogues: Catalogues,
    *,
    fragments: int,
    engine: Engine,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[Ensemble, Impacts, Landed]:
    """Return an ensemble, its impacts and where they landed, with further flights after its own.

    All failures share the further ones alike; they break into no more pieces than those of the plan, its
    ``fragments``.
    """
    failing = [k for k, o in enumerate(ensemble.outcomes) if k > 0 and o.probability > 0.0]
    if not failing:
        return ensemble, impacts, fallen
    outcome = np.repeat(failing, -(-FURTHER * len(ensemble) // len(failing)))
    keys = ensemble.samples.key.max() + 1 + np.arange(len(outcome))
    more = relaunch(
        scenario, airs[0], ensemble.seed, keys, outcome, np.full(len(keys), -np.log(len(keys))),
        engine=engine, sampling=ensemble.sampling,
    )  # fmt: skip
    down = fall_ensemble(
        scenario, more, catalogues, airs[1], fragments=min(fragments, FURTHER_FRAGMENTS), engine=engine,
        progress=progress,
    )  # fmt: skip
    there = landed(down, places)
    both = Landed(
        np.concatenate([fallen.row, there.row + len(impacts)]), np.concatenate([fallen.place, there.place])
    )
    return _joined(ensemble, more), _all_impacts(impacts, down, len(ensemble)), both


def _joined(first: Ensemble, then: Ensemble) -> Ensemble:
    """Return two ensembles of one scenario as one, weighted anew."""
    outcome = np.concatenate([first.samples.outcome, then.samples.outcome])
    flights = np.bincount(outcome, minlength=len(first.outcomes))
    probability = np.array([o.probability for o in first.outcomes])
    weight = (probability / np.maximum(flights, 1))[outcome]
    samples = {
        f.name: np.concatenate([getattr(first.samples, f.name), getattr(then.samples, f.name)])
        for f in fields(Samples)
    }
    samples["log_weight"] = np.log(weight / weight.sum())
    releases = {
        f.name: np.concatenate([getattr(first.releases, f.name), getattr(then.releases, f.name)])
        for f in fields(Releases)
    }
    releases["sample"] = np.concatenate([first.releases.sample, then.releases.sample + len(first)])
    return replace(first, samples=Samples(**samples), releases=Releases(**releases))


def _all_impacts(first: Impacts, then: Impacts, flights: int) -> Impacts:
    """Return impacts of two ensembles as those of one; the first has so many flights."""
    then = replace(then, sample=then.sample + flights)
    columns: dict[str, NDArray] = {
        f.name: np.concatenate([getattr(first, f.name), getattr(then, f.name)])
        for f in fields(Impacts)
        if f.name not in ("aloft", "explosive")
    }
    both = None if first.explosive is None or then.explosive is None else (first.explosive, then.explosive)
    return Impacts(
        **columns,
        aloft=first.aloft + then.aloft,
        explosive=None if both is None else np.concatenate(both),
    )
