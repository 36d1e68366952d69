"""Which object a plot is of: how well each explains it, and what its source's own track number says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.track.flying import is_possible
from overflight.track.kernels_filter import RADAR
from overflight.track.kernels_motion import BIASES, CORE, propagate
from overflight.track.knowledge import Held, Knowledge
from overflight.track.measurements import Plot, Position, SensorSite
from overflight.track.objects import EARTH, SETTINGS, Tracked, bias_priors, widened

__all__ = ["GATE", "Match", "best_match"]

Array = NDArray[np.float64]
GATE = 25.0
"""Largest normalised square (3 degrees of freedom) of a plot that is taken: 1 in 65,000 is beyond."""
LABEL_BONUS = 5.0
"""Log odds that a sensor's own track number is right."""
OWN_FIT = 6.0
"""Largest normalised square (3 degrees of freedom) of a plot at which its label is not asked about: 1 in 9 is
beyond."""
DOUBTFUL, MOST_DOUBT, EASE = 10.0, 5.0, 1.0
"""Log odds against a label at which it is given to another object, the most that one plot adds, and what each
takes off: bodies too near to be told apart keep their labels."""
DOUBTED = 5.0
"""Log odds against a label from which on its object is open to others: crossed labels change places."""
LABEL_SCANS, NEW_LABEL_SCANS = 2.5, 4.5
"""So many scans a label of an object keeps the source's other labels off, and labels that are new."""
FOUND_AGAIN_S = 300.0
"""What has not been seen for longer is not found again: where it would be is nothing worth computing."""
MOST_BIASED = 12
ALIKE = -4.0
"""Log odds from which on another object may as well be what a plot is of."""
LEAST_SHARE = 0.05
"""However many objects explain a plot, it tells the one that takes it no less."""


class Match(NamedTuple):
    """An object that a plot may belong to, by its place in the list, and how well it explains the plot."""

    place: int
    predicted: Tracked
    packed: Array
    log_likelihood: float
    least: float
    taken: bool
    """Whether the source sees the object under another number."""
    instead: Held | None = None
    """The plot of this scan that the object would give up for this one."""
    share: float = 1.0
    """Probability, by how well all objects explain the plot, that it is of this one."""
    also: frozenset[int] = frozenset()
    """Numbers of the others that it may as well be of."""


def best_match(
    know: Knowledge, m: Plot | Position, measure: Array, place: Array, spread: float, site: SensorSite | None
) -> tuple[Match | None, float]:
    """Return the object that a plot most likely belongs to, and how doubtful its label has become.

    A plot that fits the object of its label is of it. Doubt, the log odds of another object over the plots
    of a label, undoes labels that were given to the wrong one of two bodies.
    """
    if m.track is None:
        return _best_of_all(know, m, measure, place, spread, site), 0.0
    label, _, doubt = know.labels.get((m.source, m.track), (None, 0.0, 0.0))
    learn = not know.put_aside(m.source, m.time_s)

    def matched(index: int, thing: Tracked, *, taken: bool) -> Match:
        predicted, packed = _prepared(know, thing, m, measure, site, learn=learn)
        if not is_possible(predicted):
            return Match(index, predicted, packed, -np.inf, np.inf, taken)
        return Match(index, predicted, packed, *predicted.match(packed), taken)

    near = [
        (index, thing)
        for index, thing in enumerate(know.objects)
        if (gap_s := m.time_s - thing.time_s) <= FOUND_AGAIN_S
        and not _just_seen(thing, m)
        and _near(thing, gap_s, place, spread)
    ]
    own = next((matched(i, thing, taken=False) for i, thing in near if thing.number == label), None)
    if own is not None and own.least <= OWN_FIT and doubt <= 0.0:
        return own, 0.0
    found = [] if own is None else [own]
    for index, thing in near:
        taken = _labelled(know, thing, m, NEW_LABEL_SCANS if label is None else LABEL_SCANS)
        if thing.number != label and (own is not None or not taken):
            found.append(matched(index, thing, taken=taken))
    if own is not None:
        other = min((f.least for f in found if f is not own), default=np.inf)
        change = min(max(0.5 * (own.least - other) - EASE, -MOST_DOUBT), MOST_DOUBT)
        doubt = max(doubt + change, 0.0)
        if doubt > DOUBTFUL:
            others = [f for f in found if f.least <= GATE and f is not own and not f.taken]
            return (max(others, key=_likelihood), 0.0) if others else (own, DOUBTFUL)
    free = [f for f in found if not f.taken]

    def score(match: Match) -> float:
        bonus = 0.0 if label is None else LABEL_BONUS if match is own else -LABEL_BONUS
        return match.log_likelihood + bonus - (0.0 if match.least <= GATE else 1e6)

    return max(free, key=score, default=None), doubt


def _best_of_all(
    know: Knowledge, m: Plot | Position, measure: Array, place: Array, spread: float, site: SensorSite | None
) -> Match | None:
    """Return the object that a plot without a number most likely belongs to.

    Of the plots of a scan each object keeps the one that fits it best, whichever came first; the others look
    for another object (Gale and Shapley's deferred acceptance). A plot that several objects explain tells the
    one that takes it as much less as it is improbable that it is of this one.
    """
    learn, held = not know.put_aside(m.source, m.time_s), know.held.get(m.source, {})
    found: list[Match] = []
    for index, thing in enumerate(know.objects):
        before, instead = thing, None
        if _just_seen(thing, m):
            instead = held.get(thing.number)
            if instead is None or instead.after is not thing:
                continue
            before = instead.before
        gap_s = m.time_s - before.time_s
        if gap_s <= FOUND_AGAIN_S and _near(before, gap_s, place, spread):
            predicted, packed = _prepared(know, before, m, measure, site, learn=learn)
            found.append(Match(index, predicted, packed, *predicted.match(packed), False, instead))
    free = [f for f in found if f.instead is None or f.log_likelihood > f.instead.log_likelihood]
    best = max(free, key=lambda f: (f.least <= GATE, f.log_likelihood), default=None)
    if best is None or best.least > GATE:
        return best
    every = {f.predicted.number: f.log_likelihood - best.log_likelihood for f in found if f.least <= GATE}
    share = 1.0 / float(np.sum(np.exp([*every.values()])))
    best.packed[4:7] /= np.sqrt(max(share, LEAST_SHARE))
    also = {number for number, less in every.items() if less > ALIKE}
    return best._replace(share=share, also=frozenset(also - {best.predicted.number}))


def _likelihood(match: Match) -> float:
    return match.log_likelihood


def _near(thing: Tracked, gap_s: float, place: Array, spread_m: float) -> bool:
    """Return whether a plot is near enough to an object to be worth a closer look."""
    ahead = np.empty(CORE)
    k = int(np.argmax(thing.mu))
    propagate(thing.x[k], gap_s, k, SETTINGS[4], EARTH, ahead)
    away = place - ahead[:3]
    own = float(np.sqrt(np.sum(thing.s[k, :3] ** 2)))
    fast = float(np.sqrt(np.sum(thing.s[k, 3:6] ** 2))) * gap_s
    reach = 6.0 * float(np.sqrt(own**2 + fast**2 + spread_m**2)) + 30.0 * gap_s**2 + 1000.0
    return bool(away @ away <= min(reach, 400e3) ** 2)


def _just_seen(thing: Tracked, m: Plot | Position) -> bool:
    """Return whether the same source has just seen this object: it reports each object once a scan."""
    for name, last, each in thing.heard:
        if name == m.source:
            return m.time_s - last < 0.4 * each
    return False


def _labelled(know: Knowledge, thing: Tracked, m: Plot | Position, scans: float) -> bool:
    """Return whether the source still sees this object under another of its own track numbers, undoubted."""
    if m.track is None:
        return False
    each = next((each for name, _, each in thing.heard if name == m.source), 1.0)
    return any(
        source == m.source and label != m.track and number == thing.number
        and doubt < DOUBTED and m.time_s - last < scans * each
        for (source, label), (number, last, doubt) in know.labels.items()
    )  # fmt: skip


def _prepared(
    know: Knowledge,
    thing: Tracked,
    m: Plot | Position,
    measure: Array,
    site: SensorSite | None,
    *,
    learn: bool,
) -> tuple[Tracked, Array]:
    """Return an object at the time of a plot, and the plot with its sensor's biases known or taken off."""
    packed = measure.copy()
    main = know.main_of(thing.group)
    if site is None or measure[0] != RADAR:
        return thing.at(m.time_s), packed
    if main is not None and main.number == thing.number:
        if m.source in thing.sensors:
            packed[19] = thing.sensors.index(m.source)
            heard_s = next((last for name, last, _ in thing.heard if name == m.source), m.time_s)
            packed[28] = SETTINGS[6] * np.sqrt(abs(m.time_s - heard_s))
        elif learn and len(thing.sensors) < MOST_BIASED:
            packed[19] = len(thing.sensors)
            return widened(thing.at(m.time_s), m.source, *bias_priors(site)), packed
        return thing.at(m.time_s), packed
    mean, sigma = bias_priors(site)
    if main is not None and m.source in main.sensors:
        at = CORE + BIASES * main.sensors.index(m.source)
        mean, sigma = main.mean[at : at + BIASES], main.spreads[at : at + BIASES]
    packed[20:24], packed[24:28] = mean, sigma
    return thing.at(m.time_s), packed
