"""The packed world: whole rings, true areas, no seam, and the tool that packs it."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import sys
from types import ModuleType

import numpy as np
import pytest

from overflight.report.coast import Lines, atlas, decode_arcs, join_rings, map_names, shared_arcs
from overflight.report.map_layers import land, ring_area, visible_rings
from overflight.report.packaged import packaged_bytes
from overflight.report.projection import EqualArea, MapView
from support import ROOT

LAND_KM2 = 148.9e6
"""Land area of the Earth with Antarctica, CIA World Factbook, "World"."""


def rings(lines: Lines) -> list[np.ndarray]:
    return [lines.points_deg[lines.part(index)] for index in range(len(lines))]


@pytest.mark.parametrize("scale", ["50m", "10m"])
def test_every_ring_is_closed_and_lies_within_its_bounds(scale: str) -> None:
    lines = atlas(scale).land
    assert len(lines) > 1000
    for index, ring in enumerate(rings(lines)):
        assert (ring[0] == ring[-1]).all()
        apart = np.arccos(np.clip(lines.directions[lines.part(index)] @ lines.middle[index], -1, 1))
        assert apart.max() <= lines.radius_rad[index] + 1e-9


@pytest.mark.parametrize("centre", [(30.0, 20.0), (180.0, 0.0), (0.0, 90.0), (-90.0, -60.0), (10.0, 50.0)])
def test_land_has_its_area_from_wherever_it_is_seen(centre: tuple[float, float]) -> None:
    """The even-odd rule over all rings, turned ones included, covers the land of the Earth."""
    projection = EqualArea(*centre)
    signed, half = 0.0, 2 * np.pi * 6371.0072**2
    for ring in rings(atlas().land):
        area = ring_area(projection.forward(ring)[0])
        x, y = ring.T
        x = np.unwrap(x, period=360)
        hole = float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) > 0 and abs(x[-1] - x[0]) < 180
        signed += (-1 if hole else 1) * (2 * half - area if area > half else area)
    assert signed == pytest.approx(LAND_KM2, rel=0.03)


def test_a_map_opposite_a_continent_is_not_drowned_in_it() -> None:
    """Seen from the Pacific, Africa holds the antipode; it must not fill the map."""
    view = MapView(EqualArea(-165.0, 5.0), 400, 400, 5)
    found, turned = visible_rings(view, atlas().land)
    assert all(ring_area(ring) < 3000 for index, ring in found.items() if index not in turned)


def test_inland_map_is_all_land() -> None:
    path = land(MapView(EqualArea(90.0, 60.0), 200, 200, 2), "50m")
    assert path.count("M") >= 1
    assert "M-10 -10" in path or "-10" in path


def test_korea_and_its_neighbours_share_a_border() -> None:
    world = atlas()
    assert {"North Korea", "South Korea", "Japan", "Norway"} <= set(world.country_name)
    close = world.borders.near(EqualArea(127.0, 38.3).axes()[2], 0.02)
    assert close, "no border at the demilitarised zone"


def test_names_of_the_map_lie_on_the_earth_and_are_few_enough_to_read() -> None:
    names = map_names()
    assert 120 < len(names) < 300
    assert {name.kind for name in names} == {"sea", "land"}
    assert all(-180 <= name.longitude_deg <= 180 and -90 <= name.latitude_deg <= 90 for name in names)
    assert all(10 <= name.width_km <= 9000 for name in names)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_map", ROOT / "tools" / "vendor_map.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["vendor_map"] = module
    spec.loader.exec_module(module)
    return module


TOPOLOGY = {
    "transform": {"scale": [0.5, 0.25], "translate": [10.0, -5.0]},
    # two unit squares side by side share arc 0
    "arcs": [[[2, 0], [0, 4]], [[2, 4], [-2, 0], [0, -4], [2, 0]], [[2, 0], [2, 0], [0, 4], [-2, 0]]],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "West"}},
                {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"name": "East"}},
                {"type": None, "properties": {"name": "Nowhere"}},
            ]
        },
        "land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[2, 1]]]}]},
    },
}


def test_packing_keeps_what_the_topology_says(tool: ModuleType) -> None:
    with np.load(io.BytesIO(tool.pack_atlas(TOPOLOGY)), allow_pickle=False) as packed:
        data = {name: packed[name] for name in packed.files}
    arcs = decode_arcs(data)
    west, east = rings(join_rings(arcs, data["country_arc"], data["country_ring_arcs"]))
    assert west.tolist() == [[11, -5], [11, -4], [10, -4], [10, -5], [11, -5]]
    assert east.tolist() == [[11, -5], [12, -5], [12, -4], [11, -4], [11, -5]]
    assert data["country_rings"].tolist() == [1, 1, 0]
    owner = np.concatenate([[0], np.cumsum(data["country_rings"])])
    [border] = rings(shared_arcs(arcs, data["country_arc"], data["country_ring_arcs"], owner))
    assert border.tolist() == [[11, -5], [11, -4]]


def test_packing_is_the_same_every_time(tool: ModuleType) -> None:
    assert tool.pack_atlas(TOPOLOGY) == tool.pack_atlas(TOPOLOGY)


def test_what_is_vendored_is_what_was_recorded() -> None:
    notes = json.loads(packaged_bytes("static/vendored.json"))
    assert {note["from"].split("@")[0] for note in notes} == {"maplibre-gl", "world-atlas"}
    for note in notes:
        content = packaged_bytes(f"static/{note['file']}")
        assert hashlib.sha256(content).hexdigest() == note["sha256"], note["file"]
        assert packaged_bytes(f"static/{note['licence_file']}")
    assert sum(note["bytes"] for note in notes) < 2_500_000
