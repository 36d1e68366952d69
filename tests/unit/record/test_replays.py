"""Replays of public alerts as data: complete, in order, and read strictly."""

from __future__ import annotations

import json

import pytest

from overflight.errors import InputError
from overflight.record.alerts import load_alerts
from overflight.record.replays import Answered, Replayed, ReplayRun, Spread, load_replays, read_replays

REPLAYS = load_replays()


def test_each_alert_is_replayed_or_says_why_not():
    keys = [alert.key for alert in load_alerts()]
    assert sorted([*(one.key for one in REPLAYS.alert), *REPLAYS.not_replayed]) == keys
    assert {alert.key for alert in load_alerts() if alert.launch_event} == {one.key for one in REPLAYS.alert}


def test_no_time_of_a_replay_runs_backwards():
    for one in REPLAYS.alert:
        for run in one.runs:
            for answer in run.answers:
                steps = [run.first_plot_s, answer.drafted_s, answer.called_s, answer.lifted_s]
                known = [step for step in steps if step is not None]
                assert known == sorted(known)
                if answer.called_s is not None:
                    assert answer.called_s - answer.drafted_s >= answer.approval_s
                    assert answer.places_called > 0


def test_nothing_is_lifted_before_thrust_ended_or_the_vehicle_was_there():
    for one in REPLAYS.alert:
        for run in one.runs:
            for answer in run.answers:
                if answer.lifted_s is not None:
                    assert answer.lifted_s > min(run.end_of_thrust_s, run.reached_s or run.end_of_thrust_s)


def run(called: float | None, lifted: float | None, left: float | None) -> ReplayRun:
    answer = Answered(
        approval_s=60, drafted_s=100, called_s=called, places_called=3 if called else 0, lifted_s=lifted
    )
    return ReplayRun(
        seed=1, part=0.5, end_of_thrust_s=300, first_plot_s=90 if called else None, reached_s=None, left_s=left,
        messages=9, machine_s=0.1, answers=(answer,),
    )  # fmt: skip


def test_spreads_are_those_of_the_flights_that_have_a_value():
    runs = (run(160, 400, 380), run(170, 460, None), run(None, None, None), run(200, None, None))
    one = Replayed(key="x", scenario="s", is_own=False, manner="m", prior="p", outcome="o", runs=runs)
    assert one.called(60) == Spread(160, 170, 200, 3)
    assert one.lifted(60) == Spread(400, 430, 460, 2)
    assert one.safe() == Spread(300, 300, 380, 4)
    assert (one.called(10), one.reached(), one.never_seen()) == (None, None, 1)


def test_another_file_is_refused():
    for content in (b"[]", b"{", json.dumps(json.loads(REPLAYS.model_dump_json()) | {"more": 1}).encode()):
        with pytest.raises(InputError, match=r"replays\.json"):
            read_replays(content, "replays.json")
