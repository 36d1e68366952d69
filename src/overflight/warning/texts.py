"""Public texts: templates filled from typed facts, never free text.

:func:`render` is the only way to make a :class:`Message`.  The facts are values (instants, place
names, words from a table), so what people read or hear can be wrong only if a fact is wrong.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.errors import InputError
from overflight.warning.alert import Status
from overflight.warning.audiences import CRAFT, Audience, craft_template
from overflight.warning.hangul import with_ro
from overflight.warning.names import Language, PlaceName, Words, place_list
from overflight.warning.templates import (
    AREA_WORDS,
    BANNERS,
    COUNTRY_WORDS,
    OWN_COUNTRY_WORDS,
    SLOTS,
    TEMPLATES,
    VEHICLE_WORDS,
    MessageKind,
    VehicleWord,
)

SHORT_FORM_CHARS = 360
"""Longest short form: the longer text of Wireless Emergency Alerts (47 CFR 10.430)."""

DESCRIPTION_PLACES_CHARS = {Language.JAPANESE: 120, Language.ENGLISH: 300, Language.KOREAN: 160}
"""Longest list of places in a description, about twenty seconds read aloud; the area names all."""

MAX_WORD_CHARS = 80
"""Longest single name or word that may enter a slot."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a message may speak of. A kind of message asks only for what it needs.

    Instants carry the offset of the local time of the people addressed.
    """

    country: str  # ISO 3166-1 alpha-2 of the places; empty where only the area concerned is spoken of
    places: tuple[tuple[PlaceName, PlaceName | None], ...]  # (place, prefecture or province)
    origin: Words | None = None  # where it was launched: "North Korea"
    vehicle: VehicleWord | None = None
    launch_time: datetime | None = None
    first_passage: datetime | None = None
    last_passage: datetime | None = None
    passed_to: Words | None = None  # "the Pacific"; may stay None
    issued_time: datetime | None = None  # of the alert that is retracted


@dataclass(frozen=True, slots=True)
class Message:
    """A finished text in one language. ``short`` has at most ``SHORT_FORM_CHARS`` characters."""

    kind: MessageKind
    language: Language
    event: str
    headline: str
    description: str
    instruction: str
    short: str


def render(
    kind: MessageKind,
    language: Language,
    status: Status,
    facts: MessageFacts,
    audience: Audience = Audience.PEOPLE,
) -> Message:
    """Return the message of ``kind`` in ``language``, marked for its CAP ``status``.

    Raises
    ------
    InputError : a fact the message needs is missing; a name is too long or has characters that have
        no place in a public text; ``status`` has no public text; the short form cannot hold even the
        number of places
    """
    banner = BANNERS.get(status)
    if banner is None:
        allowed = ", ".join(BANNERS)
        remedy = "System messages carry no public text."
        raise InputError("warning text", "status", found=str(status), allowed=allowed, remedy=remedy)
    for place in facts.places:
        for name in place:
            _check_word("places", name[language] if name else "-")
    is_craft = audience in CRAFT
    template = craft_template(audience, kind, language) if is_craft else TEMPLATES[kind, language]
    mark = banner[language]
    slots = {name: _SLOT_MAKERS[name](facts, language) for name in SLOTS[kind] if name != "places"}
    places = place_list(facts.places, language, max_chars=DESCRIPTION_PLACES_CHARS[language])
    fixed_chars = len(mark.short + template.short.format(**slots, places=""))
    few_places = place_list(facts.places, language, max_chars=SHORT_FORM_CHARS - fixed_chars)
    return Message(
        kind=kind,
        language=language,
        event=template.event,
        headline=mark.headline + template.headline,
        description=mark.opening + template.description.format(**slots, places=places),
        instruction=template.instruction + mark.closing,
        short=mark.short + template.short.format(**slots, places=few_places),
    )


def clock(time: datetime, language: Language) -> str:
    """Return the time of day to the minute as it is said: 3時50分, 03:50, 3시 50분 (4시 at the hour)."""
    if language is Language.JAPANESE:
        return f"{time.hour}時{time.minute}分"
    if language is Language.KOREAN:
        return f"{time.hour}시 {time.minute}분" if time.minute else f"{time.hour}시"
    return f"{time.hour:02d}:{time.minute:02d}"


def country_words(country: str, *, own: bool = False) -> Words:
    """Return what a country is called; ``own`` where it speaks of itself to its own people."""
    table = OWN_COUNTRY_WORDS if own and country in OWN_COUNTRY_WORDS else COUNTRY_WORDS
    return table.get(country, AREA_WORDS)


def _missing(key: str, kind_needs: str) -> InputError:
    remedy = "Give the fact; a message is never sent with a gap."
    return InputError("warning text", key, found="nothing", allowed=kind_needs, remedy=remedy)


def _check_word(key: str, word: str) -> str:
    """Return ``word`` if it may enter a text; control and direction characters and markup may not."""
    faults = [
        c
        for c in word
        if c in "<>{}" or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]
    if faults or not word.strip() or len(word) > MAX_WORD_CHARS:
        found = f"{word[:MAX_WORD_CHARS]!r}" + (
            f" with {faults[0]!r}" if faults else f" ({len(word)} characters)"
        )
        allowed = f"1 to {MAX_WORD_CHARS} characters without markup, control or direction characters"
        remedy = "Mend the name where it comes from."
        raise InputError("warning text", key, found=found, allowed=allowed, remedy=remedy)
    return word


def _origin(facts: MessageFacts, language: Language) -> str:
    if facts.origin is None:
        raise _missing("origin", "where the rocket was launched, in each language")
    return _check_word("origin", facts.origin[language])


def _rocket(facts: MessageFacts, language: Language) -> str:
    if facts.vehicle is None:
        raise _missing("vehicle", "one of " + ", ".join(VehicleWord))
    return VEHICLE_WORDS[facts.vehicle][language]


def _launch_time(facts: MessageFacts, language: Language) -> str:
    return clock(_instant("launch_time", facts.launch_time), language)


def _issued_time(facts: MessageFacts, language: Language) -> str:
    return clock(_instant("issued_time", facts.issued_time), language)


def _instant(key: str, time: datetime | None) -> datetime:
    if time is None or time.utcoffset() is None:
        raise _missing(key, "an instant with the offset of the places' local time")
    return time


def _passage(facts: MessageFacts, language: Language) -> str:
    first = clock(_instant("first_passage", facts.first_passage), language)
    end = _instant("last_passage", facts.last_passage)
    last = clock(
        end + timedelta(seconds=-end.second % 60), language
    )  # up to the minute: nobody comes out early
    if language is Language.JAPANESE:
        return f"{first}頃" if first == last else f"{first}頃から{last}頃にかけて"
    if language is Language.KOREAN:
        return f"{first}경" if first == last else f"{first}경부터 {last}경 사이에"
    return f"at about {first}" if first == last else f"between about {first} and {last}"


def _passed(facts: MessageFacts, language: Language) -> str:
    time = clock(_instant("last_passage", facts.last_passage), language)
    to = _check_word("passed_to", facts.passed_to[language]) if facts.passed_to else None
    if language is Language.JAPANESE:
        return f"{time}頃、{to}へ通過した" if to else f"{time}頃、上空を通過した"
    if language is Language.KOREAN:
        return f"{time}경 {with_ro(to)} 통과한" if to else f"{time}경 상공을 통과한"
    return f"towards {to} at about {time}" if to else f"overhead at about {time}"


def _country(facts: MessageFacts, language: Language) -> str:
    return country_words(facts.country, own=True)[language]


_SLOT_MAKERS = {
    "origin": _origin,
    "rocket": _rocket,
    "launch_time": _launch_time,
    "issued_time": _issued_time,
    "passage": _passage,
    "passed": _passed,
    "country": _country,
}
