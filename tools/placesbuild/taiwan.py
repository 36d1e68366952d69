"""Townships and districts of Taiwan, from the Ministry of the Interior's outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from overflight.exposure.place import Place

from .archives import member
from .topology import shape


def townships(archive: Path) -> list[Place]:
    """Return the townships, county-controlled cities and districts, in the order of their codes."""
    topology = json.loads(member(archive, "towns-10t.json"))
    arcs = decoded_arcs(topology)
    towns = topology["objects"]["towns"]["geometries"]
    return [_township(town, arcs) for town in sorted(towns, key=lambda t: t["properties"]["TOWNCODE"])]


def decoded_arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """Return the arcs (n, 2) of a quantised TopoJSON topology in degrees (format 1.0, section 2.1.3)."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(arc, axis=0) * scale + translate for arc in topology["arcs"]]


def rings(geometry: dict[str, Any], arcs: list[np.ndarray]) -> dict[str, Any]:
    """Return a TopoJSON polygon as GeoJSON; a reference ~i is arc i backwards (section 2.1.4)."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    coordinates = [[_joined(references, arcs) for references in part] for part in parts]
    return {"type": "MultiPolygon", "coordinates": coordinates}


def _joined(references: list[int], arcs: list[np.ndarray]) -> list[Any]:
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in references]
    return np.concatenate([pieces[0], *[piece[1:] for piece in pieces[1:]]]).tolist()


def _township(town: dict[str, Any], arcs: list[np.ndarray]) -> Place:
    about = town["properties"]
    return Place(
        code=about["TOWNCODE"],
        scheme="Taiwan township code",
        name=about["TOWNNAME"],
        name_en=about["TOWNENG"],
        country="TW",
        region=about["COUNTYNAME"],
        region_en=about["COUNTYENG"],
        population=None,
        population_source=None,
        geometry=shape(rings(town, arcs)),
    )
