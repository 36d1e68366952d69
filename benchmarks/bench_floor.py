"""Our kernels beside the same work in C, interleaved: `python benchmarks/bench_floor.py [rounds]`.

Ascents and fragments of the worked example. Ratios are medians over the rounds of processor time, so that a
noisy machine disturbs both sides alike. Fragments are compared twice: the full equations against the same in
C, and as the product flies them (light ones settle) against C at the tolerance that gives it the same error.
"""

from __future__ import annotations

import ctypes
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from overflight.debris.breakup import break_up
from overflight.debris.catalogue import generic_catalogue
from overflight.earth.constants import WGS84
from overflight.earth.frames import eci_to_ecef
from overflight.flight.kernels_ascent import fly_many
from overflight.flight.kernels_fall import fall_many, fall_rows
from overflight.flight.kernels_rhs import GROUND_M, STOP_S
from overflight.flight.launch import launch
from overflight.flight.sequence import build_inputs
from overflight.flight.simulate import ASCENT_TOLERANCE_M, FALL_TOLERANCE_M, TUMBLING_DRAG, scenario_air
from overflight.scenario.draws import draw
from overflight.scenario.load import load_scenario

HERE = Path(__file__).parent
FLIGHTS, BREAKUPS, PIECES = 2000, 40, 50
EARTH = WGS84.as_array()
LIMIT_S = 40_000.0
EQUAL_M = 0.05  # tolerance at which the full equations have the error of the product's fall


def build_floor() -> ctypes.CDLL:
    """Compile floor.c with the system's compiler."""
    library = Path(tempfile.mkdtemp()) / "floor.so"
    subprocess.run(
        ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(HERE / "floor.c"), "-lm"], check=True
    )
    return ctypes.CDLL(str(library))


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


@dataclass(frozen=True)
class Work:
    """The same work for both sides."""

    floor: ctypes.CDLL
    inputs: object
    air: np.ndarray
    start_s: np.ndarray
    states: np.ndarray
    ballistic: np.ndarray
    bodies: np.ndarray

    def ours_ascents(self, tolerance: float) -> np.ndarray:
        i = self.inputs
        return fly_many(
            i.starts, i.phases, i.bodies, i.targets, tolerance, self.air, i.drag, EARTH, i.slots, 0, 1.0
        )[0][:, 1:]

    def floor_ascents(self, tolerance: float) -> np.ndarray:
        i, ends = self.inputs, np.empty((len(self.inputs.starts), 8))
        self.floor.fly(
            len(ends), i.phases.shape[1], _pointer(i.starts), _pointer(i.phases), _pointer(i.bodies),
            ctypes.c_double(tolerance), _pointer(self.air), _pointer(i.drag), len(i.drag), _pointer(EARTH),
            _pointer(ends),
        )  # fmt: skip
        return ends

    def ours_full(self, tolerance: float) -> np.ndarray:
        """The full equations to the ground (asked for rows, the kernel does not settle)."""
        return fall_rows(
            self.start_s,
            self.states,
            self.ballistic,
            self.bodies,
            LIMIT_S,
            tolerance,
            self.air,
            TUMBLING_DRAG,
            EARTH,
            1,
            1e9,
        )[2][:, 1:]

    def ours_product(self, tolerance: float) -> np.ndarray:
        index = np.arange(len(self.start_s))
        return fall_many(
            self.start_s, self.states, self.ballistic, index, self.bodies, LIMIT_S, tolerance, self.air,
            TUMBLING_DRAG[None], np.zeros_like(index), EARTH,
        )[0][:, 1:]  # fmt: skip

    def floor_fall(self, tolerance: float) -> np.ndarray:
        ends = np.empty((len(self.start_s), 7))
        self.floor.fall(
            len(ends), _pointer(self.start_s), _pointer(self.states), _pointer(self.ballistic),
            _pointer(self.bodies), ctypes.c_double(LIMIT_S), ctypes.c_double(tolerance), _pointer(self.air),
            _pointer(TUMBLING_DRAG), len(TUMBLING_DRAG), _pointer(EARTH), _pointer(ends),
        )  # fmt: skip
        return ends


def make_work() -> Work:
    """Draw the flights and real break-ups of the worked example."""
    scenario = load_scenario(HERE.parent / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    air = scenario_air(scenario)
    inputs = build_inputs(scenario, draw(scenario, 1, np.arange(FLIGHTS)))
    inputs.bodies[:, STOP_S] = np.random.Generator(np.random.Philox(1)).uniform(15.0, 900.0, FLIGHTS)
    releases = launch(scenario, air, flights=4 * BREAKUPS, seed=1)
    broken = np.flatnonzero(np.isnan(releases.releases.ballistic_kgpm2))[:BREAKUPS]
    keys = releases.samples.key[releases.releases.sample[broken]]
    pieces = break_up(
        generic_catalogue(), 1, keys, releases.releases.state[broken], np.full(len(broken), 1e3), PIECES
    )
    bodies = np.ones((len(pieces.mass_kg), inputs.bodies.shape[1]))
    bodies[:, GROUND_M] = 0.0
    return Work(
        build_floor(), inputs, air.coefficients, releases.releases.time_s[broken][pieces.source],
        np.ascontiguousarray(pieces.state), pieces.ballistic_kgpm2, bodies,
    )  # fmt: skip


def seconds(function: Callable[[float], np.ndarray], tolerance: float) -> float:
    """Return the processor time of one call."""
    start = time.process_time()
    function(tolerance)
    return time.process_time() - start


def percentiles(ours: np.ndarray, reference: np.ndarray) -> str:
    """Return 50th, 95th and largest distance (m) of end places fixed to the Earth."""
    here, _ = eci_to_ecef(ours[:, 1:4], ours[:, 4:7], ours[:, 0])
    there, _ = eci_to_ecef(reference[:, 1:4], reference[:, 4:7], reference[:, 0])
    gap = np.linalg.norm(here - there, axis=1)
    return " / ".join(f"{x:.2g}" for x in np.percentile(gap, [50, 95, 100]))


def side_by_side(name: str, ours, floor, count: int, tolerances: tuple[float, float], rounds: int) -> None:  # noqa: ANN001
    """Print rates and the median ratio of processor times, one after the other in every round."""
    ours(tolerances[0])
    floor(tolerances[1])
    pairs = [(seconds(ours, tolerances[0]), seconds(floor, tolerances[1])) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{name:<34}{count / mine:>10,.0f}/s{count / theirs:>10,.0f}/s{ratio:>9.2f}")


def main(rounds: int = 9) -> None:
    """Print the table."""
    work = make_work()
    n, m = FLIGHTS, len(work.start_s)
    same = np.abs(work.ours_ascents(ASCENT_TOLERANCE_M) - work.floor_ascents(ASCENT_TOLERANCE_M)).max()
    also = np.abs(work.ours_full(0.1) - work.floor_fall(0.1)).max()
    print(
        f"largest difference of end states, ours and C: ascents {same:.1g}, falls {also:.1g} (m, m/s, s, kg)"
    )
    tight = work.floor_fall(1e-6)
    ascents = percentiles(work.ours_ascents(ASCENT_TOLERANCE_M), work.floor_ascents(1e-6))
    product = percentiles(work.ours_product(FALL_TOLERANCE_M), tight)
    print(f"ascent error m (50 % / 95 % / max): {ascents}")
    print(f"impact error m, product at {FALL_TOLERANCE_M:g}: {product}")
    print(f"impact error m, C at {EQUAL_M:g}: {percentiles(work.floor_fall(EQUAL_M), tight)}")
    print(f"{rounds} rounds, interleaved{'ours':>24}{'C -O2':>12}{'time ratio':>11}")
    side_by_side("ascents", work.ours_ascents, work.floor_ascents, n, (ASCENT_TOLERANCE_M,) * 2, rounds)
    side_by_side("fragments, full equations", work.ours_full, work.floor_fall, m, (0.1, 0.1), rounds)
    side_by_side(
        "fragments, product, equal error",
        work.ours_product,
        work.floor_fall,
        m,
        (FALL_TOLERANCE_M, 0.1),
        rounds,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
