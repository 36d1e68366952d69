"""Small ensembles for tests: made by hand, or flown from the small scenario."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import shapely

from overflight.earth.air import Air
from overflight.exposure.place import Place, Places
from overflight.flight.ensemble import Body, Ensemble, Outcome, Releases, Samples
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario
from scenarios import edited

__all__ = ["by_hand", "flown", "small", "square"]


def by_hand(probabilities: Sequence[float], counts: Sequence[int]) -> Ensemble:
    """Return an ensemble of ``counts`` flights an outcome, with nothing let go."""
    outcome = np.repeat(np.arange(len(counts)), counts)
    n = len(outcome)
    weight = (np.asarray(probabilities) / np.maximum(counts, 1))[outcome]
    samples = Samples(
        key=np.arange(n),
        outcome=outcome,
        log_weight=np.log(weight / weight.sum()),
        end_code=np.zeros(n, np.int64),
        end_s=np.zeros(n),
        end_state=np.zeros((n, 7)),
        orbit=np.zeros(n, bool),
    )
    none = np.empty(0, np.int64)
    releases = Releases(none, none, np.empty(0), np.empty((0, 6)), np.empty(0), np.empty(0))
    outcomes = tuple(
        Outcome(f"o{i}", f"Outcome {i}", "none" if i == 0 else "explosion", 0 if i == 0 else 1, p)
        for i, p in enumerate(probabilities)
    )
    return Ensemble(1, outcomes, (Body("stage-1", "Stage 1", "spent", 1),), samples, releases)


def small(*edits: tuple[str, str]) -> Scenario:
    """Return the small scenario with some edits."""
    return parse_scenario(edited(*edits).encode(), "small.toml")


@cache
def flown(*edits: tuple[str, str], flights: int = 60, seed: int = 1) -> tuple[Scenario, Ensemble, Air]:
    """Return the small scenario, an ensemble of it and its air."""
    scenario = small(*edits)
    air = scenario_air(scenario)
    return scenario, launch(scenario, air, flights=flights, seed=seed), air


def square(key: str, longitude_deg: float, latitude_deg: float, half_km: float, country: str = "XX") -> Place:
    """Return a place about square in kilometres, cut at the 180th meridian."""
    height, width = half_km / 111.2, half_km / 111.2 / np.cos(np.radians(latitude_deg))
    box = shapely.box(
        longitude_deg - width, latitude_deg - height, longitude_deg + width, latitude_deg + height
    )
    parts = [
        shapely.transform(part, lambda xy, turn=turn: np.subtract(xy, [360.0 * turn, 0.0]))
        for turn in (-1, 0, 1)
        for part in [box & shapely.box(360.0 * turn - 180.0, -90.0, 360.0 * turn + 180.0, 90.0)]
        if part.area > 0.0
    ]
    return Place(
        code=key, name=key, name_en=None, country=country, region=None, population=None, population_source=None,
        geometry=shapely.MultiPolygon(parts),
    )  # fmt: skip


def places(*rows: Place) -> Places:
    """Return a table of places."""
    return Places(tuple(rows))
