"""From a scenario to an ensemble: every outcome flown, every body let go.

Flights are stratified by outcome: each failure mode gets enough of them to be known, and log-weights
carry its probability. The moment of a failure is drawn as a fraction of the burn that the same flight
would have made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.air import Air
from overflight.errors import InputError
from overflight.flight.engine import Engine, SerialEngine, chunks
from overflight.flight.ensemble import TERMINATED, Body, Ensemble, Outcome, Releases, Samples
from overflight.flight.failing import BREAKUP_MODES, failing
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import Flown, fly
from overflight.flight.terminated import marked, struck_s, terminated
from overflight.scenario.draws import Draws, Sampling, draw, failure_part
from overflight.scenario.model import Scenario

__all__ = ["CHUNK", "allocate", "breaks_up", "fly_outcomes", "launch", "refly", "relaunch"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
CHUNK = 64


def outcomes_of(scenario: Scenario) -> tuple[Outcome, ...]:
    """Return the outcomes of a scenario: first the flight as planned, then its failure modes."""
    modes = [
        Outcome(f.key, f.label, f.mode, f.stage, f.probability.value, f.happened) for f in scenario.failure
    ]
    planned = 1.0 - sum(mode.probability for mode in modes)
    happened = not any(mode.happened for mode in modes)
    return (Outcome("as-planned", "Flight as planned", "none", 0, max(planned, 0.0), happened), *modes)


def bodies_of(scenario: Scenario) -> tuple[Body, ...]:
    """Return every body a flight of the scenario can let go."""
    stages = range(1, len(scenario.vehicle.stage) + 1)
    names = [stage.name for stage in scenario.vehicle.stage]
    spent = [Body(f"stage-{k}", names[k - 1], "spent", k) for k in stages if k < len(names)]
    fairing = [Body("fairing", "Fairing halves", "fairing", 0)] if scenario.vehicle.fairing else []
    others = [
        Body(f"booster-{i}", b.name, "jettisoned", 1) for i, b in enumerate(scenario.vehicle.booster, 1)
    ]
    others += [
        Body(f"jettisoned-{i}", b.name, "jettisoned", b.stage)
        for i, b in enumerate(scenario.vehicle.jettisoned, 1)
    ]
    intact = [Body(f"intact-{k}", f"{names[k - 1]}, in one piece", "intact", k) for k in stages]
    broken = [Body(f"breakup-{k}", f"{names[k - 1]}, broken up", "breakup", k) for k in stages]
    return (*spent, *fairing, *others, *intact, *broken)


def allocate(outcomes: tuple[Outcome, ...], flights: int) -> list[int]:
    """Return how many flights each outcome gets: 40 % as planned, the rest equally, what happened doubly.

    Outcomes without probability get none, all others at least one if there are as many flights; the sum is
    ``flights``.
    """
    share = [
        0.0 if o.probability <= 0.0 else 0.0 if o.mode == "none" else 2.0 if o.happened else 1.0
        for o in outcomes
    ]
    total = sum(share)
    planned = outcomes[0].probability > 0.0
    for_planned = flights if total == 0.0 else round(0.4 * flights) if planned else 0
    rest = flights - for_planned
    edges = np.floor(np.cumsum([0.0, *share]) / max(total, 1e-12) * rest + 0.5).astype(int)
    counts = np.diff(edges)
    counts[0] = for_planned
    possible = np.array([o.probability > 0.0 for o in outcomes])
    while counts.sum() >= possible.sum() and np.any(possible & (counts == 0)):
        counts[np.argmax(counts)] -= 1
        counts[np.flatnonzero(possible & (counts == 0))[0]] += 1
    return [int(c) for c in counts]


@dataclass(frozen=True, slots=True)
class _Chunk:
    ends: Array
    orbit: NDArray[np.bool_]
    releases: Releases


def launch(
    scenario: Scenario,
    air: Air,
    *,
    flights: int,
    seed: int,
    engine: Engine | None = None,
    progress=lambda *_: None,  # noqa: ANN001
    chunk: int = CHUNK,
    sampling: Sampling = "random",
) -> Ensemble:
    """Fly ``flights`` samples of a scenario over all its outcomes.

    Raises
    ------
    InputError : fewer flights than the launch has ways to go, so that one of them would not be seen.
    """
    outcomes = outcomes_of(scenario)
    fewest = sum(outcome.probability > 0.0 for outcome in outcomes)
    if flights < fewest:
        raise InputError(
            "flights",
            found=str(flights),
            allowed=f"{fewest} or more: one for each way this launch may go",
            remedy="Ask for more; 1000 give errors of a few per cent.",
        )
    counts = allocate(outcomes, flights)
    outcome = np.repeat(np.arange(len(outcomes)), counts)
    keys = np.arange(len(outcome), dtype=np.int64)
    weight = np.array([o.probability / max(c, 1) for o, c in zip(outcomes, counts, strict=True)])[outcome]
    log_weight = np.log(weight / weight.sum())
    return relaunch(
        scenario, air, seed, keys, outcome, log_weight, engine=engine, progress=progress, chunk=chunk,
        sampling=sampling,
    )  # fmt: skip


def relaunch(
    scenario: Scenario,
    air: Air,
    seed: int,
    keys: Integers,
    outcome: Integers,
    log_weight: Array,
    *,
    engine: Engine | None = None,
    progress=lambda *_: None,  # noqa: ANN001
    chunk: int = CHUNK,
    sampling: Sampling = "random",
) -> Ensemble:
    """Return the ensemble of given samples: keys (n,), outcomes (n,) and log-weights (n,) that sum to one."""
    outcomes, bodies = outcomes_of(scenario), bodies_of(scenario)
    work = partial(_fly_chunk, scenario, air, seed, sampling, keys, outcome, bodies)
    parts = (engine or SerialEngine()).map(work, list(chunks(len(keys), chunk)), progress)
    ends = np.concatenate([part.ends for part in parts])
    samples = Samples(
        key=keys,
        outcome=outcome,
        log_weight=log_weight,
        end_code=ends[:, 0].astype(np.int64),
        end_s=ends[:, 1],
        end_state=ends[:, 2:9],
        orbit=np.concatenate([part.orbit for part in parts]),
    )
    fields = ("sample", "body", "time_s", "state", "mass_kg", "ballistic_kgpm2")
    joined = Releases(*(np.concatenate([getattr(part.releases, name) for part in parts]) for name in fields))
    return Ensemble(seed, outcomes, bodies, samples, joined, sampling)


def refly(
    scenario: Scenario,
    air: Air,
    seed: int,
    keys: Integers,
    outcome: Integers,
    *,
    rows: int = 0,
    row_s: float = 1.0,
    sampling: Sampling = "random",
) -> tuple[Draws, Flown]:
    """Fly samples again from their keys and outcomes; the same bits as the first time."""
    draws = draw(scenario, seed, keys, sampling)
    part, side = failure_part(seed, keys, sampling), rng.uniform(seed, "failure.side", keys)
    acts = _acts(scenario, seed, keys, outcome)
    return draws, fly_outcomes(scenario, air, draws, outcome, part, side, acts=acts, rows=rows, row_s=row_s)


def _acts(scenario: Scenario, seed: int, keys: Integers, outcome: Integers) -> NDArray[np.bool_] | None:
    """Return whether the termination system works (n,): as the mode says, else by chance."""
    rules = scenario.termination.rules
    if rules is None:
        return None
    acts = rng.uniform(seed, "termination", keys) >= rules.failure_probability
    for index, mode in enumerate(scenario.failure, start=1):
        if mode.termination_fails is not None:
            acts[outcome == index] = not mode.termination_fails
    return acts


def fly_outcomes(
    scenario: Scenario,
    air: Air,
    draws: Draws,
    outcome: Integers,
    part: Array,
    side: Array | None = None,
    *,
    acts: NDArray[np.bool_] | None = None,
    rows: int = 0,
    row_s: float = 1.0,
) -> Flown:
    """Fly draws to their outcomes (n,).

    Failures strike at ``part`` (n,) of the time in which they may; ``side`` (n,), 0 to 1, is where a vehicle
    out of control turns to, all round its nose; ``acts`` (n,) whether the termination system works,
    everywhere if left out.
    """
    if not np.any(outcome > 0):
        return fly(scenario, draws, air, rows=rows, row_s=row_s)
    unfailed = fly(scenario, draws, air)
    side = np.zeros(len(draws)) if side is None else side
    times = unfailed.inputs.times
    fails = failing(scenario, draws, outcome, part, side, times, unfailed.ends[:, 1])
    if scenario.termination.rules is None:
        return fly(scenario, draws, air, failing=fails, rows=rows, row_s=row_s)
    acts = np.ones(len(draws), bool) if acts is None else acts
    fails, ended = terminated(scenario, draws, air, fails, struck_s(fails, times), acts)
    return marked(fly(scenario, draws, air, failing=fails, rows=rows, row_s=row_s), ended)


def breaks_up(scenario: Scenario, outcome: Integers, flown: Flown) -> NDArray[np.bool_]:
    """Return whether flights (n,) end in pieces."""
    from overflight.flight.kernels_ascent import OVERLOADED, STOPPED

    code = flown.ends[:, 0]
    destructs = scenario.termination.action == "destruct"
    breaking = BREAKUP_MODES if destructs else ("explosion",)
    modes = [i for i, f in enumerate(scenario.failure, 1) if f.mode in breaking]
    destroyed = (code == TERMINATED) & destructs
    return (np.isin(outcome, modes) & (code == STOPPED)) | (code == OVERLOADED) | destroyed


def _fly_chunk(
    scenario: Scenario,
    air: Air,
    seed: int,
    sampling: Sampling,
    keys: Integers,
    outcome: Integers,
    bodies: tuple[Body, ...],
    part: range,
) -> _Chunk:
    here = slice(part.start, part.stop)
    draws, flown = refly(scenario, air, seed, keys[here], outcome[here], sampling=sampling)
    orbit = apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M
    pieces = [
        *_let_go(scenario, seed, keys[here], draws, flown, bodies),
        *_last_body(scenario, outcome[here], draws, flown, bodies, orbit),
    ]
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    columns = [column[order] for column in columns]
    return _Chunk(flown.ends, orbit, Releases(columns[0] + part.start, *columns[1:]))


_Piece = tuple[Integers, Integers, Array, Array, Array, Array]


def _let_go(
    scenario: Scenario, seed: int, keys: Integers, draws: Draws, flown: Flown, bodies: tuple[Body, ...]
) -> list[_Piece]:
    pieces: list[_Piece] = []
    for index, body in enumerate(bodies):
        if body.kind in ("intact", "breakup"):
            continue
        released, path, shares = _slot_of(scenario, flown, body)
        row = np.flatnonzero(np.isfinite(released[:, 0]))
        for share in shares:
            state = released[row, 1:7].copy()
            if share is not None:
                angle = 2.0 * np.pi * (rng.uniform(seed, f"{body.kind}.separation", keys[row]) + share)
                state[:, 3:6] += draws[f"{path}.separation_speed_mps"][row, None] * _across(state, angle)
            mass = released[row, 8] / len(shares)
            ballistic = draws[f"{path}.ballistic_kgpm2"][row]
            pieces.append((row, np.full(len(row), index), released[row, 0], state, mass, ballistic))
    return pieces


def _slot_of(scenario: Scenario, flown: Flown, body: Body) -> tuple[Array, str, tuple[float | None, ...]]:
    """Return the releases of a body (n, 9), the path of its values, and where its pieces go to.

    Pieces part to the side, each at a share of the full turn; None: it is let go straight back.
    """
    vehicle, number = scenario.vehicle, int(body.key.rpartition("-")[2]) if "-" in body.key else 0
    if body.kind == "fairing":
        return flown.slots[:, -1], "vehicle.fairing", (0.5, 0.0)
    if body.kind == "spent":
        return flown.slots[:, number - 1], f"vehicle.stage.{number}", (None,)
    if body.key.startswith("booster-"):
        count = vehicle.booster[number - 1].count
        return (
            flown.others[:, number - 1],
            f"vehicle.booster.{number}",
            tuple(i / count for i in range(count)),
        )
    slot = len(vehicle.booster) + number - 1
    return flown.others[:, slot], f"vehicle.jettisoned.{number}", (0.0,)


def _across(state: Array, angle: Array) -> Array:
    """Return unit vectors (n, 3) across the velocity of ECI states, turned by ``angle`` about it."""
    velocity = state[:, 3:6] / np.linalg.norm(state[:, 3:6], axis=1, keepdims=True)
    side = np.cross(velocity, state[:, :3])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    return np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * np.cross(velocity, side)


def _last_body(
    scenario: Scenario,
    outcome: Integers,
    draws: Draws,
    flown: Flown,
    bodies: tuple[Body, ...],
    orbit: NDArray[np.bool_],
) -> list[_Piece]:
    """What is left of the vehicle when powered flight ends short of orbit: in one piece or broken up."""
    separated = np.isfinite(flown.slots[:, :-1, 0]).sum(axis=1)  # stages let go so far
    stage = separated + 1
    breaks = breaks_up(scenario, outcome, flown)
    pieces: list[_Piece] = []
    for index, body in enumerate(bodies):
        if body.kind not in ("intact", "breakup"):
            continue
        wanted = breaks if body.kind == "breakup" else ~breaks
        row = np.flatnonzero(~orbit & (stage == body.stage) & wanted)
        ballistic = draws[f"vehicle.stage.{body.stage}.ballistic_kgpm2"][row]
        if body.kind == "breakup":
            ballistic = np.full(len(row), np.nan)
        end = flown.ends[row]
        pieces.append((row, np.full(len(row), index), end[:, 1], end[:, 2:8], end[:, 8], ballistic))
    return pieces
