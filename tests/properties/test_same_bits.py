"""Same seed, same bits: whatever the engine, the number of threads and the size of chunks.

Clusters are in ``tests/faults/test_cluster.py``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from digests import run_digest
from ensembles import small
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.places import load_places
from overflight.flight.engine import make_engine
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air


@cache
def east_asia():
    return load_places(countries=["JP", "KR", "KP"])


@cache
def run(engine: str, chunk: int, fall_chunk: int, seed: int = 5) -> str:
    return run_digest(
        make_engine(engine),
        east_asia(),
        flights=40,
        fragments=25,
        seed=seed,
        chunk=chunk,
        fall_chunk=fall_chunk,
    )


@pytest.mark.parametrize(
    ("engine", "chunk", "fall_chunk"),
    [("serial", 64, 16), ("serial", 7, 3), ("threads:1", 64, 16), ("threads:2", 5, 4), ("threads:3", 1, 1)],
)
def test_engines_and_chunks_agree(engine, chunk, fall_chunk) -> None:
    assert run(engine, chunk, fall_chunk) == run("serial", 40, 40)


def test_another_seed_is_another_run() -> None:
    assert run("serial", 40, 40) != run("serial", 40, 40, seed=6)


def test_chunks_agree_on_a_sobol_sequence_too() -> None:
    scenario = small()
    air = scenario_air(scenario)
    one, other = (launch(scenario, air, flights=40, seed=5, chunk=c, sampling="sobol") for c in (64, 7))
    assert np.array_equal(one.samples.end_state, other.samples.end_state)
    assert one.sampling == "sobol"
    by_chance = launch(scenario, air, flights=40, seed=5)
    assert not np.array_equal(one.samples.end_state, by_chance.samples.end_state)
    whole, parts = (
        fall_ensemble(scenario, one, generic_catalogue(), air, fragments=4, chunk=c) for c in (40, 9)
    )
    assert np.array_equal(whole.longitude_rad, parts.longitude_rad)
