"""What a decision message says of each place of a country: is it to be called, may it be released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.warning.board import Board
from overflight.warning.decision import DecisionMessage, EvidenceKind, PlaceFigures, TrackState
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.life_records import Content, Outcome
from overflight.warning.policy import AreaRules, CueRule, Level, Policy
from overflight.warning.templates import MessageKind

KIND_OF = {
    Outcome.PASSED: MessageKind.ALL_CLEAR,
    Outcome.WILL_NOT_ARRIVE: MessageKind.WILL_NOT_ARRIVE,
    Outcome.COME_DOWN: MessageKind.COME_DOWN,
}
_SHOWN_BY = {
    Outcome.PASSED: frozenset({EvidenceKind.SEEN_BEYOND, EvidenceKind.CONFIRMED}),
    Outcome.WILL_NOT_ARRIVE: frozenset(
        {
            EvidenceKind.THRUST_ENDED,
            EvidenceKind.BROKEN_UP,
            EvidenceKind.IMPACT_LINE,
            EvidenceKind.SEEN_BEYOND,
            EvidenceKind.FLIES_ELSEWHERE,
            EvidenceKind.CONFIRMED,
            EvidenceKind.CUE_WITHDRAWN,
        }
    ),
    Outcome.COME_DOWN: frozenset({EvidenceKind.LAST_ARRIVAL}),
}
"""Facts of which one must stand behind the outcome of a place."""

EXPECTED = 0.5
"""Probability of a passage, failures in flight counted in, at which a place is told that one is expected."""
_LINE = frozenset({EvidenceKind.IMPACT_LINE, EvidenceKind.SEEN_BEYOND})


def is_called_for(figures: PlaceFigures, policy: Policy) -> bool:
    """Return whether any named figure of a place reaches its threshold."""
    call = policy.call
    pairs = (
        (figures.p_over_if_continues, call.p_over_if_continues),
        (figures.p_over, call.p_over),
        (figures.p_debris, call.p_debris),
    )
    return figures.outcome not in KIND_OF and any(
        least is not None and value >= least for value, least in pairs
    )


def is_expected(figures: PlaceFigures) -> bool:
    """Return whether a place may be told that it is expected to be passed, and when."""
    return figures.p_over >= EXPECTED and figures.first_passage is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest message, read for the places of one country as they stand on the board."""

    board: Board
    message: DecisionMessage
    policy: Policy
    area: AreaRules
    gazetteer: Gazetteer
    figures: Mapping[str, PlaceFigures]  # by key
    at: datetime

    def never_lifted(self) -> frozenset[str]:
        """Return places of calls that ran out and were never lifted: people still sit in shelters."""
        left: frozenset[str] = frozenset()
        for message in self.board.in_thread(self.area.thread):
            left |= message.open_shelter
        return left

    def over(self, called: frozenset[str]) -> frozenset[str]:
        """Return the places to be called by their figures, whole regions while no line supports less."""
        if self.message.track is TrackState.CUED and self.policy.cue is CueRule.TELL:
            return frozenset()
        over = {
            key
            for key, figure in self.figures.items()
            if is_called_for(figure, self.policy) and (key in called or not self._is_released_since(key))
        }
        if over and self.area.level is Level.REGION and not self.has_line():
            wide = self.gazetteer.of_regions(over)
            over |= {
                key
                for key in wide
                if self.area.holds(key)
                and not self._is_released_since(key)
                and self.outcome(key) not in KIND_OF
            }
        return frozenset(over)

    def has_line(self) -> bool:
        """Return whether the impact line has reached places of this country."""
        return any(
            fact.kind in _LINE and (not fact.countries or self.area.country in fact.countries)
            for fact in self.message.evidence
        )

    def _is_released_since(self, key: str) -> bool:
        """Return whether a place was released after what the message knows was measured."""
        return any(
            key in sent.content.release and self.message.time <= sent.issued.at
            for sent in self.board.in_thread(self.area.thread)
        )

    def outcome(self, key: str) -> Outcome:
        """Return the outcome for a place: its own, or the flight's if the message does not name it."""
        return self.figures[key].outcome if key in self.figures else self.message.outcome

    def release(self, key: str) -> MessageKind | None:
        """Return why the call to a place may end; None if it may not yet."""
        outcome, lift = self.outcome(key), self.policy.lift
        kinds = {fact.kind for fact in self.message.evidence}
        if outcome not in KIND_OF or not kinds & _SHOWN_BY[outcome]:
            return None
        if outcome is Outcome.COME_DOWN and not lift.come_down:
            return None
        if lift.confirmed and EvidenceKind.CONFIRMED not in kinds:
            return None
        figure = self.figures.get(key)
        if figure is not None and figure.p_debris > lift.p_debris and not self._is_all_down(figure):
            return None
        return KIND_OF[outcome]

    def _is_all_down(self, figure: PlaceFigures) -> bool:
        """Return whether the last piece that matters is down, at the probability that the policy asks for."""
        lift = self.policy.lift
        if figure.last_arrival is None or (figure.arrival_p or 0.0) < lift.arrival_p:
            return False
        return self.at >= figure.last_arrival + timedelta(seconds=lift.after_s)

    def has_other_times(self, content: Content) -> bool:
        """Return whether the line now supports passages that the last message did not tell, or others."""
        if not self.has_line():
            return False
        told = {
            name.removeprefix("overflight:passage:"): datetime.fromisoformat(value.split("/")[0])
            for info in content.infos
            for name, value in info.parameters
            if name.startswith("overflight:passage:")
        }
        for key, figure in self.figures.items():
            if key not in content.shelter or figure.first_passage is None or figure.outcome in KIND_OF:
                continue
            moved = abs((figure.first_passage - told[key]).total_seconds()) if key in told else None
            if moved is None and is_expected(figure):
                return True
            if moved is not None and moved >= self.policy.hold.times_move_s:
                return True
        return False
