"""The facts behind a decision message: each is added when it is seen, and withdrawn when it no longer holds.

What is only about some people (the impact line, the body measured beyond) names their countries. A lost track
and a silent feed are facts too; they carry no outcome, and none of the others follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import cos, degrees, radians, sin

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_fall import Falling
from overflight.jobs.warn_figures import Ellipse
from overflight.jobs.warn_places import Said
from overflight.track.forecast import Forecast
from overflight.track.measurements import SensorSite
from overflight.track.objects import State, Tracked
from overflight.track.reach import SIDE_RAD
from overflight.warning.decision import Evidence, EvidenceKind

__all__ = ["Around", "facts_of_places", "facts_of_track"]

SURE = 0.95
"""Probability at which thrust is said to have ended."""
_SIDE_DEG = round(degrees(SIDE_RAD))
BROKEN_PIECES, BROKEN_WITHIN_S = 3, 15.0
"""So many unpowered bodies that appear at the end of thrust, or at most so long before it, are a break-up."""
SILENT_S = 10.0
SECOND_WITHIN_S = 5.0
"""A second source speaks for an outcome while its last plot of the body is no older."""
_CONFIRMED_AS = {
    EvidenceKind.SEEN_BEYOND: "the body is beyond",
    EvidenceKind.THRUST_ENDED: "no thrust acts",
    EvidenceKind.FLIES_ELSEWHERE: "it flies elsewhere",
}
"""What a second source confirms, the first of these that is known."""
WIDEST_M = 300e3
"""Longest half axis of an ellipse that says near whom a body would come down."""
NEAR_SIDE_M = 3e6
"""What lies deeper below the horizon of an ellipse is on the other side of the Earth."""
CONCERNED = 0.05
"""Least probability, if the flight goes on, of a place that the impact line is said to have reached."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a main body: its other bodies, when each source was last heard, which are off, sites."""

    parts: tuple[Tracked, ...] = ()
    heard: Mapping[str, float] | None = None
    off: frozenset[str] = frozenset()
    sites: Mapping[str, SensorSite] | None = None


def facts_of_track(
    seen: Sequence[Evidence],
    main: Tracked,
    forecast: Forecast | None,
    around: Around,
    *,
    source: str,
    now_s: float,
    ellipse: Ellipse | None = None,
    down_s: float | None = None,
) -> tuple[Evidence, ...]:
    """Return what is seen of the flight and of the feeds, with what was seen before and still holds."""
    facts = _Facts(seen, source, main.last_s)
    lost = main.state(now_s) is State.LOST
    if main.launched:
        facts.add(EvidenceKind.LAUNCH_SEEN, f"A rocket in flight, {main.place[2] / 1e3:.0f} km high")
    if forecast is not None and not lost:
        if forecast.p_ended >= SURE:
            facts.add(EvidenceKind.THRUST_ENDED, f"Thrust has ended, probability {forecast.p_ended:.2f}")
            pieces = _pieces(forecast, around.parts, now_s)
            if pieces >= BROKEN_PIECES:
                facts.add(EvidenceKind.BROKEN_UP, f"{pieces} bodies beside the main one, none under thrust")
        elif forecast.p_ended < 0.5:
            facts.drop(EvidenceKind.THRUST_ENDED, EvidenceKind.BROKEN_UP)
    facts.drop(EvidenceKind.FEED_SILENT)
    for name, since in _silent(main, around, now_s):
        words = (
            f"{name} says that it is off" if name in around.off else f"{name} silent since {since:%H:%M:%S}Z"
        )
        facts.put(Evidence(EvidenceKind.FEED_SILENT, name[:80], since, words))
    if lost:
        ended = facts.get(EvidenceKind.THRUST_ENDED) is not None
        facts.add(EvidenceKind.TRACK_LOST, _lost_words(main, forecast, ellipse if ended else None))
        fell = Falling(main, forecast, facts.get(EvidenceKind.THRUST_ENDED), ellipse, down_s)
        words = fell.words(around.sites or {}, now_s)
        if words and down_s is not None and facts.get(EvidenceKind.LAST_ARRIVAL) is None:
            facts.put(Evidence(EvidenceKind.LAST_ARRIVAL, source, _instant(down_s), words))
    else:
        facts.drop(EvidenceKind.TRACK_LOST, EvidenceKind.LAST_ARRIVAL)
    return facts.all()


def facts_of_places(
    seen: Sequence[Evidence],
    said: Mapping[int, Said],
    ahead: PlacesAhead,
    main: Tracked,
    ellipse: Ellipse | None,
    *,
    source: str,
) -> tuple[Evidence, ...]:
    """Return the facts with those that follow from what is now said of places.

    Only while the track is not lost: ``said`` rests on a measurement.
    """
    facts = _Facts(seen, source, main.last_s)
    reached = _countries(ahead, _under(ellipse, said, ahead))
    facts.add_for(EvidenceKind.IMPACT_LINE, reached, "If thrust ended now it would come down near {}")
    beyond = [index for index, value in said.items() if value.beyond]
    if beyond:
        words = f"Measured beyond {len(beyond)} places, of {{}}; nothing of it can still come down there"
        facts.add_for(EvidenceKind.SEEN_BEYOND, _countries(ahead, beyond), words)
    else:
        facts.drop(EvidenceKind.SEEN_BEYOND)
    aside = [index for index, value in said.items() if value.aside]
    if aside:
        words = f"{len(aside)} places of {{}} out of reach, even with thrust held {_SIDE_DEG} degrees aside"
        facts.add_for(EvidenceKind.FLIES_ELSEWHERE, _countries(ahead, aside), words)
    else:
        facts.drop(EvidenceKind.FLIES_ELSEWHERE)
    _confirm(facts, main)
    return facts.all()


class _Facts:
    """Facts being gathered, in the order they were first seen."""

    def __init__(self, seen: Iterable[Evidence], source: str, time_s: float) -> None:
        self._facts, self._source, self._time = list(seen), source, _instant(time_s)

    def all(self) -> tuple[Evidence, ...]:
        return tuple(self._facts)

    def get(self, kind: EvidenceKind) -> Evidence | None:
        return next((fact for fact in self._facts if fact.kind is kind), None)

    def put(self, fact: Evidence) -> None:
        self._facts.append(fact)

    def add(self, kind: EvidenceKind, words: str) -> None:
        """Add a fact unless it is known already."""
        if self.get(kind) is None:
            self.put(Evidence(kind, self._source, self._time, words))

    def add_for(self, kind: EvidenceKind, countries: frozenset[str], words: str) -> None:
        """Add a fact about the places of some countries, or make one known wider; ``{}`` stands for them."""
        known = self.get(kind)
        every = countries | frozenset(known.countries if known else ())
        if not every or (known is not None and every == frozenset(known.countries)):
            return
        fact = Evidence(
            kind, self._source, self._time, words.format(", ".join(sorted(every))), tuple(sorted(every))
        )
        if known is None:
            self.put(fact)
        else:
            self._facts[self._facts.index(known)] = fact

    def drop(self, *kinds: EvidenceKind) -> None:
        self._facts = [fact for fact in self._facts if fact.kind not in kinds]


def _confirm(facts: _Facts, main: Tracked) -> None:
    """Say that a second source says the same: its plots of the body agree, since the outcome was seen."""
    outcome = next((fact for kind in _CONFIRMED_AS if (fact := facts.get(kind))), None)
    if outcome is None:
        facts.drop(EvidenceKind.CONFIRMED)
        return
    fresh = [
        (last, name)
        for name, last, each in main.heard
        if main.last_s - last <= max(SECOND_WITHIN_S, 2.0 * each) and last >= outcome.time.timestamp()
    ]
    known = facts.get(EvidenceKind.CONFIRMED)
    if len(fresh) < 2 or (known is not None and known.time >= outcome.time):
        return
    facts.drop(EvidenceKind.CONFIRMED)
    last, name = sorted(fresh)[-2]
    words = f"{name} measures the same: {_CONFIRMED_AS[outcome.kind]}"
    facts.put(Evidence(EvidenceKind.CONFIRMED, name[:80], _instant(last), words, outcome.countries))


def _pieces(forecast: Forecast, parts: tuple[Tracked, ...], now_s: float) -> int:
    """Return how many well-seen, unpowered bodies came to be about when thrust ended."""
    since = forecast.memory.unpowered_since_s
    if since is None:
        return 0
    return sum(
        part.unpowered > 0.5 and part.first_s > since - BROKEN_WITHIN_S and part.state(now_s) is State.FIRM
        for part in parts
    )


def _lost_words(main: Tracked, forecast: Forecast | None, ellipse: Ellipse | None) -> str:
    """Return since when a body is lost, how it flew then and, without thrust, where it comes down."""
    way = "rising" if float(main.mean[:3] @ main.mean[3:6]) > 0.0 else "falling"
    words = (
        f"No plot since {_instant(main.last_s):%H:%M:%S}Z: then {main.place[2] / 1e3:.0f} km high and {way}"
    )
    if forecast is None or ellipse is None:
        return words
    down = _instant(forecast.time_s + ellipse.in_s)
    where = f"{ellipse.latitude_deg:.1f}, {ellipse.longitude_deg:.1f}"
    return f"{words}; as it fell, down near {where} about {down:%H:%M:%S}Z"


def _silent(main: Tracked, around: Around, now_s: float) -> list[tuple[str, datetime]]:
    """Return the sources that saw the body and say nothing any more, and since when."""
    out = []
    for name, last, each in main.heard:
        since = max((around.heard or {}).get(name, last), last)
        if name in around.off or now_s - since > max(SILENT_S, 3.0 * each):
            out.append((name, _instant(min(since, now_s))))
    return out


def _under(ellipse: Ellipse | None, said: Mapping[int, Said], ahead: PlacesAhead) -> list[int]:
    """Return the places concerned that the body would come down near if thrust ended now.

    None while the ellipse is so wide that it tells of half a continent.
    """
    some = [index for index, value in said.items() if value.figures[0] >= CONCERNED]
    if ellipse is None or not some or ellipse.semi_major_m > WIDEST_M:
        return []
    latitude, longitude = radians(ellipse.latitude_deg), radians(ellipse.longitude_deg)
    away = ahead.centre_m[some] - geodetic_to_ecef(latitude, longitude, 0.0)
    east, north, up = (away @ axis for axis in local_axes(latitude, longitude))
    azimuth = radians(ellipse.azimuth_deg)
    along, across = east * sin(azimuth) + north * cos(azimuth), east * cos(azimuth) - north * sin(azimuth)
    reach = ahead.radius_m[some] + ahead.width_m
    within = (along / (ellipse.semi_major_m + reach)) ** 2 + (across / (ellipse.semi_minor_m + reach)) ** 2
    near = (within <= 1.0) & (up > -NEAR_SIDE_M)
    return [index for index, close in zip(some, near, strict=True) if close]


def _countries(ahead: PlacesAhead, index: Iterable[int]) -> frozenset[str]:
    return frozenset(ahead.places[i].country or "XX" for i in index)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)
