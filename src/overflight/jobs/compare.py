"""Job ``compare``: two plans of a launch, and what changed for whom between them.

A change is told only where it is larger than Monte Carlo error explains: three standard errors of the change,
and never less than what a reader would care about. Two plans of one seed and as many flights are compared
flight by flight, which shows far smaller changes; else the errors of both add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from pyproj import Geod

from overflight.jobs.criteria import Criterion, Verdict, judge
from overflight.jobs.paired import Pairs, pair
from overflight.jobs.stored_plan import StoredPlace, StoredPlan, StoredZone

__all__ = ["SIGMAS", "Comparison", "PlaceChange", "ZoneChange", "compare"]

SIGMAS = 3.0
SHOWN = 0.01
"""Chance of being overflown from which a place counts as overflown, as on the page of a plan."""
LEAST_SHARE, LEAST_S, LEAST_DEBRIS = 0.02, 15.0, 0.05
"""Changes below these are told to nobody: two points of a percentage, a quarter of a minute, a twentieth of
the chance of debris."""
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """What changed for a place; ``kind`` is ``new``, ``gone``, ``more``, ``less``, ``earlier``, ``later``,
    ``debris-more`` or ``debris-less``. Values are the chances in the two plans; ``error`` is the standard
    error of their change, None for times."""

    kind: str
    key: str
    name: str
    country: str
    before: float
    after: float
    sigmas: float
    error: float | None = None
    first_before_s: float | None = None
    first_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """How the fall of a body changed; ``kind`` is ``new``, ``gone`` or ``both``."""

    kind: str
    body: str
    planned: bool
    shift_km: float
    towards_deg: float
    grown: float
    later_s: float
    inside_before: float | None
    inside_after: float | None
    moved: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side; ``remarks`` how they are compared and what makes that hard."""

    before: StoredPlan
    after: StoredPlan
    lift_off_shift_s: float
    places: tuple[PlaceChange, ...]
    zones: tuple[ZoneChange, ...]
    outcomes: tuple[tuple[str, float, float], ...]
    risk: tuple[float, float, float] | None
    verdicts: tuple[Verdict, ...]
    remarks: tuple[str, ...]


def compare(before: StoredPlan, after: StoredPlan, criteria: Sequence[Criterion] = ()) -> Comparison:
    """Return what changed from one plan to the other, and the verdicts of criteria on the second."""
    shift_s = (after.lift_off_utc - before.lift_off_utc).total_seconds()
    pairs = None
    if before.seed == after.seed:
        chances = tuple({k: chance for k, (_, chance) in p.outcomes.items()} for p in (before, after))
        pairs = pair(before.seen, after.seen, (chances[0], chances[1]))
    zones = _zones(before, after, pairs)
    shifts = {zone.body: zone.shift_km for zone in zones if zone.kind == "both" and zone.planned}
    return Comparison(
        before=before,
        after=after,
        lift_off_shift_s=shift_s,
        places=_places(before, after, pairs),
        zones=zones,
        outcomes=_outcomes(before, after),
        risk=_risk(before, after, pairs),
        verdicts=judge(criteria, after, shifts, shift_s),
        remarks=_remarks(before, after, pairs),
    )


def _remarks(before: StoredPlan, after: StoredPlan, pairs: Pairs | None) -> tuple[str, ...]:
    remarks = []
    if pairs is not None:
        remarks.append(f"compared flight by flight: both plans fly the same {after.flights:,}")
    if before.title != after.title:
        remarks.append(f"the plans are of different launches: {before.title}; {after.title}")
    if before.width_km != after.width_km:
        remarks.append(f"places were looked at within {before.width_km:g} and {after.width_km:g} km")
    if before.weather != after.weather:
        remarks.append("the plans are computed with other weather")
    same_places = before.own_places == after.own_places
    if not same_places:
        remarks.append("the plans look at other places (--places): a change may be that of the places")
    if before.scenario_sha256 == after.scenario_sha256 and before.weather == after.weather and same_places:
        remarks.append("both plans are of the same scenario file; only counts, seed or width may differ")
    only = set(before.places) ^ set(after.places)
    left_out = [key for key in only if not _looked_at(key, before, after)]
    if left_out:
        remarks.append(f"looked at in one plan only, and left out: {_places_words(len(left_out))}")
    if counted := len(only) - len(left_out):
        remarks.append(f"in one plan only, and taken as not overflown in the other: {_places_words(counted)}")
    return tuple(remarks)


def _places_words(count: int) -> str:
    return f"{count} place{'s' if count > 1 else ''}"


def _looked_at(key: str, before: StoredPlan, after: StoredPlan) -> bool:
    """Return whether both plans looked at a place, though one lists it not."""
    if before.own_places == after.own_places:
        return True
    return all(
        key in plan.places or (plan.own_places is not None and key in plan.own_places[1])
        for plan in (before, after)
    )


def _places(before: StoredPlan, after: StoredPlan, pairs: Pairs | None) -> tuple[PlaceChange, ...]:
    changes: list[PlaceChange] = []
    for key in {**before.places, **after.places}:
        a, b = before.places.get(key), after.places.get(key)
        if (a is None or b is None) and not _looked_at(key, before, after):
            continue
        paired = (None, None) if pairs is None else (pairs.over_error(key), pairs.debris_error(key))
        changes += _place(a or _absent(b), b or _absent(a), (before.flights, after.flights), paired)
    order = ("new", "gone", "debris-more", "more", "less", "debris-less", "earlier", "later")
    return tuple(sorted(changes, key=lambda c: (order.index(c.kind), -max(c.before, c.after), c.key)))


def _absent(place: StoredPlace | None) -> StoredPlace:
    assert place is not None
    return StoredPlace(place.key, place.name, place.country, 0.0, 0.0, None, None, 0.0, 0.0, None)


def _place(
    a: StoredPlace,
    b: StoredPlace,
    flights: tuple[int, int],
    paired: tuple[float | None, float | None],
) -> list[PlaceChange]:
    """Return the changes of a place; ``paired`` are the errors of the changes of its chances of being
    overflown and of debris, where flights are compared one by one."""
    found = []
    error = float(np.hypot(a.over_error, b.over_error)) if paired[0] is None else paired[0]
    sigmas = _sigmas(b.over - a.over, error)
    if abs(sigmas) >= SIGMAS and max(a.over, b.over) >= SHOWN:
        kind = (
            "new" if a.over < SHOWN else "gone" if b.over < SHOWN else "more" if sigmas > 0.0 else "less"
        )  # fmt: skip
        if kind in ("new", "gone") or abs(b.over - a.over) >= LEAST_SHARE:
            found.append(_change(kind, a, b, (a.over, b.over), sigmas, error))
    if a.first_s is not None and b.first_s is not None and min(a.over, b.over) >= SHOWN:
        moved = b.first_s - a.first_s
        late = float(np.hypot(_time_error_s(a, flights[0]), _time_error_s(b, flights[1])))
        if abs(moved) >= max(LEAST_S, SIGMAS * late):
            found.append(_change("later" if moved > 0.0 else "earlier", a, b, (a.over, b.over), 0.0))
    error = _debris_error(a, b) if paired[1] is None else paired[1]
    sigmas = _sigmas(b.debris - a.debris, error)
    if abs(sigmas) >= SIGMAS and abs(b.debris - a.debris) >= LEAST_DEBRIS * max(a.debris, b.debris):
        kind = "debris-more" if sigmas > 0.0 else "debris-less"
        found.append(_change(kind, a, b, (a.debris, b.debris), sigmas, error))
    return found


def _debris_error(a: StoredPlace, b: StoredPlace) -> float:
    """Return the error of a change of debris from those of both chances; what was never seen is taken at its
    bound, for no more than that can be told from nothing."""
    was, now = (p.debris_error if p.debris > 0.0 else (p.debris_below or 0.0) / SIGMAS for p in (a, b))
    return float(np.hypot(was, now))


def _time_error_s(place: StoredPlace, flights: int) -> float:
    """Return how well the first moment over a place is known: the span of moments over the root of the
    flights that pass, a bound for the error of a quantile near the end of a span."""
    assert place.first_s is not None
    span_s = (place.first_s if place.last_s is None else place.last_s) - place.first_s
    return span_s / max(place.over * flights, 1.0) ** 0.5


def _sigmas(change: float, error: float) -> float:
    """Return a change in its standard errors."""
    if error > 0.0:
        return change / error
    return 0.0 if change == 0.0 else float(np.copysign(np.inf, change))


def _change(
    kind: str,
    a: StoredPlace,
    b: StoredPlace,
    chances: tuple[float, float],
    sigmas: float,
    error: float | None = None,
) -> PlaceChange:
    return PlaceChange(kind, b.key, b.name, b.country, *chances, sigmas, error, a.first_s, b.first_s)


def _zones(before: StoredPlan, after: StoredPlan, pairs: Pairs | None) -> tuple[ZoneChange, ...]:
    old = {(zone.body, zone.condition): zone for zone in before.zones}
    new = {(zone.body, zone.condition): zone for zone in after.zones}
    return tuple(_zone(old.get(key), new.get(key), pairs) for key in {**old, **new})


def _zone(a: StoredZone | None, b: StoredZone | None, pairs: Pairs | None) -> ZoneChange:
    one = b or a
    assert one is not None
    if a is None or b is None:
        kind = "new" if a is None else "gone"
        return ZoneChange(
            kind, one.body, one.planned, 0.0, 0.0, 1.0, 0.0,
            a.inside if a else None, b.inside if b else None, True,
        )  # fmt: skip
    azimuth, _, distance = _GEOD.inv(*a.centre_deg, *b.centre_deg)
    shift_km = distance / 1e3
    # the middle of n impacts is known to its semi-axis over 2.65 sigma and root n
    paired = None if pairs is None else pairs.fall_error_km(b.body_key)
    alone = [z.semi_major_km / 2.65 / max(z.impacts, 1) ** 0.5 for z in (a, b)]
    error = float(np.hypot(*alone)) if paired is None else paired
    grown = (b.semi_major_km * b.semi_minor_km) / (a.semi_major_km * a.semi_minor_km)
    later_s = (b.first_s + b.last_s - a.first_s - a.last_s) / 2.0
    return ZoneChange(
        "both", b.body, b.planned, shift_km, azimuth % 360.0, grown, later_s, a.inside, b.inside,
        bool(shift_km > SIGMAS * error and shift_km >= 1.0),
    )  # fmt: skip


def _outcomes(before: StoredPlan, after: StoredPlan) -> tuple[tuple[str, float, float], ...]:
    rows = []
    for key in {**before.outcomes, **after.outcomes}:
        a, b = before.outcomes.get(key, ("", 0.0)), after.outcomes.get(key, ("", 0.0))
        if abs(a[1] - b[1]) > 1e-9:
            rows.append((b[0] or a[0], a[1], b[1]))
    return tuple(rows)


def _risk(before: StoredPlan, after: StoredPlan, pairs: Pairs | None) -> tuple[float, float, float] | None:
    """Return expected casualties of both plans and the error of their difference."""
    if before.risk is None or after.risk is None:
        return None
    a, b = before.risk, after.risk
    error = float(np.hypot(a.total_error, b.total_error)) if pairs is None else pairs.casualties_error()
    return a.total, b.total, error


def clock_text(plan: StoredPlan, seconds: float) -> str:
    """Return the local time of a moment after lift-off."""
    moment = plan.lift_off_utc + timedelta(seconds=seconds, hours=plan.clock_offset_h)
    return f"{moment:%H:%M:%S}"
