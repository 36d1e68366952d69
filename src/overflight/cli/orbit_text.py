"""What the terminal shows of an orbit report."""

from __future__ import annotations

from io import StringIO
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from overflight.report.orbit_values import OrbitReport, OrbitTable

__all__ = ["print_orbit"]

ROWS_SHOWN = 12


def print_orbit(report: OrbitReport, stream: TextIO) -> None:
    """Write headline, warnings and the tables of all sections."""
    if stream.isatty():
        console = Console(file=stream, highlight=False)
        console.width = min(console.width, 130)
        console.print(_text(report))
        return
    buffer = StringIO()
    Console(file=buffer, width=118, highlight=False).print(_text(report))
    stream.write("\n".join(line.rstrip() for line in buffer.getvalue().split("\n")))


def _text(report: OrbitReport) -> RenderableType:
    parts: list[RenderableType] = [Text(report.headline, style="bold")]
    parts += [Text(f"WARNING: {warning}", style="bold") for warning in report.warnings]
    parts.append(Text(report.lede))
    for section in report.sections:
        parts += [Text(), Text(section.title, style="bold underline")]
        if section.lead not in report.lede:
            parts.append(Text(section.lead))
        for table in section.tables:
            parts += [Text(), Text(table.caption, style="bold"), _table(table)]
        parts += [Text(note, style="dim") for note in section.notes]
    return Group(*parts)


def _table(table: OrbitTable) -> RenderableType:
    if not table.rows:
        return Text("none")
    columns = [
        Column(head, justify="right" if i in table.numeric else "left", overflow="fold", no_wrap=i == 0)
        for i, head in enumerate(table.heads)
    ]
    grid = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, show_header=any(table.heads))
    for row in table.rows[:ROWS_SHOWN]:
        grid.add_row(*(Text(cell) for cell in row))
    if len(table.rows) > ROWS_SHOWN:
        return Group(grid, Text(f"and {len(table.rows) - ROWS_SHOWN} more", style="dim"))
    return grid
