"""Job ``explain``: published facts and a scenario in; what happened, where the pieces are, a bulletin out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import Impacts, fall_ensemble
from overflight.exposure.fact_ground import ground_of
from overflight.exposure.overflown import Exposure, expose
from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.flight.engine import make_engine
from overflight.flight.ensemble import Ensemble
from overflight.flight.launch import relaunch
from overflight.flight.simulate import scenario_air
from overflight.flight.tracks import Tracks, fly_tracks
from overflight.inference.bank import Shelf, make_bank
from overflight.inference.posterior import (
    Evidence,
    Influence,
    Learned,
    Posterior,
    Residual,
    assignment_probability,
    evidence,
    influence,
    learned,
    residuals,
    reweigh,
)
from overflight.inference.refine import Refined, refine
from overflight.scenario.facts import Facts
from overflight.scenario.model import Scenario

__all__ = ["ExplainSettings", "Explained", "explain"]

Progress = Callable[[str, int, int], None]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExplainSettings:
    """How a reconstruction is to be computed.

    ``flights`` of the bank; ``samples`` drawn from those that are left, for falls and places; ``fragments``
    of a break-up; a place within ``width_km`` is overflown; ``refine_steps`` of the sampler, 0 for none,
    ``None`` until it has converged.
    """

    flights: int = 200_000
    samples: int = 2000
    fragments: int = 40
    seed: int = 1
    engine: str = "threads"
    width_km: float = 50.0
    refine_steps: int | None = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """All values of a reconstruction, before anything is worded or drawn.

    ``figures`` are columns (n,) of the bank that a reader asks about: the influence of each claim is said
    as the shift of these. ``ensemble`` holds the flights that are left, by weight.
    """

    scenario: Scenario
    facts: Facts
    settings: ExplainSettings
    posterior: Posterior = field(repr=False)
    ensemble: Ensemble = field(repr=False)
    tracks: Tracks = field(repr=False)
    impacts: Impacts = field(repr=False)
    places: Places = field(repr=False)
    exposure: Exposure = field(repr=False)
    residuals: tuple[Residual, ...]
    objects: Mapping[str, Mapping[str, float]]
    evidence: tuple[Evidence, ...]
    learned: tuple[Learned, ...]
    influence: tuple[Influence, ...]
    figures: Mapping[str, Array] = field(repr=False)
    refined: Refined | None = None


def explain(
    scenario: Scenario,
    facts: Facts,
    settings: ExplainSettings,
    *,
    places: Places | None = None,
    shelf: Shelf | None = None,
    progress: Progress = lambda *_: None,
) -> Explained:
    """Weigh a bank of flights by the facts, and follow what is left of it to the ground.

    Parameters
    ----------
    shelf : keeps finished blocks of the bank, so that an interrupted run goes on where it stopped

    Raises
    ------
    NumericsError : the facts exclude each other, or every flight of the scenario; says which they miss
    """
    places = load_places() if places is None else places
    air = scenario_air(scenario)
    zones = {zone.key: zone for zone in (*scenario.announced_zone, *facts.zones)}
    ground = ground_of(facts.claim, zones.values(), scenario.site, places)
    with closing(make_engine(settings.engine)) as runner:
        bank = make_bank(
            scenario, air, facts.claim, flights=settings.flights, seed=settings.seed, engine=runner,
            shelf=shelf, progress=lambda done, total: progress("Flying the bank", done, total),
        )  # fmt: skip
        progress("Weighing", 0, 3)
        posterior = reweigh(scenario, bank, facts.claim, ground)
        progress("Weighing", 1, 3)
        figures = _figures(bank.columns)
        moved = influence(posterior, facts.claim, figures)
        progress("Weighing", 2, 3)
        weighed = tuple(evidence(scenario, posterior, h) for h in facts.hypothesis)
        told, compared = learned(scenario, posterior), residuals(posterior)
        progress("Weighing", 3, 3)
        refined = None
        if settings.refine_steps != 0:
            refined = refine(
                scenario, air, facts.claim, ground, posterior, steps=settings.refine_steps, engine=runner,
                progress=lambda done, total: progress("Refining", done, total),
            )  # fmt: skip
        ensemble = _left(scenario, air, posterior, settings, runner)
        impacts = fall_ensemble(
            scenario, ensemble, catalogues_of(scenario), air, fragments=settings.fragments, engine=runner,
            progress=lambda done, total: progress("Falling", done, total),
        )  # fmt: skip
        exposure = expose(
            scenario, ensemble, impacts, places, air, width_m=settings.width_km * 1e3, engine=runner,
            progress=lambda done, total: progress("Places", done, total),
        )  # fmt: skip
    tracks = fly_tracks(scenario, ensemble, air, range(min(len(ensemble), 400)), row_s=5.0)
    return Explained(
        scenario, facts, settings, posterior, ensemble, tracks, impacts, places, exposure,
        compared, assignment_probability(posterior), weighed, told, moved, figures, refined,
    )  # fmt: skip


def _figures(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Return what people ask about: the end of powered flight, the height, and where each body came down."""
    return {
        name: values
        for name, values in columns.items()
        if name in ("end_s", "apogee_km")
        or (name.endswith((".latitude_deg", ".longitude_deg")) and f"{name.split('.')[0]}.down_s" in columns)
    }


def _left(scenario: Scenario, air, posterior: Posterior, settings: ExplainSettings, runner) -> Ensemble:  # noqa: ANN001
    """Return the flights that are left as an ensemble of equal weights: a heavy one stands in it repeatedly.

    The probability of each outcome is then the share of its flights, so that everything that is written for
    an ensemble (falls, places, their errors by outcome) holds of this one too.
    """
    bank = posterior.bank
    rows = posterior.resample(settings.samples, settings.seed)
    # a fixed shuffle: the first so many rows of the ensemble are then a fair sample of it
    order = np.argsort((np.arange(len(rows)) * 0x9E3779B1) % 2**32, kind="stable")
    rows = rows[order]
    log_weight = np.full(len(rows), -np.log(len(rows)))
    found = relaunch(scenario, air, bank.seed, bank.key[rows], bank.outcome[rows], log_weight, engine=runner)
    share = np.bincount(bank.outcome[rows], minlength=len(bank.outcomes)) / len(rows)
    outcomes = (replace(o, probability=float(p)) for o, p in zip(found.outcomes, share, strict=True))
    return replace(found, outcomes=tuple(outcomes))
