"""`overflight record`: launches that happened, how reliable a vehicle is, what the next attempt may bring."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled, say

__all__ = ["record"]


def record(
    vehicle: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this vehicle, by the key that the list shows.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CC", help="Only this country, ISO code of two letters.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Only from this day on (UTC)."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Only before this day (UTC).")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="WORD", help="Only success, or only failure.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FOLDER", readable=False, help="Your own record: one TOML file a launch."
        ),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Count by vehicle instead of listing.")] = False,
    upcoming: Annotated[
        bool, typer.Option("--next", help="Show what the record says of the next attempt of --vehicle.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="Draw the reliability of --vehicle (SVG or PNG)."),
    ] = None,
    alerts: Annotated[
        bool,
        typer.Option("--alerts", help="Show public alerts that were raised for real, beside our replays."),
    ] = False,
    page: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="Write the comparison of --alerts as an HTML page."
        ),
    ] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List, filter, count or plot the record, show the card of the next attempt, or the record of alerts."""
    with handled():
        if alerts or page is not None:
            others = {"--vehicle": vehicle, "--country": country, "--outcome": outcome, "--from": folder,
                      "--count": count, "--next": upcoming, "--plot": plot}  # fmt: skip
            _alerts([name for name, value in others.items() if value], since, until, page, force, as_json)
            return
        from overflight.errors import InputError
        from overflight.jobs.record import choose, counted, listed, next_card, read, reliability_drawing

        if outcome not in (None, "success", "failure"):
            raise InputError(
                "--outcome",
                found=repr(outcome),
                allowed="success or failure",
                remedy="Choose one of the two.",
            )
        every = read(folder)
        chosen = choose(
            every, vehicle=vehicle, country=country, since=_utc(since), until=_utc(until), outcome=outcome
        )
        if (upcoming or plot is not None) and vehicle is None:
            raise InputError(
                "--vehicle", found="nothing", allowed=", ".join(every.vehicles), remedy="Name the vehicle."
            )
        if plot is not None:
            _plot(plot, reliability_drawing(chosen, str(vehicle)), force=force)
        elif upcoming:
            _show(next_card(every, str(vehicle), datetime.now(UTC)), as_json)
        else:
            _show(counted(chosen) if count else listed(chosen), as_json)


def _alerts(
    unfit: list[str],
    since: datetime | None,
    until: datetime | None,
    page: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    from overflight.cli.output import write_file
    from overflight.errors import InputError
    from overflight.jobs.record import alerts_compared, alerts_page

    if unfit:
        raise InputError(
            "--alerts", found=f"{', '.join(unfit)} beside it", allowed="--since, --until, --page, --json",
            remedy="Leave the others out: they choose launches, not alerts.",
        )  # fmt: skip
    days = (None if since is None else since.date(), None if until is None else until.date())
    if page is None:
        _show(alerts_compared(*days), as_json)
        return
    write_file(page, alerts_page(*days).encode(), force=force)
    say(f"Wrote {page}.")


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _plot(path: Path, drawing: str, *, force: bool) -> None:
    from overflight.cli.output import write_file
    from overflight.errors import InputError
    from overflight.report.raster import png_of

    kind = path.suffix.lower()
    if kind not in (".svg", ".png"):
        raise InputError(
            "--plot", found=path.name, allowed="a name that ends in .svg or .png", remedy="Rename it."
        )
    content: bytes | None = drawing.encode()
    if kind == ".png":
        content = png_of(drawing.encode())
        if content is None:
            raise InputError(
                "--plot", found="PNG without a renderer", allowed="SVG, or the extra overflight[explain]",
                remedy="Install it, or choose .svg.",
            )  # fmt: skip
    assert content is not None
    write_file(path, content, force=force)
    say(f"Wrote {path}.")


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        say("Nothing in the record is like that.")
        return
    names = list(rows[0])
    table = [names, *([_cell(row[name]) for name in names] for row in rows)]
    if len(rows) == 1:  # a card
        width = max(len(name) for name in names)
        typer.echo("\n".join(f"{name:<{width}}  {value}" for name, value in zip(*table, strict=True)))
        return
    widths = [max(len(line[i]) for line in table) for i in range(len(names))]
    for line in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    return "" if value is None else str(value)
