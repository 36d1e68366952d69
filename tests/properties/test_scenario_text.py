"""Whatever is done to a scenario file, it loads or is refused with one readable message."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import given

from overflight.errors import ScenarioError
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario
from scenarios import SMALL

LINES = SMALL.split("\n")
JUNK = [
    "nan", "-inf", "-1", "0", "1e308", "-1e-300", "9" * 400, "true", '""', '"text"', '"\\u0000"', "[]", "{}", "[[]]",
    "{ value = 1 }", "{ value = 1.0, range = [2.0, 0.5] }", "{ value = 1.0, sigma = 1e300 }", "[1.0, 2.0, 3.0]",
    '["a", 1]', "2030-03-01", "12:00:00", "2030-03-01T01:00:00", "0x10", "1_000", "'x'", "{ value = { value = 1 } }",
    "[[0.0, 0.0], [0.0, 0.0]]", "[[90.0, 180.0], [90.0, -180.0], [-90.0, 0.0], [90.0, 180.0]]",
]  # fmt: skip


def outcome(data: bytes) -> Scenario | str:
    """Return the scenario or the message; anything else is a failure."""
    try:
        return parse_scenario(data, "launch.toml")
    except ScenarioError as error:
        assert error.where.split(":")[0] == "launch.toml"
        assert error.found and error.allowed and error.remedy
        text = str(error)
        assert len(text) < 3000
        assert text.replace("\n", "").isprintable()
        return text


@st.composite
def mutations(draw) -> bytes:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["drop", "double", "swap", "value", "key", "letter"]))
        if kind == "drop":
            del lines[i]
        elif kind == "double":
            lines.insert(i, lines[i])
        elif kind == "swap":
            j = draw(st.integers(0, len(lines) - 1))
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "value":
            lines[i] = re.sub(r"= .*", lambda _: f"= {draw(st.sampled_from(JUNK))}", lines[i])
        elif kind == "key":
            lines[i] = re.sub(
                r"^\w+", lambda _: draw(st.sampled_from(["value", "stage", "key", "x_kg", "body"])), lines[i]
            )
        elif lines[i]:
            at = draw(st.integers(0, len(lines[i]) - 1))
            lines[i] = lines[i][:at] + draw(st.characters()) + lines[i][at + 1 :]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@given(mutations())
def test_a_mutated_scenario_loads_or_is_refused(data):
    outcome(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data):
    assert isinstance(outcome(data), str)


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(Scenario.model_fields)), inner),
    max_leaves=8,
))  # fmt: skip
def test_any_document_is_refused(value):
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        data = tomlkit.dumps(value if isinstance(value, dict) else {"site": value}).encode()
    except (TOMLKitError, TypeError, ValueError):
        return
    assert isinstance(outcome(data), str)
