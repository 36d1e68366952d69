"""Bad input never half-works: one message with file, key, found, allowed and remedy; exit code 2; nothing written."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app
from scenarios import SMALL, edited
from support import require

RING = "ring_latlon_deg = [[29.0, 141.0], [27.0, 146.0], [25.0, 145.0], [27.0, 140.0], [29.0, 141.0]]"
BAND = "band = { azimuth_deg = 110.0, near_km = 900.0, far_km = 1400.0, half_width_km = 100.0 }"
RISE = "pitch_deg = 90.0\nheading_deg = 105.0"
MATRIX = "matrix = [[1.0, 0.5], [0.5, 1.0]]"


@dataclass(frozen=True)
class Case:
    """A scenario with one fault: what is edited, the key named, words of the message."""

    name: str
    edits: tuple[tuple[str, str], ...]
    key: str
    words: tuple[str, ...] = field(default=())

    def text(self) -> str:
        return edited(*self.edits)


def case(name: str, old: str, new: str, key: str, *words: str) -> Case:
    return Case(name, ((old, new),), key, words)


KEYS = [
    case("unknown key", "engines = 1", "colour = 3", "vehicle.stage.1.colour", "an unknown key", "Remove it"),
    case("misspelt key", "engines = 1", "enginse = 1", "vehicle.stage.1.enginse", "Did you mean engines?"),
    case("misspelt required key", "propellant_kg = 4000.0", "propelant_kg = 4000.0", "vehicle.stage.2.propelant_kg",
         "Did you mean propellant_kg, in kilograms?"),
    case("misspelt table", "[site]", "[sight]", "sight", "Did you mean site?"),
    case("key at the top that belongs below", "schema_version = 1", "schema_version = 1\npayload_kg = 3.0",
         "payload_kg", "an unknown key", "[vehicle]"),
    case("wrong unit in the key", "thrust_vacuum_n = 450000.0", "thrust_vacuum_kn = 450.0",
         "vehicle.stage.1.thrust_vacuum_kn", "Write thrust_vacuum_n, in newtons: 450 kn = 450000"),
    case("tonnes in the key", "propellant_kg = 4000.0", "propellant_t = { value = 4.0, sigma = 0.1 }",
         "vehicle.stage.2.propellant_t", "Write propellant_kg, in kilograms: 4 t = 4000"),
    case("no unit in the key", "isp_vacuum_s = 335.0", "isp_vacuum = 335.0", "vehicle.stage.2.isp_vacuum",
         "Write isp_vacuum_s, in seconds"),
    case("capital letters", "burn_time_s = 380.0", "Burn_Time_S = 380.0", "vehicle.stage.2.Burn_Time_S",
         "Write burn_time_s."),
    case("unknown key of a claim", "tolerance_s = 60.0", "tolerance_km = 60.0", "claim.1.tolerance_km",
         "Write tolerance_s, in seconds"),
    case("unknown key beside a value", "sigma = 40.0", "stdev = 40.0", "vehicle.stage.1.dry_mass_kg.stdev",
         "value, sigma, range"),
    case("required key missing", "reference_area_m2 = 2.1\n", "", "vehicle.stage.2.reference_area_m2", "nothing",
         "required", "Add reference_area_m2 = ... to [vehicle.stage.2]."),
    case("required table missing", 'schema_version = 1\ntitle = "Generic two-stage vehicle"', "schema_version = 1",
         "title", "required", "Add title = ... to the top of the file."),
    case("version of another release", "schema_version = 1", "schema_version = 7", "schema_version", "7", "1, the only"),
    case("version in quotes", "schema_version = 1", 'schema_version = "1"', "schema_version", 'the text "1"'),
]  # fmt: skip

TYPES = [
    case("number in quotes", "payload_kg = 200.0", 'payload_kg = "200"', "vehicle.payload_kg", 'the text "200"',
         "without quotes"),
    case("number with its unit", "payload_kg = 200.0", 'payload_kg = "200 kg"', "vehicle.payload_kg", "without a unit"),
    case("true for a number", "payload_kg = 200.0", "payload_kg = true", "vehicle.payload_kg", "true", "a number"),
    case("yes for true", "fitted = true", 'fitted = "yes"', "termination.fitted", "true or false"),
    case("a list for a number", "isp_vacuum_s = 335.0", "isp_vacuum_s = [330.0, 340.0]", "vehicle.stage.2.isp_vacuum_s",
         "a list of 2", "range"),
    case("a number for a text", 'name = "Example pad"', "name = 4", "site.name", "a text in quotes"),
    case("an empty text", 'name = "Example pad"', 'name = ""', "site.name", "at least 1 character"),
    case("half an engine", "engines = 1", "engines = 1.5", "vehicle.stage.1.engines", "1.5", "a whole number"),
    case("no engine", "engines = 1", "engines = 0", "vehicle.stage.1.engines", "1 to 64"),
    case("a number for a table", "[termination]\nfitted = true", "[nothing]", "nothing", "an unknown key"),
    case("a table for a list of tables", "[flight_plan.cut_off]", "[flight_plan.cut_off.more]",
         "flight_plan.cut_off.more", "an unknown key"),
    case("NaN", "isp_vacuum_s = 335.0", "isp_vacuum_s = nan", "vehicle.stage.2.isp_vacuum_s", "nan", "a finite number"),
    case("a number beyond all numbers", "payload_kg = 200.0", "payload_kg = 1" + "0" * 400, "vehicle.payload_kg",
         "1000000", "a number"),
    case("infinity", "near_km = 900.0", "near_km = -inf", "announced_zone.1.band.near_km", "-inf", "finite"),
    case("NaN in a spread", "range = [2.0, 4.0]", "range = [2.0, nan]", "vehicle.stage.2.ignition_delay_s.range.2", "nan"),
    case("NaN in a ring", "[27.0, 146.0]", "[27.0, nan]", "announced_zone.2.ring_latlon_deg.2.2", "nan"),
    case("an instant without time zone", "utc = 2030-03-01T01:00:00Z", "utc = 2030-03-01T10:00:00", "launch.utc",
         "no time zone", "+09:00"),
    case("a date without time", "utc = 2030-03-01T01:00:00Z", "utc = 2030-03-01", "launch.utc", "a date without a time"),
    case("a time since 1970", "utc = 2030-03-01T01:00:00Z", "utc = 1898557200", "launch.utc", "1898557200", "an instant"),
    case("a year long ago", "utc = 2030-03-01T01:00:00Z", "utc = 1930-03-01T01:00:00Z", "launch.utc", "1957 to 2099"),
    case("a text with a control character", "Generic two-stage", "Generic \\u202e two-stage", "title", "U+202E", "visible"),
    case("a text without end", '"Made up for the tests"', '"' + "long " * 1000 + '"', "source.1.text", "5000 characters"),
]  # fmt: skip

VALUES = [
    case("negative mass", "dry_mass_kg = 450.0", "dry_mass_kg = -450.0", "vehicle.stage.2.dry_mass_kg", "-450",
         "more than 0", "sign"),
    case("negative payload", "payload_kg = 200.0", "payload_kg = -1.0", "vehicle.payload_kg", "-1", "0 or more"),
    case("zero thrust", "thrust_vacuum_n = 34000.0", "thrust_vacuum_n = 0", "vehicle.stage.2.thrust_vacuum_n",
         "more than 0"),
    case("exhaust speed for specific impulse", "isp_vacuum_s = 335.0", "isp_vacuum_s = 3285.0",
         "vehicle.stage.2.isp_vacuum_s", "3285", "50 to 600 s", "9.80665"),
    case("thrust in kilonewtons", "thrust_vacuum_n = 34000.0", "thrust_vacuum_n = 34.0",
         "vehicle.stage.2.thrust_vacuum_n", "kilonewtons"),
    case("mass in tonnes", "dry_mass_kg = 450.0", "dry_mass_kg = 0.45", "vehicle.stage.2.dry_mass_kg", "tonnes"),
    case("dry mass alone in tonnes", "dry_mass_kg = 450.0", "dry_mass_kg = 4.5", "vehicle.stage.2.dry_mass_kg",
         "1 to 90 % of the stage", "tonnes"),
    case("heat flux in kilowatts", "heat_flux_wpm2 = 1135.0", "heat_flux_wpm2 = 1.135", "vehicle.fairing.heat_flux_wpm2",
         "kW/m2"),
    case("negative spread", "sigma = 40.0", "sigma = -40.0", "vehicle.stage.1.dry_mass_kg.sigma", "-40", "0 or more"),
    case("spread that reaches below zero", "sigma = 40.0", "sigma = 500.0", "vehicle.stage.1.dry_mass_kg.sigma",
         "less than 400"),
    case("range beside the value", "range = [2.0, 4.0]", "range = [4.0, 6.0]", "vehicle.stage.2.ignition_delay_s.range",
         "[4, 6] around the value 3"),
    case("range of one number", "range = [2.0, 4.0]", "range = [2.0]", "vehicle.stage.2.ignition_delay_s.range",
         "too few numbers"),
    case("shape without its spread", "sigma = 40.0", 'shape = "uniform"', "vehicle.stage.1.dry_mass_kg.shape",
         "without range"),
    case("misspelt shape", '"loguniform"', '"log-uniform"', "vehicle.stage.1.ballistic_kgpm2.shape",
         'Did you mean "loguniform"?'),
    case("wind tables of different length", "speed_mps = [5.0, 20.0, 45.0]", "speed_mps = [5.0, 20.0]",
         "wind.altitude_m", "3 values, 2 of speed_mps"),
    case("wind from below again", "[0.0, 5000.0, 12000.0]", "[0.0, 12000.0, 5000.0]", "wind.altitude_m.3", "rising"),
    case("wind heights in kilometres", "[0.0, 5000.0, 12000.0]", "[0.0, 5.0, 12.0]", "wind.altitude_m", "kilometres"),
    case("negative wind", "[5.0, 20.0, 45.0]", "[5.0, -20.0, 45.0]", "wind.speed_mps", "0 to 200 m/s"),
    case("latitude and longitude exchanged", "latitude_deg = 31.25\nlongitude_deg = 131.08",
         "latitude_deg = 131.08\nlongitude_deg = 31.25", "site.latitude_deg", "-90 to 90", "exchanged"),
    case("place not filled in", "latitude_deg = 31.25\nlongitude_deg = 131.08", "latitude_deg = 0.0\nlongitude_deg = 0",
         "site.latitude_deg", "(0, 0)"),
    case("country by name", 'country = "JP"', 'country = "Japan"', "site.country", "two capital letters"),
    case("time zone of another planet", "zone_offset_h = 9.0", "zone_offset_h = 900.0", "launch.zone_offset_h",
         "-14 to 14", "hours"),
    case("probability in per cent", "probability = 0.03", "probability = 3", "failure.2.probability", "0 to 1",
         "12 % is 0.12"),
    case("probabilities beyond one", "probability = 0.03", "probability = 0.97", "failure", "sum to 1.01", "at most 1"),
    case("failure ends before it begins", "start_fraction = 0.2", "start_fraction = 0.95", "failure.2.start_fraction",
         "at most end_fraction"),
]  # fmt: skip

ZONES = [
    case("ring not closed", ", [29.0, 141.0]]", "]", "announced_zone.2.ring_latlon_deg", "not closed",
         "Repeat the first point"),
    case("ring crossing itself", RING,
         "ring_latlon_deg = [[29.0, 141.0], [27.0, 146.0], [27.0, 140.0], [25.0, 145.0], [29.0, 141.0]]",
         "announced_zone.2.ring_latlon_deg", "crosses or touches itself near (27, 14", "Give its corners in order"),
    case("ring of two points", RING, "ring_latlon_deg = [[29.0, 141.0], [29.0, 141.0]]",
         "announced_zone.2.ring_latlon_deg", "2 points", "at least four points"),
    case("ring on a line", RING, "ring_latlon_deg = [[29.0, 141.0], [28.0, 142.0], [27.0, 143.0], [29.0, 141.0]]",
         "announced_zone.2.ring_latlon_deg", "without area"),
    case("ring of longitude and latitude", "[27.0, 146.0]", "[146.0, 27.0]", "announced_zone.2.ring_latlon_deg.2.1",
         "146", "-90 to 90", "exchanged"),
    case("two shapes", BAND, f"{BAND}\n{RING}", "announced_zone.1", "exactly one of"),
    case("no shape", BAND, "", "announced_zone.1", "no shape"),
    case("band turned round", "near_km = 900.0", "near_km = 1500.0", "announced_zone.1.band.near_km", "less than far_km"),
    case("misspelt body", 'body = "fairing"\nring', 'body = "fairings"\nring', "announced_zone.2.body",
         'Did you mean "fairing"?'),
    case("stage that does not exist falls", 'key = "zone-stage-1"\nlabel = "Announced: stage 1"\nbody = "stage-1"',
         'key = "zone-stage-3"\nlabel = "Announced: stage 3"\nbody = "stage-3"', "announced_zone.1.body", '"stage-2"'),
    case("key with a blank", 'key = "zone-fairing"', 'key = "zone fairing"', "announced_zone.2.key",
         "lower-case letters, digits and hyphens"),
]  # fmt: skip

FLIGHT = [
    case("cannot lift off", "thrust_vacuum_n = 450000.0", "thrust_vacuum_n = 300000.0",
         "vehicle.stage.1.thrust_vacuum_n", "cannot lift off", "above the weight"),
    case("too heavy to lift off", "propellant_kg = 4000.0", "propellant_kg = 40000.0", "vehicle.stage.1.thrust_vacuum_n",
         "cannot lift off"),
    case("exit area in square centimetres", "nozzle_exit_area_m2 = 0.7", "nozzle_exit_area_m2 = 7000.0",
         "vehicle.stage.1.nozzle_exit_area_m2", "cm2"),
    case("exit area eats the thrust", "nozzle_exit_area_m2 = 0.7", "nozzle_exit_area_m2 = 7.0",
         "vehicle.stage.1.nozzle_exit_area_m2", "less than 4.44 m2"),
    case("burn longer than propellant", "burn_time_s = 380.0", "burn_time_s = 480.0", "vehicle.stage.2.burn_time_s",
         "480", "at most 386.", "4000 kg of propellant"),
    case("tail-off longer than the burn", "reference_area_m2 = 2.2", "reference_area_m2 = 2.2\ntail_off_s = 150.0",
         "vehicle.stage.1.tail_off_s", "150", "at most 143.83 s", "as long as the propellant lasts"),
    case("build-up longer than the burn", "reference_area_m2 = 2.1", "reference_area_m2 = 2.1\nbuild_up_s = 390.0",
         "vehicle.stage.2.build_up_s", "390", "at most 386.5 s", "full thrust would never come"),
    case("build-up of the first stage", "reference_area_m2 = 2.2", "reference_area_m2 = 2.2\nbuild_up_s = 2.0",
         "vehicle.stage.1.build_up_s", "held down", "Leave it out"),
    case("Mach rows on top of each other", "[vehicle.fairing]",
         "[vehicle.drag]\nmach = [0.0, 1.0, 1.0005]\ncd = [0.3, 0.3, 0.6]\n\n[vehicle.fairing]",
         "vehicle.drag.mach.3", "1.0005 after 1", "0.001 apart", "Leave one of the two rows out"),
    case("a booster that is not there fails", "start_fraction = 0.2", "booster = 1\nstart_fraction = 0.2",
         "failure.2.booster", "no boosters", "leave it out"),
    case("upper stage that cannot push", "thrust_vacuum_n = 34000.0", "thrust_vacuum_n = 340.0",
         "vehicle.stage.2.thrust_vacuum_n", "m/s2"),
    case("first stage lit late", "separation_delay_s = 2.0", "ignition_delay_s = 2.0", "vehicle.stage.1.ignition_delay_s",
         "lift-off of stage 1"),
    case("fairing let go by a stage that is not there", "earliest_stage = 2", "earliest_stage = 3",
         "vehicle.fairing.earliest_stage", "1 to 2"),
    case("steering of a stage that is not there", 'stage = 2\nmode = "linear_tangent"',
         'stage = 3\nmode = "linear_tangent"', "flight_plan.steering.4.stage", "1 to 2"),
    case("stage without steering", 'stage = 2\nmode = "linear_tangent"',
         'stage = 1\nstart_s = 90.0\nmode = "linear_tangent"', "flight_plan.steering", "no row for stage 2"),
    case("steering out of order", "start_s = 50.0", "start_s = 5.0", "flight_plan.steering.3.start_s",
         "in order of stage"),
    case("steering after burn-out", "start_s = 50.0", "start_s = 500.0", "flight_plan.steering.3.start_s",
         "when stage 1 burns out"),
    case("stage not steered at first", RISE, f"start_s = 3.0\n{RISE}", "flight_plan.steering.1.start_s",
         "from its ignition on"),
    case("gravity turn from rest", RISE, 'mode = "gravity_turn"', "flight_plan.steering.1.mode", "from rest"),
    case("no direction after a gravity turn", "heading_deg = 106.0\n", "", "flight_plan.steering.4.heading_deg",
         "after a gravity turn"),
    case("gravity turn with a pitch", 'mode = "gravity_turn"', 'mode = "gravity_turn"\npitch_deg = 3.0',
         "flight_plan.steering.3", "no pitch and no heading"),
    case("pitch past the vertical", "pitch_deg = 89.0", "pitch_deg = 98.0", "flight_plan.steering.2.pitch_deg",
         "-90 to 90"),
    case("misspelt steering", '"linear_tangent"', '"linear-tangent"', "flight_plan.steering.4.mode",
         'Did you mean "linear_tangent"?'),
    case("target that is no orbit", "mean_altitude_km = 300.0", "mean_altitude_km = 90.0",
         "flight_plan.cut_off.mean_altitude_km", "120 to 36000", "orbit"),
    case("failure of a stage that is not there", 'mode = "spurious_termination"\nstage = 2',
         'mode = "spurious_termination"\nstage = 4', "failure.2.stage", "1 to 2"),
    case("termination of a vehicle without the system", "fitted = true", "fitted = false", "failure.2.mode",
         "[termination]"),
    Case("two endings", (("start_fraction = 0.2", "happened = true"), ("probability = { value = 0.04",
         "happened = true\nprobability = { value = 0.04")), "failure.2.happened", ("2 modes", "at most one")),
]  # fmt: skip

NAMES = [
    case("two failures of one key", 'key = "stage-2-termination"', 'key = "stage-1-loss"', "failure.2.key", "as in row 1"),
    case("two claims of one key", 'key = "splash"', 'key = "lift-off"', "claim.2.key", "as in row 1"),
    case("claim of an unknown kind", 'kind = "fall"', 'kind = "fell"', "claim.2.kind", 'Did you mean "fall"?'),
    case("claim without a kind", 'kind = "fall"\n', "", "claim.2.kind", "Add the kind"),
    case("claim of an unknown body", 'body = "stage-1"\nutc', 'body = "stage one"\nutc', "claim.2.body", '"stage-1"'),
    case("claim of an unknown zone", 'zone = "zone-fairing"', 'zone = "zone-fare"', "claim.3.zone",
         'Did you mean "zone-fairing"?'),
    case("contradicts nobody", 'contradicts = ["splash"]', 'contradicts = ["splish"]', "claim.3.contradicts.1",
         'Did you mean "splash"?'),
    case("contradicts itself", 'contradicts = ["splash"]', 'contradicts = ["in-zone"]', "claim.3.contradicts.1", "itself"),
    case("source that is not listed", 'sigma = 100.0, source = "made-up"', 'sigma = 100.0, source = "madeup"',
         "vehicle.stage.1.propellant_kg.source", 'Did you mean "made-up"?'),
    case("source in a list that is not listed", 'source = ["made-up"]', 'source = ["made-up", "s9"]', "claim.2.source.2",
         '"s9"'),
    case("claim of another day", "utc = 2030-03-01T01:12:00Z", "utc = 2030-03-11T01:12:00Z", "claim.2.utc",
         "within a day of lift-off"),
    case("distance from no coast", 'coast_country = ["JP"]\n', "", "claim.2.distance_km", "coast_country"),
    Case("fall that says nothing", (("utc = 2030-03-01T01:12:00Z\n", ""), ("distance_km = 900.0\n", "")), "claim.2",
         ("neither utc nor distance_km",)),
    case("correlation of a fixed value", '"vehicle.stage.1.dry_mass_kg", ', '"vehicle.stage.2.dry_mass_kg", ',
         "correlation.paths.1", "no spread"),
    case("correlation of different size", MATRIX, "matrix = [[1.0]]", "correlation.matrix", "2 rows of 2"),
    case("correlation not symmetric", MATRIX, "matrix = [[1.0, 0.5], [0.4, 1.0]]", "correlation.matrix.1.2", "symmetric"),
    case("covariance for correlation", MATRIX, "matrix = [[1600.0, 0.5], [0.5, 1.0]]", "correlation.matrix.1.1",
         "1600 on the diagonal"),
    case("correlation beyond one", MATRIX, "matrix = [[1.0, 1.5], [1.5, 1.0]]", "correlation.matrix.1.2", "-1 to 1"),
]  # fmt: skip

SYNTAX = [
    case("quote not closed", 'title = "Generic two-stage vehicle"', 'title = "Generic two-stage vehicle', "", ":2", "TOML"),
    case("key twice", "engines = 1", "engines = 1\nengines = 2", "", "overwrite"),
    case("no value", "engines = 1", "engines =", "", "engines =", "invalid value"),
    case("decimal comma", "altitude_m = 100.0", "altitude_m = 100,0", "", "altitude_m = 100,0"),
    case("unit behind the number", "altitude_m = 100.0", "altitude_m = 100 m", "", "altitude_m = 100 m"),
    case("brackets without end", MATRIX, "matrix = " + "[" * 5000, "", "nested", "Close the brackets"),
    case("a number of 10,000 digits", "engines = 1", "engines = 1" + "0" * 10_000, "", "4300 digits"),
]  # fmt: skip

TABLE = KEYS + TYPES + VALUES + ZONES + FLIGHT + NAMES + SYNTAX


def test_the_table_is_large_enough():
    assert len(TABLE) >= 60
    assert len({c.name for c in TABLE}) == len(TABLE)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def refused(arguments: list[str], *, where: str, key: str = "", words: tuple[str, ...] = ()) -> str:
    """Run a command that must refuse its input; return the message."""
    before = everything_below(Path.cwd())
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    message = result.stderr
    assert result.exit_code == 2, (result.exit_code, message, result.stdout)
    assert result.stdout == ""
    assert_one_message(message, where, key)
    for word in words:
        assert word in message, f"{word!r} is not in:\n{message}"
    assert everything_below(Path.cwd()) == before, "something was written"
    return message


def assert_one_message(message: str, where: str, key: str) -> None:
    assert message.count("error:") == 1 and "Traceback" not in message, message
    head, *rows = message.rstrip("\n").split("\n")
    assert head.startswith(f"error: {where}"), message
    line, _, named = head.removeprefix(f"error: {where}").partition(": ")
    assert line == "" or line[1:].isdigit(), message
    assert named == key, message
    assert [row.split(":")[0].strip() for row in rows] == ["found", "allowed", "remedy"], message
    assert all(len(row) > 11 for row in rows), message


@pytest.mark.parametrize("bad", TABLE, ids=lambda c: c.name.replace(" ", "-"))
def test_a_bad_scenario(bad: Case, place: Path):
    (place / "launch.toml").write_text(bad.text(), "utf-8")
    refused(["plan", "launch.toml", "-o", "out"], where="launch.toml", key=bad.key, words=bad.words)


def write_latin(path: Path) -> None:
    path.write_bytes(SMALL.replace("Example pad", "Kagoshima é").encode("latin-1"))


def write_large(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(100_000_000)


def write_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


FILES: list[tuple[str, Callable[[Path], object], tuple[str, ...]]] = [
    ("missing", lambda path: None, ("no such file", "overflight new")),
    ("a folder", lambda path: path.mkdir(), ("a folder", "Name the TOML file in it")),
    ("empty", lambda path: path.write_bytes(b""), ("an empty file",)),
    ("blank", lambda path: path.write_bytes(b" \n\n"), ("an empty file",)),
    ("100 MB", write_large, ("100 MB", "at most 5 MB")),
    ("latin-1", write_latin, ("0xe9", "UTF-8")),
    ("utf-16", lambda path: path.write_text(SMALL, "utf-16"), ("UTF-16", "UTF-8")),
    ("zeros", lambda path: path.write_bytes(bytes(1000)), ("TOML",)),
    ("JSON", lambda path: path.write_text('{"schema_version": 1}'), ("TOML",)),
    ("a pipe", os.mkfifo, ("a device, pipe or socket",)),
    ("a socket", write_socket, ("a device, pipe or socket",)),
    ("a loop of links", lambda path: path.symlink_to(path), ("links",)),
    ("a dangling link", lambda path: path.symlink_to("nowhere.toml"), ("no such file",)),
]


@pytest.mark.parametrize(
    ("make", "words"), [f[1:] for f in FILES], ids=[f[0].replace(" ", "-") for f in FILES]
)
@pytest.mark.timeout(20)
def test_a_bad_file(make, words, place: Path):
    make(place / "launch.toml")
    refused(["plan", "launch.toml", "-o", "out"], where="launch.toml", words=words)


def test_a_path_that_cannot_be(place: Path):
    name = "a" * 300 + ".toml"
    refused(["plan", name, "-o", "out"], where=name, words=("too long",))
    (place / "file").write_text("x")
    refused(["plan", "file/launch.toml", "-o", "out"], where="file/launch.toml", words=("ot a directory",))


def test_a_large_file_is_refused_before_it_is_read(place: Path, monkeypatch):
    from overflight.errors import ScenarioError
    from overflight.scenario import load

    write_large(place / "launch.toml")
    monkeypatch.setattr("builtins.open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(ScenarioError, match="100 MB"):
        load.load_scenario(place / "launch.toml")


def test_a_file_that_grows_while_it_is_read_is_refused(place: Path):
    from overflight.errors import ScenarioError
    from overflight.scenario.load import load_scenario

    require(Path("/proc/self/mem").exists(), "this system has no file that is longer than it says")
    with pytest.raises(ScenarioError):
        load_scenario("/proc/kallsyms" if Path("/proc/kallsyms").exists() else "/proc/self/maps")


def test_several_faults_show_the_first_and_the_count(place: Path):
    text = edited(
        ("engines = 1", "enginse = 1"), ("payload_kg = 200.0", "payload_kg = -200.0"), ("[site]", "[sight]")
    )
    (place / "launch.toml").write_text(text)
    message = refused(
        ["plan", "launch.toml", "-o", "out"], where="launch.toml", key="vehicle.stage.1.enginse"
    )
    assert "And 2 more: `overflight check launch.toml` lists all." in message


def test_check_lists_all_faults(place: Path):
    text = edited(
        ("engines = 1", "enginse = 1"), ("payload_kg = 200.0", "payload_kg = -200.0"), ("[site]", "[sight]")
    )
    (place / "launch.toml").write_text(text)
    result = CliRunner().invoke(app, ["check", "launch.toml"], catch_exceptions=False)
    assert result.exit_code == 2
    keys = [
        line.partition(": ")[2].partition(": ")[2]
        for line in result.stderr.split("\n")
        if line.startswith("error:")
    ]
    assert sorted(keys) == ["sight", "vehicle.payload_kg", "vehicle.stage.1.enginse"]
    assert result.stderr.endswith("3 faults in launch.toml.\n")


PLACES = [
    ("missing", None, "no such file"),
    ("no JSON", "{", "no JSON"),
    ("not GeoJSON", json.dumps({"type": "Topology"}), "FeatureCollection"),
    ("without features", json.dumps({"type": "FeatureCollection", "features": []}), "no features"),
    ("NaN", '{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
]


@pytest.mark.parametrize(("name", "text", "word"), PLACES, ids=[p[0].replace(" ", "-") for p in PLACES])
def test_bad_places(name, text, word, place: Path):
    (place / "launch.toml").write_text(SMALL)
    if text is not None:
        (place / "my.geojson").write_text(text)
    before = everything_below(place)
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "out", "--places", "my.geojson"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: my.geojson") and word in result.stderr
    assert everything_below(place) == before


@pytest.mark.parametrize(
    "options",
    [
        ["--flights", "0"], ["--flights", "many"], ["--fragments", "-1"], ["--seed", "-1"], ["--engine", "warp"],
        ["--width-km", "0"], ["--width-km", "nan"], ["--width-km", "inf"], ["--colour"],
    ],
    ids="".join,
)  # fmt: skip
def test_bad_options(options, place: Path):
    (place / "launch.toml").write_text(SMALL)
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "out", *options])
    assert result.exit_code == 2
    assert options[0] in result.stderr and "Traceback" not in result.stderr
    assert everything_below(place) == {"launch.toml"}


SUBPROCESS = [
    c for c in TABLE if c.name in ("wrong unit in the key", "NaN", "ring not closed", "cannot lift off")
]


@pytest.mark.parametrize("bad", SUBPROCESS, ids=lambda c: c.name.replace(" ", "-"))
def test_a_bad_scenario_in_a_process_of_its_own(bad: Case, place: Path):
    (place / "launch.toml").write_text(bad.text())
    command = [sys.executable, "-m", "overflight.cli", "plan", "launch.toml", "-o", "out"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=place)
    assert result.returncode == 2
    assert result.stdout == ""
    assert_one_message(result.stderr, "launch.toml", bad.key)
    assert everything_below(place) == {"launch.toml"}


def test_a_file_without_permission(place: Path):
    path = place / "launch.toml"
    path.write_text(SMALL)
    path.chmod(0)
    code = (
        "import os, sys\n"
        "import overflight.cli.app, overflight.cli.output, overflight.cli.progress, overflight.scenario.load\n"
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "from overflight.cli import main\n"
        "sys.exit(main(['plan', 'launch.toml', '-o', 'out']))"
    )
    place.chmod(0o777)
    for parent in place.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=place)
    assert result.returncode == 2, result.stderr
    assert_one_message(result.stderr, "launch.toml", "")
    assert "no permission to read" in result.stderr
    assert everything_below(place) == {"launch.toml"}
