"""`overflight simulate`: what radars would report of a launch, as a feed to practise with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force, ScenarioFile
from overflight.cli.problems import handled, say

__all__ = ["simulate"]


def simulate(
    scenario: ScenarioFile,
    sensors: Annotated[
        Path,
        typer.Option(metavar="FILE", readable=False, help="Sensors and their faults (TOML)."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="NDJSON file to write; - for stdout, as it happens."
        ),
    ],
    seed: Annotated[int, typer.Option(min=0, help="Seed of all noise and draws.")] = 1,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Failure that happens (its key in the scenario), or as-planned; what happened if absent.",
        ),
    ] = None,
    part: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="When it fails: share of the time in which it may.")
    ] = 0.5,
    draw: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Fly the Nth draw of the spreads; the stated values if absent."
        ),
    ] = None,
    until: Annotated[
        float, typer.Option(min=1.0, max=1790.0, help="Seconds after lift-off to simulate.")
    ] = 1200.0,
    speed: Annotated[
        float, typer.Option(min=0.0, max=100.0, help="Play at this many times real time; 0: at once.")
    ] = 0.0,
    live: Annotated[
        bool,
        typer.Option("--not-exercise", help="Leave out the exercise flag; never on an operational network."),
    ] = False,
    force: Force = False,
) -> None:
    """Fly a launch and write the plots of simulated radars, in the order in which they would arrive."""
    with handled():
        from overflight.cli.feeds import play
        from overflight.cli.inputs import read_file
        from overflight.cli.output import refuse_file, write_file
        from overflight.formats.plots import write_measurement
        from overflight.formats.sensors_toml import MAX_BYTES, read_sensors, site_of
        from overflight.scenario.load import load_scenario

        launch = load_scenario(scenario)
        stations = read_sensors(read_file(sensors, what="sensors (TOML)", max_bytes=MAX_BYTES), str(sensors))
        if output != "-":
            refuse_file(Path(output), force=force)
        from overflight.jobs.simulate import simulate as fly_and_see

        flown = fly_and_see(
            launch,
            stations,
            seed=seed,
            outcome=outcome,
            part=part,
            sample=draw,
            exercise=not live,
            until_s=until,
        )
        head = [(-10.0, write_measurement(site_of(sensor, exercise=not live))) for sensor in stations]
        lines = head + [(d.arrival_s, write_measurement(d.plot)) for d in flown.plots]
        if output == "-":
            play(lines, speed)
        elif speed > 0.0:
            with open(output, "w", encoding="utf-8") as file:
                play(lines, speed, file)
        else:
            write_file(Path(output), "".join(f"{line}\n" for _, line in lines).encode(), force=force)
        say(
            f"{len(flown.plots)} plots of {len(stations)} sensors: {flown.outcome}, "
            f"powered flight ended {flown.end_s:.0f} s after lift-off."
        )
