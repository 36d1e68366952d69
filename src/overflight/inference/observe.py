"""What a flight model says about the claims that a fit may use: residuals in units of their tolerance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.simulate import Flown, fall, fly, geodetic_rows
from overflight.scenario.claims import CrossingClaim, PassageClaim
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario
from overflight.scenario.zones import AnnouncedZone

__all__ = ["Observation", "observe"]

Array = NDArray[np.float64]
_MISSED = 50.0  # residual (sigma) where the model gives no value at all
_ROW_S = 2.0
_CUTOFF_SIGMA = 0.02  # propellant left at cut-off, as a fraction of the last burn, that a plan keeps
_HEIGHT_SIGMA_KM = 20.0
_CLIMB_SIGMA_DEG = 0.5
_LIFT_OFF_SIGMA_S = 30.0 / np.sqrt(3.0)  # a minute published without seconds


@dataclass(frozen=True, slots=True)
class Observation:
    """Residuals (n, m) of the model against the fitted facts, in sigma; names of the m columns."""

    names: tuple[str, ...]
    residuals: Array = field(repr=False)


def observe(scenario: Scenario, draws: Draws, air: Air) -> Observation:
    """Fly the draws without failure; compare with fitted claims, announced zones and the planned orbit."""
    flown = fly(scenario, draws, air, rows=600, row_s=_ROW_S, tolerance_m=0.01)
    latitude, longitude, _ = geodetic_rows(flown.rows)
    time_s = np.arange(latitude.shape[1]) * _ROW_S
    columns: dict[str, Array] = {}
    for claim in scenario.claim:
        if claim.use != "fit":
            continue
        if isinstance(claim, PassageClaim):
            point = (claim.latitude_deg, claim.longitude_deg)
            offset = closest_approach(time_s, latitude, longitude, point).towards(claim.side) / 1e3
            columns[claim.key] = (offset - claim.distance_km) / claim.tolerance_km
        elif isinstance(claim, CrossingClaim):
            columns |= _crossing(scenario, claim, time_s, latitude, longitude)
    for zone in scenario.announced_zone:
        columns |= _zone(scenario, draws, flown, air, zone)
    columns |= _planned_orbit(scenario, draws, flown)
    table = np.stack(list(columns.values()), axis=1)
    return Observation(
        tuple(columns), np.clip(np.where(np.isfinite(table), table, _MISSED), -_MISSED, _MISSED)
    )


def _crossing(
    scenario: Scenario, claim: CrossingClaim, time_s: Array, latitude: Array, longitude: Array
) -> dict[str, Array]:
    crossing = parallel_crossing(time_s, latitude, longitude, claim.latitude_deg)
    width = (claim.east_deg - claim.west_deg) % 360.0
    offset = (np.degrees(crossing.longitude_rad) - claim.west_deg - width / 2.0 + 180.0) % 360.0 - 180.0
    columns = {f"{claim.key} (longitude)": offset / (width / 4.0)}  # two sigma at the edges
    if claim.utc is not None:
        expected = (claim.utc - scenario.launch.utc).total_seconds()
        columns[f"{claim.key} (time)"] = (crossing.time_s - expected) / np.hypot(
            claim.tolerance_s, _LIFT_OFF_SIGMA_S
        )
    return columns


def _zone(scenario: Scenario, draws: Draws, flown: Flown, air: Air, zone: AnnouncedZone) -> dict[str, Array]:
    """Offset of a body's fall from the centre of its zone, east and north, in half radii."""
    if zone.body is None or zone.circle is None:
        return {}
    from pyproj import Geod

    slot, path = body_slot(scenario, zone.body)
    released = flown.slots[:, slot]
    ballistic = draws[f"{path}.ballistic_kgpm2"]
    fallen = fall(
        released[:, 0], released[:, 1:7], ballistic, np.arange(len(draws)), flown.inputs.bodies, air
    )
    azimuth, _, distance = Geod(ellps="WGS84").inv(
        np.full(len(draws), zone.circle.longitude_deg), np.full(len(draws), zone.circle.latitude_deg),
        np.degrees(fallen.longitude_rad), np.degrees(fallen.latitude_rad),
    )  # fmt: skip
    sigma = zone.circle.radius_km * 1e3 / 2.0
    angle = np.radians(azimuth)
    return {
        f"{zone.key} (east)": distance * np.sin(angle) / sigma,
        f"{zone.key} (north)": distance * np.cos(angle) / sigma,
    }


def body_slot(scenario: Scenario, body: str) -> tuple[int, str]:
    """Return the kernel slot and the scenario path of a body that is let go (``stage-1``, ``fairing``)."""
    if body == "fairing":
        return len(scenario.vehicle.stage), "vehicle.fairing"
    number = int(body.removeprefix("stage-"))
    return number - 1, f"vehicle.stage.{number}"


def _planned_orbit(scenario: Scenario, draws: Draws, flown: Flown) -> dict[str, Array]:
    """Assume that the plan reaches its orbit: cut-off before depletion, near circular.

    Height and flight-path angle at cut-off are compared rather than the perigee, which depends on
    both by squares and would spoil the linear picture of the spread.
    """
    if scenario.flight_plan.cut_off is None:
        return {}
    last = len(scenario.vehicle.stage) - 1
    burnout, ignition = flown.inputs.times.burnout_s[:, last], flown.inputs.times.ignition_s[:, last]
    left = (burnout - flown.ends[:, 1]) / (burnout - ignition)
    position, velocity = flown.ends[:, 2:5], flown.ends[:, 5:8]
    radius, speed = np.linalg.norm(position, axis=1), np.linalg.norm(velocity, axis=1)
    climb = np.degrees(np.arcsin(np.sum(position * velocity, axis=1) / (radius * speed)))
    height_km = radius / 1e3 - WGS84.equatorial_radius_m / 1e3
    altitude = draws["flight_plan.cut_off.mean_altitude_km"]
    return {
        "planned orbit (propellant left)": np.minimum(left - 2.0 * _CUTOFF_SIGMA, 0.0) / _CUTOFF_SIGMA,
        "planned orbit (height at cut-off)": (height_km - altitude) / _HEIGHT_SIGMA_KM,
        "planned orbit (climb at cut-off)": climb / _CLIMB_SIGMA_DEG,
    }
