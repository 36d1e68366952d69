"""The command line.

``main`` answers help and version by itself from the table below, because people ask for them most and
should not wait; everything else goes to the Typer application in ``cli/app.py``, whose commands import
what they need when they run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

__all__ = ["COMMANDS", "main"]

INTERRUPTED = 130

COMMANDS = {
    "plan": "Fly a scenario a thousand times and write what lies under it: page, tables, maps, drafts.",
    "check": "Say whether a scenario file can be used, and everything that is wrong with it.",
    "new": "Write a commented scenario of a generic vehicle to start from.",
    "draft": "Draft a scenario from the published notice of a launch: announced zones in, plan out.",
    "fit": "Narrow the spreads of a scenario by the facts published about its launch.",
    "explain": "Weigh flights by the facts published after a launch: what happened, where, as a bulletin.",
    "simulate": "Fly a launch and write what radars would report of it.",
    "warn": "Track a launch from radar plots and draft who must be told, and when it may be lifted.",
    "fly": "Fly a scenario once as stated: events, orbit, margin or shortfall, loads.",
    "bulletins": "Write the index page and the Atom feed of a folder of bulletins.",
    "iip": "Say for a table of states where each would come down if thrust ended now.",
    "compare": "Say what changed for whom between two plans, and whether it is a go by your criteria.",
    "drift": "Say where to search at sea: where a part fell, and where it may float hour by hour.",
    "orbit": "Say where a satellite is, when it passes over places, and what it can see.",
    "record": "List, count and plot launches that happened, with sources; what the next attempt may bring.",
    "schema": "Print the JSON Schema of scenario files, for editors, or of measurements.",
    "warmup": "Compile the numerical kernels once, so that later runs start at once.",
    "alert": "Check, sign and verify CAP 1.2 alerts.",
    "desk": "Run the warning desk: draft, approve by two people, deliver, lift; --demo shows it.",
}
"""Commands with what they do in one line, in order of use."""

PURPOSE = "Launch safety and public warning: who and what lies under a rocket launch."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (``sys.argv`` if none is given) and return its exit code.

    0 done; 2 the input, the output folder or the command line cannot be used; 130 interrupted; 1 an
    unexpected error.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("--help", "-h"):
        print(_help())
        return 0
    if given == ["--version"]:
        from overflight import __version__

        print(f"overflight {__version__}")
        return 0
    from overflight.cli.app import run

    code = run(given)
    if code == INTERRUPTED and arguments is None:
        _leave(code)
    return code


def _leave(code: int) -> NoReturn:
    """End the process now; threads that are flying a block would hold it for seconds, for nothing."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _help() -> str:
    width = max(len(name) for name in COMMANDS)
    rows = "\n".join(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    return (
        f"{PURPOSE}\n\n"
        "Usage: overflight COMMAND ...\n\n"
        f"Commands:\n{rows}\n\n"
        "Options:\n"
        "  --help     Show this page; `overflight COMMAND --help` shows one command.\n"
        "  --version  Show the version.\n\n"
        "Start: overflight new -o launch.toml, edit it, overflight plan launch.toml -o out"
    )
