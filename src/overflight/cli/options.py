"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.errors import InputError

__all__ = ["FeedFormat", "Force", "Quiet", "ScenarioFile", "times_real"]

ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", readable=False, help="Scenario file (TOML); - for stdin.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


class FeedFormat(StrEnum):
    """What a simulated feed is written in."""

    NDJSON = "ndjson"
    ASTERIX = "asterix"
    TDM = "tdm"
    TDM_XML = "tdm-xml"


def times_real(text: str) -> float:
    """Return how many times as fast as real time to play; 0 for at once (``max``)."""
    try:
        value = 0.0 if text.strip().lower() == "max" else float(text)
    except ValueError:
        value = -1.0
    if value != 0.0 and not 0.1 <= value <= 100.0:
        remedy = "1 is real time; max is as fast as the machine can."
        raise InputError("--speed", found=text[:40], allowed="0.1 to 100, or max", remedy=remedy)
    return value
