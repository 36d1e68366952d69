"""Which of a launch's parts is its main body: the one under thrust, or ahead."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from overflight.track.flying import energy, energy_sigma, has_risen, rises_steadily
from overflight.track.kernels_motion import BIASES, BOOST, CORE
from overflight.track.kinship import NEAR_M, is_near, thrusts_surely
from overflight.track.knowledge import Knowledge
from overflight.track.objects import State, Tracked, core_only, under_watch, widened
from overflight.track.thrust import begun_anew

__all__ = ["is_alike", "led", "told_apart"]

LEAST_HITS = 8
SURELY = 4.0
"""A part is ahead if its energy is greater by so many spreads of both."""
IRREGULAR, AWHILE_S = 1.5, 3.0
"""What is seen regularly is seen that often, in scans of its source; and by one that saw it lately (s)."""


def led(know: Knowledge, value: Tracked) -> Knowledge:
    """Return the knowledge with an object as the main body of its launch, if it is that by now.

    A part takes over when it surely thrusts, ahead of a main body that does not or that is seen no more, or
    when the main one is lost and it may be that, or is where that may be. Otherwise the main body stays.
    """
    main = know.main_of(value.group)
    if main is None or main.number == value.number or value.hits < LEAST_HITS:
        return know
    state = main.state(know.clock_s)
    lost, unseen = state is State.LOST, state in {State.COASTING, State.LOST}
    still = main.unpowered > 0.5 or unseen or (has_risen(value) and not has_risen(main))
    leads = still and thrusts_surely(value) and _is_regular(know, value) and (unseen or _ahead(value, main))
    _, rivals = know.rivals.get(value.group, (0.0, frozenset()))
    if not (leads or (lost and (value.number in rivals or is_near(value, main)))):
        return know
    taken = _as_main(value, main, lost=lost)
    objects = tuple(
        taken if o.number == value.number else core_only(o) if o.number == main.number else o
        for o in know.objects
    )
    know = replace(know, objects=objects, main=MappingProxyType({**know.main, value.group: value.number}))
    if value.group not in know.rivals:
        return know
    since_s, _ = know.rivals[value.group]
    if leads and rises_steadily(value, since_s):
        return know.undoubted(value.group)
    return know.doubted(value.group, {main.number}, since_s)


def told_apart(know: Knowledge, value: Tracked, also: frozenset[int]) -> Knowledge:
    """Return the knowledge after a plot that may as well be of others than the object that took it.

    What may be the main body's plot may be followed by it from now on. Thrust tells it from what only falls.
    """
    main = know.main_of(value.group)
    if main is None:
        return know
    since_s, rivals = know.rivals.get(value.group, (know.clock_s, frozenset()))
    if rivals and value is main and value.unpowered < 0.5 and rises_steadily(value, since_s):
        return know.undoubted(value.group) if _is_regular(know, value) else know
    if also and not has_risen(main) and not {value.number, *also}.isdisjoint({main.number, *rivals}):
        return know.doubted(value.group, {value.number, *also})
    return know


def is_alike(know: Knowledge, value: Tracked) -> bool:
    """Return whether a new object is so near its launch's main body that it may be that as well."""
    main = know.main_of(value.group)
    if main is None or main.number == value.number:
        return False
    return bool(np.linalg.norm(main.at(value.time_s).mean[:3] - value.mean[:3]) < NEAR_M)


def _as_main(thing: Tracked, main: Tracked, *, lost: bool) -> Tracked:
    """Return a part as the main body: the biases learnt go with it, and when it was first seen.

    A part that only takes the place of a lost body goes on as that did, with or without thrust.
    """
    mean, spreads = main.mean, main.spreads
    value = core_only(thing)
    if lost and main.thrust is not None:
        value = replace(value, thrust=begun_anew(main.thrust, value.time_s, value.x[BOOST], value.s[BOOST]))
    value = replace(under_watch(value), launched=True, first_s=min(main.first_s, thing.first_s))
    for k, source in enumerate(main.sensors):
        at = slice(CORE + BIASES * k, CORE + BIASES * (k + 1))
        value = widened(value, source, mean[at], spreads[at], main.clocks[k])
    return value


def _is_regular(know: Knowledge, thing: Tracked) -> bool:
    """Return whether some source sees an object scan by scan, and not now and then the plot of another."""
    for name, last_s, each_s in thing.heard:
        scan_s = min(each for o in know.objects for source, _, each in o.heard if source == name)
        if know.clock_s - last_s < IRREGULAR * scan_s + AWHILE_S and each_s < IRREGULAR * scan_s:
            return True
    return False


def _ahead(thing: Tracked, main: Tracked) -> bool:
    """Return whether a part surely has more energy than the main body."""
    return energy(thing) - energy(main) > SURELY * (energy_sigma(thing) + energy_sigma(main))
