"""Two objects that are one body: sources that began tracks of it each on their own, joined again.

One source reports a body once a scan. What it has lately seen twice in one scan, as two objects, is two
bodies, however alike they fly; that keeps fragments apart. Objects that no source sees at once, and whose
states differ by no more than their spreads and the unknown biases of sensors, are one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from overflight.earth.frames import geodetic_to_ecef
from overflight.track.knowledge import Knowledge
from overflight.track.measurements import SensorSite
from overflight.track.objects import YOUNG_HITS, State, Tracked

__all__ = ["joined", "noted_apart"]

SAME_SCAN = 0.45
"""Share of the time between a source's plots within which two are of one scan."""
APART_S, APART_SCANS = 4.0, 8.0
"""So long (s), and so many scans, two bodies seen at once are known to be two."""
RECENT_S = 30.0
NEAR_M = 50e3
LEAST_AGE_S, ENOUGH_HITS = 1.5, 8
CHECKS_PS = 2.0
ALIKE = 22.5
"""Largest normalised square (6 degrees of freedom) of two objects that are one: 1 in 1,000 is beyond."""
UNTOLD_M, UNTOLD_MPS = 50.0, 15.0
"""Differences that nobody's spread tells, beside the biases (estimates)."""


def noted_apart(know: Knowledge, value: Tracked, source: str, stamp_s: float) -> Knowledge:
    """Return the knowledge with what a plot of ``value`` says: what its source sees beside is another."""
    seen = {}
    for other in know.objects:
        for name, last_s, each_s in other.heard:
            if name == source:
                seen[other.number] = other, last_s, each_s
    scan_s = SAME_SCAN * min((each_s for _, _, each_s in seen.values()), default=0.0)
    found = {
        _pair(value, other): stamp_s
        for other, last_s, _ in seen.values()
        if other.number != value.number
        and abs(stamp_s - last_s) < scan_s
        and _distance(value, other) < NEAR_M
    }
    return replace(know, apart=MappingProxyType({**know.apart, **found})) if found else know


def joined(know: Knowledge, before_s: float, value: Tracked, sites: Mapping[str, SensorSite]) -> Knowledge:
    """Return the knowledge with ``value`` joined to what is the same body, if anything is.

    It is looked for twice a second; ``before_s`` is when the object was seen before.
    """
    if int(CHECKS_PS * before_s) == int(CHECKS_PS * value.last_s) or not _settled(value, value.last_s):
        return know
    for other in know.objects:
        if (
            other.number != value.number
            and _settled(other, value.last_s)
            and _same(know, value, other, sites)
        ):
            return _one(know, value, other)
    return know


def _settled(value: Tracked, now_s: float) -> bool:
    """Return whether an object can be compared: known for a while, and if for long not lost."""
    if value.hits < ENOUGH_HITS or now_s - value.first_s < LEAST_AGE_S:
        return False
    return value.hits < YOUNG_HITS or value.state(now_s) is State.FIRM


def _same(know: Knowledge, value: Tracked, other: Tracked, sites: Mapping[str, SensorSite]) -> bool:
    """Return whether two objects are one body as far as anybody can tell."""
    scan_s = max(value.interval_s(), other.interval_s())
    seen_s = know.apart.get(_pair(value, other), -np.inf)
    if value.last_s - seen_s < max(APART_S, APART_SCANS * scan_s) or _distance(value, other) > NEAR_M:
        return False
    there = other.at(value.time_s)
    away = value.mean[:6] - there.mean[:6]
    spread = value.core_covariance[:6, :6] + there.core_covariance[:6, :6]
    bias_m = max(_bias_m(value, sites), _bias_m(other, sites))
    spread += np.diag(np.repeat([bias_m**2 + UNTOLD_M**2, UNTOLD_MPS**2], 3))
    return float(away @ np.linalg.solve(spread, away)) < ALIKE


def _bias_m(value: Tracked, sites: Mapping[str, SensorSite]) -> float:
    """Return how far the sensors' biases may shift an object (m), by what their sites say."""
    speed = float(np.linalg.norm(value.mean[3:6]))
    most = 0.0
    for name, last_s, _ in value.heard:
        site = sites.get(name)
        if site is not None and value.last_s - last_s < RECENT_S:
            foot = geodetic_to_ecef(site.latitude_rad, site.longitude_rad, site.height_m)
            away = float(np.linalg.norm(value.mean[:3] - foot))
            most = max(
                most, np.hypot(site.range_bias_m, site.azimuth_bias_rad * away), speed * site.clock_bias_s
            )
    return most


def _one(know: Knowledge, value: Tracked, other: Tracked) -> Knowledge:
    """Return the knowledge with two objects as one: the better known, the main, the older goes on."""
    apart = value.group != other.group  # within one launch the main body goes on, however young

    def last(o: Tracked) -> tuple[bool, bool, bool, int]:
        return apart and o.hits < YOUNG_HITS, know.main.get(o.group) != o.number, not o.launched, o.number

    stays = min(value, other, key=last)
    goes = other if stays is value else value
    kept = replace(stays, heard=_heard(stays, goes), first_s=min(stays.first_s, goes.first_s))
    main = {group: number for group, number in know.main.items() if number != goes.number}
    group = goes.group if know.main.get(goes.group) == goes.number else None
    objects = tuple(
        kept if o.number == stays.number else replace(o, group=stays.group) if o.group == group else o
        for o in know.objects
        if o.number != goes.number
    )
    labels = {
        label: (stays.number if number == goes.number else number, last_s, doubt)
        for label, (number, last_s, doubt) in know.labels.items()
    }
    pairs = {pair: at_s for pair, at_s in know.apart.items() if goes.number not in pair}
    return replace(
        know, objects=objects, labels=MappingProxyType(labels), main=MappingProxyType(main),
        apart=MappingProxyType(pairs),
    )  # fmt: skip


def _heard(one: Tracked, other: Tracked) -> tuple[tuple[str, float, float], ...]:
    """Return when each source was last heard of either."""
    latest: dict[str, tuple[float, float]] = {}
    for name, last_s, each_s in (*one.heard, *other.heard):
        known = latest.get(name)
        if known is None:
            latest[name] = last_s, each_s
        else:
            latest[name] = max(known[0], last_s), min(known[1], each_s)
    return tuple((name, *rest) for name, rest in sorted(latest.items()))


def _pair(one: Tracked, other: Tracked) -> tuple[int, int]:
    return min(one.number, other.number), max(one.number, other.number)


def _distance(one: Tracked, other: Tracked) -> float:
    return float(np.linalg.norm(one.x[0, :3] - other.x[0, :3]))
