"""Whether the names inside a scenario or its facts lead somewhere: bodies, zones, claims, sources, paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches

import numpy as np
from pydantic import BaseModel

from overflight.scenario.claims import (
    CountClaim,
    FallClaim,
    InZoneClaim,
    LaunchTimeClaim,
    LineClaim,
    PassageClaim,
    RadarClaim,
    SeparationClaim,
    StageStatusClaim,
    StatementClaim,
    ZoneClaim,
)
from overflight.scenario.draws import quantities
from overflight.scenario.facts import DERIVED, Facts
from overflight.scenario.faults import Fault
from overflight.scenario.fragments import FragmentCatalogue
from overflight.scenario.model import Correlation, Scenario

__all__ = ["bodies", "facts_faults", "future_faults", "reference_faults"]

FASTEST_KMPS = 11.2
"""Escape speed: nothing that falls back on the Earth was faster."""

Path = tuple[str | int, ...]


def bodies(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of what may come down: ``stage-1`` ..., ``fairing``, ``payload``."""
    stages = tuple(f"stage-{i}" for i in range(1, len(scenario.vehicle.stage) + 1))
    return (*stages, *(("fairing",) if scenario.vehicle.fairing is not None else ()), "payload")


def reference_faults(scenario: Scenario) -> list[Fault]:
    """Return names that lead nowhere, keys used twice, and times far from the launch."""
    return [
        *_repeated(scenario, ("failure", "announced_zone", "claim", "source")),
        *_body_names(scenario, scenario),
        *_claims(scenario, scenario),
        *_citations("", scenario, [source.key for source in scenario.source], ()),
        *_correlation(scenario),
    ]


def _unknown(path: Path, name: str, known: Sequence[str], what: str) -> Fault:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f'Did you mean "{close[0]}"?' if close else f"Correct it, or add the missing {what}."
    return Fault(path, f'"{name}"', ", ".join(f'"{k}"' for k in known) or f"no {what} is defined", remedy)


def _repeated(document: Scenario | Facts, tables: Sequence[str]) -> Iterator[Fault]:
    for table in tables:
        seen: dict[str, int] = {}
        for i, row in enumerate(getattr(document, table)):
            if row.key in seen:
                found = f'"{row.key}", as in row {seen[row.key] + 1}'
                yield Fault(
                    (table, i, "key"), found, "a key of its own for every row", "Rename one of the two."
                )
            seen.setdefault(row.key, i)


def _body_names(document: Scenario | Facts, scenario: Scenario) -> Iterator[Fault]:
    known = bodies(scenario)
    for i, zone in enumerate(document.announced_zone):
        if zone.body is not None and zone.body not in known:
            yield _unknown(("announced_zone", i, "body"), zone.body, known, "body")
    for i, claim in enumerate(document.claim):
        if isinstance(claim, FallClaim | InZoneClaim | ZoneClaim) and claim.body not in (None, *known):
            yield _unknown(("claim", i, "body"), claim.body, known, "body")
        others = claim.or_body if isinstance(claim, FallClaim) else ()
        yield from (
            _unknown(("claim", i, "or_body", j), other, known, "body")
            for j, other in enumerate(others)
            if other not in known
        )
        if isinstance(claim, SeparationClaim | StageStatusClaim) and claim.stage > len(
            scenario.vehicle.stage
        ):
            yield Fault(
                ("claim", i, "stage"),
                str(claim.stage),
                f"1 to {len(scenario.vehicle.stage)}",
                "Stages count from 1 in order of ignition.",
            )


def _claims(document: Scenario | Facts, scenario: Scenario) -> Iterator[Fault]:
    own = document.zones if isinstance(document, Facts) else document.announced_zone
    zones = [zone.key for zone in (*own, *scenario.announced_zone)]
    keys = [claim.key for claim in document.claim]
    for i, claim in enumerate(document.claim):
        if isinstance(claim, InZoneClaim) and claim.zone not in zones:
            yield _unknown(("claim", i, "zone"), claim.zone, zones, "announced_zone")
        here: Path = ("claim", i)
        named: list[tuple[Path, str]] = [
            ((*here, "contradicts", j), other) for j, other in enumerate(claim.contradicts)
        ]
        if claim.revises is not None:
            named.append(((*here, "revises"), claim.revises))
        for path, other in named:
            if other == claim.key:
                yield Fault(
                    path, f'"{other}", the claim itself', "another claim", "Remove it, or name the other one."
                )
            elif other not in keys:
                yield _unknown(path, other, keys, "claim")
        utc = None if isinstance(claim, StatementClaim) else getattr(claim, "utc", None)
        if utc is not None and abs(utc - scenario.launch.utc) > timedelta(days=1):
            yield Fault(
                ("claim", i, "utc"),
                f"{utc:%Y-%m-%dT%H:%M:%SZ}",
                f"within a day of lift-off at {scenario.launch.utc:%Y-%m-%dT%H:%M:%SZ}",
                "Check the date and the time zone.",
            )


def facts_faults(facts: Facts, scenario: Scenario) -> list[Fault]:
    """Return what is wrong with facts beside the scenario of their launch."""
    cited = [source.key for source in facts.source]
    return [
        *_repeated(facts, ("announced_zone", "claim", "hypothesis", "source")),
        *_body_names(facts, scenario),
        *_claims(facts, scenario),
        *_before_launch(facts, scenario),
        *_published_before(facts, scenario),
        *_warned_on_another_day(facts, scenario),
        *_out_of_reach(facts, scenario),
        *_hypotheses(facts, scenario),
        *(_citations("", facts, cited, ()) if cited else ()),
    ]


def _before_launch(facts: Facts, scenario: Scenario) -> Iterator[Fault]:
    earliest = scenario.launch.utc + timedelta(seconds=_lowest_offset_s(scenario))
    for i, claim in enumerate(facts.claim):
        utc = None if isinstance(claim, StatementClaim | LaunchTimeClaim) else getattr(claim, "utc", None)
        if utc is not None and utc + timedelta(seconds=3.0 * getattr(claim, "tolerance_s", 0.0)) < earliest:
            yield Fault(
                ("claim", i, "utc"),
                f"{utc:%Y-%m-%dT%H:%M:%SZ}, before the launch",
                f"after lift-off, {earliest:%Y-%m-%dT%H:%M:%SZ} at the earliest",
                "Check the time zone of the claim and of launch.utc.",
            )


def _published_before(facts: Facts, scenario: Scenario) -> Iterator[Fault]:
    """Yield facts about the flight that were published before it; zones and words may have been."""
    first = (scenario.launch.utc - timedelta(days=1)).date()
    for i, claim in enumerate(facts.claim):
        early = claim.date is not None and claim.date < first
        if early and not isinstance(claim, ZoneClaim | StatementClaim | CountClaim):
            yield Fault(
                ("claim", i, "date"),
                f"{claim.date}, before the launch",
                f"a day from {first} on, or none",
                "Check the year; what was announced beforehand is a zone or a statement.",
            )


def _warned_on_another_day(facts: Facts, scenario: Scenario) -> Iterator[Fault]:
    for i, row in enumerate(facts.warning):
        if abs(row.raised_utc - scenario.launch.utc) > timedelta(days=1):
            yield Fault(
                ("warning", i, "raised_utc"),
                f"{row.raised_utc:%Y-%m-%dT%H:%MZ}",
                f"within a day of lift-off at {scenario.launch.utc:%Y-%m-%dT%H:%MZ}",
                "Check the date and the time zone.",
            )


def _out_of_reach(facts: Facts, scenario: Scenario) -> Iterator[Fault]:
    """Yield claims that put something where no rocket can have come in the time."""
    for i, claim in enumerate(facts.claim):
        utc = None if isinstance(claim, StatementClaim) else getattr(claim, "utc", None)
        if utc is None:
            continue
        for name, reach_km in _reaches(claim, scenario):
            since_s = (utc - scenario.launch.utc).total_seconds() + 3.0 * getattr(claim, "tolerance_s", 30.0)
            if reach_km > FASTEST_KMPS * max(since_s, 60.0):
                yield Fault(
                    ("claim", i, name),
                    f"{reach_km:.0f} km from the pad {since_s / 60.0:.0f} min after lift-off at the most",
                    f"what is reached at {FASTEST_KMPS:g} km/s",
                    "Check place, time and time zone.",
                )


def _reaches(claim: object, scenario: Scenario) -> Iterator[tuple[str, float]]:
    from pyproj import Geod

    def from_pad(latitude: float, longitude: float) -> float:
        site = scenario.site
        inverse = Geod(ellps="WGS84").inv(site.longitude_deg, site.latitude_deg, longitude, latitude)
        return float(inverse[2]) / 1e3

    if isinstance(claim, RadarClaim):
        yield "downrange_km", claim.downrange_km or 0.0
        yield "altitude_km", claim.altitude_km or 0.0
    elif isinstance(claim, PassageClaim):
        aside = claim.distance_km + 3.0 * claim.tolerance_km
        yield "latitude_deg", from_pad(claim.latitude_deg, claim.longitude_deg) - aside
    elif isinstance(claim, LineClaim):
        yield "line_latlon_deg", min(from_pad(*point) for point in claim.line_latlon_deg)
    elif isinstance(claim, FallClaim) and claim.point_deg is not None:
        near_km, far_km = (
            (claim.near_km, claim.far_km)
            if claim.near_km is not None and claim.far_km is not None
            else (claim.distance_km, claim.distance_km)
        )
        if near_km is not None and far_km is not None:
            gap_km, slack_km = from_pad(*claim.point_deg), 3.0 * claim.tolerance_km
            yield "from_latitude_deg", max(near_km - gap_km, gap_km - far_km) - slack_km


def future_faults(document: Scenario | Facts, scenario: Scenario, now: datetime) -> list[Fault]:
    """Return claims about the future: only what has happened is fitted or explained."""
    past = f"before now, {now:%Y-%m-%dT%H:%MZ}"
    found = []
    for i, claim in enumerate(document.claim):
        if document is scenario and claim.use != "fit":
            continue
        utc = getattr(claim, "utc", None) or scenario.launch.utc
        if utc > now:
            found.append(
                Fault(
                    ("claim", i, "utc"),
                    f"{utc:%Y-%m-%dT%H:%MZ}, in the future",
                    past,
                    "A claim tells what was seen. What may still happen is planned: `overflight plan`.",
                )
            )
        elif claim.date is not None and claim.date > (now + timedelta(days=1)).date():
            told = "the day on which it was published, today at the latest"
            found.append(Fault(("claim", i, "date"), f"{claim.date}, in the future", told, "Check the year."))
    return [*found, *(_future_rows(document, now) if isinstance(document, Facts) else ())]


def _future_rows(facts: Facts, now: datetime) -> Iterator[Fault]:
    """Yield warnings and changes of the page that have not happened yet."""
    for table, key in (("warning", "raised_utc"), ("warning", "lifted_utc"), ("change", "utc")):
        for i, row in enumerate(getattr(facts, table)):
            utc = getattr(row, key)
            if utc is not None and utc > now:
                found = f"{utc:%Y-%m-%dT%H:%MZ}, in the future"
                yield Fault((table, i, key), found, f"before now, {now:%Y-%m-%dT%H:%MZ}", "Check the date.")


def _lowest_offset_s(scenario: Scenario) -> float:
    offset = scenario.launch.offset_s
    return offset.value - 4.0 * offset.scale() if offset.range is None else offset.range[0]


def _hypotheses(facts: Facts, scenario: Scenario) -> Iterator[Fault]:
    drawn = (*DERIVED, *(path for path, q in quantities(scenario).items() if q.spread))
    outcomes = ("as-planned", *(mode.key for mode in scenario.failure))
    for i, hypothesis in enumerate(facts.hypothesis):
        if hypothesis.quantity is not None and hypothesis.quantity not in drawn:
            yield _unknown(
                ("hypothesis", i, "quantity"), hypothesis.quantity, drawn, "quantity with a spread"
            )
        yield from (
            _unknown(("hypothesis", i, "outcome", j), key, outcomes, "outcome")
            for j, key in enumerate(hypothesis.outcome)
            if key not in outcomes
        )


def _citations(name: str, value: object, known: Sequence[str], path: Path) -> Iterator[Fault]:
    """Walk the tables and yield every citation of a source that is not listed."""
    if name == "source" and isinstance(value, str | list):
        for j, key in enumerate([value] if isinstance(value, str) else value):
            if key not in known:
                yield _unknown(path if isinstance(value, str) else (*path, j), key, known, "[[source]]")
    elif isinstance(value, BaseModel) and not isinstance(value, FragmentCatalogue):  # it names its source
        for field in type(value).model_fields:
            yield from _citations(field, getattr(value, field), known, (*path, field))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _citations("", item, known, (*path, i))


def _correlation(scenario: Scenario) -> Iterator[Fault]:
    table = scenario.correlation
    if table is None:
        return
    drawn = [path for path, quantity in quantities(scenario).items() if quantity.spread]
    for i, path in enumerate(table.paths):
        if path not in drawn:
            close = get_close_matches(path, drawn, n=1, cutoff=0.6)
            remedy = (
                f"Did you mean {close[0]}?"
                if close
                else "Give the value a sigma or a range, or remove the path."
            )
            found = f'"{path}", which carries no spread'
            yield Fault(("correlation", "paths", i), found, "a dotted path of a drawn value", remedy)
        if path in table.paths[:i]:
            found = f'"{path}" for the second time'
            yield Fault(("correlation", "paths", i), found, "each path once", "Remove the repetition.")
    yield from _matrix(table)


def _matrix(table: Correlation) -> Iterator[Fault]:
    n, at = len(table.paths), ("correlation", "matrix")
    if len(table.matrix) != n or any(len(row) != n for row in table.matrix):
        widths = sorted({len(row) for row in table.matrix})
        found = f"{len(table.matrix)} rows of {' or '.join(map(str, widths)) or 'no'} values"
        yield Fault(at, found, f"{n} rows of {n} values, one for each path", "Make the matrix square.")
        return
    matrix = np.array(table.matrix, dtype=np.float64).reshape(n, n)
    for i, j in np.argwhere(np.abs(matrix - matrix.T) > 1e-9)[:1]:
        found = f"{matrix[i, j]:g} against {matrix[j, i]:g} across the diagonal"
        yield Fault((*at, int(i), int(j)), found, "a symmetric matrix", "Make the two values equal.")
        return
    for i in np.flatnonzero(np.abs(np.diag(matrix) - 1.0) > 1e-9)[:1]:
        yield Fault(
            (*at, int(i), int(i)),
            f"{matrix[i, i]:g} on the diagonal",
            "1",
            "A value correlates fully with itself.",
        )
        return
    for i, j in np.argwhere(np.abs(matrix) > 1.0)[:1]:
        yield Fault(
            (*at, int(i), int(j)), f"{matrix[i, j]:g}", "-1 to 1", "Write correlations, not covariances."
        )
        return
    if n and float(np.linalg.eigvalsh(matrix)[0]) < -1e-12:
        yield Fault(
            at,
            f"correlations that exclude each other (eigenvalue {np.linalg.eigvalsh(matrix)[0]:.2g})",
            "a matrix without negative eigenvalues",
            "Weaken the strongest correlations; rounded ones need more digits.",
        )
