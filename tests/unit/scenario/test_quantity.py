"""Quantities: what a spread means, and what may be written."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from overflight.scenario.quantity import Quantity


def test_sigma_is_cut_at_four_and_at_the_range():
    q = Quantity(value=10.0, sigma=1.0)
    assert q.from_normal(np.array([-9.0, 0.0, 2.0, 9.0])).tolist() == [6.0, 10.0, 12.0, 14.0]
    q = Quantity(value=10.0, sigma=1.0, range=(9.5, 11.0))
    assert q.from_normal(np.array([-9.0, 0.0, 9.0])).tolist() == [9.5, 10.0, 11.0]


def test_a_range_is_uniform_and_a_loguniform_one_in_its_logarithm():
    from scipy.special import ndtri

    quarter = ndtri(0.25)
    assert Quantity(value=3.0, range=(2.0, 6.0)).from_normal(quarter) == pytest.approx(3.0)
    wide = Quantity(value=3.0, range=(1.0, 16.0), shape="loguniform")
    assert wide.from_normal(quarter) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("given", "spread"),
    [
        ({"value": 1.0}, False),
        ({"value": 1.0, "sigma": 0.0}, False),
        ({"value": 1.0, "range": (1.0, 1.0)}, False),
        ({"value": 1.0, "sigma": 0.1}, True),
        ({"value": 1.0, "range": (0.0, 2.0)}, True),
        ({"value": 1.0, "sigma": 0.0, "range": (0.0, 2.0)}, False),
    ],
)
def test_spread(given, spread):
    q = Quantity(**given)
    assert q.spread is spread
    assert (q.scale() > 0.0) is spread


@pytest.mark.parametrize(
    "bad", [{"value": "1"}, {"value": True}, {"value": float("nan")}, {"value": None}, {}]
)
def test_a_value_is_a_finite_number(bad):
    with pytest.raises(ValidationError):
        Quantity(**bad)
