"""A launch that happened, its facts, and a small bank of it, for the tests of the reconstruction."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import numpy as np

from overflight.flight.engine import ThreadsEngine
from overflight.flight.simulate import scenario_air
from overflight.inference.bank import Bank, make_bank
from overflight.inference.likelihood import WRONG
from overflight.inference.terms import BROAD
from overflight.scenario.claims import Claim
from overflight.scenario.facts import Facts
from overflight.scenario.load import parse_facts, parse_scenario
from overflight.scenario.model import Scenario
from scenarios import SMALL, edited

__all__ = ["FACTS", "LAUNCH", "NOW", "NUMBERS", "bank", "facts", "launch", "synthetic"]

NOW = datetime(2021, 1, 1, tzinfo=UTC)
LAUNCH = edited(
    ("utc = 2020-03-01T01:00:00Z", "utc = 2020-03-01T01:00:00Z\noffset_s = { value = 0.0, sigma = 20.0 }"),
    ("thrust_vacuum_n = 450000.0", "thrust_vacuum_n = { value = 450000.0, sigma = 8000.0 }"),
    ("heading_deg = 105.0", "heading_deg = { value = 105.0, sigma = 4.0 }"),
    ("pitch_end_deg = 64.6", "pitch_end_deg = { value = 64.6, sigma = 1.0 }"),
    text=SMALL.replace("2030-03-01", "2020-03-01"),
)
FACTS = """\
schema_version = 1
title = "The lost flight"

[[claim]]
kind = "launch-time"
key = "lift-off"
utc = 2020-03-01T01:00:00Z
tolerance_s = 15.0
date = 2020-03-01
confidence = "B"
source = "agency"

[[claim]]
kind = "passage"
key = "past-the-cape"
latitude_deg = 30.9
longitude_deg = 133.2
side = "south"
distance_km = 20.0
tolerance_km = 12.0
date = 2020-03-01
confidence = "B"
source = "agency"

[[claim]]
kind = "fall"
key = "first-stage"
body = "stage-1"
from_latitude_deg = 31.25
from_longitude_deg = 131.08
distance_km = 1100.0
tolerance_km = 60.0
date = 2020-03-01
confidence = "C"
source = "press"

[[claim]]
kind = "altitude"
key = "how-high"
altitude_km = 330.0
tolerance_km = 60.0
date = 2020-03-02
confidence = "B"
source = "observers"

[[claim]]
kind = "statement"
key = "no-comment"
speaker = "The agency"
published = "we are looking into it"
date = 2020-03-01
confidence = "A"
source = "agency"
"""

NUMBERS = {
    "lift-off": "utc",
    "past-the-cape": "distance_km",
    "first-stage": "distance_km",
    "how-high": "altitude_km",
}
"""The published number of each claim that has one."""


@cache
def launch() -> Scenario:
    """Return the scenario."""
    return parse_scenario(LAUNCH.encode(), "launch.toml")


def facts(text: str = FACTS) -> Facts:
    """Return facts about it."""
    return parse_facts(text.encode(), "facts.toml", launch(), NOW)


@cache
def bank() -> Bank:
    """Return a bank of it, flown once for all tests of a process."""
    return make_bank(
        launch(), scenario_air(launch()), facts().claim, flights=8192, seed=3, engine=ThreadsEngine()
    )


def synthetic(bank: Bank, number: int, *, claimed: float = 1.0) -> tuple[int, list[Claim]]:
    """Return a flight drawn before the facts, and the claims that people would have made of it.

    Every claim is off by Student's t times its tolerance, or ten times it where its source is wrong;
    ``claimed`` below 1 makes people claim tolerances that are too small.
    """
    claims = facts().claim
    generator = np.random.default_rng(number)
    row = int(generator.choice(len(bank), p=np.exp(bank.log_prior)))
    wrong = {
        source: generator.random() < max(WRONG[c.confidence] for c in claims if c.source == source)
        for source in {c.source for c in claims if c.kind != "statement"}
    }
    truth = {
        "past-the-cape": bank.columns["past-the-cape.offset_km"][row], "how-high": bank.columns["apogee_km"][row],
    }  # fmt: skip
    made = []
    for claim in claims:
        if claim.key not in truth:
            continue
        off = claim.tolerance_km * generator.standard_t(4) * (BROAD if wrong[claim.source] else 1.0)
        values = {
            NUMBERS[claim.key]: float(truth[claim.key] + off),
            "tolerance_km": claimed * claim.tolerance_km,
        }
        made.append(claim.model_copy(update=values))
    return row, made
