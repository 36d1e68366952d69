"""How a bulletin speaks one language: names, places, times; rounded here to what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.report.bulletin_texts import text
from overflight.report.bulletin_values import (
    Bulletin,
    FallRow,
    Words,
)
from overflight.report.clock import Clock, day_text
from overflight.report.values import PlaceRow
from overflight.report.words import distance, per_cent, plain, rounded
from overflight.warning.names import Language, PlaceName
from overflight.warning.templates import COUNTRY_WORDS

__all__ = ["Line", "Talk", "moment", "odds", "place_region", "sentence", "size", "whole_minutes"]

_OPEN_KM = 10_000.0
"""Length of an area from which on the page says that nothing is known, instead of drawing it out."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text with its language and the keys of its sources."""

    text: str
    language: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """Says what a bulletin holds in one language."""

    bulletin: Bulletin
    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a fixed text with its values."""
        return text(key, self.language, **values)

    @property
    def clock(self) -> Clock:
        """The clock of the launch."""
        b = self.bulletin
        return Clock(b.lift_off_utc, b.zone_label, b.zone_offset_h)

    def own(self, words: Words, sources: tuple[str, ...] = ()) -> Line:
        """Return what somebody wrote, in this language if it is there."""
        said, language = words.of(self.language)
        return Line(said, language, sources)

    def line(self, key: str, sources: tuple[str, ...] = (), **values: object) -> Line:
        """Return a fixed text as a line."""
        return Line(sentence(self(key, **values)), self.language, sources)

    def date(self, instant: datetime) -> str:
        """Return the local day of an instant."""
        local = instant + timedelta(hours=self.bulletin.zone_offset_h)
        if self.language == "ja":
            return f"{local.year}年{local.month}月{local.day}日"
        if self.language == "ko":
            return f"{local.year}년 {local.month}월 {local.day}일"
        return day_text(local)

    def minute(self, time_s: float) -> str:
        """Return the local minute that a time after lift-off lies in."""
        return self.clock.local(time_s + 0.5, seconds=False)

    def since(self, instant: datetime) -> float:
        """Return seconds after lift-off."""
        return (instant - self.bulletin.lift_off_utc).total_seconds()

    def part(self, body: str) -> str:
        """Return the name of a body."""
        kind, _, number = body.partition("-")
        if kind == "stage":
            return self("stage", k=number)
        if kind == "remains":
            return self("remains_last" if int(number) == self.bulletin.stages else "remains", k=number)
        return self(body)

    def place(self, longitude_deg: float, latitude_deg: float, known_km: float) -> str:
        """Return a position, in whole degrees where it is not known to 60 km."""
        digits = 0 if known_km > 60.0 else 1
        latitude, longitude = f"{abs(latitude_deg):.{digits}f}", f"{abs(longitude_deg):.{digits}f}"
        north = self("lat_n" if latitude_deg >= 0 else "lat_s", v=latitude)
        east = self("lon_e" if longitude_deg >= 0 else "lon_w", v=longitude)
        return f"{north} {east}"

    def outcome(self, mode: str, stage: int) -> str:
        """Return how a flight ended, as a clause."""
        if mode == "none" and self.bulletin.orbit < 0.5:
            return self("o_none_short")
        known = ("none", "explosion", "spurious_termination", "no_ignition", "thrust_loss")
        return self(f"o_{mode}" if mode in known else "o_other", k=stage)

    def fall(self, key: str, row: FallRow) -> str:
        """Return where a body fell."""
        if 2.0 * row.semi_major_km > _OPEN_KM:
            length = distance(rounded(2.0 * row.semi_major_km, 1))
            return self("fall_open", part=self.part(row.body), length=length)
        return self(
            key,
            part=self.part(row.body),
            chance=odds(self, row.probability),
            place=self.place(*row.centre, row.semi_minor_km),
            first=self.minute(row.first_time_s),
            last=self.minute(row.last_time_s),
            length=distance(rounded(2.0 * row.semi_major_km)),
            width=distance(rounded(2.0 * row.semi_minor_km)),
            share=odds(self, row.containment),
        )

    def place_name(self, row: PlaceRow) -> str:
        """Return the name of a place for readers of the page, as in the alerts."""
        return PlaceName(row.name, row.country, row.name_en)[Language(self.language)]

    def label_of(self, key: str) -> str:
        """Return the label of a claim by its key."""
        return next(self.own(c.label).text for c in self.bulletin.claims if c.key == key)


def place_region(talk: Talk, row: PlaceRow) -> str:
    """Return where a place lies: its region, or its country where the readers could not read that."""
    if talk.language == "en":
        return row.region or ""
    language, words = Language(talk.language), COUNTRY_WORDS.get(row.country)
    region = PlaceName(row.region_local, row.country, row.region)[language] if row.region_local else ""
    if words is not None and region.isascii():
        return words[language]
    return region or row.region or ""


def moment(talk: Talk, instant: datetime) -> str:
    """Return the local day and minute of an instant."""
    return f"{talk.date(instant)} {talk.clock.local(talk.since(instant) + 0.5, seconds=False, day=False)}"


def whole_minutes(talk: Talk, time_s: float) -> str:
    """Return a time after lift-off in whole minutes; a span where lift-off is not well known."""
    doubt = 1.64 * talk.bulletin.lift_off_sd_s
    low = math.floor((time_s - doubt) / 60.0 + 0.25)
    high = math.ceil((time_s + doubt) / 60.0 - 0.25)
    return f"{low}" if low >= high else f"{low}–{high}"


def size(talk: Talk, semi_major_km: float, semi_minor_km: float) -> str:
    """Return length and width of an area, or that it is open."""
    if 2.0 * semi_major_km > _OPEN_KM:
        return talk("size_open", length=distance(_OPEN_KM))
    return " × ".join(distance(rounded(2.0 * axis)) for axis in (semi_major_km, semi_minor_km))


def sentence(words: str) -> str:
    """Return words with a capital first letter, where the script has them."""
    return words[:1].upper() + words[1:]


def odds(talk: Talk, share: float) -> str:
    """Return a probability: per cent down to 1 %, below that one in so many."""
    if share <= 0.0:
        return talk("none_seen")
    if share < 0.01:
        return talk("one_in", n=plain(rounded(1.0 / share)))
    return talk("over") if 0.9995 <= share < 1.0 else per_cent(min(share, 1.0))
