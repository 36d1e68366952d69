"""`overflight new`: write a commented scenario to start from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled, say

__all__ = ["new"]


class Template(StrEnum):
    """Scenarios that ``overflight new`` writes."""

    SMALL_3_STAGE = "small-3-stage"
    TWO_STAGE = "two-stage"


def new(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", readable=False, help="Scenario file to write.")
    ],
    like: Annotated[Template, typer.Option(help="Kind of vehicle.")] = Template.SMALL_3_STAGE,
    force: Force = False,
) -> None:
    """Write a scenario template."""
    with handled():
        from overflight.cli.output import write_file
        from overflight.scenario.template import scenario_template

        write_file(output, scenario_template(like.value).encode(), force=force)
        if str(output) != "-":
            say(f"Wrote {output}. Replace its numbers, then: overflight check {output}")
