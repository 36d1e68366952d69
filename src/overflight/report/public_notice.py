"""What the public page of a desk says: who is called to shelter, who no longer, and what was sent when.

A notice is made from the board of an event at an instant (:func:`public_notice`).  It knows no more than was
issued: a call that ran out without an all-clear is shown as just that, never as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from overflight.warning.alert import LonLat, ResponseType, Ring, Status
from overflight.warning.board import Board, Phase, SentMessage
from overflight.warning.names import Language, PlaceName
from overflight.warning.templates import MessageKind

Named = tuple[PlaceName, PlaceName | None]
"""A place and its prefecture or province."""


class CallState(StrEnum):
    """What holds for people now, in order of weight."""

    SHELTER = "shelter"  # a call stands
    RUN_OUT = "run_out"  # a call expired, and nobody lifted it
    WITHDRAWN = "withdrawn"  # the alert was sent in error
    PASSED = "passed"
    WILL_NOT_ARRIVE = "will_not_arrive"
    COME_DOWN = "come_down"
    NONE = "none"  # nothing was issued


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """One message as it went out; ``words`` are (headline, description, instruction) by language.

    Of a retraction, which goes out twice with the same words, the page shows the first.
    """

    sent: datetime
    kind: MessageKind
    identifier: str
    words: tuple[tuple[Language, tuple[str, str, str]], ...]

    def said(self, language: Language) -> tuple[str, str, str] | None:
        """Return what it says in a language, None if it does not speak it."""
        return dict(self.words).get(language)


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """Everything the page shows. Times carry their offset; ``zone_offset_h`` is that of the readers.

    ``expires`` is when the call ends by itself; ``rings`` are those of the places called, or, once it is
    over, of those that were.  ``path`` is where the rocket went or is expected to go.
    """

    event_id: str
    status: Status
    state: CallState
    made: datetime
    zone_offset_h: float
    zone_label: str
    called: tuple[Named, ...]
    released: tuple[Named, ...]
    expires: datetime | None
    entries: tuple[PublicEntry, ...]
    rings: tuple[Ring, ...]
    path: tuple[LonLat, ...] = ()

    @property
    def country(self) -> str:
        """The country of the people addressed; "" if nobody is."""
        for place, _ in (*self.called, *self.released):
            return place.country
        return ""


_TAGS = frozenset(language.value for language in Language)
_ENDS = {
    MessageKind.ALL_CLEAR: CallState.PASSED,
    MessageKind.WILL_NOT_ARRIVE: CallState.WILL_NOT_ARRIVE,
    MessageKind.COME_DOWN: CallState.COME_DOWN,
    MessageKind.RETRACTION: CallState.WITHDRAWN,
}


def public_notice(
    board: Board,
    at: datetime,
    named: Callable[[str], Named],
    *,
    zone_offset_h: float,
    zone_label: str,
    path: Sequence[LonLat] = (),
) -> PublicNotice:
    """Return what the page says of an event at an instant.

    Parameters
    ----------
    board : all its messages
    at : now
    named : name and region of a place by its code
    zone_offset_h, zone_label : local time of the readers, hours ahead of UTC
    path : predicted points below the vehicle, in order
    """
    messages = board.to_people()
    calls: set[str] = set()
    for thread in dict.fromkeys(m.content.thread for m in messages):
        calls |= board.calls(thread, at)
    ever = dict.fromkeys(code for m in messages for code in (*m.content.shelter, *m.content.release))
    state = _state(messages, calls, at)
    expired = _left_open(messages, at) if state is CallState.RUN_OUT else set()
    now = [code for code in ever if code in calls or code in expired]
    return PublicNotice(
        event_id=board.event_id,
        status=board.status,
        state=state,
        made=at,
        zone_offset_h=zone_offset_h,
        zone_label=zone_label,
        called=tuple(named(code) for code in now),
        released=tuple(named(code) for code in ever if code not in set(now)),
        expires=max((m.content.expires for m in messages if m.open_shelter & calls), default=None),
        entries=tuple(_entry(m) for m in messages if not m.issued.corrects),
        rings=_rings(messages, bool(calls)),
        path=tuple(path),
    )


def _state(messages: Sequence[SentMessage], calls: set[str], at: datetime) -> CallState:
    if calls:
        return CallState.SHELTER
    if _left_open(messages, at):
        return CallState.RUN_OUT
    for message in reversed(messages):
        kind = message.content.release_kind or message.content.kind
        if kind in _ENDS:
            return _ENDS[kind]
    return CallState.NONE


def _left_open(messages: Sequence[SentMessage], at: datetime) -> set[str]:
    """Return the places whose call expired without being lifted."""
    return {code for m in messages if m.phase(at) is Phase.EXPIRED for code in m.open_shelter}


def _entry(message: SentMessage) -> PublicEntry:
    """Return a message with its parts (shelter here, all clear there) said one after another."""
    words: dict[Language, tuple[str, str, str]] = {}
    for info in message.content.infos:
        tag = info.language.split("-")[0]
        if tag not in _TAGS:
            continue
        part = (info.headline, info.description, info.instruction)
        before = words.get(Language(tag))
        if before is not None:
            part = (before[0], f"{before[1]} {before[2]} {part[1]}", part[2])
        words[Language(tag)] = part
    issued = message.issued
    return PublicEntry(issued.sent, message.content.kind, message.identifier, tuple(words.items()))


def _rings(messages: Sequence[SentMessage], is_called: bool) -> tuple[Ring, ...]:
    """Return the rings of the last message with a call that stands, else of the last with any call."""
    for message in reversed(messages):
        if not (message.open_shelter if is_called else message.content.shelter):
            continue
        first = message.content.infos[0].language
        calls = [
            info
            for info in message.content.infos
            if info.language == first and ResponseType.ALL_CLEAR not in info.response_types
        ]
        return tuple(ring for info in calls[:1] for area in info.areas for ring in area.polygons)
    return ()
