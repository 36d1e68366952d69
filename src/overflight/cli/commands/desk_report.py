"""`overflight desk report`: how the warning of one event went, as a file for the bulletin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.desk_store import Folder, open_folder
from overflight.cli.options import Force
from overflight.cli.problems import handled, say

__all__ = ["report"]


def report(
    folder: Folder,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="Identifier of the event.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", readable=False, help="JSON; - for stdout."),
    ],
    force: Force = False,
) -> None:
    """Write how the calls of an event went. Who was called, until when, who answered; for `explain`."""
    with handled():
        from datetime import UTC, datetime, timedelta

        from overflight.cli.output import refuse_file, write_file
        from overflight.exposure.places import load_places
        from overflight.service.performance import performance
        from overflight.warning.gazetteer import gazetteer

        if str(output) != "-":
            refuse_file(output, force=force)
        store, config = open_folder(folder)
        silent_after = timedelta(seconds=config.answers.silent_s) if config.answers else None
        found = performance(
            store, event, datetime.now(UTC), desk=config.name,
            gazetteer=gazetteer(load_places(config.places)),
            silent_after=silent_after,
        )  # fmt: skip
        text = found.model_dump_json(indent=2, exclude_none=True) + "\n"
        if str(output) == "-":
            typer.echo(text, nl=False)
            return
        write_file(output, text.encode(), force=force)
        counts = "; ".join(
            f"{one.country}: {len(one.places)} places called, "
            f"{one.replies.acknowledged} of {one.replies.asked} asked answered"
            for one in found.called
        )
        say(f"Wrote {output}. {counts or 'Nobody was called.'}")
