"""What a tracked flight may do next, as weighted flights on from its state now.

Three kinds stand side by side and are never mixed: ``plan`` (the rest of the announced plan's thrust
programmes, weighed by how well each agrees with the track), ``generic`` (other programmes that any launcher
might fly) and ``now`` (thrust ends at this moment). They are made anew from the present state at every
forecast, so they cannot wear out as re-weighted paths do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_eci, eci_to_ecef
from overflight.flight.ensemble import Body, Ensemble, Outcome, Releases, Samples
from overflight.track.agreement import Agreement, agree, match_launch, pausing
from overflight.track.kernels_forecast import AXES_LOCAL, AXES_VELOCITY, FINE_S, STAYS_UP, graft
from overflight.track.objects import Tracked
from overflight.track.prior import MOST_DROPS, PlanPrior

__all__ = ["BROKEN", "Forecast", "Memory", "forecast"]

Array = NDArray[np.float64]
PLANNED, GENERIC, STOPPED = 0, 1, 2
KEEP = 4
ROW_S = KEEP * FINE_S
BROKEN, WHOLE, DROPPED = 0, 1, 2
BODIES = (
    Body("rest", "What is left of it, broken up", "breakup", 0),
    Body("whole", "What is left of it, in one piece", "intact", 0),
    Body("dropped", "What it lets go on the way", "spent", 0),
)
REST_KG = 2000.0
"""Mass without propellant of what is left of an unknown vehicle (estimate: an upper stage)."""
ROWS = 150
"""Rows of a forecast line: twenty minutes ahead, every ``ROW_S`` seconds."""
PLAN_FLIGHTS, GENERIC_FLIGHTS, STOPPED_FLIGHTS = 105, 60, 60
PLAN_PRIOR = 0.5
"""Probability, before anything is seen, that a launch with a plan at hand flies that plan."""
GENERIC_FAILS = 0.2
"""Probability that a flight without a plan fails in what is left of its thrust (record of new launchers)."""
CUT_BEFORE = 0.1
"""Probability that thrust seen to end has ended for good, before its length and the plan speak."""
PAUSES = ((0.25, 8.0), (0.05, 30.0))
"""Pauses between burns that nobody announced: probability and mean length (s), short ones and long ones."""
PAUSES_UNPLANNED = 0.03
"""Share of such pauses that a flight of the plan makes where the plan has none."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What forecasts remember of a launch: lift-off, since when no thrust acts, how probable its plan was."""

    lift_off_s: float
    lift_off_sigma_s: float
    unpowered_since_s: float | None = None
    p_plan: float = 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Flights on from ``time_s``: lines (n, r, 3) ECEF every ``ROW_S`` seconds, NaN once down.

    ``kind`` (n,) is PLANNED, GENERIC or STOPPED; ``fails`` whether thrust ends by a failure on the way;
    ``weight_continues`` (n,) sums to one over flights that go on without a failure, ``weight`` over all
    that may happen. ``p_ended`` is the probability that thrust has ended for good; ``p_plan`` that the
    flight follows the plan; ``effective`` the effective number of plan flights. ``ensemble`` holds the
    bodies that come down: its samples are the flights, times in seconds from ``time_s``.
    """

    time_s: float
    lines_m: Array = field(repr=False)
    kind: NDArray[np.int64] = field(repr=False)
    fails: NDArray[np.bool_] = field(repr=False)
    weight_continues: Array = field(repr=False)
    weight: Array = field(repr=False)
    p_ended: float
    p_plan: float
    effective: float
    ensemble: Ensemble = field(repr=False)
    memory: Memory


def forecast(main: Tracked, prior: PlanPrior | None, memory: Memory | None, *, seed: int) -> Forecast:
    """Return the forecast of a main body at the time of its state."""
    tick = int(main.time_s * 100.0)
    states = _draw_states(main, PLAN_FLIGHTS + GENERIC_FLIGHTS + STOPPED_FLIGHTS, seed, tick)
    memory = _remember(main, prior, memory)
    agreement = Agreement(0.0, np.zeros(0), np.zeros(0), 0.0)
    if prior is not None:
        agreement = agree(main, prior, memory.lift_off_s, PLAN_PRIOR)
        if memory.unpowered_since_s is None or memory.p_plan == 0.0:
            memory = replace(memory, p_plan=agreement.p_plan)
    planned = _planned(prior, agreement, seed, tick)
    generic = _generic(main, seed, tick)
    stopped = _Part.coasting(STOPPED_FLIGHTS)
    if prior is not None and prior.fails.any() and memory.p_plan > 0.5:
        alike = np.where(prior.fails, np.abs(prior.end_s - (main.time_s - memory.lift_off_s)), np.inf)
        stopped = replace(stopped, bodies=_Bodies.of(prior, np.full(STOPPED_FLIGHTS, np.argmin(alike))))
    parts = [planned, generic, stopped]
    first = PLAN_FLIGHTS - len(planned.first_s)
    states = states[first:]
    lines, ends, drops = graft(
        states,
        np.concatenate([p.programme for p in parts]),
        np.concatenate([np.full(len(p.first_s), p.axes) for p in parts]),
        np.concatenate([p.first_s for p in parts]),
        np.concatenate([p.end_s for p in parts]),
        np.concatenate([p.energy for p in parts]),
        np.concatenate([p.bodies.drop_s for p in parts]),
        ROWS,
        KEEP,
        WGS84.as_array(),
    )
    kind = np.repeat([PLANNED, GENERIC, STOPPED], [len(p.first_s) for p in parts])
    fails = np.concatenate([p.fails for p in parts])
    p_ended = _p_ended(main, prior, memory, agreement)
    continues, every = _weights(parts, kind, fails, agreement.p_plan, p_ended)
    position, _ = eci_to_ecef(lines, np.zeros_like(lines), ROW_S * np.arange(ROWS))
    return Forecast(
        main.time_s, position, kind, fails, continues, every, p_ended, agreement.p_plan,
        agreement.effective, _ensemble(seed, kind, every, ends, drops, [p.bodies for p in parts]), memory,
    )  # fmt: skip


def _draw_states(main: Tracked, count: int, seed: int, tick: int) -> Array:
    """Return states (count, 6) in ECI axes of now, drawn from the track."""
    mean, covariance = (value[..., :6] for value in main.timed())
    covariance = covariance[:6]
    scale = np.repeat([1.0, 1e-2], 3)
    factor = np.linalg.cholesky(covariance / np.outer(scale, scale) + 1e-6 * np.eye(6)) * scale[:, None]
    z = np.stack([rng.normal(seed, f"track.state.{k}", np.arange(count), tick) for k in range(6)], 1)
    ecef = mean + z @ factor.T
    return np.concatenate(ecef_to_eci(ecef[:, :3], ecef[:, 3:], 0.0), axis=1)


def _remember(main: Tracked, prior: PlanPrior | None, memory: Memory | None) -> Memory:
    """Return the memory with the newest estimate of lift-off, made while thrust is seen."""
    off, since = main.unpowered > 0.8, None
    if off:
        known = memory.unpowered_since_s if memory else None
        since = main.time_s if known is None else known
        since = since if main.thrust is None else main.thrust.ended_s
    if memory is not None and (off or main.time_s - main.first_s > 200.0):
        return replace(memory, unpowered_since_s=since)
    found, sigma = match_launch(main, prior)
    return Memory(found, sigma, since, memory.p_plan if memory else 0.0)


@dataclass(frozen=True, slots=True)
class _Bodies:
    """What comes down of flights (n,): let go on the way (n, d), and left when thrust ends; see the plan."""

    drop_s: Array
    drop_kg: Array
    drop_kgpm2: Array
    rest_kg: Array
    rest_kgpm2: Array

    @classmethod
    def unknown(cls, count: int) -> _Bodies:
        none = np.full((count, MOST_DROPS), np.nan)
        return cls(none, none, none, np.full(count, REST_KG), np.full(count, np.nan))

    @classmethod
    def of(cls, prior: PlanPrior, row: NDArray[np.int64]) -> _Bodies:
        rest = prior.rest_kg[row]
        return cls(
            prior.drop_s[row], prior.drop_kg[row], prior.drop_kgpm2[row], np.where(rest > 0.0, rest, REST_KG),
            prior.rest_kgpm2[row],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """Programmes of one kind, and their weights within it."""

    programme: Array
    axes: int
    first_s: Array
    end_s: Array
    energy: Array
    fails: NDArray[np.bool_]
    weight: Array
    bodies: _Bodies

    @classmethod
    def coasting(cls, count: int) -> _Part:
        zero = np.zeros(count)
        programme = np.zeros((count, int(1000.0 / FINE_S), 3))
        return cls(
            programme, AXES_LOCAL, zero, zero - 1.0, zero + np.inf, zero < 0.0, zero + 1.0 / max(count, 1),
            _Bodies.unknown(count),
        )  # fmt: skip


def _planned(prior: PlanPrior | None, agreement: Agreement, seed: int, tick: int) -> _Part:
    """Return programmes of the plan, drawn by how well they agree with the track."""
    if prior is None or agreement.p_plan < 1e-3:
        return _Part.coasting(0)
    fails = prior.fails
    chosen, weight = [], []
    for of, count in ((~fails, 2 * PLAN_FLIGHTS // 3), (fails, PLAN_FLIGHTS - 2 * PLAN_FLIGHTS // 3)):
        share = np.where(of, agreement.weight, 0.0)
        total = float(share.sum())
        if total <= 0.0:
            share, total = np.where(of, prior.weight, 0.0), 0.0
        edges = np.cumsum(share / share.sum())
        u = (np.arange(count) + float(rng.uniform(seed, "track.plan", tick))) / count
        chosen.append(np.minimum(np.searchsorted(edges, u), len(edges) - 1))
        weight.append(np.full(count, total / count))
    row = np.concatenate(chosen)
    return _Part(
        prior.force[row], AXES_LOCAL, agreement.flown_s[row], prior.end_s[row], prior.energy[row], fails[row],
        np.concatenate(weight), _Bodies.of(prior, row),
    )  # fmt: skip


def _generic(main: Tracked, seed: int, tick: int) -> _Part:
    """Return programmes of launchers nobody announced: burns and coasts of usual lengths and strengths.

    Estimates: what is left of the present burn 5 to 120 s, then up to two more stages of 60 to 200 s at 8 to
    20 m/s2 rising with the loss of mass; thrust within some 15 degrees of the velocity, with a slow turn.
    """
    n, k = GENERIC_FLIGHTS, int(1000.0 / FINE_S)
    index = np.arange(n)

    def u(name: str) -> Array:
        return rng.uniform(seed, f"track.generic.{name}", index, tick)

    time = FINE_S * np.arange(k)[None, :]
    force = float(np.linalg.norm(main.mean[6:9]))
    powered = main.unpowered < 0.5
    left = (5.0 + 115.0 * u("left"))[:, None] if powered else np.zeros((n, 1))
    strength = np.where(
        time < left, max(force, 5.0) / np.maximum(1.0 - max(force, 5.0) * time / 2800.0, 0.3), 0.0
    )
    start = left + (2.0 + 18.0 * u("gap.0"))[:, None]
    more = np.floor(3.0 * u("stages"))[:, None]
    for stage in range(2):
        burn = (60.0 + 140.0 * u(f"burn.{stage}"))[:, None]
        first = (8.0 + 12.0 * u(f"force.{stage}"))[:, None]
        at = time - start
        grown = np.minimum(first / np.maximum(1.0 - first * at / 2900.0, 0.25), 60.0)
        strength = np.where((at >= 0.0) & (at < burn) & (more > stage), grown, strength)
        start = start + burn + (2.0 + 18.0 * u(f"gap.{stage + 1}"))[:, None]
    pitch = np.radians(15.0 * (2.0 * u("pitch") - 1.0))[:, None] * np.exp(-time / 100.0)
    turn = np.radians(0.12 * rng.normal(seed, "track.generic.turn", index, tick))[:, None]
    side = np.clip(turn * np.minimum(time, 150.0), -0.6, 0.6) * np.exp(-np.maximum(time - 150.0, 0.0) / 60.0)
    programme = np.stack(
        [strength * np.cos(pitch) * np.cos(side), strength * np.sin(pitch), strength * np.sin(side)], axis=-1
    )
    last = FINE_S * (k - np.argmax(strength[:, ::-1] > 0.0, axis=1)) * np.any(strength > 0.0, axis=1)
    fails = index >= 2 * n // 3
    end = np.where(fails, last * u("fail"), last)
    orbit = -WGS84.mu_m3ps2 / (2.0 * (WGS84.equatorial_radius_m + 250e3 + 550e3 * u("orbit")))
    count = np.where(fails, fails.sum(), (~fails).sum())
    weight = np.where(fails, GENERIC_FAILS, 1.0 - GENERIC_FAILS) / count
    return _Part(programme, AXES_VELOCITY, np.zeros(n), end, orbit, fails, weight, _Bodies.unknown(n))


def _p_ended(main: Tracked, prior: PlanPrior | None, memory: Memory, agreement: Agreement) -> float:
    """Return the probability that thrust has ended for good.

    Bayes: unpowered for so long, it either ended (``CUT_BEFORE``) or pauses. Of the plan's flights those
    speak that pause about then and for longer; other pauses are of usual length.
    """
    since = memory.unpowered_since_s
    if since is None:
        return 0.0
    length = max(main.time_s - since, 0.0)
    still = sum(share * float(np.exp(-length / mean)) for share, mean in PAUSES)
    if prior is not None:
        planned = pausing(prior, agreement.weight, since - memory.lift_off_s, length)
        p_plan = memory.p_plan
        still = p_plan * max(planned, PAUSES_UNPLANNED * still) + (1.0 - p_plan) * still
    ended = CUT_BEFORE / (CUT_BEFORE + (1.0 - CUT_BEFORE) * still)
    return float(main.unpowered * ended)


def _weights(
    parts: list[_Part], kind: NDArray[np.int64], fails: NDArray[np.bool_], p_plan: float, p_ended: float
) -> tuple[Array, Array]:
    """Return the weights over flights that go on, and over all that may happen."""
    within = np.concatenate([p.weight for p in parts])
    share = np.array([p_plan, 1.0 - p_plan, 0.0])
    for k, part in enumerate(parts):
        total = part.weight.sum()
        if k < STOPPED:
            share[k] = share[k] / total if total > 0.0 else 0.0
    running = within * share[kind]
    every = (1.0 - p_ended) * running / max(running.sum(), 1e-300)
    every[kind == STOPPED] = p_ended / STOPPED_FLIGHTS
    continues = np.where(fails, 0.0, running)
    continues /= max(continues.sum(), 1e-300)
    return continues, every


def _ensemble(
    seed: int, kind: NDArray[np.int64], weight: Array, ends: Array, drops: Array, bodies: list[_Bodies]
) -> Ensemble:
    """Return the flights as an ensemble: what they let go, and what is left where thrust ends."""
    outcomes = tuple(
        Outcome(key, label, "none", 0, float(weight[kind == i].sum()))
        for i, (key, label) in enumerate(
            [("plan", "Goes on as planned"), ("generic", "Goes on otherwise"), ("now", "Thrust has ended")]
        )
    )
    n = len(kind)
    orbit = ends[:, 0] == STAYS_UP
    samples = Samples(
        key=np.arange(n),
        outcome=kind.astype(np.int64),
        log_weight=np.log(np.maximum(weight, 1e-300)),
        end_code=ends[:, 0].astype(np.int64),
        end_s=ends[:, 1],
        end_state=np.concatenate([ends[:, 2:8], np.full((n, 1), np.nan)], axis=1),
        orbit=orbit,
    )
    down = np.flatnonzero(~orbit)
    flight, slot = np.nonzero(np.isfinite(drops[:, :, 0]))
    mass, ballistic = (
        np.concatenate([getattr(b, f"rest_{unit}") for b in bodies])[down] for unit in ("kg", "kgpm2")
    )
    drop_kg, drop_kgpm2 = (
        np.concatenate([getattr(b, f"drop_{unit}") for b in bodies])[flight, slot] for unit in ("kg", "kgpm2")
    )
    releases = Releases(
        np.concatenate([down, flight]),
        np.concatenate([np.where(np.isnan(ballistic), BROKEN, WHOLE), np.full(len(flight), DROPPED)]),
        np.concatenate([ends[down, 1], drops[flight, slot, 0]]),
        np.concatenate([ends[down, 2:8], drops[flight, slot, 1:7]]),
        np.concatenate([mass, drop_kg]),
        np.concatenate([ballistic, drop_kgpm2]),
    )
    return Ensemble(seed, outcomes, BODIES, samples, releases)
