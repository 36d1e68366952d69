"""From a scenario and its draws to what the kernels fly: starts, phases and constants per sample.

A flight is a fixed list of phases, the same for all samples; their times, thrusts and angles differ.
For each stage: one phase per steering row, the coast to separation (its end drops the stage), the
coast to the next ignition. A phase that has no length in a sample is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import STANDARD_GRAVITY_MPS2, WGS84, EarthModel
from overflight.earth.frames import geodetic_to_ecef
from overflight.errors import ScenarioError
from overflight.flight import kernels_rhs as rhs
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario, Stage

__all__ = ["FlightInputs", "StageTimes", "build_inputs", "drag_table", "stage_times"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Seconds after lift-off of each stage's ignition, burn-out and separation, arrays (n, stages).

    They follow from the draws alone; a cut-off by orbital energy or a failure ends a burn earlier.
    """

    ignition_s: Array
    burnout_s: Array
    separation_s: Array


@dataclass(frozen=True, slots=True)
class FlightInputs:
    """Arrays for :func:`overflight.flight.kernels_ascent.fly_many`; see ``kernels_rhs`` for columns.

    ``starts`` (n, 7) position m, velocity m/s in ECI axes of lift-off, mass kg; ``phases`` (n, p, 14);
    ``bodies`` (n, 7); ``drag`` (cells, 4); ``times`` of the stages.
    """

    starts: Array = field(repr=False)
    phases: Array = field(repr=False)
    bodies: Array = field(repr=False)
    drag: Array = field(repr=False)
    times: StageTimes

    @property
    def slots(self) -> int:
        """Bodies a flight can let go: its stages and, last, the fairing."""
        return self.times.ignition_s.shape[1] + 1


def _mass_flow(draws: Draws, prefix: str) -> Array:
    return draws[f"{prefix}.thrust_vacuum_n"] / (STANDARD_GRAVITY_MPS2 * draws[f"{prefix}.isp_vacuum_s"])


def stage_times(scenario: Scenario, draws: Draws) -> StageTimes:
    """Return ignition, burn-out and separation of all stages (n, stages)."""
    ignition, burnout, separation = [], [], []
    now = np.zeros(len(draws))
    for i, stage in enumerate(scenario.vehicle.stage, start=1):
        prefix = f"vehicle.stage.{i}"
        start = now + (draws[f"{prefix}.ignition_delay_s"] if i > 1 else 0.0)
        burn = draws[f"{prefix}.propellant_kg"] / _mass_flow(draws, prefix)
        if stage.burn_time_s is not None:
            burn = np.minimum(burn, stage.burn_time_s)
        ignition.append(start)
        burnout.append(start + burn)
        now = start + burn + draws[f"{prefix}.separation_delay_s"]
        separation.append(now)
    return StageTimes(np.stack(ignition, 1), np.stack(burnout, 1), np.stack(separation, 1))


def drag_table(mach: tuple[float, ...], cd: tuple[float, ...]) -> Array:
    """Return cubic cells of 0.1 Mach (cells, 4) of a drag curve: monotone, smooth, constant at the end."""
    return _drag_cells(mach, cd).copy()


@cache
def _drag_cells(mach: tuple[float, ...], cd: tuple[float, ...]) -> Array:
    from scipy.interpolate import PchipInterpolator

    top = max(int(np.ceil(mach[-1] * 10.0)), 1)
    nodes = np.arange(top + 1) / 10.0
    if len(mach) == 1:
        value, slope = np.full(top + 1, cd[0]), np.zeros(top + 1)
    else:
        curve = PchipInterpolator(mach, cd)
        inside = np.clip(nodes, mach[0], mach[-1])
        value = curve(inside)
        slope = np.where(inside == nodes, curve.derivative()(inside), 0.0) * 0.1
    v0, v1, s0, s1 = value[:-1], value[1:], slope[:-1], slope[1:]
    return np.stack([v0, s0, 3.0 * (v1 - v0) - 2.0 * s0 - s1, 2.0 * (v0 - v1) + s0 + s1], axis=1)


def build_inputs(
    scenario: Scenario, draws: Draws, *, stop_s: Array | None = None, earth: EarthModel = WGS84
) -> FlightInputs:
    """Return the kernel inputs of the given draws.

    Parameters
    ----------
    stop_s : time (n,) at which powered flight ends by failure; none if absent.
    """
    n, vehicle = len(draws), scenario.vehicle
    times = stage_times(scenario, draws)
    fairing = draws["vehicle.fairing.mass_kg"] if vehicle.fairing else np.zeros(n)
    masses = [draws[f"vehicle.stage.{i}.dry_mass_kg"] + draws[f"vehicle.stage.{i}.propellant_kg"]
              for i in range(1, len(vehicle.stage) + 1)]  # fmt: skip
    lift_off = sum(masses, draws["vehicle.payload_kg"] + fairing)

    bodies = np.zeros((n, rhs.BODY_COLUMNS))
    bodies[:, rhs.WIND_FACTOR] = draws["wind.factor"]
    bodies[:, rhs.DENSITY_FACTOR] = draws["density_factor"]
    bodies[:, rhs.HEAT_LIMIT] = draws["vehicle.fairing.heat_flux_wpm2"] if vehicle.fairing else 1.0
    bodies[:, rhs.FAIRING_KG] = fairing
    bodies[:, rhs.STOP_S] = np.inf if stop_s is None else stop_s
    bodies[:, rhs.GROUND_M] = min(0.0, scenario.site.altitude_m - 1.0)
    bodies[:, rhs.ENERGY_LIMIT] = np.inf
    if scenario.flight_plan.cut_off is not None:
        altitude_m = draws["flight_plan.cut_off.mean_altitude_km"] * 1e3
        bodies[:, rhs.ENERGY_LIMIT] = -earth.mu_m3ps2 / (2.0 * (earth.equatorial_radius_m + altitude_m))

    columns: list[Array] = []
    for i in range(1, len(vehicle.stage) + 1):
        columns += _stage_phases(scenario, draws, times, i)
    return FlightInputs(
        starts=_starts(scenario, lift_off, earth),
        phases=np.ascontiguousarray(np.stack(columns, axis=1)),
        bodies=bodies,
        drag=drag_table(vehicle.drag.mach, vehicle.drag.cd),
        times=times,
    )


def _starts(scenario: Scenario, mass_kg: Array, earth: EarthModel) -> Array:
    site = scenario.site
    position = geodetic_to_ecef(
        np.radians(site.latitude_deg), np.radians(site.longitude_deg), site.altitude_m, earth
    )
    starts = np.empty((len(mass_kg), 7))
    starts[:, :3] = position
    starts[:, 3:6] = np.cross([0.0, 0.0, earth.rotation_radps], position)
    starts[:, 6] = mass_kg
    return starts


def _blank(draws: Draws, end_s: Array, area_m2: Array, events: int) -> Array:
    phase = np.zeros((len(draws), rhs.PHASE_COLUMNS))
    phase[:, rhs.END_S] = end_s
    phase[:, rhs.AREA_M2] = area_m2
    phase[:, rhs.EVENTS] = events
    return phase


def _stage_phases(scenario: Scenario, draws: Draws, times: StageTimes, number: int) -> list[Array]:
    """Return the phases of stage ``number`` (from 1), each (n, PHASE_COLUMNS)."""
    vehicle, prefix, k = scenario.vehicle, f"vehicle.stage.{number}", number - 1
    last = number == len(vehicle.stage)
    events = rhs.GROUND
    if vehicle.fairing is not None and number >= vehicle.fairing.earliest_stage:
        events += rhs.FAIRING_HEAT
    area = draws[f"{prefix}.reference_area_m2"] * draws["vehicle.drag.factor"]
    coast = _blank(draws, times.ignition_s[:, k], area, events)
    burn = _burn_phases(scenario, draws, times, number, events + (rhs.CUTOFF_ENERGY if last else 0), area)
    if last:
        return [coast, *burn]
    separation = _blank(draws, times.separation_s[:, k], area, events)
    separation[:, rhs.DROP_KG] = draws[f"{prefix}.dry_mass_kg"] + _left_over(
        vehicle.stage[k], draws, times, number
    )
    separation[:, rhs.SLOT] = k
    return [coast, *burn, separation] if number > 1 else [*burn, separation]


def _left_over(stage: Stage, draws: Draws, times: StageTimes, number: int) -> Array:
    """Propellant still aboard at burn-out (kg): some only where a burn time ends it early."""
    if stage.burn_time_s is None:
        return np.zeros(len(draws))
    prefix = f"vehicle.stage.{number}"
    burn = times.burnout_s[:, number - 1] - times.ignition_s[:, number - 1]
    return np.maximum(draws[f"{prefix}.propellant_kg"] - burn * _mass_flow(draws, prefix), 0.0)


def _burn_phases(
    scenario: Scenario, draws: Draws, times: StageTimes, number: int, events: int, area: Array
) -> list[Array]:
    prefix, ignition, burnout = (
        f"vehicle.stage.{number}",
        times.ignition_s[:, number - 1],
        times.burnout_s[:, number - 1],
    )
    rows = [(i, row) for i, row in enumerate(scenario.flight_plan.steering, start=1) if row.stage == number]
    starts = [np.minimum(ignition + draws[f"flight_plan.steering.{i}.start_s"], burnout) for i, _ in rows]
    phases = []
    for (i, row), start, end in zip(rows, starts, [*starts[1:], burnout], strict=True):
        phase = _blank(draws, end, area, events)
        phase[:, rhs.THRUST_N] = draws[f"{prefix}.thrust_vacuum_n"]
        phase[:, rhs.MASS_FLOW] = _mass_flow(draws, prefix)
        phase[:, rhs.NOZZLE_M2] = draws[f"{prefix}.nozzle_exit_area_m2"]
        phase[:, rhs.START_S] = start
        if row.mode == "gravity_turn":
            phase[:, rhs.STEERING] = rhs.ALONG_VELOCITY
        else:
            linear = row.mode == "pitch"
            phase[:, rhs.STEERING] = rhs.PITCH_LINEAR if linear else rhs.TANGENT_LINEAR
            shape = (lambda x: x) if linear else np.tan
            length = np.maximum(end - start, 1e-9)
            _ramp(phase, rhs.PITCH, _angles(scenario, draws, i, "pitch"), length, shape)
            _ramp(phase, rhs.HEADING, _angles(scenario, draws, i, "heading"), length, lambda x: x)
        phases.append(phase)
    return phases


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
    phase: Array, column: int, angles: tuple[Array, Array], length_s: Array, shape: Callable[[Array], Array]
) -> None:
    """Fill an angle and its rate (the next column), linear in time after ``shape``."""
    first, last = shape(angles[0]), shape(angles[1])
    phase[:, column] = first
    phase[:, column + 1] = (last - first) / length_s
