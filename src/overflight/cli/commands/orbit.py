"""`overflight orbit`: where a satellite is, and what it can see."""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Quiet
from overflight.cli.problems import handled, say

__all__ = ["orbit"]


class Action(StrEnum):
    """What ``overflight orbit`` is asked for."""

    WHERE = "where"
    PASSES = "passes"
    COVERAGE = "coverage"
    IMAGING = "imaging"
    LIFETIME = "lifetime"
    MANOEUVRES = "manoeuvres"


def orbit(
    sets: Annotated[
        Path,
        typer.Argument(
            metavar="SETS|STATE", readable=False,
            help="Element sets (TLE; OMM in JSON, XML, KVN), or a state (OPM, scenario TOML).",
        ),
    ],
    action: Annotated[Action, typer.Argument(help="What to say about it.")] = Action.WHERE,
    place: Annotated[
        list[str] | None,
        typer.Option(
            "--place", metavar="PLACE",
            help="LAT,LON, a name, a key such as JP-47201, region:NAME or country:CC; repeat for several.",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="UTC", help="Start, e.g. 2024-06-07T05:01:07; now, or the newest "
        "epoch."),
    ] = None,
    days: Annotated[float | None, typer.Option(metavar="N", help="Days to look at; 3, or 30 for "
    "coverage.")] = None,
    satellite: Annotated[
        int | None, typer.Option(metavar="ID", help="Catalogue number, if the file has several satellites.")
    ] = None,
    min_elevation: Annotated[
        float, typer.Option(metavar="DEG", min=0.0, max=89.0, help="Least elevation of a pass.")
    ] = 10.0,
    off_nadir: Annotated[
        float, typer.Option(metavar="DEG", min=1.0, max=80.0, help="Greatest off-nadir angle of an image.")
    ] = 30.0,
    satellites: Annotated[
        int, typer.Option(metavar="N", min=1, max=24, help="Coverage: up to so many of the same kind.")
    ] = 5,
    clear_sky: Annotated[
        float | None,
        typer.Option(metavar="P", min=0.01, max=1.0, help="Coverage: stated chance that a look is clear."),
    ] = None,
    gsd: Annotated[str | None, typer.Option(metavar="M", help="Imaging: sample distance, as in "
    "1..20.")] = None,
    aperture: Annotated[str | None, typer.Option(metavar="M", help="Imaging: aperture.")] = None,
    pixel_pitch: Annotated[str | None, typer.Option(metavar="UM", help="Imaging: pixel pitch.")] = None,
    focal_length: Annotated[str | None, typer.Option(metavar="M", help="Imaging: focal length.")] = None,
    snr: Annotated[str | None, typer.Option(metavar="X", help="Imaging: signal-to-noise ratio, "
    "30..50.")] = None,
    rer: Annotated[str | None, typer.Option(metavar="X", help="Imaging: edge response, 0.5..0.9.")] = None,
    sun: Annotated[
        float, typer.Option(metavar="DEG", min=-18.0, max=89.0, help="Least elevation of the Sun for "
        "daylight.")
    ] = 10.0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", readable=False, help="Write page, tables and "
        "maps there."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of an earlier run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Say where a satellite is, when it passes, and what it can see."""
    with handled():
        from contextlib import nullcontext

        from overflight.cli.inputs import read_file
        from overflight.cli.output import OutputFolder
        from overflight.formats.element_sets import MAX_BYTES

        now = datetime.now(UTC)
        begin, span = _instant(start), _days(days, action)
        content = read_file(sets, what="element sets", max_bytes=MAX_BYTES)
        from overflight.jobs.orbit import OrbitRequest
        from overflight.jobs.orbit_actions import orbit as orbit_job

        request = OrbitRequest(
            now_utc=now, start_utc=begin, days=span, satellite=satellite, min_elevation_deg=min_elevation,
            max_off_nadir_deg=off_nadir, min_sun_deg=sun, places=tuple(place or ("region:Okinawa",)),
            satellites=satellites, clear_sky=clear_sky,
            camera=_camera(
                gsd_m=gsd, aperture_m=aperture, pixel_pitch_um=pixel_pitch, focal_length_m=focal_length,
                snr=snr, rer=rer,
            ),
        )  # fmt: skip
        with nullcontext() if output is None else OutputFolder(output, force=force) as folder:
            result = orbit_job(content, str(sets), action.value, request)
            if folder is not None:
                folder.commit(result.files)
        if as_json:
            typer.echo(result.json_text(), nl=False)
        else:
            from overflight.cli.orbit_text import print_orbit

            print_orbit(result.report, sys.stdout)
        if output is not None and not quiet:
            say(f"Open {output / 'index.html'}")


def _instant(text: str | None) -> datetime | None:
    from overflight.errors import InputError

    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text.strip().replace(" UTC", "").rstrip("Z"))
    except ValueError:
        instant = None
    if instant is None or not 1957 <= instant.year <= 2100:
        allowed = "an instant from 1957 to 2100 in UTC, as in 2024-06-07T05:01:07"
        raise InputError(
            "--from", found=repr(text), allowed=allowed, remedy="Write year-month-dayThour:minute:second."
        )
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _camera(**given: str | None) -> dict[str, tuple[float, float]]:
    """Return the ranges of a camera, written as one number or as two with dots between: 0.1..0.4."""
    from overflight.errors import InputError

    found = {}
    for name, text in given.items():
        if text is None:
            continue
        low, _, high = text.partition("..")
        try:
            ends = (float(low), float(high or low))
        except ValueError:
            ends = (float("nan"), float("nan"))
        if not 0.0 < ends[0] <= ends[1] < 1e9:
            option = "--" + name.removesuffix("_um").removesuffix("_m").replace("_", "-")
            raise InputError(
                option,
                found=repr(text),
                allowed="a number above 0, or a range: 0.1..0.4",
                remedy="Low end first.",
            )
        found[name] = ends
    return found


def _days(days: float | None, action: Action) -> float:
    from overflight.errors import InputError

    if days is None:
        return 30.0 if action is Action.COVERAGE else 3.0
    if not math.isfinite(days) or not 0.01 <= days <= 366.0:
        raise InputError("--days", found=f"{days:g}", allowed="0.01 to 366 days", remedy="Give fewer days.")
    return days
