"""An announced plan for ``warn``: from the output folder of ``plan``, or straight from a scenario."""

from __future__ import annotations

from pathlib import Path

from overflight.earth.air import Air
from overflight.errors import InputError
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import load_scenario
from overflight.scenario.model import Scenario
from overflight.track.prior import PlanPrior, plan_prior

__all__ = ["SCENARIO_FILE", "load_prior"]

SCENARIO_FILE = "scenario.json"


def load_prior(path: Path, *, seed: int) -> tuple[PlanPrior, Air]:
    """Return the prior and the air of a plan.

    Raises
    ------
    InputError : neither a scenario nor a folder in which ``plan`` left one
    """
    if path.is_dir():
        scenario = _stored(path)
    else:
        scenario = load_scenario(path)
    air = scenario_air(scenario)
    return plan_prior(scenario, air, seed=seed), air


def _stored(folder: Path) -> Scenario:
    from pydantic import ValidationError

    file = folder / SCENARIO_FILE
    try:
        return Scenario.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as fault:
        found = f"no {SCENARIO_FILE}" if isinstance(fault, OSError) else "another kind of file"
        raise InputError(
            str(folder), found=found, allowed="the output folder of `overflight plan`, or a scenario (TOML)",
            remedy="Run `overflight plan` again, or name the scenario itself.",
        ) from None  # fmt: skip
