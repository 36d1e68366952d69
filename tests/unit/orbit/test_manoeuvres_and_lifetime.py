"""Known burns in made-up series are found with their bracket and size; drag alone is none; lifetimes are ordered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.tle import read_tle
from overflight.orbit.elements import ElementSeries, ElementSet
from overflight.orbit.lifetime import fit_ballistic, lifetime
from overflight.orbit.manoeuvres import find_manoeuvres

BASE = read_tle(
    "1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999\n"
    "2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052\n",
    "typed",
)[0]
MU = 398600.8e9


def made(day: float, axis_m: float, tilt_rad: float = 0.0) -> ElementSet:
    elements = replace(BASE, epoch_jd=BASE.epoch_jd + int(day), epoch_fraction=day % 1.0,
                       inclination_rad=BASE.inclination_rad + tilt_rad)  # fmt: skip
    motion = np.sqrt(MU / axis_m**3) * 60.0
    for _ in range(8):
        motion += (
            np.sqrt(MU / axis_m**3) * 60.0
            - replace(elements, mean_motion_radpmin=motion).brouwer_motion_radpmin
        )
        elements = replace(elements, mean_motion_radpmin=float(motion))
    return elements


def series(burns=(), plane=(), days=40, rate=-30.0, noise=6.0, seed=3):
    random = np.random.default_rng(seed)
    time = np.sort(random.uniform(0.0, days, 2 * days))
    axis = 6871e3 + rate * time + noise * random.standard_normal(len(time))
    tilt = np.radians(0.0004) * random.standard_normal(len(time))
    speed = np.sqrt(MU / 6871e3)
    for day, delta_v in burns:
        axis[time > day] += 2.0 * 6871e3 * delta_v / speed
    for day, delta_v in plane:
        tilt[time > day] += delta_v / speed
    return ElementSeries.of([made(*row) for row in zip(time, axis, tilt, strict=True)], "made up")


def test_the_made_up_axis_is_the_one_read_back():
    assert 1e3 * made(0.0, 6871e3).mean_axis_km == pytest.approx(6871e3, abs=1e-3)


@pytest.mark.parametrize("delta_v", [0.2, 0.6, -0.4, 3.0])
def test_one_burn(delta_v):
    found = find_manoeuvres(series([(17.3, delta_v)])).found
    assert len(found) == 1
    burn = found[0]
    assert BASE.age_days(burn.after_utc) <= 17.3 <= BASE.age_days(burn.before_utc) + 1.0
    assert burn.delta_v_mps == pytest.approx(delta_v, abs=4 * burn.error_mps)
    assert burn.error_mps < 0.05


def test_five_small_burns_a_day_apart():
    burns = [(day + 0.5, 0.35) for day in (10, 12, 14, 16, 18)]
    found = find_manoeuvres(series(burns)).found
    assert len(found) == 5
    assert sum(m.delta_v_mps for m in found) == pytest.approx(1.75, abs=0.15)


def test_a_plane_change():
    found = find_manoeuvres(series(plane=[(20.0, 8.0)])).found
    assert len(found) == 1 and found[0].plane_mps == pytest.approx(8.0, rel=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_drag_alone_is_no_burn(seed):
    assert not find_manoeuvres(series(seed=seed, rate=-120.0)).found


def test_too_few_sets():
    with pytest.raises(InputError, match="found 2 sets"):
        find_manoeuvres(ElementSeries((made(0.0, 6871e3), made(1.0, 6871e3)), "two"))


def test_the_band_of_decay_is_in_order_and_burns_do_not_change_the_fit():
    calm, burnt = lifetime(series()), fit_ballistic(series([(17.3, 2.0)]))
    assert calm.days["high"] < calm.days["mean"] < calm.days["low"]
    assert calm.days["high"] < calm.days["cycle"] < calm.days["low"]
    assert burnt.drag_m2pkg == pytest.approx(calm.ballistic.drag_m2pkg, rel=0.35)
    assert calm.date("high") < calm.date("mean")


def test_lower_is_shorter_and_one_set_goes_by_bstar():
    high, low = (lifetime(ElementSeries((made(0.0, a),), "one")) for a in (6900e3, 6700e3))
    assert low.days["mean"] < high.days["mean"]
    assert "B*" in low.ballistic.method


def test_a_deep_orbit_is_refused():
    deep = replace(BASE, mean_motion_radpmin=2 * np.pi / 1436.0)
    with pytest.raises(InputError, match="perigee below 1400 km"):
        lifetime(ElementSeries((deep,), "deep"))
