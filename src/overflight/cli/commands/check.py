"""`overflight check`: say whether a scenario file can be used."""

from __future__ import annotations

import typer

from overflight.cli.options import ScenarioFile
from overflight.cli.problems import BAD_INPUT, handled, say

__all__ = ["check"]


def check(scenario: ScenarioFile) -> None:
    """Check a scenario file and say how it was understood."""
    with handled():
        from overflight.cli.problems import describe
        from overflight.cli.understood import understood
        from overflight.scenario.load import check_scenario, load_scenario

        faults = check_scenario(scenario)
        if not faults:
            typer.echo(understood(load_scenario(scenario), str(scenario)))
            return
        for fault in faults:
            say(describe(fault))
        say(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in {scenario}.")
        raise typer.Exit(BAD_INPUT)
