"""What a message of the desk says: from figures, places and rules to a content that people approve.

Everything people will read or hear comes from the templates (:mod:`overflight.warning.texts`).  A message
may have several parts, each an info in every language: "shelter" for some places, "it is over" for others,
so that every place of the thread is told something and none is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from overflight.warning.alert import AlertInfo, Category, ResponseType, Scope, Status
from overflight.warning.audiences import CRAFT, Audience
from overflight.warning.board import LIFTING, Board
from overflight.warning.decision import DecisionMessage, PlaceFigures
from overflight.warning.drafts import MEANINGS
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life_records import Content
from overflight.warning.policy import AreaRules, HoldRules
from overflight.warning.templates import MessageKind, VehicleWord
from overflight.warning.texts import MessageFacts, country_words, render

NOTES = {
    Status.EXERCISE: "DRILL. This is an exercise. / 訓練。 / 훈련.",
    Status.TEST: "TEST. Recipients disregard this message. / テスト。 / 시험.",
}
"""``<note>`` of what is not an actual alert (CAP 1.2 section 3.2.1)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing told to some places, given by key; ``others_called``: other places are still to shelter."""

    kind: MessageKind
    places: tuple[str, ...]
    others_called: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the contents of one thread at one instant, from the newest decision message."""

    board: Board
    message: DecisionMessage
    area: AreaRules
    hold: HoldRules
    gazetteer: Gazetteer
    figures: Mapping[str, PlaceFigures]  # by key
    at: datetime

    @property
    def thread(self) -> str:
        """The people addressed."""
        return self.area.thread

    def raising(
        self, overflown: Iterable[str], sheltering: Iterable[str], released: Mapping[str, MessageKind]
    ) -> Content:
        """Return a call to shelter.

        Parameters
        ----------
        overflown : places told that it will pass, and when
        sheltering : further places told to shelter
        released : places told that it is over for them, and why
        """
        over, others = _sorted(overflown), _sorted(sheltering)
        kind = MessageKind.OVERFLIGHT if over else MessageKind.LAUNCH
        parts = [Part(MessageKind.OVERFLIGHT, over), Part(MessageKind.LAUNCH, others)]
        parts += _releases(released, others_called=True)
        shelter = _sorted({*over, *others})
        until = max([self.at + timedelta(seconds=self.hold.valid_at_least_s), *self._ends(shelter)])
        return self._content(kind, parts, shelter, released, until)

    def lifting(self, released: Mapping[str, MessageKind]) -> Content:
        """Return the lift of the call to places, each for its reason."""
        until = self.at + timedelta(seconds=self.hold.lift_valid_s)
        return self._content(_leading(released), _releases(released), (), released, until)

    def retraction(self, places: Iterable[str]) -> Content:
        """Return the message that takes back the call to places as an error."""
        until, step = self.board.opened_at + timedelta(hours=12), timedelta(hours=12)
        while until < self.at + timedelta(hours=6):  # steps, so that the prepared one stays as it is
            until += step
        released = dict.fromkeys(places, MessageKind.RETRACTION)
        return self._content(MessageKind.RETRACTION, _releases(released), (), released, until)

    def has_times(self, key: str) -> bool:
        """Return whether a passage is predicted for a place."""
        return key in self.figures and self.figures[key].first_passage is not None

    def _ends(self, places: Iterable[str]) -> list[datetime]:
        """Return until when calls to places would be valid by their times."""
        after = timedelta(seconds=self.hold.valid_after_last_s)
        known = (self.figures[key] for key in places if key in self.figures)
        return [time + after for f in known for time in (f.last_passage, f.last_arrival) if time is not None]

    def _content(
        self,
        kind: MessageKind,
        parts: Iterable[Part],
        shelter: tuple[str, ...],
        released: Mapping[str, MessageKind],
        until: datetime,
    ) -> Content:
        expires = self._local(until)
        infos = tuple(info for part in parts if part.places for info in self._infos(part, expires))
        return Content(
            thread=self.thread,
            kind=kind,
            status=self.board.status,
            scope=Scope.RESTRICTED if self.area.audience is Audience.PARTNERS else Scope.PUBLIC,
            shelter=shelter,
            release=_sorted(released),
            release_kind=_leading(released) if released else None,
            expires=expires,
            infos=infos,
            note=NOTES.get(self.board.status),
        )

    def _infos(self, part: Part, expires: datetime) -> Iterable[AlertInfo]:
        facts, meaning = self._facts(part), MEANINGS[part.kind]
        audience = self.area.audience
        areas = self.gazetteer.areas(part.places, self.area.languages, audience)
        response = meaning.response
        if audience in CRAFT and response is ResponseType.SHELTER:
            response = ResponseType.AVOID
        is_raised = part.kind is MessageKind.OVERFLIGHT
        for language in self.area.languages:
            text = render(part.kind, language, self.board.status, facts, audience)
            yield AlertInfo(
                language=language.value,
                categories=(Category.SAFETY,),
                event=text.event,
                response_types=(response,),
                urgency=meaning.urgency,
                severity=meaning.severity,
                certainty=meaning.certainty,
                effective=None,
                onset=facts.first_passage if is_raised else None,
                expires=expires,
                sender_name=self.area.sender_name,
                headline=text.headline,
                description=text.description,
                instruction=text.instruction,
                areas=areas[language],
                event_codes=(("overflight:message", part.kind.value),),
                parameters=(("overflight:shortText", text.short), *self._passages(part)),
                web=self.area.web,
                contact=self.area.contact,
                audience=CRAFT[audience].name[language] if audience in CRAFT else None,
            )

    def _passages(self, part: Part) -> Iterable[tuple[str, str]]:
        if part.kind is not MessageKind.OVERFLIGHT:
            return
        for key in part.places:
            times = self.figures[key]
            if times.first_passage and times.last_passage:
                first, last = self._local(times.first_passage), self._local(times.last_passage)
                yield (f"overflight:passage:{key}", f"{first.isoformat()}/{last.isoformat()}")

    def _facts(self, part: Part) -> MessageFacts:
        known = [self.figures[key] for key in part.places if self.has_times(key)]
        launch = self.message.launch
        ordered = sorted(part.places, key=lambda key: (self._first(key), key))
        earliest = min((f.first_passage for f in known if f.first_passage), default=None)
        latest = max((f.last_passage for f in known if f.last_passage), default=self.message.time)
        return MessageFacts(
            country="" if part.others_called else self.area.country,  # it may still come to the country
            places=self.gazetteer.named(ordered),
            origin=country_words(launch.origin),
            vehicle=VehicleWord(launch.vehicle)
            if launch.vehicle in list(VehicleWord)
            else VehicleWord.ROCKET,
            launch_time=self._local(launch.time),
            first_passage=self._local(earliest) if earliest else None,
            last_passage=self._local(latest),
            passed_to=self.area.passed_to,
            issued_time=self._local(self._first_issue()),
        )

    def _first(self, key: str) -> float:
        figures = self.figures.get(key)
        return figures.first_passage.timestamp() if figures and figures.first_passage else float("inf")

    def _first_issue(self) -> datetime:
        """Return when the call that a retraction takes back was sent; before, when the event began."""
        for sent in self.board.in_thread(self.thread):
            if sent.open_shelter:
                return sent.issued.sent
        return self.board.opened_at

    def _local(self, time: datetime) -> datetime:
        """Return an instant in the people's local time, whole seconds (down)."""
        zone = timezone(timedelta(hours=self.area.zone_offset_h))
        return time.astimezone(zone).replace(microsecond=0)


def _sorted(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(keys))


def _releases(released: Mapping[str, MessageKind], *, others_called: bool = False) -> list[Part]:
    kinds = sorted({*released.values()}, key=list(MessageKind).index)
    return [
        Part(kind, _sorted(k for k, why in released.items() if why is kind), others_called) for kind in kinds
    ]


def _leading(released: Mapping[str, MessageKind]) -> MessageKind:
    """Return what a message that releases places is: the kind that needs the most evidence leads."""
    kinds = {*released.values()}
    order = MessageKind.ALL_CLEAR, MessageKind.COME_DOWN, MessageKind.WILL_NOT_ARRIVE, MessageKind.RETRACTION
    leading = next(kind for kind in order if kind in kinds)
    assert leading in LIFTING or leading is MessageKind.RETRACTION
    return leading
