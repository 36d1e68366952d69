"""`overflight plan`: fly a scenario many times and write what lies under it."""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.options import Quiet, ScenarioFile
from overflight.cli.problems import handled, hush_cluster

if TYPE_CHECKING:
    from overflight.earth.weather import Weather
    from overflight.exposure.place import Places
    from overflight.jobs.plan_focus import FocusAsked
    from overflight.jobs.until import Target

__all__ = ["plan"]


class Sampling(StrEnum):
    """How flights are drawn."""

    random = "random"
    sobol = "sobol"


def plan(
    scenario: ScenarioFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", readable=False, help="Folder for the results.")
    ],
    flights: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="Flights to draw.")] = 1000,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="FIGURE=PERCENT",
            help="Draw more until a figure has this standard error: land=5%, casualties=10%, over:CODE=5%.",
        ),
    ] = None,
    focus: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE[=PERCENT]",
            help="Fly more for the risk in one place, by its key, until it is known within 20 % or as said.",
        ),
    ] = None,
    most: Annotated[
        int,
        typer.Option(
            "--most-flights", metavar="N", min=1, max=10_000_000, help="Limit for --until and --focus."
        ),
    ] = 100_000,
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
    sampling: Annotated[
        Sampling, typer.Option(metavar="WAY", help="random, or sobol for evenly spread draws.")
    ] = Sampling.random,
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
    weather: Annotated[
        Path | None,
        typer.Option(
            metavar="NETCDF",
            readable=False,
            help="Forecast or reanalysis on pressure levels, for wind and air.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of an earlier run.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json instead of the summary.")] = False,
) -> None:
    """Plan a launch: read and check everything, compute, then write the folder in one step."""
    with handled():
        from overflight.cli.inputs import read_document, shown
        from overflight.cli.output import OutputFolder
        from overflight.cli.progress import progress_shown
        from overflight.errors import InputError
        from overflight.scenario.load import parse_scenario

        if not math.isfinite(width_km):
            allowed, remedy = "0.1 to 2000 km", "Give a distance in kilometres."
            raise InputError("--width-km", found=f"{width_km}", allowed=allowed, remedy=remedy)
        target, asked = _target(until), _focus(focus)
        content = read_document(scenario)
        launch = parse_scenario(content, shown(scenario))
        own_places, fields = _places(places), _weather(weather)
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
                    weather=fields,
                    until=target,
                    focus=asked,
                    most_flights=most,
                    sampling=sampling.value,
                    computed_utc=datetime.now(UTC),
                    progress=progress,
                )
            folder.commit(result.files)
        if as_json:
            typer.echo(result.files["run.json"].decode())
            return
        from overflight.cli.summary import print_summary

        print_summary(result.report, output / "index.html", sys.stdout)


def _target(text: str | None) -> Target | None:
    if text is None:
        return None
    from overflight.jobs.until import parse_target

    return parse_target(text)


def _focus(text: str | None) -> FocusAsked | None:
    if text is None:
        return None
    from overflight.jobs.plan_focus import parse_focus

    return parse_focus(text)


def _places(path: Path | None) -> Places | None:
    if path is None:
        return None
    from overflight.exposure.places import read_places

    return read_places(path)


def _weather(path: Path | None) -> Weather | None:
    if path is None:
        return None
    from dataclasses import replace

    from overflight.cli.inputs import read_file
    from overflight.formats.weather_netcdf import parse_weather

    content = read_file(path, what="a NetCDF file", max_bytes=500_000_000)
    return replace(parse_weather(content, str(path)), name=path.name)
