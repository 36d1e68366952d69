"""The decision message: reads back what it wrote, refuses what cannot be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from overflight.errors import InputError
from overflight.warning.decision import (
    MAX_LINE_BYTES,
    DecisionMessage,
    PathPoint,
    read_decision,
    write_decision,
)

TEXT = """{"v":1,"type":"decision","id":"trk-a-17","source":"tracker-a","seq":17,
"event":"launch-20230823T185000Z","status":"Exercise","time":"2023-08-23T18:51:40Z",
"made":"2023-08-23T18:51:40.120Z","track":"firm","outcome":"flying",
"launch":{"time":"2023-08-23T18:50:00Z","time_sigma_s":1.0,"origin":"KP","vehicle":"satellite_rocket"},
"places":[{"code":"47361","p_over_if_continues":0.97,"p_over":0.9,"p_debris":0.0001,
"first_passage":"2023-08-23T18:59:10Z","last_passage":"2023-08-23T19:00:20Z",
"last_arrival":"2023-08-23T19:12:00Z","arrival_p":0.99}],
"assumed":"powered flight as announced; failures as in the plan",
"evidence":[{"kind":"impact_line","source":"tracker-a","time":"2023-08-23T18:51:40Z","words":"line reaches"}],
"path":[{"time":"2023-08-23T18:59:10Z","lat_deg":26.3,"lon_deg":126.7,"height_m":3e5,"cross_sigma_m":8000}],
"sensors":["radar-a","radar-b"]}"""
VALUE: dict[str, Any] = json.loads(TEXT)


def test_reads_and_writes_back() -> None:
    message = read_decision(TEXT.replace("\n", ""))
    assert isinstance(message, DecisionMessage)
    assert message.time == datetime(2023, 8, 23, 18, 51, 40, tzinfo=UTC)
    assert message.places[0].p_over_if_continues == 0.97
    assert message.path[0] == PathPoint(message.places[0].first_passage, 26.3, 126.7, 3e5, 8000.0)  # type: ignore[arg-type]
    assert read_decision(write_decision(message)) == message
    assert "\n" not in write_decision(message)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"v": 2}, "v, type"),
        ({"type": "plot"}, "v, type"),
        ({"id": ""}, "id, event, source, seq"),
        ({"status": "Real"}, "status"),
        ({"outcome": "passed"}, "evidence"),
        ({"outcome": "will_not_arrive", "evidence": []}, "evidence"),
        ({"track": "lost"}, "outcome"),
        ({"time": "2023-08-23T18:51:40"}, "time"),
        ({"time": "2023-08-23T18:51:41Z"}, "time"),
        ({"places": [VALUE["places"][0]] * 2}, "places"),
        ({"places": [{**VALUE["places"][0], "p_over": 1.5}]}, "places[47361].p_over"),
        ({"places": [{**VALUE["places"][0], "last_passage": None}]}, "places[47361].last_passage"),
        ({"more": 1}, "more"),
    ],
)
def test_refuses_by_field(change: dict[str, Any], key: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_decision(json.dumps({**VALUE, **change}))
    assert refusal.value.key == key


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", "[" * 100_000, '{"v":NaN}', " " * (MAX_LINE_BYTES + 1)]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_decision(text)


def test_a_time_zone_of_its_own_is_kept() -> None:
    message = read_decision(json.dumps({**VALUE, "time": "2023-08-24T03:51:40+09:00"}))
    assert message.time.utcoffset() == timedelta(hours=9)
