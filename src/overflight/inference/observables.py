"""What each flight would have shown to the people who published facts: one column a figure, one row a flight.

A column is NaN where a flight shows nothing: a body it never let go, a point it never passed.  Paths are
sampled every five seconds; closest approaches are taken in the tangent plane of the point, which within
500 km is good to 0.2 %, a tenth of any published tolerance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef
from overflight.flight.kernels_rhs import GROUND_M
from overflight.flight.orbit_reached import apsides
from overflight.flight.passage import parallel_crossing
from overflight.flight.simulate import Flown, fall, geodetic_rows
from overflight.scenario.claims import (
    Claim,
    CrossingClaim,
    FallClaim,
    InZoneClaim,
    LineClaim,
    OrbitClaim,
    PassageClaim,
    RadarClaim,
    SeparationClaim,
)
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario

__all__ = ["PATH_ROWS", "PATH_ROW_S", "Columns", "asked", "bodies_seen", "observables"]

Array = NDArray[np.float64]
Columns = dict[str, Array]
PATH_ROW_S = 5.0
PATH_ROWS = 361  # half an hour
_LIMIT_S = PATH_ROW_S * (PATH_ROWS - 1)


@dataclass(frozen=True, slots=True)
class _Path:
    """Geodetic rows (n, r) of flights and their times (r,) after lift-off, NaN past the ground or orbit."""

    time_s: Array
    latitude_rad: Array
    longitude_rad: Array
    height_m: Array


def observables(
    scenario: Scenario,
    air: Air,
    draws: Draws,
    flown: Flown,
    claims: Sequence[Claim],
    orbit: NDArray[np.bool_],
) -> Columns:
    """Return the columns (n,) that the claims ask for, of flights flown with ``PATH_ROWS`` rows.

    Always there: ``lift_off_s`` after ``launch.utc``, ``end_s`` of powered flight, ``apogee_km`` reached,
    ``turn_deg`` between the great circles of motion over the ground at the end of the first stage and at the
    end of powered flight, ``orbit`` 1 or 0.  ``BODY.down_s``, ``BODY.latitude_deg``, ``BODY.longitude_deg``
    for every body a claim speaks of; ``KEY.BODY.floor_s`` its descent through the track floor of a claim;
    ``KEY.offset_km`` and ``KEY.time_s`` of a passage, ``KEY.longitude_deg`` and ``KEY.time_s`` of a crossing,
    ``KEY.along_km`` (from the middle of the line towards its second point) and ``KEY.time_s`` of a line;
    ``KEY.downrange_km`` and ``KEY.altitude_km`` of a radar; ``separation.K_s`` of a stage;
    ``KEY.perigee_km``, ``KEY.apogee_km`` and ``KEY.inclination_deg`` of an orbit.  Times count from lift-off.
    """
    path = _path(scenario, air, draws, flown, orbit)
    columns: Columns = {
        "lift_off_s": draws["launch.offset_s"],
        "end_s": flown.ends[:, 1],
        "apogee_km": np.nanmax(path.height_m, axis=1) / 1e3,
        "turn_deg": _turn_deg(flown),
        "orbit": orbit.astype(float),
    }
    for claim in claims:
        if isinstance(claim, PassageClaim):
            columns |= _passage(claim, path)
        elif isinstance(claim, CrossingClaim):
            crossing = parallel_crossing(
                path.time_s, path.latitude_rad, path.longitude_rad, claim.latitude_deg
            )
            columns[f"{claim.key}.longitude_deg"] = np.degrees(crossing.longitude_rad)
            columns[f"{claim.key}.time_s"] = crossing.time_s
        elif isinstance(claim, LineClaim):
            columns |= _between(claim, path)
        elif isinstance(claim, RadarClaim):
            columns |= _radar(scenario, claim, path, columns["lift_off_s"])
        elif isinstance(claim, SeparationClaim):
            columns[f"separation.{claim.stage}_s"] = flown.slots[:, claim.stage - 1, 0].copy()
        elif isinstance(claim, OrbitClaim):
            columns |= _orbit(claim, flown, orbit)
    for body in bodies_seen(claims):
        columns |= _fall(scenario, air, draws, flown, body, claims, orbit)
    return columns


def _orbit(claim: OrbitClaim, flown: Flown, orbit: NDArray[np.bool_]) -> Columns:
    """Return the figures of the orbit that the claim tells, of the flights that reached one."""
    found = apsides(flown.ends[:, 2:8])
    figures = {
        "perigee_km": found.perigee_m / 1e3,
        "apogee_km": found.apogee_m / 1e3,
        "inclination_deg": np.degrees(found.inclination_rad),
    }
    return {
        f"{claim.key}.{name}": np.where(orbit, values, np.nan)
        for name, values in figures.items()
        if getattr(claim, name) is not None
    }


def asked(claims: Sequence[Claim]) -> list[tuple[object, ...]]:
    """Return all that the columns of some claims hang on: where it is the same, so are the columns.

    Published values, tolerances, words and sources are not among it: they change the weights, no flight.
    """
    rows: list[tuple[object, ...]] = [("bodies", *sorted(bodies_seen(claims)))]
    for claim in claims:
        if isinstance(claim, PassageClaim):
            rows.append((claim.key, claim.latitude_deg, claim.longitude_deg, claim.side))
        elif isinstance(claim, CrossingClaim):
            rows.append((claim.key, claim.latitude_deg))
        elif isinstance(claim, LineClaim):
            rows.append((claim.key, *claim.line_latlon_deg))
        elif isinstance(claim, RadarClaim):
            rows.append((claim.key, claim.utc.isoformat()))
        elif isinstance(claim, SeparationClaim):
            rows.append(("separation", claim.stage))
        elif isinstance(claim, OrbitClaim):
            shape = ("perigee_km", "apogee_km", "inclination_deg")
            rows.append((claim.key, *(name for name in shape if getattr(claim, name) is not None)))
        elif isinstance(claim, FallClaim):
            rows += [(claim.key, body, *_floors(body, [claim]).values()) for body in claim.bodies]
    return rows


def bodies_seen(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Return the bodies that claims speak of, each once, in order."""
    named: list[str] = []
    for claim in claims:
        if isinstance(claim, FallClaim):
            named.extend(claim.bodies)
        elif isinstance(claim, InZoneClaim):
            named.append(claim.body)
    return tuple(dict.fromkeys(named))


def _path(scenario: Scenario, air: Air, draws: Draws, flown: Flown, orbit: NDArray[np.bool_]) -> _Path:
    """Return the path of each vehicle: powered, and where it falls short of orbit on to the ground."""
    from overflight.flight.kernels_fall import fall_rows
    from overflight.flight.simulate import FALL_TOLERANCE_M, TUMBLING_DRAG

    rows = flown.rows[:, :, :7].copy()
    short = np.flatnonzero(~orbit & (flown.ends[:, 1] < _LIMIT_S))
    if len(short):
        ballistic = _last_ballistic(scenario, draws, flown)[short]
        fallen, filled, _ = fall_rows(
            flown.ends[short, 1].copy(), flown.ends[short, 2:8].copy(), ballistic,
            flown.inputs.bodies[short], _LIMIT_S, 10.0 * FALL_TOLERANCE_M, air.coefficients, TUMBLING_DRAG,
            WGS84.as_array(), PATH_ROWS, PATH_ROW_S,
        )  # fmt: skip
        first = np.ceil(flown.ends[short, 1] / PATH_ROW_S - 1e-9).astype(int)
        at = np.arange(PATH_ROWS)[None, :] - first[:, None]
        there = (at >= 0) & (at < filled[:, None])
        i, j = np.nonzero(there)
        rows[short[i], j] = fallen[i, at[i, j], :7]
    latitude, longitude, height = geodetic_rows(rows)
    return _Path(PATH_ROW_S * np.arange(PATH_ROWS, dtype=np.float64), latitude, longitude, height)


def _last_ballistic(scenario: Scenario, draws: Draws, flown: Flown) -> Array:
    """Return m / (Cd A) of what is left of the vehicle when powered flight ends."""
    stage = np.isfinite(flown.slots[:, : len(scenario.vehicle.stage) - 1, 0]).sum(axis=1)
    table = [draws[f"vehicle.stage.{i}.ballistic_kgpm2"] for i in range(1, len(scenario.vehicle.stage) + 1)]
    return np.stack(table, axis=1)[np.arange(len(draws)), stage]


def _turn_deg(flown: Flown) -> Array:
    first, last = flown.slots[:, 0, :7], flown.ends[:, 1:8]
    # a flight lost before its last stage has had no time to turn, or not to
    stages = flown.slots.shape[1] - 1
    first = np.where(np.isfinite(flown.slots[:, max(stages - 2, 0), :1]), first, np.nan)
    normals = []
    for rows in (first, last):
        position, velocity = eci_to_ecef(rows[:, 1:4], rows[:, 4:7], rows[:, 0], WGS84)
        normal = np.cross(position, velocity)
        normals.append(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9))
    cosine = np.clip(np.sum(normals[0] * normals[1], axis=1), -1.0, 1.0)
    return np.degrees(np.arccos(cosine))


def _passage(claim: PassageClaim, path: _Path) -> Columns:
    """Closest approach in the tangent plane of the point; positive on the side of the claim."""
    latitude, longitude = np.radians(claim.latitude_deg), np.radians(claim.longitude_deg)
    centre = geodetic_to_ecef(np.array(latitude), np.array(longitude), 0.0)
    d = geodetic_to_ecef(path.latitude_rad, path.longitude_rad, 0.0) - centre
    s, c = np.sin(longitude), np.cos(longitude)
    east = -s * d[..., 0] + c * d[..., 1]
    out = c * d[..., 0] + s * d[..., 1]
    north = -np.sin(latitude) * out + np.cos(latitude) * d[..., 2]
    dx, dy = np.diff(east, axis=1), np.diff(north, axis=1)
    part = np.clip(-(east[:, :-1] * dx + north[:, :-1] * dy) / np.maximum(dx**2 + dy**2, 1e-9), 0.0, 1.0)
    px, py = east[:, :-1] + part * dx, north[:, :-1] + part * dy
    # far from the point the tangent plane folds: only rows within 3000 km count
    gap = np.where(np.sum(d[:, :-1] ** 2, axis=-1) < 9e12, np.hypot(px, py), np.nan)
    best = np.argmin(np.where(np.isnan(gap), np.inf, gap), axis=1)
    row = np.arange(len(best))
    along = {"north": py, "south": -py, "east": px, "west": -px}[claim.side][row, best]
    return {
        f"{claim.key}.offset_km": np.copysign(gap[row, best], along) / 1e3,
        f"{claim.key}.time_s": np.where(
            np.isfinite(gap[row, best]), path.time_s[best] + part[row, best] * PATH_ROW_S, np.nan
        ),
    }


def _between(claim: LineClaim, path: _Path) -> Columns:
    """First crossing of the great circle through two points, on their side of the Earth."""
    (lat0, lon0), (lat1, lon1) = claim.line_latlon_deg
    ends = _unit(np.radians(np.array([lat0, lat1])), np.radians(np.array([lon0, lon1])))
    normal = np.cross(ends[0], ends[1])
    normal /= np.linalg.norm(normal)
    middle = ends.sum(axis=0) / np.linalg.norm(ends.sum(axis=0))
    along = np.cross(normal, middle)
    ground = _unit(path.latitude_rad, path.longitude_rad)
    height, near = ground @ normal, ground @ middle > 0.5
    crosses = (height[:, :-1] * height[:, 1:] <= 0.0) & near[:, :-1] & near[:, 1:]
    first, row = np.argmax(crosses, axis=1), np.arange(len(crosses))
    there = crosses[row, first]
    before, after = height[row, first], height[row, first + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(before == after, 0.0, before / (before - after))
    at = ground[row, first] * (1.0 - part[:, None]) + ground[row, first + 1] * part[:, None]
    turn = np.arctan2(at @ along, at @ middle)
    return {
        f"{claim.key}.along_km": np.where(there, 6371.0 * turn, np.nan),
        f"{claim.key}.time_s": np.where(there, path.time_s[first] + part * PATH_ROW_S, np.nan),
    }


def _unit(latitude_rad: Array, longitude_rad: Array) -> Array:
    """Return unit vectors (..., 3) of directions; the sphere is within 0.3 % of distances along it."""
    c = np.cos(latitude_rad)
    return np.stack([c * np.cos(longitude_rad), c * np.sin(longitude_rad), np.sin(latitude_rad)], axis=-1)


def _radar(scenario: Scenario, claim: RadarClaim, path: _Path, lift_off_s: Array) -> Columns:
    since = (claim.utc - scenario.launch.utc).total_seconds() - lift_off_s
    at = np.clip(since / PATH_ROW_S, 0.0, PATH_ROWS - 1.001)
    low = at.astype(int)
    part, row = at - low, np.arange(len(at))
    site = geodetic_to_ecef(
        np.radians(np.array(scenario.site.latitude_deg)),
        np.radians(np.array(scenario.site.longitude_deg)),
        0.0,
    )
    found: Columns = {}
    heights = [path.height_m[row, low + k] / 1e3 for k in (0, 1)]
    grounds = []
    for k in (0, 1):
        point = geodetic_to_ecef(path.latitude_rad[row, low + k], path.longitude_rad[row, low + k], 0.0)
        chord = np.linalg.norm(point - site, axis=1) / 1e3
        grounds.append(2.0 * 6371.0 * np.arcsin(np.clip(chord / (2.0 * 6371.0), 0.0, 1.0)))
    found[f"{claim.key}.altitude_km"] = heights[0] + part * (heights[1] - heights[0])
    found[f"{claim.key}.downrange_km"] = grounds[0] + part * (grounds[1] - grounds[0])
    return found


def _fall(
    scenario: Scenario, air: Air, draws: Draws, flown: Flown, body: str, claims: Sequence[Claim],
    orbit: NDArray[np.bool_],
) -> Columns:  # fmt: skip
    """Return where and when a body came down: let go, or left over when powered flight ended."""
    start, state, ballistic = _released(scenario, draws, flown, body, orbit)
    row = np.flatnonzero(np.isfinite(start))
    columns = {
        f"{body}.{name}": np.full(len(draws), np.nan) for name in ("down_s", "latitude_deg", "longitude_deg")
    }
    if len(row) == 0:
        floors = _floors(body, claims)
        return columns | {f"{key}.{body}.floor_s": np.full(len(draws), np.nan) for key in floors}
    bodies = flown.inputs.bodies
    down = fall(start[row], state[row], ballistic[row], row, bodies, air)
    columns[f"{body}.down_s"][row] = down.time_s
    columns[f"{body}.latitude_deg"][row] = np.degrees(down.latitude_rad)
    columns[f"{body}.longitude_deg"][row] = np.degrees(down.longitude_rad)
    done: dict[float, Array] = {}
    for key, floor_km in _floors(body, claims).items():
        if floor_km not in done:
            raised = bodies.copy()
            raised[:, GROUND_M] = floor_km * 1e3
            high = fall(start[row], state[row], ballistic[row], row, raised, air)
            times = np.full(len(draws), np.nan)
            times[row] = np.where(np.isfinite(high.time_s), high.time_s, start[row])
            done[floor_km] = times
        columns[f"{key}.{body}.floor_s"] = done[floor_km]
    return columns


def _floors(body: str, claims: Sequence[Claim]) -> dict[str, float]:
    """Return the track floors (km) of the claims that time the fall of a body, by their keys."""
    return {
        claim.key: claim.track_floor_km
        for claim in claims
        if isinstance(claim, FallClaim)
        and body in claim.bodies
        and claim.utc is not None
        and claim.time_is != "impact"
    }


def _released(
    scenario: Scenario, draws: Draws, flown: Flown, body: str, orbit: NDArray[np.bool_]
) -> tuple[Array, Array, Array]:
    """Return start (n,), ECI state (n, 6) and ballistic coefficient (n,) of a body; start NaN without it."""
    stages = len(scenario.vehicle.stage)
    slot = {"fairing": stages, "payload": stages - 1}.get(body)
    if slot is None:
        slot = int(body.removeprefix("stage-")) - 1
    path = "vehicle.fairing" if body == "fairing" else f"vehicle.stage.{slot + 1}"
    ballistic = draws[f"{path}.ballistic_kgpm2"]
    released = flown.slots[:, slot].copy()
    if body != "fairing":  # what is left at the end falls under the name of the stage that was at work
        attached = np.isfinite(flown.slots[:, : stages - 1, 0]).sum(axis=1)
        left = np.isnan(released[:, 0]) & (attached == slot) & ~orbit
        released[left, 0:7] = flown.ends[left, 1:8]
    position, _ = eci_to_ecef(released[:, 1:4], released[:, 4:7], released[:, 0], WGS84)
    there = np.isfinite(released[:, 0])
    height = np.full(len(there), np.nan)
    height[there] = ecef_to_geodetic(position[there])[2]
    start = np.where(there & (height > 1.0), released[:, 0], np.nan)
    return start, released[:, 1:7], ballistic
