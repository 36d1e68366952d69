"""The two-stage launcher from Taiki against the published trajectory of its example (GELATO, MIT licence)."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from pyproj import Geod

from overflight.flight.kernels_ascent import CUT_OFF
from overflight.flight.orbit_reached import apsides
from overflight.flight.simulate import fly, scenario_air
from overflight.flight.trajectory import fly_planned
from overflight.jobs.plan import plan
from overflight.scenario.draws import draw
from overflight.scenario.load import load_scenario
from support import ROOT

SCENARIO = ROOT / "examples" / "taiki-two-stage" / "launch.toml"

# event, time s, height m, Earth-relative speed m/s, latitude, longitude deg, and how far off (km) we may be
TRAJECTORY = (
    ("zero-lift end", 90.0, 18525.95, 763.96, 42.50448, 143.63658, 0.5),
    ("separation", 157.610153, 70740.75, 2936.40, 42.48190, 144.92089, 1.0),
    ("fairing", 172.610153, 87311.69, 2941.59, 42.46843, 145.40922, 1.0),
    ("rate change", 263.610153, 163710.62, 3321.03, 42.31424, 148.64057, 2.0),
    ("sixth minute", 398.41444, 212517.35, 4401.27, 41.74645, 154.56946, 5.0),
)


@pytest.fixture(scope="module")
def flight():
    scenario = load_scenario(SCENARIO)
    return fly_planned(scenario, scenario_air(scenario))


@pytest.fixture(scope="module")
def published():
    """The flight with the payload of the example, whose optimum leaves no reserve."""
    scenario = load_scenario(SCENARIO)
    payload = scenario.vehicle.payload_kg.model_copy(update={"value": 471.5})
    heavy = scenario.model_copy(
        update={"vehicle": scenario.vehicle.model_copy(update={"payload_kg": payload})}
    )
    return fly_planned(heavy, scenario_air(heavy))


@pytest.mark.parametrize(
    ("event", "time_s", "height_m", "speed_mps", "latitude", "longitude", "off_km"), TRAJECTORY
)
def test_follows_the_published_path(
    published, event, time_s, height_m, speed_mps, latitude, longitude, off_km
) -> None:
    """Stage 1 flies pitch and heading at 10 knots, stage 2 is guided: within 2 km and 25 m/s of the optimum."""
    path = published.vehicle
    lat, lon, height = path.at(time_s)
    assert height == pytest.approx(height_m, abs=2e3), event
    assert float(np.interp(time_s, path.time_s, path.speed_mps)) == pytest.approx(speed_mps, abs=25.0), event
    assert Geod(ellps="WGS84").inv(lon, lat, longitude, latitude)[2] < off_km * 1e3, event


def test_reaches_its_orbit(flight) -> None:
    assert flight.orbit
    assert flight.perigee_m == pytest.approx(200e3, abs=100.0)
    assert flight.apogee_m == pytest.approx(200e3, abs=100.0)
    assert np.degrees(flight.inclination_rad) == pytest.approx(42.33, abs=1e-3)
    assert flight.events[-1].kind == "cut-off"
    assert flight.events[-1].time_s == pytest.approx(571.4, abs=5.0)


def test_dispersed_flights_reach_it_too_by_guidance() -> None:
    scenario = load_scenario(SCENARIO)
    ends = fly(scenario, draw(scenario, 1, np.arange(400)), scenario_air(scenario)).ends
    orbit = apsides(ends[:, 2:8])
    assert (ends[:, 0] == CUT_OFF).mean() > 0.99
    reached = ends[:, 0] == CUT_OFF
    assert np.abs(orbit.perigee_m[reached] - 200e3).max() < 500.0
    assert np.abs(np.degrees(orbit.inclination_rad[reached]) - 42.33).max() < 1e-3


def test_events_are_where_the_masses_put_them(flight) -> None:
    times = {(event.kind, event.stage): event.time_s for event in flight.events}
    burn = 21_500.0 * 9.80665 * 304.0 / 420_000.0
    assert times["burn-out", 1] == pytest.approx(burn, abs=1e-9)
    assert times["separation", 1] == pytest.approx(burn + 5.0, abs=1e-9)
    assert times["ignition", 2] == pytest.approx(burn + 10.0, abs=1e-9)


def test_plans_without_zones_or_facts() -> None:
    result = plan(
        load_scenario(SCENARIO), flights=40, fragments=20, computed_utc=datetime(2026, 1, 1, tzinfo=UTC)
    )
    report = result.report
    assert report.announced == ()
    assert report.facts == ()
    assert {zone.body for zone in report.drop_zones} >= {"Stage 1", "Fairing halves"}
    assert all(zone.centre[0] > 144.0 or zone.centre[0] < 0.0 for zone in report.drop_zones)
    assert "nothing falls on land" in report.headline
    assert len(result.files["index.html"]) > 100_000
