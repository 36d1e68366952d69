"""Job ``alert_replay``: a launch flown, seen, followed and decided on, and timed against its true path.

The clock counts from the true lift-off, which the tracker does not know. Approval is an assumption, so the
same messages are heard by several desks, each with people who take another time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.places import load_places
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import site_of
from overflight.jobs.simulate import Simulation, simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.jobs.warn_desk import DryDesk, Step
from overflight.record.replays import Answered, ReplayRun
from overflight.scenario.model import Scenario
from overflight.track.prior import PlanPrior
from overflight.track.simulated import SimulatedSensor
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage
from overflight.warning.gazetteer import gazetteer
from overflight.warning.policy import Policy

__all__ = ["Case", "replay"]

UNTIL_S = 1200.0
ROW_S = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """What happens in one replay: the outcome that is let happen and when, the seed, how often is decided."""

    outcome: str
    part: float
    seed: int
    every_s: float = 2.0
    until_s: float = UNTIL_S


def replay(
    truth: Scenario,
    sensors: Sequence[SimulatedSensor],
    prior: PlanPrior | None,
    policy: Policy,
    case: Case,
    approvals_s: Sequence[float],
    stopwatch: Callable[[], float] = lambda: 0.0,
) -> ReplayRun:
    """Fly a draw of ``truth``, follow it with ``prior`` at hand, and time what a desk does.

    ``stopwatch`` gives seconds of the machine, to time its decisions; without one they count as none.
    """
    flight = simulate(
        truth, sensors, seed=case.seed, outcome=case.outcome, part=case.part, sample=case.seed,
        until_s=case.until_s,
    )  # fmt: skip
    every = load_places()
    settings = WarnSettings(seed=case.seed, every_s=case.every_s)
    warner = Warner(
        Status.EXERCISE, prior=prior, sites=[site_of(s, exercise=True) for s in sensors],
        air=scenario_air(truth), places=every, settings=settings,
    )  # fmt: skip
    messages, machine_s = _followed(warner, flight, case.every_s, stopwatch)
    countries = {area.country for area in policy.area}
    known = gazetteer(place for place in every if place.country in countries)
    answers = []
    for seconds in approvals_s:
        desk = DryDesk(policy, known, seconds)
        for message in messages:
            desk.hear(message)
        answers.append(_answer(desk.steps(), seconds, flight.lift_off_s))
    reached, left = _true_passage(flight, warner.ahead, policy)
    plots = [d.arrival_s for d in flight.plots if d.truth >= 0]
    return ReplayRun(
        seed=case.seed, part=case.part, end_of_thrust_s=round(flight.end_s, 1),
        first_plot_s=round(min(plots), 1) if plots else None,
        reached_s=reached, left_s=left,
        messages=len(messages), machine_s=round(float(np.median(machine_s)), 2) if machine_s else None,
        answers=tuple(answers),
    )  # fmt: skip


def _followed(
    warner: Warner, flight: Simulation, every_s: float, stopwatch: Callable[[], float]
) -> tuple[list[DecisionMessage], list[float]]:
    """Return the decision messages of a flight and what the machine took for each."""
    messages: list[DecisionMessage] = []
    took = []
    warner.prepare()
    arrival = np.array([delivered.arrival_s for delivered in flight.plots])
    now_s, taken = float(arrival[0]) if len(arrival) else 0.0, 0
    while taken < len(arrival):
        now_s += every_s
        upto = int(np.searchsorted(arrival, now_s, side="right"))
        warner.take(delivered.plot for delivered in flight.plots[taken:upto])
        taken = upto
        begun = stopwatch()
        made = warner.decide()
        if made:
            took.append((stopwatch() - begun) / len(made))
            messages += made
    return messages, took


def _answer(steps: Sequence[Step], approval_s: float, lift_off_s: float) -> Answered:
    """Return when the first call and the last lift were drafted and sent, and for how many places."""
    calls = [step for step in steps if step.does != "lift" and step.sent is not None]
    lifts = [step for step in steps if step.does == "lift" and step.sent is not None]

    def after(step: Step, name: str) -> float:
        return round(getattr(step, name).timestamp() - lift_off_s, 1)

    return Answered(
        approval_s=approval_s,
        drafted_s=after(calls[0], "drafted") if calls else None,
        called_s=after(calls[0], "sent") if calls else None,
        places_called=max((step.called for step in calls), default=0),
        lifted_s=after(lifts[-1], "sent") if calls and lifts else None,
    )


def _true_passage(
    flight: Simulation, ahead: PlacesAhead, policy: Policy
) -> tuple[float | None, float | None]:
    """Return when the vehicle came over the regions of a policy and when it had left them.

    A region is all its places and the sea between them, wider by the width that the tracker uses.
    """
    time = np.arange(0.0, UNTIL_S, ROW_S)
    path = flight.objects[0].at(time)
    aloft = np.isfinite(path[:, 0])
    mine = [any(area.holds(place.key) for area in policy.area) for place in ahead.places]
    regions = ahead.regions_crossed(path[aloft][:, None, :], np.flatnonzero(mine))
    over = np.any(list(regions.values()), axis=0) if regions else np.zeros(int(aloft.sum()), bool)
    when = time[aloft][over]
    return (float(when[0]), float(when[-1])) if len(when) else (None, None)
