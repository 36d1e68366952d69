"""A bank weighed by facts: found again, known how well, and the same bits after a stop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, chi2

import explains
from overflight.errors import InputError, NumericsError
from overflight.flight.simulate import scenario_air
from overflight.inference import posterior as room
from overflight.inference.bank import BLOCK, Bank, make_bank
from overflight.inference.likelihood import WRONG, leave_out, weigh
from overflight.inference.posterior import evidence, influence, learned, residuals, reweigh, weighted_interval
from overflight.inference.terms import BROAD, Ground, log_t
from overflight.scenario.facts import Hypothesis

SCENARIO = explains.launch()
CLAIMS = explains.facts().claim
FIGURES = {"end": "end_s", "fall": "stage-1.longitude_deg", "lift": "lift_off_s"}


@pytest.fixture(scope="module")
def bank() -> Bank:
    return explains.bank()


@pytest.fixture(scope="module")
def found(bank):
    return reweigh(SCENARIO, bank, CLAIMS, Ground())


def test_a_density_of_the_likelihood_is_one():
    x = np.linspace(-4000.0, 4000.0, 800_001)
    assert np.trapezoid(np.exp(log_t(x, 7.0)), x) == pytest.approx(1.0, abs=1e-6)


def test_weights_sum_to_one_and_outcomes_keep_their_probability_before_the_facts(bank):
    prior = np.exp(bank.log_prior)
    assert prior.sum() == pytest.approx(1.0)
    for i, outcome in enumerate(bank.outcomes):
        assert prior[bank.outcome == i].sum() == pytest.approx(outcome.probability)


def test_the_posterior_is_nearer_to_the_facts_than_the_prior(bank, found):
    assert found.weights.sum() == pytest.approx(1.0)
    assert 100.0 < found.effective < len(bank)
    for row in residuals(found):
        assert row.residual is not None and abs(row.residual) < 2.0
    told = learned(SCENARIO, found)
    assert told[0].path == "flight_plan.steering.1.heading_deg" and told[0].shrunk < 0.8


def test_a_claim_left_out_from_kept_terms_is_the_claim_not_weighed(bank, found):
    for claim in CLAIMS:
        rest = [other for other in CLAIMS if other.key != claim.key]
        anew = weigh(SCENARIO, rest, bank.columns, bank.outcome, Ground()).total
        np.testing.assert_allclose(leave_out(CLAIMS, found.likelihood, claim.key), anew, atol=1e-9)


def test_leaving_out_a_consistent_fact_widens_and_never_shifts_far(bank, found):
    figures = {name: bank.columns[column] for name, column in FIGURES.items()}
    rows = influence(found, CLAIMS, figures)
    assert {row.claim for row in rows} == set(explains.NUMBERS)
    for row in rows:
        assert row.largest < 2.0
        assert max(row.widened.values()) > 0.97


def test_a_wrong_source_costs_no_more_than_its_doubt(bank):
    """However far off a claim is, its source is wrong with a stated probability: the penalty is bounded."""
    far = [
        claim.model_copy(update={"altitude_km": 2000.0}) if claim.key == "how-high" else claim
        for claim in CLAIMS
    ]
    near = weigh(SCENARIO, CLAIMS, bank.columns, bank.outcome, Ground())
    off = weigh(SCENARIO, far, bank.columns, bank.outcome, Ground())
    term = next(term for term in off.terms[0] if term.claim == "how-high")
    assert np.all(off.total - near.total > np.log(WRONG["B"]) + term.wrong - 1e-9 - 20.0)
    assert np.all(term.wrong >= term.right - np.log(BROAD) - 1e-9)


def test_evidence_is_the_ratio_of_mean_likelihoods(bank, found):
    outcome = Hypothesis(key="planned", label="as planned", outcome=("as-planned",))
    row = evidence(SCENARIO, found, outcome)
    odds = row.posterior / (1.0 - row.posterior) / (row.prior / (1.0 - row.prior))
    assert odds == pytest.approx(row.bayes_factor, rel=1e-6)
    assert row.prior == pytest.approx(bank.outcomes[0].probability)
    after = float(found.weights[bank.outcome == 0].sum())
    assert row.posterior == pytest.approx(after, rel=1e-6)


def test_a_hypothesis_that_all_flights_share_is_refused(found):
    always = Hypothesis(key="always", label="it ended", quantity="end_s", low=-1.0)
    with pytest.raises(InputError, match="100 % of all flights"):
        evidence(SCENARIO, found, always)


def test_facts_that_exclude_each_other_are_named(bank):
    """Precise claims of one height from several sources that cannot all be right, each sure of itself."""
    base = next(claim for claim in CLAIMS if claim.key == "how-high")
    wild = [
        base.model_copy(
            update={
                "key": f"h{i}",
                "altitude_km": 9000.0 + 500.0 * i,
                "tolerance_km": 0.01,
                "source": f"s{i}",
            }
        )
        for i in range(4)
    ]
    lost = [
        c.model_copy(update={"distance_km": 9e3, "tolerance_km": 0.01})
        for c in CLAIMS
        if c.key == "past-the-cape"
    ]
    with pytest.raises(NumericsError, match=r"h\d \(altitude\) by \d+ tolerances"):
        reweigh(SCENARIO, bank, [*lost, *wild], Ground())


class Shelf:
    """Blocks in memory; counts what is asked of it."""

    def __init__(self):
        self.blocks, self.puts = {}, 0

    def get(self, block):
        return self.blocks.get(block)

    def put(self, block, columns):
        self.blocks[block], self.puts = columns, self.puts + 1


def test_a_bank_taken_up_again_is_the_same_bit_for_bit(bank):
    air, shelf = scenario_air(SCENARIO), Shelf()
    first = make_bank(SCENARIO, air, CLAIMS, flights=BLOCK, seed=3, shelf=shelf)
    whole = make_bank(SCENARIO, air, CLAIMS, flights=2 * BLOCK, seed=3, shelf=shelf)
    assert shelf.puts == 2 and len(first) == BLOCK
    for name, column in whole.columns.items():
        np.testing.assert_array_equal(column, bank.columns[name][: 2 * BLOCK])


def test_the_flights_that_are_left_are_drawn_by_weight(found):
    rows = found.resample(4000, 1)
    assert np.all(np.diff(rows) >= 0)
    counts = np.bincount(rows, minlength=len(found.weights))
    assert np.all(np.abs(counts - 4000 * found.weights) <= 1.0 + 1e-9)


def ranks(bank: Bank, count: int, column: str, *, claimed: float = 1.0) -> tuple[np.ndarray, float]:
    """Return the posterior rank of the true value of each synthetic launch, and how often 90 % held it."""
    found, held = [], 0
    for number in range(count):
        row, claims = explains.synthetic(bank, number, claimed=claimed)
        others = np.arange(len(bank)) != row
        left = replace(
            bank, key=bank.key[others], outcome=bank.outcome[others],
            log_prior=bank.log_prior[others], columns={k: v[others] for k, v in bank.columns.items()},
        )  # fmt: skip
        post = room._weighed(left, weigh(SCENARIO, claims, left.columns, left.outcome, Ground()))
        values, true = left.columns[column], bank.columns[column][row]
        found.append(float(post.weights[values < true].sum()))
        low, high = weighted_interval(values, post.weights)
        held += low <= true <= high
    return np.array(found), held / count


def test_ranks_of_synthetic_launches_are_uniform_and_intervals_hold(bank):
    """The whole method on 200 launches: bank, likelihood, heavy tails, wrong sources."""
    found, held = ranks(bank, 200, "apogee_km")
    counts = np.histogram(found, bins=10, range=(0.0, 1.0))[0]
    statistic = float(np.sum((counts - 20.0) ** 2 / 20.0))
    assert statistic < chi2.ppf(0.999, 9)
    assert binom.cdf(held * 200, 200, 0.9) > 1e-3 and binom.sf(held * 200 - 1, 200, 0.9) > 1e-3


def test_too_small_tolerances_are_found_out(bank):
    """The same check fails when people claim a fifth of the spread that they have."""
    _, held = ranks(bank, 120, "past-the-cape.offset_km", claimed=0.15)
    assert binom.cdf(held * 120, 120, 0.9) < 1e-3
