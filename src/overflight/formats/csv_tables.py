"""CSV tables whose header names carry the unit: ``altitude_km``, ``time_utc``."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError
from overflight.formats.features import utc_text

Cell = str | int | float | bool | datetime | None

UNITS = frozenset(
    {"s", "m", "km", "deg", "mps", "kmps", "kg", "km2", "m2", "pa", "pct", "j", "n", "kn", "h", "utc"}
)
"""Units a column may state; ``None`` says that it has none: a name, a count, a probability."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FORMULA = ("=", "+", "-", "@", "\t")  # what spreadsheets run as a formula


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name without the unit, the unit or None, its cells, decimals of numbers.

    An array of numbers is written much faster than a list of them.
    """

    name: str
    unit: str | None
    cells: Sequence[Cell] | NDArray[np.generic]
    decimals: int = 3

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not (self.unit is None or self.unit in UNITS):
            allowed = "snake_case and one of " + ", ".join(sorted(UNITS)) + ", or no unit"
            raise InputError(
                "CSV column",
                self.name,
                found=f"unit {self.unit!r}",
                allowed=allowed,
                remedy="Rename the column.",
            )

    @property
    def header(self) -> str:
        return self.name if self.unit is None else f"{self.name}_{self.unit}"


def csv_table(columns: Iterable[Column]) -> str:
    """Return a table with a header row; comma, line feed, quotes where needed (RFC 4180).

    What does not exist (None, NaN) is an empty cell; instants are UTC; a text that a spreadsheet would
    run as a formula is preceded by an apostrophe.  For spreadsheets encode as ``utf-8-sig``.

    Raises
    ------
    InputError : columns of different length, or two of one name
    """
    columns = tuple(columns)
    headers = [column.header for column in columns]
    lengths = {len(column.cells) for column in columns}
    if len(lengths) > 1 or len(set(headers)) < len(headers):
        found = f"{headers} with lengths {sorted(lengths)}"
        remedy = "Give every column one cell a row."
        raise InputError("CSV table", found=found, allowed="distinct names, one length", remedy=remedy)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(zip(*map(_texts, columns), strict=True))
    return stream.getvalue()


def _texts(column: Column) -> list[str]:
    cells = column.cells
    if not isinstance(cells, np.ndarray) or cells.dtype.kind not in "fiu":
        return [_cell(cell, column.decimals) for cell in cells]
    if cells.dtype.kind != "f":
        return [str(number) for number in cells.tolist()]
    form = f"%.{column.decimals}f"
    minus_zero = form % -0.0
    special = {minus_zero: minus_zero[1:], "nan": "", "inf": "", "-inf": ""}
    texts: list[str] = [form % number for number in cells.tolist()]
    return [special.get(text, text) for text in texts]


def _cell(cell: Cell, decimals: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return utc_text(cell)
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    if isinstance(cell, int | np.integer):
        return str(cell)
    number = float(cell)
    if not math.isfinite(number):
        return ""
    text = f"{number:.{decimals}f}"
    return text[1:] if float(text) == 0.0 and text.startswith("-") else text
