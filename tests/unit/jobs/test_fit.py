"""Job fit: the scenario comes back whole, its free quantities narrowed, everything else as it was."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from overflight.jobs.fit import fit
from overflight.scenario.draws import quantities
from overflight.scenario.load import parse_scenario
from scenarios import edited

HEADING = (
    'heading_deg = { value = 105.0, sigma = 2.0, shape = "normal", note = "a guess" }  # towards the sea'
)
TEXT = edited(
    ("heading_deg = 105.0", HEADING),
    ("thrust_vacuum_n = 34000.0", "thrust_vacuum_n = { value = 34000.0, sigma = 800.0 }"),
)
BEFORE = parse_scenario(TEXT.encode(), "prior.toml")


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, int]]:
    return []


@pytest.fixture(scope="module")
def text(told) -> str:
    return fit(TEXT, BEFORE, lambda *step: told.append(step), starts=2)


@pytest.fixture(scope="module")
def after(text):
    return parse_scenario(text.encode(), "fitted.toml")


def test_progress_is_told(text, told) -> None:
    assert told == [("Fitting", 1, 2), ("Fitting", 2, 2)]


def test_only_fitted_quantities_change(after) -> None:
    old, new = quantities(BEFORE), quantities(after)
    assert set(old) == set(new)
    changed = {path for path in old if old[path] != new[path]}
    assert changed == {
        "vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg", "vehicle.stage.2.thrust_vacuum_n",
        "vehicle.stage.2.ignition_delay_s", "flight_plan.steering.1.heading_deg",
    }  # fmt: skip
    for path in changed:
        assert (new[path].note or "").startswith("fitted to the facts")
        assert new[path].spread
        # sigma is half the middle 68 %: of a uniform range that is more than its standard deviation
        low, high = old[path].from_normal(np.array([-1.0, 1.0]))
        assert new[path].scale() <= 0.5 * (high - low) * 1.001, path
    # of the heading speaks the ring of a zone alone: it is narrowed, not moved beyond its spread
    heading = new["flight_plan.steering.1.heading_deg"]
    assert heading.value == pytest.approx(105.0, abs=1.0)
    assert 1.0 < heading.sigma < 1.9
    assert heading.note == "fitted to the facts; before the fit: a guess"


def test_correlations_are_what_the_fit_left(after) -> None:
    assert after.correlation is not None
    matrix = np.array(after.correlation.matrix)
    assert set(after.correlation.paths) == {
        p for p, q in quantities(after).items() if "fitted" in (q.note or "")
    }
    assert np.diag(matrix) == pytest.approx(np.ones(len(matrix)))
    assert np.linalg.eigvalsh(matrix).min() > 0.0


def test_comments_and_everything_else_are_kept(text, after) -> None:
    assert "# towards the sea" in text
    assert text.startswith("# Written by `overflight fit`")
    assert "planned orbit (height at cut-off)" in text
    old, new = tomllib.loads(TEXT), tomllib.loads(text)
    assert old.keys() == new.keys()
    for key in ("launch", "site", "failure", "wind", "announced_zone", "claim", "source", "termination"):
        assert old[key] == new[key], key
    assert new["vehicle"]["stage"][0]["propellant_kg"]["source"] == "made-up"
    assert after.vehicle.name == BEFORE.vehicle.name


def test_fitted_again_it_says_so_once(text, after) -> None:
    again = fit(text, after, starts=1)
    assert again.count("# Written by `overflight fit`") == 1
    assert again.count("# Correlations that the fit left") == 1
    note = quantities(parse_scenario(again.encode(), "again.toml"))["flight_plan.steering.1.heading_deg"].note
    assert note == "fitted to the facts; before the fit: a guess"
