"""Published claims against an ensemble: what the model says, and the residual, claim by claim.

The model's word is taken over the flights of the outcome that happened, or of the flight as planned
where nothing happened yet (over all, if none can go as planned). Residuals are (model - fact) over the
root sum of squares of both spreads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.debris.impacts import Impacts
from overflight.earth.air import Air
from overflight.earth.frames import geodetic_to_ecef
from overflight.exposure.announced import zone_ring
from overflight.exposure.drop_zones import inside_ring
from overflight.exposure.fact_ground import coast_points
from overflight.exposure.place import Places
from overflight.flight.ensemble import Ensemble
from overflight.flight.kernels_rhs import GROUND_M
from overflight.flight.launch import refly
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.simulate import fall
from overflight.flight.tracks import Tracks, fly_tracks
from overflight.scenario.claims import (
    Claim,
    CrossingClaim,
    FallClaim,
    InZoneClaim,
    LaunchTimeClaim,
    OrbitClaim,
    PassageClaim,
)
from overflight.scenario.model import Scenario

__all__ = ["ClaimResult", "Judge"]

Array = NDArray[np.float64]
_FLIGHTS = 96  # flights of the happened outcome that claims are judged over


@dataclass(frozen=True, slots=True)
class Part:
    """One number of the model against a claim: ``model`` +- ``model_sd`` in ``unit``, residual in sigma."""

    unit: str  # "km" | "s" | "deg" | "probability"
    fact: float | None
    model: float
    model_sd: float
    residual: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """A claim with the model's answer; ``parts`` is empty where no number can be compared."""

    claim: Claim
    parts: tuple[Part, ...]

    @property
    def residual(self) -> float | None:
        """The largest residual of the parts (by size), None without one."""
        found = [part.residual for part in self.parts if part.residual is not None]
        return max(found, key=abs) if found else None


class Judge:
    """Judges claims over some flights of one ensemble; flights are flown again once, when first needed."""

    def __init__(
        self, scenario: Scenario, ensemble: Ensemble, impacts: Impacts, places: Places, air: Air
    ) -> None:
        self._scenario, self._ensemble, self._impacts = scenario, ensemble, impacts
        self._places, self._air = places, air
        happened = next(i for i, o in enumerate(ensemble.outcomes) if o.happened)
        rows = np.flatnonzero(ensemble.samples.outcome == happened)
        if len(rows) == 0:
            rows = np.arange(len(ensemble))  # a launch that cannot go as planned
        self._all_rows = rows
        self._rows = range(int(rows[0]), int(rows[0]) + min(len(rows), _FLIGHTS))
        self._tracks: Tracks | None = None

    @property
    def tracks(self) -> Tracks:
        """Tracks of the judged flights."""
        if self._tracks is None:
            self._tracks = fly_tracks(self._scenario, self._ensemble, self._air, self._rows)
        return self._tracks

    def judge(self, claim: Claim) -> ClaimResult:
        """Return what the model says about one claim."""
        by_kind: dict[type, Callable] = {
            LaunchTimeClaim: self._launch_time, PassageClaim: self._passage, CrossingClaim: self._crossing,
            FallClaim: self._fall, InZoneClaim: self._zone, OrbitClaim: self._orbit,
        }  # fmt: skip
        judge = by_kind.get(type(claim))
        return ClaimResult(claim, judge(claim) if judge else ())

    def _since_lift_off(self, utc: datetime) -> float:
        return (utc - self._scenario.launch.utc).total_seconds()

    @property
    def _lift_off_sd(self) -> float:
        return self._scenario.launch.offset_s.scale()

    def _launch_time(self, claim: LaunchTimeClaim) -> tuple[Part, ...]:
        fact, offset = self._since_lift_off(claim.utc), self._scenario.launch.offset_s
        return (_part("s", fact, np.array([offset.value]), claim.tolerance_s, extra_sd=offset.scale()),)

    def _passage(self, claim: PassageClaim) -> tuple[Part, ...]:
        t = self.tracks
        approach = closest_approach(
            t.time_s, t.latitude_rad, t.longitude_rad, (claim.latitude_deg, claim.longitude_deg)
        )
        return (_part("km", claim.distance_km, approach.towards(claim.side) / 1e3, claim.tolerance_km),)

    def _crossing(self, claim: CrossingClaim) -> tuple[Part, ...]:
        t = self.tracks
        crossing = parallel_crossing(t.time_s, t.latitude_rad, t.longitude_rad, claim.latitude_deg)
        width = (claim.east_deg - claim.west_deg) % 360.0
        offset = (np.degrees(crossing.longitude_rad) - claim.west_deg - width / 2.0 + 180.0) % 360.0 - 180.0
        middle = claim.west_deg + width / 2.0
        parts = [_part("deg", middle, middle + offset, width / 4.0)]
        if claim.utc is not None:
            fact = self._since_lift_off(claim.utc)
            parts.append(_part("s", fact, crossing.time_s, claim.tolerance_s, extra_sd=self._lift_off_sd))
        return tuple(parts)

    def _fall(self, claim: FallClaim) -> tuple[Part, ...]:
        body = self._ensemble.body_index(claim.body)
        start, row, state, ballistic = self._releases(body)
        if len(row) == 0:
            return ()
        keys = self._ensemble.samples.key[row]
        _, flown = refly(
            self._scenario, self._air, self._ensemble.seed, keys, self._ensemble.samples.outcome[row],
            sampling=self._ensemble.sampling,
        )  # fmt: skip
        index = np.arange(len(row))
        floor = flown.inputs.bodies.copy()
        floor[:, GROUND_M] = claim.track_floor_km * 1e3
        high = fall(start, state, ballistic, index, floor, self._air)
        down = fall(start, state, ballistic, index, flown.inputs.bodies, self._air)
        if not np.isfinite(down.time_s).any():
            return ()
        parts = []
        if claim.utc is not None:
            lost = np.where(np.isfinite(high.time_s), high.time_s, start)
            parts.append(self._interval(claim, lost, down.time_s))
        known = any(place.country in claim.coast_country for place in self._places)
        if claim.distance_km is not None and known:
            distance = self._coast_distance_km(claim, down.latitude_rad, down.longitude_rad)
            parts.append(_part("km", claim.distance_km, distance, claim.tolerance_km))
        return tuple(parts)

    def _releases(self, body: int) -> tuple[Array, NDArray[np.int64], Array, Array]:
        r = self._ensemble.releases
        inside = np.isin(r.sample, self._all_rows[:_FLIGHTS]) & (r.body == body)
        return r.time_s[inside], r.sample[inside], r.state[inside], r.ballistic_kgpm2[inside]

    def _interval(self, claim: FallClaim, lost: Array, down: Array) -> Part:
        """Score a published minute against the time from descent through the track floor to impact."""
        assert claim.utc is not None
        fact = self._since_lift_off(claim.utc)
        low, high = float(np.nanmean(lost)), float(np.nanmean(down))
        sd = float(np.hypot(np.nanstd(lost) if fact < low else np.nanstd(down), self._lift_off_sd))
        nearest = min(max(fact, low), high)
        return Part(
            "s", fact, nearest, sd, (nearest - fact) / float(np.hypot(sd, claim.tolerance_s)), low, high
        )

    def _coast_distance_km(self, claim: FallClaim, latitude: Array, longitude: Array) -> Array:
        """Return distances (km) to the nearest coast of the claimed countries, NaN where nothing fell."""
        from scipy.spatial import KDTree

        points = coast_points(self._places, claim.coast_country, mainland=claim.coast == "mainland")
        assert points is not None
        down, distance = np.isfinite(latitude), np.full(len(latitude), np.nan)
        chord, _ = KDTree(points).query(geodetic_to_ecef(latitude[down], longitude[down], 0.0))
        distance[down] = 2.0 * 6371.0 * np.arcsin(chord / (2.0 * 6371e3))
        return distance

    def _zone(self, claim: InZoneClaim) -> tuple[Part, ...]:
        zone = next(z for z in self._scenario.announced_zone if z.key == claim.zone)
        body = self._ensemble.body_index(claim.body)
        rows = np.isin(self._impacts.sample, self._all_rows) & self._impacts.of(body)
        if not rows.any():
            return ()
        ring = zone_ring(zone, self._scenario.site)
        inside = inside_ring(
            ring, np.degrees(self._impacts.longitude_rad[rows]), np.degrees(self._impacts.latitude_rad[rows])
        )
        q = float(np.average(inside, weights=self._impacts.pieces[rows]))
        return (Part("probability", None, q, float(np.sqrt(q * (1.0 - q) / len(inside))), None),)

    def _orbit(self, claim: OrbitClaim) -> tuple[Part, ...]:
        q = float(self._ensemble.samples.orbit[self._all_rows].mean())
        return (Part("probability", None, q, float(np.sqrt(q * (1.0 - q) / len(self._all_rows))), None),)


def _part(unit: str, fact: float, model: Array, tolerance: float, *, extra_sd: float = 0.0) -> Part:
    there = model[np.isfinite(model)]
    if len(there) == 0:
        return Part(unit, fact, float("nan"), float("nan"), None)
    mean, sd = float(there.mean()), float(np.hypot(there.std(), extra_sd))
    return Part(unit, fact, mean, sd, (mean - fact) / float(np.hypot(sd, tolerance)))
