"""A launch in the weather of its day: the air along the planned ascent, and by place for what falls."""

from __future__ import annotations

import numpy as np

from overflight.earth.air import Air
from overflight.earth.weather import Weather, WeatherMap, check_coverage, column_air
from overflight.flight.simulate import scenario_air, scenario_wind
from overflight.flight.trajectory import fly_planned
from overflight.scenario.model import Scenario

__all__ = ["weathered"]

_STEP_M = 250.0
"""Spacing of the heights at which the air along the ascent is taken."""


def weathered(scenario: Scenario, weather: Weather | None) -> tuple[Air, Air | WeatherMap]:
    """Return the air of the ascent and the air of the falls; without weather both are the scenario's own.

    The ascent meets, at each height, the air where and when the flight as planned is at that height; the
    plan is flown once in the column above the pad to know where that is. Above the weather's highest level
    the scenario's wind and the standard atmosphere take over. Times of the fall are close to lift-off
    compared with the hours between fields: the fields at lift-off serve.

    Raises
    ------
    InputError : the weather does not cover the site at the time of lift-off
    """
    own = scenario_air(scenario)
    if weather is None:
        return own, own
    site, wind, utc = scenario.site, scenario_wind(scenario), scenario.launch.utc
    check_coverage(weather, site.latitude_deg, site.longitude_deg, utc)
    above = weather.column(site.latitude_deg, site.longitude_deg, utc.timestamp())
    path = fly_planned(scenario, column_air(above, wind), coast_until_s=0.0).vehicle
    rising = np.flatnonzero(np.maximum.accumulate(path.height_m) == path.height_m)
    height = path.height_m[rising]
    top = min(float(above.height_m[-1]), float(height[-1]))
    nodes = np.arange(max(float(height[0]), 0.0), top, _STEP_M)
    longitude = np.unwrap(path.longitude_rad)[rising]
    latitude_deg = np.degrees(np.interp(nodes, height, path.latitude_rad[rising]))
    longitude_deg = np.degrees(np.interp(nodes, height, longitude))
    time_s = utc.timestamp() + np.interp(nodes, height, path.time_s[rising])
    inside = weather.covers(latitude_deg, longitude_deg)
    met = weather.along(nodes[inside], latitude_deg[inside], longitude_deg[inside], time_s[inside])
    return column_air(met, wind, weather.name, own.spread), WeatherMap(weather, utc, wind, own)
