"""Enough flights: the rounds that lead there, where they end, and what is said of it."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.exposure.statistics import Estimate
from overflight.jobs.planned import RunSettings
from overflight.jobs.until import Target, figure, parse_target, plan_until


def planned(p: float, flights: int) -> SimpleNamespace:
    """Return as much of a plan as is looked at: a figure and the error that counting hits gives it."""
    nothing = p * flights < 1.0
    mean, error = (0.0, 0.0) if nothing else (p, math.sqrt(p * (1.0 - p) / flights))
    one = Estimate(np.array([mean]), np.array([error]), np.array([np.nan]))
    two = Estimate(np.array([0.9, mean]), np.array([0.01, error]), np.array([np.nan, np.nan]))
    exposure = SimpleNamespace(any_debris=one, over=two, impact_line=two, debris=two, place=np.array([7, 3]))
    return SimpleNamespace(
        exposure=exposure, places={7: SimpleNamespace(code="47"), 3: SimpleNamespace(code="KR-28")}
    )


def run(p: float, target: str, most: int = 1_000_000, first: int = 1000) -> tuple[list[int], str]:
    rounds = []

    def compute(settings):
        rounds.append(settings.flights)
        return planned(p, settings.flights)

    _, words = plan_until(parse_target(target), RunSettings(flights=first), most, compute)
    return rounds, words


def test_one_round_where_the_first_is_enough():
    rounds, words = run(0.1, "land=10%")
    assert rounds == [1000] and words == "debris on land is known within 9.5 % of itself, 10 % was asked"


@pytest.mark.parametrize("target", ["land=2%", "over:KR-28=2%", "debris:KR-28=2%", "impact-line:KR-28=2%"])
def test_the_errors_say_how_many_more(target):
    rounds, words = run(0.1, target)
    needed = 0.9 / (0.1 * 0.02**2)  # (1 - p) / (p e^2)
    assert len(rounds) == 2 and needed <= rounds[-1] < 1.2 * needed
    assert "2 % was asked" in words and "not reached" not in words


def test_it_stops_at_the_most_and_says_so():
    rounds, words = run(0.1, "land=1%", most=5000)
    assert rounds == [1000, 5000] and words.endswith("not reached with 5,000 flights")


def test_what_was_never_seen_takes_tenfold_rounds_and_no_error_is_made_up():
    rounds, words = run(1e-9, "land=10%", most=50_000)
    assert rounds == [1000, 10_000, 50_000]
    assert words == "debris on land was seen in none of 50,000 flights; 10 % was asked"


def test_figures_are_those_of_the_plan():
    assert figure(planned(0.25, 300), "land") == (0.25, 0.025)
    assert figure(planned(0.25, 300), "over:47") == (0.9, 0.01)
    with pytest.raises(InputError, match="code of a place"):
        figure(planned(0.25, 300), "over:nowhere")


@pytest.mark.parametrize("text", ["", "land", "land=5", "land=0%", "land=0.01%", "land=200%", "Land=5%", "over=5%", "over:=5%",
                                  "sea=5%", "land=nan%", "land=-5%", "land=5%%"])  # fmt: skip
def test_what_is_no_target_is_refused(text):
    with pytest.raises(InputError, match="--until"):
        parse_target(text)


def test_targets():
    assert parse_target(" land=2.5% ") == Target("land", 0.025)
    assert parse_target("debris:KR-28=20%") == Target("debris:KR-28", 0.2)
