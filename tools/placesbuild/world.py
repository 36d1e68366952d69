"""States, provinces and the like of all countries but those with municipalities, from Natural Earth.

Countries follow Natural Earth's usual view: who administers the ground in fact.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.exposure.place import Place

from .archives import member
from .topology import shape, united

_WITH_MUNICIPALITIES = {"JPN", "KOR", "TWN"}

# Land without an ISO code in Natural Earth.  What two states hold in part has none here either.
_COUNTRY = {
    "CSI": "AU", "CLP": "FR", "CYN": "CY", "ESB": "GB", "KAB": "KZ", "SOL": "SO", "USG": "CU", "WSB": "GB",
    "IOA-2652": "CX", "IOA-1928": "CC",
}  # fmt: skip

_ARABIC = "DZ BH TD KM DJ EG IQ JO KW LB LY MR MA OM PS QA SA SD SY TN AE YE EH"
_LANGUAGES = {
    "ar": _ARABIC, "bn": "BD", "de": "DE AT LI", "el": "GR CY", "fa": "IR AF", "fr": "FR MC", "he": "IL",
    "hi": "IN", "hu": "HU", "ja": "JP", "ko": "KP KR", "nl": "NL", "pl": "PL", "ru": "RU BY KG KZ",
    "sv": "SE AX", "tr": "TR", "uk": "UA", "ur": "PK", "vi": "VN", "zh": "CN", "zht": "HK MO TW",
}  # fmt: skip
_LANGUAGE = {country: code for code, countries in _LANGUAGES.items() for country in countries.split()}
"""Language of the local name, for countries that Natural Earth has one for; else its plain name."""

_SMALL_KM = 100.0
"""A country that fits in this is one place: its divisions are smaller than their outlines are right."""

_SMALL = {"HK": ("香港", "Hong Kong"), "MO": ("澳門", "Macau")}

_OFFICIAL = re.compile(r"[A-Z]{2}-(?!X\d)[A-Z0-9]{1,3}$")


def provinces(archive: Path) -> list[Place]:
    """Return first-level divisions without population, in the order of country and code."""
    features = json.loads(member(archive, "data/build.json"))["features"]
    wanted = [f for f in features if f["properties"]["adm0_a3"] not in _WITH_MUNICIPALITIES]
    repeated = Counter(feature["properties"]["iso_3166_2"] for feature in wanted)
    divisions: defaultdict[str | None, list[Place]] = defaultdict(list)
    for feature in wanted:
        place = _province(feature, repeated)
        divisions[place.country].append(place)
    places = [place for country in divisions for place in _small_as_one(divisions[country])]
    return sorted(places, key=lambda place: (place.country or "", place.code))


def country_of(about: Mapping[str, Any]) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a division, or ``None``."""
    code = about["iso_a2"]
    if re.fullmatch("[A-Z]{2}", code):
        return code
    return _COUNTRY.get(about["adm1_code"]) or _COUNTRY.get(about["adm0_a3"])


def _small_as_one(divisions: list[Place]) -> list[Place]:
    """Return the divisions of a country, or the country as one place if it is small."""
    country = divisions[0].country
    outline = united([place.geometry for place in divisions])
    west, south, east, north = outline.bounds
    width_km = 111.2 * (east - west) * math.cos(math.radians(south))
    if country is None or (len(divisions) > 1 and math.hypot(width_km, 111.2 * (north - south)) > _SMALL_KM):
        return divisions
    name, name_en = _SMALL.get(country, (divisions[0].name, divisions[0].name_en))
    if len(divisions) > 1 and country not in _SMALL:
        name = name_en = divisions[0].region or country
    one = replace(
        divisions[0], code=country, scheme="ISO 3166-1", name=name, name_en=name_en, geometry=outline
    )
    return [one]


def _province(feature: Mapping[str, Any], repeated: Mapping[str, int]) -> Place:
    about = feature["properties"]
    country, iso = country_of(about), about["iso_3166_2"]
    official = bool(_OFFICIAL.match(iso)) and repeated[iso] == 1 and iso[:2] == country
    plain = about["name"].strip() or f"{about['admin']}, small islands"
    local = about.get(f"name_{_LANGUAGE.get(country or '')}") or plain
    return Place(
        code=iso if official else about["adm1_code"],
        scheme="ISO 3166-2" if official else "Natural Earth adm1_code",
        name=local.strip(),
        name_en=(about["name_en"] or plain).strip(),
        country=country,
        region=about["admin"],
        region_en=about["admin"],
        population=None,
        population_source=None,
        geometry=shape(feature["geometry"]),
    )
