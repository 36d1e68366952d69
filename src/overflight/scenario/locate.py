"""The line of a TOML text that holds a key, for messages only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["line_of"]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#,]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_QUOTES = re.compile(r'"""|' + "'''")


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the number (from 1) of the line that sets ``path`` or the nearest table above it.

    ``path`` counts rows from 0, as in the document. Best effort: None where nothing matches.
    """
    best, depth = None, 0
    for number, at in _places(text):
        n = len(at)
        if n > depth and tuple(path[:n]) == at:
            best, depth = number, n
    return best


def _places(text: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Yield each line that opens a table or sets a key, with its path."""
    table: tuple[str | int, ...] = ()
    rows: dict[tuple[str | int, ...], int] = {}
    quoted = False
    for number, line in enumerate(text.split("\n"), start=1):
        was_quoted, quoted = quoted, quoted ^ (len(_QUOTES.findall(line)) % 2 == 1)
        if was_quoted:
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            table = _resolved(_parts(header.group(2)), rows, opens_row=header.group(1) == "[[")
            yield number, table
        elif key is not None:
            yield number, table + _parts(key.group(1))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _resolved(
    parts: tuple[str, ...], rows: dict[tuple[str | int, ...], int], *, opens_row: bool
) -> tuple[str | int, ...]:
    """Return the path of a header: names of lists are followed by the row they stand at."""
    path: tuple[str | int, ...] = ()
    for i, part in enumerate(parts):
        path = (*path, part)
        if opens_row and i == len(parts) - 1:
            rows[path] = rows.get(path, -1) + 1
        if path in rows:
            path = (*path, rows[path])
    return path
