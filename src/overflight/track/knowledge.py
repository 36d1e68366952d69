"""All that the tracker knows, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.track.cloud import clouded
from overflight.track.health import Health
from overflight.track.measurements import Plot, Position
from overflight.track.noise import Noise
from overflight.track.objects import State, Tracked
from overflight.track.starts import Candidates

__all__ = ["Held", "Knowledge"]

LATELY_S = 10.0
KNOWN_HITS = 8
"""Of what has fewer plots the velocity is not known."""
TRAIL_S, TRAIL_ROWS = 2.0, 250
"""A main body's trail: time between its rows, and how many are kept."""


def _nothing() -> MappingProxyType[Any, Any]:
    return MappingProxyType({})


class Held(NamedTuple):
    """A plot that an object took in the scan that runs: it gives way to one that fits better."""

    plot: Plot | Position
    before: Tracked
    after: Tracked
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Objects, candidates by source, sensors' health, sensors' labels.

    ``labels`` maps (source, the source's own track) to the number of our object, when it was last seen, and
    how much speaks against it (log odds); ``main`` maps a group to the number of its main body; ``apart``
    maps a pair of objects, the lower number first, to when one source last saw both at once; ``trails`` maps
    the group of a launch to where its main body was, place and velocity (6,) by time, every few seconds;
    ``held`` maps a source to the plots without a number that objects, by their numbers, took of it last;
    ``rivals`` maps a group to the objects that may as well be its main body, and when the last came to them;
    ``numbers`` holds the last track numbers of each source, as they came; ``noise`` how far it scatters.
    """

    objects: tuple[Tracked, ...] = ()
    candidates: Mapping[str, Candidates] = field(default_factory=_nothing, repr=False)
    health: Mapping[str, Health] = field(default_factory=_nothing, repr=False)
    labels: Mapping[tuple[str, str], tuple[int, float, float]] = field(default_factory=_nothing, repr=False)
    main: Mapping[int, int] = field(default_factory=_nothing)
    apart: Mapping[tuple[int, int], float] = field(default_factory=_nothing, repr=False)
    trails: Mapping[int, tuple[tuple[float, NDArray[np.float64]], ...]] = field(
        default_factory=_nothing, repr=False
    )
    held: Mapping[str, Mapping[int, Held]] = field(default_factory=_nothing, repr=False)
    rivals: Mapping[int, tuple[float, frozenset[int]]] = field(default_factory=_nothing)
    noise: Mapping[str, Noise] = field(default_factory=_nothing, repr=False)
    numbers: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing, repr=False)
    next_number: int = 1
    clock_s: float = -np.inf

    def trailed(self, main: Tracked) -> Knowledge:
        """Return the knowledge with where a main body is kept, if it was not lately."""
        trail = self.trails.get(main.group, ())
        if trail and main.time_s - trail[-1][0] < TRAIL_S:
            return self
        trail = (*trail, (main.time_s, main.mean[:6]))[-TRAIL_ROWS:]
        return replace(self, trails=MappingProxyType({**self.trails, main.group: trail}))

    def main_of(self, group: int) -> Tracked | None:
        """Return the main body of a group."""
        number = self.main.get(group)
        return next((o for o in self.objects if o.number == number), None)

    def put_aside(self, source: str, now_s: float) -> bool:
        """Return whether a source is in quarantine while another that is not sees something."""
        trusted = self.health.get(source)
        if trusted is None or not trusted.quarantined:
            return False
        return self.seen_by_others(source, now_s)

    def seen_by_others(self, source: str, now_s: float) -> bool:
        """Return whether another source, that is not in quarantine, has lately seen anything."""
        return any(
            name != source and now_s - last_s < LATELY_S
            and not (name in self.health and self.health[name].quarantined)
            for thing in self.objects
            for name, last_s, _ in thing.heard
        )  # fmt: skip

    def doubted(self, group: int, numbers: Iterable[int], since_s: float | None = None) -> Knowledge:
        """Return the knowledge with objects that may be the main body of a group as well as that itself."""
        since_s = self.clock_s if since_s is None else since_s
        _, known = self.rivals.get(group, (0.0, frozenset()))
        mine = {o.number for o in self.objects if o.group == group and o.number != self.main.get(group)}
        new = mine.intersection(numbers) - known
        if not new:
            return self
        return replace(self, rivals=MappingProxyType({**self.rivals, group: (since_s, known | new)}))

    def undoubted(self, group: int) -> Knowledge:
        """Return the knowledge where the main body of a group is the one it is."""
        rivals = {other: known for other, known in self.rivals.items() if other != group}
        return replace(self, rivals=MappingProxyType(rivals))

    def sees(self, source: str, now_s: float) -> bool:
        """Return whether a source has lately seen anything that is followed."""
        return any(
            name == source and now_s - last_s < LATELY_S + 2.0 * each
            for thing in self.objects
            for name, last_s, each in thing.heard
        )

    @property
    def mains(self) -> tuple[Tracked, ...]:
        """Main bodies of the groups that fly as rockets do, in order of their groups."""
        mains = (self.main_of(group) for group in sorted(self.main))
        return tuple(m for m in mains if m is not None and m.launched)

    @property
    def launches(self) -> tuple[Tracked, ...]:
        """The main bodies as they are told: with the spread of all where others may as well be it."""
        if not self.rivals:
            return self.mains
        return tuple(clouded(main, self._seen_rivals(main)) for main in self.mains)

    def _seen_rivals(self, main: Tracked) -> list[Tracked]:
        """Return what may be a main body as well and is seen: where another went nobody knows."""
        _, numbers = self.rivals.get(main.group, (0.0, frozenset()))
        firm = {o.number for o in self.objects if o.state(self.clock_s) is State.FIRM}
        return [o for o in self.objects if o.number in numbers & firm and o.hits >= KNOWN_HITS]
