"""What a page about an orbit shows, as plain values: sections of words, tables and maps.

Jobs fill them; the page, the terminal and the JSON text only read them. Texts are ready for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class OrbitTable:
    """A table: its caption, heads of the columns, rows of texts, names of the columns whose cells are
    numbers.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    shown: int = 20
    """Rows shown at once; the rest can be opened."""


@dataclass(frozen=True, slots=True)
class OrbitMark:
    """A point with a label; ``kind`` is ``satellite`` or ``place``."""

    lonlat: LonLat
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class MapCell:
    """A cell of a map that is shaded by a value: how dark (0 to 1), and the value in short at its middle."""

    ring: tuple[LonLat, ...]
    shade: float
    label: str
    middle: LonLat


@dataclass(frozen=True, slots=True)
class OrbitMap:
    """A map ``reach_km`` round ``centre``: ground tracks, rings (footprints), marks, shaded cells."""

    title: str
    caption: str
    centre: LonLat
    reach_km: float
    tracks: tuple[tuple[LonLat, ...], ...]
    track_labels: tuple[str, ...]
    rings: tuple[tuple[LonLat, ...], ...]
    marks: tuple[OrbitMark, ...]
    cells: tuple[MapCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a line in a chart with its label; ``band`` is drawn as an area between two such lines."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    band: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class OrbitChart:
    """A chart of curves over one axis, by its logarithm where ``log_x`` says so."""

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    caption: str = ""
    log_x: bool = False


@dataclass(frozen=True, slots=True)
class OrbitSection:
    """A section of the page, of the terminal's text, and of the JSON text (``data``)."""

    key: str
    title: str
    lead: str
    tables: tuple[OrbitTable, ...] = ()
    maps: tuple[OrbitMap, ...] = ()
    charts: tuple[OrbitChart, ...] = ()
    notes: tuple[str, ...] = ()
    data: object = None


@dataclass(frozen=True, slots=True)
class OrbitReport:
    """The whole page."""

    title: str
    about: str
    headline: str
    lede: str
    warnings: tuple[str, ...]
    key_figures: tuple[tuple[str, str], ...]
    sections: tuple[OrbitSection, ...]
    files: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    version: str
    computed_utc: datetime
