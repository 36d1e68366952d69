"""How a command ends when something is wrong: one readable message and an exit code."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import typer

from overflight.cli import INTERRUPTED
from overflight.cli.output import UnusableOutput
from overflight.errors import InputError, OverflightError

__all__ = ["BAD_INPUT", "INTERRUPTED", "UNEXPECTED", "describe", "handled", "hush_cluster", "say"]

BAD_INPUT, UNEXPECTED = 2, 1


@contextmanager
def handled() -> Iterator[None]:
    """Turn errors inside the block into a message on stderr and the exit code of the command.

    A request to stop (SIGTERM) unwinds like Ctrl-C, so that nothing half-written stays behind.
    """
    try:
        with _stoppable():
            yield
    except (typer.Exit, BrokenPipeError):
        raise
    except OverflightError as error:
        say(describe(error))
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        say("Interrupted; nothing half-written stays behind.")
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if error.filename is None or os.environ.get("OVERFLIGHT_TRACEBACK"):
            _unexpected(error)
        found = (error.strerror or type(error).__name__).lower()
        say(
            f"error: {error.filename2 or error.filename}\n  found:   {found}\n"
            "  remedy:  Check the path, its permissions and the space left, or name another place."
        )
        raise typer.Exit(BAD_INPUT) from None
    except MemoryError:
        say("error: out of memory\n  remedy:  Take fewer --flights or --fragments.")
        raise typer.Exit(UNEXPECTED) from None
    except Exception as error:
        _unexpected(error)


def _unexpected(error: Exception) -> NoReturn:
    """End with what nobody foresaw, told in a few lines."""
    if os.environ.get("OVERFLIGHT_TRACEBACK"):
        raise error
    say(
        f"unexpected error: {type(error).__name__}: {error}\n"
        "  This is a fault of the program, not of your input; nothing was written. Run again with\n"
        "  OVERFLIGHT_TRACEBACK=1 set, and report what it shows together with the scenario."
    )
    raise typer.Exit(UNEXPECTED) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def describe(error: OverflightError) -> str:
    """Return the message of an error as lines: place, found, allowed, remedy."""
    if not isinstance(error, InputError | UnusableOutput):
        return f"error: {error}"
    key = error.key if isinstance(error, InputError) else ""
    place = f"{error.where}: {key}" if key else error.where
    rows = [("found", error.found), ("allowed", error.allowed), ("remedy", error.remedy)]
    return "\n".join([f"error: {place}", *(_row(name, text) for name, text in rows)])


def _row(name: str, text: str) -> str:
    lead = f"  {name + ':':<9}"
    if not sys.stderr.isatty():
        return lead + text
    width = max(40, shutil.get_terminal_size().columns)
    return textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * 11, break_long_words=False)


def hush_cluster() -> None:
    """Let what goes wrong on a cluster be told by one message, not by the log of Dask as well.

    Its event loop speaks through ``tornado.application``, for instance when an interruption comes between
    the start of a call and its first answer.
    """
    with suppress(ModuleNotFoundError):
        import distributed

        for name in (distributed.__name__, "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def say(text: str) -> None:
    """Write a line of conversation to stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)
