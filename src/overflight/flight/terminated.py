"""Flights out of order, ended by the rules of the termination system.

What a range safety officer would see of each flight is reported from its failure on, once a second; the first
rule broken ends it after the delays, and the flight is flown again to that moment. Flights as planned and
those whose thrust has ended are not ended. Tracking is taken to work. Not a licence analysis.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import eci_to_ecef
from overflight.flight.abort import Reports, first_abort
from overflight.flight.ensemble import TERMINATED
from overflight.flight.failing import Failing
from overflight.flight.simulate import Flown, fly, vacuum_impact
from overflight.flight.times import StageTimes
from overflight.scenario.draws import Draws, nominal_draws
from overflight.scenario.model import Scenario

__all__ = ["REPORT_S", "marked", "struck_s", "terminated"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
REPORT_S = 1.0
_PITCHED_DEG = 3.0
_LEAST_SPEED_MPS = 5.0


def struck_s(failing: Failing, times: StageTimes) -> Array:
    """Return when flights that go on (n,) leave their plan; infinite for all others.

    ``times`` are those of the same samples without failure.
    """
    late = np.where(failing.late, times.burnout_s, np.inf)
    stays = np.where(failing.booster_stays, times.booster_burnout_s, np.inf)
    each = [failing.turn_s, failing.cut_s, failing.loss_s, late, failing.booster_loss_s, stays]
    return np.min(np.concatenate(each, axis=1), axis=1)


def terminated(
    scenario: Scenario, draws: Draws, air: Air, failing: Failing, struck: Array, acts: Flags
) -> tuple[Failing, Flags]:
    """Return how samples fail with the termination system, and which of them (n,) it ends.

    Parameters
    ----------
    failing, struck : how samples fail without the system, and from when on each (n,) is watched
    acts : whether the system works (n,)
    """
    rules, ended = scenario.termination.rules, np.zeros(len(draws), bool)
    watched = np.flatnonzero(np.isfinite(struck) & acts)
    if rules is None or len(watched) == 0:
        return failing, ended
    longest = fly(scenario, draws, air, failing=failing).ends[:, 1]
    count = int(np.max(longest[watched]) / REPORT_S) + 2
    flown = fly(scenario, draws, air, failing=failing, rows=count, row_s=REPORT_S)
    track = None if rules.corridor_km is None else _planned_track(scenario, air)
    stop_s = failing.stop_s.copy()
    for i in watched:
        reports = _reports(flown, failing, int(i), struck[i], track)
        found = None if reports is None else first_abort(reports, rules)
        if found is not None and found.action_s < flown.ends[i, 1]:
            stop_s[i], ended[i] = found.action_s, True
    return replace(failing, stop_s=stop_s), ended


def marked(flown: Flown, ended: Flags) -> Flown:
    """Return flights with the end of those that the system ended told apart."""
    ends = flown.ends.copy()
    ends[ended, 0] = TERMINATED
    return replace(flown, ends=ends)


def _reports(flown: Flown, failing: Failing, i: int, struck: float, track: Array | None) -> Reports | None:
    """Return what is reported of one flight from the last report before its failure on."""
    rows = flown.rows[i]
    rows = rows[np.isfinite(rows[:, 0])]
    rows = rows[rows[:, 0] > struck - REPORT_S]
    if len(rows) < 2:
        return None
    time, n = rows[:, 0], len(rows)
    point = vacuum_impact(time, rows[:, 1:7])
    position, velocity = eci_to_ecef(rows[:, 1:4], rows[:, 4:7], time, WGS84)
    turned = np.min(failing.turn_s[i])
    return Reports(
        time_s=time,
        valid=np.ones(n, bool),
        impact_latitude_deg=np.degrees(point[:, 1]),
        impact_longitude_deg=np.degrees(point[:, 2]),
        off_track_m=np.zeros(n) if track is None else _off_track_m(position, track),
        off_attitude_deg=_turned_deg(time - turned, failing.turn[i]),
        pitched_over=_pitched_over(position, velocity),
        erratic=time > turned,
        stage=1 + (flown.slots[i, :-1, 0][None] <= time[:, None]).sum(axis=1),
    )


def _turned_deg(after_s: Array, turn: Array) -> Array:
    """Return the angle between the nose and where it was when control was lost, 0 to 180 degrees."""
    _, rate, acceleration, last = turn
    after_s = np.where(np.isfinite(after_s), np.maximum(after_s, 0.0), 0.0)
    full = rate / acceleration
    angle = np.where(after_s < full, 0.5 * acceleration * after_s**2, rate * (after_s - 0.5 * full))
    angle = np.degrees(np.minimum(angle, last)) % 360.0
    return np.minimum(angle, 360.0 - angle)


def _pitched_over(position_m: Array, velocity_mps: Array) -> Flags:
    """Return where the velocity over the ground has left the vertical."""
    speed = np.linalg.norm(velocity_mps, axis=1)
    upward = np.sum(position_m * velocity_mps, axis=1) / np.linalg.norm(position_m, axis=1)
    return (speed > _LEAST_SPEED_MPS) & (upward < speed * np.cos(np.radians(_PITCHED_DEG)))


def _planned_track(scenario: Scenario, air: Air) -> Array:
    """Return the planned ground track as unit vectors (k, 3) from the centre of the Earth."""
    draws = nominal_draws(scenario)
    end = fly(scenario, draws, air).ends[0, 1]
    rows = fly(scenario, draws, air, rows=int(end / REPORT_S) + 1, row_s=REPORT_S).rows[0]
    position, _ = eci_to_ecef(rows[:, 1:4], rows[:, 4:7], rows[:, 0], WGS84)
    return position / np.linalg.norm(position, axis=1, keepdims=True)


def _off_track_m(position_m: Array, track: Array) -> Array:
    """Return the distance over the ground (r,) from a track, whose last part goes on straight."""
    points = position_m / np.linalg.norm(position_m, axis=1, keepdims=True)
    step = np.diff(track, axis=0)
    length2 = np.maximum(np.sum(step**2, axis=1), 1e-24)
    part = np.sum((points[:, None] - track[:-1]) * step, axis=2) / length2
    most = np.where(np.arange(len(step)) == len(step) - 1, np.inf, 1.0)
    part = np.clip(part, 0.0, most)
    gap = np.linalg.norm(points[:, None] - track[:-1] - part[..., None] * step, axis=2)
    return WGS84.equatorial_radius_m * np.min(gap, axis=1)
