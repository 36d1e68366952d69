"""The launch of 24 August 2023 against what was published about it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.exposure.drop_zones import rings_overlap
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.simulate import scenario_air
from overflight.flight.trajectory import fly_planned
from overflight.jobs.fit import fit
from overflight.jobs.plan import plan
from overflight.scenario.draws import quantities
from overflight.scenario.load import load_scenario, parse_scenario
from support import ROOT

FOLDER = ROOT / "examples" / "malligyong-1-2023-08-24"
BAENGNYEONG = (37.95, 124.62)


@pytest.fixture(scope="module")
def result():
    path = FOLDER / "launch.toml"
    return plan(
        load_scenario(path),
        scenario_bytes=path.read_bytes(),
        flights=150,
        fragments=40,
        computed_utc=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def planned(result):
    return result.planned.flight


def test_the_vehicle_is_what_the_fit_makes_of_the_prior() -> None:
    """Its numbers are no one's secret: anyone can run the fit again and get them."""
    prior = FOLDER / "prior.toml"
    text = fit(prior.read_text("utf-8"), load_scenario(prior), starts=1)
    again, kept = (
        quantities(s) for s in (parse_scenario(text.encode(), "again"), load_scenario(FOLDER / "launch.toml"))
    )
    assert set(again) == set(kept)
    for path, q in kept.items():
        assert again[path].value == pytest.approx(q.value, abs=0.02 * q.scale()), path
        assert again[path].scale() == pytest.approx(q.scale(), rel=0.02), path
        assert again[path].note == q.note


def test_passes_west_of_baengnyeong_at_33_km(planned) -> None:
    path = planned.vehicle
    near = closest_approach(path.time_s, path.latitude_rad[None], path.longitude_rad[None], BAENGNYEONG)
    assert near.towards("west")[0] / 1e3 == pytest.approx(33.0, abs=15.0)


def test_crosses_between_okinawa_and_miyako_at_four(planned) -> None:
    path = planned.vehicle
    crossing = parallel_crossing(path.time_s, path.latitude_rad[None], path.longitude_rad[None], 25.5)
    # Miyako's eastern cape lies at 125.5 E, Okinawa main island's western at 127.6 E
    assert 125.5 < np.degrees(crossing.longitude_rad[0]) < 127.6
    # lift-off between 03:50:00 and 03:51:00; the scenario says 03:50:30
    assert crossing.time_s[0] == pytest.approx(9.5 * 60.0, abs=90.0 - 30.0)


def test_drop_zones_overlap_the_announced_areas(result) -> None:
    report = result.report
    announced = {zone.key: np.array(zone.ring) for zone in report.announced}
    found = {zone.announced_key: zone for zone in report.drop_zones if zone.announced_key}
    assert set(found) == {"zone-stage-1", "zone-fairing", "zone-stage-2"}
    for key, zone in found.items():
        assert rings_overlap(np.array(zone.ring), announced[key]), key
        assert zone.overlaps_announced
        assert zone.contained == pytest.approx(0.97, abs=0.02)


def test_every_published_fact_is_judged_or_kept(result) -> None:
    report = result.report
    assert {fact.label for fact in report.facts} == {claim.label for claim in result.planned.scenario.claim}
    by_label = {fact.label: fact for fact in report.facts}
    assert by_label["Lift-off (South Korea)"].contradicts == ("Lift-off (Japan)",)
    assert by_label["Lift-off (Japan)"].contradicts == ("Lift-off (South Korea)",)
    # 600 km off the Philippines does not fit a fall in the announced zone; it must not be hidden
    assert by_label["Third object falls"].fits is False
    assert all(fact.residual_sigma is None or np.isfinite(fact.residual_sigma) for fact in report.facts)


def test_the_facts_contradict_a_straight_flight() -> None:
    """Without the dog-leg the second stage falls hundreds of kilometres from its zone."""
    scenario = load_scenario(FOLDER / "launch.toml")
    straight = tuple(
        row if row.heading_deg is None else row.model_copy(
            update={"heading_deg": scenario.flight_plan.steering[0].heading_deg, "heading_end_deg": None}
        )
        for row in scenario.flight_plan.steering
    )  # fmt: skip
    plan_ = scenario.flight_plan.model_copy(update={"steering": straight})
    flight = fly_planned(scenario.model_copy(update={"flight_plan": plan_}), scenario_air(scenario))
    stage_2 = next(body for body in flight.bodies if body.key == "stage-2")
    assert np.degrees(stage_2.longitude_rad[-1]) < 128.7 - 3.0


def test_outcomes_add_up_and_the_real_one_is_marked(result) -> None:
    outcomes = result.report.outcomes
    assert sum(outcome.probability for outcome in outcomes) == pytest.approx(1.0)
    assert [outcome.key for outcome in outcomes if outcome.happened] == ["stage-3-termination"]
    assert result.planned.ensemble.weights.sum() == pytest.approx(1.0)


def test_okinawan_places_are_named_with_time_and_chance(result) -> None:
    rows = {row.code: row for row in result.report.places}
    kumejima = rows["47361"]
    assert kumejima.name == "久米島町"
    assert 0.1 < kumejima.p_over < 0.6
    assert kumejima.p_over_se > 0.0
    assert kumejima.p_debris == 0.0
    assert kumejima.p_debris_below is not None
    assert 450.0 < kumejima.first_time_s < kumejima.last_time_s < 640.0


def test_every_file_is_there_and_every_figure_in_run_json(result) -> None:
    import json

    record = json.loads(result.files["run.json"])
    assert record["report"]["headline"] == result.report.headline
    assert set(record["outputs_sha256"]) == set(result.files) - {"run.json"}
    assert {"index.html", "nominal.csv", "impacts.csv", "zones.geojson", "places.csv", "scene.czml", "scene.kml",
            "trajectory.oem"} <= set(result.files)  # fmt: skip
    assert any(name.startswith("alerts/jp-") for name in result.files)
    assert not any(name.startswith("alerts/kp-") for name in result.files)


def test_drafts_are_valid_cap(result) -> None:
    from overflight.warning.cap.check import check_message, check_schema

    for name, content in result.files.items():
        if name.startswith("alerts/"):
            assert check_schema(content) == (), name
            assert check_message(content) == (), name
            assert b"<status>Draft</status>" in content
