"""Launch safety and public warning: plan, warn about and explain a rocket launch.

The names below are the public list; a test holds it against a decided one.  They load on first
use, so ``import overflight`` costs nothing and ``overflight --help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight.debris.impacts import (
        Impacts,
    )
    from overflight.errors import (
        EngineError,
        InputError,
        NumericsError,
        OutputError,
        OverflightError,
        PlacesError,
        ScenarioError,
    )
    from overflight.exposure.place import (
        Place,
        Places,
    )
    from overflight.exposure.places import (
        load_places,
        read_places,
    )
    from overflight.flight.ensemble import (
        Ensemble,
    )
    from overflight.flight.impact_point import (
        ImpactPoints,
        impact_points,
        impact_points_along,
    )
    from overflight.flight.simulate import (
        scenario_air,
    )
    from overflight.flight.trajectory import (
        Trajectory,
        fly_planned,
    )
    from overflight.formats.element_sets import (
        read_element_sets,
    )
    from overflight.formats.notices.read import (
        read_notice,
    )
    from overflight.formats.notices.values import (
        Notice,
    )
    from overflight.formats.plots import (
        read_measurement,
    )
    from overflight.jobs.explain import (
        Explained,
        ExplainSettings,
        explain,
    )
    from overflight.jobs.plan import (
        PlanResult,
        plan,
    )
    from overflight.jobs.warn import (
        Warner,
        WarnSettings,
    )
    from overflight.orbit.elements import (
        ElementSet,
    )
    from overflight.orbit.ephemeris import (
        sgp4_ephemeris,
    )
    from overflight.orbit.insertion import (
        assess_insertion,
    )
    from overflight.orbit.passes import (
        find_passes,
    )
    from overflight.orbit.state import (
        StateVector,
    )
    from overflight.orbit.windows import (
        GroundPoints,
    )
    from overflight.report.values import (
        PlanReport,
    )
    from overflight.scenario.facts import (
        Facts,
    )
    from overflight.scenario.load import (
        load_facts,
        load_scenario,
    )
    from overflight.scenario.model import (
        Scenario,
    )
    from overflight.warning.cap.check import (
        check_alert,
    )

__version__ = "0.1.0"

__all__ = [
    "ElementSet",
    "EngineError",
    "Ensemble",
    "ExplainSettings",
    "Explained",
    "Facts",
    "GroundPoints",
    "ImpactPoints",
    "Impacts",
    "InputError",
    "Notice",
    "NumericsError",
    "OutputError",
    "OverflightError",
    "Place",
    "Places",
    "PlacesError",
    "PlanReport",
    "PlanResult",
    "Scenario",
    "ScenarioError",
    "StateVector",
    "Trajectory",
    "WarnSettings",
    "Warner",
    "__version__",
    "assess_insertion",
    "check_alert",
    "explain",
    "find_passes",
    "fly_planned",
    "impact_points",
    "impact_points_along",
    "load_facts",
    "load_places",
    "load_scenario",
    "plan",
    "read_element_sets",
    "read_measurement",
    "read_notice",
    "read_places",
    "scenario_air",
    "sgp4_ephemeris",
]

_HOME = {
    "ElementSet": "overflight.orbit.elements",
    "EngineError": "overflight.errors",
    "Ensemble": "overflight.flight.ensemble",
    "ExplainSettings": "overflight.jobs.explain",
    "Explained": "overflight.jobs.explain",
    "Facts": "overflight.scenario.facts",
    "GroundPoints": "overflight.orbit.windows",
    "ImpactPoints": "overflight.flight.impact_point",
    "Impacts": "overflight.debris.impacts",
    "InputError": "overflight.errors",
    "Notice": "overflight.formats.notices.values",
    "NumericsError": "overflight.errors",
    "OutputError": "overflight.errors",
    "OverflightError": "overflight.errors",
    "Place": "overflight.exposure.place",
    "Places": "overflight.exposure.place",
    "PlacesError": "overflight.errors",
    "PlanReport": "overflight.report.values",
    "PlanResult": "overflight.jobs.plan",
    "Scenario": "overflight.scenario.model",
    "ScenarioError": "overflight.errors",
    "StateVector": "overflight.orbit.state",
    "Trajectory": "overflight.flight.trajectory",
    "WarnSettings": "overflight.jobs.warn",
    "Warner": "overflight.jobs.warn",
    "assess_insertion": "overflight.orbit.insertion",
    "check_alert": "overflight.warning.cap.check",
    "explain": "overflight.jobs.explain",
    "find_passes": "overflight.orbit.passes",
    "fly_planned": "overflight.flight.trajectory",
    "impact_points": "overflight.flight.impact_point",
    "impact_points_along": "overflight.flight.impact_point",
    "load_facts": "overflight.scenario.load",
    "load_places": "overflight.exposure.places",
    "load_scenario": "overflight.scenario.load",
    "plan": "overflight.jobs.plan",
    "read_element_sets": "overflight.formats.element_sets",
    "read_measurement": "overflight.formats.plots",
    "read_notice": "overflight.formats.notices.read",
    "read_places": "overflight.exposure.places",
    "scenario_air": "overflight.flight.simulate",
    "sgp4_ephemeris": "overflight.orbit.ephemeris",
}
"""The module each public name lives in."""


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562) and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names beside what is loaded."""
    return sorted({*globals(), *__all__})
