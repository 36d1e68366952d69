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

__all__ = ["FACTS", "LAUNCH", "NOW", "NUMBERS", "TOLD", "bank", "facts", "launch", "synthetic"]

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

TOLD = """
[[claim]]
kind = "radar"
key = "radar"
utc = 2020-03-01T01:03:00Z
altitude_km = 100.0
altitude_tolerance_km = 40.0
date = 2020-03-01
confidence = "B"
source = "agency"
contradicts = ["how-high"]

[[claim]]
kind = "passage"
key = "between"
line_latlon_deg = [[32.0, 132.5], [29.0, 132.5]]
date = 2020-03-01
confidence = "B"
source = "observers"

[[claim]]
kind = "zone"
key = "keep-out"
body = "stage-1"
circle = { latitude_deg = 27.8, longitude_deg = 141.5, radius_km = 150.0 }
date = 2020-02-20
confidence = "A"
source = "coastguard"

[[claim]]
kind = "in-zone"
key = "outside"
body = "stage-1"
zone = "keep-out"
inside = false
tolerance_km = 100.0
date = 2020-03-03
confidence = "C"
source = "press"
revises = "first-stage"
translation.ja = { label = "区域の外に落下" }

[[hypothesis]]
key = "early"
label = "It ended early"
quantity = "end_s"
high = 420.0

[[warning]]
system = "Siren"
area = "The islands"
raised_utc = 2020-03-01T01:02:00Z
lifted_utc = 2020-03-01T01:30:00Z
asked = 12
confirmed = 11
damage = "none reported"
source = "agency"

[[change]]
utc = 2020-03-05T00:00:00Z
kind = "correction"
text = "The zone was on the wrong side."

[[claim]]
kind = "statement"
key = "nobody-hurt"
published = "nobody was hurt, says the harbour"
answers = "hurt"
date = 2020-03-02
confidence = "A"
source = "agency"

[[claim]]
kind = "count"
key = "launches"
label = "Launches from this pad"
count = 1234
date = 2020-03-02
confidence = "C"
source = "press"

[camera]
gsd_m = [1.5, 4.0]
altitude_km = [480.0, 520.0]
evidence = ["A picture shown at a fair."]
source = "maker"

[next_attempt]
from_utc = 2020-05-01T00:00:00Z
to_utc = 2020-05-08T00:00:00Z
changed = "A stronger valve."
source = "agency"
translation.ja = { changed = "弁を強くした。" }

[sea]
wind_mps = 7.0
wind_from_deg = 300.0
wind_sd_mps = 2.0
current_mps = 0.4
current_towards_deg = 60.0
current_sd_mps = 0.1
days = [1.0, 5.0]
source = "buoy"
"""
"""More of everything that a facts file may tell, to be added to ``FACTS``."""

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
