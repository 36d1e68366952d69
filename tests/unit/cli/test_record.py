"""`overflight record`: list, filter, count, plot, and the card of the next attempt."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app
from overflight.record.growth import reliability_growth
from overflight.record.load import load_record

runner = CliRunner()
EVENT = """\
schema_version = 1
key = "xx-2020-01-01"
vehicle = "example"
vehicle_name = "Example"
country = "JP"
site = "Example pad"
utc = 2020-01-01T00:00:00Z
outcome = "success"
confidence = "C"
[[source]]
confidence = "C"
text = "made up"
"""


def record(*options: str):
    return runner.invoke(app, ["record", *options])


def rows(*options: str):
    result = record(*options, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_all_launches_are_listed_with_their_sources():
    found = rows()
    assert [row["launch"] for row in found] == [event.key for event in load_record()]
    assert all(row["sources"] >= 1 for row in found)


def test_filters_narrow_the_list():
    found = rows(
        "--vehicle", "chollima-1", "--outcome", "failure", "--since", "2023-06-01", "--until", "2024-01-01"
    )
    assert [row["launch"] for row in found] == ["kp-2023-08-24"]


def test_launches_are_counted_by_vehicle():
    found = {row["vehicle"]: row for row in rows("--count")}
    assert (found["chollima-1"]["launches"], found["chollima-1"]["failures"]) == (3, 2)


def test_growth_is_the_jeffreys_posterior_after_each_launch():
    points = reliability_growth(load_record(), "chollima-1")
    assert [p.succeeded for p in points] == [False, False, True]
    assert points[-1].mean == pytest.approx(1.5 / 4.0)  # Beta(1.5, 2.5)
    assert all(p.low < p.mean < p.high for p in points)


def test_the_card_of_the_next_attempt():
    card = rows("--vehicle", "chollima-1", "--next")[0]
    assert card["launches so far"] == "3, 2 failed" and "60 % limits" in card["chance of success"]


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_reliability_is_drawn(tmp_path, suffix):
    path = tmp_path / f"growth.{suffix}"
    assert record("--vehicle", "unha-3", "--plot", str(path)).exit_code == 0
    assert path.read_bytes().startswith(b"<svg" if suffix == "svg" else b"\x89PNG")


def test_adding_a_launch_is_one_file(tmp_path):
    (tmp_path / "a.toml").write_text(EVENT)
    assert [row["vehicle"] for row in rows("--from", str(tmp_path))] == ["example"]
    (tmp_path / "b.toml").write_text(EVENT.replace('outcome = "success"', 'outcome = "draw"'))
    result = record("--from", str(tmp_path))
    assert result.exit_code == 2 and "b.toml" in result.stderr and "outcome" in result.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--vehicle", "saturn"), "chollima-1"),
        (("--country", "XX"), "KP"),
        (("--outcome", "draw"), "success or failure"),
        (("--next",), "Name the vehicle"),
        (("--vehicle", "unha-3", "--plot", "growth.gif"), ".svg or .png"),
    ],
)
def test_what_the_record_does_not_hold_is_refused(options, says):
    result = record(*options)
    assert result.exit_code == 2 and says in result.stderr


def test_public_alerts_stand_beside_their_replays():
    found = {row["alert"]: row for row in rows("--alerts")}
    assert len(found) == 9
    assert found["2023-05-31"]["stood for"] == "34 min" and "min" in found["2023-05-31"]["lifted"]
    assert found["2022-11-03"]["lifted"] is None
    assert [row["alert"] for row in rows("--alerts", "--since", "2024-01-01")] == ["2024-05-27"]


def test_the_comparison_is_a_page(tmp_path):
    page = tmp_path / "alerts.html"
    assert record("--page", str(page)).exit_code == 0
    assert "2017-08-29" in page.read_text("utf-8")
    assert record("--page", str(page)).exit_code == 2  # never overwritten unasked
    refused = record("--alerts", "--vehicle", "chollima-1")
    assert refused.exit_code == 2 and "--vehicle" in refused.stderr
