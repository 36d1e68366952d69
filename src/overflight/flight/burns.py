"""The burns of the stages: thrust and flow in steps, and when they begin and end.

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

__all__ = ["Burn", "Step", "burns_of", "times_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """Even thrust from ``start_s`` on, arrays (n,); a step may have no length in a sample."""

    start_s: Array
    thrust_n: Array
    flow_kgps: Array
    nozzle_m2: Array


@dataclass(frozen=True, slots=True)
class Burn:
    """The burn of one stage: its steps, its end, its end as planned, and the propellant left then (n,)."""

    steps: tuple[Step, ...] = field(repr=False)
    end_s: Array
    planned_end_s: Array
    left_kg: Array

    @property
    def start_s(self) -> Array:
        """Ignition (n,)."""
        return self.steps[0].start_s


def burns_of(scenario: Scenario, draws: Draws, failing: Failing | None = None) -> list[Burn]:
    """Return the burns of all stages, in order of ignition."""
    burns: list[Burn] = []
    now = np.zeros(len(draws))
    for number in range(1, len(scenario.vehicle.stage) + 1):
        prefix = f"vehicle.stage.{number}"
        start = now + (draws[f"{prefix}.ignition_delay_s"] if number > 1 else 0.0)
        burns.append(_burn(scenario, draws, number, start, failing))
        now = burns[-1].end_s + draws[f"{prefix}.separation_delay_s"]
    return burns


def times_of(scenario: Scenario, draws: Draws, burns: list[Burn]) -> StageTimes:
    """Return ignition, burn-out and separation of all stages."""
    separation = [
        burn.end_s + draws[f"vehicle.stage.{i}.separation_delay_s"] for i, burn in enumerate(burns, start=1)
    ]
    return StageTimes(
        np.stack([burn.start_s for burn in burns], 1),
        np.stack([burn.end_s for burn in burns], 1),
        np.stack(separation, 1),
    )


def _burn(scenario: Scenario, draws: Draws, number: int, start: Array, failing: Failing | None) -> Burn:
    stage, prefix, k = scenario.vehicle.stage[number - 1], f"vehicle.stage.{number}", number - 1
    thrust, propellant = draws[f"{prefix}.thrust_vacuum_n"], draws[f"{prefix}.propellant_kg"]
    nozzle = draws[f"{prefix}.nozzle_exit_area_m2"]
    flow = thrust / (STANDARD_GRAVITY_MPS2 * draws[f"{prefix}.isp_vacuum_s"])
    timer = np.full(len(draws), np.inf if stage.burn_time_s is None else stage.burn_time_s)
    planned = start + np.minimum(propellant / flow, timer)
    steps = [Step(start, thrust, flow, nozzle)]
    end = planned
    if failing is not None and failing.may(number, "late_shutdown"):
        timer = np.where(failing.late[:, k], np.inf, timer)
        end = start + np.minimum(propellant / flow, timer)
    if failing is not None and failing.may(number, "engine_out"):
        kept = 1.0 - failing.loss_share[:, k]
        loss = np.minimum(failing.loss_s[:, k], end)
        rest = (propellant - flow * (loss - start)) / (flow * kept)
        end = np.where(loss < end, np.minimum(loss + rest, start + timer), end)
        steps.append(Step(loss, thrust * kept, flow * kept, nozzle * kept))
    if failing is not None and failing.may(number, "early_shutdown"):
        end = np.minimum(end, failing.cut_s[:, k])
    steps = [Step(np.minimum(s.start_s, end), s.thrust_n, s.flow_kgps, s.nozzle_m2) for s in steps]
    ends = [*(s.start_s for s in steps[1:]), end]
    burnt = sum(s.flow_kgps * (e - s.start_s) for s, e in zip(steps, ends, strict=True))
    partial = stage.burn_time_s is not None or len(steps) > 1 or np.any(end < planned)
    left = np.maximum(propellant - burnt, 0.0) if partial else np.zeros(len(draws))
    return Burn(tuple(steps), end, planned, left)
