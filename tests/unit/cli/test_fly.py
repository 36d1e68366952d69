"""`overflight fly`: orbit, margin, shortfall, and what it refuses."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app
from overflight.errors import InputError
from overflight.jobs.fly import parse_orbit
from support import ROOT

runner = CliRunner()
TAIKI = str(ROOT / "examples" / "taiki-two-stage" / "launch.toml")


def test_it_says_which_orbit_is_reached_and_what_is_left(tmp_path) -> None:
    rows = tmp_path / "rows.csv"
    shown = runner.invoke(app, ["fly", TAIKI, "--orbit", "200x250,42.5", "-o", str(rows)])
    assert shown.exit_code == 0
    assert "Orbit: 200.00 x 250.00 km" in shown.stdout
    assert "inclination 42.500 deg" in shown.stdout
    assert "kg of propellant are left" in shown.stdout
    with rows.open() as file:
        table = list(csv.DictReader(file))
    assert [float(row["time_s"]) for row in table[:3]] == [0.0, 1.0, 2.0]
    assert len(table) == pytest.approx(570, abs=3)
    masses = [float(row["mass_kg"]) for row in table]
    assert masses == sorted(masses, reverse=True)
    assert runner.invoke(app, ["fly", TAIKI, "-o", str(rows)]).exit_code == 2, "it is not replaced unasked"


def test_what_is_lacking_is_a_shortfall_and_no_orbit() -> None:
    result = json.loads(runner.invoke(app, ["fly", TAIKI, "--orbit", "300,42.4", "--json"]).stdout)
    assert (result["reached"], result["orbit"], result["perigee_km"]) == (False, False, None)
    assert -400.0 < result["margin_mps"] < -20.0
    assert result["propellant_left_kg"] == 0.0
    assert result["max_dynamic_pressure_pa"] == pytest.approx(36.7e3, rel=0.02)
    far = runner.invoke(app, ["fly", TAIKI, "--orbit", "500,97.4"])
    assert far.exit_code == 0
    assert "out of its reach" in far.stdout


def test_a_plane_that_no_flight_from_there_has_is_told(tmp_path) -> None:
    scenario = str(tmp_path / "launch.toml")
    assert runner.invoke(app, ["new", "--like", "two-stage", "-o", scenario]).exit_code == 0
    shown = runner.invoke(app, ["fly", scenario, "--orbit", "300,20"]).stdout
    assert "Not the orbit asked for: inclination 29." in shown
    assert "nearer the equator than the pad, 31.2 deg" in shown
    told = json.loads(runner.invoke(app, ["fly", scenario, "--orbit", "300,20", "--json"]).stdout)
    assert (told["orbit"], told["reached"], len(told["misses"])) == (True, False, 1)


def test_drawn_flights_say_what_they_bear() -> None:
    shown = runner.invoke(app, ["fly", TAIKI, "--flights", "40"]).stdout
    assert "Loads of 40 drawn flights, 5 / 50 / 95 % of their peaks: 3" in shown
    told = json.loads(runner.invoke(app, ["fly", TAIKI, "--flights", "40", "--json"]).stdout)
    drawn = told["drawn_flights"]
    assert (drawn["count"], drawn["percentiles"]) == (40, [5.0, 50.0, 95.0])
    for name in ("max_dynamic_pressure_pa", "max_q_alpha_pa_deg", "max_axial_load_mps2"):
        low, middle, high = drawn[name]
        assert low < middle < high
        assert middle == pytest.approx(told[name], rel=0.05)
    silent = runner.invoke(app, ["fly", TAIKI, "--flights", "0", "--json"]).stdout
    assert json.loads(silent)["drawn_flights"] is None


@pytest.mark.parametrize(
    "text",
    ["100,42", "abc", "200", "200,190", "300x200,42", "200,42,999", "200,42,1,1", "nan,42", "", "-200,42"],
)
def test_only_orbits_are_accepted(text) -> None:
    with pytest.raises(InputError):
        parse_orbit(text)
    assert runner.invoke(app, ["fly", TAIKI, "--orbit", text]).exit_code == 2


def test_orbits_are_read() -> None:
    orbit = parse_orbit("250X700,51.6,-30")
    assert orbit.perigee_km.value == 250.0
    assert orbit.apogee_km is not None and orbit.apogee_km.value == 700.0
    assert orbit.node_deg is not None and orbit.node_deg.value == -30.0
