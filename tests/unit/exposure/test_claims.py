"""Claims against the model: what agrees has residual zero, what does not is off by what it is off."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
import shapely
from pyproj import Geod

from ensembles import flown, places, square
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.announced import zone_ring
from overflight.exposure.claims import Judge
from overflight.exposure.drop_zones import inside_ring
from overflight.flight.kernels_rhs import GROUND_M
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.sequence import build_inputs
from overflight.flight.simulate import fall
from overflight.scenario.claims import (
    CrossingClaim,
    FallClaim,
    InZoneClaim,
    LaunchTimeClaim,
    OrbitClaim,
    PassageClaim,
    StatementClaim,
)
from overflight.scenario.draws import draw

GEOD = Geod(ellps="WGS84")
SCENARIO, ENSEMBLE, AIR = flown(flights=100)
COAST = places(square("home", 131.08, 31.25, 40.0, "JP"), square("far", 140.0, 10.0, 60.0, "ZZ"))
COMMON = {"key": "k", "label": "l", "confidence": "A", "source": "s", "published": "p"}


@pytest.fixture(scope="module")
def judge() -> Judge:
    impacts = fall_ensemble(SCENARIO, ENSEMBLE, generic_catalogue(), AIR, fragments=10)
    return Judge(SCENARIO, ENSEMBLE, impacts, COAST, AIR)


@pytest.fixture(scope="module")
def falls() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return when stage 1 of the flights as planned sinks through 40 km and lands, and where."""
    rows = np.flatnonzero(
        (ENSEMBLE.releases.body == 0) & (ENSEMBLE.samples.outcome[ENSEMBLE.releases.sample] == 0)
    )
    r = ENSEMBLE.releases
    bodies = build_inputs(
        SCENARIO, draw(SCENARIO, ENSEMBLE.seed, ENSEMBLE.samples.key[r.sample[rows]])
    ).bodies
    raised = bodies.copy()
    raised[:, GROUND_M] = 40e3
    index = np.arange(len(rows))
    high, low = (
        fall(r.time_s[rows], r.state[rows], r.ballistic_kgpm2[rows], index, b, AIR) for b in (raised, bodies)
    )
    return high.time_s, low.time_s, np.degrees(low.longitude_rad), np.degrees(low.latitude_rad)


def at(seconds: float):
    return SCENARIO.launch.utc + timedelta(seconds=float(seconds))


def test_lift_off(judge) -> None:
    claim = LaunchTimeClaim(kind="launch-time", utc=at(20.0), tolerance_s=10.0, **COMMON)
    (part,) = judge.judge(claim).parts
    assert (part.fact, part.model, part.residual) == (20.0, 0.0, pytest.approx(-2.0))


def test_passage_and_its_side(judge) -> None:
    t = judge.tracks
    approach = closest_approach(t.time_s, t.latitude_rad, t.longitude_rad, (30.0, 140.0))
    north = approach.towards("north") / 1e3
    for side, sign in (("north", 1.0), ("south", -1.0)):
        claim = PassageClaim(
            kind="passage", latitude_deg=30.0, longitude_deg=140.0, side=side, distance_km=100.0, tolerance_km=7.0, **COMMON
        )  # fmt: skip
        (part,) = judge.judge(claim).parts
        assert part.model == pytest.approx(sign * north.mean())
        assert part.model_sd == pytest.approx(north.std())
        assert part.residual == pytest.approx((sign * north.mean() - 100.0) / np.hypot(north.std(), 7.0))


@pytest.mark.parametrize("turn", [0.0, 360.0])
def test_crossing(judge, turn) -> None:
    t = judge.tracks
    crossing = parallel_crossing(t.time_s, t.latitude_rad, t.longitude_rad, 29.5)
    longitude = np.degrees(crossing.longitude_rad).mean()
    claim = CrossingClaim(
        kind="crossing", latitude_deg=29.5, west_deg=longitude - 1.0, east_deg=longitude + 3.0,
        utc=at(crossing.time_s.mean() - 60.0), tolerance_s=15.0, **COMMON,
    )  # fmt: skip
    place, time = judge.judge(claim).parts
    assert place.fact == pytest.approx(longitude + 1.0)
    assert place.model == pytest.approx(longitude)
    spread = np.hypot(np.degrees(crossing.longitude_rad).std(), 1.0)
    assert place.residual == pytest.approx(-1.0 / spread)
    assert time.residual == pytest.approx(60.0 / np.hypot(crossing.time_s.std(), 15.0))
    assert judge.judge(claim).residual == time.residual, "the larger one counts"


def test_a_minute_is_scored_against_the_interval_of_the_fall(judge, falls) -> None:
    high, low = falls[0].mean(), falls[1].mean()
    assert low - high > 60.0

    def part(seconds: float):
        claim = FallClaim(kind="fall", body="stage-1", utc=at(seconds), tolerance_s=30.0, **COMMON)
        return judge.judge(claim).parts[0]

    inside = part(0.5 * (high + low))
    assert (inside.low, inside.high) == pytest.approx((high, low), abs=1e-6)
    assert inside.residual == 0.0
    assert inside.model == pytest.approx(inside.fact)
    early, late = part(high - 100.0), part(low + 100.0)
    assert early.model == pytest.approx(high)
    assert early.residual == pytest.approx(100.0 / np.hypot(falls[0].std(), 30.0))
    assert late.residual == pytest.approx(-100.0 / np.hypot(falls[1].std(), 30.0))
    assert part(high + 1e-3).residual == part(low - 1e-3).residual == 0.0


def test_distance_from_a_coast(judge, falls) -> None:
    claim = FallClaim(
        kind="fall", body="stage-1", coast_country=["JP"], distance_km=700.0, tolerance_km=20.0, **COMMON
    )
    (part,) = judge.judge(claim).parts
    outline = shapely.get_coordinates(COAST[0].geometry.segmentize(0.01))
    expected = [GEOD.inv(np.full(len(outline), x), np.full(len(outline), y), *outline.T)[2].min() / 1e3
                for x, y in zip(*falls[2:], strict=True)]  # fmt: skip
    # chords are turned into arcs of the mean radius: 0.3 % of the distance
    assert part.model == pytest.approx(np.mean(expected), rel=4e-3)
    assert part.residual == pytest.approx((part.model - 700.0) / np.hypot(part.model_sd, 20.0))


def test_a_coast_that_is_not_known_is_not_guessed(judge) -> None:
    claim = FallClaim(kind="fall", body="stage-1", coast_country=["QQ"], distance_km=700.0, **COMMON)
    result = judge.judge(claim)
    assert result.parts == ()
    assert result.residual is None


def test_share_inside_a_zone(judge, falls) -> None:
    ring = zone_ring(SCENARIO.announced_zone[0], SCENARIO.site)
    claim = InZoneClaim(kind="in-zone", body="stage-1", zone="zone-stage-1", inside=True, **COMMON)
    (part,) = judge.judge(claim).parts
    assert part.model == pytest.approx(inside_ring(ring, *falls[2:]).mean())


def test_orbit_is_that_of_the_outcome_that_happened(judge) -> None:
    claim = OrbitClaim(kind="orbit", reached=True, **COMMON)
    assert judge.judge(claim).parts[0].model == 1.0
    scenario, ensemble, air = flown(("probability = 0.03", "probability = 0.03\nhappened = true"), flights=60)
    lost = Judge(
        scenario,
        ensemble,
        fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=10),
        COAST,
        air,
    )
    assert lost.judge(claim).parts[0].model == 0.0


def test_a_launch_that_cannot_go_as_planned_is_judged_by_how_it_may_go() -> None:
    scenario, ensemble, air = flown(
        ("probability = { value = 0.04, range = [0.01, 0.1] }", "probability = 0.97"), flights=20
    )
    impacts = fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=10)
    judge = Judge(scenario, ensemble, impacts, COAST, air)
    assert judge.judge(OrbitClaim(kind="orbit", reached=True, **COMMON)).parts[0].model == 0.0


def test_words_are_kept_without_a_number(judge) -> None:
    assert judge.judge(StatementClaim(kind="statement", **COMMON)).parts == ()


def test_a_body_that_stays_aloft_answers_nothing() -> None:
    """Stage 1 thrown into orbit: no time, no distance, and no error."""
    scenario, ensemble, air = flown(flights=30)
    from dataclasses import replace

    state = np.tile([7.2e6, 0.0, 0.0, 0.0, 7450.0, 0.0], (len(ensemble.releases.time_s), 1))
    aloft = replace(ensemble, releases=replace(ensemble.releases, state=state))
    impacts = fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=10)
    judge = Judge(scenario, aloft, impacts, COAST, air)
    claim = FallClaim(
        kind="fall", body="stage-1", utc=at(700.0), coast_country=["JP"], distance_km=500.0, **COMMON
    )
    assert judge.judge(claim).parts == ()
    # some of them only
    some = state.copy()
    some[::2] = ensemble.releases.state[::2]
    judge = Judge(scenario, replace(aloft, releases=replace(aloft.releases, state=some)), impacts, COAST, air)
    time, distance = judge.judge(claim).parts
    assert np.isfinite([time.model, time.residual, distance.model, distance.residual]).all()
