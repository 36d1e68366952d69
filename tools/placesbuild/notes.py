"""The pages beside the packaged places: what they are, where they come from, under which terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from overflight.exposure.place import Place

from . import census_jp
from .archives import CREDITS, SOURCES

_LIMITS = """\
## Limits

- Japan's outlines are those the Japan Meteorological Agency draws warnings with (some 100 m off along
  coasts); uninhabited rocks are missing, as is land that belongs to no municipality (Torishima, Sofugan).
- Korea's outlines are simplified to about 100 m, Natural Earth's to about 1 km; islets under 0.02 km2
  (Korea) and 0.3 km2 (Natural Earth) are left out.  Not for debris-on-islet questions.
- Countries follow who administers the ground in fact, as Natural Earth does; where two sources claim the
  same ground, the municipal one is kept.  That answers whom to call, and says nothing on sovereignty.
- Municipalities are as of the sources' dates (Japan 2025, Korea 2023, Taiwan 2021).
"""


def licences() -> str:
    """Return ``places.LICENSES.md``: every source with version, checksum, licence and credit."""
    parts = [
        "# Sources of the packaged places\n",
        "Written by `tools/build_places.py`.  The packages were read as data; none of their code is here.\n",
    ]
    for source in SOURCES:
        rows = {
            "taken": source.taken,
            "package": f"{source.registry} `{source.name}` {source.version}, {source.package_licence}",
            "archive": f"`{source.file}`",
            "sha256": f"`{source.sha256}`",
            "terms of the data": source.data_licence,
            "credit": source.credit or "none asked for",
        }
        parts.append(f"## {source.name}\n")
        parts += [f"- {name}: {text}" for name, text in rows.items()]
        parts.append("")
    parts += [
        "## e-Stat\n",
        "- taken: people in all municipalities of Okinawa and Kagoshima and some others (`census_jp.py`), "
        "typed from the preliminary counts of the 2020 census (table 0003433219)",
        "- terms of the data: Government of Japan statistics, free use with credit",
        f"- credit: {CREDITS[-1]}",
    ]
    return "\n".join(parts) + "\n"


def readme(places: Sequence[Place], size_bytes: int) -> str:
    """Return ``README.md``: contents, credit lines and known limits, with the figures of this build."""
    count = Counter(place.country for place in places)
    missing = Counter(place.country for place in places if place.population is None)
    elsewhere = len(places) - sum(count[country] for country in ("JP", "KR", "TW", "PH"))
    typed = sum(place.population_source == census_jp.POPULATION_SOURCE for place in places)
    credit_lines = "\n".join(f"- {line}" for line in CREDITS)
    return f"""# Packaged places

`places.zip` ({size_bytes / 1e6:.1f} MB, {len(places):,} places) is made by `tools/build_places.py` and
read by `overflight.exposure.places.load_places`.  Sources, versions, checksums and terms are in
`places.LICENSES.md`.

## Credits

These lines must stand on every map and page that shows the places (`place_credits()` returns them):

{credit_lines}

## What is in it

| country | places | are | codes | people |
|---|---|---|---|---|
| JP | {count["JP"]:,} | municipalities, special wards of Tokyo included | JIS X 0402, JMA class 20 | \
2020 census, preliminary, in Okinawa, Kagoshima and {typed - 84} others; else GeoNames by name; \
{missing["JP"]} unknown |
| KR | {count["KR"]:,} | self-governing si, gun, gu | MOIS, KOSTAT | 2020 census |
| TW | {count["TW"]:,} | townships, county-controlled cities, districts | township code | GeoNames by name; \
{missing["TW"]} unknown |
| PH | {count["PH"]:,} | provinces and large cities | ISO 3166-2, else Natural Earth | 2024 census |
| others | {elsewhere:,} | states, provinces and the like; small countries whole | ISO 3166, else \
Natural Earth | estimates |

- Geometry: WGS-84 longitude and latitude on a grid of 0.0001 degrees, always MultiPolygon, cut at the
  180th meridian.  Neighbours share borders exactly; no two places overlap.
- People are never added up from GeoNames where it lists a municipality and its parts side by side: a
  municipality has the figure of the one place that bears its name.  An unknown population is `None`, not 0.
- Estimates for a province are the people of its towns and, by the number of towns, a share of those of
  the country who live in none.  They begin with "estimate" and have three significant digits.  Held
  against censuses (47 prefectures of Japan, 17 provinces of Korea, 114 divisions of the Philippines), the
  median error is 13 to 21 percent; nine in ten are within a factor of 1.3 in Japan, 1.4 in Korea and 2.3 in
  the Philippines.

{_LIMITS}"""
