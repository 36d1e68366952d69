"""One launch of the tracking campaign: flown with faults drawn, followed by the warner, and scored against the truth.

Truth flies with every quantity drawn; in a fifth of the launches it is another vehicle than the plan's, beyond what
the plan's spreads allow. Radars err by biases, clocks and refraction of the sizes that their own sites state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from overflight import rng
from overflight.earth.air import Air
from overflight.earth.frames import ecef_to_eci, geodetic_to_ecef, local_axes
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.flight.simulate import fall
from overflight.formats.sensors_toml import site_of
from overflight.jobs.simulate import Simulation, simulate
from overflight.jobs.warn import Warner, WarnSettings
from overflight.jobs.warn_desk import DryDesk
from overflight.jobs.warn_figures import Ellipse
from overflight.scenario.model import Scenario
from overflight.track.objects import State
from overflight.track.prior import PlanPrior
from overflight.track.simulated import Delivered, SimulatedSensor
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, EvidenceKind
from overflight.warning.gazetteer import Gazetteer, gazetteer
from overflight.warning.life_records import Content, Outcome
from overflight.warning.names import Language
from overflight.warning.policy import AreaRules, Policy

OKINAWA = ("JP", "沖縄県")
FAILURES = (
    "stage-1-loss", "stage-2-no-ignition", "stage-2-thrust-loss", "stage-3-no-ignition", "stage-3-termination",
)  # fmt: skip
CLOSELY_S, EVERY_S = 115.0, 4.0
"""Forecasts are a second apart until so long after lift-off and after the end of thrust, else so far apart."""
SILENCE_S = 40.0
LONG_S, RARELY_S = 2400.0, 30.0
"""What is lost is waited for so long, so rarely, until it must be down."""
SEEN_FRAGMENTS = 2
MARKS_S = tuple(range(100, 560, 20))
UNTIL_S, AFTER_S = 640.0, 90.0
"""A recording ends so long after lift-off, and no sooner than so long after the last passage."""
ROW_S = 2.0
POLICY = Policy(
    1, "campaign", (AreaRules("JP", 9.0, "Campaign desk", (Language.ENGLISH,), places=("JP-47",)),)
)
"""The default rules of a desk: a prefecture first, its municipalities once the impact line supports them."""


@cache
def okinawa() -> PlacesAhead:
    """Return the places of the prefecture alone: a campaign asks about no others."""
    places = Places(tuple(place for place in load_places() if place.region == OKINAWA[1]))
    return PlacesAhead(places, WarnSettings().width_m)


@cache
def named() -> Gazetteer:
    """Return the same places as a desk knows them."""
    return gazetteer(okinawa().places)


def faulty(sensors: tuple[SimulatedSensor, ...], seed: int) -> list[SimulatedSensor]:
    """Return the sensors with biases and clocks drawn by what their sites say of them."""

    def z(name: str, index: int) -> float:
        return float(rng.normal(seed, f"campaign.{name}", index))

    out = []
    for i, sensor in enumerate(sensors):
        site = site_of(sensor)
        out.append(
            replace(
                sensor,
                range_bias_m=site.range_bias_m * z("range", i),
                azimuth_bias_rad=site.azimuth_bias_rad * z("azimuth", i),
                clock_bias_s=site.clock_bias_s * z("clock", i),
                refraction=float(rng.uniform(seed, "campaign.refraction", i)),
            )
        )
    return out


def another_vehicle(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario with thrust and steering where its own spreads hardly reach."""
    side = 1.0 if rng.uniform(seed, "campaign.side", 0) < 0.5 else -1.0
    rows = []
    for row in scenario.flight_plan.steering:
        heading = row.heading_deg
        if heading is not None and row.stage == 2:
            wide = 2.5 * (heading.sigma or 0.0) * side
            row = row.model_copy(
                update={"heading_deg": heading.model_copy(update={"value": heading.value + wide})}
            )
        rows.append(row)
    plan = scenario.flight_plan.model_copy(update={"steering": tuple(rows)})
    return scenario.model_copy(update={"flight_plan": plan})


def turned(scenario: Scenario, by_deg: float) -> Scenario:
    """Return the scenario with every heading turned."""
    return steered(scenario, {row.stage: by_deg for row in scenario.flight_plan.steering})


def steered(scenario: Scenario, turns: Mapping[int, float]) -> Scenario:
    """Return the scenario with the headings of some stages turned (degrees)."""
    rows = []
    for row in scenario.flight_plan.steering:
        changed = {}
        for name in ("heading_deg", "heading_end_deg"):
            value = getattr(row, name)
            if value is not None and row.stage in turns:
                new = (value.value + turns[row.stage]) % 360.0
                changed[name] = value.model_copy(update={"value": new, "range": None})
        rows.append(row.model_copy(update=changed))
    return scenario.model_copy(
        update={"flight_plan": scenario.flight_plan.model_copy(update={"steering": tuple(rows)})}
    )


def kind_of(seed: int) -> str:
    """Return what the launch of a seed does: of ten, four go as planned, five fail, one flies elsewhere."""
    return ("as-planned", "elsewhere", *FAILURES, "as-planned", "as-planned", "as-planned")[seed % 10]


def flown(scenario: Scenario, sensors: tuple[SimulatedSensor, ...], seed: int) -> tuple[str, Simulation]:
    """Return the kind of a launch and its flight."""
    kind, truth = kind_of(seed), scenario
    if (seed // 10) % 5 == 0:
        truth = another_vehicle(truth, seed)
    if kind == "elsewhere":
        truth = turned(truth, 40.0 + 280.0 * float(rng.uniform(seed, "campaign.turn", 0)))
    key = kind if kind in FAILURES else "as-planned"
    part = float(rng.uniform(seed, "campaign.part", 0))
    given = faulty(sensors, seed)

    def seen_until(seconds: float) -> Simulation:
        return simulate(truth, given, seed=seed, outcome=key, part=part, sample=seed, until_s=seconds)

    flight = seen_until(UNTIL_S)
    until = recorded_until(flight)
    return kind, flight if until == UNTIL_S else seen_until(until)


def recorded_until(flight: Simulation) -> float:
    """Return when the recording of a flight ends (s after lift-off)."""
    over = crossing(flight)
    return UNTIL_S if over is None else max(UNTIL_S, over[1] + AFTER_S)


def launch_score(
    scenario: Scenario, prior: PlanPrior, sensors: tuple[SimulatedSensor, ...], air: Air, seed: int
) -> dict[str, Any]:
    """Fly one launch, follow it, and return what was said, when, and what was true (see :func:`followed`)."""
    kind, flight = flown(scenario, sensors, seed)
    return followed(flight, prior, sensors, air, kind=kind, seed=seed)


def followed(
    flight: Simulation,
    prior: PlanPrior,
    sensors: tuple[SimulatedSensor, ...],
    air: Air,
    *,
    kind: str,
    seed: int,
) -> dict[str, Any]:
    """Follow a flight, and return what was said, when, and what was true.

    Seconds count from lift-off. ``over`` is the true passage of the prefecture, ``passages`` that of each of
    its places within 50 km; ``until`` is when the recording ends. ``lifted`` is when every place called has
    its outcome; ``read`` is what people read, message by message (see :class:`_Readers`); ``at_last`` is how
    track and outcome stood in the last message. ``come_down`` is when a body lost below the horizon was said
    to be down, ``down`` when the vehicle truly was, or was far away.
    """
    warner = Warner(
        Status.EXERCISE, prior=prior, air=air, places=okinawa().places, settings=WarnSettings(debris_every=4)
    )
    warner.take([site_of(sensor, exercise=True) for sensor in sensors])
    score: dict[str, Any] = {
        "seed": seed, "kind": kind, "end_s": flight.end_s, "over": crossing(flight), "passages": passages(flight),
        "first_plot": None, "until": recorded_until(flight), "declared": None, "will_pass": None, "called": None, "cut": None,
        "false_cut": None, "lifted": None, "false_passed": False, "marks": [], "ellipses": [], "events": 0,
        "read": [], "at_last": None, "come_down": None, "down": float(flight.objects[0].time_s[-1]),
    }  # fmt: skip
    follower = _Follower(warner, flight, air, score)
    for delivered in flight.plots:
        if wanted(flight, delivered):
            follower.take(delivered)
    follower.wait()
    score["events"] = len(warner.events)
    score["read"] = follower.readers.messages(flight.lift_off_s)
    return score


def wanted(flight: Simulation, delivered: Delivered) -> bool:
    """Return whether a plot is looked at: of the fragments only some are, to spare time."""
    key = flight.objects[delivered.truth].key if delivered.truth >= 0 else ""
    return not (key.startswith("fragment-") and int(key[9:]) > SEEN_FRAGMENTS)


def line_of(flight: Simulation) -> tuple[np.ndarray, np.ndarray]:
    """Return times (r,) and places (1, r, 3) of the vehicle, from high up until it is down or far away."""
    body = flight.objects[0]
    times = np.arange(60.0, min(float(body.time_s[-1]), 1200.0), ROW_S)
    return times, body.at(times)[None]


def crossing(flight: Simulation) -> tuple[float, float] | None:
    """Return when the vehicle truly passes Okinawa prefecture (s after lift-off), first and last; None if never."""
    times, line = line_of(flight)
    steps = np.stack([line[0, :-1], line[0, 1:]], axis=1)
    over = okinawa().regions_crossed(steps, np.array([0]))[OKINAWA]
    inside = np.flatnonzero(over)
    return (float(times[inside[0]]), float(times[inside[-1]])) if len(inside) else None


def passages(flight: Simulation) -> dict[str, tuple[float, float]]:
    """Return when the vehicle is first and last within 50 km of each place that it passes so closely."""
    times, line = line_of(flight)
    rows, found = okinawa().passages(line, ROW_S)
    return {
        okinawa().places[int(row)].key: (float(times[0] + first), float(times[0] + last))
        for row, (first, last) in zip(rows, found[0], strict=True)
        if np.isfinite(first)
    }


class _Readers:
    """A desk whose drafts are sent the moment they stand, as by a plan authorised beforehand; what it sent."""

    def __init__(self) -> None:
        self.desk = DryDesk(POLICY, named(), approval_s=0.0)
        self.events: list[str] = []

    def hear(self, message: DecisionMessage) -> None:
        self.desk.hear(message)
        if message.event not in self.events:
            self.events.append(message.event)

    def messages(self, lift_off_s: float) -> list[dict[str, Any]]:
        """Return every message sent: when, its kind, and the places of each thing it tells."""
        boards = [board for event in self.events if (board := self.desk.board(event)) is not None]
        told = [
            {
                "event": board.event_id, "at": round(sent.issued.at.timestamp() - lift_off_s, 1),
                "kind": sent.content.kind.value, "passes": passing(sent.content),
                "shelter": sent.content.shelter, "release": sent.content.release,
                "reason": sent.content.release_kind and sent.content.release_kind.value,
            }
            for board in boards
            for sent in board.messages
        ]  # fmt: skip
        return sorted(told, key=lambda one: one["at"])


def passing(content: Content) -> list[str]:
    """Return the places that a message tells that the flight is expected to pass them, and when."""
    start = "overflight:passage:"
    return sorted(
        {
            name.removeprefix(start)
            for info in content.infos
            for name, _ in info.parameters
            if name.startswith(start)
        }
    )


class _Follower:
    """Gives plots to a warner and writes down what it says."""

    def __init__(self, warner: Warner, flight: Simulation, air: Air, score: dict[str, Any]) -> None:
        self.warner, self.flight, self.air, self.score = warner, flight, air, score
        self.marks = list(MARKS_S)
        self.readers = _Readers()
        self.held: dict[str, int] = {}

    def take(self, delivered: Delivered) -> None:
        self.warner.take([delivered.plot])
        now = delivered.plot.time_s - self.flight.lift_off_s
        if self.score["first_plot"] is None:
            self.score["first_plot"] = now
        closely = now < CLOSELY_S or 0.0 < now - self.flight.end_s < 30.0
        self.warner.settings = replace(self.warner.settings, every_s=1.0 if closely else EVERY_S)
        self._hear(now, self.warner.decide())

    def wait(self) -> None:
        """Hear what is said in the silence after the last plot, until every track is lost."""
        last = self.warner.intake.knowledge.clock_s
        for after in np.arange(EVERY_S, SILENCE_S, EVERY_S):
            self._hear(last + after - self.flight.lift_off_s, self.warner.decide(last + after))
        left = 2  # one more message once it is known, with which what was drafted is sent
        for after in np.arange(SILENCE_S, LONG_S, RARELY_S):
            left -= self.score["at_last"] != (State.LOST.value, Outcome.LOST.value)
            if not left:
                return
            self._hear(last + after - self.flight.lift_off_s, self.warner.decide(last + after))

    def _hear(self, now: float, messages: list[DecisionMessage]) -> None:
        for message in messages:
            self.readers.hear(message)
            event = next(e for e in self.warner.events.values() if e.key == message.event)
            if event is not next(iter(self.warner.events.values())):
                continue
            self.score["at_last"] = message.track.value, message.outcome.value
            if message.outcome is Outcome.COME_DOWN and self.score["come_down"] is None:
                self.score["come_down"] = round(now, 1)
            continues, over = event.regions.get(OKINAWA, (0.0, 0.0))
            self._first("declared", now, continues >= 0.95)
            self._first("will_pass", now, over >= 0.95)
            self._first("called", now, max(continues, over) >= 0.05)
            self._cut(now, message)
            self._places(now, message)
            if self.marks and now >= self.marks[0]:
                self.marks = [mark for mark in self.marks if mark > now]
                self.score["marks"].append((round(now, 1), round(continues, 4), round(over, 4)))
                self._ellipse(now, event.ellipse, event.forecast.time_s)

    def _first(self, name: str, now: float, holds: bool) -> None:
        """Note when something was first true twice in a row."""
        self.held[name] = self.held.get(name, 0) + 1 if holds else 0
        if self.held[name] >= 2 and self.score[name] is None:
            self.score[name] = round(now, 1)

    def _cut(self, now: float, message: Any) -> None:
        if any(fact.kind is EvidenceKind.THRUST_ENDED for fact in message.evidence):
            name = "cut" if now >= self.flight.end_s else "false_cut"
            if self.score[name] is None:
                self.score[name] = round(now, 1)

    def _places(self, now: float, message: Any) -> None:
        okinawa = [place for place in message.places if place.code.startswith("JP-47")]
        passed = any(place.outcome is Outcome.PASSED for place in okinawa)
        over = self.score["over"]
        if passed and (over is None or now < over[0]):
            self.score["false_passed"] = True
        done = okinawa and all(p.outcome in (Outcome.PASSED, Outcome.WILL_NOT_ARRIVE) for p in okinawa)
        if self.score["called"] is not None and done and self.score["lifted"] is None:
            self.score["lifted"] = round(now, 1)

    def _ellipse(self, now: float, ellipse: Ellipse | None, at_s: float) -> None:
        """Let the true body fall from here with a ballistic coefficient of the stated spread; is it inside?"""
        t = at_s - self.flight.lift_off_s
        body = self.flight.objects[0]
        around = body.at(np.array([t - 0.05, t, t + 0.05]))
        if ellipse is None or not np.isfinite(around).all():
            return
        state = np.concatenate(ecef_to_eci(around[1], (around[2] - around[0]) / 0.1, 0.0))
        z = float(rng.normal(self.score["seed"], "campaign.ballistic", int(now)))
        bodies = np.zeros((1, 7))
        bodies[0, :2] = 1.0
        down = fall(
            np.zeros(1),
            state[None],
            np.array([800.0 * np.exp(0.7 * z)]),
            np.zeros(1, np.int64),
            bodies,
            self.air,
        )
        if not np.isfinite(down.time_s[0]):
            return
        there = geodetic_to_ecef(down.latitude_rad[0], down.longitude_rad[0], 0.0)
        self.score["ellipses"].append((round(now, 1), round(distance(ellipse, there), 3)))


def distance(ellipse: Ellipse, there: np.ndarray) -> float:
    """Return how far a point (3,) ECEF is from an ellipse's centre, its border being 1."""
    latitude, longitude = np.radians(ellipse.latitude_deg), np.radians(ellipse.longitude_deg)
    east, north, _ = local_axes(latitude, longitude)
    away = there - geodetic_to_ecef(latitude, longitude, 0.0)
    x, y = away @ east, away @ north
    azimuth = np.radians(ellipse.azimuth_deg)
    along = x * np.sin(azimuth) + y * np.cos(azimuth)
    across = x * np.cos(azimuth) - y * np.sin(azimuth)
    return float(np.hypot(along / ellipse.semi_major_m, across / ellipse.semi_minor_m))
