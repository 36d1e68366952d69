"""Job ``draft``: the notice of a launch and its pad in, a labelled scenario with honest spreads out.

A class of vehicles is fitted to the announced zones: what falls there bounds staging, steering and heading.
Azimuth and payload are nuisance quantities, drawn as wide as the zones leave them; they are no result. Zones
must be published areas at sea, so that no flight is drafted to a chosen point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from overflight.errors import NumericsError
from overflight.formats.notices.values import Notice, NoticeError, Window
from overflight.inference.fit import fit_scenario
from overflight.jobs.draft_failures import failure_source
from overflight.jobs.draft_spread import Placed, Spread, spread_draft
from overflight.jobs.draft_text import draft_text
from overflight.jobs.draft_times import FACTOR
from overflight.jobs.draft_zones import SeenZone, assignments, seen_zones
from overflight.scenario.load import parse_scenario

__all__ = ["Draft", "draft"]

Progress = Callable[[str, int, int], None]
WAYS = 6
"""Assignments of zones to bodies that are tried."""
STARTS, TRIALS = 6, 3
APART = 2.0
"""Half the chi-squared by which one assignment must fit better to be told from another (two sigma)."""
MISSED = 2.0
"""Offset from the middle of a zone, in half of its half width, at which the planned fall leaves it."""
KEPT = 0.4
"""Share of flights that keep to an area, below which the draft doubts that the class fits it."""
_KINDS = {
    "missile": "a missile exercise", "re-entry": "a re-entry", "firing": "a firing exercise",
    "cancellation": "a cancellation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted scenario as TOML, what stands behind it, and what a reader must know."""

    text: str = field(repr=False)
    placed: tuple[Placed, ...]
    unused: tuple[SeenZone, ...]
    remarks: tuple[str, ...]


def draft(
    notice: Notice,
    notice_text: str,
    *,
    site_latlon_deg: tuple[float, float],
    like: str,
    where: str = "notice",
    bodies: Mapping[str, str | None] | None = None,
    lift_off_utc: datetime | None = None,
    record: str | None = None,
    progress: Progress = lambda *_: None,
) -> Draft:
    """Draft a scenario from a notice.

    Parameters
    ----------
    notice, notice_text : the notice and its text, whose hash is kept as a source
    site_latlon_deg : the pad, from which the launch is announced
    like : a class of vehicles, one of ``scenario.template.VEHICLE_CLASSES``
    bodies : area by label to ``stage-1``, ``fairing`` ... or None, where the reader knows; others are tried
    lift_off_utc : if known; otherwise any time in the first window
    record : the vehicle's key in the record of launches, if known; see ``draft_failures``

    Raises
    ------
    NoticeError : not the notice of a launch, a zone on land, no window, or zones that the class cannot serve
    """
    if notice.kind in _KINDS:
        raise NoticeError(
            where, found=_KINDS[notice.kind], allowed="the notice of a launch into orbit",
            remedy="Give the notice of a launch.",
        )  # fmt: skip
    zones = seen_zones(notice, site_latlon_deg, where)
    told = _told(bodies or {}, zones, like, where)
    stages = 2 if "2-stage" in like else 3
    ways = assignments(zones, stages, told)[:WAYS]
    if not ways or not ways[0]:
        far = ", ".join(f"area {z.name}, {z.near_m / 1e3:.0f} km from the pad" for z in zones)
        raise NoticeError(
            where,
            found=far or "no area",
            allowed="at least one area away from the pad, within 6,000 km, for what is let go",
            remedy="Check --site and the letters N, S, E, W, or tell with --zone which area is for what.",
        )  # fmt: skip
    window = _window(notice, lift_off_utc, where)
    failures = failure_source(site_latlon_deg, window.begin_utc, like, record)

    def text_of(way: Mapping[str, SeenZone], remarks: Sequence[str] = ()) -> str:
        return draft_text(
            notice, hashlib.sha256(notice_text.encode()).hexdigest(), zones, way, like=like,
            site_latlon_deg=site_latlon_deg, window=window, remarks=remarks,
            failures=failures,
        )  # fmt: skip

    way, costs = _best(ways, text_of, where, like, progress)
    remarks = (*notice.remarks, *_ambiguity(ways, costs, way), *_window_remarks(notice, window, lift_off_utc))
    prior = text_of(way, remarks)
    scenario = parse_scenario(prior.encode(), where)
    fitted = fit_scenario(scenario, starts=STARTS, progress=lambda *done: progress("Fitting", *done))
    spread = spread_draft(prior, scenario, fitted, way, where, progress)
    unused = tuple(z for z in zones if all(z is not p.zone for p in spread.placed))
    return Draft(spread.text, spread.placed, unused, (*remarks, *_spread_remarks(spread), failures.remark))


def _spread_remarks(spread: Spread) -> tuple[str, ...]:
    said = f"{100 * spread.orbit:.0f} % of drafted flights reach orbit if nothing fails"
    missed = [p.zone.name for p in spread.placed if p.inside < KEPT]
    if missed:
        said += (
            f"; fewer than {10 * KEPT:.0f} in ten keep to area {', '.join(missed)}: another --like or --zone "
            "may fit better"
        )
    narrow = (
        "spreads are as wide as what was announced leaves them, narrower where that decides over orbit and "
        f"zones, and {FACTOR:g} times as wide in times along the path: {spread.middle:.2g} of what was left "
        f"in the middle, {spread.least:.2g} at the least"
    )
    return (f"{narrow}; {said}",)


def _told(
    bodies: Mapping[str, str | None], zones: Sequence[SeenZone], like: str, where: str
) -> dict[str, str | None]:
    """Return areas by their full names with the bodies they were said to be for."""
    names = [zone.name for zone in zones]
    known = [*(f"stage-{i}" for i in range(1, 2 if "2-stage" in like else 3)), "fairing"]
    told: dict[str, str | None] = {}
    for label, body in bodies.items():
        fitting = [n for n in names if n == label.upper() or n.rpartition(" ")[2] == label.upper()]
        if len(fitting) != 1:
            raise NoticeError(
                where, "--zone", found=f'"{label}"', allowed=", ".join(f'"{name}"' for name in names),
                remedy="Name an area as the notice does.",
            )  # fmt: skip
        if body is not None and (body not in known or body in told.values()):
            raise NoticeError(
                where, "--zone", found=f'"{label}={body}"',
                allowed=", ".join([*known, "none"]) + ", each once", remedy="Correct the body of the area.",
            )  # fmt: skip
        if body is not None and zones[names.index(fitting[0])].round_pad:
            raise NoticeError(
                where, "--zone", found=f'"{label}={body}", an area round the pad itself',
                allowed="areas away from the pad", remedy="Leave this area to no body.",
            )  # fmt: skip
        told[fitting[0]] = body
    return told


def _window(notice: Notice, lift_off_utc: datetime | None, where: str) -> Window:
    """Return when lift-off may be: the time given, or the first window, at most its first day."""
    if lift_off_utc is not None:
        return Window(lift_off_utc.astimezone(UTC), lift_off_utc.astimezone(UTC))
    if not notice.windows:
        raise NoticeError(
            where, found="; ".join(notice.remarks) or "no window", allowed="a notice that says when",
            remedy="Give what is missing: --year, --utc-offset for a clock without a name, or --lift-off.",
        )  # fmt: skip
    first = notice.windows[0]
    return Window(first.begin_utc, min(first.end_utc, first.begin_utc + timedelta(days=1)))


def _window_remarks(notice: Notice, window: Window, lift_off_utc: datetime | None) -> tuple[str, ...]:
    if lift_off_utc is not None:
        return ()
    more = len(notice.windows) - 1
    cut = notice.windows[0].end_utc > window.end_utc
    return (
        *((f"{more} more window{'s' if more > 1 else ''} announced; this is for the first",) if more else ()),
        *(("the window is longer than a day; this is for its first day",) if cut else ()),
    )


def _best(
    ways: Sequence[Mapping[str, SeenZone]],
    text_of: Callable[[Mapping[str, SeenZone]], str],
    where: str,
    like: str,
    progress: Progress,
) -> tuple[Mapping[str, SeenZone], list[float]]:
    """Return the most usual assignment that fits about as well as any, and the cost of each."""
    costs, worst = [], []
    for number, way in enumerate(ways, start=1):
        scenario = parse_scenario(text_of(way).encode(), where)
        try:
            found = fit_scenario(scenario, starts=TRIALS)
        except NumericsError:
            costs.append(np.inf)
            worst.append(np.inf)
        else:
            costs.append(found.cost)
            zone_rows = [r for name, r in zip(found.facts, found.residuals, strict=True) if "(a" in name]
            worst.append(float(np.max(np.abs(zone_rows))))
        progress("Trying zones", number, len(ways))
    close = [i for i, cost in enumerate(costs) if cost <= min(costs) + APART]
    chosen = close[0]
    if worst[chosen] > MISSED:
        shown = ", ".join(f"area {z.name} for {body}" for body, z in ways[chosen].items())
        miss = "misses them" if not np.isfinite(worst[chosen]) else (
            f"falls {worst[chosen] / 2.0:.1f} half widths from the middle of one"
        )  # fmt: skip
        raise NoticeError(
            where, found=f"zones that no flight of {like} serves: with {shown}, the best one {miss}",
            allowed="zones within reach of the class of vehicles",
            remedy="Try another --like, tell bodies with --zone LABEL=BODY, or check --site.",
        )  # fmt: skip
    return ways[chosen], costs


def _ambiguity(
    ways: Sequence[Mapping[str, SeenZone]], costs: Sequence[float], chosen: Mapping[str, SeenZone]
) -> tuple[str, ...]:
    own = costs[next(i for i, way in enumerate(ways) if way is chosen)]
    others = [
        ", ".join(f"{zone.name} for {body}" for body, zone in _by_distance(way))
        for way, cost in zip(ways, costs, strict=True)
        if way is not chosen and cost < own + APART
    ]
    said = ", ".join(f"{zone.name} for {body}" for body, zone in _by_distance(chosen))
    first = f"areas taken by distance along the track: {said}"
    if not others:
        return (first,)
    return (f"{first}; the zones alone fit about as well with: {'; or '.join(others)}",)


def _by_distance(way: Mapping[str, SeenZone]) -> list[tuple[str, SeenZone]]:
    return sorted(way.items(), key=lambda item: item[1].distance_m)
