"""What is said of launches that another simulator made (:mod:`strangers`), and what was true of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import strangers
from launch_campaign import distance
from overflight.earth.air import Air, build_air
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.places import load_places
from overflight.formats.plots import read_measurement
from overflight.jobs.warn import Warner, WarnSettings
from overflight.track.measurements import Plot
from overflight.warning.alert import Status
from overflight.warning.decision import EvidenceKind
from overflight.warning.life_records import Outcome
from strangers import Body, Radar, Rocket, Stage

SOHAE, SUNAN, TANEGASHIMA, UCHINOURA = (39.66, 124.705, 50.0), (39.22, 125.67, 20.0), (30.4, 130.975, 50.0), (31.25, 131.08, 320.0)  # fmt: skip
TAIYUAN, WENCHANG, VANDENBERG, MAHIA = (38.85, 111.61, 1500.0), (19.61, 110.95, 20.0), (34.63, -120.61, 100.0), (-39.26, 177.86, 50.0)  # fmt: skip
ANDOYA, KOUROU, BAIKONUR, NARO = (69.29, 16.02, 10.0), (5.24, -52.77, 20.0), (45.97, 63.35, 100.0), (34.43, 127.535, 100.0)  # fmt: skip
SMALL = (
    Stage(78e3, 7e3, 1.45e6, 270, 3.5),
    Stage(22e3, 3e3, 3.4e5, 300, 3.5, 20.0),
    Stage(4e3, 900, 4.5e4, 320, 2.5),
)
SOLID = (
    Stage(66e3, 9e3, 1.8e6, 280, 5.3, 50.0),
    Stage(15e3, 1.5e3, 4.45e5, 295, 5.0, 10.0),
    Stage(2.5e3, 350, 9.9e4, 301, 3.0),
)
LARGE = (Stage(300e3, 40e3, 5.2e6, 380, 40.0, 8.0), Stage(23e3, 4e3, 1.37e5, 448, 21.0))
MEDIUM = (
    Stage(180e3, 12e3, 3.5e6, 262, 9.0),
    Stage(54e3, 4.5e3, 7.4e5, 297, 9.0),
    Stage(14e3, 1.3e3, 1e5, 308, 6.0),
)
LIGHT = (Stage(9.6e3, 950, 1.9e5, 305, 1.15, 4.0), Stage(2.1e3, 260, 2.6e4, 343, 1.15))
ONE, PROBE = (Stage(17e3, 2.5e3, 4.5e5, 262, 2.2),), (Stage(1.5e3, 500, 1.3e5, 262, 0.22),)
JAPAN = (
    Radar("shore", 40.85, 140.3, 300.0),
    Radar("turns", 35.7, 135.2, 300.0, period_s=5.0, zone_h=9, digits=6),
    Radar("coarse", 38.05, 138.3, 900.0, period_s=0.5, range_m=200.0, angle_deg=0.15),
)
SOUTH = (Radar("north", 36.9, 126.3), Radar("west", 32.7, 128.8), Radar("islands", 26.2, 127.7))


def straight(heading: float) -> tuple[tuple[float, float], ...]:
    return ((0.0, heading), (2000.0, heading))


LAUNCHES: dict[str, Rocket] = {
    "over Aomori": Rocket(SUNAN, straight(74), ONE, 600, 44),
    "short, Sea of Japan": Rocket(SUNAN, straight(74), ONE, 600, 44, fails="cut", fails_s=75.0),
    "dog leg to orbit": Rocket(SOHAE, ((0, 190), (125, 190), (190, 172)), SMALL, 250, 35, 500e3),
    "dog leg, third stage cut": Rocket(
        SOHAE, ((0, 190), (125, 190), (190, 172)), SMALL, 250, 35, 500e3, "cut", 400.0
    ),
    "tumbles in stage 2": Rocket(NARO, straight(175), MEDIUM, 1500, 28, 500e3, "tumble", 250.0),
    "bursts in stage 1": Rocket(SOHAE, straight(190), SMALL, 250, 35, 500e3, "burst", 118.0),
    "large, second stage cut": Rocket(TANEGASHIMA, straight(95), LARGE, 4000, 28, 350e3, "cut", 300.0),
    "solid, second stage cut": Rocket(UCHINOURA, straight(100), SOLID, 900, 38, 500e3, "cut", 190.0),
    "sounding rocket": Rocket(UCHINOURA, straight(125), PROBE, 150, 80),
    "sounding, Norway": Rocket(ANDOYA, straight(330), PROBE, 150, 82),
    "Taiyuan to the south": Rocket(TAIYUAN, straight(190), MEDIUM, 1500, 28, 500e3),
    "Wenchang to the south": Rocket(WENCHANG, straight(187), MEDIUM, 1500, 28, 500e3),
    "California": Rocket(VANDENBERG, straight(190), MEDIUM, 1500, 28, 500e3),
    "Baikonur": Rocket(BAIKONUR, straight(62), MEDIUM, 2500, 25, 200e3),
    "Kourou": Rocket(KOUROU, straight(92), MEDIUM, 2500, 25, 250e3),
    "New Zealand": Rocket(MAHIA, straight(185), LIGHT, 150, 30, 500e3),
}


@dataclass
class Told:
    """Seconds count from lift-off. ``declared`` after the first plot; places by key."""

    name: str
    first_plot: float
    ended: float | None
    declared: float | None = None
    launches: int = 0
    passed: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Places truly passed while seen, and when."""
    called: dict[str, float] = field(default_factory=dict)
    """When a place first had 5 %."""
    released: dict[str, tuple[float, Outcome]] = field(default_factory=dict)
    cut: float | None = None
    false_cut: bool = False
    ellipses: list[float] = field(default_factory=list)
    last: str = ""
    seen_until: float = 0.0

    def missed(self, warning_s: float = 60.0) -> list[str]:
        """Places passed later than so after the declaration that were not called so long before."""
        known = self.first_plot + (self.declared or 1e9)
        return [
            key
            for key, (first, _) in self.passed.items()
            if first > known + warning_s + 20.0 and self.called.get(key, 1e9) > first - warning_s
        ]

    def released_early(self) -> list[str]:
        """Places released before they were passed."""
        return [
            key
            for key, (_, last) in self.passed.items()
            if key in self.released and self.released[key][0] < last - 5.0
        ]


@cache
def ahead() -> PlacesAhead:
    return PlacesAhead(load_places(), WarnSettings().width_m)


@cache
def air() -> Air:
    return build_air()


def told(
    name: str,
    rocket: Rocket,
    radars: tuple[Radar, ...],
    seed: int = 1,
    *,
    every_s: float = 20.0,
    until_s: float = 700.0,
) -> Told:
    """Fly a launch, let radars see it, follow it without a plan, and return what was said and what was true."""
    bodies, ended = strangers.flown(rocket, seed, until_s)
    lines = strangers.seen(bodies, radars, seed, until_s)
    messages = [read_measurement(line) for line in strangers.text(lines).splitlines()]
    times = [m.time_s - strangers.START_S for m in messages if isinstance(m, Plot)]
    score = Told(name, min(times, default=np.inf), ended)
    warner = Warner(
        Status.EXERCISE,
        air=air(),
        places=ahead().places,
        settings=WarnSettings(every_s=every_s, debris_every=1000),
    )
    warner.ahead = ahead()
    _follow(warner, messages, bodies[0], score, seed)
    score.launches = len(warner.intake.knowledge.launches)
    score.passed = _passages(bodies[0], score.first_plot, score.seen_until)
    return score


def _follow(warner: Warner, messages: list[Any], body: Body, score: Told, seed: int) -> None:
    due_s = 0.0
    for message in messages:
        warner.take([message])
        now = getattr(message, "time_s", strangers.START_S) - strangers.START_S
        if now < due_s:
            continue
        due_s = now + 1.0
        if score.declared is None:
            if not warner.intake.knowledge.launches:
                continue
            score.declared = now - score.first_plot
        for decision in warner.decide():
            _heard(score, decision, now)
            event = next(iter(warner.events.values()))
            if event.ellipse is not None and event.forecast is not None and decision.event == event.key:
                _fallen(score, body, event.forecast.time_s - strangers.START_S, event.ellipse, seed)


def _heard(score: Told, decision: Any, now: float) -> None:
    score.last, score.seen_until = decision.outcome.value, decision.time.timestamp() - strangers.START_S
    if any(fact.kind is EvidenceKind.THRUST_ENDED for fact in decision.evidence):
        if score.ended is None or now < score.ended:
            score.false_cut = True
        elif score.cut is None:
            score.cut = now - score.ended
    for place in decision.places:
        if max(place.p_over, place.p_over_if_continues) >= 0.05:
            score.called.setdefault(place.code, now)
        if place.outcome in (Outcome.PASSED, Outcome.WILL_NOT_ARRIVE):
            score.released.setdefault(place.code, (now, place.outcome))
        else:
            score.released.pop(place.code, None)


def _fallen(score: Told, body: Body, time_s: float, ellipse: Any, seed: int) -> None:
    """Let the true body fall from here with a ballistic coefficient as stated; is it in the ellipse?"""
    before, here, after = (body.at(time_s + step) for step in (-0.05, 0.0, 0.05))
    if before is None or here is None or after is None:
        return
    velocity = (after - before) / 0.1
    z = np.random.default_rng([seed, int(time_s)]).normal()
    drag = 1.0 / (0.3 * 800.0 * np.exp(0.7 * z))
    down = strangers.falling("fall", 0.0, here, velocity, drag, 3000.0)
    if strangers.geodetic(down.places[-1])[2] < 1e3:
        score.ellipses.append(distance(ellipse, down.places[-1]))


def _passages(body: Body, after_s: float, before_s: float) -> dict[str, tuple[float, float]]:
    times = np.arange(after_s, before_s, 2.0)
    line = np.array([[place if (place := body.at(t)) is not None else np.full(3, np.nan) for t in times]])
    if line.shape[1] < 2:
        return {}
    rows, found = ahead().passages(line, 2.0)
    return {
        ahead().places[int(row)].key: (float(times[0] + first), float(times[0] + last))
        for row, (first, last) in zip(rows, found[0], strict=True)
        if np.isfinite(first)
    }


def any_launch(seed: int) -> tuple[str, Rocket, tuple[Radar, ...]]:
    """Return a launch of a kind, and radars somewhere along its way, as a seed draws them."""
    draw = np.random.default_rng([seed, 77])
    name = sorted(LAUNCHES)[seed % len(LAUNCHES)]
    body = strangers.flown(LAUNCHES[name], 1, 420.0)[0][0]
    radars = []
    for k in range(int(draw.integers(1, 5))):
        place = body.at(float(draw.uniform(40.0, min(400.0, body.times[-1] - 1.0))))
        assert place is not None
        latitude, longitude, _ = strangers.geodetic(place)
        north, east = draw.normal(0.0, 250.0, 2) / 111.0
        noise = draw.choice([0.5, 1.0, 1.0, 3.0])
        told = draw.choice([1.0, 1.0, 1.0, 0.5, 2.0, 0.0])
        radars.append(
            Radar(
                f"{'abcd'[k]}-radar", latitude + north, longitude + east / math.cos(math.radians(latitude)),
                period_s=float(draw.choice([0.5, 1.0, 1.0, 4.0])), range_m=50.0 * noise, angle_deg=0.06 * noise,
                told=float(told) or None, numbers=str(draw.choice(["kept", "kept", "none", "every plot"])),
                zone_h=float(draw.choice([0, 9, -3])), digits=int(draw.choice([3, 6, 9])),
                clock_s=float(draw.normal(0.0, 0.05)),
            )
        )  # fmt: skip
    return name, LAUNCHES[name], tuple(radars)
