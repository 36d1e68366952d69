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
    from overflight.formats.notices.read import (
        read_notice,
    )
    from overflight.formats.notices.values import (
        Notice,
    )
    from overflight.jobs.plan import (
        PlanResult,
        plan,
    )
    from overflight.report.values import (
        PlanReport,
    )
    from overflight.scenario.load import (
        load_scenario,
    )
    from overflight.scenario.model import (
        Scenario,
    )

__version__ = "0.1.0"

__all__ = [
    "EngineError",
    "Ensemble",
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
    "Trajectory",
    "__version__",
    "fly_planned",
    "impact_points",
    "impact_points_along",
    "load_places",
    "load_scenario",
    "plan",
    "read_notice",
    "read_places",
    "scenario_air",
]

_HOME = {
    "EngineError": "overflight.errors",
    "Ensemble": "overflight.flight.ensemble",
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
    "Trajectory": "overflight.flight.trajectory",
    "fly_planned": "overflight.flight.trajectory",
    "impact_points": "overflight.flight.impact_point",
    "impact_points_along": "overflight.flight.impact_point",
    "load_places": "overflight.exposure.places",
    "load_scenario": "overflight.scenario.load",
    "plan": "overflight.jobs.plan",
    "read_notice": "overflight.formats.notices.read",
    "read_places": "overflight.exposure.places",
    "scenario_air": "overflight.flight.simulate",
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
