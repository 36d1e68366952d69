"""`overflight check`: say whether a scenario file can be used."""

from __future__ import annotations

import typer

from overflight.cli.options import ScenarioFile
from overflight.cli.problems import BAD_INPUT, handled, say

__all__ = ["check"]


def check(scenario: ScenarioFile) -> None:
    """Check a scenario file and say how it was understood."""
    with handled():
        from overflight.cli.inputs import read_document, shown
        from overflight.cli.problems import describe
        from overflight.cli.understood import understood
        from overflight.scenario.load import faults_of, parse_scenario

        content, where = read_document(scenario), shown(scenario)
        faults = faults_of(content, where)
        if not faults:
            typer.echo(understood(parse_scenario(content, where), where))
            return
        for fault in faults:
            say(describe(fault))
        say(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in {where}.")
        raise typer.Exit(BAD_INPUT)
