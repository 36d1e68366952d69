"""A bank weighed by the facts: who is left, what was learned, how far the facts pull against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.errors import InputError, NumericsError
from overflight.inference.bank import Bank
from overflight.inference.likelihood import Likelihood, leave_out, weigh
from overflight.inference.pareto import pareto_shape
from overflight.inference.terms import Ground
from overflight.scenario.claims import Claim
from overflight.scenario.draws import draw, quantities
from overflight.scenario.facts import DERIVED, Hypothesis
from overflight.scenario.model import Scenario

__all__ = [
    "FEWEST",
    "Evidence",
    "Influence",
    "Learned",
    "Posterior",
    "Residual",
    "evidence",
    "influence",
    "learned",
    "residuals",
    "reweigh",
    "weighted_interval",
]

Array = NDArray[np.float64]
FEWEST = 100.0
"""Effective flights below which nothing is said about the posterior."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """A bank with its weights after the facts.

    ``log_weight`` (n,) sums to one in the exponential; ``log_evidence`` is the log of the mean likelihood
    before the facts, in the units of the claims; ``effective`` the effective number of flights (Kish);
    ``pareto_k`` the shape of the tail of the weights, up to 0.7 fit for use (:mod:`.pareto`).
    """

    bank: Bank = field(repr=False)
    likelihood: Likelihood = field(repr=False)
    log_weight: Array = field(repr=False)
    log_evidence: float
    effective: float
    pareto_k: float

    @property
    def weights(self) -> Array:
        """Weights (n,) that sum to one."""
        return np.exp(self.log_weight)

    def resample(self, count: int, seed: int) -> NDArray[np.int64]:
        """Return ``count`` rows of the bank drawn by weight (systematic resampling), in order."""
        edges = np.cumsum(self.weights)
        start = rng.uniform(seed, "posterior.resample", 0)
        at = (np.arange(count) + start) / count * edges[-1]
        return np.minimum(np.searchsorted(edges, at), len(edges) - 1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Residual:
    """One comparison after the facts: mean and spread of the flights' values, and how far off, in sigma.

    ``residual`` is (model - fact) over both spreads together; ``tension`` the same with the claim itself left
    out of the weighing, None where too few flights remain to say; ``agrees`` is the posterior probability
    that a yes or no is right, or that the body fell inside the zone.
    """

    name: str
    claim: str
    unit: str
    fact: float | None
    tolerance: float
    model: float
    model_sd: float
    residual: float | None
    agrees: float | None
    tension: float | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A quantity before and after the facts; ``shrunk`` is the share of its prior spread that is left."""

    path: str
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    low: float
    high: float

    @property
    def shrunk(self) -> float:
        """Posterior over prior standard deviation: 1 learned nothing, 0 learned all."""
        return self.sd / self.prior_sd if self.prior_sd > 0.0 else 1.0

    @property
    def moved(self) -> float:
        """Shift of the mean in prior standard deviations."""
        return (self.mean - self.prior_mean) / self.prior_sd if self.prior_sd > 0.0 else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A hypothesis against its opposite: probabilities and the Bayes factor with its Monte Carlo error.

    ``log10_error`` is the standard error of ``log10(bayes_factor)``; ``effective`` the effective flights on
    the weaker side: few mean that the factor is a bound, not a value.
    """

    hypothesis: Hypothesis
    prior: float
    posterior: float
    bayes_factor: float
    log10_error: float
    effective: float


@dataclass(frozen=True, slots=True)
class Influence:
    """What a claim did: ``shift`` of each figure when it is left out, in posterior standard deviations."""

    claim: str
    shift: dict[str, float]
    widened: dict[str, float]
    effective: float

    @property
    def largest(self) -> float:
        """Largest shift of any figure."""
        return max((abs(value) for value in self.shift.values()), default=0.0)


def reweigh(scenario: Scenario, bank: Bank, claims: Sequence[Claim], ground: Ground) -> Posterior:
    """Return the bank weighed by the claims.

    Raises
    ------
    NumericsError : the facts leave fewer than ``FEWEST`` effective flights; names the claims that no flight
        comes near
    """
    found = _weighed(bank, weigh(scenario, claims, bank.columns, bank.outcome, ground))
    if found.effective < FEWEST:
        raise NumericsError(_too_few(bank, found))
    return found


def _weighed(bank: Bank, likelihood: Likelihood) -> Posterior:
    joint = bank.log_prior + likelihood.total
    top = float(joint.max())
    total = top + float(np.log(np.exp(joint - top).sum()))
    log_weight = joint - total
    effective = float(1.0 / np.exp(2.0 * log_weight).sum())
    return Posterior(bank, likelihood, log_weight, total, effective, pareto_shape(log_weight))


def _too_few(bank: Bank, found: Posterior) -> str:
    best = int(np.argmax(found.log_weight))
    far = [
        f"{term.name} by {abs(term.model[best] - term.fact) / term.sigma:.0f} tolerances"
        for term in found.likelihood.terms[0]
        if term.fact is not None and term.unit and not abs(term.model[best] - term.fact) < 4.0 * term.sigma
    ]
    words = "; the best flight misses " + ", ".join(far) if far else ""
    return (
        f"the facts leave {found.effective:.0f} effective flights of {len(bank)}, fewer than {FEWEST:.0f}"
        f"{words}. Widen what the scenario leaves open, ask for more flights, or look at the claims that "
        "exclude each other"
    )


def weighted_interval(values: Array, weights: Array, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval that holds ``level`` of the weighted values (NaN left out)."""
    there = np.isfinite(values)
    order = np.argsort(values[there], kind="stable")
    v, w = values[there][order], weights[there][order]
    if len(v) == 0:
        return float("nan"), float("nan")
    edges = np.cumsum(w)
    low, high = 0.5 * (1.0 - level) * edges[-1], 0.5 * (1.0 + level) * edges[-1]
    return float(v[np.searchsorted(edges, low)]), float(v[min(np.searchsorted(edges, high), len(v) - 1)])


def _moments(values: Array, weights: Array) -> tuple[float, float]:
    there = np.isfinite(values)
    if not there.any() or weights[there].sum() <= 0.0:
        return float("nan"), float("nan")
    mean = float(np.average(values[there], weights=weights[there]))
    return mean, float(np.sqrt(np.average((values[there] - mean) ** 2, weights=weights[there])))


def residuals(posterior: Posterior) -> tuple[Residual, ...]:
    """Return every comparison under the likeliest assignment of objects to bodies."""
    weights = posterior.weights
    likely = int(np.argmax(_assignment_probability(posterior)))
    without = _without_each(posterior, likely)
    found = []
    for term in posterior.likelihood.terms[likely]:
        mean, sd = _moments(term.model, weights)
        if term.unit and term.fact is not None:
            spread = float(np.hypot(sd, term.sigma))
            tension = None
            other = without.get(term.claim)
            if other is not None:
                left_mean, left_sd = _moments(term.model, other)
                tension = (left_mean - term.fact) / float(np.hypot(left_sd, term.sigma))
            row = (term.fact, term.sigma, mean, sd, (mean - term.fact) / spread, None, tension)
        else:
            yes = term.model > 0.0 if term.unit else term.model == term.fact
            row = (term.fact, term.sigma, mean, sd, None, float(weights[yes].sum()), None)
        found.append(Residual(term.name, term.claim, term.unit, *row))
    return tuple(found)


def _without_each(posterior: Posterior, likely: int) -> dict[str, Array]:
    """Return, for each claim, the weights of the flights with that claim left out; few left: not there."""
    terms = posterior.likelihood.terms[likely]
    found = {}
    for key in dict.fromkeys(term.claim for term in terms):
        own = np.sum([term.right for term in terms if term.claim == key], axis=0)
        joint = posterior.log_weight - np.maximum(own, -60.0)
        weights = np.exp(joint - joint.max())
        weights /= weights.sum()
        if 1.0 / np.sum(weights**2) >= FEWEST:
            found[key] = weights
    return found


def _assignment_probability(posterior: Posterior) -> Array:
    table = posterior.likelihood.assignment_log + posterior.bank.log_prior
    top = table.max()
    share = np.exp(table - top).sum(axis=1)
    return share / share.sum()


def assignment_probability(posterior: Posterior) -> dict[str, dict[str, float]]:
    """Return, for each object that may have been several bodies, the probability of each body."""
    share = _assignment_probability(posterior)
    found: dict[str, dict[str, float]] = {}
    for row, probability in zip(posterior.likelihood.assignments, share, strict=True):
        for key, body in row.items():
            bodies = found.setdefault(key, {})
            bodies[body] = bodies.get(body, 0.0) + float(probability)
    return {key: bodies for key, bodies in found.items() if len(bodies) > 1}


def learned(scenario: Scenario, posterior: Posterior) -> tuple[Learned, ...]:
    """Return every drawn quantity before and after, what shrank or moved most first."""
    weights = posterior.weights
    heavy = weights > 1e-12 * weights.max()
    draws = draw(scenario, posterior.bank.seed, posterior.bank.key[heavy])
    sample = draw(scenario, posterior.bank.seed, posterior.bank.key[:: max(len(weights) // 20_000, 1)])
    rows = []
    for path, quantity in quantities(scenario).items():
        if not quantity.spread or path.startswith("failure."):
            continue
        prior = sample[path]
        mean, sd = _moments(draws[path], weights[heavy])
        low, high = weighted_interval(draws[path], weights[heavy])
        rows.append(Learned(path, float(prior.mean()), float(prior.std()), mean, sd, low, high))
    return tuple(sorted(rows, key=lambda row: row.shrunk - abs(row.moved)))


def evidence(scenario: Scenario, posterior: Posterior, hypothesis: Hypothesis) -> Evidence:
    """Return a hypothesis weighed against its opposite over the same bank.

    Flights that have no value of its quantity are on neither side.

    Raises
    ------
    InputError : all flights of the bank are on one side, so that nothing can be weighed
    """
    bank = posterior.bank
    holds, fails = _sides(scenario, bank, hypothesis)
    prior = np.exp(bank.log_prior)
    p = float(prior[holds].sum() / prior[holds | fails].sum())
    if not 0.0 < p < 1.0:
        raise InputError(
            "hypothesis", hypothesis.key, found=f"true of {100.0 * p:.0f} % of all flights before the facts",
            allowed="some flights on either side",
            remedy="Give the scenario spreads that reach both sides, or more flights.",
        )  # fmt: skip
    top = float(posterior.likelihood.total.max())
    means, errors, effective = [], [], []
    for side in (holds, fails):
        w, like = prior[side] / prior[side].sum(), np.exp(posterior.likelihood.total[side] - top)
        mean = float(w @ like)
        spread = float(np.sqrt(np.sum((w * (like - mean)) ** 2)))
        means.append(max(mean, 1e-300))
        errors.append(spread / max(mean, 1e-300))
        effective.append(float((w @ like) ** 2 / np.sum((w * like) ** 2)) if mean > 0.0 else 0.0)
    factor = means[0] / means[1]
    after = p * factor / (p * factor + 1.0 - p)
    return Evidence(
        hypothesis, p, after, factor, float(np.hypot(*errors) / np.log(10.0)), float(min(effective))
    )


def _sides(
    scenario: Scenario, bank: Bank, hypothesis: Hypothesis
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for which flights (n,) the hypothesis holds, and for which its opposite does."""
    if hypothesis.outcome:
        wanted = [i for i, o in enumerate(bank.outcomes) if o.key in hypothesis.outcome]
        holds = np.isin(bank.outcome, wanted)
        return holds, ~holds
    assert hypothesis.quantity is not None
    if hypothesis.quantity in DERIVED:
        values = bank.columns[hypothesis.quantity]
    else:
        values = draw(scenario, bank.seed, bank.key)[hypothesis.quantity]
    known = np.isfinite(values)
    holds = known.copy()
    if hypothesis.low is not None:
        holds &= values >= hypothesis.low
    if hypothesis.high is not None:
        holds &= values <= hypothesis.high
    return holds, known & ~holds


def influence(
    posterior: Posterior, claims: Sequence[Claim], figures: Mapping[str, Array]
) -> tuple[Influence, ...]:
    """Return what each claim did to some figures (n,) of the bank's flights, the most influential first.

    A claim without which too few flights are left to say is not in the list.
    """
    before = {name: _moments(values, posterior.weights) for name, values in figures.items()}
    spoken = {term.claim for terms in posterior.likelihood.terms for term in terms}
    found = []
    for claim in claims:
        if claim.key not in spoken or len(spoken) < 2:
            continue
        joint = posterior.bank.log_prior + leave_out(claims, posterior.likelihood, claim.key)
        weights = np.exp(joint - joint.max())
        weights /= weights.sum()
        effective = float(1.0 / np.sum(weights**2))
        if effective < FEWEST:
            continue
        shift, widened = {}, {}
        for name, values in figures.items():
            mean, sd = _moments(values, weights)
            base_mean, base_sd = before[name]
            shift[name] = (mean - base_mean) / base_sd if base_sd > 0.0 else 0.0
            widened[name] = sd / base_sd if base_sd > 0.0 else 1.0
        found.append(Influence(claim.key, shift, widened, effective))
    return tuple(sorted(found, key=lambda row: -row.largest))
