"""Places and their people: the packaged ones, and the user's own.

The packaged places are made by ``tools/build_places.py``; what they are, their sources and the lines
that must stand wherever they are shown are written in ``data/README.md`` beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from overflight.exposure.place import Bounds, Place, Places
from overflight.exposure.places_geojson import MAX_FILE_BYTES, read_places
from overflight.exposure.places_packed import unpack_places

__all__ = [
    "MAX_FILE_BYTES",
    "Bounds",
    "Place",
    "Places",
    "load_places",
    "place_credits",
    "read_places",
]


def load_places(countries: Iterable[str] | None = None, bbox: Bounds | None = None) -> Places:
    """Return the packaged places of the world.

    Parameters
    ----------
    countries : ISO 3166-1 alpha-2 codes (``["JP", "KR"]``), all if ``None``
    bbox : west, south, east, north in degrees; only places that reach into the box are returned.
        West > east is a box across the 180th meridian.

    Returns
    -------
    Municipalities of Japan, Korea (si, gun, gu) and Taiwan; provinces, states and the like
    elsewhere.  Neighbours share their borders exactly, and no two places overlap.
    """
    places = unpack_places(_packed(), countries, bbox)
    return places if bbox is None else places.select(bbox=bbox)


def place_credits() -> tuple[str, ...]:
    """Return the lines that must stand wherever the packaged places are shown."""
    return load_places(countries=()).credits


@cache
def _packed() -> bytes:
    return files("overflight.exposure").joinpath("data", "places.zip").read_bytes()
