"""A drill made of a plan: what a desk drafts from it, how it ends, and that it is never anything but a drill."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from deskfakes import KUMEJIMA, MIYAKOJIMA, POLICY, places
from overflight.cli.app import app
from overflight.errors import InputError
from overflight.jobs.drill_script import Ends, ScriptSettings, drill_script
from overflight.jobs.stored_plan import read_plan
from overflight.jobs.warn_desk import DryDesk
from overflight.warning.alert import Status
from overflight.warning.decision import read_decision, write_decision
from overflight.warning.policy import read_policy

LIFT_OFF = datetime(2030, 1, 1, tzinfo=UTC)
RUN = {
    "made_by": "overflight plan", "inputs": {"scenario_sha256": "0" * 64},
    "report": {
        "title": "Example", "run": {"run_id": "r1", "flights": 100, "seed": 1},
        "lift_off_utc": "2029-01-01T00:00:00+00:00", "zone_label": "JST", "zone_offset_h": 9, "width_km": 50,
        "outcomes": [{"key": "as-planned", "label": "As planned", "probability": 0.5}], "drop_zones": [],
    },
}  # fmt: skip
HEAD = "key,name,name_en,country,p_over,p_over_error,first_over_s,last_over_s,p_debris,p_debris_error,p_debris_below"
ROWS = (
    HEAD, f"{KUMEJIMA},久米島町,Kumejima,JP,0.4,0.01,400,460,0.0001,0,", f"{MIYAKOJIMA},宮古島市,Miyako,JP,0.2,0.01,420,480,0,0,",
    "KR-1,,Far,KR,0.00001,0,100,110,0,0,", "KR-2,,Never,KR,0,0,,,0,0,",
)  # fmt: skip


def plan(rows=ROWS):
    return read_plan(json.dumps(RUN).encode(), "\n".join(rows).encode(), "out")


def script(ends: Ends):
    return drill_script(plan(), ScriptSettings(LIFT_OFF, ends, 10.0, "KP"))


def steps(ends: Ends):
    desk = DryDesk(read_policy(POLICY), places(), 20.0)
    for message in script(ends):
        desk.hear(message)
    return [(s.does, (s.sent - LIFT_OFF).total_seconds() if s.sent else None) for s in desk.steps()]


@pytest.mark.parametrize("ends", Ends)
def test_every_message_is_a_drill_that_a_desk_can_read(ends):
    made = script(ends)
    assert {message.status for message in made} == {Status.EXERCISE}
    assert [message.seq for message in made] == list(range(len(made)))
    assert all(read_decision(write_decision(message)) == message for message in made)
    assert {place.code for place in made[0].places} == {KUMEJIMA, MIYAKOJIMA}, "rare places are left out"
    first = made[0].places[0]
    assert (first.p_over_if_continues, first.p_over) == (0.8, 0.4), "half of the flights go on as planned"
    assert first.first_passage == LIFT_OFF + timedelta(seconds=400) and "no sensor" in made[0].assumed


def test_it_is_called_and_lifted_where_it_passes_or_falls_short():
    passed = steps(Ends.PASSED)
    assert passed[0][0] == "call" and passed[0][1] < 130
    assert passed[-1][0] == "lift" and 490 <= passed[-1][1] <= 560
    short = steps(Ends.SHORT)
    assert short[-1][0] == "lift" and short[-1][1] < 300


def test_what_is_lost_is_never_lifted():
    assert {does for does, _ in steps(Ends.LOST)} == {"call"}


def test_a_plan_that_passes_nobody_is_refused():
    with pytest.raises(InputError, match="nobody to warn"):
        drill_script(plan((HEAD, ROWS[-1])), ScriptSettings(LIFT_OFF))


def test_the_command_writes_a_file_or_plays_never_both(tmp_path):
    runner = CliRunner()
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    (tmp_path / "places.csv").write_text("\n".join(ROWS), "utf-8")
    (tmp_path / "scenario.json").write_text('{"site": {"country": "KP"}}')
    ask = ["desk", "script", str(tmp_path), "--lift-off", "2030-01-01T09:00:00+09:00"]
    file = tmp_path / "drill.ndjson"
    assert runner.invoke(app, [*ask, "-o", str(file), "--ends", "short"]).exit_code == 0
    lines = file.read_text("utf-8").splitlines()
    assert read_decision(lines[0]).launch.time == LIFT_OFF and read_decision(lines[0]).launch.origin == "KP"
    assert runner.invoke(app, [*ask, "-o", str(file)]).exit_code == 2  # never overwritten unasked
    for wrong in ([], ["-o", "-", "--desk", "http://127.0.0.1:1"], ["-o", "-", "--lift-off", "noon"]):
        result = runner.invoke(app, ["desk", "script", str(tmp_path), *wrong])
        assert result.exit_code == 2 and "--" in result.output
    assert runner.invoke(app, ["desk", "script", str(tmp_path / "none"), "-o", "-"]).exit_code == 2
