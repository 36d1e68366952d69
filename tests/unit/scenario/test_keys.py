"""What an unknown key may mean, and in which unit."""

from __future__ import annotations

import math

import pytest

from overflight.scenario.keys import FACTORS, UNITS, homes, known_keys, suggest, unit_of
from overflight.scenario.model import Scenario

STAGE = ["name", "dry_mass_kg", "propellant_kg", "thrust_vacuum_n", "isp_vacuum_s", "burn_time_s"]


@pytest.mark.parametrize(
    ("key", "value", "meant", "remedy"),
    [
        ("thrust_vacuum_kn", 450.0, "thrust_vacuum_n", "Write thrust_vacuum_n, in newtons: 450 kn = 450000."),
        (
            "thrust_vacuum_lbf",
            1000,
            "thrust_vacuum_n",
            "Write thrust_vacuum_n, in newtons: 1000 lbf = 4448.22.",
        ),
        (
            "dry_mass_lb",
            {"value": 100.0},
            "dry_mass_kg",
            "Write dry_mass_kg, in kilograms: 100 lb = 45.3592.",
        ),
        ("burn_time_min", 2.0, "burn_time_s", "Write burn_time_s, in seconds: 2 min = 120."),
        ("burn_time", 2.0, "burn_time_s", "Write burn_time_s, in seconds."),
        ("burn-time-s", 2.0, "burn_time_s", "Write burn_time_s."),
        ("thrust_vacuum_kn", "450", "thrust_vacuum_n", "Write thrust_vacuum_n, in newtons."),
        ("thrust_vacuum_furlongs", 1.0, "thrust_vacuum_n", "Write thrust_vacuum_n, in newtons."),
        ("propelant_kg", 1.0, "propellant_kg", "Did you mean propellant_kg, in kilograms?"),
        ("propellant", 1.0, "propellant_kg", "Write propellant_kg, in kilograms."),
        ("colour", "red", None, "Remove it; `overflight schema` lists all keys."),
    ],
)
def test_what_a_key_may_mean(key, value, meant, remedy):
    assert suggest(key, STAGE, value) == (meant, remedy)


def test_factors_lead_to_units_of_keys_and_agree_among_each_other():
    assert {unit for _, unit in FACTORS} <= set(UNITS)
    assert math.isclose(FACTORS["tf", "n"], 1e3 * FACTORS["kgf", "n"])
    assert math.isclose(FACTORS["lbf", "n"], FACTORS["lb", "kg"] * FACTORS["kgf", "n"], rel_tol=1e-12)
    assert math.isclose(FACTORS["rad", "deg"], math.degrees(1.0))
    assert math.isclose(FACTORS["mi", "km"], 5280 * FACTORS["ft", "m"] / 1000)


def test_units_of_keys():
    assert unit_of("ballistic_kgpm2") == "kilograms per square metre"
    assert unit_of("title") is None and unit_of("s") is None


def test_known_keys_follow_lists_values_and_kinds():
    raw = {"vehicle": {"stage": [{}, {}]}, "claim": [{"kind": "fall"}, {"kind": "orbit"}, {"kind": "?"}]}
    assert "isp_vacuum_s" in known_keys(Scenario, raw, ("vehicle", "stage", 1))
    assert "sigma" in known_keys(Scenario, raw, ("vehicle", "stage", 1, "isp_vacuum_s"))
    assert "coast_country" in known_keys(Scenario, raw, ("claim", 0))
    assert "reached" in known_keys(Scenario, raw, ("claim", 1))
    assert known_keys(Scenario, raw, ("claim", 2)) is None
    assert known_keys(Scenario, raw, ("nowhere", 3)) is None


def test_homes_of_a_key():
    assert homes(Scenario, "payload_kg") == ["vehicle"]
    assert homes(Scenario, "isp_vacuum_s") == ["vehicle.stage", "vehicle.booster"]
    assert homes(Scenario, "colour") == []
