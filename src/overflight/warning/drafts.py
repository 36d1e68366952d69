"""Draft alerts for an announced launch: everything prepared before anything flies.

For each country under the path: launch notice, overflight forecast, all-clear, "will not arrive"
and retraction, so that whatever happens the next message is already written.  They have CAP status
``Draft`` and a sender under ``example.invalid`` (RFC 2606), and say in every text that they are an
analysis and no official warning: nothing made here can be mistaken for an alert, or sent as one.

Urgency, severity and certainty by kind (CAP 1.2 section 3.2.2): a launch is Immediate, Extreme,
Likely, since nobody knows yet that all stages will work; a predicted overflight is Immediate,
Severe, Likely; what has passed is Past, Minor, Observed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from overflight.errors import InputError
from overflight.warning.alert import (
    Alert,
    AlertArea,
    AlertInfo,
    Category,
    Certainty,
    MsgType,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from overflight.warning.areas import alert_polygons
from overflight.warning.geocodes import geocodes
from overflight.warning.names import Language, PlaceName, Words, place_list
from overflight.warning.templates import MessageKind, VehicleWord
from overflight.warning.texts import MessageFacts, render

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DRAFT_SENDER = "drafts@overflight.example.invalid"
DRAFT_SENDER_NAME = "overflight (draft analysis, not an official warning)"
DRAFT_SOURCE = "overflight plan"
DRAFT_NOTE = (
    "DRAFT. Analysis, not an official warning. Not for distribution. / "
    "下書き。分析であり、公的な警報ではありません。配信禁止。 / "
    "초안. 분석이며 공식 경보가 아닙니다. 배포 금지."
)


@dataclass(frozen=True, slots=True)
class ConcernedPlace:
    """A municipality that a message names.

    ``first_time_s`` and ``last_time_s`` are seconds after lift-off: when the rocket is first and last
    near it.  ``geometry`` is its polygon or multipolygon, longitude and latitude in degrees.
    """

    code: str
    name: PlaceName
    region: PlaceName | None  # prefecture, province
    geometry: BaseGeometry
    first_time_s: float
    last_time_s: float
    other_codes: tuple[tuple[str, str], ...] = ()  # (scheme, code)


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """What the messages say of the launch.

    ``key`` names the launch in identifiers ("malligyong-1-2"), ``origin`` in the texts ("North
    Korea").  ``passed_to`` gives, by country of the people addressed, where the rocket goes from there.
    """

    key: str
    lift_off: datetime  # with an offset from UTC
    origin: Words
    vehicle: VehicleWord = VehicleWord.ROCKET
    passed_to: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftSchedule:
    """When each message would be sent, for the times that the drafts carry.

    ``clear_after_s`` counts from the last passage, the others from lift-off.  The defaults are what a
    desk with a live track is expected to reach; in August 2023 the first alert came 4 minutes after
    lift-off and the lift 7 minutes after the passage.
    """

    launch_after_s: float = 60.0
    overflight_after_s: float = 90.0
    clear_after_s: float = 180.0
    valid_after_last_s: float = 1800.0
    all_clear_valid_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Draft:
    """One prepared message for one country; ``file_name`` is unique among those of a plan."""

    kind: MessageKind
    country: str
    file_name: str
    alert: Alert


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a kind of message maps to CAP, and which kinds it replaces in a prepared set."""

    msg_type: MsgType
    response: ResponseType
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    supersedes: tuple[MessageKind, ...]


_RAISED = (MessageKind.LAUNCH, MessageKind.OVERFLIGHT)
MEANINGS = {
    MessageKind.LAUNCH: Meaning(
        MsgType.ALERT, ResponseType.SHELTER, Urgency.IMMEDIATE, Severity.EXTREME, Certainty.LIKELY, ()
    ),
    MessageKind.OVERFLIGHT: Meaning(
        MsgType.UPDATE,
        ResponseType.SHELTER,
        Urgency.IMMEDIATE,
        Severity.SEVERE,
        Certainty.LIKELY,
        _RAISED[:1],
    ),
    MessageKind.ALL_CLEAR: Meaning(
        MsgType.UPDATE, ResponseType.ALL_CLEAR, Urgency.PAST, Severity.MINOR, Certainty.OBSERVED, _RAISED
    ),
    MessageKind.WILL_NOT_ARRIVE: Meaning(
        MsgType.UPDATE, ResponseType.ALL_CLEAR, Urgency.PAST, Severity.MINOR, Certainty.OBSERVED, _RAISED
    ),
    MessageKind.COME_DOWN: Meaning(
        MsgType.UPDATE, ResponseType.ALL_CLEAR, Urgency.PAST, Severity.MINOR, Certainty.LIKELY, _RAISED
    ),
    MessageKind.RETRACTION: Meaning(
        MsgType.CANCEL, ResponseType.ALL_CLEAR, Urgency.PAST, Severity.MINOR, Certainty.OBSERVED, _RAISED
    ),
}
PREPARED = tuple(kind for kind in MEANINGS if kind is not MessageKind.COME_DOWN)
"""What a plan prepares: a fall out of sight is drafted from what was seen of it, not beforehand."""


def plan_drafts(
    launch: LaunchFacts,
    places: Sequence[ConcernedPlace],
    *,
    zone_offset_h: float,
    zone_offsets_h: Mapping[str, float] | None = None,
    keep_off: Sequence[BaseGeometry] = (),
    languages: Sequence[Language] = tuple(Language),
    schedule: DraftSchedule | None = None,
) -> tuple[Draft, ...]:
    """Return the drafts for every country that has a place concerned, in order of first passage.

    Parameters
    ----------
    launch : what flies, when and from where
    places : municipalities concerned, in any order
    zone_offset_h : local time of the people addressed, hours ahead of UTC
    zone_offsets_h : the same for single countries, where it differs
    keep_off : polygons of land that is not to be warned
    languages : languages of each message, the first one leading
    schedule : when each message would be sent

    Returns
    -------
    five drafts a country (launch, overflight, all-clear, will not arrive, retraction); the same input
    gives the same values, byte for byte once composed.  No place, no drafts.

    Raises
    ------
    InputError : a time is missing or not finite, the lift-off has no offset, a name cannot be shown
    """
    if launch.lift_off.utcoffset() is None:
        remedy = "Attach a timezone."
        raise InputError("drafts", "lift_off", found="no offset", allowed="an instant", remedy=remedy)
    ordered = sorted(places, key=_order)
    drafts: list[Draft] = []
    for country in dict.fromkeys(place.name.country for place in ordered):
        offset_h = (zone_offsets_h or {}).get(country, zone_offset_h)
        own = tuple(place for place in ordered if place.name.country == country)
        maker = _Maker(launch, country, own, offset_h, tuple(languages), schedule or DraftSchedule())
        drafts += maker.drafts(alert_areas(own, maker.languages, keep_off))
    return tuple(drafts)


def _order(place: ConcernedPlace) -> tuple[float, float, str, str]:
    times = (place.first_time_s, place.last_time_s)
    if not all(math.isfinite(t) for t in times) or times[1] < times[0]:
        remedy = "Leave out places that are never passed."
        allowed = "finite seconds, first before last"
        raise InputError("drafts", f"places.{place.code}", found=str(times), allowed=allowed, remedy=remedy)
    return (*times, place.code, place.name.local)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the drafts of one country."""

    launch: LaunchFacts
    country: str
    places: tuple[ConcernedPlace, ...]
    zone_offset_h: float
    languages: tuple[Language, ...]
    schedule: DraftSchedule

    def drafts(self, areas: Mapping[Language, tuple[AlertArea, ...]]) -> list[Draft]:
        made: dict[MessageKind, Alert] = {}
        drafts = []
        for number, kind in enumerate(PREPARED, start=1):
            references = tuple(made[earlier].as_reference() for earlier in MEANINGS[kind].supersedes)
            made[kind] = self._alert(kind, references, areas)
            name = f"{self.country.lower()}-{number}-{kind.value.replace('_', '-')}.xml"
            drafts.append(Draft(kind, self.country, name, made[kind]))
        return drafts

    def _at(self, time_s: float) -> datetime:
        """Return the instant ``time_s`` after lift-off in local time, whole seconds (down)."""
        zone = timezone(timedelta(hours=self.zone_offset_h))
        return (self.launch.lift_off + timedelta(seconds=time_s)).astimezone(zone).replace(microsecond=0)

    def _sent_s(self, kind: MessageKind) -> float:
        schedule, last_s = self.schedule, max(place.last_time_s for place in self.places)
        if kind is MessageKind.LAUNCH:
            return schedule.launch_after_s
        if kind is MessageKind.OVERFLIGHT:
            return schedule.overflight_after_s
        return max(last_s, schedule.overflight_after_s) + schedule.clear_after_s

    def _facts(self) -> MessageFacts:
        first_s, last_s = self.places[0].first_time_s, max(place.last_time_s for place in self.places)
        return MessageFacts(
            country=self.country,
            places=tuple((place.name, place.region) for place in self.places),
            origin=self.launch.origin,
            vehicle=self.launch.vehicle,
            launch_time=self._at(0.0),
            first_passage=self._at(first_s),
            last_passage=self._at(last_s),
            passed_to=self.launch.passed_to.get(self.country),
            issued_time=self._at(self._sent_s(MessageKind.LAUNCH)),
        )

    def _alert(
        self,
        kind: MessageKind,
        references: tuple[Reference, ...],
        areas: Mapping[Language, tuple[AlertArea, ...]],
    ) -> Alert:
        facts = self._facts()
        infos = tuple(self._info(kind, language, facts, areas[language]) for language in self.languages)
        lift_off = self.launch.lift_off.astimezone(UTC)
        return Alert(
            identifier=self._identifier(kind, infos),
            sender=DRAFT_SENDER,
            sent=self._at(self._sent_s(kind)),
            status=Status.DRAFT,
            msg_type=MEANINGS[kind].msg_type,
            scope=Scope.PUBLIC,
            infos=infos,
            source=DRAFT_SOURCE,
            note=DRAFT_NOTE,
            references=references,
            incidents=(f"launch-{lift_off:%Y%m%dT%H%M%SZ}",),
        )

    def _info(
        self, kind: MessageKind, language: Language, facts: MessageFacts, areas: tuple[AlertArea, ...]
    ) -> AlertInfo:
        meaning, message = MEANINGS[kind], render(kind, language, Status.DRAFT, facts)
        sent_s, last_s = self._sent_s(kind), max(place.last_time_s for place in self.places)
        is_raised = kind in _RAISED
        valid_until_s = (
            max(last_s, sent_s) + self.schedule.valid_after_last_s
            if is_raised
            else sent_s + self.schedule.all_clear_valid_s
        )
        return AlertInfo(
            language=language.value,
            categories=(Category.SAFETY,),
            event=message.event,
            response_types=(meaning.response,),
            urgency=meaning.urgency,
            severity=meaning.severity,
            certainty=meaning.certainty,
            effective=self._at(sent_s),
            onset=facts.first_passage if is_raised else None,
            expires=self._at(valid_until_s),
            sender_name=DRAFT_SENDER_NAME,
            headline=message.headline,
            description=message.description,
            instruction=message.instruction,
            areas=areas,
            event_codes=(("overflight:message", kind.value),),
            parameters=(("overflight:shortText", message.short), *self._passages(is_raised)),
        )

    def _passages(self, is_raised: bool) -> Iterable[tuple[str, str]]:
        """Return the predicted passage of each place as an ISO 8601 interval."""
        if not is_raised:
            return
        for place in self.places:
            interval = f"{self._at(place.first_time_s).isoformat()}/{self._at(place.last_time_s).isoformat()}"
            yield (f"overflight:passage:{place.code}", interval)

    def _identifier(self, kind: MessageKind, infos: tuple[AlertInfo, ...]) -> str:
        digest = hashlib.sha256(
            repr((self.launch.key, self.launch.lift_off.isoformat(), infos)).encode()
        ).hexdigest()
        return (
            f"{_token(self.launch.key)}-{self.country.lower()}-{kind.value.replace('_', '-')}-{digest[:16]}"
        )


def _token(text: str) -> str:
    """Return ``text`` with only the characters that an identifier may have."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in text) or "launch"


def alert_areas(
    places: Sequence[ConcernedPlace], languages: Sequence[Language], keep_off: Sequence[BaseGeometry]
) -> dict[Language, tuple[AlertArea, ...]]:
    """Return one area for each region, the same rings and codes in every language."""
    regions: dict[PlaceName | None, list[ConcernedPlace]] = {}
    for place in places:
        regions.setdefault(place.region, []).append(place)
    areas: dict[Language, list[AlertArea]] = {language: [] for language in languages}
    for members in regions.values():
        rings = alert_polygons([place.geometry for place in members], keep_off)
        codes = geocodes((place.name.country, place.code, place.other_codes) for place in members)
        named = [(place.name, place.region) for place in members]
        for language in languages:
            areas[language].append(AlertArea(place_list(named, language), rings, codes))
    return {language: tuple(areas[language]) for language in languages}
