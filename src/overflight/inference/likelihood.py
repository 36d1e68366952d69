"""How well each flight agrees with the published facts.

A published number is compared by Student's t with four degrees of freedom, whose tails forgive a landmark
named loosely.  A source may also be plainly wrong: with a probability that goes by the confidence of its
claims (A 2 %, B 5 %, D 10 %, C 20 %; judgement, not measured) everything it said is worth ten times its
tolerance.  Claims of one source stand or fall together, so two papers that quote one briefing under one
source key are not counted as two witnesses.  See A. Gelman et al., Bayesian Data Analysis, 3rd ed. (2013),
chapter 17, for both devices.

Where the facts do not say which object was seen (``or_body``), every assignment of different bodies to the
objects is weighed, all alike before the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from overflight.inference.observables import Columns
from overflight.inference.terms import Ground, Term, terms_of
from overflight.scenario.claims import (
    Claim,
    FallClaim,
)
from overflight.scenario.model import Scenario

__all__ = ["WRONG", "Likelihood", "leave_out", "weigh"]

Array = NDArray[np.float64]
WRONG = {"A": 0.02, "B": 0.05, "D": 0.10, "C": 0.20}
"""Probability that a source with claims of this confidence is plainly wrong: judgement."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log-likelihoods (n,) of the facts, and what they are made of.

    ``terms`` of the best supported assignment; ``assignments`` maps the keys of objects to bodies, one dict
    an assignment, with ``assignment_log`` (a, n) their log-likelihoods, equal prior left out.
    """

    total: Array = field(repr=False)
    assignments: tuple[Mapping[str, str], ...]
    assignment_log: Array = field(repr=False)
    terms: tuple[tuple[Term, ...], ...] = field(repr=False)


def weigh(
    scenario: Scenario,
    claims: Sequence[Claim],
    columns: Columns,
    outcome: NDArray[np.int64],
    ground: Ground,
) -> Likelihood:
    """Return how well flights with these observables and outcomes (n,) agree with the claims.

    ``outcome`` 0 is the flight as planned, ``k`` the k-th failure mode of the scenario.
    """
    assignments = _assignments(claims)
    cache: dict[tuple[str, str], list[Term]] = {}
    logs, terms = [], []
    for assignment in assignments:
        row: list[Term] = []
        for claim in claims:
            body = assignment.get(claim.key, getattr(claim, "body", ""))
            at = (claim.key, body)
            if at not in cache:
                cache[at] = terms_of(scenario, claim, body, columns, outcome, ground)
            row += cache[at]
        terms.append(tuple(row))
        logs.append(_joined(claims, row, len(outcome)))
    table = np.stack(logs)
    total = np.logaddexp.reduce(table, axis=0) - np.log(len(assignments))
    return Likelihood(total, assignments, table, tuple(terms))


def leave_out(claims: Sequence[Claim], likelihood: Likelihood, key: str) -> Array:
    """Return the log-likelihoods (n,) of the same flights without one claim."""
    rest = [claim for claim in claims if claim.key != key]
    rows: dict[tuple[tuple[str, str], ...], list[Term]] = {}
    for assignment, terms in zip(likelihood.assignments, likelihood.terms, strict=True):
        left = tuple(item for item in assignment.items() if item[0] != key)
        rows.setdefault(left, [term for term in terms if term.claim != key])
    total = np.full(len(likelihood.total), -np.inf)
    for row in rows.values():
        total = np.logaddexp(total, _joined(rest, row, len(total)))
    return total - np.log(len(rows))


def _assignments(claims: Sequence[Claim]) -> tuple[Mapping[str, str], ...]:
    """Return every way to give different bodies to the objects that were seen falling."""
    falls = [claim for claim in claims if isinstance(claim, FallClaim)]
    if not any(claim.or_body for claim in falls):
        return ({},)
    # two claims about one object (one names the other in ``contradicts`` or ``revises``) may share a body
    tied = {
        frozenset((claim.key, other))
        for claim in falls
        for other in (*claim.contradicts, *((claim.revises,) if claim.revises else ()))
    }
    found = []
    for bodies in product(*(claim.bodies for claim in falls)):
        free = all(
            bodies[i] != bodies[j] or frozenset((falls[i].key, falls[j].key)) in tied
            for i in range(len(falls))
            for j in range(i)
        )
        if free:
            found.append({claim.key: body for claim, body in zip(falls, bodies, strict=True)})
    return tuple(found) or ({},)


def _joined(claims: Sequence[Claim], terms: Sequence[Term], count: int) -> Array:
    """Add up the terms, source by source: right or wrong together."""
    total = np.zeros(count)
    by_claim = {claim.key: claim for claim in claims}
    groups: dict[str, list[Term]] = {}
    for term in terms:
        claim = by_claim[term.claim]
        groups.setdefault(claim.sources[0] if claim.sources else claim.key, []).append(term)
    for members in groups.values():
        wrong = max(WRONG[by_claim[term.claim].confidence] for term in members)
        total += np.logaddexp(
            np.log1p(-wrong) + sum((term.right for term in members), np.zeros(count)),
            np.log(wrong) + sum((term.wrong for term in members), np.zeros(count)),
        )
    return total
