"""The burns of the stages: thrust and flow in steps, when they begin and end, and what is let go meanwhile.

Within a step thrust and flow are even, so that the mass falls evenly and every evaluation knows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import STANDARD_GRAVITY_MPS2
from overflight.flight.failing import Failing
from overflight.flight.times import StageTimes
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario

__all__ = ["Burn", "Drop", "Step", "boosters_kg", "burns_of", "times_of"]

Array = NDArray[np.float64]
_TAIL = (5.0 / 6.0, 0.5, 1.0 / 6.0)
"""Thrust dies away evenly; flown as three steps, each at its mean."""
_RISE = _TAIL[::-1]
"""And rises so."""
_NEVER_S = 1e9


@dataclass(frozen=True, slots=True)
class Step:
    """Even thrust from ``start_s`` on, arrays (n,); a step may have no length in a sample."""

    start_s: Array
    thrust_n: Array
    flow_kgps: Array
    nozzle_m2: Array

    def scaled(self, share: Array | float, start_s: Array) -> Step:
        """Return a share of the thrust, from another time on."""
        return Step(start_s, self.thrust_n * share, self.flow_kgps * share, self.nozzle_m2 * share)


@dataclass(frozen=True, slots=True)
class Drop:
    """A body let go at ``time_s`` (n,), of ``mass_kg`` (n,), recorded in a slot."""

    time_s: Array
    mass_kg: Array
    slot: int


@dataclass(frozen=True, slots=True)
class Burn:
    """The burn of one stage, arrays (n,).

    ``sources`` of thrust add up: the stage, and boosters beside it, each a row of steps. ``end_s``;
    ``planned_end_s`` without failure; ``left_kg`` of propellant at the end; ``drops`` before it.
    """

    sources: tuple[tuple[Step, ...], ...] = field(repr=False)
    end_s: Array
    planned_end_s: Array
    left_kg: Array
    drops: tuple[Drop, ...] = ()

    @property
    def start_s(self) -> Array:
        """Ignition (n,)."""
        return self.sources[0][0].start_s


def burns_of(scenario: Scenario, draws: Draws, failing: Failing | None = None) -> list[Burn]:
    """Return the burns of all stages, in order of ignition."""
    burns: list[Burn] = []
    vehicle, now = scenario.vehicle, np.zeros(len(draws))
    for number, stage in enumerate(vehicle.stage, start=1):
        prefix, below = f"vehicle.stage.{number}", f"vehicle.stage.{number - 1}"
        hot = number > 1 and stage.hot_staging
        before = burns[-1].end_s if hot else now
        start = before + (draws[f"{prefix}.ignition_delay_s"] if number > 1 else 0.0)
        own, end, planned, left = _own(scenario, draws, number, start, failing)
        sources, drops = [own], []
        if hot:
            spent = draws[f"{below}.dry_mass_kg"] + burns[-1].left_kg
            drops.append(Drop(np.clip(now, start, end), spent, number - 2))
        for i, body in enumerate(vehicle.jettisoned, start=1):
            if body.stage == number:
                when = np.minimum(start + draws[f"vehicle.jettisoned.{i}.after_s"], end)
                slot = len(vehicle.stage) + len(vehicle.booster) + i - 1
                drops.append(Drop(when, draws[f"vehicle.jettisoned.{i}.mass_kg"], slot))
        if number == 1:
            for i in range(1, len(vehicle.booster) + 1):
                steps, drop = _booster(scenario, draws, i, end, failing)
                sources.append(steps)
                drops.append(drop)
        burns.append(Burn(tuple(sources), end, planned, left, tuple(drops)))
        now = end + draws[f"{prefix}.separation_delay_s"]
    return burns


def times_of(scenario: Scenario, draws: Draws, burns: list[Burn]) -> StageTimes:
    """Return ignition, burn-out and separation of all stages."""
    separation = [
        burn.end_s + draws[f"vehicle.stage.{i}.separation_delay_s"] for i, burn in enumerate(burns, start=1)
    ]
    for i, stage in enumerate(scenario.vehicle.stage[1:], start=1):
        if stage.hot_staging:
            separation[i - 1] = burns[i].drops[0].time_s
    beside = [steps[-1].start_s for steps in burns[0].sources[1:]]
    return StageTimes(
        np.stack([burn.start_s for burn in burns], 1),
        np.stack([burn.end_s for burn in burns], 1),
        np.stack(separation, 1),
        np.stack(beside, 1) if beside else np.empty((len(draws), 0)),
    )


def boosters_kg(scenario: Scenario, draws: Draws) -> Array:
    """Return the mass of all boosters with their propellant (n,)."""
    total = np.zeros(len(draws))
    for i, booster in enumerate(scenario.vehicle.booster, start=1):
        prefix = f"vehicle.booster.{i}"
        total += booster.count * (draws[f"{prefix}.dry_mass_kg"] + draws[f"{prefix}.propellant_kg"])
    return total


def _full(draws: Draws, prefix: str, start_s: Array) -> Step:
    thrust = draws[f"{prefix}.thrust_vacuum_n"]
    flow = thrust / (STANDARD_GRAVITY_MPS2 * draws[f"{prefix}.isp_vacuum_s"])
    return Step(start_s, thrust, flow, draws[f"{prefix}.nozzle_exit_area_m2"])


def _booster(
    scenario: Scenario, draws: Draws, number: int, core_end_s: Array, failing: Failing | None
) -> tuple[tuple[Step, ...], Drop]:
    """Return the thrust of boosters from lift-off to their burn-out, and how they are let go."""
    booster, prefix = scenario.vehicle.booster[number - 1], f"vehicle.booster.{number}"
    one = _full(draws, prefix, np.zeros(len(draws)))
    burnout = np.minimum(draws[f"{prefix}.propellant_kg"] / one.flow_kgps, core_end_s)
    gone = np.minimum(burnout + draws[f"{prefix}.separation_delay_s"], core_end_s)
    left = np.maximum(draws[f"{prefix}.propellant_kg"] - burnout * one.flow_kgps, 0.0)
    steps = [one.scaled(float(booster.count), one.start_s)]
    if failing is not None and failing.may(-number, "engine_out"):
        lost_s, share = np.minimum(failing.booster_loss_s[:, number - 1], burnout), failing.booster_share
        left = left + share[:, number - 1] * (burnout - lost_s) * one.flow_kgps
        steps.append(steps[0].scaled(1.0 - share[:, number - 1], lost_s))
    if failing is not None and failing.may(-number, "no_separation"):
        gone = np.where(failing.booster_stays[:, number - 1], core_end_s, gone)
    mass = booster.count * (draws[f"{prefix}.dry_mass_kg"] + left)
    return (*steps, one.scaled(0.0, burnout)), Drop(gone, mass, len(scenario.vehicle.stage) + number - 1)


def _own(
    scenario: Scenario, draws: Draws, number: int, start: Array, failing: Failing | None
) -> tuple[tuple[Step, ...], Array, Array, Array]:
    """Return the steps of a stage's own thrust, its end, its end as planned and the propellant left."""
    stage, prefix, k = scenario.vehicle.stage[number - 1], f"vehicle.stage.{number}", number - 1
    full, propellant = _full(draws, prefix, start), draws[f"{prefix}.propellant_kg"]
    last = number == len(scenario.vehicle.stage)
    tail = np.zeros(len(draws)) if last else draws[f"{prefix}.tail_off_s"]
    timer = np.full(len(draws), np.inf if stage.burn_time_s is None else stage.burn_time_s)
    steps = [full]
    for i, row in enumerate(stage.throttle, start=1):
        begin = start + draws[f"vehicle.stage.{number}.throttle.{i}.start_s"]
        level = draws[f"vehicle.stage.{number}.throttle.{i}.level"]
        if i == 1 and row.start_s.value == 0.0:
            steps = []
        steps.append(full.scaled(level, begin))
    rise = draws[f"{prefix}.build_up_s"] if number > 1 else np.zeros(len(draws))
    if rise.any():
        steps = _risen(steps, start, rise)
    planned = end = _spent(steps, propellant, tail, start + timer)
    if failing is not None and failing.may(number, "late_shutdown"):
        timer = np.where(failing.late[:, k], np.inf, timer)
        end = _spent(steps, propellant, tail, start + timer)
    if failing is not None and failing.may(number, "engine_out"):
        steps = _lessened(steps, failing.loss_s[:, k], 1.0 - failing.loss_share[:, k])
        lossy = _spent(steps, propellant, tail, start + timer)
        end = np.where(failing.loss_s[:, k] < end, lossy, end)
    cut = failing is not None and failing.may(number, "early_shutdown")
    if failing is not None and cut:
        end = np.minimum(end, failing.cut_s[:, k])
    if tail.any():
        planned = planned + tail
        steps, end = _tailed(steps, end, tail, propellant)
    steps = [Step(np.minimum(s.start_s, end), s.thrust_n, s.flow_kgps, s.nozzle_m2) for s in steps]
    partial = stage.burn_time_s is not None or len(steps) > 1 or cut
    left = np.maximum(propellant - _burnt(steps, end), 0.0) if partial else np.zeros(len(draws))
    return tuple(steps), end, planned, left


def _spent(steps: list[Step], propellant: Array, tail_s: Array, timer_s: Array) -> Array:
    """Return when full thrust ends: propellant is spent but for the tail-off, or the timer has run out."""
    left, end = propellant.copy(), np.full(len(propellant), np.inf)
    for i, step in enumerate(steps):
        until = steps[i + 1].start_s if i + 1 < len(steps) else np.inf
        kept = left - 0.5 * tail_s * step.flow_kgps
        with np.errstate(divide="ignore", invalid="ignore"):
            spent = np.where(
                step.flow_kgps > 0.0, step.start_s + np.maximum(kept, 0.0) / step.flow_kgps, np.inf
            )
        here = (spent <= until) & np.isinf(end)
        end = np.where(here, spent, end)
        left = left - np.where(np.isfinite(until), until - step.start_s, 0.0) * step.flow_kgps
    return np.minimum(end, timer_s)


def _risen(steps: list[Step], start_s: Array, rise_s: Array) -> list[Step]:
    """Return steps whose thrust rises evenly for ``rise_s`` from ``start_s`` on, split where that asks."""
    edges = [start_s + i / len(_RISE) * rise_s for i in range(len(_RISE) + 1)]
    parts = []
    for i, step in enumerate(steps):
        until = steps[i + 1].start_s if i + 1 < len(steps) else np.full(len(rise_s), _NEVER_S)
        for edge, share in zip(edges, (*_RISE, 1.0), strict=True):
            parts.append(step.scaled(share, np.clip(edge, step.start_s, until)))
    return parts


def _lessened(steps: list[Step], from_s: Array, share: Array) -> list[Step]:
    """Return steps with a share of their thrust from a time on: each in two, before and after."""
    parts = []
    for i, step in enumerate(steps):
        until = steps[i + 1].start_s if i + 1 < len(steps) else np.full(len(from_s), _NEVER_S)
        parts += [step, step.scaled(share, np.clip(from_s, step.start_s, until))]
    return parts


def _tailed(steps: list[Step], end: Array, tail_s: Array, propellant_kg: Array) -> tuple[list[Step], Array]:
    """Return steps with three more after ``end``, in which thrust dies away, and the end of those.

    Where less is left than that would burn, it is weaker: thrust has only just risen, or the tank was low.
    """
    begins = np.stack([step.start_s for step in steps], 1)
    which = np.maximum((begins <= end[:, None]).sum(axis=1) - 1, 0)
    row = np.arange(len(end))
    values = np.stack([[s.thrust_n, s.flow_kgps, s.nozzle_m2] for s in steps])
    thrust, flow, nozzle = values[which, :, row].T
    kept = [Step(np.minimum(s.start_s, end), s.thrust_n, s.flow_kgps, s.nozzle_m2) for s in steps]
    left, asked = np.maximum(propellant_kg - _burnt(kept, end), 0.0), 0.5 * tail_s * flow
    part = np.where(asked > left, left / np.maximum(asked, 1e-300), 1.0)
    for i, share in enumerate(_TAIL):
        kept.append(Step(end + i / len(_TAIL) * tail_s, thrust * share * part, flow * share * part, nozzle))
    return kept, end + tail_s


def _burnt(steps: list[Step], end: Array) -> Array:
    ends = [*(step.start_s for step in steps[1:]), end]
    spans = (np.maximum(e - s.start_s, 0.0) * s.flow_kgps for s, e in zip(steps, ends, strict=True))
    return sum(spans, np.zeros(len(end)))
