"""What each kind of claim says about each flight: log densities, if its source is right and if it is wrong.

A published number is compared by Student's t with four degrees of freedom, whose tails forgive a landmark
named loosely; a wrong source's number is worth ten times its tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import geodetic_to_ecef
from overflight.inference.observables import Columns
from overflight.scenario.claims import (
    AltitudeClaim,
    Claim,
    CrossingClaim,
    FallClaim,
    InZoneClaim,
    LaunchTimeClaim,
    LineClaim,
    LostClaim,
    OrbitClaim,
    PassageClaim,
    RadarClaim,
    SeparationClaim,
    StageStatusClaim,
)
from overflight.scenario.model import Scenario

if TYPE_CHECKING:
    from scipy.spatial import KDTree

__all__ = ["BROAD", "Ground", "Term", "log_t", "terms_of"]

Array = NDArray[np.float64]
BROAD = 10.0
"""A wrong source's claims are worth this many tolerances."""
_MISSED = 50.0  # tolerances, where a flight shows nothing at all
_ON_GROUND_KM = 6371.0
_BEARING_DEG = 5.0  # how far a stated sector is good
_MANY = 10_000  # points, from which threads are worth their start


@dataclass(frozen=True, slots=True)
class Ground:
    """What of the ground the facts speak of: coasts and zones, made from places by the caller.

    ``coast``: for each fall claim with a coast, ECEF points (m) along it; ``zone_deg``: closed rings (k, 2)
    of longitude and latitude of the announced zones; ``border``: ECEF points (m) along each of them.
    """

    coast: Mapping[str, KDTree] = field(default_factory=dict, repr=False)
    zone_deg: Mapping[str, Array] = field(default_factory=dict, repr=False)
    border: Mapping[str, KDTree] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: ``name``, claim key, log densities (n,) if the source is right and if it is wrong.

    ``model`` (n,) is the flight's value and ``fact`` the published one, in ``unit``; NaN and None where there
    is no number, as for a stage that worked.  ``sigma`` is the tolerance.
    """

    name: str
    claim: str
    unit: str
    fact: float | None
    sigma: float
    model: Array = field(repr=False)
    right: Array = field(repr=False)
    wrong: Array = field(repr=False)


def log_t(x: Array, sigma: float, missed: float = _MISSED) -> Array:
    """Return the log density of Student's t with four degrees of freedom, scale ``sigma``, at ``x``.

    Where a flight shows nothing (NaN) it counts as ``missed`` scales away.
    """
    z = np.where(np.isfinite(x), x / sigma, missed)
    return np.log(0.375) - np.log(sigma) - 2.5 * np.log1p(0.25 * z * z)


def _t_below(x: Array, sigma: float) -> Array:
    """Return the distribution function of the same density."""
    z = np.where(np.isfinite(x), x / sigma, _MISSED)
    u = z / np.sqrt(1.0 + 0.25 * z * z)
    return np.clip(0.5 + 0.375 * u * (1.0 - u * u / 12.0), 1e-12, 1.0)


def _log_between(low: Array, high: Array, fact: Array, sigma: float) -> Array:
    """Return the log density of a fact anywhere between two values, blurred by its tolerance."""
    width = np.maximum(high - low, 1e-3)
    share = (_t_below(high - fact, sigma) - _t_below(low - fact, sigma)) / width
    missed = ~np.isfinite(low + high)
    return np.where(missed, log_t(np.full_like(width, np.nan), sigma), np.log(np.maximum(share, 1e-300)))


def terms_of(
    scenario: Scenario,
    claim: Claim,
    body: str,
    columns: Columns,
    outcome: NDArray[np.int64],
    ground: Ground,
) -> list[Term]:
    """Return the comparisons of one claim; none for a statement."""
    if isinstance(claim, FallClaim):
        return _fall(scenario, claim, body, columns, ground)
    if isinstance(claim, InZoneClaim):
        return _in_zone(claim, columns, ground)
    if isinstance(claim, OrbitClaim):
        return [_yes_no(claim, "orbit", columns["orbit"] > 0.5, claim.reached), *_orbit(claim, columns)]
    if isinstance(claim, StageStatusClaim):
        return [_yes_no(claim, "stage", _stage_was(scenario, claim, outcome), True)]
    return [
        _number(claim, name, unit, fact, sigma, model)
        for name, unit, fact, sigma, model in _numbers(scenario, claim, columns)
    ]


def _numbers(
    scenario: Scenario, claim: Claim, columns: Columns
) -> list[tuple[str, str, float, float, Array]]:
    """Return name, unit, published value, tolerance and the flights' values of a claim with plain numbers."""

    def since(utc) -> float:  # noqa: ANN001
        return (utc - scenario.launch.utc).total_seconds()

    lift, key = columns["lift_off_s"], claim.key
    if isinstance(claim, LaunchTimeClaim):
        return [("time", "s", since(claim.utc), claim.tolerance_s, lift)]
    if isinstance(claim, PassageClaim):
        rows = [("distance", "km", claim.distance_km, claim.tolerance_km, columns[f"{key}.offset_km"])]
        if claim.utc is not None:
            rows.append(("time", "s", since(claim.utc), claim.tolerance_s, lift + columns[f"{key}.time_s"]))
        return rows
    if isinstance(claim, CrossingClaim):
        width = (claim.east_deg - claim.west_deg) % 360.0
        middle = claim.west_deg + width / 2.0
        offset = (columns[f"{key}.longitude_deg"] - middle + 180.0) % 360.0 - 180.0
        rows = [("longitude", "deg", middle, width / 4.0, middle + offset)]
        if claim.utc is not None:
            rows.append(("time", "s", since(claim.utc), claim.tolerance_s, lift + columns[f"{key}.time_s"]))
        return rows
    if isinstance(claim, LineClaim):
        rows = [("along the line", "km", 0.0, _length_km(claim) / 4.0, columns[f"{key}.along_km"])]
        if claim.utc is not None:
            rows.append(("time", "s", since(claim.utc), claim.tolerance_s, lift + columns[f"{key}.time_s"]))
        return rows
    if isinstance(claim, AltitudeClaim):
        return [("altitude", "km", claim.altitude_km, claim.tolerance_km, columns["apogee_km"])]
    if isinstance(claim, LostClaim):
        return [("time", "s", since(claim.utc), claim.tolerance_s, lift + columns["end_s"])]
    if isinstance(claim, SeparationClaim):
        times = lift + columns[f"separation.{claim.stage}_s"]
        return [("time", "s", since(claim.utc), claim.tolerance_s, times)]
    if isinstance(claim, RadarClaim):
        rows = []
        if claim.downrange_km is not None:
            model = columns[f"{key}.downrange_km"]
            rows.append(("downrange", "km", claim.downrange_km, claim.downrange_tolerance_km, model))
        if claim.altitude_km is not None:
            model = columns[f"{key}.altitude_km"]
            rows.append(("altitude", "km", claim.altitude_km, claim.altitude_tolerance_km, model))
        return rows
    return []


def _length_km(claim: LineClaim) -> float:
    """Return the length of a line on the sphere; a quarter of it is its tolerance, two sigma at the ends."""
    (lat0, lon0), (lat1, lon1) = np.radians(claim.line_latlon_deg)
    half = np.sin((lat1 - lat0) / 2.0) ** 2 + np.cos(lat0) * np.cos(lat1) * np.sin((lon1 - lon0) / 2.0) ** 2
    return float(2.0 * _ON_GROUND_KM * np.arcsin(np.sqrt(half)))


def _number(claim: Claim, name: str, unit: str, fact: float, sigma: float, model: Array) -> Term:
    apart = model - fact
    return Term(
        f"{claim.key} ({name})", claim.key, unit, fact, sigma, model,
        log_t(apart, sigma), log_t(apart, BROAD * sigma, _MISSED / BROAD),
    )  # fmt: skip


def _yes_no(claim: Claim, name: str, model: NDArray[np.bool_], fact: bool) -> Term:
    """Return the comparison of a statement that is true or not; a wrong source says either alike."""
    agrees = np.where(model == fact, np.log1p(-1e-3), np.log(1e-3))
    return Term(
        f"{claim.key} ({name})", claim.key, "", float(fact), 1.0, model.astype(float),
        agrees, np.full(len(model), np.log(0.5)),
    )  # fmt: skip


def _orbit(claim: OrbitClaim, columns: Columns) -> list[Term]:
    """Compare the figures of an orbit; a flight that reached none misses them by far."""
    told = [
        ("perigee", "km", claim.perigee_km, claim.tolerance_km, f"{claim.key}.perigee_km"),
        ("apogee", "km", claim.apogee_km, claim.tolerance_km, f"{claim.key}.apogee_km"),
        ("inclination", "deg", claim.inclination_deg, claim.tolerance_deg, f"{claim.key}.inclination_deg"),
    ]
    return [
        _number(claim, name, unit, fact, sigma, columns[column])
        for name, unit, fact, sigma, column in told
        if fact is not None
    ]


def _stage_was(scenario: Scenario, claim: StageStatusClaim, outcome: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the stage did as the claim says, by the outcome of each flight."""
    stage = np.array([0, *(mode.stage for mode in scenario.failure)])
    unlit = np.array([False, *(mode.mode == "no_ignition" for mode in scenario.failure)])
    mine = stage[outcome] == claim.stage
    if claim.status == "not-lit":
        return mine & unlit[outcome]
    if claim.status == "failed":
        return mine & ~unlit[outcome]
    return (stage[outcome] == 0) | (stage[outcome] > claim.stage)


def _fall(scenario: Scenario, claim: FallClaim, body: str, columns: Columns, ground: Ground) -> list[Term]:
    terms = []
    lift, down = columns["lift_off_s"], columns[f"{body}.down_s"]
    if claim.utc is not None:
        since = (claim.utc - scenario.launch.utc).total_seconds()
        fact = since - lift
        floor = columns.get(f"{claim.key}.{body}.floor_s", down)
        if claim.time_is == "impact":
            floor = down
        elif claim.time_is == "end-of-track":
            down = floor
        nearest = np.where(floor < down, np.clip(fact, floor, down), down)
        right, wrong = (
            (_log_between(floor, down, fact, s) if claim.time_is == "either" else log_t(down - fact, s))
            for s in (claim.tolerance_s, BROAD * claim.tolerance_s)
        )
        name, sigma = f"{claim.key} (time)", claim.tolerance_s
        terms.append(Term(name, claim.key, "s", since, sigma, lift + nearest, right, wrong))
    return terms + _fall_place(claim, body, columns, ground)


def _fall_place(claim: FallClaim, body: str, columns: Columns, ground: Ground) -> list[Term]:
    latitude, longitude = columns[f"{body}.latitude_deg"], columns[f"{body}.longitude_deg"]
    terms = []
    if claim.point_deg is not None:
        azimuth, distance = _from_point(claim.point_deg, latitude, longitude)
        if claim.far_km is not None and claim.near_km is not None:
            right, wrong = (
                _log_between(
                    np.full_like(distance, claim.near_km), np.full_like(distance, claim.far_km), distance, s
                )
                for s in (claim.tolerance_km, BROAD * claim.tolerance_km)
            )
            middle = 0.5 * (claim.near_km + claim.far_km)
            name = f"{claim.key} (distance)"
            sigma = _as_sigma(claim.far_km - claim.near_km, claim.tolerance_km)
            terms.append(Term(name, claim.key, "km", middle, sigma, distance, right, wrong))
        if claim.bearing_from_deg is not None and claim.bearing_to_deg is not None:
            width = (claim.bearing_to_deg - claim.bearing_from_deg) % 360.0 or 360.0
            middle = claim.bearing_from_deg + width / 2.0
            off = np.maximum(np.abs((azimuth - middle + 180.0) % 360.0 - 180.0) - width / 2.0, 0.0)
            right, wrong = (log_t(off, s) for s in (_BEARING_DEG, _BEARING_DEG * BROAD))
            name, sigma = f"{claim.key} (bearing)", _as_sigma(width, _BEARING_DEG)
            turned = middle + (azimuth - middle + 180.0) % 360.0 - 180.0
            terms.append(Term(name, claim.key, "deg", middle, sigma, turned, right, wrong))
    if claim.distance_km is not None:
        if claim.point_deg is not None:
            distance = _from_point(claim.point_deg, latitude, longitude)[1]
        elif claim.key in ground.coast:
            distance = _from_points(ground.coast[claim.key], latitude, longitude)
        else:
            return terms  # none of the places has this coast
        terms.append(_number(claim, "distance", "km", claim.distance_km, claim.tolerance_km, distance))
    return terms


def _as_sigma(width: float, tolerance: float) -> float:
    """Return the standard deviation of a value anywhere in a band with blurred ends."""
    return float(np.hypot(width / np.sqrt(12.0), tolerance))


def _from_point(point_deg: tuple[float, float], latitude: Array, longitude: Array) -> tuple[Array, Array]:
    """Return azimuths (deg) and distances (km) on the ellipsoid from one point, NaN where nothing fell."""
    from pyproj import Geod

    azimuth, distance = np.full(len(latitude), np.nan), np.full(len(latitude), np.nan)
    there = np.isfinite(latitude)
    n = np.ones(int(there.sum()))
    found, _, metres = Geod(ellps="WGS84").inv(
        point_deg[1] * n, point_deg[0] * n, longitude[there], latitude[there]
    )
    azimuth[there], distance[there] = np.asarray(found) % 360.0, np.asarray(metres) / 1e3
    return azimuth, distance


def _from_points(points: KDTree, latitude: Array, longitude: Array) -> Array:
    """Return distances (km) to the nearest of some ECEF points, NaN where nothing fell."""
    distance = np.full(len(latitude), np.nan)
    there = np.isfinite(latitude)
    fell = geodetic_to_ecef(np.radians(latitude[there]), np.radians(longitude[there]), 0.0)
    chord, _ = points.query(fell, workers=-1 if len(fell) > _MANY else 1)
    distance[there] = 2.0 * _ON_GROUND_KM * np.arcsin(np.asarray(chord) / (2.0e3 * _ON_GROUND_KM))
    return distance


def _in_zone(claim: InZoneClaim, columns: Columns, ground: Ground) -> list[Term]:
    """Compare by the signed distance to the border of the zone, positive inside, blurred by its tolerance."""
    from shapely import Polygon, contains_xy

    if claim.inside is None or claim.zone not in ground.zone_deg:
        return []
    ring = ground.zone_deg[claim.zone]
    latitude, longitude = columns[f"{claim.body}.latitude_deg"], columns[f"{claim.body}.longitude_deg"]
    start = ring[0, 0]
    turn = (ring[:, 0] - start + 180.0) % 360.0 - 180.0
    inside = contains_xy(
        Polygon(np.stack([turn, ring[:, 1]], axis=1)), (longitude - start + 180.0) % 360.0 - 180.0, latitude
    )
    signed = np.where(inside, 1.0, -1.0) * _from_points(ground.border[claim.zone], latitude, longitude)
    sign = 1.0 if claim.inside else -1.0
    right, wrong = (
        np.log(_t_below(sign * signed, s)) for s in (claim.tolerance_km, BROAD * claim.tolerance_km)
    )
    missed = ~np.isfinite(signed)
    right = np.where(missed, np.log(1e-3), right)
    wrong = np.where(missed, np.log(0.5), wrong)
    return [Term(f"{claim.key} (inside)", claim.key, "km", None, claim.tolerance_km, signed, right, wrong)]
