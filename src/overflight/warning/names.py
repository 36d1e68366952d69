"""Names in the languages of the public texts, and lists of places short enough to be read aloud.

A resident listens for the own town's name, then for what to do.  A list therefore names as many
places as fit, in the order given, by prefecture or province, and counts the rest: nothing is
dropped without being counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from overflight.errors import InputError
from overflight.warning.hangul import from_hepburn, is_hangul


class Language(StrEnum):
    """Languages of the public texts, as RFC 5646 tags."""

    JAPANESE = "ja"
    ENGLISH = "en"
    KOREAN = "ko"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in each language."""

    ja: str
    en: str
    ko: str

    def __getitem__(self, language: Language) -> str:
        return getattr(self, language.value)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Name of a place: as its people write it, and in other languages where a source has it."""

    local: str
    country: str  # ISO 3166-1 alpha-2
    en: str | None = None
    ja: str | None = None
    ko: str | None = None

    def __getitem__(self, language: Language) -> str:
        """Return the name for readers of ``language``.

        A given translation comes first; then the local name where those readers can read it (for
        Korean, a Japanese municipality is written in Hangul from its romanized name); then English;
        then the local name.
        """
        given = getattr(self, language.value)
        if given:
            return given
        if language is Language.JAPANESE and _is_readable_in_japanese(self.local):
            return self.local
        if language is Language.KOREAN and is_hangul(self.local):
            return self.local
        if language is Language.KOREAN and self.country == "JP" and self.en:
            return from_hepburn(self.en, self.local) or self.en
        return self.en or self.local


def _is_readable_in_japanese(text: str) -> bool:
    """Return whether ``text`` has a letter and all its letters are kanji, kana or Latin."""
    letters = [ord(c) for c in text if c.isalpha()]
    han = [0x3040 <= c <= 0x30FF or 0x3400 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF for c in letters]
    return any(han) and all(h or c < 0x250 for h, c in zip(han, letters, strict=True))


# what the places of a country are called when they are counted: (ja, en singular, en plural, ko)
_UNITS = {
    "JP": ("市町村", "municipality", "municipalities", "개 시정촌"),
    "KR": ("市郡区", "municipality", "municipalities", "개 시군구"),
}
_UNIT_ELSEWHERE = ("地域", "place", "places", "곳")


@dataclass(frozen=True, slots=True)
class _Region:
    name: str  # "" where the places have none
    names: tuple[str, ...]


def place_list(
    places: Sequence[tuple[PlaceName, PlaceName | None]], language: Language, *, max_chars: int | None = None
) -> str:
    """Return places as one phrase, grouped by region, in the order given.

    Parameters
    ----------
    places : (place, its prefecture or province); all of one country; regions come in the order of
        their first place
    language : language of the phrase
    max_chars : longest phrase allowed, None for no limit; a list that is too long names fewer places
        of each region and counts the others, at last only the regions

    Raises
    ------
    InputError : no place, places of several countries, or ``max_chars`` too small even for a count
    """
    countries = {place.country for place, _ in places}
    if len(countries) != 1:
        found = f"places of {sorted(countries) or 'no country'}"
        remedy = "Make one list for each country."
        raise InputError("warning text", "places", found=found, allowed="one country", remedy=remedy)
    regions = _regions(places, language)
    unit = _UNITS.get(countries.pop(), _UNIT_ELSEWHERE)
    phrase = ""
    for shown in _steps(max(len(region.names) for region in regions)):
        phrase = _join(language, [_region_phrase(region, shown, unit, language) for region in regions])
        if max_chars is None or len(phrase) <= max_chars:
            return phrase
    for shown_regions in range(len(regions) - 1, -1, -1):
        phrase = _few_regions(regions, shown_regions, unit, language)
        if max_chars is None or len(phrase) <= max_chars:
            return phrase
    remedy = "Allow more characters for the list of places."
    found = f"{len(places)} places need at least {len(phrase)} characters"
    raise InputError("warning text", "places", found=found, allowed=f"{max_chars}", remedy=remedy)


def _regions(places: Iterable[tuple[PlaceName, PlaceName | None]], language: Language) -> list[_Region]:
    grouped: dict[str, list[str]] = {}
    for place, region in places:
        names = grouped.setdefault(region[language] if region else "", [])
        names.append(place[language])
    return [_Region(name, tuple(names)) for name, names in grouped.items()]


def _steps(longest: int) -> Iterable[int]:
    """Yield how many places to name in each region, from all of them down to none."""
    yield longest
    yield from range(min(longest - 1, 12), -1, -1)


def _region_phrase(region: _Region, shown: int, unit: tuple[str, str, str, str], language: Language) -> str:
    named, others = region.names[:shown], len(region.names) - shown
    if others <= 0:
        return _all_named(region, language)
    count = len(region.names)
    ja, one, many, ko = unit
    if language is Language.JAPANESE:
        if not named:
            return f"{region.name}の{count}{ja}" if region.name else f"{count}{ja}"
        return f"{_run_on(region.name, '、'.join(named))}ほか{others}{ja}"
    if language is Language.KOREAN:
        if not named:
            return f"{region.name} {count}{ko}".strip()
        return f"{region.name} {', '.join(named)} 외 {others}{ko}".strip()
    within = f" in {region.name}" if region.name else ""
    if not named:
        return f"{count} {one if count == 1 else many}{within}"
    return f"{', '.join(named)} and {others} other {one if others == 1 else many}{within}"


def _all_named(region: _Region, language: Language) -> str:
    names = list(region.names)
    if language is Language.JAPANESE:
        return _run_on(region.name, "、".join(names))
    if language is Language.KOREAN:
        return f"{region.name} {', '.join(names)}".strip()
    phrase = _join(language, names)
    if not region.name:
        return phrase
    return f"{phrase}, {region.name}" if len(names) == 1 else f"{phrase} in {region.name}"


def _run_on(region: str, names: str) -> str:
    """Return prefecture and names as Japanese writes them: 沖縄県久米島町, but Incheon Ongjin-gun."""
    return f"{region} {names}" if region[-1:].isascii() and names[:1].isascii() and region else region + names


def _join(language: Language, phrases: Sequence[str]) -> str:
    if language is Language.JAPANESE:
        return "、".join(phrases)
    if language is Language.KOREAN:
        return ", ".join(phrases)
    if len(phrases) < 2:
        return phrases[0]
    between = "; " if any("," in phrase or " and " in phrase for phrase in phrases) else ", "
    return between.join(phrases[:-1]) + (f"{between}and " if between == "; " else " and ") + phrases[-1]


def _few_regions(
    regions: Sequence[_Region], shown: int, unit: tuple[str, str, str, str], language: Language
) -> str:
    count, left = sum(len(region.names) for region in regions), len(regions) - shown
    named = [region.name for region in regions[:shown]]
    ja, one, many, ko = unit
    if language is Language.JAPANESE:
        return f"{'、'.join(named)}ほかの{count}{ja}" if named else f"{count}{ja}"
    if language is Language.KOREAN:
        return f"{', '.join(named)} 등 {count}{ko}" if named else f"{count}{ko}"
    number = f"{count} {one if count == 1 else many}"
    if not named:
        return number
    return f"{number} in {', '.join(named)} and {left} other region{'' if left == 1 else 's'}"
