"""Job ``warn``: measurements in, tracks, forecasts and decision messages out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from overflight.earth.air import Air, build_air
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.exposure.statistics import beta_interval
from overflight.jobs.warn_cues import Reported
from overflight.jobs.warn_event import Event, event_key, event_of, next_message
from overflight.jobs.warn_evidence import Around
from overflight.jobs.warn_figures import Figures, impact_ellipse, place_figures
from overflight.jobs.warn_reach import out_of_reach
from overflight.track.feed import Intake
from overflight.track.forecast import PLAN_PRIOR, ROW_S, forecast
from overflight.track.measurements import Measurement, SensorSite
from overflight.track.objects import State, Tracked
from overflight.track.prior import PlanPrior
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, Launch

__all__ = ["WarnSettings", "Warner"]


@dataclass(frozen=True, slots=True)
class WarnSettings:
    """How to warn: name of the source, seed of draws, width of a passage, spacing in time."""

    source: str = "overflight-warn"
    seed: int = 1
    width_m: float = 50e3
    every_s: float = 1.0
    debris_every: int = 3
    """Every so many forecasts the figure of debris is made anew; between them it stays."""


class Warner:
    """One world, drill or real, of measurements; the two never share one.

    ``events`` holds every launch being followed, by group; those that are only reported below zero.
    """

    def __init__(
        self,
        status: Status,
        *,
        prior: PlanPrior | None = None,
        sites: Iterable[SensorSite] = (),
        air: Air | None = None,
        places: Places | None = None,
        settings: WarnSettings | None = None,
    ) -> None:
        self.status, self.prior = status, prior
        self.settings = settings or WarnSettings()
        self.intake = Intake(sites)
        self.air = air or build_air()
        self.ahead = PlacesAhead(places if places is not None else load_places(), self.settings.width_m)
        self.reported = Reported(
            status, self.ahead, self.air, prior, source=self.settings.source, seed=self.settings.seed
        )
        self.events: dict[int, Event] = {}
        self._due_s: dict[int, float] = {}
        self._round: dict[int, int] = {}
        self.first_seq: Mapping[str, int] = {}

    @property
    def now_s(self) -> float:
        """The feeds' time, also where nothing is seen: by plots, ``status`` or the oldest report."""
        return self.intake.cues.now_s(self.intake.clock_s)

    def prepare(self) -> None:
        """Load what the first forecast needs, so that it comes as fast as all others."""
        from overflight.jobs.warmup import warm_tracking

        warm_tracking()
        if self.prior is not None:
            self.ahead.passages(self.prior.position_m[:100, ::4], ROW_S)

    def go_on(self, numbers: Mapping[str, int]) -> None:
        """Number the messages of events from here on from what an earlier run had left."""
        self.first_seq = dict(numbers)
        for group, event in self.events.items():
            self.events[group] = replace(event, seq=max(event.seq, self.first_seq.get(event.key, 0)))

    def take(self, messages: Iterable[Measurement]) -> None:
        """Take measurements in."""
        self.intake.take(messages)

    def decide(self, now_s: float | None = None, *, draft: bool = True) -> list[DecisionMessage]:
        """Return the messages that are due at an instant; at the newest plot if none is given."""
        clock_s = self.intake.clock_s
        now = clock_s if now_s is None else max(now_s, clock_s)
        made = [
            *self._tracked(now),
            *self._only_reported(max(now, self.intake.cues.told_s(self.intake.clock_s))),
        ]
        return [event.message for event in made if draft and event.message is not None]

    def _tracked(self, now_s: float) -> Iterator[Event]:
        """Yield the events of tracks whose next message is due, with it."""
        followed = self.intake.settled.launches
        if followed and not any(self._is_due(main.group, now_s) for main in followed):
            return
        for main in self.intake.knowledge.launches:
            if not self._is_due(main.group, now_s):
                continue
            self._due_s[main.group] = now_s + self.settings.every_s
            event = self._assessed(main, now_s)
            for group in [g for g, e in self.events.items() if e.key == event.key and 0 < g != main.group]:
                del self.events[group]
            self.events[main.group] = event
            yield event

    def _only_reported(self, now_s: float) -> Iterator[Event]:
        """Yield the events of reported launches that no track is of, with the message that is due."""
        for one, at_s in self.reported.waiting(self.intake, self.events, now_s):
            if not self._is_due(-one.number, at_s):
                continue
            self._due_s[-one.number] = at_s + self.settings.every_s
            event = self.reported.assessed(
                one, self.events.get(-one.number), self.intake, at_s, self.first_seq
            )
            self.events[-one.number] = event
            yield event

    def _is_due(self, group: int, now_s: float) -> bool:
        due_s = self._due_s.get(group, now_s)
        # later than a step it stems from a clock that was not believed in the end
        return not now_s < due_s <= now_s + self.settings.every_s

    def _assessed(self, main: Tracked, now_s: float) -> Event:
        """Return the event of a main body with its next message."""
        launches = {launch.group for launch in self.intake.knowledge.launches}
        event = event_of(main, self.events, launches)
        event = event or self.reported.of_track(main, self.intake, self.events)
        if event is None:
            key = event_key(main)
            event = Event(key, main.group, self.first_seq.get(key, 0))
        event = self.reported.joined(event, main, self.intake, self.events)
        figures, aside = None, frozenset[int]()
        state = main.state(now_s)
        parts = tuple(
            o for o in self.intake.knowledge.objects
            if o.group == main.group and o.number != main.number and o.hits >= 8 and o.unpowered > 0.5
        )  # fmt: skip
        if state is not State.LOST:
            view = forecast(main, self.prior, event.memory, seed=self.settings.seed)
            turn = self._round.get(main.group, 0)
            self._round[main.group] = turn + 1
            debris = turn % self.settings.debris_every == 0
            figures = place_figures(
                self.ahead, view, parts[:12], self.air, seed=self.settings.seed, debris=debris,
                told=event.said,
            )  # fmt: skip
            if not debris:
                figures = _kept_debris(figures, event)
            event = replace(
                event, forecast=view, memory=view.memory, ellipse=impact_ellipse(view, self.air),
                regions=figures.regions,
            )  # fmt: skip
            if state is State.FIRM and view.p_ended < 0.5:
                aside = out_of_reach(
                    event.said, figures, self.ahead, main, self.prior, view.memory, seed=self.settings.seed
                )
        around = Around(parts, self.intake.heard, frozenset(self.intake.off), self.intake.sites)
        return next_message(
            event, main, figures, self.ahead, around,
            now_s=now_s, source=self.settings.source, status=self.status, launch=self._launch(event),
            assumed=self._assumed(event, main.among), aside=aside,
        )  # fmt: skip

    def _launch(self, event: Event) -> Launch:
        memory, prior = event.memory, self.prior
        lift_off = memory.lift_off_s if memory else self.intake.knowledge.clock_s
        sigma = memory.lift_off_sigma_s if memory else 600.0
        follows = prior is not None and (memory is None or memory.p_plan > 0.5)
        return Launch(
            datetime.fromtimestamp(round(lift_off, 1), UTC), round(sigma, 1),
            prior.origin if prior and follows and prior.origin else self._origin(event),
            "satellite_rocket" if follows else "rocket", prior.name if prior and follows else "",
        )  # fmt: skip

    def _origin(self, event: Event) -> str:
        """Return the country nearest to where the launch was first seen; what a message said stays said."""
        if event.message is not None:
            return event.message.launch.origin
        main = self.intake.knowledge.main_of(event.group)
        return "XX" if main is None else self.ahead.country(main.place[0], main.place[1])

    def _assumed(self, event: Event, among: int) -> str:
        view = event.forecast
        if view is None:
            return "Nothing: the track gave no forecast yet."
        width = self.settings.width_m / 1e3
        if self.prior is None:
            first = "No plan at hand: other programmes of thrust that a launcher might fly, estimates."
        else:
            first = (
                f"Plan {self.prior.name}, probability {view.p_plan:.2f} (before any plot {PLAN_PRIOR:g}); "
                f"effective flights {view.effective:.0f}."
            )
            mean, sigma = view.p_fails
            if sigma > 0.0 and view.p_plan > 0.5:
                low, high = beta_interval(mean, sigma)
                first += f" It fails on the way with {mean:.2f}, by the plan {low:.2f} to {high:.2f} (90 %)."
        if among > 1:
            first += f" Of {among} bodies nobody can tell which is the main one: the figures are of them all."
        return (
            f"{first} Thrust has ended with probability {view.p_ended:.2f}. A passage: within {width:g} km. "
            "Debris: a generic catalogue, wind of the scenario; arrival at probability 0.99 above 15 J."
        )


def _kept_debris(figures: Figures, event: Event) -> Figures:
    """Return figures with the debris figures as said before."""
    for row, index in enumerate(figures.place):
        said = event.said.get(int(index))
        if said is not None:
            figures.debris[row] = said.figures[2]
    return figures
