"""A plan as users run one: `python benchmarks/bench_plan.py [flights] [fragments]`, else 10,000 and 200.

The launch of 24 August 2023 with all its failures, on a cluster of two workers of this machine. Prints the
wall by what is done, the greatest memory of each process, and how well the figures are known: Monte Carlo
errors of two of them, and of the size of each drop zone, by the spread over ten parts of the flights.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from distributed import Client, LocalCluster

if TYPE_CHECKING:
    from overflight.jobs.planned import Planned

HERE = Path(__file__).parent
PARTS = 10


def most_mb() -> float:
    """Return the greatest memory this process has had (MB), if told without what forked it."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024.0 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0 / 1e6


class Watch:
    """When the parts of a plan were done, as its progress tells."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.ended: dict[str, float] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Note that something is done so far."""
        self.ended[what] = time.perf_counter()

    def show(self) -> None:
        """Print how long each part took."""
        end, before = time.perf_counter(), self.began
        for what, when in self.ended.items():
            print(f"{what:<22}{when - before:8.1f} s")
            before = when
        print(f"{'risk, areas, zones':<22}{end - before:8.1f} s")
        print(f"{'all':<22}{end - self.began:8.1f} s")


def major_km(planned: Planned, body: int, rows: np.ndarray) -> float:
    """Return the semi-major axis of the drop zone of a body over some of the impacts."""
    from overflight.exposure.drop_zones import drop_zone

    rows = rows[planned.impacts.body[rows] == body]
    weights = planned.ensemble.weights[planned.impacts.sample[rows]] * planned.impacts.pieces[rows]
    longitude, latitude = planned.impacts.longitude_rad[rows], planned.impacts.latitude_rad[rows]
    return drop_zone(np.degrees(longitude), np.degrees(latitude), weights).semi_major_m / 1e3


def show(name: str, value: float, error: float, unit: str = "") -> None:
    """Print a figure with its error."""
    print(f"{name:<22}{value:10.3g} +- {error:.2g}{unit}, {100.0 * error / value if value else 0.0:.2g} %")


def show_errors(planned: Planned) -> None:
    """Print figures of a plan with their Monte Carlo errors."""
    risk, land = planned.safety.risk.total, planned.exposure.any_debris
    show("casualties expected", risk.value, risk.error)
    show("debris in any place", float(land.mean[0]), float(land.error[0]))
    every = np.arange(len(planned.impacts))
    parts = [every[planned.impacts.sample % PARTS == k] for k in range(PARTS)]
    for zone in planned.zones:
        body = planned.ensemble.body_index(zone.body.key)
        if not zone.happened:
            size = [major_km(planned, body, rows) for rows in parts]
            error = float(np.std(size, ddof=1) / np.sqrt(PARTS))
            show(f"zone of {zone.body.key}", zone.zone.semi_major_m / 1e3, error, " km")


def main(flights: int = 10_000, fragments: int = 200) -> None:
    """Plan, and print what it took."""
    # here, not above: workers begun from this file read it, and would hold more than those of a cluster
    from overflight.jobs.plan import compute_plan
    from overflight.jobs.planned import RunSettings
    from overflight.scenario.load import load_scenario

    scenario = load_scenario(HERE.parent / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        watch = Watch()
        settings = RunSettings(flights=flights, fragments=fragments, engine=address)
        planned = compute_plan(scenario, settings, progress=watch)
        watch.show()
        own = most_mb()
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            workers = sorted(client.run(most_mb).values())
    count = f"{flights:,} flights, {len(planned.impacts):,} impacts"
    print(
        f"memory at most: {own:.0f} MB here, workers {' and '.join(f'{w:.0f}' for w in workers)} MB; {count}"
    )
    show_errors(planned)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3]))
