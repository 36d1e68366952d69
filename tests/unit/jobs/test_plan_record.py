"""Failure probabilities of a plan: from the record where the scenario does not state them, and said so."""

import re
from pathlib import Path

import pytest

from overflight.errors import InputError, ScenarioError
from overflight.jobs.plan_record import with_record
from overflight.record.load import Record
from overflight.record.probability import binomial_limits
from overflight.scenario.load import parse_scenario

EXAMPLE = Path(__file__).parents[3] / "examples/malligyong-1-2023-08-24/launch.toml"


def example(*, stated: int = 0, record: str | None = "chollima-1"):
    """Return the real event with the probabilities of all but the first modes left out."""
    text = EXAMPLE.read_text()
    lines = re.findall(r"^probability = .*\n", text, flags=re.M)
    for line in lines[stated:]:
        text = text.replace(line, "", 1) if text.count(line) == 1 else text.replace(line, "")
    text = text.replace('record = "chollima-1"\n', "" if record is None else f'record = "{record}"\n')
    return parse_scenario(text.encode(), "launch.toml")


def test_what_is_stated_stays_and_the_record_stands_beside_it():
    scenario, words = with_record(example(stated=5))
    assert sum(mode.probability.value for mode in scenario.failure) == pytest.approx(0.47)
    assert words.startswith("stated by the scenario; the record gives 86 %")


def test_what_is_left_out_comes_from_flights_before_the_launch():
    scenario, words = with_record(example())
    total = binomial_limits(6, 4)[1]  # one flight of its own: the upper limit over those of its country
    assert sum(mode.probability.value for mode in scenario.failure) == pytest.approx(total)
    assert "4 failures in 6 launches of similar vehicles" in words and words.startswith(
        "taken from the record"
    )
    by_stage = [sum(m.probability.value for m in scenario.failure if m.stage == k) for k in (1, 2, 3)]
    # stages failed 1, 1 and 2 times, with half a failure for each as prior
    assert [p / total for p in by_stage] == pytest.approx([1.5 / 5.5, 1.5 / 5.5, 2.5 / 5.5])
    assert all("record:" in (mode.probability.note or "") for mode in scenario.failure)
    assert all(m.probability.range[0] < m.probability.value for m in scenario.failure if m.probability.range)


def test_stated_modes_keep_theirs_and_the_rest_share_what_is_left():
    scenario, _ = with_record(example(stated=2))
    assert [m.probability.value for m in scenario.failure[:2]] == [0.12, 0.15]
    assert sum(m.probability.value for m in scenario.failure) == pytest.approx(binomial_limits(6, 4)[1])


def test_without_record_or_launches_it_is_refused():
    with pytest.raises(ScenarioError, match=r"nothing, and no vehicle\.record"):
        example(record=None)
    with pytest.raises(InputError, match="no launch of it"):
        with_record(example(), Record(()))
