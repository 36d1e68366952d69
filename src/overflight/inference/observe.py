"""What a flight model says about the claims that a fit may use: residuals in units of their tolerance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.simulate import Fallen, Flown, fall, fly, geodetic_rows
from overflight.scenario.claims import CrossingClaim, PassageClaim
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario
from overflight.scenario.zones import AnnouncedZone

__all__ = ["Observation", "ZoneFrame", "observe", "planned_fall", "zone_frame", "zone_residuals"]

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
    claims = [claim for claim in scenario.claim if claim.use == "fit"]
    rows = 600 if claims else 0  # the path is recorded only where a claim looks at it
    flown = fly(scenario, draws, air, rows=rows, row_s=_ROW_S, tolerance_m=0.01)
    latitude, longitude, _ = geodetic_rows(flown.rows)
    time_s = np.arange(latitude.shape[1]) * _ROW_S
    columns: dict[str, Array] = {}
    for claim in claims:
        if isinstance(claim, PassageClaim):
            point = (claim.latitude_deg, claim.longitude_deg)
            offset = closest_approach(time_s, latitude, longitude, point).towards(claim.side) / 1e3
            columns[claim.key] = (offset - claim.distance_km) / claim.tolerance_km
        elif isinstance(claim, CrossingClaim):
            columns |= _crossing(scenario, claim, time_s, latitude, longitude)
    columns |= _zones(scenario, draws, flown, air, None)
    columns |= _planned_orbit(scenario, draws, flown)
    return Observation(tuple(columns), _table(columns))


def zone_residuals(
    scenario: Scenario, draws: Draws, flown: Flown, air: Air, rows: NDArray[np.int64]
) -> Array:
    """Return the offsets (m, 2 zones) of what falls from the zones announced for it, for some flights."""
    columns = _zones(scenario, draws, flown, air, rows)
    return _table(columns) if columns else np.zeros((len(rows), 0))


def _table(columns: dict[str, Array]) -> Array:
    table = np.stack(list(columns.values()), axis=1)
    return np.clip(np.where(np.isfinite(table), table, _MISSED), -_MISSED, _MISSED)


def _zones(
    scenario: Scenario, draws: Draws, flown: Flown, air: Air, rows: NDArray[np.int64] | None
) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for zone in scenario.announced_zone:
        columns |= _zone(scenario, draws, flown, air, zone, rows)
    return columns


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


def _zone(
    scenario: Scenario,
    draws: Draws,
    flown: Flown,
    air: Air,
    zone: AnnouncedZone,
    rows: NDArray[np.int64] | None,
) -> dict[str, Array]:
    """Offset of a body's fall from the centre of its zone along two axes, in half of its half widths."""
    frame = None if zone.body is None else zone_frame(zone)
    if frame is None:
        return {}
    from pyproj import Geod

    fallen = planned_fall(scenario, draws, flown, air, str(zone.body), rows)
    azimuth, _, distance = Geod(ellps="WGS84").inv(
        np.full(len(fallen.code), frame.longitude_deg), np.full(len(fallen.code), frame.latitude_deg),
        np.degrees(fallen.longitude_rad), np.degrees(fallen.latitude_rad),
    )  # fmt: skip
    angle = np.radians(azimuth - frame.azimuth_deg)
    return {
        f"{zone.key} ({frame.names[0]})": distance * np.sin(angle) / (frame.half_widths_m[0] / 2.0),
        f"{zone.key} ({frame.names[1]})": distance * np.cos(angle) / (frame.half_widths_m[1] / 2.0),
    }


def planned_fall(
    scenario: Scenario,
    draws: Draws,
    flown: Flown,
    air: Air,
    body: str,
    rows: NDArray[np.int64] | None = None,
) -> Fallen:
    """Return where a body that is let go comes down in every flight, or in some of them."""
    slot, path = body_slot(scenario, body)
    some = np.arange(len(draws)) if rows is None else rows
    released = flown.slots[some, slot]
    ballistic = draws[f"{path}.ballistic_kgpm2"][some]
    return fall(released[:, 0], released[:, 1:7], ballistic, some, flown.inputs.bodies, air)


@dataclass(frozen=True, slots=True)
class ZoneFrame:
    """Two axes in a zone: across and along the azimuth, with its half width along each."""

    longitude_deg: float
    latitude_deg: float
    azimuth_deg: float
    half_widths_m: tuple[float, float]
    names: tuple[str, str]


def zone_frame(zone: AnnouncedZone) -> ZoneFrame | None:
    """Return the axes of a circle (east and north) or of a ring (of the narrowest rectangle round it)."""
    if zone.circle is not None:
        c, radius_m = zone.circle, zone.circle.radius_km * 1e3
        return ZoneFrame(c.longitude_deg, c.latitude_deg, 0.0, (radius_m, radius_m), ("east", "north"))
    if zone.ring_latlon_deg is None:
        return None
    import shapely
    from pyproj import Proj

    latitude, longitude = np.array(zone.ring_latlon_deg).T
    longitude = np.unwrap(longitude, period=360.0)
    plane = Proj(proj="aeqd", lon_0=longitude.mean(), lat_0=latitude.mean(), ellps="WGS84")
    ring = shapely.Polygon(np.stack(plane(longitude, latitude), axis=1))
    corners = shapely.get_coordinates(ring.minimum_rotated_rectangle)
    sides = np.diff(corners[:3], axis=0)
    lengths = np.hypot(*sides.T)
    long = int(np.argmax(lengths))
    lon, lat = plane(*ring.minimum_rotated_rectangle.centroid.coords[0], inverse=True)
    halves = (float(lengths[1 - long]) / 2.0, float(lengths[long]) / 2.0)
    azimuth_deg = float(np.degrees(np.arctan2(*sides[long])))
    return ZoneFrame(float(lon), float(lat), azimuth_deg, halves, ("across", "along"))


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
