"""What a cluster costs beside threads on the same work: `python benchmarks/bench_cluster.py [rounds]`.

Twenty-four equal chunks of falling fragments, about half a second each, by two threads and by two Dask
workers of this machine, interleaved. Overhead is the share of the wall in which workers are idle:
1 - busy / (2 wall), busy being the time inside chunks. By threads and by processes it is the same work on the
same machine, so the ratio of their walls says what messages and a scheduler cost.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from distributed import LocalCluster

from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import _fall_chunk
from overflight.flight.engine import Engine, make_engine
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import load_scenario

HERE = Path(__file__).parent
CHUNKS, CHUNK_S, FLIGHTS = 24, 0.5, 400


def busy_s(work, part: range) -> float:  # noqa: ANN001
    """Work off a chunk and return how long it took."""
    began = time.perf_counter()
    work(part)
    return time.perf_counter() - began


def overhead(engine: Engine, work: partial, part: range) -> tuple[float, float]:
    """Return the idle share and the wall (s) of one run."""
    began = time.perf_counter()
    busy = engine.map(partial(busy_s, work), [part] * CHUNKS)
    wall = time.perf_counter() - began
    return 1.0 - sum(busy) / (2.0 * wall), wall


def main(rounds: int = 7) -> None:
    """Print medians over the rounds."""
    scenario = load_scenario(HERE.parent / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=FLIGHTS, seed=1)
    part = range(FLIGHTS - 20, FLIGHTS)
    catalogues = catalogues_of(scenario)
    probe = partial(_fall_chunk, scenario, ensemble, catalogues, air, 100)
    busy_s(probe, part)
    fragments = round(100 * CHUNK_S / statistics.median(busy_s(probe, part) for _ in range(5)))
    work = partial(_fall_chunk, scenario, ensemble, catalogues, air, fragments)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        with closing(make_engine(address)) as dask, closing(make_engine("threads:2")) as threads:
            dask.map(partial(busy_s, work), [part] * 4)  # imports and loads kernels
            runs = [(overhead(threads, work, part), overhead(dask, work, part)) for _ in range(rounds)]
    for name, column in (("threads:2", 0), ("dask, 2 workers", 1)):
        idle = statistics.median(run[column][0] for run in runs)
        wall = statistics.median(run[column][1] for run in runs)
        busy = f"busy {100 * (1.0 - idle):5.1f} % of the wall (goal: 95)"
        print(f"{name:<16} {busy}   {wall:5.2f} s for {CHUNKS} chunks")
    ratio = statistics.median(dask[1] / threads[1] for threads, dask in runs)
    print(f"wall of dask / wall of threads: {ratio:.3f} (goal: 1.05)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
