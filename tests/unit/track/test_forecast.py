"""What a flight may do next, against closed forms: failures ahead, and whether thrust has ended for good."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from overflight.earth.frames import ecef_to_eci, geodetic_to_ecef
from overflight.flight.impact_point import impact_points
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import parse_scenario
from overflight.track.agreement import agree
from overflight.track.ending import (
    FOR_GOOD,
    PAUSES,
    believed,
    cut_rate,
    ended_for_good,
    stillness,
    suddenness,
    surely,
)
from overflight.track.forecast import GENERIC, PLANNED, ROW_S, STOPPED, forecast
from overflight.track.generic import FAILS_PS, programmes
from overflight.track.kernels_forecast import FINE_S
from overflight.track.kernels_motion import BOOST, COAST, MODES, propagate
from overflight.track.objects import EARTH, Tracked, under_watch
from overflight.track.prior import Cuts, plan_prior
from scenarios import edited

LOSS, DEAD, FIRST = 0.3, 0.1, 0.04
"""Probabilities that stage 2 loses thrust somewhere in its burn, that it does not light, that stage 1 is lost."""


@pytest.fixture(scope="module")
def prior():
    text = edited(
        ('mode = "spurious_termination"', 'mode = "thrust_loss"'),
        ("probability = 0.03\nstart_fraction = 0.2\nend_fraction = 0.9\n", f"probability = {LOSS}\n"),
        (
            "[wind]\n",
            '[[failure]]\nkey = "dead"\nlabel = "Does not light"\nmode = "no_ignition"\nstage = 2\n'
            f"probability = {DEAD}\n\n[wind]\n",
        ),
    )
    scenario = parse_scenario(text.encode(), "small.toml")
    return plan_prior(scenario, scenario_air(scenario), flights=150)


def tracked(prior, time_s, *, since_cut_s=0.0, flight=0, off=False):
    """The first flight of the plan as the tracker has it, seen well; ``since_cut_s`` after its thrust ended."""
    row = int(time_s / FINE_S)
    state = np.zeros(9)
    state[:6] = np.concatenate([prior.position_m[flight, row], prior.velocity_mps[flight, row]])
    if since_cut_s:
        after = np.empty(9)
        propagate(state, since_cut_s, COAST, 2800.0, EARTH, after)
        state = after
    state[6:] = 0.0 if off else 20.0 * state[3:6] / np.linalg.norm(state[3:6])
    mu = np.full(MODES, 0.002)
    mu[COAST if off else BOOST] = 0.994
    sigma = np.diag(np.repeat([50.0, 1.0, 0.3], 3))
    at = 1e9 + FINE_S * row + since_cut_s
    return Tracked(1, 1, at, 1e9, at, 100, np.tile(state, (MODES, 1)), np.tile(sigma, (MODES, 1, 1)), mu)


def downrange(points, prior):
    """Angles (rad) of points from the site, seen from the Earth's centre."""
    unit = points / np.linalg.norm(points, axis=-1, keepdims=True)
    return np.arccos(np.clip(unit @ (prior.site_m / np.linalg.norm(prior.site_m)), -1.0, 1.0))


def burn(prior, flight=0):
    """When stage 2 of a flight lights and ends."""
    return prior.burn_s[flight, 2:4]


def test_a_moment_of_one_flight_is_found_in_another(prior):
    every = np.arange(len(prior))
    for time in (20.0, 150.0, 148.0, 300.0):
        phase = prior.phase(every, np.full(len(prior), time))
        np.testing.assert_allclose(prior.time(every, phase), time, atol=1e-9)
    light, end = burn(prior)
    middle = prior.phase(np.array([0]), np.array([0.5 * (light + end)]))
    np.testing.assert_allclose(middle, 2.5)


def test_what_ends_flights_is_the_plans_own_knowledge(prior):
    """A stage that does not light is last seen to thrust where the one before burns out."""
    assert prior.weight.sum() == pytest.approx(1.0)
    assert not prior.fails.any()
    assert prior.cuts.weight.sum() == pytest.approx(LOSS + DEAD + FIRST)
    assert prior.going(0.9999) == pytest.approx(1.0 - FIRST)
    assert prior.going(1.0) == pytest.approx(1.0 - FIRST - DEAD)
    dead = prior.cuts.thrust_phase == 1.0
    np.testing.assert_array_equal(prior.cuts.phase[dead], 2.0)
    assert np.all(np.diff(prior.cuts.phase) >= 0.0)


@pytest.mark.parametrize("now_s", [200.0, 300.0])
def test_over_is_one_less_the_chance_to_fail_before_the_ballistic_line_reaches(prior, now_s):
    """A failure uniform over the burn, of one that was not struck until now: the rest is where the line goes."""
    view = forecast(tracked(prior, now_s), prior, None, seed=1)
    reach = np.nanmax(downrange(view.lines_m, prior), axis=1)
    plan = view.kind == PLANNED
    light, end = burn(prior)
    part = (now_s - light) / (end - light)
    struck = LOSS / (1.0 - FIRST - DEAD)
    assert view.p_plan > 0.99
    assert view.weight[plan & view.fails].sum() / view.weight[plan].sum() == pytest.approx(
        struck * (1.0 - part) / (1.0 - struck * part), abs=0.02
    )
    for later_s in (now_s + 60.0, now_s + 120.0):
        row = int(later_s / FINE_S)
        state = ecef_to_eci(prior.position_m[0, row], prior.velocity_mps[0, row], 0.0)
        falls = impact_points(0.0, np.concatenate(state), model="j2")
        line = downrange(geodetic_to_ecef(falls.latitude_rad, falls.longitude_rad, 0.0), prior)[0]
        over = view.weight[plan & (reach > line)].sum() / view.weight[plan].sum()
        fails_before = struck * (FINE_S * row - now_s) / (end - light) / (1.0 - struck * part)
        assert over == pytest.approx(1.0 - fails_before, abs=0.02)
        continues = view.weight_continues[plan & (reach > line)].sum() / view.weight_continues[plan].sum()
        assert continues == pytest.approx(1.0)


def test_until_a_burn_is_over_the_next_stage_may_yet_fail_to_light(prior):
    """Near its end some of the plan's flights burn and others pause: while thrust acts, all is still ahead."""
    weight, n = np.full(len(prior), 1.0 / len(prior)), len(prior)
    begins, ends, lights = prior.burn_s[:, 0], prior.burn_s[:, 1], prior.burn_s[:, 2]
    some = np.arange(n) % 2 == 0
    flown = np.where(some, ends - 0.01 * (ends - begins), ends + 0.1 * (lights - ends))
    late = (DEAD + LOSS) / (1.0 - FIRST)
    assert prior.cuts_ahead(weight, flown, burns=True).sum() == pytest.approx(late, abs=0.01)
    paused = prior.cuts_ahead(weight, flown, burns=False).sum()
    assert paused == pytest.approx(0.5 * late + 0.5 * LOSS / (1.0 - FIRST - DEAD), abs=0.01)
    lit = np.where(some, lights + 1.0, ends + 0.9 * (lights - ends))
    again = prior.cuts_ahead(weight, lit, burns=True).sum()
    assert again == pytest.approx(LOSS / (1.0 - FIRST - DEAD), abs=0.01)


def test_ways_to_fail_are_each_unsure_by_themselves(prior):
    """Within one way all moments are as unsure together; two ways add as squares do."""
    at = np.array([2.2, 2.4, 4.5])
    cuts = Cuts(at, at, np.array([0.1, 0.1, 0.2]), at, at, np.array([1, 1, 2]), np.array([0.5, 0.5, 0.25]))
    assert cuts.spread(cuts.weight) == pytest.approx(np.hypot(0.2 * 0.5, 0.2 * 0.25))
    stated = 0.09 / np.sqrt(12.0)  # of stage 1: from 0.01 to 0.1, evenly; the others state none
    assert prior.cuts.spread(prior.cuts.weight) == pytest.approx(stated)


def test_failures_come_as_often_in_every_part_of_a_burn(prior):
    struck = LOSS / (1.0 - FIRST - DEAD)
    for part in (0.3, 0.5, 0.7):
        assert cut_rate(prior, 2.0 + part) == pytest.approx(struck / (1.0 - struck * part), rel=0.35)
    assert cut_rate(prior, 1.5) == pytest.approx(cut_rate(prior, 1.0))


@pytest.mark.parametrize("burns", [1, 2, 3, 9])
def test_without_a_plan_a_pause_is_less_probable_the_longer_it_lasts(burns):
    last = FOR_GOOD[min(burns, 3) - 1]
    for length in (0.0, 10.0, 60.0):
        pauses = sum(share * np.exp(-length / mean) for share, mean in PAUSES)
        expected = last / (last + (1.0 - last) * pauses)
        assert ended_for_good(0.0, None, length, burns) == pytest.approx(expected)
    assert ended_for_good(0.0, None, 10.0, burns) < 0.95 < ended_for_good(0.0, None, 90.0, burns)
    assert suddenness(0.0, None) == 1.0


def judged(prior, cut_s, length_s, burnt_s=np.inf):
    """How thrust that ended in the first flight at a moment is judged, after so long."""
    main = tracked(prior, cut_s)
    agreement = agree(main.mean[:6], main.covariance[:6, :6], main.place[2], prior, 0.5)
    assert agreement.p_vehicle >= agreement.p_plan > 0.99
    return agreement.p_vehicle, stillness(prior, agreement, length_s, burnt_s)


def said(prior, cut_s, length_s, burnt_s=np.inf):
    """What is said of it."""
    return ended_for_good(*judged(prior, cut_s, length_s, burnt_s), length_s)


def test_an_end_amid_a_burn_is_believed_at_once(prior):
    light, end = burn(prior)
    assert said(prior, 0.5 * (light + end), 5.0) > 0.95


def test_a_plan_that_names_no_failure_may_fail_all_the_same(prior):
    nothing = np.zeros(0)
    none = Cuts(nothing, nothing, nothing, nothing, nothing, np.zeros(0, np.int64), nothing)
    sure = replace(prior, cuts=none)
    light, end = burn(prior)
    assert sure.going(3.0) == 1.0
    assert said(sure, 0.5 * (light + end), 10.0) > 0.95
    view = forecast(tracked(sure, 300.0), sure, None, seed=1)
    plan = view.kind == PLANNED
    assert not view.fails[plan].any()
    assert view.weight[plan].sum() == pytest.approx(view.memory.agreement.p_vehicle)


def test_a_planned_pause_is_no_end_until_it_is_overdue(prior):
    """Stage 2 lights some five seconds after stage 1 burnt out: before, what speaks is that it may not."""
    out = prior.burn_s[0, 1]
    dead = DEAD / (1.0 - FIRST)
    assert said(prior, out, 1.0) == pytest.approx(dead, abs=0.02)
    assert said(prior, out, 8.0) < 0.3
    assert said(prior, out, 40.0) > 0.95


def test_a_burn_is_known_by_when_it_began(prior):
    """A cut soon after stage 2 lit, when other flights of the plan still pause, is no end of stage 1."""
    light = burn(prior)[0]
    cut = light + 20.0
    assert said(prior, cut, 6.0, 20.0) > 0.95
    out = prior.burn_s[0, 1]
    for length in (1.0, 6.0, 8.0):
        assert said(prior, out, length, out - 5.0) == pytest.approx(said(prior, out, length), abs=0.05)


def test_a_short_burn_may_be_a_mistake_of_the_watch(prior):
    """Where the plan pauses, what looked like a burn of three seconds does not end the pause."""
    out, light = prior.burn_s[0, 1], burn(prior)[0]
    assert said(prior, 0.5 * (out + light), 3.0, 3.0) < 0.3
    assert said(prior, 0.5 * (out + light), 40.0, 3.0) > 0.95


def test_a_burn_that_began_where_the_plan_has_none_speaks_against_its_vehicle(prior):
    """Then what launchers in general do counts: another pause is not to be excluded, nor that it was the last."""
    light, end = burn(prior)
    cut = 0.5 * (light + end)
    sure, other = said(prior, cut, 10.0, cut - light), said(prior, cut, 10.0, 60.0)
    assert sure > 0.95 > other > ended_for_good(0.0, None, 10.0) - 0.01
    _, still = judged(prior, cut, 10.0, 60.0)
    assert still.begun < 0.1 * still.other


def test_a_pause_counts_from_the_burn_that_ended_late(prior):
    """A vehicle that burns longer than the plan lights its next stage as much later."""
    out, light = prior.burn_s[0, 1], burn(prior)[0]
    burnt, pause = light + 10.0 - prior.burn_s[0, 0], light - out
    p_vehicle, still = judged(prior, light + 10.0, pause, burnt)
    assert ended_for_good(p_vehicle, still, pause) < 0.6
    assert said(prior, light + 10.0, pause + 40.0, burnt) > 0.95


def test_an_end_where_none_is_to_be_expected_needs_more_of_the_plots(prior):
    """Amid a burn failures are rarer than the watch allows for; at a burn-out an end is no surprise."""
    light, end = burn(prior)
    amid, at_out = judged(prior, 0.5 * (light + end), 8.0), judged(prior, prior.burn_s[0, 1], 8.0)
    assert 0.05 < suddenness(*amid) < 0.5
    assert suddenness(*at_out) == 1.0
    for parts, least, most in (((0.05, 0.95, 0.0), 0.5, 0.95), ((1e-4, 0.99, 0.0), 0.99, 1.0)):
        assert least < believed(parts, 1.0, 8.0, suddenness(*amid)) <= most
    assert believed((0.0, 0.9, 0.1), 1.0, 60.0, 0.01) > 0.99


def test_a_plan_that_failed_is_still_the_plan(prior):
    """After a cut the body is where no flight of the plan is; that it flew the plan is not forgotten."""
    at = float(burn(prior).mean())
    memory = forecast(tracked(prior, at), prior, None, seed=1).memory
    for since in (2.0, 12.0, 60.0, 200.0):
        view = forecast(tracked(prior, at, since_cut_s=since, off=True), prior, memory, seed=1)
        memory = view.memory
        assert view.p_plan > 0.95, since
    assert view.p_ended > 0.95
    assert view.weight[view.kind == STOPPED].sum() == pytest.approx(view.p_ended)
    assert view.weight.sum() == pytest.approx(1.0)
    body = tracked(prior, at, since_cut_s=200.0)
    assert agree(body.mean[:6], body.covariance[:6, :6], body.place[2], prior, 0.5).p_plan < 0.5


def test_a_body_that_surely_falls_or_thrusts_is_where_its_watch_has_it(prior):
    """Two seconds later thrust of 20 m/s2 has carried it 40 m farther than a fall does."""
    main = tracked(prior, 200.0)
    later = under_watch(main).at(main.time_s + 2.0)
    fallen = np.empty(9)
    propagate(np.concatenate([main.mean[:6], np.zeros(3)]), 2.0, COAST, 2800.0, EARTH, fallen)
    ahead = main.mean[3:6] / np.linalg.norm(main.mean[3:6])
    for thrusts, far_m in ((False, 0.0), (True, 40.0)):
        body = surely(later, thrusts=thrusts)
        assert (body.mean[:3] - fallen[:3]) @ ahead == pytest.approx(far_m, abs=2.0)
        assert np.trace(body.covariance[:6, :6]) < 1.5 * np.trace(later.covariance[:6, :6])
    assert surely(main, thrusts=True) is main


def test_what_falls_through_the_air_says_nothing_more_of_the_plan(prior):
    """The watch takes the braking for another end of thrust, at which no flight of the plan is."""
    view = forecast(tracked(prior, 260.0, since_cut_s=10.0, off=True), prior, None, seed=1)
    assert view.p_plan > 0.95
    fallen = tracked(prior, 260.0, since_cut_s=10.0, off=True)
    x = fallen.x.copy()
    x[:, :3] *= (6.371e6 + 30e3) / np.linalg.norm(x[0, :3])
    x[:, 3:6] = -0.3 * x[:, :3] / np.linalg.norm(x[0, :3]) * 3e3 + 0.3 * x[:, 3:6]
    low = replace(fallen, x=x, time_s=fallen.time_s + 300.0, last_s=fallen.time_s + 300.0)
    memory = replace(view.memory, unpowered_since_s=low.time_s - 12.0)
    assert forecast(low, prior, memory, seed=1).p_plan == view.p_plan
    assert forecast(low, prior, None, seed=1).p_plan < 0.01


def test_another_azimuth_is_not_the_plan(prior):
    main = tracked(prior, 120.0)
    up = prior.site_m / np.linalg.norm(prior.site_m)
    for turn_deg, least, most in ((0.0, 0.98, 1.0), (25.0, 0.0, 0.05), (180.0, 0.0, 0.001)):
        angle = np.radians(turn_deg)
        mean = main.mean[:6].copy()
        for part in (slice(0, 3), slice(3, 6)):
            vector = mean[part] - (prior.site_m if part.start == 0 else 0.0)
            along = (vector @ up) * up
            turned = along + np.cos(angle) * (vector - along) + np.sin(angle) * np.cross(up, vector)
            mean[part] = turned + (prior.site_m if part.start == 0 else 0.0)
        assert least <= agree(mean, main.covariance[:6, :6], main.place[2], prior, 0.5).p_plan <= most


def test_the_plans_vehicle_on_another_azimuth_goes_on_that_way(prior):
    """Its stages burn as the plan says, whichever way it flies; of the plan itself nothing is left."""
    axis = prior.site_m / np.linalg.norm(prior.site_m)

    angle = np.radians(63.0)

    def turned(vector):
        along = (vector @ axis) * axis
        return along + np.cos(angle) * (vector - along) + np.sin(angle) * np.cross(axis, vector)

    main = tracked(prior, 160.0)
    state = main.mean
    state[:3] = prior.site_m + turned(state[:3] - prior.site_m)
    state[3:6], state[6:9] = turned(state[3:6]), turned(state[6:9])
    view = forecast(replace(main, x=np.tile(state, (MODES, 1))), prior, None, seed=1)
    assert view.p_plan < 0.01 < 0.9 < view.memory.agreement.p_vehicle
    row = int((160.0 + 200.0) / FINE_S)
    truth = prior.site_m + turned(prior.position_m[0, row] - prior.site_m)
    mean = view.weight_continues @ view.lines_m[:, int(200.0 / ROW_S)]
    way = np.linalg.norm(truth - state[:3])
    assert np.linalg.norm(mean - truth) < 0.1 * way


def test_an_unannounced_launcher_fails_as_often_in_every_second_of_thrust(prior):
    """A third of the programmes stand for all that fail: their weights say how often that is."""
    of = programmes(20.0, 600, 3, 7, powered=True)
    thrust = np.linalg.norm(of.force, axis=2) > 0.0
    left_s = FINE_S * thrust.sum(axis=1)
    expected = np.mean(1.0 - np.exp(-FAILS_PS * left_s))
    assert of.weight[of.fails].sum() == pytest.approx(expected, rel=0.1)
    assert np.all(of.end_s[of.fails] <= FINE_S * (1 + np.argmax(np.cumsum(thrust, axis=1), axis=1)[of.fails]))
    view = forecast(tracked(prior, 200.0), None, None, seed=1)
    assert set(view.kind) == {GENERIC, STOPPED}
