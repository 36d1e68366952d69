"""The fall as the product flies it against the full equations of motion solved at 1e-6 m.

Real break-ups of the worked example: every fragment class, wind, and the settled last part of light bodies.
"""

from __future__ import annotations

import numpy as np
import pytest

from overflight.debris.breakup import break_up
from overflight.debris.catalogue import generic_catalogue
from overflight.earth.constants import WGS84
from overflight.earth.frames import eci_to_ecef, geodetic_to_ecef
from overflight.flight.kernels_fall import fall_rows
from overflight.flight.kernels_rhs import BODY_COLUMNS, GROUND_M
from overflight.flight.launch import launch
from overflight.flight.simulate import TUMBLING_DRAG, fall, scenario_air
from overflight.scenario.load import load_scenario
from support import ROOT


@pytest.fixture(scope="module")
def falls():
    """Return class, and distance (m) and time (s) between product and reference, of 1,200 fragments."""
    scenario = load_scenario(ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=80, seed=3)
    releases = ensemble.releases
    kinds = np.array([body.kind for body in ensemble.bodies])[releases.body]
    broken = np.flatnonzero(kinds == "breakup")
    pieces = break_up(
        generic_catalogue(), 3, ensemble.samples.key[releases.sample[broken]], releases.state[broken],
        np.full(len(broken), 1000.0), 50,
    )  # fmt: skip
    start, m = releases.time_s[broken][pieces.source], len(pieces.mass_kg)
    bodies = np.ones((m, BODY_COLUMNS))
    bodies[:, GROUND_M] = 0.0
    ours = fall(start, pieces.state, pieces.ballistic_kgpm2, np.arange(m), bodies, air)
    # asked for rows, the kernel flies the full equations to the ground
    _, _, ends = fall_rows(
        start, pieces.state, pieces.ballistic_kgpm2, bodies, 40_000.0, 1e-6, air.coefficients, TUMBLING_DRAG,
        WGS84.as_array(), 1, 1e9,
    )  # fmt: skip
    assert (ours.code == 0).all()
    assert (ends[:, 0] == 0.0).all()
    there, _ = eci_to_ecef(ends[:, 2:5], ends[:, 5:8], ends[:, 1])
    here = geodetic_to_ecef(ours.latitude_rad, ours.longitude_rad, 0.0)
    return pieces.fragment_class, np.linalg.norm(here - there, axis=1), np.abs(ours.time_s - ends[:, 1])


def test_impacts_of_the_real_mix(falls, verified) -> None:
    _, distance_m, time_s = falls
    assert len(distance_m) >= 1000
    verified("impact, 95th percentile of the mix", np.percentile(distance_m, 95), allowed=2.0, unit="m")
    verified("impact, largest of the mix", distance_m.max(), allowed=20.0, unit="m")
    verified("time of impact, 95th percentile", np.percentile(time_s, 95), allowed=0.1, unit="s")


@pytest.mark.parametrize("fragment_class", range(5))
def test_impacts_of_each_class(falls, fragment_class, verified) -> None:
    kinds, distance_m, _ = falls
    worst = np.percentile(distance_m[kinds == fragment_class], 95)
    verified(f"impact, 95th percentile of class {fragment_class}", worst, allowed=3.0, unit="m")
