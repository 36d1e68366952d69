"""One number for a whole run: the same bits give the same digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass

import numpy as np

from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import CHUNK as FALL_CHUNK
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.overflown import expose
from overflight.exposure.place import Places
from overflight.flight.engine import Engine
from overflight.flight.launch import CHUNK, launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import load_scenario
from support import ROOT

SCENARIO = ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml"


def digest(value: object) -> str:
    """Hash every array of nested dataclasses, byte for byte."""
    sums = hashlib.sha256()

    def add(item: object) -> None:
        if isinstance(item, np.ndarray):
            sums.update(str((item.dtype, item.shape)).encode() + np.ascontiguousarray(item).tobytes())
        elif is_dataclass(item):
            for field in fields(item):
                add(getattr(item, field.name))
        else:
            sums.update(repr(item).encode())

    add(value)
    return sums.hexdigest()


def run_digest(
    engine: Engine,
    places: Places,
    *,
    flights: int,
    fragments: int,
    seed: int = 5,
    chunk: int = CHUNK,
    fall_chunk: int = FALL_CHUNK,
    falling: Callable[[int, int], None] = lambda *_: None,
) -> str:
    """Fly, let fall and expose; return the digests of all three. ``falling`` hears of chunks fallen."""
    scenario = load_scenario(SCENARIO)
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=flights, seed=seed, engine=engine, chunk=chunk)
    impacts = fall_ensemble(
        scenario, ensemble, generic_catalogue(), air, fragments=fragments, engine=engine, chunk=fall_chunk,
        progress=falling,
    )  # fmt: skip
    exposure = expose(scenario, ensemble, impacts, places, air, engine=engine)
    return " ".join(digest(value) for value in (ensemble, impacts, exposure))
