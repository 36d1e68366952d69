"""The published ascent of GELATO flown again with its attitude, section by section and end to end.

Open trajectory optimiser (commit ed4266f2294e, MIT licence), `example/`: a launcher of 28 t from Taiki. Between its
nodes the direction of thrust is taken as even; gravity goes to J2, as there. Its drag lies on straight lines between
the rows of its table; ours is a smooth curve through them, so the scenario states rows enough that the two are one.
"""

from __future__ import annotations

import csv
import itertools

import numpy as np
import pytest

from overflight.earth.constants import WGS84
from overflight.flight import kernels_rhs as rhs
from overflight.flight.kernels_ascent import fly_many
from overflight.flight.kernels_guidance import TARGET_COLUMNS
from overflight.flight.sequence import drag_table
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import load_scenario
from support import ROOT, shared_path

G0 = 9.80665


@pytest.fixture(scope="module")
def nodes():
    """Return time, state with mass, thrust direction, stage, thrust and event of every node."""
    path = shared_path("validation", "gelato", "example-trajectory_init.csv")
    with path.open() as file:
        table = list(csv.DictReader(file))

    def columns(*names: str) -> np.ndarray:
        return np.array([[float(row[name]) for name in names] for row in table])

    state = columns(*(f"{kind}_ECI_{axis}" for kind in ("pos", "vel") for axis in "XYZ"), "mass")
    direction = columns(*(f"thrustvec_ECI_{axis}" for axis in "XYZ"))
    stage, thrust = columns("stage")[:, 0], columns("thrust")[:, 0]
    return columns("time")[:, 0], state, direction, stage, thrust, [row["event"] for row in table]


def replay(nodes, first: int, last: int) -> np.ndarray:
    """Return the state with mass at node ``last``, flown from node ``first`` with the published attitude."""
    time, state, direction, stage, thrust, _ = nodes
    scenario = load_scenario(ROOT / "examples" / "taiki-two-stage" / "launch.toml")
    phases = []
    for i in range(first, last):
        span = time[i + 1] - time[i]
        if span < 1e-6:  # the same instant after something was let go
            if phases:
                phases[-1][rhs.DROP_KG] = state[i, 6] - state[i + 1, 6]
            continue
        phase = np.zeros(rhs.PHASE_COLUMNS)
        phase[rhs.END_S] = time[i + 1] - time[first]
        booster = stage[i] == 1
        if thrust[i] > 0.0:
            phase[rhs.THRUST_N] = 420_000.0 if booster else 30_700.0
            phase[rhs.MASS_FLOW] = phase[rhs.THRUST_N] / (G0 * (304.0 if booster else 317.0))
            phase[rhs.NOZZLE_M2] = 0.68 if booster else 0.0
        phase[rhs.AREA_M2] = 2.21 if booster else 0.0
        phase[rhs.STEERING], phase[rhs.START_S] = rhs.LINEAR_AIM, time[i] - time[first]
        phase[rhs.AIM : rhs.AIM + 3] = direction[i]
        phase[rhs.AIM_RATE : rhs.AIM_RATE + 3] = (direction[i + 1] - direction[i]) / span
        phases.append(phase)
    bodies = np.zeros((1, rhs.BODY_COLUMNS))
    bodies[0, [rhs.WIND_FACTOR, rhs.DENSITY_FACTOR]] = 1.0
    bodies[0, [rhs.STOP_S, rhs.ENERGY_LIMIT, rhs.LOAD_LIMIT]] = np.inf
    drag = drag_table(scenario.vehicle.drag.mach, scenario.vehicle.drag.cd)
    return fly_many(
        state[first][None], np.array(phases)[None], bodies, np.zeros((1, TARGET_COLUMNS)), 1e-4,
        scenario_air(scenario).coefficients, drag, WGS84.up_to(2).as_array(), 3, 0, 1.0,
    )[0][0, 2:]  # fmt: skip


def test_every_section_from_its_event(nodes, verified) -> None:
    time, state, _, _, _, event = nodes
    begins = [i for i, name in enumerate(event) if name]
    for begin, end in itertools.pairwise(begins):
        if time[end] - time[begin] < 1e-6 or time[begin] > 572.0:
            continue
        first = begin + 1 if time[begin + 1] - time[begin] < 1e-6 else begin
        ours = replay(nodes, first, end)
        position, velocity = (np.linalg.norm(ours[k : k + 3] - state[end, k : k + 3]) for k in (0, 3))
        verified(f"GELATO from {event[begin]}: position", position, allowed=300.0, unit="m")
        verified("the same: velocity", velocity, allowed=2.0, unit="m/s")


def test_end_to_end(nodes, verified) -> None:
    _, state, _, _, _, event = nodes
    end = event.index("SECO")
    ours = replay(nodes, 0, end)
    verified("GELATO from lift-off to cut-off: position", np.linalg.norm(ours[:3] - state[end, :3]),
             allowed=3e3, unit="m")  # fmt: skip
    verified("the same: velocity", np.linalg.norm(ours[3:6] - state[end, 3:6]), allowed=10.0, unit="m/s")
