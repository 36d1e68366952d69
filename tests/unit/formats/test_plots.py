"""Measurement messages: the documented line, what is left out, what is refused."""

import json
import math

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.formats.plots import DEFAULT_SIGMA, read_measurement, write_measurement
from overflight.formats.plots_schema import measurement_schema
from overflight.track.measurements import Cue, FeedStatus, Plot, Position, SensorSite

LINE = (
    '{"v":1,"type":"plot","source":"radar-a","seq":17,"time":"2023-08-23T18:52:10.250Z","track":"a-3",'
    '"range_m":412345.6,"azimuth_deg":191.2,"elevation_deg":14.1,'
    '"sigma":{"range_m":50,"azimuth_deg":0.06,"elevation_deg":0.06},"exercise":true,"signature":null}'
)


CUE = (
    '{"v":1,"type":"cue","source":"partner","seq":3,"time":"2023-08-23T18:50:30Z","sent":"2023-08-23T18:51:15Z",'
    '"latitude_deg":39.66,"longitude_deg":124.705,"time_sigma_s":5,"spread_m":5000,"confidence":0.9,"exercise":true}'
)


def changed(**fields):
    value = json.loads(LINE) | fields
    return json.dumps({k: v for k, v in value.items() if v != "absent"})


def test_the_documented_line():
    plot = read_measurement(LINE)
    assert isinstance(plot, Plot)
    assert (plot.source, plot.seq, plot.track, plot.exercise) == ("radar-a", 17, "a-3", True)
    assert plot.time_s == 1692816730.25
    assert plot.azimuth_rad == math.radians(191.2)
    jsonschema.validate(json.loads(LINE), measurement_schema())


def test_what_is_written_is_read_the_same():
    for line in (
        LINE,
        '{"v":1,"type":"position","source":"p","seq":1,"time":"2023-08-23T18:52:10Z","track":null,'
        '"latitude_deg":30.5,"longitude_deg":125.25,"height_m":1e5,"sigma":{"east_m":10,"north_m":20,"up_m":30}}',
        '{"v":1,"type":"sensor","source":"p","latitude_deg":30.5,"longitude_deg":125.25,"height_m":10}',
        CUE,
        CUE.replace("0.9", "0"),
    ):
        value = read_measurement(line)
        assert isinstance(value, Plot | Position | SensorSite | Cue)
        again = write_measurement(value)
        jsonschema.validate(json.loads(again), measurement_schema())
        assert write_measurement(read_measurement(again)) == again


def test_a_plot_may_leave_out_what_it_does_not_know():
    plot = read_measurement(
        changed(sigma="absent", seq="absent", track="absent", exercise="absent", signature="absent")
    )
    assert isinstance(plot, Plot)
    assert plot.sigma[0] == DEFAULT_SIGMA["range_m"]
    assert plot.seq is None
    assert not plot.exercise
    assert isinstance(
        read_measurement(
            '{"v":1,"type":"status","source":"a","time":"2023-01-01T00:00:00+09:00","alive":true}'
        ),
        FeedStatus,
    )


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"v": 2}, "v"),
        ({"type": "missile"}, "type"),
        ({"source": ""}, "source"),
        ({"source": "a\x00b"}, "source"),
        ({"time": "2023-08-23T18:52:10"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"range_m": -5}, "range_m"),
        ({"range_m": "far"}, "range_m"),
        ({"range_m": 1e308}, "range_m"),
        ({"elevation_deg": 123}, "elevation_deg"),
        ({"azimuth_deg": True}, "azimuth_deg"),
        ({"sigma": {"range_m": 0}}, "range_m"),
        ({"sigma": 5}, "sigma"),
        ({"exercise": "yes"}, "exercise"),
        ({"seq": -1}, "seq"),
        ({"seq": 1.5}, "seq"),
    ],
)
def test_each_fault_is_named(fields, key):
    with pytest.raises(InputError) as fault:
        read_measurement(changed(**fields))
    assert fault.value.key == key


def test_a_cue_says_when_it_rose_when_that_was_told_and_how_sure_its_source_is():
    cue = read_measurement(CUE)
    assert isinstance(cue, Cue)
    assert (cue.told_s - cue.time_s, cue.seq, cue.confidence) == (45.0, 3, 0.9)
    bare = read_measurement(
        CUE.replace(',"confidence":0.9', "").replace('"sent":"2023-08-23T18:51:15Z",', "")
    )
    assert isinstance(bare, Cue)
    assert (bare.confidence, bare.told_s) == (0.5, bare.time_s), (
        "who does not say how sure they are is not sure"
    )


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"confidence": 1.2}, "confidence"),
        ({"confidence": "high"}, "confidence"),
        ({"sent": "2023-08-24T18:51:15Z"}, "sent"),
        ({"sent": "2023-08-23T18:41:15Z"}, "sent"),
        ({"time_sigma_s": -1}, "time_sigma_s"),
        ({"latitude_deg": None}, "latitude_deg"),
    ],
)
def test_each_fault_of_a_cue_is_named(fields, key):
    with pytest.raises(InputError) as fault:
        read_measurement(json.dumps(json.loads(CUE) | fields))
    assert fault.value.key == key


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{", "null", LINE.replace("412345.6", "NaN"), LINE + " " * 20_000, "[" * 5000, b"\xff\xfe"],
)
def test_what_is_no_message_is_refused(line):
    with pytest.raises(InputError):
        read_measurement(line)


@given(st.binary(max_size=300) | st.text(max_size=300), st.integers(0, len(LINE) - 1), st.integers(0, 255))
def test_nothing_but_a_measurement_or_a_refusal(rubbish, at, byte):
    data = bytearray(LINE.encode())
    data[at] = byte
    for line in (rubbish, bytes(data)):
        try:
            value = read_measurement(line)
        except InputError:
            continue
        assert math.isfinite(value.time_s if not isinstance(value, SensorSite) else value.latitude_rad)
