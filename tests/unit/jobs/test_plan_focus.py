"""One place known well: what may be asked, which place is meant, and flights until it is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ensembles import flown, places, square
from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import fall_ensemble
from overflight.errors import InputError
from overflight.jobs.plan import compute_plan
from overflight.jobs.plan_focus import FocusAsked, focused_on, parse_focus
from overflight.jobs.planned import RunSettings
from overflight.jobs.until import figure, parse_target


@pytest.mark.parametrize(
    ("text", "place", "error"),
    [("JP-47214", "JP-47214", 0.2), ("GU=5%", "GU", 0.05), (" X.1=12.5% ", "X.1", 0.125)],
)
def test_what_is_asked(text: str, place: str, error: float) -> None:
    assert parse_focus(text) == FocusAsked(place, error)


@pytest.mark.parametrize("text", ["", "A=0%", "A=200%", "A=x%", "A B", "A=5"])
def test_what_cannot_be_asked(text: str) -> None:
    with pytest.raises(InputError, match="--focus"):
        parse_focus(text)


def test_a_place_is_meant_by_its_key_or_its_code() -> None:
    first, second = square("11", 10.0, 0.0, 5.0, "JP"), square("11", 20.0, 0.0, 5.0, "KR")
    other = square("12", 30.0, 0.0, 5.0, "JP")
    table = places(first, second, other)
    assert focused_on(FocusAsked("KR-11", 0.2), table).place is second
    assert focused_on(FocusAsked("12", 0.2), table).place is other
    with pytest.raises(InputError, match="the code of JP-11, KR-11"):
        focused_on(FocusAsked("11", 0.2), table)
    with pytest.raises(InputError, match="no place"):
        focused_on(FocusAsked("13", 0.2), table)


def test_a_rare_place_is_known_as_well_as_asked() -> None:
    """Beside the plan's own flights, which know it far worse and agree within both errors."""
    scenario, ensemble, air = flown(flights=300, seed=5)
    impacts = fall_ensemble(scenario, ensemble, catalogues_of(scenario), air, fragments=20)
    broken = np.flatnonzero(ensemble.samples.outcome[impacts.sample] == 2)
    at = broken[np.argsort(impacts.longitude_rad[broken])[len(broken) // 2]]
    town = square("T", np.degrees(impacts.longitude_rad[at]), np.degrees(impacts.latitude_rad[at]), 60.0)
    table = places(replace(town, population=1000))
    settings = RunSettings(flights=300, fragments=20, seed=5, engine="serial")
    planned = compute_plan(scenario, settings, table, focus=FocusAsked("T", 0.1))
    found, risk = planned.safety.focused, planned.safety.risk
    assert found is not None and found.reached
    assert found.individual.error <= 0.1 * found.individual.value
    assert found.individual.error < 0.5 * risk.individual_error[0]
    gap = found.individual.value - risk.individual[0]
    assert abs(gap) < 4.0 * np.hypot(found.individual.error, risk.individual_error[0])
    bounded = compute_plan(
        scenario, settings, table, focus=FocusAsked("T", 0.01), most_flights=600
    ).safety.focused
    assert bounded is not None and not bounded.reached and bounded.flights <= 600
    assert figure(planned, "casualties") == (risk.total.value, risk.total.spread)
    assert parse_target("casualties=10%").name == "casualties"
