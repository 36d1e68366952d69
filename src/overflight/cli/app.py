"""The Typer application: one module in ``cli/commands`` for each command of the table in ``cli``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated

import typer

from overflight.cli import COMMANDS, INTERRUPTED, PURPOSE
from overflight.cli.problems import BAD_INPUT, say

__all__ = ["app", "run"]

app = typer.Typer(
    name="overflight",
    help=PURPOSE,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without the letters of a name shows their numbers
            stream.reconfigure(errors="backslashreplace")
    try:
        app(list(arguments), prog_name="overflight")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    except KeyboardInterrupt:
        say("Interrupted; nothing half-written stays behind.")
        return INTERRUPTED
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        from overflight import __version__

        typer.echo(f"overflight {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


def _register(name: str, words: str) -> None:
    module = import_module(f"overflight.cli.commands.{name.replace('-', '_')}")
    group = getattr(module, "group", None)
    if group is None:
        app.command(name, help=words)(getattr(module, name.replace("-", "_")))
    else:
        app.add_typer(group, name=name, help=words)


for _name, _words in COMMANDS.items():
    _register(_name, _words)
