"""What is a launch of its own: twins are two, and what one of them dropped is none, however late it is seen again."""

from dataclasses import replace

import numpy as np
import pytest

from bodies import EPOCH, body, followed, nearest, two_radars
from overflight.jobs.warn_event import Event, event_of
from overflight.track.flying import energy, has_risen
from overflight.track.forecast import forecast
from overflight.track.simulated import TrueObject


def later(thing, by_s):
    return TrueObject(f"{thing.key}-later", thing.time_s + by_s, thing.position_m, thing.velocity_mps)


def hidden(thing, from_s, until_s):
    """Return a body that no radar sees for a while."""
    place = thing.position_m.copy()
    place[(thing.time_s > from_s) & (thing.time_s < until_s)] = np.nan
    return TrueObject(thing.key, thing.time_s, place, thing.velocity_mps)


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(("aside_m", "by_s"), [(50e3, 0.0), (50e3, 20.0), (0.0, 60.0)])
def test_two_that_rise_near_each_other_are_two_launches(labels, aside_m, by_s):
    first, second = (
        body(key, force=14.0, seconds=130, aside_m=m) for key, m in (("one", 0.0), ("two", aside_m))
    )
    know = followed([first, later(second, by_s)], two_radars(), until_s=40.0 + by_s, labels=labels)
    assert len(know.launches) == 2
    found = {nearest(know, truth) for truth in (first, later(second, by_s))}
    assert {number for number, _ in found} == {main.number for main in know.launches}
    assert max(away for _, away in found) < 1500.0


@pytest.mark.parametrize("labels", [True, False])
def test_what_was_dropped_and_is_seen_again_is_no_launch(labels):
    """A fairing half that nobody sees for longer than it is remembered, far behind the body that thrusts on."""
    vehicle = body("vehicle", force=14.0, seconds=230)
    half = hidden(body("half", push=(9.0, -6.0, 4.0), seconds=230), 12.0, 200.0)
    know = followed([vehicle, half], two_radars(), until_s=225.0, labels=labels)
    assert len(know.launches) == 1
    again = [o for o in know.objects if o.first_s > EPOCH + 190.0]
    assert [o.group for o in again] == [know.launches[0].group]
    assert np.linalg.norm(again[0].mean[:3] - know.launches[0].mean[:3]) > 150e3


def test_energy_rises_under_thrust_and_in_no_fall():
    know = followed(
        [body("vehicle", force=8.0), body("stage", push=(0.0, 40.0, 40.0))], two_radars(), until_s=40.0
    )
    main = know.launches[0]
    stage = next(o for o in know.objects if o.number != main.number)
    assert has_risen(main)
    assert not has_risen(stage)
    assert energy(main) > energy(stage)


def test_the_event_of_a_part_that_was_seen_first_goes_on_with_its_launch():
    know = followed([body("vehicle", force=8.0)], two_radars(), until_s=12.0)
    main = know.launches[0]
    event = Event("launch-1", main.group, forecast=forecast(main, None, None, seed=1))
    there = replace(main, group=7)
    far = replace(there, x=there.x + np.repeat([2e5, 0.0], [3, there.x.shape[1] - 3]))
    known = {main.group: event}
    assert event_of(main, known, {main.group}) is event
    assert event_of(there, known, {7}) == replace(event, group=7)
    assert event_of(there, known, {7, main.group}) is None
    assert event_of(far, known, {7}) is None
