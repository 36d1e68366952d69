"""`overflight schema`: the JSON Schema of scenario files, facts, fragment catalogues and measurements."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled

__all__ = ["schema"]


class Kind(StrEnum):
    """Of what the schema is."""

    SCENARIO = "scenario"
    FACTS = "facts"
    CATALOGUE = "catalogue"
    MEASUREMENT = "measurement"
    PERFORMANCE = "performance"


def schema(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", readable=False, help="File to write instead of stdout."
        ),
    ] = None,
    force: Force = False,
    of: Annotated[
        Kind,
        typer.Option(
            help="scenario, facts of a launch, catalogue of fragments, measurement: a line of a feed, "
            "performance: how a desk's warning went."
        ),
    ] = Kind.SCENARIO,
) -> None:
    """Print or write a JSON Schema."""
    with handled():
        import json

        from overflight.cli.output import write_file
        from overflight.formats.plots_schema import measurement_schema
        from overflight.scenario.schema import (
            catalogue_schema,
            facts_schema,
            performance_schema,
            scenario_schema,
        )

        makers = {
            Kind.SCENARIO: scenario_schema,
            Kind.FACTS: facts_schema,
            Kind.CATALOGUE: catalogue_schema,
            Kind.PERFORMANCE: performance_schema,
        }
        text = json.dumps(makers.get(of, measurement_schema)(), indent=2, ensure_ascii=False) + "\n"
        if output is None:
            typer.echo(text, nl=False)
        else:
            write_file(output, text.encode(), force=force)
