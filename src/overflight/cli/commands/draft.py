"""`overflight draft`: from the notice of a launch to a scenario that `overflight plan` takes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Force, Quiet
from overflight.cli.problems import handled, say

__all__ = ["draft"]


class VehicleClass(StrEnum):
    """Classes of vehicles of ``overflight draft``."""

    SMALL_2_STAGE = "small-2-stage"
    SMALL_3_STAGE = "small-3-stage"
    MEDIUM_2_STAGE = "medium-2-stage"
    MEDIUM_3_STAGE = "medium-3-stage"


def draft(
    notice: Annotated[
        Path, typer.Argument(metavar="NOTICE", readable=False, help="Text of the published notice.")
    ],
    site: Annotated[str, typer.Option(metavar="LAT,LON", help="The pad, degrees, north and east positive.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", readable=False, help="Scenario file to write.")
    ],
    like: Annotated[VehicleClass, typer.Option(help="Class of vehicles.")] = VehicleClass.SMALL_3_STAGE,
    zone: Annotated[
        list[str] | None,
        typer.Option(metavar="AREA=BODY", help="What falls in an area: stage-1, fairing ..., none. Repeat."),
    ] = None,
    lift_off: Annotated[
        datetime | None,
        typer.Option(
            metavar="UTC", formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"],
            help="When it lifts off, such as 2025-02-11T01:30Z; any time in the window if absent.",
        ),
    ] = None,
    record: Annotated[
        str | None,
        typer.Option(metavar="VEHICLE", help="Its key in `overflight record`, for its chances of failing."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YYYY", min=1957, max=2099, help="Year of a notice that names none.")
    ] = None,
    utc_offset: Annotated[
        float | None,
        typer.Option(metavar="HOURS", min=-14.0, max=14.0, help="Of a clock that the notice does not name."),
    ] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Fit a class of vehicles to the announced zones and write a labelled scenario."""
    with handled():
        from datetime import UTC

        from overflight.cli.inputs import read_file
        from overflight.cli.output import refuse_file, write_file
        from overflight.cli.progress import progress_shown
        from overflight.formats.notices.read import read_notice
        from overflight.jobs.draft import draft as draft_scenario
        from overflight.scenario.load import parse_scenario

        place, bodies = _site(site), _bodies(zone or [])
        refuse_file(output, force=force)
        text = _text(read_file(notice, what="the text of a notice", max_bytes=1_000_000), str(notice))
        found = read_notice(text, str(notice), year=year, offset_h=utc_offset)
        with progress_shown(quiet=quiet) as progress:
            made = draft_scenario(
                found, text, site_latlon_deg=place, like=like.value, where=str(notice), bodies=bodies,
                lift_off_utc=None if lift_off is None else lift_off.replace(tzinfo=UTC),
                record=record, progress=progress,
            )  # fmt: skip
        parse_scenario(made.text.encode(), str(output))
        write_file(output, made.text.encode(), force=force)
        for row in made.placed:
            typer.echo(
                f"{row.zone.name}: {row.body}, {row.zone.distance_m / 1e3:,.0f} km from the pad towards "
                f"{row.zone.azimuth_deg:.0f} deg; {100 * row.inside:.0f} % of drafted flights fall inside"
            )
        for area in made.unused:
            typer.echo(f"{area.name}: {area.idle}; for no body")
        for remark in made.remarks:
            typer.echo(f"note: {remark}")
        say(f"Wrote {output}, a draft. Read it, then: overflight plan {output} -o out")


def _site(text: str) -> tuple[float, float]:
    from overflight.errors import InputError

    parts = text.replace(";", ",").split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        lat, lon = 999.0, 999.0
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        remedy = "Write latitude and longitude in degrees, such as --site 39.66,124.705."
        raise InputError("--site", found=f'"{text}"', allowed="-90 to 90, -180 to 180", remedy=remedy)
    return lat, lon


def _bodies(options: list[str]) -> dict[str, str | None]:
    from overflight.errors import InputError

    bodies: dict[str, str | None] = {}
    for option in options:
        label, sign, body = option.rpartition("=")
        if not sign or not label.strip() or not body.strip():
            remedy = "Write the area and its body, such as --zone A=stage-1."
            raise InputError("--zone", found=f'"{option}"', allowed="AREA=BODY", remedy=remedy)
        bodies[label.strip()] = None if body.strip() == "none" else body.strip()
    return bodies


def _text(content: bytes, where: str) -> str:
    from overflight.errors import InputError

    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        remedy = "Save the notice as plain text in UTF-8."
        raise InputError(
            where, found="bytes that are no text", allowed="text in UTF-8", remedy=remedy
        ) from None
