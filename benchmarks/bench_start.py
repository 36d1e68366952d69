"""From nothing to the first flight: `python benchmarks/bench_start.py [rounds]`, kernels compiled before.

Whole processes, interleaved: a flight and an impact point from the command line, beside a process that only
imports what neither can do without, NumPy and Numba. Then one flight with a row a second in a running one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from overflight.flight.simulate import fly, scenario_air
from overflight.flight.trajectory import fly_planned
from overflight.scenario.draws import nominal_draws
from overflight.scenario.load import load_scenario

HERE = Path(__file__).parent
LAUNCH = str(HERE.parent / "examples" / "taiki-two-stage" / "launch.toml")
STATES = "lat_deg,lon_deg,h_m,ve_mps,vn_mps,vu_mps\n33.0,124.2,250000,-250,-4500,900\n"
GOALS = {"overflight fly": "goal: 1.0 s on a quiet machine"}


def seconds(command: list[str]) -> tuple[float, float]:
    """Return wall and processor time of a process."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, used


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time that something takes."""
    spans = []
    for _ in range(50):
        began = time.perf_counter()
        work()
        spans.append(time.perf_counter() - began)
    return 1e3 * statistics.median(spans)


def main(rounds: int = 7) -> None:
    """Print medians over the rounds."""
    ours = [sys.executable, "-m", "overflight.cli"]
    with tempfile.TemporaryDirectory() as folder:
        states = Path(folder, "states.csv")
        states.write_text(STATES, "utf-8")
        commands = {
            "import numpy, numba": [sys.executable, "-c", "import numpy, numba"],
            "overflight fly": [*ours, "fly", LAUNCH],
            "overflight iip": [*ours, "iip", str(states), "-o", str(Path(folder, "out.csv")), "--force"],
            "overflight --help": [*ours, "--help"],
        }
        for command in commands.values():
            seconds(command)
        runs = [{name: seconds(command) for name, command in commands.items()} for _ in range(rounds)]
    floor = statistics.median(run["import numpy, numba"][1] for run in runs)
    for name in commands:
        wall, used = (statistics.median(run[name][k] for run in runs) for k in (0, 1))
        times = f"{wall:6.2f} s wall {used:6.2f} s processor {used / floor:5.1f} x imports"
        print(f"{name:<22}{times}  {GOALS.get(name, '')}".rstrip())
    scenario = load_scenario(LAUNCH)
    air = scenario_air(scenario)
    draws = nominal_draws(scenario)
    alone = milliseconds(lambda: fly(scenario, draws, air, rows=700))
    whole = milliseconds(lambda: fly_planned(scenario, air, coast_until_s=0.0))
    print(f"one guided flight, a row a second: {alone:.2f} ms (goal: 2)")
    print(f"the same, with the falls of what it lets go: {whole:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
