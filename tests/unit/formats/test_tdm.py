"""CCSDS TDM: a radar's message, the round trip, what is refused and where."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.formats.tdm import LIGHT_MPS, read_tdm, write_tdm
from overflight.track.measurements import Plot

MESSAGE = """CCSDS_TDM_VERS = 2.0
COMMENT a radar's message, in the manner of CCSDS 503.0-B-2, annex E
CREATION_DATE = 2023-08-24T00:00:00.000
ORIGINATOR = TEST
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = radar-a
PARTICIPANT_2 = 2023-F01
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
CORRECTION_RANGE = -1.5
CORRECTIONS_APPLIED = NO
META_STOP
DATA_START
RANGE = 2023-08-23T18:52:10.250 413.8456
ANGLE_1 = 2023-08-23T18:52:10.250 191.2
ANGLE_2 = 2023-08-23T18:52:10.250 14.1
RCS = 2023-08-23T18:52:10.250 2.9
RANGE = 2023-235T18:52:11.250 414.0
ANGLE_1 = 2023-235T18:52:11.250 191.3
DATA_STOP
"""
AT = datetime(2023, 8, 23, 18, 52, 10, 250_000, tzinfo=UTC).timestamp()


def read(text, **more):
    return read_tdm(text.encode(), "radar.tdm", **more)


def test_a_radars_message():
    refused = Counter()
    (plot,) = read(MESSAGE, sigma={"radar-a": (20.0, 1e-3, 2e-3)}, refused=refused)
    assert (plot.source, plot.track, plot.sigma, plot.exercise) == (
        "radar-a",
        "2023-F01",
        (20.0, 1e-3, 2e-3),
        False,
    )
    assert plot.range_m == pytest.approx(412_345.6)
    assert (math.degrees(plot.azimuth_rad), math.degrees(plot.elevation_rad)) == pytest.approx((191.2, 14.1))
    assert plot.time_s == pytest.approx(AT - 412_345.6 / LIGHT_MPS, abs=1e-6)  # stamped at reception
    assert refused == {("radar-a", "an instant without ANGLE_2"): 1}


@pytest.mark.parametrize(
    ("before", "after", "shift_s", "range_m"),
    [
        ("RANGE_UNITS", "TIMETAG_REF = TRANSMIT\nRANGE_UNITS", 412_345.6 / LIGHT_MPS, 412_345.6),
        ("APPLIED = NO", "APPLIED = YES", -413_845.6 / LIGHT_MPS, 413_845.6),
        ("RANGE_UNITS", "INTEGRATION_INTERVAL = 0.5\nINTEGRATION_REF = START\nRANGE_UNITS",
         0.25 - 412_345.6 / LIGHT_MPS, 412_345.6),
        ("PATH = 1,2,1", "PATH = 2,1", -412_345.6 / LIGHT_MPS, 412_345.6),
    ],
)  # fmt: skip
def test_what_a_segment_says_is_applied(before, after, shift_s, range_m):
    (plot,) = read(MESSAGE.replace(before, after, 1))
    assert plot.time_s - AT == pytest.approx(shift_s, abs=1e-6)
    assert plot.range_m == pytest.approx(range_m)


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("VERS = 2.0", "VERS = 3.0", "line 1"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "TIME_SYSTEM"),
        ("TIME_SYSTEM = UTC\n", "", "TIME_SYSTEM"),
        ("ANGLE_TYPE = AZEL", "ANGLE_TYPE = RADEC", "ANGLE_TYPE"),
        ("ANGLE_TYPE = AZEL\n", "", "ANGLE_TYPE"),
        ("RANGE_UNITS = km", "RANGE_UNITS = RU", "RANGE_UNITS"),
        ("RANGE_UNITS = km", "RANGE_MODULUS = 32768", "RANGE_MODULUS"),
        ("RANGE_UNITS = km", "RECEIVE_DELAY_1 = 0.1", "RECEIVE_DELAY_1"),
        ("MODE = SEQUENTIAL", "MODE = SINGLE_DIFF", "MODE"),
        ("MODE = SEQUENTIAL", "DATA_QUALITY = DEGRADED", "DATA_QUALITY"),
        ("PATH = 1,2,1", "PATH = 1,2,3", "PATH"),
        ("CORRECTIONS_APPLIED = NO\n", "", "CORRECTIONS_APPLIED"),
        ("CORRECTION_RANGE = -1.5", "CORRECTION_RANGE = -500", "CORRECTION_RANGE"),
        ("MODE = SEQUENTIAL", "MOOD = GOOD", "MOOD"),
        ("191.2", "nan", "ANGLE_1"),
        ("191.2", "1e308", "ANGLE_1"),
        ("413.8456", "-1", "RANGE"),
        ("191.2", "191.2 3", "ANGLE_1"),
        ("18:52:10.250 191.2", "18:52:70.250 191.2", "ANGLE_1"),
        ("2023-235T18:52:11.250 414.0", "2023-366T18:52:11.250 414.0", "RANGE"),
        ("ANGLE_2 = 2023-08-23T18:52:10.250", "RANGE = 2023-08-23T18:52:10.250", "RANGE"),
        ("RCS =", "RUBBISH =", "RUBBISH"),
        ("DATA_STOP\n", "", "data part"),
        ("META_STOP\n", "", "DATA_START"),
        ("ORIGINATOR = TEST", "rubbish", "line 4"),
    ],
)
def test_what_cannot_be_read_or_would_be_misread_is_refused_where_it_stands(before, after, key):
    with pytest.raises(InputError) as fault:
        read(MESSAGE.replace(before, after, 1))
    assert fault.value.where == "radar.tdm"
    assert key in str(fault.value)


def test_bytes_that_are_no_message():
    for content in (b"", b"\xff\xfe", b"CCSDS_TDM_VERS = 2.0\n", MESSAGE.encode("utf-16")):
        with pytest.raises(InputError):
            read_tdm(content, "radar.tdm")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["radar-a", "radar-b"]),
            st.sampled_from(["1", "2"]),
            st.integers(0, 10**6),
            st.floats(1e3, 9e6),
            st.floats(0.0, 6.28),
            st.floats(-0.1, 1.57),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[2],
    ),
    st.booleans(),
)
def test_what_is_written_is_read_the_same(rows, exercise):
    sigma = {"radar-a": (10.0, 1e-3, 1e-3), "radar-b": (20.0, 2e-3, 2e-3)}
    plots = [
        Plot(name, None, AT + k, track, *place, sigma[name], exercise) for name, track, k, *place in rows
    ]
    again = read(
        write_tdm(plots, originator="TEST", created_utc=datetime(2023, 8, 24, tzinfo=UTC)), sigma=sigma
    )
    for plot, found in zip(sorted(plots, key=lambda p: p.time_s), again, strict=True):
        assert (found.source, found.track, found.sigma, found.exercise) == (
            plot.source, plot.track, plot.sigma, exercise,
        )  # fmt: skip
        assert found.time_s == pytest.approx(plot.time_s, abs=2e-6)
        assert found.range_m == pytest.approx(plot.range_m, abs=1e-3)
        assert (found.azimuth_rad, found.elevation_rad) == pytest.approx(
            (plot.azimuth_rad, plot.elevation_rad), abs=1e-9
        )


def test_drill_and_real_plots_do_not_fit_into_one_message():
    plots = [Plot("a", None, AT, None, 1e5, 1.0, 0.5, (1.0, 1.0, 1.0), drill) for drill in (True, False)]
    for some in (plots, []):
        with pytest.raises(InputError):
            write_tdm(some, originator="TEST", created_utc=datetime(2023, 8, 24, tzinfo=UTC))
