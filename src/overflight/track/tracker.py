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

from overflight.track.association import GATE, Match, best_match
from overflight.track.flying import is_possible
from overflight.track.geometry import pack, place_of
from overflight.track.health import Health
from overflight.track.kernels_motion import CORE, MODES
from overflight.track.kinship import Kinship, kinship, thrusts_surely
from overflight.track.knowledge import LATELY_S, Held, Knowledge
from overflight.track.lead import is_alike, led, told_apart
from overflight.track.likeness import joined, noted_apart
from overflight.track.measurements import Plot, Position, SensorSite
from overflight.track.noise import Noise, scaled
from overflight.track.numbers import numbered
from overflight.track.objects import (
    FIRM_HITS,
    FITS,
    SETTINGS,
    YOUNG_HITS,
    State,
    Tracked,
    bias_priors,
    core_only,
    under_watch,
    widened,
)
from overflight.track.starts import Candidate, Candidates, extend

__all__ = ["Knowledge", "step"]

Array = NDArray[np.float64]
MOST_OBJECTS = 90
KEEP_LOST_S = 120.0
MOST_MOVES = 30
"""So often a plot may make another one move on."""
SCAN_S = 1.0
"""Plots that objects hold are kept no longer."""
SURE_SHARE = 0.9
"""What is less probably of the main body says nothing of its sensor's health."""
CROWDED_M = 5e3


def step(know: Knowledge, m: Plot | Position, sites: Mapping[str, SensorSite]) -> Knowledge:
    """Return what is known after one plot, which is not older than any before it."""
    if isinstance(m, Plot) and m.source not in sites:
        return know
    know, m = numbered(know, m)
    know = replace(_pruned(know, m.time_s), clock_s=max(know.clock_s, m.time_s))
    given_up: Plot | Position | None = m
    for _ in range(MOST_MOVES):
        if given_up is None:
            break
        know, given_up = _assigned(know, given_up, sites)
    return know


def _assigned(
    know: Knowledge, m: Plot | Position, sites: Mapping[str, SensorSite]
) -> tuple[Knowledge, Plot | Position | None]:
    """Return the knowledge with a plot where it belongs, and the plot that was given up for it, if any."""
    site = sites.get(m.source)
    measure = scaled(pack(m, site), know.noise.get(m.source, Noise()).factors)
    place, spread = place_of(measure, site.refraction if site and isinstance(m, Plot) else 0.0)
    best, doubt = best_match(know, m, measure, place, spread, site)
    if best is not None:
        if best.least <= GATE:
            before_s, number = know.objects[best.place].last_s, know.objects[best.place].number
            know, best = _scattered(know, m, best)
            know = _taken(know, m, best, doubt)
            value = next(o for o in know.objects if o.number == number)
            know = told_apart(know, value, best.also)
            know = joined(noted_apart(know, value, m.source, m.time_s), before_s, value, sites)
            return know, best.instead.plot if best.instead else None
        know = _refused(know, m, best)
        if know.put_aside(m.source, m.time_s):
            return know, None
    return _start(know, m, measure, place, spread, site), None


def _pruned(know: Knowledge, now_s: float) -> Knowledge:
    """Return the knowledge without objects that are of no more use."""
    kept = []
    for thing in know.objects:
        silent = now_s - thing.last_s
        short = thing.hits < 6 and silent > 6.0 + 2.0 * thing.interval_s()
        young = thing.hits < YOUNG_HITS and thing.state(now_s) is State.LOST
        main = know.main.get(thing.group) == thing.number and thing.launched
        if main or not (short or young or silent > KEEP_LOST_S or not is_possible(thing)):
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
        trails=MappingProxyType({group: trail for group, trail in know.trails.items() if group in main}),
        rivals=MappingProxyType(
            {g: (at_s, some & alive) for g, (at_s, some) in know.rivals.items() if g in main and some & alive}
        ),
    )  # fmt: skip


def _taken(know: Knowledge, m: Plot | Position, match: Match, doubt: float) -> Knowledge:
    """Return the knowledge with a plot taken into an object."""
    index = match.place
    value, nis = match.predicted.seen(match.packed, m.source, m.time_s)
    value = replace(value, last_s=max(value.last_s, m.time_s))
    health = know.health.get(m.source, Health())
    main = know.main.get(value.group) == value.number
    if main and value.launched and not know.objects[index].launched:
        value, know = _placed(know, value)
        main = know.main.get(value.group) == value.number
    elif not main:
        value, know = _regrouped(know, value)
        main = know.main.get(value.group) == value.number
    if main and value.launched:
        value = under_watch(value)
        know = know.trailed(value)
    if main and match.share > SURE_SHARE and know.seen_by_others(m.source, m.time_s):
        health = health.taken(m.time_s, nis)
    if main and health.quarantined and know.seen_by_others(m.source, m.time_s):
        value = know.objects[index]  # it may watch, but not pull
    objects = (*know.objects[:index], value, *know.objects[index + 1 :])
    labels = know.labels
    if m.track:
        labels = MappingProxyType({**labels, (m.source, m.track): (value.number, m.time_s, doubt)})
    else:
        know = _with_held(know, m, match, value)
    know = replace(
        know, objects=objects, labels=labels, health=MappingProxyType({**know.health, m.source: health})
    )
    return know if main else led(know, value)


def _with_held(know: Knowledge, m: Plot | Position, match: Match, value: Tracked) -> Knowledge:
    """Return the knowledge with a plot as what its object holds in this scan."""
    before = match.instead.before if match.instead else know.objects[match.place]
    mine = {
        number: held
        for number, held in know.held.get(m.source, {}).items()
        if m.time_s - held.plot.time_s < SCAN_S and number != value.number
    }
    if before.group == value.group:  # what has just found its launch stays as it is
        mine[value.number] = Held(m, before, value, match.log_likelihood)
    return replace(know, held=MappingProxyType({**know.held, m.source: MappingProxyType(mine)}))


def _placed(know: Knowledge, value: Tracked) -> tuple[Tracked, Knowledge]:
    """Return an object that is seen to fly: a part of a launch under way, or one of its own.

    As long as nobody can tell, it is neither.
    """
    kind, parent = kinship(know, value)
    if parent is None:
        return value, know
    if kind is not Kinship.PART:
        return replace(value, launched=False), know
    main = {group: number for group, number in know.main.items() if group != value.group}
    part = replace(core_only(value), group=parent.group, launched=False)
    return part, replace(know, main=MappingProxyType(main))


def _regrouped(know: Knowledge, value: Tracked) -> tuple[Tracked, Knowledge]:
    """Return a part where it belongs: what thrusts far from a main body that does too is another launch's."""
    main = know.main_of(value.group)
    if main is None or not (value.unpowered < 0.5 and thrusts_surely(value) and thrusts_surely(main)):
        return value, know
    kind, parent = kinship(know, value)
    if kind is Kinship.PART and parent is not None:
        return replace(value, group=parent.group), know
    own = replace(value, group=value.number, launched=True)
    return own, replace(know, main=MappingProxyType({**know.main, value.number: value.number}))


def _refused(know: Knowledge, m: Plot | Position, match: Match) -> Knowledge:
    """Count a plot that should be of an object but lies outside of its gate.

    It should be if it carries the object's label; one without a label if the source sees the object no more.
    """
    nearest = know.objects[match.place]
    if not is_possible(match.predicted):
        return know
    ours = m.track is not None and know.labels.get((m.source, m.track), (0,))[0] == nearest.number
    others = any(
        name != m.source and m.time_s - last < LATELY_S and not know.health.get(name, Health()).quarantined
        for name, last, _ in nearest.heard
    )
    seen = any(name == m.source and m.time_s - last < 2.5 * each for name, last, each in nearest.heard)
    if not (ours or (m.track is None and not seen)) or nearest.hits < FIRM_HITS:
        return know
    if m.track is None and _crowded(know, nearest):
        return know
    know, _ = _scattered(know, m, match)
    if not others:
        return know
    health = know.health.get(m.source, Health()).refused(m.time_s)
    return replace(know, health=MappingProxyType({**know.health, m.source: health}))


def _crowded(know: Knowledge, value: Tracked) -> bool:
    """Return whether plots about an object may be of others."""
    return any(
        o.number != value.number and np.linalg.norm(o.x[0, :3] - value.x[0, :3]) < CROWDED_M
        for o in know.objects
    )


def _scattered(know: Knowledge, m: Plot | Position, match: Match) -> tuple[Knowledge, Match]:
    """Return the knowledge with what a plot of a main body tells of the noise of its source, and its match.

    Found noisier than it says, the source has a new start, and how the body fits: the spreads were wrong.
    """
    body, before = know.objects[match.place], know.noise.get(m.source, Noise())
    if know.main.get(body.group) != body.number or body.hits < FIRM_HITS:
        return know, match
    if m.track is None and _crowded(know, body):
        return know, match
    noise = before.seen(match.predicted, match.packed, m.time_s)
    know = replace(know, noise=MappingProxyType({**know.noise, m.source: noise}))
    if noise.factors == before.factors:
        return know, match
    health = {source: known for source, known in know.health.items() if source != m.source}
    objects = tuple(replace(o, fit=FITS) if o is body else o for o in know.objects)
    know = replace(know, objects=objects, health=MappingProxyType(health))
    return know, match._replace(predicted=replace(match.predicted, fit=FITS))


def _start(
    know: Knowledge, m: Plot | Position, measure: Array, place: Array, spread: float, site: SensorSite | None
) -> Knowledge:
    """Return the knowledge with a plot among the candidates, and with a new object if that makes one."""
    before, alone = know.candidates.get(m.source, Candidates()), not know.sees(m.source, m.time_s)
    mine, grown = extend(before, m.time_s, measure, place, spread, m.track, alone=alone)
    others = {source: each for source, each in know.candidates.items() if not each.is_over(m.time_s)}
    know = replace(know, candidates=MappingProxyType({**others, m.source: mine}))
    if grown is None or len(know.objects) >= MOST_OBJECTS:
        return know
    factor = grown.roughness()
    if factor > 1.0:
        known = know.noise.get(m.source, Noise()).factors
        noise = Noise((known[0] * factor, known[1] * factor))
        grown = replace(grown, measures=tuple(scaled(one, (factor, factor)) for one in grown.measures))
        know = replace(know, noise=MappingProxyType({**know.noise, m.source: noise}))
    value = _born(know, m, grown, site)
    kind, parent = kinship(know, value)
    if kind is Kinship.PART and parent is not None:
        value = replace(core_only(value), group=parent.group)
    know = replace(know, objects=(*know.objects, value), next_number=know.next_number + 1)
    if m.track:
        know = replace(
            know, labels=MappingProxyType({**know.labels, (m.source, m.track): (value.number, m.time_s, 0.0)})
        )
    if value.group not in know.main:
        know = replace(know, main=MappingProxyType({**know.main, value.group: value.number}))
    if m.track is None and is_alike(know, value):
        know = know.doubted(value.group, {value.number})
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
