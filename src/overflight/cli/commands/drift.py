"""`overflight drift`: where to search at sea."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import Quiet
from overflight.cli.problems import handled, say

__all__ = ["drift"]

_UTC = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ"]


def drift(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", readable=False, help="Folder for the results.")
    ],
    start: Annotated[
        Path | None,
        typer.Argument(metavar="IMPACTS", readable=False, help="impacts.csv of a plan, or areas (.geojson)."),
    ] = None,
    ellipse: Annotated[
        str | None,
        typer.Option(metavar="LAT,LON,A,B,AZ", help="Or the 90 % ellipse: semi-axes (km), azimuth."),
    ] = None,
    body: Annotated[str | None, typer.Option(metavar="NAME", help="Body, or name of the area.")] = None,
    outcome: Annotated[str | None, typer.Option(metavar="KEY", help="Only flights that ended so.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="UTC", formats=_UTC, help="Lift-off, or when it fell; from run.json if absent."),
    ] = None,
    wind: Annotated[
        str, typer.Option(metavar="FIELD", help="SPEED,FROM in m/s and degrees, or a file: .csv or .nc.")
    ] = "0,0",
    current: Annotated[
        str, typer.Option(metavar="FIELD", help="SPEED,TOWARDS in m/s and degrees, or a file: .csv or .nc.")
    ] = "0,0",
    wind_sd: Annotated[float, typer.Option(metavar="MPS", min=0.0, max=20.0, help="Its error.")] = 0.0,
    current_sd: Annotated[
        float, typer.Option(metavar="MPS", min=0.0, max=3.0, help="Its error.")
    ] = 0.0,
    hours: Annotated[str, typer.Option(metavar="LIST", help="Hours to look at.")] = "6,12,24,48",
    like: Annotated[
        str, typer.Option(metavar="CLASSES", help="Leeway classes by key, or mix.")
    ] = "mix",
    particles: Annotated[int, typer.Option(metavar="N", min=100, max=200_000, help="Particles.")] = 5000,
    seed: Annotated[int, typer.Option(metavar="N", min=0, max=2**31 - 1, help="Same seed, same bits.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of an earlier run.")] = False,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Let the impacts of a body drift, and write search areas."""
    with handled():
        import sys

        from overflight.cli.drift_inputs import classes_of, field_of, hours_of, manifest, since_of, start_of
        from overflight.cli.drift_table import drift_table
        from overflight.cli.output import OutputFolder
        from overflight.jobs.drift import drift_files, search_areas

        at_hours, classes = hours_of(hours), classes_of(like)
        begins = start_of(start, ellipse, body=body, outcome=outcome, particles=particles, seed=seed)
        start_utc = since_of(since, start, needed=any(x.endswith((".csv", ".nc")) for x in (wind, current)))
        with OutputFolder(output, force=force) as folder:
            search = search_areas(
                begins, start_utc=start_utc, hours=at_hours, classes=classes,
                wind=field_of(wind, "wind", start_utc), current=field_of(current, "current", start_utc),
                wind_sd_mps=wind_sd, current_sd_mps=current_sd, seed=seed,
            )  # fmt: skip
            files = drift_files(search)
            folder.commit(files | {"run.json": manifest(search, files, wind, current)})
        drift_table(search, sys.stdout)
        if not quiet:
            say(f"Wrote {output}: drift.svg, drift.geojson, drift.csv")
