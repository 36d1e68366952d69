"""The orbit of a plan is that of its flights, by closed forms."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from ensembles import by_hand
from overflight.earth.constants import WGS84
from overflight.jobs.plan_orbit import orbit_reached
from overflight.jobs.planned import Planned


def state(perigee_km: float, apogee_km: float, inclination_deg: float) -> np.ndarray:
    """Return position and velocity (6,) at the perigee of an ellipse, m and m/s."""
    r = WGS84.equatorial_radius_m + perigee_km * 1e3
    axis = WGS84.equatorial_radius_m + (perigee_km + apogee_km) / 2 * 1e3
    speed = np.sqrt(WGS84.mu_m3ps2 * (2 / r - 1 / axis))
    tilt = np.radians(inclination_deg)
    return np.array([r, 0.0, 0.0, 0.0, speed * np.cos(tilt), speed * np.sin(tilt)])


def plan(states: list[np.ndarray | None]) -> Planned:
    """Return a plan of four flights, two as planned; None is short of orbit."""
    ensemble = by_hand((0.8, 0.2), (2, 2))
    ends = np.zeros((4, 7))
    for row, one in enumerate(states):
        if one is not None:
            ends[row, :6] = one
    orbit = np.array([one is not None for one in states])
    samples = replace(ensemble.samples, end_state=ends, orbit=orbit, end_s=np.array([500.0, 520, 510, 90]))
    return cast(Planned, SimpleNamespace(ensemble=replace(ensemble, samples=samples)))


def test_orbit_of_each_flight_by_its_weight() -> None:
    low, high = state(300, 400, 82.0), state(480, 500, 83.0)
    found = orbit_reached(plan([low, high, high, None]))
    assert found is not None and found.flights == 3 and found.flights_as_planned == 2
    assert found.chance == pytest.approx(0.8 + 0.2 / 2) and found.as_planned == 1.0
    assert found.chance_se == pytest.approx(np.hypot(0.8 * 0.5 / 2**0.5, 0.2 * 0.5 / 2**0.5))
    perigee, apogee, inclination, period = found.spreads
    assert (perigee.low, perigee.middle, perigee.high) == pytest.approx((300, 480, 480), abs=1e-6)
    assert (apogee.middle, inclination.middle) == pytest.approx((500, 83.0))
    axis = WGS84.equatorial_radius_m + 490e3
    assert period.middle == pytest.approx(2 * np.pi * np.sqrt(axis**3 / WGS84.mu_m3ps2) / 60)
    assert found.time_s == (500.0, 510.0, 520.0)


def test_no_orbit_is_none_and_leaving_the_earth_has_no_apogee() -> None:
    assert orbit_reached(plan([None] * 4)) is None
    away = state(300, 400, 60.0) * np.array([1, 1, 1, 1, 1.5, 1.5])
    found = orbit_reached(plan([away, None, None, None]))
    assert found is not None and [one.label for one in found.spreads] == ["Perigee", "Inclination"]
    assert found.chance == pytest.approx(0.4) and found.as_planned == 0.5
