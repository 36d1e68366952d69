"""A Dask cluster of real processes: same bits, workers that die, other versions, nobody there."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cluster import Cluster, cluster
from digests import SCENARIO, run_digest
from overflight import __version__
from overflight.cli.app import app
from overflight.errors import EngineError, InputError
from overflight.exposure.places import load_places
from overflight.flight import cluster as engine_of_cluster
from overflight.flight.engine import make_engine

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A cluster of two workers for tests that leave it as they found it."""
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@cache
def east_asia():
    return load_places(countries=["JP", "KR", "KP"])


@cache
def serial(flights: int, fragments: int) -> str:
    return run_digest(make_engine("serial"), east_asia(), flights=flights, fragments=fragments)


def killing(running: Cluster, fraction: float = 0.5):
    """Return a progress callback that kills one worker, once, when a part of the work is done."""
    killed: list[int] = []

    def progress(done: int, total: int) -> None:
        if done >= fraction * total and not killed:
            killed.append(done)
            running.kill_one_worker()

    return progress, killed


def test_same_bits_as_serial(shared) -> None:
    with closing(make_engine(shared.address)) as engine:
        assert engine.name == "dask (2 workers)"
        assert run_digest(engine, east_asia(), flights=60, fragments=25, chunk=7, fall_chunk=5) == serial(
            60, 25
        )


def test_same_bits_when_a_worker_is_killed(tmp_path) -> None:
    with cluster(tmp_path) as running, closing(make_engine(running.address)) as engine:
        falling, killed = killing(running)
        made = run_digest(engine, east_asia(), flights=60, fragments=25, fall_chunk=5, falling=falling)
        assert killed and killed[0] < 12
    assert made == serial(60, 25)


def test_one_of_two_workers_dies_for_good(tmp_path) -> None:
    with cluster(tmp_path, workers=0) as running:
        for _ in range(2):
            running.add_worker("--no-nanny")
        with closing(make_engine(running.address)) as engine:
            progress, killed = killing(running)
            assert engine.map(math.factorial, range(200), progress) == [math.factorial(i) for i in range(200)]
            assert killed
        assert len(running.workers()) == 1


def test_progress_counts_to_the_end(shared) -> None:
    heard: list[tuple[int, int]] = []
    with closing(make_engine(shared.address)) as engine:
        engine.map(time.sleep, [0.01] * 20, lambda *counts: heard.append(counts))
        assert engine.map(math.factorial, []) == []
    assert [total for _, total in heard] == [20] * len(heard)
    done = [done for done, _ in heard]
    assert done == sorted(set(done)) and done[-1] == 20 and len(done) > 5


def test_an_error_of_the_work_comes_back(shared) -> None:
    with closing(make_engine(shared.address)) as engine:
        with pytest.raises(ValueError, match="negative"):
            engine.map(math.factorial, [3, -1, 4])
        assert engine.map(math.factorial, [3, 4]) == [6, 24]


def test_work_that_ends_every_worker_is_given_up(tmp_path) -> None:
    with (
        cluster(tmp_path, workers=1, allowed_failures=0) as running,
        closing(make_engine(running.address)) as engine,
        pytest.raises(EngineError, match="ended every worker that took it"),
    ):
        engine.map(os._exit, [1])


def test_a_scheduler_that_dies_is_told(tmp_path) -> None:
    with cluster(tmp_path) as running, closing(make_engine(running.address)) as engine:

        def progress(done: int, total: int) -> None:
            if done >= 2:
                running.kill_scheduler()

        with pytest.raises(EngineError, match="the scheduler is lost"):
            engine.map(time.sleep, [0.2] * 20, progress)


def test_workers_that_go_and_never_come_back(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine_of_cluster, "WITHOUT_WORKERS_S", 1.0)
    with cluster(tmp_path, workers=0) as running:
        running.add_worker("--no-nanny")
        with closing(make_engine(running.address)) as engine:
            progress, _ = killing(running, 0.1)
            with pytest.raises(EngineError, match="all workers are gone"):
                engine.map(time.sleep, [0.2] * 20, progress)


def other_version(folder: Path) -> dict[str, str]:
    """Return the environment of a worker whose package says that it is another version."""
    (folder / "sitecustomize.py").write_text("import overflight; overflight.__version__ = '0.0.9'\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def test_workers_of_other_versions_are_refused(tmp_path) -> None:
    with cluster(tmp_path, workers=1) as running:
        running.add_worker(environment=other_version(tmp_path))
        with pytest.raises(InputError) as caught:
            make_engine(running.address)
        found = caught.value.found
        assert found.startswith("worker tcp://127.0.0.1:") and found.endswith("with overflight 0.0.9")
        assert any(address in found for address in running.workers())
        assert caught.value.allowed == f"overflight {__version__}, as here"


def test_a_worker_of_another_version_that_comes_later_is_refused(tmp_path) -> None:
    with cluster(tmp_path, workers=1) as running, closing(make_engine(running.address)) as engine:
        running.add_worker(environment=other_version(tmp_path))
        with pytest.raises(InputError, match=r"worker tcp://\S+ with overflight 0.0.9"):
            engine.map(time.sleep, [0.2] * 10)


def test_a_notebook_with_its_own_loop_can_use_a_cluster(shared) -> None:
    async def cell() -> list[int]:
        with closing(make_engine(shared.address)) as engine:
            return engine.map(math.factorial, [3, 4])

    assert asyncio.run(cell()) == [6, 24]


def test_a_worker_without_the_package_is_refused(tmp_path) -> None:
    (tmp_path / "overflight.py").write_text("raise ModuleNotFoundError('No module named overflight')\n")
    with cluster(tmp_path, workers=0) as running:
        running.add_worker(environment={"PYTHONPATH": str(tmp_path)})
        with pytest.raises(InputError, match=r"worker tcp://\S+ without overflight"):
            make_engine(running.address)


def test_a_scheduler_without_workers(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine_of_cluster, "FIRST_WORKER_S", 0.5)
    with cluster(tmp_path, workers=0) as running:
        with pytest.raises(InputError, match="no worker for") as caught:
            make_engine(running.address)
        assert "dask worker tcp://" in caught.value.remedy


@pytest.fixture
def silent():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def babbling():
    """A server that is no scheduler, and answers all the same."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]


@pytest.mark.parametrize("kind", ["nobody", "silent", "babbling"])
def test_what_is_no_scheduler_is_told(kind, request, monkeypatch) -> None:
    monkeypatch.setattr(engine_of_cluster, "CONNECT_S", 1.0)
    if kind == "nobody":
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
    else:
        port = request.getfixturevalue(kind)
    with pytest.raises(InputError, match="no Dask scheduler that answers") as caught:
        make_engine(f"dask://127.0.0.1:{port}")
    assert caught.value.key == f"tcp://127.0.0.1:{port}"


def test_plan_on_a_cluster_writes_the_same_files(shared, tmp_path) -> None:
    for engine, name in ((shared.address, "cluster"), ("serial", "serial")):
        arguments = ["plan", str(SCENARIO), "-o", str(tmp_path / name), "--engine", engine, "--quiet"]
        result = CliRunner().invoke(app, [*arguments, "--flights", "30", "--fragments", "10"])
        assert result.exit_code == 0, result.output
    for path in ("nominal.csv", "impacts.csv", "places.csv", "zones.geojson", "scene.czml"):
        assert (tmp_path / "cluster" / path).read_bytes() == (tmp_path / "serial" / path).read_bytes(), path
    page = (tmp_path / "cluster" / "index.html").read_text("utf-8")
    assert "engine dask" in page and shared.address not in page


def test_plan_without_a_scheduler_ends_soon_and_writes_nothing(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    arguments = ["plan", str(SCENARIO), "-o", str(tmp_path / "out"), "--engine", f"dask://127.0.0.1:{port}"]
    began = time.monotonic()
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert time.monotonic() - began < 60.0, "it waits for ever"
    assert "no Dask scheduler that answers" in result.stderr
    assert list(tmp_path.iterdir()) == []


def start_plan(running: Cluster, folder: Path) -> subprocess.Popen[str]:
    """Start a plan on a cluster and return when pieces are falling."""
    command = [sys.executable, "-m", "overflight.cli", "plan", str(SCENARIO), "-o", str(folder / "out")]
    command += ["--engine", running.address, "--flights", "3000", "--fragments", "500"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Falling"):
            return process
    raise AssertionError("the plan ended before anything fell")


def test_a_lost_scheduler_is_one_message_and_nothing_written(tmp_path) -> None:
    (tmp_path / "results").mkdir()
    with cluster(tmp_path) as running:
        process = start_plan(running, tmp_path / "results")
        running.kill_scheduler()
        _, text = process.communicate(timeout=60)
    assert process.returncode == 2
    lines = [line for line in text.splitlines() if not line.startswith("Falling")]
    assert len(lines) == 1 and lines[0].startswith("error: tcp://127.0.0.1:"), text
    assert "the scheduler is lost" in lines[0]
    assert list((tmp_path / "results").iterdir()) == []


def test_an_interrupted_plan_leaves_the_cluster_idle_and_nothing_written(shared, tmp_path) -> None:
    process = start_plan(shared, tmp_path)
    process.send_signal(signal.SIGINT)
    _, text = process.communicate(timeout=60)
    assert process.returncode == 130 and "Interrupted" in text and "Traceback" not in text, text
    assert list(tmp_path.iterdir()) == []
    with closing(make_engine(shared.address)) as engine:
        began = time.monotonic()
        assert engine.map(math.factorial, [3, 4]) == [6, 24]
        assert time.monotonic() - began < 20.0  # the abandoned chunks are not worked off first


@pytest.mark.campaign
def test_five_thousand_samples_give_one_hash(shared, tmp_path) -> None:
    expected = serial(5000, 50)
    with closing(make_engine("threads:2")) as engine:
        assert run_digest(engine, east_asia(), flights=5000, fragments=50) == expected
    with closing(make_engine(shared.address)) as engine:
        assert run_digest(engine, east_asia(), flights=5000, fragments=50) == expected
    with cluster(tmp_path) as running, closing(make_engine(running.address)) as engine:
        falling, killed = killing(running)
        assert run_digest(engine, east_asia(), flights=5000, fragments=50, falling=falling) == expected
        assert killed
