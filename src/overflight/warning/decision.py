"""The decision message: what a tracker, or a scripted file in its place, tells the desk.

One JSON object a line (NDJSON), version 1.  It says what is known of one flight at one instant: which
places it may concern, with three figures that are never mixed, when, and on what evidence.  It says
nothing of what to tell people: that is policy, and people's to approve.

A place is named by its key (``JP-47361``); a code that one country alone uses will do.  The figures of a
place are probabilities at ``time``, under what ``assumed`` names:

- ``p_over_if_continues``: it passes over or near the place, given that powered flight goes on as planned
- ``p_over``: the same with failures in flight counted in
- ``p_debris``: at least one piece of it comes down on the place
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from overflight.errors import InputError
from overflight.warning.alert import Status
from overflight.warning.json_values import brief_json, from_json
from overflight.warning.life_records import Outcome

VERSION = 1
MAX_LINE_BYTES = 2_000_000
"""Longest line read; 2,000 places with all figures take 0.6 MB."""


class TrackState(StrEnum):
    """State of the main body's track."""

    NONE = "none"  # nothing is tracked (a plan's script may say so before the launch)
    CUED = "cued"  # a partner reports it, and nobody has measured it yet
    TENTATIVE = "tentative"
    FIRM = "firm"
    COASTING = "coasting"
    LOST = "lost"


class EvidenceKind(StrEnum):
    """What kind of fact stands behind an outcome."""

    LAUNCH_CUED = "launch_cued"  # reported by a partner's early warning, not measured
    CUE_UNCONFIRMED = "cue_unconfirmed"  # reported, and not measured when it should have been
    CUE_WITHDRAWN = "cue_withdrawn"  # whoever reported it took it back
    LAUNCH_SEEN = "launch_seen"
    IMPACT_LINE = "impact_line"  # the instantaneous impact line reached, or left, the places
    THRUST_ENDED = "thrust_ended"
    BROKEN_UP = "broken_up"
    SEEN_BEYOND = "seen_beyond"  # measured beyond the places
    FLIES_ELSEWHERE = "flies_elsewhere"  # the places are out of reach, whichever way it may still turn
    LAST_ARRIVAL = "last_arrival"  # the last dangerous piece is down, at the stated probability
    CONFIRMED = "confirmed"  # another source says the same
    TRACK_LOST = "track_lost"
    FEED_SILENT = "feed_silent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact: what, by whom, when, in words for the operator.

    ``countries`` says for whose places it holds (ISO 3166-1 alpha-2); none named: for all.
    """

    kind: EvidenceKind
    source: str
    time: datetime
    words: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """What is known for one place. Times are absent where there is no passage or arrival.

    ``outcome`` is this place's own: ``passed`` or ``will_not_arrive`` here release it.  ``last_arrival``
    is when the last piece above 11 ft-lbf would be down at probability ``arrival_p``.
    """

    code: str
    p_over_if_continues: float
    p_over: float
    p_debris: float
    outcome: Outcome = Outcome.FLYING
    first_passage: datetime | None = None
    last_passage: datetime | None = None
    last_arrival: datetime | None = None
    arrival_p: float | None = None

    def __post_init__(self) -> None:
        for name in ("p_over_if_continues", "p_over", "p_debris"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise _refuse(f"places[{self.code}].{name}", repr(value), "a probability, 0 to 1")
        if (self.first_passage is None) != (self.last_passage is None) or (
            self.first_passage and self.last_passage and self.last_passage < self.first_passage
        ):
            raise _refuse(f"places[{self.code}].last_passage", "times that do not go together", "first, last")


@dataclass(frozen=True, slots=True)
class PathPoint:
    """A point of the predicted path of the point below the vehicle, with its 1-sigma half-width."""

    time: datetime
    lat_deg: float
    lon_deg: float
    height_m: float
    cross_sigma_m: float


@dataclass(frozen=True, slots=True)
class Launch:
    """What is known of the launch; codes as in ISO 3166-1."""

    time: datetime
    time_sigma_s: float
    origin: str  # country
    vehicle: str  # "rocket" or "satellite_rocket"
    name: str = ""


@dataclass(frozen=True, slots=True)
class DecisionMessage:
    """One state of knowledge. ``time`` is that of the newest measurement used, ``made`` of the message.

    ``seq`` counts up within (``source``, ``event``); a receiver drops what it has seen, and what is older
    than what it has.
    """

    v: int
    type: str
    id: str
    source: str
    seq: int
    event: str
    status: Status
    time: datetime
    made: datetime
    track: TrackState
    outcome: Outcome
    launch: Launch
    places: tuple[PlaceFigures, ...]
    assumed: str
    evidence: tuple[Evidence, ...] = ()
    path: tuple[PathPoint, ...] = ()
    sensors: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.v != VERSION or self.type != "decision":
            raise _refuse("v, type", f"{self.v}, {self.type}", f"{VERSION}, decision")
        if not self.id or not self.event or not self.source or self.seq < 0:
            raise _refuse("id, event, source, seq", "one that is empty or negative", "all of them")
        codes = [place.code for place in self.places]
        if len(set(codes)) != len(codes):
            raise _refuse("places", "a code twice", "each place once")
        if self.time > self.made:
            raise _refuse("time", self.time.isoformat(), f"not after made, {self.made.isoformat()}")
        if self.track is TrackState.LOST and self.outcome is Outcome.FLYING:
            raise _refuse("outcome", "flying on a lost track", "lost, no_data, or an outcome with evidence")
        if self.outcome in NEEDS and not {e.kind for e in self.evidence} & NEEDS[self.outcome]:
            allowed = " or ".join(sorted(NEEDS[self.outcome])) + f" in evidence for {self.outcome.value}"
            raise _refuse("evidence", "none that carries the outcome", allowed)


NEEDS = {
    Outcome.PASSED: frozenset({EvidenceKind.SEEN_BEYOND}),
    Outcome.WILL_NOT_ARRIVE: frozenset(
        {
            EvidenceKind.THRUST_ENDED,
            EvidenceKind.BROKEN_UP,
            EvidenceKind.IMPACT_LINE,
            EvidenceKind.SEEN_BEYOND,
            EvidenceKind.FLIES_ELSEWHERE,
            EvidenceKind.CUE_WITHDRAWN,
        }
    ),
    Outcome.COME_DOWN: frozenset({EvidenceKind.LAST_ARRIVAL}),
}
"""Facts of which an outcome of the whole needs one."""


def read_decision(line: str | bytes, where: str = "decision message") -> DecisionMessage:
    """Return the message of one line.

    Raises
    ------
    InputError : too long, no JSON, or a field is missing, unknown, of another type or out of its range
    """
    data = line.encode() if isinstance(line, str) else line
    if len(data) > MAX_LINE_BYTES:
        raise _refuse("", f"{len(data)} bytes", f"at most {MAX_LINE_BYTES}", where)
    try:
        value: Any = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise _refuse("", f"no JSON ({fault})"[:80], "one JSON object a line", where) from None
    return from_json(DecisionMessage, value, where)


def write_decision(message: DecisionMessage) -> str:
    """Return the message as one line of JSON, without the line feed; what holds its default is left out."""
    return json.dumps(brief_json(message), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _refuse(key: str, found: str, allowed: str, where: str = "decision message") -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy="Mend the sender.")
