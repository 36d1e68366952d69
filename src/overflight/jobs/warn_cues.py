"""Launches that partners report and nobody has measured: what is said of them until a track is theirs.

A report alone opens an event, with the plan's own figures if it is likely to be the announced launch. It is
never said to be seen, to have passed, or to have ended: it becomes a track's, is taken back, or stays
unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import degrees

import numpy as np

from overflight.earth.air import Air
from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_event import PATH_EVERY_S, Event, mean_path
from overflight.jobs.warn_figures import Figures, place_figures
from overflight.jobs.warn_places import Grounds, Said, place_figures_of, said_after
from overflight.track.agreement import match_launch
from overflight.track.cued_forecast import cued_forecast, seen_by_s
from overflight.track.cues import CLOSED_S, CuedLaunch, p_planned
from overflight.track.feed import Intake
from overflight.track.forecast import PLAN_PRIOR, PLANNED, ROW_S, Forecast
from overflight.track.measurements import Cue, SensorSite
from overflight.track.objects import Tracked
from overflight.track.prior import PlanPrior
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, Evidence, EvidenceKind, Launch, PathPoint, TrackState
from overflight.warning.life_records import Outcome

__all__ = ["Reported", "cue_words"]

OTHER_DAY_S = 30 * 86400.0
"""A drill so far from the plan's day is held on another, and the announced window says nothing of it."""
BEFORE_S = 5.0
"""Clocks differ: a report may be of so much later than the feeds' time."""
WITHDRAWN_FOR_S = 600.0
"""So long a report that was taken back is still told of."""
ARRIVAL_SIGMA = 2.33
MOST_PLACES = 2000
_OF_REPORTS = (EvidenceKind.CUE_UNCONFIRMED, EvidenceKind.CUE_WITHDRAWN)


def cue_words(cue: Cue) -> str:
    """Return a partner's early warning in words."""
    place = f"{degrees(cue.latitude_rad):.2f}, {degrees(cue.longitude_rad):.2f}"
    at = datetime.fromtimestamp(cue.time_s, UTC)
    where = (
        f"a launch near {place} ± {cue.spread_m / 1e3:.0f} km at {at:%H:%M:%S}Z ± {cue.time_sigma_s:.0f} s"
    )
    if cue.confidence <= 0.0:
        return f"{cue.source} takes back its report of {where}"
    return f"{cue.source} reports {where}, confidence {cue.confidence:.2f}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What follows from the newest words on a launch: forecast, figures, and by when it should be tracked."""

    told: tuple[Cue, ...]
    cue: Cue
    view: Forecast = field(repr=False)
    figures: Figures = field(repr=False)


class Reported:
    """The reported launches of one world, as events of the groups below zero.

    ``tied`` says by its number of which group's track a reported launch has become.
    """

    def __init__(
        self, status: Status, ahead: PlacesAhead, air: Air, prior: PlanPrior | None, *, source: str, seed: int
    ) -> None:
        self._status, self._ahead, self._air, self._prior = status, ahead, air, prior
        self._source, self._seed = source, seed
        self._shown: dict[int, _Shown] = {}
        self.tied: dict[int, int] = {}

    def of_track(self, main: Tracked, intake: Intake, events: dict[int, Event]) -> Event | None:
        """Return the event of the report that a new track is of, taken from ``events``; None if none is.

        It keeps which places are concerned. How likely they were to be passed, and when, is the track's to
        say: what only a report said must not count as having been so.
        """
        own = [one for one in self._free(intake) if -one.number in events]
        best = min(own, key=lambda one: self._miss(one, main, None), default=None)
        if best is None or self._miss(best, main, None) > 1.0:
            return None
        self.tied[best.number] = main.group
        self._shown.pop(best.number, None)
        event = events.pop(-best.number)
        seen = tuple(fact for fact in event.seen if fact.kind not in _OF_REPORTS)
        said = {index: Said(value.figures, kept=value.kept) for index, value in event.said.items()}
        return replace(event, group=main.group, memory=None, forecast=None, seen=seen, said=said)

    def joined(self, event: Event, main: Tracked, intake: Intake, events: Mapping[int, Event]) -> Event:
        """Return the event of a track with what is reported of it later: no launch of its own."""
        for one in self._free(intake):
            if -one.number not in events and not one.withdrawn and self._miss(one, main, event) <= 1.0:
                self.tied[one.number] = main.group
                event = replace(event, seen=(*event.seen, *_reports(one.told)))
        return event

    def waiting(
        self, intake: Intake, events: dict[int, Event], now_s: float
    ) -> list[tuple[CuedLaunch, float]]:
        """Return the launches that are to be told of (of no track, and not over), each with its time now.

        That is when it was last heard of if ``now_s`` is minus infinity, and never before that of its last
        message. Those that nobody reports any more leave ``events``.
        """
        for group in [g for g in events if g < 0 and -g not in intake.cues.launches]:
            del events[group]
            self._shown.pop(-group, None)
        timed = [(one, self._now_s(one, events, now_s)) for one in self._free(intake)]
        return [(one, at_s) for one, at_s in timed if self._is_told(one, intake, events, at_s)]

    def _now_s(self, one: CuedLaunch, events: Mapping[int, Event], now_s: float) -> float:
        event = events.get(-one.number)
        message = None if event is None else event.message
        before_s = -np.inf if message is None else message.made.timestamp()
        return max(one.as_of_s if now_s == -np.inf else now_s, before_s)

    def _free(self, intake: Intake) -> list[CuedLaunch]:
        return [one for one in intake.cues.launches.values() if one.number not in self.tied]

    def _miss(self, one: CuedLaunch, main: Tracked, event: Event | None) -> float:
        """Return how far a track is from a report; its lift-off is best known from when it was first seen."""
        memory = None if event is None else event.memory
        found = memory and (memory.lift_off_s, memory.lift_off_sigma_s)
        return one.misses_track(main.mean[:3], main.time_s, *(found or match_launch(main, self._prior)))

    def _is_told(self, one: CuedLaunch, intake: Intake, events: Mapping[int, Event], now_s: float) -> bool:
        if not one.first.time_s - BEFORE_S <= now_s < one.first.time_s + CLOSED_S:
            return False
        event = events.get(-one.number)
        if event is None:
            mains = intake.knowledge.launches
            return not one.withdrawn and all(self._miss(one, m, events.get(m.group)) > 1.0 for m in mains)
        since = [fact.time for fact in event.seen if fact.kind is EvidenceKind.CUE_WITHDRAWN]
        return not (one.withdrawn and since and now_s > since[0].timestamp() + WITHDRAWN_FOR_S)

    def assessed(
        self,
        one: CuedLaunch,
        event: Event | None,
        intake: Intake,
        now_s: float,
        first_seq: Mapping[str, int],
    ) -> Event:
        """Return the event of a reported launch with its next message, numbered on from ``first_seq``."""
        if event is None:
            at = datetime.fromtimestamp(one.first.time_s, UTC)
            key = f"launch-{at:%Y%m%dT%H%M%SZ}-c{one.number}"
            event = Event(key, -one.number, first_seq.get(key, 0))
        shown = self._shown.get(one.number)
        if shown is None or (shown.told != one.told and not one.withdrawn):
            shown = self._looked_at(one)
            self._shown[one.number] = shown
            nothing = Grounds(None, self._ahead, fresh=False, ended=False)
            said = said_after(event.said, shown.figures, shown.cue.time_s, nothing)
            event = replace(event, said=said, forecast=shown.view, regions=shown.figures.regions)
        facts = self._facts(one, event, shown, intake, now_s)
        message = self._message(one, event, shown, facts, now_s)
        return replace(event, seq=event.seq + 1, seen=facts, message=message)

    def _looked_at(self, one: CuedLaunch) -> _Shown:
        cue, prior = one.best, self._prior
        p_plan = 0.0
        if prior is not None:
            away_s = max(prior.window_s[0] - cue.time_s, cue.time_s - prior.window_s[1])
            other_day = self._status is Status.EXERCISE and away_s > OTHER_DAY_S
            p_plan = p_planned(cue, prior, PLAN_PRIOR, window=not other_day)
        view = cued_forecast(cue, prior, p_plan, seed=self._seed)
        figures = place_figures(self._ahead, view, (), self._air, seed=self._seed, debris=True)
        later = figures.arrival_s + ARRIVAL_SIGMA * cue.time_sigma_s
        return _Shown(one.told, cue, view, replace(figures, arrival_s=later))

    def _facts(
        self, one: CuedLaunch, event: Event, shown: _Shown, intake: Intake, now_s: float
    ) -> tuple[Evidence, ...]:
        kept = {fact.kind: fact for fact in event.seen}
        if one.withdrawn:
            words = cue_words(replace(one.first, confidence=0.0))
            new = Evidence(EvidenceKind.CUE_WITHDRAWN, one.first.source[:80], _instant(now_s), words)
            return (kept.get(EvidenceKind.CUE_WITHDRAWN, new),)
        facts = _reports(one.told)
        sites = [site for name, site in intake.sites.items() if name not in intake.off]
        words, by_s = _overdue(shown, sites)
        if now_s < by_s:
            return facts
        new = Evidence(EvidenceKind.CUE_UNCONFIRMED, self._source, _instant(now_s), words)
        return (*facts, kept.get(EvidenceKind.CUE_UNCONFIRMED, new))

    def _message(
        self, one: CuedLaunch, event: Event, shown: _Shown, facts: tuple[Evidence, ...], now_s: float
    ) -> DecisionMessage:
        kinds = {fact.kind for fact in facts}
        outcome = Outcome.FLYING
        if one.withdrawn:
            outcome = Outcome.WILL_NOT_ARRIVE
        elif EvidenceKind.CUE_UNCONFIRMED in kinds:
            outcome = Outcome.NO_DATA
        time_s = min(one.as_of_s, max(now_s, one.first.time_s))  # never before that of an earlier message
        said = sorted(event.said.items())[:MOST_PLACES]
        places = [place_figures_of(self._ahead, index, value, False) for index, value in said]
        if one.withdrawn:
            none = {"p_over_if_continues": 0.0, "p_over": 0.0, "p_debris": 0.0}
            places = [replace(place, **none) for place in places]
        return DecisionMessage(
            v=1, type="decision", id=f"{event.key}.{event.seq}", source=self._source, seq=event.seq,
            event=event.key, status=self._status, time=_instant(time_s),
            made=_instant(max(now_s, time_s)), track=TrackState.CUED, outcome=outcome,
            launch=self._launch(shown), places=tuple(replace(place, outcome=outcome) for place in places),
            assumed=self._assumed(shown), evidence=facts, path=_path(shown.view, now_s),
        )  # fmt: skip

    def _launch(self, shown: _Shown) -> Launch:
        cue, prior = shown.cue, self._prior
        follows = prior is not None and shown.view.p_plan > 0.5
        nearest = self._ahead.country(cue.latitude_rad, cue.longitude_rad)
        return Launch(
            datetime.fromtimestamp(round(cue.time_s, 1), UTC), round(cue.time_sigma_s, 1),
            prior.origin if prior and follows and prior.origin else nearest,
            "satellite_rocket" if follows else "rocket", prior.name if prior and follows else "",
        )  # fmt: skip

    def _assumed(self, shown: _Shown) -> str:
        cue, view = shown.cue, shown.view
        first = (
            f"A report alone, nothing measured; a launch at all: probability {cue.confidence:.2f}, as told."
        )
        if self._prior is None:
            second = (
                "No plan at hand: launchers towards any azimuth, estimates; nothing is known of their debris."
            )
        else:
            second = (
                f"Plan {self._prior.name}, probability {view.p_plan:.2f} by place and time "
                f"(before {PLAN_PRIOR:g}); else launchers towards any azimuth, estimates. "
                "Debris: of the plan alone."
            )
        return f"{first} {second} A passage: within {self._ahead.width_m / 1e3:g} km."


def _reports(told: Iterable[Cue]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(EvidenceKind.LAUNCH_CUED, cue.source[:80], _instant(cue.time_s), cue_words(cue))
        for cue in told
    )


def _overdue(shown: _Shown, sites: Iterable[SensorSite]) -> tuple[str, float]:
    """Return by when a launch should have been confirmed (Unix), and what is to be said if it was not."""
    cue, view = shown.cue, shown.view
    seen_s = seen_by_s(view, sites)
    if seen_s is not None:
        by_s = cue.time_s + seen_s + 3.0 * cue.time_sigma_s
        return (
            f"Not measured by {_instant(by_s):%H:%M:%S}Z, when a radar that works should have seen it",
            by_s,
        )
    some = np.maximum(view.weight, view.weight_continues) > 0.0
    aloft = np.isfinite(view.lines_m[some, :, 0]).sum(axis=1)
    ends = [
        ROW_S * float(np.max(aloft, initial=0)),
        *shown.figures.arrival_s[np.isfinite(shown.figures.arrival_s)],
    ]
    by_s = cue.time_s + min(max(ends), CLOSED_S / 2.0) + 3.0 * cue.time_sigma_s
    return (
        f"Not measured by {_instant(by_s):%H:%M:%S}Z, when all of it would be down; no radar surely sees it",
        by_s,
    )


def _path(view: Forecast, now_s: float) -> tuple[PathPoint, ...]:
    """Return the mean path of the plan's flights from now on, where it is likely that it is one of them."""
    ours = np.where(view.kind == PLANNED, view.weight_continues, 0.0)
    if ours.sum() <= 0.5:
        return ()
    path = mean_path(replace(view, weight_continues=ours / ours.sum()))
    return tuple(p for p in path if p.time.timestamp() > now_s - PATH_EVERY_S)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)
