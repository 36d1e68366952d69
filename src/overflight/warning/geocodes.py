"""Codes of places in ``<geocode>``: those that receivers in a country choose by.

There is no public Japanese CAP profile, so the names are those of the standards themselves: the five
digits of JIS X 0402 (prefecture and municipality, without the check digit), by which municipalities
know themselves, and the seven digits of the Meteorological Agency's "class 20" areas, by which Japanese
weather and disaster receivers choose.  A municipality may be several areas of the latter.
"""

from __future__ import annotations

from collections.abc import Iterable

JIS, JMA = "JISX0402", "JMAclass20"

_BY_COUNTRY = {"JP": JIS}
_OTHERS = {"JMA class20": JMA}


def geocodes(
    places: Iterable[tuple[str, str, tuple[tuple[str, str], ...]]],
) -> tuple[tuple[str, str], ...]:
    """Return the (value name, value) pairs of places, each once, own codes first.

    Parameters
    ----------
    places : (country as ISO 3166-1 alpha-2, code, other codes as (scheme, code)) of each place; those of
        countries whose receivers choose by no code we know give none
    """
    own, others = [], []
    for country, code, more in places:
        if country in _BY_COUNTRY:
            own.append((_BY_COUNTRY[country], code))
        others += [(_OTHERS[scheme], value) for scheme, value in more if scheme in _OTHERS]
    return tuple(dict.fromkeys([*own, *others]))
