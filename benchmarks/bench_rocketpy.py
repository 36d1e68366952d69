"""A sounding rocket from lift-off to ground beside RocketPy: `python benchmarks/bench_rocketpy.py [rounds]`.

RocketPy lives in an environment of its own, made on the first run beside this project's ``.venv`` (or named
by ``ROCKETPY_PYTHON``). Both sides fly in turns; ratios are medians of processor time a flight. Same masses,
thrust, drag against Mach, rail, standard air; RocketPy's Earth is flat, ours a rotating ellipsoid.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from overflight.flight.sequence import drag_table
from overflight.flight.simulate import fall, fly, geodetic_rows, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.load import parse_scenario

HERE = Path(__file__).parent
MACH = (0.0, 0.6, 0.9, 1.1, 1.3, 2.0, 3.0, 5.0, 10.0)
CD = (0.30, 0.30, 0.40, 0.62, 0.60, 0.45, 0.33, 0.26, 0.24)
FLIGHTS = 2000
ROCKET = f"""
schema_version = 1
title = "Sounding rocket"
[launch]
utc = 2030-03-01T01:00:00Z
[site]
name = "Pad"
latitude_deg = 39.66
longitude_deg = 124.705
altitude_m = 100.0
[vehicle]
name = "Sounding rocket"
payload_kg = 0.0
[vehicle.drag]
mach = {list(MACH)}
cd = {list(CD)}
[[vehicle.stage]]
name = "Motor"
dry_mass_kg = 70.0
propellant_kg = 48.0
thrust_vacuum_n = 12000.0
isp_vacuum_s = {12_000 * 12 / (48 * 9.80665)}
reference_area_m2 = {np.pi * 0.1**2}
ballistic_kgpm2 = {70 / (0.3 * np.pi * 0.1**2)}
[[flight_plan.steering]]
stage = 1
pitch_deg = 84.0
heading_deg = 190.0
[[flight_plan.steering]]
stage = 1
start_s = 0.5
mode = "gravity_turn"
"""


def peer_python() -> str:
    """Return the Python that has RocketPy, made if need be."""
    named = os.environ.get("ROCKETPY_PYTHON")
    if named:
        return named
    home = HERE.parent / ".venv-rocketpy"
    python = home / "bin" / "python"
    if not python.exists():
        print("making an environment for RocketPy ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "rocketpy==1.13.0"], check=True)
    return str(python)


class Ours:
    """Our side: ascent to burn-out, then the fall with the rocket's own drag."""

    def __init__(self) -> None:
        self.scenario = parse_scenario(ROCKET.encode(), "rocket.toml")
        self.air = scenario_air(self.scenario)
        self.drag = drag_table(MACH, tuple(c / CD[0] for c in CD))
        self.draws = nominal_draws(self.scenario, FLIGHTS)
        self.ballistic = self.scenario.vehicle.stage[0].ballistic_kgpm2.value

    def flights(self) -> tuple[float, float]:
        """Return seconds a flight and the time of impact."""
        begin = time.process_time()
        flown = fly(self.scenario, self.draws, self.air)
        fallen = fall(
            flown.ends[:, 1], flown.ends[:, 2:8], np.full(FLIGHTS, self.ballistic), np.arange(FLIGHTS),
            flown.inputs.bodies, self.air, drag=self.drag,
        )  # fmt: skip
        return (time.process_time() - begin) / FLIGHTS, float(fallen.time_s[0])

    def apogee_m(self) -> float:
        """Return the highest point above the pad, from rows of the fall every second."""
        from overflight.earth.constants import WGS84
        from overflight.flight.kernels_fall import fall_rows

        one = fly(self.scenario, nominal_draws(self.scenario), self.air)
        rows, filled, _ = fall_rows(
            one.ends[:1, 1].copy(), np.ascontiguousarray(one.ends[:1, 2:8]), np.array([self.ballistic]),
            one.inputs.bodies, 4000.0, 0.05, self.air.coefficients, self.drag, WGS84.as_array(), 4000, 1.0,
        )  # fmt: skip
        return float(geodetic_rows(rows[0, : filled[0]])[2].max()) - 100.0


def main(rounds: int) -> None:
    """Print the ratios."""
    table = json.dumps([list(pair) for pair in zip(MACH, CD, strict=True)])
    command = [peer_python(), str(HERE / "rocketpy_peer.py"), table]
    peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert peer.stdin is not None and peer.stdout is not None

    def theirs(freedom: str) -> dict[str, float]:
        peer.stdin.write(freedom + "\n")
        peer.stdin.flush()
        return json.loads(peer.stdout.readline())

    ours = Ours()
    ours.flights()
    seconds: dict[str, list[float]] = {"ours": [], "3": [], "6": []}
    last: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        spent, down_s = ours.flights()
        seconds["ours"].append(spent)
        for freedom in ("3", "6"):
            last[freedom] = theirs(freedom)
            seconds[freedom].append(last[freedom]["seconds"])
    peer.stdin.close()
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(
        f"ours          {1e6 * median['ours']:9.1f} us a flight; "
        f"apogee {ours.apogee_m():,.0f} m, ground at {down_s:.1f} s"
    )
    for freedom in ("3", "6"):
        ratio = statistics.median(t / o for t, o in zip(seconds[freedom], seconds["ours"], strict=True))
        note = f"apogee {last[freedom]['apogee_m']:,.0f} m, ground at {last[freedom]['time_s']:.1f} s"
        print(f"RocketPy {freedom}-DOF {1e6 * median[freedom]:9.1f} us a flight; {note}; {ratio:,.0f} x ours")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
