"""`overflight fit`: narrow a scenario by its facts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force, Quiet
from overflight.cli.problems import handled, say

__all__ = ["fit"]


def fit(
    prior: Annotated[
        Path,
        typer.Argument(metavar="PRIOR", readable=False, help="Scenario file with the wide spreads (TOML)."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", readable=False, help="Scenario file to write.")
    ],
    announced: Annotated[
        bool,
        typer.Option(
            "--announced", help="Fit the announced zones and the orbit only, for `overflight explain`."
        ),
    ] = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Fit a scenario to its facts and write the narrowed one."""
    with handled():
        from overflight.cli.inputs import read_document, shown
        from overflight.cli.output import refuse_file, write_file
        from overflight.cli.progress import progress_shown
        from overflight.scenario.load import parse_scenario, refuse_future

        refuse_file(output, force=force)
        content = read_document(prior)
        scenario = parse_scenario(content, shown(prior))
        refuse_future(scenario, shown(prior), datetime.now(UTC))
        from overflight.jobs.fit import fit as fit_scenario

        with progress_shown(quiet=quiet) as progress:
            text = fit_scenario(content.decode("utf-8-sig"), scenario, progress, announced=announced)
        parse_scenario(text.encode(), str(output))
        write_file(output, text.encode(), force=force)
        say(f"Wrote {output}. Look at its residuals, then: overflight plan {output} -o out")
