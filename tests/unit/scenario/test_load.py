"""Reading scenarios: what is accepted, and where in the file a message points."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from overflight.errors import ScenarioError
from overflight.scenario.load import check_scenario, load_scenario, parse_scenario
from overflight.scenario.locate import line_of
from overflight.scenario.template import TEMPLATES, scenario_template
from scenarios import SMALL, edited
from support import scenario_files

EXAMPLES = scenario_files()


def test_the_small_scenario_of_the_tests_is_valid():
    scenario = parse_scenario(SMALL.encode(), "small.toml")
    assert scenario.vehicle.stage[0].dry_mass_kg.value == 1600.0
    assert scenario.launch.utc == datetime(2030, 3, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_example_is_valid(path):
    assert [str(fault) for fault in check_scenario(path)] == []


def test_there_are_examples():
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,  # Windows editors
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"01:00:00Z", b"10:00:00+09:00"),
        lambda data: data.replace(b"2030-03-01T01:00:00Z", b'"2030-03-01T01:00:00Z"'),
        lambda data: data.replace(b"payload_kg = 200.0", b"payload_kg = 200"),
        lambda data: data.replace(b"payload_kg = 200.0", b"payload_kg = { value = 200 }"),
        lambda data: data.replace(b'"Example pad"', '"種子島 🚀 (\N{ZERO WIDTH JOINER})"'.encode()),
    ],
)
def test_what_is_accepted(change):
    data = change(SMALL.encode())
    assert data != SMALL.encode()
    scenario = parse_scenario(data, "x")
    assert scenario.launch.utc == datetime(2030, 3, 1, 1, tzinfo=UTC)
    assert scenario.vehicle.payload_kg.value == 200.0


def test_a_message_points_to_the_line(tmp_path):
    path = tmp_path / "launch.toml"
    text = edited(("isp_vacuum_s = 335.0", "isp_vacuum_s = 3350.0"))
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    line = text.split("\n").index("isp_vacuum_s = 3350.0") + 1
    assert caught.value.where == f"{path}:{line}"
    assert caught.value.key == "vehicle.stage.2.isp_vacuum_s"


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))
    else:
        yield path


@pytest.mark.parametrize("text", [SMALL, *(scenario_template(name) for name in TEMPLATES)])
def test_every_key_is_found_in_its_line(text):
    lines = text.split("\n")
    paths = list(leaves(tomllib.loads(text)))
    assert len(paths) > 80
    for path in paths:
        number = line_of(text, path)
        assert number is not None and str(path[-1]) in lines[number - 1], path


def test_lines_inside_texts_are_not_keys():
    text = 'a = """\n[b]\nc = 1\n"""\n[b]\nc = 2\n'
    assert line_of(text, ("b", "c")) == 6
    assert line_of(text, ("b",)) == 5
    assert line_of(text, ("z",)) is None


def test_rows_of_rows():
    text = "[[a]]\n[[a.b]]\nx = 1\n[[a]]\n[[a.b]]\nx = 2\n[[a.b]]\nx = 3\n"
    assert [line_of(text, ("a", *at, "x")) for at in ((0, "b", 0), (1, "b", 0), (1, "b", 1))] == [3, 6, 8]
