"""A replay on a short flight: its clock is that of the true lift-off, and approval moves calls and lifts."""

from __future__ import annotations

import pytest

from overflight.formats.sensors_toml import read_sensors
from overflight.jobs.alert_replay import Case, replay
from overflight.scenario.load import load_scenario
from overflight.warning.policy import read_policy
from support import ROOT

EXAMPLE = ROOT / "examples" / "malligyong-1-2023-08-24"


@pytest.fixture(scope="module")
def run():
    sensors = read_sensors((EXAMPLE / "sensors.toml").read_bytes(), "sensors.toml")
    policy = read_policy((ROOT / "examples/desk/policy.toml").read_bytes(), "policy.toml")
    case = Case("stage-2-no-ignition", 0.5, 3, every_s=10.0, until_s=300.0)
    return replay(load_scenario(EXAMPLE / "launch.toml"), sensors, None, policy, case, (0.0, 30.0))


def test_a_flight_that_falls_short_is_called_and_lifted(run):
    assert run.left_s is None and run.safe_s == run.end_of_thrust_s
    assert run.first_plot_s is not None and 60.0 < run.first_plot_s < 140.0
    quick, slow = run.answers
    for answer in run.answers:
        assert answer.drafted_s is not None and answer.called_s is not None
        assert run.first_plot_s < answer.drafted_s < answer.called_s
    assert slow.called_s >= slow.drafted_s + 30.0 > quick.called_s
    assert quick.lifted_s is not None and quick.lifted_s > run.end_of_thrust_s
