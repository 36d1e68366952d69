"""Plans of one seed compared flight by flight: what is read back, and how much sharper a change is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ensembles import small
from overflight.cli.app import app
from overflight.exposure.places import load_places
from overflight.jobs.compare import compare
from overflight.jobs.paired import StoredFlights, pair
from overflight.jobs.plan import PlanResult, plan
from overflight.jobs.stored_plan import StoredPlace, StoredPlan, read_plan

HEAVIER = ("payload_kg = 200.0", "payload_kg = 200.5")


def made(*edits: tuple[str, str], seed: int = 1) -> PlanResult:
    return plan(
        small(*edits), flights=60, fragments=10, seed=seed, engine="serial", places=load_places(),
        computed_utc=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def stored(result: PlanResult) -> StoredPlan:
    files = result.files
    return read_plan(files["run.json"], files["places.csv"], "out", files["flights.csv"])


@pytest.fixture(scope="module")
def one() -> PlanResult:
    return made()


@pytest.fixture(scope="module")
def other() -> PlanResult:
    return made(HEAVIER)


def test_flights_are_read_back(one: PlanResult) -> None:
    seen, planned = stored(one).seen, one.planned
    assert seen is not None
    assert np.array_equal(seen.key, planned.ensemble.samples.key)
    assert np.array_equal(seen.passes, planned.exposure.passes)
    assert seen.passes.any() and not seen.passes.all()
    assert planned.ensemble.weights @ seen.passes == pytest.approx(planned.exposure.over.mean, abs=1e-9)
    assert seen.casualties == pytest.approx(planned.safety.risk.by_flight, rel=1e-5)
    falls = seen.falls["stage-1"]
    rows = planned.impacts.of(planned.ensemble.body_index("stage-1"))
    assert np.isfinite(falls).all(axis=1).sum() == rows.sum()
    first = planned.impacts.sample[rows][0]
    assert falls[first] == pytest.approx(
        np.degrees([planned.impacts.latitude_rad[rows][0], planned.impacts.longitude_rad[rows][0]]), abs=1e-5
    )


def test_a_small_change_is_seen_flight_by_flight_alone(one: PlanResult, other: PlanResult) -> None:
    """Half a kilogramme of payload moves a fall by a few hundredths of its spread."""
    a, b = stored(one), stored(other)
    pairs = pair(a.seen, b.seen, ({}, {}))
    assert pairs is not None
    paired = pairs.fall_error_km("stage-1")
    zone = next(z for z in a.zones if z.body_key == "stage-1")
    assert paired is not None and paired < 0.1 * zone.semi_major_km / 2.65 / zone.impacts**0.5
    found = compare(a, b)
    assert "compared flight by flight: both plans fly the same 60" in found.remarks


def test_other_flights_are_not_paired(one: PlanResult) -> None:
    far = stored(made(HEAVIER, seed=2))
    assert not any("flight by flight" in remark for remark in compare(stored(one), far).remarks)
    without = read_plan(one.files["run.json"], one.files["places.csv"], "out")
    assert not any("flight by flight" in remark for remark in compare(without, stored(one)).remarks)


def flights(passes: list[int], casualties: list[float], outcome: str = "aabb") -> StoredFlights:
    return StoredFlights(
        np.arange(4),
        np.array(list(outcome)),
        np.array(casualties),
        np.array(passes, bool)[:, None],
        ("P",),
        {},
    )


def test_the_error_of_a_difference_by_hand() -> None:
    before, after = flights([1, 1, 0, 1], [1.0, 3.0, 0.0, 2.0]), flights([1, 0, 0, 1], [1.5, 3.5, 1.0, 2.0])
    found = pair(before, after, ({"a": 0.8, "b": 0.2}, {"a": 0.8, "b": 0.2}))
    assert found is not None
    # a: changes 0.5, 0.5; b: 1, 0
    assert found.casualties_error() == pytest.approx(0.2 * np.sqrt(0.5 / 2))
    # a: 0, -1; b: 0, 0
    assert found.over_error("P") == pytest.approx(0.8 * np.sqrt(0.5 / 2))
    assert found.over_error("nowhere") == 0.0
    likelier = pair(before, after, ({"a": 0.8, "b": 0.2}, {"a": 0.6, "b": 0.4}))
    assert likelier is not None and likelier.casualties_error() == pytest.approx(
        np.hypot(*(np.std(z, ddof=1) / np.sqrt(2) for z in ([0.1, -0.3], [0.4, 0.4])))
    )
    assert pair(before, flights([1] * 4, [0.0] * 4, "abab"), ({}, {})) is None
    assert found.debris_error("P") is None, "a plan of old, without debris by flight"


def test_debris_is_compared_flight_by_flight_too(one: PlanResult) -> None:
    seen, planned = stored(one).seen, one.planned
    assert seen is not None and seen.debris is not None
    chances = np.zeros((len(seen.key), len(seen.places)))
    for place, (rows, values) in seen.debris.items():
        chances[rows.astype(int), seen.places.index(place)] = values
    assert chances.any()
    mean = planned.exposure.debris.mean
    assert planned.ensemble.weights @ chances == pytest.approx(mean, rel=1e-4, abs=1e-9)
    before, after = flights([0] * 4, [0.0] * 4), flights([0] * 4, [0.0] * 4)
    before = replace(before, debris={"P": np.array([[0, 1], [0.2, 0.4]])})
    after = replace(after, debris={"P": np.array([[0, 1, 3], [0.3, 0.5, 0.1]])})
    found = pair(before, after, ({"a": 0.8, "b": 0.2}, {"a": 0.8, "b": 0.2}))
    assert found is not None
    # a: +0.1, +0.1; b: 0, +0.1
    assert found.debris_error("P") == pytest.approx(0.2 * np.sqrt(0.005 / 2))
    assert found.debris_error("nowhere") == 0.0


def test_a_small_change_of_debris_is_told_with_its_error() -> None:
    """A fifth more debris, told apart though the error of either plan is as large as the change."""
    n = 40
    was = np.linspace(0.0, 0.2, n)
    place = StoredPlace("P", "Port", "JP", 0.0, 0.0, None, None, float(was.mean()), 0.009, None)
    seen = StoredFlights(
        np.arange(n), np.full(n, "as-planned"), np.zeros(n), np.zeros((n, 1), bool), ("P",), {},
        {"P": np.stack([np.arange(n), was])},
    )  # fmt: skip
    noise = np.where(np.arange(n) % 2, 0.01, -0.01)
    now = was * 1.2 + noise * was
    later = replace(seen, debris={"P": np.stack([np.arange(n), now])})
    changed = replace(place, debris=float(now.mean()))
    (told,) = compare(plan_of(place, seen), plan_of(changed, later)).places
    assert (told.kind, told.key) == ("debris-more", "P")
    assert told.error == pytest.approx((now - was).std(ddof=1) / np.sqrt(n))
    assert compare(plan_of(place, None), plan_of(changed, None)).places == ()


def plan_of(place: StoredPlace, seen: StoredFlights | None) -> StoredPlan:
    return StoredPlan(
        "folder", "Launch", "abc", "sha", datetime(2030, 1, 1, tzinfo=UTC), "UTC", 0.0, 50.0, 40,
        {"as-planned": ("Flight as planned", 1.0)}, (), {place.key: place}, None, 1, seen=seen,
    )  # fmt: skip


def test_own_places_are_told_from_others() -> None:
    port = StoredPlace("P", "Port", "JP", 0.5, 0.01, 10.0, 20.0, 0.0, 0.0, None)
    rig = replace(port, key="R", name="Rig")
    packaged = plan_of(port, None)
    own = replace(plan_of(rig, None), own_places=("aa", frozenset({"R", "P"})))
    moved = replace(plan_of(port, None), own_places=("bb", frozenset({"R", "P"})))
    found = compare(own, moved)
    assert {(c.kind, c.key) for c in found.places} == {("new", "P"), ("gone", "R")}
    assert any("other places (--places)" in remark for remark in found.remarks)
    unlike = compare(packaged, own)
    assert [(c.kind, c.key) for c in unlike.places] == [("gone", "P")], "the rig was never looked at before"
    assert any("looked at in one plan only, and left out: 1 place" in remark for remark in unlike.remarks)


def test_strict_is_a_gate(one: PlanResult, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    for name in ("run.json", "places.csv", "flights.csv"):
        (folder / name).write_bytes(one.files[name])
    rules = tmp_path / "go.toml"
    run = CliRunner().invoke
    base = ["compare", str(folder), str(folder), "--criteria", str(rules)]
    for limit, code in (("30.0", 0), ("0.0", 0)):
        rules.write_text(f'[[criterion]]\nkey = "slip"\nwhat = "lift-off-shift"\nmost = {limit}\n')
        assert run(app, [*base, "--strict"]).exit_code == code
    rules.write_text('[[criterion]]\nkey = "over"\nwhat = "overflight"\nmost = 0.0\n')
    assert run(app, [*base, "--strict"]).exit_code == 3
    assert run(app, [*base, "--strict", "--json"]).exit_code == 3
    assert run(app, base).exit_code == 0
    refused = run(app, [*base[:3], "--strict"])
    assert refused.exit_code == 2 and "--criteria" in refused.stderr
