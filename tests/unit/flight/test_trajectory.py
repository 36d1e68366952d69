"""The flight as planned: its events, its path, the falls of its parts."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.earth.constants import EarthModel
from overflight.flight.simulate import fly, scenario_air
from overflight.flight.trajectory import Trajectory, fly_planned
from overflight.scenario.draws import nominal_draws

SCENARIO = small()
AIR = scenario_air(SCENARIO)


@pytest.fixture(scope="module")
def flight():
    return fly_planned(SCENARIO, AIR)


def kinds(flight) -> list[tuple[str, int]]:
    return [(event.kind, event.stage) for event in flight.events]


def test_events_in_order(flight) -> None:
    assert kinds(flight) == [
        ("lift-off", 1), ("burn-out", 1), ("separation", 1), ("ignition", 2), ("fairing", 0), ("cut-off", 2),
    ]  # fmt: skip
    times = [event.time_s for event in flight.events]
    assert times == sorted(times)


def test_the_path_is_whole(flight) -> None:
    path = flight.vehicle
    assert path.time_s[0] == 0.0
    assert (np.diff(path.time_s) > 0.0).all()
    assert path.time_s[-1] >= 1200.0
    assert np.interp(496.0, path.time_s, path.mass_kg) > path.mass_kg[-1] >= 650.0
    assert (path.height_m > 0.0).all()
    step = np.linalg.norm(np.diff(path.position_m, axis=0), axis=1)
    middle = 0.5 * (path.speed_mps[1:] + path.speed_mps[:-1]) * np.diff(path.time_s)
    assert step == pytest.approx(middle, rel=2e-3, abs=1.0), "velocity is the change of position"
    assert not path.ends_on_ground


def test_parts_fall_to_the_ground(flight) -> None:
    assert [body.key for body in flight.bodies] == ["stage-1", "fairing"]
    for body in flight.bodies:
        released = next(
            e.time_s
            for e in flight.events
            if e.kind in ("separation", "fairing") and e.stage == (1 if body.key == "stage-1" else 0)
        )
        assert body.time_s[0] == released
        assert body.ends_on_ground
        assert body.height_m[-1] == pytest.approx(0.0, abs=1e-3)
        at = np.interp(released, flight.vehicle.time_s, flight.vehicle.height_m)
        assert body.height_m[0] == pytest.approx(at, abs=600.0)
        assert np.isnan(body.mass_kg).all()


def test_a_crash_has_no_burn_out_and_ends_on_the_ground() -> None:
    dive = small(("pitch_end_deg = 64.6", "pitch_end_deg = -60.0"))
    crash = fly_planned(dive, AIR)
    assert kinds(crash) == [("lift-off", 1)]
    assert crash.vehicle.ends_on_ground
    assert crash.vehicle.height_m[-1] == pytest.approx(0.0, abs=1e-3)
    assert not crash.orbit
    assert crash.bodies == ()


def test_short_of_orbit_the_vehicle_comes_down() -> None:
    weak = small(("thrust_vacuum_n = 34000.0", "thrust_vacuum_n = 30000.0"))
    flight = fly_planned(weak, AIR)
    assert not flight.orbit
    assert kinds(flight)[-1] == ("burn-out", 2)
    longer = fly_planned(weak, AIR, coast_until_s=5000.0)
    assert longer.vehicle.ends_on_ground
    assert longer.vehicle.height_m[-1] == pytest.approx(0.0, abs=1e-3)


def test_another_earth_is_flown_over_all_the_way() -> None:
    still = EarthModel(rotation_radps=0.0, zonals=())
    flight = fly_planned(SCENARIO, AIR, earth=still)
    end = fly(SCENARIO, nominal_draws(SCENARIO), AIR, earth=still, tolerance_m=1e-4).ends[0]
    assert flight.events[-1].time_s == end[1]
    assert flight.vehicle.speed_mps == pytest.approx(flight.vehicle.inertial_speed_mps)


def test_at_between_rows_and_over_the_180th_meridian() -> None:
    time_s = np.array([0.0, 10.0, 20.0])
    blank = np.zeros((3, 3))
    path = Trajectory(
        "v", "v", time_s, blank, blank, np.radians([10.0, 20.0, 30.0]), np.radians([179.0, -179.0, -177.0]),
        np.array([0.0, 100.0, 300.0]), time_s, time_s,
    )  # fmt: skip
    assert path.at(2.5) == pytest.approx((12.5, 179.5, 25.0))
    assert path.at(7.5) == pytest.approx((17.5, -179.5, 75.0))
    assert path.at(15.0) == pytest.approx((25.0, -178.0, 200.0))


def test_views(flight) -> None:
    frame = flight.vehicle.to_dataframe()
    assert len(frame) == len(flight.vehicle)
    assert frame.height_m.max() == flight.vehicle.height_m.max()
    assert "Example-2" in flight.vehicle._repr_html_()
