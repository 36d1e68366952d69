"""`overflight desk script`: a drill for any scenario, as a file or played to a desk as it happens."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from overflight.jobs.stored_plan import StoredPlan
    from overflight.warning.decision import DecisionMessage

__all__ = ["script"]

LEAD_S = 5.0


class Ends(StrEnum):
    """How a drill ends, as in :class:`overflight.jobs.drill_script.Ends`."""

    PASSED = "passed"
    SHORT = "short"
    LOST = "lost"


def script(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", readable=False, help="Output folder of `overflight plan`."),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help="NDJSON of decision messages; - for stdout.",
        ),
    ] = None,
    desk: Annotated[
        str | None,
        typer.Option(
            "--desk", metavar="URL", help="Play it to this desk now, in real time (key: OVERFLIGHT_DESK_KEY)."
        ),
    ] = None,
    ends: Annotated[Ends, typer.Option(help="It passes as planned, falls short, or is lost.")] = Ends.PASSED,
    lift_off: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Lift-off of the drill, ISO 8601 with offset; the plan's own if absent."
        ),
    ] = None,
    every: Annotated[
        float, typer.Option(min=1.0, max=60.0, metavar="SECONDS", help="From message to message.")
    ] = 5.0,
    force: Force = False,
) -> None:
    """Make a drill of a plan. It is what a tracker would tell a desk of the plan's places and times."""
    with handled():
        from overflight.errors import InputError

        if (output is None) == (desk is None) or (desk and lift_off):
            raise InputError(
                "--output, --desk", found="both or neither, or --lift-off beside --desk",
                allowed="a file with -o, or a desk with --desk, which begins at once",
                remedy="Choose one of the two.",
            )  # fmt: skip
        stored, origin = _read(plan)
        if desk is not None:
            _play(stored, origin, desk, ends, every)
            return
        from overflight.cli.inputs import instant_of
        from overflight.cli.output import refuse_file, write_file
        from overflight.warning.decision import write_decision

        if str(output) != "-":
            refuse_file(Path(str(output)), force=force)
        when = stored.lift_off_utc if lift_off is None else instant_of(lift_off, "--lift-off")
        made = _made(stored, origin, when, ends, every)
        text = "".join(f"{write_decision(message)}\n" for message in made)
        if str(output) == "-":
            typer.echo(text, nl=False)
            return
        write_file(Path(str(output)), text.encode(), force=force)
        say(f"Wrote {output}: {_summed(made)}")


def _read(folder: Path) -> tuple[StoredPlan, str]:
    """Return a plan and the country it is launched from."""
    import json

    from overflight.cli.inputs import read_file
    from overflight.jobs.stored_plan import read_plan

    run = read_file(folder / "run.json", what="the run.json of a plan", max_bytes=200_000_000)
    places = read_file(folder / "places.csv", what="the places.csv of a plan", max_bytes=200_000_000)
    stored = read_plan(run, places, str(folder))
    scenario = folder / "scenario.json"
    origin = json.loads(scenario.read_bytes()).get("site", {}).get("country") if scenario.exists() else None
    return stored, origin or "XX"


def _made(
    plan: StoredPlan, origin: str, lift_off: datetime, ends: Ends, every_s: float
) -> Sequence[DecisionMessage]:
    from overflight.jobs import drill_script as job

    return job.drill_script(plan, job.ScriptSettings(lift_off, job.Ends(ends.value), every_s, origin))


def _play(plan: StoredPlan, origin: str, desk: str, ends: Ends, every_s: float) -> None:
    """Send the messages as they fall due; the first after a few seconds."""
    import time
    from datetime import UTC, datetime, timedelta

    from overflight.cli.desk_link import DeskLink
    from overflight.jobs.drill_script import SEEN_S
    from overflight.warning.decision import write_decision

    link = DeskLink(desk)
    try:
        made = _made(plan, origin, datetime.now(UTC) + timedelta(seconds=LEAD_S - SEEN_S), ends, every_s)
        say(f"Playing to {desk}: {_summed(made)} Interrupt to stop.")
        for message in made:
            time.sleep(max((message.made - datetime.now(UTC)).total_seconds(), 0.0))
            link.send(write_decision(message))
    finally:
        link.close()
    for trouble in link.troubles[:5]:
        say(trouble)


def _summed(made: Sequence[DecisionMessage]) -> str:
    first, last = made[0], made[-1]
    minutes = (last.made - first.made).total_seconds() / 60.0
    return (
        f"{first.event}, {len(made)} messages over {minutes:.0f} min, {len(first.places)} places; "
        f"lift-off {first.launch.time:%Y-%m-%d %H:%M:%S}Z."
    )
