"""From a scenario and its draws to what the kernels fly: starts, phases and constants per sample.

A flight is a fixed list of phases, the same for all samples; their times, thrusts and angles differ.
For each stage: the coast to its ignition, one phase for each stretch of its burn between two changes of
thrust or steering, the coast to separation (its end drops the stage). A phase that has no length in a sample
is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import geodetic_to_ecef
from overflight.earth.monotone import monotone
from overflight.flight import kernels_rhs as rhs
from overflight.flight.burns import Burn, boosters_kg, burns_of, times_of
from overflight.flight.failing import Failing
from overflight.flight.steered import Steered, guidance_targets, steering_of
from overflight.flight.times import StageTimes
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario

__all__ = ["FlightInputs", "build_inputs", "drag_table"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlightInputs:
    """Arrays for :func:`overflight.flight.kernels_ascent.fly_many`; see ``kernels_rhs`` for columns.

    ``starts`` (n, 7) position m, velocity m/s in ECI axes of lift-off, mass kg; ``phases`` (n, p, 17);
    ``bodies`` (n, 8); ``targets`` (n, 7) of guidance; ``drag`` (cells, 4); ``times`` of the stages.
    """

    starts: Array = field(repr=False)
    phases: Array = field(repr=False)
    bodies: Array = field(repr=False)
    targets: Array = field(repr=False)
    others: int
    drag: Array = field(repr=False)
    times: StageTimes

    @property
    def slots(self) -> int:
        """Bodies a flight can let go: its stages, the ``others`` (boosters, jettisoned), last the fairing."""
        return self.times.ignition_s.shape[1] + self.others + 1


def drag_table(mach: tuple[float, ...], cd: tuple[float, ...]) -> Array:
    """Return cubic cells of 0.1 Mach (cells, 4) of a drag curve: monotone, smooth, constant at the end."""
    return _drag_cells(mach, cd).copy()


@cache
def _drag_cells(mach: tuple[float, ...], cd: tuple[float, ...]) -> Array:
    top = max(int(np.ceil(mach[-1] * 10.0)), 1)
    nodes = np.arange(top + 1) / 10.0
    if len(mach) == 1:
        value, slope = np.full(top + 1, cd[0]), np.zeros(top + 1)
    else:
        inside = np.clip(nodes, mach[0], mach[-1])
        value, slope = monotone(mach, cd, inside)
        slope = np.where(inside == nodes, slope, 0.0) * 0.1
    v0, v1, s0, s1 = value[:-1], value[1:], slope[:-1], slope[1:]
    return np.stack([v0, s0, 3.0 * (v1 - v0) - 2.0 * s0 - s1, 2.0 * (v0 - v1) + s0 + s1], axis=1)


def build_inputs(
    scenario: Scenario, draws: Draws, *, failing: Failing | None = None, earth: EarthModel = WGS84
) -> FlightInputs:
    """Return the kernel inputs of the given draws; ``failing`` says how samples fail, none if absent."""
    n, vehicle = len(draws), scenario.vehicle
    burns = burns_of(scenario, draws, failing)
    times = times_of(scenario, draws, burns)
    fairing = draws["vehicle.fairing.mass_kg"] if vehicle.fairing else np.zeros(n)
    masses = [draws[f"vehicle.stage.{i}.dry_mass_kg"] + draws[f"vehicle.stage.{i}.propellant_kg"]
              for i in range(1, len(vehicle.stage) + 1)]  # fmt: skip
    let_go = [draws[f"vehicle.jettisoned.{i}.mass_kg"] for i in range(1, len(vehicle.jettisoned) + 1)]
    lift_off = sum([*masses, *let_go], draws["vehicle.payload_kg"] + fairing + boosters_kg(scenario, draws))
    limits, targets = guidance_targets(scenario, draws, earth)

    bodies = np.zeros((n, rhs.BODY_COLUMNS))
    bodies[:, rhs.WIND_FACTOR] = draws["wind.factor"]
    bodies[:, rhs.DENSITY_FACTOR] = draws["density_factor"]
    bodies[:, rhs.HEAT_LIMIT] = draws["vehicle.fairing.heat_flux_wpm2"] if vehicle.fairing else 1.0
    bodies[:, rhs.FAIRING_KG] = fairing
    bodies[:, rhs.STOP_S] = np.inf if failing is None else failing.stop_s
    bodies[:, rhs.GROUND_M] = min(0.0, scenario.site.altitude_m - 1.0)
    bodies[:, rhs.ENERGY_LIMIT] = limits
    bodies[:, rhs.LOAD_LIMIT] = np.inf
    if vehicle.q_alpha_limit_kpa_deg is not None:
        bodies[:, rhs.LOAD_LIMIT] = np.radians(draws["vehicle.q_alpha_limit_kpa_deg"]) * 1e3

    columns: list[Array] = []
    for i, burn in enumerate(burns, start=1):
        columns += _stage_phases(scenario, draws, burn, times, i, failing)
    return FlightInputs(
        starts=_starts(scenario, lift_off, earth),
        phases=np.ascontiguousarray(np.stack(columns, axis=1)),
        bodies=bodies,
        targets=targets,
        others=len(vehicle.booster) + len(vehicle.jettisoned),
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


def _blank(draws: Draws, end_s: Array, area_m2: Array, events: Array) -> Array:
    phase = np.zeros((len(draws), rhs.PHASE_COLUMNS))
    phase[:, rhs.END_S] = end_s
    phase[:, rhs.AREA_M2] = area_m2
    phase[:, rhs.EVENTS] = events
    return phase


def _stage_phases(
    scenario: Scenario, draws: Draws, burn: Burn, times: StageTimes, number: int, failing: Failing | None
) -> list[Array]:
    """Return the phases of stage ``number`` (from 1), each (n, PHASE_COLUMNS)."""
    vehicle, prefix, k = scenario.vehicle, f"vehicle.stage.{number}", number - 1
    last = number == len(vehicle.stage)
    events = np.full(len(draws), rhs.GROUND)
    if vehicle.fairing is not None and number >= vehicle.fairing.earliest_stage:
        events += rhs.FAIRING_HEAT
    area = draws[f"{prefix}.reference_area_m2"]
    coast = _blank(draws, times.ignition_s[:, k], area * draws["vehicle.drag.factor"], events)
    cut_off = np.full(len(draws), rhs.CUTOFF_ENERGY if last else 0)
    if failing is not None:
        cut_off[failing.late[:, k]] = 0
    burning = _blank(draws, burn.end_s, area * draws["vehicle.drag.factor"], events + cut_off)
    burning[:, rhs.NORMAL_M2] = draws["vehicle.normal_force_slope"] * area
    phases = _burn_phases(burn, steering_of(scenario, draws, burn, number, failing), burning)
    if last or vehicle.stage[number].hot_staging:
        return [coast, *phases] if number > 1 else phases
    separation = _blank(draws, times.separation_s[:, k], area * draws["vehicle.drag.factor"], events)
    separation[:, rhs.DROP_KG] = draws[f"{prefix}.dry_mass_kg"] + burn.left_kg
    separation[:, rhs.SLOT] = k
    return [coast, *phases, separation] if number > 1 else [*phases, separation]


def _burn_phases(burn: Burn, steering: Steered, like: Array) -> list[Array]:
    """Return the phases of a burn: one for each stretch between changes of thrust, steering or mass."""
    begins = [np.stack([step.start_s for step in steps], 1) for steps in burn.sources]
    values = [
        np.stack([[s.thrust_n, s.flow_kgps, s.nozzle_m2] for s in steps]).transpose(2, 0, 1)
        for steps in burn.sources
    ]
    drops = [np.minimum(drop.time_s, burn.end_s)[:, None] for drop in burn.drops]
    edges = np.concatenate([steering.start_s, begins[0][:, 1:], *begins[1:], *drops], axis=1)
    order = np.argsort(edges, axis=1, kind="stable")
    bounds = np.take_along_axis(edges, order, axis=1)
    row = np.arange(len(like))
    phases = []
    for i in range(bounds.shape[1]):
        now = bounds[:, i, None]
        how = (steering.start_s <= now).sum(axis=1) - 1
        phase = like.copy()
        phase[:, rhs.END_S] = bounds[:, i + 1] if i + 1 < bounds.shape[1] else burn.end_s
        for begin, value in zip(begins, values, strict=True):
            which = (begin <= now).sum(axis=1) - 1
            phase[:, [rhs.THRUST_N, rhs.MASS_FLOW, rhs.NOZZLE_M2]] += value[row, which]
        phase[:, rhs.STEERING : rhs.HEADING_RATE + 1] = steering.columns[row, how]
        turning = phase[:, rhs.STEERING] == rhs.TURN
        phase[turning, rhs.EVENTS] += rhs.OVERLOAD
        phases.append(phase)
    first = edges.shape[1] - len(drops)
    for j, drop in enumerate(burn.drops):
        at = np.argmax(order == first + j, axis=1)
        for i in range(len(phases)):
            here = at - 1 == i
            phases[i][here, rhs.DROP_KG] = drop.mass_kg[here]
            phases[i][here, rhs.SLOT] = drop.slot
    return phases
