"""`overflight compare`: what changed between two plans, for whom, and whether it is a go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.problems import handled

__all__ = ["compare"]

NO_GO = 3
"""Exit code with ``--strict`` when a criterion does not hold, or its figure leaves it undecided."""


def compare(
    before: Annotated[Path, typer.Argument(metavar="A", readable=False, help="Folder of the plan before.")],
    after: Annotated[Path, typer.Argument(metavar="B", readable=False, help="Folder of the plan now.")],
    criteria: Annotated[
        Path | None,
        typer.Option("--criteria", "-c", metavar="FILE", readable=False, help="Go / no-go criteria (TOML)."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with code 3 unless B is a go by every criterion.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Compare two plans; judge the second by criteria. Exit code 0 whatever they say, unless --strict."""
    with handled():
        import sys

        from overflight.cli.compare_text import as_document, print_comparison
        from overflight.cli.inputs import read_file
        from overflight.errors import InputError
        from overflight.jobs.compare import compare as compare_plans
        from overflight.jobs.criteria import go, read_criteria
        from overflight.jobs.stored_plan import read_plan

        if strict and criteria is None:
            raise InputError(
                "--strict", found="no criteria", allowed="--strict with --criteria FILE",
                remedy="Name the file of go / no-go criteria.",
            )  # fmt: skip
        rules = ()
        if criteria is not None:
            content = read_file(criteria, what="criteria (TOML)", max_bytes=1_000_000)
            rules = read_criteria(content, str(criteria))
        plans = []
        for folder in (before, after):
            run = read_file(folder / "run.json", what="run.json of a plan", max_bytes=500_000_000)
            places = read_file(folder / "places.csv", what="places.csv of a plan", max_bytes=200_000_000)
            flights = folder / "flights.csv"
            seen = (
                read_file(flights, what="flights.csv of a plan", max_bytes=500_000_000)
                if flights.exists()
                else None
            )
            plans.append(read_plan(run, places, str(folder), seen))
        found = compare_plans(plans[0], plans[1], rules)
        if as_json:
            typer.echo(as_document(found))
        else:
            print_comparison(found, sys.stdout)
        if strict and not go(found.verdicts):
            raise typer.Exit(NO_GO)
