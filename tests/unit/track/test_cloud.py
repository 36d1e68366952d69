"""Bodies that nobody can tell apart: the main one is somewhere among them, and that is what is said of it."""

from dataclasses import replace

import numpy as np
import pytest

from bodies import EPOCH, body, followed, nearest, parted, pushes, two_radars
from overflight.formats.sensors_toml import site_of
from overflight.track.cloud import clouded
from overflight.track.simulated import simulate_plots
from overflight.track.tracker import Knowledge, step

PARTED_S = 20.0


def pieces(vehicle, count):
    """Return fragments that leave a body in every direction."""
    return [parted(vehicle, PARTED_S, way, seconds=60) for way in pushes(count, seed=3)]


def test_a_cloud_has_the_mean_and_the_spread_of_its_bodies():
    know = followed(
        [body("vehicle", force=8.0), body("stage", push=(0.0, 90.0, 40.0))], two_radars(), until_s=30.0
    )
    main = know.launches[0]
    other = next(o for o in know.objects if o.number != main.number).at(main.time_s)
    both = clouded(main, [other])
    means = np.stack([main.mean[:6], other.at(main.time_s).mean[:6]])
    away = (means - means.mean(axis=0))[0]
    np.testing.assert_allclose(both.mean[:3], means.mean(axis=0)[:3], atol=5.0)
    np.testing.assert_allclose(
        both.core_covariance[:6, :6],
        main.core_covariance[:6, :6] + np.outer(away, away),
        rtol=1e-6,
        atol=1e-6,
    )
    assert both.thrust is not None and main.thrust is not None
    np.testing.assert_allclose(both.thrust.x[0, :6] - main.thrust.x[0, :6], -away, atol=1e-6)
    assert both.among == 2
    assert clouded(main, []) is main
    late = clouded(main, [other.at(main.time_s + 20.0)])  # a model run back by so much would blow up
    assert np.linalg.norm(late.mean[:3] - both.mean[:3]) < 500.0
    buried = replace(other, x=other.x * np.where(np.arange(other.x.shape[1]) < 3, 0.9, 1.0))
    astray = replace(
        other, x=1e4 * other.x
    )  # as a filter ends that was predicted on for minutes in thick air
    assert clouded(main, [buried, astray]) is main


@pytest.mark.parametrize("force", [8.0, 0.0])
def test_among_fragments_without_numbers_the_truth_stays_within_what_is_told(force):
    """A body that thrusts on is found again; one that only falls stays one of many, and that is said."""
    vehicle = body("vehicle", force=force, seconds=80)
    radars = two_radars()
    sites = {radar.key: site_of(radar) for radar in radars}
    plots = simulate_plots(
        [vehicle, *pieces(vehicle, 10)], radars, seed=5, lift_off_s=EPOCH, until_s=PARTED_S + 40.0
    )
    know, due, held = Knowledge(), EPOCH + PARTED_S, []
    for plot in sorted((d.plot for d in plots), key=lambda p: p.time_s):
        know = step(know, replace(plot, track=None), sites)
        if plot.time_s > due:
            due, main = due + 2.0, know.launches[0]
            there = vehicle.at(np.array([main.time_s - EPOCH]))[0]
            sigma = float(np.sqrt(np.trace(main.timed()[1][:3, :3])))
            held.append(float(np.linalg.norm(main.mean[:3] - there)) / sigma)
    main = know.launches[0]
    assert len(know.launches) == 1
    assert max(held) < 3.0
    if force:
        assert main.among == 1
        assert nearest(know, vehicle)[0] == main.number
    else:
        assert main.among > 5


def test_numbers_tell_the_main_body_and_nobody_doubts_it():
    vehicle = body("vehicle", force=8.0, seconds=80)
    know = followed([vehicle, *pieces(vehicle, 6)], two_radars(), until_s=PARTED_S + 15.0)
    assert not know.rivals
    assert nearest(know, vehicle)[0] == know.launches[0].number


def test_the_order_of_the_plots_of_one_scan_does_not_matter():
    """Two bodies a kilometre apart, whose plots come the wrong way round: each takes its own."""
    vehicle, other = body("vehicle", seconds=60), body("other", push=(60.0, 0.0, 30.0), seconds=60)
    radars = two_radars()[:1]
    sites = {radar.key: site_of(radar) for radar in radars}
    delivered = simulate_plots([vehicle, other], radars, seed=5, lift_off_s=EPOCH, until_s=50.0)
    first = [d for d in delivered if d.truth == 0]
    second = {round(d.plot.time_s): d for d in delivered if d.truth == 1}
    ends = []
    for swap in (False, True):
        know = Knowledge()
        for d in first:
            pair = [d.plot, *([second[round(d.plot.time_s)].plot] if round(d.plot.time_s) in second else [])]
            for k, plot in enumerate(pair[::-1] if swap else pair):
                know = step(know, replace(plot, track=None, time_s=d.plot.time_s + 1e-3 * k), sites)
        ends.append([nearest(know, truth)[1] for truth in (vehicle, other)])
    assert np.max(ends) < 1500.0
    assert np.max(np.abs(np.subtract(*ends))) < 100.0
