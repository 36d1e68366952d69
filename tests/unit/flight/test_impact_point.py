"""Impact points by model: what they agree on, what has none, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from overflight.earth.air import WindProfile, build_air
from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import ecef_to_eci, eci_to_ecef
from overflight.errors import InputError
from overflight.flight.impact_point import (
    MODELS,
    ImpactCode,
    impact_points,
    impact_points_along,
    local_states,
)
from overflight.flight.simulate import scenario_air
from overflight.flight.trajectory import fly_planned
from overflight.scenario.load import load_scenario
from support import ROOT

BODY = {"vacuum": {}, "j2": {}, "drag": {"ballistic_kgpm2": 100.0}}


def state(latitude_deg, longitude_deg, height_m, east_mps, north_mps, up_mps) -> np.ndarray:
    degrees = np.radians(latitude_deg), np.radians(longitude_deg)
    return local_states(*degrees, height_m, east_mps, north_mps, up_mps)


def gap_m(a, b) -> float:
    ends = np.degrees([a.longitude_rad[0], a.latitude_rad[0], b.longitude_rad[0], b.latitude_rad[0]])
    return Geod(ellps="WGS84").inv(*ends)[2]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("where", "code"),
    [
        ((15.0, 123.3, 480e3, 0, -7700, 0), ImpactCode.ORBIT),
        ((15.0, 123.3, 480e3, 0, -12_000, 0), ImpactCode.ESCAPE),
        ((15.0, 123.3, 480e3, 0, -12_000, -500), ImpactCode.ESCAPE),  # descends, and passes the Earth by
        ((15.0, 123.3, -10.0, 0, -500, 0), ImpactCode.ALREADY_DOWN),
        ((15.0, 123.3, np.nan, 0, -500, 0), ImpactCode.NOT_SOLVED),
        ((15.0, 123.3, 1e5, np.inf, -500, 0), ImpactCode.NOT_SOLVED),
    ],
)
def test_what_has_no_impact_point_has_no_numbers(model, where, code) -> None:
    with np.errstate(invalid="ignore"):
        point = impact_points(0.0, state(*where), model=model, **BODY[model])
    assert point.code[0] == code
    assert point.words == (code.words,)
    assert np.isnan([point.latitude_rad[0], point.longitude_rad[0], point.flight_s[0]]).all()


def test_codes_stand_in_words() -> None:
    assert [code.words for code in ImpactCode] == ["impact", "already down", "orbit", "escape", "not solved"]


@given(
    latitude=st.floats(-89.0, 89.0),
    height_km=st.floats(1.0, 2000.0),
    speed=st.floats(9500.0, 14_000.0),
    steepness=st.floats(0.8, 1.5),
    heading=st.floats(0.0, 6.28),
)
def test_what_comes_down_faster_than_escape_has_an_impact_point(
    latitude, height_km, speed, steepness, heading
) -> None:
    level = speed * np.cos(steepness)
    velocity = level * np.sin(heading), level * np.cos(heading), -speed * np.sin(steepness)
    plunge = state(latitude, 20.0, height_km * 1e3, *velocity)
    vacuum = impact_points(0.0, plunge)
    flown = impact_points(0.0, plunge, model="j2", earth=EarthModel(zonals=()))
    assert vacuum.code[0] == flown.code[0] == ImpactCode.IMPACT
    assert gap_m(vacuum, flown) < 0.1
    assert vacuum.flight_s[0] == pytest.approx(flown.flight_s[0], abs=1e-4)


@pytest.mark.parametrize("excess", [-1e-6, -1e-9, -1e-13, 0.0, 1e-13, 1e-9, 1e-6])
def test_next_to_the_parabola(excess) -> None:
    earth = EarthModel(zonals=())
    place = np.array([6.9e6, 1.0e5, 3.0e4])
    speed = np.sqrt(2.0 * earth.mu_m3ps2 / np.linalg.norm(place)) * (1.0 + excess)
    direction = np.array([-0.8, 0.36, 0.48])
    plunge = np.concatenate([place, speed * direction])[None]
    vacuum, flown = (impact_points(0.0, plunge, model=model, earth=earth) for model in ("vacuum", "j2"))
    assert vacuum.code[0] == flown.code[0] == ImpactCode.IMPACT
    assert gap_m(vacuum, flown) < 0.1


@given(ballistic=st.floats(5.0, 5000.0), east=st.floats(-3000.0, 3000.0), up=st.floats(-500.0, 1500.0))
def test_air_shortens_the_range(ballistic, east, up) -> None:
    start = state(25.0, 124.0, 90e3, east, -2000.0, up)
    here = impact_points(0.0, state(25.0, 124.0, 0.0, 0.0, 0.0, 0.0))
    far = impact_points(0.0, start, model="j2")
    near = impact_points(0.0, start, model="drag", ballistic_kgpm2=ballistic)
    assert near.code[0] == ImpactCode.IMPACT
    assert gap_m(here, near) < gap_m(here, far)
    assert near.flight_s[0] > far.flight_s[0]


def test_heavy_bodies_fall_as_without_air() -> None:
    start = state(33.0, 124.2, 250e3, -250, -4500, 900)
    heavy = impact_points(0.0, start, model="drag", ballistic_kgpm2=1e12, earth=WGS84.up_to(2))
    assert gap_m(heavy, impact_points(0.0, start, model="j2")) < 1.0


def test_debris_that_falls_for_longer_than_a_revolution_comes_down() -> None:
    start = state(33.0, 124.2, 20e3, 0.0, 0.0, 0.0)  # its two-body ellipse takes half an hour
    leaf = impact_points(0.0, start, model="drag", ballistic_kgpm2=0.5)
    assert leaf.code[0] == ImpactCode.IMPACT and leaf.flight_s[0] > 4000.0


def test_wind_carries_what_falls() -> None:
    start = state(33.0, 124.2, 20e3, 0.0, 0.0, 0.0)
    west_wind = build_air(WindProfile((0.0,), (20.0,), (0.0,)))
    calm = impact_points(0.0, start, model="drag", ballistic_kgpm2=20.0)
    blown = impact_points(0.0, start, model="drag", ballistic_kgpm2=20.0, air=west_wind)
    assert blown.longitude_rad[0] > calm.longitude_rad[0]
    # it moves with the wind but for the start and the end of the fall
    assert gap_m(calm, blown) == pytest.approx(20.0 * calm.flight_s[0], rel=0.03)


@pytest.mark.parametrize("model", MODELS)
def test_each_row_stands_alone_and_the_clock_moves_nothing(model) -> None:
    rows = np.concatenate(
        [
            state(33.0, 124.2, 250e3, -250, -4500, 900),
            state(15.0, 123.3, -10.0, 0, -500, 0),
            state(28.5, -80.6, 100e3, 3000, 800, 1200),
        ]
    )
    together = impact_points(0.0, rows, model=model, **BODY[model])
    position, velocity = eci_to_ecef(rows[:, :3], rows[:, 3:], 0.0)
    later = np.concatenate(ecef_to_eci(position, velocity, 5000.0), axis=1)
    shifted = impact_points(5000.0, later, model=model, **BODY[model])
    for i in range(3):
        alone = impact_points(0.0, rows[i], model=model, **BODY[model])
        for name in ("code", "latitude_rad", "longitude_rad", "flight_s"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[i])
    np.testing.assert_allclose(shifted.latitude_rad, together.latitude_rad, atol=1e-8)
    np.testing.assert_allclose(shifted.longitude_rad, together.longitude_rad, atol=1e-8)


def test_higher_ground_is_hit_earlier() -> None:
    start = state(33.0, 124.2, 250e3, -250, -4500, 900)
    for model in MODELS:
        low = impact_points(0.0, start, model=model, **BODY[model])
        high = impact_points(0.0, start, model=model, height_m=3000.0, **BODY[model])
        assert high.flight_s[0] < low.flight_s[0]


def test_along_a_planned_flight_to_orbit() -> None:
    scenario = load_scenario(ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    vehicle = fly_planned(scenario, scenario_air(scenario), row_s=10.0).vehicle
    vacuum, oblate = (impact_points_along(vehicle, model=model) for model in ("vacuum", "j2"))
    for points in (vacuum, oblate):
        assert len(points) == len(vehicle)
        first = int(np.argmax(points.code == ImpactCode.ORBIT))
        assert first > 0
        assert set(points.code[:first]) == {ImpactCode.IMPACT}
        assert set(points.code[first:]) == {ImpactCode.ORBIT}
        assert np.isfinite(points.latitude_rad[:first]).all() and np.isnan(points.latitude_rad[first:]).all()
    assert np.all(np.diff(vacuum.latitude_rad[2:20]) < 0.0)  # southward


def test_values_are_read_only_and_show_themselves() -> None:
    points = impact_points(
        0.0, np.concatenate([state(15, 123, 4.8e5, 0, -7700, 0), state(15, 123, 1e5, 0, 0, 0)])
    )
    with pytest.raises(ValueError, match="read-only"):
        points.latitude_rad[0] = 0.0
    frame = points.to_dataframe()
    assert list(frame["code"]) == ["orbit", "impact"]
    assert np.isnan(frame["iip_latitude_deg"][0]) and frame["iip_latitude_deg"][1] == pytest.approx(
        15.0, abs=0.1
    )
    assert points._repr_html_() == "<b>Impact points</b> (vacuum) of 2 states: 1 impact, 1 orbit"


@pytest.mark.parametrize(
    ("given", "key", "found"),
    [
        ({"model": "moon"}, "model", "moon"),
        ({"model": "drag"}, "ballistic_kgpm2", "nothing"),
        ({"model": "drag", "ballistic_kgpm2": 0.0}, "ballistic_kgpm2", "0"),
        ({"model": "drag", "ballistic_kgpm2": np.nan}, "ballistic_kgpm2", "nan"),
        ({"model": "j2", "ballistic_kgpm2": 10.0}, "model", "j2 with a body"),
        ({"model": "vacuum", "air": build_air()}, "model", "vacuum with a body"),
    ],
)
def test_what_does_not_fit_together_is_refused(given, key, found) -> None:
    with pytest.raises(InputError) as caught:
        impact_points(0.0, state(15, 123, 1e5, 0, 0, 0), **given)
    assert caught.value.where == key and found in caught.value.found


@pytest.mark.parametrize(
    ("start", "most_m"),
    [
        (state(38.9, 124.65, 60e3, -100, -2000, 1500), 10.0),
        (state(28.5, -80.6, 100e3, 3000, 800, 1200), 15.0),
        (state(33.0, 124.2, 250e3, -250, -4500, 900), 25.0),
        (state(15.0, 123.3, 480e3, -420, -7450, 0), 400.0),
    ],
)
def test_what_gravity_above_j2_moves(start, most_m) -> None:
    """J3 to J6 are flown; what leaving them out would cost is stated in docs/impact-points.md."""
    full, oblate = (
        impact_points(0.0, start, model="drag", ballistic_kgpm2=1e12, earth=earth)
        for earth in (WGS84, WGS84.up_to(2))
    )
    assert 0.1 * most_m < gap_m(full, oblate) < most_m
