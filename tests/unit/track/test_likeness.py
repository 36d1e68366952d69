"""One object a body: what ten radars see each on their own is joined, what one source sees at once stays apart."""

from dataclasses import replace

import numpy as np
import pytest

from bodies import EPOCH, body, followed, nearest, ten_radars, two_radars
from overflight.formats.sensors_toml import site_of
from overflight.track.simulated import simulate_plots
from overflight.track.tracker import Knowledge, step


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("faults", [0.0, 1.0])
def test_two_bodies_seen_by_ten_radars_are_two_objects_of_one_launch(labels, faults):
    vehicle, stage = body("vehicle", force=8.0), body("stage", push=(0.0, 40.0, 40.0), aside_m=4000.0)
    know = followed([vehicle, stage], ten_radars(faults=faults), until_s=8.0, labels=labels)
    firm = [o for o in know.objects if o.hits >= 30]
    assert len(firm) == 2
    assert len(know.launches) == 1
    found = {truth.key: nearest(know, truth) for truth in (vehicle, stage)}
    assert found["vehicle"][0] != found["stage"][0]
    assert max(away for _, away in found.values()) < 1200.0


def test_what_leaves_a_body_stays_apart_from_it_and_the_main_body_goes_on():
    """A spent stage, a fairing half and fifty fragments, at 2 to 60 m/s from the body that thrusts on."""
    draw = np.random.default_rng(3)
    vehicle = body("vehicle", force=8.0, seconds=70)
    pushes = [draw.normal(size=3) * speed for speed in (8.0, 15.0, *np.linspace(2.0, 60.0, 50))]
    pieces = [body(f"piece-{k}", push=push, seconds=70, begins=20) for k, push in enumerate(pushes)]
    know = followed([vehicle, *pieces], two_radars(), until_s=42.0)
    main = know.launches[0]
    assert len(know.launches) == 1
    assert nearest(know, vehicle)[0] == main.number == 1
    assert nearest(know, vehicle)[1] < 1500.0
    assert main.unpowered < 0.5
    assert len([o for o in know.objects if o.hits >= 8]) > 35


def test_track_numbers_that_were_crossed_change_places():
    """South's numbers of two bodies half a kilometre apart were given to the wrong ones: its plots speak against them."""
    vehicle, stage = (
        body("vehicle", seconds=70),
        body("stage", push=(12.0, -20.0, 8.0), seconds=70, begins=20),
    )
    radars = two_radars()
    know, sites = Knowledge(), {radar.key: site_of(radar) for radar in radars}
    delivered = simulate_plots([vehicle, stage], radars, seed=5, lift_off_s=EPOCH, until_s=60.0)
    crossed = False
    for plot in sorted((d.plot for d in delivered), key=lambda p: p.time_s):
        if not crossed and plot.time_s > EPOCH + 40.0:
            one, other = (know.labels["south", f"south-{k}"] for k in (1, 2))
            labels = {**know.labels, ("south", "south-1"): other, ("south", "south-2"): one}
            know, crossed = replace(know, labels=labels), True
        know = step(know, plot, sites)
    numbers = [nearest(know, truth)[0] for truth in (vehicle, stage)]
    assert [know.labels["south", f"south-{k}"][0] for k in (1, 2)] == numbers


def test_fragments_without_numbers_put_no_radar_aside():
    draw = np.random.default_rng(3)
    vehicle = body("vehicle", force=8.0, seconds=50)
    pieces = [body(f"piece-{k}", push=20.0 * draw.normal(size=3), seconds=50, begins=20) for k in range(10)]
    know = followed([vehicle, *pieces], two_radars(), until_s=40.0, labels=False)
    assert not any(know.put_aside(source, know.clock_s) for source in ("north", "south"))
    assert nearest(know, vehicle)[0] == know.launches[0].number
    assert nearest(know, vehicle)[1] < 1500.0
