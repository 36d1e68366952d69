"""Malfunctioning flights ended by the rules: the right ones, at the right moment, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from ensembles import small
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import cause_of, fall_ensemble
from overflight.errors import InputError
from overflight.flight import kernels_ascent
from overflight.flight.ensemble import OVERLOADED, TERMINATED
from overflight.flight.failing import strike_times
from overflight.flight.launch import launch, refly
from overflight.flight.simulate import fly, scenario_air, vacuum_impact
from overflight.flight.terminated import _turned_deg
from overflight.scenario.draws import failure_part

TURN = ('mode = "explosion"\nstage = 1', 'mode = "thrust_turn"\nstage = 1')
WALL = [[36.0, 130.9], [26.0, 130.9]]
DELAY_S = 2.5


def rules(*lines: str, action: str = "destruct", fails: float = 0.0) -> tuple[str, str]:
    """Return the edit that states rules."""
    head = f'fitted = true\naction = "{action}"\n\n[termination.rules]\ndecision_delay_s = 2.0\n'
    return "fitted = true\n", "\n".join([f"{head}failure_probability = {fails}", *lines, ""])


LINE = f'[[termination.rules.limit_line]]\nkey = "coast"\nprotects = "a coast"\nlatlon_deg = {WALL}\n'


def flown(*edits: tuple[str, str], chunk: int = 64):
    scenario = small(TURN, *edits)
    return scenario, launch(scenario, scenario_air(scenario), flights=60, seed=1, chunk=chunk)


@pytest.fixture(scope="module")
def free():
    return flown()


@pytest.fixture(scope="module")
def ended():
    return flown(rules(LINE))


def same(a, b) -> bool:
    return np.array_equal(a.samples.end_state, b.samples.end_state) and np.array_equal(
        a.samples.end_code, b.samples.end_code
    )


def crossings(scenario, ensemble, sample: int) -> float | None:
    """Return the first whole second by which the impact point of a flight has crossed the wall."""
    key, outcome = ensemble.samples.key[[sample]], ensemble.samples.outcome[[sample]]
    _, again = refly(scenario, scenario_air(scenario), 1, key, outcome, rows=400)
    rows = again.rows[0][np.isfinite(again.rows[0, :, 0])]
    point = np.degrees(vacuum_impact(rows[:, 0], rows[:, 1:7])[:, 1:3])
    wall = shapely.LineString([(lon, lat) for lat, lon in WALL])
    for k in range(1, len(rows)):
        if np.isfinite(point[k - 1 : k + 1]).all():
            step = shapely.LineString(point[k - 1 : k + 1, ::-1])
            if step.intersects(wall):
                return float(rows[k, 0])
    return None


def test_flights_that_cross_a_line_end_at_the_violation_and_its_delays(free, ended) -> None:
    scenario, before = free
    _, after = ended
    lost = np.flatnonzero(before.samples.outcome == 1)
    times = [crossings(scenario, before, int(i)) for i in lost]
    crossed = np.array(
        [t is not None and t + DELAY_S < before.samples.end_s[i] for i, t in zip(lost, times, strict=True)]
    )
    assert 3 <= crossed.sum() < len(lost), "some cross, some do not"
    assert np.array_equal(after.samples.end_code[lost] == TERMINATED, crossed)
    expected = [t + DELAY_S for t, c in zip(times, crossed, strict=True) if c]
    assert after.samples.end_s[lost[crossed]] == pytest.approx(expected, abs=1e-9)
    others = np.setdiff1d(np.arange(len(before)), lost[crossed])
    assert np.array_equal(before.samples.end_state[others], after.samples.end_state[others])
    bodies = [after.bodies[b].key for b in after.releases.body[np.isin(after.releases.sample, lost[crossed])]]
    assert set(bodies) == {"breakup-1"}
    assert {cause_of(after, int(i)) for i in lost[crossed]} == {"destruct"}


def test_the_pieces_fall_nearer_than_the_flight_would_have_gone(free, ended) -> None:
    west = []
    for scenario, ensemble in (free, ended):
        impacts = fall_ensemble(scenario, ensemble, generic_catalogue(), scenario_air(scenario), fragments=10)
        lost = ensemble.samples.outcome[impacts.sample] == 1
        west.append(np.degrees(impacts.longitude_rad[lost]).min())
    assert west[1] > west[0]


def test_a_thrust_cut_falls_in_one_piece_at_the_same_moments(ended) -> None:
    _, cut = flown(rules(LINE, action="thrust_cut"))
    assert same(cut, ended[1])
    rows = np.flatnonzero(cut.samples.end_code == TERMINATED)
    bodies = {cut.bodies[b].key for b in cut.releases.body[np.isin(cut.releases.sample, rows)]}
    assert bodies == {"intact-1"}


def test_the_chunks_do_not_matter(ended) -> None:
    _, again = flown(rules(LINE), chunk=7)
    assert same(ended[1], again)
    assert np.array_equal(ended[1].releases.state, again.releases.state)


def test_a_system_that_never_works_or_is_not_broken_changes_nothing(free) -> None:
    assert same(free[1], flown(rules(LINE, fails=1.0))[1])
    assert same(free[1], flown(rules("straight_up_s = 200.0"))[1])


def test_a_system_that_works_half_the_time_ends_some(ended) -> None:
    _, half = flown(rules(LINE, fails=0.5))
    all_of_them, some = (e.samples.end_code == TERMINATED for e in (ended[1], half))
    assert 0 < some.sum() < all_of_them.sum()
    assert (all_of_them | ~some).all()


def test_a_turn_beyond_the_attitude_ends_at_its_moment() -> None:
    scenario, after = flown(rules("attitude_deg = 20.0"))
    lost = np.flatnonzero((after.samples.outcome == 1) & (after.samples.end_code == TERMINATED))
    assert len(lost) > 5
    keys, outcome = after.samples.key[lost], after.samples.outcome[lost]
    air = scenario_air(scenario)
    draws, flights = refly(scenario, air, 1, keys, outcome)
    assert np.array_equal(flights.ends[:, 1], after.samples.end_s[lost])
    planned = fly(scenario, draws, air)
    part = failure_part(1, keys)
    struck = strike_times(scenario.failure[0], part, planned.inputs.times, planned.ends[:, 1])
    # 20 degrees at 15 degrees/s2, seen at the next whole second
    seen = np.ceil(struck + np.sqrt(2.0 * 20.0 / 15.0))
    assert after.samples.end_s[lost] == pytest.approx(seen + DELAY_S, abs=1e-9)


def test_the_corridor_ends_flights_and_keeps_the_planned_ones() -> None:
    _, after = flown(rules("corridor_km = 1.0"))
    by_outcome = [(after.samples.end_code[after.samples.outcome == k] == TERMINATED).sum() for k in range(3)]
    assert by_outcome[0] == by_outcome[2] == 0
    assert by_outcome[1] > 0


def test_the_angle_of_a_turn() -> None:
    turn = np.array([0.0, np.radians(30.0), np.radians(15.0), np.inf])
    after = np.array([-5.0, 0.0, 1.0, 2.0, 5.0, 8.0, 13.0])
    assert _turned_deg(after, turn) == pytest.approx([0.0, 0.0, 7.5, 30.0, 120.0, 150.0, 0.0], abs=1e-9)


def test_codes() -> None:
    assert kernels_ascent.OVERLOADED == OVERLOADED
    assert TERMINATED > kernels_ascent.OVERLOADED


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (("fitted = true\n", "fitted = false\n\n[termination.rules]\ndata_loss_s = 5.0\n"), "never fire"),
        (rules("armed_stages = [1, 4]"), "stages of the vehicle"),
    ],
)
def test_rules_that_can_never_fire_are_refused(edit, told) -> None:
    gone = ('mode = "spurious_termination"', 'mode = "thrust_loss"')
    with pytest.raises(InputError, match=told):
        small(gone, edit)
