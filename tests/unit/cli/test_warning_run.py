"""The run of `overflight warn`: worlds apart, refusals counted, a restart that goes on."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import plotmaker
from overflight.cli.warning_run import RunOptions, opened, run_warning
from overflight.errors import InputError


def line(seq: int, exercise: bool, source: str = "a") -> str:
    value = {
        "v": 1, "type": "plot", "source": source, "seq": seq, "time": f"2023-08-23T18:52:{seq:02d}Z",
        "range_m": 4e5 + seq, "azimuth_deg": 190.0, "elevation_deg": 20.0, "exercise": exercise,
    }  # fmt: skip
    return json.dumps(value)


def options(feed, **more):
    given = {
        "feeds": (str(feed),), "plan": None, "policy": None, "desk": "dry-run", "output": None, "log": None,
        "sensors": None, "world": "auto", "speed": 0.0, "every_s": 2.0, "width_m": 50e3, "seed": 1,
        "quiet": True,
    }  # fmt: skip
    return RunOptions(**(given | more))


def test_a_drill_never_gets_into_the_real_world(tmp_path):
    feed = tmp_path / "feed.ndjson"
    feed.write_text("\n".join([line(1, True), line(2, False), "rubbish", line(3, True)]) + "\n")
    told = "\n".join(run_warning(options(feed, world="actual")))
    assert "2 not used of a: a drill message in the other world: refused" in told
    assert "1 not used: not a message" in told
    assert "1 not used of a: the sensor's site is not known" in told


class Screen(io.StringIO):
    """Standard output that a person looks at, or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("path", "dry", "is_terminal", "printed"),
    [
        (None, True, True, False),  # a person reads the table
        (None, True, False, True),  # piped on
        (None, False, False, False),  # the desk has them
        (Path("-"), False, True, True),  # asked for
    ],
)
def test_messages_are_printed_where_somebody_asked_for_them(monkeypatch, path, dry, is_terminal, printed):
    screen = Screen(is_terminal=is_terminal)
    monkeypatch.setattr("sys.stdout", screen)
    assert opened(path, dry=dry) is (screen if printed else None)
    assert not Path("-").exists()


def test_what_came_in_is_logged_and_read_again(tmp_path):
    feed, log = tmp_path / "feed.ndjson", tmp_path / "log.ndjson"
    feed.write_text(line(1, True) + "\n")
    list(run_warning(options(feed, log=log)))
    assert log.read_text() == line(1, True) + "\n"
    assert any("Went on from" in told for told in run_warning(options(feed, log=log)))


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"feeds": ("nowhere.ndjson",)}, "--feed"),
        ({"desk": "ftp://x"}, "--desk"),
        ({"desk": "https://x"}, "--desk"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_written(tmp_path, monkeypatch, more, where):
    monkeypatch.delenv("OVERFLIGHT_DESK_KEY", raising=False)
    feed, out = tmp_path / "feed.ndjson", tmp_path / "out.ndjson"
    feed.write_text(line(1, True) + "\n")
    with pytest.raises(InputError) as fault:
        list(run_warning(options(feed, output=out, **more)))
    assert fault.value.where == where
    assert not out.exists()


def test_a_policy_that_is_none_is_refused(tmp_path):
    feed, policy = tmp_path / "feed.ndjson", tmp_path / "policy.toml"
    feed.write_text(line(1, True) + "\n")
    policy.write_text("call = 5\n")
    with pytest.raises(InputError) as fault:
        list(run_warning(options(feed, policy=policy)))
    assert str(policy) in str(fault.value)


def cued(seconds: int) -> list[str]:
    """Return a feed: a cue 45 s after lift-off, a radar that lives, and plots of that launch from 68 s on."""
    sites, plots = plotmaker.site_lines(), plotmaker.plots(seconds)
    cue = {
        "v": 1, "type": "cue", "source": "partner", "seq": 1, "time": plotmaker.START.isoformat(),
        "sent": (plotmaker.START + timedelta(seconds=45)).isoformat(),
        "latitude_deg": plotmaker.PAD[0], "longitude_deg": plotmaker.PAD[1], "confidence": 0.9, "exercise": True,
    }  # fmt: skip
    alive = [
        {"v": 1, "type": "status", "source": "north", "time": plotmaker.stamp(s + 0.1), "exercise": True}
        for s in range(45, seconds)
    ]
    later = [plot for plot in plots if plot["time"] > plotmaker.stamp(60.0)]
    later = sorted([*alive, *later], key=lambda row: row["time"])
    return [json.dumps(row) for row in [*sites, cue, *later]]


def test_a_restart_goes_on_with_a_reported_launch_as_if_nothing_had_happened(tmp_path):
    feed, rows = tmp_path / "feed.ndjson", cued(90)
    feed.write_text("\n".join(rows) + "\n")
    whole, parts, log = tmp_path / "whole.ndjson", tmp_path / "parts.ndjson", tmp_path / "log.ndjson"
    list(run_warning(options(feed, output=whole, log=tmp_path / "whole.log")))
    said = whole.read_text().splitlines()
    kept = (tmp_path / "whole.log").read_text().splitlines(keepends=True)
    cut = [n for n, row in enumerate(kept) if '"type":"said"' in row][2] + 1
    log.write_text("".join(kept[:cut]))
    parts.write_text("\n".join(said[:3]) + "\n")
    left = [row for row in kept[cut:] if '"type":"said"' not in row]
    feed.write_text("".join(left))
    told = "\n".join(run_warning(options(feed, output=parts, log=log)))
    assert "Went on from" in told
    after = [json.loads(row) for row in parts.read_text().splitlines()]
    before = {row["seq"]: row for row in map(json.loads, said)}
    assert [row["seq"] for row in after] == list(range(len(after)))
    assert {row["event"] for row in after} == {before[0]["event"]}
    assert [row["track"] for row in after][:3] == ["cued"] * 3
    assert after[-1]["track"] == "firm"
    same = [row for row in after if row == before.get(row["seq"])]
    assert len(same) == len(after)


def test_in_a_recording_of_reports_alone_time_goes_on_from_the_first(tmp_path):
    feed, out = tmp_path / "feed.ndjson", tmp_path / "out.ndjson"
    first = json.loads(cued(46)[len(plotmaker.RADARS)])
    far = first | {"source": "second", "latitude_deg": 45.0, "sent": plotmaker.stamp(58.0)}
    back = first | {"confidence": 0, "sent": plotmaker.stamp(71.0)}
    feed.write_text("".join(json.dumps(row) + "\n" for row in (first, far, back)))
    list(run_warning(options(feed, output=out)))
    rows = [json.loads(row) for row in out.read_text().splitlines()]
    for event in {row["event"] for row in rows}:
        mine = [(row["made"], row["time"]) for row in rows if row["event"] == event]
        assert mine == sorted(mine)
    last = [row for row in rows if row["event"].endswith("c1")][-1]
    assert last["outcome"] == "will_not_arrive"
    assert last["made"].startswith(plotmaker.stamp(71.0)[:19])


def test_a_track_is_lost_though_its_radar_goes_on_to_say_that_it_lives(tmp_path):
    feed, out = tmp_path / "feed.ndjson", tmp_path / "out.ndjson"
    alive = [
        {"v": 1, "type": "status", "source": "north", "time": plotmaker.stamp(s + 0.1), "exercise": True}
        for s in range(100, 160)
    ]
    rows = [*plotmaker.site_lines(), *plotmaker.plots(100), *alive]
    feed.write_text("".join(json.dumps(row) + "\n" for row in rows))
    list(run_warning(options(feed, output=out)))
    messages = [json.loads(text) for text in out.read_text().splitlines()]
    assert [messages[0]["outcome"], messages[-1]["outcome"]] == ["flying", "lost"]
    lost = next(message for message in messages if message["outcome"] == "lost")
    silent_s = datetime.fromisoformat(lost["made"]) - datetime.fromisoformat(lost["time"])
    assert 19.0 < silent_s.total_seconds() < 25.0
