"""The places that a desk can warn: names, regions and the areas of messages, by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from overflight.errors import InputError
from overflight.exposure.place import Place
from overflight.warning.alert import AlertArea
from overflight.warning.audiences import CRAFT, Audience, craft_areas
from overflight.warning.drafts import ConcernedPlace, alert_areas
from overflight.warning.names import Language, PlaceName

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_MOST_KEPT = 200
_NEAR_DEG = 1.0


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by :attr:`~overflight.exposure.place.Place.key`; made by :func:`gazetteer`."""

    places: Mapping[str, ConcernedPlace]
    regions: Mapping[str, str]  # key of a place: country and region
    members: Mapping[str, tuple[str, ...]]  # country and region: keys
    bare: Mapping[str, str]  # code without its country, where only one country uses it: key
    _areas: dict[object, dict[Language, tuple[AlertArea, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def key(self, code: str) -> str | None:
        """Return the key of a place given by key (``JP-47361``) or by a code no other country uses."""
        return code if code in self.places else self.bare.get(code)

    def of_regions(self, keys: Iterable[str]) -> frozenset[str]:
        """Return all places of the regions that the given places are in."""
        found: set[str] = set()
        for region in {self.regions[key] for key in keys}:
            found |= set(self.members[region])
        return frozenset(found)

    def named(self, keys: Iterable[str]) -> tuple[tuple[PlaceName, PlaceName | None], ...]:
        """Return (place, its region) of each key, as texts take them."""
        return tuple((self.places[key].name, self.places[key].region) for key in keys)

    def areas(
        self, keys: Sequence[str], languages: tuple[Language, ...], audience: Audience = Audience.PEOPLE
    ) -> Mapping[Language, tuple[AlertArea, ...]]:
        """Return the areas of a message to some places: rings and codes, the same in every language.

        Drawing rings takes a tenth of a second, so the last ones are kept.
        """
        asked = (tuple(keys), languages, audience)
        if asked not in self._areas:
            if len(self._areas) >= _MOST_KEPT:
                self._areas.clear()
            meant = [self.places[key] for key in keys]
            if audience in CRAFT:
                around = [(place.name, place.region, place.geometry) for place in meant]
                self._areas[asked] = craft_areas(around, audience, languages)
            else:
                self._areas[asked] = alert_areas(meant, languages, self._others_near(meant))
        return self._areas[asked]

    def _others_near(self, meant: Sequence[ConcernedPlace]) -> list[BaseGeometry]:
        """Return the land of others that rings around some places could touch."""
        boxes = [place.geometry.bounds for place in meant]
        west, south = min(b[0] for b in boxes) - _NEAR_DEG, min(b[1] for b in boxes) - _NEAR_DEG
        east, north = max(b[2] for b in boxes) + _NEAR_DEG, max(b[3] for b in boxes) + _NEAR_DEG
        own = {id(place) for place in meant}
        return [
            place.geometry
            for place in self.places.values()
            if id(place) not in own and _overlaps(place.geometry.bounds, (west, south, east, north))
        ]


def gazetteer(places: Iterable[Place]) -> Gazetteer:
    """Return the places of some countries, ready to be warned; places of no country are left out."""
    table: dict[str, ConcernedPlace] = {}
    regions: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    for place in places:
        if place.country is None:
            continue
        key, region = place.key, _region(place)
        table[key] = ConcernedPlace(
            place.code,
            PlaceName(place.name, place.country, place.name_en),
            region,
            place.geometry,
            first_time_s=0.0,
            last_time_s=0.0,
        )
        regions[key] = f"{place.country}:{region.local if region else place.code}"
        members.setdefault(regions[key], []).append(key)
        codes.setdefault(place.code, []).append(key)
    if not table:
        remedy = "Give the places of the countries that the desk warns."
        raise InputError("places", found="no place", allowed="at least one", remedy=remedy)
    return Gazetteer(
        MappingProxyType(table),
        MappingProxyType(regions),
        MappingProxyType({region: tuple(keys) for region, keys in members.items()}),
        MappingProxyType({code: keys[0] for code, keys in codes.items() if len(keys) == 1}),
    )


def _region(place: Place) -> PlaceName | None:
    """Return the prefecture or province of a municipality; a province is a place of its own."""
    if not place.region or place.scheme == "ISO 3166-2":
        return None
    return PlaceName(place.region, place.country or "", place.region_en)


def _overlaps(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
