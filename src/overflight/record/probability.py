"""The probability that a launch fails, from the launches before it.

Mirrors 14 CFR part 417, appendix A, A417.25(b)(5)(iii): binomial confidence limits of 60 % from the flights
of the vehicle. It is a confidence table, not a Bayesian posterior; that of Jeffreys stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from overflight.record.load import Record

__all__ = [
    "FailureProbability",
    "allocate",
    "binomial_limits",
    "failure_probability",
    "jeffreys",
    "stage_shares",
]

RULE = "14 CFR A417.25(b)(5)(iii)"


@dataclass(frozen=True, slots=True)
class FailureProbability:
    """Failure probability of one launch by the flight count rule.

    ``reference`` with the limits ``low`` and ``high``; ``flights`` and ``failures`` of the vehicle before
    the launch; ``counted`` the launches the limits come from: the vehicle's, or those of similar
    vehicles if it has fewer than two; ``posterior`` mean, 20 % and 80 % quantile of the Jeffreys posterior
    over the same launches.
    """

    reference: float
    low: float
    high: float
    flights: int
    failures: int
    counted: Record
    similar: bool
    posterior: tuple[float, float, float]

    @property
    def words(self) -> str:
        """How the number came about, one sentence."""
        n, k = len(self.counted), self.counted.failures
        if self.similar:
            own = f"the record has this one {_times(self.flights)} before"
            return f"upper 60 % limit of {k} failures in {n} launches of similar vehicles; {own} ({RULE})"
        return f"middle of the 60 % limits of {k} failures in {n} flights of this vehicle before ({RULE})"


def _times(n: int) -> str:
    return {0: "not", 1: "once"}.get(n, f"{n} times")


def binomial_limits(flights: int, failures: int, *, confidence: float = 0.6) -> tuple[float, float]:
    """Return Clopper and Pearson's two-sided limits of a probability.

    With no failure, or nothing but failures, one limit is 0 or 1 and the other has what is left of the
    confidence on its side: 80 % one-sided for 60 % two-sided, as the rule's table has it.
    """
    from scipy.special import betaincinv

    tail = (1.0 - confidence) / 2.0
    n, k = flights, failures
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1.0 - tail))
    return low, high


def jeffreys(flights: int, failures: int) -> tuple[float, float, float]:
    """Return mean, 20 % and 80 % quantile of the posterior Beta(k + 1/2, n - k + 1/2)."""
    from scipy.special import betaincinv

    a, b = failures + 0.5, flights - failures + 0.5
    return a / (a + b), float(betaincinv(a, b, 0.2)), float(betaincinv(a, b, 0.8))


def failure_probability(
    record: Record, *, vehicle: str, before: datetime, country: str | None = None
) -> FailureProbability:
    """Return the failure probability of a vehicle's next launch at ``before``.

    Parameters
    ----------
    record : launches that happened; only those strictly before the instant count
    vehicle : key of the type in the record; it need not have flown
    country : vehicles of this country count as developed and launched in similar circumstances, all
        vehicles of the record if absent; taken from the vehicle's own launches if it has any

    Notes
    -----
    With two flights or more: the middle of the 60 % limits. With fewer: the upper limit over similar
    vehicles; without any launch of those the limits are 0 and 1, and the reference 1.
    """
    own = record.select(vehicle=vehicle, before=before)
    flights, failures = len(own), own.failures
    if flights >= 2:
        low, high = binomial_limits(flights, failures)
        posterior = jeffreys(flights, failures)
        return FailureProbability(
            (low + high) / 2.0, low, high, flights, failures, own, similar=False, posterior=posterior
        )
    known = own.events[0].country if own.events else country
    alike = record.select(country=known, before=before)
    n, k = len(alike), alike.failures
    low, high = binomial_limits(n, k) if n else (0.0, 1.0)
    return FailureProbability(
        high, low, high, flights, failures, alike, similar=True, posterior=jeffreys(n, k)
    )


def stage_shares(record: Record, stages: int) -> tuple[float, ...]:
    """Return which share of the failures falls on each stage.

    The posterior mean of a Dirichlet with 1/2 for each stage (Jeffreys) over the recorded failed stages;
    a failure of a stage that the vehicle lacks, or of an unknown one, is left out.
    """
    counts = [0.5] * stages
    for event in record:
        if event.failed and event.failed_stage is not None and event.failed_stage <= stages:
            counts[event.failed_stage - 1] += 1.0
    total = sum(counts)
    return tuple(count / total for count in counts)


def allocate(total: float, stages: Sequence[int], shares: Sequence[float]) -> tuple[float, ...]:
    """Return the probability of each failure mode, given the stage in which it strikes.

    Each stage gets its share of the total, shared equally by the modes that name it; the shares of
    stages without any mode go to the others in proportion.
    """
    named = sorted(set(stages))
    whole = sum(shares[stage - 1] for stage in named)
    return tuple(total * shares[stage - 1] / whole / stages.count(stage) for stage in stages)
