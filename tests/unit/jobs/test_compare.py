"""Two plans side by side: what is told, what Monte Carlo error hides, and the verdicts of criteria."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from overflight.cli.compare_text import as_document
from overflight.errors import InputError
from overflight.jobs.compare import compare
from overflight.jobs.criteria import go, read_criteria
from overflight.jobs.stored_plan import StoredPlace, StoredPlan, StoredRisk, StoredZone, read_plan

LIFT_OFF = datetime(2025, 2, 11, 1, 22, tzinfo=UTC)


def place(
    key="JP-1",
    over=0.5,
    error=0.02,
    first=400.0,
    last=500.0,
    debris=0.0,
    debris_error=0.0,
    below=1e-3,
    country="JP",
):
    return StoredPlace(key, f"Place {key}", country, over, error, first, last, debris, debris_error, below)


def zone(body="Stage 1", centre=(140.0, 30.0), inside=0.99, impacts=400, major=40.0):
    return StoredZone(
        body, "all flights that let it go", True, centre, major, 20.0, 500.0, 600.0, inside, impacts
    )


def plan(places=(), zones=(), shift_s=0.0, risk=None, outcomes=None):
    return StoredPlan(
        "folder", "Launch", "abc", "sha", LIFT_OFF + timedelta(seconds=shift_s), "JST", 9.0, 50.0, 1000,
        outcomes or {"as-planned": ("Flight as planned", 0.9)}, tuple(zones), {p.key: p for p in places}, risk,
    )  # fmt: skip


def kinds(before, after):
    return [change.kind for change in compare(plan([before]), plan([after])).places]


def test_nothing_changes_between_a_plan_and_itself():
    one = plan([place(), place("JP-2", debris=1e-3, debris_error=5e-4)], [zone()])
    found = compare(one, one)
    assert (found.places, found.lift_off_shift_s, found.outcomes) == ((), 0.0, ())
    assert not found.zones[0].moved


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (place(over=0.0, error=0.0, first=None, last=None), place(over=0.3), ["new"]),
        (place(over=0.3), place(over=0.0, error=0.0, first=None, last=None), ["gone"]),
        (place(over=0.3), place(over=0.6), ["more"]),
        (place(over=0.6), place(over=0.3), ["less"]),
        (place(over=0.50), place(over=0.55), []),  # 1.8 of their error
        (place(over=0.50, error=1e-4), place(over=0.51, error=1e-4), []),  # known, and nobody's concern
        (place(first=400.0), place(first=440.0), ["later"]),
        (place(first=440.0), place(first=400.0), ["earlier"]),
        (place(first=400.0), place(first=410.0), []),
        (place(over=0.011, error=1e-3), place(over=0.011, error=1e-3, first=430.0), []),  # eleven flights
        (place(), place(debris=0.01, debris_error=1e-3), ["debris-more"]),
        (place(), place(debris=2e-3, debris_error=1e-3), []),
        (place(debris=0.01, debris_error=1e-3), place(), ["debris-less"]),
    ],
)
def test_changes_of_a_place(before, after, expected):
    assert kinds(before, after) == expected


def test_a_place_of_one_plan_only():
    found = compare(plan([place("JP-1")]), plan([place("JP-2")]))
    assert [(c.kind, c.key) for c in found.places] == [("new", "JP-2"), ("gone", "JP-1")]
    assert any("in one plan only" in remark for remark in found.remarks)


def test_zones_move_beyond_their_error():
    found = compare(plan(zones=[zone()]), plan(zones=[zone(centre=(140.0, 30.5))]))
    (moved,) = found.zones
    assert (moved.moved, moved.shift_km) == (True, pytest.approx(55.4, abs=0.2))
    assert moved.towards_deg == pytest.approx(0.0, abs=0.1)
    near = compare(
        plan(zones=[zone(impacts=10)]), plan(zones=[zone(centre=(140.0, 30.05), impacts=10)])
    ).zones[0]
    assert not near.moved
    kinds = [z.kind for z in compare(plan(zones=[zone()]), plan(zones=[zone("Stage 2")])).zones]
    assert kinds == ["gone", "new"]


def test_a_slip_and_other_outcomes():
    found = compare(plan(), plan(shift_s=1080.0, outcomes={"as-planned": ("Flight as planned", 0.8)}))
    assert found.lift_off_shift_s == 1080.0
    assert found.outcomes == (("Flight as planned", 0.9, 0.8),)


RULES = """
[[criterion]]
key = "debris"
what = "debris"
most = 1e-2
not_countries = ["KP"]

[[criterion]]
key = "inside"
what = "inside-announced"
least = 0.97

[[criterion]]
key = "casualties"
what = "expected-casualties"
most = 1e-4

[[criterion]]
key = "shift"
what = "zone-shift"
most = 20.0

[[criterion]]
key = "slip"
what = "lift-off-shift"
most = 30.0
"""


def verdicts(after, before=None):
    found = compare(before or plan(zones=[zone()]), after, read_criteria(RULES.encode(), "go.toml"))
    return {v.criterion.key: v for v in found.verdicts}


def test_go_with_margins_and_drivers():
    risk = StoredRisk(4e-5, 1e-5, 2e-5, 7e-5, 1e-7, 8e-8, 1.2e-7, "Place JP-1")
    after = plan([place(debris=2e-3, debris_error=5e-4)], [zone(inside=0.99, impacts=5000)], risk=risk)
    found = verdicts(after)
    assert go(list(found.values()))
    assert (found["debris"].driver, found["debris"].margin) == ("Place JP-1", pytest.approx(0.8))
    assert found["casualties"].margin == pytest.approx(0.6)
    assert found["inside"].driver == "Stage 1"


def test_risks_are_judged_by_their_limits():
    """A risk within its criterion is undecided while one more hit might bring it beyond."""
    coarse = StoredRisk(4e-5, 1e-5, 2e-5, 7e-3, 1e-7, 8e-8, 1.2e-7, "Place JP-1")
    found = verdicts(plan([place()], [zone(inside=0.99, impacts=5000)], risk=coarse))
    assert found["casualties"].state == "undecided"


def test_no_go_undecided_and_silent_figures():
    after = plan(
        [place(debris=0.011, debris_error=2e-3), place("KP-1", debris=0.9, country="KP")],
        [zone(inside=0.5)], shift_s=7200.0,
    )  # fmt: skip
    found = verdicts(after)
    states = {key: v.state for key, v in found.items()}
    assert states == {
        "debris": "undecided", "inside": "no-go", "casualties": "undecided", "shift": "go", "slip": "no-go",
    }  # fmt: skip
    assert found["casualties"].value is None
    assert found["slip"].margin == pytest.approx(-3.0)
    assert not go(list(found.values()))


def test_what_was_never_seen_is_not_nothing():
    """No piece in a thousand flights does not clear a limit of one in a million."""
    rule = read_criteria(b'[[criterion]]\nkey = "d"\nwhat = "debris"\nmost = 1e-6\n', "x")
    assert compare(plan(), plan([place()]), rule).verdicts[0].state == "undecided"
    rule = read_criteria(b'[[criterion]]\nkey = "d"\nwhat = "debris"\nmost = 1e-2\n', "x")
    assert compare(plan(), plan([place()]), rule).verdicts[0].state == "go"


@pytest.mark.parametrize(
    "text",
    [
        "", "x = 1", "[[criterion]]\n", '[[criterion]]\nkey = "a"\nwhat = "luck"\nmost = 1.0\n',
        '[[criterion]]\nkey = "a"\nwhat = "debris"\n', '[[criterion]]\nkey = "a"\nwhat = "debris"\nleast = 0.5\n',
        '[[criterion]]\nkey = "a"\nwhat = "debris"\nmost = nan\n', '[[criterion]]\nkey = "a"\nwhat = "debris"\nmost = -1\n',
        '[[criterion]]\nkey = "a"\nwhat = "debris"\nmost = 1\n' * 2,
    ],
)  # fmt: skip
def test_criteria_that_are_refused(text):
    with pytest.raises(InputError) as caught:
        read_criteria(text.encode(), "go.toml")
    assert caught.value.where == "go.toml"


def test_json_is_json():
    import json

    before = plan([place(over=0.0, error=0.0, first=None, last=None)], [zone()])
    document = json.loads(as_document(compare(before, plan([place(error=0.0)], [zone()]))))
    assert document["go"] is None
    assert document["places"][0]["kind"] == "new"
    assert document["places"][0]["sigmas"] is None


@pytest.mark.parametrize(
    "run", [b"", b"{}", b"[]", b'{"made_by": "overflight drift"}', b'{"made_by": "overflight plan"}']
)
def test_folders_that_are_no_plan(run):
    with pytest.raises(InputError, match="no output of overflight plan"):
        read_plan(run, b"key\n", "folder")


def test_a_plan_is_read_back():
    """What the job writes is what the comparison reads."""
    from ensembles import small
    from overflight.exposure.places import load_places
    from overflight.jobs.plan import plan as run_plan

    made = run_plan(
        small(), flights=12, fragments=5, engine="serial", places=load_places(),
        computed_utc=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    stored = read_plan(made.files["run.json"], made.files["places.csv"], "out")
    assert stored.title == made.report.title
    assert {z.body for z in stored.zones} == {z.body for z in made.report.drop_zones}
    shown = max(made.report.places, key=lambda p: p.p_over)
    assert max(p.over for p in stored.places.values()) == pytest.approx(shown.p_over, abs=1e-5)
    assert compare(stored, replace(stored, where="again")).places == ()
