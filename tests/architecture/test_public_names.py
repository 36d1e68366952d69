"""The public list is one that someone decided: adding or dropping a name means changing it here."""

from __future__ import annotations

import ast
from importlib import import_module, metadata

import pytest

import overflight
from support import SOURCE

DECIDED = {
    "__version__",
    # errors
    "EngineError",
    "InputError",
    "NumericsError",
    "OutputError",
    "OverflightError",
    "PlacesError",
    "ScenarioError",
    # a launch as claimed
    "Scenario",
    "load_scenario",
    # a launch flown
    "Ensemble",
    "Impacts",
    "Trajectory",
    "fly_planned",
    "scenario_air",
    # where it would come down if thrust ended now
    "ImpactPoints",
    "impact_points",
    "impact_points_along",
    # places
    "Place",
    "Places",
    "load_places",
    "read_places",
    # a launch as announced
    "Notice",
    "read_notice",
    # the plan
    "PlanReport",
    "PlanResult",
    "plan",
    # a launch as measured while it flies
    "Warner",
    "WarnSettings",
    "read_measurement",
    # a launch as published afterwards
    "ExplainSettings",
    "Explained",
    "Facts",
    "explain",
    "load_facts",
    # the orbit reached, and when it sees a place
    "ElementSet",
    "GroundPoints",
    "StateVector",
    "assess_insertion",
    "find_passes",
    "read_element_sets",
    "sgp4_ephemeris",
    # an alert as received
    "check_alert",
}


def test_the_list_is_the_decided_one():
    assert set(overflight.__all__) == DECIDED
    assert len(overflight.__all__) == len(DECIDED), "a name stands twice in __all__"


@pytest.mark.parametrize("name", sorted(DECIDED - {"__version__"}))
def test_every_name_resolves_at_its_home(name):
    home = import_module(overflight._HOME[name])
    assert getattr(overflight, name) is getattr(home, name)


def test_type_checkers_see_the_same_names_from_the_same_homes():
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    seen = {(alias.asname or alias.name): node.module for node in imports for alias in node.names}
    assert seen == overflight._HOME


def test_dir_lists_the_public_names():
    assert set(dir(overflight)) >= DECIDED


def test_a_name_off_the_list_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Targeting'"):
        overflight.Targeting  # noqa: B018


def test_the_version_is_the_one_installed():
    assert overflight.__version__ == metadata.version("overflight")
