"""The JSON Schema says of scenarios what the loader says, as far as a schema can."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime, time
from pathlib import Path

import pytest

from overflight.scenario.keys import unit_of
from overflight.scenario.schema import facts_schema, scenario_schema
from overflight.scenario.template import TEMPLATES, scenario_template
from scenarios import SMALL, edited
from support import require, scenario_files


def as_json(value):
    """Return a TOML document as JSON has it: times are texts."""
    return json.loads(
        json.dumps(value, default=lambda t: t.isoformat() if isinstance(t, date | datetime | time) else t)
    )


@pytest.fixture(scope="module")
def validator():
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        require(False, "jsonschema is not installed")
    Draft202012Validator.check_schema(scenario_schema())
    return Draft202012Validator(scenario_schema())


EXAMPLES = scenario_files()
TEXTS = [
    SMALL,
    *(scenario_template(name) for name in TEMPLATES),
    *(path.read_text("utf-8") for path in EXAMPLES),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_valid_scenarios_are_valid(validator, text):
    assert [error.message for error in validator.iter_errors(as_json(tomllib.loads(text)))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("engines = 1", "enginse = 1"),
        ("engines = 1", "engines = 0"),
        ("payload_kg = 200.0", 'payload_kg = "200"'),
        ("payload_kg = 200.0", "payload_kg = { sigma = 3.0 }"),
        ("payload_kg = 200.0\n", ""),
        ('kind = "fall"', 'kind = "fell"'),
        ("latitude_deg = 31.25", "latitude_deg = 131.25"),
        ('country = "JP"', 'country = "Japan"'),
        ("schema_version = 1", "schema_version = 2"),
    ],
)
def test_faulty_scenarios_are_not(validator, old, new):
    assert not validator.is_valid(as_json(tomllib.loads(edited((old, new)))))


def properties(node):
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        for value in node.values():
            yield from properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from properties(value)


def test_every_number_states_its_unit():
    found = [(key, field) for key, field in properties(scenario_schema()) if isinstance(field, dict)]
    dimensioned = [(key, field) for key, field in found if unit_of(key)]
    assert len(dimensioned) > 40
    assert all(
        unit_of(key) in field["description"] and field["x-unit"] == unit_of(key) for key, field in dimensioned
    )


def test_every_table_and_most_keys_are_described():
    schema = scenario_schema()
    tables = schema["$defs"].items()
    assert [name for name, table in tables if not table.get("description") and "properties" in table] == []
    stage = schema["$defs"]["Stage"]["properties"]
    assert [key for key, field in stage.items() if "description" not in field] == ["name", "engines"]


def test_there_is_no_null_in_toml():
    assert '"null"' not in json.dumps(scenario_schema())


EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/facts.toml"))


@pytest.fixture(scope="module")
def of_facts():
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(facts_schema())
    return Draft202012Validator(facts_schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_facts_of_the_examples_obey_their_schema(validator, of_facts, path):
    facts = as_json(tomllib.loads(path.read_text("utf-8")))
    assert list(of_facts.iter_errors(facts)) == []
    facts["claim"][0]["confidense"] = "A"
    assert list(of_facts.iter_errors(facts))


def test_claims_in_facts_need_neither_key_nor_label(validator, of_facts):
    over_line = {"kind": "passage", "line_latlon_deg": [[1.0, 2.0], [3.0, 4.0]]}
    claims = [{"kind": "orbit", "reached": False}, over_line]
    told = [{**claim, "source": "s", "confidence": "B"} for claim in claims]
    assert list(of_facts.iter_errors({"schema_version": 1, "title": "t", "claim": told})) == []
