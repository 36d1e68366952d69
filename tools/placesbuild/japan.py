"""Municipalities of Japan, from the areas of the Japan Meteorological Agency.

The agency's areas carry seven digits: JIS X 0402 and two of its own.  It divides some municipalities
(``4621501``, ``4621502``) and gives Kyoto and Hiroshima by ward; here each municipality is one place,
special wards of Tokyo included, and the agency's codes stand beside the official one.

The four islands north-east of Hokkaido that the agency adds as one area without a municipality
(``hoppo``) are left out: nobody there is reached through a Japanese municipality.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import shapely

from overflight.exposure.place import Place

from .archives import embedded_files, member
from .topology import multi, shape

_LIBRARY = "reversejp/reversejp.abi3.so"
_WITHOUT_MUNICIPALITY = "hoppo"
_BY_WARD = {"2610": "26100", "2611": "26100", "3410": "34100"}
_CITIES_BY_WARD = {"26100": ("京都市", "Kyoto City"), "34100": ("広島市", "Hiroshima City")}

PREFECTURES = (
    ("北海道", "Hokkaido"), ("青森県", "Aomori"), ("岩手県", "Iwate"), ("宮城県", "Miyagi"),
    ("秋田県", "Akita"), ("山形県", "Yamagata"), ("福島県", "Fukushima"), ("茨城県", "Ibaraki"),
    ("栃木県", "Tochigi"), ("群馬県", "Gunma"), ("埼玉県", "Saitama"), ("千葉県", "Chiba"),
    ("東京都", "Tokyo"), ("神奈川県", "Kanagawa"), ("新潟県", "Niigata"), ("富山県", "Toyama"),
    ("石川県", "Ishikawa"), ("福井県", "Fukui"), ("山梨県", "Yamanashi"), ("長野県", "Nagano"),
    ("岐阜県", "Gifu"), ("静岡県", "Shizuoka"), ("愛知県", "Aichi"), ("三重県", "Mie"),
    ("滋賀県", "Shiga"), ("京都府", "Kyoto"), ("大阪府", "Osaka"), ("兵庫県", "Hyogo"),
    ("奈良県", "Nara"), ("和歌山県", "Wakayama"), ("鳥取県", "Tottori"), ("島根県", "Shimane"),
    ("岡山県", "Okayama"), ("広島県", "Hiroshima"), ("山口県", "Yamaguchi"), ("徳島県", "Tokushima"),
    ("香川県", "Kagawa"), ("愛媛県", "Ehime"), ("高知県", "Kochi"), ("福岡県", "Fukuoka"),
    ("佐賀県", "Saga"), ("長崎県", "Nagasaki"), ("熊本県", "Kumamoto"), ("大分県", "Oita"),
    ("宮崎県", "Miyazaki"), ("鹿児島県", "Kagoshima"), ("沖縄県", "Okinawa"),
)  # fmt: skip
"""Prefectures in the order of their JIS X 0401 codes, 01 to 47."""


def municipalities(archive: Path) -> list[Place]:
    """Return the municipalities, in the order of their codes, without population.

    Geometry is what the source's parts cover; neighbours are not yet cut against each other.
    """
    content = dict(embedded_files(member(archive, _LIBRARY)))
    areas = defaultdict(list)
    for name in sorted(content):
        if name.startswith("landslides_"):
            for feature in _features(content[name]):
                code = feature["properties"]["code"]
                if code != _WITHOUT_MUNICIPALITY:
                    areas[_BY_WARD.get(code[:4], code[:5])].append(feature)
    return [_municipality(code, features) for code, features in sorted(areas.items())]


def local_name(names: Sequence[str]) -> str:
    """Return the municipality's name from those of its parts: 釧路市 from 釧路市釧路, 釧路市阿寒."""
    common = "".join(_common_start(names))
    end = max(common.rfind(ending) for ending in "市区町村")
    if end < 1:
        raise ValueError(f"no municipality's name in {names}")
    return common[: end + 1]


def english_name(names: Sequence[str]) -> str:
    """Return the municipality's name from those of its parts: Osaki City from Eastern Osaki City, ..."""
    words = [re.sub(r"\s*\(.*\)", "", name).rpartition(", ")[2].split() for name in names]
    return " ".join(reversed(_common_start([each[::-1] for each in words])))


def _common_start(sequences: Sequence[Sequence[str]]) -> list[str]:
    return [column[0] for column in takewhile(lambda c: len(set(c)) == 1, zip(*sequences, strict=False))]


def _features(content: bytes) -> list[Any]:
    return json.loads(content)["features"]


def _municipality(code: str, features: Iterable[Any]) -> Place:
    parts = sorted(features, key=lambda feature: feature["properties"]["code"])
    names = [part["properties"]["name"] for part in parts]
    english = [part["properties"]["enName"] for part in parts]
    if code in _CITIES_BY_WARD:
        name, name_en = _CITIES_BY_WARD[code]
    elif len(names) == 1:
        name, name_en = names[0], english[0]
    else:
        name, name_en = local_name(names), english_name(english)
    region, region_en = PREFECTURES[int(code[:2]) - 1]
    return Place(
        code=code,
        scheme="JIS X 0402",
        name=name,
        name_en=name_en,
        country="JP",
        region=region,
        region_en=region_en,
        population=None,
        population_source=None,
        geometry=multi(shapely.union_all([shape(part["geometry"]) for part in parts])),
        other_codes=tuple(("JMA class20", part["properties"]["code"]) for part in parts),
    )
