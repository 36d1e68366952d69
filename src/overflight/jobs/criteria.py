"""Go or no-go: configured criteria against a plan, each with its margin and what drives it.

A criterion holds if all that the flights leave possible (95 %) stays within the limit, fails if all of it is
beyond, and is undecided between: then more flights decide, and until then the answer is no go. Risks have
limits of their own (:mod:`overflight.exposure.interval`); those of other figures are two errors away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overflight.errors import InputError
from overflight.jobs.stored_plan import StoredPlan

__all__ = ["Criterion", "Verdict", "go", "judge", "read_criteria"]

WHAT = {
    "debris": "chance that at least one piece comes down in a place",
    "overflight": "chance that a place is overflown",
    "expected-casualties": "expected casualties of the launch",
    "individual-risk": "risk of one person where it is greatest",
    "inside-announced": "share of a planned body inside its announced zone",
    "zone-shift": "distance by which a planned fall moved, km",
    "lift-off-shift": "change of lift-off, minutes",
}
ERRORS = 2.0


class Criterion(BaseModel):
    """One limit: ``what`` is looked at, over places of ``countries`` or with ``places`` keys if given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    what: Literal[
        "debris", "overflight", "expected-casualties", "individual-risk", "inside-announced", "zone-shift",
        "lift-off-shift",
    ]  # fmt: skip
    most: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] | None = None
    least: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)] | None = None
    countries: tuple[str, ...] = ()
    not_countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A criterion judged.

    ``state`` is ``go``, ``no-go`` or ``undecided``; ``value`` with its 95 % limits is None where the plan has
    none; ``margin`` is the part of the limit that is left (negative beyond it); ``driver`` what the value
    comes from.
    """

    criterion: Criterion
    state: str
    value: float | None
    low: float
    high: float
    margin: float | None
    driver: str


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    low: float
    high: float
    driver: str

    @classmethod
    def give_or_take(cls, value: float, error: float, driver: str) -> _Figure:
        return cls(value, value - ERRORS * error, value + ERRORS * error, driver)


def read_criteria(content: bytes, where: str) -> tuple[Criterion, ...]:
    """Return the criteria of a TOML file: tables ``[[criterion]]``."""
    allowed = "[[criterion]] tables with key, what (" + ", ".join(WHAT) + ") and most or least"
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
        rows = document.get("criterion")
        if not isinstance(rows, list) or not rows or set(document) - {"criterion"}:
            raise ValueError("no [[criterion]] table, or something else beside")
        found = tuple(Criterion.model_validate(row) for row in rows)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "criterion"
        raise InputError(
            where, key, found=f"{first.get('input')!r:.60}", allowed=allowed, remedy=f"{first['msg']}.",
        ) from None  # fmt: skip
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(where, found=str(error)[:100], allowed=allowed, remedy="Correct the file.") from None
    for row in found:
        floor = row.what == "inside-announced"
        if (row.least is None) == floor or (row.most is None) != floor:
            limit = "least" if floor else "most"
            raise InputError(
                where, row.key, found=f"most = {row.most}, least = {row.least}",
                allowed=f"{limit} alone for {row.what}",
                remedy="Give each criterion its one limit.",
            )  # fmt: skip
    if len({row.key for row in found}) < len(found):
        raise InputError(where, "key", found="a key twice", allowed="each once", remedy="Rename one of them.")
    return found


def judge(
    criteria: Sequence[Criterion], plan: StoredPlan, shifts_km: Mapping[str, float], lift_off_shift_s: float
) -> tuple[Verdict, ...]:
    """Return the verdict on each criterion for a plan; shifts are those against the plan before."""
    return tuple(_judge(row, plan, shifts_km, lift_off_shift_s) for row in criteria)


def go(verdicts: Sequence[Verdict]) -> bool:
    """Return whether every criterion holds."""
    return all(verdict.state == "go" for verdict in verdicts)


def _judge(row: Criterion, plan: StoredPlan, shifts_km: Mapping[str, float], shift_s: float) -> Verdict:
    found = _figure(row, plan, shifts_km, shift_s)
    if isinstance(found, str):
        return Verdict(row, "undecided", None, 0.0, 0.0, None, found)
    if row.least is not None:
        margin = (found.value - row.least) / row.least if row.least else None
        good, bad = found.low >= row.least, found.high < row.least
    else:
        assert row.most is not None
        margin = (row.most - found.value) / row.most if row.most else None
        good, bad = found.high <= row.most, found.low > row.most
    state = "go" if good else "no-go" if bad else "undecided"
    return Verdict(row, state, found.value, found.low, found.high, margin, found.driver)


def _figure(
    row: Criterion, plan: StoredPlan, shifts_km: Mapping[str, float], shift_s: float
) -> _Figure | str:
    """Return the figure of a criterion, or why the plan has none."""
    if row.what in ("debris", "overflight"):
        return _of_places(row, plan)
    if row.what in ("expected-casualties", "individual-risk"):
        risk = plan.risk
        if risk is None:
            return "this plan holds no risk figures"
        if row.what == "expected-casualties":
            return _Figure(risk.total, risk.total_low, risk.total_high, "all places together")
        return _Figure(risk.person, risk.person_low, risk.person_high, risk.person_place)
    if row.what == "inside-announced":
        zones = [zone for zone in plan.zones if zone.planned and zone.inside is not None]
        if not zones:
            return "no zone is announced for a planned fall"
        worst = min(zones, key=lambda zone: zone.inside or 0.0)
        share = worst.inside or 0.0
        return _Figure.give_or_take(share, (share * (1.0 - share) / max(worst.impacts, 1)) ** 0.5, worst.body)
    if row.what == "zone-shift":
        if not shifts_km:
            return "no planned fall stands in both plans"
        body = max(shifts_km, key=lambda name: shifts_km[name])
        return _Figure.give_or_take(shifts_km[body], 0.0, body)
    return _Figure.give_or_take(abs(shift_s) / 60.0, 0.0, "lift-off")


def _of_places(row: Criterion, plan: StoredPlan) -> _Figure | str:
    chosen = [
        place
        for place in plan.places.values()
        if (not row.countries or place.country in row.countries)
        and place.country not in row.not_countries
        and (not row.places or place.key in row.places)
    ]
    if not chosen:
        return "no place of the plan is meant"
    if row.what == "overflight":
        worst = max(chosen, key=lambda place: place.over)
        return _Figure.give_or_take(worst.over, worst.over_error, worst.name)
    worst = max(chosen, key=lambda place: place.debris)
    if worst.debris > 0.0:
        return _Figure.give_or_take(worst.debris, worst.debris_error, worst.name)
    bound = max((place.debris_below or 0.0) for place in chosen)
    return _Figure(0.0, 0.0, bound, "never seen; up to what the number of flights can rule out")
