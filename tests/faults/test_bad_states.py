"""Bad tables of states and options of `overflight iip`: one message, exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from overflight.cli import inputs
from overflight.cli.app import app
from scenarios import SMALL
from support import shared_path

GOOD = """case,lat_deg,lon_deg,h_m,ve_mps,vn_mps,vu_mps
S1,39.66,124.705,1000,0,-50,100
S8,15.0,123.3,480000,-420,-7450,0
O1,15.0,123.3,480000,0,-7700,0
D1,15.0,123.3,-5,0,0,0
"""


def edited(old: str, new: str) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


HEADER = GOOD.splitlines()[0] + "\n"

TABLES = {
    "empty file": (b"", "row 1", "no header", "lat_deg, lon_deg"),
    "header alone": (HEADER.encode(), "", "a header without states", "at least one row"),
    "a column less": (edited("h_m,", ""), "row 1", "no column h_m", "header row"),
    "misspelt column": (edited("lat_deg", "latitude"), "row 1", "no column lat_deg, but case, latitude", "header row"),
    "large letters": (edited("lat_deg,lon_deg", "Lat_deg,LON_DEG"), "row 1", "no column lat_deg, lon_deg", "small letters"),
    "other units": (edited("h_m", "h_km"), "row 1", "no column h_m, but case, h_km", "units stand in the names"),
    "a column twice": (edited("case", "h_m"), "row 1", "'h_m' twice", "each name once"),
    "no header": (GOOD.removeprefix(HEADER).encode(), "row 1", "no column lat_deg", "header row"),
    "semicolons": (GOOD.replace(",", ";").encode(), "row 1", "no column", "Separate cells by commas"),
    "tabs": (GOOD.replace(",", "\t").encode(), "row 1", "no column", "Separate cells by commas"),
    "a cell too few": (edited(",0,-50,", ",-50,"), "row 2", "6 cells", "7, as in the header"),
    "a cell too many": (edited("S1,", "S1,x,"), "row 2", "8 cells", "7, as in the header"),
    "an empty cell": (edited("480000,-420", ",-420"), "row 3, column h_m", "an empty cell", "m"),
    "a word": (edited("-420", "fast"), "row 3, column ve_mps", "'fast'", "-50,000 to 50,000 m/s"),
    "a unit": (edited("1000", "1000 m"), "row 2, column h_m", "'1000 m'", "a number"),
    "decimal comma": (edited("39.66", '"39,66"'), "row 2, column lat_deg", "'39,66'", "Write a decimal point"),
    "NaN": (edited("39.66", "nan"), "row 2, column lat_deg", "'nan'", "-90 to 90 degrees"),
    "infinity": (edited("-420", "inf"), "row 3, column ve_mps", "'inf'", "a number"),
    "beyond all numbers": (edited("-420", "1e999"), "row 3, column ve_mps", "1e999", "-50,000 to 50,000"),
    "digits of another script": (edited("1000", "１０００"), "row 2, column h_m", "'１０００'", "a number"),
    "underscore": (edited("1000", "1_000"), "row 2, column h_m", "'1_000'", "a number"),
    "hexadecimal": (edited("1000", "0x3e8"), "row 2, column h_m", "'0x3e8'", "a number"),
    "latitude and longitude swapped": (
        edited("15.0,123.3", "123.3,15.0"), "row 3, column lat_deg", "123.3", "the order of the columns"
    ),
    "a longitude round twice": (edited("124.705", "484.7"), "row 2, column lon_deg", "484.7", "-360 to 360"),
    "a height in millimetres": (edited("480000", "4.8e12"), "row 3, column h_m", "4.8e12", "Check the unit (m)"),
    "a speed of a comet": (edited("-7450", "-74500"), "row 3, column vn_mps", "-74500", "m/s"),
    "a time that is none": (
        edited("case", "time_s"), "row 2, column time_s", "'S1'", "a number"
    ),
    "a fault far down": (
        (HEADER + "a,1,2,3,4,5,6\n" * 3000 + "a,1,2,3,4,5,6 \n\na,1,2,x,4,5,6\n").encode(),
        "row 3004, column h_m", "'x'", "a number",
    ),
    "an open quote": (edited("S8", '"S8'), "row 3", "no CSV", "quote"),
    "UTF-16": (GOOD.encode("utf-16"), "byte 0", "not UTF-8", "UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "byte 0", "not UTF-8", "a CSV file"),
    "zero bytes": (b"\0" * 500, "row 1", "no ", ""),
    "a cell without end": (edited("S1", "S" * 200_000), "row 2", "no CSV", ""),
}  # fmt: skip

OPTIONS = {
    "drag without a body": (["--model", "drag"], "--ballistic", "nothing"),
    "a body of nothing": (["--model", "drag", "--ballistic", "0"], "--ballistic", "0"),
    "a negative body": (["--model", "drag", "--ballistic", "-5"], "--ballistic", "-5"),
    "a body that is not a number": (["--model", "drag", "--ballistic", "nan"], "--ballistic", "nan"),
    "a body without air": (["--model", "j2", "--ballistic", "10"], "--ballistic", "10.0 with --model j2"),
    "wind without air": (["--scenario", "launch.toml"], "--scenario", "with --model vacuum"),
    "no such scenario": (
        ["--model", "drag", "--ballistic", "10", "--scenario", "no.toml"], "no.toml", "no such file"
    ),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "launch.toml").write_text(SMALL, "utf-8")
    (tmp_path / "states.csv").write_text(GOOD, "utf-8")
    return tmp_path


def invoke(*arguments: str):
    return CliRunner().invoke(app, ["iip", "states.csv", "-o", "out.csv", *arguments])


@pytest.mark.parametrize(("content", "key", "found", "help_"), TABLES.values(), ids=TABLES)
def test_bad_tables(content, key, found, help_, place) -> None:
    (place / "states.csv").write_bytes(content)
    result = invoke()
    assert result.exit_code == 2, result.output
    lines = result.stderr.splitlines()
    assert lines[0] == ("error: states.csv" + (f": {key}" if key else ""))
    assert [line.split()[0] for line in lines[1:]] == ["found:", "allowed:", "remedy:"]
    assert found in lines[1] and help_ in "\n".join(lines)
    assert not (place / "out.csv").exists()


@pytest.mark.parametrize(("arguments", "where", "found"), OPTIONS.values(), ids=OPTIONS)
def test_bad_options(arguments, where, found, place) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"error: {where}\n") and found in result.stderr
    assert not (place / "out.csv").exists()


def test_an_unknown_model(place) -> None:
    result = invoke("--model", "moon")
    assert result.exit_code == 2 and "'vacuum', 'j2', 'drag'" in result.stderr


@pytest.mark.parametrize("target", ["missing.csv", "."])
def test_files_that_cannot_be_read(target, place) -> None:
    result = CliRunner().invoke(app, ["iip", target, "-o", "out.csv"])
    assert result.exit_code == 2 and "a table of states (CSV) of at most 100 MB" in result.stderr
    assert not (place / "out.csv").exists()


def test_a_file_too_large_is_not_read_through(place) -> None:
    with open(place / "states.csv", "r+b") as file:
        file.truncate(300_000_000)  # sparse: it takes no space
    result = invoke()
    assert result.exit_code == 2 and "more than 100 MB" in result.stderr
    with pytest.raises(inputs.InputError, match="more than 1 MB"):
        inputs.read_file(place / "states.csv", what="x", max_bytes=1_000_000)


def test_what_is_there_is_kept(place) -> None:
    (place / "out.csv").write_text("mine")
    assert invoke().exit_code == 2
    assert (place / "out.csv").read_text() == "mine"
    assert invoke("--force").exit_code == 0


def test_a_good_table(place) -> None:
    result = invoke()
    assert result.exit_code == 0, result.stderr
    assert result.stderr.endswith("Wrote out.csv: 2 impact, 1 orbit, 1 already down.\n")
    rows = [line.split(",")[7:] for line in (place / "out.csv").read_text().splitlines()]
    assert rows[0] == ["code", "iip_lat_deg", "iip_lon_deg", "tof_s"]
    assert rows[1] == ["impact", "39.6475561", "124.7049745", "27.759"]
    assert rows[2][0] == "impact"
    assert rows[3:] == [["orbit", "", "", ""], ["already down", "", "", ""]]


@pytest.mark.parametrize(
    ("model", "latitude"), [("vacuum", 39.6475561), ("j2", 39.6474982), ("drag", 39.6541)]
)
def test_models(model, latitude, place) -> None:
    more = ["--ballistic", "500"] if model == "drag" else []
    assert invoke("--model", model, *more).exit_code == 0
    row = (place / "out.csv").read_text().splitlines()[1].split(",")
    assert float(row[8]) == pytest.approx(latitude, abs=1e-3 if model == "drag" else 1e-6)


def test_the_wind_of_a_scenario_carries_what_falls(place) -> None:
    calm_air = invoke("--model", "drag", "--ballistic", "5")
    assert calm_air.exit_code == 0
    calm = (place / "out.csv").read_text()
    result = invoke("--model", "drag", "--ballistic", "5", "--scenario", "launch.toml", "--force")
    assert result.exit_code == 0, result.stderr
    blown = (place / "out.csv").read_text()
    longitude = [float(text.splitlines()[1].split(",")[9]) for text in (calm, blown)]
    assert longitude[1] > longitude[0] + 0.003  # from the west, 5 m/s and more


ENDS = {
    "on the ground, at rest": ("0,0,0,0,0,0", "impact"),
    "just below it": ("0,0,-0.5,0,0,100", "already down"),
    "below it, in a flight that would leave": ("0,0,-5,0,0,12000", "already down"),
    "above a pole": ("90,0,100000,0,0,0", "impact"),
    "over a pole, round the Earth": ("-90,180,480000,0,7700,0", "orbit"),
    "round the Earth but for the ground": ("0,0,300000,7100,0,0", "impact"),
    "a full orbit, far out": ("10,359,35786000,0,0,0", "orbit"),
    "faster than escape": ("0,-360,200000,0,0,12000", "escape"),
}


@pytest.mark.parametrize(
    "model", [["vacuum"], ["j2"], ["drag", "--ballistic", "300"]], ids=lambda model: model[0]
)
def test_what_has_no_impact_point_says_why_by_every_model(model, place) -> None:
    table = [HEADER, *(f"x,{state}\n" for state, _ in ENDS.values())]
    (place / "states.csv").write_text("".join(table), "utf-8")
    result = invoke("--model", *model)
    assert result.exit_code == 0, result.stderr
    rows = [line.split(",")[7:] for line in (place / "out.csv").read_text().splitlines()[1:]]
    assert dict(zip(ENDS, [row[0] for row in rows], strict=True)) == {
        k: code for k, (_, code) in ENDS.items()
    }
    for code, *numbers in rows:
        assert all(numbers) if code == "impact" else not any(numbers)


@pytest.mark.parametrize("word", ["nan", "NaN", "-", "n/a", "", "inf"])
@pytest.mark.parametrize("column", range(1, 7))
def test_a_row_without_a_number_is_named_and_nothing_written(column, word, place) -> None:
    lines = GOOD.splitlines()
    cells = lines[3].split(",")
    cells[column] = word
    lines[3] = ",".join(cells)
    (place / "states.csv").write_text("\n".join(lines), "utf-8")
    result = invoke()
    name = lines[0].split(",")[column]
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: states.csv: row 4, column {name}\n")
    assert (repr(word) if word else "an empty cell") in result.stderr
    assert not (place / "out.csv").exists()


@pytest.mark.parametrize("turn", [0, 3, 7])
def test_the_validation_set_goes_through_in_any_order_of_columns(turn, place) -> None:
    path = shared_path("validation", "iip", "iip_vacuum_states.csv")
    given = [line.split(",") for line in path.read_text().splitlines()]
    given = [[row[0], *row[1 + turn :], *row[1 : 1 + turn]] for row in given]
    (place / "states.csv").write_text("\n".join(",".join(row) for row in given), "utf-8")
    result = invoke()
    assert result.exit_code == 0, result.stderr
    made = [line.split(",") for line in (place / "out.csv").read_text().splitlines()]
    for row, ours in zip(given[1:], made[1:], strict=True):
        expected = [float(row[given[0].index(name)]) for name in ("iip_lat_deg", "iip_lon_deg", "tof_s")]
        assert [float(cell) for cell in ours[-3:]] == pytest.approx(
            expected, abs=1.1e-3 if row[0] == "S8" else 2e-6, rel=1e-6
        )
