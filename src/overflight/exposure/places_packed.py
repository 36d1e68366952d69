"""Places to bytes and back: the form in which they are packaged.

A zip archive with two members.  ``places.json`` holds the attributes column by column, repeated
texts once.  ``shapes.bin`` holds the geometry as a chain of whole numbers: coordinates in units of
:data:`QUANTUM_DEG`, each stored as the step from the one before (longitude and latitude apart, one
chain through all rings), steps zigzag-coded into unsigned 32-bit words, and the words laid out byte
plane by byte plane so that deflate finds the zeros.  Decoding is one cumulative sum.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.exposure.place import Bounds, Place, Places

QUANTUM_DEG = 1e-4
"""Step of packed coordinates: 11 m along a meridian."""

FORMAT = 1
_EPOCH = (1980, 1, 1, 0, 0, 0)  # time stamp inside the archive: the same places give the same bytes
_PLAIN = ("code", "name", "name_en", "population")
_REPEATED = ("country", "region", "region_en", "population_source", "scheme")

Offsets = NDArray[np.int64]


def pack_places(places: Sequence[Place], credits: Sequence[str]) -> bytes:
    """Return places as the bytes that :func:`unpack_places` reads.

    Coordinates are rounded to :data:`QUANTUM_DEG`; places made on that grid come back as they were.
    """
    table: dict[str, Any] = {"format": FORMAT, "credits": list(credits), "count": len(places)}
    table |= {name: [getattr(place, name) for place in places] for name in _PLAIN}
    for name in _REPEATED:
        table[name] = _pool([getattr(place, name) for place in places])
    table["other_codes"] = [[list(pair) for pair in place.other_codes] for place in places]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (("places.json", text.encode()), ("shapes.bin", _pack_shapes(places))):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content, compresslevel=9)
    return packed.getvalue()


def unpack_places(
    packed: bytes, countries: Iterable[str] | None = None, bbox: Bounds | None = None
) -> Places:
    """Return the packed places, or those of some countries or near a box, without building the others.

    ``bbox`` (west, south, east, north in degrees; west > east crosses the 180th meridian) is tried
    on bounding boxes only: what it leaves is what may reach into it.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        table = json.loads(archive.read("places.json"))
        words = np.frombuffer(archive.read("shapes.bin"), dtype=np.uint8)
    if table["format"] != FORMAT:
        raise ValueError(f"packed places have format {table['format']}, this version reads {FORMAT}")
    columns = {name: table[name] for name in _PLAIN}
    columns |= {name: [table[name]["texts"][i] for i in table[name]["index"]] for name in _REPEATED}
    columns["other_codes"] = [tuple((s, c) for s, c in pairs) for pairs in table["other_codes"]]
    lon, lat, offsets = _unpack_shapes(words, table["count"])
    keep = np.ones(table["count"], dtype=bool)
    if countries is not None:
        wanted = {countries} if isinstance(countries, str) else set(countries)
        keep &= np.array([country in wanted for country in columns["country"]], dtype=bool)
    if bbox is not None:
        keep &= _near(lon, lat, offsets, bbox)
    if not keep.all():
        lon, lat, offsets = _only(keep, lon, lat, offsets)
        columns = {name: [v for v, k in zip(c, keep, strict=True) if k] for name, c in columns.items()}
    columns["geometry"] = _build(lon, lat, offsets)
    names = list(columns)
    rows = tuple(Place(**dict(zip(names, row, strict=True))) for row in zip(*columns.values(), strict=True))
    return Places(rows, tuple(table["credits"]))


def _pool(values: Sequence[str | None]) -> dict[str, list[Any]]:
    texts = list(dict.fromkeys(values))
    place_of = {text: index for index, text in enumerate(texts)}
    return {"texts": texts, "index": [place_of[value] for value in values]}


def _pack_shapes(places: Sequence[Place]) -> bytes:
    from shapely import to_ragged_array

    geometries = [place.geometry for place in places]
    _, coordinates, offsets = to_ragged_array(geometries)
    grid = np.rint(coordinates / QUANTUM_DEG).astype(np.int64)
    chains = [grid[:, 0], grid[:, 1], *offsets]  # ring starts, polygon starts, place starts
    counts = np.array([len(chain) for chain in chains], dtype="<u4")
    return counts.tobytes() + b"".join(_pack_chain(np.asarray(chain, dtype=np.int64)) for chain in chains)


def _unpack_shapes(
    content: NDArray[np.uint8], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Offsets]]:
    counts = content[:20].view("<u4").astype(np.int64)
    ends = 20 + 4 * np.cumsum(counts)
    chains = [_unpack_chain(content[end - 4 * n : end]) for n, end in zip(counts, ends, strict=True)]
    if len(chains[4]) != count + 1 or chains[2][-1] != len(chains[0]):
        raise ValueError("packed places are damaged: shapes and attributes differ in number")
    return chains[0], chains[1], chains[2:]


def _pack_chain(values: NDArray[np.int64]) -> bytes:
    step = np.diff(values, prepend=np.int64(0))
    zigzag = ((step << 1) ^ (step >> 63)).astype("<u4")
    return np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T).tobytes()


def _unpack_chain(planes: NDArray[np.uint8]) -> NDArray[np.int64]:
    zigzag = np.ascontiguousarray(planes.reshape(4, -1).T).view("<u4").ravel().astype(np.int64)
    return np.cumsum((zigzag >> 1) ^ -(zigzag & 1))


def _near(
    lon: NDArray[np.int64], lat: NDArray[np.int64], offsets: Sequence[Offsets], bbox: Bounds
) -> NDArray[np.bool_]:
    start = offsets[0][offsets[1][offsets[2][:-1]]]  # first coordinate of each place
    west, south, east, north = (round(value / QUANTUM_DEG) for value in bbox)
    low, high = np.minimum.reduceat(lon, start), np.maximum.reduceat(lon, start)
    inside = (high >= west) & (low <= east) if west <= east else (high >= west) | (low <= east)
    return inside & (np.maximum.reduceat(lat, start) >= south) & (np.minimum.reduceat(lat, start) <= north)


def _only(
    keep: NDArray[np.bool_], lon: NDArray[np.int64], lat: NDArray[np.int64], offsets: Sequence[Offsets]
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Offsets]]:
    """Leave out places: from the table down to polygons, rings and coordinates."""
    kept: list[Offsets] = []
    for level in reversed(offsets):
        size = np.diff(level)
        kept.insert(0, np.concatenate([[0], np.cumsum(size[keep])]))
        keep = np.repeat(keep, size)
    return lon[keep], lat[keep], kept


def _build(lon: NDArray[np.int64], lat: NDArray[np.int64], offsets: Sequence[Offsets]) -> list[Any]:
    from shapely import GeometryType, from_ragged_array

    # Divide, not multiply: k / 10000 is the double nearest to the decimal that was packed.
    coordinates = np.column_stack([lon, lat]) / round(1.0 / QUANTUM_DEG)
    return list(from_ragged_array(GeometryType.MULTIPOLYGON, coordinates, tuple(offsets)))
