"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Force", "Quiet", "ScenarioFile"]

ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", readable=False, help="Scenario file (TOML).")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
