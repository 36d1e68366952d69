"""Engines: everything once, in order, progress told, errors passed on; names that are refused."""

from __future__ import annotations

import threading

import pytest

from overflight.errors import InputError
from overflight.flight.engine import SerialEngine, ThreadsEngine, chunks, make_engine

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


@pytest.mark.parametrize("name", ["", "thread", "threads:0", "threads:-1", "threads:two", "serial:2", "gpu"])
def test_names_that_are_refused(name) -> None:
    with pytest.raises(InputError, match="engine"):
        make_engine(name)


@pytest.mark.parametrize(("count", "size"), [(0, 5), (1, 5), (5, 5), (11, 4), (7, 1)])
def test_chunks_cover_everything_once(count, size) -> None:
    parts = list(chunks(count, size))
    assert [i for part in parts for i in part] == list(range(count))
    assert all(len(part) == size for part in parts[:-1])
