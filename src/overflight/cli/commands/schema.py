"""`overflight schema`: the JSON Schema of scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled

__all__ = ["schema"]


def schema(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", readable=False, help="File to write instead of stdout."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Print or write the JSON Schema of scenarios."""
    with handled():
        import json

        from overflight.cli.output import write_file
        from overflight.scenario.schema import scenario_schema

        text = json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
        if output is None:
            typer.echo(text, nl=False)
        else:
            write_file(output, text.encode(), force=force)
