"""What a tracked flight may do next, as weighted flights on from its state now.

Three kinds stand side by side and are never mixed: ``plan`` (the rest of the announced plan's thrust
programmes, weighed by how well each agrees with the track, and turned where its vehicle flies another way),
``generic`` (other programmes that any launcher might fly) and ``now`` (thrust ends at this moment). They are
made anew from the present state at every forecast, so they cannot wear out as re-weighted paths do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_eci, ecef_to_geodetic, eci_to_ecef
from overflight.flight.ensemble import Body, Ensemble, Outcome, Releases, Samples
from overflight.track.agreement import TURNS, Agreement, agree, match_launch
from overflight.track.ending import (
    Stillness,
    believed,
    ended_for_good,
    going_on,
    stillness,
    suddenness,
    surely,
)
from overflight.track.generic import programmes
from overflight.track.kernels_forecast import AXES_LOCAL, AXES_VELOCITY, FINE_S, STAYS_UP, graft
from overflight.track.kernels_motion import COAST, CORE, propagate
from overflight.track.objects import SETTINGS, Tracked
from overflight.track.prior import MOST_DROPS, Cuts, PlanPrior
from overflight.track.roots import root_of
from overflight.track.thrust import Burn

__all__ = ["BROKEN", "Forecast", "Memory", "draw_states", "forecast", "turned"]

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
BELIEVED = 0.9
"""Probability at which thrust acts, or has ended, for certain: then the body is where the thrust watch has
it, which is nearer than the filter, whose models allow for all of it."""
GOLDEN = 0.6180339887498949
SETTLED_S, SAME_END_S = 20.0, 5.0
"""So long after thrust ended the agreement is judged anew no more, while that is still the same end."""
AIR_M = 60e3
"""What falls below this height without thrust is braked by the air: where that began is no plan's moment."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What forecasts remember of a launch: lift-off, since when no thrust acts, how well the plan agreed.

    ``agreement`` is that of the state in which thrust was last seen: what a flight does after its thrust has
    failed is no longer what was planned, and says nothing of whether it was flying the plan.
    """

    lift_off_s: float
    lift_off_sigma_s: float
    unpowered_since_s: float | None = None
    agreement: Agreement = field(default_factory=Agreement.none, repr=False)

    @property
    def p_plan(self) -> float:
        """Probability that the flight follows, or followed, the plan."""
        return self.agreement.p_plan


@dataclass(frozen=True, slots=True)
class Forecast:
    """Flights on from ``time_s``: lines (n, r, 3) ECEF every ``ROW_S`` seconds, NaN once down.

    ``kind`` (n,) is PLANNED, GENERIC or STOPPED; ``fails`` whether thrust ends by a failure on the way;
    ``weight_continues`` (n,) sums to one over flights that go on without a failure, ``weight`` over all
    that may happen. ``p_ended`` is the probability that thrust has ended for good; ``p_plan`` that the
    flight follows the plan; ``effective`` the effective number of plan flights; ``p_fails`` that the plan's
    vehicle fails on the way, and the standard deviation of that by the plan's own spreads. ``ensemble`` holds
    the bodies that come down: its samples are the flights, times in seconds from ``time_s``.
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
    p_fails: tuple[float, float] = (0.0, 0.0)


def forecast(main: Tracked, prior: PlanPrior | None, memory: Memory | None, *, seed: int) -> Forecast:
    """Return the forecast of a main body at the time of its state."""
    tick = int(main.time_s * 100.0)
    memory = _remember(main, prior, memory)
    since, p_plan = memory.unpowered_since_s, memory.p_plan
    length = 0.0 if since is None else max(main.time_s - since, 0.0)
    burn = Burn.unseen() if main.thrust is None else main.thrust.last_burn
    acts = (0.0, main.unpowered, 1.0 - main.unpowered) if main.thrust is None else main.thrust.parts
    still, p_ended = None, 0.0
    if since is not None:
        if prior is not None:
            still = stillness(prior, memory.agreement, length, burn.length_s)
        for_good = ended_for_good(memory.agreement.p_vehicle, still, length, burn.number)
        sudden = suddenness(memory.agreement.p_vehicle, still)
        unseen = 0.0 if main.thrust is None else main.thrust.ended_by(main.first_s)
        sudden = unseen + (1.0 - unseen) * sudden  # what ended before it was seen may have at any time
        p_ended = believed(acts, for_good, length, sudden)
    planned = _planned(prior, memory.agreement, still, seed, tick)
    stopped = _stopped(prior, memory.agreement)
    parts = [planned, _generic(main, seed, tick), stopped]
    running = len(planned.first_s) + GENERIC_FLIGHTS
    body = surely(main, thrusts=True) if main.unpowered < 1.0 - BELIEVED else main
    fallen = surely(main, thrusts=False) if p_ended > BELIEVED else body
    states = np.concatenate(
        [draw_states(body, running, seed, tick), draw_states(fallen, STOPPED_FLIGHTS, seed, tick)]
    )
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
    p_running = (
        memory.agreement.p_vehicle
        if still is None
        else going_on(memory.agreement, still, length, burn.number)
    )
    continues, every = _weights(parts, kind, fails, p_running, p_ended)
    position, _ = eci_to_ecef(lines, np.zeros_like(lines), ROW_S * np.arange(ROWS))
    return Forecast(
        main.time_s, position, kind, fails, continues, every, p_ended, p_plan,
        memory.agreement.effective, _ensemble(seed, kind, every, ends, drops, [p.bodies for p in parts]),
        memory, planned.p_fails,
    )  # fmt: skip


def draw_states(main: Tracked, count: int, seed: int, tick: int) -> Array:
    """Return states (count, 6) in ECI axes of now, drawn from the track."""
    mean, covariance = (value[..., :6] for value in main.timed())
    covariance = covariance[:6]
    scale = np.repeat([1.0, 1e-2], 3)
    factor = root_of(covariance / np.outer(scale, scale) + 1e-6 * np.eye(6)) * scale[:, None]
    z = np.stack([rng.normal(seed, f"track.state.{k}", np.arange(count), tick) for k in range(6)], 1)
    ecef = mean + z @ factor.T
    return np.concatenate(ecef_to_eci(ecef[:, :3], ecef[:, 3:], 0.0), axis=1)


def _remember(main: Tracked, prior: PlanPrior | None, memory: Memory | None) -> Memory:
    """Return the memory with the newest estimate of lift-off, made while thrust is seen."""
    known = memory.unpowered_since_s if memory else None
    off, since = main.unpowered > (0.8 if known is None else 0.5), None
    if off:
        since = main.time_s if known is None else known
        since = since if main.thrust is None else main.thrust.last_burn.ended_s
    agreement = _judged(main, prior, memory, since)
    if memory is not None and (off or main.time_s - main.first_s > 200.0):
        return replace(memory, unpowered_since_s=since, agreement=agreement)
    found, sigma = match_launch(main, prior)
    return Memory(found, sigma, since, agreement)


def _judged(
    main: Tracked, prior: PlanPrior | None, memory: Memory | None, since_s: float | None
) -> Agreement:
    """Return the agreement with the plan, judged where thrust was last seen: now, or where it ended."""
    if prior is None:
        return Agreement.none()
    mean, covariance = main.mean[:6], main.covariance[:6, :6]
    if since_s is None:
        return agree(mean, covariance, main.place[2], prior, PLAN_PRIOR)
    length = max(main.time_s - since_s, 0.0)
    known = memory.unpowered_since_s if memory else None
    if memory is not None and known is not None and main.place[2] < AIR_M and mean[:3] @ mean[3:] < 0.0:
        return memory.agreement
    if memory is not None and known is not None and length > SETTLED_S and abs(known - since_s) < SAME_END_S:
        return memory.agreement
    there = np.zeros(CORE)
    propagate(np.append(mean, np.zeros(3)), -length, COAST, SETTINGS[4], WGS84.as_array(), there)
    height = float(ecef_to_geodetic(there[:3])[2])
    return agree(there[:6], covariance, height, prior, PLAN_PRIOR)


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
    p_fails: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def coasting(cls, count: int) -> _Part:
        zero = np.zeros(count)
        programme = np.zeros((count, int(1000.0 / FINE_S), 3))
        return cls(
            programme, AXES_LOCAL, zero, zero - 1.0, zero + np.inf, zero < 0.0, zero + 1.0 / max(count, 1),
            _Bodies.unknown(count),
        )  # fmt: skip


def _planned(
    prior: PlanPrior | None, agreement: Agreement, still: Stillness | None, seed: int, tick: int
) -> _Part:
    """Return programmes of the plan, drawn by how well they agree with the track, a third of them cut short.

    How probable it is that thrust is cut on the way, and where, is the plan's own knowledge, given that it
    was not cut until now; it does not hang on how a flight goes.
    """
    if prior is None or agreement.p_vehicle < 1e-3:
        return _Part.coasting(0)
    weight, flown = (agreement.weight, agreement.flown_s) if still is None else (still.pauses, still.flown_s)
    weight = weight / max(float(weight.sum()), 1e-300)
    cuts, ahead = prior.cuts, prior.cuts_ahead(weight, flown, burns=still is None)
    p_cut = min(float(ahead.sum()), 1.0)
    u = float(rng.uniform(seed, "track.plan", tick))
    most = PLAN_FLIGHTS - 2 * PLAN_FLIGHTS // 3
    well, ill = np.where(prior.fails, 0.0, weight), np.where(prior.fails, weight, 0.0)
    some = (most // 3 if p_cut > 0.0 else most) if ill.sum() > 0.0 else 0
    short = most - some if p_cut > 0.0 else 0
    row = np.concatenate([_picked(well, PLAN_FLIGHTS - some - short, u), _picked(ill, some, u)])
    spread = np.argsort(np.modf(GOLDEN * np.arange(short))[0])
    cut_row, cut = _picked(well, short, u)[spread], _picked(ahead, short, u)
    fails = np.concatenate([prior.fails[row], np.ones(short, bool)])
    shares = (well.sum() * (1.0 - p_cut), len(row) - some), (ill.sum(), some), (well.sum() * p_cut, short)
    bodies = _Bodies.of(prior, np.concatenate([row, cut_row]))
    bodies.rest_kg[len(row) :], bodies.rest_kgpm2[len(row) :] = _rest(cuts, cut)
    end = np.concatenate([prior.end_s[row], np.maximum(prior.time(cut_row, cuts.phase[cut]), flown[cut_row])])
    row = np.concatenate([row, cut_row])
    return _Part(
        turned(prior.force[row], agreement, row), AXES_LOCAL, flown[row], end,
        np.where(fails, np.inf, prior.energy[row]), fails,
        np.concatenate([np.full(count, share / max(count, 1)) for share, count in shares]), bodies,
        (p_cut, cuts.spread(ahead)),
    )  # fmt: skip


def turned(force: Array, agreement: Agreement, row: NDArray[np.int64]) -> Array:
    """Return programmes (m, k, 3), east, north, up, of flights, turned the way that the track goes."""
    among = np.cumsum(agreement.turns[:, row], axis=0)
    chance = np.modf(GOLDEN * (np.arange(len(row)) + 0.5))[0] * among[-1]
    angle = 2.0 * np.pi / TURNS * np.minimum(np.sum(among < chance, axis=0), TURNS - 1)[:, None]
    east, north = force[:, :, 0], force[:, :, 1]
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([east * cos - north * sin, east * sin + north * cos, force[:, :, 2]], axis=-1)


def _picked(weight: Array, count: int, u: float) -> NDArray[np.int64]:
    """Return rows, drawn evenly by weight."""
    edges = np.cumsum(weight) / max(float(weight.sum()), 1e-300)
    return np.minimum(np.searchsorted(edges, (np.arange(count) + u) / max(count, 1)), len(edges) - 1)


def _rest(cuts: Cuts, cut: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return mass and ballistic coefficient of what some failures leave."""
    mass = cuts.rest_kg[cut]
    return np.where(mass > 0.0, mass, REST_KG), cuts.rest_kgpm2[cut]


def _stopped(prior: PlanPrior | None, agreement: Agreement) -> _Part:
    """Return flights without thrust from now on; of the plan, if it was flown, what its failures leave."""
    out = _Part.coasting(STOPPED_FLIGHTS)
    if prior is not None and len(prior.cuts) and agreement.p_plan > 0.5:
        phase = float(agreement.weight @ prior.phase(np.arange(len(prior)), agreement.flown_s))
        alike = int(np.argmin(np.abs(prior.cuts.thrust_phase - phase)))
        out.bodies.rest_kg[:], out.bodies.rest_kgpm2[:] = _rest(prior.cuts, np.full(STOPPED_FLIGHTS, alike))
    return out


def _generic(main: Tracked, seed: int, tick: int) -> _Part:
    """Return programmes of launchers nobody announced."""
    force = float(np.linalg.norm(main.mean[6:9]))
    of = programmes(force, GENERIC_FLIGHTS, seed, tick, powered=main.unpowered < 0.5)
    return _Part(
        of.force, AXES_VELOCITY, np.zeros(GENERIC_FLIGHTS), of.end_s, of.energy, of.fails, of.weight,
        _Bodies.unknown(GENERIC_FLIGHTS),
    )  # fmt: skip


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
            [
                ("plan", "Goes on as the plan's vehicle"),
                ("generic", "Goes on otherwise"),
                ("now", "Thrust has ended"),
            ]
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
