"""The scenarios that ``overflight new`` writes fly: into orbit, and their stages into the announced zones."""

from __future__ import annotations

import pytest
from pyproj import Geod
from shapely import Point, Polygon

from overflight.flight.simulate import scenario_air
from overflight.flight.trajectory import PlannedFlight, fly_planned
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario
from overflight.scenario.template import TEMPLATES, scenario_template

WGS84 = Geod(ellps="WGS84")


@pytest.fixture(scope="module", params=TEMPLATES)
def flown(request) -> tuple[Scenario, PlannedFlight]:
    scenario = parse_scenario(scenario_template(request.param).encode(), request.param)
    return scenario, fly_planned(scenario, scenario_air(scenario))


def test_it_reaches_a_nearly_circular_orbit_at_the_stated_height(flown):
    scenario, flight = flown
    assert flight.orbit
    stated_m = scenario.flight_plan.cut_off.mean_altitude_km.value * 1e3
    assert (flight.perigee_m + flight.apogee_m) / 2 == pytest.approx(stated_m, abs=100.0)
    assert flight.perigee_m > stated_m - 25e3


def test_it_cuts_off_with_propellant_to_spare(flown):
    scenario, flight = flown
    last = scenario.vehicle.stage[-1]
    empty_kg = last.dry_mass_kg.value + scenario.vehicle.payload_kg.value
    powered = flight.vehicle.time_s <= next(e.time_s for e in flight.events if e.kind == "cut-off")
    left_kg = flight.vehicle.mass_kg[powered][-1] - empty_kg
    assert 0.05 * last.propellant_kg.value < left_kg < 0.3 * last.propellant_kg.value


def test_every_announced_body_falls_into_its_zone(flown):
    scenario, flight = flown
    fallen = {body.key: body for body in flight.bodies}
    assert len(scenario.announced_zone) >= 2
    for zone in scenario.announced_zone:
        body = fallen[zone.body]
        assert body.ends_on_ground
        latitude, longitude, _ = body.at(body.time_s[-1])
        if zone.band is not None:
            site = scenario.site
            azimuth, _, range_m = WGS84.inv(site.longitude_deg, site.latitude_deg, longitude, latitude)
            assert abs(azimuth - zone.band.azimuth_deg) < 4.0
            assert zone.band.near_km < range_m / 1e3 < zone.band.far_km
        else:
            assert Polygon([(lon, lat) for lat, lon in zone.ring_latlon_deg]).contains(
                Point(longitude, latitude)
            )


def test_it_says_that_it_is_made_up(flown):
    scenario, _ = flown
    assert "example" in scenario.title and "made up" in scenario.about.lower()
    assert scenario.unknown
