"""From plots in the order of their times to tracked objects: association, starts, launches, main bodies.

A pure step: knowledge and one plot in, knowledge out. That makes late plots easy: go back to what was known
before them and step again (:mod:`overflight.track.feed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from overflight.track.association import FOUND_AGAIN_S, GATE, Match, best_match
from overflight.track.flying import WELL_FIT, pushed
from overflight.track.geometry import pack, place_of
from overflight.track.health import Health
from overflight.track.kernels_motion import BIASES, BOOST, CORE, MODES
from overflight.track.knowledge import LATELY_S, Knowledge
from overflight.track.likeness import joined, noted_apart
from overflight.track.measurements import Plot, Position, SensorSite
from overflight.track.objects import (
    EARTH,
    SETTINGS,
    YOUNG_HITS,
    State,
    Tracked,
    bias_priors,
    core_only,
    under_watch,
    widened,
)
from overflight.track.starts import Candidate, extend
from overflight.track.thrust import first_watch

__all__ = ["Knowledge", "step"]

Array = NDArray[np.float64]
MOST_OBJECTS = 60
FAMILY_M = 60e3
"""A new object so near a launched one is a part of it (or it again)."""
FALLEN_BEHIND_M = 1500e3
"""What falls within this distance of a launched body is what it dropped."""
KEEP_LOST_S = 120.0


def step(know: Knowledge, m: Plot | Position, sites: Mapping[str, SensorSite]) -> Knowledge:
    """Return what is known after one plot, which is not older than any before it."""
    site = sites.get(m.source)
    if isinstance(m, Plot) and site is None:
        return know
    measure = pack(m, site)
    know = replace(_pruned(know, m.time_s), clock_s=max(know.clock_s, m.time_s))
    place, spread = place_of(measure, site.refraction if site and isinstance(m, Plot) else 0.0)
    best, doubt = best_match(know, m, measure, place, spread, site)
    if best is not None:
        if best.least <= GATE:
            before_s, number = know.objects[best.place].last_s, know.objects[best.place].number
            know = _taken(know, m, best, doubt)
            value = next(o for o in know.objects if o.number == number)
            return joined(noted_apart(know, value, m.source, m.time_s), before_s, value, sites)
        know = _refused(know, m, know.objects[best.place])
        if know.put_aside(m.source, m.time_s):
            return know
    return _start(know, m, measure, place, spread, site)


def _pruned(know: Knowledge, now_s: float) -> Knowledge:
    """Return the knowledge without objects that are of no more use."""
    kept = []
    for thing in know.objects:
        silent = now_s - thing.last_s
        short = thing.hits < 6 and silent > 6.0 + 2.0 * thing.interval_s()
        young = thing.hits < YOUNG_HITS and thing.state(now_s) is State.LOST
        main = know.main.get(thing.group) == thing.number and thing.launched
        if main or not (short or young or silent > KEEP_LOST_S):
            kept.append(thing)
    if len(kept) == len(know.objects):
        return know
    alive = {thing.number for thing in kept}
    labels = {label: known for label, known in know.labels.items() if known[0] in alive}
    main = {group: number for group, number in know.main.items() if number in alive}
    apart = {pair: at_s for pair, at_s in know.apart.items() if alive.issuperset(pair)}
    return replace(
        know, objects=tuple(kept), labels=MappingProxyType(labels), main=MappingProxyType(main),
        apart=MappingProxyType(apart),
    )  # fmt: skip


def _taken(know: Knowledge, m: Plot | Position, match: Match, doubt: float) -> Knowledge:
    """Return the knowledge with a plot taken into an object."""
    index = match.place
    value, nis = match.predicted.seen(match.packed, m.source, m.time_s)
    value = replace(value, last_s=max(value.last_s, m.time_s))
    health = know.health.get(m.source, Health())
    main = know.main.get(value.group) == value.number
    if main and value.launched and not know.objects[index].launched:
        value, know = _joined(know, value)
        main = know.main.get(value.group) == value.number
    if main and value.launched:
        value = under_watch(value)
    if main and know.seen_by_others(m.source, m.time_s):
        health = health.taken(m.time_s, nis)
    if main and health.quarantined and know.seen_by_others(m.source, m.time_s):
        value = know.objects[index]  # it may watch, but not pull
    objects = (*know.objects[:index], value, *know.objects[index + 1 :])
    labels = know.labels
    if m.track:
        labels = MappingProxyType({**labels, (m.source, m.track): (value.number, m.time_s, doubt)})
    know = replace(
        know, objects=objects, labels=labels, health=MappingProxyType({**know.health, m.source: health})
    )
    return know if main else _with_main(know, value.group)


def _joined(know: Knowledge, value: Tracked) -> tuple[Tracked, Knowledge]:
    """Return an object that has just been seen to fly: a part of a launch under way, or one of its own."""
    parent = _family(know, value)
    if parent is None:
        return value, know
    main = {group: number for group, number in know.main.items() if group != value.group}
    part = replace(core_only(value), group=parent.group, launched=False)
    return part, replace(know, main=MappingProxyType(main))


def _refused(know: Knowledge, m: Plot | Position, nearest: Tracked) -> Knowledge:
    """Count a plot that should be of an object but lies outside of its gate.

    It should be if it carries the object's label; one without a label if the source sees the object no more.
    """
    ours = m.track is not None and know.labels.get((m.source, m.track), (0,))[0] == nearest.number
    others = any(
        name != m.source and m.time_s - last < LATELY_S and not know.health.get(name, Health()).quarantined
        for name, last, _ in nearest.heard
    )
    seen = any(name == m.source and m.time_s - last < 2.5 * each for name, last, each in nearest.heard)
    if not (others and (ours or (m.track is None and not seen)) and nearest.hits >= 6):
        return know
    health = know.health.get(m.source, Health()).refused(m.time_s)
    return replace(know, health=MappingProxyType({**know.health, m.source: health}))


def _start(
    know: Knowledge, m: Plot | Position, measure: Array, place: Array, spread: float, site: SensorSite | None
) -> Knowledge:
    """Return the knowledge with a plot among the candidates, and with a new object if that makes one."""
    mine, grown = extend(know.candidates.get(m.source, ()), m.time_s, measure, place, spread, m.track)
    know = replace(know, candidates=MappingProxyType({**know.candidates, m.source: mine}))
    if grown is None or len(know.objects) >= MOST_OBJECTS:
        return know
    value = _born(know, m, grown, site)
    parent = _family(know, value)
    value = replace(value, group=value.number if parent is None else parent.group)
    if parent is not None:
        value = core_only(value)
    know = replace(know, objects=(*know.objects, value), next_number=know.next_number + 1)
    if m.track:
        know = replace(
            know, labels=MappingProxyType({**know.labels, (m.source, m.track): (value.number, m.time_s, 0.0)})
        )
    if value.group not in know.main:
        know = replace(know, main=MappingProxyType({**know.main, value.group: value.number}))
    return noted_apart(know, value, m.source, m.time_s)


def _born(know: Knowledge, m: Plot | Position, grown: Candidate, site: SensorSite | None) -> Tracked:
    """Return a new object from the plots of a candidate, run through the filter."""
    first = np.zeros(CORE)
    first[:3], first[3:6] = grown.places[0], grown.line()[1]
    span_s = grown.times[-1] - grown.times[0]
    fast = max(800.0, 2.0 * float(np.hypot(grown.spreads[0], grown.spreads[-1])) / span_s)
    sigma = np.repeat([1.5 * grown.spreads[0] + 200.0, fast, 25.0], 3)
    modes = np.array([0.4, 0.25, 0.25, 0.1])
    value = Tracked(
        know.next_number, know.next_number, grown.times[0], grown.times[0], grown.times[0], 0,
        np.tile(first, (MODES, 1)), np.tile(np.diag(sigma), (MODES, 1, 1)), modes,
    )  # fmt: skip
    if site is not None and isinstance(m, Plot):
        value = widened(value, m.source, *bias_priors(site))
    for time_s, measure in zip(grown.times, grown.measures, strict=True):
        packed = measure.copy()
        packed[19] = 0 if value.sensors else -1
        packed[28] = SETTINGS[6] * np.sqrt(time_s - value.time_s)
        value, _ = value.at(time_s).seen(packed, m.source, time_s)
    return replace(value, launched=False)  # it is looked at whose part it is when it is seen to fly


def _family(know: Knowledge, value: Tracked) -> Tracked | None:
    """Return the main body of the launch that a new object is a part of, if any."""
    for main in know.launches:
        if main.number == value.number or value.time_s - main.time_s > FOUND_AGAIN_S:
            continue
        there = main.at(max(value.time_s, main.time_s))
        spread = float(np.sqrt(np.trace(there.core_covariance[:3, :3])))
        apart = float(np.linalg.norm(there.mean[:3] - value.mean[:3]))
        speed = float(np.linalg.norm(there.mean[3:6] - value.mean[3:6]))
        near = apart < FAMILY_M + min(3.0 * spread, 500e3) and speed < 1500.0 + 0.01 * spread
        slower = _energy(value) < _energy(there) + 3e6
        if near or (slower and (value.unpowered > 0.5 or _sinks(value)) and apart < FALLEN_BEHIND_M):
            return main
    return None


def _with_main(know: Knowledge, group: int) -> Knowledge:
    """Return the knowledge with the main body of a group chosen anew: it is the one under thrust, or ahead.

    A body takes over when it is well seen and thrusts while the main one does not, or when the main one is
    lost. Otherwise the main body stays.
    """
    main = know.main_of(group)
    parts = [o for o in know.objects if o.group == group and o.hits >= 8]
    if main is None or len(parts) < 2:
        return know
    now = know.clock_s
    lost = main.state(now) is State.LOST
    if not lost and main.unpowered <= 0.5:
        return know
    for thing in parts:
        if thing.number == main.number or thing.state(now) is not State.FIRM:
            continue
        thrusting = thing.hits >= 15 and thing.fit < WELL_FIT and thing.unpowered < 0.5 < main.unpowered
        if (thrusting and pushed(thing) and _ahead(thing, main)) or lost:
            taken = _as_main(thing, main, lost=lost)
            objects = tuple(
                taken if o.number == thing.number else core_only(o) if o.number == main.number else o
                for o in know.objects
            )
            return replace(know, objects=objects, main=MappingProxyType({**know.main, group: thing.number}))
    return know


def _as_main(thing: Tracked, main: Tracked, *, lost: bool) -> Tracked:
    """Return a part as the main body: the biases learnt go with it, and when it was first seen.

    A part that only takes the place of a lost body goes on as that did, with or without thrust.
    """
    mean, spreads = main.mean, main.spreads
    value = core_only(thing)
    if lost and main.thrust is not None:
        since_s, off = main.thrust.ended_s, min(main.unpowered, 0.99)
        begun = first_watch(value.time_s, since_s, value.x[BOOST], value.s[BOOST], off)
        value = replace(value, thrust=begun)
    value = replace(under_watch(value), launched=True, first_s=min(main.first_s, thing.first_s))
    for k, source in enumerate(main.sensors):
        at = slice(CORE + BIASES * k, CORE + BIASES * (k + 1))
        value = widened(value, source, mean[at], spreads[at], main.clocks[k])
    return value


def _ahead(thing: Tracked, main: Tracked) -> bool:
    """Return whether a part surely has more energy than the main body."""
    return _energy(thing) - _energy(main) > 4.0 * (_energy_sigma(thing) + _energy_sigma(main))


def _energy(thing: Tracked) -> float:
    mean = thing.mean
    return 0.5 * float(mean[3:6] @ mean[3:6]) - EARTH[0] / float(np.linalg.norm(mean[:3]))


def _energy_sigma(thing: Tracked) -> float:
    k = int(np.argmax(thing.mu))
    velocity = thing.x[k, 3:6]
    return float(np.linalg.norm(velocity @ thing.s[k, 3:6, :]))


def _sinks(thing: Tracked) -> bool:
    """Return whether an object comes down: no launch does when it is first seen beside another."""
    return float(thing.mean[:3] @ thing.mean[3:6]) < 0.0
