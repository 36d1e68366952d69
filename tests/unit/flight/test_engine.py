"""Engines: everything once, in order, progress told, errors passed on; names that are refused."""

from __future__ import annotations

import pickle
import threading
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from overflight.errors import InputError, ScenarioError
from overflight.flight import engine as engines
from overflight.flight.engine import SerialEngine, ThreadsEngine, chunks, make_engine
from overflight.scenario.draws import draw
from overflight.scenario.load import load_scenario
from support import ROOT

ENGINES = [SerialEngine(), ThreadsEngine(1), ThreadsEngine(3)]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_results_come_in_order_with_progress(engine) -> None:
    told = []
    found = engine.map(lambda x: x * x, list(range(20)), lambda done, total: told.append((done, total)))
    assert found == [x * x for x in range(20)]
    assert told == [(i, 20) for i in range(1, 21)]
    assert engine.map(lambda x: x, []) == []


@pytest.mark.parametrize("engine", ENGINES, ids=lambda e: e.name)
def test_an_error_stops_the_work_and_is_passed_on(engine) -> None:
    done = []

    def work(x: int) -> int:
        if x == 2:
            raise ValueError("two")
        done.append(x)
        return x

    with pytest.raises(ValueError, match="two"):
        engine.map(work, list(range(1000)))
    assert len(done) < 1000


def test_threads_work_side_by_side() -> None:
    barrier = threading.Barrier(2, timeout=20.0)
    ThreadsEngine(2).map(lambda _: barrier.wait(), [0, 1])


def test_names() -> None:
    assert isinstance(make_engine("serial"), SerialEngine)
    assert make_engine("threads:3").workers == 3
    assert make_engine("threads").workers >= 1


@pytest.mark.parametrize(
    "name",
    ["", "warp", "gpu", "thread", "serial:2", "threads:0", "threads:-1", "threads:two", "threads:٣", "dask", "dask:", "dask://",
     "dask://host", "dask://host:port", "dask://:8786", "dask://a b:1", "dask://host:1/x", "ray://host:1"],
)  # fmt: skip
def test_names_that_are_refused(name) -> None:
    with pytest.raises(InputError, match="threads:N, dask://HOST:PORT") as caught:
        make_engine(name)
    assert caught.value.where == "--engine" and repr(name) in caught.value.found


class Elsewhere:
    name = "elsewhere"

    def __init__(self, rest: str) -> None:
        self.rest = rest


def test_an_engine_of_another_package(monkeypatch) -> None:
    entry = EntryPoint("quantum", f"{__name__}:Elsewhere", "overflight.engines")
    monkeypatch.setattr(EntryPoint, "load", lambda self: {"Elsewhere": Elsewhere}[self.attr])
    monkeypatch.setattr(engines, "entry_points", lambda **wanted: EntryPoints([entry]).select(**wanted))
    engine = make_engine("quantum://basement/3")
    assert isinstance(engine, Elsewhere) and engine.rest == "basement/3"
    with pytest.raises(InputError, match="quantum://"):
        make_engine("warp://9")


@pytest.mark.parametrize(("count", "size"), [(0, 5), (1, 5), (5, 5), (11, 4), (7, 1)])
def test_chunks_cover_everything_once(count, size) -> None:
    parts = list(chunks(count, size))
    assert [i for part in parts for i in part] == list(range(count))
    assert all(len(part) == size for part in parts[:-1])


def test_what_goes_to_other_processes_comes_back() -> None:
    scenario = load_scenario(ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    draws = draw(scenario, 3, np.arange(5))
    again = pickle.loads(pickle.dumps(draws))
    assert dict(again.fixed) == dict(draws.fixed) and set(again.drawn) == set(draws.drawn)
    for path in draws.drawn:
        np.testing.assert_array_equal(again[path], draws[path])
    error = ScenarioError("a.toml", "site", found="x", allowed="y", remedy="z")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.key) == (ScenarioError, str(error), "site")
