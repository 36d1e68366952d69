"""The sentences of a bulletin in one language, from values; rounded here to what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.report.bulletin_texts import text
from overflight.report.bulletin_values import (
    Bulletin,
    ClaimRow,
    Comparison,
    FallRow,
    HypothesisRow,
    MissingRow,
    Words,
)
from overflight.report.clock import Clock, day_text
from overflight.report.values import PlaceRow
from overflight.report.words import chance, distance, per_cent, plain, rounded, sigma_text

__all__ = ["Line", "Talk", "TimelineRow"]


@dataclass(frozen=True, slots=True)
class Line:
    """A text with its language and the keys of its sources."""

    text: str
    language: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A moment: seconds after lift-off, what, and whether it was computed, published or a warning."""

    time_s: float
    sort: str
    line: Line


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
        return Line(self(key, **values), self.language, sources)

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
        known = ("none", "explosion", "spurious_termination", "no_ignition", "thrust_loss")
        return self(f"o_{mode}" if mode in known else "o_other", k=stage)

    def fall(self, key: str, row: FallRow) -> str:
        """Return where a body fell."""
        return self(
            key,
            part=self.part(row.body),
            place=self.place(*row.centre, row.semi_minor_km),
            first=self.minute(row.first_time_s),
            last=self.minute(row.last_time_s),
            length=distance(rounded(2.0 * row.semi_major_km)),
            width=distance(rounded(2.0 * row.semi_minor_km)),
            share=per_cent(row.containment),
        )

    def lead(self) -> tuple[str, ...]:
        """Return what happened in three sentences."""
        b = self.bulletin
        lift = self.minute(0.0)
        first = self(
            "lead_launch", vehicle=f"{b.vehicle} ({b.payload})" if b.payload else b.vehicle, site=b.site,
            time=lift, zone=self.clock.zone, date=self.date(b.lift_off_utc),
        )  # fmt: skip
        if b.orbit >= 0.5:
            second = self("lead_orbit", share=per_cent(b.orbit))
        else:
            top = b.outcomes[0]
            second = self(
                "lead_no_orbit", outcome=self.outcome(top.mode, top.stage), share=per_cent(top.after)
            )
        remains = [row for row in b.falls if row.body.startswith("remains")] or list(b.falls)
        if not remains:
            return first, second
        third = self.fall("lead_fall", max(remains, key=lambda row: row.probability))
        return first, second, third[:1].upper() + third[1:]

    def timeline(self) -> tuple[TimelineRow, ...]:
        """Return published moments, warnings and computed moments in order of time."""
        b, rows = self.bulletin, []
        rows.append(TimelineRow(0.0, "computed", self.line("lift_off")))
        for claim in b.claims:
            if claim.spoken_utc is not None:
                said = self.own(claim.label, claim.sources)
                rows.append(TimelineRow(self.since(claim.spoken_utc), "published", said))
            at = next((row.fact for row in claim.comparisons if row.what == "time" and row.fact), None)
            if at is not None and claim.kind != "launch-time":
                rows.append(TimelineRow(at - b.lift_off_s, "published", self.own(claim.label, claim.sources)))
        if b.orbit < 0.5:
            low, high = self.minute(b.path.flown_low_s), self.minute(b.path.flown_high_s)
            end = self.line("end_powered", low=low, high=high)
            rows.append(TimelineRow(b.path.flown_s, "computed", end))
        for fall in b.falls:
            if fall.probability >= 0.5:
                middle = 0.5 * (fall.first_time_s + fall.last_time_s)
                rows.append(
                    TimelineRow(middle, "computed", self.line("comes_down", part=self.part(fall.body)))
                )
        for warned in b.warnings:
            words = {"system": self.own(warned.system).text, "area": self.own(warned.area).text}
            raised = self.line("raised", warned.sources, **words)
            rows.append(TimelineRow(self.since(warned.raised_utc), "warning", raised))
            if warned.lifted_utc is not None:
                lifted = self.line("lifted", warned.sources, **words)
                rows.append(TimelineRow(self.since(warned.lifted_utc), "warning", lifted))
        return tuple(sorted(rows, key=lambda row: row.time_s))

    def answers(self) -> Iterator[tuple[str, tuple[Line, ...]]]:
        """Yield questions with their answers."""
        b = self.bulletin
        orbit = b.orbit >= 0.5
        share = per_cent(b.orbit if orbit else 1.0 - b.orbit)
        yield self("q_outcome"), (self.line("a_orbit" if orbit else "a_no_orbit", share=share),)
        if not orbit:
            ways = "; ".join(
                f"{self.outcome(row.mode, row.stage)} {per_cent(row.after)}"
                for row in b.outcomes
                if row.after >= 0.01
            )
            yield self("q_why"), (self.line("a_why", outcomes=ways),)
        yield self("q_warned"), tuple(self._warned()) or (self.line("a_not_warned"),)
        yield self("q_hurt"), tuple(self._hurt())
        yield (
            self("q_where"),
            tuple(
                Line(self.fall("a_where", row), self.language) for row in b.falls if row.probability >= 0.2
            ),
        )
        yield self("q_next"), (self._next(),)
        yield self("q_see"), (self.line("a_see_orbit" if orbit else "a_see_nothing"),)
        contradicted = sum(bool(claim.contradicts) for claim in b.claims)
        yield self("q_said"), (self.line("a_said", claims=len(b.claims), contradicted=contradicted),)
        for row in b.answers:
            yield self.own(row.question).text, (self.own(row.answer, row.sources),)

    def _warned(self) -> Iterator[Line]:
        for row in self.bulletin.warnings:
            raised = self.since(row.raised_utc)
            said = self(
                "a_warned", system=self.own(row.system).text, area=self.own(row.area).text,
                raised=self.minute(raised), minutes=round(raised / 60.0),
            )  # fmt: skip
            if row.lifted_utc is not None:
                said += " " + self("a_lifted", lifted=self.minute(self.since(row.lifted_utc)))
            yield Line(said, self.language, row.sources)

    def _hurt(self) -> Iterator[Line]:
        b = self.bulletin
        told = [self.own(row.damage, row.sources) for row in b.warnings if row.damage is not None]
        yield from told or [self.line("a_hurt_unknown")]
        if b.debris_on_land > 0.0:
            odds = chance(b.debris_on_land)
        else:
            odds = self("below", value=chance(b.debris_below or 1e-3))
        yield self.line("a_debris", chance=odds)

    def _next(self) -> Line:
        row = self.bulletin.next_attempt
        if row is None:
            return self.line("a_next_unknown")
        return self.line(
            "a_next_similar" if row.similar else "a_next", flights=row.flights, failures=row.failures,
            low=f"{100 * row.low:.0f}\u00a0%", high=f"{100 * row.high:.0f}\u00a0%",
        )  # fmt: skip

    def performance(self) -> tuple[tuple[str, str], ...]:
        """Return the figures of the warning: (value, what it is)."""
        b, rows = self.bulletin, []
        passage = min((row.first_time_s for row in self.main_places if row.first_time_s), default=None)
        last = max((row.last_time_s for row in self.main_places if row.last_time_s), default=None)
        for warned in b.warnings[:1]:
            raised = self.since(warned.raised_utc)
            rows.append((self("minutes", n=round(raised / 60.0)), self("p_launch")))
            if passage is not None and passage > raised:
                rows.append((self("minutes", n=round((passage - raised) / 60.0)), self("p_pass")))
            if warned.lifted_utc is not None and last is not None and self.since(warned.lifted_utc) > last:
                after = (self.since(warned.lifted_utc) - last) / 60.0
                rows.append((self("minutes", n=round(after)), self("p_lift")))
            if warned.asked is not None and warned.confirmed is not None:
                rows.append((self("of", n=warned.confirmed, all=warned.asked), self("p_receipts")))
        return tuple(rows)

    @property
    def main_places(self) -> tuple[PlaceRow, ...]:
        """Places of the country with the likeliest overflight."""
        rows = self.bulletin.places
        return tuple(row for row in rows if row.country == rows[0].country) if rows else ()

    def known(self) -> Iterator[Line]:
        """Yield what is published without contradiction and fits."""
        for claim in self.bulletin.claims:
            if claim.contradicts or claim.revised_by or claim.confidence in ("C", "D") or claim.fits is False:
                continue
            label, said = self.own(claim.label), self.own(claim.published)
            words = f"{label.text}: {said.text}" if said.text else label.text
            yield Line(words, said.language if said.text else label.language, claim.sources)

    def estimated(self) -> Iterator[Line]:
        """Yield what is computed."""
        b = self.bulletin
        for row in b.falls:
            if row.probability >= 0.2:
                yield Line(self.fall("a_where", row), self.language)
        if b.orbit < 0.5:
            low, high = self.minute(b.path.flown_low_s), self.minute(b.path.flown_high_s)
            yield self.line("e_end", low=low, high=high)
        for place, height in list(zip(b.places, b.places_height_km, strict=True))[:2]:
            if height is not None and place.closest_time_s is not None:
                j = min(range(len(b.path.time_s)), key=lambda i: abs(b.path.time_s[i] - place.closest_time_s))
                low, high = (distance(rounded(v, 2)) for v in (b.path.low_km[j], b.path.high_km[j]))
                yield self.line("e_crossing", place=self.place_name(place), low=low, high=high)

    def unknown(self) -> Iterator[Line]:
        """Yield what nobody published, and what sources disagree about."""
        b = self.bulletin
        yield from (self.own(words) for words in b.unknown)
        by_key = {claim.key: claim for claim in b.claims}
        seen: set[frozenset[str]] = set()
        for claim in b.claims:
            for other in claim.contradicts:
                pair = frozenset((claim.key, other))
                if pair not in seen:
                    seen.add(pair)
                    one, two = self.own(claim.label).text, self.own(by_key[other].label).text
                    yield self.line("disagree", (*claim.sources, *by_key[other].sources), one=one, other=two)

    def place_name(self, row: PlaceRow) -> str:
        """Return the name of a place: local in its own language, else in Latin letters."""
        home = {"JP": "ja", "KR": "ko", "KP": "ko"}.get(row.country)
        return row.name if home == self.language else row.name_en or row.name

    def label_of(self, key: str) -> str:
        """Return the label of a claim by its key."""
        return next(self.own(c.label).text for c in self.bulletin.claims if c.key == key)

    def compared(self, row: Comparison) -> tuple[str, str]:
        """Return what is computed beside a fact, and the difference in words."""
        if row.residual is None:
            return self("probably", share=per_cent(row.agrees or 0.0)), ""
        if row.unit == "s":
            middle = self.clock.local(row.model - self.bulletin.lift_off_s, seconds=True)
            spread = f"± {rounded(max(row.model_sd, 1.0), 1):.0f} s"
        else:
            unit = "°" if row.unit == "deg" else f"\u00a0{row.unit}"
            digits = 1 if row.unit == "deg" else 0
            size = max(row.model_sd, 0.1 if row.unit == "deg" else 1.0)
            middle, spread = f"{row.model:.{digits}f}{unit}", f"± {plain(rounded(size, 1))}{unit}"
        return f"{middle} {spread}", sigma_text(row.residual)

    def weighed(self, row: HypothesisRow) -> str:
        """Return what the facts decide about a statement."""
        strength = max(row.bayes_factor, 1.0 / max(row.bayes_factor, 1e-300))
        factor = plain(rounded(strength, 1 if strength > 3 else 2)) if strength < 1e6 else "> 1,000,000"
        if row.bound and strength > 3.0:
            factor = f"{self('bound')} {factor}"
        key = (
            "weighed_open"
            if strength < 3.0
            else "weighed_for"
            if row.bayes_factor > 1.0
            else "weighed_against"
        )
        return self(key, factor=factor)

    def missing(self, row: MissingRow) -> str:
        """Return what would be worth knowing."""
        if row.what == "end_s":
            return self("m_end")
        if row.what.startswith("fall:"):
            return self("m_fall", part=self.part(row.what.removeprefix("fall:")))
        return row.label

    def reading(self, claim: ClaimRow) -> str:
        """Return whether a claim fits, in one word."""
        if claim.fits is None:
            return self("no_number")
        return self("fits") if claim.fits else self("misfits")
