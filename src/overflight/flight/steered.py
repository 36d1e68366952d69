"""Who steers a burn: rows of the flight plan, guidance to an orbit, or nobody any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84, EarthModel
from overflight.errors import ScenarioError
from overflight.flight import kernels_rhs as rhs
from overflight.flight.burns import Burn
from overflight.flight.failing import LENGTHENING_MODES, TURN_MODES, Failing
from overflight.flight.kernels_guidance import COS_INCLINATION, NORMAL, RADIUS, SPEED, TARGET_COLUMNS
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario

__all__ = ["Steered", "guidance_targets", "guided_from", "steering_of"]

Array = NDArray[np.float64]
_MODE, _START, _FIRST = 0, 1, 2  # columns of a steering row here: those of a phase from STEERING on
_WIDTH = rhs.HEADING_RATE + 1 - rhs.STEERING


@dataclass(frozen=True, slots=True)
class Steered:
    """Steering of a burn: when each row begins (n, rows), rising, and its columns (n, rows, 6)."""

    start_s: Array = field(repr=False)
    columns: Array = field(repr=False)


def guided_from(scenario: Scenario) -> int:
    """Return the first stage (from 1) that guidance steers; one more than there are if none is."""
    target, stages = scenario.flight_plan.target_orbit, len(scenario.vehicle.stage)
    if target is None:
        return stages + 1
    return target.from_stage or stages


def guidance_targets(scenario: Scenario, draws: Draws, earth: EarthModel = WGS84) -> tuple[Array, Array]:
    """Return the orbital energy (n,) of shut-down, and what guidance aims at (n, TARGET_COLUMNS)."""
    plan, n = scenario.flight_plan, len(draws)
    targets = np.zeros((n, TARGET_COLUMNS))
    if plan.target_orbit is None:
        if plan.cut_off is None:
            return np.full(n, np.inf), targets
        altitude_m = draws["flight_plan.cut_off.mean_altitude_km"] * 1e3
        return -earth.mu_m3ps2 / (2.0 * (earth.equatorial_radius_m + altitude_m)), targets
    path = "flight_plan.target_orbit"
    perigee = earth.equatorial_radius_m + 1e3 * draws[f"{path}.perigee_km"]
    apogee = perigee
    if plan.target_orbit.apogee_km is not None:
        apogee = earth.equatorial_radius_m + 1e3 * draws[f"{path}.apogee_km"]
    energy = -earth.mu_m3ps2 / (perigee + apogee)
    inclination = np.radians(draws[f"{path}.inclination_deg"])
    targets[:, RADIUS] = perigee
    targets[:, SPEED] = np.sqrt(2.0 * (energy + earth.mu_m3ps2 / perigee))
    targets[:, COS_INCLINATION] = np.cos(inclination)
    if plan.target_orbit.node_deg is not None:
        node = np.radians(draws[f"{path}.node_deg"])
        sine = np.sin(inclination)
        targets[:, NORMAL] = np.sin(node) * sine
        targets[:, NORMAL + 1] = -np.cos(node) * sine
        targets[:, NORMAL + 2] = np.cos(inclination)
    return energy, targets


def steering_of(
    scenario: Scenario, draws: Draws, burn: Burn, number: int, failing: Failing | None
) -> Steered:
    """Return who steers the burn of stage ``number`` (from 1)."""
    if number >= guided_from(scenario):
        guided = np.zeros((len(draws), _WIDTH))
        guided[:, _MODE] = rhs.GUIDED
        guided[:, _START] = burn.start_s
        rows = [(burn.start_s, guided)]
    else:
        rows = _programme(scenario, draws, burn, number)
        if failing is not None and failing.may(number, *LENGTHENING_MODES):
            rows.append(_held(rows[-1], burn))
    if failing is not None and failing.may(number, *TURN_MODES):
        rows = _until(rows, failing.turn_s[:, number - 1])
        turn = np.zeros((len(draws), _WIDTH))
        turn[:, _MODE] = rhs.TURN
        turn[:, _FIRST:] = failing.turn
        rows.append((failing.turn_s[:, number - 1], turn))
    starts = np.stack([np.minimum(start, burn.end_s) for start, _ in rows], axis=1)
    return Steered(starts, np.stack([columns for _, columns in rows], axis=1))


_Row = tuple[Array, Array]


def _until(rows: list[_Row], end_s: Array) -> list[_Row]:
    """Let rows that would begin after the loss of control begin, and end, with it."""
    return [(np.minimum(start, end_s), columns) for start, columns in rows]


def _held(row: _Row, burn: Burn) -> _Row:
    """Return the row that goes on where the programme ends before the burn: its last angles, held."""
    columns = row[1].copy()
    span = burn.planned_end_s - columns[:, _START]
    angles = columns[:, _MODE] != rhs.ALONG_VELOCITY
    for value, rate in ((_FIRST, _FIRST + 1), (_FIRST + 2, _FIRST + 3)):
        columns[:, value] = np.where(angles, columns[:, value] + span * columns[:, rate], columns[:, value])
        columns[:, rate] = 0.0
    return burn.planned_end_s, columns


def _programme(scenario: Scenario, draws: Draws, burn: Burn, number: int) -> list[_Row]:
    """Return the rows of the flight plan for a stage, by the burn as planned."""
    rows = [(i, row) for i, row in enumerate(scenario.flight_plan.steering, start=1) if row.stage == number]
    end = burn.planned_end_s
    starts = [np.minimum(burn.start_s + draws[f"flight_plan.steering.{i}.start_s"], end) for i, _ in rows]
    steered: list[_Row] = []
    for (i, row), start, stop in zip(rows, starts, [*starts[1:], end], strict=True):
        columns = np.zeros((len(draws), _WIDTH))
        columns[:, _START] = start
        if row.mode == "gravity_turn":
            columns[:, _MODE] = rhs.ALONG_VELOCITY
        else:
            linear = row.mode == "pitch"
            columns[:, _MODE] = rhs.PITCH_LINEAR if linear else rhs.TANGENT_LINEAR
            shape = (lambda x: x) if linear else np.tan
            length = np.maximum(stop - start, 1e-9)
            _ramp(columns, _FIRST, _angles(scenario, draws, i, "pitch"), length, shape)
            _ramp(columns, _FIRST + 2, _angles(scenario, draws, i, "heading"), length, lambda x: x)
        steered.append((start, columns))
    return steered


def _angles(scenario: Scenario, draws: Draws, row: int, name: str) -> tuple[Array, Array]:
    """Return an angle (rad) at the start and the end of a steering row; what is left out goes on or holds."""
    path = f"flight_plan.steering.{row}.{name}"
    if f"{path}_deg" in draws:
        first = np.radians(draws[f"{path}_deg"])
    elif row == 1 or scenario.flight_plan.steering[row - 2].mode == "gravity_turn":
        raise ScenarioError(
            scenario.title, f"{path}_deg", found="nothing", allowed="an angle: no row before gives one",
            remedy="State the angle at the start of this row.",
        )  # fmt: skip
    else:
        first = _angles(scenario, draws, row - 1, name)[1]
    return first, np.radians(draws[f"{path}_end_deg"]) if f"{path}_end_deg" in draws else first


def _ramp(
    columns: Array, at: int, angles: tuple[Array, Array], length_s: Array, shape: Callable[[Array], Array]
) -> None:
    """Fill an angle and its rate (the next column), linear in time after ``shape``."""
    first, last = shape(angles[0]), shape(angles[1])
    columns[:, at] = first
    columns[:, at + 1] = (last - first) / length_s
