"""CZML read back by ``czml3``, whose models allow no unknown property."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import czml3
import numpy as np
import pytest

from overflight.formats.czml import scene
from overflight.formats.features import PathRows, PointFeature, PolygonFeature, Role

EPOCH = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)
ROCKET = PathRows(
    "Rocket", EPOCH, np.array([0.0, 5.0, 10.5]), np.array([124.7, 124.8, 124.9]), np.array([39.6, 39.5, 39.4]),
    np.array([0.0, 100.0, 5000.0]), properties={"mass_kg": 5.0, "note": "<script>"},
)  # fmt: skip
STAGE = PathRows(
    "Stage 1", EPOCH, np.array([8.0, 600.0]), np.array([124.9, 124.0]), np.array([39.4, 36.0]), np.array([5e3, 0.0]),
    role=Role.FALL,
)  # fmt: skip
ZONE = PolygonFeature(
    "Zone",
    (
        (
            ((123.0, 36.0), (124.0, 36.0), (124.0, 35.0), (123.0, 36.0)),
            ((123.6, 35.8), (123.8, 35.8), (123.8, 35.6), (123.6, 35.8)),
        ),
        (((125.0, 36.0), (126.0, 36.0), (126.0, 35.0), (125.0, 36.0)),),
    ),
    Role.ANNOUNCED,
    begin_utc=EPOCH,
    end_utc=EPOCH + timedelta(hours=1),
)
FEATURES = [
    ROCKET,
    STAGE,
    ZONE,
    PointFeature("Sohae", 124.705, 39.66),
    PointFeature("x", 128.0, 13.0, role=Role.IMPACT),
]


def read(text: str) -> tuple[czml3.Document, list[dict]]:
    packets = json.loads(text)
    return czml3.Document.model_validate({"packets": packets}), packets


def test_an_independent_reader_takes_every_packet() -> None:
    document, packets = read(scene("Reference event", FEATURES))
    assert len(document.packets) == len(packets) == 1 + 2 + 2 + 2
    assert len({packet.id for packet in document.packets}) == len(packets)
    assert document.packets[0].version == "1.0"


def test_the_clock_runs_over_every_path() -> None:
    _, packets = read(scene("x", FEATURES, speed=20.0))
    clock = packets[0]["clock"]
    assert clock["interval"] == "2023-08-23T18:50:30Z/2023-08-23T19:00:30Z"
    assert clock["currentTime"] == "2023-08-23T18:50:30Z"
    assert clock["multiplier"] == 20.0


def test_positions_are_time_longitude_latitude_height() -> None:
    _, packets = read(scene("x", [ROCKET, STAGE]))
    position = packets[1]["position"]
    assert position["epoch"] == "2023-08-23T18:50:30Z"
    assert np.reshape(position["cartographicDegrees"], (-1, 4)).tolist() == [
        [0.0, 124.7, 39.6, 0.0],
        [5.0, 124.8, 39.5, 100.0],
        [10.5, 124.9, 39.4, 5000.0],
    ]
    assert packets[1]["availability"] == "2023-08-23T18:50:30Z/2023-08-23T18:50:40.5Z"
    assert packets[2]["position"]["epoch"] == "2023-08-23T18:50:38Z"
    assert packets[2]["position"]["cartographicDegrees"][0] == 0.0


def test_texts_are_escaped_for_viewers_that_show_html() -> None:
    _, packets = read(scene("x", [ROCKET]))
    assert "&lt;script&gt;" in packets[1]["description"]
    assert "<script>" not in packets[1]["description"]


def test_zones_keep_their_holes() -> None:
    _, packets = read(scene("x", [ZONE]))
    first, second = packets[1]["polygon"], packets[2]["polygon"]
    assert len(first["positions"]["cartographicDegrees"]) == 9
    assert len(first["holes"]["cartographicDegrees"]) == 1
    assert "holes" not in second
    assert packets[1]["availability"] == packets[2]["availability"]


def test_without_paths_there_is_no_clock() -> None:
    _, packets = read(scene("x", [ZONE]))
    assert "clock" not in packets[0]


def test_the_reader_would_refuse_a_wrong_property() -> None:
    packets = json.loads(scene("x", [ROCKET]))
    packets[1]["paht"] = packets[1].pop("path")
    with pytest.raises(ValueError, match="paht"):
        czml3.Document.model_validate({"packets": packets})
