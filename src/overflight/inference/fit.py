"""Fit of a scenario's free quantities to published facts: what the facts say, and the spread they leave.

Maximum a posteriori in the space where each quantity is a standard normal number (its prior), by
Gauss-Newton with Levenberg-Marquardt damping on flown differences, from several starts; then the
covariance of the linearised problem (Laplace's approximation; e.g. Bishop, Pattern Recognition and
Machine Learning, 2006, section 4.4). Ballistic coefficients, wind and density take part as nuisance
quantities, so that no drop point is explained by tuning them, but their spreads are left as stated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.errors import NumericsError
from overflight.flight.simulate import scenario_air
from overflight.inference.observe import observe
from overflight.scenario.draws import Draws, nominal_draws, quantities
from overflight.scenario.model import Scenario

__all__ = ["Fit", "fit_scenario"]

Array = NDArray[np.float64]
_NEVER = ("failure.", "launch.offset_s")  # no part in the shape of the flight
_NUISANCE = ("ballistic_kgpm2", "wind.", "density_factor", "vehicle.drag.factor", "vehicle.payload_kg")
_DELTA = 0.02  # step of the differences, prior standard deviations


@dataclass(frozen=True, slots=True)
class Fit:
    """Result of a fit.

    ``paths`` (k,) of the fitted quantities, ``mean`` (k,) and ``covariance`` (k, k) in prior standard
    deviations; ``residuals`` (m,) of the facts at the mean, in sigma, named by ``facts``; ``cost`` half
    the sum of squares of residuals and prior; ``rounds`` used.
    """

    paths: tuple[str, ...]
    mean: Array = field(repr=False)
    covariance: Array = field(repr=False)
    facts: tuple[str, ...]
    residuals: Array
    cost: float
    rounds: int

    def is_nuisance(self, path: str) -> bool:
        """Whether a quantity took part without being changed in the fitted scenario."""
        return any(word in path for word in _NUISANCE)


def fit_scenario(
    scenario: Scenario,
    *,
    starts: int = 12,
    seed: int = 1,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Fit:
    """Fit a scenario to its claims marked for it, its announced zones and its planned orbit.

    Raises
    ------
    NumericsError : no start converged.
    """
    every = quantities(scenario)
    paths = tuple(p for p, q in every.items() if q.spread and not p.startswith(_NEVER))
    air = scenario_air(scenario)
    fixed = nominal_draws(scenario)

    def residuals(z: Array) -> Array:
        """Return residuals and prior (n, m + k) for points ``z`` (n, k)."""
        values = {path: every[path].from_normal(z[:, i]) for i, path in enumerate(paths)}
        draws = Draws(np.arange(len(z)), fixed.drawn, fixed.fixed).replaced(values)
        return np.concatenate([observe(scenario, draws, air).residuals, z], axis=1)

    best: tuple[float, Array, Array, int] | None = None
    for start in range(starts):
        scale = 0.0 if start == 0 else 0.7
        z0 = scale * rng.normal(seed, "fit.start", start, np.arange(len(paths)))
        cost, z, jacobian, rounds = _gauss_newton(residuals, z0)
        if best is None or cost < best[0]:
            best = cost, z, jacobian, rounds
        progress(start + 1, starts)
    assert best is not None
    cost, z, jacobian, rounds = best
    if not np.isfinite(cost) or cost > 1e3:
        raise NumericsError(f"the fit of {scenario.title} found no flight near the facts (cost {cost:.3g})")
    names = observe(scenario, fixed, air).names
    covariance = np.asarray(np.linalg.inv(jacobian.T @ jacobian), dtype=np.float64)
    return Fit(paths, z, covariance, names, residuals(z[None])[0, : len(names)], cost, rounds)


def _gauss_newton(
    residuals: Callable[[Array], Array], z: Array, limit: int = 80
) -> tuple[float, Array, Array, int]:
    """Return (cost, point, Jacobian, rounds) of a damped Gauss-Newton descent from ``z`` (k,)."""
    k, damping = len(z), 1e-2
    jacobian = np.zeros((k, k))
    cost = np.inf
    for n in range(limit):
        steps = np.concatenate([np.zeros((1, k)), _DELTA * np.eye(k), -_DELTA * np.eye(k)])
        table = residuals(z + steps)
        now = table[0]
        cost = 0.5 * float(now @ now)
        jacobian = ((table[1 : k + 1] - table[k + 1 :]) / (2.0 * _DELTA)).T
        gradient, normal = jacobian.T @ now, jacobian.T @ jacobian
        dampings = damping * 4.0 ** np.arange(-2, 8)
        trial = np.stack(
            [z - np.linalg.solve(normal + d * np.diag(np.diag(normal)), gradient) for d in dampings]
        )
        costs = 0.5 * np.sum(residuals(np.clip(trial, -3.5, 3.5)) ** 2, axis=1)
        choice = int(np.argmin(costs))
        if costs[choice] >= cost * (1.0 - 1e-6):
            return cost, z, jacobian, n + 1
        z, damping = np.clip(trial[choice], -3.5, 3.5), max(dampings[choice], 1e-6)
    return cost, z, jacobian, limit
