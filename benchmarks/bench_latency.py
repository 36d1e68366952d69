"""Latency of `overflight warn`, ten radars at 10 Hz: `benchmarks/bench_latency.py [seconds] [processor]`.

A launch seen by ten radars at 10 Hz is played in real time into the real command, with a plan.
For each plot: from when its last byte was handed over until the first decision message that rests on
it or a later one was read, which is what a draft is made of; then the desk's own time from such a message to
its draft. On a machine that does other work the figures are of that machine; with `processor` the same work
is done without the command, by a clock that goes on with the processor time spent, as on a core of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from overflight import rng
from overflight.flight.simulate import scenario_air
from overflight.formats.plots import read_measurement, write_measurement
from overflight.formats.sensors_toml import site_of
from overflight.jobs.simulate import simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.scenario.load import load_scenario
from overflight.track.prior import plan_prior
from overflight.track.simulated import SimulatedSensor
from overflight.warning.alert import Status

EXAMPLE = Path(__file__).parents[1] / "examples" / "malligyong-1-2023-08-24"
RADARS, RATE_HZ, FIRST_S = 10, 10.0, 150.0
EVERY_S = 0.5
GOAL_S = 1.0
CLOCK_S = 0.1
"""Spread of the radars' clocks: plots do not come in the order of their stamps."""


def radars() -> tuple[SimulatedSensor, ...]:
    """Return ten radars round the Yellow Sea that see the launch in its third minute, their clocks apart."""
    places = np.radians([[38.0 - 0.4 * k, 126.5 - 0.35 * (k % 4)] for k in range(RADARS)])
    clocks = CLOCK_S * rng.normal(1, "bench.clock", np.arange(RADARS))
    return tuple(
        SimulatedSensor(f"radar-{k}", lat, lon, 100.0, rate_hz=RATE_HZ, clock_bias_s=float(clocks[k]))
        for k, (lat, lon) in enumerate(places)
    )


def feed(until_s: float) -> tuple[list[str], list[tuple[float, float, str]]]:
    """Return the lines of the sites, and arrival, stamp (Unix) and line of each plot."""
    stations = radars()
    flown = simulate(load_scenario(EXAMPLE / "launch.toml"), stations, seed=1, until_s=until_s)
    head = [write_measurement(site_of(station, exercise=True)) for station in stations]
    plots = [
        (d.arrival_s, d.plot.time_s, write_measurement(d.plot)) for d in flown.plots if d.arrival_s >= FIRST_S
    ]
    return head, plots


def played(
    head: list[str], plots: list[tuple[float, float, str]]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return when each plot was handed over and each message read (s), and the messages."""
    command = [sys.executable, "-m", "overflight.cli", "warn", "--feed", "-", "--quiet"]
    command += ["--plan", str(EXAMPLE / "launch.toml"), "--every", str(EVERY_S)]
    read: list[tuple[float, str]] = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as run:
        assert run.stdin is not None and run.stdout is not None
        out = run.stdout

        def listen() -> None:
            read.extend((time.perf_counter(), line) for line in out)

        listener = threading.Thread(target=listen)
        listener.start()
        run.stdin.write("".join(f"{line}\n" for line in head))
        time.sleep(float(os.environ.get("WARM_UP_S", "20")))  # the plan is flown and everything loaded
        began, sent = time.perf_counter(), []
        for arrival_s, _, line in plots:
            wait = began + arrival_s - plots[0][0] - time.perf_counter()
            if wait > 0.0:
                time.sleep(wait)
            run.stdin.write(f"{line}\n")
            run.stdin.flush()
            sent.append(time.perf_counter())
        run.stdin.close()
        listener.join()
    return np.array(sent), np.array([at for at, _ in read]), [line for _, line in read]


def by_processor(head: list[str], plots: list[tuple[float, float, str]]) -> None:
    """Print how late messages are on a core that does nothing else, and how busy it is."""
    scenario = load_scenario(EXAMPLE / "launch.toml")
    air = scenario_air(scenario)
    settings = WarnSettings(every_s=EVERY_S)
    warner = Warner(Status.EXERCISE, prior=plan_prior(scenario, air), air=air, settings=settings)
    warner.prepare()
    warner.take([read_measurement(line) for line in head])
    now, done, answered, busy = plots[0][0], 0, 0, 0.0
    late, costs, arrival_s = [], [], [plot[0] for plot in plots]
    while done < len(plots):
        now = max(now, plots[done][0])
        begun = time.process_time()
        came = plots[done : np.searchsorted(arrival_s, now, side="right")]
        warner.take([read_measurement(line) for _, _, line in came])
        messages = warner.decide()
        spent = time.process_time() - begun
        now, busy, done = now + spent, busy + spent, done + len(came)
        if messages:
            if answered:  # what came before the launch was known has no message to wait for
                late += [now - each for each in arrival_s[answered:done]]
            answered = done
            costs.append(spent)
    print(f"by processor time: {busy / (now - plots[0][0]):.2f} of a core, {len(costs)} messages")
    p50, p99 = np.percentile(costs, (50, 99))
    print(f"plots and forecast of a message: median {p50:.2f} s, p99 {p99:.2f} s")
    p50, p99 = np.percentile(late, (50, 99))
    print(f"any plot in to a message that has it: median {p50:.2f} s, p99 {p99:.2f} s")


def drafted_s(lines: list[str]) -> float:
    """Return the median time in which a desk takes a message in and drafts from it (s)."""
    from overflight.service.channels.http import HttpClients
    from overflight.service.config import read_desk_config
    from overflight.service.start import CONFIG, make_desk, make_folder
    from overflight.warning.decision import read_decision

    with tempfile.TemporaryDirectory() as folder:
        make_folder(Path(folder), "bench", datetime(2023, 8, 1, tzinfo=UTC))
        desk = make_desk(read_desk_config(Path(folder) / CONFIG), Path(folder), HttpClients())
        desk.is_live = False
        took = []
        for line in lines[:60]:
            begun = time.perf_counter()
            desk.hear(read_decision(line))
            took.append(time.perf_counter() - begun)
        desk.store.close()
    return float(np.percentile(took, 99))


def main(seconds: float, *, processor: bool) -> None:
    """Print the figures."""
    head, plots = feed(FIRST_S + seconds)
    if processor:
        by_processor(head, plots)
        return
    sent, read, lines = played(head, plots)
    rests_on = np.array([datetime.fromisoformat(json.loads(line)["time"]).timestamp() for line in lines])
    stamps = np.array([stamp for _, stamp, _ in plots])
    first = np.searchsorted(np.maximum.accumulate(rests_on), stamps - 1e-3)
    counted = (first > 0) & (first < len(read))
    waits = read[first[counted]] - sent[counted]
    fresh = 1 + np.flatnonzero(rests_on[1:] <= stamps.max())  # later ones tell of the silence at the end
    newest = sent[np.searchsorted(np.maximum.accumulate(stamps), rests_on[fresh] - 1e-3)]
    made = read[fresh] - newest
    desk_s = drafted_s(lines)
    rate = len(plots) / (sent[-1] - sent[0])
    size_kb = np.mean([*map(len, lines)]) / 1e3
    print(f"{RADARS} radars, {rate:.0f} plots/s, {len(lines)} messages of {size_kb:.0f} kB")
    for words, values in (
        ("newest plot in to message out", made),
        ("any plot in to a message that has it", waits),
    ):
        p50, p99 = np.percentile(values, (50, 99))
        print(f"{words}: median {p50:.2f} s, p99 {p99:.2f} s")
    print(f"message in to draft at the desk: p99 {desk_s:.2f} s")
    whole = float(np.percentile(waits, 99)) + desk_s
    print(f"last byte of a plot in to draft ready, p99: {whole:.2f} s = {whole / GOAL_S:.2f} of the goal")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, processor="processor" in sys.argv[2:])
