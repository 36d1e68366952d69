"""The thrust watch: weak thrust seen by one radar is thrust, its end is told soon, and drag is no engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.track.geometry import pack, place_of
from overflight.track.kernels_motion import BOOST, COAST, propagate
from overflight.track.kernels_watch import engine
from overflight.track.measurements import Plot, SensorSite
from overflight.track.objects import EARTH
from overflight.track.starts import Candidates, extend
from overflight.track.thrust import WEAKEST_MPS2, first_watch, widened_watch
from overflight.track.tracker import Knowledge, step

SITE = SensorSite("one", np.radians(33.0), np.radians(129.0), 100.0, refraction=0.0, refraction_sigma=0.05)
SIGMA = (50.0, 1e-3, 1e-3)


def followed(cut_s, until_s, seed=1, force=6.0, *, pause=(0, 0)):
    """Follow a body under a weak thrust that pauses and ends at ``cut_s``, by one radar.

    Return time and P(no thrust) every second, and all that is known at the end.
    """
    start = geodetic_to_ecef(np.radians(36.0), np.radians(126.0), 150e3)
    east, north, up = local_axes(np.radians(36.0), np.radians(126.0))
    ahead = (0.3 * east - 0.9 * north + 0.3 * up) / np.linalg.norm([0.3, 0.9, 0.3])
    state = np.concatenate([start, 2500.0 * ahead, force * ahead])
    noise = np.random.default_rng(seed)
    know, out = Knowledge(), []
    for t in range(int(until_s)):
        m = measured(state[:3], float(t), noise)
        know = step(know, m, {"one": SITE})
        if know.launches:
            out.append((t, know.launches[0].unpowered))
        after = np.empty(9)
        thrusts = t < cut_s and not pause[0] <= t < pause[1]
        if t == pause[1]:
            state[6:] = force * state[3:6] / np.linalg.norm(state[3:6])
        propagate(state, 1.0, BOOST if thrusts else COAST, 2800.0, EARTH, after)
        state = after
    return np.array(out), know


def measured(place, t, noise):
    axes = local_axes(SITE.latitude_rad, SITE.longitude_rad)
    east, north, up = (
        np.asarray(axis) @ (place - geodetic_to_ecef(SITE.latitude_rad, SITE.longitude_rad, SITE.height_m))
        for axis in axes
    )
    z = np.array([np.hypot(np.hypot(east, north), up), np.arctan2(east, north), 0.0])
    z[2] = np.arcsin(up / z[0])
    z += np.array(SIGMA) * noise.standard_normal(3)
    return Plot("one", int(t), t, "1", float(z[0]), float(z[1] % (2 * np.pi)), float(z[2]), SIGMA)


@pytest.mark.parametrize("seed", [1, 2])
def test_weak_thrust_seen_by_one_radar_is_thrust_and_its_end_is_told(seed):
    """A third stage of 0.6 g at 400 km and more: the modes of the filter alone cannot tell it from a coast."""
    off, _ = followed(100.0, 135.0, seed)
    burning = off[(off[:, 0] > 40.0) & (off[:, 0] < 100.0)]
    assert np.mean(burning[:, 1] > 0.5) < 0.05
    told = off[(off[:, 0] > 100.0) & (off[:, 1] > 0.95)]
    assert len(told)
    assert told[0, 0] - 100.0 <= 25.0


def test_of_a_burn_that_is_over_is_known_which_one_it_was_and_when_it_began():
    """The first began before it was seen; the second, after a pause, in sight."""
    _, know = followed(130.0, 160.0, force=12.0, pause=(60, 85))
    burn = know.launches[0].thrust.last_burn
    assert burn.number == 2
    assert 1e9 > burn.lit_s == pytest.approx(85.0, abs=6.0)
    assert burn.ended_s == pytest.approx(130.0, abs=6.0)
    goes_on, off, anew = know.launches[0].thrust.parts
    assert goes_on < 0.01
    assert goes_on + off + anew == pytest.approx(1.0)


def state(force):
    x = np.concatenate([[6.6e6, 0.0, 0.0], [0.0, 3000.0, 0.0], force])
    return x, np.diag(np.concatenate([np.full(3, 100.0), np.full(3, 5.0), np.full(3, 0.3)]))


def test_an_engine_drives_on_and_drag_brakes():
    assert engine(*state([0.0, 6.0, 0.0]), WEAKEST_MPS2) > 0.99
    assert engine(*state([0.0, 0.1, 0.0]), WEAKEST_MPS2) < 1e-6
    assert engine(*state([0.0, -20.0, 0.0]), WEAKEST_MPS2) < 1e-6


def test_an_engine_that_nothing_is_known_of_may_act():
    x, s = state([0.0, 0.0, 0.0])
    s[6:9, 6:9] *= 40.0
    assert 0.2 < engine(x, s, WEAKEST_MPS2) < 1.0


def test_a_watch_begins_open_and_takes_a_new_sensor():
    x, s = state([0.0, 6.0, 0.0])
    watch = first_watch(10.0, 5.0, x, s)
    assert 0.2 < watch.off < 0.4
    assert watch.last_burn.ended_s == 5.0
    assert watch.last_burn.length_s == np.inf
    wider = widened_watch(watch, np.zeros(4), np.full(4, 0.1))
    assert wider.x.shape == (2, 13)
    assert wider.off == pytest.approx(watch.off)


def plots(labels, times, places):
    """Give plots at places to the start logic; return the plots of the first object that it makes."""
    candidates = Candidates()
    for label, t, place in zip(labels, times, places, strict=True):
        m = measured(place, t, np.random.default_rng(int(t * 100)))
        packed = pack(m, SITE)
        where, spread = place_of(packed)
        candidates, grown = extend(candidates, t, packed, where, spread, label)
        if grown is not None:
            return grown
    return None


def pair(count, *, anew):
    """Two bodies 3 km apart, each seen once a second; ``anew``: every plot has a number of its own."""
    one = geodetic_to_ecef(np.radians(36.0), np.radians(126.0), 150e3)
    labels, times, places = [], [], []
    for k in range(count):
        for body, after in (("a", 0.0), ("b", 0.03)):
            labels.append(f"{body}{k}" if anew else body)
            times.append(10.0 + k + after)
            places.append(one + np.array([2000.0 * k, 3000.0 * (body == "b"), 0.0]))
    return labels, times, places


def test_a_start_keeps_to_the_label_that_a_source_repeats():
    grown = plots(*pair(6, anew=False))
    assert grown is not None
    assert len(set(grown.labels)) == 1


def test_a_source_that_numbers_every_plot_anew_still_starts_a_track():
    assert plots(*pair(8, anew=True)) is not None


def test_an_end_before_the_first_plot_is_told_from_one_that_was_seen():
    state, factor = np.zeros(9), np.eye(9)
    begun = first_watch(100.0, 90.0, state, factor, 0.3)
    assert begun.ended_by(90.0) == 1.0
    later = replace(begun, since_s=np.array([90.0, 95.0]))
    assert later.ended_by(90.0) == 0.0
    both = replace(
        begun, on=np.array([True, False, False]), since_s=np.array([90.0, 90.0, 95.0]),
        weight=np.array([0.2, 0.6, 0.2]),
    )  # fmt: skip
    assert both.ended_by(90.0) == pytest.approx(0.75)
