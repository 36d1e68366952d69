"""Termination that fails as an outcome of its own: nothing is lost, and the same flights go on."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.errors import InputError
from overflight.flight.ensemble import TERMINATED
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.unended import with_unended

TURN = ('mode = "explosion"\nstage = 1', 'mode = "thrust_turn"\nstage = 1')


def ruled(fails: float) -> tuple[str, str]:
    return (
        "fitted = true\n",
        f"fitted = true\n\n[termination.rules]\nattitude_deg = 20.0\nfailure_probability = {fails}\n",
    )


def test_probability_is_shared_and_none_is_lost() -> None:
    before = small(TURN, ruled(0.01))
    after = with_unended(before)
    assert sum(m.probability.value for m in after.failure) == pytest.approx(
        sum(m.probability.value for m in before.failure)
    )
    first, twin = before.failure[0], after.failure[-1]
    assert (twin.key, twin.termination_fails) == (f"{first.key}-unended", True)
    assert twin.probability.value == pytest.approx(0.01 * first.probability.value)
    assert after.failure[0].probability.value == pytest.approx(0.99 * first.probability.value)
    assert [m.termination_fails for m in after.failure[1:-1]] == [None] * (len(before.failure) - 1)
    assert with_unended(after) == after


def test_without_rules_or_with_a_perfect_system_nothing_changes() -> None:
    for scenario in (small(TURN), small(TURN, ruled(0.0)), small(ruled(0.01))):
        assert with_unended(scenario) is scenario or with_unended(scenario) == scenario


def test_the_twin_is_never_ended_and_the_other_always() -> None:
    scenario = with_unended(small(TURN, ruled(0.5)))
    ensemble = launch(scenario, scenario_air(scenario), flights=120, seed=1)
    ended = ensemble.samples.end_code == TERMINATED
    by_mode = {o.key: ended[ensemble.samples.outcome == i] for i, o in enumerate(ensemble.outcomes)}
    first = scenario.failure[0].key
    assert not by_mode[f"{first}-unended"].any()
    free = with_unended(small(TURN, ruled(1e-9)))
    always = launch(free, scenario_air(free), flights=120, seed=1)
    rows = always.samples.outcome == 1
    assert np.array_equal(by_mode[first], (always.samples.end_code == TERMINATED)[rows])
    assert by_mode[first].mean() > 0.5


def test_a_failing_system_without_rules_is_refused() -> None:
    edit = ('mode = "explosion"\nstage = 1', 'mode = "explosion"\nstage = 1\ntermination_fails = true')
    with pytest.raises(InputError, match="without rules by which the system acts"):
        small(edit)
