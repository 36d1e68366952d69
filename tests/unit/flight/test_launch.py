"""Launch: flights an outcome, moments of failure, what is let go; and flown again, the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from ensembles import flown, small
from overflight import rng
from overflight.errors import InputError
from overflight.flight.ensemble import Outcome
from overflight.flight.failing import failing
from overflight.flight.kernels_ascent import CUT_OFF, HIT_GROUND, STOPPED
from overflight.flight.launch import allocate, bodies_of, launch, outcomes_of, refly
from overflight.flight.simulate import fly, scenario_air
from overflight.scenario.draws import draw

SCENARIO, ENSEMBLE, AIR = flown(flights=200)
HAPPENED = ("probability = 0.03", "probability = 0.03\nhappened = true")


def stop_times(scenario, part, outcome, unfailed):
    draws = draw(scenario, 4, np.arange(len(part)))
    times, end_s = unfailed.inputs.times, unfailed.ends[:, 1]
    return failing(scenario, draws, outcome, part, part, times, end_s).stop_s


def modes(*probabilities: float, happened: int | None = None) -> tuple[Outcome, ...]:
    planned = Outcome("as-planned", "", "none", 0, 1.0 - sum(probabilities))
    return (
        planned,
        *(Outcome(str(i), "", "explosion", 1, p, i == happened) for i, p in enumerate(probabilities, 1)),
    )


@given(
    st.lists(st.floats(0.0, 0.12), max_size=8), st.integers(1, 3000), st.one_of(st.none(), st.integers(1, 8))
)
def test_every_possible_outcome_gets_flights(probabilities, flights, happened) -> None:
    outcomes = modes(*probabilities, happened=happened)
    counts = allocate(outcomes, flights)
    assert sum(counts) == flights
    possible = [o.probability > 0.0 for o in outcomes]
    assert all(n == 0 for n, p in zip(counts, possible, strict=True) if not p)
    if flights >= sum(possible):
        assert all(n > 0 for n, p in zip(counts, possible, strict=True) if p)


def test_how_flights_are_shared() -> None:
    assert allocate(modes(0.1, 0.1, 0.1, happened=2), 1000) == [400, 150, 300, 150]
    assert allocate(modes(), 7) == [7]
    assert allocate(modes(0.0, 1.0), 50) == [0, 0, 50]


def test_weights_carry_the_probabilities() -> None:
    assert ENSEMBLE.weights.sum() == pytest.approx(1.0)
    for index, outcome in enumerate(ENSEMBLE.outcomes):
        assert ENSEMBLE.weights[ENSEMBLE.samples.outcome == index].sum() == pytest.approx(outcome.probability)
    assert [o.probability for o in outcomes_of(SCENARIO)] == pytest.approx([0.93, 0.04, 0.03])
    assert outcomes_of(SCENARIO)[0].happened
    assert [o.happened for o in outcomes_of(small(HAPPENED))] == [False, False, True]


def test_moments_of_failure_fill_their_part_of_the_burn() -> None:
    keys = np.arange(3000)
    outcome = np.full(3000, 2)
    draws = draw(SCENARIO, 4, keys)
    unfailed = fly(SCENARIO, draws, AIR)
    stop = stop_times(SCENARIO, rng.uniform(4, "failure.time", keys), outcome, unfailed)
    ignition = unfailed.inputs.times.ignition_s[:, 1]
    # orbit is reached before the stage is empty: the burn is the one flown
    assert (unfailed.ends[:, 0] == CUT_OFF).all()
    part = (stop - ignition) / (unfailed.ends[:, 1] - ignition)
    assert kstest((part - 0.2) / 0.7, "uniform").pvalue > 1e-3
    assert (
        stop_times(SCENARIO, rng.uniform(4, "failure.time", keys), np.zeros(3000, int), unfailed) == np.inf
    ).all()


def test_no_ignition_ends_powered_flight_at_ignition() -> None:
    scenario = small(('mode = "spurious_termination"', 'mode = "no_ignition"'))
    ensemble = launch(scenario, AIR, flights=60, seed=2)
    rows = ensemble.samples.outcome == 2
    draws = draw(scenario, 2, ensemble.samples.key)
    ignition = fly(scenario, draws, AIR).inputs.times.ignition_s[:, 1]
    assert ensemble.samples.end_s[rows] == pytest.approx(ignition[rows], abs=1e-9)
    kinds = [
        ensemble.bodies[b].key
        for b in ensemble.releases.body[np.isin(ensemble.releases.sample, np.flatnonzero(rows))]
    ]
    assert set(kinds) == {"stage-1", "intact-2"} or set(kinds) == {"stage-1", "fairing", "intact-2"}
    first = small(('mode = "explosion"\nstage = 1', 'mode = "no_ignition"\nstage = 1'))
    on_pad = launch(first, AIR, flights=60, seed=2)
    assert on_pad.samples.end_s[on_pad.samples.outcome == 1] == pytest.approx(np.full(18, 1e-3))


def test_what_each_outcome_lets_go() -> None:
    """As planned: the first stage and two halves; a loss: what is left of the vehicle, once."""
    r, keys = ENSEMBLE.releases, [b.key for b in bodies_of(SCENARIO)]
    assert keys == ["stage-1", "fairing", "intact-1", "intact-2", "breakup-1", "breakup-2"]
    for i in range(len(ENSEMBLE)):
        mine = sorted(keys[b] for b in r.body[r.sample == i])
        outcome = ENSEMBLE.samples.outcome[i]
        if outcome == 0:
            assert mine == ["fairing", "fairing", "stage-1"]
            assert ENSEMBLE.samples.orbit[i]
        elif outcome == 1:
            assert mine == ["breakup-1"]
        else:
            assert [m for m in mine if m != "fairing"] == ["breakup-2", "stage-1"]
            assert mine.count("fairing") in (0, 2)
    assert (np.diff(r.sample) >= 0).all()


def test_releases_carry_mass_and_ballistics() -> None:
    r = ENSEMBLE.releases
    draws = draw(SCENARIO, ENSEMBLE.seed, ENSEMBLE.samples.key)
    stage = r.body == 0
    assert r.mass_kg[stage] == pytest.approx(draws["vehicle.stage.1.dry_mass_kg"][r.sample[stage]])
    assert (r.ballistic_kgpm2[stage] == draws["vehicle.stage.1.ballistic_kgpm2"][r.sample[stage]]).all()
    assert (r.mass_kg[r.body == 1] == 65.0).all()
    broken = np.isin(r.body, (4, 5))
    assert np.isnan(r.ballistic_kgpm2[broken]).all()
    assert (r.mass_kg[broken] == ENSEMBLE.samples.end_state[r.sample[broken], 6]).all()
    assert (ENSEMBLE.samples.end_code[r.sample[broken]] == STOPPED).all()


def test_fairing_halves_part_sideways() -> None:
    r = ENSEMBLE.releases
    halves = np.flatnonzero(r.body == 1).reshape(-1, 2)
    assert (r.sample[halves[:, 0]] == r.sample[halves[:, 1]]).all()
    left, right = r.state[halves[:, 0]], r.state[halves[:, 1]]
    assert (left[:, :3] == right[:, :3]).all()
    apart = left[:, 3:] - right[:, 3:]
    assert np.linalg.norm(apart, axis=1) == pytest.approx(np.full(len(halves), 10.0))
    middle = 0.5 * (left[:, 3:] + right[:, 3:])
    assert np.sum(apart * middle, axis=1) == pytest.approx(np.zeros(len(halves)), abs=1e-6)
    # any side is as likely as another
    up = np.sum(apart * left[:, :3], axis=1) / np.linalg.norm(left[:, :3], axis=1)
    assert abs(up.mean()) < 4.0 * up.std() / np.sqrt(len(up))


def test_flown_again_the_same_bits() -> None:
    pick = np.array([3, 150, 77, 199])
    _, again = refly(
        SCENARIO, AIR, ENSEMBLE.seed, ENSEMBLE.samples.key[pick], ENSEMBLE.samples.outcome[pick], rows=50
    )
    assert np.array_equal(again.ends[:, 2:9], ENSEMBLE.samples.end_state[pick])
    assert np.array_equal(again.ends[:, 1], ENSEMBLE.samples.end_s[pick])


def test_a_flight_that_crashes_lands_in_one_piece() -> None:
    scenario = small(("pitch_end_deg = 64.6", "pitch_end_deg = -60.0"))
    ensemble = launch(scenario, scenario_air(scenario), flights=40, seed=1)
    crashed = ensemble.samples.end_code == HIT_GROUND
    assert crashed.sum() >= 16
    r = ensemble.releases
    for i in np.flatnonzero(crashed):
        assert [ensemble.bodies[b].key for b in r.body[r.sample == i]] == ["intact-1"]


def test_fewer_flights_than_outcomes_are_refused() -> None:
    with pytest.raises(InputError, match="flights: found 2; allowed: 3 or more"):
        launch(SCENARIO, AIR, flights=2, seed=1)
    assert list(launch(SCENARIO, AIR, flights=3, seed=1).samples.outcome) == [0, 1, 2]


def test_views() -> None:
    frame = ENSEMBLE.to_dataframe()
    assert list(frame.columns) == ["key", "outcome", "weight", "end_s", "mass_kg", "orbit"]
    assert frame.weight.sum() == pytest.approx(1.0)
    assert "200 flights" in ENSEMBLE._repr_html_()
    assert ENSEMBLE.body_index("fairing") == 1
