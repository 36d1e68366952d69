"""Ending flights against leaving them alone: the same flights each way, mode by mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ensembles import places, small, square
from overflight.exposure.risk import Bounded, Mean
from overflight.flight.ensemble import TERMINATED
from overflight.jobs.plan import compute_plan
from overflight.jobs.plan_abort_rows import abort_rows, abort_verdict
from overflight.jobs.planned import AbortComparison, Planned, RunSettings

TURN = ('mode = "explosion"\nstage = 1', 'mode = "thrust_turn"\nstage = 1')
LINE = (
    'decision_delay_s = 2.0\nfailure_probability = 0.0\n[[termination.rules.limit_line]]\nkey = "coast"\n'
    'protects = "a coast"\nlatlon_deg = [[36.0, 130.9], [26.0, 130.9]]\n'
)
HOME = replace(square("HOME", 131.0, 31.2, 60.0), population=500_000)
AWAY = replace(square("AWAY", 134.0, 30.5, 200.0), population=2_000_000)
SETTINGS = RunSettings(flights=80, fragments=20, engine="serial")


def computed(*edits: tuple[str, str]) -> Planned:
    return compute_plan(small(TURN, *edits), SETTINGS, places(HOME, AWAY))


def ruled(action: str) -> tuple[str, str]:
    return "fitted = true\n", f'fitted = true\naction = "{action}"\n\n[termination.rules]\n{LINE}'


@pytest.fixture(scope="module")
def destructs() -> Planned:
    return computed(ruled("destruct"))


@pytest.fixture(scope="module")
def free() -> Planned:
    return computed()


@pytest.fixture(scope="module")
def cuts() -> Planned:
    return computed(ruled("thrust_cut"))


def of(planned: Planned, mode: str) -> tuple[np.ndarray, AbortComparison]:
    index = next(i for i, o in enumerate(planned.ensemble.outcomes) if o.mode == mode)
    rows = planned.ensemble.samples.outcome == index
    label = planned.ensemble.outcomes[index].label
    return rows, next(one for one in planned.safety.abort if one.label == label)


def test_a_malfunction_is_compared_with_the_flights_that_nobody_ended(destructs, free, cuts) -> None:
    """The comparison flies again what three plans fly: with the rules, with the other action, without."""
    rows, found = of(destructs, "thrust_turn")
    values = {
        name: p.safety.risk.by_flight[rows] for name, p in (("on", destructs), ("off", free), ("cut", cuts))
    }
    assert found.ended == (destructs.ensemble.samples.end_code[rows] == TERMINATED).sum()
    assert 0 < found.ended < found.flights == rows.sum()
    assert found.destruct.value == pytest.approx(values["on"].mean(), rel=1e-12)
    assert found.left.value == pytest.approx(values["off"].mean(), rel=1e-12)
    assert found.thrust_cut.value == pytest.approx(values["cut"].mean(), rel=1e-12)
    assert found.change.value == pytest.approx(found.destruct.value - found.left.value, rel=1e-9)
    difference = values["on"] - values["off"]
    assert found.change.error == pytest.approx(difference.std(ddof=1) / np.sqrt(len(difference)), rel=1e-9)
    # flights that the system leaves alone drop out of the difference, and of its error
    assert found.change.error < np.hypot(found.destruct.error, found.left.error)


def test_the_action_decides_which_figure_is_the_plan(destructs, cuts) -> None:
    _, by_pieces = of(destructs, "thrust_turn")
    _, whole = of(cuts, "thrust_turn")
    assert (by_pieces.action, whole.action) == ("destruct", "thrust_cut")
    assert whole.destruct.value == pytest.approx(by_pieces.destruct.value, rel=1e-12)
    assert whole.change.value == pytest.approx(whole.thrust_cut.value - whole.left.value, rel=1e-9)


def test_an_act_in_error_is_compared_with_the_flight_as_planned(free) -> None:
    rows, found = of(free, "spurious_termination")
    assert found.in_error and found.ended == found.flights == rows.sum()
    assert found.destruct.value == pytest.approx(free.safety.risk.by_flight[rows].mean(), rel=1e-12)
    assert found.left.value == 0.0, "stages of a flight as planned fall between the places"
    assert [one.label for one in free.safety.abort] == [found.label], "no rules, no other mode"


def test_a_system_that_cuts_thrust_does_so_in_error_too(cuts) -> None:
    rows, _ = of(cuts, "spurious_termination")
    ensemble = cuts.ensemble
    bodies = {
        ensemble.bodies[b].kind
        for b in ensemble.releases.body[np.isin(ensemble.releases.sample, np.flatnonzero(rows))]
    }
    assert "breakup" not in bodies and "intact" in bodies


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (1e-3, 1e-4, "raises"),
        (-1e-3, 1e-4, "lowers"),
        (1e-4, 1e-4, "cannot be told"),
        (0.0, 0.0, "no difference"),
    ],
)
def test_verdicts(change: float, error: float, told: str) -> None:
    some = Bounded(1.0, 0.1, 0.8, 1.3)
    one = AbortComparison("A", False, "destruct", 0.1, 10, 5, some, some, some, Mean(change, error))
    assert told in abort_rows((one,))[0].verdict
    assert abort_verdict((one,)) == ""
    assert told in abort_verdict((one, one))
    assert abort_rows((one,))[0].collective == pytest.approx(0.1 * change)
