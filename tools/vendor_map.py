"""Fetch what the map pages carry, and pack it into ``src/overflight/report/static/``.

Two npm packages, at fixed versions and with the checksums of their archives written below:

``maplibre-gl``
    The interactive map: the UMD build and its stylesheet, unchanged but compressed.
``world-atlas``
    Natural Earth countries at 1:50m and 1:10m as TopoJSON, repacked into arrays that numpy reads in
    a few milliseconds (the layout is described in ``overflight/report/coast.py``).

Run it again after changing a version: ``python tools/vendor_map.py``.  It needs ``npm`` for the
download and numpy; an archive whose checksum differs from the one below is refused.  What was
written, from which file, with which checksums and under which licence, is recorded in
``static/vendored.json``; the licence texts lie beside it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

STATIC = Path(__file__).resolve().parent.parent / "src" / "overflight" / "report" / "static"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time stamp inside the archives, so that the same input gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package at one version; ``sha256`` is that of the archive ``npm pack`` delivers."""

    name: str
    version: str
    sha256: str
    licence: str
    licence_file: str


MAPLIBRE = Package(
    "maplibre-gl",
    "5.24.1",
    "b84d7fdf7fba5922fd3fff9a92733936c7a03b99165afc6c84f41c311bdbfa9d",
    "BSD-3-Clause",
    "LICENSE.txt",
)
ATLAS = Package(
    "world-atlas",
    "2.0.2",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    "ISC (package); public domain (Natural Earth 4.1.0)",
    "LICENSE",
)


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """Return the files of a package by their path inside it, after checking the archive."""
    run = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / run.stdout.strip().splitlines()[-1]
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        sys.exit(f"{archive.name}: found sha256 {found}; allowed: {package.sha256}. Nothing was written.")
    with tarfile.open(archive) as tar:
        files = [member for member in tar.getmembers() if member.isfile()]
        return {member.name.removeprefix("package/"): read_member(tar, member) for member in files}


def read_member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Return the contents of one regular file of an archive."""
    handle = tar.extractfile(member)
    assert handle is not None, member.name
    return handle.read()


def arc_arrays(topology: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the arcs of a quantised TopoJSON topology as flat integer arrays.

    ``arc_first (a, 2)`` is the first point of each arc and ``arc_step (p, 2)`` the differences from
    point to point, ``arc_steps (a,)`` of them per arc; ``scale`` and ``translate (2,)`` turn the
    integers into degrees (TopoJSON specification 1.0, section 2.1.2).
    """
    arcs = [np.asarray(arc, dtype=np.int32) for arc in topology["arcs"]]
    return {
        "arc_first": np.stack([arc[0] for arc in arcs]),
        "arc_step": np.concatenate([arc[1:] for arc in arcs]),
        "arc_steps": np.array([len(arc) - 1 for arc in arcs], dtype=np.int32),
        "scale": np.asarray(topology["transform"]["scale"]),
        "translate": np.asarray(topology["transform"]["translate"]),
    }


def polygon_arrays(prefix: str, geometries: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return polygons as three flat arrays of arc numbers and counts.

    ``_arc`` holds the arc numbers of all rings in order (``~i`` means arc ``i`` reversed),
    ``_ring_arcs`` how many belong to each ring, ``_rings`` how many rings each geometry has.
    """
    rings_of = [list(chain.from_iterable(polygons_of(geometry))) for geometry in geometries]
    rings = list(chain.from_iterable(rings_of))
    return {
        f"{prefix}_arc": np.array(list(chain.from_iterable(rings)), dtype=np.int32),
        f"{prefix}_ring_arcs": np.array([len(ring) for ring in rings], dtype=np.int32),
        f"{prefix}_rings": np.array([len(item) for item in rings_of], dtype=np.int32),
    }


def polygons_of(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of one TopoJSON geometry as lists of rings of arc numbers."""
    kind = geometry.get("type")
    if kind == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if kind == "MultiPolygon" else []


def pack_atlas(topology: dict[str, Any]) -> bytes:
    """Return a ``world-atlas`` countries topology as the bytes of an ``.npz`` file."""
    countries = topology["objects"]["countries"]["geometries"]
    arrays = {
        **arc_arrays(topology),
        **polygon_arrays("land", topology["objects"]["land"]["geometries"]),
        **polygon_arrays("country", countries),
        "country_name": np.array([country["properties"]["name"] for country in countries]),
    }
    return npz_bytes(arrays)


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """Return arrays as an ``.npz`` archive with fixed time stamps, the columns of steps split."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asfortranarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return out.getvalue()


def record(package: Package, source: str, source_bytes: bytes, name: str, written: bytes) -> dict[str, Any]:
    """Return the note about one vendored file."""
    return {
        "file": name,
        "bytes": len(written),
        "sha256": hashlib.sha256(written).hexdigest(),
        "from": f"{package.name}@{package.version} {source}",
        "from_sha256": hashlib.sha256(source_bytes).hexdigest(),
        "archive_sha256": package.sha256,
        "licence": package.licence,
        "licence_file": f"{package.name}.LICENSE.txt",
    }


def main() -> None:
    """Fetch, pack, write, and say what was written."""
    outputs: dict[str, bytes] = {}
    notes: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        maplibre, atlas = fetch(MAPLIBRE, Path(folder)), fetch(ATLAS, Path(folder))
    for source, name in (
        ("dist/maplibre-gl.js", "maplibre-gl.js.gz"),
        ("dist/maplibre-gl.css", "maplibre-gl.css.gz"),
    ):
        outputs[name] = gzip.compress(maplibre[source], 9, mtime=0)
        notes.append(record(MAPLIBRE, source, maplibre[source], name, outputs[name]))
    for scale in ("50m", "10m"):
        source, name = f"countries-{scale}.json", f"countries-{scale}.npz"
        outputs[name] = pack_atlas(json.loads(atlas[source]))
        notes.append(record(ATLAS, source, atlas[source], name, outputs[name]))
    outputs["maplibre-gl.LICENSE.txt"] = maplibre[MAPLIBRE.licence_file]
    outputs["world-atlas.LICENSE.txt"] = atlas[ATLAS.licence_file]
    outputs["vendored.json"] = (json.dumps(notes, indent=2) + "\n").encode()
    STATIC.mkdir(parents=True, exist_ok=True)
    for name, content in outputs.items():
        (STATIC / name).write_bytes(content)
        print(f"{len(content):>9,} bytes  {name}")


if __name__ == "__main__":
    main()
