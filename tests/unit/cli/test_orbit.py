"""`overflight orbit` as people type it: every action, every output, and what cannot be used ends with 2 and nothing."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app

ONE = "1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999"
TWO = "2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052"
SET = f"MALLIGYONG-1\n{ONE}\n{TWO}\n"
GEO = (  # EUTELSAT 1-F1 and a Molniya of the SGP4 verification set, and a Sun-synchronous one
    "1 14128U 83058A   06176.02844893 -.00000158  00000-0  10000-3 0  9627\n"
    "2 14128  11.4384  35.2134 0011562  26.4582 333.5652  0.98870114 46093\n"
)
MOLNIYA = (
    "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813\n"
    "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656\n"
)
LOW = (  # the verification set's DELTA 1 DEB tilted to 5 degrees: it never sees Japan
    "1 06251U 62025E   06176.82412014  .00008885  00000-0  12808-3 0  3985\n"
    "2 06251   5.0579  54.0425 0030035 139.1568 221.1854 15.56387291  6776\n"
)
DECAYED = (  # 28872 of the verification set decays within the hour
    "1 28872U 05037B   05333.02012661  .25992681  00000-0  24476-3 0  1534\n"
    "2 28872  96.4736 157.9986 0303955 244.0492 110.6523 16.46015938 10708\n"
)


def run(*arguments: str):
    return CliRunner().invoke(app, ["orbit", *map(str, arguments)])


@pytest.fixture
def sets(tmp_path):
    path = tmp_path / "sets.tle"
    path.write_text(SET)
    return path


def said(tmp_path, text: str, *arguments: str) -> dict:
    path = tmp_path / "x.tle"
    path.write_text(text)
    result = run(path, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["sections"]


def test_where_it_was(tmp_path):
    where = said(tmp_path, SET, "--from", "2024-06-07T05:01:07Z")["where"]
    assert where["latitude_deg"] == pytest.approx(31.4518265, abs=1e-5)
    assert where["longitude_deg"] == pytest.approx(-100.6057732, abs=1e-5)
    assert where["height_km"] == pytest.approx(506.1935, abs=1e-3)


def test_first_pass_over_a_point(tmp_path):
    passes = said(tmp_path, SET, "passes", "--from", "2024-06-07", "--place", "35,139")["passes"]["passes"]
    assert passes[0]["begin_utc"].startswith("2024-06-07T01:19:30.5")
    assert passes[0]["elevation_deg"] == pytest.approx(14.33, abs=0.01)


def test_the_folder(sets, tmp_path):
    out = tmp_path / "out"
    result = run(sets, "-o", out, "--from", "2024-06-07", "--place", "okinawa")
    assert result.exit_code == 0, result.output
    names = {path.name for path in out.iterdir()}
    assert names == {
        "index.html", "run.json", "orbit.json", "passes.csv", "windows.csv", "track.geojson", "track.czml",
    }  # fmt: skip
    page = (out / "index.html").read_text("utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "") and "<script" not in page
    assert run(sets, "-o", out, "--place", "okinawa").exit_code == 2
    assert run(sets, "-o", out, "--force", "--place", "okinawa").exit_code == 0


@pytest.mark.parametrize(
    ("action", "words"),
    [("coverage", "3 in one plane"), ("imaging", "almost certain"), ("lifetime", "low all the time")],
)
def test_other_actions(sets, action, words):
    result = run(sets, action, "--days", "4", "--place", "okinawa", "--satellites", "3")
    assert result.exit_code == 0, result.output
    assert words in " ".join(result.stdout.split())


def test_stale_sets_are_said_so(sets):
    result = run(sets, "--place", "okinawa")
    assert "too old to say where the satellite is now" in " ".join(result.stdout.split())
    late = run(sets, "--place", "okinawa", "--from", "2024-07-20")
    assert "STALE" in late.stdout


def test_never_over_japan_and_always_over_it(tmp_path):
    path = tmp_path / "x.tle"
    path.write_text(LOW)
    assert "does not rise above 10° over 43.1,141.3" in " ".join(
        run(path, "--from", "2006-06-26", "--place", "43.1,141.3").stdout.split()
    )
    polar = said(tmp_path, MOLNIYA, "--from", "2006-06-26", "--place", "89.9,0", "--place", "60,180")
    assert {row["place"] for row in polar["passes"]["passes"]} >= {"89.9° N 0° E"}
    still = said(tmp_path, GEO, "--from", "2006-06-26", "--days", "1")["where"]
    beneath = f"{still['latitude_deg']:.2f},{still['longitude_deg']:.2f}"
    passes = said(tmp_path, GEO, "--from", "2006-06-26", "--days", "1", "--place", beneath)["passes"][
        "passes"
    ]
    assert len(passes) == 1 and passes[0]["cut"] and passes[0]["duration_s"] == pytest.approx(86400, abs=1)


def test_several_satellites(tmp_path):
    path = tmp_path / "x.tle"
    path.write_text(SET + GEO)
    result = run(path)
    assert (
        result.exit_code == 2
        and "sets of 2 satellites" in result.output
        and "--satellite 14128" in result.output
    )
    assert run(path, "--satellite", "58400", "--place", "okinawa").exit_code == 0
    assert run(path, "--satellite", "7").exit_code == 2


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("", [], "an empty file"),
        (SET.replace("9999\n", "9994\n"), [], "checksum"),
        (f"{TWO}\n{ONE}\n", [], "line 2 of a set before its line 1"),
        (DECAYED, ["--from", "2006-06-26"], "a satellite that has decayed"),
        (SET, ["--from", "yesterday"], "--from"),
        (SET, ["--days", "nan"], "--days"),
        (SET, ["--place", "Nowhere-at-all"], "--place"),
        (SET, ["--place", "95,10"], "--place"),
        (SET, ["imaging", "--gsd", "5..1"], "--gsd"),
        (GEO, ["imaging"], "nothing known of the camera"),
        (GEO, ["lifetime"], "perigee below 1400 km"),
        (SET, ["manoeuvres"], "three or more"),
    ],
)
def test_what_cannot_be_used(tmp_path, text, arguments, words):
    path, out = tmp_path / "x.tle", tmp_path / "out"
    path.write_text(text)
    result = run(path, *arguments, "-o", out)
    assert result.exit_code == 2, result.output
    assert any(word in " ".join(result.output.split()) for word in words.split("|")), result.output
    assert not out.exists()


def test_a_future_epoch(tmp_path):
    from overflight.formats.tle import checksum

    line = ONE.replace("24158", "49158")
    path = tmp_path / "x.tle"
    path.write_text(f"{line[:68]}{checksum(line)}\n{TWO}\n")
    result = run(path)
    assert result.exit_code == 2 and "in the future" in result.output
