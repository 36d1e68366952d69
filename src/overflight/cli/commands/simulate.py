"""`overflight simulate`: what radars would report of a launch, as a feed to practise with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.options import FeedFormat, Force, ScenarioFile, times_real
from overflight.cli.problems import handled, say
from overflight.errors import InputError

__all__ = ["simulate"]


def simulate(
    scenario: ScenarioFile,
    sensors: Annotated[
        Path,
        typer.Option(metavar="FILE", readable=False, help="Sensors and their faults (TOML)."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="WHERE",
            help="File; - for stdout; mqtt(s)://HOST/TOPIC, udp://HOST:PORT; http://HOST:PORT to serve it.",
        ),
    ],
    seed: Annotated[int, typer.Option(min=0, help="Seed of all noise and draws.")] = 1,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Failure that happens (its key in the scenario), or as-planned; what happened if absent.",
        ),
    ] = None,
    part: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="When it fails: share of the time in which it may.")
    ] = 0.5,
    draw: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Fly the Nth draw of the spreads; the stated values if absent."
        ),
    ] = None,
    until: Annotated[
        float, typer.Option(min=1.0, max=1790.0, help="Seconds after lift-off to simulate.")
    ] = 1200.0,
    speed: Annotated[
        str, typer.Option(metavar="N|max", help="Play at N times real time, 0.1 to 100, or at once.")
    ] = "max",
    style: Annotated[
        FeedFormat, typer.Option("--format", help="NDJSON, ASTERIX CAT048, or a CCSDS TDM (KVN or XML).")
    ] = FeedFormat.NDJSON,
    lift_off: Annotated[
        str | None,
        typer.Option(metavar="INSTANT|now", help="Lift-off at another instant, e.g. now+30: to drill live."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--not-exercise", help="Leave out the exercise flag; never on an operational network."),
    ] = False,
    force: Force = False,
) -> None:
    """Fly a launch and write the plots of simulated radars, in the order in which they would arrive."""
    with handled():
        from overflight.cli.inputs import read_document, read_file, shown
        from overflight.cli.output import refuse_file, write_file
        from overflight.cli.player import is_address, play, sink
        from overflight.cli.simulated_feed import feed_pieces, moved_to, summed_up
        from overflight.formats.sensors_toml import MAX_BYTES, read_cues, read_sensors
        from overflight.scenario.load import parse_scenario

        times = times_real(speed)
        launch = moved_to(parse_scenario(read_document(scenario), shown(scenario)), lift_off)
        content = read_file(sensors, what="sensors (TOML)", max_bytes=MAX_BYTES)
        stations, cues = read_sensors(content, str(sensors)), read_cues(content, str(sensors))
        _refuse_mixture(output, style, times)
        if output != "-" and not is_address(output):
            refuse_file(Path(output), force=force)
        from overflight.jobs.simulate import simulate as fly_and_see

        flown = fly_and_see(
            launch,
            stations,
            seed=seed,
            outcome=outcome,
            part=part,
            sample=draw,
            exercise=not live,
            until_s=until,
            cues=cues,
        )
        pieces, left_out = feed_pieces(flown, stations, style, exercise=not live)
        if output == "-" or is_address(output) or times:
            with sink(output) as put:
                play(pieces, times, put, begins_s=flown.lift_off_s if lift_off and times == 1.0 else None)
        else:
            write_file(Path(output), b"".join(piece for _, piece in pieces), force=force)
        for words in summed_up(flown, stations, left_out):
            say(words)


def _refuse_mixture(output: str, style: FeedFormat, times: float) -> None:
    """Refuse a format that does not fit the way it would go out."""
    whole = style in (FeedFormat.TDM, FeedFormat.TDM_XML)
    network = "://" in output
    if whole and (network or times):
        remedy = "A TDM is a whole file: give -o FILE and no --speed."
        raise InputError("--format", found=f"{style} to play", allowed="ndjson or asterix", remedy=remedy)
    if style is FeedFormat.ASTERIX and network and not output.startswith("udp://"):
        remedy = "Send ASTERIX to udp://HOST:PORT, or write ndjson."
        raise InputError(
            "--format", found=f"asterix to {output.partition(':')[0]}", allowed="udp", remedy=remedy
        )
