"""Files as feeds: one order in every run, wrong clocks that move nobody else, silences in which time goes on."""

from __future__ import annotations

import json
import math

import pytest

from overflight.cli.feeds import Feeds
from overflight.cli.file_feeds import LONGEST_GAP_S, arrivals, merged, played, stamp_of
from overflight.cli.options import times_real
from overflight.errors import InputError

BASE = 1692816720.0


def line(at: float, source: str = "a") -> bytes:
    return json.dumps({"v": 1, "type": "plot", "source": source, "time": BASE + at}).encode() + b"\n"


def times(lines: list[bytes]) -> list[float]:
    return [at - BASE for at, _ in arrivals(lines)]


def test_a_stamp_is_read_as_iso_or_as_seconds():
    assert stamp_of(b'{"time": "2023-08-23T18:52:00Z"}') == BASE
    assert stamp_of(b'{"time":1692816720.5}') == BASE + 0.5
    for none in (b'{"time":"2023-08-23T18:52:00"}', b'{"time":"soon"}', b'{"time":1e999}', b"{}", b"\xff"):
        assert stamp_of(none) is None


def test_late_lines_stand_where_they_were_written():
    assert times([line(0), line(5), line(2), line(6)]) == [0, 5, 5, 6]


def test_a_wrong_clock_moves_no_other_line():
    lines = [line(k, "a") for k in range(60)]
    for k in range(0, 60, 3):
        lines.insert(k, line(k + 3600.0, "ahead"))
    lines += [line(60), line(4e9)]
    found = times(lines)
    assert found == sorted(found)
    assert max(found[:-2]) < 80.0
    assert times([line(k - 1e6) if k % 4 == 0 else line(k) for k in range(40)])[-1] == 39


def test_lines_without_a_stamp_go_with_those_before_them():
    found = list(arrivals([b'{"type":"sensor"}\n', line(3), b"rubbish\n", line(4)]))
    assert [at - BASE for at, _ in found] == [-math.inf, 3, 3, 4]


def test_files_are_merged_by_arrival_then_by_file():
    files = [arrivals([line(0, "a"), line(2, "a")]), arrivals([line(0, "b"), line(1, "b")])]
    told = [(at - BASE, json.loads(text)["source"]) for at, text in merged(files)]
    assert told == [(0, "a"), (0, "b"), (1, "b"), (2, "a")]


def test_time_goes_on_in_a_silence_and_not_for_ever():
    batches = list(played(arrivals([line(0), line(0.1), line(4.1), line(1e6)])))
    assert [len(batch.lines) for batch in batches[:5]] == [2, 0, 0, 0, 1]
    assert [batch.quiet_s for batch in batches[:5]] == [0, 1, 2, 3, 0]
    assert batches[-1].at_s == pytest.approx(4.1 + LONGEST_GAP_S)


class Waits:
    """In place of an event that is waited for: the time that passes is only what is waited."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.asked.append(seconds)
        return False

    def is_set(self) -> bool:
        return False


def test_a_run_is_the_same_at_any_speed_and_keeps_its_pace(tmp_path, monkeypatch):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"".join(line(k, "a") for k in range(60)))
    two.write_bytes(b"".join(line(k + 0.01, "b") for k in range(60)))
    runs = {}
    for speed in (0.0, 1.0, 10.0):
        feeds = Feeds([str(one), str(two)], speed=speed)
        waits = Waits()
        monkeypatch.setattr(feeds, "_stop", waits)
        monkeypatch.setattr("overflight.cli.feeds.time.monotonic", lambda: 0.0)
        runs[speed] = list(feeds.batches())
        assert max(waits.asked, default=0.0) == pytest.approx(59.01 / speed if speed else 0.0)
    assert runs[0.0] == runs[1.0] == runs[10.0]
    assert sum(len(batch.lines) for batch in runs[0.0]) == 120


@pytest.mark.parametrize(("text", "value"), [("max", 0.0), ("0", 0.0), ("1", 1.0), ("100", 100.0)])
def test_speeds(text, value):
    assert times_real(text) == value


@pytest.mark.parametrize("text", ["fast", "-1", "101", "nan", ""])
def test_speeds_that_are_none(text):
    with pytest.raises(InputError, match="--speed"):
        times_real(text)
