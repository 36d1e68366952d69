"""Recordings of sensors as feeds of `overflight warn`: told by their content, refused before anything is done."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime

import pytest

from overflight.cli.feeds import Feeds
from overflight.cli.recordings import Recordings
from overflight.errors import InputError
from overflight.formats.plots import read_measurement
from overflight.formats.sensors_toml import read_sensors
from overflight.formats.tdm import write_tdm
from overflight.track.measurements import Plot

SENSORS = b"""
[[sensor]]
key = "okinawa"
latitude_deg = 26.2
longitude_deg = 127.7
asterix = [25, 201]
"""
PUBLISHED = bytes.fromhex(
    "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e410020f5"
)
AT = datetime(2023, 8, 23, 18, 52, 10, tzinfo=UTC).timestamp()


def told(path, recordings):
    feeds = Feeds([str(path)], recordings=recordings)
    lines = [line for batch in feeds.batches() for line in batch.lines]
    assert not feeds.troubles
    return [read_measurement(line) for line in lines]


def test_asterix_is_told_by_its_content(tmp_path):
    pytest.importorskip("asterix", reason="the extra sensors is not installed")
    path = tmp_path / "plots.ndjson"
    path.write_bytes(PUBLISHED * 3 + b"\x30\x00")
    recordings = Recordings(date(2023, 8, 23), read_sensors(SENSORS, "sensors.toml"))
    found = told(path, recordings)
    assert [(m.source, m.track) for m in found] == [("okinawa", "3563")] * 3
    assert recordings.refused == {("", "the rest of a recording, after a length that is wrong"): 1}
    with pytest.raises(InputError, match="--day"):
        Feeds([str(path)])


def test_a_tdm_is_told_by_its_content_and_refused_before_it_is_used(tmp_path):
    path = tmp_path / "plots.bin"
    plot = Plot("okinawa", None, AT, "7", 4e5, 3.0, 0.2, (1.0, 1.0, 1.0), exercise=True)
    path.write_text(write_tdm([plot], originator="TEST", created_utc=datetime(2023, 8, 24, tzinfo=UTC)))
    (found,) = told(path, Recordings(sensors=read_sensors(SENSORS, "sensors.toml")))
    assert found.range_m == pytest.approx(4e5)
    assert found.exercise
    assert found.sigma == pytest.approx((50.0, math.radians(0.06), math.radians(0.06)))
    path.write_text(path.read_text().replace("UTC", "GPS"))
    with pytest.raises(InputError, match="TIME_SYSTEM"):
        Feeds([str(path)])


def test_lines_are_read_as_they_are(tmp_path):
    path = tmp_path / "plots.ast"
    line = {"v": 1, "type": "status", "source": "a", "time": "2023-08-23T18:52:10Z", "alive": True}
    path.write_text(json.dumps(line) + "\n")
    assert [m.source for m in told(path, Recordings())] == ["a"]


@pytest.mark.parametrize("value", ["[25]", "[25, 256]", "[25, -1]", "[true, 1]", "25", '["a", "b"]'])
def test_a_sac_and_sic_that_are_none_are_refused(value):
    with pytest.raises(InputError, match="SAC, SIC"):
        read_sensors(SENSORS.replace(b"[25, 201]", value.encode()), "sensors.toml")


def test_two_sensors_of_one_sac_and_sic_are_refused():
    with pytest.raises(InputError, match="once"):
        read_sensors(SENSORS + SENSORS.replace(b'"okinawa"', b'"other"'), "sensors.toml")
