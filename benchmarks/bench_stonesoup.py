"""The filter beside Stone Soup on one ballistic arc: `python benchmarks/bench_stonesoup.py [rounds]`.

Stone Soup lives in an environment of its own, made on the first run beside this project's ``.venv`` (or named
by ``STONESOUP_PYTHON``). Both run one cubature filter of nine numbers (place, velocity, specific force) over
the same 150 plots of a radar, same model of motion, same noise; ours updates four copies at once and counts
as four. Ratios are medians of processor time an update; the agreement is the worst over the whole arc.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight.compiled import kernel
from overflight.earth.constants import WGS84
from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.track.kernels_filter import MEASURE, observe, update
from overflight.track.kernels_motion import (
    COAST,
    COAST_DECAY_S,
    CORE,
    MODES,
    noise_rows,
    predict_mode,
    propagate,
)
from overflight.track.objects import SETTINGS

HERE = Path(__file__).parent
EARTH = WGS84.as_array()
PLOTS, STEP_S, PASSES = 150, 1.0, 20
SIGMA = np.array([50.0, 1e-3, 1e-3])
SPREADS = np.repeat([300.0, 30.0, 3.0], 3)
Array = NDArray[np.float64]


@kernel
def coast_all(x, s, mu, measures, step, settings, earth, out):  # noqa: ANN001, ANN201
    """Filter with every mode coasting; write the mean of the first after each plot."""
    for i in range(len(measures)):
        for j in range(len(x)):
            predict_mode(x[j], s[j], step, COAST, settings, earth)
        update(x, s, mu, measures[i])
        for k in range(x.shape[1]):
            out[i, k] = x[0, k]


def peer_python() -> str:
    """Return the Python that has Stone Soup, made if need be."""
    named = os.environ.get("STONESOUP_PYTHON")
    if named:
        return named
    home = HERE.parent / ".venv-stonesoup"
    python = home / "bin" / "python"
    if not python.exists():
        print("making an environment for Stone Soup ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "stonesoup==1.9.1"], check=True)
    return str(python)


def arc() -> tuple[Array, Array, Array]:
    """Return the first guess (9,), the packed plots and the truth (plots, 9) of a coast 200 km high."""
    latitude, longitude = np.radians(33.0), np.radians(125.0)
    east, north, up = local_axes(latitude, longitude)
    truth = np.zeros(CORE)
    truth[:3] = geodetic_to_ecef(latitude, longitude, 200e3)
    truth[3:6] = -4000.0 * north + 300.0 * east + 900.0 * up
    where = np.radians([31.0, 128.0])
    site, axes = geodetic_to_ecef(where[0], where[1], 100.0), np.stack(local_axes(where[0], where[1]))
    draw = np.random.Generator(np.random.Philox(7))
    measures, rows, seen, ahead = (
        np.zeros((PLOTS, MEASURE)),
        np.zeros((PLOTS, CORE)),
        np.empty(3),
        np.empty(CORE),
    )
    guess = truth + SPREADS * draw.normal(size=CORE) * np.repeat([1.0, 1.0, 0.0], 3)
    for i in range(PLOTS):
        propagate(truth, STEP_S, COAST, SETTINGS[4], EARTH, ahead)
        truth = ahead.copy()
        rows[i] = truth
        measures[i, 4:7], measures[i, 7:10], measures[i, 10:19], measures[i, 19] = (
            SIGMA,
            site,
            axes.ravel(),
            -1,
        )
        observe(truth[0], truth[1], truth[2], measures[i], seen)
        measures[i, 1:4] = seen + SIGMA * draw.normal(size=3)
    return guess, measures, rows


def ours(guess: Array, measures: Array) -> tuple[float, Array]:
    """Return seconds an update and the states after each plot."""
    out = np.empty((PLOTS, CORE))
    begun = time.process_time()
    for _ in range(PASSES):
        x, s = np.tile(guess, (MODES, 1)), np.tile(np.diag(SPREADS), (MODES, 1, 1))
        coast_all(x, s, np.full(MODES, 0.25), measures, STEP_S, SETTINGS, EARTH, out)
    return (time.process_time() - begun) / (PASSES * PLOTS * MODES), out


def task(guess: Array, measures: Array) -> dict[str, object]:
    """Return the same problem for the peer."""
    rows = np.zeros((12, CORE))
    noise_rows(rows, 0, guess, STEP_S, COAST, SETTINGS, EARTH)
    return {
        "mu": WGS84.mu_m3ps2, "radius": WGS84.equatorial_radius_m, "spin": WGS84.rotation_radps,
        "zonals": list(WGS84.zonals), "decay": COAST_DECAY_S, "step": STEP_S,
        "site": measures[0, 7:10].tolist(), "axes": measures[0, 10:19].reshape(3, 3).tolist(),
        "x": guess.tolist(), "p": np.diag(SPREADS**2).tolist(), "process": (rows.T @ rows).tolist(),
        "noise": np.diag(SIGMA**2).tolist(), "plots": measures[:, 1:4].tolist(),
    }  # fmt: skip


def main(rounds: int) -> None:
    """Print agreement and ratio."""
    guess, measures, truth = arc()
    ours(guess, measures)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(task(guess, measures), file)
        file.flush()
        command = [peer_python(), str(HERE / "stonesoup_peer.py"), file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
            assert peer.stdin is not None and peer.stdout is not None
            times: list[tuple[float, float]] = []
            for _ in range(rounds):
                spent, states = ours(guess, measures)
                peer.stdin.write("go\n")
                peer.stdin.flush()
                theirs = json.loads(peer.stdout.readline())
                times.append((spent, theirs["seconds"] / PLOTS))
            peer.stdin.close()
    apart = np.abs(states - np.array(theirs["states"]))
    error = np.abs(states - truth)[-1]
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    print(f"apart, worst over {PLOTS} plots: {apart[:, :3].max():.2g} m, {apart[:, 3:6].max():.2g} m/s")
    print(f"off the truth at the end: {error[:3].max():.0f} m, {error[3:6].max():.2f} m/s")
    print(f"ours       {1.0 / mine:10,.0f} updates/s of one model")
    print(f"Stone Soup {1.0 / other:10,.0f} updates/s of one model; {ratio:,.0f} x slower")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
