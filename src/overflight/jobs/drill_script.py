"""Job ``drill_script``: the decision messages of a drill, made of a plan's places and times.

What a tracker would say of a flight that does what the plan says, written down beforehand: no radar, no
tracker and no chance. Probabilities and times are the plan's own; it passes as planned, falls short, or is
lost, as asked. Always a drill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from overflight.errors import InputError
from overflight.jobs.stored_plan import StoredPlace, StoredPlan
from overflight.warning.alert import Status
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PlaceFigures,
    TrackState,
)
from overflight.warning.life_records import Outcome

__all__ = ["Ends", "ScriptSettings", "drill_script"]

SOURCE = "script"
SEEN_S = 90.0
"""When the vehicle is first seen: radars stand beyond the horizon of most pads."""
BEYOND_S = 10.0
"""How long after its last passage a place is said to be passed."""
GOES_ON_S = 120.0
"""How long messages go on after the end, so that a lift can be practised without hurry."""
LEAST_OVER = 1e-4
"""Places below this chance of a passage are left out: their times are those of a handful of flights."""


class Ends(StrEnum):
    """How the drill ends."""

    PASSED = "passed"
    SHORT = "short"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ScriptSettings:
    """When the drill lifts off, how it ends, how often is told, and of which launch."""

    lift_off: datetime
    ends: Ends = Ends.PASSED
    every_s: float = 5.0
    origin: str = "XX"
    vehicle: str = "rocket"


def drill_script(plan: StoredPlan, settings: ScriptSettings) -> tuple[DecisionMessage, ...]:
    """Return the messages of a drill, oldest first.

    Raises
    ------
    InputError : the plan passes nobody
    """
    places = [
        place
        for place in plan.places.values()
        if place.over >= LEAST_OVER and place.first_s is not None and place.last_s is not None
    ]
    if not places:
        raise InputError(
            plan.where, "places.csv", found="no place that is passed",
            allowed="a launch that passes somebody",
            remedy="There is nobody to warn: drill with another scenario.",
        )  # fmt: skip
    last_s = max(place.last_s or 0.0 for place in places)
    first_s = min(place.first_s or 0.0 for place in places)
    over_s = last_s + BEYOND_S if settings.ends is Ends.PASSED else max(0.5 * first_s, SEEN_S + 60.0)
    script = _Script(plan, tuple(places), settings, over_s)
    return tuple(script.messages(over_s + GOES_ON_S))


@dataclass(frozen=True, slots=True)
class _Script:
    plan: StoredPlan
    places: tuple[StoredPlace, ...]
    settings: ScriptSettings
    over_s: float

    def messages(self, until_s: float) -> Iterator[DecisionMessage]:
        count = int((until_s - SEEN_S) / self.settings.every_s) + 1
        for number in range(count):
            yield self._message(number, SEEN_S + number * self.settings.every_s)

    def _message(self, number: int, time_s: float) -> DecisionMessage:
        given, made = self.settings, self._at(time_s)
        is_lost = given.ends is Ends.LOST and time_s >= self.over_s
        event = f"drill-{given.lift_off.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return DecisionMessage(
            1, "decision", f"{event}.{number}", SOURCE, number, event, Status.EXERCISE,
            self._at(min(time_s, self.over_s)) if is_lost else made, made,
            TrackState.LOST if is_lost else TrackState.FIRM,
            self._outcome(time_s),
            Launch(given.lift_off.astimezone(UTC), 1.0, given.origin, given.vehicle, self.plan.title[:200]),
            tuple(self._figures(place, time_s) for place in self.places),
            f"A script, made of the plan {self.plan.run_id}: its chances and times; no sensor measured this.",
            tuple(self._evidence(time_s)),
            sensors=() if is_lost else ("radar-a", "radar-b"),
        )  # fmt: skip

    def _at(self, time_s: float) -> datetime:
        return self.settings.lift_off.astimezone(UTC) + timedelta(seconds=round(time_s, 1))

    def _outcome(self, time_s: float) -> Outcome:
        if time_s < self.over_s:
            return Outcome.FLYING
        ends = {Ends.PASSED: Outcome.PASSED, Ends.SHORT: Outcome.WILL_NOT_ARRIVE, Ends.LOST: Outcome.LOST}
        return ends[self.settings.ends]

    def _figures(self, place: StoredPlace, time_s: float) -> PlaceFigures:
        first_s, last_s = place.first_s or 0.0, place.last_s or 0.0
        outcome = self._outcome(time_s)
        if self.settings.ends is Ends.PASSED and time_s >= last_s + BEYOND_S:
            outcome = Outcome.PASSED
        gone = outcome in (Outcome.PASSED, Outcome.WILL_NOT_ARRIVE)
        _, as_planned = self.plan.outcomes.get("as-planned", ("", 1.0))
        goes_on = min(place.over / as_planned, 1.0) if as_planned > 0.0 else place.over
        return PlaceFigures(
            place.key,
            0.0 if gone else goes_on,
            0.0 if gone else place.over,
            0.0 if gone else place.debris,
            outcome,
            self._at(first_s),
            self._at(last_s),
            self._at(min(last_s, time_s) if gone else last_s),
            0.99,
        )

    def _evidence(self, time_s: float) -> Iterator[Evidence]:
        yield self._fact(EvidenceKind.LAUNCH_SEEN, SEEN_S, "A rocket in flight")
        if time_s >= SEEN_S + 10.0:
            words = "If thrust ended now it would come down on the way to the places concerned"
            yield self._fact(EvidenceKind.IMPACT_LINE, SEEN_S + 10.0, words)
        first_gone_s = min(place.last_s or 0.0 for place in self.places) + BEYOND_S
        if self.settings.ends is Ends.PASSED and time_s >= first_gone_s:
            yield self._fact(EvidenceKind.SEEN_BEYOND, first_gone_s, "Measured beyond places concerned")
            yield self._fact(EvidenceKind.CONFIRMED, first_gone_s, "A second radar measures the same")
        if time_s < self.over_s:
            return
        if self.settings.ends is Ends.SHORT:
            yield self._fact(EvidenceKind.THRUST_ENDED, self.over_s, "Thrust has ended")
            yield self._fact(EvidenceKind.BROKEN_UP, self.over_s, "Several bodies, none under thrust")
            yield self._fact(EvidenceKind.CONFIRMED, self.over_s, "A second radar measures the same")
        if self.settings.ends is Ends.LOST:
            yield self._fact(EvidenceKind.TRACK_LOST, self.over_s, "No plot any more")
            yield self._fact(EvidenceKind.FEED_SILENT, self.over_s, "Both radars are silent")

    def _fact(self, kind: EvidenceKind, time_s: float, words: str) -> Evidence:
        return Evidence(kind, SOURCE, self._at(time_s), words)
