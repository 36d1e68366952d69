"""When a flight termination system would act: rules on what is tracked, as pure logic.

Mirrors 14 CFR 417.113(d) and 450.108: limit lines with gates, straight-up time, loss of data, attitude and
position. Each rule is asked at every report; the first to be broken decides, and acts after the delays of
decision and command. Reports are what a range safety officer sees: positions, impact points, no truth.
Not a licence analysis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from overflight.scenario.abort_rules import AbortRules, Gate

__all__ = ["Abort", "Reports", "first_abort"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reason = Literal["limit-line", "straight-up", "data-loss", "attitude", "corridor"]
_M_PER_DEG = 111_195.0


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports of a flight (r,), in order of time.

    ``time_s`` after lift-off; ``valid`` whether there are data; impact point in degrees, NaN where none is;
    ``off_track_m`` distance of the vehicle across the planned ground track and ``off_attitude_deg`` from the
    planned attitude; ``pitched_over`` whether the vehicle has left the vertical; ``erratic`` whether it
    manoeuvres out of control; ``stage`` that burns.
    """

    time_s: Array
    valid: Flags = field(repr=False)
    impact_latitude_deg: Array = field(repr=False)
    impact_longitude_deg: Array = field(repr=False)
    off_track_m: Array = field(repr=False)
    off_attitude_deg: Array = field(repr=False)
    pitched_over: Flags = field(repr=False)
    erratic: Flags = field(repr=False)
    stage: NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Abort:
    """A rule broken: which, at what time, and when the system acts."""

    reason: Reason
    rule: str
    violation_s: float
    action_s: float


def first_abort(reports: Reports, rules: AbortRules) -> Abort | None:
    """Return the first rule that a flight breaks while the system is armed, None if it breaks none.

    Rules broken at the same moment are taken in the order: limit line, straight-up time, attitude, corridor,
    loss of data.
    """
    found = [
        *_limit_lines(reports, rules),
        *_straight_up(reports, rules),
        *_held(reports, rules.attitude_deg, reports.off_attitude_deg, "attitude"),
        *_held(reports, rules.corridor_km, reports.off_track_m / 1e3, "corridor"),
        *_data_loss(reports, rules),
    ]
    armed = [v for v in found if _armed(reports, rules, v[2])]
    if not armed:
        return None
    reason, rule, when = min(armed, key=lambda v: v[2])
    return Abort(reason, rule, when, when + rules.decision_delay_s + rules.command_delay_s)


Violation = tuple[Reason, str, float]


def _armed(reports: Reports, rules: AbortRules, when: float) -> bool:
    """Return whether the stage that burns at a moment can be ended, and the end of the rules has not come."""
    row = max(int(np.searchsorted(reports.time_s, when, side="right")) - 1, 0)
    stage = int(reports.stage[row])
    ended = rules.safe_from_s is not None and when >= rules.safe_from_s
    return not ended and (not rules.armed_stages or stage in rules.armed_stages)


def _limit_lines(reports: Reports, rules: AbortRules) -> list[Violation]:
    """Return each line at the first report whose impact point has crossed it outside an open gate."""
    seen = np.flatnonzero(
        reports.valid & np.isfinite(reports.impact_latitude_deg) & np.isfinite(reports.impact_longitude_deg)
    )
    found: list[Violation] = []
    for line in rules.lines():
        near = _near(line.latlon_deg, reports.impact_latitude_deg[seen], reports.impact_longitude_deg[seen])
        for a, b in zip(seen[:-1][near], seen[1:][near], strict=True):
            step = _plane(
                line.latlon_deg,
                reports.impact_latitude_deg[[a, b]],
                reports.impact_longitude_deg[[a, b]],
            )
            if step is None:
                continue
            path, wall, origin = step
            at = _meets(path, wall)
            if at is None:
                continue
            heading = float(np.degrees(np.arctan2(*(path[1] - path[0]))))
            if any(_open(gate, origin, at, heading, bool(reports.erratic[b])) for gate in line.gate):
                continue
            found.append(("limit-line", line.key, float(reports.time_s[b])))
            break
    return found


def _near(latlon_deg: Sequence[tuple[float, float]], latitude_deg: Array, longitude_deg: Array) -> Flags:
    """Return which steps from one point to the next lie, by their boxes, where the line does."""
    wall = np.asarray(latlon_deg, dtype=np.float64)
    east = (wall[None, :, 1] - longitude_deg[:-1, None] + 180.0) % 360.0 - 180.0
    ahead = (np.diff(longitude_deg) + 180.0) % 360.0 - 180.0
    beside = (east.max(axis=1) >= np.minimum(ahead, 0.0)) & (east.min(axis=1) <= np.maximum(ahead, 0.0))
    south, north = (f(latitude_deg[:-1], latitude_deg[1:]) for f in (np.minimum, np.maximum))
    return beside & (wall[:, 0].max() >= south) & (wall[:, 0].min() <= north)


def _plane(
    latlon_deg: Sequence[tuple[float, float]], latitude_deg: Array, longitude_deg: Array
) -> tuple[Array, Array, tuple[float, float]] | None:
    """Return a step and a line as east and north (m) round the step's start; None if far from each other."""
    lat0, lon0 = float(latitude_deg[0]), float(longitude_deg[0])
    path = _local(np.stack([latitude_deg, longitude_deg], axis=1), lat0, lon0)
    wall = _local(np.asarray(latlon_deg, dtype=np.float64), lat0, lon0)
    low, high = path.min(axis=0), path.max(axis=0)
    if (wall.max(axis=0) < low).any() or (wall.min(axis=0) > high).any():
        return None
    return path, wall, (lat0, lon0)


def _local(latlon_deg: Array, lat0: float, lon0: float) -> Array:
    east = (latlon_deg[:, 1] - lon0 + 180.0) % 360.0 - 180.0
    return _M_PER_DEG * np.stack([east * np.cos(np.radians(lat0)), latlon_deg[:, 0] - lat0], axis=1)


def _meets(path: Array, wall: Array) -> Array | None:
    """Return where (2,) a step first meets a line, None if it does not."""
    u, best = path[1] - path[0], None
    for p, q in pairwise(wall):
        v, w = q - p, p - path[0]
        cross = u[0] * v[1] - u[1] * v[0]
        if abs(cross) < 1e-9:
            continue
        along, part = (w[0] * v[1] - w[1] * v[0]) / cross, (w[0] * u[1] - w[1] * u[0]) / cross
        if 0.0 <= along <= 1.0 and 0.0 <= part <= 1.0 and (best is None or along < best):
            best = along
    return None if best is None else path[0] + best * u


def _open(gate: Gate, origin: tuple[float, float], at: Array, heading_deg: float, erratic: bool) -> bool:
    """Return whether a gate lets a crossing pass: within its posts, under control, along its heading."""
    posts = _local(np.asarray(gate.latlon_deg, dtype=np.float64), *origin)
    v = posts[1] - posts[0]
    part = float(np.dot(at - posts[0], v) / np.dot(v, v))
    off = abs((heading_deg - gate.heading_deg + 180.0) % 360.0 - 180.0)
    return not erratic and 0.0 <= part <= 1.0 and off <= gate.tolerance_deg


def _straight_up(reports: Reports, rules: AbortRules) -> list[Violation]:
    """Return the straight-up time if, by the data in hand, the vehicle has not pitched over by then."""
    limit = rules.straight_up_s
    if limit is None or reports.time_s[-1] < limit:
        return []
    before = reports.valid & (reports.time_s <= limit)
    if not before.any() or reports.pitched_over[np.flatnonzero(before)[-1]]:
        return []
    return [("straight-up", "straight-up", float(limit))]


def _held(reports: Reports, limit: float | None, values: Array, reason: Reason) -> list[Violation]:
    """Return the first report that exceeds a limit."""
    if limit is None:
        return []
    over = np.flatnonzero(reports.valid & (values > limit))
    return [(reason, reason, float(reports.time_s[over[0]]))] if len(over) else []


def _data_loss(reports: Reports, rules: AbortRules) -> list[Violation]:
    """Return the moment at which no data had come by the first deadline, or none for too long since."""
    found: list[Violation] = []
    seen = reports.time_s[reports.valid]
    end = float(reports.time_s[-1])
    first = rules.first_data_s
    if first is not None and end >= first and not (seen <= first).any():
        found.append(("data-loss", "first-data", float(first)))
    if rules.data_loss_s is not None and len(seen):
        # from one report to the next, and from the last to the end of the track
        gaps = np.diff(np.append(seen, end))
        long = np.flatnonzero(gaps > rules.data_loss_s)
        if len(long):
            found.append(("data-loss", "data-loss", float(seen[long[0]] + rules.data_loss_s)))
    return found
