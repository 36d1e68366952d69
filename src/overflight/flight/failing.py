"""How samples of a batch fail: when, and what becomes of thrust, sequence and steering then.

Times are seconds after lift-off. A failure strikes during the burn that the same flight would have made, so
that every time here comes from the sample flown without failure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.flight.times import StageTimes
from overflight.scenario.draws import Draws
from overflight.scenario.model import FailureMode, Scenario

__all__ = ["BREAKUP_MODES", "LENGTHENING_MODES", "TURN_MODES", "Failing", "failing", "strike_times"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BREAKUP_MODES = ("explosion", "spurious_termination")
ENDING_MODES = ("no_ignition", "no_separation", "thrust_loss", *BREAKUP_MODES)
TURN_MODES = ("thrust_turn", "tumble")
LENGTHENING_MODES = ("engine_out", "late_shutdown")
"""Modes after which a stage may burn longer than planned."""


@dataclass(frozen=True, slots=True)
class Failing:
    """What is not as planned, arrays (n,) and (n, stages); infinite times and zero shares where nothing is.

    ``stop_s``: powered flight ends. ``cut_s``: the stage is shut down, the sequence goes on. ``loss_s``,
    ``loss_share``: from when the stage lacks which share of its thrust. ``late``: it burns to depletion.
    ``turn_s``: control is lost; ``turn`` (n, 4) the side as an angle (rad), fastest rate (rad/s),
    acceleration (rad/s2) and last angle (rad) of the turn. Of each row of boosters (n, rows): from when it
    lacks which share of its thrust, and whether it stays on.
    """

    stop_s: Array
    cut_s: Array = field(repr=False)
    loss_s: Array = field(repr=False)
    loss_share: Array = field(repr=False)
    late: NDArray[np.bool_] = field(repr=False)
    turn_s: Array = field(repr=False)
    turn: Array = field(repr=False)
    booster_loss_s: Array = field(repr=False)
    booster_share: Array = field(repr=False)
    booster_stays: NDArray[np.bool_] = field(repr=False)
    modes: frozenset[tuple[str, int]] = frozenset()
    """Modes and stages (from 1) or rows of boosters (-1, -2, ...) that samples of the scenario may have: they
    decide the list of phases."""

    @classmethod
    def stopping(cls, stop_s: Array, stages: int) -> Failing:
        """Return flights that only end, at ``stop_s`` (n,)."""
        n = len(stop_s)
        never, none, no_row = np.full((n, stages), np.inf), np.zeros((n, stages)), np.zeros((n, 0))
        turn = np.ones((n, 4))
        return cls(stop_s, never, never, none, none > 0.0, never, turn, no_row, no_row, no_row > 0.0)

    def may(self, stage: int, *modes: str) -> bool:
        """Return whether samples may fail in one of the modes in a stage (1, ...) or boosters (-1, ...)."""
        return any((mode, stage) in self.modes for mode in modes)


def strike_times(mode: FailureMode, part: Array, times: StageTimes, end_s: Array) -> Array:
    """Return when a mode strikes (n,): ``part`` (n,) in 0 to 1 of the time in which it may.

    ``times`` and ``end_s`` are of the same samples without failure: a failure in a burn that orbital cut-off
    shortens is drawn over the burn as it would have been.
    """
    k = mode.stage - 1
    start = times.ignition_s[:, k]
    if mode.booster is not None:
        return _spread_over(
            mode, part, start, np.minimum(times.booster_burnout_s[:, mode.booster - 1], end_s)
        )
    if mode.mode == "no_ignition":
        return start
    if mode.mode == "no_separation":
        return times.separation_s[:, k]
    return _spread_over(mode, part, start, np.minimum(times.burnout_s[:, k], end_s))


def _spread_over(mode: FailureMode, part: Array, start_s: Array, burnout_s: Array) -> Array:
    fraction = mode.start_fraction + (mode.end_fraction - mode.start_fraction) * part
    return start_s + fraction * np.maximum(burnout_s - start_s, 0.0)


def failing(
    scenario: Scenario,
    draws: Draws,
    outcome: Integers,
    part: Array,
    side: Array,
    times: StageTimes,
    end_s: Array,
) -> Failing:
    """Return how samples fail: ``outcome`` (n,) as in an ensemble, ``part`` and ``side`` (n,) in 0 to 1."""
    n, stages = len(outcome), len(scenario.vehicle.stage)
    stop, turn = np.full(n, np.inf), np.ones((n, 4))
    cut, loss, turn_s = (np.full((n, stages), np.inf) for _ in range(3))
    share, late = np.zeros((n, stages)), np.zeros((n, stages), bool)
    rows = len(scenario.vehicle.booster)
    beside, lacking, stays = np.full((n, rows), np.inf), np.zeros((n, rows)), np.zeros((n, rows), bool)
    for index, mode in enumerate(scenario.failure, start=1):
        here, k = outcome == index, mode.stage - 1
        when = np.maximum(strike_times(mode, part, times, end_s), 1e-3)
        if mode.booster is not None and mode.mode not in BREAKUP_MODES:
            row = mode.booster - 1
            stays[here, row] = mode.mode == "no_separation"
            if mode.mode == "engine_out":
                beside[here, row] = when[here]
                lacking[here, row] = mode.engines_lost / scenario.vehicle.booster[row].count
        elif mode.mode in ENDING_MODES:
            stop[here] = when[here]
        elif mode.mode == "early_shutdown":
            cut[here, k] = when[here]
        elif mode.mode == "late_shutdown":
            late[here, k] = True
        elif mode.mode == "engine_out":
            loss[here, k] = when[here]
            share[here, k] = mode.engines_lost / scenario.vehicle.stage[k].engines
        else:
            turn_s[here, k] = when[here]
            turn[here, 0] = 2.0 * np.pi * side[here]
            turn[here, 1] = np.radians(draws[f"failure.{index}.turn_rate_dps"])[here]
            turn[here, 2] = np.radians(draws[f"failure.{index}.turn_acceleration_dps2"])[here]
            turn[here, 3] = np.pi / 2.0 if mode.mode == "thrust_turn" else np.inf
            stop[here] = times.burnout_s[here, k]
    modes = frozenset(
        (mode.mode, mode.stage if mode.booster is None else -mode.booster) for mode in scenario.failure
    )
    return Failing(stop, cut, loss, share, late, turn_s, turn, beside, lacking, stays, modes)
