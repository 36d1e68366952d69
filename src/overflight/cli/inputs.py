"""Files that commands read: a message instead of a traceback, and nothing too large."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from overflight.errors import InputError

__all__ = ["drag_options", "instant_of", "read_document", "read_file", "read_head", "shown"]


STANDARD_INPUT = "-"
"""Stands for standard input where a file is read."""


def instant_of(text: str, option: str, *, or_words: str = "") -> datetime:
    """Return the instant that an option names, with its offset; ``or_words`` are other values it takes."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.utcoffset() is None:
        allowed = f"ISO 8601 with an offset (2023-08-24T04:07:00+09:00){or_words}"
        raise InputError(option, found=repr(text), allowed=allowed, remedy="Give the time in that form.")
    return time


def read_file(path: Path, *, what: str, max_bytes: int) -> bytes:
    """Return the bytes of a file; ``what`` says in messages what it should be, e.g. ``a table of states``."""
    content = read_head(path, what=what, max_bytes=max_bytes)
    if len(content) > max_bytes:
        found, allowed = f"more than {max_bytes // 1_000_000} MB", _allowed(what, max_bytes)
        raise InputError(shown(path), found=found, allowed=allowed, remedy="Split the file.")
    return content


def read_head(path: Path, *, what: str, max_bytes: int) -> bytes:
    """Return the first ``max_bytes + 1`` bytes of a file; for readers that judge what is too long.

    ``-`` is standard input.
    """
    if str(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read(max_bytes + 1)
    where, allowed = str(path), _allowed(what, max_bytes)
    try:
        if path.exists() and not path.is_file():
            found = "a folder" if path.is_dir() else "a device, pipe or socket"
            raise InputError(where, found=found, allowed=allowed, remedy="Name the file itself.")
        with open(path, "rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        raise InputError(where, found="no such file", allowed=allowed, remedy="Check the path.") from None
    except NotADirectoryError:
        found = f"no folder: {path.parent} is a file"
        raise InputError(
            where, found=found, allowed=allowed, remedy="Name the folder that holds it."
        ) from None
    except (OSError, ValueError) as error:
        found = f"a file that cannot be read ({getattr(error, 'strerror', None) or error})"
        raise InputError(where, found=found, allowed=allowed, remedy="Check its permissions.") from None


def read_document(path: Path) -> bytes:
    """Return the bytes of a scenario or facts file, of standard input for ``-``."""
    from overflight.scenario.load import MAX_BYTES, read_scenario

    if str(path) != STANDARD_INPUT:
        return read_scenario(path)
    content = read_file(path, what="a scenario file (TOML)", max_bytes=MAX_BYTES)
    if not content.strip():
        remedy = "Pipe the file into the command, or name it."
        raise InputError(shown(path), found="nothing", allowed="a scenario file (TOML)", remedy=remedy)
    return content


def shown(path: Path) -> str:
    """Return how a file is called in messages."""
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


def _allowed(what: str, max_bytes: int) -> str:
    return f"{what} of at most {max_bytes // 1_000_000} MB"


def drag_options(model: str, ballistic_kgpm2: float | None, scenario: Path | None) -> None:
    """Refuse options of ``overflight iip`` that do not fit together."""
    if model == "drag":
        if ballistic_kgpm2 is None or not 0.1 <= ballistic_kgpm2 <= 1e6:
            found = "nothing" if ballistic_kgpm2 is None else f"{ballistic_kgpm2:g}"
            remedy = "Give mass / (drag coefficient x area): about 10 for sheet metal, 1000 for a full stage."
            raise InputError("--ballistic", found=found, allowed="0.1 to 1,000,000 kg/m2", remedy=remedy)
        return
    for option, value in (("--ballistic", ballistic_kgpm2), ("--scenario", scenario)):
        if value is not None:
            remedy = "Add --model drag, or leave the option out."
            raise InputError(
                option, found=f"{value} with --model {model}", allowed="--model drag", remedy=remedy
            )
