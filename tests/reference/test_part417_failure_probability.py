"""Oracle: 14 CFR part 417, A417.25(b)(5)(iii), the table of failure probabilities by flights and failures."""

from datetime import UTC, datetime

import pytest

from overflight.record.load import load_record
from overflight.record.probability import (
    allocate,
    binomial_limits,
    failure_probability,
    jeffreys,
    stage_shares,
)

TABLE = {
    2: (0.28, 0.50, 0.72),
    3: (0.21, 0.39, 0.61, 0.79),
    4: (0.17, 0.32, 0.50, 0.68, 0.83),
    5: (0.14, 0.27, 0.42, 0.58, 0.73, 0.86),
}
"""Reference probability by flights, then failures 0, 1, 2 ..., to two digits."""


@pytest.mark.parametrize("flights", TABLE)
def test_the_reference_is_the_middle_of_the_limits(flights, verified):
    got = [sum(binomial_limits(flights, k)) / 2.0 for k in range(flights + 1)]
    worst = max(abs(a - b) for a, b in zip(got, TABLE[flights], strict=True))
    verified("failure probability by flight count", worst, allowed=0.0051, unit="")


def test_two_failures_of_two_and_two_of_three():
    low, high = binomial_limits(2, 2)
    assert ((low + high) / 2, low, high) == pytest.approx((0.7236, 0.4472, 1.0), abs=1e-3)
    low, high = binomial_limits(3, 2)
    assert ((low + high) / 2, low, high) == pytest.approx((0.6077, 0.2871, 0.9283), abs=1e-3)


def test_limits_hold_what_they_claim():
    from scipy.stats import binom

    low, high = binomial_limits(7, 3)
    assert binom.sf(2, 7, low) == pytest.approx(0.2) and binom.cdf(3, 7, high) == pytest.approx(0.2)


def test_before_the_third_launch_of_its_type():
    found = failure_probability(
        load_record(), vehicle="chollima-1", before=datetime(2023, 11, 21, 13, 42, tzinfo=UTC)
    )
    assert (found.flights, found.failures, found.similar) == (2, 2, False)
    assert (found.reference, found.low, found.high) == pytest.approx((0.7236, 0.4472, 1.0), abs=1e-3)


def test_fewer_than_two_flights_take_the_upper_limit_over_similar_vehicles():
    found = failure_probability(
        load_record(), vehicle="chollima-1", before=datetime(2023, 8, 23, 18, 50, tzinfo=UTC)
    )
    assert (found.flights, found.failures, found.similar, len(found.counted)) == (1, 1, True, 6)
    assert found.reference == found.high == binomial_limits(6, 4)[1]
    assert "has this one once before" in found.words
    new = failure_probability(
        load_record(), vehicle="unknown-1", country="KP", before=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert (new.flights, len(new.counted), new.reference) == (0, 9, binomial_limits(9, 6)[1])
    nobody = failure_probability(
        load_record(), vehicle="unknown-1", country="NZ", before=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert (nobody.reference, nobody.low, nobody.high) == (1.0, 0.0, 1.0)


def test_jeffreys_posterior_has_its_closed_mean():
    mean, low, high = jeffreys(3, 2)
    assert mean == pytest.approx(2.5 / 4.0) and low < mean < high


def test_stages_share_the_failures_and_modes_share_their_stage():
    shares = stage_shares(load_record().select(before=datetime(2023, 8, 23, tzinfo=UTC)), 3)
    assert shares == pytest.approx((1.5 / 5.5, 1.5 / 5.5, 2.5 / 5.5))
    got = allocate(0.5, (1, 2, 2), (0.25, 0.25, 0.5))
    assert got == pytest.approx((0.25, 0.125, 0.125)) and sum(got) == pytest.approx(0.5)
