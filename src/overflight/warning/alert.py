"""A warning as a frozen value with the meanings of the Common Alerting Protocol 1.2.

Names and permitted values follow OASIS CAP-v1.2 (1 July 2010), section 3.2.  A value that would
not be a proper CAP message cannot be built: the constructors check what the standard's own text
demands and the XML schema does not (section 3.2.1: identifier and sender without spaces, commas,
``<`` and ``&``; section 3.3.2: instants with a numeric offset and whole seconds; section 3.2.4:
closed rings of at least four points).

Rings are held as (longitude, latitude) in WGS-84 degrees, as everywhere in this package; only the
XML turns them into CAP's ``latitude,longitude``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from overflight.errors import InputError

LonLat = tuple[float, float]
Ring = tuple[LonLat, ...]

MAX_RING_POINTS = 100
"""Most points of one ring, the closing one counted (cell broadcast practice: 100 vertices)."""


class Status(StrEnum):
    """How a message is to be handled. ``DRAFT`` is never actionable."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """Nature of a message. ``UPDATE`` and ``CANCEL`` name what they supersede."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom a message is meant for."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """Kind of event, the values this package uses or relays."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people are asked to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """How soon to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How great the threat is."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure the event is. ``LIKELY`` means a probability above about one half."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


def _refuse(key: str, found: str, allowed: str, remedy: str) -> InputError:
    return InputError("alert", key, found=found, allowed=allowed, remedy=remedy)


def _check_token(key: str, value: str) -> None:
    if not value or any(c in " ,<&" or ord(c) < 0x21 for c in value):
        allowed = "text without spaces, commas, '<' and '&'"
        raise _refuse(key, repr(value), allowed, "CAP 1.2 section 3.2.1 joins these in <references>.")


def _check_instant(key: str, value: datetime | None) -> None:
    if value is None:
        return
    offset = value.utcoffset()
    if offset is None or value.microsecond or offset.total_seconds() % 60:
        allowed = "an instant with a UTC offset of whole minutes, in whole seconds"
        raise _refuse(key, repr(value), allowed, "Attach a timezone and drop fractions of a second.")


def _check_ring(key: str, ring: Ring) -> None:
    if not 4 <= len(ring) <= MAX_RING_POINTS or ring[0] != ring[-1]:
        found = f"{len(ring)} points, " + ("closed" if ring and ring[0] == ring[-1] else "open")
        allowed = f"4 to {MAX_RING_POINTS} points, the first repeated as the last"
        raise _refuse(key, found, allowed, "Make the ring with overflight.warning.areas.alert_polygons.")
    for longitude_deg, latitude_deg in ring:
        if not (-180.0 <= longitude_deg <= 180.0 and -90.0 <= latitude_deg <= 90.0):
            found = f"longitude {longitude_deg}, latitude {latitude_deg}"
            raise _refuse(key, found, "longitude -180..180 and latitude -90..90", "Check their order.")


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, as ``<references>`` names it."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class AlertArea:
    """Where a message applies: the union of its rings and geocodes.

    ``geocodes`` are (value name, value): ``JISX0402`` with the five-digit municipality code for
    Japan.  There is no public Japanese CAP profile, so the name of the standard is the name used.
    """

    description: str
    polygons: tuple[Ring, ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for number, ring in enumerate(self.polygons):
            _check_ring(f"area.polygon[{number}]", ring)


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """The message in one language."""

    language: str  # RFC 5646 tag
    categories: tuple[Category, ...]
    event: str
    response_types: tuple[ResponseType, ...]
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    areas: tuple[AlertArea, ...]
    audience: str | None = None
    event_codes: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    web: str | None = None
    contact: str | None = None

    def __post_init__(self) -> None:
        for key in ("effective", "onset", "expires"):
            _check_instant(f"info[{self.language}].{key}", getattr(self, key))


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. ``references`` are complete: every unexpired message it supersedes."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    infos: tuple[AlertInfo, ...]
    source: str | None = None
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # of a private message: whom it is for
    restriction: str | None = None  # of a restricted message: who may have it

    def __post_init__(self) -> None:
        _check_token("identifier", self.identifier)
        _check_token("sender", self.sender)
        _check_instant("sent", self.sent)
        if self.msg_type in (MsgType.UPDATE, MsgType.CANCEL) and not self.references:
            remedy = "Name the messages it updates or cancels."
            raise _refuse("references", "none", f"at least one for {self.msg_type}", remedy)
        if (self.scope is Scope.PRIVATE) != bool(self.addresses):
            remedy = "Name whom a private message is for, and of no other."
            raise _refuse(
                "addresses", f"{len(self.addresses)}", f"those that scope {self.scope} asks for", remedy
            )
        if (self.scope is Scope.RESTRICTED) != bool(self.restriction):
            remedy = "Say who may have a restricted message, and of no other."
            raise _refuse(
                "restriction", repr(self.restriction)[:60], f"what scope {self.scope} asks for", remedy
            )
        _check_agreement(self.infos)

    def as_reference(self) -> Reference:
        """Return how a later message refers to this one."""
        return Reference(self.sender, self.identifier, self.sent)

    def info(self, language: str) -> AlertInfo:
        """Return the message in ``language``; KeyError if it has none."""
        for info in self.infos:
            if info.language == language:
                return info
        raise KeyError(language)


def _shared(info: AlertInfo) -> tuple[tuple[str, object], ...]:
    """Return what must be the same in every language."""
    return (
        ("category", info.categories),
        ("responseType", info.response_types),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
        ("effective", info.effective),
        ("onset", info.onset),
        ("expires", info.expires),
        ("eventCode", info.event_codes),
        ("area", tuple((area.polygons, area.geocodes) for area in info.areas)),
    )


def _check_agreement(infos: tuple[AlertInfo, ...]) -> None:
    """Refuse infos that say different things in different languages.

    A message may have several parts (shelter here, all clear there), each an info in every language;
    the parts come in the same order in each.
    """
    parts: dict[str, list[AlertInfo]] = {}
    for info in infos:
        if any(_shared(info) == _shared(earlier) for earlier in parts.get(info.language, ())):
            found = f"{info.language} twice for the same part"
            raise _refuse("info", found, "each language once for a part", "Drop the repeated one.")
        parts.setdefault(info.language, []).append(info)
    first, *others = parts.values() or [[]]
    for other in others:
        where = f"info[{other[0].language}]"
        if len(other) != len(first):
            allowed = f"{len(first)} as in {first[0].language}"
            raise _refuse(where, f"{len(other)} infos", allowed, "Say every part in every language.")
        for one, same in zip(first, other, strict=True):
            for (key, meant), (_, said) in zip(_shared(one), _shared(same), strict=True):
                if meant != said:
                    allowed = f"the same as in {one.language}"
                    remedy = "Languages differ in words only."
                    raise _refuse(f"{where}.{key}", "another value", allowed, remedy)
