"""CCSDS OEM: round trips, and what the ``oem`` package reads from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oem import OrbitEphemerisMessage

from overflight.errors import InputError
from overflight.formats.oem import StateRows, parse_oem, write_oem

EPOCH = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)


def circle(first_s: float, last_s: float, step_s: float = 10.0) -> StateRows:
    """Return a circular path over the equator, 6,800 km from the centre, 1 rad in 1,000 s."""
    time_s = np.arange(first_s, last_s + 0.5 * step_s, step_s)
    angle = time_s / 1000.0
    zero = np.zeros_like(angle)
    position_m = 6.8e6 * np.column_stack([np.cos(angle), np.sin(angle), zero])
    velocity_mps = 6.8e3 * np.column_stack([-np.sin(angle), np.cos(angle), zero])
    return StateRows("CHOLLIMA-1", "UNKNOWN", EPOCH, time_s, position_m, velocity_mps)


def message(*segments: StateRows) -> str:
    return write_oem(
        segments, originator="OVERFLIGHT", created_utc=EPOCH, comments=["analysis, not a measurement"]
    )


def test_header_and_metadata() -> None:
    lines = message(circle(0.0, 100.0)).splitlines()
    assert lines[0] == "CCSDS_OEM_VERS = 2.0"
    for line in (
        "CENTER_NAME = EARTH",
        "REF_FRAME = ITRF2000",
        "TIME_SYSTEM = UTC",
        "ORIGINATOR = OVERFLIGHT",
    ):
        assert line in lines
    assert "START_TIME = 2023-08-23T18:50:30.000000" in lines
    assert "STOP_TIME = 2023-08-23T18:52:10.000000" in lines
    assert max(len(line) for line in lines) <= 254


def test_an_independent_reader_gets_the_states(tmp_path: Path) -> None:
    first, second = circle(0.0, 100.0), circle(100.0, 200.0)
    file = tmp_path / "a.oem"
    file.write_text(message(first, second), encoding="ascii")
    read = OrbitEphemerisMessage.open(str(file))
    assert read.version == "2.0"
    for segment, rows in zip(read.segments, (first, second), strict=True):
        assert segment.metadata["REF_FRAME"] == "ITRF2000"
        states = list(segment.states)
        assert np.array([s.position for s in states]) * 1e3 == pytest.approx(rows.position_m, abs=1e-6)
        assert np.array([s.velocity for s in states]) * 1e3 == pytest.approx(rows.velocity_mps, abs=1e-9)
        seconds = [(s.epoch - states[0].epoch).sec for s in states]
        assert seconds == pytest.approx(rows.time_s - rows.time_s[0], abs=1e-6)
    middle = next(iter(read.segments))(Time("2023-08-23T18:50:35", scale="utc"))
    angle = 5.0 / 1000.0
    exact_m = 6.8e6 * np.array([np.cos(angle), np.sin(angle), 0.0])
    assert middle.position * 1e3 == pytest.approx(exact_m, abs=0.01)  # cubic Hermite over 10 s


@given(
    steps=hnp.arrays(np.float64, st.integers(2, 20), elements=st.floats(1e-3, 1e4)),
    scale=st.floats(1.0, 1e8),
    seed=st.integers(0, 2**32 - 1),
    microsecond=st.integers(0, 999_999),
)
def test_values_round_trip(steps: np.ndarray, scale: float, seed: int, microsecond: int) -> None:
    rng = np.random.default_rng(seed)
    rows = StateRows(
        "A", "2023-F01", EPOCH.replace(microsecond=microsecond), np.cumsum(steps),
        rng.uniform(-scale, scale, (len(steps), 3)), rng.uniform(-1e4, 1e4, (len(steps), 3)),
    )  # fmt: skip
    (read,) = parse_oem(message(rows))
    assert (read.name, read.object_id) == ("A", "2023-F01")
    offset_s = (read.epoch_utc - rows.epoch_utc).total_seconds()
    assert read.time_s + offset_s == pytest.approx(rows.time_s, abs=1.1e-6)
    assert read.position_m == pytest.approx(rows.position_m, abs=1e-6)
    assert read.velocity_mps == pytest.approx(rows.velocity_mps, abs=1e-9)
    assert message(replace(read, epoch_utc=read.epoch_utc)) == message(*parse_oem(message(read)))


def test_what_others_write_is_read_too() -> None:
    """Day of year, nanoseconds, accelerations, comments and a covariance."""
    text = """CCSDS_OEM_VERS = 1.0
COMMENT x
CREATION_DATE = 2023-08-23T00:00:00
ORIGINATOR = X
META_START
OBJECT_NAME = A B
OBJECT_ID = 2023-001A
CENTER_NAME = Earth
REF_FRAME = ITRF-97
TIME_SYSTEM = UTC
START_TIME = 2023-235T18:50:30.5
STOP_TIME = 2023-235T18:50:31
META_STOP
COMMENT rows
2023-235T18:50:30.5 1 2 3 4 5 6 0 0 0
2023-235T18:50:30.500000250Z 1e0 2.5 -3 4 5 6
COVARIANCE_START
EPOCH = 2023-235T18:50:30
1.0
COVARIANCE_STOP
"""
    (rows,) = parse_oem(text)
    assert rows.epoch_utc == EPOCH + timedelta(seconds=0.5)
    assert rows.time_s == pytest.approx([0.0, 2.5e-7], abs=1e-12)
    assert rows.position_m.tolist() == [[1e3, 2e3, 3e3], [1e3, 2.5e3, -3e3]]
    assert rows.velocity_mps[0].tolist() == [4e3, 5e3, 6e3]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("CCSDS_OEM_VERS = 2.0", "CCSDS_OPM_VERS = 2.0", "CCSDS_OEM_VERS"),
        ("= EARTH", "= MOON", "CENTER_NAME"),
        ("= ITRF2000", "= EME2000", "REF_FRAME"),
        ("= UTC", "= TAI", "TIME_SYSTEM"),
        ("OBJECT_NAME = ", "OBJECT_NAME ", "metadata"),
        ("\n2023-08-23T18:50:40.000000 ", "\n2023-08-23T18:50:40.000000 x ", "state"),
        ("\n2023-08-23T18:50:40.000000 ", "\n2023-08-23T18:50:40.000000 nan ", "state"),
        ("\n2023-08-23T18:50:40.000000 ", "\n2023-13-23T18:50:40.000000 ", "epoch"),
        ("\n2023-08-23T18:50:40.000000 ", "\n2023-08-23T18:50:20.000000 ", "time_s"),
    ],
)
def test_what_cannot_be_used_is_refused(old: str, new: str, key: str) -> None:
    text = message(circle(0.0, 30.0))
    assert old in text
    with pytest.raises(InputError, match=key):
        parse_oem(text.replace(old, new))


@pytest.mark.parametrize("text", ["", "\n\n", "hello", "CCSDS_OEM_VERS = 3.0"])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="line 1"):
        parse_oem(text)


def test_one_message_holds_one_object_in_order() -> None:
    with pytest.raises(InputError, match="OBJECT_NAME"):
        message()
    with pytest.raises(InputError, match="OBJECT_NAME"):
        message(circle(0.0, 10.0), replace(circle(10.0, 20.0), name="OTHER"))
    with pytest.raises(InputError, match="no overlap"):
        message(circle(0.0, 100.0), circle(90.0, 200.0))


def test_names_are_ascii() -> None:
    with pytest.raises(InputError, match="name"):
        replace(circle(0.0, 10.0), name="千里馬")
