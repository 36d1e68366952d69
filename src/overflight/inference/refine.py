"""The posterior walked by a sampler, beside the bank: fresh flights near the facts, with a verdict on itself.

The ensemble sampler emcee (Foreman-Mackey et al. 2013, PASP 125, 306) moves many walkers at once in the
space where every quantity is a standard normal number before the facts, within one outcome.  Three in five
moves propose from the Gaussian that the bank suggests, a preconditioned Crank-Nicolson step about its mean,
which leaves that Gaussian unchanged (Rudolf and Sprungk 2018, Found. Comput. Math. 18, 309); the others are
differential evolution.  A chain that is too short for its own autocorrelation is refused, not reported.
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
_BLOCK = 64  # flights evaluated at once by one worker
LENGTHS = 50.0
"""Autocorrelation times that a chain must be long: below, emcee's estimate itself cannot be trusted."""
MIXED = 1.05
"""Largest potential scale reduction (Gelman and Rubin 1992, Stat. Sci. 7, 457) of a chain that has mixed."""


@dataclass(frozen=True, slots=True)
class Refined:
    """A converged chain: ``paths`` (d,) of the quantities, mean and sd (d,) in prior standard deviations.

    ``value_mean`` and ``value_sd`` (d,) the same in the units of each quantity; ``tau`` the longest
    autocorrelation time in steps, ``reduction`` the largest potential scale reduction, ``accepted`` the
    share of proposals taken; ``coords`` (s, d) the thinned chain.
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
    coords: Array = field(repr=False)


def refine(
    scenario: Scenario,
    air: Air,
    claims: Sequence[Claim],
    ground: Ground,
    posterior: Posterior,
    *,
    steps: int,
    walkers: int = 96,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Refined:
    """Walk the posterior of the likeliest outcome.

    Raises
    ------
    NumericsError : the chain is shorter than ``LENGTHS`` of its autocorrelation times, or has not mixed
    InputError : emcee is not installed
    """
    try:
        import emcee
    except ModuleNotFoundError:
        raise InputError(
            "--refine", found="no emcee", allowed="the extra overflight[explain]", remedy="Install it."
        ) from None
    every = quantities(scenario)
    names = tuple(p for p, q in every.items() if q.spread and not p.startswith("failure."))
    bank, weights = posterior.bank, posterior.weights
    likely = int(np.argmax(np.bincount(bank.outcome, weights, minlength=len(bank.outcomes))))
    paths = (*names, MOMENT) if likely else names
    mine = np.flatnonzero((bank.outcome == likely) & (weights > 1e-9 * weights.max()))
    start = _normals(bank.seed, bank.key[mine], names, moment=bool(likely))
    mean, factor = _gaussian(start, weights[mine])
    target = _Target(scenario, air, tuple(claims), ground, names, likely, engine or SerialEngine())
    generator = np.random.RandomState(bank.seed)
    chosen = generator.choice(len(mine), walkers, p=weights[mine] / weights[mine].sum())
    jitter = 0.05 * generator.standard_normal((walkers, len(paths)))
    moves = [
        (emcee.moves.MHMove(_Step(mean, factor)), 0.6),
        (emcee.moves.DEMove(), 0.3),
        (emcee.moves.DESnookerMove(), 0.1),
    ]
    sampler = emcee.EnsembleSampler(walkers, len(paths), target, moves=moves, vectorize=True)
    state = emcee.State(start[chosen] + jitter, random_state=generator.get_state())
    for done, _ in enumerate(sampler.sample(state, iterations=steps), 1):
        progress(done, steps)
    return _judged(sampler, scenario, bank.outcomes[likely].key, paths, names)


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


def _judged(
    sampler: Any, scenario: Scenario, outcome: str, paths: tuple[str, ...], names: tuple[str, ...]
) -> Refined:
    from emcee.autocorr import integrated_time

    chain = sampler.get_chain()
    steps, walkers, _ = chain.shape
    kept = chain[steps // 5 :]
    tau = float(np.max(integrated_time(kept, tol=0))) if len(kept) > 8 else float("inf")
    reduction = _reduction(kept)
    if len(kept) < LENGTHS * tau or reduction > MIXED:
        wanted = int(np.ceil(1.25 * LENGTHS * max(tau, 1.0) * 1.1)) if np.isfinite(tau) else 10 * steps
        raise NumericsError(
            f"the chain has not converged: {len(kept)} steps after warming up are {len(kept) / tau:.0f} "
            f"autocorrelation times of {tau:.0f} steps, {LENGTHS:.0f} are needed; potential scale reduction "
            f"{reduction:.3f}, at most {MIXED:g}. Take --refine {max(wanted, 2 * steps)} or leave it out"
        )
    flat = kept.reshape(-1, kept.shape[2])
    normals = {path: flat[:, i] for i, path in enumerate(names)}
    every = quantities(scenario)
    normals |= {p: np.zeros(len(flat)) for p, q in every.items() if q.spread and p not in normals}
    draws = draw_from_normals(scenario, np.arange(len(flat), dtype=np.int64), normals)
    values = [draws[path] if path in names else flat[:, i] for i, path in enumerate(paths)]
    return Refined(
        outcome, paths, flat.mean(axis=0), flat.std(axis=0),
        np.array([v.mean() for v in values]), np.array([v.std() for v in values]),
        tau, reduction, float(np.mean(sampler.acceptance_fraction)), steps, walkers,
        flat[:: max(int(tau), 1)],
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
