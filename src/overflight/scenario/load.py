"""Reading a scenario file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from overflight.scenario.model import Scenario

__all__ = ["load_scenario"]


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario from a TOML file."""
    return Scenario.model_validate(tomllib.loads(Path(path).read_text()))
