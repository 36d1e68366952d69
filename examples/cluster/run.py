"""A cluster on one machine: a scheduler, two workers, and a plan on them.

    python examples/cluster/run.py --flights 200

On real machines only the first block differs: `dask scheduler` runs on one, `dask worker` on the others, and
the address is theirs. The result is the same bit for bit, which the last block shows.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from distributed import LocalCluster

from overflight import load_scenario, plan

SCENARIO = Path(__file__).parent.parent / "malligyong-1-2023-08-24" / "launch.toml"
ONE_THREAD = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> None:
    """Plan on the cluster, then here, and compare."""
    options = argparse.ArgumentParser(description="A plan on a cluster of this machine.")
    options.add_argument("--flights", type=int, default=200)
    options.add_argument("--fragments", type=int, default=50)
    given = options.parse_args()
    scenario = load_scenario(SCENARIO)

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, env=ONE_THREAD
    ) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        print(f"scheduler at {address}, {len(cluster.workers)} workers")
        results = {}
        for engine in (address, "threads"):
            began = time.perf_counter()
            results[engine] = plan(
                scenario,
                flights=given.flights,
                fragments=given.fragments,
                engine=engine,
                computed_utc=datetime.now(UTC),
            )
            print(f"{engine}: {time.perf_counter() - began:.1f} s")

    report = results[address].report
    print(report.headline)
    for value, what in report.key_figures:
        print(f"  {value}  {what}")
    same = all(
        results[address].files[name] == results["threads"].files[name]
        for name in ("impacts.csv", "places.csv", "zones.geojson")
    )
    print("same bits on the cluster and here:", "yes" if same else "NO")
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":  # workers import this file: without this line each would start a cluster
    main()
