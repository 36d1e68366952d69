"""Same seed, same bits: whatever the engine, the number of threads and the size of chunks."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.overflown import expose
from overflight.exposure.places import load_places
from overflight.flight.engine import make_engine
from overflight.flight.launch import launch
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


@pytest.fixture(scope="module")
def everything():
    scenario = load_scenario(SCENARIO)
    air, places = scenario_air(scenario), load_places(countries=["JP", "KR", "KP"])

    def run(engine: str, chunk: int, fall_chunk: int, seed: int = 5) -> str:
        runner = make_engine(engine)
        ensemble = launch(scenario, air, flights=40, seed=seed, engine=runner, chunk=chunk)
        impacts = fall_ensemble(
            scenario, ensemble, generic_catalogue(), air, fragments=25, engine=runner, chunk=fall_chunk
        )
        exposure = expose(scenario, ensemble, impacts, places, air, engine=runner)
        return " ".join(digest(value) for value in (ensemble, impacts, exposure))

    return run


@pytest.mark.parametrize(
    ("engine", "chunk", "fall_chunk"),
    [("serial", 64, 16), ("serial", 7, 3), ("threads:1", 64, 16), ("threads:2", 5, 4), ("threads:3", 1, 1)],
)
def test_engines_and_chunks_agree(everything, engine, chunk, fall_chunk) -> None:
    assert everything(engine, chunk, fall_chunk) == everything("serial", 40, 40)


def test_another_seed_is_another_run(everything) -> None:
    assert everything("serial", 40, 40) != everything("serial", 40, 40, seed=6)
