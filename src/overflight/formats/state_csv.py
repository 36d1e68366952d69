"""Tables of states as CSV: read with every cell checked, written again with the impact points beside them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError
from overflight.flight.impact_point import ImpactPoints

__all__ = ["MAX_ROWS", "RESULT_COLUMNS", "STATE_COLUMNS", "StateTable", "read_states", "write_impact_points"]

MAX_ROWS = 1_000_000

STATE_COLUMNS = {
    "lat_deg": (-90.0, 90.0, "degrees"),
    "lon_deg": (-360.0, 360.0, "degrees"),
    "h_m": (-1e4, 1e9, "m"),
    "ve_mps": (-5e4, 5e4, "m/s"),
    "vn_mps": (-5e4, 5e4, "m/s"),
    "vu_mps": (-5e4, 5e4, "m/s"),
}
"""Columns a table of states must have, with the least and the greatest value: geodetic place (WGS-84) and
velocity relative to the rotating Earth along local east, north and up."""

OPTIONAL_COLUMNS = {"time_s": (-1e12, 1e12, "s")}

RESULT_COLUMNS = ("code", "iip_lat_deg", "iip_lon_deg", "tof_s")
"""Columns that are added; those of an earlier result are replaced."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEADER = "a header row with " + ", ".join(STATE_COLUMNS) + " (and time_s, if you have it)"


@dataclass(frozen=True, slots=True)
class StateTable:
    """States of a CSV file: its header and cells as they stand there, and the columns of numbers (m,)."""

    header: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...] = field(repr=False)
    latitude_rad: NDArray[np.float64] = field(repr=False)
    longitude_rad: NDArray[np.float64] = field(repr=False)
    height_m: NDArray[np.float64] = field(repr=False)
    velocity_mps: NDArray[np.float64] = field(repr=False)
    """Relative to the Earth, (m, 3) east, north, up."""

    def __len__(self) -> int:
        return len(self.cells)


def read_states(content: bytes, where: str) -> StateTable:
    """Return the states in the bytes of a CSV file; ``where`` names the file in messages.

    Comma, UTF-8, one header row with the names of :data:`STATE_COLUMNS` in any order. Other columns, such as
    ``case``, are kept as they are; ``time_s`` must hold numbers if it is there, and moves nothing, because
    states are given relative to the Earth.

    Raises
    ------
    InputError : anything wrong with the file; names row (the header is row 1, as in a spreadsheet) and column
    """
    rows = _rows(content, where)
    header = tuple(name.strip() for name in next(rows, (0, []))[1])
    _check_header(header, where)
    cells: list[tuple[str, ...]] = []
    numbers: list[list[float]] = []
    limits = {name: limit for name, limit in (STATE_COLUMNS | OPTIONAL_COLUMNS).items() if name in header}
    places = {name: header.index(name) for name in limits}
    for number, row in rows:
        if not row:
            continue
        if len(row) != len(header):
            allowed = f"{len(header)}, as in the header"
            remedy = "Fill or remove cells; put a text that holds a comma into quotes."
            _refuse(where, f"row {number}", f"{len(row)} cells", allowed, remedy)
        if len(cells) == MAX_ROWS:
            remedy = "Split the file."
            _refuse(where, f"row {number}", "more rows", f"at most {MAX_ROWS:,} states", remedy)
        cells.append(tuple(row))
        numbers.append(
            [_number(row[places[name]], limits[name], where, number, name) for name in STATE_COLUMNS]
        )
        if "time_s" in limits:
            _number(row[places["time_s"]], limits["time_s"], where, number, "time_s")
    if not cells:
        _refuse(where, "", "a header without states", "at least one row below it", "Add the states.")
    columns = np.array(numbers)
    latitude, longitude = np.radians(columns[:, 0]), np.radians(columns[:, 1])
    return StateTable(header, tuple(cells), latitude, longitude, columns[:, 2], columns[:, 3:])


def write_impact_points(table: StateTable, points: ImpactPoints) -> str:
    """Return the table with code, impact point (deg) and time of flight (s); empty where there is none."""
    kept = [i for i, name in enumerate(table.header) if name not in RESULT_COLUMNS]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*(table.header[i] for i in kept), *RESULT_COLUMNS])
    latitude, longitude = np.degrees(points.latitude_rad), np.degrees(points.longitude_rad)
    results = zip(points.words, latitude, longitude, points.flight_s, strict=True)
    for cells, (words, *numbers) in zip(table.cells, results, strict=True):
        shown = [_shown(value, decimals) for value, decimals in zip(numbers, (7, 7, 3), strict=True)]
        writer.writerow([*(cells[i] for i in kept), words, *shown])
    return stream.getvalue()


def _shown(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return "" if np.isnan(value) else text.removeprefix("-") if float(text) == 0.0 else text


def _refuse(where: str, key: str, found: str, allowed: str, remedy: str) -> NoReturn:
    raise InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def _rows(content: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row, counted from 1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        remedy = "Export the table as CSV in UTF-8."
        _refuse(where, f"byte {error.start}", "something that is not UTF-8 text", "a CSV file", remedy)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            yield number, row
    except csv.Error as error:
        remedy = "Look for a quote that is not closed, or export the table again."
        _refuse(where, f"row {number + 1}", f"no CSV ({error})", "cells between commas", remedy)


def _check_header(header: Sequence[str], where: str) -> None:
    missing = [name for name in STATE_COLUMNS if name not in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    if missing:
        line = ",".join(header)
        others = [name for name in header if name and name not in STATE_COLUMNS]
        beside = f", but {', '.join(others)}" if others else ""
        found = f"no column {', '.join(missing)}{beside}"[:200] if line.strip() else "no header"
        other = next((sign for sign in (";", "\t", "|") if sign in line), "")
        small = not other and set(missing) <= {name.lower() for name in header}
        remedy = "Name the columns so; units stand in the names."
        remedy = "Write these names in small letters." if small else remedy
        remedy = "Separate cells by commas." if other else remedy
        _refuse(where, "row 1", found, _HEADER, remedy)
    if twice:
        _refuse(where, "row 1", f"{twice[0]!r} twice", "each name once", "Rename or remove one of them.")


def _number(text: str, limit: tuple[float, float, str], where: str, row: int, column: str) -> float:
    low, high, unit = limit
    allowed = f"a number from {low:,.10g} to {high:,.10g} {unit}"
    key = f"row {row}, column {column}"
    text = text.strip()
    if not text:
        _refuse(where, key, "an empty cell", allowed, "Fill it, or remove the row.")
    if not _NUMBER.fullmatch(text):
        comma = re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text)
        remedy = "Write a decimal point." if comma else "Correct the cell, or remove the row."
        _refuse(where, key, repr(text[:40]), allowed, remedy)
    value = float(text)
    if not low <= value <= high:
        remedy = f"Check the unit ({unit}) and the order of the columns."
        _refuse(where, key, text[:40], allowed, remedy)
    return value
