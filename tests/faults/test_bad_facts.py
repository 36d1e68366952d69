"""Facts that cannot be used are refused: one message with place, found, allowed, remedy; nothing written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

import explains
from overflight.cli.app import app
from overflight.errors import ScenarioError
from overflight.scenario.load import parse_facts
from scenarios import SMALL

runner = CliRunner()
RADAR = """
[[claim]]
kind = "radar"
key = "radar"
utc = 2020-03-01T01:02:00Z
downrange_km = 90.0
altitude_km = 60.0
date = 2020-03-01
confidence = "B"
source = "agency"
"""
ZONE = """
[[claim]]
kind = "in-zone"
key = "in-zone"
body = "stage-1"
zone = "zone-stage-1"
inside = true
date = 2020-03-01
confidence = "B"
source = "agency"
"""
TABLES = """
[[warning]]
system = "Siren"
area = "The islands"
raised_utc = 2020-03-01T01:04:00Z
source = "agency"

[[change]]
utc = 2020-03-05T00:00:00Z
text = "Added a picture."

[camera]
gsd_m = [1.0, 3.0]
source = "agency"

[next_attempt]
from_utc = 2020-05-01T00:00:00Z
to_utc = 2020-05-03T00:00:00Z
source = "agency"

[sea]
wind_sd_mps = 5.0
current_sd_mps = 0.3
source = "agency"
"""
HYPOTHESIS = '\n[[hypothesis]]\nkey = "h"\nlabel = "early"\nquantity = "end_s"\nhigh = 400.0\n'
ALL = explains.FACTS + RADAR + ZONE + TABLES + HYPOTHESIS

FAULTS = [
    ('kind = "altitude"', 'kind = "hight"', "hight"),
    ('source = "observers"\n', "", "source"),
    ('source = "observers"\n', 'source = ""\n', "source"),
    ('confidence = "C"', 'confidence = "E"', "confidence"),
    ("altitude_km = 330.0", "altitude_km = -3.0", "altitude_km"),
    ("altitude_km = 330.0", "altitude_km = 9e9", "altitude_km"),
    ("utc = 2020-03-01T01:02:00Z", "utc = 2020-03-01T00:20:00Z", "before the launch"),
    ("utc = 2020-03-01T01:02:00Z", "utc = 2020-03-04T01:02:00Z", "within a day"),
    ("utc = 2020-03-01T01:02:00Z", "utc = 2022-03-01T01:02:00Z", "in the future"),
    ("downrange_km = 90.0", "downrange_km = 9000.0", "km/s"),
    ('body = "stage-1"\nfrom', 'body = "stage-7"\nfrom', "stage-7"),
    ('zone = "zone-stage-1"', 'zone = "zone-stage-9"', "zone-stage-1"),
    ('key = "radar"', 'key = "lift-off"', "lift-off"),
    ("tolerance_km = 12.0", "tolerance_km = 0.0", "tolerance_km"),
    ("from_latitude_deg = 31.25\n", "", "from_latitude_deg"),
    ('quantity = "end_s"', 'quantity = "speed"', "speed"),
    ('quantity = "end_s"\nhigh = 400.0', 'quantity = "end_s"', "low and high"),
    ('title = "The lost flight"\n', "", "title"),
    ('kind = "radar"\n', "", '"radar", "lost"'),
    ('kind = "altitude"', 'kind = "lost"', 'a key of kind = "altitude" or "radar"'),
    ("altitude_km = 330.0", "altitude = 330.0", "Write altitude_km, in kilometres"),
    ("date = 2020-03-02", "date = 2031-03-02", "in the future"),
    ("date = 2020-03-02", "date = 2019-03-02", "before the launch"),
    ("raised_utc = 2020-03-01T01:04:00Z", "raised_utc = 2020-02-01T01:02:00Z", "within a day"),
    ("raised_utc = 2020-03-01T01:04:00Z", "raised_utc = 2022-02-01T01:02:00Z", "in the future"),
    ("utc = 2020-03-05T00:00:00Z", "utc = 2030-03-05T00:00:00Z", "in the future"),
    ("gsd_m = [1.0, 3.0]", "gsd_m = [3.0, 1.0]", "a range [low, high]"),
    ("gsd_m = [1.0, 3.0]", "gsd = [1.0, 3.0]", "Write gsd_m"),
    ("gsd_m = [1.0, 3.0]\n", "", "bounds what it can show"),
    ("to_utc = 2020-05-03", "to_utc = 2020-04-03", "end of the window"),
    ("wind_sd_mps = 5.0", "wind_sd_mps = -5.0", "0 to 30"),
    ("distance_km = 1100.0", "distance_km = 19000.0\nutc = 2020-03-01T01:05:00Z", "km/s"),
    ('speaker = "The agency"', 'answers = "who"', '"hurt"'),
]


def test_the_facts_that_are_spoilt_below_are_sound():
    assert len(explains.facts(ALL).claim) == 7


@pytest.mark.parametrize(
    ("old", "new", "says"), FAULTS, ids=[f"{i}-{row[2][:20]}" for i, row in enumerate(FAULTS)]
)
def test_each_fault_is_refused_with_its_place(old, new, says):
    assert ALL.count(old) == 1
    with pytest.raises(ScenarioError) as caught:
        explains.facts(ALL.replace(old, new))
    message = str(caught.value)
    assert message.startswith("facts.toml") and "allowed:" in message and says in message


def test_a_launch_that_is_still_to_come_has_no_facts():
    with pytest.raises(ScenarioError, match="in the future"):
        parse_facts(
            explains.FACTS.encode(), "facts.toml", explains.launch(), datetime(2019, 1, 1, tzinfo=UTC)
        )


def test_sources_must_be_listed_where_there_is_a_list():
    text = ALL + '\n[[source]]\nkey = "agency"\ntext = "The agency"\n'
    with pytest.raises(ScenarioError, match="press"):
        explains.facts(text)


def run(tmp_path, facts: str, *options: str):
    (tmp_path / "launch.toml").write_text(explains.LAUNCH)
    (tmp_path / "facts.toml").write_text(facts)
    return runner.invoke(
        app,
        [
            "explain", str(tmp_path / "facts.toml"), "-s", str(tmp_path / "launch.toml"), "-o", str(tmp_path / "out"),
            "--bank", str(tmp_path / "bank"), "-q", *options,
        ],
    )  # fmt: skip


def test_bad_facts_end_with_2_and_write_nothing(tmp_path):
    result = run(tmp_path, explains.FACTS.replace('confidence = "C"', 'confidence = "E"'))
    assert result.exit_code == 2 and "confidence" in result.stderr
    assert not (tmp_path / "out").exists() and not (tmp_path / "bank").exists()


def test_too_few_flights_end_with_2_and_say_so(tmp_path):
    result = run(
        tmp_path, explains.FACTS.replace("tolerance_km = 12.0", "tolerance_km = 0.001"), "--flights", "2048"
    )
    assert result.exit_code == 2 and "effective flights" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_coast_of_no_place_is_refused(tmp_path):
    text = explains.FACTS.replace(
        "from_latitude_deg = 31.25\nfrom_longitude_deg = 131.08\n", 'coast_country = ["ZZ"]\n'
    )
    result = run(tmp_path, text)
    assert result.exit_code == 2 and "ZZ" in result.stderr


def test_a_fit_takes_no_claim_of_a_launch_to_come(tmp_path):
    """A fit never steers a flight to a point: what it fits has happened."""
    text = SMALL.replace('published = "at 10:00"', 'published = "at 10:00"\nuse = "fit"').replace(
        "2030-", "2090-"
    )
    (tmp_path / "launch.toml").write_text(text)
    result = runner.invoke(
        app, ["fit", str(tmp_path / "launch.toml"), "-o", str(tmp_path / "fitted.toml"), "-q"]
    )
    assert result.exit_code == 2 and "in the future" in result.stderr
    assert not (tmp_path / "fitted.toml").exists()
