"""Coasts and countries of the world for drawing: Natural Earth at 1:50m and 1:10m.

``tools/vendor_map.py`` makes the packed files from ``world-atlas`` 2.0.2.  As in TopoJSON, lines are
cut into arcs, each stored once, and a ring is a list of arc numbers (``~i`` is arc ``i`` reversed).
Rings are meant on the sphere: none is cut at the 180th meridian, and Antarctica runs round the pole.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np

from overflight.report.packaged import packaged_bytes, packaged_text
from overflight.report.projection import authalic_directions

__all__ = ["Atlas", "Lines", "MapName", "atlas", "map_names", "name_in"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Many lines or rings in one array.

    ``points_deg (p, 2)`` longitude and latitude on WGS-84; line ``i`` is
    ``points_deg[start[i]:start[i + 1]]``, and a ring ends on the point it began with.
    ``directions (p, 3)`` are the same on the authalic sphere; each line lies within
    ``radius_rad[i]`` of ``middle[i]``, a direction too.
    """

    points_deg: np.ndarray
    start: np.ndarray
    directions: np.ndarray
    middle: np.ndarray
    radius_rad: np.ndarray

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.start) - 1

    def part(self, index: int) -> slice:
        """Return where line ``index`` lies in the arrays of points."""
        return slice(int(self.start[index]), int(self.start[index + 1]))

    def near(self, direction: np.ndarray, reach_rad: float) -> list[int]:
        """Return the lines that may come within an angle of a direction ``(3,)``."""
        apart = np.arccos(np.clip(self.middle @ direction, -1, 1))
        return np.flatnonzero(apart <= self.radius_rad + reach_rad).tolist()


@dataclass(frozen=True, slots=True)
class Atlas:
    """The land of the world.

    ``land`` are rings to be filled by the even-odd rule; ``borders`` lines between two countries;
    ``country_name (c,)`` and ``country_rings (c + 1,)`` say which rings of ``countries`` are whose.
    """

    land: Lines
    borders: Lines
    countries: Lines
    country_name: tuple[str, ...]
    country_rings: np.ndarray


@dataclass(frozen=True, slots=True)
class MapName:
    """A name for maps: sea, island or region, where to write it and how wide the thing is."""

    kind: str  # "sea" | "land"
    name: str
    longitude_deg: float
    latitude_deg: float
    width_km: float


@cache
def atlas(scale: str = "50m") -> Atlas:
    """Return the world at scale ``50m`` or ``10m``, decoded once per process."""
    with np.load(io.BytesIO(packaged_bytes(f"static/countries-{scale}.npz")), allow_pickle=False) as packed:
        data = {name: packed[name] for name in packed.files}
    arcs = decode_arcs(data)
    rings_of = np.concatenate([[0], np.cumsum(data["country_rings"])])
    return Atlas(
        land=join_rings(arcs, data["land_arc"], data["land_ring_arcs"]),
        borders=shared_arcs(arcs, data["country_arc"], data["country_ring_arcs"], rings_of),
        countries=join_rings(arcs, data["country_arc"], data["country_ring_arcs"]),
        country_name=tuple(str(name) for name in data["country_name"]),
        country_rings=frozen(rings_of),
    )


@cache
def map_names() -> tuple[MapName, ...]:
    """Return the packaged names of seas, islands and regions, widest first."""
    rows = [line.split(",") for line in packaged_text("static/names.csv").splitlines()[1:] if line]
    names = [
        MapName(kind, name, float(lon), float(lat), float(width)) for kind, name, lon, lat, width in rows
    ]
    return tuple(sorted(names, key=lambda item: -item.width_km))


@cache
def _names_abroad() -> dict[str, dict[str, str]]:
    """Return the names of countries, seas and islands in Japanese and Korean, by their English ones.

    Countries as Natural Earth 5.1 has them, the usual short form where it gives the long one; the rest as
    school atlases of both countries write them.
    """
    rows = [line.split(",") for line in packaged_text("static/names-cjk.csv").splitlines()[1:] if line]
    return {name: {"ja": ja, "ko": ko} for name, ja, ko in rows}


def name_in(name: str, language: str) -> str:
    """Return the name of a country, sea or island in a language, in English where none is known."""
    return _names_abroad().get(name, {}).get(language, name)


def lines_of(points_deg: np.ndarray, start: np.ndarray) -> Lines:
    """Return lines with the bounds that tell which of them a map can leave out."""
    directions = authalic_directions(points_deg)
    if len(start) < 2:
        return Lines(points_deg, start, directions, np.empty((0, 3)), np.empty(0))
    middle = np.add.reduceat(directions, start[:-1])
    middle /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-12)
    cosine = np.einsum("ij,ij->i", directions, np.repeat(middle, np.diff(start), axis=0))
    radius = np.arccos(np.clip(np.minimum.reduceat(cosine, start[:-1]), -1, 1))
    return Lines(*(frozen(array) for array in (points_deg, start, directions, middle, radius)))


def decode_arcs(data: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of all arcs in degrees and where each arc starts.

    They are stored as first points and steps in whole numbers (TopoJSON 1.0, section 2.1.2).
    """
    counts = data["arc_steps"].astype(np.int64) + 1
    start = np.concatenate([[0], np.cumsum(counts)])
    steps = np.empty((start[-1], 2), dtype=np.int64)
    inner = np.ones(start[-1], dtype=bool)
    inner[start[:-1]] = False
    steps[inner], steps[start[:-1]] = data["arc_step"], data["arc_first"]
    running = np.cumsum(steps, axis=0)
    before = (running - steps)[start[:-1]]
    whole = running - np.repeat(before, counts, axis=0)
    return whole * data["scale"] + data["translate"], start


def join_rings(arcs: tuple[np.ndarray, np.ndarray], numbers: np.ndarray, per_ring: np.ndarray) -> Lines:
    """Return rings put together from arcs; where two arcs meet, the shared point is kept once."""
    points, start = arcs
    chosen = np.where(numbers < 0, ~numbers, numbers)
    first, last = start[chosen], start[chosen + 1] - 1
    step = np.where(numbers < 0, -1, 1)
    begin = np.where(numbers < 0, last, first)
    length = last - first + 1
    ring_first = np.zeros(len(numbers), dtype=bool)
    ring_first[np.concatenate([[0], np.cumsum(per_ring)[:-1]])] = True
    skip = np.where(ring_first, 0, 1)
    count = length - skip
    offset = np.concatenate([[0], np.cumsum(count)])
    within = np.arange(offset[-1]) - np.repeat(offset[:-1], count) + np.repeat(skip, count)
    index = np.repeat(begin, count) + within * np.repeat(step, count)
    ring_start = np.concatenate([[0], offset[np.cumsum(per_ring)]])
    return lines_of(points[index], ring_start)


def shared_arcs(
    arcs: tuple[np.ndarray, np.ndarray], numbers: np.ndarray, per_ring: np.ndarray, rings_of: np.ndarray
) -> Lines:
    """Return the arcs that bound two countries."""
    points, arc_start = arcs
    ring_country = np.repeat(np.arange(len(rings_of) - 1), np.diff(rings_of))
    number = np.where(numbers < 0, ~numbers, numbers)
    pairs = np.unique(np.stack([number, np.repeat(ring_country, per_ring)], axis=1), axis=0)
    used, times = np.unique(pairs[:, 0], return_counts=True)
    lines = [points[arc_start[i] : arc_start[i + 1]] for i in used[times > 1]]
    start = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    return lines_of(np.concatenate(lines) if lines else np.empty((0, 2)), start)


def frozen(array: np.ndarray) -> np.ndarray:
    """Return the array, read-only."""
    array.setflags(write=False)
    return array
