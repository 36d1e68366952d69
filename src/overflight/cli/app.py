"""The Typer application: every command with its options; the work is imported when it runs."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli import COMMANDS, PURPOSE
from overflight.cli.problems import BAD_INPUT, INTERRUPTED, handled, hush_cluster, say

__all__ = ["app", "run"]

app = typer.Typer(
    name="overflight",
    help=PURPOSE,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


class Template(StrEnum):
    """Scenarios that ``overflight new`` writes."""

    SMALL_3_STAGE = "small-3-stage"
    TWO_STAGE = "two-stage"


class Model(StrEnum):
    """Ways to fall of ``overflight iip``."""

    VACUUM = "vacuum"
    J2 = "j2"
    DRAG = "drag"


ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", readable=False, help="Scenario file (TOML).")
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without the letters of a name shows their numbers
            stream.reconfigure(errors="backslashreplace")
    try:
        app(list(arguments), prog_name="overflight")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    except KeyboardInterrupt:
        say("Interrupted; nothing half-written stays behind.")
        return INTERRUPTED
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        from overflight import __version__

        typer.echo(f"overflight {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


@app.command("plan", help=COMMANDS["plan"])
def plan(
    scenario: ScenarioFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", readable=False, help="Folder for the results.")
    ],
    flights: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="Flights to draw.")] = 1000,
    fragments: Annotated[
        int, typer.Option(metavar="N", min=1, max=100_000, help="Fragments of a break-up.")
    ] = 200,
    seed: Annotated[int, typer.Option(metavar="N", min=0, max=2**31 - 1, help="Same seed, same bits.")] = 1,
    engine: Annotated[
        str,
        typer.Option(
            metavar="ENGINE", help="serial, threads, threads:N or dask://HOST:PORT; all give the same bits."
        ),
    ] = "threads",
    width_km: Annotated[
        float,
        typer.Option(
            "--width-km", metavar="KM", min=0.1, max=2000.0, help="A place within this distance is overflown."
        ),
    ] = 50.0,
    places: Annotated[
        Path | None,
        typer.Option(metavar="GEOJSON", readable=False, help="Your own places instead of the packaged ones."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of an earlier run.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json instead of the summary.")] = False,
) -> None:
    """Plan a launch: read and check everything, compute, then write the folder in one step."""
    with handled():
        from overflight.cli.output import OutputFolder
        from overflight.cli.progress import progress_shown
        from overflight.errors import InputError
        from overflight.scenario.load import parse_scenario, read_scenario

        if not math.isfinite(width_km):
            allowed, remedy = "0.1 to 2000 km", "Give a distance in kilometres."
            raise InputError("--width-km", found=f"{width_km}", allowed=allowed, remedy=remedy)
        content = read_scenario(scenario)
        launch = parse_scenario(content, str(scenario))
        own_places = None
        if places is not None:
            from overflight.exposure.places import read_places

            own_places = read_places(places)
        if engine.startswith("dask:"):
            hush_cluster()
        with OutputFolder(output, force=force) as folder:
            from overflight.jobs.plan import plan as plan_launch

            with progress_shown(quiet=quiet) as progress:
                result = plan_launch(
                    launch,
                    scenario_bytes=content,
                    flights=flights,
                    fragments=fragments,
                    seed=seed,
                    engine=engine,
                    width_km=width_km,
                    places=own_places,
                    computed_utc=datetime.now(UTC),
                    progress=progress,
                )
            folder.commit(result.files)
        if as_json:
            typer.echo(result.files["run.json"].decode())
            return
        from overflight.cli.summary import print_summary

        print_summary(result.report, output / "index.html", sys.stdout)


@app.command("check", help=COMMANDS["check"])
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


@app.command("new", help=COMMANDS["new"])
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
        say(f"Wrote {output}. Replace its numbers, then: overflight check {output}")


@app.command("fit", help=COMMANDS["fit"])
def fit(
    prior: Annotated[
        Path,
        typer.Argument(metavar="PRIOR", readable=False, help="Scenario file with the wide spreads (TOML)."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", readable=False, help="Scenario file to write.")
    ],
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Fit a scenario to its facts and write the narrowed one."""
    with handled():
        from overflight.cli.output import refuse_file, write_file
        from overflight.cli.progress import progress_shown
        from overflight.scenario.load import parse_scenario, read_scenario

        refuse_file(output, force=force)
        content = read_scenario(prior)
        scenario = parse_scenario(content, str(prior))
        from overflight.jobs.fit import fit as fit_scenario

        with progress_shown(quiet=quiet) as progress:
            text = fit_scenario(content.decode("utf-8-sig"), scenario, progress)
        parse_scenario(text.encode(), str(output))
        write_file(output, text.encode(), force=force)
        say(f"Wrote {output}. Look at its residuals, then: overflight plan {output} -o out")


@app.command("iip", help=COMMANDS["iip"])
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


@app.command("schema", help=COMMANDS["schema"])
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


@app.command("warmup", help=COMMANDS["warmup"])
def warmup(quiet: Quiet = False) -> None:
    """Compile all kernels into the cache folder."""
    with handled():
        from overflight.cli.progress import progress_shown
        from overflight.jobs.warmup import warmup as compile_kernels

        with progress_shown(quiet=quiet) as progress:
            compile_kernels(progress)
