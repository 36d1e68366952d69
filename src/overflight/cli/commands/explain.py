"""`overflight explain`: reconstruct a launch from published facts, and write the bulletin."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.options import Quiet
from overflight.cli.problems import handled, hush_cluster, say

if TYPE_CHECKING:
    from overflight.report.bulletin_values import Bulletin
    from overflight.scenario.facts import Facts
    from overflight.scenario.model import Scenario

__all__ = ["explain"]


def explain(
    facts: Annotated[Path, typer.Argument(metavar="FACTS", readable=False, help="Facts file (TOML).")],
    scenario: Annotated[
        Path,
        typer.Option(
            "--scenario", "-s", metavar="LAUNCH", readable=False, help="Scenario of the launch (TOML)."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", readable=False, help="Folder for the bulletin."),
    ],
    flights: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=20_000_000, help="Flights of the bank; 1000000 for a bulletin of record."
        ),
    ] = 200_000,
    samples: Annotated[
        int, typer.Option(metavar="N", min=100, max=100_000, help="Flights drawn from those that are left.")
    ] = 2000,
    fragments: Annotated[
        int, typer.Option(metavar="N", min=1, max=10_000, help="Fragments of a break-up.")
    ] = 40,
    seed: Annotated[int, typer.Option(metavar="N", min=0, max=2**31 - 1, help="Same seed, same bits.")] = 1,
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="serial, threads, threads:N or dask://HOST:PORT.")
    ] = "threads",
    bank: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            readable=False,
            help="Where flown blocks are kept, so that a stopped run goes on (default: the cache folder).",
        ),
    ] = None,
    refine: Annotated[
        str,
        typer.Option(
            metavar="auto|STEPS",
            help="Walk the posterior as well, until it has converged or so many steps; else refused.",
        ),
    ] = "0",
    warning: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="How the warning went: what `overflight desk report` wrote."
        ),
    ] = None,
    places: Annotated[
        Path | None,
        typer.Option(metavar="GEOJSON", readable=False, help="Your own places instead of the packaged ones."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the results of an earlier run.")] = False,
    quiet: Quiet = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json instead of the summary.")] = False,
) -> None:
    """Read and check everything, fly or take up the bank, weigh it, then write the folder in one step."""
    with handled():
        from overflight.cli.inputs import read_document, shown
        from overflight.cli.output import OutputFolder
        from overflight.cli.progress import progress_shown
        from overflight.scenario.load import parse_facts, parse_scenario

        now, steps = datetime.now(UTC), _steps(refine)
        scenario_bytes, facts_bytes = read_document(scenario), read_document(facts)
        launch = parse_scenario(scenario_bytes, shown(scenario))
        told = parse_facts(facts_bytes, shown(facts), launch, now)
        told, report = _with_report(told, launch, warning)
        own_places = None
        if places is not None:
            from overflight.exposure.places import read_places

            own_places = read_places(places)
        if engine.startswith("dask:"):
            hush_cluster()
        with OutputFolder(output, force=force) as folder:
            from overflight.cli.shelf import DiskShelf, bank_digest
            from overflight.jobs.explain import ExplainSettings
            from overflight.jobs.explain import explain as explain_launch
            from overflight.jobs.explain_files import explain_files
            from overflight.jobs.explain_report import bulletin

            shelf = DiskShelf(bank, bank_digest(launch, told.claim, seed))
            settings = ExplainSettings(flights, samples, fragments, seed, engine, refine_steps=steps)
            with progress_shown(quiet=quiet) as progress:
                found = explain_launch(
                    launch, told, settings, places=own_places, shelf=shelf, progress=progress
                )
                progress("Writing", 0, 1)
                page = bulletin(found, facts_bytes + report, scenario_bytes, now)
                files = explain_files(found, page, facts_bytes, scenario_bytes)
                if report:
                    files["performance.json"] = report
                progress("Writing", 1, 1)
            folder.commit(files)
        if as_json:
            typer.echo(files["run.json"].decode())
            return
        _tell(page, output)


def _with_report(told: Facts, launch: Scenario, path: Path | None) -> tuple[Facts, bytes]:
    """Return the facts with the report of a desk, and its bytes; none without one."""
    if path is None:
        return told, b""
    from overflight.cli.inputs import read_file
    from overflight.scenario.performance import MAX_BYTES, facts_with, read_performance

    content = read_file(path, what="a report of a desk", max_bytes=MAX_BYTES)
    return facts_with(told, launch, read_performance(content, str(path)), str(path)), content


def _tell(page: Bulletin, output: Path) -> None:
    """Print the answer; say beside it what a reader must know and where the rest lies."""
    from overflight.report.bulletin_story import cautions, lead
    from overflight.report.bulletin_words import Talk

    talk = Talk(page, "en")
    for sentence in lead(talk):
        typer.echo(sentence.replace("\u00a0", " "))
    for sentence in cautions(talk):
        say(sentence)
    if page.chain is not None:
        say(talk("chain", steps=f"{page.chain.steps:,}", apart=f"{page.chain.apart:.2g}"))
    say(
        f"{page.run.flights:,} flights, {page.run.effective:,.0f} effective after the facts. "
        f"Open {output / 'index.html'} (ja.html, ko.html); figures, tables and run.json lie beside it."
    )


def _steps(text: str) -> int | None:
    """Return the steps of the sampler, None for as many as it takes."""
    if text == "auto":
        return None
    if text.isdecimal() and int(text) <= 1_000_000:
        return int(text)
    from overflight.errors import InputError

    raise InputError(
        "--refine", found=f'"{text}"', allowed="auto, or a number of steps up to 1000000",
        remedy="Take --refine auto.",
    )  # fmt: skip
