"""`overflight iip`: impact points of a table of states."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force, Quiet
from overflight.cli.problems import handled, say

__all__ = ["iip"]


class Model(StrEnum):
    """Ways to fall of ``overflight iip``."""

    VACUUM = "vacuum"
    J2 = "j2"
    DRAG = "drag"


def iip(
    states: Annotated[
        Path,
        typer.Argument(
            metavar="STATES",
            readable=False,
            help="CSV with lat_deg, lon_deg, h_m, ve_mps, vn_mps, vu_mps (velocity relative to the Earth).",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", readable=False, help="CSV file to write.")
    ],
    model: Annotated[
        Model, typer.Option(help="vacuum: two-body arc; j2: oblate Earth; drag: with air and wind too.")
    ] = Model.VACUUM,
    ballistic: Annotated[
        float | None,
        typer.Option(metavar="KGPM2", help="Model drag: mass / (drag coefficient x area), kg/m2."),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="Model drag: scenario with the wind; calm if absent."
        ),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a table of states with the impact point of each."""
    with handled():
        from collections import Counter

        from overflight.cli.inputs import drag_options, read_file
        from overflight.cli.output import refuse_file, write_file
        from overflight.cli.progress import progress_shown
        from overflight.scenario.load import load_scenario

        drag_options(model.value, ballistic, scenario)
        refuse_file(output, force=force)
        content = read_file(states, what="a table of states (CSV)", max_bytes=100_000_000)
        launch = None if scenario is None else load_scenario(scenario)
        from overflight.jobs.iip import iip as impact_table

        with progress_shown(quiet=quiet) as progress:
            text, points = impact_table(
                content, str(states), model=model.value, ballistic_kgpm2=ballistic, scenario=launch,
                progress=progress,
            )  # fmt: skip
        write_file(output, text.encode(), force=force)
        counts = ", ".join(f"{count} {words}" for words, count in Counter(points.words).most_common())
        say(f"Wrote {output}: {counts}.")
