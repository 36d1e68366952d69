"""The commands around a plan: help, version, new, check, schema, fit, warmup."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from overflight import __version__
from overflight.cli import COMMANDS, main
from overflight.cli.app import app
from scenarios import SMALL, edited
from support import ROOT

runner = CliRunner()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_short_help_names_the_commands_there_are(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert list(commands) == list(COMMANDS)
    for name, command in commands.items():
        assert command.help == COMMANDS[name]
        assert f"  {name} " in text and COMMANDS[name] in text
    assert max(len(line) for line in text.split("\n")) <= 110


@pytest.mark.parametrize("arguments", [[], ["-h"]])
def test_help_without_a_command(arguments, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Launch safety")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = runner.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert COMMANDS[command].split(":")[0] in " ".join(result.stdout.split())


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"overflight {__version__}\n"
    assert runner.invoke(app, ["--version"]).stdout == f"overflight {__version__}\n"


@pytest.mark.parametrize("arguments", [["plam"], ["plan"], ["new"], ["new", "-o", "x", "--like", "shuttle"]])
def test_a_wrong_command_line_is_exit_code_2(arguments, capsys):
    assert main(arguments) == 2
    assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize("like", ["small-3-stage", "two-stage"])
def test_new_writes_a_scenario_that_checks(like, place):
    assert runner.invoke(app, ["new", "-o", "launch.toml", "--like", like]).exit_code == 0
    result = runner.invoke(app, ["check", "launch.toml"])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("launch.toml: valid.")
    assert "example" in tomllib.loads((place / "launch.toml").read_text("utf-8"))["title"]


def test_new_keeps_what_is_there(place):
    (place / "launch.toml").write_text("mine")
    result = runner.invoke(app, ["new", "-o", "launch.toml"])
    assert result.exit_code == 2 and "an existing file" in result.stderr
    assert (place / "launch.toml").read_text() == "mine"
    assert runner.invoke(app, ["new", "-o", "launch.toml", "--force"]).exit_code == 0
    assert (place / "launch.toml").read_text("utf-8").startswith("# A generic")


@pytest.mark.parametrize(("target", "found"), [("no/where.toml", "does not exist"), (".", "a folder")])
def test_new_where_it_cannot_be(target, found, place):
    result = runner.invoke(app, ["new", "-o", target])
    assert result.exit_code == 2 and found in result.stderr
    assert list(place.iterdir()) == []


def test_check_tells_how_the_scenario_was_understood(place):
    (place / "launch.toml").write_text(
        edited(("utc = 2030-03-01T01:00:00Z", "utc = 2030-03-01T10:00:00+09:00"))
    )
    text = runner.invoke(app, ["check", "launch.toml"]).stdout
    assert "2030-03-01 01:00:00 UTC" in text
    assert "28,380 kg on the pad, thrust 1.36 times its weight" in text
    assert "Stage 2: 34 kN for 380.0 of 386.5 s" in text
    assert "2 modes, together 7 %" in text


def test_check_counts_boosters(place):
    """450 kN and 4 of 120 kN less 0.7 m2 of air pressure, over 28,380 + 4 x 3,300 kg."""
    booster = (
        '[[vehicle.booster]]\nname = "Booster"\ncount = 4\ndry_mass_kg = 300.0\npropellant_kg = 3000.0\n'
        "thrust_vacuum_n = 120000.0\nisp_vacuum_s = 270.0\nballistic_kgpm2 = 200.0\n\n[vehicle.fairing]"
    )
    (place / "launch.toml").write_text(edited(("[vehicle.fairing]", booster)))
    text = runner.invoke(app, ["check", "launch.toml"]).stdout
    ratio = (450e3 + 480e3 - 0.7 * 101325.0) / (41_580.0 * 9.80665)
    assert f"41,580 kg on the pad, thrust {ratio:.2f} times its weight" in text
    low, high = (float(part) for part in text.split("spread; thrust ")[1].split(" times")[0].split(" to "))
    assert low < ratio < high
    assert "booster 1: 4 of Booster: each 120 kN for 66.2 s" in text


def test_check_warns_of_draws_that_cannot_lift_off(place):
    wide = (
        "thrust_vacuum_n = 450000.0",
        "thrust_vacuum_n = { value = 450000.0, range = [300000.0, 600000.0] }",
    )
    (place / "launch.toml").write_text(edited(wide))
    text = runner.invoke(app, ["check", "launch.toml"]).stdout
    # uniform thrust: stuck below weight + loss to air = 28380 kg g + 0.7 m2 p0 = 349,244 N, 16.4 % of the range
    share = float(text.split("CAUTION: ")[1].split(" %")[0])
    assert share == pytest.approx(16.4, abs=1.5)
    (place / "launch.toml").write_text(SMALL)
    assert "CAUTION" not in runner.invoke(app, ["check", "launch.toml"]).stdout


def test_schema_goes_to_stdout_or_to_a_file(place):
    shown = runner.invoke(app, ["schema"]).stdout
    assert json.loads(shown)["$schema"].endswith("2020-12/schema")
    assert runner.invoke(app, ["schema", "-o", "schema.json"]).exit_code == 0
    assert (place / "schema.json").read_text("utf-8") == shown


def fake_job(monkeypatch, name: str, **functions) -> None:
    module = ModuleType(f"overflight.jobs.{name}")
    for key, function in functions.items():
        setattr(module, key, function)
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.parametrize("flags", [[], ["--announced"]], ids=["all facts", "announced"])
def test_fit_writes_what_the_job_returns(monkeypatch, place, flags):
    def fit(text, scenario, progress, *, announced):
        progress("Fitting", 1, 1)
        assert scenario.title in text and announced == bool(flags)
        return text + "\n# fitted\n"

    fake_job(monkeypatch, "fit", fit=fit)
    (place / "prior.toml").write_text(SMALL)
    result = runner.invoke(app, ["fit", "prior.toml", "-o", "launch.toml", *flags])
    assert result.exit_code == 0, result.stderr
    assert (place / "launch.toml").read_text() == SMALL + "\n# fitted\n"


def test_fit_refuses_a_result_that_is_no_scenario(monkeypatch, place):
    fake_job(monkeypatch, "fit", fit=lambda text, *_, **__: text.replace("payload_kg", "payload"))
    (place / "prior.toml").write_text(SMALL)
    result = runner.invoke(app, ["fit", "prior.toml", "-o", "launch.toml"])
    assert result.exit_code == 2 and "vehicle.payload" in result.stderr
    assert not (place / "launch.toml").exists()


def test_fit_looks_at_the_target_before_it_works(monkeypatch, place):
    fake_job(monkeypatch, "fit", fit=lambda *_: pytest.fail("the work began"))
    (place / "prior.toml").write_text(SMALL)
    (place / "launch.toml").write_text("mine")
    result = runner.invoke(app, ["fit", "prior.toml", "-o", "launch.toml"])
    assert result.exit_code == 2 and "an existing file" in result.stderr


def test_warmup_says_what_it_does(monkeypatch):
    fake_job(monkeypatch, "warmup", warmup=lambda progress: progress("Compiling kernels", 3, 3))
    result = runner.invoke(app, ["warmup"])
    assert result.exit_code == 0 and "Compiling kernels" in result.stderr
    assert runner.invoke(app, ["warmup", "--quiet"]).stderr == ""


def test_a_closed_pipe_is_no_traceback():
    command = f"{sys.executable} -m overflight.cli schema | head -c 10"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert len(result.stdout) == 10
    assert "Traceback" not in result.stderr and "unexpected" not in result.stderr


def test_names_in_other_scripts_survive_an_ascii_terminal(place):
    (place / "launch.toml").write_text(SMALL)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
        "import planfake\nfrom pages.sample_report import sohae\nfrom overflight.cli import main\n"
        "planfake.install(report=sohae())\nsys.exit(main(['plan', 'launch.toml', '-o', 'out']))"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, cwd=place)
    assert result.returncode == 0, result.stderr.decode()
    assert rb"\u4e45\u7c73\u5cf6\u753a Kumejima" in result.stdout


def test_plan_refuses_weather_that_is_none_and_writes_nothing(place):
    (place / "launch.toml").write_text(SMALL)
    (place / "junk.nc").write_bytes(b"GRIB" * 100)
    for name, says in (("junk.nc", "Convert GRIB files first"), ("none.nc", "no such file")):
        result = runner.invoke(app, ["plan", "launch.toml", "-o", "out", "--weather", name])
        assert result.exit_code == 2 and says in " ".join(result.stderr.split())
    assert not (place / "out").exists()


def test_a_dash_is_standard_output_where_a_file_is_asked_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = runner.invoke(app, ["new", "-o", "-"])
    assert made.exit_code == 0 and made.stdout.startswith("# A generic") and made.stderr == ""
    refused = runner.invoke(
        app, ["plan", str(ROOT / "examples" / "taiki-two-stage" / "launch.toml"), "-o", "-"]
    )
    assert refused.exit_code == 2 and "allowed: a folder" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_dash_is_standard_input_where_a_table_is_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = "lat_deg,lon_deg,h_m,ve_mps,vn_mps,vu_mps\n39.5,124.5,100000,0,-3000,500\n"
    made = runner.invoke(app, ["iip", "-", "-o", "-", "-q"], input=table)
    assert made.exit_code == 0 and len(made.stdout.splitlines()) == 2 and "impact" in made.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_comes_from_a_pipe():
    found = runner.invoke(app, ["check", "-"], input=SMALL)
    assert found.exit_code == 0 and found.stdout.startswith("standard input: valid.")
    wrong = runner.invoke(app, ["check", "-"], input=edited(("schema_version = 1", "schema_version = 9")))
    assert wrong.exit_code == 2 and "standard input" in wrong.stderr and "schema_version" in wrong.stderr
    for command in (["check", "-"], ["plan", "-", "-o", "out"], ["fly", "-"]):
        nothing = runner.invoke(app, command, input="")
        assert nothing.exit_code == 2 and "found:   nothing" in nothing.stderr, nothing.stderr
    assert not Path("out").exists()
