"""The posterior walked by a sampler, beside the bank: fresh flights near the facts, with a verdict on itself.

The ensemble sampler emcee (Foreman-Mackey et al. 2013, PASP 125, 306) moves many walkers at once in the
space where every quantity is a standard normal number before the facts, within one outcome.  Three in five
moves propose from the Gaussian that the bank suggests, a preconditioned Crank-Nicolson step about its mean,
which leaves that Gaussian unchanged (Rudolf and Sprungk 2018, Found. Comput. Math. 18, 309); the others are
differential evolution.  The walk stops by itself once it is long enough for its own autocorrelation and its
parts agree; a chain that never gets there is refused, not reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.air import Air
from overflight.errors import InputError, NumericsError
from overflight.flight.engine import Engine, SerialEngine, chunks
from overflight.flight.launch import fly_outcomes
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.inference.likelihood import weigh
from overflight.inference.observables import PATH_ROW_S, PATH_ROWS, observables
from overflight.inference.posterior import Posterior
from overflight.inference.terms import Ground
from overflight.scenario.claims import Claim
from overflight.scenario.draws import draw_from_normals, quantities
from overflight.scenario.model import Scenario

__all__ = ["Refined", "refine"]

Array = NDArray[np.float64]
MOMENT = "failure.time"
"""Name of the moment of failure among the walked quantities, as a share of the time it may strike in."""
_STEP = 0.6  # of the Crank-Nicolson move: 0 stays, 1 draws anew
_BLOCK = 24  # flights evaluated at once by one worker: half the walkers move together, on two cores
LENGTHS = 50.0
"""Autocorrelation times that a chain must be long: below, emcee's estimate itself cannot be trusted."""
MIXED = 1.05
"""Largest potential scale reduction (Gelman and Rubin 1992, Stat. Sci. 7, 457) of a chain that has mixed."""
FIRST_LOOK, MOST_STEPS = 800, 12_000
"""Steps after which a walk that stops by itself is first looked at, and those after which it is given up."""
_ON = 1.25  # the next look comes when the chain is longer by this factor


@dataclass(frozen=True, slots=True)
class Refined:
    """A converged chain: ``paths`` (d,) of the quantities, mean and sd (d,) in prior standard deviations.

    ``value_mean`` and ``value_sd`` (d,) the same in the units of each quantity; ``tau`` the longest
    autocorrelation time in steps, ``reduction`` the largest potential scale reduction, ``accepted`` the
    share of proposals taken; ``apart`` the largest difference of a mean from that of the bank's flights, in
    posterior standard deviations, and ``apart_sigma`` in its own Monte Carlo errors; ``coords`` (s, d) the
    thinned chain.
    """

    outcome: str
    paths: tuple[str, ...]
    mean: Array
    sd: Array
    value_mean: Array
    value_sd: Array
    tau: float
    reduction: float
    accepted: float
    steps: int
    walkers: int
    apart: float
    apart_sigma: float
    coords: Array = field(repr=False)


def refine(
    scenario: Scenario,
    air: Air,
    claims: Sequence[Claim],
    ground: Ground,
    posterior: Posterior,
    *,
    steps: int | None = None,
    walkers: int | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Refined:
    """Walk the posterior of the likeliest outcome.

    Parameters
    ----------
    steps : of the walk; if left out it goes on until it has converged, for ``MOST_STEPS`` at the most
    walkers : that move together; if left out two a quantity and twelve more, 32 at least

    Raises
    ------
    NumericsError : the chain is shorter than ``LENGTHS`` of its autocorrelation times, or has not mixed
    InputError : emcee is not installed
    """
    every = quantities(scenario)
    names = tuple(p for p, q in every.items() if q.spread and not p.startswith("failure."))
    bank, weights = posterior.bank, posterior.weights
    likely = int(np.argmax(np.bincount(bank.outcome, weights, minlength=len(bank.outcomes))))
    paths = (*names, MOMENT) if likely else names
    mine = np.flatnonzero((bank.outcome == likely) & (weights > 1e-9 * weights.max()))
    flights = _normals(bank.seed, bank.key[mine], names, moment=bool(likely))
    own = weights[mine] / weights[mine].sum()
    target = _Target(scenario, air, tuple(claims), ground, names, likely, engine or SerialEngine())
    many = max(32, 2 * len(paths) + 12) if walkers is None else walkers
    sampler, state = _sampler(target, flights, own, many, bank.seed)
    look, chain = FIRST_LOOK if steps is None else steps, None
    for done, _ in enumerate(sampler.sample(state, iterations=steps or MOST_STEPS), 1):
        progress(done, steps or max(look, done))
        if done == look:
            chain = _Chain.of(sampler)
            if steps is not None or chain.converged or done == MOST_STEPS:
                break
            look = min(int(look * _ON), MOST_STEPS)
    assert chain is not None
    if not chain.converged:
        raise NumericsError(chain.refusal(given_up=steps is None))
    return _told(chain, scenario, bank.outcomes[likely].key, paths, names, flights, own)


def _sampler(target: _Target, flights: Array, own: Array, walkers: int, seed: int) -> tuple[Any, Any]:
    """Return the sampler with its moves, and where its walkers start: at flights of the bank, by weight."""
    try:
        import emcee
    except ModuleNotFoundError:
        raise InputError(
            "--refine", found="no emcee", allowed="the extra overflight[explain]", remedy="Install it."
        ) from None
    mean, factor = _gaussian(flights, own)
    generator = np.random.RandomState(seed)
    chosen = generator.choice(len(flights), walkers, p=own)
    jitter = 0.05 * generator.standard_normal((walkers, flights.shape[1]))
    moves = [
        (emcee.moves.MHMove(_Step(mean, factor)), 0.6),
        (emcee.moves.DEMove(), 0.3),
        (emcee.moves.DESnookerMove(), 0.1),
    ]
    sampler = emcee.EnsembleSampler(walkers, flights.shape[1], target, moves=moves, vectorize=True)
    return sampler, emcee.State(flights[chosen] + jitter, random_state=generator.get_state())


def _normals(seed: int, keys: NDArray[np.int64], names: Sequence[str], *, moment: bool) -> Array:
    """Return the standard normal numbers (n, d) behind flights of the bank."""
    from scipy.special import ndtri

    columns = [rng.normal(seed, path, keys) for path in names]
    if moment:
        columns.append(ndtri(np.clip(rng.uniform(seed, MOMENT, keys), 1e-9, 1.0 - 1e-9)))
    return np.stack(columns, axis=1)


def _gaussian(z: Array, weights: Array) -> tuple[Array, Array]:
    """Return mean and Cholesky factor of the weighted flights, drawn towards the prior where they are few."""
    w = weights / weights.sum()
    mean = w @ z
    d = z - mean
    effective, count = 1.0 / float(np.sum(w**2)), z.shape[1]
    shrink = count / (effective + count)
    covariance = (1.0 - shrink) * (d * w[:, None]).T @ d + shrink * np.eye(count)
    return (1.0 - shrink) * mean, np.linalg.cholesky(1.2 * covariance)


@dataclass(frozen=True, slots=True)
class _Step:
    """A Crank-Nicolson proposal about the bank's Gaussian, with the log of its density ratio."""

    mean: Array
    factor: Array

    def __call__(self, coords: Array, generator: np.random.RandomState) -> tuple[Array, Array]:
        noise = generator.standard_normal(coords.shape) @ self.factor.T
        fresh = self.mean + np.sqrt(1.0 - _STEP**2) * (coords - self.mean) + _STEP * noise
        return fresh, self._log(coords) - self._log(fresh)

    def _log(self, coords: Array) -> Array:
        from scipy.linalg import solve_triangular

        return -0.5 * np.sum(solve_triangular(self.factor, (coords - self.mean).T, lower=True) ** 2, axis=0)


@dataclass(frozen=True, slots=True)
class _Target:
    """Log posterior density of points (n, d) of normal numbers, by flying them."""

    scenario: Scenario
    air: Air
    claims: tuple[Claim, ...]
    ground: Ground
    names: tuple[str, ...]
    outcome: int
    engine: Engine

    def __call__(self, coords: Array) -> Array:
        parts = self.engine.map(
            lambda part: self._block(coords[part.start : part.stop]), list(chunks(len(coords), _BLOCK))
        )
        return np.concatenate(parts)

    def _block(self, z: Array) -> Array:
        from scipy.special import ndtr

        count = len(z)
        normals = {path: z[:, i] for i, path in enumerate(self.names)}
        normals |= {
            path: np.zeros(count)
            for path, q in quantities(self.scenario).items()
            if q.spread and path not in normals
        }
        draws = draw_from_normals(self.scenario, np.arange(count, dtype=np.int64), normals)
        part = ndtr(z[:, len(self.names)]) if self.outcome else np.zeros(count)
        outcome = np.full(count, self.outcome, dtype=np.int64)
        flown = fly_outcomes(self.scenario, self.air, draws, outcome, part, rows=PATH_ROWS, row_s=PATH_ROW_S)
        orbit = apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M
        columns = observables(self.scenario, self.air, draws, flown, self.claims, orbit)
        likelihood = weigh(self.scenario, self.claims, columns, outcome, self.ground)
        return likelihood.total - 0.5 * np.sum(z**2, axis=1)


@dataclass(frozen=True, slots=True)
class _Chain:
    """What a walk has come to: its steps after warming up (s, w, d), and how far they can be trusted."""

    kept: Array
    tau: float
    reduction: float
    accepted: float
    steps: int

    @classmethod
    def of(cls, sampler: Any) -> _Chain:
        from emcee.autocorr import integrated_time

        chain = sampler.get_chain()
        kept = chain[len(chain) // 5 :]
        tau = float(np.max(integrated_time(kept, tol=0))) if len(kept) > 8 else float("inf")
        return cls(kept, tau, _reduction(kept), float(np.mean(sampler.acceptance_fraction)), len(chain))

    @property
    def converged(self) -> bool:
        return len(self.kept) >= LENGTHS * self.tau and self.reduction <= MIXED

    def refusal(self, *, given_up: bool) -> str:
        wanted = int(np.ceil(1.25 * LENGTHS * max(self.tau, 1.0) * 1.1)) if np.isfinite(self.tau) else 0
        remedy = (
            "Narrow what the scenario leaves open, or take more flights in the bank"
            if given_up
            else f"Take --refine auto, or --refine {max(wanted, 2 * self.steps)}"
        )
        return (
            f"the chain has not converged: {len(self.kept)} steps after warming up are "
            f"{len(self.kept) / self.tau:.0f} autocorrelation times of {self.tau:.3g} steps, {LENGTHS:.0f} "
            f"are needed; scale reduction {self.reduction:.3f}, at most {MIXED:g}. {remedy}, or leave "
            "--refine out"
        )


def _told(
    chain: _Chain,
    scenario: Scenario,
    outcome: str,
    paths: tuple[str, ...],
    names: tuple[str, ...],
    flights: Array,
    own: Array,
) -> Refined:
    """Return what a converged chain says, beside the flights of the bank (n, d) with their weights (n,)."""
    flat = chain.kept.reshape(-1, chain.kept.shape[2])
    normals = {path: flat[:, i] for i, path in enumerate(names)}
    every = quantities(scenario)
    normals |= {p: np.zeros(len(flat)) for p, q in every.items() if q.spread and p not in normals}
    draws = draw_from_normals(scenario, np.arange(len(flat), dtype=np.int64), normals)
    values = [draws[path] if path in names else flat[:, i] for i, path in enumerate(paths)]
    mean, sd = flat.mean(axis=0), flat.std(axis=0)
    difference = np.abs(mean - own @ flights) / sd
    error = np.sqrt(np.sum(own**2) + chain.tau / len(flat))
    return Refined(
        outcome, paths, mean, sd,
        np.array([v.mean() for v in values]), np.array([v.std() for v in values]),
        chain.tau, chain.reduction, chain.accepted, chain.steps, chain.kept.shape[1],
        float(difference.max()), float(difference.max() / error),
        flat[:: max(int(chain.tau), 1)],
    )  # fmt: skip


def _reduction(chain: Array) -> float:
    """Return the largest potential scale reduction over the quantities, of the halves of every walker."""
    half = len(chain) // 2
    if half < 4:
        return float("inf")
    parts = np.concatenate([chain[:half], chain[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = parts.mean(axis=0).var(axis=0, ddof=1)
    return float(np.sqrt(np.max((half - 1) / half + between / within)))
