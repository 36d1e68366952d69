"""draft, compare and drift from the command line: what is refused leaves nothing, what works is read again."""

import json

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app

runner = CliRunner()
LAND = "NAVAREA XI 1/24. ROCKET LAUNCH 010100Z TO 010200Z MAR 24 IN AREA BOUND BY 39-50N 098-50E, 39-50N 099-50E, 39-00N 099-50E."


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notice.txt").write_text(LAND)
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "go.toml").write_text("x = 1")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("draft notice.txt --site 40.96,100.29 -o x.toml", "on land"),
        ("draft notice.txt --site here -o x.toml", "--site"),
        ("draft notice.txt --site 91,0 -o x.toml", "--site"),
        ("draft notice.txt --site 40.96,100.29 --zone A -o x.toml", "--zone"),
        ("draft binary.txt --site 40.96,100.29 -o x.toml", "text in UTF-8"),
        ("draft missing.txt --site 40.96,100.29 -o x.toml", "no such file"),
        ("compare . .", "no such file"),
        ("compare . . --criteria go.toml", "[[criterion]]"),
        ("drift -o out", "neither a file nor --ellipse"),
        ("drift --ellipse 12,116,20,8,30 --hours soon -o out", "--hours"),
        ("drift --ellipse 12,116,20,8,30 --like rocket -o out", "ship-debris"),
        ("drift --ellipse 12,116,20,8,30 --wind storm -o out", "--wind"),
        ("drift --ellipse 12,116,20,8,30 --wind w.csv -o out", "--since"),
        ("drift missing.csv -o out", "no such file"),
    ],
)
def test_what_is_refused_leaves_nothing(place, arguments, words):
    result = runner.invoke(app, arguments.split())
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (place / "x.toml").exists()
    assert not (place / "out").exists()


def test_drift_writes_its_folder_and_says_what_it_does_not_know(place):
    arguments = (
        "drift --ellipse 12,116,20,8,30 --wind 8,90 --current 0.2,180 --hours 6,12 --particles 300 -o out"
    )
    result = runner.invoke(app, arguments.split())
    assert result.exit_code == 0, result.stderr
    assert "No leeway class for parts of rockets exists" in result.stdout
    assert "on the bottom" in result.stdout and "afloat after 12 h" in result.stdout
    assert {p.name for p in (place / "out").iterdir()} == {
        "run.json",
        "drift.csv",
        "drift.geojson",
        "drift.svg",
    }
    assert json.loads((place / "out" / "run.json").read_text())["made_by"] == "overflight drift"
    again = runner.invoke(app, arguments.split())
    assert again.exit_code == 2 and "--force" in again.stderr
