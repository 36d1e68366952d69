"""Plots of a simulator that is not ours: `warn` follows them, or says exactly what is missing."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import plotmaker
from overflight.cli.warning_run import RunOptions, run_warning
from overflight.errors import InputError
from overflight.formats.signatures import sign_line

Lines = list[dict[str, Any]]
SECONDS = 110


@cache
def made() -> tuple[Lines, Lines]:
    return plotmaker.site_lines(), plotmaker.plots(SECONDS)


def copies() -> tuple[Lines, Lines]:
    sites, plots = made()
    return [dict(row) for row in sites], [dict(row) for row in plots]


def warned(folder: Path, text: str, **more: Any) -> tuple[str, Lines]:
    """Return what a run over a file says and the messages it makes."""
    feed, out = folder / "feed.ndjson", folder / "out.ndjson"
    feed.write_text(text)
    given = {
        "feeds": (str(feed),), "plan": None, "policy": None, "desk": "dry-run", "output": out, "log": None,
        "sensors": None, "world": "auto", "speed": 0.0, "every_s": 15.0, "width_m": 50e3, "seed": 1,
        "quiet": True,
    }  # fmt: skip
    said: list[str] = []
    with suppress(typer.Exit):
        for line in run_warning(RunOptions(**(given | more))):
            said.append(line)  # noqa: PERF402 (those before an exit count)
    return "\n".join(said), [json.loads(line) for line in out.read_text().splitlines()]


def without(*keys: str) -> Callable[[Lines], Lines]:
    return lambda rows: [{k: v for k, v in row.items() if k not in keys} for row in rows]


def with_values(**values: Any) -> Callable[[Lines], Lines]:
    return lambda rows: [row | values for row in rows]


def shuffled(rows: Lines) -> Lines:
    draw = random.Random(4)
    return sorted(
        rows, key=lambda row: plotmaker.START.fromisoformat(row["time"]).timestamp() + draw.uniform(0, 5)
    )


def numbers_begin_again(rows: Lines) -> Lines:
    return [row | {"seq": row["seq"] % 8} for row in rows]


def in_kst(rows: Lines) -> Lines:
    return [
        row | {"time": f"{row['time'][:10]}T{int(row['time'][11:13]) + 9:02d}{row['time'][13:-1]}+09:00"}
        for row in rows
    ]


VARIANTS: dict[str, Callable[[Lines], Lines]] = {
    "as the format shows them": lambda rows: rows,
    "without what may be missing": without("seq", "track", "sigma", "signature"),
    "numbers that stand still": with_values(seq=0),
    "numbers that begin again": numbers_begin_again,
    "unknown keys": with_values(snr_db=12.5, vendor={"mode": [1, 2]}, note="観測"),
    "out of order": shuffled,
    "in another zone of time": in_kst,
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_launch_is_followed(tmp_path, variant):
    sites, plots = copies()
    told, messages = warned(tmp_path, plotmaker.text(sites + VARIANTS[variant](plots)))
    assert "1 launch followed" in told, told
    assert "not used" not in told
    last = messages[-1]
    assert last["status"] == "Exercise"
    assert last["track"] == "firm"
    assert last["launch"]["origin"] == "KP"
    lift_off = plotmaker.START.fromisoformat(last["launch"]["time"]).timestamp()
    assert abs(lift_off - plotmaker.START.timestamp()) < max(4.0 * last["launch"]["time_sigma_s"], 10.0)


def test_sites_may_come_after_their_plots_and_again(tmp_path):
    sites, plots = copies()
    told, messages = warned(tmp_path, plotmaker.text(plots[:9] + sites + plots[9:40] + sites + plots[40:]))
    assert "1 launch followed" in told
    assert "not used" not in told
    assert messages


def test_sites_from_a_file_and_from_lines_agree(tmp_path):
    sites, plots = copies()
    rows = [
        f'[[sensor]]\nkey = "{name}"\nlatitude_deg = {lat}\nlongitude_deg = {lon}\naltitude_m = {h}\n'
        f"asterix = [1, {number}]\n"
        for number, (name, (lat, lon, h)) in enumerate(plotmaker.RADARS.items())
    ]
    (tmp_path / "sensors.toml").write_text("\n".join(rows))
    told, _ = warned(tmp_path, plotmaker.text(sites + plots), sensors=tmp_path / "sensors.toml")
    assert "1 launch followed" in told
    assert "not used" not in told


def test_a_missing_site_is_named(tmp_path):
    sites, plots = copies()
    told, _ = warned(tmp_path, plotmaker.text([row for row in sites if row["source"] != "north"] + plots))
    assert "north: where it stands is not known: send its `sensor` message, or name it in --sensors" in told
    assert "west:" not in told


def test_a_site_told_in_the_other_world_is_named(tmp_path):
    told, _ = warned(tmp_path, plotmaker.text(plotmaker.site_lines(exercise=False) + copies()[1]))
    assert "0 launches followed" in told
    assert "north: its site was told in a real message, its plots are of the other world" in told


def test_a_site_that_moves_is_refused(tmp_path):
    sites, plots = copies()
    moved = sites[0] | {"latitude_deg": sites[0]["latitude_deg"] + 2.0}
    told, _ = warned(tmp_path, plotmaker.text([*sites, *plots[:60], moved, *plots[60:]]))
    assert "1 not used of north: a site other than before" in told
    assert "1 launch followed" in told


def test_places_alone_are_followed(tmp_path):
    told, messages = warned(tmp_path, plotmaker.text(plotmaker.positions(SECONDS)))
    assert "1 launch followed" in told
    assert messages[-1]["sensors"] == ["partner"]


CUE = {"v": 1, "type": "cue", "source": "partner", "time": "2031-05-06T01:02:03Z", "latitude_deg": 39.7,
       "longitude_deg": 124.7, "time_sigma_s": 5, "confidence": 0.9, "exercise": True}  # fmt: skip
STATUS = {"v": 1, "type": "status", "source": "north", "time": "2031-05-06T01:02:03Z", "alive": True}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [CUE | {"confidence": 0}],
            "1 not used of partner: takes back a cue that nobody knows of",
        ),
        ([STATUS], "no plot and no position was read"),
        ([], "nothing was read that is a message"),
        ([{"hello": 1}], "1 not used: not a message: v"),
    ],
)
def test_what_is_no_track_says_what_is_missing(tmp_path, rows, words):
    told, messages = warned(tmp_path, plotmaker.text(rows))
    assert words in told
    assert not messages


def test_a_cue_alone_is_told_as_a_report(tmp_path):
    told, messages = warned(tmp_path, plotmaker.text([CUE]))
    words = "partner reports a launch near 39.70, 124.70 ± 20 km at 01:02:03Z ± 5 s, confidence 0.90"
    assert f"CUE: {words}" in told
    assert "0 launches followed, 1 decision messages" in told
    assert f"launch-20310506T010203Z-c1 was only reported, and never tracked: {words}" in told
    assert [message["track"] for message in messages] == ["cued"]


def test_a_recording_that_is_none_is_bad_input(tmp_path):
    (tmp_path / "feed.ndjson").write_bytes(bytes(range(128, 256)))
    done = subprocess.run(
        [sys.executable, "-m", "overflight.cli", "warn", "--feed", str(tmp_path / "feed.ndjson")],
        capture_output=True, check=False, timeout=120.0,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"nothing was read that is a message" in done.stderr
    assert done.stdout == b""


def test_drill_plots_never_enter_the_real_world(tmp_path):
    sites, plots = copies()
    told, messages = warned(tmp_path, plotmaker.text(sites + plots), world="actual")
    assert "0 launches followed" in told
    assert "a drill message in the other world: refused" in told
    assert not messages


def test_a_source_that_says_it_is_off_is_an_alarm(tmp_path):
    rows = [STATUS | {"time": f"2031-05-06T01:02:{s:02d}Z", "alive": s < 9} for s in range(3, 12, 3)]
    rows += [STATUS | {"time": f"2031-05-06T01:02:{s:02d}Z"} for s in (20, 50, 51)]
    told, _ = warned(tmp_path, plotmaker.text(rows))
    assert [line for line in told.splitlines() if "north" in line or "feed" in line] == [
        "ALARM: north says that it is off",
        "north is heard again",
        "ALARM: no feed has given a line for 10 s; nothing is known to have passed",
        "ALARM: north is silent for 11 s",
        "north is heard again",
        "feeds are heard again",
    ]


def signed(rows: Lines, secret: bytes) -> str:
    lines = [json.dumps(row | {"signature": None}).encode() for row in rows]
    return "".join(sign_line(line, "hmac-sha256", secret).decode() + "\n" for line in lines)


def test_only_what_its_source_signed_once_is_used(tmp_path):
    """A spoofed source, a changed line, a replayed session and a stranger are refused, each by its reason."""
    secret, keys = bytes(range(32)), tmp_path / "keys.toml"
    keys.write_text(
        "".join(
            f'[[source]]\nname = "{name}"\nkind = "hmac-sha256"\nkey = "{base64.b64encode(secret).decode()}"\n'
            for name in plotmaker.RADARS
        )
    )
    sites, plots = copies()
    good = signed(sites + plots, secret)
    forged = [row | {"azimuth_deg": 90.0} for row in plots[:20]]
    text = good + signed(forged, secret[::-1]) + plotmaker.text(plots[:3]) + good
    text += plotmaker.text(plotmaker.positions(60)[:2])
    told, messages = warned(tmp_path, text, keys=keys)
    alone = tmp_path / "alone"
    alone.mkdir()
    assert messages[:-1] == warned(alone, good, keys=keys)[1][:-1], "the last may be told some plots earlier"
    assert "1 launch followed" in told
    refused = {}
    for line in told.splitlines():
        if "not used of" in line:
            count, reason = int(line.split()[0]), line.partition(": ")[2]
            refused[reason] = refused.get(reason, 0) + count
    assert refused == {
        "not signed by its source, or changed since": 23,
        "signed and sent before": len(plots),
        "no key of this source in the file of keys": 2,
    }
    unchecked, _ = warned(alone, good)
    assert f"{len(sites) + len(plots)} lines carried signatures that nobody checked: give --keys" in unchecked
    keys.write_text("source = 1")
    with pytest.raises(InputError, match=r"keys\.toml"):
        warned(alone, good, keys=keys)
