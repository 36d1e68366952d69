"""Places named on a command line as points: coordinates, a key, a municipality, a region, a country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from overflight.errors import InputError
from overflight.exposure.place import Place
from overflight.exposure.places import load_places
from overflight.orbit.passes import GroundPoints

__all__ = ["MARKS", "ground_points", "points_of"]

MARKS = {
    "okinawa": ("Okinawa (Naha)", 26.2124, 127.6809),
    "seoul": ("Seoul", 37.5665, 126.9780),
    "tokyo": ("Tokyo", 35.6762, 139.6503),
    "guam": ("Guam", 13.45, 144.78),
    "taipei": ("Taipei", 25.0375, 121.5637),
    "pyongyang": ("Pyongyang", 39.0194, 125.7381),
}
"""Names that stand for one point: the seat of government of a city or region."""
_COORDINATES = re.compile(
    r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*(?:,\s*([+-]?\d+(?:\.\d+)?)\s*)?"
)


def ground_points(names: Sequence[str]) -> GroundPoints:
    """Return the points of places as people name them.

    ``26.2,127.7`` or ``26.2,127.7,30`` (latitude, longitude, height in m); a name of :data:`MARKS`; a key
    such as ``JP-47201``; the name of a municipality or province; ``region:Okinawa`` for all municipalities
    of a region; ``country:JP`` for all of a country.

    Raises
    ------
    InputError : a name that is none of these, or that several places bear
    """
    rows: list[tuple[str, str, float, float, float]] = []
    for name in names:
        rows += _rows(name.strip())
    if not rows:
        _refuse("", "nothing")
    keys, labels, latitude, longitude, height = zip(*dict.fromkeys(rows), strict=True)
    return GroundPoints.of(labels, latitude, longitude, height, keys)


def points_of(places: Sequence[Place]) -> list[tuple[str, str, float, float, float]]:
    """Return key, label, latitude, longitude and height 0 of a point inside each place."""
    inner = [place.geometry.representative_point() for place in places]
    return [
        (place.key, place.name_en or place.name, point.y, point.x, 0.0)
        for place, point in zip(places, inner, strict=True)
    ]


def _rows(name: str) -> list[tuple[str, str, float, float, float]]:
    match = _COORDINATES.fullmatch(name)
    if match:
        latitude, longitude, height = (float(text or 0.0) for text in match.groups())
        if abs(latitude) > 90.0 or abs(longitude) > 360.0 or not -500.0 <= height <= 9000.0:
            _refuse(name, name)
        north, east = ("N" if latitude >= 0 else "S"), ("E" if longitude >= 0 else "W")
        label = f"{abs(latitude):g}° {north} {abs(longitude):g}° {east}"
        return [(name, label, latitude, longitude, height)]
    if name.lower() in MARKS:
        label, latitude, longitude = MARKS[name.lower()]
        return [(name.lower(), label, latitude, longitude, 0.0)]
    kind, sign, rest = name.partition(":")
    if sign and kind == "country":
        found = list(load_places(countries=[rest.strip().upper()]))
    elif sign and kind == "region":
        wanted = rest.strip().casefold()
        found = [
            p
            for p in load_places()
            if wanted in ((p.region or "").casefold(), (p.region_en or "").casefold())
        ]
    else:
        found = _named(name)
    if not found:
        _refuse(name, name)
    return points_of(found)


def _named(name: str) -> list[Place]:
    places, wanted = load_places(), name.casefold()
    by_key = places.find(name.upper())
    if by_key is not None:
        return [by_key]
    found = [p for p in places if wanted in (p.name.casefold(), (p.name_en or "").casefold())]
    if not found:
        found = [p for p in places if (p.name_en or "").casefold().split(" ")[0] == wanted]
    if len(found) > 1:
        keys = ", ".join(f"{p.key} ({p.region_en or p.region})" for p in found[:6])
        raise InputError(
            "--place", found=f"{name!r}, a name of {len(found)} places", allowed=f"one key: {keys}",
            remedy="Name the place by its key, or as region:NAME.",
        )  # fmt: skip
    return found


def _refuse(name: str, found: str) -> NoReturn:
    raise InputError(
        "--place", found=repr(found),
        allowed=f"LAT,LON in degrees, {', '.join(MARKS)}, a key (JP-47201), the name of a place, "
        f"region:NAME, country:CC",
        remedy="Check the spelling, or give coordinates: --place 26.2,127.7",
    )  # fmt: skip
