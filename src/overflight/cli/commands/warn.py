"""`overflight warn`: track a launch, and draft who must be told and when it may be lifted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Quiet, times_real
from overflight.cli.problems import handled, say

__all__ = ["warn"]


class World(StrEnum):
    """Which messages are taken: drill and real ones never meet."""

    AUTO = "auto"
    EXERCISE = "exercise"
    ACTUAL = "actual"


def warn(
    feed: Annotated[
        list[str],
        typer.Option(
            metavar="SOURCE",
            help="File (NDJSON, ASTERIX, TDM), -, http(s)://..., mqtt(s)://HOST/TOPIC, udp://:PORT; repeat.",
        ),
    ],
    plan: Annotated[
        Path | None,
        typer.Option(metavar="OUT", readable=False, help="Output folder of `plan`, or a scenario, as prior."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            readable=False,
            help="Policy of the desk (TOML): a dry run shows its drafts.",
        ),
    ] = None,
    desk: Annotated[
        str, typer.Option(metavar="URL", help="Desk that takes the messages, or dry-run: nothing leaves.")
    ] = "dry-run",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help="NDJSON file of decision messages; - prints them, as into a pipe.",
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="Log of all that came in; a restart goes on from it."
        ),
    ] = None,
    sensors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="Sites of sensors that do not tell theirs (TOML)."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="Keys of sources (TOML): unsigned lines are refused."
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="UTC day on which ASTERIX files begin."),
    ] = None,
    world: Annotated[
        World, typer.Option(help="Take drill messages, real ones, or each in a world of its own (auto).")
    ] = World.AUTO,
    speed: Annotated[
        str, typer.Option(metavar="N|max", help="Play files at N times real time, 0.1 to 100, or at once.")
    ] = "max",
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.2, max=60.0, help="From forecast to forecast.")
    ] = 2.0,
    width_km: Annotated[
        float,
        typer.Option("--width-km", metavar="KM", min=1.0, max=500.0, help="A place so near is passed over."),
    ] = 50.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    quiet: Quiet = False,
) -> None:
    """Track what the feeds report, forecast it, and write decision messages for the desk."""
    with handled():
        from overflight.cli.warning_run import RunOptions, run_warning

        options = RunOptions(
            feeds=tuple(feed), plan=plan, policy=policy, desk=desk, output=output, log=log, sensors=sensors,
            world=world.value, speed=times_real(speed), every_s=every, width_m=width_km * 1e3, seed=seed,
            quiet=quiet, keys=keys, day=None if day is None else day.date(),
        )  # fmt: skip
        for line in run_warning(options):
            say(line)
